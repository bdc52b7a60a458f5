//! Policies that no step asks, and roles that nobody can have.

use std::collections::BTreeSet;

use rolecall_policy::{Node, SourceId};

use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Actor, Expect, PolicyOrigin, Role, Spanned, Step, Verb, World};
use crate::scenario::tree::{scalar, walk};

/// Advice about what a scenario's own file defines. `steps_node` is the list of steps as written.
pub(super) fn unexercised(
    world: &World,
    steps: &[Step],
    written: &[Node],
    source: SourceId,
) -> Vec<Diagnostic> {
    let mut asked = Asked::default();
    asked.collect(steps);
    let mut words = Vec::new();
    for step in written {
        walk(step, &mut |node| words.extend(scalar(node)));
    }
    let named = |name: &str| words.iter().any(|word| word.contains(name));
    let own = |name: &Spanned<String>| name.span.source == source;
    let mut found = Vec::new();
    for role in world.roles.iter().filter(|role| own(&role.name)) {
        if !can_be_had(role) {
            found.push(unreachable(&role.name));
        } else if asked.is_idle(role) {
            found.push(idle(
                &role.name,
                "role",
                "no step acts in a session of it",
                "add steps under `then` of its `assume`, or remove its `policies`",
            ));
        }
    }
    let buckets = world
        .buckets
        .iter()
        .filter(|bucket| bucket.policy.is_some());
    let resources = world
        .resources
        .iter()
        .filter(|resource| resource.policy.is_some());
    let unasked = |name: &&Spanned<String>| own(name) && !named(&name.value);
    let help = "add a step that needs it, or remove its `policy`";
    for name in buckets.map(|bucket| &bucket.name).filter(unasked) {
        found.push(idle(name, "bucket", "no step names it", help));
    }
    for name in resources.map(|resource| &resource.arn).filter(unasked) {
        found.push(idle(name, "resource", "no step names it", help));
    }
    found
}

/// What the steps do with roles.
#[derive(Default)]
struct Asked<'s> {
    /// The roles that steps assume and could then act with.
    assumed: BTreeSet<&'s str>,
    /// Those in whose sessions steps are taken.
    acting: BTreeSet<&'s str>,
    /// The names of what `change` steps change.
    changed: BTreeSet<&'s str>,
}

impl<'s> Asked<'s> {
    fn collect(&mut self, steps: &'s [Step]) {
        for step in steps {
            match &step.verb {
                Verb::Assume(assume) => {
                    if !is_service(step) {
                        self.assumed.insert(&assume.role_arn);
                    }
                    if step.expect != Expect::Denied && assume.then.iter().any(asks) {
                        self.acting.insert(&assume.role_arn);
                    }
                    self.collect(&assume.then);
                }
                Verb::Change(change) => {
                    self.changed
                        .extend(change.touched.iter().map(|touched| touched.name.as_str()));
                }
                Verb::Call(_) | Verb::Can(_) | Verb::Cannot(_) | Verb::Wait(_) => {}
            }
        }
    }

    /// Whether the role's own policies decide nothing although steps assume it. (A role that none assumes is another
    /// matter.)
    fn is_idle(&self, role: &Role) -> bool {
        let arn = role.arn();
        // A managed policy of AWS says what the role is for, and nobody has to test it.
        let has_own = role
            .policies
            .iter()
            .any(|policy| !matches!(policy.origin, PolicyOrigin::Aws(_)));
        has_own
            && self.assumed.contains(arn.as_str())
            && !self.acting.contains(arn.as_str())
            && !self.changed.contains(role.name.value.as_str())
    }
}

/// Whether a service takes the step: it keeps its credentials to itself.
fn is_service(step: &Step) -> bool {
    let actor = step.actor.as_ref().map(|actor| &actor.value);
    matches!(actor, Some(Actor::Service(_)))
}

/// Whether a step of a session asks its policies anything.
fn asks(step: &Step) -> bool {
    match &step.verb {
        Verb::Call(_) | Verb::Assume(_) | Verb::Can(_) | Verb::Cannot(_) => step.actor.is_none(),
        Verb::Wait(_) | Verb::Change(_) => false,
    }
}

/// Whether the trust policy allows anything to anyone.
fn can_be_had(role: &Role) -> bool {
    let statements = role
        .trust
        .document
        .node
        .get("Statement")
        .map(Node::items)
        .unwrap_or_default();
    let allows = |statement: &Node| statement.get("Effect").and_then(Node::as_str) == Some("Allow");
    statements.iter().any(allows)
}

fn unreachable(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::warning(
        "unreachable-role",
        format!("nobody can assume the role `{}`", name.value),
    )
    .at(name.span, "its trust policy allows nothing")
    .help("add a statement with `\"Effect\": \"Allow\"` to its trust policy")
}

fn idle(name: &Spanned<String>, noun: &str, why: &str, help: &str) -> Diagnostic {
    let message = format!("the policies of the {noun} `{}` decide nothing", name.value);
    Diagnostic::warning("unexercised-policy", message)
        .at(name.span, why)
        .help(help)
}
