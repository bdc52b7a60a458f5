//! `rolecall schema`: the files that people write, as JSON Schemas for editors.

use std::io::{self, Write};

use super::Exit;
use crate::scenario;

/// Print the JSON Schema of scenario files or of rolecall.toml, for completion and hover text in editors
///
/// The first line of a file tells an editor where its schema is: of a scenario
/// `# yaml-language-server: $schema=scenario.schema.json`, of rolecall.toml `#:schema config.schema.json`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Of which file
    #[arg(value_enum, default_value_t, value_name = "FILE")]
    of: Of,
}

#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Of {
    /// Scenarios and world files
    #[default]
    Scenario,
    /// rolecall.toml
    Config,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let schema = match arguments.of {
        Of::Scenario => scenario::schema(),
        Of::Config => scenario::config_schema(),
    };
    // A reader that goes away (`| head`) has seen what it wanted.
    let _ = io::stdout().write_all(schema.as_bytes());
    Exit::Success
}
