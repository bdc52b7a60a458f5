//! How the check names values, what it wants of them, and what to write instead.

use std::fmt;

use rolecall_policy::{Entry, Node, Value};

use super::{Notation, Shape, Table};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text;
use crate::scenario::tree::scalar;

/// What a value is called in messages.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'n> {
    /// The whole file.
    File,
    /// A key of the language.
    Key(&'n str),
    /// An element of that key's list.
    Element(&'n str),
    /// Something the user named: `role`, `Deploy`.
    Entry(&'static str, &'n str),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => write!(f, "the file"),
            Self::Key(key) => write!(f, "`{key}`"),
            Self::Element(key) => write!(f, "an element of `{key}`"),
            Self::Entry(what, name) => write!(f, "{what} `{name}`"),
        }
    }
}

impl Subject<'_> {
    /// What an element of it is called.
    pub(super) fn element(self) -> Self {
        match self {
            Self::File => Self::File,
            Self::Key(name) | Self::Element(name) | Self::Entry(_, name) => Self::Element(name),
        }
    }
}

/// What a value is.
pub(super) fn got(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{}`", scalar(node).unwrap_or_default()),
        Value::String(_) => "text".to_owned(),
    }
}

/// What a shape wants.
pub(super) fn wanted(shape: &Shape) -> String {
    match shape {
        Shape::Any | Shape::AnyOrNull => "a value".to_owned(),
        Shape::Text | Shape::Scalar => "text".to_owned(),
        Shape::Flag => "`true` or `false`".to_owned(),
        Shape::Integer => "a whole number".to_owned(),
        Shape::Duration => "a duration such as `15m`".to_owned(),
        Shape::Timestamp => "a point in time such as `2026-01-01T00:00:00Z`".to_owned(),
        Shape::AccountNumber => "an account number of 12 digits".to_owned(),
        Shape::Choice(words) => text::either(words.iter().copied()),
        Shape::List { .. } => "a list".to_owned(),
        Shape::Named { .. } | Shape::Record(_) | Shape::Variants { .. } => "a map".to_owned(),
        Shape::ByKind { what, .. } => (*what).to_owned(),
    }
}

/// The code of a mistake in a value of this shape.
pub(super) fn code(shape: &Shape) -> &'static str {
    match shape {
        Shape::Duration => "scenario::duration",
        Shape::Timestamp => "scenario::timestamp",
        Shape::AccountNumber => "scenario::account-number",
        Shape::Choice(_) => "scenario::unknown-word",
        _ => "scenario::type",
    }
}

/// What to write where nothing stands.
pub(super) fn no_value_help(shape: &Shape) -> &'static str {
    match shape {
        Shape::Record(_) | Shape::Named { .. } => "write `{}` for one with nothing but defaults",
        Shape::List { empty: true, .. } => "write `[]` for none, or remove the line",
        _ => "give it a value, or remove the line",
    }
}

/// What to write instead of a value of another kind.
pub(super) fn mismatch_help(node: &Node, shape: &Shape, notation: Notation) -> Option<String> {
    match notation {
        Notation::Yaml => Some(yaml_help(node, shape)),
        #[cfg(feature = "cli")]
        Notation::Toml => toml_help(node, shape),
    }
}

#[cfg(feature = "cli")]
fn toml_help(node: &Node, shape: &Shape) -> Option<String> {
    match (shape, &node.value, scalar(node)) {
        (Shape::List { .. }, _, Some(written)) => Some(format!("write `[\"{written}\"]`")),
        (Shape::Text, Value::Bool(_), Some(written)) => Some(format!("write `\"{written}\"`")),
        (Shape::Flag, Value::String(_), _) => {
            Some("write `true` or `false`, without quotes".to_owned())
        }
        (Shape::Named { what, .. }, ..) => Some(format!("write a table for each {what}")),
        (Shape::Record(table), ..) => Some(format!(
            "write a table; its keys are {}",
            text::list(table.names())
        )),
        _ => None,
    }
}

fn yaml_help(node: &Node, shape: &Shape) -> String {
    match (shape, &node.value, scalar(node)) {
        (Shape::List { .. }, Value::Map(_), _) => "begin each element with `- `".to_owned(),
        (Shape::List { .. }, _, Some(written)) => format!("write `[{written}]`"),
        (Shape::Flag, Value::String(word), _) => flag_help(word).to_owned(),
        (Shape::Text, Value::Bool(_), Some(written)) => {
            format!("for the word, write `\"{written}\"`")
        }
        (Shape::Named { what, .. }, Value::List(_), _) => format!(
            "write one `{what}: …` a line, without `-`",
            what = text::upper(what)
        ),
        (Shape::Named { .. }, _, Some(written)) => format!("write `{{ {written}: … }}`"),
        (Shape::Text | Shape::Scalar, Value::List(nodes), _) => match nodes.as_slice() {
            [only] if let Some(written) = scalar(only) => {
                format!("write `{written}`, without brackets")
            }
            _ => "write one text".to_owned(),
        },
        (Shape::Text | Shape::Scalar, Value::Map(_), _) => {
            "write one text; a text with `: ` in it needs quotes".to_owned()
        }
        (Shape::Variants { .. } | Shape::Record(_), Value::String(text), _)
            if text.contains(':') =>
        {
            let spaced = text.replacen(':', ": ", 1);
            format!("a colon needs a space after it: `{spaced}`")
        }
        (Shape::Record(table), ..) => format!("its keys are {}", text::list(table.names())),
        (Shape::Variants { variants, .. }, ..) => {
            let keys = variants.iter().map(|variant| variant.key);
            format!("write a map that has {}", text::either(keys))
        }
        _ => format!("write {}", wanted(shape)),
    }
}

fn flag_help(word: &str) -> &'static str {
    match word.to_lowercase().as_str() {
        "yes" | "on" | "true" | "y" => "write `true`, without quotes",
        "no" | "off" | "false" | "n" => "write `false`, without quotes",
        _ => "write `true` or `false`",
    }
}

/// What to write instead of text that has another form.
pub(super) fn format_help(shape: &Shape, written: &str) -> Option<String> {
    match shape {
        Shape::Duration if !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit()) => {
            Some(format!("for seconds, write `{written}s`"))
        }
        Shape::Duration => Some("use `d`, `h`, `m` and `s`, as in `1h30m`".to_owned()),
        Shape::Integer => Some("write digits only, without quotes".to_owned()),
        Shape::Timestamp => Some("write date, time and `Z` for UTC".to_owned()),
        Shape::AccountNumber => {
            let count = written.chars().count();
            Some(format!("this has {}", text::count(count, "character")))
        }
        _ => None,
    }
}

/// What to write instead of a key that the table lacks.
pub(super) fn unknown_key_help(entry: &Entry, table: &Table) -> String {
    let key = &entry.key;
    let glued = key
        .split_once(':')
        .filter(|(name, _)| table.field(name).is_some());
    if let (Some((name, value)), Value::Null) = (glued, &entry.value.value) {
        return format!("put a space after the colon: `{name}: {value}`");
    }
    did_you_mean(key, table.names())
        .unwrap_or_else(|| format!("its keys are {}", text::list(table.names())))
}

/// The first sentence of a description, to go after a colon.
pub(super) fn first_sentence(doc: &str) -> String {
    let sentence = doc.split(". ").next().unwrap_or(doc).trim_end_matches('.');
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}
