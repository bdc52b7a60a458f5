//! The operations: each with its action, its resource and its condition keys.
//!
//! AWS: Service Authorization Reference, AWS Identity and Access Management (IAM).

mod account;
mod credentials;
mod groups;
mod policies;
mod profiles;
mod providers;
mod roles;
mod users;

use super::subject::{OfRole, OfUser};
use super::{boundaries, instance_profiles, simulate, tags};
use crate::service::Operation;
use crate::service::need::{Key, When};

/// All of them, by what they are about.
pub(super) const OPERATIONS: &[&[Operation]] = &[
    users::USERS,
    credentials::CREDENTIALS,
    roles::ROLES,
    profiles::INSTANCE_PROFILES,
    groups::GROUPS,
    policies::POLICIES,
    providers::PROVIDERS,
    account::ACCOUNT,
    simulate::OPERATIONS,
    super::outbound_federation::OPERATIONS,
];

/// The tags of the resource; those of users and roles show under two names.
const AWS_TAGS: Key = Key::ResourceTags("aws:ResourceTag/");
const IAM_TAGS: Key = Key::ResourceTags("iam:ResourceTag/");
const REQUEST_TAGS: Key = Key::From(tags::request_keys);
const POLICY_ARN: Key = Key::Member("iam:PolicyARN", "PolicyArn");
const GIVEN_BOUNDARY: Key = Key::Member("iam:PermissionsBoundary", "PermissionsBoundary");
const BOUNDARY_OF_USER: Key = Key::InWorld(boundaries::held::<OfUser>);
const BOUNDARY_OF_ROLE: Key = Key::InWorld(boundaries::held::<OfRole>);
const SERVICE_NAME: Key = Key::Member("iam:AWSServiceName", "AWSServiceName");
const PASSED_TO: Key = Key::From(instance_profiles::passed_to);

pub(super) const TAGGED: &[Key] = &[AWS_TAGS, IAM_TAGS];
const TAGGING: &[Key] = &[AWS_TAGS, IAM_TAGS, REQUEST_TAGS];
const THING: &[Key] = &[AWS_TAGS];
const THING_TAGGING: &[Key] = &[AWS_TAGS, REQUEST_TAGS];
const MADE: &[Key] = &[REQUEST_TAGS];
const CREATED: &[Key] = &[REQUEST_TAGS, GIVEN_BOUNDARY];
const BOUNDARY: &[Key] = &[AWS_TAGS, IAM_TAGS, GIVEN_BOUNDARY];
const USER_POLICIES: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_USER];
const ROLE_POLICIES: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_ROLE];
const USER_ATTACHED: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_USER, POLICY_ARN];
const ROLE_ATTACHED: &[Key] = &[AWS_TAGS, IAM_TAGS, BOUNDARY_OF_ROLE, POLICY_ARN];
const ATTACHED: &[Key] = &[POLICY_ARN];
const SERVICE: &[Key] = &[SERVICE_NAME];
const PASSED: &[Key] = &[AWS_TAGS, IAM_TAGS, PASSED_TO];

/// A renaming needs the permission under both names. AWS: API Reference, `UpdateUser` and `UpdateGroup`.
const RENAMED: When = When::Given(&["NewPath", "NewUserName", "NewGroupName"]);
