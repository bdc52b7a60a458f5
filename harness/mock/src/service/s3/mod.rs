//! Amazon S3.

mod acl;
mod acl_grants;
mod acl_policy;
mod attributes;
mod bucket;
mod bucket_policy;
mod bucket_tagging;
mod checksum;
mod complete;
mod conditional;
mod configuration;
mod copy;
mod copy_source;
mod delete_objects;
mod encryption;
mod error;
pub(crate) mod keys;
mod listing;
mod lock;
mod named_configuration;
mod object;
mod object_tagging;
mod operations;
mod ownership;
mod properties;
mod public_access;
mod range;
mod read;
pub(crate) mod resource;
mod tags;
mod upload;
mod upload_listing;
mod version_listing;
mod versioning;
mod versions;

use rolecall_wire::ServiceError;
use rolecall_wire::validate::Violation;

pub(crate) use self::object::new_object;
use super::ServiceTable;

/// Bodies whose values have errors of their own.
const OWN_ERRORS: [&str; 2] = ["createBucketConfiguration.", "accessControlPolicy."];

/// Refuses a body with a value that its schema doesn't have. What is wrong in headers and queries has errors of its
/// own.
pub(crate) fn check_schema(found: &[Violation]) -> Result<(), ServiceError> {
    let is_in_schema = |violation: &&Violation| {
        violation.path.contains('.')
            && violation.constraint.contains("enum value set")
            && !OWN_ERRORS
                .iter()
                .any(|body| violation.path.starts_with(body))
    };
    let broken = found.iter().find(is_in_schema);
    broken.map_or(Ok(()), |_| Err(error::malformed_xml()))
}

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "s3",
    operations: operations::OPERATIONS,
    admits: |_, _| Ok(()),
    resource: resource::of,
    keys: keys::common,
    denial: error::denial,
};
