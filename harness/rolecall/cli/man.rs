//! `rolecall man`: the manual pages.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Exit, complain};

/// Print the manual page, or write one for each subcommand
///
/// To read it at once: `rolecall man | man -l -`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Write `rolecall.1`, `rolecall-run.1` and so on here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let command = super::Arguments::command();
    match &arguments.out {
        None => {
            let mut page = Vec::new();
            if Man::new(command).render(&mut page).is_ok() {
                // A reader that goes away has seen what it wanted.
                let _ = io::stdout().write_all(&page);
            }
            Exit::Success
        }
        Some(folder) => match write(command, folder) {
            Ok(()) => Exit::Success,
            Err(error) => {
                complain(
                    &format!("{}: {error}", folder.display()),
                    Some("`--out` names a folder for the pages"),
                );
                Exit::Usage
            }
        },
    }
}

fn write(command: clap::Command, folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}
