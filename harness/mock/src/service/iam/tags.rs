//! Tags of users, roles, policies and all else that has them.
//!
//! AWS: IAM User Guide, Tags for IAM resources: keys that differ by case alone are the same.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::subject::{OfRole, OfUser, Subject};
use super::{account, error, listing, roles, users};
use crate::service::call::Call;
use crate::service::need::set_request_tags;
use crate::service::{Answer, Reply};
use crate::world::{Tags, World, check_tags};

/// What has tags: the operations that tag, untag and list are generic over it.
pub(super) trait Tagged {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError>;

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError>;
}

impl Tagged for OfUser {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        let user = users::find(world, &account(call)?, Self::name(call))?;
        Ok(&user.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        let user = users::find_mut(world, &account(call)?, Self::name(call))?;
        Ok(&mut user.tags)
    }
}

impl Tagged for OfRole {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        let role = roles::find(world, &account(call)?, Self::name(call))?;
        Ok(&role.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        let role = roles::find_mut(world, &account(call)?, Self::name(call))?;
        Ok(&mut role.tags)
    }
}

pub(super) fn add<T: Tagged>(world: &mut World, call: &Call) -> Answer {
    let new = given(call)?;
    let tags = T::tags_mut(world, call)?;
    let mut changed = tags.clone();
    for (key, value) in new {
        changed.retain(|(other, _)| !other.eq_ignore_ascii_case(&key));
        changed.push((key, value));
    }
    check(&changed)?;
    *tags = changed;
    Ok(Reply::empty())
}

pub(super) fn remove<T: Tagged>(world: &mut World, call: &Call) -> Answer {
    let keys = keys(call);
    let is_named = |key: &str| keys.iter().any(|other| other.eq_ignore_ascii_case(key));
    T::tags_mut(world, call)?.retain(|(key, _)| !is_named(key));
    Ok(Reply::empty())
}

pub(super) fn list<T: Tagged>(world: &World, call: &Call) -> Answer {
    let tags = T::tags(world, call)?;
    Ok(listing::page(call, "Tags", structures(tags))?.into())
}

/// The tags of a request.
pub(super) fn given(call: &Call) -> Result<Tags, ServiceError> {
    let tags = passed(call);
    for (index, (key, _)) in tags.iter().enumerate() {
        let mut before = tags.iter().take(index);
        if before.any(|(other, _)| other.eq_ignore_ascii_case(key)) {
            return Err(error::invalid_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
    }
    check(&tags)?;
    Ok(tags)
}

/// Tags as answers have them; none are left out.
pub(super) fn shown(tags: &Tags) -> Option<Vec<Value>> {
    (!tags.is_empty()).then(|| structures(tags).map(Value::Structure).collect())
}

/// `aws:RequestTag/…` and `aws:TagKeys`.
pub(super) fn request_keys(call: &Call, context: &mut Context) {
    set_request_tags(context, &passed(call), keys(call));
}

fn passed(call: &Call) -> Tags {
    let text = |tag: &Structure, member| tag.string(member).unwrap_or_default().to_owned();
    let tags = call.input.structures("Tags");
    tags.map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}

fn keys(call: &Call) -> Vec<String> {
    call.input.strings("TagKeys").map(str::to_owned).collect()
}

fn check(tags: &[(String, String)]) -> Result<(), ServiceError> {
    check_tags(tags).map_err(|error| error::refused(&error))
}

fn structures(tags: &Tags) -> impl Iterator<Item = Structure> {
    let tag = |(key, value): &(String, String)| {
        Structure::new()
            .with("Key", key.as_str())
            .with("Value", value.as_str())
    };
    tags.iter().map(tag)
}
