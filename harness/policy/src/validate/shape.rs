//! The shape of a document: its elements, their types, and what is missing.

use super::{Findings, Rule};
use crate::node::{Entry, Node, Span, Value};
use crate::suggest::nearest;

/// `Conditions` on top is a relic that AWS still lets pass.
const TOP: [&str; 4] = ["Version", "Id", "Statement", "Conditions"];

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// A document that has a policy's shape, more or less.
pub(crate) struct Outline<'n> {
    /// Whether the version has policy variables.
    pub(super) has_variables: bool,
    pub(crate) statements: Vec<Part<'n>>,
}

/// A statement.
pub(crate) struct Part<'n> {
    pub(crate) span: Span,
    elements: &'n [Entry],
}

impl<'n> Part<'n> {
    /// An element; the last of several.
    pub(crate) fn element(&self, name: &str) -> Option<&'n Entry> {
        self.elements.iter().rev().find(|entry| entry.key == name)
    }

    /// An element or its negation, whichever is there.
    pub(super) fn either(&self, name: &str) -> Option<&'n Entry> {
        let negated = |entry: &&Entry| entry.key.strip_prefix("Not") == Some(name);
        self.element(name)
            .or_else(|| self.elements.iter().rev().find(negated))
    }

    /// The strings of an element, or of its list, with their places.
    pub(crate) fn strings(&self, name: &str) -> impl Iterator<Item = (&'n str, Span)> + use<'n> {
        self.element(name)
            .map(|entry| entry.value.items())
            .unwrap_or_default()
            .iter()
            .filter_map(|item| Some((item.as_str()?, item.span)))
    }

    /// Whether it says `Allow`.
    pub(crate) fn allows(&self) -> bool {
        self.strings("Effect").any(|(effect, _)| effect == "Allow")
    }
}

/// Reads a document; `None` when it isn't even an object.
pub(crate) fn outline<'n>(node: &'n Node, findings: &mut Findings) -> Option<Outline<'n>> {
    let Value::Map(entries) = &node.value else {
        let label = format!("this is {}", node.value.kind());
        findings
            .add(Rule::NotAnObject, node.span, "", label)
            .help("a policy is a JSON object with `Version` and `Statement`");
        return None;
    };
    known_keys(entries, &TOP, findings);
    duplicate_keys(node, findings);
    let version = last(entries, "Version");
    check_version(node, version, findings);
    if let Some(id) = last(entries, "Id") {
        check_string(id, findings);
    }
    let statements = statements(node, last(entries, "Statement"), findings);
    unique_sids(&statements, findings);
    Some(Outline {
        has_variables: version.and_then(|entry| entry.value.as_str()) == Some("2012-10-17"),
        statements,
    })
}

fn last<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Entry> {
    entries.iter().rev().find(|entry| entry.key == key)
}

fn known_keys(entries: &[Entry], known: &[&'static str], findings: &mut Findings) {
    for entry in entries {
        if !known.contains(&entry.key.as_str()) {
            let finding = findings.add(
                Rule::UnknownField,
                entry.key_span,
                &entry.key,
                "no such element",
            );
            match nearest(&entry.key, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("the elements here are {}", listed(known))),
            }
        }
    }
}

fn listed(names: &[&str]) -> String {
    names
        .iter()
        .filter(|name| **name != "Conditions")
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// AWS: IAM User Guide, grammar: no key may stand twice, at whatever depth.
fn duplicate_keys(node: &Node, findings: &mut Findings) {
    match &node.value {
        Value::Map(entries) => {
            let mut seen = std::collections::HashSet::new();
            for entry in entries {
                if !seen.insert(entry.key.as_str()) {
                    findings
                        .add(
                            Rule::DuplicateKey,
                            entry.key_span,
                            &entry.key,
                            format!("`{}` stands here already", entry.key),
                        )
                        .help("join the values in one list, or write another statement");
                }
                duplicate_keys(&entry.value, findings);
            }
        }
        Value::List(items) => {
            for item in items {
                duplicate_keys(item, findings);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn check_version(document: &Node, version: Option<&Entry>, findings: &mut Findings) {
    const REMEDY: &str = "write `\"Version\": \"2012-10-17\"`";
    let Some(version) = version else {
        let start = Span {
            end: document.span.start + 1,
            ..document.span
        };
        findings
            .add(
                Rule::OldVersion,
                start,
                "",
                "no `Version`, which means 2008-10-17",
            )
            .help(REMEDY);
        return;
    };
    match version.value.as_str() {
        Some("2012-10-17") => {}
        Some(old @ "2008-10-17") => {
            findings
                .add(Rule::OldVersion, version.value.span, old, "an old version")
                .help(REMEDY);
        }
        other => {
            findings
                .add(
                    Rule::UnknownVersion,
                    version.value.span,
                    other.unwrap_or_default(),
                    "no such version",
                )
                .help(REMEDY);
        }
    }
}

fn check_string(entry: &Entry, findings: &mut Findings) {
    if entry.value.as_str().is_none() {
        wrong_type(&entry.value, "a string", findings);
    }
}

pub(super) fn wrong_type(node: &Node, wanted: &str, findings: &mut Findings) {
    let label = format!("expected {wanted}, found {}", node.value.kind());
    let finding = findings.add(Rule::WrongType, node.span, "", label);
    if let (Value::Number(text), "a string") = (&node.value, wanted) {
        finding.help(format!("put it in quotes: `\"{text}\"`"));
    }
}

fn statements<'n>(
    document: &Node,
    entry: Option<&'n Entry>,
    findings: &mut Findings,
) -> Vec<Part<'n>> {
    let Some(entry) = entry else {
        let label = "no `Statement`";
        findings
            .add(Rule::NoStatement, document.span, "", label)
            .help("a policy has at least one statement");
        return Vec::new();
    };
    match &entry.value.value {
        Value::List(items) if items.is_empty() => {
            findings
                .add(Rule::NoStatement, entry.value.span, "", "no statement")
                .help("a policy has at least one statement");
        }
        Value::List(_) | Value::Map(_) => {}
        _ => wrong_type(&entry.value, "a list of statements", findings),
    }
    let mut parts = Vec::new();
    for item in entry.value.items() {
        match &item.value {
            Value::Map(elements) => parts.push(part(item.span, elements, findings)),
            _ if matches!(entry.value.value, Value::List(_)) => {
                wrong_type(item, "a statement", findings);
            }
            _ => {}
        }
    }
    parts
}

fn part<'n>(span: Span, elements: &'n [Entry], findings: &mut Findings) -> Part<'n> {
    known_keys(elements, &ELEMENTS, findings);
    let part = Part { span, elements };
    if let Some(sid) = part.element("Sid") {
        check_string(sid, findings);
    }
    check_effect(&part, findings);
    excludes(&part, "Action", Rule::ActionExcluded, findings);
    excludes(&part, "Resource", Rule::ResourceExcluded, findings);
    excludes(&part, "Principal", Rule::PrincipalExcluded, findings);
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
        let entry = part.element(name);
        for item in entry.map(|entry| entry.value.items()).unwrap_or_default() {
            if item.as_str().is_none() {
                wrong_type(item, "a string", findings);
            }
        }
    }
    part
}

fn check_effect(part: &Part<'_>, findings: &mut Findings) {
    const REMEDY: &str = "write `Allow` or `Deny`";
    let Some(effect) = part.element("Effect") else {
        findings
            .add(Rule::EffectMissing, part.span, "", "no `Effect`")
            .help("every statement says `Allow` or `Deny`");
        return;
    };
    let Some(text) = effect.value.as_str() else {
        return wrong_type(&effect.value, "a string", findings);
    };
    let differs_in_case = |known: &str| text != known && text.eq_ignore_ascii_case(known);
    if differs_in_case("Allow") || differs_in_case("Deny") {
        findings
            .add(
                Rule::EffectCase,
                effect.value.span,
                text,
                "case counts here",
            )
            .help(REMEDY);
    } else if !["Allow", "Deny"].contains(&text) {
        findings
            .add(
                Rule::EffectUnknown,
                effect.value.span,
                text,
                "no such effect",
            )
            .help(REMEDY);
    }
}

/// An element and its negation exclude each other.
fn excludes(part: &Part<'_>, name: &str, rule: Rule, findings: &mut Findings) {
    let negation = format!("Not{name}");
    if let (Some(_), Some(negated)) = (part.element(name), part.element(&negation)) {
        let label = format!("`{name}` stands in this statement too");
        findings
            .add(rule, negated.key_span, "", label)
            .help("split the statement in two");
    }
}

/// AWS: IAM User Guide, Sid; an empty one counts as none.
fn unique_sids(parts: &[Part<'_>], findings: &mut Findings) {
    let mut seen = std::collections::HashSet::new();
    for (sid, span) in parts.iter().flat_map(|part| part.strings("Sid")) {
        if !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            findings
                .add(Rule::SidCharacters, span, sid, "letters and digits only")
                .help("write the words together: `AllowUpload`");
        }
        if !sid.is_empty() && !seen.insert(sid) {
            findings
                .add(
                    Rule::SidNotUnique,
                    span,
                    sid,
                    "another statement has this Sid",
                )
                .help("Sids are unique in a policy");
        }
    }
}
