//! One question to a world without a scenario: may this one do that?

use rolecall_mock::{Asker, Mock};
use rolecall_policy::arn::Arn;

use crate::scenario::did_you_mean;
use crate::scenario::model::{ContextEntry, Role, User, World};
use crate::target::{Asked, DEFAULT_SEED, ProvisionError, context_key, provision};

/// The name of the session in which a role is asked about, as in scenarios.
const SESSION: &str = "rolecall";

/// Who a question is about: someone of a world's file.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    asker: Asker<'a>,
}

/// Nobody in the world is meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnknownSubject {
    /// What is wrong.
    pub message: String,
    /// The remedy.
    pub help: String,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The world breaks a rule of AWS, or has what the mock hasn't.
    #[error("the world can't be built: {0}")]
    World(#[from] ProvisionError),
    /// The subject isn't in the world.
    #[error("{0}")]
    Subject(#[from] rolecall_mock::AskError),
}

impl<'a> Subject<'a> {
    /// Finds whom a text means: `anonymous`, `service:HOST`, `root` or `root:ACCOUNT`, the name of a user, the name of a
    /// role (some session of it), or the ARN of a user, role, role session or root user.
    ///
    /// # Errors
    ///
    /// When the world has nobody like that, or a user and a role of that name.
    pub fn find(world: &'a World, text: &'a str) -> Result<Self, UnknownSubject> {
        let asker = match text.split_once(':') {
            None if text == "anonymous" => Asker::Anonymous,
            None if text == "root" => Asker::Root(default_account(world)),
            None => named(world, text)?,
            Some(("service", host)) => service(host)?,
            Some(("root", account)) => root(world, account)?,
            Some(_) => by_arn(world, text)?,
        };
        Ok(Self { asker })
    }
}

/// Answers with AWS's evaluation; the keys replace those that the world gives every request.
///
/// # Errors
///
/// When the world can't be built.
pub fn ask(
    world: &World,
    subject: Subject<'_>,
    action: &str,
    resource: Option<&str>,
    context: &[ContextEntry],
) -> Result<Asked, AskError> {
    let mock = Mock::new(provision(world, DEFAULT_SEED)?);
    let keys: Vec<_> = world
        .context
        .iter()
        .chain(context)
        .map(context_key)
        .collect();
    let authorization = mock.ask(subject.asker, action, resource, &keys)?;
    Ok(Asked::from(&*authorization))
}

fn default_account(world: &World) -> &str {
    let first = world.accounts.first();
    first.map_or("", |account| account.id.as_str())
}

fn named<'a>(world: &'a World, name: &str) -> Result<Asker<'a>, UnknownSubject> {
    let mut users = world.users.iter();
    let user = users.find(|user| user.name.value == name);
    let mut roles = world.roles.iter();
    let role = roles.find(|role| role.name.value == name);
    match (user, role) {
        (Some(user), None) => Ok(of_user(user)),
        (None, Some(role)) => Ok(of_role(role, SESSION)),
        (Some(user), Some(role)) => Err(UnknownSubject {
            message: format!("`{name}` is a user and a role"),
            help: format!("write `{}` or `{}`", user_arn(user), role_arn(role)),
        }),
        (None, None) => {
            let users = world.users.iter().map(|user| user.name.value.as_str());
            let roles = world.roles.iter().map(|role| role.name.value.as_str());
            let others = ["root", "anonymous"].into_iter();
            Err(unknown(
                format!("no user or role is named `{name}`"),
                did_you_mean(name, users.chain(roles).chain(others)),
            ))
        }
    }
}

fn service(host: &str) -> Result<Asker<'_>, UnknownSubject> {
    if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") {
        return Ok(Asker::Service(host));
    }
    Err(UnknownSubject {
        message: format!("`{host}` is no service principal"),
        help: "write its host, as in `service:lambda.amazonaws.com`".to_owned(),
    })
}

/// The root user of an account, by the account's name in the file or its number.
fn root<'a>(world: &'a World, name: &str) -> Result<Asker<'a>, UnknownSubject> {
    let mut accounts = world.accounts.iter();
    let found = accounts.find(|account| account.name == name || account.id == name);
    found
        .map(|account| Asker::Root(&account.id))
        .ok_or_else(|| {
            let names = world.accounts.iter().map(|account| account.name.as_str());
            unknown(
                format!("no account is named `{name}`"),
                did_you_mean(name, names),
            )
        })
}

fn by_arn<'a>(world: &'a World, text: &'a str) -> Result<Asker<'a>, UnknownSubject> {
    let Some(arn) = Arn::parse(text) else {
        return Err(unknown(format!("`{text}` names nobody"), None));
    };
    let users = || world.users.iter();
    let roles = || world.roles.iter();
    let (kind, rest) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    let found = match (arn.service, kind) {
        ("iam", "root") => return root(world, arn.account),
        ("iam", "user") => users().find(|user| user_arn(user) == text).map(of_user),
        ("iam", "role") => {
            let mut roles = roles();
            let role = roles.find(|role| role_arn(role) == text);
            role.map(|role| of_role(role, SESSION))
        }
        ("sts", "assumed-role") => rest.split_once('/').and_then(|(name, session)| {
            let mut roles = roles();
            let role = roles.find(|role| role.account == arn.account && role.name.value == name);
            role.map(|role| of_role(role, session))
        }),
        _ => {
            return Err(unknown(
                format!("`{text}` is not the ARN of a user, a role, a session or a root user"),
                None,
            ));
        }
    };
    found.ok_or_else(|| {
        let known: Vec<String> = users().map(user_arn).chain(roles().map(role_arn)).collect();
        let near = did_you_mean(text, known.iter().map(String::as_str));
        unknown(format!("the world has no `{text}`"), near)
    })
}

fn of_user(user: &User) -> Asker<'_> {
    Asker::User {
        account: &user.account,
        name: &user.name.value,
    }
}

fn of_role<'a>(role: &'a Role, session: &'a str) -> Asker<'a> {
    Asker::Role {
        account: &role.account,
        name: &role.name.value,
        session,
    }
}

fn user_arn(user: &User) -> String {
    format!(
        "arn:aws:iam::{}:user{}{}",
        user.account, user.path, user.name.value
    )
}

fn role_arn(role: &Role) -> String {
    format!(
        "arn:aws:iam::{}:role{}{}",
        role.account, role.path, role.name.value
    )
}

fn unknown(message: String, near: Option<String>) -> UnknownSubject {
    let forms =
        "name a user or a role of the file, or write an ARN, `root`, `anonymous` or `service:HOST`";
    UnknownSubject {
        message,
        help: near.unwrap_or_else(|| forms.to_owned()),
    }
}
