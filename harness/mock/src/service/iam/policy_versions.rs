//! The versions of managed policies: five at most, one of them in effect.
//!
//! AWS: IAM User Guide, Versioning IAM policies.

use rolecall_policy::validate::limits;
use rolecall_wire::{ServiceError, Structure};

use super::managed_policies::{find, find_own};
use super::{account, documents, error, listing};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{ManagedPolicy, PolicyVersion, World};

/// AWS: IAM User Guide, IAM and AWS STS quotas.
const LIMIT: usize = 5;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let policy = find_own(world, call, call.required("PolicyArn"))?;
    let document = documents::identity(call.required("PolicyDocument"))?;
    if documents::size(&document) > limits::MANAGED {
        return Err(error::quota("PolicySize", limits::MANAGED));
    }
    if policy.versions().count() >= LIMIT {
        return Err(error::limit(
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing \
             version.",
        ));
    }
    let now = call.now();
    let in_effect = call.input.boolean("SetAsDefault") == Some(true);
    let id = change(world, call, |policy| {
        let id = policy.add_version(document, now);
        if in_effect {
            policy.set_default(&id, now);
        }
        id
    })?;
    let made = Structure::new()
        .with("VersionId", id)
        .with("IsDefaultVersion", in_effect)
        .with("CreateDate", now);
    Ok(Structure::new().with("PolicyVersion", made).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let (arn, id) = (call.required("PolicyArn"), call.required("VersionId"));
    let policy = find(world, call, arn)?;
    let version = policy.versions().find(|version| version.id == id);
    let version = version.ok_or_else(|| error::missing_version(arn, id))?;
    let shown = with_document(version, &policy);
    Ok(Structure::new().with("PolicyVersion", shown).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let policy = find(world, call, call.required("PolicyArn"))?;
    let versions = policy.versions().map(|version| described(version, &policy));
    Ok(listing::page(call, "Versions", versions)?.into())
}

pub(super) fn set_default(world: &mut World, call: &Call) -> Answer {
    let (arn, id) = (call.required("PolicyArn"), call.required("VersionId"));
    find_own(world, call, arn)?;
    let now = call.now();
    if change(world, call, |policy| policy.set_default(id, now))? {
        Ok(Reply::empty())
    } else {
        Err(error::missing_version(arn, id))
    }
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (arn, id) = (call.required("PolicyArn"), call.required("VersionId"));
    if find_own(world, call, arn)?.default.id == id {
        return Err(error::in_use(
            "Cannot delete the default version of a policy.",
        ));
    }
    if change(world, call, |policy| policy.remove_version(id))? {
        Ok(Reply::empty())
    } else {
        Err(error::missing_version(arn, id))
    }
}

fn change<T>(
    world: &mut World,
    call: &Call,
    change: impl FnOnce(&mut ManagedPolicy) -> T,
) -> Result<T, ServiceError> {
    let arn = call.required("PolicyArn");
    let changed = world.change_policy(&account(call)?, arn, change);
    changed.ok_or_else(|| error::missing_policy(arn))
}

/// A version as lists have it.
fn described(version: &PolicyVersion, policy: &ManagedPolicy) -> Structure {
    Structure::new()
        .with("VersionId", version.id.as_str())
        .with("IsDefaultVersion", version.id == policy.default.id)
        .with_some("CreateDate", version.created)
}

pub(super) fn with_document(version: &PolicyVersion, policy: &ManagedPolicy) -> Structure {
    let document = documents::encoded(&version.document);
    described(version, policy).with("Document", document)
}
