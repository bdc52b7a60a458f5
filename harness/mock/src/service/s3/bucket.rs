//! Buckets: made, found, listed, deleted.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, invalid_bucket_name, no_such_bucket};
use super::resource::bucket;
use super::{acl, ownership, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, Bucket, OBJECT_LOCK, Versioning, World, bucket_name_problem};

/// The region whose buckets are made without naming one.
const CLASSIC_REGION: &str = "us-east-1";

/// The caller's buckets, by name.
#[expect(clippy::unnecessary_wraps, reason = "the signature of all handlers")]
pub(super) fn list(world: &World, call: &Call) -> Answer {
    let prefix = call.input.string("Prefix").unwrap_or_default();
    let region = call.input.string("BucketRegion");
    let mut buckets: Vec<_> = world
        .buckets()
        .filter(|bucket| call.is_from(&bucket.account))
        .filter(|bucket| bucket.name.starts_with(prefix))
        .filter(|bucket| region.is_none_or(|region| bucket.region == region))
        .collect();
    buckets.sort_by(|a, b| a.name.cmp(&b.name));
    let start = call.input.string("ContinuationToken").unwrap_or_default();
    let most = call
        .input
        .integer("MaxBuckets")
        .and_then(|n| usize::try_from(n).ok());
    let mut after = buckets
        .into_iter()
        .skip_while(|bucket| bucket.name.as_str() <= start);
    let page: Vec<_> = after.by_ref().take(most.unwrap_or(usize::MAX)).collect();
    let token = after
        .next()
        .and(page.last())
        .map(|bucket| bucket.name.clone());
    let described = page.into_iter().map(|bucket| {
        let region = most.map(|_| bucket.region.as_str());
        let bucket = Structure::new()
            .with("Name", bucket.name.as_str())
            .with("CreationDate", bucket.created)
            .with_some("BucketRegion", region);
        Value::Structure(bucket)
    });
    Ok(Structure::new()
        .with("Owner", owner(world, call.caller.account.as_ref()))
        .with("Buckets", described.collect::<Vec<_>>())
        .with_some("ContinuationToken", token)
        .with_some("Prefix", call.input.string("Prefix"))
        .into())
}

/// An account as S3 names it.
pub(super) fn owner(world: &World, account: Option<&AccountId>) -> Structure {
    let id = account.map_or("", |account| world.canonical_id(account));
    Structure::new().with("ID", id)
}

/// What S3 looks at before it asks whether the bucket may be made.
pub(super) fn check_new(_: &World, call: &Call) -> Result<(), ServiceError> {
    let name = call.required("Bucket");
    match bucket_name_problem(name) {
        Some(_) => Err(invalid_bucket_name(name)),
        None => new_region(call).map(drop),
    }
}

/// Where the bucket is to be: at the endpoint's region, or at any from the one of us-east-1.
fn new_region(call: &Call) -> Result<&str, ServiceError> {
    let configuration = call.input.structure("CreateBucketConfiguration");
    let named = configuration.and_then(|c| c.string("LocationConstraint"));
    let incompatible = |named: &str| {
        let message = format!(
            "The {named} location constraint is incompatible for the region specific endpoint this request \
             was sent to."
        );
        ServiceError::new(400, "IllegalLocationConstraintException", message)
    };
    match named {
        None if call.region == CLASSIC_REGION => Ok(CLASSIC_REGION),
        None => Err(incompatible("unspecified")),
        Some(region) if !is_location_constraint(region) => {
            let message = "The specified location-constraint is not valid";
            Err(ServiceError::new(400, "InvalidLocationConstraint", message)
                .with("LocationConstraint", region))
        }
        Some("EU") => Ok("eu-west-1"),
        Some(region) if call.region != CLASSIC_REGION && region != call.region => {
            Err(incompatible(region))
        }
        Some(region) => Ok(region),
    }
}

/// The form of a region's name; us-east-1 is never named, and `EU` is an old name of eu-west-1.
fn is_location_constraint(region: &str) -> bool {
    let mut parts = region.split('-');
    let letters = |part: Option<&str>| {
        part.is_some_and(|p| p.len() > 1 && p.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let digit = |part: Option<&str>| {
        part.is_some_and(|p| p.len() == 1 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    let well_formed = digit(parts.next_back())
        && letters(parts.next())
        && letters(parts.next())
        && parts.all(|part| letters(Some(part)));
    region == "EU" || (well_formed && region != CLASSIC_REGION)
}

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let name = call.required("Bucket");
    let Some(account) = &call.caller.account else {
        return Err(super::error::access_denied());
    };
    if world.bucket(name).is_some() {
        return recreate(world, call);
    }
    let region = new_region(call)?;
    let mut bucket = Bucket::new(name, account.clone(), region, call.now());
    if let Some(ownership) = call.input.string("ObjectOwnership") {
        if !ownership::is_valid(ownership) {
            let message = "Invalid x-amz-object-ownership header: ";
            return Err(invalid_argument(
                "x-amz-object-ownership",
                ownership,
                &format!("{message}{ownership}"),
            ));
        }
        bucket.ownership = Some(ownership.to_owned());
    }
    bucket.acl = acl::of_new_bucket(world, call, &bucket)?;
    if call.input.boolean("ObjectLockEnabledForBucket") == Some(true) {
        bucket.versioning = Versioning::Enabled;
        let enabled = Structure::new().with("ObjectLockEnabled", "Enabled");
        bucket.configurations.insert(OBJECT_LOCK, enabled);
    }
    let configuration = call.input.structure("CreateBucketConfiguration");
    if let Some(tags) = configuration.map(|c| c.list("Tags")) {
        bucket.tags = tags::of_list(tags)?;
    }
    world.insert_bucket(bucket);
    Ok(created(call, name))
}

/// AWS: S3 API Reference, `CreateBucket`: in us-east-1 making one's own bucket again succeeds and resets its ACL.
fn recreate(world: &mut World, call: &Call) -> Answer {
    let name = call.required("Bucket");
    let existing = world.bucket(name).ok_or_else(|| no_such_bucket(name))?;
    if !call.is_from(&existing.account) {
        let message = "The requested bucket name is not available. The bucket namespace is shared by all users \
                       of the system. Please select a different name and try again.";
        return Err(ServiceError::new(409, "BucketAlreadyExists", message).with("BucketName", name));
    }
    if call.region == CLASSIC_REGION && existing.region == CLASSIC_REGION {
        let acl = acl::of_new_bucket(world, call, existing)?;
        if let Some(bucket) = world.bucket_mut(name) {
            bucket.acl = acl;
        }
        return Ok(created(call, name));
    }
    let message =
        "Your previous request to create the named bucket succeeded and you already own it.";
    Err(ServiceError::new(409, "BucketAlreadyOwnedByYou", message).with("BucketName", name))
}

fn created(call: &Call, name: &str) -> Reply {
    Structure::new()
        .with("Location", format!("/{name}"))
        .with("BucketArn", format!("arn:{}:s3:::{name}", call.partition()))
        .into()
}

pub(super) fn head(world: &World, call: &Call) -> Answer {
    let bucket = bucket(world, call)?;
    Ok(Structure::new()
        .with(
            "BucketArn",
            format!("arn:{}:s3:::{}", call.partition(), bucket.name),
        )
        .with("BucketRegion", bucket.region.as_str())
        .with("AccessPointAlias", false)
        .into())
}

/// In us-east-1 the constraint is empty.
pub(super) fn location(world: &World, call: &Call) -> Answer {
    let bucket = bucket(world, call)?;
    let region = (bucket.region != CLASSIC_REGION).then_some(bucket.region.as_str());
    Ok(Structure::new()
        .with_some("LocationConstraint", region)
        .into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let name = call.required("Bucket");
    let bucket = world.bucket(name).ok_or_else(|| no_such_bucket(name))?;
    if !bucket.objects.is_empty() {
        let message = match bucket.versioning {
            Versioning::Off => "The bucket you tried to delete is not empty",
            Versioning::Enabled | Versioning::Suspended => {
                "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            }
        };
        return Err(ServiceError::new(409, "BucketNotEmpty", message).with("BucketName", name));
    }
    let removed = world.remove_bucket(name);
    removed.map_err(|_| no_such_bucket(name))?;
    Ok(Reply::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_constraint_looks_like_a_region_but_is_never_us_east_1() {
        for region in ["eu-west-1", "us-gov-west-1", "ap-southeast-3", "EU"] {
            assert!(is_location_constraint(region), "{region}");
        }
        for region in [
            "us-east-1",
            "",
            "mars",
            "eu-west",
            "eu-west-1a",
            "1",
            "EU-WEST-1",
        ] {
            assert!(!is_location_constraint(region), "{region}");
        }
    }
}
