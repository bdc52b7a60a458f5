//! Versions of objects: the one that a request means.
//!
//! AWS: S3 User Guide, Retaining multiple versions of objects with S3 Versioning.

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_wire::ServiceError;

use super::error::{
    invalid_argument, method_not_allowed, no_current_key, no_such_key, no_such_version,
};
use super::resource;
use crate::service::call::Call;
use crate::world::{Bucket, Content, NULL_VERSION, Object, VERSION_LENGTH, World};

/// A version that is an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found<'b> {
    /// The version's id, where the bucket has versions.
    pub(super) id: Option<&'b str>,
    pub(super) object: &'b Arc<Object>,
}

/// The object of a key, or of one of its versions; that there is none, only those learn who may list the bucket.
///
/// AWS: S3 API Reference, `GetObject`, Permissions.
pub(super) fn find<'b>(
    world: &World,
    call: &Call,
    bucket: &'b Bucket,
    key: &str,
    version: Option<&str>,
) -> Result<Found<'b>, ServiceError> {
    if let Some(id) = version {
        check_id(id)?;
    }
    let found = match version {
        Some(id) => bucket.objects.version(key, id),
        None => bucket.objects.current(key),
    };
    if let Some(version_found) = found {
        match &version_found.content {
            Content::Object(object) => {
                return Ok(Found {
                    id: bucket.shown_version(&version_found.id),
                    object,
                });
            }
            Content::DeleteMarker(set) if version.is_some() => {
                return Err(is_delete_marker(&version_found.id, *set));
            }
            Content::DeleteMarker(_) => {}
        }
    }
    let resource = resource::of_bucket(call, bucket);
    call.require(world, "s3:ListBucket", &resource, &[])?;
    Err(match (found, version) {
        (Some(marker), _) => no_current_key(key, &marker.id),
        (None, Some(id)) => no_such_version(key, id),
        (None, None) => no_such_key(key),
    })
}

/// AWS: S3 User Guide, Working with delete markers.
fn is_delete_marker(id: &str, set: Timestamp) -> ServiceError {
    method_not_allowed("GET", "DeleteMarker")
        .with_header("allow", "DELETE")
        .with_header(
            "last-modified",
            set.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        )
        .with_header("x-amz-delete-marker", "true")
        .with_header("x-amz-version-id", id)
}

/// Whether the text can be a version's id.
pub(super) fn is_id(id: &str) -> bool {
    let is_own = id.len() == VERSION_LENGTH && id.bytes().all(|b| b.is_ascii_alphanumeric());
    is_own || id == NULL_VERSION
}

/// Refuses what can't be a version's id.
pub(super) fn check_id(id: &str) -> Result<(), ServiceError> {
    if is_id(id) {
        return Ok(());
    }
    let message = if id.is_empty() {
        "Version id cannot be the empty string"
    } else {
        "Invalid version id specified"
    };
    Err(invalid_argument("versionId", id, message))
}
