//! Putting an organization back as it was.

use rolecall_wire::Structure;

use super::super::admin::{Admins, Failure};
use super::super::journal::{Kind, Thing};
use super::{Control, OURS, attached, is_gone, list, order, parent, root};

/// Removes or restores something of an organization, by the management account's administrator.
pub(in crate::target::live) async fn remove(admins: &Admins, thing: &Thing) -> Result<(), Failure> {
    let (management, name) = (thing.account.as_str(), thing.name.as_str());
    let removed = match thing.kind {
        Kind::Controls => restore(admins, management, name).await,
        Kind::Placement => put_back(admins, management, name).await,
        Kind::Unit => remove_units(admins, management, name).await,
        Kind::ControlPolicy => remove_policies(admins, management, name).await,
        Kind::Member => {
            let input = [("AccountId", name)];
            send(admins, management, "RemoveAccountFromOrganization", &input).await
        }
        _ => send(admins, management, "DeleteOrganization", &[]).await,
    };
    match removed {
        Err(Failure::Refused { error, .. }) if is_gone(&error) => Ok(()),
        other => other,
    }
}

/// What runs have attached goes; what everything has comes first, as something must be left.
async fn restore(admins: &Admins, management: &str, target: &str) -> Result<(), Failure> {
    for control in Control::ALL {
        let there = attached(admins, management, target, control).await?;
        let ours = there.iter().filter(|(_, name)| name.starts_with(OURS));
        let full = control.full_access();
        let has_full = there.iter().any(|(id, _)| id == full);
        if !has_full && !there.is_empty() {
            let input = [("PolicyId", full), ("TargetId", target)];
            send(admins, management, "AttachPolicy", &input).await?;
        }
        for (id, _) in ours {
            let input = [("PolicyId", id.as_str()), ("TargetId", target)];
            send(admins, management, "DetachPolicy", &input).await?;
        }
    }
    Ok(())
}

/// `ACCOUNT PARENT`: where it was.
async fn put_back(admins: &Admins, management: &str, name: &str) -> Result<(), Failure> {
    let Some((account, was)) = name.split_once(' ') else {
        return Ok(());
    };
    let is = parent(admins, management, account).await?;
    if is == was {
        return Ok(());
    }
    let input = [
        ("AccountId", account),
        ("SourceParentId", is.as_str()),
        ("DestinationParentId", was),
    ];
    let relocate = order(management, "MoveAccount", &input);
    admins.send(&relocate).await.map(drop)
}

/// Removes all units of a name, with those of runs that are in them.
async fn remove_units(admins: &Admins, management: &str, name: &str) -> Result<(), Failure> {
    let (root, _) = root(admins, management).await?;
    Box::pin(remove_below(admins, management, &root, name)).await
}

async fn remove_below(
    admins: &Admins,
    management: &str,
    within: &str,
    name: &str,
) -> Result<(), Failure> {
    for (id, found) in units(admins, management, within).await? {
        if found == name {
            Box::pin(remove_unit(admins, management, &id)).await?;
        } else if found.starts_with(OURS) {
            Box::pin(remove_below(admins, management, &id, name)).await?;
        }
    }
    Ok(())
}

async fn remove_unit(admins: &Admins, management: &str, id: &str) -> Result<(), Failure> {
    for (below, name) in units(admins, management, id).await? {
        if name.starts_with(OURS) {
            Box::pin(remove_unit(admins, management, &below)).await?;
        }
    }
    let input = [("OrganizationalUnitId", id)];
    send(admins, management, "DeleteOrganizationalUnit", &input).await
}

/// The units in a root or unit: ids and names.
async fn units(
    admins: &Admins,
    management: &str,
    within: &str,
) -> Result<Vec<(String, String)>, Failure> {
    let input = [("ParentId", within)];
    let listing = order(management, "ListOrganizationalUnitsForParent", &input);
    let units = list(admins, listing, "OrganizationalUnits").await?;
    let text = |unit: &Structure, name| unit.string(name).unwrap_or_default().to_owned();
    let units = units.iter();
    Ok(units
        .map(|unit| (text(unit, "Id"), text(unit, "Name")))
        .collect())
}

/// Removes the policies of a name, from what has them first.
async fn remove_policies(admins: &Admins, management: &str, name: &str) -> Result<(), Failure> {
    for control in Control::ALL {
        let input = [("Filter", control.api_name())];
        let listing = order(management, "ListPolicies", &input);
        let policies = list(admins, listing, "Policies").await?;
        let named = policies
            .iter()
            .filter(|policy| policy.string("Name") == Some(name));
        for id in named.filter_map(|policy| policy.string("Id")) {
            let listing = order(management, "ListTargetsForPolicy", &[("PolicyId", id)]);
            for target in list(admins, listing, "Targets").await? {
                let target = target.string("TargetId").unwrap_or_default();
                restore(admins, management, target).await?;
            }
            send(admins, management, "DeletePolicy", &[("PolicyId", id)]).await?;
        }
    }
    Ok(())
}

/// Sends an order; what isn't there any more is as good as removed.
async fn send(
    admins: &Admins,
    management: &str,
    operation: &'static str,
    input: &[(&str, &str)],
) -> Result<(), Failure> {
    match admins.send(&order(management, operation, input)).await {
        Err(Failure::Refused { error, .. })
            if is_gone(&error) || error.code == "PolicyNotAttachedException" =>
        {
            Ok(())
        }
        other => other.map(drop),
    }
}
