//! S3 Block Public Access of buckets, and whether their policies are public.
//!
//! AWS: S3 User Guide, Blocking public access to your Amazon S3 storage.

use rolecall_wire::{ServiceError, Structure};

use super::error::malformed_xml;
use super::{bucket_policy, checksum, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{PublicAccessBlock, World};

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let Some(settings) = bucket.public_access else {
        let code = "NoSuchPublicAccessBlockConfiguration";
        let message = "The public access block configuration was not found";
        let error = ServiceError::new(404, code, message);
        return Err(error.with("BucketName", bucket.name.as_str()));
    };
    let configuration = Structure::new()
        .with("BlockPublicAcls", settings.block_public_acls)
        .with("IgnorePublicAcls", settings.ignore_public_acls)
        .with("BlockPublicPolicy", settings.block_public_policy)
        .with("RestrictPublicBuckets", settings.restrict_public_buckets);
    Ok(Structure::new()
        .with("PublicAccessBlockConfiguration", configuration)
        .into())
}

/// A setting that isn't named is off.
pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let given = call.input.structure("PublicAccessBlockConfiguration");
    let given = given.ok_or_else(malformed_xml)?;
    let is_on = |member| given.boolean(member) == Some(true);
    resource::bucket_mut(world, call)?.public_access = Some(PublicAccessBlock {
        block_public_acls: is_on("BlockPublicAcls"),
        ignore_public_acls: is_on("IgnorePublicAcls"),
        block_public_policy: is_on("BlockPublicPolicy"),
        restrict_public_buckets: is_on("RestrictPublicBuckets"),
    });
    Ok(Reply::empty())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    resource::bucket_mut(world, call)?.public_access = None;
    Ok(Reply::empty())
}

pub(super) fn policy_status(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let policy = bucket.policy.as_ref();
    let policy = policy.ok_or_else(|| bucket_policy::missing(bucket))?;
    let status = Structure::new().with("IsPublic", policy.public);
    Ok(Structure::new().with("PolicyStatus", status).into())
}
