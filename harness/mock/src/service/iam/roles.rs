//! Roles.

use rolecall_wire::{ServiceError, Structure};

use super::{account, boundaries, documents, error, listing, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{AccountId, Holder, Role, RoleSpec, World};

/// Seconds; AWS: API Reference, `CreateRole`, `MaxSessionDuration`.
const DEFAULT_SESSION: i64 = 3600;

/// Where the paths of service-linked roles begin.
pub(super) const SERVICE_LINKED: &str = "/aws-service-role/";

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("RoleName"));
    let trust = documents::trust(
        world,
        call.partition(),
        call.required("AssumeRolePolicyDocument"),
    )?;
    let spec = RoleSpec {
        path: call.input.string("Path").unwrap_or("/").to_owned(),
        boundary: boundaries::given(world, call)?,
        tags: tags::given(call)?,
        max_session: session_length(call),
        ..RoleSpec::new(account.as_str(), name, trust)
    };
    let added = world.add_role(spec);
    added.map_err(|error| error::refused(&error))?;
    let role = find_mut(world, &account, name)?;
    role.created = call.now();
    role.description = call.input.string("Description").map(str::to_owned);
    let created = described(role, call);
    Ok(Structure::new().with("Role", created).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let role = find(world, &account(call)?, call.required("RoleName"))?;
    let shown = described(role, call).with("RoleLastUsed", Structure::new());
    Ok(Structure::new().with("Role", shown).into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let roles = world.roles(&account(call)?).into_iter();
    let asked = roles.filter(|role| listing::has_prefix(call, &role.path));
    let items = asked.map(|role| listed(role, call));
    Ok(listing::page(call, "Roles", items)?.into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("RoleName"));
    let role = find(world, &account, name)?;
    check_own(role)?;
    if !world.instance_profiles_with(&account, name).is_empty() {
        return Err(error::conflict("remove roles from instance profile"));
    }
    boundaries::check_bare(&role.permissions)?;
    let removed = world.remove_role(account.as_str(), name);
    removed.map_err(|error| error::refused(&error))?;
    Ok(Reply::empty())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let role = find_mut(world, &account(call)?, call.required("RoleName"))?;
    check_own(role)?;
    if let Some(description) = call.input.string("Description") {
        role.description = Some(description.to_owned());
    }
    role.max_session = session_length(call);
    Ok(Reply::empty())
}

pub(super) fn update_trust(world: &mut World, call: &Call) -> Answer {
    let (account, name) = (account(call)?, call.required("RoleName"));
    check_own(find(world, &account, name)?)?;
    let trust = documents::trust(world, call.partition(), call.required("PolicyDocument"))?;
    find_mut(world, &account, name)?.set_trust(trust);
    Ok(Reply::empty())
}

pub(super) fn update_description(world: &mut World, call: &Call) -> Answer {
    let role = find_mut(world, &account(call)?, call.required("RoleName"))?;
    role.description = Some(call.required("Description").to_owned());
    let changed = described(role, call);
    Ok(Structure::new().with("Role", changed).into())
}

/// Refuses to change what belongs to an AWS service.
pub(super) fn check_own(role: &Role) -> Result<(), ServiceError> {
    if role.path.starts_with(SERVICE_LINKED) {
        return Err(error::unmodifiable(&role.name));
    }
    Ok(())
}

fn session_length(call: &Call) -> i64 {
    let given = call.input.integer("MaxSessionDuration");
    given.unwrap_or(DEFAULT_SESSION)
}

pub(super) fn find<'w>(
    world: &'w World,
    account: &AccountId,
    name: &str,
) -> Result<&'w Role, ServiceError> {
    let role = world.role(account.as_str(), name);
    role.map(AsRef::as_ref)
        .ok_or_else(|| error::missing(Holder::Role, name))
}

pub(super) fn find_mut<'w>(
    world: &'w mut World,
    account: &AccountId,
    name: &str,
) -> Result<&'w mut Role, ServiceError> {
    let role = world.role_mut(account, name);
    role.ok_or_else(|| error::missing(Holder::Role, name))
}

/// A role as lists have it: without tags and boundary.
pub(super) fn listed(role: &Role, call: &Call) -> Structure {
    let trust = documents::encoded(&role.trust.document);
    Structure::new()
        .with("Path", role.path.as_str())
        .with("RoleName", role.name.as_str())
        .with("RoleId", role.id.as_str())
        .with("Arn", role.arn(call.partition()))
        .with("CreateDate", role.created)
        .with("AssumeRolePolicyDocument", trust)
        .with_some("Description", role.description.as_deref())
        .with("MaxSessionDuration", role.max_session)
}

pub(super) fn described(role: &Role, call: &Call) -> Structure {
    let boundary = boundaries::shown(call, &role.permissions);
    listed(role, call)
        .with_some("PermissionsBoundary", boundary)
        .with_some("Tags", tags::shown(&role.tags))
}
