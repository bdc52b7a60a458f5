//! What S3's actions are asked on: buckets and objects, with the bucket's policy.

use std::sync::{Arc, LazyLock};

use rolecall_policy::PolicySet;
use rolecall_wire::ServiceError;

use super::acl_policy;
use super::copy_source::Source;
use super::error::{access_denied, invalid_bucket_name, no_such_bucket};
use crate::caller::{Caller, Identity};
use crate::service::call::Call;
use crate::service::need::{Resource, ResourceKind};
use crate::world::{
    AclKind, Bucket, Partition, PolicyDocument, Tags, Version, World, bucket_name_problem,
    resource_policy,
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
        ResourceKind::Object => {
            let (bucket, key) = (bucket(world, call)?, call.required("Key"));
            check_key(key)?;
            Ok(of_object(call, bucket, key, call.input.string("VersionId")))
        }
        ResourceKind::CopySource => {
            let source = Source::of(call)?;
            let bucket = source.bucket(world, call)?;
            let version = source.version.as_deref();
            Ok(of_object(call, bucket, &source.key, version))
        }
        _ => Ok(Resource::everything()),
    }
}

/// The bucket of the request.
pub(super) fn bucket<'w>(world: &'w World, call: &Call) -> Result<&'w Arc<Bucket>, ServiceError> {
    let expected_owner = call.input.string("ExpectedBucketOwner");
    named(world, call.required("Bucket"), expected_owner)
}

/// The bucket of a name, which must be its expected owner's.
pub(super) fn named<'w>(
    world: &'w World,
    name: &str,
    expected_owner: Option<&str>,
) -> Result<&'w Arc<Bucket>, ServiceError> {
    if bucket_name_problem(name).is_some() {
        return Err(invalid_bucket_name(name));
    }
    let bucket = world.bucket(name).ok_or_else(|| no_such_bucket(name))?;
    match expected_owner {
        Some(expected) if expected != bucket.account.as_str() => Err(access_denied()),
        _ => Ok(bucket),
    }
}

/// The bucket of the request, to be changed.
pub(super) fn bucket_mut<'w>(
    world: &'w mut World,
    call: &Call,
) -> Result<&'w mut Bucket, ServiceError> {
    let name = call.required("Bucket");
    world.bucket_mut(name).ok_or_else(|| no_such_bucket(name))
}

/// AWS: S3 User Guide, Creating object key names.
const KEY_LIMIT: usize = 1024;

pub(super) fn check_key(key: &str) -> Result<(), ServiceError> {
    if key.len() <= KEY_LIMIT {
        return Ok(());
    }
    Err(
        ServiceError::new(400, "KeyTooLongError", "Your key is too long")
            .with("Size", key.len().to_string())
            .with("MaxSizeAllowed", KEY_LIMIT.to_string()),
    )
}

/// The ARN of a bucket, or of an object in it.
pub(super) fn arn(call: &Call, bucket: &Bucket, key: Option<&str>) -> String {
    let bucket = bucket_arn(call.partition(), &bucket.name);
    key.map_or(bucket.clone(), |key| format!("{bucket}/{key}"))
}

pub(super) fn of_bucket(call: &Call, bucket: &Bucket) -> Resource {
    bucket_resource(&call.caller, call.partition(), bucket)
}

pub(super) fn of_object(
    call: &Call,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
) -> Resource {
    object_resource(&call.caller, call.partition(), bucket, key, version)
}

/// A bucket as a caller finds it.
pub(crate) fn bucket_resource(caller: &Caller, partition: Partition, bucket: &Bucket) -> Resource {
    let arn = bucket_arn(partition, &bucket.name);
    let mut policies: Vec<_> = policy(caller, bucket).into_iter().collect();
    policies.extend(acl_policy::in_force(bucket, &bucket.acl, AclKind::Bucket));
    Resource {
        account: Some(bucket.account.clone()),
        policy: acl_policy::join(&policies),
        arn,
        tags: Vec::new(),
    }
}

/// An object as a caller finds it.
pub(crate) fn object_resource(
    caller: &Caller,
    partition: Partition,
    bucket: &Bucket,
    key: &str,
    version: Option<&str>,
) -> Resource {
    let arn = format!("{}/{key}", bucket_arn(partition, &bucket.name));
    let found = match version {
        Some(id) => bucket.objects.version(key, id),
        None => bucket.objects.current(key),
    };
    let properties = found
        .and_then(Version::object)
        .map(|object| &object.properties);
    let mut policies: Vec<_> = policy(caller, bucket).into_iter().collect();
    let of_bucket = acl_policy::in_force(bucket, &bucket.acl, AclKind::ObjectsOfBucket);
    policies.extend(of_bucket);
    if let Some(properties) = properties {
        let of_object = acl_policy::in_force(bucket, &properties.acl, AclKind::Object);
        policies.extend(of_object);
    }
    Resource {
        account: Some(bucket.account.clone()),
        policy: acl_policy::join(&policies),
        tags: properties.map_or_else(Tags::new, |properties| properties.tags.clone()),
        arn,
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
    let restricted = policy.public && bucket.blocked().restrict_public_buckets;
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
