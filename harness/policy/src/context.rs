//! The condition keys of a request.

/// The condition keys of a request and their values; key names ignore case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {}

impl Context {
    /// No keys.
    pub fn new() -> Self {
        Self::default()
    }
    /// Sets a single-valued key, replacing what it had.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        todo!()
    }
    /// Sets a multivalued key; an empty list makes it absent.
    pub fn set_list(&mut self, key: &str, values: Vec<String>) {
        todo!()
    }
    /// Takes a key away.
    pub fn remove(&mut self, key: &str) {
        todo!()
    }
    /// The values of a key; `None` when absent.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        todo!()
    }
    /// All keys, as spelled when set, in the order of their folded names, with their values and whether
    /// the key is multivalued.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String], bool)> {
        std::iter::empty()
    }
}
