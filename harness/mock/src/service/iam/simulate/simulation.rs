//! One action on one resource, by the rules of the simulator.

use rolecall_policy::arn::account;
use rolecall_policy::{Context, Level, Policies, PolicySet, Principal, Request, explain};

use super::outcome::Outcome;

/// What a simulation is about, but for its actions and resources.
pub(super) struct Simulation {
    pub(super) principal: Principal,
    pub(super) identity: PolicySet,
    pub(super) boundary: Option<PolicySet>,
    pub(super) resource: Option<PolicySet>,
    /// Service control policies, from the root down.
    pub(super) levels: Vec<Level>,
    pub(super) in_organization: bool,
    /// Who owns the resources whose ARNs don't say.
    pub(super) owner: Option<String>,
    pub(super) context: Context,
}

impl Simulation {
    /// Evaluates an action on a resource.
    pub(super) fn run(&self, action: &str, resource: &str) -> Outcome<'_> {
        // AWS reads a trust policy given as the resource's policy and then ignores it, even a Deny
        // (github.com/aws/aws-cli/issues/10314).
        let resource_policy = self
            .resource
            .as_ref()
            .filter(|_| !is_about_sessions(action));
        // Without a resource's policy only the caller's own side is simulated, wherever the resource is.
        let owner = account(resource).or(self.owner.as_deref());
        let owner = owner.filter(|_| resource_policy.is_some());
        let evaluation = explain(&Request {
            principal: &self.principal,
            action,
            resource,
            resource_account: owner,
            context: &self.context,
            policies: Policies {
                identity: &self.identity,
                boundary: self.boundary.as_ref(),
                resource: resource_policy,
                service_control: &self.levels,
                ..Policies::default()
            },
        });
        Outcome {
            simulation: self,
            evaluation,
            has_resource_policy: resource_policy.is_some(),
            is_cross_account: owner.is_some_and(|owner| self.principal.account() != Some(owner)),
        }
    }
}

/// The permissions that a role's trust policy gives.
fn is_about_sessions(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let name = action.strip_prefix("sts:").unwrap_or_default();
    name.starts_with("assumerole")
        || ["tagsession", "setsourceidentity", "setcontext"].contains(&name)
}
