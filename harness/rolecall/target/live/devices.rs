//! MFA devices of users on a live target: virtual ones, whose codes are computed from the seed that AWS tells once.
//!
//! Each code is good once, and AWS may know a new one a moment later than we do, so that each request shows the next.
//!
//! AWS: IAM User Guide, Assigning a virtual MFA device; IAM API Reference, `CreateVirtualMFADevice` and `EnableMFADevice`.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use rolecall_mock::totp;
use rolecall_wire::{ServiceError, Structure};

use super::admin::Failure;
use super::journal::Kind;
use super::order::{Order, tags};
use super::plan::RUN_TAG;
use super::stage::LiveStage;
use crate::scenario::model::Mfa;
use crate::target::stage::{Unasked, Who};

/// How often a device is enabled with new codes: a code is refused where the clocks differ, or a step ends meanwhile.
const MOST_TRIES: u32 = 3;

/// A user's device.
#[derive(Debug)]
pub(super) struct Device {
    /// The scenario's name of the user.
    user: String,
    serial: String,
    seed: Vec<u8>,
    /// The step of the last code.
    last: AtomicI64,
}

impl Device {
    fn new(user: String, serial: &str, seed: Vec<u8>) -> Self {
        Self {
            user,
            serial: serial.to_owned(),
            seed,
            last: AtomicI64::new(i64::MIN),
        }
    }

    fn code(&self, step: i64) -> String {
        totp::code(&self.seed, step)
    }
}

/// The serial number of a device on the target.
pub(super) fn serial(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:mfa/{name}")
}

/// Whether a request was refused for its code, before any policy was asked.
///
/// AWS: STS answers so to codes that are wrong or were used, and to devices that it doesn't know (yet).
pub(super) fn is_about_code(error: &ServiceError) -> bool {
    let message = error.message.as_deref().unwrap_or_default();
    message.starts_with("MultiFactorAuthentication failed")
}

impl LiveStage {
    /// Makes a user's device, and enables it.
    pub(super) async fn give_device(
        &mut self,
        account: &str,
        user: String,
        name: &str,
    ) -> Result<(), Failure> {
        let mut order = Order::iam(account, "CreateVirtualMFADevice", Structure::new())
            .with("VirtualMFADeviceName", name);
        let run = [(RUN_TAG.to_owned(), self.live.run().to_owned())];
        order.input.set("Tags", tags(&run));
        let order = order.making(Kind::MfaDevice, name);
        let output = self.order(&order).await?;
        let unreadable = || Failure::Unreachable {
            order: order.to_string(),
            reason: "the answer has no MFA device".to_owned(),
        };
        let made = output
            .structure("VirtualMFADevice")
            .ok_or_else(unreadable)?;
        let seed = made.blob("Base32StringSeed").ok_or_else(unreadable)?;
        let seed = match totp::seed(seed) {
            Some(seed) => seed,
            // A record has no seeds, and compares no codes.
            None if self.live.is_replayed() => Vec::new(),
            None => return Err(unreadable()),
        };
        let serial = made.string("SerialNumber").ok_or_else(unreadable)?;
        let device = Device::new(user, serial, seed);
        self.enable(account, name, &device).await?;
        self.devices.retain(|other| other.user != device.user);
        self.devices.push(device);
        Ok(())
    }

    /// Enables a device with two codes that follow each other: the one before, and that of now.
    async fn enable(&self, account: &str, name: &str, device: &Device) -> Result<(), Failure> {
        let mut tries = 0;
        loop {
            let step = self.next_step(device).await;
            let order = Order::iam(account, "EnableMFADevice", Structure::new())
                .with("UserName", name)
                .with("SerialNumber", &device.serial)
                .with("AuthenticationCode1", &device.code(step - 1))
                .with("AuthenticationCode2", &device.code(step));
            tries += 1;
            match self.admins.build(&order).await {
                Err(Failure::Refused { error, .. })
                    if error.code == "InvalidAuthenticationCode" && tries < MOST_TRIES => {}
                enabled => return enabled.map(drop),
            }
        }
    }

    /// The serial number of a caller's device and a code: its next one, or the one given.
    pub(super) async fn shown(&self, who: Who<'_>, mfa: &Mfa) -> Result<(String, String), Unasked> {
        let Who::User(name) = who else {
            return Err(Unasked::Error("only a user has an MFA device".to_owned()));
        };
        let device = self.devices.iter().find(|device| device.user == name);
        let device =
            device.ok_or_else(|| Unasked::Error(format!("the user `{name}` has no MFA device")))?;
        let code = match mfa {
            Mfa::Valid => device.code(self.next_step(device).await),
            Mfa::Code(code) => code.clone(),
        };
        Ok((device.serial.clone(), code))
    }

    /// The step of the next code that wasn't used, once it has begun. A target that is asked for the truth alone takes the
    /// code of the next step as well, as a server should (RFC 6238, section 5.2): there a step less is waited for.
    async fn next_step(&self, device: &Device) -> i64 {
        let last = device.last.load(Ordering::Relaxed);
        let now = seconds(self.admins.client.now());
        let current = now.div_euclid(totp::STEP_SECONDS);
        let next = current.max(last.saturating_add(1));
        let early = i64::from(!self.admins.pace.is_eventual());
        let begins = next
            .saturating_sub(early)
            .saturating_mul(totp::STEP_SECONDS);
        let wait = u64::try_from(begins.saturating_sub(now)).unwrap_or(0);
        if wait > 0 {
            self.admins.pace.pause(Duration::from_secs(wait)).await;
        }
        device.last.store(next, Ordering::Relaxed);
        next
    }
}

/// Seconds since 1970.
fn seconds(now: SystemTime) -> i64 {
    let since = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
