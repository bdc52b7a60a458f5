//! `GetFederationToken`: temporary credentials for someone a user vouches for.

use rolecall_wire::{ServiceError, Structure};

use super::credentials::{NewSession, issue};
use super::session_policy::SessionPolicies;
use super::session_token::duration;
use super::{access_denied, session_tags};
use crate::caller::{Identity, federated_user_arn};
use crate::service::Answer;
use crate::service::call::Call;
use crate::service::need::Resource;
use crate::world::{SessionIdentity, World};

pub(super) fn check(world: &World, call: &Call) -> Result<(), ServiceError> {
    session_tags::check(call)?;
    SessionPolicies::read(world, call)?.packed_size(call)?;
    Ok(())
}

/// The federated user that is to be.
pub(super) fn resource(call: &Call) -> Resource {
    match &call.caller.account {
        Some(account) => {
            let name = call.required("Name");
            Resource::of_caller(federated_user_arn(account, name, call.partition()))
        }
        None => Resource::everything(),
    }
}

pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let by = match &call.caller.identity {
        Identity::User(user) => Some((user.name.clone(), user.id.clone())),
        Identity::Root => None,
        _ => return Err(refused()),
    };
    let account = call.caller.account.clone().ok_or_else(refused)?;
    let name = call.required("Name");
    let arn = federated_user_arn(&account, name, call.partition());
    let user = Structure::new()
        .with("FederatedUserId", format!("{account}:{name}"))
        .with("Arn", arn.as_str());
    let policies = SessionPolicies::read(world, call)?;
    let packed_size = policies.packed_size(call)?;
    let identity = SessionIdentity::Federated {
        name: name.to_owned(),
        by,
    };
    let session = NewSession {
        policies: policies.prepare(&arn),
        tags: session_tags::passed(call),
        duration: duration(call),
        ..NewSession::new(account, identity)
    };
    Ok(Structure::new()
        .with("Credentials", issue(world, session, call.now()))
        .with("FederatedUser", user)
        .with_some("PackedPolicySize", packed_size)
        .into())
}

fn refused() -> ServiceError {
    access_denied("Cannot call GetFederationToken with session credentials")
}
