//! Form parameters.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::Request;

use crate::{ServiceError, percent};

/// More parameters than any input has: a body of [`MAX_BODY`](super::MAX_BODY) bytes could hold two million, each
/// with a place in memory. The limit is ours; AWS's is not known.
const MAX_PARAMETERS: usize = 20_000;

/// The parameters of a request. A parameter given twice has its first value.
#[derive(Debug, Default)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// The parameters in the query string and in the body.
    pub(super) fn of(request: &Request<Bytes>) -> Result<Self, ServiceError> {
        let mut parameters = Self::default();
        parameters.read(request.uri().query().unwrap_or_default())?;
        parameters.read(&String::from_utf8_lossy(request.body()))?;
        Ok(parameters)
    }

    fn read(&mut self, form: &str) -> Result<(), ServiceError> {
        for field in form.split('&').filter(|field| !field.is_empty()) {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            if self.0.len() >= MAX_PARAMETERS {
                return Err(ServiceError::without_body(413));
            }
            self.0.entry(text(name)?).or_insert(text(value)?);
        }
        Ok(())
    }

    /// The value of exactly this name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether a name begins with a prefix.
    pub(super) fn any_below(&self, prefix: &str) -> bool {
        self.below(prefix).next().is_some()
    }

    /// The numbers that follow a prefix: 1 and 2 of `Tags.member.` for `Tags.member.1.Key` and `Tags.member.2.Key`.
    pub(super) fn numbers_below(&self, prefix: &str) -> BTreeSet<u32> {
        let number = |rest: &str| {
            rest.split('.')
                .next()
                .and_then(|number| number.parse().ok())
        };
        self.below(prefix).filter_map(number).collect()
    }

    fn below<'p>(&'p self, prefix: &'p str) -> impl Iterator<Item = &'p str> {
        self.0
            .range(prefix.to_owned()..)
            .map_while(move |(name, _)| name.strip_prefix(prefix))
    }
}

/// AWS answers a broken escape with what its web framework says about it.
fn text(field: &str) -> Result<String, ServiceError> {
    let bytes = percent::decode_form(field)
        .map_err(|error| ServiceError::new(400, "MalformedQueryString", error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A form in the making.
#[derive(Debug, Default)]
pub(super) struct Writer(String);

impl Writer {
    /// Adds a parameter.
    pub(super) fn field(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        percent::encode_into(name.as_bytes(), false, &mut self.0);
        self.0.push('=');
        percent::encode_into(value.as_bytes(), false, &mut self.0);
    }

    /// The form.
    pub(super) fn finish(self) -> String {
        self.0
    }
}
