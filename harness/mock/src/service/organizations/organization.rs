//! The organization itself: made, shown, deleted.

use rolecall_wire::{ServiceError, Structure, Value};

use super::{account, directory, error, managed};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{ControlType, Directory, FeatureSet, Joined, World};

/// AWS: Organizations API Reference, `CreateOrganization`: with all features, service control policies are enabled in the
/// root.
pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?.clone();
    if world.membership(&account).is_some() {
        return Err(error::already_in_organization());
    }
    let feature_set = match call.input.string("FeatureSet") {
        Some("CONSOLIDATED_BILLING") => FeatureSet::ConsolidatedBilling,
        _ => FeatureSet::All,
    };
    let id = format!("o-{}", world.ids.lower_case(10));
    let root = format!("r-{}", world.ids.lower_case(4));
    let mut directory = Directory::new(&id, account.as_str(), &root, feature_set);
    if feature_set == FeatureSet::All {
        directory.enable(ControlType::Service);
    }
    let joined = Joined {
        at: call.now(),
        invited: true,
        email: Directory::email("management"),
    };
    directory.join(account.as_str(), "management", &root, joined);
    let shown = described(&directory, call);
    world.add_organization(directory);
    Ok(Structure::new().with("Organization", shown).into())
}

pub(super) fn describe(world: &World, call: &Call) -> Answer {
    let shown = described(directory(world, call)?, call);
    Ok(Structure::new().with("Organization", shown).into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let directory = managed(world, call)?;
    if directory.accounts().count() > 1 {
        return Err(error::organization_not_empty());
    }
    let id = directory.id.clone();
    world.remove_organization(&id);
    Ok(Reply::empty())
}

fn described(directory: &Directory, call: &Call) -> Structure {
    let Directory { id, management, .. } = directory;
    // AWS: deprecated, and so it tells of no other type; the root tells.
    let control = Structure::new()
        .with("Type", ControlType::Service.api_name())
        .with("Status", "ENABLED");
    let available: Vec<Value> = match directory.feature_set {
        FeatureSet::All => vec![control.into()],
        FeatureSet::ConsolidatedBilling => Vec::new(),
    };
    let start = format!("arn:{}:organizations::{management}", call.partition());
    Structure::new()
        .with("Id", id.as_str())
        .with("Arn", format!("{start}:organization/{id}"))
        .with("FeatureSet", directory.feature_set.api_name())
        .with(
            "MasterAccountArn",
            format!("{start}:account/{id}/{management}"),
        )
        .with("MasterAccountId", management.as_str())
        .with("MasterAccountEmail", Directory::email("management"))
        .with("AvailablePolicyTypes", available)
}

/// What the caller's organization becomes by a change that the management account makes.
pub(super) fn change<T>(
    world: &mut World,
    call: &Call,
    change: impl FnOnce(&mut Directory) -> Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    let id = managed(world, call)?.id.clone();
    let changed = world.change_organization(&id, change);
    changed.ok_or_else(error::not_in_use)?
}
