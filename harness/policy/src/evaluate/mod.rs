//! AWS's decision.
//!
//! [`decide`] answers a [`Request`], [`explain`] answers it with AWS's own explanation; both run the same code,
//! `checks`, which tells an observer what it does. In `decide` the observer is deaf and the compiler leaves
//! nothing of it.
//!
//! How AWS decides, in the order of its checks: every layer that applies must allow, and a matching Deny in
//! any of them ends it. Control policies come first, then the VPC endpoint's policy, the resource's policy where its
//! owner must allow separately (another account's resource, a role's trust, a KMS key), the principal's own
//! policies, its permissions boundary and its session policies. What the last three must allow depends on how
//! the resource's policy names the caller: see [`Reach`](crate::evaluation::Reach).
//!
//! Source: AWS, IAM User Guide, policy evaluation logic.

mod checks;
mod exceptions;
mod observer;
mod question;

pub(crate) use question::Question;

use crate::context::Context;
use crate::evaluation::{Decision, Evaluation};
use crate::policy::PolicySet;
use crate::principal::Principal;
use checks::run;
use observer::{Recorder, Silent};

pub(crate) use exceptions::asks_for_trust;
pub use exceptions::is_reserved;

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

static NO_POLICIES: PolicySet = PolicySet::none();

impl Default for Policies<'_> {
    /// No policies at all.
    fn default() -> Self {
        Self {
            identity: &NO_POLICIES,
            boundary: None,
            session: None,
            resource: None,
            service_control: &[],
            resource_control: &[],
            vpc_endpoint: None,
        }
    }
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
///
/// ```
/// use std::sync::Arc;
/// use rolecall_policy::{
///     Context, Document, Policies, Policy, PolicySet, Principal, Request, decide,
/// };
///
/// let reads = Document::parse(
///     r#"{"Version": "2012-10-17",
///         "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::site/*"}}"#,
/// )?;
/// let identity = PolicySet::new(vec![Arc::new(Policy::inline("reads", reads))]);
/// let request = Request {
///     principal: &Principal::user("arn:aws:iam::123456789012:user/ann", None),
///     action: "s3:GetObject",
///     resource: "arn:aws:s3:::site/index.html",
///     resource_account: None,
///     context: &Context::new(),
///     policies: Policies { identity: &identity, ..Policies::default() },
/// };
/// assert!(decide(&request).is_allowed());
/// assert!(!decide(&Request { action: "s3:PutObject", ..request }).is_allowed());
/// # Ok::<(), rolecall_policy::DocumentError>(())
/// ```
pub fn decide(request: &Request<'_>) -> Decision {
    run(request, &mut Silent)
}

/// Answers with AWS's own explanation.
pub fn explain(request: &Request<'_>) -> Evaluation {
    let mut recorder = Recorder::default();
    let decision = run(request, &mut recorder);
    Evaluation {
        action: request.action.to_owned(),
        resource: request.resource.to_owned(),
        effect: decision.effect,
        checks: recorder.checks(),
    }
}
