//! Chunked bodies: AWS's documented examples, and what is wrong with others.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may panic, too")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use rolecall_wire::sigv4::{self, Endpoint, SignedRequest, SigningKey};
use rolecall_wire::{ServiceError, model};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const CHUNK_1: &str = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";

fn now() -> Timestamp {
    "2013-05-24T00:00:00Z".parse().unwrap()
}

/// A request whose `authorization` and framing come from AWS's documents.
fn request(marker: &str, headers: &[(&str, &str)], body: String) -> Request<Bytes> {
    let builder = Request::builder()
        .method("PUT")
        .uri("/examplebucket/chunkObject.txt")
        .header("host", "s3.amazonaws.com")
        .header("x-amz-date", "20130524T000000Z")
        .header("x-amz-storage-class", "REDUCED_REDUNDANCY")
        .header("content-encoding", "aws-chunked")
        .header("x-amz-decoded-content-length", "66560")
        .header("x-amz-content-sha256", marker);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(Bytes::from(body)).unwrap()
}

fn authorization(signed_headers: &str, signature: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
         SignedHeaders={signed_headers}, Signature={signature}"
    )
}

/// S3 API Reference, "Transferring payload in multiple chunks", the example: 65 KiB of `a` in two chunks.
fn signed_chunks() -> Request<Bytes> {
    let authorization = authorization(
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;\
         x-amz-storage-class",
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
    );
    let body = format!(
        "10000;chunk-signature={CHUNK_1}\r\n{}\r\n\
         400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n{}\r\n\
         0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n",
        "a".repeat(65536),
        "a".repeat(1024)
    );
    let headers = [
        ("content-length", "66824"),
        ("authorization", authorization.as_str()),
    ];
    request("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", &headers, body)
}

/// S3 API Reference, "Including trailing headers", the example: the same with a signed checksum.
fn signed_trailer() -> Request<Bytes> {
    let authorization = authorization(
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;\
         x-amz-trailer",
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
    );
    let body = format!(
        "10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n{}\r\n\
         400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n{}\r\n\
         0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n\
         x-amz-checksum-crc32c:sOO8/Q==\r\n\
         x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
        "a".repeat(65536),
        "a".repeat(1024)
    );
    let headers = [
        ("x-amz-trailer", "x-amz-checksum-crc32c"),
        ("authorization", authorization.as_str()),
    ];
    request("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", &headers, body)
}

fn read(request: &Request<Bytes>) -> (SignedRequest, SigningKey) {
    let endpoint = Endpoint {
        service: "s3",
        region: Some("us-east-1"),
    };
    let signed = sigv4::read(request, endpoint, now()).unwrap().unwrap();
    let key = SigningKey::derive(&SECRET.into(), &signed.scope);
    (signed, key)
}

fn decode(request: Request<Bytes>) -> Result<Request<Bytes>, ServiceError> {
    let (signed, key) = read(&request);
    sigv4::decode_body(request, Some((&signed, &key)))
        .map_err(|error| error.answer(model::service("s3").unwrap()))
}

fn edited(request: Request<Bytes>, from: &str, to: &str) -> Request<Bytes> {
    request.map(|body| Bytes::from(str::from_utf8(&body).unwrap().replacen(from, to, 1)))
}

#[test]
fn the_documented_signatures_are_verified() {
    for request in [signed_chunks(), signed_trailer()] {
        let (signed, key) = read(&request);
        assert_eq!(signed.verify(&request, &key), Ok(()), "the seed");
        let has_trailer = request.headers().contains_key("x-amz-trailer");

        let decoded = decode(request).unwrap();

        assert_eq!(decoded.body(), &"a".repeat(66560));
        let checksum = decoded
            .headers()
            .get("x-amz-checksum-crc32c")
            .map(|value| value.to_str().unwrap());
        assert_eq!(checksum, has_trailer.then_some("sOO8/Q=="));
    }
}

#[test]
fn a_wrong_chunk_or_trailer_is_a_wrong_signature() {
    let rows = [
        (
            edited(signed_chunks(), "aaa\r\n400", "aab\r\n400"),
            "AWS4-HMAC-SHA256-PAYLOAD\n",
        ),
        (
            edited(
                signed_chunks(),
                "0;chunk-signature=b6",
                "0;chunk-signature=b7",
            ),
            "AWS4-HMAC-SHA256-PAYLOAD\n",
        ),
        (
            edited(signed_trailer(), "sOO8/Q==", "sOO8/A=="),
            "AWS4-HMAC-SHA256-TRAILER\n",
        ),
        (
            edited(signed_trailer(), ":d81f", ":d81e"),
            "AWS4-HMAC-SHA256-TRAILER\n",
        ),
    ];
    for (request, string_to_sign) in rows {
        let error = decode(request).unwrap_err();
        assert_eq!(
            (error.status, error.code.as_str()),
            (403, "SignatureDoesNotMatch")
        );
        let text = |name| error.element(name).unwrap();
        assert!(
            text("StringToSign").starts_with(string_to_sign),
            "{string_to_sign}"
        );
        assert!(text("CanonicalRequest").starts_with("PUT\n/examplebucket/chunkObject.txt\n"));
    }
}

/// A body of 5 bytes as SDKs send it (recorded), unsigned, and a checksum after it.
fn unsigned(length: &str, trailer: &str, body: &str) -> Request<Bytes> {
    let builder = Request::builder()
        .method("PUT")
        .uri("/b/k")
        .header("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        .header("x-amz-decoded-content-length", length)
        .header("x-amz-trailer", trailer);
    builder.body(Bytes::from(body.to_owned())).unwrap()
}

#[test]
fn an_unsigned_body_is_taken_out_of_its_chunks() {
    let crc = "x-amz-checksum-crc32";
    let request = unsigned(
        "6",
        crc,
        "6\r\nhello\n\r\n0\r\nx-amz-checksum-crc32:NjowIA==\r\n\r\n",
    );

    let decoded = sigv4::decode_body(request, None).unwrap();

    assert_eq!(decoded.body(), "hello\n");
    assert_eq!(decoded.headers()[crc], "NjowIA==");
}

/// AWS: S3 User Guide, Checking object integrity, supported checksum algorithms.
#[test]
fn a_trailer_may_have_any_checksum_that_a_header_may() {
    let rows = [
        ("crc32", 4),
        ("crc32c", 4),
        ("crc64nvme", 8),
        ("sha1", 20),
        ("sha256", 32),
        ("sha512", 64),
        ("md5", 16),
    ];
    for (name, length) in rows {
        let header = format!("x-amz-checksum-{name}");
        let send = |length: usize| {
            let value = BASE64.encode(vec![0; length]);
            let body = format!("0\r\n{header}:{value}\r\n\r\n");
            sigv4::decode_body(unsigned("0", &header, &body), None)
        };
        assert!(send(length).unwrap().headers().contains_key(&header));
        let invalid = send(length + 1).unwrap_err();
        let invalid = invalid.answer(model::service("s3").unwrap());
        assert_eq!(invalid.code, "InvalidRequest", "{name}");
    }
}

/// Captures of live S3: versity/versitygw#1656, #1660, #1666, #1677, #1683, #1701, #2085, #1165.
#[test]
fn broken_framing_gets_s3s_answers() {
    let crc = "x-amz-checksum-crc32";
    let end = "0\r\nx-amz-checksum-crc32:NjowIA==\r\n\r\n";
    let two = format!("3E8\r\n{0}\r\n3E8\r\n{0}\r\n{end}", "a".repeat(1000));
    let incomplete = (400, "IncompleteBody");
    let trailer = (400, "MalformedTrailerError");
    let rows = [
        (unsigned("6", crc, "7\r\nhello\n\r\n0\r\n\r\n"), incomplete),
        (unsigned("6", crc, "5\r\nhello\n\r\n0\r\n\r\n"), incomplete),
        (unsigned("6", crc, "6\r\nhello\n"), incomplete),
        (unsigned("6", crc, "6\r\nhello\n\r\n"), incomplete),
        (unsigned("6", crc, "+6\r\nhello\n\r\n0\r\n\r\n"), incomplete),
        (
            unsigned("6", crc, "fffffffffffffffff\r\nhello\n\r\n0\r\n\r\n"),
            incomplete,
        ),
        (
            unsigned("6", crc, "6;x=y\r\nhello\n\r\n0\r\n\r\n"),
            incomplete,
        ),
        (unsigned("6", crc, ""), incomplete),
        (
            unsigned("7", crc, &format!("6\r\nhello\n\r\n{end}")),
            incomplete,
        ),
        (
            unsigned("6", crc, &format!("6\r\nhello\n\r\n{end}more")),
            incomplete,
        ),
        (unsigned("many", crc, end), (411, "MissingContentLength")),
        (unsigned("2000", crc, &two), (400, "InvalidChunkSizeError")),
        (unsigned("0", "x-amz-checksum-sha1", end), trailer),
        (unsigned("0", crc, "0\r\n\r\n"), trailer),
        (unsigned("0", "x-other", "0\r\nx-other:1\r\n\r\n"), trailer),
        (unsigned("0", crc, "0\r\nnonsense\r\n\r\n"), trailer),
        (
            unsigned(
                "0",
                "x-amz-checksum-md4",
                "0\r\nx-amz-checksum-md4:AAAA\r\n\r\n",
            ),
            trailer,
        ),
    ];
    for (request, expected) in rows {
        let body = request.body().clone();
        let error = sigv4::decode_body(request, None)
            .unwrap_err()
            .answer(model::service("s3").unwrap());
        assert_eq!((error.status, error.code.as_str()), expected, "{body:?}");
    }
    for value in ["NjowI", "NjowIAA=", "hello", ""] {
        let body = format!("0\r\n{crc}:{value}\r\n\r\n");
        let invalid = sigv4::decode_body(unsigned("0", crc, &body), None).unwrap_err();
        let text = "Value for x-amz-checksum-crc32 trailing header is invalid.";
        let wanted = rolecall_wire::ServiceError::new(400, "InvalidRequest", text);
        assert_eq!(invalid.answer(model::service("s3").unwrap()), wanted);
    }
    let small = sigv4::decode_body(unsigned("2000", crc, &two), None).unwrap_err();
    let extra = [
        ("Chunk".to_owned(), "2".to_owned()),
        ("BadChunkSize".to_owned(), "1000".to_owned()),
    ];
    assert_eq!(small.answer(model::service("s3").unwrap()).extra, extra);
}

#[test]
fn signed_chunks_without_a_signature_are_broken() {
    let request = edited(signed_chunks(), &format!(";chunk-signature={CHUNK_1}"), "");
    assert_eq!(decode(request).unwrap_err().code, "IncompleteBody");
    let request = edited(
        signed_trailer(),
        "x-amz-trailer-signature",
        "x-amz-checksum-sha1",
    );
    assert_eq!(decode(request).unwrap_err().code, "MalformedTrailerError");
}

/// Live S3 (argmin): presigned requests aren't decoded.
#[test]
fn a_presigned_marker_is_never_decoded() {
    let signed_marker = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    let trailer_marker = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    let rows = [
        (signed_marker, "/b/k", "framed", (400, "IncompleteBody")),
        (
            signed_marker,
            "/b/k",
            "hello",
            (400, "XAmzContentSHA256Mismatch"),
        ),
        (trailer_marker, "/b/k", "hell", (400, "IncompleteBody")),
        (
            trailer_marker,
            "/b/k",
            "hello",
            (400, "XAmzContentSHA256Mismatch"),
        ),
        (trailer_marker, "/b/k", "framed", (500, "InternalError")),
        (
            trailer_marker,
            "/b/k?partNumber=1&uploadId=u",
            "hell",
            (400, "IncompleteBody"),
        ),
        (
            trailer_marker,
            "/b/k?partNumber=1&uploadId=u",
            "hello",
            (400, "MalformedTrailerError"),
        ),
    ];
    for (marker, uri, body, expected) in rows {
        let mut request = Request::builder()
            .method("PUT")
            .uri(uri)
            .header("host", "h")
            .header("x-amz-content-sha256", marker)
            .header("x-amz-decoded-content-length", "5")
            .body(Bytes::from(body))
            .unwrap();
        let credentials = sigv4::Credentials::new("AKIDEXAMPLE", SECRET, None);
        sigv4::presign(&mut request, &credentials, "us-east-1", "s3", now(), 60);
        let error = decode(request).unwrap_err();
        assert_eq!(
            (error.status, error.code.as_str()),
            expected,
            "{marker} {uri} {body}"
        );
    }
}
