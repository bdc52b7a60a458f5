//! `AssumeRoot`: a short session as the root user of a member account, for one of a few tasks.
//!
//! AWS: IAM User Guide, Centrally manage root access for member accounts.

use std::sync::Arc;

use rolecall_policy::{Policy, PolicySet};
use rolecall_wire::{ServiceError, Structure};

use super::credentials::{NewSession, issue};
use super::validation_error;
use crate::caller::{Identity, ROOT_PERMISSIONS};
use crate::service::Answer;
use crate::service::call::Call;
use crate::service::need::Resource;
use crate::world::{AccountId, SessionIdentity, World, root_arn};

/// Seconds; AWS: API Reference, `AssumeRoot`, `DurationSeconds`: the default, and the most.
const DURATION: i64 = 900;

/// AWS: API Reference, `AssumeRoot`, `TaskPolicyArn`.
const TASKS: [&str; 5] = [
    "IAMAuditRootUserCredentials",
    "IAMCreateRootUserPassword",
    "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy",
    "SQSUnlockQueuePolicy",
];

/// The root user of `TargetPrincipal`.
pub(super) fn resource(call: &Call) -> Resource {
    match target(call) {
        Some(account) => Resource {
            arn: root_arn(call.partition(), &account),
            account: Some(account),
            policy: None,
            tags: Vec::new(),
        },
        None => Resource::of_caller(call.required("TargetPrincipal").to_owned()),
    }
}

/// An account's number, or the ARN of its root user.
fn target(call: &Call) -> Option<AccountId> {
    let target = call.required("TargetPrincipal");
    let account = match target.strip_suffix(":root") {
        Some(arn) => arn.rsplit(':').next()?,
        None => target,
    };
    AccountId::parse(account).ok()
}

/// The ARN of the task policy.
pub(super) fn task(call: &Call) -> Option<&str> {
    call.input.structure("TaskPolicyArn")?.string("arn")
}

pub(super) fn check(_: &World, call: &Call) -> Result<(), ServiceError> {
    let arn = task(call).unwrap_or_default();
    let start = format!("arn:{}:iam::aws:policy/root-task/", call.partition());
    match arn.strip_prefix(&start) {
        Some(name) if TASKS.contains(&name) => Ok(()),
        _ => Err(no_task(arn)),
    }
}

/// AWS's words for a task policy that is none aren't known.
fn no_task(arn: &str) -> ServiceError {
    validation_error(format!("{arn} is not a task policy"))
}

/// From the management account into another account of its organization, but not by a root user.
fn is_entitled(world: &World, call: &Call, target: &AccountId) -> bool {
    let caller = call.caller.account.as_ref();
    let manages = caller
        .and_then(|account| world.membership(account))
        .is_some_and(|membership| membership.is_management);
    let is_root = matches!(call.caller.identity, Identity::Root);
    manages
        && !is_root
        && caller.is_some_and(|caller| caller != target && world.are_related(caller, target))
}

pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let target = target(call).filter(|target| is_entitled(world, call, target));
    let (Some(target), Some(arn)) = (target, task(call)) else {
        return Err(super::access_denied(format!(
            "User: {} is not authorized to perform: sts:AssumeRoot on resource: {}",
            call.caller.arn(),
            resource(call).arn
        )));
    };
    let root = root_arn(call.partition(), &target);
    let policy = world.managed_policy(arn).ok_or_else(|| no_task(arn))?;
    let task = Arc::new(Policy {
        uri: arn.to_owned(),
        inline: false,
        attached_to: Some(root),
        document: Arc::clone(&policy.default.document.document),
        text: Some(Arc::clone(&policy.default.document.json)),
    });
    // Task policies only deny: what they leave is the root user's.
    let everything = ROOT_PERMISSIONS.policies().iter().cloned();
    let source_identity = call
        .caller
        .session
        .as_ref()
        .and_then(|s| s.source_identity.clone());
    let session = NewSession {
        policies: Some(Arc::new(PolicySet::new(
            std::iter::once(task).chain(everything).collect(),
        ))),
        source_identity: source_identity.clone(),
        duration: call.input.integer("DurationSeconds").unwrap_or(DURATION),
        assumed_root: true,
        ..NewSession::new(target, SessionIdentity::Root)
    };
    Ok(Structure::new()
        .with("Credentials", issue(world, session, call.now()))
        .with_some("SourceIdentity", source_identity)
        .into())
}
