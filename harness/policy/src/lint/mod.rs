//! Advice beyond what AWS refuses: policies that AWS saves but that may not say what they seem to say.
//!
//! [`lint`] reads a document of any kind and gives [`Advice`], each with a name by which it can be muted. What it
//! knows of services comes from the bundled [`catalog`], so advice may be wrong about what is younger.

mod actions;
mod effect;
mod keys;
mod overlap;
mod shadow;
mod trust;
mod values;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::catalog::{self, Service};
use crate::node::{Entry, Node, Span, Value};
use crate::validate::PolicyKind;
use crate::validate::shape::{Part, outline};

/// A warning about a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The lint's name, to mute it by: `unknown-action`.
    pub lint: &'static str,
    /// The main fact: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// The underline's label.
    pub label: String,
    /// Where.
    pub span: Span,
    /// The remedy.
    pub help: Option<String>,
    /// Another place that explains it, with its label.
    pub related: Option<(Span, String)>,
}

/// The names of all lints, with what they are about.
pub const LINTS: [(&str, &str); 8] = [
    ("unknown-action", "an action that no service has"),
    (
        "unknown-condition-key",
        "a condition key that no request has",
    ),
    ("open-trust", "a role that anyone may take on"),
    (
        "needless-external-id",
        "an external id asked of one's own account",
    ),
    (
        "absent-condition-key",
        "a condition key that these principals never have",
    ),
    (
        "unbound-subject",
        "a GitHub trust that doesn't say whose repositories",
    ),
    (
        "never-matches",
        "a statement, an action or a condition's value that never matches",
    ),
    ("shadowed-allow", "an Allow that a Deny takes back"),
];

/// All advice about a document, in the order of its text. `account` is the number of the account that has the policy,
/// if it is known.
///
/// ```
/// use rolecall_policy::validate::PolicyKind;
/// use rolecall_policy::{json, lint::lint};
///
/// let text = r#"{"Version": "2012-10-17",
///     "Statement": [{"Effect": "Allow", "Action": "s3:ListBuckets", "Resource": "*"}]}"#;
/// let advice = lint(&json::read(text, Default::default())?, PolicyKind::Identity, None);
///
/// assert_eq!(advice[0].lint, "unknown-action");
/// assert_eq!(advice[0].message, "`s3` has no action `ListBuckets`");
/// assert_eq!(advice[0].help.as_deref(), Some("the operation ListBuckets asks for `s3:ListAllMyBuckets`"));
/// # Ok::<(), rolecall_policy::json::JsonError>(())
/// ```
pub fn lint(node: &Node, kind: PolicyKind<'_>, account: Option<&str>) -> Vec<Advice> {
    Services::default().lint(node, kind, account)
}

fn advise(
    node: &Node,
    kind: PolicyKind<'_>,
    account: Option<&str>,
    services: &mut Services,
) -> Vec<Advice> {
    let Some(outline) = outline(node, &mut crate::validate::Findings::default()) else {
        return Vec::new();
    };
    let mut advice = Vec::new();
    for part in &outline.statements {
        actions::check(part, services, &mut advice);
        keys::check(part, services, &mut advice);
        effect::check(part, kind, services, &mut advice);
        values::check(part, &mut advice);
        if kind == PolicyKind::Trust {
            trust::check(part, account, &mut advice);
        }
    }
    shadow::check(&outline, &mut advice);
    advice.sort_by_key(|advice| advice.span);
    advice
}

impl Advice {
    fn new(lint: &'static str, span: Span, message: String, label: impl Into<String>) -> Self {
        Self {
            lint,
            message,
            label: label.into(),
            span,
            help: None,
            related: None,
        }
    }

    fn help(mut self, remedy: impl Into<String>) -> Self {
        self.help = Some(remedy.into());
        self
    }
}

/// The services looked up so far. Looking one up takes longer than all else here, so whoever has many documents keeps
/// these from one to the next.
#[derive(Debug, Default)]
pub struct Services {
    known: BTreeMap<String, Option<Rc<Service>>>,
}

impl Services {
    /// As [`lint`](fn@lint).
    pub fn lint(
        &mut self,
        node: &Node,
        kind: PolicyKind<'_>,
        account: Option<&str>,
    ) -> Vec<Advice> {
        advise(node, kind, account, self)
    }

    /// As [`catalog::service`].
    pub fn get(&mut self, prefix: &str) -> Option<Rc<Service>> {
        let folded = prefix.to_ascii_lowercase();
        let look_up = || catalog::service(prefix).map(Rc::new);
        self.known.entry(folded).or_insert_with(look_up).clone()
    }
}

/// The keys of a statement's conditions, with their operators.
fn tested<'n>(part: &Part<'n>) -> Vec<(&'n Entry, &'n Entry)> {
    let condition = part.element("Condition").map(|entry| &entry.value.value);
    let Some(Value::Map(operators)) = condition else {
        return Vec::new();
    };
    let keys = |operator: &'n Entry| match &operator.value.value {
        Value::Map(keys) => keys.as_slice(),
        _ => &[],
    };
    let pairs = |operator| keys(operator).iter().map(move |key| (operator, key));
    operators.iter().flat_map(pairs).collect()
}
