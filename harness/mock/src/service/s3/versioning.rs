//! Whether a bucket keeps versions.
//!
//! AWS: S3 API Reference, `PutBucketVersioning`. Deletions that need a code from a device are not implemented.

use rolecall_wire::{ServiceError, Structure};

use super::error::{malformed_xml, not_implemented};
use super::{checksum, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Versioning, World};

/// A bucket that never had versions has an empty configuration.
pub(super) fn get(world: &World, call: &Call) -> Answer {
    let status = match resource::bucket(world, call)?.versioning {
        Versioning::Off => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    Ok(Structure::new().with_some("Status", status).into())
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let configuration = call.input.structure("VersioningConfiguration");
    let text = |member| configuration.and_then(|c| c.string(member));
    if text("MFADelete") == Some("Enabled") || call.input.get("MFA").is_some() {
        return Err(not_implemented("x-amz-mfa"));
    }
    let versioning = match text("Status") {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        Some(_) => return Err(malformed_xml()),
        None => {
            let message = "The Versioning element must be specified";
            let code = "IllegalVersioningConfigurationException";
            return Err(ServiceError::new(400, code, message));
        }
    };
    let bucket = resource::bucket_mut(world, call)?;
    if versioning == Versioning::Suspended && bucket.locks_objects() {
        let message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be \
                       changed.";
        return Err(ServiceError::new(409, "InvalidBucketState", message));
    }
    bucket.versioning = versioning;
    Ok(Reply::empty())
}
