//! What is particular to S3's events: parameters by their names on the wire, and data about the transfer.
//!
//! AWS: S3 User Guide, CloudTrail log file entries for Amazon S3.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use percent_encoding::percent_decode_str;
use rolecall_wire::Structure;
use serde_json::{Map, Value, json};

/// Parameters that belong to a signature: an event never has them.
const OF_SIGNATURES: [&str; 4] = ["x-amz-", "signature", "awsaccesskeyid", "x-id"];

/// Headers that events have among the parameters.
const SHOWN_HEADERS: [&str; 12] = [
    "x-amz-acl",
    "x-amz-bucket-object-lock-enabled",
    "x-amz-copy-source",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
];

/// The query and the telling headers, as they were sent.
pub(super) fn request_parameters(request: &Request<Bytes>, host: &str) -> Map<String, Value> {
    let mut parameters = Map::new();
    for (name, value) in query(request) {
        let folded = name.to_ascii_lowercase();
        if !OF_SIGNATURES.iter().any(|of| folded.starts_with(of)) {
            parameters.insert(name, json!(value));
        }
    }
    for name in SHOWN_HEADERS {
        if let Some(value) = request.headers().get(name) {
            let value = String::from_utf8_lossy(value.as_bytes());
            parameters.insert(name.to_owned(), json!(value));
        }
    }
    parameters.insert("Host".to_owned(), json!(host));
    parameters
}

fn query(request: &Request<Bytes>) -> impl Iterator<Item = (String, String)> {
    let fields = request.uri().query().unwrap_or_default().split('&');
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    fields.filter(|field| !field.is_empty()).map(move |field| {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        (decoded(name), decoded(value))
    })
}

/// The bucket and the key.
pub(super) fn add_names(parameters: &mut Map<String, Value>, input: &Structure) {
    for (member, name) in [("Bucket", "bucketName"), ("Key", "key")] {
        if let Some(text) = input.string(member) {
            parameters.insert(name.to_owned(), json!(text));
        }
    }
}

/// How the request was signed, and how long it is.
pub(super) fn additional(request: &Request<Bytes>) -> Map<String, Value> {
    let mut data = Map::new();
    let in_query = request
        .uri()
        .query()
        .is_some_and(|q| q.contains("X-Amz-Signature="));
    let method = if request.headers().contains_key(AUTHORIZATION) {
        Some("AuthHeader")
    } else {
        in_query.then_some("QueryString")
    };
    if let Some(method) = method {
        data.insert("SignatureVersion".to_owned(), json!("SigV4"));
        data.insert("AuthenticationMethod".to_owned(), json!(method));
    }
    let length = request.body().len();
    data.insert("bytesTransferredIn".to_owned(), json!(length));
    data
}

pub(super) fn add_answer(
    data: &mut Map<String, Value>,
    response: &Response<Bytes>,
    extended_request_id: &str,
) {
    let length = response.body().len();
    data.insert("bytesTransferredOut".to_owned(), json!(length));
    data.insert("x-amz-id-2".to_owned(), json!(extended_request_id));
}

/// The headers that tell what became of a write.
pub(super) fn response_elements(response: &Response<Bytes>) -> Option<Map<String, Value>> {
    const TELLING: [&str; 4] = [
        "x-amz-server-side-encryption",
        "x-amz-version-id",
        "x-amz-delete-marker",
        "x-amz-expiration",
    ];
    let headers: &HeaderMap = response.headers();
    let told = TELLING.into_iter().filter_map(|name| {
        let value = headers.get(name)?;
        let value = String::from_utf8_lossy(value.as_bytes());
        Some((name.to_owned(), json!(value)))
    });
    let told: Map<String, Value> = told.collect();
    (!told.is_empty()).then_some(told)
}

/// The name of an operation in events, where it is another.
pub(super) fn event_name(operation: &str) -> &str {
    match operation {
        "ListObjectsV2" => "ListObjects",
        "GetBucketLifecycleConfiguration" => "GetBucketLifecycle",
        "PutBucketLifecycleConfiguration" => "PutBucketLifecycle",
        "GetBucketNotificationConfiguration" => "GetBucketNotification",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        "DeletePublicAccessBlock" => "DeleteBucketPublicAccessBlock",
        other => other,
    }
}

/// Whether an operation is about objects: a data event, and no management event.
pub(super) fn is_data(operation: &str) -> bool {
    let about_object =
        operation.contains("Object") && !operation.contains("ObjectLockConfiguration");
    about_object
        || operation.contains("Part")
        || operation.contains("MultipartUpload")
        || operation == "HeadBucket"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_no_parameter() {
        let request = Request::builder()
            .uri(
                "/b/k?versionId=1&X-Amz-Security-Token=t&X-Amz-Signature=s&x-id=GetObject&acl\
                 &AWSAccessKeyId=a&Signature=s",
            )
            .header("x-amz-acl", "private")
            .header("x-amz-security-token", "t")
            .body(Bytes::new())
            .unwrap();
        let wanted = json!({"versionId": "1", "acl": "", "x-amz-acl": "private", "Host": "h"});
        assert_eq!(Value::Object(request_parameters(&request, "h")), wanted);
    }
}
