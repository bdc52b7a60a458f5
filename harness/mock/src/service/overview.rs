//! Which operations there are, and which there aren't: the page `docs/operations.md`.

use std::fmt::Write as _;

use rolecall_wire::Service;
use rolecall_wire::model;

use super::need::{Need, When};
use super::{Operation, ServiceTable, find};

const HEAD: &str = "# Operations

Every operation of the services that the mock stands for, with the IAM actions that it asks the policies for and what it asks
them on. An action in brackets is asked only by calls that need it: a tag is given, a version is named. Operations without
an action need no permission, as on AWS.

What is not implemented answers `501 NotImplemented` to whoever has signed it well, and never looks like success. An
action or a version that the service itself doesn't know gets AWS's own answer: `InvalidAction`, `400`, from services with the
query protocol, `MethodNotAllowed`, `405`, from S3.

This page is written by `cargo run -p rolecall-mock --example operations > docs/operations.md`; `.ci/run` says when it is stale.
";

/// The page `docs/operations.md`.
pub fn operations() -> String {
    let mut page = HEAD.to_owned();
    let services: Vec<_> = model::service_names().filter_map(model::service).collect();
    for service in &services {
        let _ = write!(page, "\n{}", section(service));
    }
    page
}

fn section(service: &Service) -> String {
    let mut text = format!("## {}\n\n", service.full_name());
    let table = find(service.name());
    let (there, missing): (Vec<_>, Vec<_>) = service
        .operations()
        .iter()
        .map(rolecall_wire::Operation::name)
        .partition(|name| row(table, name).is_some());
    let _ = writeln!(
        text,
        "`{}`, API version {}: {} of {} operations.",
        service.name(),
        service.api_version(),
        there.len(),
        there.len() + missing.len()
    );
    if !there.is_empty() {
        text.push_str("\n| operation | actions | on |\n|---|---|---|\n");
        for name in there {
            let _ = writeln!(text, "{}", line(name, row(table, name)));
        }
    }
    if !missing.is_empty() {
        let _ = writeln!(text, "\nNot implemented: {}.", missing.join(", "));
    }
    text
}

fn row(table: Option<&'static ServiceTable>, name: &str) -> Option<&'static Operation> {
    table?.operation(name)
}

fn line(name: &str, row: Option<&Operation>) -> String {
    let needs = row.map_or(&[] as &[Need], |row| row.needs);
    let actions: Vec<String> = needs.iter().map(action).collect();
    let mut on: Vec<String> = needs.iter().map(|need| need.on.words()).collect();
    on.dedup();
    let dash = |text: String| {
        if text.is_empty() {
            "–".to_owned()
        } else {
            text
        }
    };
    let (actions, on) = (dash(actions.join(", ")), dash(on.join(", ")));
    format!("| {name} | {actions} | {on} |")
}

fn action(need: &Need) -> String {
    match need.when {
        When::Always => format!("`{}`", need.action),
        When::Given(_) | When::Case(_) | When::InWorld(_) => format!("[`{}`]", need.action),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_names_what_is_asked_and_on_what() {
        let page = operations();
        for row in [
            "| GetSessionToken | – | – |",
            "| ListBuckets | `s3:ListAllMyBuckets` | everything |",
            "| GetObject | [`s3:GetObject`], [`s3:GetObjectVersion`] | object |",
        ] {
            assert!(page.contains(row), "{row}");
        }
    }
}
