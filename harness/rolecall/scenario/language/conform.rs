//! Whether a value is what the tables say, and what to change where it isn't.

use rolecall_policy::arn::is_account;
use rolecall_policy::{Entry, Node, Span, Value};

use super::words::{self, Subject};
use super::{Field, Notation, Shape, Table, Variant};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::nearest::{did_you_mean, nearest};
use crate::scenario::text;
use crate::scenario::tree::{head, scalar};

/// Collects what doesn't conform.
pub(crate) struct Conform<'o> {
    found: &'o mut Vec<Diagnostic>,
    /// Whether `null` stands for "delete".
    null_deletes: bool,
    notation: Notation,
}

/// Checks a whole file.
pub(crate) fn file(node: &Node, table: &'static Table, found: &mut Vec<Diagnostic>) {
    in_notation(Notation::Yaml, node, table, found);
}

/// Checks a whole file, of whichever notation.
pub(crate) fn in_notation(
    notation: Notation,
    node: &Node,
    table: &'static Table,
    found: &mut Vec<Diagnostic>,
) {
    let mut conform = Conform {
        found,
        null_deletes: false,
        notation,
    };
    conform.record(node, table, Subject::File, head(node));
}

/// Checks the world after a change: what members a thing must have, now that it is complete.
pub(crate) fn changed(node: &Node, table: &'static Table, found: &mut Vec<Diagnostic>) {
    let mut own = Vec::new();
    file(node, table, &mut own);
    found.extend(
        own.into_iter()
            .filter(|diagnostic| diagnostic.code == "scenario::missing-key"),
    );
}

impl<'n> Conform<'_> {
    /// `head` is the place to underline for a map that lacks something: its key.
    fn value(&mut self, node: &'n Node, shape: &Shape, subject: Subject<'n>, head: Span) {
        match shape {
            Shape::Any => self.some(node, shape, subject),
            Shape::AnyOrNull => {}
            Shape::Text => self.scalar(node, shape, subject, |value| {
                matches!(value, Value::String(_) | Value::Number(_))
            }),
            Shape::Scalar => self.scalar(node, shape, subject, is_scalar),
            Shape::Flag => self.scalar(node, shape, subject, |value| {
                matches!(value, Value::Bool(_))
            }),
            Shape::Integer => self.parsed(node, shape, subject, |text| text.parse::<i64>().is_ok()),
            Shape::Duration => {
                self.parsed(node, shape, subject, |text| text::duration(text).is_some());
            }
            Shape::Timestamp => self.parsed(node, shape, subject, |text| {
                text.parse::<jiff::Timestamp>().is_ok()
            }),
            Shape::AccountNumber => self.parsed(node, shape, subject, is_account),
            Shape::Choice(words) => self.choice(node, shape, subject, words),
            Shape::List { element, empty } => self.list(node, shape, element, *empty, subject),
            Shape::Named { what, value } => self.named(node, shape, what, value, subject),
            Shape::Record(table) => self.record(node, table, subject, head),
            Shape::Variants { .. } => self.variants(node, shape, subject, head),
            Shape::ByKind {
                scalar, list, map, ..
            } => {
                let fitting = match &node.value {
                    Value::List(_) => *list,
                    Value::Map(_) => *map,
                    Value::Null => None,
                    Value::Bool(_) | Value::Number(_) | Value::String(_) => *scalar,
                };
                match fitting {
                    Some(fitting) => self.value(node, fitting, subject, head),
                    None => self.mismatch(node, shape, subject),
                }
            }
        }
    }

    fn some(&mut self, node: &Node, shape: &Shape, subject: Subject<'_>) {
        if node.value == Value::Null {
            self.mismatch(node, shape, subject);
        }
    }

    fn scalar(
        &mut self,
        node: &Node,
        shape: &Shape,
        subject: Subject<'_>,
        fits: fn(&Value) -> bool,
    ) {
        if !fits(&node.value) {
            self.mismatch(node, shape, subject);
        }
    }

    fn parsed(&mut self, node: &Node, shape: &Shape, subject: Subject<'_>, fits: fn(&str) -> bool) {
        let Some(written) = scalar(node) else {
            return self.mismatch(node, shape, subject);
        };
        if !fits(written) {
            let error = Diagnostic::error(
                words::code(shape),
                format!("{subject} is `{written}`, not {}", words::wanted(shape)),
            )
            .at(node.span, format!("expected {}", words::wanted(shape)))
            .maybe_help(words::format_help(shape, written));
            self.found.push(error);
        }
    }

    fn choice(
        &mut self,
        node: &Node,
        shape: &Shape,
        subject: Subject<'_>,
        words: &'static [&'static str],
    ) {
        let Some(written) = scalar(node) else {
            return self.mismatch(node, shape, subject);
        };
        if !words.contains(&written) {
            let help = did_you_mean(written, words.iter().copied());
            let error = Diagnostic::error(
                words::code(shape),
                format!("{subject} can't be `{written}`"),
            )
            .at(node.span, "not one of the words it knows")
            .help(help.unwrap_or_else(|| format!("use {}", text::either(words.iter().copied()))));
            self.found.push(error);
        }
    }

    fn list(
        &mut self,
        node: &'n Node,
        shape: &Shape,
        element: &Shape,
        empty: bool,
        subject: Subject<'n>,
    ) {
        let Value::List(nodes) = &node.value else {
            return self.mismatch(node, shape, subject);
        };
        if nodes.is_empty() && !empty {
            let error = Diagnostic::error("scenario::empty", format!("{subject} is an empty list"))
                .at(node.span, "nothing in it")
                .help("add at least one element");
            self.found.push(error);
        }
        for node in nodes {
            self.value(node, element, subject.element(), head(node));
        }
    }

    fn named(
        &mut self,
        node: &'n Node,
        shape: &Shape,
        what: &'static str,
        value: &Shape,
        subject: Subject<'n>,
    ) {
        let Value::Map(entries) = &node.value else {
            return self.mismatch(node, shape, subject);
        };
        for entry in entries {
            self.entry(entry, value, Subject::Entry(what, &entry.key));
        }
    }

    fn record(&mut self, node: &'n Node, table: &'static Table, subject: Subject<'n>, head: Span) {
        let Value::Map(entries) = &node.value else {
            return self.mismatch(node, &Shape::Record(table), subject);
        };
        for entry in entries {
            match (table.field(&entry.key), table.rest) {
                (Some(field), _) => self.field(entry, field),
                (None, Some((what, value))) => {
                    self.entry(entry, value, Subject::Entry(what, &entry.key));
                }
                (None, None) => self.unknown_key(entry, table, &[], subject),
            }
        }
        self.missing(entries, table, subject, head);
    }

    fn field(&mut self, entry: &'n Entry, field: &Field) {
        let outer = self.null_deletes;
        self.null_deletes |= field.name == "change";
        self.entry(entry, field.shape, Subject::Key(&entry.key));
        self.null_deletes = outer;
    }

    fn entry(&mut self, entry: &'n Entry, shape: &Shape, subject: Subject<'n>) {
        if !(self.null_deletes && entry.value.value == Value::Null) {
            self.value(&entry.value, shape, subject, entry.key_span);
        }
    }

    /// In a `change`, what isn't named stays as it is.
    fn missing(&mut self, entries: &[Entry], table: &Table, subject: Subject<'_>, head: Span) {
        let absent =
            |field: &&Field| field.required && !entries.iter().any(|entry| entry.key == field.name);
        if self.null_deletes {
            return;
        }
        for field in table.fields.iter().filter(absent) {
            let error = Diagnostic::error(
                "scenario::missing-key",
                format!("{subject} has no `{}`", field.name),
            )
            .at(head, format!("{} needs `{}`", table.what, field.name))
            .help(format!(
                "add `{}`: {}",
                field.name,
                words::first_sentence(field.doc)
            ));
            self.found.push(error);
        }
    }

    fn unknown_key(
        &mut self,
        entry: &Entry,
        table: &Table,
        others: &[Variant],
        subject: Subject<'_>,
    ) {
        let key = &entry.key;
        let what = match subject {
            Subject::Key(_) | Subject::Entry(..) => subject.to_string(),
            Subject::File | Subject::Element(_) => table.what.to_owned(),
        };
        let owners = others
            .iter()
            .filter(|variant| variant.table.field(key).is_some());
        let owners: Vec<&str> = owners.map(|variant| variant.key).collect();
        let error = match owners.as_slice() {
            [_, ..] => Diagnostic::error(
                "scenario::misplaced-key",
                format!("`{key}` doesn't go with {what}"),
            )
            .at(entry.key_span, "not a key of this")
            .help(format!("it goes with {}", text::list(owners))),
            [] => Diagnostic::error(
                "scenario::unknown-key",
                format!("{what} has no key `{key}`"),
            )
            .at(entry.key_span, "unknown key")
            .help(words::unknown_key_help(entry, table)),
        };
        self.found.push(error);
    }

    fn variants(&mut self, node: &'n Node, shape: &Shape, subject: Subject<'n>, head: Span) {
        let (
            Value::Map(entries),
            Shape::Variants {
                what,
                variants,
                otherwise,
                ..
            },
        ) = (&node.value, shape)
        else {
            return self.mismatch(node, shape, subject);
        };
        let telling = |entry: &&Entry| variants.iter().any(|variant| variant.key == entry.key);
        let mut told = entries.iter().filter(telling);
        match (told.next(), told.next(), otherwise) {
            (None, _, Some(otherwise)) => self.value(node, otherwise, subject, head),
            (None, _, None) => self.no_variant(entries, shape, head),
            (Some(first), Some(second), _) => self.two_variants(what, first, second),
            (Some(only), None, _) => {
                let variant = variants.iter().find(|variant| variant.key == only.key);
                if let Some(variant) = variant {
                    self.variant(entries, variant, variants, subject, head);
                }
            }
        }
    }

    fn variant(
        &mut self,
        entries: &'n [Entry],
        variant: &Variant,
        all: &'static [Variant],
        subject: Subject<'n>,
        head: Span,
    ) {
        for entry in entries {
            match variant.table.field(&entry.key) {
                Some(field) => self.field(entry, field),
                None => self.unknown_key(entry, variant.table, all, subject),
            }
        }
        self.missing(entries, variant.table, subject, head);
    }

    fn no_variant(&mut self, entries: &[Entry], shape: &Shape, head: Span) {
        let Shape::Variants {
            what,
            missing,
            variants,
            ..
        } = shape
        else {
            return;
        };
        let keys = || variants.iter().map(|variant| variant.key);
        let misspelt = entries.iter().find_map(|entry| {
            let known = variants
                .iter()
                .any(|variant| variant.table.field(&entry.key).is_some());
            let near = if known {
                None
            } else {
                nearest(&entry.key, keys())
            };
            near.map(|near| (entry, near))
        });
        let glued = entries.iter().find_map(|entry| {
            let (key, value) = entry
                .key
                .split_once(':')
                .filter(|_| entry.value.value == Value::Null)?;
            keys()
                .find(|name| *name == key)
                .map(|key| (entry, format!("{key}: {value}")))
        });
        if let Some((entry, spaced)) = glued {
            let error =
                Diagnostic::error("scenario::unknown-key", "a `:` without a space after it")
                    .at(entry.key_span, "read as one word")
                    .help(format!("write `{spaced}`"));
            return self.found.push(error);
        }
        let error = match misspelt {
            Some((entry, near)) => {
                let message = format!("{} has no key `{}`", text::article(what), entry.key);
                Diagnostic::error("scenario::unknown-key", message)
                    .at(entry.key_span, "unknown key")
                    .help(format!("did you mean `{near}`?"))
            }
            None => Diagnostic::error("scenario::no-verb", *missing)
                .at(head, format!("this {what}"))
                .help(format!("add {}", text::either(keys()))),
        };
        self.found.push(error);
    }

    fn two_variants(&mut self, what: &str, first: &Entry, second: &Entry) {
        let message = format!("this {what} has both `{}` and `{}`", first.key, second.key);
        let error = Diagnostic::error("scenario::two-verbs", message)
            .at(second.key_span, "the second")
            .related(first.key_span, "the first")
            .help(format!("keep one of them, or make two {what}s of it"));
        self.found.push(error);
    }

    fn mismatch(&mut self, node: &Node, shape: &Shape, subject: Subject<'_>) {
        let error = if node.value == Value::Null {
            Diagnostic::error("scenario::no-value", format!("{subject} has no value"))
                .at(node.span, format!("expected {}", words::wanted(shape)))
                .help(words::no_value_help(shape))
        } else {
            Diagnostic::error(
                "scenario::type",
                format!(
                    "{subject} is {}, not {}",
                    words::got(node),
                    words::wanted(shape)
                ),
            )
            .at(head(node), format!("expected {}", words::wanted(shape)))
            .maybe_help(match (subject, &node.value) {
                (Subject::Key("expect"), Value::Bool(true)) => Some("write `allowed`".to_owned()),
                (Subject::Key("expect"), Value::Bool(false)) => Some("write `denied`".to_owned()),
                _ => words::mismatch_help(node, shape, self.notation),
            })
        };
        self.found.push(error);
    }
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}
