//! The accounts of the organization: shown, moved, removed.

use rolecall_wire::{ServiceError, Structure};

use super::{account, directory, error, listing, managed, organization, units};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Directory, Node, NodeKind, World};

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let items = directory
        .accounts()
        .map(|account| described(account, directory));
    Ok(listing::page(call, "Accounts", items)?.into())
}

pub(super) fn list_for_parent(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let parent = units::parent(directory, call)?;
    let accounts = directory.children(&parent.id, NodeKind::Account);
    let items = accounts.map(|account| described(account, directory));
    Ok(listing::page(call, "Accounts", items)?.into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    let shown = described(find(directory, call)?, directory);
    Ok(Structure::new().with("Account", shown).into())
}

/// AWS: Organizations API Reference, `MoveAccount`.
pub(super) fn relocate(world: &mut World, call: &Call) -> Answer {
    organization::change(world, call, |directory| {
        let id = find(directory, call)?.id.clone();
        let (from, to) = (
            call.required("SourceParentId"),
            call.required("DestinationParentId"),
        );
        let source = units::container(directory, from);
        let children = |parent: &Node| {
            let mut children = directory.children(&parent.id, NodeKind::Account);
            children.any(|child| child.id == id)
        };
        let destination = units::container(directory, to);
        let destination = destination
            .ok_or_else(|| error::not_found("DestinationParent", "a destination parent"))?;
        if children(destination) {
            return Err(error::duplicate_account());
        }
        if !source.is_some_and(children) {
            return Err(error::not_found("SourceParent", "a source parent"));
        }
        let to = destination.id.clone();
        if let Some(account) = directory.node_mut(&id) {
            account.parent = Some(to);
        }
        Ok(())
    })?;
    Ok(Reply::empty())
}

pub(super) fn remove(world: &mut World, call: &Call) -> Answer {
    organization::change(world, call, |directory| {
        let id = find(directory, call)?.id.clone();
        leave_from(directory, &id)
    })?;
    Ok(Reply::empty())
}

/// A member leaves by itself.
pub(super) fn leave(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?.clone();
    let id = directory(world, call)?.id.clone();
    let left = world.change_organization(&id, |directory| leave_from(directory, account.as_str()));
    left.ok_or_else(error::not_in_use)??;
    Ok(Reply::empty())
}

fn leave_from(directory: &mut Directory, account: &str) -> Result<(), ServiceError> {
    if directory.is_managed_by(account) {
        return Err(error::management_cannot_leave());
    }
    directory.nodes.retain(|node| node.id != account);
    Ok(())
}

/// The account of `AccountId`.
fn find<'d>(directory: &'d Directory, call: &Call) -> Result<&'d Node, ServiceError> {
    let account = directory.node(call.required("AccountId"));
    let account = account.filter(|node| node.kind == NodeKind::Account);
    account.ok_or_else(|| error::not_found("Account", "an account"))
}

fn described(account: &Node, directory: &Directory) -> Structure {
    let joined = account.joined.as_ref();
    let method = match joined {
        Some(joined) if joined.invited => "INVITED",
        _ => "CREATED",
    };
    Structure::new()
        .with("Id", account.id.as_str())
        .with("Arn", account.arn.as_str())
        .with_some("Email", joined.map(|joined| joined.email.as_str()))
        .with("Name", account.name.as_str())
        .with("Status", "ACTIVE")
        .with("State", "ACTIVE")
        .with("Paths", vec![directory.path(account).into()])
        .with("JoinedMethod", method)
        .with_some("JoinedTimestamp", joined.map(|joined| joined.at))
}
