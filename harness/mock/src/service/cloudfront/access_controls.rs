//! Origin access controls: how CloudFront signs its requests to an origin.
//!
//! AWS: CloudFront API Reference, data type `OriginAccessControl`.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure};

use super::{account, distributions, error, listing};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccessControl, World};

const LOCATION: &str = "https://cloudfront.amazonaws.com/2020-05-31/origin-access-control";

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let config = given(call);
    check_name(world, call, &config, None)?;
    let control = AccessControl {
        id: format!("E{}", world.ids.letters(13)),
        account: account(call)?.clone(),
        etag: distributions::new_etag(world),
        config,
    };
    let answer = described(&control);
    let location = format!("{LOCATION}/{}", control.id);
    world.insert_access_control(control);
    Ok(answer.with("Location", location).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    Ok(described(find(world, call)?).into())
}

pub(super) fn get_config(world: &World, call: &Call) -> Answer {
    let control = find(world, call)?;
    Ok(Structure::new()
        .with("ETag", control.etag.as_str())
        .with("OriginAccessControlConfig", control.config.clone())
        .into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let all = world.access_controls();
    let own = all.filter(|control| call.is_from(&control.account));
    let items = own.map(|control| {
        let id = Structure::new().with("Id", control.id.as_str());
        let members = control.config.iter();
        let item = members.fold(id, |item, (name, value)| item.with(name, value.clone()));
        (control.id.clone(), item)
    });
    let page = listing::page(call, items)?;
    Ok(Structure::new()
        .with("OriginAccessControlList", page)
        .into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let control = find(world, call)?;
    distributions::check_version(&control.etag, call)?;
    let mut changed = control.as_ref().clone();
    let config = given(call);
    check_name(world, call, &config, Some(&changed.id))?;
    changed.config = config;
    changed.etag = distributions::new_etag(world);
    let answer = described(&changed);
    world.insert_access_control(changed);
    Ok(answer.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let control = find(world, call)?;
    distributions::check_version(&control.etag, call)?;
    let id = control.id.clone();
    if world
        .distributions()
        .any(|distribution| distribution.signs_with(&id))
    {
        let message = "Cannot delete the origin access control because it's in use by one or more distributions.";
        return Err(ServiceError::new(409, "OriginAccessControlInUse", message));
    }
    world.remove_access_control(&id);
    Ok(Reply::empty())
}

fn find<'w>(world: &'w World, call: &Call) -> Result<&'w Arc<AccessControl>, ServiceError> {
    let mut all = world.access_controls();
    let control = all.find(|control| control.id == call.required("Id"));
    let own = control.filter(|control| call.is_from(&control.account));
    own.ok_or_else(error::no_such_access_control)
}

fn given(call: &Call) -> Structure {
    let config = call.input.structure("OriginAccessControlConfig");
    config.cloned().unwrap_or_default()
}

/// Names are unique within an account.
fn check_name(
    world: &World,
    call: &Call,
    config: &Structure,
    own: Option<&str>,
) -> Result<(), ServiceError> {
    let name = config.string("Name");
    let mut others = world
        .access_controls()
        .filter(|other| call.is_from(&other.account) && Some(other.id.as_str()) != own);
    if others.any(|other| other.config.string("Name") == name) {
        let message = "An origin access control with the same name already exists.";
        let code = "OriginAccessControlAlreadyExists";
        return Err(ServiceError::new(409, code, message));
    }
    Ok(())
}

fn described(control: &AccessControl) -> Structure {
    let shown = Structure::new()
        .with("Id", control.id.as_str())
        .with("OriginAccessControlConfig", control.config.clone());
    Structure::new()
        .with("ETag", control.etag.as_str())
        .with("OriginAccessControl", shown)
}
