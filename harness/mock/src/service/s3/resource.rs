//! What S3's actions are asked on: buckets and objects, with the bucket's policy.

use std::sync::{Arc, LazyLock};

use rolecall_policy::PolicySet;
use rolecall_wire::ServiceError;

use super::error::{access_denied, invalid_bucket_name, no_such_bucket};
use crate::caller::Identity;
use crate::service::call::Call;
use crate::service::need::{Resource, ResourceKind};
use crate::world::{Bucket, PolicyDocument, World, bucket_name_problem, resource_policy};

/// The resource of a call. A bucket is looked up before any policy is asked, so that whoever signs validly learns
/// which ones there are.
pub(super) fn of(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    match kind {
        ResourceKind::NewBucket => {
            let arn = bucket_arn(call, call.required("Bucket"));
            Ok(Resource::of_caller(arn))
        }
        ResourceKind::Bucket => Ok(of_bucket(call, bucket(world, call)?)),
        ResourceKind::BucketPolicy => Ok(of_bucket_policy(call, bucket(world, call)?)),
        ResourceKind::Object => Ok(of_object(call, bucket(world, call)?, call.required("Key"))),
        ResourceKind::Everything | ResourceKind::Role => Ok(Resource::everything()),
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
    Resource {
        arn: bucket_arn(call, &bucket.name),
        account: Some(bucket.account.clone()),
        policy: policy(call, bucket),
        tags: Vec::new(),
    }
}

pub(super) fn of_object(call: &Call, bucket: &Bucket, key: &str) -> Resource {
    let tags = bucket.objects.get(key).map(|object| object.tags.clone());
    Resource {
        arn: format!("{}/{key}", bucket_arn(call, &bucket.name)),
        tags: tags.unwrap_or_default(),
        ..of_bucket(call, bucket)
    }
}

/// AWS: S3 API Reference, `PutBucketPolicy`: the owner's root user can always get, put and delete the policy, whatever
/// the policy says.
fn of_bucket_policy(call: &Call, bucket: &Bucket) -> Resource {
    let mut resource = of_bucket(call, bucket);
    if matches!(call.caller.identity, Identity::Root) && call.is_from(&bucket.account) {
        resource.policy = None;
    }
    resource
}

fn bucket_arn(call: &Call, bucket: &str) -> String {
    format!("arn:{}:s3:::{bucket}", call.partition)
}

/// The bucket's policy as it holds for the caller: `RestrictPublicBuckets` shuts a public bucket to other accounts.
///
/// AWS: S3 User Guide, Blocking public access, Block public access settings.
fn policy(call: &Call, bucket: &Bucket) -> Option<Arc<PolicySet>> {
    let policy = bucket.policy.as_ref()?;
    let restricted = policy.public && bucket.public_access.restrict_public_buckets;
    if restricted && !call.is_from(&bucket.account) {
        let denied = RESTRICTION.policies().iter();
        let policies = policy.prepared.policies().iter().chain(denied);
        return Some(Arc::new(PolicySet::new(policies.cloned().collect())));
    }
    Some(Arc::clone(&policy.prepared))
}

/// `RestrictPublicBuckets` as a policy: AWS words its denials as an explicit deny in a resource-based policy.
static RESTRICTION: LazyLock<PolicySet> = LazyLock::new(|| {
    let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "RestrictPublicBuckets",
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}"#;
    let uri = "block-public-access".to_owned();
    PolicyDocument::parse(text)
        .map(|document| resource_policy("*", uri, &document))
        .unwrap_or_default()
});
