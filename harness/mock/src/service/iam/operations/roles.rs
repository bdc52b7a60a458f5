//! Roles.

use super::{BOUNDARY, CREATED, ROLE_ATTACHED, ROLE_POLICIES, SERVICE, TAGGED, TAGGING};
use crate::service::Operation;
use crate::service::iam::subject::OfRole;
use crate::service::iam::{boundaries, policies, roles, service_linked_roles, tags};
use crate::service::need::{Need, ResourceKind};

pub(super) const ROLES: &[Operation] = &[
    Operation::write(
        "CreateRole",
        &[Need::new("iam:CreateRole", ResourceKind::Role).keys(CREATED)],
        roles::create,
    ),
    Operation::read(
        "GetRole",
        &[Need::new("iam:GetRole", ResourceKind::Role).keys(ROLE_POLICIES)],
        roles::get,
    ),
    Operation::read(
        "ListRoles",
        &[Need::new("iam:ListRoles", ResourceKind::Roles)],
        roles::list,
    ),
    Operation::write(
        "DeleteRole",
        &[Need::new("iam:DeleteRole", ResourceKind::Role).keys(ROLE_POLICIES)],
        roles::delete,
    ),
    Operation::write(
        "UpdateRole",
        &[Need::new("iam:UpdateRole", ResourceKind::Role).keys(ROLE_POLICIES)],
        roles::update,
    ),
    Operation::write(
        "UpdateRoleDescription",
        &[Need::new("iam:UpdateRoleDescription", ResourceKind::Role).keys(ROLE_POLICIES)],
        roles::update_description,
    ),
    Operation::write(
        "UpdateAssumeRolePolicy",
        &[Need::new("iam:UpdateAssumeRolePolicy", ResourceKind::Role).keys(ROLE_POLICIES)],
        roles::update_trust,
    ),
    Operation::write(
        "PutRolePolicy",
        &[Need::new("iam:PutRolePolicy", ResourceKind::Role).keys(ROLE_POLICIES)],
        policies::put::<OfRole>,
    ),
    Operation::read(
        "GetRolePolicy",
        &[Need::new("iam:GetRolePolicy", ResourceKind::Role).keys(TAGGED)],
        policies::get::<OfRole>,
    ),
    Operation::read(
        "ListRolePolicies",
        &[Need::new("iam:ListRolePolicies", ResourceKind::Role).keys(TAGGED)],
        policies::list::<OfRole>,
    ),
    Operation::write(
        "DeleteRolePolicy",
        &[Need::new("iam:DeleteRolePolicy", ResourceKind::Role).keys(ROLE_POLICIES)],
        policies::delete::<OfRole>,
    ),
    Operation::write(
        "AttachRolePolicy",
        &[Need::new("iam:AttachRolePolicy", ResourceKind::Role).keys(ROLE_ATTACHED)],
        policies::attach::<OfRole>,
    ),
    Operation::write(
        "DetachRolePolicy",
        &[Need::new("iam:DetachRolePolicy", ResourceKind::Role).keys(ROLE_ATTACHED)],
        policies::detach::<OfRole>,
    ),
    Operation::read(
        "ListAttachedRolePolicies",
        &[Need::new("iam:ListAttachedRolePolicies", ResourceKind::Role).keys(TAGGED)],
        policies::list_attached::<OfRole>,
    ),
    Operation::write(
        "PutRolePermissionsBoundary",
        &[Need::new("iam:PutRolePermissionsBoundary", ResourceKind::Role).keys(BOUNDARY)],
        boundaries::put::<OfRole>,
    ),
    Operation::write(
        "DeleteRolePermissionsBoundary",
        &[Need::new("iam:DeleteRolePermissionsBoundary", ResourceKind::Role).keys(ROLE_POLICIES)],
        boundaries::delete::<OfRole>,
    ),
    Operation::write(
        "TagRole",
        &[Need::new("iam:TagRole", ResourceKind::Role).keys(TAGGING)],
        tags::add::<OfRole>,
    ),
    Operation::write(
        "UntagRole",
        &[Need::new("iam:UntagRole", ResourceKind::Role).keys(TAGGING)],
        tags::remove::<OfRole>,
    ),
    Operation::read(
        "ListRoleTags",
        &[Need::new("iam:ListRoleTags", ResourceKind::Role).keys(TAGGED)],
        tags::list::<OfRole>,
    ),
    Operation::write(
        "CreateServiceLinkedRole",
        &[Need::new(
            "iam:CreateServiceLinkedRole",
            ResourceKind::ServiceLinkedRole,
        )
        .keys(SERVICE)],
        service_linked_roles::create,
    ),
    Operation::write(
        "DeleteServiceLinkedRole",
        &[Need::new("iam:DeleteServiceLinkedRole", ResourceKind::Role).keys(TAGGED)],
        service_linked_roles::delete,
    ),
    Operation::read(
        "GetServiceLinkedRoleDeletionStatus",
        &[Need::new(
            "iam:GetServiceLinkedRoleDeletionStatus",
            ResourceKind::ServiceLinkedRole,
        )
        .keys(TAGGED)],
        service_linked_roles::deletion_status,
    ),
];
