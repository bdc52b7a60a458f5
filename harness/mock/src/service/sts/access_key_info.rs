//! `GetAccessKeyInfo`: the account of an access key, whatever its state.

use rolecall_wire::Structure;

use super::validation_error;
use crate::ids::account_of_key;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

/// The account stands in the key id itself. AWS's answer to an id that has none isn't known.
pub(super) fn handle(world: &World, call: &Call) -> Answer {
    let id = call.required("AccessKeyId");
    let known = world.access_key(id).map(|key| key.account().to_string());
    let account = known
        .or_else(|| account_of_key(id))
        .ok_or_else(|| validation_error(format!("The access key id {id} is invalid")))?;
    Ok(Structure::new().with("Account", account).into())
}
