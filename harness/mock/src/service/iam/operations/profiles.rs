//! Instance profiles.

use super::{MADE, PASSED, TAGGED, THING, THING_TAGGING};
use crate::service::Operation;
use crate::service::iam::instance_profiles::OfInstanceProfile;
use crate::service::iam::{instance_profiles, tags};
use crate::service::need::{Need, ResourceKind};

pub(super) const INSTANCE_PROFILES: &[Operation] = &[
    Operation::write(
        "CreateInstanceProfile",
        &[Need::new("iam:CreateInstanceProfile", ResourceKind::InstanceProfile).keys(MADE)],
        instance_profiles::create,
    ),
    Operation::read(
        "GetInstanceProfile",
        &[Need::new("iam:GetInstanceProfile", ResourceKind::InstanceProfile).keys(THING)],
        instance_profiles::get,
    ),
    Operation::read(
        "ListInstanceProfiles",
        &[Need::new(
            "iam:ListInstanceProfiles",
            ResourceKind::InstanceProfiles,
        )],
        instance_profiles::list,
    ),
    Operation::read(
        "ListInstanceProfilesForRole",
        &[Need::new("iam:ListInstanceProfilesForRole", ResourceKind::Role).keys(TAGGED)],
        instance_profiles::list_for_role,
    ),
    Operation::write(
        "DeleteInstanceProfile",
        &[Need::new("iam:DeleteInstanceProfile", ResourceKind::InstanceProfile).keys(THING)],
        instance_profiles::delete,
    ),
    Operation::write(
        "AddRoleToInstanceProfile",
        &[
            Need::new(
                "iam:AddRoleToInstanceProfile",
                ResourceKind::InstanceProfile,
            )
            .keys(THING),
            Need::new("iam:PassRole", ResourceKind::Role).keys(PASSED),
        ],
        instance_profiles::add_role,
    ),
    Operation::write(
        "RemoveRoleFromInstanceProfile",
        &[Need::new(
            "iam:RemoveRoleFromInstanceProfile",
            ResourceKind::InstanceProfile,
        )
        .keys(THING)],
        instance_profiles::remove_role,
    ),
    Operation::write(
        "TagInstanceProfile",
        &[Need::new("iam:TagInstanceProfile", ResourceKind::InstanceProfile).keys(THING_TAGGING)],
        tags::add::<OfInstanceProfile>,
    ),
    Operation::write(
        "UntagInstanceProfile",
        &[
            Need::new("iam:UntagInstanceProfile", ResourceKind::InstanceProfile)
                .keys(THING_TAGGING),
        ],
        tags::remove::<OfInstanceProfile>,
    ),
    Operation::read(
        "ListInstanceProfileTags",
        &[Need::new("iam:ListInstanceProfileTags", ResourceKind::InstanceProfile).keys(THING)],
        tags::list::<OfInstanceProfile>,
    ),
];
