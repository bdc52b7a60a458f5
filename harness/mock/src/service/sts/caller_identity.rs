//! `GetCallerIdentity`: no policy can deny it.

use rolecall_wire::Structure;

use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{AccountId, World};

#[expect(clippy::unnecessary_wraps, reason = "the signature of all handlers")]
pub(super) fn handle(_: &World, call: &Call) -> Answer {
    let caller = &call.caller;
    let account = caller.account.as_ref().map_or("", AccountId::as_str);
    Ok(Structure::new()
        .with("Arn", caller.arn())
        .with("UserId", caller.user_id.as_str())
        .with("Account", account)
        .into())
}
