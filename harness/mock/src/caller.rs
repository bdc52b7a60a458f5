//! Who makes a request, and which policies that brings.

use std::sync::Arc;

use rolecall_policy::{Context, PolicySet, Principal};

use crate::world::{
    AccessKey, AccountId, KeyOwner, Partition, Prepared, Role, Session, SessionIdentity, Tags,
    User, World, root_arn, sts_arn,
};

/// The one who makes a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) account: Option<AccountId>,
    pub(crate) identity: Identity,
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
    /// The root user of the account.
    Root,
    /// A user with a long-term key.
    User(Arc<User>),
    /// A session of a role.
    Role(Arc<Role>, Arc<Session>),
}

/// The policies that a caller brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallerPolicies {
    pub(crate) identity: Arc<PolicySet>,
    pub(crate) boundary: Option<Arc<PolicySet>>,
    pub(crate) session: Option<Arc<PolicySet>>,
}

impl Caller {
    /// Nobody in particular.
    pub(crate) fn anonymous() -> Self {
        Self {
            account: None,
            identity: Identity::Anonymous,
            principal: Principal::anonymous(),
            user_id: "anonymous".to_owned(),
            arn: String::new(),
        }
    }

    /// The root user of an account.
    pub(crate) fn root(account: &AccountId, partition: Partition) -> Self {
        let arn = root_arn(partition, account);
        Self {
            account: Some(account.clone()),
            identity: Identity::Root,
            principal: Principal::root(&arn),
            user_id: account.to_string(),
            arn,
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
            KeyOwner::Session(session) => {
                let role = world.role_of_session(session)?;
                Some(Self::role_session(role, session, partition))
            }
        }
    }

    fn user(user: &Arc<User>, partition: Partition) -> Self {
        let arn = user.arn(partition);
        Self {
            account: Some(user.account.clone()),
            principal: Principal::user(&arn, Some(&user.id)),
            user_id: user.id.clone(),
            identity: Identity::User(Arc::clone(user)),
            arn,
        }
    }

    fn role_session(role: &Arc<Role>, session: &Arc<Session>, partition: Partition) -> Self {
        let SessionIdentity::Role { session_name, .. } = &session.identity;
        let arn = assumed_role_arn(role, session_name, partition);
        Self {
            account: Some(role.account.clone()),
            principal: Principal::role_session(&arn, &role.arn(partition), Some(&role.id)),
            user_id: format!("{}:{session_name}", role.id),
            identity: Identity::Role(Arc::clone(role), Arc::clone(session)),
            arn,
        }
    }

    /// The ARN in messages and answers; empty for an unsigned caller.
    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    /// The session behind temporary credentials.
    pub(crate) fn session(&self) -> Option<&Arc<Session>> {
        match &self.identity {
            Identity::Role(_, session) => Some(session),
            Identity::Anonymous | Identity::Root | Identity::User(_) => None,
        }
    }

    /// The policies as they stand now, not as they stood when a session began.
    pub(crate) fn policies(&self, world: &World) -> CallerPolicies {
        let managed = world.managed_policies();
        let of = |prepared: &Prepared, session| CallerPolicies {
            identity: Arc::clone(&prepared.identity),
            boundary: prepared.boundary.clone(),
            session,
        };
        match &self.identity {
            Identity::Anonymous | Identity::Root => CallerPolicies::default(),
            Identity::User(user) => of(user.prepared(managed), None),
            Identity::Role(role, session) => of(role.prepared(managed), session.policies.clone()),
        }
    }

    /// The condition keys that tell of the caller.
    ///
    /// AWS: IAM User Guide, AWS global condition context keys, properties of the principal and of the role session.
    pub(crate) fn describe(&self, partition: Partition, context: &mut Context) {
        let account = self.account.as_ref().map_or("anonymous", AccountId::as_str);
        context.set("aws:PrincipalAccount", account);
        context.set("aws:PrincipalType", self.principal_type());
        context.set("aws:userid", self.user_id.as_str());
        if let Some(arn) = self.principal_arn(partition) {
            context.set("aws:PrincipalArn", arn);
            context.set("aws:PrincipalIsAWSService", "false");
        }
        if let Identity::User(user) = &self.identity {
            context.set("aws:username", user.name.as_str());
        }
        for (key, value) in self.principal_tags() {
            context.set(&format!("aws:PrincipalTag/{key}"), value);
        }
        if let Some(session) = self.session() {
            describe_session(session, context);
        }
    }

    fn principal_type(&self) -> &'static str {
        match self.identity {
            Identity::Anonymous => "Anonymous",
            Identity::Root => "Account",
            Identity::User(_) => "User",
            Identity::Role(..) => "AssumedRole",
        }
    }

    /// `aws:PrincipalArn`: of a role session, the role's ARN with its path.
    fn principal_arn(&self, partition: Partition) -> Option<String> {
        match &self.identity {
            Identity::Anonymous => None,
            Identity::Root | Identity::User(_) => Some(self.arn.clone()),
            Identity::Role(role, _) => Some(role.arn(partition)),
        }
    }

    /// The caller's tags: a session's override its role's.
    pub(crate) fn principal_tags(&self) -> Tags {
        match &self.identity {
            Identity::Anonymous | Identity::Root => Tags::new(),
            Identity::User(user) => user.tags.clone(),
            Identity::Role(role, session) => overridden(&role.tags, &session.tags.iter()),
        }
    }
}

/// The ARN of a role's session, in which the role's path doesn't show.
pub(crate) fn assumed_role_arn(role: &Role, session_name: &str, partition: Partition) -> String {
    let resource = format_args!("assumed-role/{}/{session_name}", role.name);
    sts_arn(partition, &role.account, resource)
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

fn describe_session(session: &Session, context: &mut Context) {
    context.set("aws:TokenIssueTime", format!("{:.0}", session.issued));
    // AWS's pages disagree whether the key is false or absent in role sessions; CloudTrail records false.
    context.set("aws:MultiFactorAuthPresent", "false");
    if let Some(source_identity) = &session.source_identity {
        context.set("aws:SourceIdentity", source_identity.as_str());
    }
}
