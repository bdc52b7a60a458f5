//! An organization: what is where, and which control policies are attached to what.
//!
//! AWS: Organizations API Reference, data types; Organizations User Guide, service control policies, resource control
//! policies.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::{PolicyDocument, Tags};

/// An organization's root, units, accounts and policies.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    /// `o-…`.
    pub(crate) id: String,
    /// The number of the management account, which may be outside of the world.
    pub(crate) management: String,
    /// Whether the management account is in the world.
    pub(crate) is_managed_here: bool,
    /// `ALL` or `CONSOLIDATED_BILLING`.
    pub(crate) feature_set: FeatureSet,
    /// The policy types that the root has enabled.
    pub(crate) enabled: Vec<ControlType>,
    /// From the top down.
    pub(crate) nodes: Vec<Node>,
    /// AWS's own among them.
    pub(crate) policies: Vec<ControlPolicy>,
}

/// What an organization can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeatureSet {
    All,
    ConsolidatedBilling,
}

/// The root, a unit or an account.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    /// `r-…`, `ou-…` or an account's number.
    pub(crate) id: String,
    pub(crate) arn: String,
    pub(crate) name: String,
    /// The id of what it is in; none of the root.
    pub(crate) parent: Option<String>,
    /// The ARNs of the policies that are attached, in order.
    pub(crate) policies: Vec<String>,
    pub(crate) tags: Tags,
    /// When it came, and how; of accounts alone.
    pub(crate) joined: Option<Joined>,
}

/// How an account has come into an organization.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    pub(crate) at: Timestamp,
    pub(crate) invited: bool,
    /// The address of its root user.
    pub(crate) email: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Root,
    Unit,
    Account,
}

/// A control policy.
#[derive(Clone, Debug)]
pub(crate) struct ControlPolicy {
    pub(crate) control: ControlType,
    pub(crate) arn: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) document: PolicyDocument,
    pub(crate) tags: Tags,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlType {
    Service,
    Resource,
}

impl FeatureSet {
    /// As the API has it.
    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::ConsolidatedBilling => "CONSOLIDATED_BILLING",
        }
    }
}

impl ControlType {
    pub(crate) const ALL: [Self; 2] = [Self::Service, Self::Resource];

    /// As ARNs have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Service => "service_control_policy",
            Self::Resource => "resource_control_policy",
        }
    }

    /// As the API has it.
    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Self::Service => "SERVICE_CONTROL_POLICY",
            Self::Resource => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The type that the API calls so; the mock has no others.
    pub(crate) fn of_api_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.api_name() == name)
    }

    /// The name of AWS's own policy of this type, which allows everything and is attached to whatever gets no other.
    pub(crate) fn full_access(self) -> &'static str {
        match self {
            Self::Service => "FullAWSAccess",
            Self::Resource => "RCPFullAWSAccess",
        }
    }

    /// How many of this type may be attached to one target. AWS: What's New, May 2026, for service control policies;
    /// Organizations User Guide, quotas, for resource control policies.
    pub(crate) fn most_attached(self) -> usize {
        match self {
            Self::Service => 10,
            Self::Resource => 5,
        }
    }
}

impl NodeKind {
    /// As the API has it.
    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Self::Root => "ROOT",
            Self::Unit => "ORGANIZATIONAL_UNIT",
            Self::Account => "ACCOUNT",
        }
    }

    /// As ARNs have it.
    fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Unit => "ou",
            Self::Account => "account",
        }
    }
}

impl ControlPolicy {
    /// AWS's own policy of a type.
    pub(crate) fn full_access(control: ControlType) -> Self {
        let name = control.full_access();
        let (description, document) = match control {
            ControlType::Service => (
                "Allows access to every operation",
                SERVICE_FULL_ACCESS.clone(),
            ),
            ControlType::Resource => (
                "Allow access to all AWS services and resources",
                RESOURCE_FULL_ACCESS.clone(),
            ),
        };
        Self {
            control,
            arn: full_access_arn(control),
            name: name.to_owned(),
            description: description.to_owned(),
            document,
            tags: Tags::new(),
        }
    }

    /// `p-…`.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it is AWS's own.
    pub(crate) fn is_aws(&self) -> bool {
        self.arn.starts_with("arn:aws:organizations::aws:")
    }
}

/// The ARN of AWS's own policy of a type.
pub(crate) fn full_access_arn(control: ControlType) -> String {
    let (kind, name) = (control.name(), control.full_access());
    format!("arn:aws:organizations::aws:policy/{kind}/p-{name}")
}

impl Directory {
    /// An organization with a root and nothing in it, that has AWS's own policies.
    pub(crate) fn new(id: &str, management: &str, root: &str, feature_set: FeatureSet) -> Self {
        let mut directory = Self {
            id: id.to_owned(),
            management: management.to_owned(),
            is_managed_here: true,
            feature_set,
            enabled: Vec::new(),
            nodes: Vec::new(),
            policies: ControlType::ALL.map(ControlPolicy::full_access).to_vec(),
        };
        directory.enter(NodeKind::Root, root, "Root", None);
        directory
    }

    /// Whether this is the management account.
    pub(crate) fn is_managed_by(&self, account: &str) -> bool {
        self.is_managed_here && self.management == account
    }

    pub(crate) fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub(crate) fn node_mut(&mut self, id: &str) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.id == id)
    }

    /// The root, which every organization has.
    pub(crate) fn root(&self) -> Option<&Node> {
        self.nodes.iter().find(|node| node.kind == NodeKind::Root)
    }

    /// The accounts, the management account among them.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &Node> {
        let nodes = self.nodes.iter();
        nodes.filter(|node| node.kind == NodeKind::Account)
    }

    pub(crate) fn policy(&self, id: &str) -> Option<&ControlPolicy> {
        self.policies.iter().find(|policy| policy.id() == id)
    }

    pub(crate) fn policy_mut(&mut self, id: &str) -> Option<&mut ControlPolicy> {
        self.policies.iter_mut().find(|policy| policy.id() == id)
    }

    /// The policies of a type that are attached to something, in order.
    pub(crate) fn attached<'d>(
        &'d self,
        node: &'d Node,
        control: ControlType,
    ) -> impl Iterator<Item = &'d ControlPolicy> {
        let attached = node.policies.iter().filter_map(|arn| {
            let mut policies = self.policies.iter();
            policies.find(|policy| policy.arn == *arn)
        });
        attached.filter(move |policy| policy.control == control)
    }

    /// What is directly in a root or unit.
    pub(crate) fn children<'d>(
        &'d self,
        parent: &'d str,
        kind: NodeKind,
    ) -> impl Iterator<Item = &'d Node> {
        let nodes = self.nodes.iter();
        nodes.filter(move |node| node.kind == kind && node.parent.as_deref() == Some(parent))
    }

    /// Something and all that it is in, from the root down.
    pub(crate) fn way<'d>(&'d self, node: &'d Node) -> Vec<&'d Node> {
        let above = |node: &&'d Node| {
            let parent = node.parent.as_deref();
            parent.and_then(|parent| self.node(parent))
        };
        let mut way: Vec<_> = std::iter::successors(Some(node), above)
            .take(self.nodes.len())
            .collect();
        way.reverse();
        way
    }

    /// `o-…/r-…/ou-…/`, and for an account its number.
    pub(crate) fn path(&self, node: &Node) -> String {
        let way = self.way(node);
        let ids = way.iter().map(|node| node.id.as_str());
        let ids: Vec<&str> = std::iter::once(self.id.as_str()).chain(ids).collect();
        format!("{}/", ids.join("/"))
    }

    /// Adds a root, unit or account, with AWS's own policies of the types that are enabled.
    pub(crate) fn enter(&mut self, kind: NodeKind, id: &str, name: &str, parent: Option<&str>) {
        let resource = format!("{}/{}/{id}", kind.name(), self.id);
        self.nodes.push(Node {
            kind,
            id: id.to_owned(),
            arn: self.arn(&resource),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            policies: self
                .enabled
                .iter()
                .map(|control| full_access_arn(*control))
                .collect(),
            tags: Tags::new(),
            joined: None,
        });
    }

    /// Adds an account.
    pub(crate) fn join(&mut self, account: &str, name: &str, parent: &str, joined: Joined) {
        self.enter(NodeKind::Account, account, name, Some(parent));
        if let Some(node) = self.node_mut(account) {
            node.joined = Some(joined);
        }
    }

    /// Enables a policy type: AWS's own policy of that type is attached to everything.
    pub(crate) fn enable(&mut self, control: ControlType) {
        self.enabled.push(control);
        for node in &mut self.nodes {
            node.policies.push(full_access_arn(control));
        }
    }

    /// Disables a policy type, which detaches its policies everywhere.
    pub(crate) fn disable(&mut self, control: ControlType) {
        self.enabled.retain(|enabled| *enabled != control);
        let policies = self.policies.iter();
        let of_type = policies.filter(|policy| policy.control == control);
        let gone: Vec<&str> = of_type.map(|policy| policy.arn.as_str()).collect();
        for node in &mut self.nodes {
            node.policies.retain(|arn| !gone.contains(&arn.as_str()));
        }
    }

    /// The management account stands in the ARNs of all that is the organization's.
    pub(crate) fn arn(&self, resource: &str) -> String {
        format!("arn:aws:organizations::{}:{resource}", self.management)
    }

    /// The ARN of a policy by the letters of its id.
    pub(crate) fn policy_arn(&self, control: ControlType, id: &str) -> String {
        let (organization, kind) = (&self.id, control.name());
        self.arn(&format!("policy/{organization}/{kind}/p-{id}"))
    }

    /// The address of an account's root user, of which AWS has every account name one.
    pub(crate) fn email(name: &str) -> String {
        format!("aws+{name}@example.com")
    }
}

/// AWS: Organizations User Guide, SCPs, `FullAWSAccess`.
static SERVICE_FULL_ACCESS: LazyLock<PolicyDocument> = LazyLock::new(|| {
    PolicyDocument::built_in(
        r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}"#,
    )
});

/// AWS: Organizations User Guide, RCPs, `RCPFullAWSAccess`.
static RESOURCE_FULL_ACCESS: LazyLock<PolicyDocument> = LazyLock::new(|| {
    PolicyDocument::built_in(
        r#"{"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}"#,
    )
});
