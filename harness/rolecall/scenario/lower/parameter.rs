//! Parameters: values as the service's model types them.

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_policy::{Node, Span, Value as Written};
use rolecall_wire::model::{Kind, Member, Shape};
use rolecall_wire::{Structure, Value};

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text::{self as words, to_json};
use crate::scenario::tree::{entries, head, scalar};

/// The parameters that hold a policy as JSON text; a document may be written in their place.
const POLICY_MEMBERS: [&str; 3] = ["Policy", "PolicyDocument", "AssumeRolePolicyDocument"];

impl Lower<'_, '_, '_> {
    /// A parameter's value, called `name` in messages; `None` where it doesn't fit, which is reported.
    pub(super) fn parameter(&mut self, node: &Node, member: Member, name: &str) -> Option<Value> {
        let shape = member.shape();
        if POLICY_MEMBERS.contains(&member.name())
            && matches!(shape.kind(), Kind::String | Kind::Blob)
        {
            return self.policy_text(node, shape, name);
        }
        self.shaped(node, shape, name)
    }

    fn shaped(&mut self, node: &Node, shape: Shape, name: &str) -> Option<Value> {
        match (shape.kind(), &node.value) {
            (Kind::Structure, Written::Map(_)) => {
                self.structure(node, shape, name).map(Value::Structure)
            }
            (Kind::List(element), Written::List(nodes)) => {
                let name = format!("an element of {name}");
                let values = nodes
                    .iter()
                    .map(|node| self.parameter(node, element, &name));
                Some(Value::List(
                    values
                        .collect::<Vec<_>>()
                        .into_iter()
                        .collect::<Option<_>>()?,
                ))
            }
            (Kind::Map(_, value), Written::Map(entries)) => {
                let pairs = entries.iter().map(|entry| {
                    Some((
                        entry.key.clone(),
                        self.parameter(&entry.value, value, &quoted(&entry.key))?,
                    ))
                });
                Some(Value::Map(
                    pairs
                        .collect::<Vec<_>>()
                        .into_iter()
                        .collect::<Option<_>>()?,
                ))
            }
            (Kind::Document, _) => Some(Value::String(to_json(node))),
            _ => self.single(node, shape, name),
        }
    }

    fn structure(&mut self, node: &Node, shape: Shape, name: &str) -> Option<Structure> {
        let mut structure = Structure::new();
        let mut complete = true;
        for entry in entries(node) {
            let Some(member) = shape.member(&entry.key) else {
                self.unknown_parameter(&entry.key, entry.key_span, Some(shape), name);
                complete = false;
                continue;
            };
            match self.parameter(&entry.value, member, &quoted(&entry.key)) {
                Some(value) => structure.set(&entry.key, value),
                None => complete = false,
            }
        }
        for member in shape
            .members()
            .filter(|member| member.is_required() && node.get(member.name()).is_none())
        {
            let error = Diagnostic::error(
                "scenario::missing-parameter",
                format!("{name} needs `{}`", member.name()),
            )
            .at(head(node), "given without it")
            .help(format!("add `{}: …`", member.name()));
            self.report(error);
            complete = false;
        }
        complete.then_some(structure)
    }

    /// A value of a shape without parts.
    fn single(&mut self, node: &Node, shape: Shape, name: &str) -> Option<Value> {
        let Some(written) = scalar(node) else {
            self.wrong_kind(node, shape, name);
            return None;
        };
        let value = match shape.kind() {
            Kind::String => Some(self.word(written, shape, name, node.span)),
            Kind::Blob => Some(Value::Blob(Bytes::copy_from_slice(written.as_bytes()))),
            Kind::Boolean => match node.value {
                Written::Bool(flag) => Some(Value::Boolean(flag)),
                _ => None,
            },
            Kind::Integer => written
                .parse::<i32>()
                .ok()
                .map(|number| Value::Integer(number.into())),
            Kind::Long => written.parse().ok().map(Value::Integer),
            Kind::Float => written.parse().ok().map(Value::Float),
            Kind::Timestamp => instant(written).map(Value::Timestamp),
            Kind::Structure | Kind::List(_) | Kind::Map(..) | Kind::Document => None,
        };
        if value.is_none() {
            self.wrong_kind(node, shape, name);
        }
        value
    }

    fn word(&mut self, written: &str, shape: Shape, name: &str, span: Span) -> Value {
        let allowed = shape.enumeration();
        if !allowed.is_empty() && !allowed.contains(&written) {
            let help = did_you_mean(written, allowed.iter().copied())
                .unwrap_or_else(|| format!("use {}", words::either(allowed.iter().copied())));
            let error = Diagnostic::error(
                "scenario::parameter-value",
                format!("{name} can't be `{written}`"),
            )
            .at(span, "not one of AWS's values")
            .help(help);
            self.report(error);
        }
        Value::String(written.to_owned())
    }

    /// A policy in a parameter: JSON text as it stands, a file's text, or a document.
    fn policy_text(&mut self, node: &Node, shape: Shape, name: &str) -> Option<Value> {
        let text = match (&node.value, scalar(node)) {
            (Written::Map(_), _) => to_json(node),
            (_, Some(written)) if super::policy::is_file(written) => {
                self.file(written, node.span)?.json.to_string()
            }
            _ => return self.single(node, shape, name),
        };
        Some(match shape.kind() {
            Kind::Blob => Value::Blob(text.into_bytes().into()),
            _ => Value::String(text),
        })
    }

    pub(super) fn unknown_parameter(
        &mut self,
        name: &str,
        span: Span,
        shape: Option<Shape>,
        whole: &str,
    ) {
        let names = || shape.into_iter().flat_map(Shape::members).map(Member::name);
        let help = did_you_mean(name, names()).unwrap_or_else(|| match names().next() {
            Some(_) => format!("it takes {}", words::list(names())),
            None => "it takes none: remove `with`".to_owned(),
        });
        let error = Diagnostic::error(
            "scenario::unknown-parameter",
            format!("{whole} has no parameter `{name}`"),
        )
        .at(span, "unknown parameter")
        .help(help);
        self.report(error);
    }

    fn wrong_kind(&mut self, node: &Node, shape: Shape, name: &str) {
        let (wanted, help) = describe(shape);
        let error = Diagnostic::error(
            "scenario::parameter-type",
            format!("{name} must be {wanted}"),
        )
        .at(head(node), format!("expected {wanted}"))
        .help(help);
        self.report(error);
    }
}

/// A parameter's name as messages show it.
pub(super) fn quoted(name: &str) -> String {
    format!("`{name}`")
}

fn describe(shape: Shape) -> (&'static str, String) {
    match shape.kind() {
        Kind::Structure => {
            let names = words::list(shape.members().map(Member::name));
            ("a map", format!("its members are {names}"))
        }
        Kind::List(_) => ("a list", "write `[ … ]`".to_owned()),
        Kind::Map(..) => ("a map", "write `{ KEY: … }`".to_owned()),
        Kind::String | Kind::Blob => ("text", "write one value".to_owned()),
        Kind::Boolean => (
            "`true` or `false`",
            "write `true` or `false`, without quotes".to_owned(),
        ),
        Kind::Integer | Kind::Long => ("a whole number", "write digits only".to_owned()),
        Kind::Float => (
            "a number",
            "write digits, with a point for fractions".to_owned(),
        ),
        Kind::Timestamp => (
            "a point in time",
            "write it as `2026-01-01T00:00:00Z`".to_owned(),
        ),
        Kind::Document => ("a value", "write any YAML".to_owned()),
    }
}

/// An instant, or a day's first.
fn instant(written: &str) -> Option<Timestamp> {
    written
        .parse()
        .ok()
        .or_else(|| format!("{written}T00:00:00Z").parse().ok())
}
