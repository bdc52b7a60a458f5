//! The checks, in AWS's order.

use super::observer::{Observer, Outcome, Tally};
use super::{Level, Question, Request, exceptions};
use crate::evaluation::{CheckType, Decision, Effect, Reach};
use crate::policy::{PolicySet, PolicyType};

/// Decides, telling `observer` how.
pub(super) fn run<O: Observer>(request: &Request<'_>, observer: &mut O) -> Decision {
    let mut run = Run {
        request,
        question: Question::new(request),
        observer,
        explicit: None,
        implicit: None,
    };
    // Nothing is left to decide once a Deny matched; who wants to know all goes on.
    let _ = run.all();
    run.decision()
}

/// A decision on its way.
struct Run<'r, 'o, O> {
    request: &'r Request<'r>,
    question: Question<'r>,
    observer: &'o mut O,
    /// The first check that ended in an explicit deny.
    explicit: Option<CheckType>,
    /// The first check that lacked an allow.
    implicit: Option<CheckType>,
}

/// What the resource's owner has to say.
#[derive(Clone, Copy)]
enum Owner {
    /// It was asked in a check of its own; its allow reaches so far.
    Settled(Reach),
    /// It is the principal's own account, whose policies are looked at together.
    LeavesItToThePrincipal,
}

/// What a check needs.
#[derive(Clone, Copy)]
struct Need<'a> {
    /// Whether something must allow.
    allow: bool,
    /// The types of policy that can.
    policy_types: &'a [PolicyType],
    /// Whose policies they are, for control policies.
    target_arn: Option<&'a str>,
}

impl<O: Observer> Run<'_, '_, O> {
    fn all(&mut self) -> Option<()> {
        if exceptions::needs_no_permission(self.request.action) {
            let need = Need::of(PolicyType::IdentityBased).unless(true);
            return self.check(CheckType::Principal, Tally::NOTHING, need);
        }
        self.control_policies()?;
        self.vpc_endpoint()?;
        let owner = self.resource()?;
        if self.request.principal.has_identity() {
            let reach = self.principal(owner)?;
            self.boundary(reach)?;
            self.session(reach)?;
        }
        Some(())
    }

    fn control_policies(&mut self) -> Option<()> {
        let policies = &self.request.policies;
        if !policies.resource_control.is_empty() && self.request.heeds_resource_control() {
            for level in policies.resource_control {
                self.level(
                    level,
                    CheckType::ResourceControlPolicy,
                    PolicyType::ResourceControl,
                )?;
            }
        }
        if !policies.service_control.is_empty() && self.request.heeds_service_control() {
            for level in policies.service_control {
                self.level(
                    level,
                    CheckType::ServiceControlPolicy,
                    PolicyType::ServiceControl,
                )?;
            }
        }
        Some(())
    }

    /// One root, unit or account: something attached there must allow.
    fn level(
        &mut self,
        level: &Level,
        check_type: CheckType,
        policy_type: PolicyType,
    ) -> Option<()> {
        let tally = self.survey(Some(&level.policies), policy_type);
        let need = Need {
            target_arn: level.target_arn.as_deref(),
            ..Need::of(policy_type)
        };
        self.check(check_type, tally, need)
    }

    fn vpc_endpoint(&mut self) -> Option<()> {
        let Some(policies) = self.request.policies.vpc_endpoint else {
            return Some(());
        };
        let tally = self.survey(Some(policies), PolicyType::VpcEndpoint);
        let need = Need::of(PolicyType::VpcEndpoint);
        self.check(CheckType::VpcEndpoint, tally, need)
    }

    /// The resource's policy, where its owner must allow separately; how far its allow then reaches.
    fn resource(&mut self) -> Option<Owner> {
        let request = self.request;
        let is_reserved = exceptions::is_reserved(request.action, request.resource);
        let is_foreign = request.is_foreign();
        let is_separate = is_reserved
            || is_foreign
            || request.needs_resource_policy()
            || !request.principal.has_identity();
        if !is_separate {
            return Some(Owner::LeavesItToThePrincipal);
        }
        let mut tally = self.survey(request.policies.resource, PolicyType::ResourceBased);
        if is_reserved {
            tally.reach = Reach::None;
        }
        let need = Need::of(PolicyType::ResourceBased);
        self.check(CheckType::Resource, tally, need)?;
        // AWS: across accounts, the caller's own side must allow whatever the resource's policy says.
        let reach = if is_foreign { Reach::None } else { tally.reach };
        Some(Owner::Settled(reach))
    }

    /// The principal's own policies. Within the account, an optional policy of the resource is looked at together
    /// with them, as it can stand in for them; how far it reaches is what the next checks need to know.
    fn principal(&mut self, owner: Owner) -> Option<Reach> {
        let request = self.request;
        let policies = &request.policies;
        let of_resource = match owner {
            Owner::LeavesItToThePrincipal if !request.is_root_rescue() => {
                self.survey(policies.resource, PolicyType::ResourceBased)
            }
            _ => Tally::NOTHING,
        };
        let of_identity = if request.principal.is_root() {
            Tally::NOTHING
        } else {
            self.survey(Some(policies.identity), PolicyType::IdentityBased)
        };
        let reach = match owner {
            Owner::Settled(reach) => reach,
            Owner::LeavesItToThePrincipal => of_resource.reach,
        };
        let need = Need {
            allow: request.needs_identity(reach),
            policy_types: match (owner, policies.resource) {
                (Owner::LeavesItToThePrincipal, Some(_)) => {
                    &[PolicyType::IdentityBased, PolicyType::ResourceBased]
                }
                _ => &[PolicyType::IdentityBased],
            },
            target_arn: None,
        };
        let tally = of_identity.or(of_resource.beyond_account());
        self.check(CheckType::Principal, tally, need)?;
        Some(reach)
    }

    fn boundary(&mut self, reach: Reach) -> Option<()> {
        let request = self.request;
        let Some(boundary) = request
            .policies
            .boundary
            .filter(|_| self.question.has_boundary)
        else {
            return Some(());
        };
        let tally = self.survey(Some(boundary), PolicyType::PermissionsBoundary);
        let need = Need::of(PolicyType::PermissionsBoundary)
            .unless(reach.passes_boundary(request.asks_for_trust()));
        self.check(CheckType::PermissionsBoundary, tally, need)
    }

    /// AWS: a federated user without session policies has only what a resource's policy gives it by name.
    fn session(&mut self, reach: Reach) -> Option<()> {
        let session = self.request.policies.session;
        if session.is_none() && !self.request.principal.needs_session_policy() {
            return Some(());
        }
        let tally = self.survey(session, PolicyType::Session);
        let need = Need::of(PolicyType::Session).unless(reach.passes_session());
        self.check(CheckType::Session, tally, need)
    }

    fn survey(&mut self, policies: Option<&PolicySet>, policy_type: PolicyType) -> Tally {
        policies.map_or(Tally::NOTHING, |policies| {
            self.observer.survey(policies, policy_type, &self.question)
        })
    }

    /// Notes how a check came out; `None` when that settles the decision.
    fn check(&mut self, check_type: CheckType, tally: Tally, need: Need<'_>) -> Option<()> {
        let effect = need.effect(tally);
        self.observer.check(Outcome {
            check_type,
            effect,
            target_arn: need.target_arn,
            policy_types: need.policy_types,
        });
        match effect {
            Effect::ExplicitDeny => {
                self.explicit.get_or_insert(check_type);
                O::IS_CURIOUS.then_some(())
            }
            Effect::ImplicitDeny => {
                self.implicit.get_or_insert(check_type);
                Some(())
            }
            Effect::Allow | Effect::NoImpact => Some(()),
        }
    }

    fn decision(&self) -> Decision {
        let effect = match (self.explicit, self.implicit) {
            (Some(_), _) => Effect::ExplicitDeny,
            (None, Some(_)) => Effect::ImplicitDeny,
            (None, None) => Effect::Allow,
        };
        Decision {
            effect,
            decided_by: self.explicit.or(self.implicit),
        }
    }
}

impl Need<'_> {
    /// Some policy of this type must allow.
    fn of(policy_type: PolicyType) -> Self {
        Self {
            allow: true,
            policy_types: policy_type.alone(),
            target_arn: None,
        }
    }

    /// Nothing needs to allow if `met`.
    fn unless(self, met: bool) -> Self {
        Self {
            allow: self.allow && !met,
            ..self
        }
    }

    fn effect(self, tally: Tally) -> Effect {
        if tally.denied {
            Effect::ExplicitDeny
        } else if tally.reach != Reach::None {
            Effect::Allow
        } else if self.allow {
            Effect::ImplicitDeny
        } else {
            Effect::NoImpact
        }
    }
}

impl Request<'_> {
    /// Whether the resource belongs to another account.
    fn is_foreign(&self) -> bool {
        let own = self.principal.account();
        !self.assumes_root()
            && self
                .resource_account
                .is_some_and(|owner| own != Some(owner))
    }

    /// Whether the principal's own policies must allow. A root user has none and needs none, but can't assume
    /// roles.
    fn needs_identity(&self, reach: Reach) -> bool {
        if self.principal.is_root() {
            self.is_role_assumed_by_root()
        } else {
            !reach.passes_identity()
        }
    }
}
