//! Questions to the policies without a request: may this one do that?

use std::borrow::Cow;
use std::sync::Arc;

use jiff::SignedDuration;
use rolecall_policy::arn::Arn;
use rolecall_wire::sigv4::Credentials;
use thiserror::Error;

use crate::authorization::{Authorization, Question};
use crate::caller::Caller;
use crate::context::{Circumstances, ContextKey, RequestContext};
use crate::mock::{Mock, State};
use crate::service::call::SignatureFacts;
use crate::service::need::Resource;
use crate::service::s3::{keys, resource as s3};
use crate::world::{AccountId, Distribution, Partition, Role, RoleArn, Session, Tags, World};

/// Where questions are asked.
const REGION: &str = "us-east-1";
const PARTITION: Partition = Partition::Aws;

/// The name of the session in which a role is asked about.
const SESSION: &str = "rolecall";

/// Who is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// Nobody in particular.
    Anonymous,
    /// An AWS service, by its host: `lambda.amazonaws.com`.
    Service(&'a str),
    /// The root user of an account.
    Root(&'a str),
    /// A user.
    User {
        /// The account's number.
        account: &'a str,
        /// The user's name.
        name: &'a str,
    },
    /// A session of a role that begins now, whoever assumed it.
    Role {
        /// The account's number.
        account: &'a str,
        /// The role's name.
        name: &'a str,
        /// The session's name.
        session: &'a str,
    },
    /// Whoever has these credentials: those of an assumed role, say.
    Holder(&'a Credentials),
    /// Whoever has this ARN: a user, a role (some session of it), a role's session, or a root user.
    Arn(&'a str),
}

/// Why a question can't be asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AskError {
    /// Nobody has that name, or those credentials.
    #[error("there is nobody to ask about")]
    UnknownAsker,
    /// The session of the credentials is over.
    #[error("the session is over")]
    Expired,
}

impl Mock {
    /// Asks whether someone may do something: any action of AWS, whether the mock implements it or not.
    ///
    /// The policies, tags and owner of a resource come from the world, if it has the resource; a resource that it hasn't
    /// belongs to the account in its ARN, else to the asker's. Without a resource the action is asked on `*`. The keys
    /// replace those that a request from 127.0.0.1 to us-east-1 would have. The authorization is kept like a request's.
    pub fn ask(
        &self,
        asker: Asker<'_>,
        action: &str,
        resource: Option<&str>,
        keys: &[ContextKey],
    ) -> Result<Arc<Authorization>, AskError> {
        let state = self.state();
        let world = state.read();
        let caller = caller(state, &world, asker)?;
        let question = question(state, &world, &caller, action, resource, keys);
        let (service, operation) = action.split_once(':').unwrap_or((action, ""));
        let arn = caller.arn();
        let authorization = Authorization {
            id: state.request_ids().hex::<16>(),
            time: state.clock.now(),
            service: Cow::Owned(service.to_owned()),
            operation: Cow::Owned(operation.to_owned()),
            caller_arn: (!arn.is_empty()).then(|| arn.to_owned()),
            caller_account: caller.account.as_ref().map(AccountId::to_string),
            questions: vec![question],
        };
        Ok(state.ledger.lock().add(authorization))
    }
}

fn caller(state: &State, world: &World, asker: Asker<'_>) -> Result<Caller, AskError> {
    let found = match asker {
        Asker::Anonymous => Some(Caller::anonymous()),
        Asker::Service(host) => Some(Caller::service(host)),
        Asker::Root(account) => of_root(world, account),
        Asker::User { account, name } => {
            let user = world.user(account, name);
            user.map(|user| Caller::user(user, PARTITION))
        }
        Asker::Role {
            account,
            name,
            session,
        } => of_session(state, world, world.role(account, name), session),
        Asker::Holder(credentials) => {
            let key = world.access_key(&credentials.access_key_id);
            let session = key.and_then(|key| key.session());
            if session.is_some_and(|session| session.expires <= state.clock.now()) {
                return Err(AskError::Expired);
            }
            key.and_then(|key| Caller::of_key(world, key, PARTITION))
        }
        Asker::Arn(arn) => of_arn(state, world, arn),
    };
    found.ok_or(AskError::UnknownAsker)
}

fn of_root(world: &World, account: &str) -> Option<Caller> {
    let account = world.account_id(account)?;
    Some(Caller::root(&account, PARTITION))
}

/// A session of a role that begins now.
fn of_session(
    state: &State,
    world: &World,
    role: Option<&Arc<Role>>,
    name: &str,
) -> Option<Caller> {
    let session = Session::of_role(role?, name, state.clock.now());
    Caller::of_session(world, &Arc::new(session), PARTITION)
}

fn of_arn(state: &State, world: &World, text: &str) -> Option<Caller> {
    let arn = Arn::parse(text)?;
    let (kind, rest) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    let caller = match (arn.service, kind) {
        ("iam", "root") => of_root(world, arn.account),
        ("iam", "user") => {
            let (_, name) = rest.rsplit_once('/').unwrap_or(("", rest));
            let user = world.user(arn.account, name)?;
            Some(Caller::user(user, PARTITION))
        }
        ("iam", "role") => {
            let role = world.role_by_arn(&RoleArn::parse(text)?);
            return of_session(state, world, role, SESSION);
        }
        ("sts", "assumed-role") => {
            let (name, session) = rest.split_once('/')?;
            of_session(state, world, world.role(arn.account, name), session)
        }
        _ => None,
    };
    caller.filter(|caller| caller.arn() == text)
}

fn question(
    state: &State,
    world: &World,
    caller: &Caller,
    action: &str,
    resource: Option<&str>,
    keys: &[ContextKey],
) -> Question {
    let circumstances = Circumstances {
        now: state.clock.now(),
        partition: PARTITION,
        region: REGION.to_owned(),
        source_ip: RequestContext::default().source_ip,
        user_agent: None,
        referer: None,
    };
    let resource = find(world, caller, action, resource.unwrap_or("*"));
    let owner = resource
        .resource
        .account
        .as_ref()
        .or(caller.account.as_ref());
    let mut context = circumstances.context(world, caller, owner);
    for prefix in resource.tag_keys {
        for (tag, value) in &resource.resource.tags {
            context.set(&format!("{prefix}{tag}"), value.as_str());
        }
    }
    if action.starts_with("s3:") {
        let signature = SignatureFacts {
            auth_type: Some("REST-HEADER"),
            algorithm: "AWS4-HMAC-SHA256",
            age: Some(SignedDuration::ZERO),
            content_sha256: None,
        };
        keys::common(&signature, owner, &mut context);
    }
    for key in state.given().of_all().iter().chain(keys) {
        key.set(&mut context);
    }
    Question::ask(
        world,
        caller,
        action.to_owned(),
        &resource.resource,
        context,
    )
}

/// A resource, and the names under which its tags are condition keys.
struct Found {
    resource: Resource,
    tag_keys: &'static [&'static str],
}

const NO_TAGS: &[&str] = &[];
const COMMON_TAGS: &[&str] = &["aws:ResourceTag/"];
const IAM_TAGS: &[&str] = &["aws:ResourceTag/", "iam:ResourceTag/"];
const OBJECT_TAGS: &[&str] = &["s3:ExistingObjectTag/"];

fn find(world: &World, caller: &Caller, action: &str, arn: &str) -> Found {
    if let Some(resource) = world.resource(arn) {
        return Found {
            resource: Resource {
                arn: arn.to_owned(),
                account: Some(resource.account.clone()),
                policy: resource.policy.clone(),
                tags: resource.tags.clone(),
            },
            tag_keys: COMMON_TAGS,
        };
    }
    if let Some(distribution) = distribution(world, arn) {
        return Found {
            resource: Resource {
                account: Some(distribution.account.clone()),
                tags: distribution.tags.clone(),
                ..Resource::of_caller(arn.to_owned())
            },
            tag_keys: COMMON_TAGS,
        };
    }
    if let Some(name) = arn.strip_prefix("arn:aws:s3:::") {
        return of_s3(world, caller, name, arn);
    }
    if let Some(role) = RoleArn::parse(arn) {
        return of_role(world, action, &role, arn);
    }
    let account = Arn::parse(arn).and_then(|arn| AccountId::parse(arn.account).ok());
    Found {
        resource: Resource {
            account,
            ..Resource::of_caller(arn.to_owned())
        },
        tag_keys: NO_TAGS,
    }
}

fn distribution<'w>(world: &'w World, arn: &str) -> Option<&'w Arc<Distribution>> {
    let (_, id) = arn.split_once(":distribution/")?;
    let distribution = world.distribution(id)?;
    (distribution.arn(Partition::Aws) == arn).then_some(distribution)
}

fn of_s3(world: &World, caller: &Caller, name: &str, arn: &str) -> Found {
    let (bucket, key) = match name.split_once('/') {
        Some((bucket, key)) => (bucket, Some(key)),
        None => (name, None),
    };
    let resource = match (world.bucket(bucket), key) {
        (None, _) => Resource::of_caller(arn.to_owned()),
        (Some(bucket), None) => s3::bucket_resource(caller, Partition::Aws, bucket),
        (Some(bucket), Some(key)) => s3::object_resource(caller, Partition::Aws, bucket, key, None),
    };
    Found {
        resource,
        tag_keys: OBJECT_TAGS,
    }
}

/// A role has its trust policy for the actions of STS alone.
fn of_role(world: &World, action: &str, arn: &RoleArn<'_>, text: &str) -> Found {
    let asks_for_trust = action.to_ascii_lowercase().starts_with("sts:");
    let role = world.role_by_arn(arn);
    let trust = role.map(|role| Arc::clone(role.prepared_trust()));
    let policy = asks_for_trust.then(|| trust.unwrap_or_default());
    Found {
        resource: Resource {
            arn: text.to_owned(),
            account: AccountId::parse(arn.account).ok(),
            policy,
            tags: role.map_or_else(Tags::new, |role| role.tags.clone()),
        },
        tag_keys: IAM_TAGS,
    }
}
