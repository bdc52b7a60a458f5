//! What the lints say of a policy that AWS would save.
//!
//! Blocks as in the refusals: a first line, then the policy; `advice` lines give `LINT: message`, in order, each followed
//! by `at`, the text underlined, and perhaps `help`. `none` says that there is nothing to say. `=kind` and `=account`
//! hold for the rows after them.

use rolecall_policy::lint::{Advice, lint};
use rolecall_policy::{SourceId, json};

use crate::refusal::kind_of;
use crate::{report, tables};

#[test]
fn advice_is_given_where_it_is_due() {
    let mut rows = 0;
    let mut complaints = Vec::new();
    for (table, text) in tables("advice") {
        let (mut kind, mut account) = ("identity", None);
        let mut lines = text.lines().enumerate().peekable();
        while let Some((number, rule)) = lines.next() {
            if let Some(word) = rule.strip_prefix("=kind ") {
                kind = word.trim();
            } else if let Some(word) = rule.strip_prefix("=account ") {
                account = Some(word.trim());
            } else if !rule.is_empty() && !rule.starts_with('#') {
                let mut row = Vec::new();
                while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(' ')) {
                    row.push(line.trim());
                }
                rows += 1;
                if let Err(complaint) = check(kind, account, &row) {
                    complaints.push(format!("{table}:{}: {rule}\n{complaint}", number + 1));
                }
            }
        }
    }
    report(rows, &complaints);
}

fn check(kind: &str, account: Option<&str>, row: &[&str]) -> Result<(), String> {
    let (policy, expected) = row.split_first().expect("a policy");
    let (word, policy) = policy.split_once(' ').expect("a policy");
    let text = match word {
        "policy" => policy.trim().to_owned(),
        _ => format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            policy.trim()
        ),
    };
    let node = json::read(&text, SourceId::default()).expect("JSON");
    let found: Vec<String> = lint(&node, kind_of(kind), account)
        .iter()
        .flat_map(|advice| shown(&text, advice))
        .collect();
    let expected: Vec<String> = expected
        .iter()
        .filter(|line| **line != "none")
        .map(|line| {
            let (word, rest) = line.split_once(' ').expect("a word and its value");
            format!("{word} {}", rest.trim())
        })
        .collect();
    // Help is compared where it is expected.
    let has_help = expected.iter().any(|line| line.starts_with("help"));
    let found: Vec<String> = found
        .into_iter()
        .filter(|line| has_help || !line.starts_with("help"))
        .collect();
    if found == expected {
        return Ok(());
    }
    Err(format!("  expected {expected:#?}\n  found    {found:#?}\n"))
}

fn shown(text: &str, advice: &Advice) -> Vec<String> {
    let at = |offset| usize::try_from(offset).expect("a small text");
    let underlined = &text[at(advice.span.start)..at(advice.span.end)];
    let mut lines = vec![
        format!("advice {}: {}", advice.lint, advice.message),
        format!("at {underlined}"),
    ];
    lines.extend(advice.help.iter().map(|help| format!("help {help}")));
    lines
}
