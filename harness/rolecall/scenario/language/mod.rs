//! The scenario language as data: which keys stand where, what they hold, and what they mean.
//!
//! One set of tables ([`tables`]) serves the check of a file ([`conform`]) and the JSON Schema for editors ([`schema`]).

pub(crate) mod conform;
mod schema;
pub(crate) mod tables;
mod words;

#[cfg(feature = "cli")]
pub(crate) use schema::config_schema;
pub use schema::schema;

/// How a file writes lists and maps, for remedies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notation {
    /// A scenario.
    Yaml,
    /// `rolecall.toml`.
    #[cfg(feature = "cli")]
    Toml,
}

/// What a value must be.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Anything; whoever reads it judges.
    Any,
    /// Anything, and `null`.
    AnyOrNull,
    /// Text; a number stands for itself as written.
    Text,
    /// Text, a number, or `true`/`false`.
    Scalar,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
    /// `15m`, `1h30m`, `90s`.
    Duration,
    /// `2026-01-01T00:00:00Z`.
    Timestamp,
    /// Twelve digits.
    AccountNumber,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list; an empty one only if `empty`.
    List {
        /// Of what.
        element: &'static Shape,
        /// Whether it may be empty.
        empty: bool,
    },
    /// A map whose keys are names the user chooses.
    Named {
        /// What the names stand for: `user`.
        what: &'static str,
        /// What each name holds.
        value: &'static Shape,
    },
    /// A map with these keys.
    Record(&'static Table),
    /// A map whose one key of several tells which keys the others may be.
    Variants {
        /// What it is: `step`.
        what: &'static str,
        /// What is wrong with a map that has none of the telling keys.
        missing: &'static str,
        /// The telling keys and the keys that go with them.
        variants: &'static [Variant],
        /// What a map with none of the telling keys is; a mistake without.
        otherwise: Option<&'static Shape>,
    },
    /// One shape for text, one for lists, one for maps.
    ByKind {
        /// What all of them are: `a policy: its name, its file or the document`.
        what: &'static str,
        /// For text, numbers, `true` and `false`.
        scalar: Option<&'static Shape>,
        /// For lists.
        list: Option<&'static Shape>,
        /// For maps.
        map: Option<&'static Shape>,
    },
}

/// A map's keys.
#[derive(Debug)]
pub(crate) struct Table {
    /// What the map describes, with an article: `a user`.
    pub(crate) what: &'static str,
    /// Its keys, in the order in which the language shows them.
    pub(crate) fields: &'static [Field],
    /// What any other key stands for and holds; such keys are mistakes without.
    pub(crate) rest: Option<(&'static str, &'static Shape)>,
}

/// A key of a map.
#[derive(Debug)]
pub(crate) struct Field {
    /// As written in a file.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) shape: &'static Shape,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it means, as shown by editors.
    pub(crate) doc: &'static str,
}

/// One kind of a map that comes in several kinds.
#[derive(Debug)]
pub(crate) struct Variant {
    /// The key that tells this kind.
    pub(crate) key: &'static str,
    /// The keys of this kind.
    pub(crate) table: &'static Table,
}

impl Table {
    /// The key with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The names of all keys.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }
}
