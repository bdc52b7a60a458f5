//! The answer, in AWS's own model (`GetRequestAuthorizationDetails`).
//!
//! An [`Evaluation`] lists the [`Check`]s that apply in AWS's order, and each check the statements considered for
//! it, with what didn't match. [`Evaluation::denial`] says which policy AWS's message would name,
//! [`Evaluation::to_json`] writes AWS's JSON.
//!
//! Source: AWS, IAM Toolbox API, `Evaluation` and `Check`.

mod denial;
mod json;

use std::sync::Arc;

pub use denial::Denial;

use crate::node::Span;
use crate::policy::{Policy, PolicyType};

/// How a check, or the whole evaluation, came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// `ALLOW`.
    Allow,
    /// `EXPLICIT_DENY`.
    ExplicitDeny,
    /// `IMPLICIT_DENY`.
    ImplicitDeny,
    /// `NO_IMPACT`: nothing matched and nothing was needed.
    NoImpact,
}

impl Effect {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Allow,
        Self::ExplicitDeny,
        Self::ImplicitDeny,
        Self::NoImpact,
    ];

    /// The one that AWS calls so.
    ///
    /// ```
    /// use rolecall_policy::Effect;
    ///
    /// assert_eq!(Effect::named("EXPLICIT_DENY"), Some(Effect::ExplicitDeny));
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name: `EXPLICIT_DENY`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "ALLOW",
            Self::ExplicitDeny => "EXPLICIT_DENY",
            Self::ImplicitDeny => "IMPLICIT_DENY",
            Self::NoImpact => "NO_IMPACT",
        }
    }
}

/// The requirement a [`Check`] stands for, in AWS's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckType {
    /// `RESOURCE_CONTROL_POLICY`.
    ResourceControlPolicy,
    /// `SERVICE_CONTROL_POLICY`.
    ServiceControlPolicy,
    /// `VPC_ENDPOINT`.
    VpcEndpoint,
    /// `RESOURCE`: where the resource's owner must allow separately.
    Resource,
    /// `PRINCIPAL`.
    Principal,
    /// `PERMISSIONS_BOUNDARY`.
    PermissionsBoundary,
    /// `SESSION`.
    Session,
}

impl CheckType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ResourceControlPolicy,
        Self::ServiceControlPolicy,
        Self::VpcEndpoint,
        Self::Resource,
        Self::Principal,
        Self::PermissionsBoundary,
        Self::Session,
    ];

    /// The one that AWS calls so.
    ///
    /// ```
    /// use rolecall_policy::CheckType;
    ///
    /// assert_eq!(CheckType::named("PRINCIPAL"), Some(CheckType::Principal));
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// AWS's name: `PERMISSIONS_BOUNDARY`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResourceControlPolicy => "RESOURCE_CONTROL_POLICY",
            Self::ServiceControlPolicy => "SERVICE_CONTROL_POLICY",
            Self::VpcEndpoint => "VPC_ENDPOINT",
            Self::Resource => "RESOURCE",
            Self::Principal => "PRINCIPAL",
            Self::PermissionsBoundary => "PERMISSIONS_BOUNDARY",
            Self::Session => "SESSION",
        }
    }
}

/// How well a matching statement names the caller, which decides what an Allow in a resource's policy makes
/// needless within the account.
///
/// Source: AWS, IAM User Guide, policy evaluation logic, evaluating identity-based with resource-based policies;
/// Principal element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reach {
    /// Not at all: the statement doesn't match.
    None,
    /// By its account alone, which leaves the decision to the account's own policies.
    Account,
    /// By its role (or, for a federated user, by the IAM user behind it): the identity-based policies need not
    /// allow, a permissions boundary and session policies must.
    Role,
    /// As a user by name: nothing else need allow, but for roles that the user assumes, where its
    /// permissions boundary must.
    User,
    /// As itself or with everyone: nothing else need allow. Also said of policies that name nobody.
    Direct,
}

impl Reach {
    /// Whether the identity-based policies need not allow.
    pub(crate) fn passes_identity(self) -> bool {
        self >= Self::Role
    }

    /// Whether the permissions boundary need not allow.
    ///
    /// AWS: IAM User Guide, update a role trust policy: a user named there still needs `sts:AssumeRole` in its
    /// boundary, unlike with other resources' policies.
    pub(crate) fn passes_boundary(self, asks_for_trust: bool) -> bool {
        self == Self::Direct || (self == Self::User && !asks_for_trust)
    }

    /// Whether the session policies need not allow.
    pub(crate) fn passes_session(self) -> bool {
        self >= Self::User
    }
}

/// The answer alone: small and `Copy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`.
    pub effect: Effect,
    /// For a denial, the first check in AWS's order that decided.
    pub decided_by: Option<CheckType>,
}

impl Decision {
    /// Whether the request may go ahead.
    pub fn is_allowed(self) -> bool {
        self.effect == Effect::Allow
    }
}

/// One action on one resource, evaluated: AWS's Evaluation.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The action as asked.
    pub action: String,
    /// The resource as asked.
    pub resource: String,
    /// The outcome.
    pub effect: Effect,
    /// Every check that applies, in AWS's order.
    pub checks: Vec<Check>,
}

impl Evaluation {
    /// Whether the request may go ahead.
    pub fn is_allowed(&self) -> bool {
        self.effect == Effect::Allow
    }

    /// The checks that made it a denial: all explicit denials, else all that lacked an allow. None when allowed.
    pub fn deciding(&self) -> impl Iterator<Item = &Check> {
        let effect = self.effect;
        let checks = self.checks.iter();
        checks.filter(move |check| effect != Effect::Allow && check.effect == effect)
    }
}

/// One requirement and how it came out.
#[derive(Clone, Debug)]
pub struct Check {
    /// Which requirement.
    pub check_type: CheckType,
    /// Its outcome.
    pub effect: Effect,
    /// For control policies: the root, unit or account.
    pub target_arn: Option<String>,
    /// The policy types that can satisfy this check, plus those that matched.
    pub relevant_policy_types: Vec<PolicyType>,
    /// Every statement that was considered for this check, matched or not, in order.
    pub statements: Vec<StatementTrace>,
}

impl Check {
    /// The statements that count for this check: those that matched, without the Allows of a resource's policy
    /// that only leave the decision to the account.
    pub fn matched(&self) -> impl Iterator<Item = &StatementTrace> {
        let delegates = self.check_type == CheckType::Principal;
        self.statements.iter().filter(move |statement| {
            statement.matched()
                && !(delegates && statement.allows && statement.reach == Reach::Account)
        })
    }
}

impl Check {
    /// The types of policy that made this check a denial: of the Denies that matched, or the one that was missed.
    ///
    /// Within an account a resource's policy is part of the PRINCIPAL check, so a bucket's Deny makes that a denial by
    /// `RESOURCE_BASED_POLICY`.
    pub fn denied_by(&self) -> Vec<PolicyType> {
        match self.effect {
            Effect::Allow | Effect::NoImpact => Vec::new(),
            Effect::ImplicitDeny => vec![self.check_type.policy_type()],
            Effect::ExplicitDeny => {
                let denies = self.matched().filter(|statement| !statement.allows);
                let mut types: Vec<_> = denies.map(|statement| statement.policy_type).collect();
                types.sort_unstable();
                types.dedup();
                types
            }
        }
    }
}

/// What became of one statement.
#[derive(Clone, Debug)]
pub struct StatementTrace {
    /// The policy it stands in.
    pub policy: Arc<Policy>,
    /// The policy's type.
    pub policy_type: PolicyType,
    /// Its place in the policy, from 0.
    pub index: usize,
    /// Its Sid, if it has one.
    pub sid: Option<String>,
    /// Whether it is an Allow.
    pub allows: bool,
    /// Where it stands in its source.
    pub span: Span,
    /// How well it names the caller; [`Reach::None`] when it didn't match.
    pub reach: Reach,
    /// Why it didn't match; empty when it did.
    pub mismatches: Vec<Mismatch>,
    /// Its conditions that held, each with what it wanted and what the request had.
    pub held: Vec<Mismatch>,
}

impl StatementTrace {
    /// Whether all its elements matched.
    pub fn matched(&self) -> bool {
        self.mismatches.is_empty()
    }

    /// Whether it would have matched but for its conditions.
    pub fn failed_on_conditions_only(&self) -> bool {
        let is_condition =
            |mismatch: &Mismatch| matches!(mismatch.element, Element::Condition { .. });
        !self.matched() && self.mismatches.iter().all(is_condition)
    }
}

/// An element of a statement that didn't match, or a condition that held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which element.
    pub element: Element,
    /// What the policy wants (its values as written); for a malformed statement, what AWS asks for.
    pub wanted: Vec<String>,
    /// What the request had; empty when a condition key is absent.
    pub had: Vec<String>,
    /// Where the element stands.
    pub span: Span,
}

/// An element of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
    /// The statement as a whole: it is malformed and never matches.
    Statement,
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// One operator and key of `Condition`.
    Condition {
        /// As written: `StringEquals`.
        operator: String,
        /// As written: `sts:ExternalId`.
        key: String,
    },
}
