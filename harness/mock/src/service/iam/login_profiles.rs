//! Passwords for the console, and the account's rules for them.
//!
//! AWS: IAM User Guide, Set an account password policy for IAM users.

use rolecall_wire::{ServiceError, Structure};

use super::{account, error, user_name, users};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, LoginProfile, User, World};

/// AWS: default password policy. Three of the four kinds of characters are asked for.
const DEFAULT_LENGTH: i64 = 8;
const DEFAULT_KINDS: usize = 3;
/// AWS: API Reference, `UpdateAccountPasswordPolicy`, `MinimumPasswordLength`.
const LENGTH_UNLESS_SAID: i64 = 6;

/// A kind of characters.
type Kind = fn(char) -> bool;

/// The kinds of characters that a policy may ask for, by the member that asks.
const KINDS: [(&str, Kind); 4] = [
    ("RequireSymbols", |c| "!@#$%^&*()_+-=[]{}|'".contains(c)),
    ("RequireNumbers", |c| c.is_ascii_digit()),
    ("RequireUppercaseCharacters", |c| c.is_ascii_uppercase()),
    ("RequireLowercaseCharacters", |c| c.is_ascii_lowercase()),
];

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let (account, name) = owner(call)?;
    if users::find(world, &account, name)?.login.is_some() {
        return Err(error::exists(format!(
            "Login Profile for user {name} already exists."
        )));
    }
    let password = call.input.string("Password");
    let password = password.ok_or_else(|| error::required("password"))?;
    check(world, &account, password)?;
    let user = users::find_mut(world, &account, name)?;
    let profile = user.login.insert(LoginProfile {
        created: call.now(),
        password: password.into(),
        reset_required: call.input.boolean("PasswordResetRequired") == Some(true),
    });
    let made = described(name, profile);
    Ok(Structure::new().with("LoginProfile", made).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let (account, name) = owner(call)?;
    let login = users::find(world, &account, name)?.login.as_ref();
    let shown = described(name, login.ok_or_else(|| missing(name))?);
    Ok(Structure::new().with("LoginProfile", shown).into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let (account, name) = owner(call)?;
    let password = call.input.string("Password");
    password.map_or(Ok(()), |password| check(world, &account, password))?;
    let profile = profile_mut(users::find_mut(world, &account, name)?)?;
    if let Some(password) = password {
        profile.password = password.into();
    }
    if let Some(required) = call.input.boolean("PasswordResetRequired") {
        profile.reset_required = required;
    }
    Ok(Reply::empty())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, name) = owner(call)?;
    let user = users::find_mut(world, &account, name)?;
    profile_mut(user)?;
    user.login = None;
    Ok(Reply::empty())
}

/// Of the caller itself.
pub(super) fn change_password(world: &mut World, call: &Call) -> Answer {
    let (account, name) = owner(call)?;
    let new = call.required("NewPassword");
    let profile = users::find(world, &account, name)?.login.as_ref();
    let profile = profile.ok_or_else(|| missing(name))?;
    if profile.password.expose() != call.required("OldPassword") {
        let message = "The old password was incorrect.";
        return Err(ServiceError::new(403, "AccessDenied", message));
    }
    check(world, &account, new)?;
    let profile = profile_mut(users::find_mut(world, &account, name)?)?;
    profile.password = new.into();
    profile.reset_required = false;
    Ok(Reply::empty())
}

pub(super) fn get_policy(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let policy = world.settings(&account);
    let policy = policy.and_then(|settings| settings.password_policy.clone());
    let policy = policy.ok_or_else(|| no_policy(&account))?;
    Ok(Structure::new().with("PasswordPolicy", policy).into())
}

/// What the request leaves out is off.
pub(super) fn update_policy(world: &mut World, call: &Call) -> Answer {
    let given = |member| call.input.boolean(member) == Some(true);
    let length = call.input.integer("MinimumPasswordLength");
    let age = call.input.integer("MaxPasswordAge");
    let kinds = KINDS.into_iter();
    let policy = kinds.fold(Structure::new(), |policy, (member, _)| {
        policy.with(member, given(member))
    });
    let policy = policy
        .with(
            "MinimumPasswordLength",
            length.unwrap_or(LENGTH_UNLESS_SAID),
        )
        .with(
            "AllowUsersToChangePassword",
            given("AllowUsersToChangePassword"),
        )
        .with("ExpirePasswords", age.is_some_and(|age| age > 0))
        .with_some("MaxPasswordAge", age)
        .with_some(
            "PasswordReusePrevention",
            call.input.integer("PasswordReusePrevention"),
        )
        .with_some("HardExpiry", call.input.boolean("HardExpiry"));
    set_policy(world, call, Some(policy))
}

pub(super) fn delete_policy(world: &mut World, call: &Call) -> Answer {
    get_policy(world, call)?;
    set_policy(world, call, None)
}

fn set_policy(world: &mut World, call: &Call, policy: Option<Structure>) -> Answer {
    let account = account(call)?;
    let settings = world.settings_mut(&account);
    settings.ok_or_else(|| no_policy(&account))?.password_policy = policy;
    Ok(Reply::empty())
}

fn no_policy(account: &AccountId) -> ServiceError {
    error::no_such_entity(format!(
        "The Password Policy with domain name {account} cannot be found."
    ))
}

/// The account and the user; the root user's password isn't IAM's.
fn owner(call: &Call) -> Result<(AccountId, &str), ServiceError> {
    let name = user_name(call)?.ok_or_else(|| error::required("userName"))?;
    Ok((account(call)?, name))
}

fn profile_mut(user: &mut User) -> Result<&mut LoginProfile, ServiceError> {
    let name = user.name.clone();
    user.login.as_mut().ok_or_else(|| missing(&name))
}

fn missing(name: &str) -> ServiceError {
    error::no_such_entity(format!("Login Profile for User {name} cannot be found."))
}

/// Whether a password is as the account wants it.
fn check(world: &World, account: &AccountId, password: &str) -> Result<(), ServiceError> {
    let policy = world.settings(account);
    let policy = policy.and_then(|settings| settings.password_policy.as_ref());
    let length = i64::try_from(password.chars().count()).unwrap_or(i64::MAX);
    let has = |kind: Kind| password.chars().any(kind);
    let conforms = if let Some(policy) = policy {
        let asked = |member| policy.boolean(member) == Some(true);
        let mut kinds = KINDS.into_iter();
        policy.integer("MinimumPasswordLength") <= Some(length)
            && kinds.all(|(member, kind)| !asked(member) || has(kind))
    } else {
        let kinds = KINDS.into_iter().filter(|(_, kind)| has(*kind)).count();
        length >= DEFAULT_LENGTH && kinds >= DEFAULT_KINDS
    };
    if conforms {
        return Ok(());
    }
    let message = "Password does not conform to the account password policy.";
    Err(ServiceError::new(400, "PasswordPolicyViolation", message))
}

fn described(name: &str, profile: &LoginProfile) -> Structure {
    Structure::new()
        .with("UserName", name)
        .with("CreateDate", profile.created)
        .with("PasswordResetRequired", profile.reset_required)
}
