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
    /// INVARIANT: sorted by `folded`, each once.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    folded: String,
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
        if let Ok(place) = self.place(&fold(key)) {
            self.entries.remove(place);
        }
    }

    /// The values of a key; `None` when absent.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values(&fold(key))
    }

    /// All keys, as spelled when set, in the order of their folded names, with their values and whether
    /// the key is multivalued.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String], bool)> {
        self.entries.iter().map(|entry| {
            let values = entry.values.as_slice();
            (entry.spelled.as_str(), values, entry.multivalued)
        })
    }

    /// The values of a key already folded.
    pub(crate) fn values(&self, folded: &str) -> Option<&[String]> {
        self.entry(folded).map(|entry| entry.values.as_slice())
    }

    /// The value of a single-valued key already folded; a variable can't stand for several values.
    ///
    /// AWS: IAM User Guide, policy variables.
    pub(crate) fn single(&self, folded: &str) -> Option<&str> {
        let entry = self.entry(folded).filter(|entry| !entry.multivalued)?;
        entry.values.first().map(String::as_str)
    }

    fn entry(&self, folded: &str) -> Option<&Entry> {
        let place = self.place(folded).ok()?;
        self.entries.get(place)
    }

    fn put(&mut self, key: &str, values: Vec<String>, multivalued: bool) {
        let entry = Entry {
            folded: fold(key),
            spelled: key.to_owned(),
            values,
            multivalued,
        };
        match self.place(&entry.folded) {
            Ok(place) => {
                if let Some(old) = self.entries.get_mut(place) {
                    *old = entry;
                }
            }
            Err(place) => self.entries.insert(place, entry),
        }
    }

    fn place(&self, folded: &str) -> Result<usize, usize> {
        self.entries
            .binary_search_by(|entry| entry.folded.as_str().cmp(folded))
    }
}

/// A key's name as all its spellings fold to.
pub(crate) fn fold(key: &str) -> String {
    if key.is_ascii() {
        key.to_ascii_lowercase()
    } else {
        key.to_lowercase()
    }
}
