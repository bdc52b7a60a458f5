//! Objects, their versions, and the parts of those that are still on their way.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_policy::PolicySet;

use super::Tags;

/// The id of the version that an object has in a bucket without versioning.
pub(crate) const NULL_VERSION: &str = "null";

/// An object, whole as it was put.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) body: Bytes,
    /// With its quotes.
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    pub(crate) checksum: Checksum,
    /// The parts it was uploaded in; none if it came in one piece.
    pub(crate) parts: Vec<PartOfObject>,
    pub(crate) properties: Properties,
}

/// What an object has beside its contents: given when it is made, and taken along by a copy.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties {
    pub(crate) storage_class: String,
    pub(crate) headers: ObjectHeaders,
    /// `x-amz-meta-…`.
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) tags: Tags,
    pub(crate) encryption: Encryption,
    pub(crate) acl: Acl,
    pub(crate) lock: Lock,
}

/// The HTTP headers kept with an object, by the names of the service model.
pub(crate) type ObjectHeaders = Vec<(&'static str, String)>;

/// How an object is encrypted at rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encryption {
    /// `AES256`, `aws:kms`.
    pub(crate) algorithm: String,
    /// The ARN of the KMS key.
    pub(crate) key: Option<String>,
    pub(crate) bucket_key: bool,
}

/// What keeps a version from being deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// `GOVERNANCE` or `COMPLIANCE`, and until when.
    pub(crate) retention: Option<(String, Timestamp)>,
    /// Whether there is a legal hold; `None` where none was ever set.
    pub(crate) legal_hold: Option<bool>,
}

/// An access control list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acl {
    /// What it grants beyond its owner's full control.
    pub(crate) grants: Vec<Grant>,
    /// What that comes to, prepared for deciding.
    pub(crate) policies: Vec<AclPolicy>,
}

/// What the grants of an ACL let others do.
#[derive(Clone, Debug)]
pub(crate) struct AclPolicy {
    pub(crate) kind: AclKind,
    /// Whether these are the grants to everyone, or to everyone who has signed.
    pub(crate) is_public: bool,
    pub(crate) policy: Arc<PolicySet>,
}

/// What an ACL belongs to, and what of it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AclKind {
    /// A bucket's, for the bucket.
    Bucket,
    /// A bucket's, for the objects in it.
    ObjectsOfBucket,
    /// An object's.
    Object,
}

/// One grant of an ACL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) grantee: Grantee,
    /// `READ`, `FULL_CONTROL`.
    pub(crate) permission: String,
}

/// Whom an ACL grants something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grantee {
    /// An account, by its canonical id.
    Account(String),
    /// A group of AWS's, by its URI.
    Group(String),
}

/// The checksum of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    /// `CRC64NVME`.
    pub(crate) algorithm: &'static str,
    /// In base64.
    pub(crate) value: String,
    pub(crate) kind: ChecksumKind,
}

/// What a checksum is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChecksumKind {
    /// The bytes.
    FullObject,
    /// The checksums of the parts.
    Composite,
}

impl ChecksumKind {
    /// AWS's name: `FULL_OBJECT`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FullObject => "FULL_OBJECT",
            Self::Composite => "COMPOSITE",
        }
    }
}

/// What is known of a part of an object, once the object is whole.
#[derive(Clone, Debug)]
pub(crate) struct PartOfObject {
    pub(crate) number: u16,
    pub(crate) size: usize,
    /// Of an upload that had a checksum algorithm.
    pub(crate) checksum: Option<Checksum>,
}

/// A version of an object.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) content: Content,
}

/// What a version is.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Object(Arc<Object>),
    /// A delete marker, and when it was set.
    DeleteMarker(Timestamp),
}

impl Version {
    /// The object, unless this is a delete marker.
    pub(crate) fn object(&self) -> Option<&Arc<Object>> {
        match &self.content {
            Content::Object(object) => Some(object),
            Content::DeleteMarker(_) => None,
        }
    }
}

/// The objects of a bucket, by key in the order S3 lists them: that of their UTF-8 bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Objects {
    /// Oldest version first. INVARIANT: no key is without a version.
    keys: BTreeMap<String, Vec<Version>>,
}

impl Objects {
    /// Whether there is nothing, not even a delete marker.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The current version of a key.
    pub(crate) fn current(&self, key: &str) -> Option<&Version> {
        self.keys.get(key)?.last()
    }

    /// The object of a key, if its current version is one.
    pub(crate) fn get(&self, key: &str) -> Option<&Arc<Object>> {
        self.current(key)?.object()
    }

    /// A version by its id.
    pub(crate) fn version(&self, key: &str, id: &str) -> Option<&Version> {
        self.keys.get(key)?.iter().find(|version| version.id == id)
    }

    /// An object to change: the current one, or that of a version.
    pub(crate) fn get_mut(&mut self, key: &str, id: Option<&str>) -> Option<&mut Object> {
        let mut versions = self.keys.get_mut(key)?.iter_mut();
        let version = match id {
            Some(id) => versions.find(|version| version.id == id),
            None => versions.next_back(),
        };
        match &mut version?.content {
            Content::Object(object) => Some(Arc::make_mut(object)),
            Content::DeleteMarker(_) => None,
        }
    }

    /// The first key from a place on that has an object.
    pub(crate) fn next(&self, from: Bound<String>) -> Option<(&str, &Object)> {
        self.keys
            .range((from, Bound::Unbounded))
            .find_map(|(key, versions)| Some((key.as_str(), versions.last()?.object()?.as_ref())))
    }

    /// The first key from a place on, with its versions, oldest first.
    pub(crate) fn next_versions(&self, from: Bound<String>) -> Option<(&str, &[Version])> {
        let found = self.keys.range((from, Bound::Unbounded)).next();
        found.map(|(key, versions)| (key.as_str(), versions.as_slice()))
    }

    /// Makes a version the current one, in the place of one with its id.
    pub(crate) fn put(&mut self, key: &str, version: Version) {
        let versions = self.keys.entry(key.to_owned()).or_default();
        versions.retain(|other| other.id != version.id);
        versions.push(version);
    }

    /// Takes a version away.
    pub(crate) fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.keys.get_mut(key)?;
        let at = versions.iter().position(|version| version.id == id)?;
        let removed = versions.remove(at);
        if versions.is_empty() {
            self.keys.remove(key);
        }
        Some(removed)
    }
}

impl FromIterator<(String, Object)> for Objects {
    fn from_iter<I: IntoIterator<Item = (String, Object)>>(objects: I) -> Self {
        let mut all = Self::default();
        for (key, object) in objects {
            let version = Version {
                id: NULL_VERSION.to_owned(),
                content: Content::Object(Arc::new(object)),
            };
            all.put(&key, version);
        }
        all
    }
}

/// An upload in parts that is neither completed nor aborted.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) initiated: Timestamp,
    /// The one who began it: an ARN, or a canonical id.
    pub(crate) initiator: String,
    pub(crate) properties: Properties,
    /// The encryption that the request asked for, and not the bucket's.
    pub(crate) asked_encryption: Option<String>,
    /// What the client asked for; `None` if it asked for nothing.
    pub(crate) checksum: Option<(&'static str, ChecksumKind)>,
    /// By number.
    pub(crate) parts: BTreeMap<u16, Part>,
}

/// A part of such an upload.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) body: Bytes,
    pub(crate) etag: String,
    pub(crate) modified: Timestamp,
    /// What the client sent, or the upload asks for.
    pub(crate) checksum: Option<Checksum>,
}
