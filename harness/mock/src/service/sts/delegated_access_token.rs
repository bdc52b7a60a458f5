//! `GetDelegatedAccessToken`: for AWS's partners, of whom the mock has none.

use rolecall_wire::ServiceError;

use super::access_denied;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::World;

/// Nobody here was given a token to trade in. What AWS says to one who isn't a partner isn't known; it is its usual
/// denial.
pub(super) fn handle(_: &World, call: &Call) -> Answer {
    let error: ServiceError = access_denied(format!(
        "User: {} is not authorized to perform: sts:GetDelegatedAccessToken",
        call.caller.arn()
    ));
    Err(error)
}
