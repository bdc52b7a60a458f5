//! What control policies are attached to, and the policy types that a root has enabled.

use rolecall_wire::{ServiceError, Structure};

use super::{error, organization, policies, units};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{ControlType, Directory, Node, NodeKind, World, full_access_arn};

pub(super) fn attach(world: &mut World, call: &Call) -> Answer {
    organization::change(world, call, |directory| {
        let policy = policies::find(directory, call)?;
        let (arn, control) = (policy.arn.clone(), policy.control);
        let target = target(directory, call)?;
        if !directory.enabled.contains(&control) {
            return Err(error::type_not_enabled());
        }
        if target.policies.contains(&arn) {
            return Err(error::already_attached());
        }
        if directory.attached(target, control).count() >= control.most_attached() {
            return Err(error::most_attached());
        }
        let id = target.id.clone();
        if let Some(target) = directory.node_mut(&id) {
            target.policies.push(arn);
        }
        Ok(())
    })?;
    Ok(Reply::empty())
}

/// AWS: Organizations API Reference, `DetachPolicy`: something always has a service control policy; Organizations User
/// Guide, resource control policies: `RCPFullAWSAccess` can't be detached.
pub(super) fn detach(world: &mut World, call: &Call) -> Answer {
    organization::change(world, call, |directory| {
        let policy = policies::find(directory, call)?;
        let (arn, control) = (policy.arn.clone(), policy.control);
        let target = target(directory, call)?;
        if !target.policies.contains(&arn) {
            return Err(error::not_attached());
        }
        if arn == full_access_arn(ControlType::Resource) {
            return Err(error::not_detachable());
        }
        let is_last = directory.attached(target, control).count() == 1;
        if control == ControlType::Service && is_last {
            return Err(error::last_attached());
        }
        let id = target.id.clone();
        if let Some(target) = directory.node_mut(&id) {
            target.policies.retain(|other| *other != arn);
        }
        Ok(())
    })?;
    Ok(Reply::empty())
}

pub(super) fn enable(world: &mut World, call: &Call) -> Answer {
    let shown = organization::change(world, call, |directory| {
        root(directory, call)?;
        let control = policies::control(directory, call, "PolicyType")?;
        if directory.enabled.contains(&control) {
            return Err(error::type_already_enabled());
        }
        directory.enable(control);
        root(directory, call).map(|root| units::described_root(directory, root))
    })?;
    Ok(Structure::new().with("Root", shown).into())
}

/// AWS: Organizations API Reference, `DisablePolicyType`: its policies are detached everywhere.
pub(super) fn disable(world: &mut World, call: &Call) -> Answer {
    let shown = organization::change(world, call, |directory| {
        root(directory, call)?;
        let control = ControlType::of_api_name(call.required("PolicyType"));
        let enabled = control.filter(|control| directory.enabled.contains(control));
        directory.disable(enabled.ok_or_else(error::type_not_enabled)?);
        root(directory, call).map(|root| units::described_root(directory, root))
    })?;
    Ok(Structure::new().with("Root", shown).into())
}

/// The root, unit or account of `TargetId`.
fn target<'d>(directory: &'d Directory, call: &Call) -> Result<&'d Node, ServiceError> {
    let target = directory.node(call.required("TargetId"));
    target.ok_or_else(|| error::not_found("Target", "a target"))
}

/// The root of `RootId`.
fn root<'d>(directory: &'d Directory, call: &Call) -> Result<&'d Node, ServiceError> {
    let root = directory.node(call.required("RootId"));
    let root = root.filter(|node| node.kind == NodeKind::Root);
    root.ok_or_else(|| error::not_found("Root", "a root"))
}
