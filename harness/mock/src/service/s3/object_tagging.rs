//! Tags of objects.
//!
//! AWS: S3 User Guide, Categorizing your objects using tags.

use std::sync::Arc;

use rolecall_wire::Structure;

use super::{checksum, resource, tags, versions};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Tags, World};

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = Arc::clone(resource::bucket(world, call)?);
    let version = call.input.string("VersionId");
    let found = versions::find(world, call, &bucket, call.required("Key"), version)?;
    let output = tags::describe(&found.object.properties.tags);
    Ok(output.with_some("VersionId", found.id).into())
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    change(world, call, tags::of_object(call)?, 200)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    change(world, call, Tags::new(), 204)
}

fn change(world: &mut World, call: &Call, tags: Tags, status: u16) -> Answer {
    let (key, version) = (call.required("Key"), call.input.string("VersionId"));
    let bucket = resource::bucket(world, call)?;
    let found = versions::find(world, call, bucket, key, version)?;
    let output = Structure::new().with_some("VersionId", found.id);
    let objects = &mut resource::bucket_mut(world, call)?.objects;
    if let Some(object) = objects.get_mut(key, version) {
        object.properties.tags = tags;
    }
    Ok(Reply::from(output).with_status(status))
}
