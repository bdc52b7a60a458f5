//! What a request wants simulated.

use rolecall_policy::arn::{Arn, is_account};
use rolecall_policy::{Level, PolicySet, Principal};
use rolecall_wire::ServiceError;

use super::entity::Entity;
use super::exclusions::Exclusion;
use super::simulation::Simulation;
use super::{context, documents, invalid};
use crate::service::call::Call;
use crate::service::iam::{account, listing};
use crate::world::{World, iam_arn};

/// The most pairs of an action and a resource in a request: a limit of the mock's own.
const MOST_PAIRS: usize = 100_000;
/// The most statements that a page asks about its pairs: a limit of the mock's own, which keeps an answer to 100 MB.
const MOST_CHECKS: usize = 250_000;

/// What a request wants simulated.
pub(super) struct Input {
    pub(super) actions: Vec<String>,
    /// `*` where the request names none.
    pub(super) resources: Vec<String>,
    pub(super) simulation: Simulation,
}

/// The policies that a simulation begins with.
struct Policies {
    identity: PolicySet,
    boundary: Option<PolicySet>,
    /// `None` outside an organization.
    levels: Option<Vec<Level>>,
}

impl Policies {
    /// How many statements there are, with those of a resource's policy.
    fn statements(&self, resource: Option<&PolicySet>) -> usize {
        let levels = self.levels.iter().flatten().map(|level| &level.policies);
        let sets = [&self.identity].into_iter();
        let sets = sets.chain(&self.boundary).chain(resource).chain(levels);
        let policies = sets.flat_map(PolicySet::policies);
        policies
            .map(|policy| policy.document.statements().len())
            .sum()
    }
}

/// Policies of the request alone.
pub(super) fn custom(call: &Call) -> Result<Input, ServiceError> {
    let levels = documents::levels(call)?;
    let policies = Policies {
        identity: PolicySet::new(documents::given(call)?),
        boundary: documents::boundary(call)?,
        levels: (!levels.is_empty()).then_some(levels),
    };
    read(call, policies, None)
}

/// Policies of a user, group or role, and of the request.
pub(super) fn principal(
    world: &World,
    call: &Call,
    entity: &Entity<'_>,
) -> Result<Input, ServiceError> {
    let exclusions = Exclusion::of(call);
    let mut identity = entity.policies(world, &exclusions);
    identity.extend(documents::given(call)?);
    let boundary = match documents::boundary(call)? {
        Some(given) => Some(given),
        None => entity.boundary(world, &exclusions),
    };
    let membership = world.membership(&account(call)?);
    let heeds = !exclusions.iter().any(|out| out.covers_service_control());
    let levels = membership.filter(|_| heeds);
    let policies = Policies {
        identity: PolicySet::new(identity),
        boundary,
        levels: levels.map(|membership| membership.service_control.clone()),
    };
    read(call, policies, entity.principal())
}

fn read(
    call: &Call,
    policies: Policies,
    subject: Option<Principal>,
) -> Result<Input, ServiceError> {
    let (actions, resources) = (actions(call)?, resources(call)?);
    if actions.len().saturating_mul(resources.len()) > MOST_PAIRS {
        return Err(invalid(format!(
            "At most {MOST_PAIRS} pairs of an action and a resource can be simulated at a time."
        )));
    }
    let resource = documents::of_resource(call)?;
    let on_page = actions.len().min(listing::size(call));
    let pairs = on_page.saturating_mul(resources.len());
    if pairs.saturating_mul(policies.statements(resource.as_ref())) > MOST_CHECKS {
        return Err(invalid(format!(
            "At most {MOST_CHECKS} statements can be asked for a page. Ask for fewer actions, or a smaller MaxItems."
        )));
    }
    let principal = caller(call, subject, resource.is_some())?;
    Ok(Input {
        actions,
        resources,
        simulation: Simulation {
            owner: owner(call, &principal)?,
            principal,
            identity: policies.identity,
            boundary: policies.boundary,
            resource,
            in_organization: policies.levels.is_some(),
            levels: policies.levels.map(unconditional).unwrap_or_default(),
            context: context::read(call)?,
        },
    })
}

fn texts(call: &Call, member: &str) -> Vec<String> {
    call.input.strings(member).map(str::to_owned).collect()
}

/// AWS takes no wildcards; its text for them isn't known. Whether it has such an action it doesn't ask.
fn actions(call: &Call) -> Result<Vec<String>, ServiceError> {
    let actions = texts(call, "ActionNames");
    let is_action = |action: &str| {
        let halves = action.split_once(':');
        let whole = halves.is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
        whole && !action.contains(['*', '?'])
    };
    match actions.iter().find(|action| !is_action(action)) {
        Some(wrong) => Err(invalid(format!("Invalid action name: {wrong}"))),
        None => Ok(actions),
    }
}

fn resources(call: &Call) -> Result<Vec<String>, ServiceError> {
    let resources = texts(call, "ResourceArns");
    let wrong = |resource: &&String| resource.as_str() != "*" && Arn::parse(resource).is_none();
    if let Some(wrong) = resources.iter().find(wrong) {
        return Err(invalid(format!(
            "ResourceNames are not in a valid ARN format: {wrong}."
        )));
    }
    Ok(if resources.is_empty() {
        vec!["*".to_owned()]
    } else {
        resources
    })
}

/// The simulated caller, who must be a user, and known where a resource's policy is to name it.
fn caller(
    call: &Call,
    subject: Option<Principal>,
    has_resource_policy: bool,
) -> Result<Principal, ServiceError> {
    let not_a_user = || invalid("Invalid caller - Caller must be an IAM user in this context.");
    let given = call.input.string("CallerArn");
    if let Some(arn) = given {
        return Some(arn)
            .filter(|arn| is_user(arn))
            .map(|arn| Principal::user(arn, None))
            .ok_or_else(not_a_user);
    }
    match subject {
        Some(principal) if !has_resource_policy || principal.arn().is_some_and(is_user) => {
            Ok(principal)
        }
        _ if has_resource_policy => Err(not_a_user()),
        _ => {
            // Nothing names this one: only its account counts.
            let arn = iam_arn(call.partition(), &account(call)?, "user", "/", "simulated");
            Ok(Principal::user(&arn, None))
        }
    }
}

fn is_user(arn: &str) -> bool {
    let user = Arn::parse(arn).filter(|arn| arn.service == "iam" && is_account(arn.account));
    user.is_some_and(|arn| arn.resource.starts_with("user/"))
}

/// The account that owns resources whose ARNs don't say.
fn owner(call: &Call, caller: &Principal) -> Result<Option<String>, ServiceError> {
    let Some(text) = call.input.string("ResourceOwner") else {
        return Ok(caller.account().map(str::to_owned));
    };
    let account = Arn::parse(text).filter(|arn| arn.service == "iam" && arn.resource == "root");
    let account = account.filter(|arn| is_account(arn.account));
    match account {
        Some(arn) => Ok(Some(arn.account.to_owned())),
        None => Err(invalid(format!(
            "'{text}' is not a valid as a Resource Owner."
        ))),
    }
}

/// The simulator evaluates no service control policy that has a condition; a level of nothing else says nothing.
///
/// AWS: IAM User Guide, Testing IAM policies with the IAM policy simulator.
fn unconditional(levels: Vec<Level>) -> Vec<Level> {
    let levels = levels.into_iter().filter_map(|level| {
        let policies = level.policies.policies().iter();
        let kept: Vec<_> = policies
            .filter(|policy| {
                let mut statements = policy.document.statements().iter();
                statements.all(|statement| statement.condition_keys().next().is_none())
            })
            .cloned()
            .collect();
        let had_some = !level.policies.policies().is_empty();
        (!had_some || !kept.is_empty()).then(|| Level {
            target_arn: level.target_arn,
            policies: PolicySet::new(kept),
        })
    });
    levels.collect()
}
