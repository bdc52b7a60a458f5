//! S3's errors.
//!
//! AWS: S3 API Reference, Error responses; S3 User Guide, Troubleshoot access denied (403 Forbidden) errors.

use rolecall_wire::ServiceError;

use crate::service::Denial;

/// The reason is for callers of the bucket owner's account or organization; others learn nothing.
pub(super) fn denial(denial: &Denial<'_>) -> ServiceError {
    if !denial.is_related {
        return access_denied();
    }
    let mut message = denial.beginning();
    let resource = denial.question.resource();
    let is_own = denial.question.action().starts_with("s3:");
    message = match resource {
        "*" => message,
        // Those of other services, a key of KMS or a role, are named in their way.
        resource if !is_own => format!("{message} on resource: {resource}"),
        resource => format!("{message} on resource: \"{resource}\""),
    };
    if let Some(reason) = denial.question.explain().denial_reason() {
        message = format!("{message} {reason}");
    }
    ServiceError::new(403, "AccessDenied", message)
}

pub(super) fn access_denied() -> ServiceError {
    ServiceError::new(403, "AccessDenied", "Access Denied")
}

pub(super) fn no_such_bucket(bucket: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchBucket", "The specified bucket does not exist")
        .with("BucketName", bucket)
}

pub(super) fn invalid_bucket_name(bucket: &str) -> ServiceError {
    ServiceError::new(
        400,
        "InvalidBucketName",
        "The specified bucket is not valid.",
    )
    .with("BucketName", bucket)
}

pub(super) fn no_such_key(key: &str) -> ServiceError {
    ServiceError::new(404, "NoSuchKey", "The specified key does not exist.").with("Key", key)
}

/// There is no such key: its current version is a delete marker.
pub(super) fn no_current_key(key: &str, marker: &str) -> ServiceError {
    no_such_key(key)
        .with_header("x-amz-delete-marker", "true")
        .with_header("x-amz-version-id", marker)
}

pub(super) fn no_such_version(key: &str, version: &str) -> ServiceError {
    ServiceError::new(
        404,
        "NoSuchVersion",
        "The specified version does not exist.",
    )
    .with("Key", key)
    .with("VersionId", version)
}

pub(super) fn no_such_upload(id: &str) -> ServiceError {
    let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been \
                   aborted or completed.";
    ServiceError::new(404, "NoSuchUpload", message).with("UploadId", id)
}

pub(super) fn malformed_xml() -> ServiceError {
    let message =
        "The XML you provided was not well-formed or did not validate against our published schema";
    ServiceError::new(400, "MalformedXML", message)
}

pub(super) fn precondition_failed(condition: &str) -> ServiceError {
    let message = "At least one of the pre-conditions you specified did not hold";
    ServiceError::new(412, "PreconditionFailed", message).with("Condition", condition)
}

pub(super) fn not_implemented(header: &str) -> ServiceError {
    let message = "A header you provided implies functionality that is not implemented";
    ServiceError::new(501, "NotImplemented", message).with("Header", header)
}

pub(super) fn method_not_allowed(method: &str, resource_type: &str) -> ServiceError {
    let message = "The specified method is not allowed against this resource.";
    ServiceError::new(405, "MethodNotAllowed", message)
        .with("Method", method)
        .with("ResourceType", resource_type)
}

pub(super) fn invalid_request(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "InvalidRequest", message)
}

pub(super) fn invalid_argument(name: &str, value: &str, message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidArgument", message)
        .with("ArgumentName", name)
        .with("ArgumentValue", value)
}
