//! The answer, in AWS's own model (`GetRequestAuthorizationDetails`).

use std::sync::Arc;

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

/// The requirement a [`Check`] stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckType {
    /// `RESOURCE_CONTROL_POLICY`.
    ResourceControlPolicy,
    /// `SERVICE_CONTROL_POLICY`.
    ServiceControlPolicy,
    /// `VPC_ENDPOINT`.
    VpcEndpoint,
    /// `RESOURCE`.
    Resource,
    /// `PRINCIPAL`.
    Principal,
    /// `PERMISSIONS_BOUNDARY`.
    PermissionsBoundary,
    /// `SESSION`.
    Session,
}

/// The answer alone: small and `Copy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`.
    pub effect: Effect,
    /// For a denial, the first check in AWS's order that decided.
    pub decided_by: Option<CheckType>,
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
    /// Why it didn't match; empty when it did.
    pub mismatches: Vec<Mismatch>,
}

/// An element of a statement that didn't match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Which element.
    pub element: Element,
    /// What the policy wants (its values as written).
    pub wanted: Vec<String>,
    /// What the request had; empty when a condition key is absent.
    pub had: Vec<String>,
    /// Where the element stands.
    pub span: Span,
}

/// An element of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element {
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

impl Evaluation {
    /// The end of AWS's denial message: `because no identity-based policy allows the s3:ListAllMyBuckets
    /// action`, or `with an explicit deny in an identity-based policy: ARN`. `None` when allowed.
    pub fn denial_reason(&self) -> Option<String> {
        todo!()
    }
}
