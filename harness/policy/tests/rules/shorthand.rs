//! Policies in one line: `Allow s3:GetObject on * for AWS arn:… if StringEquals key value`.
//!
//! Lists are separated by commas (`\,` is one that isn't); `!` in front of actions, resources or `for` negates the element; conditions are
//! joined by `and`. What begins with `{` is JSON as it stands.

use std::sync::Arc;

use rolecall_policy::{Document, Policy, PolicySet};

/// A policy of these lines, each a statement, or one a document in JSON.
pub(crate) fn set(layer: &str, lines: &[&str]) -> PolicySet {
    let mut statements = Vec::new();
    let mut policies = Vec::new();
    for line in lines {
        if line.starts_with('{') {
            policies.push(policy(&format!("{layer}/{}", policies.len()), line));
        } else if *line != "nothing" {
            statements.push(statement(line));
        }
    }
    if !statements.is_empty() {
        let document = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
            statements.join(", ")
        );
        policies.push(policy(&format!("{layer}/{}", policies.len()), &document));
    }
    PolicySet::new(policies)
}

fn policy(uri: &str, json: &str) -> Arc<Policy> {
    let document = Document::parse(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    Arc::new(Policy::inline(uri, document))
}

/// The JSON of one statement.
pub(crate) fn statement(line: &str) -> String {
    let (line, condition) = line.split_once(" if ").unwrap_or((line, ""));
    let (line, negation, principal) = principal(line);
    let (line, resource) = line.split_once(" on ").unwrap_or((line, ""));
    let (effect, action) = line.split_once(' ').unwrap_or((line, ""));
    let mut members = vec![format!(r#""Effect": "{effect}""#)];
    members.extend(element("Action", action));
    members.extend(element("Resource", resource));
    match principal.split_once(' ') {
        Some((kind, names)) => members.push(format!(
            r#""{negation}Principal": {{"{kind}": {}}}"#,
            list(names)
        )),
        None if principal.is_empty() => {}
        None => members.push(format!(r#""{negation}Principal": "{principal}""#)),
    }
    if !condition.is_empty() {
        let clauses: Vec<_> = condition.split(" and ").map(clause).collect();
        members.push(format!(r#""Condition": {{{}}}"#, clauses.join(", ")));
    }
    format!("{{{}}}", members.join(", "))
}

fn principal(line: &str) -> (&str, &str, &str) {
    if let Some((line, principal)) = line.split_once(" !for ") {
        (line, "Not", principal)
    } else {
        let (line, principal) = line.split_once(" for ").unwrap_or((line, ""));
        (line, "", principal)
    }
}

fn element(name: &str, values: &str) -> Option<String> {
    let (negation, values) = match values.strip_prefix('!') {
        Some(values) => ("Not", values),
        None => ("", values),
    };
    (!values.is_empty()).then(|| format!(r#""{negation}{name}": {}"#, list(values)))
}

fn clause(text: &str) -> String {
    let mut words = text.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    let (operator, key, values) = (word(), word(), word());
    format!(r#""{operator}": {{"{key}": {}}}"#, list(values))
}

/// A JSON list of strings.
pub(crate) fn list(values: &str) -> String {
    let quoted: Vec<_> = values
        .replace("\\,", "\u{0}")
        .split(',')
        .map(|value| format!("{:?}", value.trim().replace('\u{0}', ",")))
        .collect();
    format!("[{}]", quoted.join(", "))
}
