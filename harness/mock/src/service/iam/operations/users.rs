//! Users.

use super::{BOUNDARY, CREATED, RENAMED, TAGGED, TAGGING, USER_ATTACHED, USER_POLICIES};
use crate::service::Operation;
use crate::service::iam::subject::OfUser;
use crate::service::iam::{boundaries, policies, tags, users};
use crate::service::need::{Need, ResourceKind};

pub(super) const USERS: &[Operation] = &[
    Operation::write(
        "CreateUser",
        &[Need::new("iam:CreateUser", ResourceKind::User).keys(CREATED)],
        users::create,
    ),
    Operation::read(
        "GetUser",
        &[Need::new("iam:GetUser", ResourceKind::User).keys(TAGGED)],
        users::get,
    ),
    Operation::read(
        "ListUsers",
        &[Need::new("iam:ListUsers", ResourceKind::Users)],
        users::list,
    ),
    Operation::write(
        "UpdateUser",
        &[
            Need::new("iam:UpdateUser", ResourceKind::User).keys(TAGGED),
            Need::new("iam:UpdateUser", ResourceKind::RenamedUser)
                .keys(TAGGED)
                .when(RENAMED),
        ],
        users::update,
    ),
    Operation::write(
        "DeleteUser",
        &[Need::new("iam:DeleteUser", ResourceKind::User).keys(TAGGED)],
        users::delete,
    ),
    Operation::read(
        "ListGroupsForUser",
        &[Need::new("iam:ListGroupsForUser", ResourceKind::User).keys(TAGGED)],
        users::groups,
    ),
    Operation::write(
        "PutUserPolicy",
        &[Need::new("iam:PutUserPolicy", ResourceKind::User).keys(USER_POLICIES)],
        policies::put::<OfUser>,
    ),
    Operation::read(
        "GetUserPolicy",
        &[Need::new("iam:GetUserPolicy", ResourceKind::User).keys(TAGGED)],
        policies::get::<OfUser>,
    ),
    Operation::read(
        "ListUserPolicies",
        &[Need::new("iam:ListUserPolicies", ResourceKind::User).keys(TAGGED)],
        policies::list::<OfUser>,
    ),
    Operation::write(
        "DeleteUserPolicy",
        &[Need::new("iam:DeleteUserPolicy", ResourceKind::User).keys(USER_POLICIES)],
        policies::delete::<OfUser>,
    ),
    Operation::write(
        "AttachUserPolicy",
        &[Need::new("iam:AttachUserPolicy", ResourceKind::User).keys(USER_ATTACHED)],
        policies::attach::<OfUser>,
    ),
    Operation::write(
        "DetachUserPolicy",
        &[Need::new("iam:DetachUserPolicy", ResourceKind::User).keys(USER_ATTACHED)],
        policies::detach::<OfUser>,
    ),
    Operation::read(
        "ListAttachedUserPolicies",
        &[Need::new("iam:ListAttachedUserPolicies", ResourceKind::User).keys(TAGGED)],
        policies::list_attached::<OfUser>,
    ),
    Operation::write(
        "PutUserPermissionsBoundary",
        &[Need::new("iam:PutUserPermissionsBoundary", ResourceKind::User).keys(BOUNDARY)],
        boundaries::put::<OfUser>,
    ),
    Operation::write(
        "DeleteUserPermissionsBoundary",
        &[Need::new("iam:DeleteUserPermissionsBoundary", ResourceKind::User).keys(USER_POLICIES)],
        boundaries::delete::<OfUser>,
    ),
    Operation::write(
        "TagUser",
        &[Need::new("iam:TagUser", ResourceKind::User).keys(TAGGING)],
        tags::add::<OfUser>,
    ),
    Operation::write(
        "UntagUser",
        &[Need::new("iam:UntagUser", ResourceKind::User).keys(TAGGING)],
        tags::remove::<OfUser>,
    ),
    Operation::read(
        "ListUserTags",
        &[Need::new("iam:ListUserTags", ResourceKind::User).keys(TAGGED)],
        tags::list::<OfUser>,
    ),
];
