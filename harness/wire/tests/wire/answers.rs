//! Answers to the byte, as captured from AWS or as its documents print them.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may panic, too")]

use bytes::Bytes;
use http::{Request, Response};
use rolecall_wire::codec::{self, AnswerFormat, ResponseMetadata};
use rolecall_wire::{ServiceError, Structure, Value, model};

const REQUEST_ID: &str = "c6104cbe-af31-11e0-8154-cbc7ccf896c7";

fn metadata() -> ResponseMetadata {
    ResponseMetadata {
        request_id: REQUEST_ID.to_owned(),
        extended_request_id: "MTp1cy1lYXN0LTE6UzpFWEFNUExF".to_owned(),
        format: AnswerFormat::Native,
    }
}

fn text(response: &Response<Bytes>) -> &str {
    str::from_utf8(response.body()).unwrap()
}

fn header<'r>(response: &'r Response<Bytes>, name: &str) -> Option<&'r str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

fn error(service: &str, error: &ServiceError) -> Response<Bytes> {
    codec::encode_error(model::service(service).unwrap(), error, &metadata(), false)
}

fn output(service: &str, operation: &str, output: &Structure) -> Response<Bytes> {
    let service = model::service(service).unwrap();
    codec::encode_output(
        service,
        service.operation(operation).unwrap(),
        output,
        &metadata(),
    )
}

fn read(
    service: &str,
    operation: &str,
    status: u16,
    body: &str,
) -> Result<Structure, ServiceError> {
    let service = model::service(service).unwrap();
    let response = Response::builder()
        .status(status)
        .body(Bytes::from(body.to_owned()))
        .unwrap();
    codec::decode_output(service, service.operation(operation).unwrap(), &response)
}

fn time(text: &str) -> Value {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

/// The lengths are the `Content-Length` of two public captures of these errors
/// (aws-azure-login/aws-azure-login#251, amzn/selling-partner-api-docs#3081).
#[test]
fn errors_of_sts_are_as_long_as_the_captured_ones() {
    let invalid = "The security token included in the request is invalid";
    let rows = [
        (305, ServiceError::new(403, "InvalidClientTokenId", invalid)),
        (
            297,
            ServiceError::new(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ),
        ),
    ];
    for (length, captured) in rows {
        let response = error("sts", &captured);
        assert_eq!(response.body().len(), length, "{}", text(&response));
        assert_eq!(response.status(), 403);
        assert_eq!(header(&response, "content-type"), Some("text/xml"));
        assert_eq!(header(&response, "x-amzn-requestid"), Some(REQUEST_ID));
        assert_eq!(
            header(&response, "x-amz-sts-extended-request-id"),
            Some("MTp1cy1lYXN0LTE6UzpFWEFNUExF")
        );
    }
}

#[test]
fn an_error_of_sts_is_indented_and_ends_in_a_line_feed() {
    let response = error(
        "sts",
        &ServiceError::new(403, "AccessDenied", "User: a & b"),
    );
    assert_eq!(
        text(&response),
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
         <Type>Sender</Type>\n    <Code>AccessDenied</Code>\n    <Message>User: a &amp; b</Message>\n  </Error>\n  \
         <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>\n</ErrorResponse>\n"
    );
}

/// Live STS: the order of members (not the model's), absent members left out, times without a fraction.
#[test]
fn an_output_of_sts_reads_as_live_sts_prints_it() {
    let credentials = Structure::new()
        .with("AccessKeyId", "ASIAIOSFODNN7EXAMPLE")
        .with("SecretAccessKey", "wJalr/+")
        .with("SessionToken", "FwoG==")
        .with("Expiration", time("2026-01-02T03:04:05.678Z"));
    let user = Structure::new()
        .with("AssumedRoleId", "AROAEXAMPLE:DeploySPA")
        .with(
            "Arn",
            "arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA",
        );
    let assumed = Structure::new()
        .with("Credentials", credentials)
        .with("AssumedRoleUser", user);

    let response = output("sts", "AssumeRole", &assumed);

    assert_eq!(
        text(&response),
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">
  <AssumeRoleResult>
    <AssumedRoleUser>
      <AssumedRoleId>AROAEXAMPLE:DeploySPA</AssumedRoleId>
      <Arn>arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
      <SecretAccessKey>wJalr/+</SecretAccessKey>
      <SessionToken>FwoG==</SessionToken>
      <Expiration>2026-01-02T03:04:05Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata>
    <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
  </ResponseMetadata>
</AssumeRoleResponse>
"
    );
    let identity = Structure::new()
        .with("UserId", "AIDA")
        .with("Account", "1")
        .with("Arn", "arn");
    let response = output("sts", "GetCallerIdentity", &identity);
    assert!(
        text(&response)
            .contains("<Arn>arn</Arn>\n    <UserId>AIDA</UserId>\n    <Account>1</Account>")
    );
}

#[test]
fn an_operation_without_output_answers_with_its_request_id_alone() {
    assert_eq!(
        text(&output("iam", "DeleteUser", &Structure::new())),
        "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\n  <ResponseMetadata>\n    \
         <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>\n  </ResponseMetadata>\n</DeleteUserResponse>\n"
    );
}

/// Public captures of STS with `Accept: application/json` (double-break/spapi-php#45).
#[test]
fn sts_answers_in_json_when_asked() {
    let request = Request::builder()
        .header("accept", "application/json")
        .body(())
        .unwrap();
    let metadata = ResponseMetadata {
        format: AnswerFormat::of(&request),
        ..metadata()
    };
    let sts = model::service("sts").unwrap();
    let identity = Structure::new().with("Account", "123456789012");
    let operation = sts.operation("GetCallerIdentity").unwrap();

    let response = codec::encode_output(sts, operation, &identity, &metadata);
    assert_eq!(header(&response, "content-type"), Some("application/json"));
    assert_eq!(
        text(&response),
        format!(
            "{{\"GetCallerIdentityResponse\":{{\"GetCallerIdentityResult\":{{\"Account\":\"123456789012\"}},\
             \"ResponseMetadata\":{{\"RequestId\":\"{REQUEST_ID}\"}}}}}}"
        )
    );
    let response = codec::encode_error(
        sts,
        &ServiceError::new(403, "AccessDenied", "no"),
        &metadata,
        false,
    );
    assert_eq!(
        text(&response),
        format!(
            "{{\"Error\":{{\"Code\":\"AccessDenied\",\"Message\":\"no\",\"Type\":\"Sender\"}},\
             \"RequestId\":\"{REQUEST_ID}\"}}"
        )
    );
}

/// Live STS: an unreadable number has no message, an unknown action another namespace, a path without an action an
/// answer of 29 bytes, no action at all a redirection.
#[test]
fn the_odd_errors_of_query_services_are_odd_as_on_aws() {
    let malformed = error("sts", &ServiceError::without_message(400, "MalformedInput"));
    assert!(!text(&malformed).contains("Message"));
    let action = error("sts", &ServiceError::new(400, "InvalidAction", "x"));
    assert!(text(&action).starts_with(
        "<ErrorResponse xmlns=\"http://webservices.amazon.com/AWSFault/2005-15-09\">"
    ));
    let receiver = error("iam", &ServiceError::new(500, "ServiceFailure", "x"));
    assert!(text(&receiver).contains("<Type>Receiver</Type>"));
    let unknown = error(
        "sts",
        &ServiceError::without_message(404, "UnknownOperationException"),
    );
    assert_eq!(
        (text(&unknown), unknown.body().len()),
        ("<UnknownOperationException/>\n", 29)
    );
    let away = error(
        "sts",
        &ServiceError::without_body(302).with("Location", "https://aws.amazon.com/iam"),
    );
    assert_eq!(
        (text(&away), header(&away, "location")),
        ("", Some("https://aws.amazon.com/iam"))
    );
}

/// AWS: S3 API Reference, "Error responses"; the form is that of live S3 (JuliaServices/CloudStore.jl#52).
#[test]
fn an_error_of_s3_is_one_line_with_its_own_elements() {
    let missing =
        ServiceError::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", "a&b");
    let response = error("s3", &missing);
    assert_eq!(
        text(&response),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does \
         not exist.</Message><Key>a&amp;b</Key><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>\
         <HostId>MTp1cy1lYXN0LTE6UzpFWEFNUExF</HostId></Error>"
    );
    assert_eq!(header(&response, "content-type"), Some("application/xml"));
    assert_eq!(header(&response, "x-amz-request-id"), Some(REQUEST_ID));
    assert_eq!(header(&response, "server"), Some("AmazonS3"));
    let s3 = model::service("s3").unwrap();
    assert_eq!(
        text(&codec::encode_error(s3, &missing, &metadata(), true)),
        "",
        "an answer to HEAD has no body"
    );
    assert_eq!(
        text(&error(
            "s3",
            &ServiceError::without_message(304, "NotModified")
        )),
        ""
    );
}

/// AWS: S3 API Reference, "Response syntax" of these operations. S3 escapes quotation marks.
#[test]
fn outputs_of_s3_have_its_root_elements() {
    let bucket = Structure::new()
        .with("Name", "spa-site")
        .with("CreationDate", time("2026-01-01T00:00:00Z"));
    let rows = [
        (
            "ListBuckets",
            Structure::new().with("Buckets", vec![bucket.into()]),
            "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Buckets><Bucket>\
             <Name>spa-site</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>\
             </ListAllMyBucketsResult>",
        ),
        (
            "ListObjectsV2",
            Structure::new().with("Prefix", "").with(
                "Contents",
                vec![
                    Structure::new()
                        .with("Key", "a")
                        .with("ETag", "\"e\"")
                        .into(),
                    Structure::new().with("Key", "b").into(),
                ],
            ),
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Contents><Key>a</Key>\
             <ETag>&quot;e&quot;</ETag></Contents><Contents><Key>b</Key></Contents><Prefix></Prefix></ListBucketResult>",
        ),
        (
            "GetBucketLocation",
            Structure::new(),
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
        ),
        (
            "GetBucketLocation",
            Structure::new().with("LocationConstraint", "eu-west-1"),
            "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">eu-west-1</LocationConstraint>",
        ),
        (
            "GetBucketVersioning",
            Structure::new(),
            "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"/>",
        ),
        (
            "GetBucketAcl",
            Structure::new().with(
                "Grants",
                vec![
                    Structure::new()
                        .with(
                            "Grantee",
                            Structure::new()
                                .with("ID", "1")
                                .with("Type", "CanonicalUser"),
                        )
                        .with("Permission", "FULL_CONTROL")
                        .into(),
                ],
            ),
            "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><AccessControlList><Grant>\
             <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>1</ID>\
             </Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
        ),
    ];
    for (operation, answer, expected) in rows {
        let response = output("s3", operation, &answer);
        let document = text(&response).strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        assert_eq!(document, Some(expected), "{operation}");
        assert_eq!(header(&response, "content-type"), Some("application/xml"));
    }
}

#[test]
fn statuses_and_headers_come_from_the_model_and_the_output() {
    let part = Structure::new()
        .with("Body", Bytes::from_static(b"ab"))
        .with("ContentRange", "bytes 0-1/9");
    let response = output("s3", "GetObject", &part);
    assert_eq!(
        (
            response.status().as_u16(),
            header(&response, "content-range")
        ),
        (206, Some("bytes 0-1/9"))
    );
    assert_eq!(
        output("s3", "DeleteBucket", &Structure::new()).status(),
        204
    );
    let policy = output(
        "s3",
        "GetBucketPolicy",
        &Structure::new().with("Policy", "{}"),
    );
    assert_eq!(
        (text(&policy), header(&policy, "content-type")),
        ("{}", Some("application/json"))
    );
    let modified = Structure::new().with("LastModified", time("2026-01-02T03:04:05Z"));
    let response = output("s3", "HeadObject", &modified);
    assert_eq!(
        header(&response, "last-modified"),
        Some("Fri, 02 Jan 2026 03:04:05 GMT")
    );
    let created = Structure::new()
        .with("Location", "https://x")
        .with("Invalidation", Structure::new().with("Id", "I1"));
    let response = output("cloudfront", "CreateInvalidation", &created);
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (201, Some("https://x"))
    );
    assert_eq!(
        text(&response),
        "<?xml version=\"1.0\"?>\n<Invalidation xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Id>I1</Id>\
         </Invalidation>"
    );
}

#[test]
fn a_client_reads_errors_of_every_form() {
    let sts = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    \
               <Type>Sender</Type>\n    <Code>ExpiredToken</Code>\n    <Message>gone</Message>\n  </Error>\n  \
               <RequestId>r</RequestId>\n</ErrorResponse>\n";
    let expected = ServiceError {
        request_id: Some("r".into()),
        ..ServiceError::new(403, "ExpiredToken", "gone")
    };
    assert_eq!(read("sts", "GetCallerIdentity", 403, sts), Err(expected));

    let s3 = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied\
              </Message><BucketName>b</BucketName><RequestId>r</RequestId><HostId>h</HostId></Error>";
    let denied = ServiceError::new(403, "AccessDenied", "Access Denied").with("BucketName", "b");
    let expected = ServiceError {
        request_id: Some("r".into()),
        ..denied
    };
    assert_eq!(read("s3", "GetObject", 403, s3), Err(expected));

    let late = read(
        "s3",
        "CompleteMultipartUpload",
        200,
        "<Error><Code>InternalError</Code></Error>",
    );
    assert_eq!(
        late,
        Err(ServiceError::without_message(200, "InternalError")),
        "an error after status 200"
    );
    assert_eq!(
        read("s3", "HeadObject", 404, ""),
        Err(ServiceError::without_message(404, "404"))
    );

    let json =
        "{\"__type\":\"com.amazonaws.organizations#AccessDeniedException\",\"Message\":\"no\"}";
    let expected = ServiceError::new(400, "AccessDeniedException", "no");
    assert_eq!(
        read("organizations", "ListPolicies", 400, json),
        Err(expected)
    );
    let unreadable = read("sts", "GetCallerIdentity", 200, "<html>");
    assert_eq!(unreadable.unwrap_err().code, "UnreadableAnswer");
}
