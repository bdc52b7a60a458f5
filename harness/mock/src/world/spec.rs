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

    /// A document of the mock's own.
    pub(crate) fn built_in(text: &str) -> Self {
        #[expect(clippy::expect_used, reason = "a test reads them all")]
        Self::parse(text).expect("the mock's own documents are policies")
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
    /// The groups it is in, by name, which must be in the world already.
    pub groups: Vec<String>,
    /// Whether it has a virtual MFA device, `arn:aws:iam::ACCOUNT:mfa/NAME`.
    pub mfa: bool,
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
            groups: Vec::new(),
            mfa: false,
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

/// A group of users.
#[derive(Clone, Debug)]
pub struct GroupSpec {
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Unique within the account, in whatever case.
    pub name: String,
    /// Identity policies, in order.
    pub policies: Vec<PolicySpec>,
}

/// A resource that isn't a role or a bucket: a queue, a key, a secret. Nothing can be called on it, but
/// [`Mock::ask`](crate::Mock::ask) knows its policy, its tags and its owner.
#[derive(Clone, Debug)]
pub struct ResourceSpec {
    /// Its ARN.
    pub arn: String,
    /// The number of the account that owns it.
    pub account: String,
    /// Its policy.
    pub policy: Option<PolicyDocument>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
}

/// An organization.
#[derive(Clone, Debug)]
pub struct OrganizationSpec {
    /// `o-…`.
    pub id: String,
    /// The number of the management account, which control policies don't bind; `None` for one outside the world.
    pub management: Option<String>,
    /// The root.
    pub root: UnitSpec,
}

/// The root of an organization, or an organizational unit.
#[derive(Clone, Debug, Default)]
pub struct UnitSpec {
    /// Its name.
    pub name: String,
    /// Service control policies, complete: AWS attaches `FullAWSAccess` unless told otherwise.
    pub service_control: Vec<ControlPolicySpec>,
    /// Resource control policies; `RCPFullAWSAccess` is always among them.
    pub resource_control: Vec<ControlPolicySpec>,
    /// The units in it.
    pub units: Vec<UnitSpec>,
    /// The accounts in it.
    pub accounts: Vec<MemberSpec>,
}

/// An account in an organization.
#[derive(Clone, Debug, Default)]
pub struct MemberSpec {
    /// Its number.
    pub account: String,
    /// Its name, which only Organizations shows.
    pub name: String,
    /// Service control policies, as in [`UnitSpec`].
    pub service_control: Vec<ControlPolicySpec>,
    /// Resource control policies, as in [`UnitSpec`].
    pub resource_control: Vec<ControlPolicySpec>,
}

/// A service or resource control policy; the same name is the same policy wherever it is attached.
#[derive(Clone, Debug)]
pub struct ControlPolicySpec {
    /// Its name.
    pub name: String,
    /// Its document.
    pub document: PolicyDocument,
}
