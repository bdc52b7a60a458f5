//! `userIdentity`: who made a request, by type.
//!
//! AWS: CloudTrail User Guide, CloudTrail `userIdentity` element; IAM User Guide, Logging IAM and AWS STS API calls with
//! AWS CloudTrail.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::caller::{Caller, Identity};
use crate::service::sts::Provided;
use crate::world::{AccountId, Partition, Role, Session, User, in_partition, split_partition};

/// Who made a request.
#[derive(Clone, Debug)]
pub(crate) enum UserIdentity {
    /// The request was refused before it was known; perhaps it named an access key.
    Unknown(Option<String>),
    /// It is known: CloudTrail's members, and the ARN that names the caller.
    Known {
        arn: Option<String>,
        account: Option<String>,
        members: Map<String, Value>,
    },
}

/// Whom a provider vouches for: by provider, audience and subject, or by the name qualifier and the subject.
fn provided(identity: &Provided) -> Map<String, Value> {
    let (kind, principal, subject) = match identity {
        Provided::Web(web) => (
            "WebIdentityUser",
            format!("{}:{}:{}", web.provider_arn, web.audience, web.subject),
            &web.subject,
        ),
        Provided::Saml(saml) => (
            "SAMLUser",
            format!("{}:{}", saml.name_qualifier(), saml.subject),
            &saml.subject,
        ),
    };
    object(json!({
        "type": kind,
        "principalId": principal,
        "userName": subject,
        "identityProvider": identity.provider_arn(),
    }))
}

impl UserIdentity {
    pub(crate) fn of(caller: &Caller, access_key_id: Option<&str>) -> Self {
        let arn = caller.arn();
        let account = caller.account.as_ref().map(AccountId::to_string);
        let mut members = match &caller.identity {
            Identity::Anonymous => anonymous(),
            Identity::Service(host) => object(json!({"type": "AWSService", "invokedBy": host})),
            Identity::Provided(identity) => provided(identity),
            Identity::Root => named("Root", caller),
            Identity::User(user) => {
                let mut members = named("IAMUser", caller);
                members.insert("userName".to_owned(), json!(user.name));
                members
            }
            Identity::Role(_) => named("AssumedRole", caller),
            Identity::Federated(_) => named("FederatedUser", caller),
        };
        if let (Some(id), true) = (access_key_id, account.is_some()) {
            members.insert("accessKeyId".to_owned(), json!(id));
        }
        if let Some(session) = &caller.session {
            let context = session_context(caller, session);
            members.insert("sessionContext".to_owned(), context);
        }
        Self::Known {
            arn: (!arn.is_empty()).then(|| arn.to_owned()),
            account,
            members,
        }
    }

    /// The caller's ARN.
    pub(super) fn arn(&self) -> Option<&str> {
        match self {
            Self::Unknown(_) => None,
            Self::Known { arn, .. } => arn.as_deref(),
        }
    }

    /// The caller's account.
    pub(super) fn account(&self) -> Option<&str> {
        match self {
            Self::Unknown(_) => None,
            Self::Known { account, .. } => account.as_deref(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Unknown(None) => json!({"type": "Unknown"}),
            Self::Unknown(Some(id)) => json!({"type": "Unknown", "accessKeyId": id}),
            Self::Known { members, .. } => Value::Object(members.clone()),
        }
    }
}

/// S3 has such requests as those of an AWS account without a number.
fn anonymous() -> Map<String, Value> {
    object(json!({"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}))
}

fn named(kind: &str, caller: &Caller) -> Map<String, Value> {
    object(json!({
        "type": kind,
        "principalId": caller.user_id,
        "arn": caller.arn(),
        "accountId": caller.account.as_ref().map(AccountId::as_str),
    }))
}

fn session_context(caller: &Caller, session: &Session) -> Value {
    let mut context = Map::new();
    let issuer = match &caller.identity {
        Identity::Role(role) => Some(role_issuer(caller, role)),
        Identity::Federated(Some(user)) => Some(user_issuer(caller, user)),
        _ => None,
    };
    if let Some(issuer) = issuer {
        context.insert("sessionIssuer".to_owned(), issuer);
    }
    if let Some(provider) = federated_provider(session) {
        let data = json!({"federatedProvider": provider, "attributes": {}});
        context.insert("webIdFederationData".to_owned(), data);
    }
    context.insert(
        "attributes".to_owned(),
        json!({
            "creationDate": time(session.issued),
            "mfaAuthenticated": session.mfa.is_some().to_string(),
        }),
    );
    if let Some(source_identity) = &session.source_identity {
        context.insert("sourceIdentity".to_owned(), json!(source_identity));
    }
    if session.assumed_root {
        context.insert("assumedRoot".to_owned(), json!("true"));
    }
    Value::Object(context)
}

/// Who vouched for a session that began with a web identity.
fn federated_provider(session: &Session) -> Option<&str> {
    let mut keys = session.provider_keys.iter();
    let key = keys.find(|key| key.key == "aws:FederatedProvider")?;
    key.values.first().map(String::as_str)
}

fn role_issuer(caller: &Caller, role: &Role) -> Value {
    json!({
        "type": "Role",
        "principalId": role.id,
        "arn": in_partition(partition(caller), &role.arn(Partition::Aws)),
        "accountId": role.account.as_str(),
        "userName": role.name,
    })
}

fn user_issuer(caller: &Caller, user: &User) -> Value {
    json!({
        "type": "IAMUser",
        "principalId": user.id,
        "arn": in_partition(partition(caller), &user.arn(Partition::Aws)),
        "accountId": user.account.as_str(),
        "userName": user.name,
    })
}

/// The partition that the caller's ARN is of.
fn partition(caller: &Caller) -> &str {
    split_partition(caller.arn()).map_or(Partition::Aws.as_str(), |(partition, _)| partition)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// `2026-01-01T00:00:00Z`.
pub(super) fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
