//! `can` and `cannot`: what is asked.

use rolecall_policy::{Node, Span};

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::Question;
use crate::scenario::tree::{elements, scalar};

impl Lower<'_, '_, '_> {
    /// The questions of a list: `ACTION on ARN`, or `ACTION` alone.
    pub(super) fn questions(&mut self, list: &Node) -> Vec<Question> {
        let questions = elements(list).iter();
        let questions = questions.filter_map(|node| Some((scalar(node)?, node.span)));
        questions
            .filter_map(|(written, span)| self.question(written, span))
            .collect()
    }

    fn question(&mut self, written: &str, span: Span) -> Option<Question> {
        let words: Vec<&str> = written.split_whitespace().collect();
        let (action, resource) = match words.as_slice() {
            [action] => (*action, None),
            [action, "on", resource] => (*action, Some(*resource)),
            _ => {
                let error =
                    Diagnostic::error("scenario::question", format!("`{written}` is no question"))
                        .at(span, "expected `ACTION on ARN`, or `ACTION`")
                        .help("write it as in `s3:GetObject on arn:aws:s3:::site/index.html`");
                self.report(error);
                return None;
            }
        };
        self.check_action(action, span);
        if let Some(resource) = resource {
            self.check_resource(action, resource, span);
        }
        let (action, resource) = (action.to_owned(), resource.map(str::to_owned));
        Some(Question {
            action,
            resource,
            span,
        })
    }

    fn check_action(&mut self, action: &str, span: Span) {
        let (label, help) = match action.split_once(':') {
            None => (
                "an action has a service before it",
                "write it as in a policy: `s3:GetObject`",
            ),
            Some(_) if action.contains(['*', '?']) => (
                "a question is about one action",
                "ask for each action on a line of its own",
            ),
            Some((service, name)) if service.is_empty() || name.is_empty() => (
                "a half of it is missing",
                "write it as in a policy: `s3:GetObject`",
            ),
            Some(_) => return self.check_known_action(action, span),
        };
        let error = Diagnostic::error(
            "scenario::action",
            format!("`{action}` is no action to ask for"),
        );
        self.report(error.at(span, label).help(help));
    }

    fn check_resource(&mut self, action: &str, resource: &str, span: Span) {
        if resource == "*" || resource.starts_with("arn:") {
            return;
        }
        let help = if action.starts_with("s3:") {
            format!("write `{action} on arn:aws:s3:::{resource}`")
        } else {
            "write the whole ARN, or leave `on …` out".to_owned()
        };
        let error = Diagnostic::error("scenario::resource-arn", format!("`{resource}` is no ARN"));
        self.report(error.at(span, "a resource is named by its ARN").help(help));
    }
}
