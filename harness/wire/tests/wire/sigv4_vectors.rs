//! Requests that others signed: AWS's signing test suite and botocore. `vectors/make.py` wrote them down.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test may panic, too"
)]

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use jiff::Timestamp;
use rolecall_wire::sigv4::{self, Algorithm, Credentials, Endpoint, SignedRequest, Transport};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SUITE: &str = include_str!("../vectors/suite.txt");
const SUITE_V4A: &str = include_str!("../vectors/suite-v4a.txt");
const BOTOCORE: &str = include_str!("../vectors/botocore.txt");

/// Paths that aren't escaped can't be sent, and the services at hand want a token in the query signed.
const NOT_VERIFIED: [&str; 3] = ["get-space", "get-utf8", "post-sts-header-after query"];

struct Vector {
    name: String,
    service: String,
    region: String,
    now: Timestamp,
    request: Request<Bytes>,
}

impl Vector {
    fn all(text: &str, now: &str) -> Vec<Self> {
        let blocks = text
            .strip_suffix('\n')
            .unwrap_or(text)
            .split("\n=== ")
            .skip(1);
        let sendable =
            blocks.filter(|block| !NOT_VERIFIED.iter().any(|name| block.starts_with(name)));
        let now: Timestamp = now.parse().unwrap();
        sendable.map(|block| Self::parse(block, now)).collect()
    }

    fn parse(block: &str, now: Timestamp) -> Self {
        let (title, request) = block.split_once('\n').unwrap();
        let [name, service, region] = title.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{title}")
        };
        let (name, service, region) = (name.to_owned(), service.to_owned(), region.to_owned());
        Self {
            name,
            service,
            region,
            now,
            request: parse_request(request),
        }
    }

    fn read(&self) -> Result<SignedRequest, sigv4::SignatureError> {
        let endpoint = Endpoint {
            service: &self.service,
            region: Some(&self.region),
        };
        Ok(sigv4::read(&self.request, endpoint, self.now)?.expect("the request is signed"))
    }
}

fn parse_request(text: &str) -> Request<Bytes> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let line = lines.next().unwrap().strip_suffix(" HTTP/1.1").unwrap();
    let (method, path) = line.split_once(' ').unwrap();
    // A parameter of the suite isn't escaped, which HTTP doesn't allow; escaped it signs alike.
    let path = path.replace('ሴ', "%E1%88%B4");
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    let unfolded = lines.collect::<Vec<_>>().join("\n").replace("\n ", " ");
    for line in unfolded.lines() {
        let (name, value) = line.split_once(':').unwrap();
        let name: HeaderName = name.parse().unwrap();
        request
            .headers_mut()
            .append(name, HeaderValue::from_str(value).unwrap());
    }
    request
}

fn all() -> Vec<Vector> {
    let mut vectors = Vector::all(SUITE, "2015-08-30T12:36:00Z");
    assert_eq!(vectors.len(), 57);
    if cfg!(feature = "sigv4a") {
        vectors.extend(Vector::all(SUITE_V4A, "2015-08-30T12:36:00Z"));
        assert_eq!(vectors.len(), 114);
    }
    vectors.extend(Vector::all(BOTOCORE, "2026-01-02T03:04:05Z"));
    vectors
}

#[test]
fn what_others_signed_is_verified() {
    for vector in all() {
        let signed = vector
            .read()
            .unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        let key = signed.derive_key(&SECRET.into());

        let verified = signed.verify(&vector.request, &key);

        assert_eq!(verified, Ok(()), "{}", vector.name);
        assert_eq!(
            signed.check_payload(&vector.request),
            Ok(()),
            "{}",
            vector.name
        );
    }
}

#[test]
fn a_signature_for_another_body_or_secret_is_not() {
    for mut vector in all() {
        let signed = vector.read().unwrap();
        let key = signed.derive_key(&"another secret".into());
        assert!(
            signed.verify(&vector.request, &key).is_err(),
            "{}",
            vector.name
        );

        *vector.request.body_mut() = Bytes::from_static(b"another body");
        let key = signed.derive_key(&SECRET.into());
        let is_refused = signed.verify(&vector.request, &key).is_err()
            || signed.check_payload(&vector.request).is_err();
        // A presigned S3 URL says nothing about the body.
        assert_eq!(is_refused, vector.name != "s3 presigned", "{}", vector.name);
    }
}

#[test]
fn our_signatures_are_those_of_others() {
    for mut vector in all() {
        let theirs = vector.read().unwrap();
        // We don't sign with key pairs, and in one case the token joins the request only after it is signed.
        let is_ours = theirs.algorithm == Algorithm::Hmac && theirs.transport == Transport::Header;
        if !is_ours || vector.name.starts_with("post-sts-header-after") {
            continue;
        }
        let credentials = Credentials::new(
            &theirs.access_key_id,
            SECRET,
            theirs.session_token.as_deref(),
        );
        vector
            .request
            .headers_mut()
            .remove(header::AUTHORIZATION)
            .unwrap();

        sigv4::sign(
            &mut vector.request,
            &credentials,
            &vector.region,
            &vector.service,
            vector.now,
        );

        let ours = vector.read().unwrap();
        assert_eq!(ours, theirs, "{}", vector.name);
    }
}

#[test]
fn our_presigned_urls_are_those_of_others() {
    for vector in Vector::all(BOTOCORE, "2026-01-02T03:04:05Z") {
        let theirs = vector.read().unwrap();
        let Transport::Query { .. } = theirs.transport else {
            continue;
        };
        let query = vector.request.uri().to_string();
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = query[..query.find("&X-Amz-").unwrap()].parse().unwrap();
        request
            .headers_mut()
            .insert(header::HOST, vector.request.headers()[header::HOST].clone());
        let credentials = Credentials::new(
            &theirs.access_key_id,
            SECRET,
            theirs.session_token.as_deref(),
        );

        sigv4::presign(
            &mut request,
            &credentials,
            &vector.region,
            &vector.service,
            vector.now,
            3600,
        );

        let endpoint = Endpoint {
            service: &vector.service,
            region: Some(&vector.region),
        };
        let ours = sigv4::read(&request, endpoint, vector.now)
            .unwrap()
            .unwrap();
        assert_eq!(ours, theirs, "{}", vector.name);
    }
}
