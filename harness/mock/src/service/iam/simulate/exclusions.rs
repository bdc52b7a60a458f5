//! `PolicyExclusionList`: attached policies that a simulation leaves out.

use rolecall_wire::Structure;

use crate::service::call::Call;
use crate::service::iam::error;
use crate::world::{Holder, kept};

/// What is left out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Exclusion<'c> {
    /// All of a type: `inline`, `aws-managed`, `user-managed`, `permission-boundary`, `scp`, `rcp`.
    Type(&'c str),
    /// The managed policy with this ARN.
    Arn(&'c str),
    /// One inline policy.
    Inline {
        policy: &'c str,
        attachment: &'c str,
        name: &'c str,
    },
}

impl<'c> Exclusion<'c> {
    /// The exclusions of a request.
    pub(super) fn of(call: &'c Call) -> Vec<Self> {
        let list = call.input.structures("PolicyExclusionList");
        list.filter_map(Self::read).collect()
    }

    fn read(identifier: &'c Structure) -> Option<Self> {
        if let Some(policy_type) = identifier.string("PolicyType") {
            return Some(Self::Type(policy_type));
        }
        if let Some(arn) = identifier.string("PolicyArn") {
            return Some(Self::Arn(arn));
        }
        let inline = identifier.structure("InlinePolicyIdentifier")?;
        Some(Self::Inline {
            policy: inline.string("PolicyName")?,
            attachment: inline.string("AttachmentType")?,
            name: inline.string("AttachmentName")?,
        })
    }

    /// Whether a managed policy that is attached is left out.
    pub(super) fn covers_managed(self, arn: &str) -> bool {
        match self {
            Self::Type("aws-managed") => is_awss(arn),
            Self::Type("user-managed") => !is_awss(arn),
            Self::Type(_) | Self::Inline { .. } => false,
            Self::Arn(out) => kept(out) == arn,
        }
    }

    /// Whether a permissions boundary is left out.
    pub(super) fn covers_boundary(self, arn: &str) -> bool {
        match self {
            Self::Type(policy_type) => policy_type == "permission-boundary",
            Self::Arn(out) => kept(out) == arn,
            Self::Inline { .. } => false,
        }
    }

    /// Whether service control policies are left out.
    pub(super) fn covers_service_control(self) -> bool {
        matches!(self, Self::Type("scp"))
    }
}

/// Whether an inline policy is left out.
pub(super) fn is_excluded(
    exclusions: &[Exclusion<'_>],
    holder: Holder,
    owner: &str,
    policy: &str,
) -> bool {
    exclusions.iter().any(|exclusion| match exclusion {
        Exclusion::Type(policy_type) => *policy_type == "inline",
        Exclusion::Arn(_) => false,
        Exclusion::Inline {
            policy: out,
            attachment,
            name,
        } => *out == policy && *attachment == error::kind(holder) && *name == owner,
    })
}

fn is_awss(arn: &str) -> bool {
    arn.contains(":iam::aws:")
}
