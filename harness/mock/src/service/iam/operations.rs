//! The operations: each with its action, its resource and its condition keys.
//!
//! AWS: Service Authorization Reference, AWS Identity and Access Management (IAM).

use super::subject::{OfGroup, OfRole, OfUser};
use super::{access_keys, boundaries, groups, managed_policies, policies, roles, tags, users};
use crate::service::Operation;
use crate::service::need::{Key, Need, ResourceKind};

/// The tags of the resource show under two names.
const AWS_TAGS: Key = Key::ResourceTags("aws:ResourceTag/");
const IAM_TAGS: Key = Key::ResourceTags("iam:ResourceTag/");
const REQUEST_TAGS: Key = Key::From(tags::request_keys);
const POLICY_ARN: Key = Key::Member("iam:PolicyARN", "PolicyArn");
const GIVEN_BOUNDARY: Key = Key::Member("iam:PermissionsBoundary", "PermissionsBoundary");
const BOUNDARY_OF_USER: Key = Key::InWorld(boundaries::held::<OfUser>);
const BOUNDARY_OF_ROLE: Key = Key::InWorld(boundaries::held::<OfRole>);

const TAGGED: &[Key] = &[AWS_TAGS, IAM_TAGS];
const TAGGING: &[Key] = &[AWS_TAGS, IAM_TAGS, REQUEST_TAGS];
const CREATED: &[Key] = &[REQUEST_TAGS, GIVEN_BOUNDARY];
const BOUNDARY: &[Key] = &[AWS_TAGS, IAM_TAGS, GIVEN_BOUNDARY];
const USER_POLICIES: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_USER];
const ROLE_POLICIES: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_ROLE];
const USER_ATTACHED: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_USER, POLICY_ARN];
const ROLE_ATTACHED: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_ROLE, POLICY_ARN];
const ATTACHED: &[Key] = &[POLICY_ARN];

pub(super) const OPERATIONS: &[Operation] = &[
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
        "CreateAccessKey",
        &[Need::new("iam:CreateAccessKey", ResourceKind::User).keys(TAGGED)],
        access_keys::create,
    ),
    Operation::read(
        "ListAccessKeys",
        &[Need::new("iam:ListAccessKeys", ResourceKind::User).keys(TAGGED)],
        access_keys::list,
    ),
    Operation::write(
        "UpdateAccessKey",
        &[Need::new("iam:UpdateAccessKey", ResourceKind::User).keys(TAGGED)],
        access_keys::update,
    ),
    Operation::write(
        "DeleteAccessKey",
        &[Need::new("iam:DeleteAccessKey", ResourceKind::User).keys(TAGGED)],
        access_keys::delete,
    ),
    Operation::write(
        "CreateRole",
        &[Need::new("iam:CreateRole", ResourceKind::Role).keys(CREATED)],
        roles::create,
    ),
    Operation::read(
        "GetRole",
        &[Need::new("iam:GetRole", ResourceKind::Role).keys(TAGGED)],
        roles::get,
    ),
    Operation::read(
        "ListRoles",
        &[Need::new("iam:ListRoles", ResourceKind::Roles)],
        roles::list,
    ),
    Operation::write(
        "DeleteRole",
        &[Need::new("iam:DeleteRole", ResourceKind::Role).keys(TAGGED)],
        roles::delete,
    ),
    Operation::write(
        "UpdateRole",
        &[Need::new("iam:UpdateRole", ResourceKind::Role).keys(TAGGED)],
        roles::update,
    ),
    Operation::write(
        "UpdateAssumeRolePolicy",
        &[Need::new("iam:UpdateAssumeRolePolicy", ResourceKind::Role).keys(TAGGED)],
        roles::update_trust,
    ),
    Operation::read(
        "ListInstanceProfilesForRole",
        &[Need::new("iam:ListInstanceProfilesForRole", ResourceKind::Role).keys(TAGGED)],
        roles::instance_profiles,
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
        tags::of_user,
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
        tags::of_role,
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
    Operation::write(
        "CreatePolicy",
        &[Need::new("iam:CreatePolicy", ResourceKind::Policy).keys(TAGGING)],
        managed_policies::create,
    ),
    Operation::read(
        "GetPolicy",
        &[Need::new("iam:GetPolicy", ResourceKind::Policy).keys(TAGGED)],
        managed_policies::get,
    ),
    Operation::read(
        "GetPolicyVersion",
        &[Need::new("iam:GetPolicyVersion", ResourceKind::Policy).keys(TAGGED)],
        managed_policies::get_version,
    ),
    Operation::read(
        "ListPolicyVersions",
        &[Need::new("iam:ListPolicyVersions", ResourceKind::Policy).keys(TAGGED)],
        managed_policies::list_versions,
    ),
    Operation::read(
        "ListPolicies",
        &[Need::new("iam:ListPolicies", ResourceKind::Everything)],
        managed_policies::list,
    ),
    Operation::write(
        "DeletePolicy",
        &[Need::new("iam:DeletePolicy", ResourceKind::Policy).keys(TAGGED)],
        managed_policies::delete,
    ),
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
];
