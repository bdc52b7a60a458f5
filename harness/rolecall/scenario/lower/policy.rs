//! Policies: a name, a file, an ARN or a document, resolved to the document.

use rolecall_policy::validate::{PolicyKind, Problem, validate};
use rolecall_policy::{Node, Span, Value, managed};

use super::Lower;
use super::arn::IdentityArn;
use super::plan::is_planned;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::library;
use crate::scenario::model::{Entity, PolicyDocument, PolicyOrigin, PolicyReference};
use crate::scenario::nearest::nearest;
use crate::scenario::text::to_json;
use crate::scenario::tree::scalar;

impl Lower<'_, '_, '_> {
    /// A policy of any form; reports what AWS would refuse in it.
    pub(super) fn policy(
        &mut self,
        node: &Node,
        kind: PolicyKind<'_>,
        account: &str,
    ) -> Option<PolicyReference> {
        match scalar(node) {
            Some(written) if !is_file(written) => {
                let (origin, document) = self.by_name(written, node.span, account)?;
                Some(PolicyReference {
                    span: node.span,
                    origin,
                    document,
                })
            }
            _ => self.document(node, kind),
        }
    }

    /// A policy that is given by itself, not by a name: a file or a document.
    pub(super) fn document(
        &mut self,
        node: &Node,
        kind: PolicyKind<'_>,
    ) -> Option<PolicyReference> {
        let (origin, document) = match (&node.value, scalar(node)) {
            (_, Some(written)) if is_file(written) => (
                PolicyOrigin::File(written.to_owned()),
                self.file(written, node.span)?,
            ),
            (Value::Map(_), _) if is_planned(node) => {
                return self.planned_policy(node, kind);
            }
            (Value::Map(_), _) => {
                let json = to_json(node).into();
                (
                    PolicyOrigin::Inline,
                    library::document(json, node.clone().into(), self.found)?,
                )
            }
            (_, Some(written)) => {
                self.not_a_document(written, node.span);
                return None;
            }
            _ => return None,
        };
        self.check_document(&document, kind, node.span);
        Some(PolicyReference {
            span: node.span,
            origin,
            document,
        })
    }

    /// Reports what AWS would refuse in a document.
    pub(super) fn check_document(
        &mut self,
        document: &PolicyDocument,
        kind: PolicyKind<'_>,
        used: Span,
    ) {
        let inline = document.node.span.source == used.source;
        if inline || self.library.first_look(document, kind) {
            for problem in validate(&document.node, kind) {
                self.report(refused(problem, kind, used));
            }
        }
    }

    fn not_a_document(&mut self, written: &str, span: Span) {
        self.report(
            Diagnostic::error(
                "scenario::not-a-document",
                format!("`{written}` is neither a file nor a document"),
            )
            .at(span, "expected the policy itself")
            .help("name a file that ends in `.json` or `.yaml`, or write the document here"),
        );
    }

    pub(super) fn file(&mut self, written: &str, span: Span) -> Option<PolicyDocument> {
        let path = self.library.resolve(span, written);
        match self.library.policy(&path, self.found) {
            Ok(document) => document,
            Err(unreadable) => {
                self.unreadable(unreadable, span);
                None
            }
        }
    }

    /// The ARN of a managed policy by its name or ARN.
    pub(super) fn policy_arn(&mut self, node: &Node, account: &str) -> Option<String> {
        let written = scalar(node)?;
        let (origin, _) = self.by_name(written, node.span, account)?;
        Some(match origin {
            PolicyOrigin::Aws(arn) => arn,
            PolicyOrigin::Customer(name) => format!("arn:aws:iam::{account}:policy/{name}"),
            PolicyOrigin::File(_) | PolicyOrigin::Inline | PolicyOrigin::Plan { .. } => {
                return None;
            }
        })
    }

    pub(super) fn by_name(
        &mut self,
        written: &str,
        span: Span,
        account: &str,
    ) -> Option<(PolicyOrigin, PolicyDocument)> {
        let arn =
            IdentityArn::parse(written).filter(|arn| arn.kind == "policy" && arn.account != "aws");
        if let Some(arn) = arn {
            if arn.account != account {
                self.foreign_policy(arn, span, account);
            }
            return self.customer(arn.name(), span, account);
        }
        if self.names.has(Entity::Policy, written) {
            return self.customer(written, span, account);
        }
        if let Some((arn, document)) = self.library.managed(written) {
            return Some((PolicyOrigin::Aws(arn), document));
        }
        self.unknown_policy(written, span);
        None
    }

    fn customer(
        &mut self,
        name: &str,
        span: Span,
        account: &str,
    ) -> Option<(PolicyOrigin, PolicyDocument)> {
        if !self.names.has(Entity::Policy, name) {
            self.unknown_policy(name, span);
        }
        let document = self.names.documents.get(name)?.clone();
        self.policy_accounts
            .entry(name.to_owned())
            .or_default()
            .insert(account.to_owned());
        Some((PolicyOrigin::Customer(name.to_owned()), document))
    }

    /// AWS: IAM User Guide, managed policies: a customer managed policy is for identities of its account.
    fn foreign_policy(&mut self, arn: IdentityArn<'_>, span: Span, account: &str) {
        let message = format!(
            "a policy of account {} can't be attached in account {account}",
            arn.account
        );
        self.report(
            Diagnostic::error("scenario::foreign-policy", message)
                .at(span, "from another account")
                .help(format!(
                    "write its name alone, `{}`: each account that uses it gets it",
                    arn.name()
                )),
        );
    }

    fn unknown_policy(&mut self, written: &str, span: Span) {
        if written.trim_start().starts_with('{') {
            self.report(
                Diagnostic::error(
                    "scenario::unknown-policy",
                    "a policy document inside quotes",
                )
                .at(span, "read as a policy's name")
                .help("take the quotes away: JSON is YAML"),
            );
            return;
        }
        let own = self.names.names(Entity::Policy);
        let near = nearest(
            written,
            own.chain(managed::names().map(|name| name as &str)),
        );
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it under `policies`, or name a managed policy of AWS or a file (`….json`)"
                .to_owned(),
        };
        self.report(
            Diagnostic::error(
                "scenario::unknown-policy",
                format!("no policy is named `{written}`"),
            )
            .at(span, "used here")
            .help(help),
        );
    }
}

/// Whether a policy's text names a file.
pub(super) fn is_file(written: &str) -> bool {
    let document = written.trim_start().starts_with('{');
    !document
        && [".json", ".yaml", ".yml"]
            .iter()
            .any(|ending| written.ends_with(ending))
}

/// A document that AWS would not save, in AWS's words and ours.
fn refused(problem: Problem, kind: PolicyKind<'_>, used: Span) -> Diagnostic {
    let Problem { code, message, .. } = &problem;
    let message = format!("AWS refuses this {} ({code}): \"{message}\"", noun(kind));
    let error = Diagnostic::error(problem.id, message)
        .at(problem.span, problem.label)
        .maybe_help(problem.help);
    if used.source == problem.span.source {
        error
    } else {
        error.related(used, "used here")
    }
}

fn noun(kind: PolicyKind<'_>) -> &'static str {
    match kind {
        PolicyKind::Identity => "policy",
        PolicyKind::Trust => "trust policy",
        PolicyKind::Boundary => "permissions boundary",
        PolicyKind::Session => "session policy",
        PolicyKind::ServiceControl => "service control policy",
        PolicyKind::ResourceControl => "resource control policy",
        PolicyKind::Bucket(_) => "bucket policy",
        PolicyKind::Resource => "resource policy",
    }
}
