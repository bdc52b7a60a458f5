//! Groups.

use super::{ATTACHED, RENAMED};
use crate::service::Operation;
use crate::service::iam::subject::OfGroup;
use crate::service::iam::{groups, policies};
use crate::service::need::{Need, ResourceKind};

pub(super) const GROUPS: &[Operation] = &[
    Operation::write(
        "CreateGroup",
        &[Need::new("iam:CreateGroup", ResourceKind::Group)],
        groups::create,
    ),
    Operation::read(
        "GetGroup",
        &[Need::new("iam:GetGroup", ResourceKind::Group)],
        groups::get,
    ),
    Operation::read(
        "ListGroups",
        &[Need::new("iam:ListGroups", ResourceKind::Groups)],
        groups::list,
    ),
    Operation::write(
        "UpdateGroup",
        &[
            Need::new("iam:UpdateGroup", ResourceKind::Group),
            Need::new("iam:UpdateGroup", ResourceKind::RenamedGroup).when(RENAMED),
        ],
        groups::update,
    ),
    Operation::write(
        "DeleteGroup",
        &[Need::new("iam:DeleteGroup", ResourceKind::Group)],
        groups::delete,
    ),
    Operation::write(
        "AddUserToGroup",
        &[Need::new("iam:AddUserToGroup", ResourceKind::Group)],
        groups::add_user,
    ),
    Operation::write(
        "RemoveUserFromGroup",
        &[Need::new("iam:RemoveUserFromGroup", ResourceKind::Group)],
        groups::remove_user,
    ),
    Operation::write(
        "PutGroupPolicy",
        &[Need::new("iam:PutGroupPolicy", ResourceKind::Group)],
        policies::put::<OfGroup>,
    ),
    Operation::read(
        "GetGroupPolicy",
        &[Need::new("iam:GetGroupPolicy", ResourceKind::Group)],
        policies::get::<OfGroup>,
    ),
    Operation::read(
        "ListGroupPolicies",
        &[Need::new("iam:ListGroupPolicies", ResourceKind::Group)],
        policies::list::<OfGroup>,
    ),
    Operation::write(
        "DeleteGroupPolicy",
        &[Need::new("iam:DeleteGroupPolicy", ResourceKind::Group)],
        policies::delete::<OfGroup>,
    ),
    Operation::write(
        "AttachGroupPolicy",
        &[Need::new("iam:AttachGroupPolicy", ResourceKind::Group).keys(ATTACHED)],
        policies::attach::<OfGroup>,
    ),
    Operation::write(
        "DetachGroupPolicy",
        &[Need::new("iam:DetachGroupPolicy", ResourceKind::Group).keys(ATTACHED)],
        policies::detach::<OfGroup>,
    ),
    Operation::read(
        "ListAttachedGroupPolicies",
        &[Need::new(
            "iam:ListAttachedGroupPolicies",
            ResourceKind::Group,
        )],
        policies::list_attached::<OfGroup>,
    ),
];
