//! `GetSessionToken`: temporary credentials for the caller itself. No policy can deny it.

use rolecall_wire::{ServiceError, Structure};

use super::credentials::{NewSession, issue};
use super::{access_denied, mfa};
use crate::caller::{Caller, Identity};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{AccountId, SessionIdentity, World};

/// Seconds; AWS: API Reference, `GetSessionToken`, `DurationSeconds`.
const USER_DEFAULT: i64 = 43_200;
/// Seconds; longer requests of a root user are cut to this.
const ROOT_LIMIT: i64 = 3_600;

pub(super) fn check(world: &World, call: &Call) -> Result<(), ServiceError> {
    mfa::shown(world, call).map(drop)
}

pub(super) fn handle(world: &mut World, call: &Call) -> Answer {
    let shown = mfa::shown(world, call)?;
    if let Some(shown) = &shown {
        shown.use_up(world);
    }
    let (account, identity) = itself(&call.caller)?;
    let session = NewSession {
        duration: duration(call),
        mfa: shown.map(|_| call.now()),
        ..NewSession::new(account, identity)
    };
    let credentials = issue(world, session, call.now());
    Ok(Structure::new().with("Credentials", credentials).into())
}

/// The length of a session that a user or root user begins for itself or for one it federates.
pub(super) fn duration(call: &Call) -> i64 {
    let asked = call.input.integer("DurationSeconds");
    match &call.caller.identity {
        Identity::Root => asked.unwrap_or(ROOT_LIMIT).min(ROOT_LIMIT),
        _ => asked.unwrap_or(USER_DEFAULT),
    }
}

fn itself(caller: &Caller) -> Result<(AccountId, SessionIdentity), ServiceError> {
    match (&caller.account, &caller.identity) {
        (Some(account), Identity::Root) => Ok((account.clone(), SessionIdentity::Root)),
        (Some(account), Identity::User(user)) => {
            let (name, id) = (user.name.clone(), user.id.clone());
            Ok((account.clone(), SessionIdentity::User { name, id }))
        }
        _ => Err(access_denied(
            "Cannot call GetSessionToken with session credentials",
        )),
    }
}
