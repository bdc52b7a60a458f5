//! Inputs and outputs of operations as plain values.
//!
//! Nothing is checked here: a value of the wrong kind is a value. [`validate`](crate::validate) says what AWS says to
//! it.
//!
//! ```
//! use rolecall_wire::{Structure, Value};
//!
//! let tag = Structure::new().with("Key", "Team").with("Value", "Deploy");
//! let input = Structure::new()
//!     .with("RoleName", "S3-CloudFront-Access")
//!     .with("Tags", vec![Value::from(tag)])
//!     .with_some("Description", None::<&str>);
//! assert_eq!(input.string("RoleName"), Some("S3-CloudFront-Access"));
//! assert_eq!(input.list("Tags").len(), 1);
//! assert_eq!(input.get("Description"), None);
//! ```

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

/// A value of any shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `boolean`.
    Boolean(bool),
    /// `integer` and `long`.
    Integer(i64),
    /// `float` and `double`.
    Float(f64),
    /// `string`.
    String(String),
    /// `blob`, decoded.
    Blob(Bytes),
    /// `timestamp`.
    Timestamp(Timestamp),
    /// `list`.
    List(Vec<Value>),
    /// `map`.
    Map(BTreeMap<String, Value>),
    /// `structure`.
    Structure(Structure),
}

/// The members of a structure that are present, by the names of AWS's service model (`RoleArn`), in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Structure {
    members: Vec<(String, Value)>,
}

impl Structure {
    /// A structure without members.
    pub const fn new() -> Self {
        Self {
            members: Vec::new(),
        }
    }

    /// Adds a member, or replaces its value.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        match self.members.iter_mut().find(|(n, _)| n == name) {
            Some(member) => member.1 = value,
            None => self.members.push((name.to_owned(), value)),
        }
    }

    /// Adds a member that isn't there yet.
    pub(crate) fn push(&mut self, name: &str, value: Value) {
        self.members.push((name.to_owned(), value));
    }

    /// This structure with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// This structure with one more member, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// A member's value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// A string member.
    pub fn string(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// An integer member.
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    /// A boolean member.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Boolean(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// A blob member.
    pub fn blob(&self, name: &str) -> Option<&Bytes> {
        match self.get(name) {
            Some(Value::Blob(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// A structure member.
    pub fn structure(&self, name: &str) -> Option<&Structure> {
        match self.get(name) {
            Some(Value::Structure(structure)) => Some(structure),
            _ => None,
        }
    }

    /// The elements of a list member; none when it is absent.
    pub fn list(&self, name: &str) -> &[Value] {
        match self.get(name) {
            Some(Value::List(values)) => values,
            _ => &[],
        }
    }

    /// The strings of a list member; elements of other kinds are passed over.
    pub fn strings(&self, name: &str) -> impl Iterator<Item = &str> {
        self.list(name).iter().filter_map(|value| match value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The structures of a list member; elements of other kinds are passed over.
    pub fn structures(&self, name: &str) -> impl Iterator<Item = &Structure> {
        self.list(name).iter().filter_map(|value| match value {
            Value::Structure(structure) => Some(structure),
            _ => None,
        })
    }

    /// All members, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}

impl From<Bytes> for Value {
    fn from(value: Bytes) -> Self {
        Self::Blob(value)
    }
}

impl From<Timestamp> for Value {
    fn from(value: Timestamp) -> Self {
        Self::Timestamp(value)
    }
}

impl From<Vec<Value>> for Value {
    fn from(value: Vec<Value>) -> Self {
        Self::List(value)
    }
}

impl From<Structure> for Value {
    fn from(value: Structure) -> Self {
        Self::Structure(value)
    }
}
