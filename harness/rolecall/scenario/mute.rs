//! `# rolecall: allow(LINT)`: warnings that a file mutes.

use std::collections::{BTreeMap, BTreeSet};

use rolecall_policy::{SourceId, Span};

use super::diagnostic::{Diagnostic, Severity};
use super::nearest::did_you_mean;
use super::source::{Source, Sources, narrow};
use super::text;

/// Every lint of scenarios, with what it warns of.
pub(crate) const LINTS: &[(&str, &str)] = &[
    (
        "cant-fail",
        "a step that comes out the same whatever the policies say",
    ),
    ("idle-end", "a `wait` or `change` that nothing comes after"),
    (
        "unexercised-policy",
        "policies of a role, bucket or other resource that no step asks",
    ),
    (
        "unknown-bucket",
        "a call on a bucket that the world lacks, where a success or a decision is expected",
    ),
    (
        "unknown-error",
        "an error code that the operation doesn't have",
    ),
    (
        "unknown-lint",
        "a comment that mutes a warning that doesn't exist",
    ),
    (
        "unknown-principal",
        "a user, role or provider in a policy that the world lacks, so that it never matches",
    ),
    ("unknown-role", "a role's ARN that the world lacks"),
    (
        "unknown-region",
        "a region that AWS doesn't have, but for a slip of the pen",
    ),
    (
        "unknown-service",
        "a service principal that AWS doesn't have, but for a slip of the pen",
    ),
    (
        "unreachable-role",
        "a role whose trust policy allows nothing",
    ),
    (
        "unreachable-then",
        "steps under an `assume` that is expected to be denied",
    ),
    ("unused-group", "a group that nobody is in"),
    (
        "unused-policy",
        "a customer managed policy that nothing has",
    ),
    ("unused-role", "a role that no step and no policy names"),
    ("unused-user", "a user that no step and no policy names"),
    ("unused-variable", "a variable of `cases` that no step uses"),
    (
        "vague-because",
        "a `because` that holds for nearly any denial",
    ),
];

/// The names that `allow` knows: those of scenarios, and those of policies.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let lints = LINTS.iter().chain(&rolecall_policy::lint::LINTS);
    lints.map(|(name, _)| *name)
}

const MARK: &str = "rolecall:";

/// What one file mutes.
#[derive(Debug, Default)]
struct Muted {
    everywhere: BTreeSet<String>,
    lines: BTreeMap<usize, BTreeSet<String>>,
}

/// Takes the muted warnings away. What a comment says wrongly is a warning itself.
pub(crate) fn apply(sources: &Sources, diagnostics: &mut Vec<Diagnostic>) {
    let mut files = BTreeMap::new();
    for (id, source) in sources.iter() {
        if source.text().contains(MARK) {
            files.insert(id, comments(source, id, diagnostics));
        }
    }
    let muted = |diagnostic: &Diagnostic, span: Span| {
        let (Some(muted), Some(source)) = (files.get(&span.source), sources.get(span.source))
        else {
            return false;
        };
        let line = source.line(span.start);
        let has = |names: &BTreeSet<String>| names.contains(diagnostic.code);
        has(&muted.everywhere) || muted.lines.get(&line).is_some_and(has)
    };
    diagnostics.retain(|diagnostic| {
        let places = diagnostic
            .at
            .iter()
            .chain(&diagnostic.related)
            .map(|(span, _)| *span);
        diagnostic.severity == Severity::Error
            || !places.into_iter().any(|span| muted(diagnostic, span))
    });
}

fn comments(source: &Source, id: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Muted {
    let mut muted = Muted::default();
    let mut top = true;
    let mut offset = 0;
    for (index, line) in source.text().split_inclusive('\n').enumerate() {
        let content = line.trim_start();
        top &= content.is_empty() || content.starts_with('#');
        for (at, name) in allowed(line) {
            let span = Span::new(id, narrow(offset + at), narrow(offset + at + name.len()));
            check(name, span, diagnostics);
            if top {
                muted.everywhere.insert(name.to_owned());
            }
            let next = if content.starts_with('#') {
                index + 2
            } else {
                index + 1
            };
            muted.lines.entry(next).or_default().insert(name.to_owned());
        }
        offset += line.len();
    }
    muted
}

/// The names in `# rolecall: allow(a, b)` on a line, each with its byte on the line.
fn allowed(line: &str) -> Vec<(usize, &str)> {
    let comment = line.match_indices('#').find(|(at, _)| {
        let before = line.get(..*at).unwrap_or_default();
        let after = line.get(at + 1..).unwrap_or_default().trim_start();
        (before.is_empty() || before.ends_with([' ', '\t'])) && after.starts_with(MARK)
    });
    let Some((start, _)) = comment else {
        return Vec::new();
    };
    let rest = line.get(start..).unwrap_or_default();
    let Some(open) = rest.find("allow(") else {
        return Vec::new();
    };
    let first = start + open + "allow(".len();
    let names = line.get(first..).unwrap_or_default();
    let names = names.split(')').next().unwrap_or_default();
    let mut found = Vec::new();
    let mut at = first;
    for name in names.split(',') {
        let indent = name.len() - name.trim_start().len();
        if !name.trim().is_empty() {
            found.push((at + indent, name.trim()));
        }
        at += name.len() + 1;
    }
    found
}

fn check(name: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    if names().any(|known| known == name) {
        return;
    }
    let help = did_you_mean(name, names());
    let warning = Diagnostic::warning("unknown-lint", format!("no warning is named `{name}`"))
        .at(span, "mutes nothing")
        .help(help.unwrap_or_else(|| format!("warnings are {}", text::list(names()))));
    diagnostics.push(warning);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_lint() {
        let documentation = include_str!("../../../docs/lints.md");
        for (name, about) in LINTS.iter().chain(&rolecall_policy::lint::LINTS) {
            let row = format!("| `{name}` | {about} |");
            assert!(
                documentation.contains(&row),
                "docs/lints.md lacks the row\n{row}"
            );
        }
        let rows = documentation.lines().filter(|line| line.starts_with("| `"));
        assert_eq!(
            rows.count(),
            names().count(),
            "docs/lints.md has a row too many"
        );
    }
}
