//! Groups and who is in them.

use rolecall_wire::{ServiceError, Structure, Value};

use super::{account, boundaries, error, listing, users};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, Group, GroupSpec, Holder, Rename, World};

/// AWS: IAM User Guide, IAM and AWS STS quotas.
const GROUPS_PER_USER: usize = 10;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("GroupName"));
    let added = world.add_group(GroupSpec {
        account: account.to_string(),
        path: call.input.string("Path").unwrap_or("/").to_owned(),
        name: name.to_owned(),
        policies: Vec::new(),
    });
    added.map_err(|error| error::refused(&error))?;
    let group = world.group_mut(&account, name);
    let group = group.ok_or_else(|| error::missing(Holder::Group, name))?;
    group.created = call.now();
    let created = described(group, call);
    Ok(Structure::new().with("Group", created).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let group = find(world, &account, call.required("GroupName"))?;
    let members = members(world, &account, group);
    let members = members.map(|user| Value::Structure(users::listed(user, call)));
    let answer = listing::page(call, "Users", members)?;
    Ok(answer.with("Group", described(group, call)).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let groups = world.groups(&account(call)?).into_iter();
    let asked = groups.filter(|group| listing::has_prefix(call, &group.path));
    let items = asked.map(|group| described(group, call));
    Ok(listing::page(call, "Groups", items)?.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("GroupName"));
    let group = find(world, &account, name)?;
    if members(world, &account, group).next().is_some() {
        return Err(error::conflict("remove users from group"));
    }
    boundaries::check_bare(&group.permissions)?;
    let removed = world.remove_group(account.as_str(), name);
    removed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("GroupName"));
    find(world, &account, name)?;
    let to = Rename {
        name: call.input.string("NewGroupName"),
        path: call.input.string("NewPath"),
    };
    let renamed = world.rename_group(&account, name, to);
    renamed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

pub(super) fn add_user(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("UserName"));
    let group = find(world, &account, call.required("GroupName"))?;
    let user = users::find(world, &account, name)?;
    let is_new = !user.groups.contains(&group.name);
    if is_new && user.groups.len() >= GROUPS_PER_USER {
        return Err(error::quota("GroupsPerUser", GROUPS_PER_USER));
    }
    let group = group.name.clone();
    let added = world.set_membership(&account, &group, name, true);
    added.ok_or_else(|| error::missing(Holder::User, name))?;
    Ok(Reply::empty())
}

pub(super) fn remove_user(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("UserName"));
    let group = find(world, &account, call.required("GroupName"))?;
    let group = group.name.clone();
    let removed = world.set_membership(&account, &group, name, false);
    if removed == Some(true) {
        Ok(Reply::empty())
    } else {
        Err(error::missing(Holder::User, name))
    }
}

fn members<'w>(
    world: &'w World,
    account: &AccountId,
    group: &Group,
) -> impl Iterator<Item = &'w crate::world::User> {
    let (users, name) = (world.users(account), group.name.clone());
    let is_member = move |user: &&crate::world::User| {
        let mut groups = user.groups.iter();
        groups.any(|other| other.eq_ignore_ascii_case(&name))
    };
    users.into_iter().map(AsRef::as_ref).filter(is_member)
}

fn find<'w>(world: &'w World, account: &AccountId, name: &str) -> Result<&'w Group, ServiceError> {
    let group = world.group(account.as_str(), name);
    group
        .map(AsRef::as_ref)
        .ok_or_else(|| error::missing(Holder::Group, name))
}

pub(super) fn described(group: &Group, call: &Call) -> Structure {
    Structure::new()
        .with("Path", group.path.as_str())
        .with("GroupName", group.name.as_str())
        .with("GroupId", group.id.as_str())
        .with("Arn", group.arn(call.partition()))
        .with("CreateDate", group.created)
}
