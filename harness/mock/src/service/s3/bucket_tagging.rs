//! Tags of buckets.
//!
//! AWS: S3 User Guide, Using cost allocation S3 bucket tags. Tags of buckets are no condition keys until attribute-based
//! access control is switched on for a bucket.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::no_such_bucket;
use super::{checksum, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Tags, World};

/// AWS: S3 User Guide, Tagging restrictions.
const LIMIT: usize = 50;

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    if bucket.tags.is_empty() {
        let error = ServiceError::new(404, "NoSuchTagSet", "The TagSet does not exist");
        return Err(error.with("BucketName", bucket.name.as_str()));
    }
    let tag = |(key, value): &(String, String)| {
        let tag = Structure::new()
            .with("Key", key.as_str())
            .with("Value", value.as_str());
        Value::Structure(tag)
    };
    let tags: Vec<_> = bucket.tags.iter().map(tag).collect();
    Ok(Structure::new().with("TagSet", tags).into())
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let tags = tags(call)?;
    change(world, call, tags)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    change(world, call, Tags::new())
}

fn change(world: &mut World, call: &Call, tags: Tags) -> Answer {
    let name = call.required("Bucket");
    let bucket = world.bucket_mut(name).ok_or_else(|| no_such_bucket(name))?;
    bucket.tags = tags;
    Ok(Reply::empty().with_status(204))
}

fn tags(call: &Call) -> Result<Tags, ServiceError> {
    let tagging = call.input.structure("Tagging");
    let set = tagging
        .map(|tagging| tagging.list("TagSet"))
        .unwrap_or_default();
    let mut tags = Tags::new();
    for tag in set {
        let Value::Structure(tag) = tag else { continue };
        let text = |member| tag.string(member).unwrap_or_default().to_owned();
        let (key, value) = (text("Key"), text("Value"));
        if tags.iter().any(|(other, _)| *other == key) {
            let message = "Cannot provide multiple Tags with the same key";
            return Err(invalid_tag(message).with("TagKey", key));
        }
        if key.is_empty() || key.chars().count() > 128 {
            return Err(invalid_tag("The TagKey you have provided is invalid").with("TagKey", key));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            let message = "System tags cannot be added/updated by requester";
            return Err(invalid_tag(message).with("TagKey", key));
        }
        if value.chars().count() > 256 {
            let message = "The TagValue you have provided is invalid";
            return Err(invalid_tag(message).with("TagValue", value));
        }
        tags.push((key, value));
    }
    if tags.len() > LIMIT {
        let message = "Bucket tag count cannot be greater than 50";
        return Err(ServiceError::new(400, "BadRequest", message));
    }
    Ok(tags)
}

fn invalid_tag(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidTag", message)
}
