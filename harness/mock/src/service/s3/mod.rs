//! Amazon S3.

mod acl;
mod acl_grants;
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

pub(crate) use self::object::new_object;
use super::ServiceTable;

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "s3",
    operations: operations::OPERATIONS,
    admits: |_, _| Ok(()),
    resource: resource::of,
    keys: keys::common,
    denial: error::denial,
};
