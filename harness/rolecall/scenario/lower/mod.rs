//! From checked values to a test: names resolved, files read, defaults filled in.
//!
//! A value that [`conform`](super::language::conform) has already found wrong is passed over in silence.

mod action;
mod actor;
mod arn;
mod because;
mod call;
mod expect;
mod names;
mod parameter;
mod policy;
mod principal;
mod step;
mod world;

use std::collections::HashSet;

use rolecall_policy::{Entry, Node, Value};

use super::diagnostic::Diagnostic;
use super::language::conform::scalar_text;
use super::library::Library;
use super::model::{ContextEntry, Spanned, Step, World};
use names::Names;

/// What a scenario says, before it has a name.
pub(crate) struct Lowered {
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) world: World,
    pub(crate) steps: Vec<Step>,
}

/// Turns a scenario's values into what it means.
pub(crate) fn scenario(
    root: &Node,
    cases: bool,
    library: &mut Library<'_>,
    found: &mut Vec<Diagnostic>,
) -> Lowered {
    let mut lower = Lower::new(library, found, cases);
    let world = lower.world(root);
    let steps = root
        .get("steps")
        .map(|steps| lower.steps(steps, None))
        .unwrap_or_default();
    lower.unknown_principals(&world);
    Lowered {
        title: text(root, "scenario").unwrap_or_default(),
        description: text(root, "description"),
        tags: texts(root, "tags"),
        world,
        steps,
    }
}

/// Turns a world file's values into a world.
pub(crate) fn world(root: &Node, library: &mut Library<'_>, found: &mut Vec<Diagnostic>) -> World {
    let mut lower = Lower::new(library, found, false);
    let world = lower.world(root);
    lower.unknown_principals(&world);
    world
}

struct Lower<'l, 'f> {
    library: &'l mut Library<'f>,
    found: &'l mut Vec<Diagnostic>,
    names: Names,
    /// Whether the scenario has cases, so that what makes no sense in one may in another.
    cases: bool,
    /// The buckets that steps create.
    created: HashSet<String>,
}

impl<'l, 'f> Lower<'l, 'f> {
    fn new(library: &'l mut Library<'f>, found: &'l mut Vec<Diagnostic>, cases: bool) -> Self {
        Self {
            library,
            found,
            names: Names::default(),
            cases,
            created: HashSet::new(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }
}

/// The entries of a map; none of anything else.
fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// The entries of the map under `key`.
fn section<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    node.get(key).map(entries).unwrap_or_default()
}

/// The elements of a list; none of anything else.
fn elements(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(nodes) => nodes,
        _ => &[],
    }
}

/// The text under `key`.
fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(scalar_text).map(str::to_owned)
}

/// The text under `key`, and where it stands.
fn spanned(node: &Node, key: &str) -> Option<Spanned<String>> {
    let node = node.get(key)?;
    let value = scalar_text(node)?.to_owned();
    Some(Spanned {
        value,
        span: node.span,
    })
}

/// The texts of the list under `key`.
fn texts(node: &Node, key: &str) -> Vec<String> {
    let list = node.get(key).map(elements).unwrap_or_default();
    list.iter()
        .filter_map(scalar_text)
        .map(str::to_owned)
        .collect()
}

/// The flag under `key`.
fn flag(node: &Node, key: &str) -> Option<bool> {
    match node.get(key)?.value {
        Value::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// The pairs of the map under `key`.
fn pairs(node: &Node, key: &str) -> Vec<(String, String)> {
    let pairs = section(node, key).iter();
    pairs
        .filter_map(|entry| Some((entry.key.clone(), scalar_text(&entry.value)?.to_owned())))
        .collect()
}

/// The condition keys under `context`.
fn context(node: &Node) -> Vec<ContextEntry> {
    let entries = section(node, "context").iter();
    entries
        .map(|entry| {
            let multivalued = matches!(entry.value.value, Value::List(_));
            let values = if multivalued {
                elements(&entry.value)
            } else {
                std::slice::from_ref(&entry.value)
            };
            let values = values
                .iter()
                .filter_map(scalar_text)
                .map(str::to_owned)
                .collect();
            ContextEntry {
                key: entry.key.clone(),
                values,
                multivalued,
            }
        })
        .collect()
}
