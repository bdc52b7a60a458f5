//! `rolecall completions`: what a shell needs to complete the command line.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::Exit;

/// Print completions for a shell
///
/// bash: `rolecall completions bash > ~/.local/share/bash-completion/completions/rolecall`; zsh: into a file `_rolecall` in a
/// folder of `$fpath`; fish: `rolecall completions fish > ~/.config/fish/completions/rolecall.fish`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut script = Vec::new();
    let mut command = super::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "rolecall", &mut script);
    // A reader that goes away has seen what it wanted.
    let _ = io::stdout().write_all(&script);
    Exit::Success
}
