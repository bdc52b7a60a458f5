//! S3: presigned URLs, and how a request names its bucket and key.
//!
//! AWS: S3 API Reference, Authenticating requests: using query parameters; S3 User Guide, Virtual hosting of buckets.

use crate::client::*;
use crate::s3::{error, mock, of_bucket};
use bytes::Bytes;
use http::{Request, Response};
use rolecall_mock::Mock;
use rolecall_wire::{Structure, sigv4};

fn presigned(client: &Client, operation: &str, input: &Structure, seconds: u32) -> Request<Bytes> {
    let mut request = client.unsigned(operation, input);
    let credentials = client.credentials.as_ref().unwrap();
    let now = client.mock.clock().now();
    sigv4::presign(&mut request, credentials, "us-east-1", "s3", now, seconds);
    request
}

fn key() -> Structure {
    object("spa-site", "index.html")
}

fn code(response: &Response<Bytes>) -> String {
    let body = String::from_utf8_lossy(response.body()).into_owned();
    let start = body.find("<Code>").map_or(0, |at| at + 6);
    let end = body.find("</Code>").unwrap_or(start);
    body[start..end].to_owned()
}

#[test]
fn a_url_puts_gets_heads_and_deletes() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let new = object("spa-site", "new.txt");
    let mut put = presigned(&admin, "s3:PutObject", &new, 60);
    *put.body_mut() = Bytes::from_static(b"hello");
    assert_eq!(mock.handle(put).status(), 200);
    assert_eq!(
        mock.handle(presigned(&admin, "s3:GetObject", &new, 60))
            .body(),
        "hello"
    );
    let head = mock.handle(presigned(&admin, "s3:HeadObject", &new, 60));
    assert_eq!(head.headers()["content-length"], "5");
    assert_eq!(
        mock.handle(presigned(&admin, "s3:DeleteObject", &new, 60))
            .status(),
        204
    );
}

#[test]
fn a_url_may_change_headers_of_its_answer() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let input = key().with("ResponseContentType", "text/plain").with(
        "ResponseContentDisposition",
        "attachment; filename=\"a.html\"",
    );
    let answer = mock.handle(presigned(&admin, "s3:GetObject", &input, 60));
    assert_eq!(answer.headers()["content-type"], "text/plain");
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"a.html\""
    );
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::spa-site/*"}]}"#;
    admin
        .call("s3:DeletePublicAccessBlock", &of_bucket("spa-site"))
        .unwrap();
    let put = of_bucket("spa-site").with("Policy", policy);
    admin.call("s3:PutBucketPolicy", &put).unwrap();
    let nobody = Client::anonymous(&mock);
    assert!(nobody.call("s3:GetObject", &key()).is_ok());
    assert_eq!(
        error(nobody.call("s3:GetObject", &input)),
        (400, "InvalidRequest".to_owned())
    );
}

/// AWS: Service Authorization Reference, Amazon S3: `s3:authType`, `s3:signatureAge`, `s3:signatureversion`.
#[test]
fn how_a_request_is_signed_is_a_condition() {
    let rows = [
        (
            r#"{"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}"#,
            0,
            true,
            false,
        ),
        (
            r#"{"StringEquals": {"s3:authType": "REST-HEADER"}}"#,
            0,
            false,
            true,
        ),
        (
            r#"{"NumericGreaterThan": {"s3:signatureAge": "600000"}}"#,
            601,
            true,
            false,
        ),
        (
            r#"{"NumericGreaterThan": {"s3:signatureAge": "600000"}}"#,
            599,
            false,
            false,
        ),
        (
            r#"{"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}"#,
            0,
            true,
            true,
        ),
        (
            r#"{"StringEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}}"#,
            0,
            false,
            false,
        ),
        (
            r#"{"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#,
            0,
            false,
            false,
        ),
        (
            r#"{"StringEquals": {"s3:ResourceAccount": "123456789012"}}"#,
            0,
            true,
            true,
        ),
    ];
    for (condition, age, url_denied, header_denied) in rows {
        let mock = mock();
        let admin = Client::user(&mock, "admin");
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*",
                "Action": "s3:GetObject", "Resource": "arn:aws:s3:::spa-site/*", "Condition": {condition}}}]}}"#
        );
        let put = of_bucket("spa-site").with("Policy", policy);
        admin.call("s3:PutBucketPolicy", &put).unwrap();
        let url = presigned(&admin, "s3:GetObject", &key(), 3600);
        mock.clock().advance(jiff::SignedDuration::from_secs(age));
        let by_url = mock.handle(url).status();
        let by_header = admin.send("s3:GetObject", &key()).status();
        assert_eq!(by_url == 403, url_denied, "{condition}: {by_url}");
        assert_eq!(by_header == 403, header_denied, "{condition}: {by_header}");
    }
}

#[test]
fn a_url_is_good_for_what_it_was_signed_for() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let url = presigned(&admin, "s3:GetObject", &key(), 60);
    let uri = url.uri().to_string();
    let send = |method: &str, uri: &str| {
        let request = Request::builder().method(method).uri(uri);
        mock.handle(request.body(Bytes::new()).unwrap())
    };
    assert_eq!(send("GET", &uri).status(), 200);
    assert_eq!(send("HEAD", &uri).status(), 403);
    assert_eq!(code(&send("PUT", &uri)), "SignatureDoesNotMatch");
    assert_eq!(
        code(&send("GET", &uri.replace("index.html", "other"))),
        "SignatureDoesNotMatch"
    );
    assert_eq!(
        code(&send(
            "GET",
            &format!("{uri}&response-content-type=text%2Fplain")
        )),
        "SignatureDoesNotMatch"
    );
    let mut headed = url;
    headed
        .headers_mut()
        .insert("x-amz-acl", "private".parse().unwrap());
    let refused = mock.handle(headed);
    assert_eq!(code(&refused), "AccessDenied");
    assert!(String::from_utf8_lossy(refused.body()).contains("<HeadersNotSigned>x-amz-acl"));
}

/// AWS: S3 User Guide, Presigned URLs: they are authorized with the signer's permissions of the moment.
#[test]
fn a_url_of_a_session_dies_with_it() {
    let mock = mock();
    let reader = Client::user(&mock, "reader");
    let url = presigned(&reader, "s3:GetObject", &key(), 600);
    assert_eq!(mock.handle(url.clone()).status(), 200);
    let admin = Client::user(&mock, "admin");
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::spa-site/*"}]}"#;
    let put = of_bucket("spa-site").with("Policy", policy);
    admin.call("s3:PutBucketPolicy", &put).unwrap();
    assert_eq!(mock.handle(url).status(), 403);
}

/// AWS: S3 User Guide, Creating object key names: a key is any text of up to 1024 bytes.
#[test]
fn any_text_is_a_key() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let longest = "\u{fc}".repeat(512);
    for name in [
        "/",
        "//",
        "a//b",
        "../up",
        "a/../b",
        "./a",
        ".",
        "..",
        "a?b#c&d=e",
        "%2e%2e",
        "a+b c",
        "\u{1f600}/\u{fc}",
        "?acl",
        "\u{1}",
        longest.as_str(),
    ] {
        let put = object("spa-site", name).with("Body", Bytes::from(name.to_owned()));
        admin.call("s3:PutObject", &put).unwrap();
        let got = admin
            .call("s3:GetObject", &object("spa-site", name))
            .unwrap();
        assert_eq!(got.blob("Body").unwrap(), name, "{name}");
    }
    let too_long = object("spa-site", &format!("{longest}x"));
    for operation in [
        "s3:PutObject",
        "s3:GetObject",
        "s3:DeleteObject",
        "s3:CreateMultipartUpload",
    ] {
        let refused = admin.call(operation, &too_long).unwrap_err();
        assert_eq!(refused.code, "KeyTooLongError", "{operation}");
        assert_eq!(
            refused.element("MaxSizeAllowed"),
            Some("1024"),
            "{operation}"
        );
    }
}

/// A path that no key can be made of.
#[test]
fn a_path_with_broken_escapes_is_refused() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    for path in [
        "/spa-site/%zz",
        "/spa-site/%",
        "/spa-site/%80",
        "/spa-site/a?prefix=%zz",
    ] {
        let uri = format!("{}{path}", admin.endpoint);
        let mut request = Request::builder().uri(uri).body(Bytes::new()).unwrap();
        admin.sign("s3:GetObject", &mut request);
        assert_eq!(code(&mock.handle(request)), "InvalidURI", "{path}");
    }
}

#[test]
fn a_host_names_the_bucket() {
    let mock = mock();
    for host in [
        "spa-site.localhost:4566",
        "spa-site.s3.amazonaws.com",
        "spa-site.s3.example.com",
    ] {
        let admin = Client {
            endpoint: format!("http://{host}"),
            ..Client::user(&mock, "admin")
        };
        let uri = format!("http://{host}/index.html");
        let mut request = Request::builder().uri(uri).body(Bytes::new()).unwrap();
        admin.sign("s3:GetObject", &mut request);
        assert_eq!(mock.handle(request).body(), "<h1>hello</h1>", "{host}");
    }
}

fn send_old(mock: &Mock, uri: &str, authorization: Option<&str>) -> Response<Bytes> {
    let mut request = Request::builder().uri(format!("http://127.0.0.1:4566{uri}"));
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    mock.handle(request.body(Bytes::new()).unwrap())
}

/// AWS: S3 User Guide, Signature Version 2 turned off; the AWS CLI version 1 still presigns with it.
#[test]
fn the_old_signature_is_refused_by_name() {
    let mock = mock();
    let url = "/spa-site/index.html?AWSAccessKeyId=AKIA&Signature=abc%3D&Expires=1900000000";
    for response in [
        send_old(&mock, url, None),
        send_old(&mock, "/spa-site/index.html", Some("AWS AKIA:abc=")),
    ] {
        assert_eq!(response.status(), 400);
        let body = String::from_utf8_lossy(response.body()).into_owned();
        assert!(body.contains("Please use AWS4-HMAC-SHA256."), "{body}");
    }
}

/// Upload forms of browsers are not implemented, and say so.
#[test]
fn a_form_is_refused_by_name() {
    let mock = mock();
    let request = Request::builder()
        .method("POST")
        .uri("http://127.0.0.1:4566/spa-site")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Bytes::from_static(b"--x--"))
        .unwrap();
    let response = mock.handle(request);
    assert_eq!(
        (response.status().as_u16(), code(&response)),
        (501, "NotImplemented".to_owned())
    );
}
