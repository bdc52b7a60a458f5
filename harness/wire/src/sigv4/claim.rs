//! What a request says about its signature, before any of it is judged.

use std::borrow::Cow;

use http::{Request, Uri, header};

use super::Scope;
use crate::percent;

/// The `Credential` of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Who signed.
    pub access_key_id: String,
    /// For what.
    pub scope: Scope,
    /// The last part; `aws4_request` in every good one.
    pub terminator: String,
}

impl Credential {
    /// Reads `keyid/date/region/service/term`. An access key id has no slash.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let [access_key_id, date, region, service, terminator] = parts[..] else {
            return None;
        };
        let scope = Scope {
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
        };
        Some(Self {
            access_key_id: access_key_id.to_owned(),
            scope,
            terminator: terminator.to_owned(),
        })
    }
}

/// The credential that a request names, in its header or its query, if it is well-formed: good for telling services
/// apart, and for nothing else before the signature is verified.
pub fn credential<B>(request: &Request<B>) -> Option<Credential> {
    let authorization = super::canonical::text(request.headers(), header::AUTHORIZATION.as_str());
    let in_header = authorization.as_deref().and_then(|value| {
        let (_, attributes) = value.split_once(' ')?;
        attributes
            .split(',')
            .find_map(|part| part.trim_ascii().strip_prefix("Credential="))?
            .to_owned()
            .into()
    });
    let named: String = match in_header {
        Some(named) => named,
        None => parameter(request.uri(), "X-Amz-Credential")?,
    };
    Credential::parse(&named)
}

/// The first value of a query parameter, decoded.
pub(super) fn parameter(uri: &Uri, name: &str) -> Option<String> {
    parameters(uri, name).next()
}

/// All values of a query parameter, decoded.
pub(super) fn parameters<'u>(uri: &'u Uri, name: &'u str) -> impl Iterator<Item = String> + 'u {
    let fields = uri.query().unwrap_or_default().split('&');
    let pairs = fields.map(|field| field.split_once('=').unwrap_or((field, "")));
    pairs
        .filter(move |(key, _)| decoded(key) == name)
        .map(|(_, value)| decoded(value).into_owned())
}

fn decoded(text: &str) -> Cow<'_, str> {
    if let Ok(Cow::Owned(bytes)) = percent::decode(text) {
        return String::from_utf8_lossy(&bytes).into_owned().into();
    }
    text.into()
}
