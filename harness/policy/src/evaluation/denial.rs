//! The reason AWS gives in a denial's message.

use super::{Check, CheckType, Effect, Evaluation, StatementTrace};
use crate::policy::PolicyType;

/// Why a request was denied, as AWS would say it: one type of policy, and for an explicit deny the policy.
///
/// Where several types deny, AWS names one and doesn't document which; here it is the first in the order of
/// its checks.
///
/// Source: AWS, IAM User Guide, troubleshoot access denied error messages.
#[derive(Clone, Copy, Debug)]
pub struct Denial<'e> {
    action: &'e str,
    /// The check that decided.
    pub check: &'e Check,
    /// The type of policy that is named.
    pub policy_type: PolicyType,
    /// The Deny that matched, when the denial is explicit.
    pub statement: Option<&'e StatementTrace>,
}

impl Evaluation {
    /// Why the request was denied; `None` when it was allowed.
    pub fn denial(&self) -> Option<Denial<'_>> {
        let check = self.deciding().next()?;
        let statement = match check.effect {
            Effect::ExplicitDeny => check.named_deny(),
            Effect::ImplicitDeny | Effect::Allow | Effect::NoImpact => None,
        };
        Some(Denial {
            action: &self.action,
            check,
            policy_type: match statement {
                Some(statement) => statement.policy_type,
                None => check.check_type.policy_type(),
            },
            statement,
        })
    }

    /// The end of AWS's denial message: `because no identity-based policy allows the s3:ListAllMyBuckets
    /// action`, or `with an explicit deny in an identity-based policy: ARN`. `None` when allowed.
    ///
    /// Not every service prints it (STS prints none for `AssumeRole`), and services learn to print the ARN one
    /// by one: [`Denial::reason`] leaves it out.
    pub fn denial_reason(&self) -> Option<String> {
        let denial = self.denial()?;
        let mut reason = denial.reason();
        if let Some(arn) = denial.policy_arn() {
            reason.push_str(": ");
            reason.push_str(arn);
        }
        Some(reason)
    }
}

impl Denial<'_> {
    /// The end of AWS's message, without the policy's ARN.
    pub fn reason(&self) -> String {
        match self.statement {
            Some(_) => format!("with an explicit deny in {}", self.denying()),
            None => format!(
                "because no {} allows the {} action",
                self.allowing(),
                self.action
            ),
        }
    }

    /// The ARN of the managed policy with the explicit deny; never a resource-based one's.
    pub fn policy_arn(&self) -> Option<&str> {
        let policy = &self.statement?.policy;
        let has_arn = !policy.inline && self.policy_type != PolicyType::ResourceBased;
        has_arn.then_some(policy.uri.as_str())
    }

    /// Whether the policy named is a role's trust policy.
    pub fn is_trust(&self) -> bool {
        self.policy_type == PolicyType::ResourceBased
            && crate::evaluate::asks_for_trust(self.action)
    }

    fn denying(&self) -> &'static str {
        match self.policy_type {
            PolicyType::IdentityBased => "an identity-based policy",
            PolicyType::ResourceBased if self.is_trust() => "the role trust policy",
            PolicyType::ResourceBased => "a resource-based policy",
            PolicyType::PermissionsBoundary => "a permissions boundary",
            PolicyType::Session => "a session policy",
            PolicyType::ServiceControl => "a service control policy",
            PolicyType::ResourceControl => "a resource control policy",
            PolicyType::VpcEndpoint => "a VPC endpoint policy",
        }
    }

    fn allowing(&self) -> &'static str {
        match self.policy_type {
            PolicyType::IdentityBased => "identity-based policy",
            PolicyType::ResourceBased if self.is_trust() => "role trust policy",
            PolicyType::ResourceBased => "resource-based policy",
            PolicyType::PermissionsBoundary => "permissions boundary",
            PolicyType::Session => "session policy",
            PolicyType::ServiceControl => "service control policy",
            PolicyType::ResourceControl => "resource control policy",
            PolicyType::VpcEndpoint => "VPC endpoint policy",
        }
    }
}

impl Check {
    /// The Deny that AWS's message would name: a resource's policy comes before the caller's own.
    fn named_deny(&self) -> Option<&StatementTrace> {
        let denies = || self.matched().filter(|statement| !statement.allows);
        denies()
            .find(|statement| statement.policy_type == PolicyType::ResourceBased)
            .or_else(|| denies().next())
    }
}

impl CheckType {
    /// The type of policy that is missed when nothing allows.
    pub(super) const fn policy_type(self) -> PolicyType {
        match self {
            Self::ResourceControlPolicy => PolicyType::ResourceControl,
            Self::ServiceControlPolicy => PolicyType::ServiceControl,
            Self::VpcEndpoint => PolicyType::VpcEndpoint,
            Self::Resource => PolicyType::ResourceBased,
            Self::Principal => PolicyType::IdentityBased,
            Self::PermissionsBoundary => PolicyType::PermissionsBoundary,
            Self::Session => PolicyType::Session,
        }
    }
}
