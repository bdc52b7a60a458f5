//! What S3's actions are asked on: buckets and objects, with the bucket's policy.

use std::sync::{Arc, LazyLock};

use rolecall_policy::PolicySet;
use rolecall_wire::ServiceError;

use super::error::{access_denied, invalid_bucket_name, no_such_bucket};
use crate::caller::{Caller, Identity};
use crate::service::call::Call;
use crate::service::need::{Resource, ResourceKind};
use crate::world::{
    Bucket, Partition, PolicyDocument, World, bucket_name_problem, resource_policy,
};

/// The resource of a call. A bucket is looked up before any policy is asked, so that whoever signs validly learns
/// which ones there are.
pub(super) fn of(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    match kind {
        ResourceKind::NewBucket => {
            let arn = bucket_arn(call.partition(), call.required("Bucket"));
            Ok(Resource::of_caller(arn))
        }
        ResourceKind::Bucket => Ok(of_bucket(call, bucket(world, call)?)),
        ResourceKind::Object => Ok(of_object(call, bucket(world, call)?, call.required("Key"))),
        _ => Ok(Resource::everything()),
    }
}

/// The bucket of the request.
pub(super) fn bucket<'w>(world: &'w World, call: &Call) -> Result<&'w Arc<Bucket>, ServiceError> {
    let name = call.required("Bucket");
    if bucket_name_problem(name).is_some() {
        return Err(invalid_bucket_name(name));
    }
    let bucket = world.bucket(name).ok_or_else(|| no_such_bucket(name))?;
    match call.input.string("ExpectedBucketOwner") {
        Some(expected) if expected != bucket.account.as_str() => Err(access_denied()),
        _ => Ok(bucket),
    }
}

pub(super) fn of_bucket(call: &Call, bucket: &Bucket) -> Resource {
    bucket_resource(&call.caller, call.partition(), bucket)
}

pub(super) fn of_object(call: &Call, bucket: &Bucket, key: &str) -> Resource {
    object_resource(&call.caller, call.partition(), bucket, key)
}

/// A bucket as a caller finds it.
pub(crate) fn bucket_resource(caller: &Caller, partition: Partition, bucket: &Bucket) -> Resource {
    Resource {
        arn: bucket_arn(partition, &bucket.name),
        account: Some(bucket.account.clone()),
        policy: policy(caller, bucket),
        tags: Vec::new(),
    }
}

/// An object as a caller finds it.
pub(crate) fn object_resource(
    caller: &Caller,
    partition: Partition,
    bucket: &Bucket,
    key: &str,
) -> Resource {
    let of_bucket = bucket_resource(caller, partition, bucket);
    let tags = bucket.objects.get(key).map(|object| object.tags.clone());
    Resource {
        arn: format!("{}/{key}", of_bucket.arn),
        tags: tags.unwrap_or_default(),
        ..of_bucket
    }
}

fn bucket_arn(partition: Partition, bucket: &str) -> String {
    format!("arn:{partition}:s3:::{bucket}")
}

/// The bucket's policy as it holds for the caller: `RestrictPublicBuckets` shuts a public bucket to all but AWS's
/// services and its own account.
///
/// AWS: S3 User Guide, Blocking public access, Block public access settings.
fn policy(caller: &Caller, bucket: &Bucket) -> Option<Arc<PolicySet>> {
    let policy = bucket.policy.as_ref()?;
    let restricted = policy.public && bucket.public_access.restrict_public_buckets;
    let is_service = matches!(caller.identity, Identity::Service(_));
    if restricted && !is_service && caller.account.as_ref() != Some(&bucket.account) {
        let denied = RESTRICTION.policies().iter();
        let policies = policy.prepared.policies().iter().chain(denied);
        return Some(Arc::new(PolicySet::new(policies.cloned().collect())));
    }
    Some(Arc::clone(&policy.prepared))
}

/// `RestrictPublicBuckets` as a policy: AWS words its denials as an explicit deny in a resource-based policy.
static RESTRICTION: LazyLock<PolicySet> = LazyLock::new(|| {
    let document = PolicyDocument::built_in(
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "RestrictPublicBuckets",
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}"#,
    );
    resource_policy("*", "block-public-access".to_owned(), &document)
});
