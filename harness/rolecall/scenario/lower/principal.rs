//! Principals that policies name but the world doesn't have.

use rolecall_policy::{Node, Span};

use super::arn::IdentityArn;
use super::{Lower, elements, entries};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::language::conform::scalar_text;
use crate::scenario::model::{PolicyReference, World};
use crate::scenario::nearest::nearest;

impl Lower<'_, '_> {
    /// Warns of users and roles that a trust or bucket policy names in a declared account, but that don't exist
    /// there. AWS refuses to save such a policy; here the principal never matches.
    pub(super) fn unknown_principals(&mut self, world: &World) {
        let trusts = world.roles.iter().map(|role| &role.trust);
        let buckets = world
            .buckets
            .iter()
            .filter_map(|bucket| bucket.policy.as_ref());
        for reference in trusts.chain(buckets) {
            for (arn, span) in principals(&reference.document.node) {
                self.check_principal(arn, span, reference);
            }
        }
    }

    fn check_principal(&mut self, written: &str, span: Span, reference: &PolicyReference) {
        let Some(arn) = IdentityArn::parse(written).filter(|arn| self.names.declares(arn.account))
        else {
            return;
        };
        let known: Vec<String> = match (arn.service, arn.kind) {
            ("iam", "user" | "role") => self.names.principal_arns().collect(),
            ("sts", "assumed-role") => self.session_arns(arn),
            _ => return,
        };
        if known.iter().any(|known| known == written) {
            return;
        }
        let near = nearest(written, known.iter().map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "define it under `{}s`, or name one that exists",
                if arn.kind == "user" { "user" } else { "role" }
            ),
        };
        let kind = if arn.kind == "user" { "user" } else { "role" };
        let warning = Diagnostic::warning(
            "unknown-principal",
            format!("the world has no {kind} `{written}`"),
        )
        .at(span, "never matches")
        .help(help);
        let elsewhere = reference.span.source != span.source;
        self.report(if elsewhere {
            warning.related(reference.span, "used here")
        } else {
            warning
        });
    }

    /// For a session's ARN: the ARNs of sessions of that name of all roles in its account.
    fn session_arns(&self, arn: IdentityArn<'_>) -> Vec<String> {
        let roles = self
            .names
            .roles
            .iter()
            .filter(|(_, role)| role.account == arn.account);
        roles
            .map(|(name, _)| {
                format!(
                    "arn:aws:sts::{}:assumed-role/{name}/{}",
                    arn.account,
                    arn.name()
                )
            })
            .collect()
    }
}

/// The AWS principals that a document names, each with its place.
fn principals(document: &Node) -> Vec<(&str, Span)> {
    let statements = document
        .get("Statement")
        .map(one_or_many)
        .unwrap_or_default();
    let mut found = Vec::new();
    for statement in statements {
        for entry in entries(statement)
            .iter()
            .filter(|entry| matches!(entry.key.as_str(), "Principal" | "NotPrincipal"))
        {
            let named = entry.value.get("AWS").map(one_or_many).unwrap_or_default();
            found.extend(
                named
                    .iter()
                    .filter_map(|node| Some((scalar_text(node)?, node.span))),
            );
        }
    }
    found
}

/// The elements of a list, or the value itself.
fn one_or_many(node: &Node) -> &[Node] {
    match &node.value {
        rolecall_policy::Value::List(_) => elements(node),
        _ => std::slice::from_ref(node),
    }
}
