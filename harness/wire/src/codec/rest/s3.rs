//! What is S3's own: how requests that share a path are told apart, root elements, and error texts.

use bytes::Bytes;
use http::{Method, Request};

use super::query::Query;
use super::route::{literals_hold, required_parameters};
use crate::codec::answer::header;
use crate::model::{Location, Shape};
use crate::{Operation, Service, ServiceError, Structure};

/// Root elements of answers that aren't named after a shape. AWS: S3 API Reference, response syntax.
const ROOTS: [(&str, &str); 29] = [
    ("CompleteMultipartUpload", "CompleteMultipartUploadResult"),
    ("CreateMultipartUpload", "InitiateMultipartUploadResult"),
    ("CreateSession", "CreateSessionResult"),
    ("DeleteObjects", "DeleteResult"),
    (
        "GetBucketAccelerateConfiguration",
        "AccelerateConfiguration",
    ),
    ("GetBucketAcl", "AccessControlPolicy"),
    ("GetBucketCors", "CORSConfiguration"),
    ("GetBucketLifecycle", "LifecycleConfiguration"),
    ("GetBucketLifecycleConfiguration", "LifecycleConfiguration"),
    ("GetBucketLogging", "BucketLoggingStatus"),
    ("GetBucketNotification", "NotificationConfiguration"),
    (
        "GetBucketNotificationConfiguration",
        "NotificationConfiguration",
    ),
    ("GetBucketRequestPayment", "RequestPaymentConfiguration"),
    ("GetBucketTagging", "Tagging"),
    ("GetBucketVersioning", "VersioningConfiguration"),
    ("GetBucketWebsite", "WebsiteConfiguration"),
    ("GetObjectAcl", "AccessControlPolicy"),
    ("GetObjectAttributes", "GetObjectAttributesResponse"),
    ("GetObjectTagging", "Tagging"),
    (
        "ListBucketAnalyticsConfigurations",
        "ListBucketAnalyticsConfigurationResult",
    ),
    (
        "ListBucketInventoryConfigurations",
        "ListInventoryConfigurationsResult",
    ),
    (
        "ListBucketMetricsConfigurations",
        "ListMetricsConfigurationsResult",
    ),
    ("ListBuckets", "ListAllMyBucketsResult"),
    ("ListDirectoryBuckets", "ListAllMyDirectoryBucketsResult"),
    ("ListMultipartUploads", "ListMultipartUploadsResult"),
    ("ListObjectVersions", "ListVersionsResult"),
    ("ListObjects", "ListBucketResult"),
    ("ListObjectsV2", "ListBucketResult"),
    ("ListParts", "ListPartsResult"),
];

/// The root element of an operation's answer, where the model doesn't say it.
pub(super) fn root(operation: &Operation) -> Option<&'static str> {
    ROOTS
        .iter()
        .find(|(name, _)| *name == operation.name())
        .map(|(_, root)| *root)
}

/// The operation whose answer is its one member's text, without an element around it.
pub(super) fn is_unwrapped(service: &Service, operation: &Operation) -> bool {
    service.name() == "s3" && operation.name() == "GetBucketLocation"
}

/// The status of a success: 206 for a part of an object.
pub(super) fn status(operation: &Operation, output: &Structure) -> u16 {
    let is_part = output.string("ContentRange").is_some();
    if is_part {
        206
    } else {
        operation.success_status()
    }
}

/// Chooses among the operations of a method and a path.
///
/// Sub-resources (`?policy`) and parameters (`uploadId`) decide, and the header that makes an upload a copy. A
/// sub-resource that the request names must be the operation's own: nothing falls back to a listing or an object.
pub(super) fn choose<'s>(
    service: &'s Service,
    candidates: impl Iterator<Item = &'s Operation>,
    query: &Query,
    request: &Request<Bytes>,
    path: &str,
) -> Result<&'s Operation, ServiceError> {
    let named: Vec<&str> = query
        .names()
        .filter(|name| is_sub_resource(service, name))
        .collect();
    if let [first, second, ..] = named[..] {
        return Err(conflict(first, second));
    }
    let is_copy = header(request.headers(), "x-amz-copy-source").is_some();
    let fits = |operation: &&Operation| {
        literals_hold(operation, query) && named.iter().all(|name| has_literal(operation, name))
    };
    let best = candidates
        .filter(fits)
        .max_by_key(|operation| rank(operation, query, is_copy));
    // What shares its path with others needs its parameters.
    let complete =
        best.filter(|best| !named.is_empty() || required_parameters(best, query).is_some());
    let chosen = complete.ok_or_else(|| refuse(request, path, named.first().copied()))?;
    match query
        .iter()
        .find_map(|(name, value)| misplaced(chosen, name, value))
    {
        Some(refused) => Err(refused),
        None => Ok(chosen),
    }
}

fn rank(operation: &Operation, query: &Query, is_copy: bool) -> impl Ord + use<> {
    let parameters = required_parameters(operation, query);
    let copies = operation
        .input()
        .is_some_and(|input| input.member("CopySource").is_some());
    let preferred = !operation.is_deprecated() && operation.name() != "ListDirectoryBuckets";
    (
        parameters.is_some(),
        copies == is_copy,
        operation.uri().query().len(),
        parameters,
        preferred,
    )
}

fn is_sub_resource(service: &Service, name: &str) -> bool {
    let mut literals = service
        .operations()
        .iter()
        .flat_map(|operation| operation.uri().query());
    literals.any(|(literal, value)| *literal == name && value.is_none())
}

fn has_literal(operation: &Operation, name: &str) -> bool {
    operation
        .uri()
        .query()
        .iter()
        .any(|(literal, _)| *literal == name)
}

/// AWS's wording in public captures; which of the two names comes first is not known.
fn conflict(first: &str, second: &str) -> ServiceError {
    ServiceError::new(
        400,
        "InvalidArgument",
        format!("Conflicting query string parameters: {first}, {second}"),
    )
    .with("ArgumentName", "ResourceType")
    .with("ArgumentValue", first)
}

/// Parameters that make a request mean something else, which an operation without them must not ignore.
const MEANINGFUL: [(&str, &str); 4] = [
    ("versionId", "This operation does not accept a version-id."),
    ("uploadId", "This operation does not accept a query-string."),
    (
        "partNumber",
        "This operation does not accept a query-string.",
    ),
    ("list-type", "Invalid List Type"),
];

/// The error of a parameter that the operation doesn't have but that names a resource of its own. That AWS refuses
/// these is known of `versionId`; the other texts are unverified. A parameter that stands alone and isn't known is a
/// sub-resource newer than the model.
fn misplaced(operation: &Operation, name: &str, value: &str) -> Option<ServiceError> {
    let signing = name
        .get(..6)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("x-amz-"));
    if signing || name == "x-id" || has_literal(operation, name) || has_parameter(operation, name) {
        return None;
    }
    if let Some((_, message)) = MEANINGFUL
        .iter()
        .find(|(meaningful, _)| *meaningful == name)
    {
        let error = ServiceError::new(400, "InvalidArgument", *message);
        return Some(
            error
                .with("ArgumentName", name)
                .with("ArgumentValue", value),
        );
    }
    value.is_empty().then(not_implemented)
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    let mut members = operation.input().into_iter().flat_map(Shape::members);
    members.any(|member| member.location() == Location::QueryString && member.wire_name() == name)
}

fn not_implemented() -> ServiceError {
    ServiceError::new(
        501,
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
    )
}

/// The answer to a method that the resource doesn't have. How AWS names the resource type of a sub-resource is not
/// known.
fn refuse(request: &Request<Bytes>, path: &str, sub_resource: Option<&str>) -> ServiceError {
    let below_service = path.trim_start_matches('/');
    let is_bucket = !below_service.is_empty() && !below_service.trim_end_matches('/').contains('/');
    if request.method() == Method::POST && is_bucket && sub_resource.is_none() {
        return refuse_form(request);
    }
    let resource_type = match sub_resource {
        Some(name) => name.to_uppercase(),
        None if below_service.is_empty() => "SERVICE".to_owned(),
        None if is_bucket => "BUCKET".to_owned(),
        None => "OBJECT".to_owned(),
    };
    ServiceError::new(
        405,
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
    )
    .with("Method", request.method().as_str())
    .with("ResourceType", resource_type)
}

/// A POST to a bucket is a browser's upload form, which the model doesn't describe.
fn refuse_form(request: &Request<Bytes>) -> ServiceError {
    let content_type = header(request.headers(), "content-type").unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        return not_implemented();
    }
    ServiceError::new(
        412,
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
    )
    .with(
        "Condition",
        "Bucket POST must be of the enclosure-type multipart/form-data",
    )
}

/// The error of a path or query that can't be decoded.
pub(super) fn invalid_uri() -> ServiceError {
    ServiceError::new(400, "InvalidURI", "Couldn't parse the specified URI.")
}

/// The error of a body that isn't the XML it should be.
pub(super) fn malformed_xml() -> ServiceError {
    let message =
        "The XML you provided was not well-formed or did not validate against our published schema";
    ServiceError::new(400, "MalformedXML", message)
}

/// The error of a body that is missing.
pub(super) fn missing_body() -> ServiceError {
    ServiceError::new(400, "MissingRequestBodyError", "Request Body is empty")
}

/// The error of a parameter or header that is no value of its shape. The text is AWS's for numbers.
pub(super) fn invalid_argument(name: &str, value: &str) -> ServiceError {
    ServiceError::new(
        400,
        "InvalidArgument",
        format!("Provided {name} not an integer or within integer range"),
    )
    .with("ArgumentName", name)
    .with("ArgumentValue", value)
}
