//! Bucket policies.

use rolecall_policy::json;
use rolecall_policy::validate::{PolicyKind, validate};
use rolecall_wire::{ServiceError, Structure};

use super::error::method_not_allowed;
use super::{checksum, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{API_SOURCE, Bucket, BucketPolicy, PolicyDocument, World};

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    check_owner(bucket, call, "GET")?;
    let policy = bucket.policy.as_ref().ok_or_else(|| missing(bucket))?;
    Ok(Structure::new()
        .with("Policy", shown(&policy.document))
        .into())
}

/// A policy that was saved without a version is of the older one, and says so.
///
/// AWS: IAM User Guide, AWS JSON policy elements: Version.
fn shown(document: &PolicyDocument) -> String {
    let node = document.node.as_deref();
    let has_version = node.is_none_or(|node| node.get("Version").is_some());
    match document.json.split_once('{') {
        Some((before, rest)) if !has_version => {
            format!(r#"{before}{{"Version":"2008-10-17",{rest}"#)
        }
        _ => document.json.to_string(),
    }
}

/// The error of a bucket without a policy.
pub(super) fn missing(bucket: &Bucket) -> ServiceError {
    let message = "The bucket policy does not exist";
    ServiceError::new(404, "NoSuchBucketPolicy", message).with("BucketName", bucket.name.as_str())
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let bucket = resource::bucket(world, call)?;
    check_owner(bucket, call, "PUT")?;
    let document = read(world, call, &bucket.name)?;
    let policy = BucketPolicy::new(&bucket.name, document);
    if policy.public && bucket.blocked().block_public_policy {
        return Err(blocked(call, &bucket.name));
    }
    change(world, call, |bucket| bucket.policy = Some(policy))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    check_owner(resource::bucket(world, call)?, call, "DELETE")?;
    change(world, call, |bucket| bucket.policy = None)
}

fn change(world: &mut World, call: &Call, change: impl FnOnce(&mut Bucket)) -> Answer {
    change(resource::bucket_mut(world, call)?);
    Ok(Reply::empty().with_status(204))
}

/// AWS: S3 API Reference, `PutBucketPolicy`: whoever has the permission but belongs to another account than the bucket
/// gets 405.
fn check_owner(bucket: &Bucket, call: &Call, method: &str) -> Result<(), ServiceError> {
    if call.is_from(&bucket.account) {
        Ok(())
    } else {
        Err(method_not_allowed(method, "BUCKETPOLICY"))
    }
}

fn read(world: &World, call: &Call, bucket: &str) -> Result<PolicyDocument, ServiceError> {
    let text = call.required("Policy");
    let not_json = "Policies must be valid JSON and the first byte must be '{'";
    let node = json::read(text, API_SOURCE).map_err(|_| malformed(not_json))?;
    if let Some(problem) = validate(&node, PolicyKind::Bucket(bucket))
        .into_iter()
        .next()
    {
        return Err(ServiceError::new(400, problem.code, problem.message));
    }
    if let Some(name) = world.unknown_principal(call.partition(), &node) {
        let error = malformed("Invalid principal in policy");
        return Err(error.with("Detail", format!("\"AWS\" : \"{name}\"")));
    }
    PolicyDocument::parse(text).map_err(|error| malformed(&error.message))
}

fn malformed(message: &str) -> ServiceError {
    ServiceError::new(400, "MalformedPolicy", message)
}

/// AWS: S3 User Guide, Troubleshoot access denied (403 Forbidden) errors, Block Public Access settings.
fn blocked(call: &Call, bucket: &str) -> ServiceError {
    let message = format!(
        "User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \"arn:{}:s3:::{bucket}\" because \
         public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
        call.caller.arn(),
        call.partition()
    );
    ServiceError::new(403, "AccessDenied", message)
}
