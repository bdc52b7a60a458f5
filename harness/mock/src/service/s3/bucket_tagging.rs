//! Tags of buckets.
//!
//! AWS: S3 User Guide, Using cost allocation S3 bucket tags. Tags of buckets are no condition keys until attribute-based
//! access control is switched on for a bucket.

use rolecall_wire::ServiceError;

use super::{checksum, resource, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Tags, World};

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    if bucket.tags.is_empty() {
        let error = ServiceError::new(404, "NoSuchTagSet", "The TagSet does not exist");
        return Err(error.with("BucketName", bucket.name.as_str()));
    }
    Ok(tags::describe(&bucket.tags).into())
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let tags = tags::of_bucket(call)?;
    change(world, call, tags)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    change(world, call, Tags::new())
}

fn change(world: &mut World, call: &Call, tags: Tags) -> Answer {
    resource::bucket_mut(world, call)?.tags = tags;
    Ok(Reply::empty().with_status(204))
}
