//! The canonical request: the text that both sides hash.
//!
//! S3 takes the path as it was sent, encoded once. All other services normalize it (dot segments, double slashes) and
//! encode it a second time. AWS: IAM User Guide, "Create a signed AWS API request".

use std::borrow::Cow;

use http::{HeaderMap, Request, Uri, header};

use super::key::sha256_hex;
use super::{Algorithm, Scope};
use crate::percent;

/// Whose rules hold for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathRule {
    /// Encoded once, not normalized.
    S3,
    /// Normalized, encoded twice.
    Other,
}

impl PathRule {
    pub(super) fn of(service: &str) -> Self {
        if service == "s3" {
            Self::S3
        } else {
            Self::Other
        }
    }
}

/// The canonical request of a request with its signed headers in the order given.
pub(super) fn request<B>(
    request: &Request<B>,
    rule: PathRule,
    signed_headers: &[String],
    payload: &str,
) -> String {
    let uri = request.uri();
    let mut canonical = format!(
        "{}\n{}\n{}\n",
        request.method(),
        path(uri.path(), rule),
        query(uri)
    );
    for name in signed_headers {
        canonical.push_str(name);
        canonical.push(':');
        canonical.push_str(&header_value(request, name));
        canonical.push('\n');
    }
    canonical.push('\n');
    canonical.push_str(&signed_headers.join(";"));
    canonical.push('\n');
    canonical.push_str(payload);
    canonical
}

/// The text that is signed.
pub(super) fn string_to_sign(
    algorithm: Algorithm,
    time: &str,
    scope: &Scope,
    canonical_request: &str,
) -> String {
    let hash = sha256_hex(canonical_request.as_bytes());
    format!(
        "{}\n{time}\n{}\n{hash}",
        algorithm.name(),
        algorithm.scope(scope)
    )
}

fn path(path: &str, rule: PathRule) -> Cow<'_, str> {
    match rule {
        PathRule::S3 => encoded_once(path).into(),
        PathRule::Other => percent::encode_path(&normalized(path)).into(),
    }
}

/// Every character that must be escaped is, once; an escaped slash stays one.
fn encoded_once(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for (number, segment) in path.split('/').enumerate() {
        if number > 0 {
            encoded.push('/');
        }
        let bytes = percent::decode(segment).unwrap_or(segment.as_bytes().into());
        percent::encode_into(&bytes, false, &mut encoded);
    }
    encoded
}

/// RFC 3986, 5.2.4, and without empty segments.
fn normalized(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    let is_folder = kept.is_empty() || path.ends_with('/');
    let slash = if is_folder && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{slash}", kept.join("/"))
}

fn query(uri: &Uri) -> String {
    let fields = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|field| !field.is_empty());
    let pairs = fields.map(|field| field.split_once('=').unwrap_or((field, "")));
    let mut encoded: Vec<(String, String)> = pairs
        .map(|(name, value)| (reencoded(name), reencoded(value)))
        .collect();
    encoded.retain(|(name, _)| name != "X-Amz-Signature");
    encoded.sort();
    let fields: Vec<String> = encoded
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fields.join("&")
}

fn reencoded(text: &str) -> String {
    let bytes = percent::decode(text).unwrap_or(text.as_bytes().into());
    let mut encoded = String::with_capacity(text.len());
    percent::encode_into(&bytes, false, &mut encoded);
    encoded
}

/// The values of a header, in one. A missing header is an empty one.
fn header_value<B>(request: &Request<B>, name: &str) -> String {
    if name == "host" || name == ":authority" {
        return host(request).into_owned();
    }
    let values = request.headers().get_all(name).iter();
    values
        .map(|value| collapsed(&String::from_utf8_lossy(value.as_bytes())))
        .collect::<Vec<_>>()
        .join(",")
}

/// The host that the client named: in HTTP/2 it is a part of the URI.
pub(super) fn host<B>(request: &Request<B>) -> Cow<'_, str> {
    match text(request.headers(), header::HOST.as_str()) {
        Some(host) => host,
        None => request
            .uri()
            .authority()
            .map_or("", |authority| authority.as_str())
            .into(),
    }
}

/// A header's first value as text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<Cow<'h, str>> {
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
}

/// Without spaces around, and with one where there were several.
fn collapsed(value: &str) -> String {
    value
        .split(' ')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: Signature Version 4 test suite (`get-relative`, `get-slashes`, `get-space`, …), and the S3 API Reference,
    /// "Signature calculations for the Authorization header": S3 doesn't normalize.
    #[test]
    fn paths_are_canonical() {
        let rows = [
            ("/", "/", "/"),
            ("//", "/", "//"),
            ("/example/..", "/", "/example/.."),
            ("/example1/example2/../..", "/", "/example1/example2/../.."),
            ("/./", "/", "/./"),
            ("/./example", "/example", "/./example"),
            ("//example//", "/example/", "//example//"),
            (
                "/b/a%20b/%C3%BC%2B1.txt",
                "/b/a%2520b/%25C3%25BC%252B1.txt",
                "/b/a%20b/%C3%BC%2B1.txt",
            ),
            ("/b/a+b", "/b/a%2Bb", "/b/a%2Bb"),
            ("/b/a%2fb", "/b/a%252fb", "/b/a%2Fb"),
        ];
        for (sent, other, s3) in rows {
            assert_eq!(path(sent, PathRule::Other), other, "{sent}");
            assert_eq!(path(sent, PathRule::S3), s3, "{sent}");
        }
    }

    #[test]
    fn parameters_are_sorted_after_encoding_and_a_bare_one_gets_a_value() {
        let rows = [
            (
                "/?Param2=value2&Param1=value1",
                "Param1=value1&Param2=value2",
            ),
            ("/?a=2&a=1&X-Amz-Signature=0", "a=1&a=2"),
            ("/?uploads", "uploads="),
            (
                "/?prefix=a%20b&list-type=2&delimiter=/",
                "delimiter=%2F&list-type=2&prefix=a%20b",
            ),
            ("/?a+b=%7e", "a%2Bb=~"),
        ];
        for (uri, expected) in rows {
            assert_eq!(query(&uri.parse().unwrap()), expected, "{uri}");
        }
    }

    #[test]
    fn header_values_are_trimmed_and_collapsed() {
        let request = Request::builder()
            .header("my-header1", " a   b  c ")
            .header("my-header1", "d")
            .body(())
            .unwrap();
        assert_eq!(header_value(&request, "my-header1"), "a b c,d");
        assert_eq!(header_value(&request, "missing"), "");
    }
}
