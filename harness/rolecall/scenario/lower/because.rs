//! `because`: the reason a denial must have.

use rolecall_policy::{Node, Span};

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Because, BecausePolicy, Expect, Spanned};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text as words;
use crate::scenario::tree::{entries, flag, head, spanned, text};

impl Lower<'_, '_, '_> {
    /// The reason a step gives; none where it expects no denial.
    pub(super) fn because_of(
        &mut self,
        step: &Node,
        verb: &str,
        expect: &Expect,
    ) -> Option<Because> {
        let node = step.get("because")?;
        if !is_denial(verb, expect) {
            self.needs_denial(step, node);
            return None;
        }
        if entries(node).is_empty() {
            let error = Diagnostic::error("scenario::because", "`because` gives no reason")
                .at(node.span, "empty")
                .help("say which policy denies: `because: { policy: trust }`");
            self.report(error);
        }
        let policy = spanned(node, "policy");
        if let Some(trust) = policy
            .as_ref()
            .filter(|policy| policy.value == "trust" && verb == "call")
        {
            self.no_trust(step, trust.span);
        }
        Some(Because {
            span: node.span,
            policy: policy.and_then(|policy| because_policy(&policy.value)),
            at: self.at(node),
            explicit: text(node, "effect").map(|effect| effect == "explicit"),
            statement: text(node, "statement"),
            condition: self.condition(node),
            only: flag(node, "only").unwrap_or(false),
        })
    }

    /// With cases, `because` speaks for those that expect a denial.
    fn needs_denial(&mut self, step: &Node, because: &Node) {
        let expect = step.get("expect").map(|expect| expect.span);
        let is_misspelt = |error: &Diagnostic| {
            let at = error.at.as_ref().map(|(span, _)| *span);
            at.is_some() && at == expect
        };
        if self.cases || self.found.iter().any(is_misspelt) {
            return;
        }
        let error = Diagnostic::error(
            "scenario::because-without-denial",
            "`because` needs a denial",
        )
        .at(head(because), "a reason for a denial");
        self.report(match step.get("expect") {
            Some(expect) => error
                .related(head(expect), "this is expected")
                .help("change it to `expect: denied`, or remove `because`"),
            None => error.help("add `expect: denied`, or remove `because`"),
        });
    }

    fn no_trust(&mut self, step: &Node, span: Span) {
        let sts = text(step, "call").is_some_and(|call| call.starts_with("sts:"));
        if !sts {
            let error = Diagnostic::error("scenario::because", "no trust policy decides this call")
                .at(span, "trust policies decide who may assume a role")
                .help(
                    "use `resource` for the resource's policy, or `identity` for the caller's own",
                );
            self.report(error);
        }
    }

    fn at(&mut self, node: &Node) -> Option<String> {
        let at = spanned(node, "at")?;
        let control = text(node, "policy").is_some_and(|policy| policy == "scp" || policy == "rcp");
        if !control {
            let error = Diagnostic::error(
                "scenario::because",
                "`at` goes with `policy: scp` or `policy: rcp`",
            )
            .at(
                at.span,
                "only control policies are attached to units and accounts",
            )
            .help("say which of the two: `because: { policy: scp, at: … }`");
            self.report(error);
        } else if !self.names.units.contains(&at.value) && self.names.account(&at.value).is_none() {
            self.unknown_level(&at);
        }
        Some(at.value)
    }

    fn unknown_level(&mut self, at: &Spanned<String>) {
        let accounts = self
            .names
            .accounts
            .iter()
            .map(|account| account.name.as_str());
        let levels: Vec<&str> = self
            .names
            .units
            .iter()
            .map(String::as_str)
            .chain(accounts)
            .collect();
        let near = did_you_mean(&at.value, levels.iter().copied());
        let help = near.unwrap_or_else(|| format!("name one of {}", words::list(levels)));
        let message = format!("no unit or account is named `{}`", at.value);
        let error = Diagnostic::error("scenario::unknown-level", message);
        self.report(error.at(at.span, "used here").help(help));
    }

    fn condition(&mut self, node: &Node) -> Option<String> {
        let condition = spanned(node, "condition")?;
        self.check_condition_key(&condition.value, condition.span);
        Some(condition.value)
    }
}

fn is_denial(verb: &str, expect: &Expect) -> bool {
    match expect {
        Expect::Denied => true,
        Expect::Error { code, .. } => {
            matches!(code.as_str(), "AccessDenied" | "AccessDeniedException")
        }
        Expect::Allowed | Expect::Fields(_) => verb == "cannot",
    }
}

fn because_policy(word: &str) -> Option<BecausePolicy> {
    Some(match word {
        "identity" => BecausePolicy::Identity,
        "resource" => BecausePolicy::Resource,
        "trust" => BecausePolicy::Trust,
        "boundary" => BecausePolicy::Boundary,
        "session" => BecausePolicy::Session,
        "scp" => BecausePolicy::ServiceControl,
        "rcp" => BecausePolicy::ResourceControl,
        "endpoint" => BecausePolicy::Endpoint,
        _ => return None,
    })
}
