//! The root and the organizational units.

use rolecall_wire::{ServiceError, Structure, Value};

use super::{error, listing, managed, organization, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Directory, Node, NodeKind, World};

/// How many levels of units there may be below the root.
///
/// AWS: Organizations User Guide, quotas.
const DEEPEST: usize = 5;

pub(super) fn list_roots(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let items = directory.root().map(|root| described_root(directory, root));
    Ok(listing::page(call, "Roots", items)?.into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let parent = parent(directory, call)?;
    let units = directory.children(&parent.id, NodeKind::Unit);
    let items = units.map(|unit| described(directory, unit));
    Ok(listing::page(call, "OrganizationalUnits", items)?.into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let shown = described(directory, find(directory, call)?);
    Ok(Structure::new().with("OrganizationalUnit", shown).into())
}

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let tags = tags::given(call)?;
    let letters = world.ids.lower_case(8);
    let shown = organization::change(world, call, |directory| {
        let (name, parent) = (call.required("Name"), parent(directory, call)?);
        check_name(directory, &parent.id, name, None)?;
        if directory.way(parent).len() > DEEPEST {
            return Err(error::too_deep());
        }
        let parent = parent.id.clone();
        let root = directory.root().map_or("", |root| root.id.as_str());
        let root = root.strip_prefix("r-").unwrap_or(root);
        let id = format!("ou-{root}-{letters}");
        directory.enter(NodeKind::Unit, &id, name, Some(&parent));
        if let Some(unit) = directory.node_mut(&id) {
            unit.tags = tags;
        }
        let unit = directory.node(&id).ok_or_else(no_unit)?;
        Ok(described(directory, unit))
    })?;
    Ok(Structure::new().with("OrganizationalUnit", shown).into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let shown = organization::change(world, call, |directory| {
        let unit = find(directory, call)?;
        let (id, parent) = (unit.id.clone(), unit.parent.clone());
        if let Some(name) = call.input.string("Name") {
            check_name(directory, &parent.unwrap_or_default(), name, Some(&id))?;
            if let Some(unit) = directory.node_mut(&id) {
                name.clone_into(&mut unit.name);
            }
        }
        let unit = directory.node(&id).ok_or_else(no_unit)?;
        Ok(described(directory, unit))
    })?;
    Ok(Structure::new().with("OrganizationalUnit", shown).into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    organization::change(world, call, |directory| {
        let id = find(directory, call)?.id.clone();
        let holds = |node: &Node| node.parent.as_deref() == Some(id.as_str());
        if directory.nodes.iter().any(holds) {
            return Err(error::unit_not_empty());
        }
        directory.nodes.retain(|node| node.id != id);
        Ok(())
    })?;
    Ok(Reply::empty())
}

pub(super) fn list_parents(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let child = directory.node(call.required("ChildId"));
    let child = child.filter(|node| node.kind != NodeKind::Root);
    let child = child.ok_or_else(|| error::not_found("Child", "a child"))?;
    let parent = child.parent.as_deref().and_then(|id| directory.node(id));
    Ok(listing::page(call, "Parents", parent.map(named))?.into())
}

pub(super) fn list_children(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let parent = parent(directory, call)?;
    let kind = match call.required("ChildType") {
        "ACCOUNT" => NodeKind::Account,
        _ => NodeKind::Unit,
    };
    let items = directory.children(&parent.id, kind).map(named);
    Ok(listing::page(call, "Children", items)?.into())
}

/// The root or unit of `ParentId`.
pub(super) fn parent<'d>(directory: &'d Directory, call: &Call) -> Result<&'d Node, ServiceError> {
    let parent = container(directory, call.required("ParentId"));
    parent.ok_or_else(|| error::not_found("Parent", "a parent"))
}

/// A root or unit.
pub(super) fn container<'d>(directory: &'d Directory, id: &str) -> Option<&'d Node> {
    let node = directory.node(id);
    node.filter(|node| node.kind != NodeKind::Account)
}

/// A root with the policy types that are enabled in it.
pub(super) fn described_root(directory: &Directory, root: &Node) -> Structure {
    let types = directory.enabled.iter().map(|control| {
        let enabled = Structure::new().with("Type", control.api_name());
        Value::from(enabled.with("Status", "ENABLED"))
    });
    Structure::new()
        .with("Id", root.id.as_str())
        .with("Arn", root.arn.as_str())
        .with("Name", root.name.as_str())
        .with("PolicyTypes", types.collect::<Vec<_>>())
}

/// The unit of `OrganizationalUnitId`.
fn find<'d>(directory: &'d Directory, call: &Call) -> Result<&'d Node, ServiceError> {
    let unit = directory.node(call.required("OrganizationalUnitId"));
    unit.filter(|node| node.kind == NodeKind::Unit)
        .ok_or_else(no_unit)
}

fn no_unit() -> ServiceError {
    error::not_found("OrganizationalUnit", "an organizational unit")
}

/// Units in one parent have different names.
fn check_name(
    directory: &Directory,
    parent: &str,
    name: &str,
    own: Option<&str>,
) -> Result<(), ServiceError> {
    let siblings = directory.children(parent, NodeKind::Unit);
    let mut others = siblings.filter(|unit| Some(unit.id.as_str()) != own);
    if others.any(|unit| unit.name == name) {
        return Err(error::duplicate_unit());
    }
    Ok(())
}

fn described(directory: &Directory, unit: &Node) -> Structure {
    Structure::new()
        .with("Id", unit.id.as_str())
        .with("Arn", unit.arn.as_str())
        .with("Name", unit.name.as_str())
        .with("Path", directory.path(unit))
}

fn named(node: &Node) -> Structure {
    Structure::new()
        .with("Id", node.id.as_str())
        .with("Type", node.kind.api_name())
}
