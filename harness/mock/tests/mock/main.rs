//! The mock from outside: signed requests go in, answers come out.
//!
//! `#[cfg(test)]` tells clippy that these modules are tests, which may panic.

#[cfg(test)]
#[cfg(feature = "saml")]
mod assertions;
#[cfg(test)]
#[cfg(all(feature = "connector", feature = "server", feature = "wiremock"))]
mod carriers;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod client;
#[cfg(test)]
mod cloudfront;
#[cfg(test)]
#[cfg(feature = "server")]
mod control;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod garbled;
#[cfg(test)]
#[cfg(feature = "server")]
mod hostile;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod iam_changes;
#[cfg(test)]
mod iam_policies;
#[cfg(test)]
mod iam_refusals;
#[cfg(test)]
mod iam_simulate;
#[cfg(test)]
mod iam_toolbox;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod organization;
#[cfg(test)]
mod organization_changes;
#[cfg(test)]
mod outbound;
#[cfg(test)]
mod partitions;
#[cfg(test)]
#[cfg(feature = "tls")]
mod protocols;
#[cfg(test)]
mod s3;
#[cfg(test)]
mod s3_copies;
#[cfg(test)]
mod s3_encryption;
#[cfg(test)]
mod s3_locks;
#[cfg(test)]
mod s3_permissions;
#[cfg(test)]
mod s3_policies;
#[cfg(test)]
mod s3_presigned;
#[cfg(test)]
mod s3_settings;
#[cfg(test)]
mod s3_sharing;
#[cfg(test)]
mod s3_uploads;
#[cfg(test)]
mod s3_versions;
#[cfg(test)]
mod saml;
#[cfg(test)]
mod saved;
#[cfg(test)]
mod signatures;
#[cfg(test)]
mod sts;
#[cfg(test)]
mod sts_sessions;
#[cfg(test)]
mod trail;
#[cfg(test)]
mod web_identity;
