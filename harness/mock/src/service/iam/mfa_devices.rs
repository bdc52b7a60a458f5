//! Virtual MFA devices.
//!
//! AWS: IAM User Guide, AWS Multi-factor authentication in IAM. A device's QR code, which shows the same seed as a
//! picture, is left out.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use rolecall_wire::{ServiceError, Structure};

use super::tags::{self, Tagged};
use super::{account, error, listing, user_name, users};
use crate::ids::base32;
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, MfaDevice, MfaOwner, Tags, User, World, iam_arn, kept};

/// AWS: IAM User Guide, IAM and AWS STS quotas.
const DEVICES_PER_USER: usize = 8;

/// For operations about the tags of an MFA device.
#[derive(Debug)]
pub(super) struct OfMfaDevice;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?;
    let serial = arn(call, &account);
    if world.mfa_device(&serial).is_some() {
        return Err(error::exists(
            "MFADevice entity at the same path and name already exists.",
        ));
    }
    let seed = world.ids.bytes::<40>().to_vec();
    let made = Structure::new()
        .with("SerialNumber", serial.as_str())
        .with("Base32StringSeed", Bytes::from(base32(&seed)));
    let tags = tags::given(call)?;
    let shown = made.with_some("Tags", tags::shown(&tags));
    let mut device = MfaDevice::new(kept(&serial).into_owned(), account, seed);
    device.tags = tags;
    world.put_mfa_device(device);
    Ok(Structure::new().with("VirtualMFADevice", shown).into())
}

pub(super) fn enable(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?;
    let user = users::find(world, &account, call.required("UserName"))?;
    let device = find(world, call)?;
    if device.owner.is_some() {
        let message = format!(
            "MFA device {} is already in use.",
            call.shown(&device.serial)
        );
        return Err(error::exists(message));
    }
    if world.mfa_devices_of(user).count() >= DEVICES_PER_USER {
        return Err(error::quota("MFADevicesPerUser", DEVICES_PER_USER));
    }
    let owner = MfaOwner {
        id: user.id.clone(),
        since: call.now(),
    };
    let step = accepted(device, call)?;
    let device = find_mut(world, call)?;
    device.owner = Some(owner);
    device.use_step(step);
    Ok(Reply::empty())
}

pub(super) fn resync(world: &mut World, call: &Call) -> Answer {
    let user = users::find(world, &account(call)?, call.required("UserName"))?;
    let step = accepted(find_of(world, call, user)?, call)?;
    find_mut(world, call)?.use_step(step);
    Ok(Reply::empty())
}

pub(super) fn deactivate(world: &mut World, call: &Call) -> Answer {
    let user = owner(world, call)?;
    find_of(world, call, user)?;
    find_mut(world, call)?.owner = None;
    Ok(Reply::empty())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    if find(world, call)?.owner.is_some() {
        let message = "MFA VirtualDevice in use. Must deactivate first.";
        return Err(error::in_use(message));
    }
    world.remove_mfa_device(call.required("SerialNumber"));
    Ok(Reply::empty())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let user = owner(world, call)?;
    let device = find_of(world, call, user)?;
    Ok(described(call, device, user).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let user = owner(world, call)?;
    let devices = world.mfa_devices_of(user);
    let items = devices.map(|device| described(call, device, user));
    Ok(listing::page(call, "MFADevices", items)?.into())
}

pub(super) fn list_virtual(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let users = world.users(&account).into_iter();
    let users: HashMap<_, _> = users.map(|user| (user.id.as_str(), user)).collect();
    let asked = |device: &&Arc<MfaDevice>| {
        let is_assigned = device.owner.is_some();
        match call.input.string("AssignmentStatus") {
            Some("Assigned") => is_assigned,
            Some("Unassigned") => !is_assigned,
            _ => true,
        }
    };
    let devices = world.mfa_devices();
    let own = devices.filter(|device| device.account == account);
    let items = own.filter(asked).map(|device| {
        let owner = device.owner.as_ref();
        let user = owner.and_then(|owner| users.get(owner.id.as_str()));
        let since = owner.map(|owner| owner.since);
        Structure::new()
            .with("SerialNumber", &*call.shown(&device.serial))
            .with_some("User", user.map(|user| users::listed(user, call)))
            .with_some("EnableDate", since)
    });
    Ok(listing::page(call, "VirtualMFADevices", items)?.into())
}

/// The user of `UserName`, or the caller. The mock's root users have no devices.
fn owner<'w>(world: &'w World, call: &Call) -> Result<&'w User, ServiceError> {
    let name = user_name(call)?.ok_or_else(|| error::required("userName"))?;
    users::find(world, &account(call)?, name)
}

/// The step of the second of the request's two codes.
fn accepted(device: &MfaDevice, call: &Call) -> Result<i64, ServiceError> {
    let (first, second) = (
        call.required("AuthenticationCode1"),
        call.required("AuthenticationCode2"),
    );
    let step = device.accepts_both(first, second, call.now());
    step.ok_or_else(|| {
        let message = "Authentication code for device is not valid.";
        ServiceError::new(403, "InvalidAuthenticationCode", message)
    })
}

fn find<'w>(world: &'w World, call: &Call) -> Result<&'w Arc<MfaDevice>, ServiceError> {
    let serial = call.required("SerialNumber");
    let device = world.mfa_device(serial);
    let own = device.filter(|device| call.is_from(&device.account));
    own.ok_or_else(|| missing(serial))
}

fn find_of<'w>(
    world: &'w World,
    call: &Call,
    user: &User,
) -> Result<&'w Arc<MfaDevice>, ServiceError> {
    let device = find(world, call)?;
    let is_theirs = device.belongs_to(user);
    is_theirs
        .then_some(device)
        .ok_or_else(|| missing(call.required("SerialNumber")))
}

fn find_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut MfaDevice, ServiceError> {
    find(world, call)?;
    let serial = call.required("SerialNumber");
    let device = world.mfa_device_mut(serial);
    device.ok_or_else(|| missing(serial))
}

fn missing(serial: &str) -> ServiceError {
    error::no_such_entity(format!(
        "VirtualMFADevice with serial number {serial} doesn't exist."
    ))
}

impl Tagged for OfMfaDevice {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        Ok(&find(world, call)?.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        Ok(&mut find_mut(world, call)?.tags)
    }
}

/// The ARN of a device, as the request names it or is to make it.
pub(super) fn arn(call: &Call, account: &AccountId) -> String {
    let Some(serial) = call.input.string("SerialNumber") else {
        let path = call.input.string("Path").unwrap_or("/");
        let name = call.required("VirtualMFADeviceName");
        return iam_arn(call.partition(), account, "mfa", path, name);
    };
    serial.to_owned()
}

fn described(call: &Call, device: &MfaDevice, user: &User) -> Structure {
    let since = device.owner.as_ref().map(|owner| owner.since);
    Structure::new()
        .with("UserName", user.name.as_str())
        .with("SerialNumber", &*call.shown(&device.serial))
        .with_some("EnableDate", since)
}
