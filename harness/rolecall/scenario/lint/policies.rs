//! What the policy crate advises about the scenario's own policies. AWS's own are passed over.

use rolecall_policy::lint::Advice;
use rolecall_policy::validate::PolicyKind;

use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::library::Library;
use crate::scenario::model::{PolicyOrigin, PolicyReference, Step, Unit, Verb, World};

/// A policy, what it is used as, and the number of the account that has it.
type Use<'w> = (&'w PolicyReference, PolicyKind<'w>, Option<&'w str>);

/// Advice about every policy of a test: those of its world, then those its steps pass or bring about.
pub(super) fn advise(world: &World, steps: &[Step], library: &mut Library<'_>) -> Vec<Diagnostic> {
    let mut uses = Vec::new();
    of_world(world, &mut uses);
    of_steps(steps, &mut uses);
    let mut found = Vec::new();
    for (reference, kind, account) in uses {
        let is_own = !matches!(reference.origin, PolicyOrigin::Aws(_));
        if is_own {
            let advice = library.advice(reference, kind, account);
            found.extend(advice.iter().map(|advice| told(advice, reference)));
        }
    }
    found
}

fn of_world<'w>(world: &'w World, uses: &mut Vec<Use<'w>>) {
    for user in &world.users {
        identity(&user.policies, user.boundary.as_ref(), uses);
    }
    for group in &world.groups {
        identity(&group.policies, None, uses);
    }
    for role in &world.roles {
        uses.push((&role.trust, PolicyKind::Trust, Some(&role.account)));
        identity(&role.policies, role.boundary.as_ref(), uses);
    }
    for bucket in &world.buckets {
        let kind = PolicyKind::Bucket(&bucket.name.value);
        uses.extend(
            bucket
                .policy
                .iter()
                .map(|policy| (policy, kind, Some(bucket.account.as_str()))),
        );
    }
    for resource in &world.resources {
        let policy = resource.policy.iter();
        uses.extend(policy.map(|policy| (policy, PolicyKind::Resource, None)));
    }
    if let Some(organization) = &world.organization {
        of_unit(&organization.root, uses);
    }
}

fn identity<'w>(
    policies: &'w [PolicyReference],
    boundary: Option<&'w PolicyReference>,
    uses: &mut Vec<Use<'w>>,
) {
    uses.extend(
        policies
            .iter()
            .map(|policy| (policy, PolicyKind::Identity, None)),
    );
    uses.extend(boundary.map(|policy| (policy, PolicyKind::Boundary, None)));
}

fn of_unit<'w>(unit: &'w Unit, uses: &mut Vec<Use<'w>>) {
    let members = unit.accounts.iter();
    let members = members.map(|member| (&member.service_control, &member.resource_control));
    for (service, resource) in members.chain([(&unit.service_control, &unit.resource_control)]) {
        uses.extend(
            service
                .iter()
                .map(|policy| (policy, PolicyKind::ServiceControl, None)),
        );
        uses.extend(
            resource
                .iter()
                .map(|policy| (policy, PolicyKind::ResourceControl, None)),
        );
    }
    for unit in &unit.units {
        of_unit(unit, uses);
    }
}

fn of_steps<'w>(steps: &'w [Step], uses: &mut Vec<Use<'w>>) {
    for step in steps {
        match &step.verb {
            Verb::Assume(assume) => {
                let session = assume.session_policy.iter();
                uses.extend(session.map(|policy| (policy, PolicyKind::Session, None)));
                of_steps(&assume.then, uses);
            }
            Verb::Change(change) => of_world(&change.world, uses),
            Verb::Call(_) | Verb::Can(_) | Verb::Cannot(_) | Verb::Wait(_) => {}
        }
    }
}

fn told(advice: &Advice, reference: &PolicyReference) -> Diagnostic {
    let mut warning = Diagnostic::warning(advice.lint, advice.message.clone())
        .at(advice.span, advice.label.clone())
        .maybe_help(advice.help.clone());
    if let Some((span, label)) = &advice.related {
        warning = warning.related(*span, label.clone());
    }
    if reference.span.source == advice.span.source {
        warning
    } else {
        warning.related(reference.span, "used here")
    }
}
