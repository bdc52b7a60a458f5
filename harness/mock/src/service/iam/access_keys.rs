//! The access keys of users, and of the root user for itself.

use jiff::Timestamp;
use rolecall_wire::{ServiceError, Structure};

use super::{account, error, listing, user_name, users};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccessKey, AccountId, World};

/// AWS: IAM User Guide, IAM and AWS STS quotas.
const LIMIT: usize = 2;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let (account, user) = owner(world, call)?;
    if world.access_keys_of(&account, user).len() >= LIMIT {
        return Err(error::quota("AccessKeysPerUser", LIMIT));
    }
    let key = world.add_access_key(&account, user, call.now());
    let shown = described(&key, user, world.start()).with("SecretAccessKey", key.secret.expose());
    Ok(Structure::new().with("AccessKey", shown).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let (account, user) = owner(world, call)?;
    let keys = world.access_keys_of(&account, user).into_iter();
    let items = keys.map(|key| described(key, user, world.start()));
    Ok(listing::page(call, "AccessKeyMetadata", items)?.into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let (_, id) = find(world, call)?;
    world.set_access_key(id, call.required("Status") == "Active");
    Ok(Reply::empty())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, id) = find(world, call)?;
    world.remove_access_key(&account, id);
    Ok(Reply::empty())
}

pub(super) fn last_used(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let id = call.required("AccessKeyId");
    let key = world.access_key(id).filter(|key| key.session().is_none());
    let key = key.filter(|key| *key.account() == account);
    let key = key.ok_or_else(|| missing(id))?;
    let last = key.last_use();
    let never = || "N/A".to_owned();
    let (service, region) = last.as_ref().map_or_else(
        || (never(), never()),
        |last| (last.service.clone(), last.region.clone()),
    );
    let last = Structure::new()
        .with_some("LastUsedDate", last.map(|last| last.when))
        .with("ServiceName", service)
        .with("Region", region);
    Ok(Structure::new()
        .with_some("UserName", key.user())
        .with("AccessKeyLastUsed", last)
        .into())
}

fn missing(id: &str) -> ServiceError {
    error::no_such_entity(format!("The Access Key with id {id} cannot be found."))
}

/// The account, and the user who must be there.
fn owner<'c>(world: &World, call: &'c Call) -> Result<(AccountId, Option<&'c str>), ServiceError> {
    let (account, user) = (account(call)?, user_name(call)?);
    if let Some(name) = user {
        users::find(world, &account, name)?;
    }
    Ok((account, user))
}

/// The key of `AccessKeyId`, which must be the user's.
fn find<'c>(world: &World, call: &'c Call) -> Result<(AccountId, &'c str), ServiceError> {
    let (account, user) = owner(world, call)?;
    let id = call.required("AccessKeyId");
    let is_theirs = world
        .access_key(id)
        .is_some_and(|key| key.is_of(&account, user));
    if is_theirs {
        Ok((account, id))
    } else {
        Err(missing(id))
    }
}

/// `start` is when the world begins, and with it the keys that were there before any request.
fn described(key: &AccessKey, user: Option<&str>, start: Timestamp) -> Structure {
    let status = if key.active { "Active" } else { "Inactive" };
    Structure::new()
        .with_some("UserName", user)
        .with("AccessKeyId", key.id.as_str())
        .with("Status", status)
        .with("CreateDate", key.created.unwrap_or(start))
}
