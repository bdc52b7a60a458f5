//! Instance profiles.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::tags::{self, Tagged};
use super::{account, error, listing, roles};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, InstanceProfile, Tags, World};

/// For operations about the tags of an instance profile.
#[derive(Debug)]
pub(super) struct OfInstanceProfile;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let profile = InstanceProfile {
        account: account(call)?,
        path: call.input.string("Path").unwrap_or("/").to_owned(),
        name: call.required("InstanceProfileName").to_owned(),
        id: world.ids.unique_id("AIPA"),
        created: call.now(),
        tags: tags::given(call)?,
        role: None,
    };
    let made = described(world, &profile, call);
    let added = world.add_instance_profile(profile);
    added.map_err(|error| error::refused(&error))?;
    Ok(Structure::new().with("InstanceProfile", made).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let shown = described(world, find(world, call)?, call);
    Ok(Structure::new().with("InstanceProfile", shown).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let profiles = world.instance_profiles(&account(call)?).into_iter();
    let asked = profiles.filter(|profile| listing::has_prefix(call, &profile.path));
    let items = asked.map(|profile| listed(world, profile, call));
    Ok(listing::page(call, "InstanceProfiles", items)?.into())
}

pub(super) fn list_for_role(world: &World, call: &Call) -> Answer {
    let (account, role) = (account(call)?, call.required("RoleName"));
    roles::find(world, &account, role)?;
    let profiles = world.instance_profiles_with(&account, role).into_iter();
    let items = profiles.map(|profile| listed(world, profile, call));
    Ok(listing::page(call, "InstanceProfiles", items)?.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let profile = find(world, call)?;
    if profile.role.is_some() {
        return Err(error::conflict("remove roles from instance profile"));
    }
    let (account, name) = (profile.account.clone(), profile.name.clone());
    let removed = world.remove_instance_profile(&account, &name);
    removed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

pub(super) fn add_role(world: &mut World, call: &Call) -> Answer {
    let (account, role) = (account(call)?, call.required("RoleName"));
    find(world, call)?;
    roles::check_own(roles::find(world, &account, role)?)?;
    let profile = find_mut(world, &account, call)?;
    if profile.role.is_some() {
        return Err(error::quota("InstanceSessionsPerInstanceProfile", 1));
    }
    profile.role = Some(role.to_owned());
    Ok(Reply::empty())
}

pub(super) fn remove_role(world: &mut World, call: &Call) -> Answer {
    let (account, role) = (account(call)?, call.required("RoleName"));
    find(world, call)?;
    roles::find(world, &account, role)?;
    let profile = find_mut(world, &account, call)?;
    if profile.role.as_deref() != Some(role) {
        let name = &profile.name;
        return Err(error::no_such_entity(format!(
            "Role {role} in Instance Profile {name} cannot be found."
        )));
    }
    profile.role = None;
    Ok(Reply::empty())
}

/// The role goes to EC2. AWS: IAM User Guide, Grant a user permissions to pass a role to an AWS service.
pub(super) fn passed_to(_: &Call, context: &mut Context) {
    context.set("iam:PassedToService", "ec2.amazonaws.com");
}

fn find<'w>(world: &'w World, call: &Call) -> Result<&'w InstanceProfile, ServiceError> {
    let name = call.required("InstanceProfileName");
    let profile = world.instance_profile(&account(call)?, name);
    profile
        .map(AsRef::as_ref)
        .ok_or_else(|| error::missing_instance_profile(name))
}

fn find_mut<'w>(
    world: &'w mut World,
    account: &AccountId,
    call: &Call,
) -> Result<&'w mut InstanceProfile, ServiceError> {
    let name = call.required("InstanceProfileName");
    let profile = world.instance_profile_mut(account, name);
    profile.ok_or_else(|| error::missing_instance_profile(name))
}

impl Tagged for OfInstanceProfile {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        Ok(&find(world, call)?.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        Ok(&mut find_mut(world, &account(call)?, call)?.tags)
    }
}

/// An instance profile as lists have it: without tags.
pub(super) fn listed(world: &World, profile: &InstanceProfile, call: &Call) -> Structure {
    let role = profile.role.as_deref();
    let role = role.and_then(|role| world.role(profile.account.as_str(), role));
    let roles = role.map(|role| Value::from(roles::listed(role, call)));
    Structure::new()
        .with("Path", profile.path.as_str())
        .with("InstanceProfileName", profile.name.as_str())
        .with("InstanceProfileId", profile.id.as_str())
        .with("Arn", profile.arn(call.partition()))
        .with("CreateDate", profile.created)
        .with("Roles", roles.into_iter().collect::<Vec<_>>())
}

fn described(world: &World, profile: &InstanceProfile, call: &Call) -> Structure {
    listed(world, profile, call).with_some("Tags", tags::shown(&profile.tags))
}
