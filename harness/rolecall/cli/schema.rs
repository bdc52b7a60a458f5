//! `rolecall schema`: the scenario language as a JSON Schema, for editors.

use std::io::{self, Write};

use super::Exit;
use crate::scenario;

/// Print the JSON Schema of scenario files, for completion and hover text in editors
///
/// The first line of a scenario tells an editor where it is: `# yaml-language-server: $schema=scenario.schema.json`
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments) -> Exit {
    // A reader that goes away (`| head`) has seen what it wanted.
    let _ = io::stdout().write_all(scenario::schema().as_bytes());
    Exit::Success
}
