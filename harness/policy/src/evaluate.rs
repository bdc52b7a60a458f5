//! AWS's decision.

use crate::context::Context;
use crate::evaluation::{Decision, Evaluation};
use crate::policy::PolicySet;
use crate::principal::Principal;

/// One question: may `principal` do `action` to `resource`, under these policies and this context?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// `s3:GetObject`, in any case.
    pub action: &'a str,
    /// An ARN, or `*` for an action without resource-level permissions.
    pub resource: &'a str,
    /// The account that owns the resource; the principal's own where `None`.
    pub resource_account: Option<&'a str>,
    /// The condition keys, complete: nothing is added.
    pub context: &'a Context,
    /// The policies that apply.
    pub policies: Policies<'a>,
}

/// The policies that apply to a request, by layer.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'a> {
    /// Identity-based: the principal's own and its groups'.
    pub identity: &'a PolicySet,
    /// The permissions boundary, if one is attached.
    pub boundary: Option<&'a PolicySet>,
    /// Session policies, if any was passed.
    pub session: Option<&'a PolicySet>,
    /// The resource's policy (the trust policy for `sts:Assume*`), if it has one.
    pub resource: Option<&'a PolicySet>,
    /// Service control policies, a level each from the root down; empty outside organizations.
    pub service_control: &'a [Level],
    /// Resource control policies, likewise.
    pub resource_control: &'a [Level],
    /// The policy of the VPC endpoint the request came through.
    pub vpc_endpoint: Option<&'a PolicySet>,
}

/// The policies attached to one root, organizational unit or account.
#[derive(Clone, Debug, Default)]
pub struct Level {
    /// The Organizations ARN of the root, unit or account.
    pub target_arn: Option<String>,
    /// What is attached there.
    pub policies: PolicySet,
}

/// Answers, without allocating.
pub fn decide(request: &Request<'_>) -> Decision {
    todo!()
}

/// Answers with AWS's own explanation.
pub fn explain(request: &Request<'_>) -> Evaluation {
    todo!()
}
