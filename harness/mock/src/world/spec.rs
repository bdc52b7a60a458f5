//! What a world is built from.

use std::sync::Arc;

use bytes::Bytes;
use rolecall_policy::{Document, DocumentError, Node, SourceId, json};

/// The source of documents that came over an API: their spans point into no file.
pub const API_SOURCE: SourceId = SourceId(u32::MAX);

/// A policy document: prepared for deciding, and the JSON text that AWS would give back.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// The text, as JSON.
    pub json: Arc<str>,
    /// The value with its places, where the text comes from a user's file.
    pub node: Option<Arc<Node>>,
    /// The document.
    pub document: Arc<Document>,
}

impl PolicyDocument {
    /// Reads JSON text; its spans point into [`API_SOURCE`].
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let node = json::read(text, API_SOURCE).map_err(|error| DocumentError {
            message: error.message,
            span: error.span,
        })?;
        Ok(Self {
            json: text.into(),
            document: Arc::new(Document::from_node(&node)?),
            node: Some(Arc::new(node)),
        })
    }
}

/// A policy attached to a user or role.
#[derive(Clone, Debug)]
pub enum PolicySpec {
    /// An inline policy.
    Inline {
        /// Its name, unique within its owner.
        name: String,
        /// Its document.
        document: PolicyDocument,
    },
    /// A managed policy. A customer managed one must be in the world already
    /// ([`World::add_policy`](super::World::add_policy)), and the world's document counts.
    Managed {
        /// Its ARN: `arn:aws:iam::aws:policy/AmazonS3FullAccess`.
        arn: String,
        /// Its document.
        document: PolicyDocument,
    },
}

/// A customer managed policy.
#[derive(Clone, Debug)]
pub struct CustomerPolicySpec {
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Unique within the account, in whatever case.
    pub name: String,
    /// Its document.
    pub document: PolicyDocument,
}

/// A user.
#[derive(Clone, Debug)]
pub struct UserSpec {
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Unique within the account, in whatever case.
    pub name: String,
    /// Identity policies, in order.
    pub policies: Vec<PolicySpec>,
    /// The permissions boundary.
    pub boundary: Option<PolicySpec>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// Whether the user's access key is active.
    pub access_key_active: bool,
}

impl UserSpec {
    /// A user with an active access key and nothing else.
    pub fn new(account: &str, name: &str) -> Self {
        Self {
            account: account.to_owned(),
            path: "/".to_owned(),
            name: name.to_owned(),
            policies: Vec::new(),
            boundary: None,
            tags: Vec::new(),
            access_key_active: true,
        }
    }
}

/// A role.
#[derive(Clone, Debug)]
pub struct RoleSpec {
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Unique within the account, in whatever case.
    pub name: String,
    /// The trust policy.
    pub trust: PolicyDocument,
    /// Identity policies, in order.
    pub policies: Vec<PolicySpec>,
    /// The permissions boundary.
    pub boundary: Option<PolicySpec>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// Seconds, from 3600 to 43200.
    pub max_session: i64,
}

impl RoleSpec {
    /// A role with a trust policy and AWS's default of an hour as its longest session.
    pub fn new(account: &str, name: &str, trust: PolicyDocument) -> Self {
        Self {
            account: account.to_owned(),
            path: "/".to_owned(),
            name: name.to_owned(),
            trust,
            policies: Vec::new(),
            boundary: None,
            tags: Vec::new(),
            max_session: 3600,
        }
    }
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct BucketSpec {
    /// Unique among all accounts.
    pub name: String,
    /// The number of the account that owns it.
    pub account: String,
    /// Where it is: `us-east-1`.
    pub region: String,
    /// The bucket policy.
    pub policy: Option<PolicyDocument>,
    /// Keys and contents.
    pub objects: Vec<(String, Bytes)>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// All four settings of S3 Block Public Access; on for a new bucket of AWS.
    pub block_public_access: bool,
}

impl BucketSpec {
    /// An empty bucket in us-east-1 with public access blocked.
    pub fn new(account: &str, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            account: account.to_owned(),
            region: "us-east-1".to_owned(),
            policy: None,
            objects: Vec::new(),
            tags: Vec::new(),
            block_public_access: true,
        }
    }
}
