//! Users, groups and roles.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rolecall_policy::PolicySet;

use super::arn::{self, Partition};
use super::permissions::{Permissions, resource_policy};
use super::spec::PolicyDocument;
use super::{AccountId, LoginProfile, Tags};

/// An IAM user.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) account: AccountId,
    pub(crate) path: String,
    pub(crate) name: String,
    /// `AIDA…`.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
    /// By name.
    pub(crate) groups: Vec<String>,
    pub(crate) login: Option<LoginProfile>,
    pub(crate) permissions: Permissions,
}

impl User {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        arn::iam(partition, &self.account, "user", &self.path, &self.name)
    }
}

/// An IAM group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) account: AccountId,
    pub(crate) path: String,
    pub(crate) name: String,
    /// `AGPA…`.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) permissions: Permissions,
}

impl Group {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        arn::iam(partition, &self.account, "group", &self.path, &self.name)
    }
}

/// An IAM role.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) account: AccountId,
    pub(crate) path: String,
    pub(crate) name: String,
    /// `AROA…`.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) description: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) permissions: Permissions,
    /// The longest session, in seconds.
    pub(crate) max_session: i64,
    pub(crate) trust: Trust,
}

impl Role {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        arn::iam(partition, &self.account, "role", &self.path, &self.name)
    }

    pub(crate) fn set_trust(&mut self, document: PolicyDocument) {
        self.trust = Trust::new(document);
    }

    /// The trust policy, ready to be evaluated.
    pub(crate) fn prepared_trust(&self) -> &Arc<PolicySet> {
        self.trust.prepared.get_or_init(|| {
            let (arn, uri) = (self.arn(Partition::Aws), format!("{}/trust", self.id));
            Arc::new(resource_policy(&arn, uri, &self.trust.document))
        })
    }
}

/// A role's trust policy.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    pub(crate) document: PolicyDocument,
    prepared: OnceLock<Arc<PolicySet>>,
}

impl Trust {
    pub(crate) fn new(document: PolicyDocument) -> Self {
        Self {
            document,
            prepared: OnceLock::new(),
        }
    }
}
