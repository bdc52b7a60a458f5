//! S3 Object Ownership.
//!
//! AWS: S3 User Guide, Controlling ownership of objects and disabling ACLs for your bucket.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::malformed_xml;
use super::{checksum, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{OWNER_ENFORCED, World};

const OWNERSHIPS: [&str; 3] = [OWNER_ENFORCED, "BucketOwnerPreferred", "ObjectWriter"];

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let Some(ownership) = &bucket.ownership else {
        let message = "The bucket ownership controls were not found";
        let error = ServiceError::new(404, "OwnershipControlsNotFoundError", message);
        return Err(error.with("BucketName", bucket.name.as_str()));
    };
    let rule = Structure::new().with("ObjectOwnership", ownership.as_str());
    let controls = Structure::new().with("Rules", vec![Value::Structure(rule)]);
    Ok(Structure::new().with("OwnershipControls", controls).into())
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let ownership = of_body(call).ok_or_else(malformed_xml)?.to_owned();
    let bucket = resource::bucket_mut(world, call)?;
    if ownership == OWNER_ENFORCED && !bucket.acl.grants.is_empty() {
        let message =
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
        let code = "InvalidBucketAclWithObjectOwnership";
        return Err(ServiceError::new(400, code, message));
    }
    bucket.ownership = Some(ownership);
    Ok(Reply::empty())
}

/// The ownership that a body names: one rule, with one of three values.
pub(super) fn of_body(call: &Call) -> Option<&str> {
    let rules = call.input.structure("OwnershipControls")?.list("Rules");
    let [Value::Structure(rule)] = rules else {
        return None;
    };
    rule.string("ObjectOwnership").filter(|one| is_valid(one))
}

/// Whether there is such an ownership.
pub(super) fn is_valid(ownership: &str) -> bool {
    OWNERSHIPS.contains(&ownership)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    resource::bucket_mut(world, call)?.ownership = None;
    Ok(Reply::empty())
}
