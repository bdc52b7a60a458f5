//! Whether the account's principals may have tokens of AWS for services elsewhere.
//!
//! AWS: IAM API Reference, `EnableOutboundWebIdentityFederation` and its neighbours, errors. Their texts aren't known.

use rolecall_wire::{ServiceError, Structure};

use super::account;
use crate::service::call::Call;
use crate::service::need::{Need, ResourceKind};
use crate::service::{Answer, Operation, Reply};
use crate::world::World;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::write(
        "EnableOutboundWebIdentityFederation",
        &[Need::new(
            "iam:EnableOutboundWebIdentityFederation",
            ResourceKind::Everything,
        )],
        enable,
    ),
    Operation::write(
        "DisableOutboundWebIdentityFederation",
        &[Need::new(
            "iam:DisableOutboundWebIdentityFederation",
            ResourceKind::Everything,
        )],
        disable,
    ),
    Operation::read(
        "GetOutboundWebIdentityFederationInfo",
        &[Need::new(
            "iam:GetOutboundWebIdentityFederationInfo",
            ResourceKind::Everything,
        )],
        info,
    ),
];

fn enable(world: &mut World, call: &Call) -> Answer {
    if issuer(world, call)?.is_some() {
        return Err(ServiceError::new(
            409,
            "FeatureEnabled",
            "Outbound web identity federation is already enabled for this account",
        ));
    }
    set(world, call, true)?;
    Ok(Structure::new()
        .with_some("IssuerIdentifier", issuer(world, call)?)
        .into())
}

fn disable(world: &mut World, call: &Call) -> Answer {
    issuer(world, call)?.ok_or_else(disabled)?;
    set(world, call, false)?;
    Ok(Reply::empty())
}

fn info(world: &World, call: &Call) -> Answer {
    let issuer = issuer(world, call)?.ok_or_else(disabled)?;
    Ok(Structure::new()
        .with("IssuerIdentifier", issuer)
        .with("JwtVendingEnabled", true)
        .into())
}

fn issuer(world: &World, call: &Call) -> Result<Option<String>, ServiceError> {
    Ok(world.outbound_issuer(account(call)?.as_str()))
}

fn set(world: &mut World, call: &Call, enabled: bool) -> Result<(), ServiceError> {
    let changed = world.set_outbound_federation(account(call)?.as_str(), enabled);
    changed.map_err(|_| super::error::invalid_token())
}

fn disabled() -> ServiceError {
    ServiceError::new(
        404,
        "FeatureDisabled",
        "Outbound web identity federation is not enabled for this account",
    )
}
