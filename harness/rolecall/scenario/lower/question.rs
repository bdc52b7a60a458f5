//! `can` and `cannot`: what is asked.

use rolecall_policy::arn::{Arn, PARTITIONS, is_account};
use rolecall_policy::{Node, Span};

use super::Lower;
use super::arn::IdentityArn;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Entity, Question};
use crate::scenario::nearest::{did_you_mean, nearest};
use crate::scenario::text as words;
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
            return self.report(error.at(span, fault.label).help(fault.help));
        }
        // Several may be asked about at once, and something that is still to be made.
        if resource.contains(['*', '?']) || action.contains(":Create") {
            return;
        }
        if let Some(role) = IdentityArn::parse(resource).filter(|arn| arn.kind == "role") {
            self.check_role(action, resource, role, span);
        } else if let Some(arn) = Arn::parse(resource).filter(|arn| arn.service == "s3") {
            self.check_bucket(arn, span);
        }
    }

    /// Whether a role may be assumed is asked of its trust policy, so that it must be there; of others any may be asked
    /// about, and only a slip of the pen is told.
    fn check_role(&mut self, action: &str, written: &str, role: IdentityArn<'_>, span: Span) {
        let asks_trust = action.to_ascii_lowercase().starts_with("sts:assumerole");
        let is_near = || {
            let names = self.names.names(Entity::Role);
            self.names.declares(role.account) && nearest(role.name(), names).is_some()
        };
        if asks_trust || is_near() {
            self.check_role_exists(written, span);
        }
    }

    fn check_bucket(&mut self, arn: Arn<'_>, span: Span) {
        let name = arn.resource.split('/').next().unwrap_or_default();
        let is_bucket = arn.region.is_empty() && arn.account.is_empty();
        if !is_bucket || self.names.has(Entity::Bucket, name) || self.created.contains(name) {
            return;
        }
        let Some(near) = nearest(name, self.names.names(Entity::Bucket)) else {
            return;
        };
        let warning = Diagnostic::warning(
            "unknown-bucket",
            format!("the world has no bucket `{name}`"),
        )
        .at(span, "no bucket's policy is asked")
        .help(format!("did you mean `{near}`?"));
        self.report(warning);
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
    if resource == "*" {
        return None;
    }
    if resource.starts_with("arn:") {
        return arn_fault(resource);
    }
    let bare = resource.trim_matches(['"', '\'']);
    let (label, help) = if bare != resource {
        (
            "quotes inside the question",
            format!("write `{action} on {bare}`, with quotes around the whole of it or none"),
        )
    } else if action.starts_with("s3:") {
        (
            "a resource is named by its ARN",
            format!("write `{action} on arn:aws:s3:::{resource}`"),
        )
    } else {
        (
            "a resource is named by its ARN",
            "write the whole ARN, or leave `on …` out".to_owned(),
        )
    };
    Some(no_arn(resource, label, help))
}

/// Why nothing can have an ARN.
///
/// AWS: IAM User Guide, IAM identifiers, and ARNs: `arn:partition:service:region:account-id:resource-id`.
pub(super) fn arn_fault(written: &str) -> Option<Fault> {
    let Some(arn) = Arn::parse(written) else {
        return Some(no_arn(written, "an ARN has six parts", six_parts(written)));
    };
    let is_number = arn.account.bytes().all(|byte| byte.is_ascii_digit());
    let (label, help) = if !PARTITIONS.contains(&arn.partition) {
        let near = did_you_mean(arn.partition, PARTITIONS);
        let all = || format!("the partitions are {}", words::list(PARTITIONS));
        ("no such partition", near.unwrap_or_else(all))
    } else if arn.service.is_empty() {
        (
            "the service is missing",
            "name it after the partition: `arn:aws:s3:::site`".to_owned(),
        )
    } else if arn.service.contains(|c: char| c.is_ascii_uppercase()) {
        let lower = arn.service.to_ascii_lowercase();
        let (before, after) = written.split_once(arn.service)?;
        (
            "services are written in lower case",
            format!("write `{before}{lower}{after}`"),
        )
    } else if !arn.account.is_empty() && is_number && !is_account(arn.account) {
        let digits = words::count(arn.account.len(), "digit");
        (
            "an account number has 12 digits",
            format!("`{}` has {digits}", arn.account),
        )
    } else if arn.resource.is_empty() {
        (
            "the last part is empty",
            "name the resource after the last colon".to_owned(),
        )
    } else {
        return None;
    };
    Some(no_arn(written, label, help))
}

fn no_arn(written: &str, label: &'static str, help: String) -> Fault {
    Fault {
        message: format!("`{written}` is no ARN"),
        label,
        help,
    }
}

/// What to write instead of an ARN with too few colons.
fn six_parts(written: &str) -> String {
    let parts: Vec<&str> = written.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "s3", .., resource] => {
            format!("write `arn:{partition}:s3:::{resource}`")
        }
        _ => "write `arn:PARTITION:SERVICE:REGION:ACCOUNT:NAME`; of what is empty the colon stays"
            .to_owned(),
    }
}
