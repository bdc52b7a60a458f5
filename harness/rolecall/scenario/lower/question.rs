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
        let Some(fault) = action_fault(action) else {
            return self.check_known_action(action, span);
        };
        let error = Diagnostic::error("scenario::action", fault.message);
        self.report(error.at(span, fault.label).help(fault.help));
    }

    fn check_resource(&mut self, action: &str, resource: &str, span: Span) {
        if let Some(fault) = resource_fault(action, resource) {
            let error = Diagnostic::error("scenario::resource-arn", fault.message);
            self.report(error.at(span, fault.label).help(fault.help));
        }
    }
}

/// Why something can't be asked.
pub(crate) struct Fault {
    /// The main fact: that something is no action, or no ARN.
    pub(crate) message: String,
    /// What is wrong, short.
    pub(crate) label: &'static str,
    /// The remedy.
    pub(crate) help: String,
}

/// Why an action can't be asked for.
pub(crate) fn action_fault(action: &str) -> Option<Fault> {
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
        Some(_) => return None,
    };
    Some(Fault {
        message: format!("`{action}` is no action to ask for"),
        label,
        help: help.to_owned(),
    })
}

/// Why an action can't be asked on something.
pub(crate) fn resource_fault(action: &str, resource: &str) -> Option<Fault> {
    if resource == "*" || resource.starts_with("arn:") {
        return None;
    }
    let help = if action.starts_with("s3:") {
        format!("write `{action} on arn:aws:s3:::{resource}`")
    } else {
        "write the whole ARN, or leave `on …` out".to_owned()
    };
    Some(Fault {
        message: format!("`{resource}` is no ARN"),
        label: "a resource is named by its ARN",
        help,
    })
}
