//! Requests as real clients send them, and as they must not.

#![expect(
    clippy::unwrap_used,
    clippy::type_complexity,
    reason = "the helpers of a test may panic, and its tables are as long as they are"
)]

use bytes::Bytes;
use http::Request;
use rolecall_wire::{ServiceError, Structure, Value, codec, model};

fn request(line: &str, headers: &[(&str, &str)], body: &str) -> Request<Bytes> {
    let (method, path) = line.split_once(' ').unwrap();
    let builder = Request::builder().method(method).uri(path);
    let builder = headers.iter().fold(builder, |builder, (name, value)| {
        builder.header(*name, *value)
    });
    builder.body(Bytes::from(body.to_owned())).unwrap()
}

fn form(body: &str) -> Request<Bytes> {
    request(
        "POST /",
        &[(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )],
        body,
    )
}

fn route(service: &str, request: &Request<Bytes>) -> Result<&'static str, ServiceError> {
    codec::route(model::service(service).unwrap(), request, None)
        .map(rolecall_wire::Operation::name)
}

fn decode(
    service: &str,
    operation: &str,
    request: &Request<Bytes>,
) -> Result<Structure, ServiceError> {
    let service = model::service(service).unwrap();
    codec::decode_input(
        service,
        service.operation(operation).unwrap(),
        request,
        None,
    )
}

/// What AWS CLI, boto3, the SDKs for JavaScript, Go and Rust, and Terraform send (recorded), and what they don't.
#[test]
fn requests_to_s3_find_their_operation() {
    let rows: &[(&str, Result<&str, (u16, &str)>)] = &[
        ("GET /", Ok("ListBuckets")),
        ("GET /?x-id=ListBuckets", Ok("ListBuckets")),
        (
            "GET /b?list-type=2&prefix=&delimiter=%2F&encoding-type=url",
            Ok("ListObjectsV2"),
        ),
        ("GET /b?encoding-type=url", Ok("ListObjects")),
        ("GET /b", Ok("ListObjects")),
        ("GET /b/", Ok("ListObjects")),
        ("PUT /b", Ok("CreateBucket")),
        ("PUT /b/", Ok("CreateBucket")),
        ("HEAD /b", Ok("HeadBucket")),
        ("DELETE /b", Ok("DeleteBucket")),
        ("GET /b?policy", Ok("GetBucketPolicy")),
        ("GET /b?policy=", Ok("GetBucketPolicy")),
        ("GET /b/?policy=", Ok("GetBucketPolicy")),
        ("GET /b?acl", Ok("GetBucketAcl")),
        ("GET /b?cors", Ok("GetBucketCors")),
        ("GET /b?website", Ok("GetBucketWebsite")),
        ("GET /b?versioning", Ok("GetBucketVersioning")),
        ("GET /b?accelerate", Ok("GetBucketAccelerateConfiguration")),
        ("GET /b?requestPayment", Ok("GetBucketRequestPayment")),
        ("GET /b?logging", Ok("GetBucketLogging")),
        ("GET /b?lifecycle", Ok("GetBucketLifecycleConfiguration")),
        ("GET /b?replication", Ok("GetBucketReplication")),
        ("GET /b?encryption", Ok("GetBucketEncryption")),
        ("GET /b?object-lock", Ok("GetObjectLockConfiguration")),
        ("GET /b?tagging", Ok("GetBucketTagging")),
        ("GET /b?location", Ok("GetBucketLocation")),
        ("GET /b?publicAccessBlock", Ok("GetPublicAccessBlock")),
        ("GET /b?uploads", Ok("ListMultipartUploads")),
        ("GET /b?versions", Ok("ListObjectVersions")),
        (
            "GET /b?analytics&id=1",
            Ok("GetBucketAnalyticsConfiguration"),
        ),
        ("GET /b?analytics", Ok("ListBucketAnalyticsConfigurations")),
        ("POST /b?delete", Ok("DeleteObjects")),
        ("POST /b/?delete=", Ok("DeleteObjects")),
        ("GET /b/a%20b/%C3%BC%2B1.txt", Ok("GetObject")),
        (
            "GET /b/k?x-id=GetObject&response-content-type=a",
            Ok("GetObject"),
        ),
        ("GET /b/k?partNumber=1", Ok("GetObject")),
        ("HEAD /b/k", Ok("HeadObject")),
        ("PUT /b/k?x-id=PutObject", Ok("PutObject")),
        (
            "PUT /b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=9",
            Ok("PutObject"),
        ),
        (
            "PUT /b/k?x-id=UploadPart&partNumber=1&uploadId=u",
            Ok("UploadPart"),
        ),
        ("POST /b/k?uploads", Ok("CreateMultipartUpload")),
        (
            "POST /b/k?uploads=&x-id=CreateMultipartUpload",
            Ok("CreateMultipartUpload"),
        ),
        ("POST /b/k?uploadId=u", Ok("CompleteMultipartUpload")),
        ("DELETE /b/k?uploadId=u", Ok("AbortMultipartUpload")),
        ("DELETE /b/k", Ok("DeleteObject")),
        ("DELETE /b/k?versionId=null", Ok("DeleteObject")),
        ("GET /b/k?uploadId=u", Ok("ListParts")),
        ("GET /b/k?tagging", Ok("GetObjectTagging")),
        ("GET /b/k?attributes", Ok("GetObjectAttributes")),
        ("GET /b//", Ok("GetObject")),
        ("GET /b?torrent", Err((405, "MethodNotAllowed"))),
        ("POST /b?policy", Err((405, "MethodNotAllowed"))),
        ("PUT /b?location", Err((405, "MethodNotAllowed"))),
        ("GET /b?policyy", Err((501, "NotImplemented"))),
        ("GET /b?policy&acl", Err((400, "InvalidArgument"))),
        ("GET /b?list-type=3", Err((400, "InvalidArgument"))),
        ("PUT /b/k?versionId=1", Err((400, "InvalidArgument"))),
        ("PUT /b/k?uploadId=u", Err((400, "InvalidArgument"))),
        ("POST /b", Err((412, "PreconditionFailed"))),
        ("POST /b/k", Err((405, "MethodNotAllowed"))),
        ("HEAD /", Err((405, "MethodNotAllowed"))),
        ("PATCH /b/k", Err((405, "MethodNotAllowed"))),
        ("GET //k", Err((405, "MethodNotAllowed"))),
        ("GET /b?prefix=%80", Err((400, "InvalidURI"))),
        ("GET /b?prefix=%2", Err((400, "InvalidURI"))),
    ];
    for (line, expected) in rows {
        let routed = route("s3", &request(line, &[], ""));
        let routed = routed
            .as_ref()
            .map(|name| *name)
            .map_err(|error| (error.status, error.code.as_str()));
        assert_eq!(routed, *expected, "{line}");
    }
}

#[test]
fn a_copy_is_told_from_an_upload_by_its_header() {
    let source = [("x-amz-copy-source", "/b/k")];
    assert_eq!(
        route("s3", &request("PUT /b/k", &source, "")),
        Ok("CopyObject")
    );
    assert_eq!(
        route(
            "s3",
            &request("PUT /b/k?partNumber=1&uploadId=u", &source, "")
        ),
        Ok("UploadPartCopy")
    );
}

/// RFC 9110, 5.3: the SDK for Rust sends one header for each value, others one for all.
#[test]
fn a_list_comes_in_one_header_or_in_several() {
    let name = "x-amz-object-attributes";
    for headers in [
        &[(name, "ETag, ObjectSize")][..],
        &[(name, "ETag"), (name, "ObjectSize")],
    ] {
        let request = request("GET /b/k?attributes", headers, "");
        let input = decode("s3", "GetObjectAttributes", &request).unwrap();
        let wanted = ["ETag", "ObjectSize"].map(Value::from);
        assert_eq!(input.list("ObjectAttributes"), wanted, "{headers:?}");
    }
}

#[test]
fn a_bucket_in_the_host_takes_its_place_in_the_path() {
    let s3 = model::service("s3").unwrap();
    let listing = request("GET /?list-type=2", &[], "");
    let object = request("GET /a/b%2Fc", &[], "");

    let routed = codec::route(s3, &listing, Some("spa-site")).unwrap();
    assert_eq!(routed.name(), "ListObjectsV2");
    let input = codec::decode_input(s3, routed, &listing, Some("spa-site")).unwrap();
    assert_eq!(input.string("Bucket"), Some("spa-site"));

    let routed = codec::route(s3, &object, Some("spa-site")).unwrap();
    let input = codec::decode_input(s3, routed, &object, Some("spa-site")).unwrap();
    assert_eq!(
        (input.string("Bucket"), input.string("Key")),
        (Some("spa-site"), Some("a/b/c"))
    );
}

/// Live STS, July 2026 (argmin): the first of two equal parameters counts, unknown ones are ignored, and the texts of
/// what can't be routed.
#[test]
fn query_requests_are_routed_as_live_sts_does() {
    let known = "&Version=2011-06-15";
    let rows = [
        (format!("Action=AssumeRole{known}"), Ok("AssumeRole")),
        (
            format!("Action=AssumeRole&Action=GetCallerIdentity{known}&Version=1&Nonsense=1"),
            Ok("AssumeRole"),
        ),
        (
            format!("Action=Nothing{known}"),
            Err("Could not find operation Nothing for version 2011-06-15"),
        ),
        (
            format!("Action={known}"),
            Err("Could not find operation  for version 2011-06-15"),
        ),
        (
            "Action=AssumeRole&Version=".to_owned(),
            Err("Could not find operation AssumeRole for version "),
        ),
        (
            "Action=AssumeRole".to_owned(),
            Err("Could not find operation AssumeRole for version NO_VERSION_SPECIFIED"),
        ),
    ];
    for (body, expected) in rows {
        let routed =
            route("sts", &form(&body)).map_err(|error| (error.status, error.code, error.message));
        let expected =
            expected.map_err(|text| (400, "InvalidAction".to_owned(), Some(text.to_owned())));
        assert_eq!(routed, expected, "{body}");
    }
    let line = format!("GET /?Action=GetCallerIdentity{known}");
    assert_eq!(
        route("sts", &request(&line, &[], "")),
        Ok("GetCallerIdentity")
    );
}

#[test]
fn requests_without_an_action_get_the_front_ends_answer() {
    let away = |to: &str| Err(ServiceError::without_body(302).with("Location", to));
    assert_eq!(
        route("sts", &form("Version=2011-06-15")),
        away("https://aws.amazon.com/iam")
    );
    let get = request("GET /?Version=2011-06-15", &[], "");
    assert_eq!(
        route("sts", &get),
        away("https://aws.amazon.com/iam?Version=2011-06-15")
    );
    let no_form = request("POST /", &[], "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(route("sts", &no_form), away("https://aws.amazon.com/iam"));
    let unknown = ServiceError::without_message(404, "UnknownOperationException");
    assert_eq!(
        route("sts", &request("GET /favicon.ico", &[], "")),
        Err(unknown)
    );
    let long = form(&format!("Action={}", "x".repeat(10_000_000)));
    assert_eq!(route("sts", &long), Err(ServiceError::without_body(413)));
    let many: Vec<String> = (0..20_001).map(|number| format!("&a{number}")).collect();
    assert_eq!(
        route("sts", &form(&many.concat())),
        Err(ServiceError::without_body(413))
    );
}

#[test]
fn form_parameters_become_the_input() {
    let body = "Action=AssumeRole&RoleArn=arn%3Aa&RoleArn=arn%3Ab&RoleSessionName=a+b&DurationSeconds=%2B0900\
                &Tags.member.2.Key=B&Tags.member.2.Value=2&Tags.member.1.Key=A&Tags.member.1.Value=\
                &PolicyArns.member.1.arn=p&TransitiveTagKeys=&ExternalId=";
    let tag = |key: &str, value: &str| {
        Value::from(Structure::new().with("Key", key).with("Value", value))
    };
    let expected = Structure::new()
        .with("RoleArn", "arn:a")
        .with("RoleSessionName", "a b")
        .with("PolicyArns", vec![Structure::new().with("arn", "p").into()])
        .with("DurationSeconds", 900)
        .with("Tags", vec![tag("A", ""), tag("B", "2")])
        .with("TransitiveTagKeys", Vec::new())
        .with("ExternalId", "");
    assert_eq!(decode("sts", "AssumeRole", &form(body)), Ok(expected));
}

/// Live STS (argmin): signed 32 bits; what is no number is `MalformedInput` without a message, nothing has one.
#[test]
fn a_number_that_is_none_is_malformed_input() {
    for text in ["x", "900.0", "2147483648", "-2147483649", "9e2"] {
        let decoded = decode(
            "sts",
            "AssumeRole",
            &form(&format!("DurationSeconds={text}")),
        );
        assert_eq!(
            decoded,
            Err(ServiceError::without_message(400, "MalformedInput")),
            "{text}"
        );
    }
    let empty = ServiceError::new(400, "MalformedInput", "missing value for decimal type");
    assert_eq!(
        decode("sts", "AssumeRole", &form("DurationSeconds=")),
        Err(empty)
    );
}

/// The SDK for JavaScript writes `ETag`s with entities; boto3 sends no declaration; the order is anyone's.
#[test]
fn xml_bodies_become_the_input() {
    let complete = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><CompleteMultipartUpload \
                    xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Part><ETag>&quot;e1&quot;</ETag>\
                    <PartNumber>1</PartNumber></Part>\n<Part><PartNumber>2</PartNumber></Part></CompleteMultipartUpload>";
    let input = decode(
        "s3",
        "CompleteMultipartUpload",
        &request("POST /b/k?uploadId=u", &[], complete),
    )
    .unwrap();
    let parts = input.structure("MultipartUpload").unwrap().list("Parts");
    let first = Structure::new()
        .with("ETag", "\"e1\"")
        .with("PartNumber", 1);
    assert_eq!(
        parts,
        [first.into(), Structure::new().with("PartNumber", 2).into()]
    );

    let invalidation = "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths>\
                        <Quantity>1</Quantity><Items><Path>/*</Path></Items></Paths><CallerReference>cli-1\
                        </CallerReference></InvalidationBatch>";
    let line = "POST /2020-05-31/distribution/E1/invalidation";
    assert_eq!(
        route("cloudfront", &request(line, &[], invalidation)),
        Ok("CreateInvalidation")
    );
    let input = decode(
        "cloudfront",
        "CreateInvalidation",
        &request(line, &[], invalidation),
    )
    .unwrap();
    assert_eq!(input.string("DistributionId"), Some("E1"));
    let paths = input
        .structure("InvalidationBatch")
        .unwrap()
        .structure("Paths")
        .unwrap();
    assert_eq!(paths.list("Items"), [Value::from("/*")]);
}

#[test]
fn bodies_that_are_not_what_they_should_be_are_malformed() {
    let tagging = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";
    let rows = [
        (tagging.to_owned(), None),
        (tagging.replace("Tagging", "Delete"), Some("MalformedXML")),
        (
            tagging.replace("<Value>b</Value>", ""),
            Some("MalformedXML"),
        ),
        (tagging.replace("</Tagging>", ""), Some("MalformedXML")),
        (
            format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{tagging}"),
            Some("MalformedXML"),
        ),
        (
            tagging.replace("<Key>a", &"<Key>".repeat(1000)),
            Some("MalformedXML"),
        ),
        ("{}".to_owned(), Some("MalformedXML")),
        (String::new(), Some("MissingRequestBodyError")),
    ];
    for (body, expected) in rows {
        let decoded = decode(
            "s3",
            "PutBucketTagging",
            &request("PUT /b?tagging", &[], &body),
        );
        assert_eq!(
            decoded.err().map(|error| error.code).as_deref(),
            expected,
            "{body}"
        );
    }
    let keys = decode(
        "s3",
        "ListObjectsV2",
        &request("GET /b?list-type=2&max-keys=many", &[], ""),
    );
    let expected = ServiceError::new(
        400,
        "InvalidArgument",
        "Provided max-keys not an integer or within integer range",
    )
    .with("ArgumentName", "max-keys")
    .with("ArgumentValue", "many");
    assert_eq!(keys, Err(expected));
}

#[test]
fn headers_and_parameters_become_the_input() {
    let headers = [
        ("x-amz-meta-team", "a"),
        ("x-amz-meta-Owner", "b"),
        ("x-amz-object-attributes", "ETag, ObjectSize"),
        ("if-modified-since", "no date"),
        ("range", "bytes=0-1"),
    ];
    let put = decode(
        "s3",
        "PutObject",
        &request("PUT /b/a//b%2Fc", &headers, "hello"),
    )
    .unwrap();
    assert_eq!(
        (put.string("Key"), put.blob("Body")),
        (Some("a//b/c"), Some(&Bytes::from_static(b"hello")))
    );
    let metadata = [
        ("owner".to_owned(), Value::from("b")),
        ("team".to_owned(), Value::from("a")),
    ];
    assert_eq!(put.get("Metadata"), Some(&Value::Map(metadata.into())));
    let attributes = decode(
        "s3",
        "GetObjectAttributes",
        &request("GET /b/k?attributes", &headers, ""),
    )
    .unwrap();
    assert_eq!(
        attributes.list("ObjectAttributes"),
        [Value::from("ETag"), Value::from("ObjectSize")]
    );
    let get = decode(
        "s3",
        "GetObject",
        &request("GET /b/k?versionId=1", &headers, ""),
    )
    .unwrap();
    assert_eq!(
        (get.string("VersionId"), get.string("Range")),
        (Some("1"), Some("bytes=0-1"))
    );
    assert_eq!(
        get.get("IfModifiedSince"),
        None,
        "a date that can't be read is no condition"
    );
}

#[test]
fn other_protocols_are_routed_too() {
    let target = [("x-amz-target", "AWSOrganizationsV20161128.ListPolicies")];
    let listing = request(
        "POST /",
        &target,
        "{\"Filter\":\"SERVICE_CONTROL_POLICY\",\"MaxResults\":5}",
    );
    assert_eq!(route("organizations", &listing), Ok("ListPolicies"));
    let expected = Structure::new()
        .with("Filter", "SERVICE_CONTROL_POLICY")
        .with("MaxResults", 5);
    assert_eq!(
        decode("organizations", "ListPolicies", &listing),
        Ok(expected)
    );
    let details = request("GET /authorization-details/abc", &[], "");
    assert_eq!(
        route("iam-toolbox", &details),
        Ok("GetRequestAuthorizationDetails")
    );
    let wrong = request("POST /", &[("x-amz-target", "Other.ListPolicies")], "{}");
    assert_eq!(
        route("organizations", &wrong).unwrap_err().code,
        "UnknownOperationException"
    );
    let no_json = request("POST /", &target, "{");
    assert_eq!(
        decode("organizations", "ListPolicies", &no_json)
            .unwrap_err()
            .code,
        "SerializationException"
    );
}
