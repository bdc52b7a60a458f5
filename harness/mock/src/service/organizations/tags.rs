//! Tags of roots, units, accounts and policies.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::{directory, error, listing, managed, organization};
use crate::service::call::Call;
use crate::service::need::set_request_tags;
use crate::service::{Answer, Reply};
use crate::world::{Directory, Tags, World};

/// AWS: Organizations User Guide, tagging: 50 tags at most.
const MOST: usize = 50;

pub(super) fn add(world: &mut World, call: &Call) -> Answer {
    let new = given(call)?;
    change(world, call, |tags| {
        tags.retain(|(key, _)| !new.iter().any(|(other, _)| other == key));
        tags.extend(new);
    })
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    let keys: Vec<&str> = call.input.strings("TagKeys").collect();
    change(world, call, |tags| {
        tags.retain(|(key, _)| !keys.contains(&key.as_str()));
    })
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let tags = of(directory, call.required("ResourceId"));
    let tags = tags.ok_or_else(|| error::not_found("Target", "a target"))?;
    let items = tags.iter().map(|(key, value)| {
        Structure::new()
            .with("Key", key.as_str())
            .with("Value", value.as_str())
    });
    Ok(listing::page(call, "Tags", items)?.into())
}

/// The tags of what an id names in the caller's organization.
pub(super) fn of_resource(world: &World, call: &Call, id: &str) -> Tags {
    let directory = directory(world, call).ok();
    let tags = directory.and_then(|directory| of(directory, id));
    tags.cloned().unwrap_or_default()
}

/// The tags of a request.
pub(super) fn given(call: &Call) -> Result<Tags, ServiceError> {
    let tags = passed(call);
    check(&tags)?;
    Ok(tags)
}

/// `aws:RequestTag/…` and `aws:TagKeys`.
pub(super) fn request_keys(call: &Call, context: &mut Context) {
    let removed = call.input.strings("TagKeys").map(str::to_owned);
    set_request_tags(context, &passed(call), removed.collect());
}

/// Whether a request gives tags.
pub(super) fn are_given(call: &Call) -> bool {
    !call.input.list("Tags").is_empty()
}

fn of<'d>(directory: &'d Directory, id: &str) -> Option<&'d Tags> {
    let node = directory.node(id).map(|node| &node.tags);
    node.or_else(|| directory.policy(id).map(|policy| &policy.tags))
}

fn change(world: &mut World, call: &Call, change: impl FnOnce(&mut Tags)) -> Answer {
    let id = call.required("ResourceId");
    organization::change(world, call, |directory| {
        let tags = of(directory, id).cloned();
        let mut tags = tags.ok_or_else(|| error::not_found("Target", "a target"))?;
        change(&mut tags);
        check(&tags)?;
        if let Some(node) = directory.node_mut(id) {
            node.tags = tags;
        } else if let Some(policy) = directory.policy_mut(id) {
            policy.tags = tags;
        }
        Ok(())
    })?;
    Ok(Reply::empty())
}

fn passed(call: &Call) -> Tags {
    let text = |tag: &Structure, member| tag.string(member).unwrap_or_default().to_owned();
    let tags = call.input.list("Tags").iter().filter_map(|tag| match tag {
        Value::Structure(tag) => Some((text(tag, "Key"), text(tag, "Value"))),
        _ => None,
    });
    tags.collect()
}

fn check(tags: &Tags) -> Result<(), ServiceError> {
    let mut keys: Vec<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
    if keys
        .iter()
        .any(|key| key.to_ascii_lowercase().starts_with("aws:"))
    {
        return Err(error::invalid_input(
            "INVALID_SYSTEM_TAGS_PARAMETER",
            "You specified a tag key that is a system tag. You can't add, edit, or delete system tag keys because they're \
             reserved for AWS use.",
        ));
    }
    keys.sort_unstable();
    keys.dedup();
    if keys.len() < tags.len() {
        return Err(error::invalid_input(
            "DUPLICATE_TAG_KEY",
            "Tag keys must be unique among the tags attached to the same entity.",
        ));
    }
    if tags.len() > MOST {
        return Err(error::constraint(
            "MAX_TAG_LIMIT_EXCEEDED",
            "You have exceeded the number of tags allowed on this resource.",
        ));
    }
    Ok(())
}
