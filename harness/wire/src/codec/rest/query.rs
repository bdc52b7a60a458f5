//! Query parameters of REST requests.

use http::Uri;

use crate::percent;

/// The parameters in order, names and values decoded. A plus is a plus.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

/// A parameter whose escapes are broken, or that is no UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Query {
    pub(super) fn of(uri: &Uri) -> Result<Self, Malformed> {
        let fields = uri
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|field| !field.is_empty());
        let pairs = fields.map(|field| field.split_once('=').unwrap_or((field, "")));
        pairs
            .map(|(name, value)| Ok((decode(name)?, decode(value)?)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The first value of a parameter; empty if it stands alone.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter.
    pub(super) fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A decoded text that is UTF-8.
pub(super) fn decode(text: &str) -> Result<String, Malformed> {
    let bytes = percent::decode(text).map_err(|_| Malformed)?;
    String::from_utf8(bytes.into_owned()).map_err(|_| Malformed)
}
