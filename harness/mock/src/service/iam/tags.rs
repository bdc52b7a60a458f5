//! Tags of users and roles.
//!
//! AWS: IAM User Guide, Tags for IAM resources: keys that differ by case alone are the same.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::subject::Subject;
use super::{account, error, listing, roles, users};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Tags, World, check_tags};

pub(super) fn add<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let new = given(call)?;
    change::<S>(world, call, |mut tags| {
        for (key, value) in new {
            tags.retain(|(other, _)| !other.eq_ignore_ascii_case(&key));
            tags.push((key, value));
        }
        check(&tags)?;
        Ok(tags)
    })
}

pub(super) fn remove<S: Subject>(world: &mut World, call: &Call) -> Answer {
    let keys = keys(call);
    change::<S>(world, call, |mut tags| {
        tags.retain(|(key, _)| !keys.iter().any(|other| other.eq_ignore_ascii_case(key)));
        Ok(tags)
    })
}

fn change<S: Subject>(
    world: &mut World,
    call: &Call,
    change: impl FnOnce(Tags) -> Result<Tags, ServiceError>,
) -> Answer {
    let (account, name) = (account(call)?, S::name(call));
    let tags = world.tags_mut(S::HOLDER, &account, name);
    let tags = tags.ok_or_else(|| error::missing(S::HOLDER, name))?;
    *tags = change(tags.clone())?;
    Ok(Reply::empty())
}

pub(super) fn of_user(world: &World, call: &Call) -> Answer {
    let user = users::find(world, &account(call)?, call.required("UserName"))?;
    Ok(listing::page(call, "Tags", structures(&user.tags))?.into())
}

pub(super) fn of_role(world: &World, call: &Call) -> Answer {
    let role = roles::find(world, &account(call)?, call.required("RoleName"))?;
    Ok(listing::page(call, "Tags", structures(&role.tags))?.into())
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
    let passed = passed(call);
    for (key, value) in &passed {
        context.set(&format!("aws:RequestTag/{key}"), value.as_str());
    }
    let mut keys = keys(call);
    keys.extend(passed.into_iter().map(|(key, _)| key));
    if !keys.is_empty() {
        context.set_list("aws:TagKeys", keys);
    }
}

fn passed(call: &Call) -> Tags {
    let tags = call.input.list("Tags").iter();
    tags.filter_map(|tag| match tag {
        Value::Structure(tag) => {
            let text = |member| tag.string(member).unwrap_or_default().to_owned();
            Some((text("Key"), text("Value")))
        }
        _ => None,
    })
    .collect()
}

fn keys(call: &Call) -> Vec<String> {
    let keys = call.input.list("TagKeys").iter();
    keys.filter_map(|key| match key {
        Value::String(key) => Some(key.clone()),
        _ => None,
    })
    .collect()
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
