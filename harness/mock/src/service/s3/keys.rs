//! S3's condition keys.
//!
//! AWS: Service Authorization Reference, Actions, resources, and condition keys for Amazon S3.

use rolecall_policy::Context;
use rolecall_wire::Value;

use super::copy_source::Source;
use super::{ownership, tags, upload};
use crate::service::call::{Call, SignatureFacts};
use crate::world::{AccountId, Tags, World};

/// The keys that every action of S3 has. The mock stands for S3 reached over TLS.
pub(crate) fn common(signature: &SignatureFacts, owner: Option<&AccountId>, context: &mut Context) {
    if let Some(auth_type) = signature.auth_type {
        context.set("s3:authType", auth_type);
        context.set("s3:signatureversion", signature.algorithm);
    }
    if let Some(age) = signature.age {
        context.set("s3:signatureAge", age.as_millis().max(0).to_string());
    }
    if let Some(hash) = &signature.content_sha256 {
        context.set("s3:x-amz-content-sha256", hash.as_str());
    }
    if let Some(owner) = owner {
        context.set("s3:ResourceAccount", owner.as_str());
    }
    context.set("s3:TlsVersion", "1.3");
}

/// Always there for `s3:ListBucket`: 1000 where the request doesn't say.
pub(super) fn max_keys(call: &Call, context: &mut Context) {
    let max_keys = call.input.integer("MaxKeys").unwrap_or(1000);
    context.set("s3:max-keys", max_keys.to_string());
}

/// True for a call that makes an object, not a part of one.
pub(super) fn object_creation(_: &Call, context: &mut Context) {
    context.set("s3:ObjectCreationOperation", "true");
}

pub(super) fn location_constraint(call: &Call, context: &mut Context) {
    let configuration = call.input.structure("CreateBucketConfiguration");
    if let Some(region) = configuration.and_then(|c| c.string("LocationConstraint")) {
        context.set("s3:locationconstraint", region);
    }
}

/// False for a call that makes a part of an object, or only prepares one.
pub(super) fn no_object_creation(_: &Call, context: &mut Context) {
    context.set("s3:ObjectCreationOperation", "false");
}

/// `s3:RequestObjectTag/…` and `s3:RequestObjectTagKeys`, from `x-amz-tagging`.
pub(super) fn request_object_tags(call: &Call, context: &mut Context) {
    set_tags(tags::header(call), context);
}

/// The same, from a body.
pub(super) fn body_object_tags(call: &Call, context: &mut Context) {
    set_tags(tags::set(call), context);
}

fn set_tags(tags: Tags, context: &mut Context) {
    for (key, value) in &tags {
        context.set(&format!("s3:RequestObjectTag/{key}"), value.as_str());
    }
    let keys = tags.into_iter().map(|(key, _)| key).collect();
    context.set_list("s3:RequestObjectTagKeys", keys);
}

/// The version of the source of a copy.
pub(super) fn copy_source_version(call: &Call, context: &mut Context) {
    let source = Source::of(call).ok();
    if let Some(version) = source.and_then(|source| source.version) {
        context.set("s3:VersionId", version);
    }
}

/// The encryption that an upload was begun with counts for its parts too.
pub(super) fn upload_encryption(world: &World, call: &Call, context: &mut Context) {
    let upload = upload::find(world, call).ok();
    if let Some(asked) = upload.and_then(|upload| upload.asked_encryption.as_deref()) {
        context.set("s3:x-amz-server-side-encryption", asked);
    }
}

pub(super) fn ownership_of_body(call: &Call, context: &mut Context) {
    if let Some(ownership) = ownership::of_body(call) {
        context.set("s3:x-amz-object-ownership", ownership);
    }
}

/// `s3:object-lock-retain-until-date` and `s3:object-lock-remaining-retention-days`, from headers or a body.
pub(super) fn retention(call: &Call, context: &mut Context) {
    let body = call.input.structure("Retention");
    let of_body = |member| body.and_then(|body| body.get(member));
    let mode = match (call.input.get("ObjectLockMode"), of_body("Mode")) {
        (Some(Value::String(mode)), _) | (None, Some(Value::String(mode))) => Some(mode),
        _ => None,
    };
    if let Some(mode) = mode {
        context.set("s3:object-lock-mode", mode.as_str());
    }
    let until = call.input.get("ObjectLockRetainUntilDate");
    if let Some(Value::Timestamp(until)) = until.or_else(|| of_body("RetainUntilDate")) {
        let days = until.duration_since(call.now()).as_hours() / 24;
        context.set("s3:object-lock-retain-until-date", format!("{until:.0}"));
        context.set("s3:object-lock-remaining-retention-days", days.to_string());
    }
}

pub(super) fn legal_hold(call: &Call, context: &mut Context) {
    let body = call.input.structure("LegalHold");
    if let Some(status) = body.and_then(|body| body.string("Status")) {
        context.set("s3:object-lock-legal-hold", status);
    }
}

/// `s3:InventoryAccessibleOptionalFields`, what an inventory is to tell beside names and sizes.
pub(super) fn inventory_fields(call: &Call, context: &mut Context) {
    let configuration = call.input.structure("InventoryConfiguration");
    let fields = configuration
        .map(|c| c.list("OptionalFields"))
        .unwrap_or_default();
    let text = |field: &Value| match field {
        Value::String(field) => Some(field.clone()),
        _ => None,
    };
    let fields = fields.iter().filter_map(text).collect();
    context.set_list("s3:InventoryAccessibleOptionalFields", fields);
}

pub(super) fn names_no_version(call: &Call) -> bool {
    call.input.get("VersionId").is_none()
}

pub(super) fn locks_objects(call: &Call) -> bool {
    call.input.boolean("ObjectLockEnabledForBucket") == Some(true)
}

pub(super) fn bypasses_retention(call: &Call) -> bool {
    call.input.boolean("BypassGovernanceRetention") == Some(true)
}
