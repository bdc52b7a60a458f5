//! One-time codes of MFA devices, given with `AssumeRole` and `GetSessionToken`.
//!
//! AWS: IAM User Guide, Secure API access with MFA.

use rolecall_policy::Context;
use rolecall_wire::ServiceError;

use super::access_denied;
use crate::caller::Identity;
use crate::service::call::Call;
use crate::world::World;

/// A code that was shown and is right.
#[derive(Debug)]
pub(super) struct Shown {
    serial: String,
    step: i64,
}

impl Shown {
    /// Notes that the code was used: it is good once.
    pub(super) fn use_up(&self, world: &mut World) {
        if let Some(device) = world.mfa_device_mut(&self.serial) {
            device.use_step(self.step);
        }
    }
}

/// The code of the request, if it is the next one of the caller's own device; `None` if the request has none.
pub(super) fn shown(world: &World, call: &Call) -> Result<Option<Shown>, ServiceError> {
    let (serial, code) = match (
        call.input.string("SerialNumber"),
        call.input.string("TokenCode"),
    ) {
        (None, None) => return Ok(None),
        (Some(serial), Some(code)) => (serial, code),
        _ => {
            return Err(access_denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            ));
        }
    };
    let user = match &call.caller.identity {
        Identity::User(user) => Some(user),
        _ => None,
    };
    let device = world.mfa_device(serial);
    let own = device.filter(|device| user.is_some_and(|user| device.belongs_to(user)));
    let Some(device) = own else {
        return Err(access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number \
             is valid and associated with this user.",
        ));
    };
    match device.accepts(code, call.now()) {
        Some(step) => Ok(Some(Shown {
            serial: serial.to_owned(),
            step,
        })),
        // The space at the end is AWS's.
        None => Err(access_denied(
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        )),
    }
}

/// In the request that shows a code, the keys tell of it; a wrong code never comes as far as a policy.
pub(super) fn keys(call: &Call, context: &mut Context) {
    if call.input.get("TokenCode").is_some() {
        context.set("aws:MultiFactorAuthPresent", "true");
        context.set("aws:MultiFactorAuthAge", "0");
    }
}
