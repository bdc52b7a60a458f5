//! Objects read: their contents, or what is said of them.

use std::ops::Range;

use rolecall_wire::{ServiceError, Structure};

use super::conditional::{self, Read};
use super::error::{invalid_argument, invalid_request};
use super::versions::{self, Found};
use super::{checksum, encryption, lock, properties, range, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Bucket, Object, World};

/// The parameters that change a header in one answer.
const OVERRIDES: [(&str, &str); 6] = [
    ("ResponseCacheControl", "CacheControl"),
    ("ResponseContentDisposition", "ContentDisposition"),
    ("ResponseContentEncoding", "ContentEncoding"),
    ("ResponseContentLanguage", "ContentLanguage"),
    ("ResponseContentType", "ContentType"),
    ("ResponseExpires", "Expires"),
];

pub(super) fn get(world: &World, call: &Call) -> Answer {
    read(world, call, true)
}

pub(super) fn head(world: &World, call: &Call) -> Answer {
    read(world, call, false)
}

fn read(world: &World, call: &Call, with_body: bool) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    encryption::refuse_customer_keys(call)?;
    refuse_anonymous_overrides(call)?;
    let version = call.input.string("VersionId");
    let found = versions::find(world, call, bucket, key, version)?;
    let object = found.object;
    if conditional::read(call, object)? == Read::NotModified {
        let output = Structure::new()
            .with("ETag", object.etag.as_str())
            .with("LastModified", object.modified)
            .with_some("VersionId", found.id);
        return Ok(Reply::from(output).with_status(304));
    }
    if with_body && properties::is_archived(&object.properties) {
        return Err(not_restored(object));
    }
    encryption::decrypt(world, call, &object.properties.encryption)?;
    let length = object.body.len();
    let range = asked(call, object)?;
    let mut output = describe(world, call, bucket, key, found);
    let bytes = range.clone().unwrap_or(0..length);
    let whole = bytes == (0..length);
    if whole && call.input.string("ChecksumMode") == Some("ENABLED") {
        checksum::describe_with_type(&object.checksum, &mut output);
    }
    output.set(
        "ContentLength",
        i64::try_from(bytes.len()).unwrap_or_default(),
    );
    let partial = range.filter(|_| length > 0).map(|range| {
        let last = range.end.saturating_sub(1);
        format!("bytes {}-{last}/{length}", range.start)
    });
    let status = if partial.is_some() { 206 } else { 200 };
    let mut output = output.with_some("ContentRange", partial);
    if with_body {
        output.set("Body", object.body.slice(bytes));
    }
    Ok(Reply::from(output).with_status(status))
}

/// AWS: S3 API Reference, `GetObject`, Overriding response header values.
fn refuse_anonymous_overrides(call: &Call) -> Result<(), ServiceError> {
    let overrides = OVERRIDES
        .iter()
        .any(|(parameter, _)| call.input.get(parameter).is_some());
    if overrides && call.signature.auth_type.is_none() && call.enforce {
        let message =
            "Request specific response headers cannot be used for anonymous GET requests.";
        return Err(invalid_request(message));
    }
    Ok(())
}

/// The bytes that a request asks for: a range, or a part.
fn asked(call: &Call, object: &Object) -> Result<Option<Range<usize>>, ServiceError> {
    let header = call.input.string("Range");
    let Some(number) = call.input.integer("PartNumber") else {
        return range::parse(header, object.body.len());
    };
    if header.is_some() {
        let message = "Cannot specify both Range header and partNumber query parameter";
        return Err(invalid_request(message));
    }
    if !(1..=10_000).contains(&number) {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        return Err(invalid_argument("partNumber", &number.to_string(), message));
    }
    part(object, number).map(Some).ok_or_else(|| {
        let message = "The requested partnumber is not satisfiable";
        let count = object.parts.len().max(1).to_string();
        ServiceError::new(416, "InvalidPartNumber", message)
            .with("PartNumberRequested", number.to_string())
            .with("ActualPartCount", count)
    })
}

/// Where a part is; an object that came in one piece is its own first part.
fn part(object: &Object, number: i64) -> Option<Range<usize>> {
    if object.parts.is_empty() {
        return (number == 1).then_some(0..object.body.len());
    }
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let size = object.parts.get(index)?.size;
    let start = object.parts.iter().take(index).map(|part| part.size).sum();
    Some(start..start + size)
}

/// AWS: S3 User Guide, Working with archived objects.
fn not_restored(object: &Object) -> ServiceError {
    let message = "The operation is not valid for the object's storage class";
    ServiceError::new(403, "InvalidObjectState", message)
        .with("StorageClass", object.properties.storage_class.as_str())
}

/// What is said of an object beside its contents.
fn describe(world: &World, call: &Call, bucket: &Bucket, key: &str, found: Found<'_>) -> Structure {
    let Found { id, object } = found;
    let mut output = Structure::new()
        .with("AcceptRanges", "bytes")
        .with("LastModified", object.modified)
        .with("ETag", object.etag.as_str())
        .with_some("VersionId", id);
    properties::describe(&object.properties, &mut output);
    for (parameter, header) in OVERRIDES {
        if let Some(value) = call.input.get(parameter) {
            output.set(header, value.clone());
        }
    }
    let count = |number: usize| i64::try_from(number).unwrap_or_default();
    if call.input.get("PartNumber").is_some() && !object.parts.is_empty() {
        output.set("PartsCount", count(object.parts.len()));
    }
    let version = call.input.string("VersionId");
    let resource = || resource::of_object(call, bucket, key, version);
    let may = |of_current: &'static str, of_version: &'static str| {
        let action = if version.is_some() {
            of_version
        } else {
            of_current
        };
        call.may(world, action, &resource())
    };
    let tags = &object.properties.tags;
    if !tags.is_empty() && may("s3:GetObjectTagging", "s3:GetObjectVersionTagging") {
        output.set("TagCount", count(tags.len()));
    }
    let mut shown = object.properties.lock.clone();
    if shown.retention.is_some() && !may("s3:GetObjectRetention", "s3:GetObjectRetention") {
        shown.retention = None;
    }
    if shown.legal_hold.is_some() && !may("s3:GetObjectLegalHold", "s3:GetObjectLegalHold") {
        shown.legal_hold = None;
    }
    lock::describe(&shown, &mut output);
    output
}
