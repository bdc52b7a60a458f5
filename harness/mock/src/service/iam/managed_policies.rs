//! Managed policies.

use std::sync::Arc;

use rolecall_policy::validate::limits;
use rolecall_wire::{ServiceError, Structure};

use super::tags::{self, Tagged};
use super::{account, documents, error, listing};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, CustomerPolicySpec, ManagedPolicy, Tags, World};

/// For operations about the tags of a policy.
#[derive(Debug)]
pub(super) struct OfPolicy;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?;
    let document = documents::identity(call.required("PolicyDocument"))?;
    if documents::size(&document) > limits::MANAGED {
        return Err(error::quota("PolicySize", limits::MANAGED));
    }
    let tags = tags::given(call)?;
    let added = world.add_policy(CustomerPolicySpec {
        account: account.to_string(),
        path: call.input.string("Path").unwrap_or("/").to_owned(),
        name: call.required("PolicyName").to_owned(),
        document,
    });
    let arn = added.map_err(|error| error::refused(&error))?;
    let id = world.ids.unique_id("ANPA");
    let policy = world.managed_policy_mut(&arn);
    let policy = policy.ok_or_else(|| error::missing_policy(&arn))?;
    policy.id = id;
    policy.created = Some(call.now());
    policy.updated = Some(call.now());
    policy.default.created = Some(call.now());
    policy.description = call.input.string("Description").map(str::to_owned);
    policy.tags = tags;
    let policy = policy.clone();
    let created = described(world, call, &account, &arn, &policy);
    Ok(Structure::new().with("Policy", created).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let arn = call.required("PolicyArn");
    let policy = find(world, call, arn)?;
    let shown = described(world, call, &account(call)?, arn, &policy)
        .with_some("Description", policy.description.as_deref())
        .with_some("Tags", tags::shown(&policy.tags));
    Ok(Structure::new().with("Policy", shown).into())
}

/// The customer's policies and then those of AWS, unless the request asks for some only.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let scope = call.input.string("Scope").unwrap_or("All");
    let only_attached = call.input.boolean("OnlyAttached") == Some(true);
    let usage = call.input.string("PolicyUsageFilter");
    let in_use = world.policies_in_use(&account);
    let is_asked = |arn: &str| {
        if !listing::has_prefix(call, path_of(arn)) {
            return false;
        }
        if usage.is_none() && !only_attached {
            return true;
        }
        let (attached, boundaries) = if in_use.contains(arn) {
            world.uses_of_policy(&account, arn)
        } else {
            (0, 0)
        };
        let used = match usage {
            Some("PermissionsPolicy") => attached > 0,
            Some("PermissionsBoundary") => boundaries > 0,
            _ => true,
        };
        used && (!only_attached || attached > 0)
    };
    let arns = arns(world, &account, scope != "AWS", |_| scope != "Local");
    let asked = arns.into_iter().filter(|arn| is_asked(arn));
    let answer = listing::page_of_lists(call, ["Policies"], asked, |arn| {
        let policy = world.managed_policy(&arn)?;
        Some(("Policies", described(world, call, &account, &arn, &policy)))
    })?;
    Ok(answer.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, arn) = (account(call)?, call.required("PolicyArn"));
    let policy = find_own(world, call, arn)?;
    if world.uses_of_policy(&account, arn) != (0, 0) {
        return Err(error::in_use(
            "Cannot delete a policy attached to entities.",
        ));
    }
    if !policy.others.is_empty() {
        return Err(error::in_use(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's \
             versions. The default version is deleted with the policy.",
        ));
    }
    let removed = world.remove_policy(account.as_str(), name_of(arn));
    removed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

/// The ARNs of the customer's policies, if asked for, and then of those of AWS that are.
pub(super) fn arns(
    world: &World,
    account: &AccountId,
    with_own: bool,
    is_asked: impl Fn(&str) -> bool,
) -> Vec<String> {
    let own = world.customer_policies(account).into_iter();
    let own = own.filter(|_| with_own).map(|(arn, _)| arn.clone());
    let of_aws = rolecall_policy::managed::arns();
    own.chain(of_aws.filter(|arn| is_asked(arn))).collect()
}

/// A policy of the caller's account, or of AWS.
pub(super) fn find(
    world: &World,
    call: &Call,
    arn: &str,
) -> Result<Arc<ManagedPolicy>, ServiceError> {
    let is_readable = |policy: &Arc<ManagedPolicy>| {
        let owner = policy.account.as_ref();
        owner.is_none_or(|owner| call.is_from(owner))
    };
    let policy = world.managed_policy(arn).filter(is_readable);
    policy.ok_or_else(|| error::missing_policy(arn))
}

/// A policy that the caller's account may change.
pub(super) fn find_own(
    world: &World,
    call: &Call,
    arn: &str,
) -> Result<Arc<ManagedPolicy>, ServiceError> {
    let policy = find(world, call, arn)?;
    let is_own = policy.account.is_some();
    is_own.then_some(policy).ok_or_else(error::protected_policy)
}

impl Tagged for OfPolicy {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        let arn = call.required("PolicyArn");
        find_own(world, call, arn)?;
        let policy = world.customer_policy(arn);
        let policy = policy.ok_or_else(|| error::missing_policy(arn))?;
        Ok(&policy.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        let arn = call.required("PolicyArn");
        find_own(world, call, arn)?;
        let policy = world.managed_policy_mut(arn);
        let policy = policy.ok_or_else(|| error::missing_policy(arn))?;
        Ok(&mut policy.tags)
    }
}

/// A policy as lists have it.
pub(super) fn described(
    world: &World,
    call: &Call,
    account: &AccountId,
    arn: &str,
    policy: &ManagedPolicy,
) -> Structure {
    let (attached, boundaries) = world.uses_of_policy(account, arn);
    let count = |uses: usize| i64::try_from(uses).unwrap_or(i64::MAX);
    Structure::new()
        .with("PolicyName", name_of(arn))
        .with("PolicyId", policy.id.as_str())
        .with("Arn", &*call.shown(arn))
        .with("Path", path_of(arn))
        .with("DefaultVersionId", policy.default.id.as_str())
        .with("AttachmentCount", count(attached))
        .with("PermissionsBoundaryUsageCount", count(boundaries))
        .with("IsAttachable", true)
        .with_some("CreateDate", policy.created)
        .with_some("UpdateDate", policy.updated)
}

/// The name at the end of a policy's ARN.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// The path in a policy's ARN: `/` or `/x/y/`.
pub(super) fn path_of(arn: &str) -> &str {
    let resource = arn.split_once(":policy").map_or("/", |(_, path)| path);
    let end = resource.rfind('/').map_or(0, |slash| slash + 1);
    resource.get(..end).unwrap_or("/")
}
