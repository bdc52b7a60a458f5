//! Steps: who does what.

use rolecall_policy::arn::is_account;
use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Node, Span, Value};

use super::Lower;
use super::arn::IdentityArn;
use super::question::{Fault, arn_fault};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Actor, Assume, Entity, Expect, Mfa, Spanned, Step, Verb};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text as words;
use crate::scenario::tree::{elements, flag, head, pairs, scalar, section, spanned, text, texts};

const VERBS: [&str; 6] = ["call", "assume", "can", "cannot", "wait", "change"];

/// The targets that `skip-on` may name beside URLs.
const TARGETS: [&str; 4] = ["mock", "http", "localstack", "aws"];

impl Lower<'_, '_, '_> {
    /// The steps of a list; `outer` is the number of the step whose `then` it is.
    pub(super) fn steps(&mut self, list: &Node, outer: Option<&str>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, node) in elements(list).iter().enumerate() {
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
        let actor = self.actor(node, verb);
        let acts = !matches!(verb, "wait" | "change");
        if node.get("as").is_none() && !inside && acts {
            self.nobody(node, &number);
        }
        let (expect, expect_span) = self.expect_of(node, verb);
        let because = self.because_of(node, verb, &expect);
        let verb = self.verb(node, verb, &number, &expect)?;
        self.check_mfa(&verb, actor.as_ref(), node);
        if let (Verb::Assume(_), Some(actor)) = (&verb, &actor) {
            self.check_assume(node, &actor.value);
        }
        self.check_answer(&verb, actor.as_ref(), &expect);
        Some(Step {
            number,
            span: node.span,
            name: self.title(node, "name"),
            description: text(node, "description"),
            skip_on: self.skip_on(node),
            actor,
            verb,
            expect,
            expect_span,
            because,
            context: self.context(node),
        })
    }

    fn verb(&mut self, node: &Node, verb: &str, number: &str, expect: &Expect) -> Option<Verb> {
        let value = node.get(verb)?;
        match verb {
            "call" => self.call(node).map(Verb::Call),
            "assume" => self
                .assume(node, number, expect)
                .map(|assume| Verb::Assume(Box::new(assume))),
            "can" => Some(Verb::Can(self.questions(value))),
            "cannot" => Some(Verb::Cannot(self.questions(value))),
            "change" => Some(Verb::Change(Box::new(self.change(value)))),
            _ => words::duration(scalar(value)?).map(Verb::Wait),
        }
    }

    fn nobody(&mut self, node: &Node, number: &str) {
        let message = format!("step {number} doesn't say who takes it");
        let user = self.names.names(Entity::User).next().unwrap_or("USER");
        let error = Diagnostic::error("scenario::no-actor", message)
            .at(head(node), "this step")
            .help(format!("add `as: {user}`"));
        self.report(error);
    }

    fn skip_on(&mut self, node: &Node) -> Vec<(String, String)> {
        for entry in section(node, "skip-on") {
            let known = TARGETS.contains(&entry.key.as_str()) || entry.key.contains("://");
            if !known {
                let help = did_you_mean(&entry.key, TARGETS)
                    .unwrap_or_else(|| format!("use {}, or a URL", words::list(TARGETS)));
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
            mfa: mfa(node),
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
        if self.names.has(Entity::User, &role.value) {
            let message = format!("`{}` is a user, not a role", role.value);
            let error = Diagnostic::error("scenario::unknown-role", message);
            return self.report(
                error
                    .at(role.span, "used here")
                    .help("only roles can be assumed"),
            );
        }
        let define = "define it under `roles`, with its `trust` policy";
        self.unknown(Entity::Role, &role.value, role.span, define);
    }

    fn check_role_arn(&mut self, written: &str, span: Span) {
        match role_arn_fault(written) {
            Some(fault) => {
                let error = Diagnostic::error("scenario::role-arn", fault.message);
                self.report(error.at(span, fault.label).help(fault.help));
            }
            None => self.check_role_exists(written, span),
        }
    }

    /// An ARN may name a role that doesn't exist, to see AWS's answer; a slip of the pen should still show.
    pub(super) fn check_role_exists(&mut self, written: &str, span: Span) {
        let Some(arn) = IdentityArn::parse(written).filter(|arn| arn.kind == "role") else {
            return;
        };
        if self.has_arn(Entity::Role, written) || self.names.unreadable.contains(&Entity::Role) {
            return;
        }
        let help = self.near_arn(Entity::Role, arn).unwrap_or_else(|| {
            if self.names.declares(arn.account) {
                "define it under `roles`, unless that answer is the point".to_owned()
            } else {
                format!(
                    "declare account {} under `accounts` and define the role under `roles`, unless that answer is \
                     the point",
                    arn.account
                )
            }
        });
        let warning =
            Diagnostic::warning("unknown-role", format!("the world has no role `{written}`"))
                .at(span, "AWS answers AccessDenied")
                .help(help);
        self.report(warning);
    }

    fn session_policy_arns(&mut self, node: &Node, account: &str) -> Vec<String> {
        let list = node
            .get("session-policy-arns")
            .map(elements)
            .unwrap_or_default();
        list.iter()
            .filter_map(|element| self.policy_arn(element, account))
            .collect()
    }

    fn check_mfa(&mut self, verb: &Verb, actor: Option<&Spanned<Actor>>, node: &Node) {
        let Verb::Assume(assume) = verb else { return };
        if let Some(Mfa::Code(code)) = &assume.mfa {
            self.check_mfa_code(code, node);
        }
        let (Some(Mfa::Valid), Some(Actor::User(name))) =
            (&assume.mfa, actor.map(|actor| &actor.value))
        else {
            return;
        };
        let user = section(&self.root, "users")
            .iter()
            .find(|entry| entry.key == *name);
        let has_device = user.is_some_and(|user| flag(&user.value, "mfa") == Some(true));
        if !has_device {
            let error = Diagnostic::error(
                "scenario::no-mfa-device",
                format!("user `{name}` has no MFA device"),
            )
            .at(
                node.get("mfa").map_or(node.span, |mfa| mfa.span),
                "no code to show",
            )
            .help(format!(
                "give it one: `{name}: {{ mfa: true }}` under `users`"
            ));
            self.report(error);
        }
    }

    fn check_mfa_code(&mut self, code: &str, step: &Node) {
        if !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let error = Diagnostic::error("scenario::mfa", format!("`mfa` can't be `{code}`"))
            .at(
                step.get("mfa").map_or(step.span, |mfa| mfa.span),
                "neither `true` nor a code",
            )
            .help("write `true` for a valid code of the user's device, or six digits in quotes");
        self.report(error);
    }

    /// Checks `expect` against what the operation answers.
    fn check_answer(&mut self, verb: &Verb, actor: Option<&Spanned<Actor>>, expect: &Expect) {
        let Expect::Fields(fields) = expect else {
            return;
        };
        match verb {
            Verb::Call(call) => self.answer(&call.service, &call.operation, fields),
            Verb::Assume(_) => match actor.map(|actor| &actor.value) {
                Some(Actor::Token(_)) => self.answer("sts", "AssumeRoleWithWebIdentity", fields),
                Some(Actor::Saml(_)) => self.answer("sts", "AssumeRoleWithSAML", fields),
                _ => self.answer("sts", "AssumeRole", fields),
            },
            Verb::Can(_) | Verb::Cannot(_) | Verb::Wait(_) | Verb::Change(_) => {}
        }
    }
}

/// Why an ARN can't be a role's.
fn role_arn_fault(written: &str) -> Option<Fault> {
    if let Some(fault) = arn_fault(written) {
        return Some(fault);
    }
    let fault = |label, help: String| {
        Some(Fault {
            message: format!("`{written}` is no role's ARN"),
            label,
            help,
        })
    };
    let parsed = IdentityArn::parse(written).filter(|arn| arn.service == "iam");
    let Some(arn) = parsed.filter(|arn| !arn.name().is_empty()) else {
        let form = "a role is named `arn:aws:iam::ACCOUNT:role/NAME`".to_owned();
        return fault("only roles can be assumed", form);
    };
    let account = if is_account(arn.account) {
        arn.account
    } else {
        return fault(
            "a role belongs to an account",
            format!("write `arn:aws:iam::ACCOUNT:{}/{}`", arn.kind, arn.rest),
        );
    };
    if arn.kind == "role" {
        return None;
    }
    fault(
        "only roles can be assumed",
        format!("a role is named `arn:aws:iam::{account}:role/{}`", arn.rest),
    )
}

fn mfa(node: &Node) -> Option<Mfa> {
    let node = node.get("mfa")?;
    match &node.value {
        Value::Bool(flag) => flag.then_some(Mfa::Valid),
        _ => scalar(node).map(|code| Mfa::Code(code.to_owned())),
    }
}
