//! From nodes to statements.
//!
//! Where a key stands twice, the last one counts, as JSON readers have it; in `Condition` all count.

use super::elements::{Actions, Resources};
use super::principals::Principals;
use super::statement::{Fault, Statement, StatementEffect};
use crate::condition::Clause;
use crate::node::{Entry, Node, Span, Value};

/// The statements of a document; none where `Statement` is missing or neither a map nor a list.
pub(super) fn statements(document: &[Entry]) -> Vec<Statement> {
    let variables = last(document, "Version")
        .and_then(|version| version.value.as_str())
        .is_some_and(|version| version == "2012-10-17");
    match last(document, "Statement").map(|entry| &entry.value) {
        Some(Node {
            value: Value::List(items),
            ..
        }) => items
            .iter()
            .map(|item| statement(item, variables))
            .collect(),
        Some(
            node @ Node {
                value: Value::Map(_),
                ..
            },
        ) => vec![statement(node, variables)],
        _ => Vec::new(),
    }
}

fn last<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Entry> {
    entries.iter().rev().find(|entry| entry.key == key)
}

fn statement(node: &Node, variables: bool) -> Statement {
    let mut prepared = Statement::empty(node.span);
    let Value::Map(entries) = &node.value else {
        prepared.fault(Fault::NotAnObject);
        return prepared;
    };
    for entry in entries {
        element(&mut prepared, entry, variables);
    }
    prepared.finish();
    prepared
}

fn element(statement: &mut Statement, entry: &Entry, variables: bool) {
    let span = span(entry);
    let value = &entry.value;
    match entry.key.as_str() {
        "Sid" => statement.sid = value.as_str().map(Into::into),
        "Effect" => statement.effect = effect(value),
        name @ ("Principal" | "NotPrincipal") => {
            let element = Principals::new(name == "NotPrincipal", value, span);
            statement.set_principals(element);
        }
        name @ ("Action" | "NotAction") => {
            let element = Actions::new(name == "NotAction", texts(value), span);
            statement.set_actions(element);
        }
        name @ ("Resource" | "NotResource") => {
            let element = Resources::new(name == "NotResource", texts(value), span, variables);
            statement.set_resources(element);
        }
        "Condition" => match clauses(value, variables) {
            Some(clauses) => statement.condition = clauses,
            None => statement.fault(Fault::Condition),
        },
        _ => {}
    }
}

/// From the key to the end of the value.
fn span(entry: &Entry) -> Span {
    Span {
        end: entry.value.span.end,
        ..entry.key_span
    }
}

/// Effects are case-sensitive.
fn effect(node: &Node) -> Option<StatementEffect> {
    match node.as_str() {
        Some("Allow") => Some(StatementEffect::Allow),
        Some("Deny") => Some(StatementEffect::Deny),
        _ => None,
    }
}

/// A string, or the strings of a list; what isn't a string counts as one that matches nothing.
fn texts(node: &Node) -> impl ExactSizeIterator<Item = Option<&str>> {
    node.items().iter().map(Node::as_str)
}

fn clauses(node: &Node, variables: bool) -> Option<Box<[Clause]>> {
    let Value::Map(operators) = &node.value else {
        return None;
    };
    let mut clauses = Vec::new();
    for operator in operators {
        let Value::Map(keys) = &operator.value.value else {
            return None;
        };
        for key in keys {
            let values = key.value.items().iter().map(scalar);
            clauses.push(Clause::new(
                &operator.key,
                &key.key,
                values,
                span(key),
                variables,
            ));
        }
    }
    Some(clauses.into())
}

/// A condition's value: numbers and booleans are read as strings.
fn scalar(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}
