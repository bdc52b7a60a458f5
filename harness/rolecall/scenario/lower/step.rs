//! Steps: who does what.

use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Node, Span};

use super::arn::IdentityArn;
use super::names::near;
use super::{Lower, context, pairs, spanned, text, texts};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::language::conform::first_key;
use crate::scenario::model::{Actor, Assume, Expect, Spanned, Step, Verb};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text as words;

const VERBS: [&str; 6] = ["call", "assume", "can", "cannot", "wait", "change"];

/// The targets that `skip-on` may name beside URLs.
const TARGETS: [&str; 4] = ["mock", "http", "localstack", "aws"];

impl Lower<'_, '_> {
    /// The steps of a list; `outer` is the number of the step whose `then` it is.
    pub(super) fn steps(&mut self, list: &Node, outer: Option<&str>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, node) in super::elements(list).iter().enumerate() {
            let number = match outer {
                Some(outer) => format!("{outer}.{}", index + 1),
                None => (index + 1).to_string(),
            };
            steps.extend(self.step(node, number, outer.is_some()));
        }
        steps
    }

    fn step(&mut self, node: &Node, number: String, inside: bool) -> Option<Step> {
        let mut verbs = VERBS.iter().filter(|verb| node.get(verb).is_some());
        let (Some(&verb), None) = (verbs.next(), verbs.next()) else {
            return None;
        };
        let actor = node.get("as").and_then(|actor| self.actor(actor));
        if node.get("as").is_none() && !inside && verb != "wait" {
            self.nobody(node, &number);
        }
        let (expect, expect_span) = self.expect_of(node, verb);
        let because = self.because_of(node, verb, &expect);
        let verb = self.verb(node, verb, &number, &expect)?;
        self.check_fields(&verb, actor.as_ref(), &expect);
        Some(Step {
            number,
            span: node.span,
            name: text(node, "name"),
            description: text(node, "description"),
            skip_on: self.skip_on(node),
            actor,
            verb,
            expect,
            expect_span,
            because,
            context: context(node),
        })
    }

    fn verb(&mut self, node: &Node, verb: &str, number: &str, expect: &Expect) -> Option<Verb> {
        match verb {
            "call" => self.call(node).map(Verb::Call),
            "assume" => self
                .assume(node, number, expect)
                .map(|assume| Verb::Assume(Box::new(assume))),
            _ => words::duration(&text(node, "wait")?).map(Verb::Wait),
        }
    }

    fn nobody(&mut self, node: &Node, number: &str) {
        let users = self
            .names
            .users
            .keys()
            .next()
            .map_or("USER", String::as_str);
        let error = Diagnostic::error(
            "scenario::no-actor",
            format!("step {number} doesn't say who takes it"),
        )
        .at(first_key(node), "this step")
        .help(format!("add `as: {users}`"));
        self.report(error);
    }

    fn skip_on(&mut self, node: &Node) -> Vec<(String, String)> {
        for entry in super::section(node, "skip-on") {
            let known = TARGETS.contains(&entry.key.as_str()) || entry.key.contains("://");
            if !known {
                let help = did_you_mean(&entry.key, TARGETS)
                    .unwrap_or_else(|| format!("use {} or a URL", words::list(TARGETS)));
                let error = Diagnostic::error(
                    "scenario::unknown-target",
                    format!("no target is named `{}`", entry.key),
                )
                .at(entry.key_span, "unknown target")
                .help(help);
                self.report(error);
            }
        }
        pairs(node, "skip-on")
    }

    fn assume(&mut self, node: &Node, number: &str, expect: &Expect) -> Option<Assume> {
        let role = spanned(node, "assume")?;
        let then = self.then(node, number, expect);
        let account = self.names.default_account();
        let session_policy = node
            .get("session-policy")
            .and_then(|policy| self.policy(policy, PolicyKind::Session, &account));
        let role_arn = self.role_arn(&role)?;
        let role_account = IdentityArn::parse(&role_arn)
            .map(|arn| arn.account.to_owned())
            .unwrap_or_default();
        Some(Assume {
            span: role.span,
            session: text(node, "session").unwrap_or_else(|| "rolecall".to_owned()),
            external_id: text(node, "external-id"),
            duration: text(node, "duration")
                .and_then(|written| words::duration(&written))
                .map(|d| d.as_secs()),
            session_policy,
            session_policy_arns: self.session_policy_arns(node, &role_account),
            tags: pairs(node, "tags"),
            transitive_tags: texts(node, "transitive-tags"),
            source_identity: text(node, "source-identity"),
            then,
            role_arn,
        })
    }

    fn then(&mut self, node: &Node, number: &str, expect: &Expect) -> Vec<Step> {
        let Some(then) = node.get("then") else {
            return Vec::new();
        };
        let refused = matches!(expect, Expect::Denied | Expect::Error { .. });
        if refused && !self.cases {
            let at = node.get("expect").map_or(then.span, |expect| expect.span);
            let warning = Diagnostic::warning("unreachable-then", "the steps in `then` never run")
                .at(at, "the assume gives no credentials")
                .help("remove `then`, or expect the assume to be `allowed`");
            self.report(warning);
        }
        self.steps(then, Some(number))
    }

    fn role_arn(&mut self, role: &Spanned<String>) -> Option<String> {
        if role.value.starts_with("arn:") {
            self.check_role_arn(&role.value, role.span);
            return Some(role.value.clone());
        }
        let arn = self.names.role_arn(&role.value);
        if arn.is_none() {
            self.unknown_role(role);
        }
        arn
    }

    fn unknown_role(&mut self, role: &Spanned<String>) {
        let roles = self.names.roles.keys().map(String::as_str);
        let (message, help) = if self.names.users.contains_key(&role.value) {
            (
                format!("`{}` is a user, not a role", role.value),
                "only roles can be assumed".to_owned(),
            )
        } else {
            let help = near(&role.value, &self.names.roles).unwrap_or_else(|| {
                if self.names.roles.is_empty() {
                    "define it under `roles`, with its `trust` policy".to_owned()
                } else {
                    format!("`roles` has {}", words::list(roles))
                }
            });
            (format!("no role is named `{}`", role.value), help)
        };
        self.report(
            Diagnostic::error("scenario::unknown-role", message)
                .at(role.span, "used here")
                .help(help),
        );
    }

    /// An ARN may name a role that doesn't exist, to see AWS's answer; a slip of the pen should still show.
    fn check_role_arn(&mut self, written: &str, span: Span) {
        let Some(arn) = IdentityArn::parse(written)
            .filter(|arn| arn.kind == "role" && self.names.declares(arn.account))
        else {
            return;
        };
        let known: Vec<String> = self
            .names
            .roles
            .keys()
            .filter_map(|name| self.names.role_arn(name))
            .collect();
        if known.iter().any(|known| known == written) {
            return;
        }
        let help = did_you_mean(written, known.iter().map(String::as_str)).unwrap_or_else(|| {
            "an ARN of a role that exists, or no warning: `# rolecall: allow(unknown-role)`"
                .to_owned()
        });
        let warning = Diagnostic::warning(
            "unknown-role",
            format!("the world has no role `{}`", arn.name()),
        )
        .at(span, "AWS answers AccessDenied")
        .help(help);
        self.report(warning);
    }

    fn session_policy_arns(&mut self, node: &Node, account: &str) -> Vec<String> {
        let list = node
            .get("session-policy-arns")
            .map(super::elements)
            .unwrap_or_default();
        list.iter()
            .filter_map(|element| self.policy_arn(element, account))
            .collect()
    }

    /// Checks `expect` against what the operation answers.
    fn check_fields(&mut self, verb: &Verb, actor: Option<&Spanned<Actor>>, expect: &Expect) {
        let Expect::Fields(fields) = expect else {
            return;
        };
        let _ = actor;
        match verb {
            Verb::Call(call) => self.answer(&call.service, &call.operation, fields),
            Verb::Assume(_) => self.answer("sts", "AssumeRole", fields),
            Verb::Wait(_) => {}
        }
    }
}
