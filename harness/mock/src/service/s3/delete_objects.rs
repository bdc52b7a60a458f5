//! `DeleteObjects`: many keys in one request, each authorized and answered for itself.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{malformed_xml, no_such_version, not_implemented};
use super::{checksum, conditional, object, resource, versions};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

/// AWS: S3 API Reference, `DeleteObjects`.
const LIMIT: usize = 1000;

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    resource::bucket(world, call)?;
    checksum::verify(call, true)?;
    object::refuse_mfa(call)?;
    let asked = call.input.structure("Delete").ok_or_else(malformed_xml)?;
    let objects = asked.list("Objects");
    if objects.is_empty() || objects.len() > LIMIT {
        return Err(malformed_xml());
    }
    let quiet = asked.boolean("Quiet") == Some(true);
    let (mut deleted, mut errors) = (Vec::new(), Vec::new());
    for object in objects {
        let Value::Structure(object) = object else {
            return Err(malformed_xml());
        };
        match delete_one(world, call, object) {
            Ok(one) if !quiet => deleted.push(Value::Structure(one)),
            Ok(_) => {}
            Err(error) => errors.push(Value::Structure(describe(object, &error))),
        }
    }
    Ok(Structure::new()
        .with("Deleted", deleted)
        .with("Errors", errors)
        .into())
}

fn delete_one(
    world: &mut World,
    call: &Call,
    object: &Structure,
) -> Result<Structure, ServiceError> {
    let bucket = resource::bucket(world, call)?;
    let (key, version) = (
        object.string("Key").unwrap_or_default(),
        object.string("VersionId").filter(|id| !id.is_empty()),
    );
    resource::check_key(key)?;
    authorize(world, call, key, version)?;
    if let Some(id) = version.filter(|id| !versions::is_id(id)) {
        return Err(no_such_version(key, id));
    }
    if object.get("LastModifiedTime").is_some() || object.get("Size").is_some() {
        return Err(not_implemented("x-amz-if-match-size"));
    }
    if let Some(tag) = object.string("ETag") {
        conditional::removal(tag, key, bucket.objects.get(key).map(Arc::as_ref))?;
    }
    object::check_lock(call, bucket, key, version)?;
    let deletion = world.delete_object(call.required("Bucket"), key, version, call.now());
    let marker = deletion.version.filter(|_| deletion.is_marker);
    Ok(Structure::new()
        .with("Key", key)
        .with_some("VersionId", version)
        .with_some("DeleteMarker", marker.as_ref().map(|_| true))
        .with_some("DeleteMarkerVersionId", marker))
}

/// AWS: S3 API Reference, `DeleteObjects`, Permissions.
fn authorize(
    world: &World,
    call: &Call,
    key: &str,
    version: Option<&str>,
) -> Result<(), ServiceError> {
    let bucket = resource::bucket(world, call)?;
    let resource = resource::of_object(call, bucket, key, version);
    let action = match version {
        Some(_) => "s3:DeleteObjectVersion",
        None => "s3:DeleteObject",
    };
    call.require_with(world, action, &resource, &|context| {
        if let Some(id) = version {
            context.set("s3:VersionId", id);
        }
    })?;
    if call.input.boolean("BypassGovernanceRetention") == Some(true) {
        call.require(world, "s3:BypassGovernanceRetention", &resource, &[])?;
    }
    Ok(())
}

fn describe(object: &Structure, error: &ServiceError) -> Structure {
    Structure::new()
        .with("Key", object.string("Key").unwrap_or_default())
        .with_some("VersionId", object.string("VersionId"))
        .with("Code", error.code.as_str())
        .with_some("Message", error.message.as_deref())
}
