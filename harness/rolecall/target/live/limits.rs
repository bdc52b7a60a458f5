//! What can't be had or asked on a live target, and why.

use super::Live;
use super::capability::{Capability, Needs, Profile};
use super::stage::LiveStage;
use super::time::depends_on_time;
use crate::scenario::model::{Actor, Expect, Step, Verb, World};
use crate::services;
use crate::target::answer::is_denial_code;

impl LiveStage {
    /// Why a step can't be asked here.
    pub(in crate::target) fn reason_to_skip(&self, step: &Step) -> Option<String> {
        if let Some(reason) = &self.stuck {
            return Some(reason.clone());
        }
        self.unmade(step).or_else(|| self.lacks(step))
    }

    /// Why the target's policy simulator can't be relied upon, if so.
    pub(super) fn lacks_simulator(&self) -> Option<String> {
        self.live.profile()?.lack(Capability::Simulator)
    }

    /// Where a bucket has a policy, or an assertion or a token is shown, a target that refuses too much may refuse what must succeed.
    fn guarded(&self, step: &Step, profile: &Profile) -> Option<String> {
        if let Some(shown) = shown(step) {
            return profile.unknown(shown);
        }
        let Verb::Call(call) = &step.verb else {
            return None;
        };
        let bucket = call.input.string("Bucket")?;
        let mut buckets = self.world.buckets.iter();
        let found = buckets.find(|known| known.name.value == bucket)?;
        let policy = found.policy.as_ref();
        policy.and_then(|_| profile.unknown(Capability::ResourcePolicies))
    }

    /// What the target doesn't enforce of what a refusal needs.
    fn lacks(&self, step: &Step) -> Option<String> {
        let profile = self.live.profile()?;
        if !matches!(step.expect, Expect::Denied | Expect::Error { .. }) {
            return self.guarded(step, profile);
        }
        let rehearsed = self.rehearsed.iter().find(|one| one.number == step.number);
        match (rehearsed, &step.verb) {
            (Some(rehearsed), _) => profile.lacks(&rehearsed.needs(shown(step))),
            (None, Verb::Call(call)) if !services::is_bundled(&call.service) => {
                let needs = is_denied(&step.expect).then(Needs::everything);
                profile.lacks(&needs.unwrap_or_default())
            }
            (None, _) => Some("the mock can't say which rule refuses this".to_owned()),
        }
    }
}

/// What a target must be able to do with what a step's caller shows instead of a signature.
fn shown(step: &Step) -> Option<Capability> {
    match step.actor.as_ref()?.value {
        Actor::Saml(_) => Some(Capability::Assertions),
        Actor::Token(_) => Some(Capability::Tokens),
        _ => None,
    }
}

impl Live {
    /// Why a world isn't built here, if so.
    pub(super) fn refuses(&self, world: &World) -> Option<String> {
        missing(world)
            .or_else(|| self.refuses_distributions(world))
            .or_else(|| self.refuses_organization(world))
            .or_else(|| self.refuses_oidc_providers(world))
    }
}

/// What live targets can't have, if a world has it.
fn missing(world: &World) -> Option<String> {
    depends_on_time(world).then(|| {
        let what = "policies that depend on what time it is";
        format!("the world has {what}: only the mock can have that")
    })
}

/// Whether a step expects to be told that it may not.
fn is_denied(expect: &Expect) -> bool {
    match expect {
        Expect::Denied => true,
        Expect::Error { code, .. } => is_denial_code(code),
        Expect::Allowed | Expect::Fields(_) => false,
    }
}
