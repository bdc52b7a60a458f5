//! What a request says about its signature, before any of it is judged.

use std::borrow::Cow;

use http::{Request, Uri, header};

use super::{Algorithm, Scope, canonical};
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
    /// Reads `keyid/date/region/service/term`, or without a region for SigV4A. An access key id has no slash.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let (access_key_id, date, region, service, terminator) = match parts[..] {
            [access_key_id, date, region, service, term] => {
                (access_key_id, date, region, service, term)
            }
            [access_key_id, date, service, term] => (access_key_id, date, "", service, term),
            _ => return None,
        };
        let [date, region, service] = [date, region, service].map(str::to_owned);
        Some(Self {
            access_key_id: access_key_id.to_owned(),
            scope: Scope {
                date,
                region,
                service,
            },
            terminator: terminator.to_owned(),
        })
    }

    /// Reads the credential of an algorithm. For SigV4A, the endpoint's region stands in the scope if it is in the
    /// request's set of regions, else the set.
    pub(super) fn of<B>(
        text: &str,
        algorithm: Algorithm,
        request: &Request<B>,
        region: Option<&str>,
    ) -> Option<Self> {
        let mut credential = Self::parse(text)?;
        match algorithm {
            Algorithm::Hmac => Some(credential).filter(|_| text.matches('/').count() == 4),
            Algorithm::Ecdsa => {
                let set =
                    canonical::text(request.headers(), "x-amz-region-set").map(Cow::into_owned);
                let set = set
                    .or_else(|| parameter(request.uri(), "X-Amz-Region-Set"))
                    .unwrap_or_default();
                choose_region(&set, region)
                    .unwrap_or(&set)
                    .clone_into(&mut credential.scope.region);
                Some(credential).filter(|_| text.matches('/').count() == 3)
            }
        }
    }
}

/// The region among those of a set (`us-east-1`, `us-*`, `*`, separated by commas) that a request is for.
fn choose_region<'r>(set: &'r str, endpoint: Option<&'r str>) -> Option<&'r str> {
    let mut patterns = set.split(',').map(str::trim_ascii);
    match endpoint {
        Some(region) => patterns
            .any(|pattern| covers(pattern, region))
            .then_some(region),
        None => patterns.find(|pattern| !pattern.contains('*')),
    }
}

fn covers(pattern: &str, region: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == region,
        Some((start, end)) => region
            .strip_prefix(start)
            .is_some_and(|rest| end.is_empty() || rest.ends_with(end)),
    }
}

/// The credential that a request names, in its header or its query, if it is well-formed: good for telling services
/// apart, and for nothing else before the signature is verified.
pub fn credential<B>(request: &Request<B>) -> Option<Credential> {
    let authorization = canonical::text(request.headers(), header::AUTHORIZATION.as_str());
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
