//! The condition keys of S3's actions.
//!
//! AWS: Service Authorization Reference, Actions, resources, and condition keys for Amazon S3.

use crate::service::need::Key;
use crate::service::s3::keys;

/// The headers that set an ACL.
pub(super) const ACL_HEADERS: &[&str] = &[
    "ACL",
    "GrantFullControl",
    "GrantRead",
    "GrantReadACP",
    "GrantWrite",
    "GrantWriteACP",
];

/// The keys of requests that may set an ACL, and others.
macro_rules! with_acl {
    ($($more:expr),* $(,)?) => {
        &[
            Key::Member("s3:x-amz-acl", "ACL"),
            Key::Member("s3:x-amz-grant-full-control", "GrantFullControl"),
            Key::Member("s3:x-amz-grant-read", "GrantRead"),
            Key::Member("s3:x-amz-grant-read-acp", "GrantReadACP"),
            Key::Member("s3:x-amz-grant-write", "GrantWrite"),
            Key::Member("s3:x-amz-grant-write-acp", "GrantWriteACP"),
            $($more),*
        ]
    };
}

/// Those of every request that makes an object, or begins to, and others.
macro_rules! new_object {
    ($($more:expr),* $(,)?) => {
        with_acl!(
            Key::Member("s3:x-amz-server-side-encryption", "ServerSideEncryption"),
            Key::Member("s3:x-amz-server-side-encryption-aws-kms-key-id", "SSEKMSKeyId"),
            Key::Member(
                "s3:x-amz-server-side-encryption-customer-algorithm",
                "SSECustomerAlgorithm",
            ),
            Key::Member("s3:x-amz-storage-class", "StorageClass"),
            Key::Member("s3:x-amz-website-redirect-location", "WebsiteRedirectLocation"),
            Key::Member("s3:if-match", "IfMatch"),
            Key::Member("s3:if-none-match", "IfNoneMatch"),
            Key::From(keys::request_object_tags),
            Key::From(keys::retention),
            Key::Member("s3:object-lock-legal-hold", "ObjectLockLegalHoldStatus"),
            $($more),*
        )
    };
}

pub(super) const ACL: &[Key] = with_acl!();
/// An object may have tags.
pub(super) const OBJECT_ACL: &[Key] = with_acl!(EXISTING_TAGS, VERSION);
pub(super) const CREATE_BUCKET: &[Key] = with_acl!(
    Key::From(keys::location_constraint),
    Key::Member("s3:x-amz-object-ownership", "ObjectOwnership"),
);
pub(super) const PUT_OBJECT: &[Key] = new_object!(Key::From(keys::object_creation));
pub(super) const CREATE_UPLOAD: &[Key] = new_object!(Key::From(keys::no_object_creation));
pub(super) const COPY_OBJECT: &[Key] = new_object!(
    Key::From(keys::object_creation),
    Key::Member("s3:x-amz-copy-source", "CopySource"),
    Key::Member("s3:x-amz-metadata-directive", "MetadataDirective")
);

pub(super) const UPLOAD_PART: &[Key] = &[Key::From(keys::no_object_creation)];

/// A part has no metadata, so there is no directive for it.
pub(super) const COPY_PART: &[Key] = &[
    Key::From(keys::no_object_creation),
    Key::Member("s3:x-amz-copy-source", "CopySource"),
    Key::InWorld(keys::upload_encryption),
];

pub(super) const COMPLETE_UPLOAD: &[Key] = &[
    Key::From(keys::object_creation),
    Key::Member("s3:if-match", "IfMatch"),
    Key::Member("s3:if-none-match", "IfNoneMatch"),
    Key::InWorld(keys::upload_encryption),
];

pub(super) const LIST: &[Key] = &[
    Key::Member("s3:prefix", "Prefix"),
    Key::Member("s3:delimiter", "Delimiter"),
    Key::From(keys::max_keys),
];

pub(super) const EXISTING_TAGS: Key = Key::ResourceTags("s3:ExistingObjectTag/");
pub(super) const VERSION: Key = Key::Member("s3:VersionId", "VersionId");
pub(super) const SOURCE_VERSION: Key = Key::From(keys::copy_source_version);
