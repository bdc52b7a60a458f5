//! Looking at values that may or may not have the shape one wants: what doesn't fit counts as absent.

use rolecall_policy::{Entry, Node, Span, Value};

use super::model::Spanned;

/// The entries of a map.
pub(crate) fn entries(node: &Node) -> &[Entry] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

/// The entries of the map under `key`.
pub(crate) fn section<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    node.get(key).map(entries).unwrap_or_default()
}

/// The elements of a list.
pub(crate) fn elements(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(nodes) => nodes,
        _ => &[],
    }
}

/// The elements of a list, or the value itself.
pub(crate) fn one_or_many(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(nodes) => nodes,
        _ => std::slice::from_ref(node),
    }
}

/// A scalar's text as written (`true` and `false` in lower case).
pub(crate) fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// The text under `key`.
pub(crate) fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(scalar).map(str::to_owned)
}

/// The text under `key`, and where it stands.
pub(crate) fn spanned(node: &Node, key: &str) -> Option<Spanned<String>> {
    let node = node.get(key)?;
    let value = scalar(node)?.to_owned();
    Some(Spanned {
        value,
        span: node.span,
    })
}

/// The texts of the list under `key`.
pub(crate) fn texts(node: &Node, key: &str) -> Vec<String> {
    let list = node.get(key).map(elements).unwrap_or_default();
    list.iter().filter_map(scalar).map(str::to_owned).collect()
}

/// The flag under `key`.
pub(crate) fn flag(node: &Node, key: &str) -> Option<bool> {
    match node.get(key)?.value {
        Value::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// The pairs of the map under `key`.
pub(crate) fn pairs(node: &Node, key: &str) -> Vec<(String, String)> {
    let pairs = section(node, key).iter();
    pairs
        .filter_map(|entry| Some((entry.key.clone(), scalar(&entry.value)?.to_owned())))
        .collect()
}

/// A place that stands for a value without covering many lines: of a map its first key, of a list its first element.
pub(crate) fn head(node: &Node) -> Span {
    match &node.value {
        Value::Map(entries) => entries.first().map_or(node.span, |entry| entry.key_span),
        Value::List(nodes) => nodes.first().map_or(node.span, head),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => node.span,
    }
}

/// Visits all values below a node, and the node itself.
pub(crate) fn walk<'n>(node: &'n Node, visit: &mut impl FnMut(&'n Node)) {
    visit(node);
    for element in elements(node) {
        walk(element, visit);
    }
    for entry in entries(node) {
        walk(&entry.value, visit);
    }
}
