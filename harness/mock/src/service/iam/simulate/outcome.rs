//! What came out of one action on one resource.

use rolecall_policy::evaluation::{Element, StatementTrace};
use rolecall_policy::{Check, CheckType, Effect, Evaluation, PolicyType};

use super::simulation::Simulation;

/// What came out of one action on one resource.
pub(super) struct Outcome<'s> {
    pub(super) simulation: &'s Simulation,
    pub(super) evaluation: Evaluation,
    pub(super) has_resource_policy: bool,
    pub(super) is_cross_account: bool,
}

impl Outcome<'_> {
    /// `Allow`, `ExplicitDeny` or `ImplicitDeny`; what service control policies refuse goes no further.
    pub(super) fn decision(&self) -> Effect {
        let of_organization = worst(self.of_organization());
        match of_organization {
            Effect::Allow => worst(self.checks()),
            denied => denied,
        }
    }

    /// Whether the service control policies let the action through; `None` outside an organization.
    pub(super) fn allowed_by_organizations(&self) -> Option<bool> {
        self.simulation
            .in_organization
            .then(|| worst(self.of_organization()) == Effect::Allow)
    }

    /// Whether the permissions boundary allows the action, be that needed or not; `None` without one.
    pub(super) fn allowed_by_boundary(&self) -> Option<bool> {
        let check = self.check(CheckType::PermissionsBoundary);
        let boundary = self.simulation.boundary.as_ref();
        boundary.map(|_| check.is_some_and(|check| check.effect == Effect::Allow))
    }

    /// Each side's decision, where there are two accounts.
    pub(super) fn details(&self) -> Option<Vec<(&'static str, Effect)>> {
        if !self.is_cross_account || self.allowed_by_organizations() == Some(false) {
            return None;
        }
        let kinds = [
            (CheckType::Principal, PolicyType::IdentityBased),
            (CheckType::Resource, PolicyType::ResourceBased),
            (
                CheckType::PermissionsBoundary,
                PolicyType::PermissionsBoundary,
            ),
        ];
        let effect = |(check, policy_type)| {
            let effect = worst([self.check(check)?]);
            Some((name(policy_type), effect))
        };
        Some(kinds.into_iter().filter_map(effect).collect())
    }

    /// The statements that made the decision: what denied, or what allowed.
    pub(super) fn matched(&self) -> Vec<&StatementTrace> {
        match self.decision() {
            _ if self.allowed_by_organizations() == Some(false) => Vec::new(),
            Effect::ExplicitDeny => self.statements(|trace| !trace.allows),
            Effect::Allow | Effect::NoImpact => self.allows(),
            Effect::ImplicitDeny => Vec::new(),
        }
    }

    /// The same for the resource's own result, which between accounts tells what allowed in vain.
    ///
    /// AWS: IAM API Reference, `SimulatePrincipalPolicy`, cross-account simulation.
    pub(super) fn matched_on_resource(&self) -> Vec<&StatementTrace> {
        let in_vain = self.details().is_some() && self.decision() == Effect::ImplicitDeny;
        if in_vain {
            self.allows()
        } else {
            self.matched()
        }
    }

    /// The keys that statements about this action and resource ask for and nobody gave, each once.
    pub(super) fn missing_keys(&self) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        let traces = self.checks().flat_map(|check| &check.statements);
        for trace in traces.filter(|trace| asks_for_keys(trace)) {
            for key in keys(trace) {
                let is_new = !missing.iter().any(|other| other.eq_ignore_ascii_case(key));
                if is_new && self.simulation.context.get(key).is_none() {
                    missing.push(key.to_owned());
                }
            }
        }
        missing
    }

    fn allows(&self) -> Vec<&StatementTrace> {
        self.statements(|trace| {
            trace.allows && trace.policy_type != PolicyType::PermissionsBoundary
        })
    }

    fn statements(&self, wanted: impl Fn(&StatementTrace) -> bool) -> Vec<&StatementTrace> {
        let matched = self.checks().flat_map(Check::matched);
        matched.filter(|trace| wanted(trace)).collect()
    }

    /// The checks of the simulated policies; that of a resource's policy only where one is given.
    fn checks(&self) -> impl Iterator<Item = &Check> {
        let checks = self.evaluation.checks.iter();
        checks.filter(|check| match check.check_type {
            CheckType::Resource => self.has_resource_policy,
            CheckType::Principal | CheckType::PermissionsBoundary => true,
            CheckType::ServiceControlPolicy
            | CheckType::ResourceControlPolicy
            | CheckType::VpcEndpoint
            | CheckType::Session => false,
        })
    }

    fn of_organization(&self) -> impl Iterator<Item = &Check> {
        let checks = self.evaluation.checks.iter();
        checks.filter(|check| check.check_type == CheckType::ServiceControlPolicy)
    }

    fn check(&self, check_type: CheckType) -> Option<&Check> {
        self.checks().find(|check| check.check_type == check_type)
    }
}

fn worst<'c>(checks: impl IntoIterator<Item = &'c Check>) -> Effect {
    let mut worst = Effect::Allow;
    for check in checks {
        match check.effect {
            Effect::ExplicitDeny => return Effect::ExplicitDeny,
            Effect::ImplicitDeny => worst = Effect::ImplicitDeny,
            Effect::Allow | Effect::NoImpact => {}
        }
    }
    worst
}

/// Whether a statement could match with the right keys: they may stand in its conditions, or in its resource.
fn asks_for_keys(trace: &StatementTrace) -> bool {
    trace
        .mismatches
        .iter()
        .all(|mismatch| match &mismatch.element {
            Element::Condition { .. } => true,
            Element::Resource => mismatch.wanted.iter().any(|wanted| wanted.contains("${")),
            Element::Statement | Element::Principal | Element::Action => false,
        })
}

fn keys(trace: &StatementTrace) -> Vec<&str> {
    let statement = trace.policy.document.statements().get(trace.index);
    statement.map_or_else(Vec::new, |statement| statement.context_keys().collect())
}

/// AWS's names for types of policies in simulations, as its examples have them; the model has others.
pub(super) fn name(policy_type: PolicyType) -> &'static str {
    match policy_type {
        PolicyType::ResourceBased => "Resource Policy",
        PolicyType::PermissionsBoundary => "Permissions Boundary Policy",
        PolicyType::IdentityBased
        | PolicyType::Session
        | PolicyType::ServiceControl
        | PolicyType::ResourceControl
        | PolicyType::VpcEndpoint => "IAM Policy",
    }
}
