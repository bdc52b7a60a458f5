//! The operations: each with its actions, their resources and condition keys.
//!
//! AWS: Service Authorization Reference, Amazon S3; S3 User Guide, Required permissions for S3 API operations.

mod bucket;
mod configuration;
mod keys;
mod object;
mod upload;

use crate::service::Operation;

pub(super) const OPERATIONS: &[&[Operation]] = &[
    bucket::OPERATIONS,
    configuration::OPERATIONS,
    object::OPERATIONS,
    upload::OPERATIONS,
];
