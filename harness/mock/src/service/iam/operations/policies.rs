//! Managed policies.

use super::{MADE, THING, THING_TAGGING};
use crate::service::Operation;
use crate::service::iam::managed_policies::OfPolicy;
use crate::service::iam::{managed_policies, policy_entities, policy_versions, tags};
use crate::service::need::{Need, ResourceKind};

pub(super) const POLICIES: &[Operation] = &[
    Operation::write(
        "CreatePolicy",
        &[Need::new("iam:CreatePolicy", ResourceKind::Policy).keys(MADE)],
        managed_policies::create,
    ),
    Operation::read(
        "GetPolicy",
        &[Need::new("iam:GetPolicy", ResourceKind::Policy).keys(THING)],
        managed_policies::get,
    ),
    Operation::read(
        "ListPolicies",
        &[Need::new("iam:ListPolicies", ResourceKind::Everything)],
        managed_policies::list,
    ),
    Operation::write(
        "DeletePolicy",
        &[Need::new("iam:DeletePolicy", ResourceKind::Policy).keys(THING)],
        managed_policies::delete,
    ),
    Operation::read(
        "ListEntitiesForPolicy",
        &[Need::new("iam:ListEntitiesForPolicy", ResourceKind::Policy).keys(THING)],
        policy_entities::list,
    ),
    Operation::write(
        "CreatePolicyVersion",
        &[Need::new("iam:CreatePolicyVersion", ResourceKind::Policy).keys(THING)],
        policy_versions::create,
    ),
    Operation::read(
        "GetPolicyVersion",
        &[Need::new("iam:GetPolicyVersion", ResourceKind::Policy).keys(THING)],
        policy_versions::get,
    ),
    Operation::read(
        "ListPolicyVersions",
        &[Need::new("iam:ListPolicyVersions", ResourceKind::Policy).keys(THING)],
        policy_versions::list,
    ),
    Operation::write(
        "SetDefaultPolicyVersion",
        &[Need::new("iam:SetDefaultPolicyVersion", ResourceKind::Policy).keys(THING)],
        policy_versions::set_default,
    ),
    Operation::write(
        "DeletePolicyVersion",
        &[Need::new("iam:DeletePolicyVersion", ResourceKind::Policy).keys(THING)],
        policy_versions::delete,
    ),
    Operation::write(
        "TagPolicy",
        &[Need::new("iam:TagPolicy", ResourceKind::Policy).keys(THING_TAGGING)],
        tags::add::<OfPolicy>,
    ),
    Operation::write(
        "UntagPolicy",
        &[Need::new("iam:UntagPolicy", ResourceKind::Policy).keys(THING_TAGGING)],
        tags::remove::<OfPolicy>,
    ),
    Operation::read(
        "ListPolicyTags",
        &[Need::new("iam:ListPolicyTags", ResourceKind::Policy).keys(THING)],
        tags::list::<OfPolicy>,
    ),
];
