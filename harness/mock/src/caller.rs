//! Who makes a request, and which policies that brings.

use std::sync::{Arc, LazyLock};

use rolecall_policy::{Context, PolicySet, Principal};

use crate::context::Circumstances;
use crate::service::sts::Provided;
use crate::world::{
    AccessKey, AccountId, KeyOwner, Membership, Partition, PolicyDocument, Role, Session,
    SessionIdentity, Tags, User, World, resource_policy, root_arn, sts_arn,
};

/// The one who makes a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: Option<AccountId>,
    pub(crate) identity: Identity,
    /// The session behind temporary credentials.
    pub(crate) session: Option<Arc<Session>>,
    pub(crate) principal: Principal,
    /// `aws:userid` and `UserId`.
    pub(crate) user_id: String,
    arn: String,
}

/// What kind of caller.
#[derive(Clone, Debug)]
pub(crate) enum Identity {
    /// An unsigned request.
    Anonymous,
    /// An AWS service, by its host.
    Service(String),
    /// The root user of the account.
    Root,
    /// A user, with a long-term key or a `GetSessionToken` session.
    User(Arc<User>),
    /// A session of a role.
    Role(Arc<Role>),
    /// A federated user, and the user that vouches for it; none where the root user does.
    Federated(Option<Arc<User>>),
    /// Whom an identity provider vouches for, until the session begins.
    Provided(Arc<Provided>),
}

/// The policies that a caller brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallerPolicies {
    pub(crate) identity: Arc<PolicySet>,
    pub(crate) boundary: Option<Arc<PolicySet>>,
    pub(crate) session: Option<Arc<PolicySet>>,
    /// The account's place in the organization, if it is in one.
    pub(crate) membership: Option<Arc<Membership>>,
}

impl Caller {
    fn new(identity: Identity, principal: Principal) -> Self {
        Self {
            account: None,
            identity,
            session: None,
            arn: principal.arn().unwrap_or_default().to_owned(),
            principal,
            user_id: String::new(),
        }
    }

    /// Nobody in particular.
    pub(crate) fn anonymous() -> Self {
        Self {
            user_id: "anonymous".to_owned(),
            ..Self::new(Identity::Anonymous, Principal::anonymous())
        }
    }

    /// An AWS service, by its host.
    pub(crate) fn service(host: &str) -> Self {
        Self::new(Identity::Service(host.to_owned()), Principal::service(host))
    }

    /// Whom an identity provider vouches for. The request has no signature, and counts as anonymous beside that.
    pub(crate) fn provided(identity: Provided) -> Self {
        let principal = Principal::provider(identity.provider_arn());
        Self {
            user_id: "anonymous".to_owned(),
            ..Self::new(Identity::Provided(Arc::new(identity)), principal)
        }
    }

    /// The root user of an account.
    pub(crate) fn root(account: &AccountId, partition: Partition) -> Self {
        Self {
            account: Some(account.clone()),
            user_id: account.to_string(),
            ..Self::new(
                Identity::Root,
                Principal::root(&root_arn(partition, account)),
            )
        }
    }

    /// A user.
    pub(crate) fn user(user: &Arc<User>, partition: Partition) -> Self {
        let principal = Principal::user(&user.arn(partition), Some(&user.id));
        Self {
            account: Some(user.account.clone()),
            user_id: user.id.clone(),
            ..Self::new(Identity::User(Arc::clone(user)), principal)
        }
    }

    /// The owner of an access key; `None` if it was deleted.
    pub(crate) fn of_key(world: &World, key: &AccessKey, partition: Partition) -> Option<Self> {
        match &key.owner {
            KeyOwner::Root(account) => Some(Self::root(account, partition)),
            KeyOwner::User { account, name } => {
                let user = world.user(account.as_str(), name)?;
                Some(Self::user(user, partition))
            }
            KeyOwner::Session(session) => Self::of_session(world, session, partition),
        }
    }

    /// Whoever is deleted ends their sessions; one made anew under the name is another.
    pub(crate) fn of_session(
        world: &World,
        session: &Arc<Session>,
        partition: Partition,
    ) -> Option<Self> {
        let account = &session.account;
        let caller = match &session.identity {
            SessionIdentity::Root => Self::root(account, partition),
            SessionIdentity::User { name, id } => {
                Self::user(world.user_with_id(account, name, id)?, partition)
            }
            SessionIdentity::Role {
                name,
                id,
                session_name,
            } => Self::role(
                world.role_with_id(account, name, id)?,
                session_name,
                partition,
            ),
            SessionIdentity::Federated { name, by } => {
                let user = match by {
                    Some((user, id)) => Some(world.user_with_id(account, user, id)?),
                    None => None,
                };
                Self::federated(account, name, user, partition)
            }
        };
        Some(Self {
            session: Some(Arc::clone(session)),
            ..caller
        })
    }

    fn role(role: &Arc<Role>, session_name: &str, partition: Partition) -> Self {
        let arn = assumed_role_arn(role, session_name, partition);
        let principal = Principal::role_session(&arn, &role.arn(partition), Some(&role.id));
        Self {
            account: Some(role.account.clone()),
            user_id: format!("{}:{session_name}", role.id),
            ..Self::new(Identity::Role(Arc::clone(role)), principal)
        }
    }

    fn federated(
        account: &AccountId,
        name: &str,
        by: Option<&Arc<User>>,
        partition: Partition,
    ) -> Self {
        let arn = federated_user_arn(account, name, partition);
        let user_arn = by.map_or_else(|| root_arn(partition, account), |user| user.arn(partition));
        Self {
            account: Some(account.clone()),
            user_id: format!("{account}:{name}"),
            ..Self::new(
                Identity::Federated(by.cloned()),
                Principal::federated_user(&arn, Some(&user_arn)),
            )
        }
    }

    /// The ARN in messages and answers; empty for an unsigned caller.
    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether the credentials are long-term ones.
    pub(crate) fn is_long_term(&self) -> bool {
        self.session.is_none()
    }

    /// The policies as they stand now, not as they stood when a session began.
    pub(crate) fn policies(&self, world: &World) -> CallerPolicies {
        let prepared = match &self.identity {
            Identity::User(user) | Identity::Federated(Some(user)) => {
                Some(world.policies_of_user(user))
            }
            Identity::Role(role) => Some(world.policies_of_role(role)),
            Identity::Anonymous
            | Identity::Provided(_)
            | Identity::Service(_)
            | Identity::Root
            | Identity::Federated(None) => None,
        };
        let identity = match &self.identity {
            Identity::Federated(None) => Arc::clone(&ROOT_PERMISSIONS),
            _ => prepared
                .map(|p| Arc::clone(&p.identity))
                .unwrap_or_default(),
        };
        CallerPolicies {
            identity,
            boundary: prepared.and_then(|prepared| prepared.boundary.clone()),
            session: self.session.as_ref().and_then(|s| s.policies.clone()),
            membership: self
                .account
                .as_ref()
                .and_then(|a| world.membership(a))
                .cloned(),
        }
    }

    /// The condition keys that tell of the caller.
    ///
    /// AWS: IAM User Guide, AWS global condition context keys, properties of the principal and of the role session.
    pub(crate) fn describe(
        &self,
        world: &World,
        circumstances: &Circumstances,
        context: &mut Context,
    ) {
        let account = self.account.as_ref().map_or("anonymous", AccountId::as_str);
        if let Identity::Service(host) = &self.identity {
            describe_service(host, context);
            return;
        }
        context.set("aws:PrincipalAccount", account);
        context.set("aws:PrincipalType", self.principal_type());
        context.set("aws:userid", self.user_id.as_str());
        if let Some(arn) = self.principal_arn(circumstances.partition) {
            context.set("aws:PrincipalArn", arn);
            context.set("aws:PrincipalIsAWSService", "false");
        }
        if let Identity::User(user) = &self.identity {
            context.set("aws:username", user.name.as_str());
        }
        for (key, value) in self.principal_tags() {
            context.set(&format!("aws:PrincipalTag/{key}"), value);
        }
        if let Some(membership) = self.account.as_ref().and_then(|a| world.membership(a)) {
            context.set("aws:PrincipalOrgID", membership.organization.as_str());
            context.set_list("aws:PrincipalOrgPaths", vec![membership.path.clone()]);
        }
        if let Some(session) = &self.session {
            session.describe(circumstances.now, context);
        }
    }

    fn principal_type(&self) -> &'static str {
        match self.identity {
            Identity::Anonymous | Identity::Provided(_) | Identity::Service(_) => "Anonymous",
            Identity::Root => "Account",
            Identity::User(_) => "User",
            Identity::Role(_) => "AssumedRole",
            Identity::Federated(_) => "FederatedUser",
        }
    }

    /// `aws:PrincipalArn`: of a role session, the role's ARN with its path.
    pub(crate) fn principal_arn(&self, partition: Partition) -> Option<String> {
        match &self.identity {
            Identity::Anonymous | Identity::Provided(_) | Identity::Service(_) => None,
            Identity::Root | Identity::User(_) | Identity::Federated(_) => Some(self.arn.clone()),
            Identity::Role(role) => Some(role.arn(partition)),
        }
    }

    /// The caller's tags: a session's override those of its role or user.
    pub(crate) fn principal_tags(&self) -> Tags {
        let own = match &self.identity {
            Identity::Anonymous | Identity::Provided(_) | Identity::Service(_) | Identity::Root => {
                return Tags::new();
            }
            Identity::Federated(None) => &NO_TAGS,
            Identity::User(user) | Identity::Federated(Some(user)) => &user.tags,
            Identity::Role(role) => &role.tags,
        };
        match &self.session {
            Some(session) => overridden(own, &session.tags.iter()),
            None => own.clone(),
        }
    }
}

/// A direct call of a service; which resource it acts for, the request itself must say.
fn describe_service(host: &str, context: &mut Context) {
    context.set("aws:PrincipalIsAWSService", "true");
    context.set("aws:PrincipalServiceName", host);
    context.set_list("aws:PrincipalServiceNamesList", vec![host.to_owned()]);
}

static NO_TAGS: Tags = Tags::new();

/// The ARN of a role's session, in which the role's path doesn't show.
pub(crate) fn assumed_role_arn(role: &Role, session_name: &str, partition: Partition) -> String {
    let resource = format_args!("assumed-role/{}/{session_name}", role.name);
    sts_arn(partition, &role.account, resource)
}

/// The ARN of a federated user.
pub(crate) fn federated_user_arn(account: &AccountId, name: &str, partition: Partition) -> String {
    sts_arn(partition, account, format_args!("federated-user/{name}"))
}

/// `tags` with those of `over` in the place of their namesakes, in whatever case.
pub(crate) fn overridden<'a>(
    tags: &'a Tags,
    over: &(impl Iterator<Item = &'a (String, String)> + Clone),
) -> Tags {
    let is_overridden = |key: &str| {
        over.clone()
            .any(|(other, _)| other.eq_ignore_ascii_case(key))
    };
    let kept = tags.iter().filter(|(key, _)| !is_overridden(key));
    kept.chain(over.clone()).cloned().collect()
}

/// What a root user hands on: everything, for session policies to narrow.
pub(crate) static ROOT_PERMISSIONS: LazyLock<Arc<PolicySet>> = LazyLock::new(|| {
    let text = r#"{"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
    let document = PolicyDocument::built_in(text);
    Arc::new(resource_policy("root", "root".to_owned(), &document))
});
