//! Objects: made and deleted.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_wire::{ServiceError, Structure};

use super::error::{invalid_request, not_implemented};
use super::{checksum, conditional, encryption, lock, properties, resource, versions};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Bucket, Object, World};

/// AWS: S3 User Guide, Uploading objects, for a single PUT.
const SIZE_LIMIT: usize = 5 * 1024 * 1024 * 1024;

/// An object with nothing but its contents.
pub(crate) fn new_object(body: Bytes, now: Timestamp) -> Object {
    Object {
        etag: checksum::etag(&body),
        checksum: checksum::default(&body),
        body,
        modified: now,
        parts: Vec::new(),
        properties: properties::none(),
    }
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    if call.input.get("WriteOffsetBytes").is_some() {
        return Err(not_implemented("x-amz-write-offset-bytes"));
    }
    check_size(call.body.len())?;
    let properties = properties::of_request(world, call, bucket)?;
    conditional::write(call, key, bucket.objects.get(key).map(Arc::as_ref))?;
    let sent = checksum::verify(call, false)?;
    let object = Object {
        etag: checksum::etag_of_body(call),
        checksum: sent.unwrap_or_else(|| checksum::default_of_body(call)),
        body: call.body.clone(),
        modified: call.now(),
        parts: Vec::new(),
        properties,
    };
    let mut output = Structure::new().with("ETag", object.etag.as_str());
    encryption::describe(&object.properties.encryption, &mut output);
    checksum::describe_with_type(&object.checksum, &mut output);
    let version = world.put_object(call.required("Bucket"), key, object);
    Ok(output.with_some("VersionId", version).into())
}

/// Refuses what is too large for one request.
pub(super) fn check_size(size: usize) -> Result<(), ServiceError> {
    if size <= SIZE_LIMIT {
        return Ok(());
    }
    let message = "Your proposed upload exceeds the maximum allowed size";
    Err(ServiceError::new(400, "EntityTooLarge", message)
        .with("ProposedSize", size.to_string())
        .with("MaxSizeAllowed", SIZE_LIMIT.to_string()))
}

/// Deleting what isn't there succeeds too.
pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let (key, version) = (call.required("Key"), call.input.string("VersionId"));
    if let Some(id) = version {
        versions::check_id(id)?;
    }
    if let Some(tags) = call.input.string("IfMatch") {
        conditional::removal(tags, key, bucket.objects.get(key).map(Arc::as_ref))?;
    }
    refuse_directory_conditions(call)?;
    refuse_mfa(call)?;
    check_lock(call, bucket, key, version)?;
    let deletion = world.delete_object(call.required("Bucket"), key, version, call.now());
    let marker = deletion.is_marker.then_some(true);
    Ok(Structure::new()
        .with_some("DeleteMarker", marker)
        .with_some("VersionId", deletion.version)
        .into())
}

/// Only directory buckets know these.
fn refuse_directory_conditions(call: &Call) -> Result<(), ServiceError> {
    let headers = [
        (
            "IfMatchLastModifiedTime",
            "x-amz-if-match-last-modified-time",
        ),
        ("IfMatchSize", "x-amz-if-match-size"),
    ];
    let given = headers
        .iter()
        .find(|(member, _)| call.input.get(member).is_some());
    given.map_or(Ok(()), |(_, header)| Err(not_implemented(header)))
}

/// Buckets whose deletions need a code from a device don't exist here.
pub(super) fn refuse_mfa(call: &Call) -> Result<(), ServiceError> {
    if call.input.string("MFA").is_some() {
        return Err(invalid_request("MFA delete is not enabled for this bucket"));
    }
    Ok(())
}

/// A version that is to go for good may be locked; a delete marker may always be set.
pub(super) fn check_lock(
    call: &Call,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
) -> Result<(), ServiceError> {
    let Some(id) = version else {
        return Ok(());
    };
    let found = bucket.objects.version(key, id);
    let object = found.and_then(|version| version.object());
    object.map_or(Ok(()), |object| lock::check_deletion(call, object))
}
