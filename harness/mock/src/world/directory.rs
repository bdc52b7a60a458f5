//! The organization as its own service shows it: what is where, and which control policies are attached to what.

use super::PolicyDocument;

/// The organization's root, units, accounts and policies.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    /// `o-…`.
    pub(crate) id: String,
    /// The number of the management account, which may be outside of the world.
    pub(crate) management: String,
    /// From the top down.
    pub(crate) nodes: Vec<Node>,
    /// In the order in which they were first attached.
    pub(crate) policies: Vec<ControlPolicy>,
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
    pub(crate) document: PolicyDocument,
    /// The ARNs of what it is attached to.
    pub(crate) targets: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControlType {
    Service,
    Resource,
}

impl ControlType {
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
}

impl ControlPolicy {
    /// `p-…`.
    pub(crate) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it is AWS's own.
    pub(crate) fn is_aws(&self) -> bool {
        self.arn.starts_with("arn:aws:organizations::aws:")
    }
}

impl Directory {
    pub(crate) fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    pub(crate) fn policy(&self, id: &str) -> Option<&ControlPolicy> {
        self.policies.iter().find(|policy| policy.id() == id)
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

    /// Notes that a policy is attached.
    pub(crate) fn attach(&mut self, policy: ControlPolicy) {
        let mut known = self.policies.iter_mut();
        match known.find(|known| known.arn == policy.arn) {
            Some(known) => known.targets.extend(policy.targets),
            None => self.policies.push(policy),
        }
    }

    /// The address of an account's root user, of which AWS has every account name one.
    pub(crate) fn email(name: &str) -> String {
        format!("aws+{name}@example.com")
    }
}
