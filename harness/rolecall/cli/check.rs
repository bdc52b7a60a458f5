//! `rolecall check`: reads scenarios and policies without running them.

use super::load::{Paths, load};
use super::{Appearance, Exit, Format};

/// Parse and lint scenarios and their policies without running them
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    match load(&arguments.paths, appearance) {
        Err(exit) => exit,
        Ok(loaded) => {
            if appearance.format != Format::Json {
                let tests = loaded.tests.len();
                println!(
                    "{tests} {} can be run",
                    if tests == 1 { "test" } else { "tests" }
                );
            }
            Exit::Success
        }
    }
}
