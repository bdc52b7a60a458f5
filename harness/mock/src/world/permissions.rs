//! The policies attached to a user or role, and what they come to.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rolecall_policy::{Policy, PolicySet};

use super::spec::PolicyDocument;
use super::{AccountId, Partition, Role, Tags, User, World, kept};
use crate::ids::Ids;

/// A managed policy, AWS's or a customer's.
#[derive(Clone, Debug)]
pub(crate) struct ManagedPolicy {
    /// Whose it is; `None` for AWS's own.
    pub(crate) account: Option<AccountId>,
    /// `ANPA…`.
    pub(crate) id: String,
    /// Not known of AWS's own.
    pub(crate) created: Option<Timestamp>,
    /// When its default version changed last.
    pub(crate) updated: Option<Timestamp>,
    pub(crate) description: Option<String>,
    pub(crate) tags: Tags,
    /// The version in effect.
    pub(crate) default: PolicyVersion,
    /// The others, oldest first.
    pub(crate) others: Vec<PolicyVersion>,
    /// The number of the version made last: numbers aren't used again.
    latest: u32,
}

/// A version of a managed policy.
#[derive(Clone, Debug)]
pub(crate) struct PolicyVersion {
    /// `v1`.
    pub(crate) id: String,
    /// Not known of AWS's own.
    pub(crate) created: Option<Timestamp>,
    pub(crate) document: PolicyDocument,
}

impl ManagedPolicy {
    /// A policy as AWS has it from the beginning; its id follows from its ARN.
    pub(crate) fn new(arn: &str, account: Option<AccountId>, document: PolicyDocument) -> Self {
        Self {
            account,
            id: Ids::new(0).named(arn).unique_id("ANPA"),
            created: None,
            updated: None,
            description: None,
            tags: Tags::new(),
            default: PolicyVersion {
                id: "v1".to_owned(),
                created: None,
                document,
            },
            others: Vec::new(),
            latest: 1,
        }
    }

    /// All versions, the newest first.
    pub(crate) fn versions(&self) -> impl Iterator<Item = &PolicyVersion> {
        let mut versions: Vec<_> = self.others.iter().chain([&self.default]).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.number()));
        versions.into_iter()
    }

    /// Adds a version, which isn't in effect yet; the answer is its id.
    pub(crate) fn add_version(&mut self, document: PolicyDocument, now: Timestamp) -> String {
        self.latest += 1;
        let id = format!("v{}", self.latest);
        self.others.push(PolicyVersion {
            id: id.clone(),
            created: Some(now),
            document,
        });
        id
    }

    /// Puts a version into effect; whether there is such a one.
    pub(crate) fn set_default(&mut self, id: &str, now: Timestamp) -> bool {
        if self.default.id == id {
            return true;
        }
        let Some(version) = self.others.iter_mut().find(|version| version.id == id) else {
            return false;
        };
        std::mem::swap(version, &mut self.default);
        self.others.sort_by_key(PolicyVersion::number);
        self.updated = Some(now);
        true
    }

    /// Whether there was such a version that isn't in effect.
    pub(crate) fn remove_version(&mut self, id: &str) -> bool {
        let before = self.others.len();
        self.others.retain(|version| version.id != id);
        self.others.len() < before
    }
}

impl PolicyVersion {
    fn number(&self) -> u32 {
        let digits = self.id.strip_prefix('v');
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }
}

/// All managed policies that anyone referred to, by ARN in `aws`.
pub(crate) type ManagedPolicies = HashMap<String, Arc<ManagedPolicy>>;

/// One policy attached to a user or role.
#[derive(Clone, Debug)]
pub(crate) enum Attachment {
    Inline {
        name: String,
        document: PolicyDocument,
    },
    Managed {
        /// In `aws`.
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

/// Who has policies, as explanations name them.
#[derive(Clone, Copy, Debug)]
struct Owner<'o> {
    arn: &'o str,
    id: &'o str,
}

impl Permissions {
    pub(crate) fn new(attachments: Vec<Attachment>, boundary: Option<Attachment>) -> Self {
        Self {
            attachments,
            boundary,
            prepared: OnceLock::new(),
        }
    }

    /// Forgets what the policies came to: something they refer to has changed.
    pub(crate) fn refresh(&mut self) {
        self.prepared = OnceLock::new();
    }

    /// The inline policies, by name.
    pub(crate) fn inline(&self) -> impl Iterator<Item = (&str, &PolicyDocument)> {
        self.attachments.iter().filter_map(|policy| match policy {
            Attachment::Inline { name, document } => Some((name.as_str(), document)),
            Attachment::Managed { .. } => None,
        })
    }

    /// The ARNs of the managed policies.
    pub(crate) fn managed(&self) -> impl Iterator<Item = &str> {
        self.attachments.iter().filter_map(Attachment::arn)
    }

    /// The ARN of the permissions boundary.
    pub(crate) fn boundary(&self) -> Option<&str> {
        self.boundary.as_ref().and_then(Attachment::arn)
    }

    /// Whether a managed policy is attached.
    pub(crate) fn has_managed(&self, arn: &str) -> bool {
        let arn = kept(arn);
        self.managed().any(|other| other == arn)
    }

    /// Whether a managed policy is the permissions boundary.
    pub(crate) fn has_boundary(&self, arn: &str) -> bool {
        self.boundary() == Some(&*kept(arn))
    }

    /// Adds an inline policy, in the place of one with the same name.
    pub(crate) fn put_inline(&mut self, name: &str, document: PolicyDocument) {
        let name = name.to_owned();
        let policy = Attachment::Inline { name, document };
        let mut there = self.attachments.iter_mut();
        match there.find(|other| other.name().is_some() && other.name() == policy.name()) {
            Some(other) => *other = policy,
            None => self.attachments.push(policy),
        }
        self.refresh();
    }

    /// Whether there was such an inline policy.
    pub(crate) fn remove_inline(&mut self, name: &str) -> bool {
        self.remove(|policy| policy.name() == Some(name))
    }

    /// Attaches a managed policy, once.
    pub(crate) fn attach(&mut self, arn: &str) {
        if !self.has_managed(arn) {
            self.attachments.push(Attachment::managed(arn));
        }
        self.refresh();
    }

    /// Whether the managed policy was attached.
    pub(crate) fn detach(&mut self, arn: &str) -> bool {
        let arn = kept(arn);
        self.remove(|policy| policy.arn() == Some(&*arn))
    }

    pub(crate) fn set_boundary(&mut self, arn: Option<&str>) {
        self.boundary = arn.map(Attachment::managed);
        self.refresh();
    }

    fn remove(&mut self, which: impl Fn(&Attachment) -> bool) -> bool {
        let before = self.attachments.len();
        self.attachments.retain(|policy| !which(policy));
        self.refresh();
        self.attachments.len() < before
    }

    fn policies(&self, owner: Owner<'_>, managed: &ManagedPolicies) -> Vec<Arc<Policy>> {
        let attached = self.attachments.iter();
        attached
            .filter_map(|policy| policy.prepare(owner, managed))
            .collect()
    }

    fn prepare(
        &self,
        owner: Owner<'_>,
        managed: &ManagedPolicies,
        inherited: Vec<Arc<Policy>>,
    ) -> Prepared {
        let mut identity = self.policies(owner, managed);
        identity.extend(inherited);
        let boundary = self.boundary.as_ref();
        Prepared {
            identity: Arc::new(PolicySet::new(identity)),
            boundary: boundary.map(|boundary| {
                let policies = boundary.prepare(owner, managed).into_iter().collect();
                Arc::new(PolicySet::new(policies))
            }),
        }
    }
}

impl World {
    /// A user's policies, and those of its groups.
    pub(crate) fn policies_of_user<'u>(&self, user: &'u User) -> &'u Prepared {
        user.permissions.prepared.get_or_init(|| {
            let of_groups = user
                .groups
                .iter()
                .flat_map(|name| self.group_policies(user, name));
            let arn = user.arn(Partition::Aws);
            let owner = Owner {
                arn: &arn,
                id: &user.id,
            };
            user.permissions
                .prepare(owner, &self.managed_policies, of_groups.collect())
        })
    }

    fn group_policies(&self, user: &User, name: &str) -> Vec<Arc<Policy>> {
        let Some(group) = self.group(user.account.as_str(), name) else {
            return Vec::new();
        };
        let arn = group.arn(Partition::Aws);
        let owner = Owner {
            arn: &arn,
            id: &group.id,
        };
        group.permissions.policies(owner, &self.managed_policies)
    }

    /// A role's policies.
    pub(crate) fn policies_of_role<'r>(&self, role: &'r Role) -> &'r Prepared {
        role.permissions.prepared.get_or_init(|| {
            let arn = role.arn(Partition::Aws);
            let owner = Owner {
                arn: &arn,
                id: &role.id,
            };
            role.permissions
                .prepare(owner, &self.managed_policies, Vec::new())
        })
    }
}

impl Attachment {
    /// That of a managed policy.
    pub(crate) fn managed(arn: &str) -> Self {
        let arn = kept(arn).into_owned();
        Self::Managed { arn }
    }

    /// An inline policy's name.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Inline { name, .. } => Some(name),
            Self::Managed { .. } => None,
        }
    }

    /// A managed policy's ARN.
    fn arn(&self) -> Option<&str> {
        match self {
            Self::Inline { .. } => None,
            Self::Managed { arn } => Some(arn),
        }
    }

    fn prepare(&self, owner: Owner<'_>, managed: &ManagedPolicies) -> Option<Arc<Policy>> {
        let (uri, inline, document) = match self {
            Self::Inline { name, document } => (format!("{}/{name}", owner.id), true, document),
            Self::Managed { arn } => (arn.clone(), false, &managed.get(arn)?.default.document),
        };
        Some(Arc::new(Policy {
            uri,
            inline,
            attached_to: Some(owner.arn.to_owned()),
            document: Arc::clone(&document.document),
            text: Some(Arc::clone(&document.json)),
        }))
    }
}

/// A resource's policy, ready to be evaluated.
pub(crate) fn resource_policy(resource: &str, uri: String, document: &PolicyDocument) -> PolicySet {
    PolicySet::new(vec![Arc::new(Policy {
        uri,
        inline: true,
        attached_to: Some(resource.to_owned()),
        document: Arc::clone(&document.document),
        text: Some(Arc::clone(&document.json)),
    })])
}
