//! The organization: units, accounts, and the control policies attached to each.

use std::collections::BTreeMap;

use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Entry, Node, Span};

use super::Lower;
use super::world::name;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Member, Organization, PolicyOrigin, PolicyReference, Spanned, Unit};
use crate::scenario::nearest::nearest;
use crate::scenario::tree::{elements, scalar, section, spanned, text};

/// AWS: Organizations User Guide, `FullAWSAccess`, attached to everything that gets no other SCP.
const FULL_ACCESS: (&str, &str, &str) = (
    "FullAWSAccess",
    "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
    r#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }]
}
"#,
);

/// AWS: Organizations User Guide, `RCPFullAWSAccess`, attached to everything and not to be detached.
const RESOURCE_FULL_ACCESS: (&str, &str, &str) = (
    "RCPFullAWSAccess",
    "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
    r#"{
  "Version": "2012-10-17",
  "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }]
}
"#,
);

const SERVICE: &str = "service-control-policies";
const RESOURCE: &str = "resource-control-policies";

impl Lower<'_, '_, '_> {
    pub(super) fn organization(&mut self, node: &Node) -> Organization {
        let management = spanned(node, "management");
        let management = management.and_then(|account| self.account_named(&account, true));
        let mut placed = BTreeMap::new();
        let root = Entry {
            key: "Root".to_owned(),
            key_span: node.span,
            value: root_of(node),
        };
        Organization {
            id: text(node, "id").unwrap_or_else(|| "o-exampleorgid".to_owned()),
            management,
            root: self.unit(&root, &mut placed),
        }
    }

    fn unit(&mut self, entry: &Entry, placed: &mut BTreeMap<String, Span>) -> Unit {
        self.names.units.insert(entry.key.clone());
        let node = &entry.value;
        let units = section(node, "units")
            .iter()
            .map(|unit| self.unit(unit, placed))
            .collect();
        let accounts = section(node, "accounts").iter();
        let accounts = accounts
            .filter_map(|account| self.member(account, placed))
            .collect();
        Unit {
            name: name(entry),
            service_control: self.service_control(node, entry.key_span),
            resource_control: self.resource_control(node, entry.key_span),
            units,
            accounts,
        }
    }

    fn member(&mut self, entry: &Entry, placed: &mut BTreeMap<String, Span>) -> Option<Member> {
        let name = Spanned {
            value: entry.key.clone(),
            span: entry.key_span,
        };
        let account = self.account_named(&name, true)?;
        if let Some(first) = placed.insert(account.clone(), entry.key_span) {
            self.report(
                Diagnostic::error(
                    "scenario::placed-twice",
                    format!("account `{}` stands twice", entry.key),
                )
                .at(entry.key_span, "placed again")
                .related(first, "first placed here")
                .help("an account is in one unit: remove one of the two"),
            );
        }
        Some(Member {
            service_control: self.service_control(&entry.value, entry.key_span),
            resource_control: self.resource_control(&entry.value, entry.key_span),
            name,
            account,
        })
    }

    fn service_control(&mut self, level: &Node, at: Span) -> Vec<PolicyReference> {
        match level.get(SERVICE) {
            Some(list) => self.control_policies(list, PolicyKind::ServiceControl),
            None => self.built_in(FULL_ACCESS, at).into_iter().collect(),
        }
    }

    fn resource_control(&mut self, level: &Node, at: Span) -> Vec<PolicyReference> {
        let written = level
            .get(RESOURCE)
            .map(|list| self.control_policies(list, PolicyKind::ResourceControl));
        let mut policies = written.unwrap_or_default();
        let arn = PolicyOrigin::Aws(RESOURCE_FULL_ACCESS.1.to_owned());
        if !policies.iter().any(|policy| policy.origin == arn) {
            policies.splice(0..0, self.built_in(RESOURCE_FULL_ACCESS, at));
        }
        policies
    }

    fn control_policies(&mut self, list: &Node, kind: PolicyKind<'_>) -> Vec<PolicyReference> {
        let policies = elements(list)
            .iter()
            .map(|node| self.control_policy(node, kind));
        policies.flatten().collect()
    }

    fn control_policy(&mut self, node: &Node, kind: PolicyKind<'_>) -> Option<PolicyReference> {
        let built_in = if kind == PolicyKind::ServiceControl {
            FULL_ACCESS
        } else {
            RESOURCE_FULL_ACCESS
        };
        let written = match scalar(node) {
            Some(written) if !super::policy::is_file(written) => written,
            _ => return self.document(node, kind),
        };
        if written == built_in.0 || written == built_in.1 {
            return self.built_in(built_in, node.span);
        }
        if let Some(document) = self.names.documents.get(written).cloned() {
            let origin = PolicyOrigin::Customer(written.to_owned());
            return Some(PolicyReference {
                span: node.span,
                origin,
                document,
            });
        }
        let own = self.names.documents.keys().map(String::as_str);
        let near = nearest(written, own.chain([built_in.0]));
        let help = near.map_or_else(
            || {
                format!(
                    "name a file (`….json`), a document of `policies`, or `{}`",
                    built_in.0
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no control policy is named `{written}`");
        let error = Diagnostic::error("scenario::unknown-policy", message);
        self.report(error.at(node.span, "used here").help(help));
        None
    }

    fn built_in(
        &mut self,
        (_, arn, json): (&str, &str, &str),
        span: Span,
    ) -> Option<PolicyReference> {
        let document = self.library.built_in(arn, json)?;
        Some(PolicyReference {
            span,
            origin: PolicyOrigin::Aws(arn.to_owned()),
            document,
        })
    }
}

fn root_of(organization: &Node) -> Node {
    let empty = Node {
        span: organization.span,
        value: rolecall_policy::Value::Map(Vec::new()),
    };
    organization.get("root").cloned().unwrap_or(empty)
}
