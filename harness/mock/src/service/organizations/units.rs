//! The root and the organizational units.

use rolecall_wire::{ServiceError, Structure, Value};

use super::{error, listing, managed};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{ControlType, Directory, Node, NodeKind, World};

pub(super) fn list_roots(world: &World, call: &Call) -> Answer {
    let types = [ControlType::Service, ControlType::Resource].map(|control| {
        let enabled = Structure::new().with("Type", control.api_name());
        Value::from(enabled.with("Status", "ENABLED"))
    });
    let nodes = managed(world, call)?.nodes.iter();
    let roots = nodes.filter(|node| node.kind == NodeKind::Root);
    let items = roots.map(|root| described(root).with("PolicyTypes", types.to_vec()));
    Ok(listing::page(call, "Roots", items)?.into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let parent = parent(directory, call)?;
    let units = directory.children(&parent.id, NodeKind::Unit);
    let items = units.map(described);
    Ok(listing::page(call, "OrganizationalUnits", items)?.into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let unit = directory.node(call.required("OrganizationalUnitId"));
    let unit = unit.filter(|node| node.kind == NodeKind::Unit);
    let unit =
        unit.ok_or_else(|| error::not_found("OrganizationalUnit", "an organizational unit"))?;
    let shown = described(unit);
    Ok(Structure::new().with("OrganizationalUnit", shown).into())
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
    let parent = directory.node(call.required("ParentId"));
    let parent = parent.filter(|node| node.kind != NodeKind::Account);
    parent.ok_or_else(|| error::not_found("Parent", "a parent"))
}

fn described(node: &Node) -> Structure {
    Structure::new()
        .with("Id", node.id.as_str())
        .with("Arn", node.arn.as_str())
        .with("Name", node.name.as_str())
}

fn named(node: &Node) -> Structure {
    Structure::new()
        .with("Id", node.id.as_str())
        .with("Type", node.kind.api_name())
}
