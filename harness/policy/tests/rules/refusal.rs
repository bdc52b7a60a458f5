//! What AWS refuses to save.
//!
//! A row is a block: a first line that states the rule, then the policy and what AWS answers.
//!
//! ```text
//! an effect in the wrong case
//!   statement {"Effect": "allow", "Action": "*", "Resource": "*"}
//!   refused   MalformedPolicyDocument: The policy failed legacy parsing
//!   at        "allow"
//! ```
//!
//! `policy` gives a whole document, `statement` one statement of a document of 2012-10-17; `‹300›` in them stands for 300
//! letters. `at` is the text underlined.
//! `ids` lists all problems when there are several, the first at the front; `saved` says that there is none. `=kind`
//! sets the kind of policy for the rows after it.

use rolecall_policy::json;
use rolecall_policy::validate::{PolicyKind, Problem, validate};

use crate::{report, tables};

#[test]
fn policies_are_refused_as_aws_refuses_them() {
    let mut rows = 0;
    let mut complaints = Vec::new();
    for (table, text) in tables("refusals") {
        let mut kind = "identity";
        let mut lines = text.lines().enumerate().peekable();
        while let Some((number, rule)) = lines.next() {
            if let Some(word) = rule.strip_prefix("=kind ") {
                kind = word.trim();
            } else if !rule.is_empty() && !rule.starts_with('#') {
                let mut row = Vec::new();
                while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(' ')) {
                    row.push(line.trim().split_once(' ').unwrap_or((line.trim(), "")));
                }
                rows += 1;
                if let Err(complaint) = check(kind, &row) {
                    complaints.push(format!("{table}:{}: {rule}\n{complaint}", number + 1));
                }
            }
        }
    }
    report(rows, &complaints);
}

/// AWS: Organizations User Guide, quotas.
#[test]
fn what_stands_before_a_document_does_not_make_it_longer() {
    let document = with_letters(
        r#"{"Version": "2012-10-17", "Statement": [{"Sid": "‹5000›", "Effect": "Deny", "Action": "*", "Resource": "*"}]}"#,
    );
    let text = " ".repeat(200) + &document;
    assert!(document.len() < 5120 && text.len() > 5120);

    let node = json::read(&text, rolecall_policy::SourceId::default()).expect("JSON");
    assert_eq!(validate(&node, PolicyKind::ServiceControl), []);
}

fn check(kind: &str, row: &[(&str, &str)]) -> Result<(), String> {
    let word = |name| {
        row.iter()
            .find(|(word, _)| *word == name)
            .map(|(_, value)| value.trim())
    };
    let text = match (word("policy"), word("statement")) {
        (Some(policy), _) => with_letters(policy),
        (None, statement) => format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            with_letters(statement.expect("a policy or a statement"))
        ),
    };
    let node = json::read(&text, rolecall_policy::SourceId::default()).expect("JSON");
    let problems = validate(&node, kind_of(kind));
    let ids: Vec<_> = problems.iter().map(|problem| problem.id).collect();
    compare(word("ids"), &|expected| {
        (ids.join(", ") == expected, ids.join(", "))
    })?;
    let Some(first) = problems.first() else {
        return word("saved")
            .map(|_| ())
            .ok_or_else(|| "  it is saved".to_owned());
    };
    if word("saved").is_some() {
        return Err(format!("  it is refused: {first:?}"));
    }
    if word("ids").is_none() && ids.len() > 1 {
        return Err(format!("  there are several problems: {}", ids.join(", ")));
    }
    compare(word("refused"), &|expected| {
        let found = format!("{}: {}", first.code, first.message);
        (found == expected, found)
    })?;
    compare(word("at"), &|expected| {
        let found = underlined(&text, first);
        (found == expected, found.to_owned())
    })?;
    compare(word("help"), &|expected| {
        let found = first.help.clone().unwrap_or_default();
        (found == expected, found)
    })
}

/// A text in which `‹N›` stands for N letters.
fn with_letters(text: &str) -> String {
    let mut parts = text.split('‹');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, rest) = part.split_once('›').expect("a number and ›");
        filled += &"a".repeat(number.parse().expect("a number"));
        filled += rest;
    }
    filled
}

fn compare(expected: Option<&str>, found: &dyn Fn(&str) -> (bool, String)) -> Result<(), String> {
    let Some(expected) = expected else {
        return Ok(());
    };
    let (is_same, found) = found(expected);
    if is_same {
        Ok(())
    } else {
        Err(format!("  expected {expected}\n  found    {found}\n"))
    }
}

fn underlined<'t>(text: &'t str, problem: &Problem) -> &'t str {
    let at = |offset| usize::try_from(offset).expect("a small text");
    &text[at(problem.span.start)..at(problem.span.end)]
}

pub(crate) fn kind_of(name: &str) -> PolicyKind<'_> {
    match name.split_once(' ').unwrap_or((name, "")) {
        ("identity", _) => PolicyKind::Identity,
        ("boundary", _) => PolicyKind::Boundary,
        ("session", _) => PolicyKind::Session,
        ("trust", _) => PolicyKind::Trust,
        ("scp", _) => PolicyKind::ServiceControl,
        ("rcp", _) => PolicyKind::ResourceControl,
        ("bucket", bucket) => PolicyKind::Bucket(bucket),
        ("resource", _) => PolicyKind::Resource,
        (other, _) => panic!("no kind is called {other}"),
    }
}
