//! `rolecall list`: the names and tags of tests.

use std::io::{self, Write};

use serde_json::json;

use super::load::{Paths, load, nothing_matched, selection};
use super::{Appearance, Exit, Format};
use crate::scenario::model::Test;

/// List the names and tags of tests without running them
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,

    /// Only tests that match, as for `run`
    #[arg(short = 'E', long, value_name = "FILTER")]
    filter: Option<String>,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let selection = selection(arguments.filter.as_deref(), None)?;
    let loaded = load(&arguments.paths, appearance)?;
    let tests = selection.of(&loaded.tests);
    if tests.is_empty() {
        return Err(nothing_matched(&loaded));
    }
    let mut out = io::stdout().lock();
    for test in tests {
        let line = match appearance.format {
            Format::Json => json!({"name": test.name, "file": test.path, "scenario": test.title, "tags": test.tags})
                .to_string(),
            Format::Human | Format::Plain => line(test),
        };
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
    Ok(Exit::Success)
}

fn line(test: &Test) -> String {
    if test.tags.is_empty() {
        test.name.clone()
    } else {
        format!("{}  [{}]", test.name, test.tags.join(", "))
    }
}
