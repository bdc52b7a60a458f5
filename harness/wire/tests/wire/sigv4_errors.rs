//! Each way a signature can be wrong, and AWS's answer to it.
//!
//! Query services: the order and texts of `scratchstack-aws-signature` ("AWS Auth Error Ordering"), corrected by live
//! STS. S3: captures of live S3.

#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "the helpers of a test may panic, and its tables are as long as they are"
)]

use bytes::Bytes;
use http::{HeaderValue, Request};
use jiff::{SignedDuration, Timestamp};
use rolecall_wire::sigv4::{
    self, Credentials, Endpoint, SignatureError, SignedRequest, SigningKey,
};
use rolecall_wire::{ServiceError, model};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn now() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", SECRET, None)
}

fn unsigned(service: &str) -> Request<Bytes> {
    let path = if service == "s3" {
        "/spa-site/key"
    } else {
        "/"
    };
    let builder = Request::builder()
        .uri(path)
        .header("host", "127.0.0.1:4566");
    builder.body(Bytes::new()).unwrap()
}

/// A good request, to be spoiled.
fn signed(service: &str) -> Request<Bytes> {
    let mut request = unsigned(service);
    sigv4::sign(&mut request, &credentials(), "us-east-1", service, now());
    request
}

fn presigned(service: &str) -> Request<Bytes> {
    let mut request = unsigned(service);
    sigv4::presign(
        &mut request,
        &credentials(),
        "us-east-1",
        service,
        now(),
        60,
    );
    request
}

fn with_uri(mut request: Request<Bytes>, edit: impl Fn(&str) -> String) -> Request<Bytes> {
    *request.uri_mut() = edit(&request.uri().to_string()).parse().unwrap();
    request
}

fn with_header(
    mut request: Request<Bytes>,
    name: &'static str,
    edit: impl Fn(&str) -> String,
) -> Request<Bytes> {
    let value = request
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
        .unwrap_or_default()
        .to_owned();
    request
        .headers_mut()
        .insert(name, HeaderValue::from_str(&edit(&value)).unwrap());
    request
}

fn without(mut request: Request<Bytes>, name: &str) -> Request<Bytes> {
    request.headers_mut().remove(name).unwrap();
    request
}

fn authorization(request: Request<Bytes>, from: &str, to: &str) -> Request<Bytes> {
    with_header(request, "authorization", |value| value.replace(from, to))
}

fn read(service: &str, request: &Request<Bytes>) -> Result<Option<SignedRequest>, SignatureError> {
    sigv4::read(
        request,
        Endpoint {
            service,
            region: Some("us-east-1"),
        },
        now(),
    )
}

/// The answer of all checks, the signature's included.
fn answer(service: &str, request: &Request<Bytes>) -> Result<(), ServiceError> {
    let checked = read(service, request).and_then(|signed| {
        let signed = signed.unwrap();
        signed.verify(request, &SigningKey::derive(&SECRET.into(), &signed.scope))?;
        signed.check_payload(request)
    });
    checked.map_err(|error| error.answer(model::service(service).unwrap()))
}

#[test]
fn a_good_signature_is_good() {
    for service in ["sts", "s3"] {
        assert_eq!(answer(service, &signed(service)), Ok(()), "{service}");
        assert_eq!(answer(service, &presigned(service)), Ok(()), "{service}");
    }
}

#[test]
fn sts_answers_as_query_services_do() {
    let form = "Date must be in ISO-8601 'basic format'. Got 'today'. See http://en.wikipedia.org/wiki/ISO_8601";
    let value = signed("sts").headers()["authorization"]
        .to_str()
        .unwrap()
        .replace("Signature=", "Signature");
    let part = value.rsplit(", ").next().unwrap().to_owned();
    let differs = "The request signature we calculated does not match the signature you provided. Check your AWS \
                   Secret Access Key and signing method. Consult the service documentation for details.";
    let scope = "AKIDEXAMPLE/20260102/us-east-1/sts/aws4_request";
    let rows: Vec<(Request<Bytes>, u16, &str, String)> = vec![
        (
            with_uri(signed("sts"), |_| "/?a=%2".to_owned()),
            400,
            "MalformedQueryString",
            "Incomplete trailing escape % sequence".into(),
        ),
        (
            with_uri(signed("sts"), |_| "/?a=%zz".to_owned()),
            400,
            "MalformedQueryString",
            "Illegal hex character in escape % pattern: %zz".into(),
        ),
        (
            without(signed("sts"), "authorization"),
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token".into(),
        ),
        (
            with_uri(presigned("sts"), |uri| uri.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512")),
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token".into(),
        ),
        (
            with_uri(signed("sts"), |_| "/?X-Amz-Algorithm=AWS4-HMAC-SHA256".to_owned()),
            403,
            "SignatureDoesNotMatch",
            String::new(),
        ),
        (
            authorization(signed("sts"), "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"),
            400,
            "IncompleteSignature",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'.".into(),
        ),
        (
            authorization(signed("sts"), "Signature=", "Signature"),
            400,
            "IncompleteSignature",
            format!("'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{value}'."),
        ),
        (
            without(authorization(signed("sts"), "Credential", "C"), "x-amz-date"),
            400,
            "IncompleteSignature",
            "Authorization header requires 'Credential' parameter. Authorization header requires existence of either \
             a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256"
                .into(),
        ),
        (
            with_uri(presigned("sts"), |uri| uri.replace("X-Amz-Date", "D").replace("X-Amz-Signature", "S")),
            400,
            "IncompleteSignature",
            "AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include \
             'X-Amz-Date'. Re-examine the query-string parameters."
                .into(),
        ),
        (
            authorization(signed("sts"), "host;", ""),
            403,
            "SignatureDoesNotMatch",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into(),
        ),
        (with_header(signed("sts"), "x-amz-date", |_| "today".to_owned()), 400, "IncompleteSignature", form.into()),
        (
            authorization(signed("sts"), scope, "AKIDEXAMPLE/20260102/sts/aws4_request"),
            400,
            "IncompleteSignature",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             'AKIDEXAMPLE/20260102/sts/aws4_request'"
                .into(),
        ),
        (
            authorization(signed("sts"), "us-east-1", "eu-west-1"),
            403,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region. ".into(),
        ),
        (
            authorization(signed("sts"), scope, "AKIDEXAMPLE/20260103/eu-west-1/s3/aws3_request"),
            403,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'sts'. \
             Credential should be scoped with a valid terminator: 'aws4_request', not 'aws3_request'. Date in \
             Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260103' != \
             '20260102', from '20260102T030405Z'. "
                .into(),
        ),
        (
            authorization(signed("sts"), "Signature=", "Signature=0"),
            403,
            "SignatureDoesNotMatch",
            differs.into(),
        ),
    ];
    for (request, status, code, message) in rows {
        assert_eq!(
            answer("sts", &request),
            Err(ServiceError::new(status, code, message)),
            "{request:?}"
        );
    }
}

#[test]
fn a_path_that_climbs_too_high_has_no_answer_but_its_status() {
    for path in ["/..", "/a/../..", "/%zz"] {
        let request = with_uri(signed("sts"), |_| path.to_owned());
        assert_eq!(
            answer("sts", &request),
            Err(ServiceError::without_body(400)),
            "{path}"
        );
    }
}

/// Live STS and IAM print 15 minutes; exactly at the limit is within.
#[test]
fn the_time_may_be_a_quarter_of_an_hour_off() {
    let minutes = SignedDuration::from_mins;
    let second = SignedDuration::from_secs(1);
    let sts = model::service("sts").unwrap();
    let rows = [
        (minutes(15), None),
        (minutes(-15), None),
        (
            minutes(15) + second,
            Some(
                "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T031906Z - 15 min.)",
            ),
        ),
        (
            minutes(-15) - second,
            Some(
                "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z (20260102T024904Z + \
                 15 min.)",
            ),
        ),
    ];
    for (passed, expected) in rows {
        let endpoint = Endpoint {
            service: "sts",
            region: None,
        };
        let read = sigv4::read(&signed("sts"), endpoint, now() + passed);
        let message = read.err().and_then(|error| error.answer(sts).message);
        assert_eq!(message.as_deref(), expected, "{passed:?}");
    }
}

#[test]
fn s3_answers_in_its_own_words() {
    let form = "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".";
    let malformed = |what: &str| {
        ServiceError::new(
            400,
            "AuthorizationHeaderMalformed",
            format!("The authorization header is malformed; {what}"),
        )
    };
    let parameters = |what: &str| ServiceError::new(400, "AuthorizationQueryParametersError", what);
    let error = |status, code: &str, message: &str| ServiceError::new(status, code, message);
    let components = "the authorization header requires three components: Credential, SignedHeaders, and Signature.";
    let both = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
                parameter or the Authorization header should be specified";
    let v2 = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    let missing = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                   X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
    let value = signed("s3").headers()["authorization"]
        .to_str()
        .unwrap()
        .to_owned();
    let basic = |_: &str| "Basic abc".to_owned();
    let mut twice = signed("s3");
    twice
        .headers_mut()
        .append("authorization", HeaderValue::from_str(&value).unwrap());
    let argument = |value: &str, message: &str| {
        error(400, "InvalidArgument", message)
            .with("ArgumentName", "Authorization")
            .with("ArgumentValue", value)
    };
    let invalid_hash = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, \
                        STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, \
                        STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, \
                        STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.";
    let rows = vec![
        (
            twice,
            error(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
                .with("Header", "Authorization"),
        ),
        (with_header(signed("s3"), "authorization", |_| String::new()), error(403, "AccessDenied", "Access Denied")),
        (with_uri(signed("s3"), |uri| format!("{uri}?X-Amz-Algorithm=AWS4-HMAC-SHA256")), argument(&value, both)),
        (
            with_header(signed("s3"), "authorization", basic),
            argument("Basic abc", "Unsupported Authorization Type"),
        ),
        (with_header(signed("s3"), "authorization", |_| "AWS A:s".into()), error(400, "InvalidRequest", v2)),
        (authorization(signed("s3"), "Credential=", "C="), malformed(components)),
        (authorization(signed("s3"), "Signature=", "Signature=0, Signature="), malformed(components)),
        (
            authorization(signed("s3"), "us-east-1/", ""),
            malformed(&format!("the Credential is mal-formed; expecting \"{form}")),
        ),
        (
            authorization(signed("s3"), "us-east-1/s3", "eu-west-1/sts"),
            malformed("the region 'eu-west-1' is wrong; expecting 'us-east-1'").with("Region", "us-east-1"),
        ),
        (
            authorization(signed("s3"), "us-east-1/s3", "us-east-1/sts"),
            malformed("incorrect service \"sts\". This endpoint belongs to \"s3\"."),
        ),
        (
            authorization(signed("s3"), "aws4_request", "aws3_request"),
            malformed("incorrect terminal \"aws3_request\". This endpoint uses \"aws4_request\"."),
        ),
        (
            authorization(signed("s3"), "20260102/", "20260103/"),
            malformed(
                "Invalid credential date \"20260103\". This date is not the same as X-Amz-Date: \"20260102\".",
            ),
        ),
        (
            without(signed("s3"), "x-amz-date"),
            error(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header"),
        ),
        (
            without(signed("s3"), "x-amz-content-sha256"),
            error(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"),
        ),
        (
            with_header(signed("s3"), "x-amz-content-sha256", |_| "abc".to_owned()),
            error(400, "InvalidArgument", invalid_hash)
                .with("ArgumentName", "x-amz-content-sha256")
                .with("ArgumentValue", "abc"),
        ),
        (
            with_header(with_header(signed("s3"), "x-amz-acl", |_| "private".into()), "x-amz-meta-a", |_| "b".into()),
            error(403, "AccessDenied", "There were headers present in the request which were not signed")
                .with("HeadersNotSigned", "x-amz-acl, x-amz-meta-a"),
        ),
        (
            authorization(signed("s3"), "host;", ""),
            error(403, "AccessDenied", "There were headers present in the request which were not signed")
                .with("HeadersNotSigned", "host"),
        ),
        (
            with_header(signed("s3"), "x-amz-date", |_| "20260102T024904Z".to_owned()),
            error(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            )
            .with("RequestTime", "20260102T024904Z")
            .with("ServerTime", "2026-01-02T03:04:05Z")
            .with("MaxAllowedSkewMilliseconds", "900000"),
        ),
        (with_uri(presigned("s3"), |uri| uri.replace("X-Amz-Expires", "E")), parameters(missing)),
        (
            with_uri(presigned("s3"), |uri| uri.replace("HMAC-SHA256", "HMAC-SHA512")),
            parameters("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("us-east-1%2Fs3", "eu-west-1%2Fs3")),
            parameters(
                "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
            )
            .with("Region", "us-east-1"),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("%2Fs3%2F", "%2Fsts%2F")),
            parameters(
                "Error parsing the X-Amz-Credential parameter; incorrect service \"sts\". This endpoint belongs to \
                 \"s3\".",
            ),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("20260102T030405Z", "2026-01-02")),
            parameters("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("Expires=60", "Expires=x")),
            parameters("X-Amz-Expires should be a number"),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("Expires=60", "Expires=-1")),
            parameters("X-Amz-Expires must be non-negative"),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("Expires=60", "Expires=604801")),
            parameters(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
                 than 604800 seconds",
            ),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("T030405Z", "T030304Z")),
            error(403, "AccessDenied", "Request has expired")
                .with("X-Amz-Expires", "60")
                .with("Expires", "2026-01-02T03:04:04Z")
                .with("ServerTime", "2026-01-02T03:04:05Z"),
        ),
        (
            with_uri(presigned("s3"), |uri| uri.replace("T030405Z", "T031906Z")),
            error(403, "AccessDenied", "Request is not yet valid")
                .with("X-Amz-Date", "1767323946000")
                .with("Expires", "2026-01-02T03:20:06Z")
                .with("ServerTime", "2026-01-02T03:04:05Z"),
        ),
        (
            with_uri(presigned("s3"), |_| "/b/k?AWSAccessKeyId=A&Signature=s&Expires=1".to_owned()),
            error(400, "InvalidRequest", v2),
        ),
        (
            with_uri(presigned("s3"), |uri| format!("{uri}&X-Amz-Security-Token=a&X-Amz-Security-Token=b")),
            error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
                .with("AWSAccessKeyId", "AKIDEXAMPLE"),
        ),
    ];
    for (request, expected) in rows {
        assert_eq!(answer("s3", &request), Err(expected), "{request:?}");
    }
}

#[test]
fn s3_takes_signed_headers_in_any_order_and_case() {
    let request = authorization(
        signed("s3"),
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date",
        "SignedHeaders=x-amz-date;HOST;x-amz-content-sha256;host",
    );
    assert_eq!(answer("s3", &request), Ok(()));
}

#[test]
fn an_unsigned_request_to_s3_is_anonymous() {
    let request = without(signed("s3"), "authorization");
    assert_eq!(read("s3", &request), Ok(None));
}

/// Live S3 (versity/versitygw#779): these elements in this order.
#[test]
fn s3_shows_what_it_calculated() {
    let mut request = signed("s3");
    request.headers_mut().insert(
        "x-amz-content-sha256",
        HeaderValue::from_static("UNSIGNED-PAYLOAD"),
    );

    let error = answer("s3", &request).unwrap_err();

    assert_eq!(
        (error.status, error.code.as_str()),
        (403, "SignatureDoesNotMatch")
    );
    let names: Vec<&str> = error.extra.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
            "CanonicalRequest",
            "CanonicalRequestBytes"
        ]
    );
    let text = |name| error.element(name).unwrap();
    assert!(text("StringToSignBytes").starts_with("41 57 53 34 2d 48 4d 41 43"));
    assert!(
        text("StringToSign")
            .starts_with("AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/us-east-1/s3/")
    );
    assert!(text("CanonicalRequest").ends_with("\nUNSIGNED-PAYLOAD"));
}

/// Live S3 (versity/versitygw#2043).
#[test]
fn a_body_that_is_not_the_signed_one_is_told_apart_from_a_wrong_signature() {
    let mut request = signed("s3");
    *request.body_mut() = Bytes::from_static(b"hello");
    let expected = ServiceError::new(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
    .with(
        "ClientComputedContentSHA256",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    .with(
        "S3ComputedContentSHA256",
        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    );
    assert_eq!(answer("s3", &request), Err(expected));
}

/// What is taken in more than one form. RFC 9110 for `Date`, RFC 9113 for `:authority`; AWS: IAM User Guide, elements of an
/// AWS API request signature; `scratchstack-aws-signature` for ISO 8601's extended form and parameters given twice.
#[test]
fn what_may_be_sent_in_several_forms_is_taken_in_each() {
    let dated = |name: &'static str, date: &str| {
        let mut request = unsigned("sts");
        let value = HeaderValue::from_str(date).unwrap();
        request.headers_mut().insert(name, value);
        request
    };
    let extended = dated("x-amz-date", "2026-01-02T03:04:05Z");
    let http_date = dated("date", "Fri, 02 Jan 2026 03:04:05 GMT");
    for request in [extended, http_date] {
        let name = if request.headers().contains_key("date") {
            "date"
        } else {
            "x-amz-date"
        };
        let scope = "20260102/us-east-1/sts/aws4_request";
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope},SignedHeaders={name};host,Signature=0"
        );
        let request = with_header(request, "authorization", |_| value.clone());
        let signed = read("sts", &request).unwrap().unwrap();
        let text = signed.string_to_sign(&signed.canonical_request(&request));
        assert!(
            text.contains("\n20260102T030405Z\n"),
            "the basic form is signed: {text}"
        );
    }
    let authority = authorization(
        signed("sts"),
        "SignedHeaders=host",
        "SignedHeaders=:authority",
    );
    let found = read("sts", &authority).unwrap().unwrap();
    let canonical = found.canonical_request(&authority);
    assert!(
        canonical.contains("\n:authority:127.0.0.1:4566\n"),
        "{canonical}"
    );
    for service in ["sts", "s3"] {
        let twice = with_uri(presigned(service), |uri| {
            format!("{uri}&X-Amz-Date=x&X-Amz-Expires=x")
        });
        let found = read(service, &twice).unwrap().unwrap();
        assert_eq!(found.time, now(), "{service}: the first counts");
    }
}

/// AWS's query services: a presigned request is good for as long as a signed one, whatever it says of its life.
#[test]
fn a_presigned_request_to_sts_is_not_good_for_longer_than_any_other() {
    let mut request = unsigned("sts");
    sigv4::presign(
        &mut request,
        &credentials(),
        "us-east-1",
        "sts",
        now(),
        604_800,
    );
    let endpoint = Endpoint {
        service: "sts",
        region: None,
    };
    let quarter = SignedDuration::from_mins(15);
    assert!(sigv4::read(&request, endpoint, now() + quarter).is_ok());
    let late = sigv4::read(
        &request,
        endpoint,
        now() + quarter + SignedDuration::from_secs(1),
    );
    let error = late.unwrap_err().answer(model::service("sts").unwrap());
    assert_eq!(
        (error.status, error.code.as_str()),
        (403, "SignatureDoesNotMatch")
    );
}

#[test]
fn signature_version_2_is_refused_with_a_clear_word() {
    let text = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
    let v2 = "AWSAccessKeyId=AKIDEXAMPLE&SignatureVersion=2&SignatureMethod=HmacSHA256&Signature=a";
    let in_query = with_uri(unsigned("sts"), |_| {
        format!("/?Action=GetCallerIdentity&{v2}")
    });
    let mut in_form = unsigned("sts");
    *in_form.body_mut() = Bytes::from(format!("Action=GetCallerIdentity&{v2}"));
    let presigned = with_uri(unsigned("s3"), |uri| {
        format!("{uri}?AWSAccessKeyId=AKIDEXAMPLE&Expires=1&Signature=a")
    });
    for (service, request) in [("sts", in_query), ("sts", in_form), ("s3", presigned)] {
        let refused = Err(ServiceError::new(400, "InvalidRequest", text));
        let answer = read(service, &request).map(drop);
        let answer = answer.map_err(|error| error.answer(model::service(service).unwrap()));
        assert_eq!(answer, refused, "{service}");
    }
}

/// Captures of live S3: equal tokens count as one, two different ones belong to no key; the error shows what was sent.
#[test]
fn a_token_sent_twice_is_one() {
    let credentials = Credentials::new("ASIDEXAMPLE", SECRET, Some("token"));
    let mut request = unsigned("s3");
    sigv4::sign(&mut request, &credentials, "us-east-1", "s3", now());
    let with = |other: &str| {
        let mut request = request.clone();
        let value = HeaderValue::from_str(other).unwrap();
        request.headers_mut().append("x-amz-security-token", value);
        request
    };
    let signed = read("s3", &with("token")).unwrap().unwrap();
    assert_eq!(signed.session_token.as_deref(), Some("token"));
    let expired = signed.expired_token().answer(model::service("s3").unwrap());
    assert_eq!(expired.element("Token-0"), Some("token"));
    assert_eq!(expired.element("Token-1"), Some("token"));
    let other = read("s3", &with("another")).unwrap_err();
    let other = other.answer(model::service("s3").unwrap());
    assert_eq!(other.code, "InvalidAccessKeyId");
}

/// Captures of live S3: `RequestTime` is what was sent.
#[test]
fn the_time_of_a_skewed_request_is_shown_as_it_was_sent() {
    let date = "Fri, 02 Jan 2026 02:04:05 GMT";
    let request = without(signed("s3"), "x-amz-date");
    let request = with_header(request, "date", |_| date.to_owned());
    let error = answer("s3", &request).unwrap_err();
    assert_eq!(error.code, "RequestTimeTooSkewed");
    assert_eq!(error.element("RequestTime"), Some(date));
}

/// The errors that the keeper of the keys finds.
#[test]
fn errors_of_keys_and_tokens_are_the_services_own() {
    let mut with_token = Request::builder()
        .uri("/")
        .header("host", "h")
        .body(Bytes::new())
        .unwrap();
    let credentials = Credentials::new("ASIDEXAMPLE", SECRET, Some("token"));
    let rows: &[(&str, [(u16, &str, &str); 3])] = &[
        (
            "sts",
            [
                (
                    403,
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid.",
                ),
                (
                    403,
                    "ExpiredToken",
                    "The security token included in the request is expired",
                ),
                (
                    403,
                    "InvalidClientTokenId",
                    "The security token included in the request is invalid.",
                ),
            ],
        ),
        (
            "s3",
            [
                (
                    403,
                    "InvalidAccessKeyId",
                    "The AWS Access Key Id you provided does not exist in our records.",
                ),
                (400, "ExpiredToken", "The provided token has expired."),
                (
                    400,
                    "InvalidToken",
                    "The provided token is malformed or otherwise invalid.",
                ),
            ],
        ),
    ];
    for (name, expected) in rows {
        sigv4::sign(&mut with_token, &credentials, "us-east-1", name, now());
        let signed = read(name, &with_token).unwrap().unwrap();
        assert_eq!(signed.session_token.as_deref(), Some("token"));
        let service = model::service(name).unwrap();
        let answers = [
            signed.unknown_key(),
            signed.expired_token(),
            signed.unreadable_token(),
        ];
        for (answer, (status, code, message)) in answers.iter().zip(expected) {
            let mut answer = answer.answer(service);
            let extra = std::mem::take(&mut answer.extra);
            assert_eq!(answer, ServiceError::new(*status, code, *message), "{name}");
            assert_eq!(extra.is_empty(), *name == "sts", "{name}");
        }
    }
}

#[test]
fn a_credential_is_found_wherever_it_is() {
    for request in [signed("sts"), presigned("sts")] {
        let found = sigv4::credential(&request).unwrap();
        assert_eq!(
            (found.access_key_id.as_str(), found.scope.service.as_str()),
            ("AKIDEXAMPLE", "sts")
        );
    }
    assert_eq!(
        sigv4::credential(&without(signed("sts"), "authorization")),
        None
    );
}

/// Without the feature an unknown algorithm, with it one that is for a set of regions.
#[test]
fn a_signature_with_a_key_pair_is_known_with_its_feature() {
    let value = "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260102/s3/aws4_request, \
                 SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=00";
    let asymmetric = |regions: &str| {
        let request = with_header(signed("s3"), "authorization", |_| value.to_owned());
        with_header(request, "x-amz-region-set", |_| regions.to_owned())
    };
    if !cfg!(feature = "sigv4a") {
        assert_eq!(
            answer("s3", &asymmetric("*")).unwrap_err().code,
            "InvalidArgument"
        );
        return;
    }
    for regions in ["*", "us-east-1", "eu-*,us-*", "us-*-1"] {
        let found = read("s3", &asymmetric(regions)).unwrap().unwrap();
        assert_eq!(found.scope.region, "us-east-1", "{regions}");
        assert_eq!(
            answer("s3", &asymmetric(regions)).unwrap_err().code,
            "SignatureDoesNotMatch"
        );
    }
    for regions in ["", "us-east-2", "eu-*", "us-east-*-1"] {
        let error = answer("s3", &asymmetric(regions)).unwrap_err();
        assert_eq!(error.code, "AuthorizationHeaderMalformed", "{regions}");
    }
}
