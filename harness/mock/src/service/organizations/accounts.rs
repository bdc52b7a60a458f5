//! The accounts of the organization.

use jiff::Timestamp;
use rolecall_wire::Structure;

use super::{error, listing, managed, units};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Directory, Node, NodeKind, World};

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let nodes = directory.nodes.iter();
    let accounts = nodes.filter(|node| node.kind == NodeKind::Account);
    let items = accounts.map(|account| described(account, directory, world.start()));
    Ok(listing::page(call, "Accounts", items)?.into())
}

pub(super) fn list_for_parent(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let parent = units::parent(directory, call)?;
    let accounts = directory.children(&parent.id, NodeKind::Account);
    let items = accounts.map(|account| described(account, directory, world.start()));
    Ok(listing::page(call, "Accounts", items)?.into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let account = directory.node(call.required("AccountId"));
    let account = account.filter(|node| node.kind == NodeKind::Account);
    let account = account.ok_or_else(|| error::not_found("Account", "an account"))?;
    let shown = described(account, directory, world.start());
    Ok(Structure::new().with("Account", shown).into())
}

fn described(account: &Node, directory: &Directory, joined: Timestamp) -> Structure {
    let is_management = account.id == directory.management;
    let method = if is_management { "INVITED" } else { "CREATED" };
    Structure::new()
        .with("Id", account.id.as_str())
        .with("Arn", account.arn.as_str())
        .with("Email", Directory::email(&account.name))
        .with("Name", account.name.as_str())
        .with("Status", "ACTIVE")
        .with("State", "ACTIVE")
        .with("JoinedMethod", method)
        .with("JoinedTimestamp", joined)
}
