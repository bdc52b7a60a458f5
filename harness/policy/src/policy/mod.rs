//! A policy with its name, and sets of them prepared for deciding.

mod index;

use std::sync::Arc;

use crate::document::{Document, Statement};
use index::Index;

/// AWS's policy types (the `type` of a policy in an authorization's details).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyType {
    /// `IDENTITY_BASED_POLICY`.
    IdentityBased,
    /// `RESOURCE_BASED_POLICY` (bucket, trust and key policies).
    ResourceBased,
    /// `PERMISSIONS_BOUNDARY`.
    PermissionsBoundary,
    /// `SESSION_POLICY`.
    Session,
    /// `SERVICE_CONTROL_POLICY`.
    ServiceControl,
    /// `RESOURCE_CONTROL_POLICY`.
    ResourceControl,
    /// `VPC_ENDPOINT_POLICY`.
    VpcEndpoint,
}

impl PolicyType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::IdentityBased,
        Self::ResourceBased,
        Self::PermissionsBoundary,
        Self::Session,
        Self::ServiceControl,
        Self::ResourceControl,
        Self::VpcEndpoint,
    ];

    /// The one that AWS calls so.
    ///
    /// ```
    /// use rolecall_policy::PolicyType;
    ///
    /// assert_eq!(PolicyType::named("SESSION_POLICY"), Some(PolicyType::Session));
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name: `IDENTITY_BASED_POLICY`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdentityBased => "IDENTITY_BASED_POLICY",
            Self::ResourceBased => "RESOURCE_BASED_POLICY",
            Self::PermissionsBoundary => "PERMISSIONS_BOUNDARY",
            Self::Session => "SESSION_POLICY",
            Self::ServiceControl => "SERVICE_CONTROL_POLICY",
            Self::ResourceControl => "RESOURCE_CONTROL_POLICY",
            Self::VpcEndpoint => "VPC_ENDPOINT_POLICY",
        }
    }

    /// The list of this type alone.
    pub(crate) const fn alone(self) -> &'static [Self] {
        match self {
            Self::IdentityBased => &[Self::IdentityBased],
            Self::ResourceBased => &[Self::ResourceBased],
            Self::PermissionsBoundary => &[Self::PermissionsBoundary],
            Self::Session => &[Self::Session],
            Self::ServiceControl => &[Self::ServiceControl],
            Self::ResourceControl => &[Self::ResourceControl],
            Self::VpcEndpoint => &[Self::VpcEndpoint],
        }
    }

    /// Whether a statement must say whom it is about.
    pub(crate) const fn names_principals(self) -> bool {
        match self {
            Self::ResourceBased | Self::ResourceControl | Self::VpcEndpoint => true,
            Self::IdentityBased
            | Self::PermissionsBoundary
            | Self::Session
            | Self::ServiceControl => false,
        }
    }
}

/// A document with what names it in an explanation.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The ARN of a managed policy; an opaque identifier for an inline one.
    pub uri: String,
    /// Whether it is inline (then `uri` is no ARN).
    pub inline: bool,
    /// To whom or what it is attached: a principal, a resource, a root, unit or account.
    pub attached_to: Option<String>,
    /// The document.
    pub document: Arc<Document>,
    /// The document as JSON text, for those who show it.
    pub text: Option<Arc<str>>,
}

impl Policy {
    /// An inline policy that is attached to nothing in particular.
    pub fn inline(uri: impl Into<String>, document: impl Into<Arc<Document>>) -> Self {
        Self {
            uri: uri.into(),
            inline: true,
            attached_to: None,
            document: document.into(),
            text: None,
        }
    }

    /// A managed policy, known by its ARN.
    pub fn managed(arn: impl Into<String>, document: impl Into<Arc<Document>>) -> Self {
        Self {
            uri: arn.into(),
            inline: false,
            attached_to: None,
            document: document.into(),
            text: None,
        }
    }
}

/// Policies of one layer, indexed so that a decision looks only at statements that can match its action.
///
/// ```
/// use std::sync::Arc;
/// use rolecall_policy::{Document, Policy, PolicySet};
///
/// let document = Document::parse(
///     r#"{"Version": "2012-10-17",
///         "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
/// )?;
/// let set = PolicySet::new(vec![Arc::new(Policy::inline("everything-in-s3", document))]);
/// assert_eq!(set.policies().len(), 1);
/// # Ok::<(), rolecall_policy::DocumentError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PolicySet {
    policies: Vec<Arc<Policy>>,
    /// For large sets only: small ones are read through as fast as an index.
    index: Option<Index>,
}

/// With so many statements an index pays for itself.
const INDEX_FROM: usize = 16;

impl PolicySet {
    /// Indexes `policies`, keeping their order.
    pub fn new(policies: Vec<Arc<Policy>>) -> Self {
        let count = policies
            .iter()
            .map(|policy| policy.document.statements().len())
            .sum::<usize>();
        let index = (count >= INDEX_FROM).then(|| Index::new(&policies));
        Self { policies, index }
    }

    /// The policies, in the order given.
    pub fn policies(&self) -> &[Arc<Policy>] {
        &self.policies
    }

    /// No policies.
    pub(crate) const fn none() -> Self {
        Self {
            policies: Vec::new(),
            index: None,
        }
    }

    /// Shows `enough` each statement that may cover `action`, possibly more than once and in any order, until it
    /// has seen enough.
    pub(crate) fn candidates(&self, action: &str, mut enough: impl FnMut(&Statement) -> bool) {
        if let Some(index) = &self.index {
            let statements = index.candidates(action).filter_map(|at| self.statement(at));
            for statement in statements {
                if enough(statement) {
                    return;
                }
            }
            return;
        }
        for policy in &self.policies {
            for statement in policy.document.statements() {
                if enough(statement) {
                    return;
                }
            }
        }
    }

    fn statement(&self, place: index::Place) -> Option<&Statement> {
        let policy = self.policies.get(place.policy)?;
        policy.document.statements().get(place.statement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(number: usize) -> String {
        format!(
            r#"{{"Effect": "Allow", "Action": ["s3:Get{number}", "kms:Put{number}"], "Resource": "*"}}"#
        )
    }

    /// A decision costs what can match its action, not what a principal has.
    #[test]
    fn only_statements_that_can_match_the_action_are_looked_at() {
        let mut statements: Vec<String> = (0..10_000).map(statement).collect();
        statements.push(r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#.to_owned());
        statements.push(r#"{"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}"#.to_owned());
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            statements.join(",")
        );
        let document = Document::parse(&text).unwrap();
        let set = PolicySet::new(vec![Arc::new(Policy::inline("all", document))]);

        for (action, expected) in [
            ("s3:Get7000", 3),
            ("S3:gET7000", 3),
            ("kms:Put1", 2),
            ("sqs:X", 1),
        ] {
            let mut seen = 0;
            set.candidates(action, |_| {
                seen += 1;
                false
            });
            assert_eq!(seen, expected, "{action}");
        }
    }
}
