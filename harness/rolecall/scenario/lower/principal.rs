//! Principals that policies name but the world doesn't have.

use rolecall_policy::{Node, Span};

use super::Lower;
use super::arn::IdentityArn;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Entity, PolicyReference, World};
use crate::scenario::nearest::nearest;
use crate::scenario::tree::{entries, one_or_many, scalar};

impl Lower<'_, '_, '_> {
    /// Warns of users and roles that a trust or bucket policy names in a declared account, but that don't exist
    /// there. AWS refuses to save such a policy; here the principal never matches.
    pub(super) fn unknown_principals(&mut self, world: &World) {
        let trusts = world.roles.iter().map(|role| &role.trust);
        let buckets = world
            .buckets
            .iter()
            .filter_map(|bucket| bucket.policy.as_ref());
        let resources = world
            .resources
            .iter()
            .filter_map(|resource| resource.policy.as_ref());
        for reference in trusts.chain(buckets).chain(resources) {
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
        let (entity, exists) = match (arn.service, arn.kind) {
            ("iam", "user") => (Entity::User, self.has_arn(Entity::User, written)),
            ("iam", "role") => (Entity::Role, self.has_arn(Entity::Role, written)),
            ("sts", "assumed-role") => {
                let role = self.names.get(Entity::Role, arn.path().trim_matches('/'));
                (
                    Entity::Role,
                    role.is_some_and(|role| role.account == arn.account),
                )
            }
            _ => return,
        };
        if exists || self.names.unreadable.contains(&entity) {
            return;
        }
        let define = format!(
            "define it under `{}`, or name one that exists",
            entity.section()
        );
        let help = self.near_arn(entity, arn).unwrap_or(define);
        let message = format!("the world has no {} `{written}`", entity.noun());
        let warning = Diagnostic::warning("unknown-principal", message)
            .at(span, "never matches")
            .help(help);
        let elsewhere = reference.span.source != span.source;
        self.report(if elsewhere {
            warning.related(reference.span, "used here")
        } else {
            warning
        });
    }

    fn has_arn(&self, entity: Entity, written: &str) -> bool {
        self.names.arns(entity).any(|(_, known)| known == written)
    }

    /// The ARN that was most likely meant: of the same kind, of nearly the name, in the same account if one is there.
    pub(super) fn near_arn(&self, entity: Entity, arn: IdentityArn<'_>) -> Option<String> {
        let name = if arn.service == "sts" {
            arn.path()
        } else {
            arn.name().to_owned()
        };
        let name = name.trim_matches('/');
        let meant = match self.names.get(entity, name) {
            Some(_) => name,
            None => nearest(name, self.names.names(entity))?,
        };
        let (_, full) = self.names.arns(entity).find(|(known, _)| *known == meant)?;
        let full = if arn.service == "sts" {
            let account = &self.names.get(entity, meant)?.account;
            format!("arn:aws:sts::{account}:assumed-role/{meant}/{}", arn.name())
        } else {
            full
        };
        Some(format!("did you mean `{full}`?"))
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
                    .filter_map(|node| Some((scalar(node)?, node.span))),
            );
        }
    }
    found
}
