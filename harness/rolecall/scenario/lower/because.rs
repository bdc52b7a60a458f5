//! `because`: the reason a denial must have.

use rolecall_policy::{Node, Span};

use super::{Lower, entries, flag, spanned, text};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::language::conform::short;
use crate::scenario::model::{Because, BecausePolicy, Expect};

impl Lower<'_, '_> {
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
            explicit: text(node, "effect").map(|effect| effect == "explicit"),
            statement: text(node, "statement"),
            condition: self.condition(node),
            only: flag(node, "only").unwrap_or(false),
        })
    }

    /// With cases, `because` speaks for those that expect a denial.
    fn needs_denial(&mut self, step: &Node, because: &Node) {
        if self.cases {
            return;
        }
        let error = Diagnostic::error(
            "scenario::because-without-denial",
            "`because` needs a denial",
        )
        .at(short(because), "a reason for a denial");
        self.report(match step.get("expect") {
            Some(expect) => error
                .related(short(expect), "this is expected")
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

    fn condition(&mut self, node: &Node) -> Option<String> {
        let condition = spanned(node, "condition")?;
        if !condition.value.contains(':') {
            let error = Diagnostic::error(
                "scenario::condition-key",
                format!("`{}` is no condition key", condition.value),
            )
            .at(condition.span, "a key has a prefix")
            .help("write it as in the policy: `sts:ExternalId`, `aws:SourceIp`");
            self.report(error);
        }
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
