//! Virtual MFA devices. Each of their codes is good once.

use std::sync::Arc;

use jiff::Timestamp;

use super::{AccountId, Tags, User, World, kept};
use crate::totp::{self, step};

/// How many steps a device's clock may be off, either way.
const DRIFT: i64 = 1;

/// A virtual MFA device.
#[derive(Clone, Debug)]
pub(crate) struct MfaDevice {
    /// Its ARN in `aws`.
    pub(crate) serial: String,
    pub(crate) account: AccountId,
    pub(crate) seed: Vec<u8>,
    pub(crate) tags: Tags,
    /// Whose it is, once it is enabled.
    pub(crate) owner: Option<MfaOwner>,
    /// The step of the last code.
    last_step: Option<i64>,
}

/// The user that has a device.
#[derive(Clone, Debug)]
pub(crate) struct MfaOwner {
    /// The unique id, `AIDA…`.
    pub(crate) id: String,
    /// When the device was enabled.
    pub(crate) since: Timestamp,
}

impl MfaDevice {
    pub(crate) fn new(serial: String, account: AccountId, seed: Vec<u8>) -> Self {
        Self {
            serial,
            account,
            seed,
            tags: Tags::new(),
            owner: None,
            last_step: None,
        }
    }

    pub(crate) fn belongs_to(&self, user: &User) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.id == user.id)
    }

    /// The step of the second of two codes that follow each other, near a time.
    pub(crate) fn accepts_both(&self, first: &str, second: &str, now: Timestamp) -> Option<i64> {
        let latest = step(now) + DRIFT;
        (latest - 3..=latest)
            .find(|step| self.code(step - 1) == first && self.code(*step) == second)
    }

    /// The step of a code that is good at a time.
    pub(crate) fn accepts(&self, code: &str, now: Timestamp) -> Option<i64> {
        let unused = |step: &i64| self.last_step.is_none_or(|last| *step > last);
        (step(now) - DRIFT..=step(now) + DRIFT)
            .filter(unused)
            .find(|step| self.code(*step) == code)
    }

    /// Notes that the code of a step was used.
    pub(crate) fn use_step(&mut self, step: i64) {
        self.last_step = Some(step);
    }

    fn code(&self, step: i64) -> String {
        totp::code(&self.seed, step)
    }
}

impl World {
    /// The serial number of a user's MFA device and a code that it accepts next, at a time.
    ///
    /// Every code is good once, so each call of an operation with MFA needs one of its own. Two codes are good at any
    /// moment, at least; then the clock must move.
    pub fn mfa_code(&self, account: &str, user: &str, now: Timestamp) -> Option<(String, String)> {
        let device = self.mfa_devices_of(self.user(account, user)?).next()?;
        let next = device.last_step.map_or(i64::MIN, |last| last + 1);
        let code = device.code(next.max(step(now)));
        Some((device.serial.clone(), code))
    }

    pub(crate) fn mfa_device(&self, serial: &str) -> Option<&Arc<MfaDevice>> {
        self.mfa_devices.get(&*kept(serial))
    }

    pub(crate) fn mfa_device_mut(&mut self, serial: &str) -> Option<&mut MfaDevice> {
        self.mfa_devices.get_mut(&*kept(serial)).map(Arc::make_mut)
    }

    /// The devices of all accounts, by serial number.
    pub(crate) fn mfa_devices(&self) -> impl Iterator<Item = &Arc<MfaDevice>> {
        self.mfa_devices.values()
    }

    /// The devices that a user has.
    pub(crate) fn mfa_devices_of(&self, user: &User) -> impl Iterator<Item = &Arc<MfaDevice>> {
        self.mfa_devices().filter(|device| device.belongs_to(user))
    }

    pub(crate) fn put_mfa_device(&mut self, device: MfaDevice) {
        let serial = device.serial.clone();
        self.mfa_devices.insert(serial, Arc::new(device));
    }

    pub(crate) fn remove_mfa_device(&mut self, serial: &str) {
        self.mfa_devices.remove(&*kept(serial));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> MfaDevice {
        let account = AccountId::parse("123456789012").unwrap();
        MfaDevice::new(String::new(), account, b"12345678901234567890".to_vec())
    }

    #[test]
    fn two_codes_must_follow_each_other() {
        let (device, now) = (device(), Timestamp::from_second(1_111_111_111).unwrap());
        let (before, at) = ("081804", "050471");

        assert_eq!(device.accepts_both(before, at, now), Some(step(now)));
        assert_eq!(device.accepts_both(at, before, now), None);
        assert_eq!(device.accepts_both(at, at, now), None);
    }
}
