//! Buckets and their objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_policy::PolicySet;

use super::permissions::resource_policy;
use super::spec::PolicyDocument;
use super::{AccountId, Tags};

/// An S3 bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) created: Timestamp,
    pub(crate) policy: Option<BucketPolicy>,
    /// S3 Block Public Access.
    pub(crate) public_access: PublicAccessBlock,
    pub(crate) tags: Tags,
    /// By key, in the order S3 lists them: that of their UTF-8 bytes.
    pub(crate) objects: BTreeMap<String, Arc<Object>>,
}

/// The four settings of S3 Block Public Access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "AWS has four independent settings"
)]
pub(crate) struct PublicAccessBlock {
    pub(crate) block_public_acls: bool,
    pub(crate) ignore_public_acls: bool,
    pub(crate) block_public_policy: bool,
    pub(crate) restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four on, or all four off.
    pub(crate) const fn all(on: bool) -> Self {
        Self {
            block_public_acls: on,
            ignore_public_acls: on,
            block_public_policy: on,
            restrict_public_buckets: on,
        }
    }
}

/// A bucket's policy.
#[derive(Clone, Debug)]
pub(crate) struct BucketPolicy {
    pub(crate) document: PolicyDocument,
    pub(crate) prepared: Arc<PolicySet>,
    /// Whether it lets everyone in, as S3 Block Public Access judges it.
    pub(crate) public: bool,
}

impl BucketPolicy {
    pub(crate) fn new(bucket: &str, document: PolicyDocument) -> Self {
        let (arn, uri) = (format!("arn:aws:s3:::{bucket}"), format!("{bucket}/policy"));
        let node = document.node.as_deref();
        Self {
            prepared: Arc::new(resource_policy(&arn, uri, &document)),
            public: node.is_some_and(super::public_policy::is_public),
            document,
        }
    }
}

/// An object, whole as it was put.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) body: Bytes,
    /// With its quotes.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    pub(crate) checksum: Checksum,
    pub(crate) storage_class: String,
    pub(crate) headers: ObjectHeaders,
    /// `x-amz-meta-…`.
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) tags: Tags,
}

/// The checksum of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    /// `CRC64NVME`.
    pub(crate) algorithm: &'static str,
    /// In base64.
    pub(crate) value: String,
}

/// The HTTP headers kept with an object, by the names of the service model.
pub(crate) type ObjectHeaders = Vec<(&'static str, String)>;
