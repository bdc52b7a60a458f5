//! The policies attached to a user or role, and what they come to.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rolecall_policy::{Policy, PolicySet};

use super::AccountId;
use super::spec::PolicyDocument;

/// A managed policy, AWS's or a customer's.
#[derive(Clone, Debug)]
pub(crate) struct ManagedPolicy {
    pub(crate) arn: String,
    /// `None` for AWS's own.
    pub(crate) account: Option<AccountId>,
    pub(crate) document: PolicyDocument,
}

/// All managed policies that anyone referred to, by ARN.
pub(crate) type ManagedPolicies = HashMap<String, Arc<ManagedPolicy>>;

/// One policy attached to a user or role.
#[derive(Clone, Debug)]
pub(crate) enum Attachment {
    Inline {
        name: String,
        document: PolicyDocument,
    },
    Managed {
        arn: String,
    },
}

/// The policies of a user or role, in the order they were attached.
///
/// What they come to is prepared on first use and kept until something changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Permissions {
    attachments: Vec<Attachment>,
    boundary: Option<Attachment>,
    prepared: OnceLock<Prepared>,
}

/// The policies of a user or role, ready to be evaluated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) identity: Arc<PolicySet>,
    pub(crate) boundary: Option<Arc<PolicySet>>,
}

impl Permissions {
    pub(crate) fn new(attachments: Vec<Attachment>, boundary: Option<Attachment>) -> Self {
        Self {
            attachments,
            boundary,
            prepared: OnceLock::new(),
        }
    }

    /// The policies as they stand now; `arn` and `id` are those of the user or role that has them.
    pub(crate) fn prepared(&self, managed: &ManagedPolicies, arn: &str, id: &str) -> &Prepared {
        self.prepared.get_or_init(|| Prepared {
            identity: Arc::new(policy_set(self.attachments.iter(), managed, arn, id)),
            boundary: self
                .boundary
                .as_ref()
                .map(|boundary| Arc::new(policy_set([boundary], managed, arn, id))),
        })
    }
}

fn policy_set<'a>(
    attachments: impl IntoIterator<Item = &'a Attachment>,
    managed: &ManagedPolicies,
    arn: &str,
    id: &str,
) -> PolicySet {
    let policies = attachments
        .into_iter()
        .filter_map(|attachment| attachment.policy(managed, arn, id))
        .map(Arc::new)
        .collect();
    PolicySet::new(policies)
}

impl Attachment {
    fn policy(&self, managed: &ManagedPolicies, arn: &str, id: &str) -> Option<Policy> {
        let (uri, inline, document) = match self {
            Self::Inline { name, document } => (format!("{id}/{name}"), true, document),
            Self::Managed { arn } => (arn.clone(), false, &managed.get(arn)?.document),
        };
        Some(Policy {
            uri,
            inline,
            attached_to: Some(arn.to_owned()),
            document: Arc::clone(&document.document),
        })
    }
}

/// A resource's policy, ready to be evaluated.
pub(crate) fn resource_policy(resource: &str, uri: String, document: &PolicyDocument) -> PolicySet {
    PolicySet::new(vec![Arc::new(Policy {
        uri,
        inline: true,
        attached_to: Some(resource.to_owned()),
        document: Arc::clone(&document.document),
    })])
}
