//! Time-based one-time codes of MFA devices.
//!
//! RFC 6238 with AWS's parameters: HMAC-SHA-1, steps of 30 seconds, six digits, each code good once.

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;

use super::User;
use super::World;

/// Seconds.
const STEP: i64 = 30;
/// How many steps a device's clock may be off, either way.
const DRIFT: i64 = 1;

/// A virtual MFA device.
#[derive(Clone, Debug)]
pub(crate) struct MfaDevice {
    /// Its ARN.
    pub(crate) serial: String,
    seed: [u8; 20],
}

impl MfaDevice {
    pub(crate) fn new(serial: String, seed: [u8; 20]) -> Self {
        Self { serial, seed }
    }

    fn code(&self, step: i64) -> String {
        format!("{:06}", truncated(&self.seed, step) % 1_000_000)
    }
}

/// RFC 4226, section 5.3: four bytes of the digest, from where its last bits point to.
fn truncated(seed: &[u8], step: i64) -> u32 {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(seed).expect("HMAC takes keys of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = digest.last().map_or(0, |last| usize::from(last & 15));
    let bytes = digest.iter().skip(offset).take(4);
    bytes.fold(0, |number, byte| (number << 8) | u32::from(*byte)) & 0x7fff_ffff
}

impl World {
    /// The serial number of a user's MFA device and a code that it accepts next, at a time.
    ///
    /// Every code is good once, so each call of an operation with MFA needs one of its own. Two codes are good at any
    /// moment, at least; then the clock must move.
    pub fn mfa_code(&self, account: &str, user: &str, now: Timestamp) -> Option<(String, String)> {
        let device = self.user(account, user)?.mfa.as_ref()?;
        let next = self.last_mfa_step(device).map_or(i64::MIN, |last| last + 1);
        let code = device.code(next.max(step(now)));
        Some((device.serial.clone(), code))
    }

    /// The step of a code that a user's device accepts.
    pub(crate) fn accepted_mfa_step(&self, user: &User, code: &str, now: Timestamp) -> Option<i64> {
        let device = user.mfa.as_ref()?;
        let unused = |step: &i64| self.last_mfa_step(device).is_none_or(|last| *step > last);
        (step(now) - DRIFT..=step(now) + DRIFT)
            .filter(unused)
            .find(|step| device.code(*step) == code)
    }

    /// Notes that the code of a step was used.
    pub(crate) fn use_mfa_step(&mut self, user: &User, step: i64) {
        if let Some(device) = &user.mfa {
            self.mfa_steps.insert(device.serial.clone(), step);
        }
    }

    fn last_mfa_step(&self, device: &MfaDevice) -> Option<i64> {
        self.mfa_steps.get(&device.serial).copied()
    }
}

fn step(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B; its codes have eight digits, of which ours are the last six.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let device = MfaDevice::new(String::new(), *b"12345678901234567890");
        let rows = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (second, code) in rows {
            let now = Timestamp::from_second(second).unwrap();
            assert_eq!(device.code(step(now)), code[2..], "at {second}");
        }
    }
}
