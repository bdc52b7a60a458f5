//! Tags of distributions.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::{distributions, error};
use crate::service::call::Call;
use crate::service::need::set_request_tags;
use crate::service::{Answer, Reply};
use crate::world::{Tags, World, check_tags};

pub(super) fn add(world: &mut World, call: &Call) -> Answer {
    let new = given(call)?;
    change(world, call, |tags| {
        tags.retain(|(key, _)| !new.iter().any(|(other, _)| other == key));
        tags.extend(new);
    })
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    let keys = keys(call);
    change(world, call, |tags| {
        tags.retain(|(key, _)| !keys.contains(key));
    })
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let distribution = distributions::of_arn(world, call, call.required("Resource"));
    let distribution = distribution.ok_or_else(error::no_such_resource)?;
    let tag = |(key, value): &(String, String)| {
        let tag = Structure::new().with("Key", key.as_str());
        Value::from(tag.with("Value", value.as_str()))
    };
    let items: Vec<_> = distribution.tags.iter().map(tag).collect();
    let tags = Structure::new().with("Items", items);
    Ok(Structure::new().with("Tags", tags).into())
}

fn change(world: &mut World, call: &Call, change: impl FnOnce(&mut Tags)) -> Answer {
    let distribution = distributions::of_arn(world, call, call.required("Resource"));
    let id = distribution.map(|distribution| distribution.id.clone());
    let distribution = id.and_then(|id| world.distribution_mut(&id));
    let distribution = distribution.ok_or_else(error::no_such_resource)?;
    let mut tags = distribution.tags.clone();
    change(&mut tags);
    check(&tags)?;
    distribution.tags = tags;
    Ok(Reply::empty())
}

/// The tags of a request, which are next to the configuration of a distribution that is to be made.
pub(super) fn given(call: &Call) -> Result<Tags, ServiceError> {
    let tags = passed(call);
    check(&tags)?;
    Ok(tags)
}

/// `aws:RequestTag/…` and `aws:TagKeys`.
pub(super) fn request_keys(call: &Call, context: &mut Context) {
    set_request_tags(context, &passed(call), keys(call));
}

fn passed(call: &Call) -> Tags {
    let with_config = call.input.structure("DistributionConfigWithTags");
    let tags = with_config.unwrap_or(&call.input).structure("Tags");
    let items = tags.into_iter().flat_map(|tags| tags.structures("Items"));
    let text = |tag: &Structure, member| tag.string(member).unwrap_or_default().to_owned();
    items
        .map(|tag| (text(tag, "Key"), text(tag, "Value")))
        .collect()
}

fn keys(call: &Call) -> Vec<String> {
    let keys = call.input.structure("TagKeys").into_iter();
    let keys = keys.flat_map(|keys| keys.strings("Items"));
    keys.map(str::to_owned).collect()
}

/// AWS's texts for each rule aren't known.
fn check(tags: &Tags) -> Result<(), ServiceError> {
    check_tags(tags).map_err(|problem| error::invalid_tagging(&problem.to_string()))
}
