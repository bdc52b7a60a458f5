//! S3's condition keys.
//!
//! AWS: Service Authorization Reference, Actions, resources, and condition keys for Amazon S3.

use percent_encoding::percent_decode_str;
use rolecall_policy::Context;

use crate::service::call::{Call, SignatureFacts};
use crate::world::{AccountId, Tags};

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

/// `s3:RequestObjectTag/…` and `s3:RequestObjectTagKeys`, from `x-amz-tagging`.
pub(super) fn request_object_tags(call: &Call, context: &mut Context) {
    let tags = header_tags(call);
    for (key, value) in &tags {
        context.set(&format!("s3:RequestObjectTag/{key}"), value.as_str());
    }
    let keys = tags.into_iter().map(|(key, _)| key).collect();
    context.set_list("s3:RequestObjectTagKeys", keys);
}

/// The tags of `x-amz-tagging`, which are written like a query.
pub(super) fn header_tags(call: &Call) -> Tags {
    let text = call.input.string("Tagging").unwrap_or_default();
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|tag| !tag.is_empty())
        .map(|tag| tag.split_once('=').unwrap_or((tag, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
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
