//! Managed policies. A customer's has one version, `v1`: the mock makes no others.

use std::sync::Arc;

use rolecall_policy::validate::limits;
use rolecall_wire::{ServiceError, Structure};

use super::{account, documents, error, listing, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, CustomerPolicySpec, ManagedPolicy, World};

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
    policy.description = call.input.string("Description").map(str::to_owned);
    policy.tags = tags;
    let policy = policy.clone();
    let created = described(world, &account, &arn, &policy);
    Ok(Structure::new().with("Policy", created).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let arn = call.required("PolicyArn");
    let policy = find(world, call, arn).ok_or_else(|| error::missing_policy(arn))?;
    let shown = described(world, &account(call)?, arn, &policy)
        .with_some("Description", policy.description.as_deref())
        .with_some("Tags", tags::shown(&policy.tags));
    Ok(Structure::new().with("Policy", shown).into())
}

pub(super) fn get_version(world: &World, call: &Call) -> Answer {
    let (arn, version) = (call.required("PolicyArn"), call.required("VersionId"));
    let policy = find(world, call, arn).ok_or_else(|| error::missing_policy(arn))?;
    if policy.version != version {
        return Err(error::no_such_entity(format!(
            "Policy {arn} version {version} does not exist or is not attachable."
        )));
    }
    let document = documents::encoded(&policy.document);
    let shown = described_version(&policy).with("Document", document);
    Ok(Structure::new().with("PolicyVersion", shown).into())
}

pub(super) fn list_versions(world: &World, call: &Call) -> Answer {
    let arn = call.required("PolicyArn");
    let policy = find(world, call, arn).ok_or_else(|| error::missing_policy(arn))?;
    Ok(listing::page(call, "Versions", [described_version(&policy)])?.into())
}

/// The customer's policies and then those of AWS, unless the request asks for some only.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let scope = call.input.string("Scope").unwrap_or("All");
    let customers = world.customer_policies(&account).into_iter();
    let customers = customers
        .filter(|_| scope != "AWS")
        .map(|(arn, policy)| (arn.clone(), Arc::clone(policy)));
    let of_aws = rolecall_policy::managed::names().filter(|_| scope != "Local");
    let of_aws = of_aws.filter_map(|name| {
        let arn = rolecall_policy::managed::find(name)?.arn;
        let policy = world.managed_policy(&arn)?;
        Some((arn, policy))
    });
    let only_attached = call.input.boolean("OnlyAttached") == Some(true);
    let usage = call.input.string("PolicyUsageFilter");
    let is_asked = |arn: &str| {
        let (attached, boundaries) = world.uses_of_policy(&account, arn);
        let used = match usage {
            Some("PermissionsPolicy") => attached > 0,
            Some("PermissionsBoundary") => boundaries > 0,
            _ => true,
        };
        used && (!only_attached || attached > 0) && listing::has_prefix(call, path_of(arn))
    };
    let items = customers
        .chain(of_aws)
        .filter(|(arn, _)| is_asked(arn))
        .map(|(arn, policy)| described(world, &account, &arn, &policy));
    Ok(listing::page(call, "Policies", items)?.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, arn) = (account(call)?, call.required("PolicyArn"));
    let policy = find(world, call, arn).ok_or_else(|| error::missing_policy(arn))?;
    if policy.account.is_none() {
        let message = "Cannot perform the operation on the protected policy - this policy is only modifiable by AWS";
        return Err(ServiceError::new(403, "AccessDenied", message));
    }
    if world.uses_of_policy(&account, arn) != (0, 0) {
        let message = "Cannot delete a policy attached to entities.";
        return Err(ServiceError::new(409, "DeleteConflict", message));
    }
    let removed = world.remove_policy(account.as_str(), name_of(arn));
    removed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

/// A policy of the caller's account, or of AWS.
fn find(world: &World, call: &Call, arn: &str) -> Option<Arc<ManagedPolicy>> {
    let policy = world.managed_policy(arn)?;
    let owner = policy.account.as_ref();
    owner
        .is_none_or(|owner| call.is_from(owner))
        .then_some(policy)
}

/// A policy as lists have it.
fn described(world: &World, account: &AccountId, arn: &str, policy: &ManagedPolicy) -> Structure {
    let (attached, boundaries) = world.uses_of_policy(account, arn);
    let count = |uses: usize| i64::try_from(uses).unwrap_or(i64::MAX);
    Structure::new()
        .with("PolicyName", name_of(arn))
        .with("PolicyId", policy.id.as_str())
        .with("Arn", arn)
        .with("Path", path_of(arn))
        .with("DefaultVersionId", policy.version.as_str())
        .with("AttachmentCount", count(attached))
        .with("PermissionsBoundaryUsageCount", count(boundaries))
        .with("IsAttachable", true)
        .with_some("CreateDate", policy.created)
        .with_some("UpdateDate", policy.created)
}

fn described_version(policy: &ManagedPolicy) -> Structure {
    Structure::new()
        .with("VersionId", policy.version.as_str())
        .with("IsDefaultVersion", true)
        .with_some("CreateDate", policy.created)
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
