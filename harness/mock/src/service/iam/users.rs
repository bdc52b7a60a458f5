//! Users.

use rolecall_wire::{ServiceError, Structure};

use super::{account, boundaries, error, listing, tags, user_name};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, Holder, Rename, User, UserSpec, World, root_arn};

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("UserName"));
    let spec = UserSpec {
        path: call.input.string("Path").unwrap_or("/").to_owned(),
        boundary: boundaries::given(world, call)?,
        tags: tags::given(call)?,
        ..UserSpec::new(account.as_str(), name)
    };
    let added = world.add_user_without_key(spec);
    added.map_err(|error| error::refused(&error))?;
    let user = find_mut(world, &account, name)?;
    user.created = call.now();
    let created = described(user, call).with_some("Tags", tags::shown(&user.tags));
    Ok(Structure::new().with("User", created).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let shown = match user_name(call)? {
        Some(name) => {
            let user = find(world, &account, name)?;
            described(user, call).with_some("Tags", tags::shown(&user.tags))
        }
        None => Structure::new()
            .with("UserId", account.as_str())
            .with("Arn", root_arn(call.partition(), &account))
            .with("CreateDate", world.start()),
    };
    Ok(Structure::new().with("User", shown).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let users = world.users(&account(call)?).into_iter();
    let asked = users.filter(|user| listing::has_prefix(call, &user.path));
    let items = asked.map(|user| listed(user, call));
    Ok(listing::page(call, "Users", items)?.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("UserName"));
    let user = find(world, &account, name)?;
    if !world.access_keys_of(&account, Some(name)).is_empty() {
        return Err(error::conflict("delete access keys"));
    }
    if !user.groups.is_empty() {
        return Err(error::conflict("remove users from group"));
    }
    if user.login.is_some() {
        return Err(error::conflict("delete login profile"));
    }
    if world.mfa_devices_of(user).next().is_some() {
        return Err(error::conflict("delete MFA device"));
    }
    boundaries::check_bare(&user.permissions)?;
    let removed = world.remove_user(account.as_str(), name);
    removed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("UserName"));
    find(world, &account, name)?;
    let to = Rename {
        name: call.input.string("NewUserName"),
        path: call.input.string("NewPath"),
    };
    let renamed = world.rename_user(&account, name, to);
    renamed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

pub(super) fn groups(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let user = find(world, &account, call.required("UserName"))?;
    let names = user.groups.iter();
    let groups = names.filter_map(|name| world.group(account.as_str(), name));
    let items = groups.map(|group| super::groups::described(group, call));
    Ok(listing::page(call, "Groups", items)?.into())
}

pub(super) fn find<'w>(
    world: &'w World,
    account: &AccountId,
    name: &str,
) -> Result<&'w User, ServiceError> {
    let user = world.user(account.as_str(), name);
    user.map(AsRef::as_ref)
        .ok_or_else(|| error::missing(Holder::User, name))
}

pub(super) fn find_mut<'w>(
    world: &'w mut World,
    account: &AccountId,
    name: &str,
) -> Result<&'w mut User, ServiceError> {
    let user = world.user_mut(account, name);
    user.ok_or_else(|| error::missing(Holder::User, name))
}

/// A user as lists have it.
pub(super) fn listed(user: &User, call: &Call) -> Structure {
    Structure::new()
        .with("Path", user.path.as_str())
        .with("UserName", user.name.as_str())
        .with("UserId", user.id.as_str())
        .with("Arn", user.arn(call.partition()))
        .with("CreateDate", user.created)
}

fn described(user: &User, call: &Call) -> Structure {
    let boundary = boundaries::shown(call, &user.permissions);
    listed(user, call).with_some("PermissionsBoundary", boundary)
}
