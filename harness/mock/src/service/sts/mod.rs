//! AWS Security Token Service.

mod access_key_info;
mod assume_role;
mod assume_root;
pub(crate) mod authorization_message;
mod caller_identity;
mod credentials;
mod delegated_access_token;
mod federation_token;
mod mfa;
mod outbound_token;
mod provided;
mod saml;
mod saml_identity;
mod saml_keys;
mod session_policy;
mod session_tags;
mod session_token;
mod web_identity;
mod web_identity_claims;
mod web_identity_keys;
mod web_identity_token;

use std::sync::Arc;

use rolecall_policy::{Context, PolicySet};
use rolecall_wire::ServiceError;

pub(crate) use self::provided::Provided;
use super::call::Call;
use super::need::{Key, Need, Resource, ResourceKind, When};
use super::{Denial, Operation, ServiceTable};
use crate::caller::{Identity, overridden};
use crate::world::{AccountId, Partition, Role, RoleArn, World};

/// A role's tags show under two names.
const AWS_ROLE_TAGS: Key = Key::ResourceTags("aws:ResourceTag/");
const IAM_ROLE_TAGS: Key = Key::ResourceTags("iam:ResourceTag/");
const REQUEST_TAGS: Key = Key::From(session_tags::request_keys);
const TRANSITIVE_TAGS: Key = Key::From(session_tags::transitive_keys);
const SOURCE_IDENTITY: Key = Key::From(source_identity_key);
const CLAIMS: Key = Key::From(provided::keys_of_request);
const MFA: Key = Key::From(mfa::keys);
const OUTBOUND: Key = Key::From(outbound_token::keys);
const TASK_POLICY: Key = Key::From(|call, context| {
    if let Some(task) = assume_root::task(call) {
        context.set("sts:TaskPolicyArn", task);
    }
});

const TAG_SESSION: Need = Need::new("sts:TagSession", ResourceKind::Role)
    .when(When::Case(session_tags::are_involved))
    .keys(&[
        REQUEST_TAGS,
        TRANSITIVE_TAGS,
        AWS_ROLE_TAGS,
        IAM_ROLE_TAGS,
        CLAIMS,
        MFA,
    ]);
const SET_SOURCE_IDENTITY: Need = Need::new("sts:SetSourceIdentity", ResourceKind::Role)
    .when(When::Case(|call| source_identity(call).is_some()))
    .keys(&[SOURCE_IDENTITY, AWS_ROLE_TAGS, IAM_ROLE_TAGS, CLAIMS, MFA]);

/// AWS: Service Authorization Reference, AWS Security Token Service. The extra actions are asked before
/// `sts:AssumeRole`, since a denial names them where both fail.
const OPERATIONS: &[Operation] = &[
    Operation::write(
        "AssumeRole",
        &[
            TAG_SESSION,
            SET_SOURCE_IDENTITY,
            Need::new("sts:AssumeRole", ResourceKind::Role).keys(&[
                Key::Member("sts:ExternalId", "ExternalId"),
                Key::Member("sts:RoleSessionName", "RoleSessionName"),
                SOURCE_IDENTITY,
                REQUEST_TAGS,
                TRANSITIVE_TAGS,
                AWS_ROLE_TAGS,
                IAM_ROLE_TAGS,
                MFA,
            ]),
        ],
        assume_role::handle,
    )
    .after(assume_role::check),
    Operation::write(
        "AssumeRoleWithSAML",
        &[
            TAG_SESSION,
            SET_SOURCE_IDENTITY,
            Need::new("sts:AssumeRoleWithSAML", ResourceKind::Role).keys(&[
                CLAIMS,
                Key::From(saml_keys::session_name),
                SOURCE_IDENTITY,
                REQUEST_TAGS,
                TRANSITIVE_TAGS,
                AWS_ROLE_TAGS,
                IAM_ROLE_TAGS,
            ]),
        ],
        saml::handle,
    )
    .by(saml::identify)
    .after(provided::check),
    Operation::write(
        "AssumeRoleWithWebIdentity",
        &[
            TAG_SESSION,
            SET_SOURCE_IDENTITY,
            Need::new("sts:AssumeRoleWithWebIdentity", ResourceKind::Role).keys(&[
                CLAIMS,
                Key::From(web_identity::authorized_key),
                Key::Member("sts:RoleSessionName", "RoleSessionName"),
                SOURCE_IDENTITY,
                REQUEST_TAGS,
                TRANSITIVE_TAGS,
                AWS_ROLE_TAGS,
                IAM_ROLE_TAGS,
            ]),
        ],
        web_identity::handle,
    )
    .by(web_identity::identify)
    .with_keys(web_identity_token::wanted_keys)
    .after(web_identity::check),
    Operation::write(
        "AssumeRoot",
        &[Need::new("sts:AssumeRoot", ResourceKind::MemberRoot).keys(&[TASK_POLICY])],
        assume_root::handle,
    )
    .after(assume_root::check),
    Operation::read(
        "DecodeAuthorizationMessage",
        &[Need::new(
            "sts:DecodeAuthorizationMessage",
            ResourceKind::Everything,
        )],
        authorization_message::handle,
    ),
    Operation::read(
        "GetAccessKeyInfo",
        &[Need::new("sts:GetAccessKeyInfo", ResourceKind::Everything)],
        access_key_info::handle,
    ),
    Operation::read(
        "GetCallerIdentity",
        &[Need::new("sts:GetCallerIdentity", ResourceKind::Everything)],
        caller_identity::handle,
    ),
    Operation::read(
        "GetDelegatedAccessToken",
        &[Need::new(
            "sts:GetDelegatedAccessToken",
            ResourceKind::Everything,
        )],
        delegated_access_token::handle,
    ),
    Operation::write(
        "GetFederationToken",
        &[
            Need::new("sts:TagSession", ResourceKind::FederatedUser)
                .when(When::Given(&["Tags"]))
                .keys(&[REQUEST_TAGS]),
            Need::new("sts:GetFederationToken", ResourceKind::FederatedUser).keys(&[REQUEST_TAGS]),
        ],
        federation_token::handle,
    )
    .after(federation_token::check),
    Operation::write("GetSessionToken", &[], session_token::handle).after(session_token::check),
    Operation::write(
        "GetWebIdentityToken",
        &[
            Need::new("sts:TagGetWebIdentityToken", ResourceKind::Everything)
                .when(When::Given(&["Tags"]))
                .keys(&[OUTBOUND, REQUEST_TAGS]),
            Need::new("sts:GetWebIdentityToken", ResourceKind::Everything)
                .keys(&[OUTBOUND, REQUEST_TAGS]),
        ],
        outbound_token::handle,
    )
    .after(outbound_token::check),
];

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "sts",
    operations: &[OPERATIONS],
    admits,
    resource,
    keys: |_, _, _| {},
    denial,
};

#[expect(clippy::unnecessary_wraps, reason = "the signature of all services")]
fn resource(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    Ok(match kind {
        ResourceKind::Role => role_resource(world, call),
        ResourceKind::MemberRoot => assume_root::resource(call),
        ResourceKind::FederatedUser => federation_token::resource(call),
        _ => Resource::everything(),
    })
}

/// The role of `RoleArn`. A role that isn't there is asked about all the same, and nobody trusts it: AWS doesn't
/// disclose which roles exist.
fn role_resource(world: &World, call: &Call) -> Resource {
    let arn = call.required("RoleArn");
    match role(world, call) {
        Some(role) => Resource {
            arn: role.arn(call.partition()),
            account: Some(role.account.clone()),
            policy: Some(Arc::clone(role.prepared_trust())),
            tags: shown_tags(role, call),
        },
        None => Resource {
            arn: arn.to_owned(),
            account: RoleArn::parse(arn).and_then(|arn| AccountId::parse(arn.account).ok()),
            policy: Some(Arc::new(PolicySet::default())),
            tags: Vec::new(),
        },
    }
}

/// The role of `RoleArn`, if it exists in the partition that the request is signed for.
fn role<'w>(world: &'w World, call: &Call) -> Option<&'w Arc<Role>> {
    let arn = RoleArn::parse(call.required("RoleArn"))?;
    let same_partition = arn.partition == Partition::as_str(call.partition());
    world.role_by_arn(&arn).filter(|_| same_partition)
}

/// A role's tags as its trust policy sees them: the calling session's transitive tags come first.
///
/// AWS: IAM User Guide, Passing session tags in AWS STS, chaining roles with session tags.
fn shown_tags(role: &Role, call: &Call) -> Vec<(String, String)> {
    match call.caller.session.as_ref() {
        Some(session) => {
            let inherited: Vec<_> = session.inherited_tags().cloned().collect();
            overridden(&role.tags, &inherited.iter())
        }
        None => role.tags.clone(),
    }
}

/// The source identity of the session to be: given, or inherited.
fn source_identity(call: &Call) -> Option<&str> {
    if let Some(identity) = provided::of(call) {
        return identity.passed().source_identity.as_deref();
    }
    let inherited = || call.caller.session.as_ref()?.source_identity.as_deref();
    call.input.string("SourceIdentity").or_else(inherited)
}

fn source_identity_key(call: &Call, context: &mut Context) {
    if let Some(source_identity) = source_identity(call) {
        context.set("sts:SourceIdentity", source_identity);
    }
}

/// What temporary credentials may not call, whatever the policies say.
///
/// AWS: IAM User Guide, Compare AWS STS credentials.
fn admits(call: &Call, operation: &Operation) -> Result<(), ServiceError> {
    let name = operation.name;
    if call.caller.is_long_term() {
        return Ok(());
    }
    if matches!(name, "GetSessionToken" | "GetFederationToken") {
        let message = format!("Cannot call {name} with session credentials");
        return Err(access_denied(message));
    }
    let allowed = match &call.caller.identity {
        Identity::Federated(_) => name == "GetCallerIdentity",
        Identity::User(_) | Identity::Root => matches!(name, "GetCallerIdentity" | "AssumeRole"),
        Identity::Role(_) | Identity::Anonymous | Identity::Provided(_) | Identity::Service(_) => {
            true
        }
    };
    if allowed {
        return Ok(());
    }
    let caller = call.caller.arn();
    let mut message = format!("User: {caller} is not authorized to perform: sts:{name}");
    if let Some(role) = call.input.string("RoleArn") {
        message = format!("{message} on resource: {role}");
    }
    Err(access_denied(message))
}

/// STS names the resource and no reason, also where the caller is of the same account; to whom a provider vouches for it
/// says less.
fn denial(denial: &Denial<'_>) -> ServiceError {
    if let Identity::Provided(_) = denial.caller.identity {
        let action = denial.question.action();
        return access_denied(format!("Not authorized to perform {action}"));
    }
    let (beginning, resource) = (denial.beginning(), denial.question.resource());
    access_denied(match resource {
        "*" => beginning,
        resource => format!("{beginning} on resource: {resource}"),
    })
}

fn access_denied(message: impl Into<String>) -> ServiceError {
    ServiceError::new(403, "AccessDenied", message)
}

fn validation_error(message: impl Into<String>) -> ServiceError {
    ServiceError::new(400, "ValidationError", message)
}
