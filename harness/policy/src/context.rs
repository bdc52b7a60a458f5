//! The condition keys of a request.

/// The condition keys of a request and their values; key names ignore case.
///
/// A key that doesn't apply is absent, not empty.
///
/// ```
/// use rolecall_policy::Context;
///
/// let mut context = Context::new();
/// context.set("aws:PrincipalTag/Team", "blue");
/// assert_eq!(context.get("AWS:principaltag/team"), Some(&["blue".to_owned()][..]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// INVARIANT: sorted by the keys' folded names, each once.
    entries: Vec<Entry>,
    /// INVARIANT: the hashes of the entries' keys, in the same order. They lie close together, so that looking
    /// through them all is faster than anything cleverer.
    hashes: Vec<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    key: Key,
    spelled: String,
    /// INVARIANT: never empty.
    values: Vec<String>,
    multivalued: bool,
}

impl Context {
    /// No keys.
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// Sets a single-valued key, replacing what it had.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.put(key, vec![value.into()], false);
    }

    /// Sets a multivalued key; an empty list makes it absent.
    pub fn set_list(&mut self, key: &str, values: Vec<String>) {
        if values.is_empty() {
            self.remove(key);
        } else {
            self.put(key, values, true);
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        if let Ok(place) = self.place(&Key::new(key)) {
            self.entries.remove(place);
            self.hashes.remove(place);
        }
    }

    /// The values of a key; `None` when absent.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values(&Key::new(key))
    }

    /// All keys, as spelled when set, in the order of their folded names, with their values and whether
    /// the key is multivalued.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String], bool)> {
        self.entries.iter().map(|entry| {
            let values = entry.values.as_slice();
            (entry.spelled.as_str(), values, entry.multivalued)
        })
    }

    /// The values of a key.
    pub(crate) fn values(&self, key: &Key) -> Option<&[String]> {
        self.entry(key).map(|entry| entry.values.as_slice())
    }

    /// The value of a single-valued key; a variable can't stand for several values.
    ///
    /// AWS: IAM User Guide, policy variables.
    pub(crate) fn single(&self, key: &Key) -> Option<&str> {
        let entry = self.entry(key).filter(|entry| !entry.multivalued)?;
        entry.values.first().map(String::as_str)
    }

    fn entry(&self, key: &Key) -> Option<&Entry> {
        let hashes = self.hashes.iter().enumerate();
        hashes
            .filter(|(_, hash)| **hash == key.hash)
            .filter_map(|(place, _)| self.entries.get(place))
            .find(|entry| entry.key.folded == key.folded)
    }

    fn put(&mut self, key: &str, values: Vec<String>, multivalued: bool) {
        let entry = Entry {
            key: Key::new(key),
            spelled: key.to_owned(),
            values,
            multivalued,
        };
        match self.place(&entry.key) {
            Ok(place) => {
                if let Some(old) = self.entries.get_mut(place) {
                    *old = entry;
                }
            }
            Err(place) => {
                self.hashes.insert(place, entry.key.hash);
                self.entries.insert(place, entry);
            }
        }
    }

    fn place(&self, key: &Key) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|entry| entry.key.folded.cmp(&key.folded))
    }
}

/// A key's name, folded, with its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    folded: Box<str>,
    hash: u64,
}

impl Key {
    pub(crate) fn new(name: &str) -> Self {
        let folded = fold(name);
        Self {
            hash: hash(&folded),
            folded: folded.into(),
        }
    }
}

/// FNV-1a over the bytes, letters of ASCII folded; equal hashes only mean that it is worth to compare.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3)
    })
}

/// A key's name as all its spellings fold to.
pub(crate) fn fold(key: &str) -> String {
    if key.is_ascii() {
        key.to_ascii_lowercase()
    } else {
        key.to_lowercase()
    }
}
