//! Principals that policies name but the world doesn't have.

use rolecall_policy::validate::named_principals;
use rolecall_policy::{Entry, Span};

use super::Lower;
use super::arn::IdentityArn;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Entity, PolicyReference, World};
use crate::scenario::nearest::{did_you_mean, nearest};
use crate::scenario::text as words;
use crate::scenario::tree::{section, text};

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
            for principal in named_principals(&reference.document.node) {
                self.check_principal(principal.name, principal.span, reference);
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
            ("iam", "oidc-provider" | "saml-provider") => {
                return self.check_provider(written, arn, span, reference);
            }
            ("sts", "assumed-role") => {
                let role = arn.path();
                let role = self.names.get(Entity::Role, role.trim_matches('/'));
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
        self.unknown_principal((entity, written), span, reference, help);
    }

    /// A provider is named by its issuer's host, or by its name.
    fn check_provider(
        &mut self,
        written: &str,
        arn: IdentityArn<'_>,
        span: Span,
        reference: &PolicyReference,
    ) {
        let entity = if arn.kind == "oidc-provider" {
            Entity::OidcProvider
        } else {
            Entity::SamlProvider
        };
        let known: Vec<String> = self.provider_arns(entity);
        if known.iter().any(|known| known == written) || self.names.unreadable.contains(&entity) {
            return;
        }
        let near = did_you_mean(written, known.iter().map(String::as_str));
        let help = near.unwrap_or_else(|| match known.as_slice() {
            [] => format!("define it under `{}`", entity.section()),
            known => format!(
                "the world has {}",
                words::list(known.iter().map(String::as_str))
            ),
        });
        self.unknown_principal((entity, written), span, reference, help);
    }

    fn unknown_principal(
        &mut self,
        (entity, written): (Entity, &str),
        span: Span,
        reference: &PolicyReference,
        help: String,
    ) {
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

    fn provider_arns(&self, entity: Entity) -> Vec<String> {
        let entries = section(&self.root, entity.section()).iter();
        let arn = |entry: &Entry| {
            let account = &self.names.get(entity, &entry.key)?.account;
            let rest = match entity {
                Entity::OidcProvider => text(&entry.value, "url")?
                    .strip_prefix("https://")?
                    .to_owned(),
                _ => entry.key.clone(),
            };
            let kind = if entity == Entity::OidcProvider {
                "oidc-provider"
            } else {
                "saml-provider"
            };
            Some(format!("arn:aws:iam::{account}:{kind}/{rest}"))
        };
        entries.filter_map(arn).collect()
    }

    pub(super) fn has_arn(&self, entity: Entity, written: &str) -> bool {
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
