//! Object Lock: retention and legal holds.
//!
//! AWS: S3 User Guide, Locking objects with Object Lock.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, invalid_request, malformed_xml};
use super::{checksum, resource, versions};
use crate::service::Answer;
use crate::service::Reply;
use crate::service::call::Call;
use crate::world::{Bucket, Lock, OBJECT_LOCK, Object, World};

const GOVERNANCE: &str = "GOVERNANCE";
const COMPLIANCE: &str = "COMPLIANCE";

/// The longest default retention, by its unit.
///
/// AWS: S3 User Guide, Configuring S3 Object Lock: 100 years.
const LONGEST: [(&str, i64); 2] = [("Days", 36_500), ("Years", 100)];

/// The lock of an object that is to be made: as the request says, else as the bucket's configuration does.
pub(super) fn of_request(call: &Call, bucket: &Bucket) -> Result<Lock, ServiceError> {
    let mode = call.input.string("ObjectLockMode");
    let until = time(&call.input, "ObjectLockRetainUntilDate");
    let hold = call.input.string("ObjectLockLegalHoldStatus");
    if mode.is_some() || until.is_some() || hold.is_some() {
        check_bucket(bucket)?;
    }
    let retention = match (mode, until) {
        (None, None) => default_retention(bucket, call.now()),
        (Some(mode), Some(until)) => Some(check_retention(call, mode, until)?),
        _ => {
            let message = "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied";
            let (name, value) = match mode {
                Some(mode) => ("x-amz-object-lock-mode", mode),
                None => ("x-amz-object-lock-retain-until-date", ""),
            };
            return Err(invalid_argument(name, value, message));
        }
    };
    let legal_hold = match hold {
        None => None,
        Some("ON") => Some(true),
        Some("OFF") => Some(false),
        Some(other) => {
            let message = "Legal Hold must be either of 'ON' or 'OFF'";
            return Err(invalid_argument(
                "x-amz-object-lock-legal-hold",
                other,
                message,
            ));
        }
    };
    Ok(Lock {
        retention,
        legal_hold,
    })
}

fn check_bucket(bucket: &Bucket) -> Result<(), ServiceError> {
    if bucket.locks_objects() {
        return Ok(());
    }
    let message = "Bucket is missing Object Lock Configuration";
    Err(invalid_request(message))
}

fn check_retention(
    call: &Call,
    mode: &str,
    until: Timestamp,
) -> Result<(String, Timestamp), ServiceError> {
    if mode != GOVERNANCE && mode != COMPLIANCE {
        let message = "Unknown wormMode directive.";
        return Err(invalid_argument("x-amz-object-lock-mode", mode, message));
    }
    if until <= call.now() {
        let message = "The retain until date must be in the future!";
        return Err(invalid_argument(
            "x-amz-object-lock-retain-until-date",
            &until.to_string(),
            message,
        ));
    }
    Ok((mode.to_owned(), until))
}

/// Refuses a rule of a bucket's configuration that isn't a mode and a period, in days or in years.
///
/// AWS: S3 API Reference, `DefaultRetention`. What a period that is no period gets is a capture of live S3; the text of
/// one that is too long isn't known.
pub(super) fn check_rule(rule: &Structure) -> Result<(), ServiceError> {
    let default = rule.structure("DefaultRetention");
    let default = default.ok_or_else(malformed_xml)?;
    let mut periods = LONGEST
        .iter()
        .filter_map(|(unit, longest)| Some((unit, *longest, default.integer(unit)?)));
    let (Some(_), Some((unit, longest, count)), None) =
        (default.string("Mode"), periods.next(), periods.next())
    else {
        return Err(malformed_xml());
    };
    let message = if count <= 0 {
        "Default retention period must be a positive integer value."
    } else if count > longest {
        "Default retention period is too large."
    } else {
        return Ok(());
    };
    Err(ServiceError::new(400, "InvalidArgument", message).with("ArgumentName", *unit))
}

/// What the bucket's configuration gives every new object.
fn default_retention(bucket: &Bucket, now: Timestamp) -> Option<(String, Timestamp)> {
    let rule = bucket.configurations.get(OBJECT_LOCK)?.structure("Rule")?;
    let default = rule.structure("DefaultRetention")?;
    let days = match (default.integer("Days"), default.integer("Years")) {
        (Some(days), _) => days,
        (None, years) => years?.saturating_mul(365),
    };
    let until = now
        .checked_add(SignedDuration::from_hours(days.saturating_mul(24)))
        .ok()?;
    Some((default.string("Mode")?.to_owned(), until))
}

/// Refuses to delete a version that is locked. Governance gives way to whoever says so and may.
pub(super) fn check_deletion(call: &Call, object: &Object) -> Result<(), ServiceError> {
    let lock = &object.properties.lock;
    let bypasses = call.input.boolean("BypassGovernanceRetention") == Some(true);
    let retained = lock
        .retention
        .as_ref()
        .is_some_and(|(mode, until)| *until > call.now() && !(bypasses && mode == GOVERNANCE));
    if retained || lock.legal_hold == Some(true) {
        return Err(protected());
    }
    Ok(())
}

fn protected() -> ServiceError {
    let message = "Access Denied because object protected by object lock.";
    ServiceError::new(403, "AccessDenied", message)
}

pub(super) fn get_retention(world: &World, call: &Call) -> Answer {
    let lock = find(world, call)?;
    let (mode, until) = lock.retention.ok_or_else(no_lock)?;
    let retention = Structure::new()
        .with("Mode", mode)
        .with("RetainUntilDate", until);
    Ok(Structure::new().with("Retention", retention).into())
}

pub(super) fn put_retention(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    let old = find(world, call)?.retention;
    let given = call
        .input
        .structure("Retention")
        .ok_or_else(malformed_xml)?;
    let new = match (given.string("Mode"), time(given, "RetainUntilDate")) {
        (None, None) => None,
        (Some(mode), Some(until)) => Some(check_retention(call, mode, until)?),
        _ => return Err(malformed_xml()),
    };
    let bypasses = call.input.boolean("BypassGovernanceRetention") == Some(true);
    let in_force = old.filter(|(_, until)| *until > call.now());
    if in_force.is_some_and(|old| weakens(&old, new.as_ref(), bypasses)) {
        return Err(protected());
    }
    change(world, call, |lock| lock.retention = new)
}

/// Whether a new retention takes away from one in force, without the right to.
fn weakens(old: &(String, Timestamp), new: Option<&(String, Timestamp)>, bypasses: bool) -> bool {
    let stays = new.is_some_and(|new| new.1 >= old.1 && (new.0 == old.0 || new.0 == COMPLIANCE));
    let gives_way = bypasses && old.0 == GOVERNANCE;
    !(stays || gives_way)
}

pub(super) fn get_legal_hold(world: &World, call: &Call) -> Answer {
    let is_on = find(world, call)?.legal_hold.ok_or_else(no_lock)?;
    let status = if is_on { "ON" } else { "OFF" };
    let hold = Structure::new().with("Status", status);
    Ok(Structure::new().with("LegalHold", hold).into())
}

pub(super) fn put_legal_hold(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, true)?;
    find(world, call)?;
    let given = call.input.structure("LegalHold");
    let held = match given.and_then(|given| given.string("Status")) {
        Some("ON") => true,
        Some("OFF") => false,
        _ => return Err(malformed_xml()),
    };
    change(world, call, |lock| lock.legal_hold = Some(held))
}

fn find(world: &World, call: &Call) -> Result<Lock, ServiceError> {
    let bucket = Arc::clone(resource::bucket(world, call)?);
    check_bucket(&bucket)?;
    let version = call.input.string("VersionId");
    let found = versions::find(world, call, &bucket, call.required("Key"), version)?;
    Ok(found.object.properties.lock.clone())
}

fn change(world: &mut World, call: &Call, change: impl FnOnce(&mut Lock)) -> Answer {
    let (key, version) = (call.required("Key"), call.input.string("VersionId"));
    let objects = &mut resource::bucket_mut(world, call)?.objects;
    if let Some(object) = objects.get_mut(key, version) {
        change(&mut object.properties.lock);
    }
    Ok(Reply::empty())
}

fn no_lock() -> ServiceError {
    let message = "The specified object does not have a ObjectLock configuration";
    ServiceError::new(404, "NoSuchObjectLockConfiguration", message)
}

fn time(structure: &Structure, member: &str) -> Option<Timestamp> {
    match structure.get(member)? {
        Value::Timestamp(time) => Some(*time),
        _ => None,
    }
}

/// Adds the lock to what is said of an object.
pub(super) fn describe(lock: &Lock, output: &mut Structure) {
    if let Some((mode, until)) = &lock.retention {
        output.set("ObjectLockMode", mode.as_str());
        output.set("ObjectLockRetainUntilDate", *until);
    }
    if let Some(held) = lock.legal_hold {
        output.set("ObjectLockLegalHoldStatus", if held { "ON" } else { "OFF" });
    }
}
