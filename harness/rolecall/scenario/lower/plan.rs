//! Policies from a Terraform plan: `{from: plan.json, address: aws_iam_role.deploy}`.

use rolecall_policy::Node;
use rolecall_policy::validate::PolicyKind;
use serde_json::Value;

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{PolicyDocument, PolicyOrigin, PolicyReference, Spanned};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::tree::spanned;

/// Resource type and the attribute that holds its policy.
///
/// The Terraform AWS provider's documentation of each resource.
const ATTRIBUTES: [(&str, &str); 16] = [
    ("aws_iam_role", "assume_role_policy"),
    ("aws_iam_policy", "policy"),
    ("aws_iam_role_policy", "policy"),
    ("aws_iam_user_policy", "policy"),
    ("aws_iam_group_policy", "policy"),
    ("aws_iam_policy_document", "json"),
    ("aws_s3_bucket_policy", "policy"),
    ("aws_kms_key", "policy"),
    ("aws_kms_key_policy", "policy"),
    ("aws_sqs_queue", "policy"),
    ("aws_sqs_queue_policy", "policy"),
    ("aws_sns_topic", "policy"),
    ("aws_sns_topic_policy", "policy"),
    ("aws_secretsmanager_secret_policy", "policy"),
    ("aws_ecr_repository_policy", "policy"),
    ("aws_organizations_policy", "content"),
];

impl Lower<'_, '_, '_> {
    /// A policy that a plan would create.
    pub(super) fn planned_policy(
        &mut self,
        node: &Node,
        kind: PolicyKind<'_>,
    ) -> Option<PolicyReference> {
        let (file, address) = (spanned(node, "from")?, spanned(node, "address")?);
        let document = self.planned(&file, &address)?;
        self.check_document(&document, kind, address.span);
        let span = address.span;
        let origin = PolicyOrigin::Plan {
            file: file.value,
            address: address.value,
        };
        Some(PolicyReference {
            span,
            origin,
            document,
        })
    }

    fn planned(
        &mut self,
        file: &Spanned<String>,
        address: &Spanned<String>,
    ) -> Option<PolicyDocument> {
        let path = self.library.resolve(file.span, &file.value);
        let plan = match self.library.plan(&path) {
            Ok(plan) => plan,
            Err(unreadable) => {
                self.unreadable(unreadable, file.span);
                return None;
            }
        };
        let resources = resources(&plan);
        let found = resources
            .iter()
            .find(|resource| text(resource, "address") == Some(&address.value));
        let Some(resource) = found else {
            let addresses = resources
                .iter()
                .filter(|resource| attribute(resource).is_some());
            self.unknown_address(
                address,
                addresses.filter_map(|resource| text(resource, "address")),
            );
            return None;
        };
        let Some(attribute) = attribute(resource) else {
            let kind = text(resource, "type").unwrap_or_default();
            self.no_policy(
                address,
                &format!("`{kind}` has no policy that rolecall knows of"),
            );
            return None;
        };
        let Some(json) = resource
            .get("values")
            .and_then(|values| text(values, attribute))
        else {
            self.no_policy(
                address,
                &format!("its `{attribute}` is known only after the apply"),
            );
            return None;
        };
        let shown = format!(
            "{} ({})",
            crate::scenario::discover::display(&path),
            address.value
        );
        match self.library.policy_text(&shown, json, self.found) {
            Ok(document) => document,
            Err(message) => {
                self.no_policy(address, &message);
                None
            }
        }
    }

    fn unknown_address<'a>(
        &mut self,
        address: &Spanned<String>,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        let help = did_you_mean(&address.value, known.clone())
            .unwrap_or_else(|| format!("the plan has {}", crate::scenario::text::list(known)));
        let message = format!("the plan has no resource `{}`", address.value);
        let error = Diagnostic::error("scenario::unknown-address", message);
        self.report(error.at(address.span, "not in the plan").help(help));
    }

    fn no_policy(&mut self, address: &Spanned<String>, label: &str) {
        let message = format!("the plan has no policy for `{}`", address.value);
        let error = Diagnostic::error("scenario::no-planned-policy", message);
        self.report(
            error
                .at(address.span, label)
                .help("name a resource whose policy the plan knows, or use a file"),
        );
    }
}

/// All resources of a plan, and the data that was read for it.
///
/// Terraform documentation, JSON output format: `planned_values` and `prior_state.values` hold modules.
fn resources(plan: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    let planned = plan.get("planned_values");
    let prior = plan
        .get("prior_state")
        .and_then(|state| state.get("values"));
    for module in [planned, prior]
        .into_iter()
        .flatten()
        .filter_map(|values| values.get("root_module"))
    {
        collect(module, &mut found);
    }
    found
}

fn collect<'p>(module: &'p Value, found: &mut Vec<&'p Value>) {
    let list = |key: &str| {
        module
            .get(key)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    found.extend(list("resources"));
    for child in list("child_modules") {
        collect(child, found);
    }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn attribute(resource: &Value) -> Option<&'static str> {
    let kind = text(resource, "type")?;
    ATTRIBUTES
        .iter()
        .find(|(known, _)| *known == kind)
        .map(|(_, attribute)| *attribute)
}
