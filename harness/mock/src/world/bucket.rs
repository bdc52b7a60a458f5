//! Buckets.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rolecall_policy::PolicySet;
use rolecall_wire::Structure;

use super::object::{Acl, Content, NULL_VERSION, Object, Objects, Upload, Version};
use super::permissions::resource_policy;
use super::spec::PolicyDocument;
use super::{AccountId, Tags, World};

/// An S3 bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) account: AccountId,
    pub(crate) region: String,
    pub(crate) created: Timestamp,
    pub(crate) policy: Option<BucketPolicy>,
    /// S3 Block Public Access.
    pub(crate) public_access: Option<PublicAccessBlock>,
    /// S3 Object Ownership; `None` where its controls were deleted, which is `ObjectWriter`.
    pub(crate) ownership: Option<String>,
    pub(crate) acl: Acl,
    pub(crate) tags: Tags,
    pub(crate) versioning: Versioning,
    pub(crate) objects: Objects,
    /// By upload id.
    pub(crate) uploads: BTreeMap<String, Arc<Upload>>,
    /// Configurations that are stored and given back, by sub-resource: `cors`.
    pub(crate) configurations: BTreeMap<&'static str, Structure>,
    /// Those of which a bucket has several, by sub-resource and id: `metrics`.
    pub(crate) named_configurations: BTreeMap<(&'static str, String), Structure>,
}

/// Whether a bucket keeps the versions of its objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Versioning {
    /// It never did.
    #[default]
    Off,
    Enabled,
    Suspended,
}

/// What came of a deletion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deletion {
    /// The version that was made or removed; `None` in a bucket without versioning.
    pub(crate) version: Option<String>,
    /// Whether that is a delete marker.
    pub(crate) is_marker: bool,
}

impl Bucket {
    /// A new bucket: nothing in it, and what AWS gives new buckets.
    ///
    /// AWS: S3 User Guide, Default settings for new S3 buckets.
    pub(crate) fn new(name: &str, account: AccountId, region: &str, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            account,
            region: region.to_owned(),
            created,
            policy: None,
            public_access: Some(PublicAccessBlock::all(true)),
            ownership: Some(OWNER_ENFORCED.to_owned()),
            acl: Acl::default(),
            tags: Tags::new(),
            versioning: Versioning::default(),
            objects: Objects::default(),
            uploads: BTreeMap::new(),
            configurations: BTreeMap::new(),
            named_configurations: BTreeMap::new(),
        }
    }

    /// Block Public Access as it holds: all off where it isn't configured.
    pub(crate) fn blocked(&self) -> PublicAccessBlock {
        self.public_access.unwrap_or(PublicAccessBlock::all(false))
    }

    /// Whether ACLs are off.
    pub(crate) fn ignores_acls(&self) -> bool {
        self.ownership.as_deref() == Some(OWNER_ENFORCED)
    }

    /// Whether its objects can be locked.
    pub(crate) fn locks_objects(&self) -> bool {
        self.configurations.contains_key(OBJECT_LOCK)
    }

    /// The id that callers are told of a version.
    pub(crate) fn shown_version<'v>(&self, id: &'v str) -> Option<&'v str> {
        (self.versioning != Versioning::Off).then_some(id)
    }
}

/// ACLs are off, and the bucket's owner owns its objects.
pub(crate) const OWNER_ENFORCED: &str = "BucketOwnerEnforced";
/// The sub-resource that lets objects be locked.
pub(crate) const OBJECT_LOCK: &str = "object-lock";

impl World {
    /// Puts an object into a bucket that is there; the answer is its version, if the bucket has versions.
    pub(crate) fn put_object(&mut self, bucket: &str, key: &str, object: Object) -> Option<String> {
        self.put_version(bucket, key, Content::Object(Arc::new(object)))
    }

    /// Deletes an object, or a version for good.
    ///
    /// AWS: S3 User Guide, Deleting object versions from a versioning-enabled bucket.
    pub(crate) fn delete_object(
        &mut self,
        bucket: &str,
        key: &str,
        version: Option<&str>,
        now: Timestamp,
    ) -> Deletion {
        let Some(found) = self.bucket_mut(bucket) else {
            return Deletion::default();
        };
        if let Some(id) = version {
            let removed = found.objects.remove(key, id);
            return Deletion {
                version: Some(id.to_owned()),
                is_marker: removed.is_some_and(|version| version.object().is_none()),
            };
        }
        if found.versioning == Versioning::Off {
            found.objects.remove(key, NULL_VERSION);
            return Deletion::default();
        }
        Deletion {
            version: self.put_version(bucket, key, Content::DeleteMarker(now)),
            is_marker: true,
        }
    }

    fn put_version(&mut self, bucket: &str, key: &str, content: Content) -> Option<String> {
        let versioning = self.bucket(bucket)?.versioning;
        let id = match versioning {
            Versioning::Enabled => self.ids.letters(VERSION_LENGTH),
            Versioning::Off | Versioning::Suspended => NULL_VERSION.to_owned(),
        };
        let version = Version {
            id: id.clone(),
            content,
        };
        self.bucket_mut(bucket)?.objects.put(key, version);
        (versioning != Versioning::Off).then_some(id)
    }
}

/// The length of version ids.
pub(crate) const VERSION_LENGTH: usize = 32;

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
