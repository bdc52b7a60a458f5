//! Where AWS decides otherwise than by the general rule.

use super::Request;
use crate::arn::Arn;
use crate::principal::is_service_linked_role;

/// The permissions of STS that a role's trust policy must give.
const TRUST_ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:SetContext",
    "sts:SetSourceIdentity",
    "sts:TagSession",
];

/// What the root user of a bucket's account may do whatever the bucket's policy says.
const ROOT_RESCUE_ACTIONS: [&str; 3] = [
    "s3:DeleteBucketPolicy",
    "s3:GetBucketPolicy",
    "s3:PutBucketPolicy",
];

/// What customers can't do to AWS's managed policies.
const MANAGED_POLICY_WRITES: [&str; 6] = [
    "iam:CreatePolicyVersion",
    "iam:DeletePolicy",
    "iam:DeletePolicyVersion",
    "iam:SetDefaultPolicyVersion",
    "iam:TagPolicy",
    "iam:UntagPolicy",
];

/// What customers can't do to service-linked roles.
const SERVICE_LINKED_ROLE_WRITES: [&str; 8] = [
    "iam:AttachRolePolicy",
    "iam:DeleteRole",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
];

/// What customers can't do to other roles of AWS's, on top of that.
const RESERVED_ROLE_WRITES: [&str; 5] = [
    "iam:CreateRole",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
];

/// What customers can't do to the aliases of AWS's keys.
const ALIAS_WRITES: [&str; 3] = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"];

/// Whether the action needs no permission and can't be denied.
///
/// AWS: STS API Reference, `GetCallerIdentity` and `GetSessionToken`.
pub(super) fn needs_no_permission(action: &str) -> bool {
    is_any(&["sts:GetCallerIdentity", "sts:GetSessionToken"], action)
}

/// Whether `action` would change something that is AWS's own, which no policy of a customer can allow: managed
/// policies of AWS, service-linked roles, roles under `/aws-reserved/`, and the aliases of AWS's keys.
///
/// The answer of a service may differ from a plain denial; IAM calls a protected role `UnmodifiableEntity`.
///
/// AWS: IAM User Guide, managed policies and service-linked roles; IAM Identity Center; KMS, aliases.
///
/// ```
/// use rolecall_policy::evaluate::is_reserved;
///
/// let administrators = "arn:aws:iam::aws:policy/AdministratorAccess";
/// assert!(is_reserved("iam:CreatePolicyVersion", administrators));
/// assert!(!is_reserved("iam:GetPolicy", administrators));
/// ```
pub fn is_reserved(action: &str, resource: &str) -> bool {
    if !is_of_service(action, "iam") && !is_of_service(action, "kms") {
        return false;
    }
    let Some(arn) = Arn::parse(resource) else {
        return false;
    };
    match arn.service {
        "iam" if arn.account == "aws" => is_any(&MANAGED_POLICY_WRITES, action),
        "iam" if arn.resource.starts_with("role/aws-service-role/") => {
            is_any(&SERVICE_LINKED_ROLE_WRITES, action)
        }
        "iam" if arn.resource.starts_with("role/aws-reserved/") => {
            is_any(&SERVICE_LINKED_ROLE_WRITES, action) || is_any(&RESERVED_ROLE_WRITES, action)
        }
        "kms" if arn.resource.starts_with("alias/aws/") => is_any(&ALIAS_WRITES, action),
        _ => false,
    }
}

impl Request<'_> {
    /// Whether service control policies bind the caller: only principals of an account have any, and
    /// service-linked roles are exempt.
    ///
    /// AWS: Organizations User Guide, service control policies.
    pub(super) fn heeds_service_control(&self) -> bool {
        self.principal.has_identity() && !self.principal.is_service_linked()
    }

    /// Whether resource control policies protect the resource from this call.
    ///
    /// AWS: Organizations User Guide, resource control policies: IAM isn't among the services that take part, and
    /// service-linked roles, as callers and as resources, and `kms:RetireGrant` are exempt.
    pub(super) fn heeds_resource_control(&self) -> bool {
        !is_of_service(self.action, "iam")
            && !self.principal.is_service_linked()
            && !is_service_linked_role(self.resource)
            && !is_any(&["kms:RetireGrant"], self.action)
    }

    /// Whether the owner must allow by the resource's own policy also within the account: a role by its trust
    /// policy, a KMS key by its key policy.
    ///
    /// AWS: IAM User Guide, policy evaluation logic, requests within a single account.
    pub(super) fn needs_resource_policy(&self) -> bool {
        let is_resource =
            |start| Arn::parse(self.resource).is_some_and(|arn| arn.resource.starts_with(start));
        let is_there = self.policies.resource.is_some();
        if is_of_service(self.action, "kms") {
            is_there || is_resource("key/")
        } else {
            self.asks_for_trust() && (is_there || is_resource("role/") || self.assumes())
        }
    }

    /// Whether the caller wants something of a role that its trust policy must give.
    pub(super) fn asks_for_trust(&self) -> bool {
        asks_for_trust(self.action)
    }

    /// Whether it is `sts:AssumeRole` or one of its siblings, which are always about a role.
    fn assumes(&self) -> bool {
        is_any(&TRUST_ACTIONS[..3], self.action)
    }

    /// A root user can't assume a role.
    ///
    /// AWS: STS API Reference, `AssumeRole`.
    pub(super) fn is_role_assumed_by_root(&self) -> bool {
        self.principal.is_root() && is_any(&["sts:AssumeRole"], self.action)
    }

    /// `sts:AssumeRoot` goes from the management account into a member's, whose root user has no policy that
    /// could allow it.
    ///
    /// AWS: IAM User Guide, centralized root access for member accounts.
    pub(super) fn assumes_root(&self) -> bool {
        is_any(&["sts:AssumeRoot"], self.action)
    }

    /// AWS: S3 API Reference, `PutBucketPolicy`: the root user of the owner's account can always get, put and
    /// delete a bucket's policy.
    pub(super) fn is_root_rescue(&self) -> bool {
        self.principal.is_root() && is_any(&ROOT_RESCUE_ACTIONS, self.action)
    }
}

/// Whether a role's trust policy must allow the action.
pub(crate) fn asks_for_trust(action: &str) -> bool {
    is_any(&TRUST_ACTIONS, action)
}

fn is_any(actions: &[&str], action: &str) -> bool {
    actions
        .iter()
        .any(|known| known.eq_ignore_ascii_case(action))
}

fn is_of_service(action: &str, service: &str) -> bool {
    action
        .split_once(':')
        .is_some_and(|(prefix, _)| prefix.eq_ignore_ascii_case(service))
}
