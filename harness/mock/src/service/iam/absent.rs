//! Credentials of kinds that the mock doesn't make: users have none, as tools see that clean up after a user.

use rolecall_wire::Structure;

use super::{account, listing, user_name, users};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

pub(super) fn ssh_keys(world: &World, call: &Call) -> Answer {
    none(world, call, "SSHPublicKeys")
}

pub(super) fn signing_certificates(world: &World, call: &Call) -> Answer {
    none(world, call, "Certificates")
}

pub(super) fn service_credentials(world: &World, call: &Call) -> Answer {
    none(world, call, "ServiceSpecificCredentials")
}

fn none(world: &World, call: &Call, member: &str) -> Answer {
    if let Some(name) = user_name(call)? {
        users::find(world, &account(call)?, name)?;
    }
    let none: [Structure; 0] = [];
    Ok(listing::page(call, member, none)?.into())
}
