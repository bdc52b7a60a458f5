//! Policies from a Terraform plan: `{from: plan.json, address: aws_iam_role.deploy}`.

use std::path::PathBuf;
use std::sync::Arc;

use rolecall_policy::Node;
use rolecall_policy::validate::PolicyKind;
use serde_json::Value;

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::discover::display;
use crate::scenario::model::{PolicyOrigin, PolicyReference, Spanned};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::plan::{Held, Plan, Resource};
use crate::scenario::text::list;
use crate::scenario::tree::spanned;

/// A plan and what is asked of it.
struct Asked {
    plan: Arc<Value>,
    path: PathBuf,
    file: String,
    address: Spanned<String>,
}

impl Asked {
    fn plan(&self) -> Plan<'_> {
        Plan(&self.plan)
    }
}

impl Lower<'_, '_, '_> {
    /// A policy that a plan would create: of a role its trust policy, or where a boundary is wanted, that.
    pub(super) fn planned_policy(
        &mut self,
        node: &Node,
        kind: PolicyKind<'_>,
    ) -> Option<PolicyReference> {
        let asked = self.asked(node)?;
        let resource = self.planned_resource(&asked)?;
        if kind == PolicyKind::Boundary && resource.has_permissions() {
            return self.planned_boundary(&asked, resource);
        }
        let Some(attribute) = resource.policy_attribute() else {
            let label = format!("`{}` has no policy that rolecall knows of", resource.kind());
            self.no_policy(&asked.address, &label, KNOWN);
            return None;
        };
        let Some(json) = resource.text(attribute) else {
            self.unknown_until_apply(&asked, resource.address(), attribute);
            return None;
        };
        self.planned_document(&asked, resource.address(), json, kind)
    }

    /// The policies that a planned role, user or group would have.
    pub(super) fn planned_permissions(
        &mut self,
        node: &Node,
        account: &str,
    ) -> Vec<PolicyReference> {
        let Some(asked) = self.asked(node) else {
            return Vec::new();
        };
        let Some(resource) = self.planned_resource(&asked) else {
            return Vec::new();
        };
        if !resource.has_permissions() {
            return self
                .planned_policy(node, PolicyKind::Identity)
                .into_iter()
                .collect();
        }
        let held = resource.permissions();
        if held.is_empty() {
            let label = "the plan gives it no policies";
            self.no_policy(
                &asked.address,
                label,
                "leave it out, or name the policies one by one",
            );
        }
        let policies = held
            .into_iter()
            .map(|held| self.held(&asked, held, account));
        policies.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn held(&mut self, asked: &Asked, held: Held<'_>, account: &str) -> Option<PolicyReference> {
        match held {
            Held::Document { address, json } => {
                self.planned_document(asked, &address, json, PolicyKind::Identity)
            }
            Held::Managed(arn) => {
                let span = asked.address.span;
                let (origin, document) = self.by_name(arn, span, account)?;
                Some(PolicyReference {
                    span,
                    origin,
                    document,
                })
            }
            Held::Unknown { address, attribute } => {
                self.unknown_until_apply(asked, &address, attribute);
                None
            }
        }
    }

    fn planned_boundary(
        &mut self,
        asked: &Asked,
        resource: Resource<'_>,
    ) -> Option<PolicyReference> {
        const ATTRIBUTE: &str = "permissions_boundary";
        let span = asked.address.span;
        if resource.lacks(ATTRIBUTE) {
            let label = "the plan gives it no permissions boundary";
            self.no_policy(&asked.address, label, "leave `boundary` out");
            return None;
        }
        let Some(arn) = resource.text(ATTRIBUTE) else {
            self.unknown_until_apply(asked, resource.address(), ATTRIBUTE);
            return None;
        };
        let account = arn.split(':').nth(4).unwrap_or_default();
        let (origin, document) = self.by_name(arn, span, account)?;
        Some(PolicyReference {
            span,
            origin,
            document,
        })
    }

    fn planned_document(
        &mut self,
        asked: &Asked,
        address: &str,
        json: &str,
        kind: PolicyKind<'_>,
    ) -> Option<PolicyReference> {
        let shown = format!("{} ({address})", display(&asked.path));
        let document = match self.library.policy_text(&shown, json, self.found) {
            Ok(document) => document?,
            Err(message) => {
                self.no_policy(&asked.address, &message, KNOWN);
                return None;
            }
        };
        let span = asked.address.span;
        self.check_document(&document, kind, span);
        let origin = PolicyOrigin::Plan {
            file: asked.file.clone(),
            address: address.to_owned(),
        };
        Some(PolicyReference {
            span,
            origin,
            document,
        })
    }

    fn asked(&mut self, node: &Node) -> Option<Asked> {
        let (file, address) = (spanned(node, "from")?, spanned(node, "address")?);
        let path = self.library.resolve(file.span, &file.value);
        match self.library.plan(&path) {
            Ok(plan) => Some(Asked {
                plan,
                path,
                file: file.value,
                address,
            }),
            Err(unreadable) => {
                self.unreadable(unreadable, file.span);
                None
            }
        }
    }

    fn planned_resource<'a>(&mut self, asked: &'a Asked) -> Option<Resource<'a>> {
        let found = asked.plan().resource(&asked.address.value);
        if found.is_none() {
            self.unknown_address(asked);
        }
        found
    }

    fn unknown_address(&mut self, asked: &Asked) {
        let address = &asked.address;
        let instances = asked.plan().instances(&address.value);
        let resources = asked.plan().resources();
        let known = resources
            .iter()
            .filter(|resource| resource.policy_attribute().is_some() || resource.has_permissions());
        let known = known.map(|resource| resource.address());
        let help = if instances.is_empty() {
            did_you_mean(&address.value, known.clone())
                .unwrap_or_else(|| format!("the plan has {}", list(known)))
        } else {
            format!("name one of its instances: {}", list(instances))
        };
        let message = format!("the plan has no resource `{}`", address.value);
        let error = Diagnostic::error("scenario::unknown-address", message);
        self.report(error.at(address.span, "not in the plan").help(help));
    }

    /// What a policy depends on, which only the apply will tell.
    fn unknown_until_apply(&mut self, asked: &Asked, address: &str, attribute: &str) {
        let own = address == asked.address.value;
        let whose = if own {
            "its".to_owned()
        } else {
            format!("`{address}`'s")
        };
        let mut references = asked.plan().references(address, Some(attribute));
        if references.is_empty() {
            references = asked.plan().references(address, None);
        }
        references.retain(|reference| {
            !["var.", "local.", "each.", "count."]
                .iter()
                .any(|prefix| reference.starts_with(prefix))
        });
        let mut label = format!("{whose} `{attribute}` is known only after the apply");
        if !references.is_empty() {
            label.push_str(", as it depends on ");
            label.push_str(&list(references));
        }
        self.no_policy(&asked.address, &label, LATER);
    }

    fn no_policy(&mut self, address: &Spanned<String>, label: &str, help: &str) {
        let message = format!("the plan has no policy for `{}`", address.value);
        let error = Diagnostic::error("scenario::no-planned-policy", message);
        self.report(error.at(address.span, label).help(help));
    }
}

const KNOWN: &str = "name a resource whose policy the plan knows, or use a file";

const LATER: &str = "write ARNs from what is known (`arn:aws:iam::${var.account}:role/NAME`), take a plan made after an apply, \
                     or use a file";

/// Whether a policy is given as a resource of a plan.
pub(super) fn is_planned(node: &Node) -> bool {
    node.get("from").is_some()
}
