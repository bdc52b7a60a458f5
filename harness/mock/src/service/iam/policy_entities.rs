//! Whom a managed policy is attached to.

use rolecall_wire::Structure;

use super::managed_policies::find;
use super::{account, listing};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Permissions, World};

const USERS: &str = "PolicyUsers";
const GROUPS: &str = "PolicyGroups";
const ROLES: &str = "PolicyRoles";

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    find(world, call, call.required("PolicyArn"))?;
    let users = world.users(&account).into_iter();
    let users = users.filter(|user| is_asked(call, "User", &user.path, &user.permissions));
    let users = users.map(|user| (USERS, named("User", &user.name, &user.id)));
    let groups = world.groups(&account).into_iter();
    let groups = groups.filter(|group| is_asked(call, "Group", &group.path, &group.permissions));
    let groups = groups.map(|group| (GROUPS, named("Group", &group.name, &group.id)));
    let roles = world.roles(&account).into_iter();
    let roles = roles.filter(|role| is_asked(call, "Role", &role.path, &role.permissions));
    let roles = roles.map(|role| (ROLES, named("Role", &role.name, &role.id)));
    let all = groups.chain(users).chain(roles);
    Ok(listing::page_of_lists(call, [GROUPS, USERS, ROLES], all, Some)?.into())
}

/// Whether someone has the policy, in the way that the request asks for.
fn is_asked(call: &Call, kind: &str, path: &str, permissions: &Permissions) -> bool {
    let arn = call.required("PolicyArn");
    let usage = call.input.string("PolicyUsageFilter");
    let is_attached = permissions.has_managed(arn);
    let is_boundary = permissions.has_boundary(arn);
    let has_it = match usage {
        Some("PermissionsPolicy") => is_attached,
        Some("PermissionsBoundary") => is_boundary,
        _ => is_attached || is_boundary,
    };
    let filter = call.input.string("EntityFilter");
    has_it && filter.is_none_or(|filter| filter == kind) && listing::has_prefix(call, path)
}

fn named(kind: &str, name: &str, id: &str) -> Structure {
    Structure::new()
        .with(&format!("{kind}Name"), name)
        .with(&format!("{kind}Id"), id)
}
