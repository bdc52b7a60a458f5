//! Who makes a request.

use std::ops::Range;

use crate::arn::{self, Arn};
use crate::document::Caller;

/// Who makes a request, with the forms a `Principal` element can name it by.
///
/// ```
/// use rolecall_policy::Principal;
///
/// let session = Principal::role_session(
///     "arn:aws:sts::123456789012:assumed-role/Deploy/ci",
///     "arn:aws:iam::123456789012:role/ops/Deploy",
///     None,
/// );
/// assert_eq!(session.account(), Some("123456789012"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    kind: Kind,
    /// The ARN, or a service's host; empty for the unsigned.
    name: String,
    /// Where the account's number stands in the ARN; nowhere for those without.
    account: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Root,
    User {
        id: Option<String>,
    },
    /// `name` is the session's ARN.
    Session {
        role_arn: String,
        role_id: Option<String>,
    },
    /// Any session of a role; `name` is the role's ARN.
    Role {
        id: Option<String>,
    },
    Federated {
        user_arn: Option<String>,
    },
    Provider,
    Service,
    Anonymous,
}

impl Principal {
    /// The root user of an account: `arn:aws:iam::123456789012:root`.
    pub fn root(arn: &str) -> Self {
        Self::new(Kind::Root, arn)
    }

    /// An IAM user (also with `GetSessionToken` credentials). `id` is the unique id (`AIDA…`), if known.
    pub fn user(arn: &str, id: Option<&str>) -> Self {
        let id = id.map(str::to_owned);
        Self::new(Kind::User { id }, arn)
    }

    /// A session of a role. `arn` is the session's (`arn:aws:sts::…:assumed-role/NAME/SESSION`), `role_arn` the
    /// role's with its path, `role_id` its unique id (`AROA…`).
    pub fn role_session(arn: &str, role_arn: &str, role_id: Option<&str>) -> Self {
        let kind = Kind::Session {
            role_arn: role_arn.to_owned(),
            role_id: role_id.map(str::to_owned),
        };
        Self::new(kind, arn)
    }

    /// Some session of a role, whichever: no policy can name it by the session's own ARN.
    pub fn role(role_arn: &str, role_id: Option<&str>) -> Self {
        let id = role_id.map(str::to_owned);
        Self::new(Kind::Role { id }, role_arn)
    }

    /// A federated user and the IAM user (or root) that called `GetFederationToken`.
    pub fn federated_user(arn: &str, user_arn: Option<&str>) -> Self {
        let user_arn = user_arn.map(str::to_owned);
        Self::new(Kind::Federated { user_arn }, arn)
    }

    /// Whoever an OIDC or SAML provider vouches for (`AssumeRoleWithWebIdentity`, `AssumeRoleWithSAML`).
    pub fn provider(arn: &str) -> Self {
        Self::new(Kind::Provider, arn)
    }

    /// An AWS service: `ec2.amazonaws.com`.
    pub fn service(host: &str) -> Self {
        Self::new(Kind::Service, host)
    }

    /// An unsigned request.
    pub fn anonymous() -> Self {
        Self::new(Kind::Anonymous, "")
    }

    /// The principal an ARN stands for; `None` when it stands for none.
    ///
    /// A session's role is taken to have no path, for its ARN doesn't tell; [`role_session`](Self::role_session)
    /// takes the role's own ARN. A role's ARN means some session of the role.
    ///
    /// ```
    /// use rolecall_policy::Principal;
    ///
    /// let user = Principal::from_arn("arn:aws:iam::123456789012:user/ops/ann");
    /// assert_eq!(user, Some(Principal::user("arn:aws:iam::123456789012:user/ops/ann", None)));
    /// assert_eq!(Principal::from_arn("arn:aws:iam::123456789012:group/ops"), None);
    /// ```
    pub fn from_arn(arn: &str) -> Option<Self> {
        let parts = Arn::parse(arn)?;
        if !arn::is_account(parts.account) {
            return None;
        }
        let (kind, rest) = parts
            .resource
            .split_once('/')
            .unwrap_or((parts.resource, ""));
        match (parts.service, kind) {
            ("iam", "root") if rest.is_empty() => Some(Self::root(arn)),
            ("iam", "user") if !rest.is_empty() => Some(Self::user(arn, None)),
            ("iam", "role") if !rest.is_empty() => Some(Self::role(arn, None)),
            ("iam", "oidc-provider" | "saml-provider") => Some(Self::provider(arn)),
            ("sts", "federated-user") if !rest.is_empty() => Some(Self::federated_user(arn, None)),
            ("sts", "assumed-role") => {
                let (role, _) = rest.split_once('/')?;
                let role_arn =
                    format!("arn:{}:iam::{}:role/{role}", parts.partition, parts.account);
                Some(Self::role_session(arn, &role_arn, None))
            }
            _ => None,
        }
    }

    /// The ARN in AWS's messages and `aws:PrincipalArn`'s origin; none for services and anonymous callers.
    pub fn arn(&self) -> Option<&str> {
        match self.kind {
            Kind::Service | Kind::Anonymous => None,
            Kind::Root
            | Kind::User { .. }
            | Kind::Session { .. }
            | Kind::Role { .. }
            | Kind::Federated { .. }
            | Kind::Provider => Some(&self.name),
        }
    }

    /// The account, where the principal has one.
    pub fn account(&self) -> Option<&str> {
        self.name
            .get(self.account.clone())
            .filter(|account| !account.is_empty())
    }

    /// Whether it is an account's root user.
    pub fn is_root(&self) -> bool {
        self.kind == Kind::Root
    }

    /// Whether it belongs to an account, so that policies of that account speak about it: a user, a session or
    /// the root user.
    pub(crate) fn has_identity(&self) -> bool {
        match self.kind {
            Kind::Root
            | Kind::User { .. }
            | Kind::Session { .. }
            | Kind::Role { .. }
            | Kind::Federated { .. } => true,
            Kind::Provider | Kind::Service | Kind::Anonymous => false,
        }
    }

    /// Whether it has no permissions of its own but for what session policies let through.
    pub(crate) fn needs_session_policy(&self) -> bool {
        matches!(self.kind, Kind::Federated { .. })
    }

    /// Whether it is a session of a service-linked role, known by its role's path.
    pub fn is_service_linked(&self) -> bool {
        match &self.kind {
            Kind::Session { role_arn, .. } => is_service_linked_role(role_arn),
            Kind::Role { .. } => is_service_linked_role(&self.name),
            Kind::Root
            | Kind::User { .. }
            | Kind::Federated { .. }
            | Kind::Provider
            | Kind::Service
            | Kind::Anonymous => false,
        }
    }

    /// The forms a `Principal` element can name it by.
    pub(crate) fn caller(&self) -> Caller<'_> {
        let account = self.account().unwrap_or_default();
        let arn = self.name.as_str();
        match &self.kind {
            Kind::Root => Caller::Root { account, arn },
            Kind::User { id } => Caller::User {
                account,
                arn,
                id: id.as_deref(),
            },
            Kind::Session { role_arn, role_id } => Caller::Session {
                account,
                arn: Some(arn),
                role_arn,
                role_id: role_id.as_deref(),
            },
            Kind::Role { id } => Caller::Session {
                account,
                arn: None,
                role_arn: arn,
                role_id: id.as_deref(),
            },
            Kind::Federated { user_arn } => Caller::Federated {
                account,
                arn,
                user_arn: user_arn.as_deref(),
            },
            Kind::Provider => Caller::Provider { arn },
            Kind::Service => Caller::Service { host: arn },
            Kind::Anonymous => Caller::Anonymous,
        }
    }

    fn new(kind: Kind, name: &str) -> Self {
        let has_account = !matches!(kind, Kind::Service | Kind::Anonymous);
        let account = arn::account(name).filter(|_| has_account);
        let start = name
            .match_indices(':')
            .nth(3)
            .map_or(0, |(colon, _)| colon + 1);
        Self {
            kind,
            name: name.to_owned(),
            account: start..start + account.map_or(0, str::len),
        }
    }
}

/// Whether a role belongs to a service and only to it.
///
/// AWS: IAM User Guide, service-linked roles: their path is `/aws-service-role/SERVICE/`.
pub(crate) fn is_service_linked_role(arn: &str) -> bool {
    Arn::parse(arn).is_some_and(|arn| arn.resource.starts_with("role/aws-service-role/"))
}
