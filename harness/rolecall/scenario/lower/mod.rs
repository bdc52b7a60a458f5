//! From checked values to a test: names resolved, files read, defaults filled in.
//!
//! A value that [`conform`](super::language::conform) has already found wrong is passed over in silence.

mod action;
mod actor;
mod arn;
mod assume;
mod because;
mod call;
mod catalog;
mod change;
mod expect;
mod names;
mod naming;
mod organization;
mod parameter;
mod plan;
mod policy;
mod principal;
mod provider;
mod question;
mod region;
mod resource;
mod service;
mod step;
mod world;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use rolecall_policy::{Entry, Node, Span, Value};

use super::diagnostic::Diagnostic;
use super::library::{Library, Unreadable};
use super::model::{ContextEntry, Step, World};
use super::tree::{one_or_many, scalar, section, spanned, text, texts};
#[cfg(feature = "cli")]
pub(crate) use catalog::unknown_action;
use names::Names;
#[cfg(feature = "cli")]
pub(crate) use question::{Fault, action_fault, resource_fault};

/// What a scenario says, before it has a name.
pub(crate) struct Lowered {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) world: World,
    pub(crate) steps: Vec<Step>,
}

/// Turns a scenario's values (with those of the world files it uses) into what it means.
pub(crate) fn scenario(
    root: &Node,
    cases: bool,
    library: &mut Library<'_>,
    found: &mut Vec<Diagnostic>,
) -> Lowered {
    let mut lower = Lower::new(root, library, found, cases);
    let title = lower.title(root, "scenario").unwrap_or_default();
    let world = lower.world(root);
    lower.unknown_principals(&world);
    let steps = root
        .get("steps")
        .map(|steps| lower.steps(steps, None))
        .unwrap_or_default();
    Lowered {
        title,
        description: text(root, "description"),
        tags: texts(root, "tags"),
        world,
        steps,
    }
}

/// Turns a world file's values into a world.
pub(crate) fn world(root: &Node, library: &mut Library<'_>, found: &mut Vec<Diagnostic>) -> World {
    let mut lower = Lower::new(root, library, found, false);
    let world = lower.world(root);
    lower.unknown_principals(&world);
    world
}

struct Lower<'l, 'f, 'n> {
    library: &'l mut Library<'f>,
    found: &'l mut Vec<Diagnostic>,
    /// The values of the world as it is by the step that is read.
    root: Cow<'n, Node>,
    names: Names,
    /// The accounts whose identities use a customer policy.
    policy_accounts: BTreeMap<String, BTreeSet<String>>,
    /// Whether the scenario has cases, so that what makes no sense in one may in another.
    cases: bool,
    /// The buckets that steps create.
    created: HashSet<String>,
}

impl<'l, 'f, 'n> Lower<'l, 'f, 'n> {
    fn new(
        root: &'n Node,
        library: &'l mut Library<'f>,
        found: &'l mut Vec<Diagnostic>,
        cases: bool,
    ) -> Self {
        Self {
            library,
            found,
            root: Cow::Borrowed(root),
            names: Names::default(),
            policy_accounts: BTreeMap::new(),
            cases,
            created: HashSet::new(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Reports a file that something names but nobody can read.
    fn unreadable(&mut self, unreadable: Unreadable, span: Span) {
        let help = unreadable
            .help
            .unwrap_or_else(|| "paths are relative to this file".to_owned());
        let error = Diagnostic::error("scenario::unreadable-file", unreadable.message);
        self.report(error.at(span, "named here").help(help));
    }

    /// What is printed in a line of its own: control characters would break it, or the terminal.
    fn title(&mut self, node: &Node, key: &str) -> Option<String> {
        let title = spanned(node, key)?;
        let shown = title.value.trim_end().to_owned();
        if shown.contains(char::is_control) {
            let error = Diagnostic::error(
                "scenario::control-character",
                format!("`{key}` has a control character"),
            )
            .at(title.span, "can't be shown in one line")
            .help("keep it to one line of plain text; longer text goes into `description`");
            self.report(error);
        }
        Some(shown)
    }

    /// The condition keys under `context`.
    fn context(&mut self, node: &Node) -> Vec<ContextEntry> {
        let entries = section(node, "context");
        for entry in entries {
            self.check_condition_key(&entry.key, entry.key_span);
            self.check_condition_values(entry);
        }
        entries.iter().map(context_entry).collect()
    }
}

fn context_entry(entry: &Entry) -> ContextEntry {
    let values = one_or_many(&entry.value).iter().filter_map(scalar);
    ContextEntry {
        key: entry.key.clone(),
        values: values.map(str::to_owned).collect(),
        multivalued: matches!(entry.value.value, Value::List(_)),
    }
}
