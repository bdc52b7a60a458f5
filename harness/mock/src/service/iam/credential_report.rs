//! The credential report: a line for each user, and one for the root user.
//!
//! AWS: IAM User Guide, Generate credential reports for your AWS account. Certificates, which the mock doesn't have, and
//! the times of use and rotation, which it doesn't keep for passwords, are `N/A`.

use std::collections::HashSet;
use std::fmt::Write as _;

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_wire::{ServiceError, Structure};

use super::account;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{AccessKey, AccountId, User, World, root_arn};

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const CERTIFICATES: &str = ",false,N/A,false,N/A";
/// Hours that a report is good for.
const AGE_LIMIT: i64 = 4;

pub(super) fn generate(world: &mut World, call: &Call) -> Answer {
    let settings = world.settings_mut(&account(call)?);
    let settings = settings.ok_or_else(not_present)?;
    if is_fresh(settings.credential_report, call.now()) {
        return Ok(Structure::new().with("State", "COMPLETE").into());
    }
    settings.credential_report = Some(call.now());
    Ok(Structure::new()
        .with("State", "STARTED")
        .with(
            "Description",
            "No report exists. Starting a new report generation task",
        )
        .into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let settings = world.settings(&account);
    let made = settings.and_then(|settings| settings.credential_report);
    let made = made.ok_or_else(not_present)?;
    if !is_fresh(Some(made), call.now()) {
        let message = "The most recent credential report has expired. To generate a new credential report, use \
                       GenerateCredentialReport.";
        return Err(ServiceError::new(410, "ReportExpired", message));
    }
    Ok(Structure::new()
        .with("Content", Bytes::from(report(world, call, &account)))
        .with("ReportFormat", "text/csv")
        .with("GeneratedTime", made)
        .into())
}

fn not_present() -> ServiceError {
    ServiceError::new(410, "ReportNotPresent", "No report exists.")
}

fn is_fresh(made: Option<Timestamp>, now: Timestamp) -> bool {
    made.is_some_and(|made| now.duration_since(made).as_hours() < AGE_LIMIT)
}

fn report(world: &World, call: &Call, account: &AccountId) -> String {
    let mut lines = vec![COLUMNS.to_owned(), root_line(world, call, account)];
    let owners = world
        .mfa_devices()
        .filter_map(|device| device.owner.as_ref());
    let owners: HashSet<_> = owners.map(|owner| owner.id.as_str()).collect();
    let users = world.users(account).into_iter();
    lines.extend(users.map(|user| {
        let has_mfa = owners.contains(user.id.as_str());
        user_line(world, call, user, has_mfa)
    }));
    lines.join("\n")
}

fn root_line(world: &World, call: &Call, account: &AccountId) -> String {
    let arn = root_arn(call.partition(), account);
    let start = world.start();
    let keys = keys(&world.access_keys_of(account, None), start);
    format!(
        "<root_account>,{arn},{start},not_supported,N/A,not_supported,not_supported,false{keys}{CERTIFICATES}"
    )
}

fn user_line(world: &World, call: &Call, user: &User, has_mfa: bool) -> String {
    let (arn, created) = (user.arn(call.partition()), user.created);
    let password = match &user.login {
        Some(login) => format!("true,no_information,{},N/A", login.created),
        None => "false,N/A,N/A,N/A".to_owned(),
    };
    let own = world.access_keys_of(&user.account, Some(&user.name));
    let keys = keys(&own, world.start());
    let name = &user.name;
    format!("{name},{arn},{created},{password},{has_mfa}{keys}{CERTIFICATES}")
}

/// Two keys; those that aren't there are inactive.
fn keys(keys: &[&std::sync::Arc<AccessKey>], start: Timestamp) -> String {
    (0..2).fold(String::new(), |mut text, place| {
        let Some(key) = keys.get(place) else {
            text.push_str(",false,N/A,N/A,N/A,N/A");
            return text;
        };
        let created = key.created.unwrap_or(start);
        let last = key.last_use().map(|last| {
            let (when, region, service) = (last.when, last.region, last.service);
            format!("{when},{region},{service}")
        });
        let last = last.as_deref().unwrap_or("N/A,N/A,N/A");
        // Writing to a string never fails.
        let _ = write!(text, ",{},{created},{last}", key.active);
        text
    })
}
