//! Cases: their variables, filled into the values of a scenario.
//!
//! Variables are filled into values that are already read, so that no text of a variable can change the
//! structure of a file and every place stays what it was.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use rolecall_policy::{Entry, Node, Span, Value};

use super::diagnostic::Diagnostic;
use super::nearest::{did_you_mean, nearest};
use super::tree::{scalar, walk};

/// How much text one test's variables may make.
const MAX_FILLED: usize = 16 << 20;

/// The codes of mistakes at the place of a variable.
const CODES: [&str; 4] = [
    "scenario::unknown-variable",
    "scenario::variable-in-world",
    "scenario::variable-name",
    "scenario::variable-value",
];

/// The variables of one case.
pub(crate) struct Variables<'n> {
    /// The case; none in a scenario without cases.
    pub(crate) case: Option<&'n str>,
    /// Each variable and its value.
    pub(crate) entries: &'n [Entry],
    /// The names that any case defines.
    pub(crate) elsewhere: &'n BTreeSet<&'n str>,
    /// The names that were used, of all cases.
    pub(crate) used: &'n RefCell<BTreeSet<String>>,
}

/// A scenario's values with one case's variables in their places.
pub(crate) struct Filled {
    pub(crate) node: Node,
    /// Where a variable stands, its name, and where the case gives its value.
    places: Vec<(Span, String, Span)>,
}

impl Filled {
    /// Says beside a mistake at a variable where its value comes from.
    pub(crate) fn explain(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let Some((at, _)) = &diagnostic.at else {
            return diagnostic;
        };
        if let Some((_, name, given)) = self.places.iter().find(|(place, ..)| place == at) {
            let label = format!("`${{{name}}}` is given here");
            diagnostic.related.push((*given, label));
        }
        diagnostic
    }
}

/// Takes away what only follows from a variable that is itself a mistake: whatever stands in the same place.
pub(crate) fn drop_consequences(diagnostics: &mut Vec<Diagnostic>) {
    let at = |diagnostic: &Diagnostic| diagnostic.at.as_ref().map(|(span, _)| *span);
    let cause = |diagnostic: &Diagnostic| CODES.contains(&diagnostic.code);
    let causes: HashSet<Span> = diagnostics
        .iter()
        .filter(|d| cause(d))
        .filter_map(at)
        .collect();
    if !causes.is_empty() {
        diagnostics.retain(|d| cause(d) || at(d).is_none_or(|span| !causes.contains(&span)));
    }
}

/// Whether a text has anything to fill in.
pub(crate) fn any(text: &str) -> bool {
    text.contains("${")
}

/// Fills the variables of a case into a scenario (all of it but `cases`).
pub(crate) fn fill(root: &Node, variables: &Variables<'_>, found: &mut Vec<Diagnostic>) -> Filled {
    let mut filler = Filler {
        variables,
        found,
        places: Vec::new(),
        filled: 0,
    };
    let node = match &root.value {
        Value::Map(entries) => {
            let entries = entries.iter().filter_map(|entry| match entry.key.as_str() {
                "cases" => Some(entry.clone()),
                _ => filler.entry(entry),
            });
            Node {
                span: root.span,
                value: Value::Map(entries.collect()),
            }
        }
        _ => root.clone(),
    };
    let places = filler.places;
    Filled { node, places }
}

/// Reports variables where none can be filled in: in a world file, which belongs to no scenario.
pub(crate) fn none(root: &Node, path: &str, found: &mut Vec<Diagnostic>) {
    walk(root, &mut |node| {
        let Some(text) = scalar(node).filter(|text| any(text)) else {
            return;
        };
        for part in parts(text) {
            if let Part::Variable(name) = part {
                let message = format!("`${{{name}}}` stands in a world file");
                let error = Diagnostic::error("scenario::variable-in-world", message)
                    .at(node.span, "variables belong to a scenario's cases")
                    .help(format!(
                        "write the value out, or move this from `{path}` to the scenario"
                    ));
                found.push(error);
            }
        }
    });
}

struct Filler<'f, 'v> {
    variables: &'v Variables<'v>,
    found: &'f mut Vec<Diagnostic>,
    places: Vec<(Span, String, Span)>,
    filled: usize,
}

impl<'v> Filler<'_, 'v> {
    fn entry(&mut self, entry: &Entry) -> Option<Entry> {
        if let Some(Part::Variable(name)) =
            parts(&entry.key).find(|part| matches!(part, Part::Variable(_)))
        {
            let error = Diagnostic::error(
                "scenario::variable-key",
                format!("`${{{name}}}` stands in a key"),
            )
            .at(entry.key_span, "variables are filled into values only")
            .help("write the key out");
            self.found.push(error);
        }
        let value = self.value(&entry.value)?;
        Some(Entry {
            key: entry.key.clone(),
            key_span: entry.key_span,
            value,
        })
    }

    /// `None` where a variable is `null`: the key, or the element, is left out.
    fn value(&mut self, node: &Node) -> Option<Node> {
        let value = match &node.value {
            Value::List(nodes) => {
                Value::List(nodes.iter().filter_map(|node| self.value(node)).collect())
            }
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .filter_map(|entry| self.entry(entry))
                    .collect(),
            ),
            Value::String(text) if any(text) => return self.text(text, node.span),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                node.value.clone()
            }
        };
        Some(Node {
            span: node.span,
            value,
        })
    }

    fn text(&mut self, text: &str, span: Span) -> Option<Node> {
        if let Some(name) = whole(text) {
            let Some(given) = self.lookup(name, span) else {
                return Some(Node {
                    span,
                    value: Value::String(text.to_owned()),
                });
            };
            if given.value == Value::Null {
                return None;
            }
            self.places.push((span, name.to_owned(), given.span));
            let inside = matches!(given.value, Value::List(_) | Value::Map(_));
            let span = if inside { given.span } else { span };
            return Some(Node {
                span,
                value: given.value.clone(),
            });
        }
        let mut filled = String::new();
        for part in parts(text) {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Variable(name) => filled.push_str(&self.inserted(name, span)),
                Part::Malformed(written) => {
                    self.malformed(written, span);
                    filled.push_str(written);
                }
            }
        }
        self.filled += filled.len();
        if self.filled > MAX_FILLED {
            self.too_much(span);
            filled = String::new();
        }
        Some(Node {
            span,
            value: Value::String(filled),
        })
    }

    fn inserted(&mut self, name: &str, span: Span) -> String {
        let Some(given) = self.lookup(name, span) else {
            return String::new();
        };
        self.places.push((span, name.to_owned(), given.span));
        if let Some(text) = scalar(given) {
            return text.to_owned();
        }
        let kind = match given.value {
            Value::Null => "`null`",
            _ => "a map or a list",
        };
        let error = Diagnostic::error(
            "scenario::variable-value",
            format!("`${{{name}}}` is {kind}, which can't stand inside text"),
        )
        .at(span, "inserted here")
        .related(given.span, "given here")
        .help(format!(
            "give it text, or write `${{{name}}}` as the whole value"
        ));
        self.found.push(error);
        String::new()
    }

    /// What to do where the case doesn't give a variable: correct the one that is nearly it, or add it.
    fn help_for_missing(&self, name: &str) -> String {
        let given = self
            .variables
            .entries
            .iter()
            .map(|entry| entry.key.as_str());
        match nearest(name, given) {
            Some(near) => format!("the case has `{near}`: write `{name}`"),
            None => format!("add `{name}: …` to the case; `{name}: null` leaves the key out"),
        }
    }

    fn lookup(&mut self, name: &str, span: Span) -> Option<&'v Node> {
        let entry = self
            .variables
            .entries
            .iter()
            .find(|entry| entry.key == name);
        if let Some(entry) = entry {
            self.variables.used.borrow_mut().insert(name.to_owned());
            return Some(&entry.value);
        }
        let unknown = Diagnostic::error(
            "scenario::unknown-variable",
            format!("no variable is named `{name}`"),
        );
        let error = match self.variables.case {
            Some(case) if self.variables.elsewhere.contains(name) => {
                self.variables.used.borrow_mut().insert(name.to_owned());
                Diagnostic::error(
                    "scenario::unknown-variable",
                    format!("case `{case}` doesn't give `{name}`"),
                )
                .at(span, "needed here")
                .help(self.help_for_missing(name))
            }
            Some(_) => {
                let near = did_you_mean(name, self.variables.elsewhere.iter().copied());
                let help = near.unwrap_or_else(|| format!("give it in each case: `{name}: …`"));
                unknown.at(span, "no case defines it").help(help)
            }
            None => unknown
                .at(span, "the scenario has no `cases`")
                .help(format!(
                    "variables come from `cases`: add `cases: {{ NAME: {{ {name}: … }} }}`"
                )),
        };
        self.found.push(error);
        None
    }

    fn malformed(&mut self, written: &str, span: Span) {
        let error = Diagnostic::error(
            "scenario::variable-name",
            format!("`{written}` names no variable"),
        )
        .at(span, "names are lower-case letters, digits and `-`")
        .help("rename it; a variable of IAM has a `:`, as in `${aws:username}`");
        self.found.push(error);
    }

    fn too_much(&mut self, span: Span) {
        let error = Diagnostic::error(
            "scenario::too-large",
            "variables make this scenario larger than 16 MiB",
        )
        .at(span, "too much by here")
        .help("use shorter values, or fewer of them");
        self.found.push(error);
    }
}

/// A piece of text around `${…}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    /// As it stands, IAM's own variables included.
    Text(&'t str),
    /// The name in `${name}`.
    Variable(&'t str),
    /// `${Name}`: neither ours nor IAM's.
    Malformed(&'t str),
}

/// Whether a name can be a variable's: `[a-z][a-z0-9-]*`.
pub(crate) fn is_name(name: &str) -> bool {
    let rest = name.strip_prefix(|c: char| c.is_ascii_lowercase());
    rest.is_some_and(|rest| {
        rest.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

/// The name in a text that is `${name}` and nothing else.
fn whole(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    is_name(name).then_some(name)
}

fn parts(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, after) = match rest.find("${") {
            Some(0) => braced(rest),
            Some(start) => {
                let (before, after) = rest.split_at(start);
                (Part::Text(before), after)
            }
            None => (Part::Text(rest), ""),
        };
        rest = after;
        Some(part)
    })
}

/// The `${…}` that a text begins with, and what follows it.
fn braced(text: &str) -> (Part<'_>, &str) {
    let Some(end) = text.find('}') else {
        return (Part::Text(text), "");
    };
    let (written, after) = text.split_at(end + 1);
    let name = written.get(2..end).unwrap_or_default();
    let iams = name.contains(':') || matches!(name, "*" | "?" | "$");
    let part = match name {
        _ if is_name(name) => Part::Variable(name),
        _ if iams => Part::Text(written),
        _ => Part::Malformed(written),
    };
    (part, after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::text::to_json;
    use crate::scenario::yaml;
    use rolecall_policy::SourceId;

    /// The scenario's values as JSON, and the messages.
    fn filled(scenario: &str, case: &str) -> (String, Vec<String>) {
        let tree = |text| yaml::read(text, SourceId(0)).unwrap().unwrap();
        let Value::Map(entries) = tree(case).value else {
            panic!("a map")
        };
        let used = RefCell::default();
        let elsewhere = ["other", "id"].into();
        let variables = Variables {
            case: Some("one"),
            entries: &entries,
            elsewhere: &elsewhere,
            used: &used,
        };
        let mut found = Vec::new();
        let filled = fill(&tree(scenario), &variables, &mut found);
        (
            to_json(&filled.node),
            found.into_iter().map(|d| d.message).collect(),
        )
    }

    #[test]
    fn variables_keep_their_types_and_null_leaves_the_key_out() {
        for (scenario, case, wanted) in [
            ("a: ${x}", "x: text", r#"{"a": "text"}"#),
            ("a: ${x}", "x: 5", r#"{"a": 5}"#),
            ("a: ${x}", "x: true", r#"{"a": true}"#),
            ("a: ${x}", "x: {b: [c]}", r#"{"a": {"b": ["c"]}}"#),
            ("{a: 1, b: '${x}'}", "x: null", r#"{"a": 1}"#),
            ("a: ['${x}', 2]", "x: null", r#"{"a": [2]}"#),
            ("a: <${x}-${x}>", "x: 012", r#"{"a": "<012-012>"}"#),
            ("a: ${x}", "x: ${x}", r#"{"a": "${x}"}"#),
            (
                "a: ${aws:username}/${*}${?}${$}/${x}",
                "x: y",
                r#"{"a": "${aws:username}/${*}${?}${$}/y"}"#,
            ),
            ("a: 'x${'", "x: y", r#"{"a": "x${"}"#),
            ("cases: {a: '${x}'}", "x: y", r#"{"cases": {"a": "${x}"}}"#),
        ] {
            assert_eq!(
                filled(scenario, case),
                (wanted.to_owned(), vec![]),
                "{scenario} with {case}"
            );
        }
    }

    #[test]
    fn what_cant_be_filled_in_is_a_mistake() {
        for (scenario, case, message) in [
            ("a: ${y}", "x: 1", "no variable is named `y`"),
            ("a: ${other}", "x: 1", "case `one` doesn't give `other`"),
            ("a: ${Name}", "x: 1", "`${Name}` names no variable"),
            ("a: x${}", "x: 1", "`${}` names no variable"),
            (
                "a: <${x}>",
                "x: null",
                "`${x}` is `null`, which can't stand inside text",
            ),
            (
                "a: <${x}>",
                "x: [1]",
                "`${x}` is a map or a list, which can't stand inside text",
            ),
            ("'${x}': 1", "x: a", "`${x}` stands in a key"),
        ] {
            assert_eq!(
                filled(scenario, case).1,
                [message],
                "{scenario} with {case}"
            );
        }
    }
}
