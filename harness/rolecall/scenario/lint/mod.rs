//! Advice about a scenario that runs, but may not say what it seems to say.
//!
//! What only one of several cases needs is needed: [`load`](super::load) keeps the advice that holds for all of them.

mod exercise;
mod policies;

use std::collections::BTreeSet;

use rolecall_policy::{Node, SourceId, Span};

use super::diagnostic::Diagnostic;
use super::library::Library;
use super::model::{Actor, Because, Entity, Expect, Role, Spanned, Step, User, Verb, World};
use super::tree::{elements, entries, scalar, section, walk};

/// All advice about one test. `source` is the scenario's own file: what a shared world has too much is no matter.
pub(crate) fn lint(
    root: &Node,
    world: &World,
    steps: &[Step],
    source: SourceId,
    library: &mut Library<'_>,
) -> Vec<Diagnostic> {
    let mut lint = Lint {
        root,
        world,
        source,
        mentions: BTreeSet::new(),
        found: Vec::new(),
    };
    lint.collect_mentions();
    lint.unused();
    lint.steps(steps, false);
    lint.end(section_steps(root));
    let mut found = lint.found;
    found.extend(exercise::unexercised(
        world,
        steps,
        section_steps(root),
        source,
    ));
    found.extend(policies::advise(world, steps, library));
    found
}

struct Lint<'n> {
    root: &'n Node,
    world: &'n World,
    source: SourceId,
    /// The words of all values: names by themselves, and the last parts of ARNs.
    mentions: BTreeSet<&'n str>,
    found: Vec<Diagnostic>,
}

impl<'n> Lint<'n> {
    fn collect_mentions(&mut self) {
        let mentions = &mut self.mentions;
        let mut mention = |node: &'n Node| {
            if let Some(text) = scalar(node) {
                mentions.extend(text.split(['/', ' ', ':']));
                mentions.insert(text);
            }
        };
        for key in [
            "steps",
            "groups",
            "organization",
            "users",
            "roles",
            "buckets",
            "resources",
            "distributions",
        ] {
            if let Some(section) = self.root.get(key) {
                walk(section, &mut mention);
            }
        }
        let documents = self.world.roles.iter().flat_map(documents_of_role);
        let documents = documents.chain(self.world.users.iter().flat_map(documents_of_user));
        let buckets = self
            .world
            .buckets
            .iter()
            .filter_map(|bucket| bucket.policy.as_ref());
        let resources = self
            .world
            .resources
            .iter()
            .filter_map(|resource| resource.policy.as_ref());
        let others = buckets
            .chain(resources)
            .map(|policy| &*policy.document.node);
        for document in documents.chain(others) {
            walk(document, &mut mention);
        }
        for step in section_steps(self.root) {
            if let Some(change) = step.get("change") {
                mentions.extend(
                    entries(change)
                        .iter()
                        .flat_map(|kind| entries(&kind.value))
                        .map(|entry| &*entry.key),
                );
            }
        }
    }

    fn unused(&mut self) {
        let kinds = [
            (
                Entity::User,
                "unused-user",
                "acts as",
                "take a step `as` it, or remove it",
            ),
            (
                Entity::Role,
                "unused-role",
                "assumes",
                "let a step `assume` it, or remove it",
            ),
            (
                Entity::Policy,
                "unused-policy",
                "is given",
                "attach it to a user, group or role, or remove it",
            ),
            (
                Entity::Group,
                "unused-group",
                "is in",
                "put a user into it (`groups: […]`), or remove it",
            ),
        ];
        for (entity, code, verb, help) in kinds {
            for entry in section(self.root, entity.section()) {
                let own = entry.key_span.source == self.source;
                if own && !self.mentions.contains(entry.key.as_str()) {
                    let who = if entity == Entity::User {
                        "no step"
                    } else {
                        nobody(entity)
                    };
                    let noun = entity.noun();
                    let warning = Diagnostic::warning(
                        code,
                        format!("{who} {verb} the {noun} `{}`", entry.key),
                    );
                    self.found
                        .push(warning.at(entry.key_span, "never used").help(help));
                }
            }
        }
    }

    fn steps(&mut self, steps: &[Step], inside: bool) {
        for step in steps {
            if let Some(because) = &step.because {
                self.vague(because);
            }
            match &step.verb {
                Verb::Call(call)
                    if call.operation == "GetCallerIdentity" && call.service == "sts" =>
                {
                    let identity = step
                        .actor
                        .as_ref()
                        .is_some_and(|actor| self.has_lasting_keys(actor));
                    if identity && !inside && step.expect == Expect::Allowed {
                        self.cant_fail(call.span);
                    }
                }
                Verb::Assume(assume) => self.steps(&assume.then, true),
                _ => {}
            }
        }
    }

    /// Whether the actor's credentials always work.
    fn has_lasting_keys(&self, actor: &Spanned<Actor>) -> bool {
        match &actor.value {
            Actor::Root(_) => true,
            Actor::User(name) => {
                let user = self
                    .world
                    .users
                    .iter()
                    .find(|user| user.name.value == *name);
                user.is_some_and(|user| user.access_key_active)
            }
            Actor::Anonymous | Actor::Service(_) | Actor::Token(_) | Actor::Saml(_) => false,
        }
    }

    /// AWS: STS API, `GetCallerIdentity`: no permissions are needed, and no policy can deny it.
    fn cant_fail(&mut self, span: Span) {
        let warning = Diagnostic::warning("cant-fail", "this step can't fail")
            .at(span, "AWS allows it to everyone, whatever the policies")
            .help("expect a field of the answer: `expect: { Arn: … }`");
        self.found.push(warning);
    }

    fn vague(&mut self, because: &Because) {
        let says =
            because.policy.is_some() || because.statement.is_some() || because.condition.is_some();
        if !says {
            let warning = Diagnostic::warning(
                "vague-because",
                "this `because` holds for nearly any denial",
            )
            .at(because.span, "names no policy")
            .help("add `policy`, `statement` or `condition`");
            self.found.push(warning);
        }
    }

    /// What comes last and asks nothing has no effect.
    fn end(&mut self, steps: &[Node]) {
        let Some(last) = steps.last() else { return };
        if let Some(then) = last.get("then") {
            return self.end(elements(then));
        }
        let idle = entries(last)
            .iter()
            .find(|entry| matches!(entry.key.as_str(), "wait" | "change"));
        if let Some(idle) = idle {
            let warning = Diagnostic::warning(
                "idle-end",
                format!("nothing comes after this `{}`", idle.key),
            )
            .at(idle.key_span, "tests nothing")
            .help("add a step that shows its effect, or remove it");
            self.found.push(warning);
        }
    }
}

fn section_steps(root: &Node) -> &[Node] {
    root.get("steps").map(elements).unwrap_or_default()
}

fn nobody(entity: Entity) -> &'static str {
    match entity {
        Entity::Policy => "nobody",
        Entity::Group => "no user",
        _ => "no step",
    }
}

fn documents_of_role(role: &Role) -> impl Iterator<Item = &Node> {
    let all = role
        .policies
        .iter()
        .chain(&role.boundary)
        .chain([&role.trust]);
    all.map(|policy| &*policy.document.node)
}

fn documents_of_user(user: &User) -> impl Iterator<Item = &Node> {
    user.policies
        .iter()
        .chain(&user.boundary)
        .map(|policy| &*policy.document.node)
}
