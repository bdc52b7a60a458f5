//! The command line: one file for each subcommand, each with its arguments and a function that returns the exit status.

mod can;
mod check;
mod completions;
#[cfg(feature = "live")]
mod compose;
mod config;
mod decide;
#[cfg(feature = "live")]
mod diff;
mod docs;
mod exec;
mod exit;
mod explain;
mod init;
mod list;
#[cfg(feature = "live")]
mod live;
mod load;
mod man;
mod reports;
mod run;
mod schema;
mod serve;
#[cfg(feature = "live")]
mod sweep;
mod target;
#[cfg(feature = "live")]
mod targets;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

pub use exit::Exit;

/// The test harness for AWS role assumption: says who may become whom, and what they can then do, before AWS does.
#[derive(Debug, Parser)]
#[command(name = "rolecall", version = version(), propagate_version = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    #[command(flatten)]
    appearance: Appearance,
}

/// How output looks, for every subcommand.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Appearance {
    /// Colours: on a terminal, always, or never
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Color,

    /// For people, for screen readers and logs (one fact a line), or for programs (JSON lines)
    #[arg(long, global = true, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Human,
    Plain,
    Json,
}

impl Appearance {
    /// Whether to write colours to a stream.
    fn styled(self, stream: &impl std::io::IsTerminal) -> bool {
        let colours = match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        colours && self.format == Format::Human
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Arguments),
    List(list::Arguments),
    Check(check::Arguments),
    Explain(explain::Arguments),
    Can(can::Arguments),
    Decide(decide::Arguments),
    Docs(docs::Arguments),
    Serve(serve::Arguments),
    Exec(exec::Arguments),
    Init(init::Arguments),
    Token(token::Arguments),
    Schema(schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
    #[cfg(feature = "live")]
    Diff(diff::Arguments),
    #[cfg(feature = "live")]
    Sweep(sweep::Arguments),
    #[cfg(feature = "live")]
    Targets(targets::Arguments),
}

/// The version with the days of the bundled data.
fn version() -> &'static str {
    use std::sync::LazyLock;
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{} (AWS managed policies of {}, AWS service models of {})",
            env!("CARGO_PKG_VERSION"),
            rolecall_policy::managed::DATE,
            rolecall_wire::model::DATE
        )
    });
    &VERSION
}

/// Reads the arguments, does what they ask, and says how it went.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Success.into()
            };
        }
    };
    let appearance = arguments.appearance;
    let exit = match arguments.command {
        Command::Run(arguments) => run::run(&arguments, appearance),
        Command::List(arguments) => list::run(&arguments, appearance),
        Command::Check(arguments) => check::run(&arguments, appearance),
        Command::Explain(arguments) => explain::run(&arguments, appearance),
        Command::Can(arguments) => can::run(&arguments, appearance),
        Command::Decide(arguments) => decide::run(&arguments),
        Command::Docs(arguments) => docs::run(&arguments, appearance),
        Command::Init(arguments) => init::run(&arguments, appearance),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
        #[cfg(feature = "live")]
        Command::Diff(arguments) => diff::run(&arguments, appearance),
        #[cfg(feature = "live")]
        Command::Sweep(arguments) => sweep::run(&arguments, appearance),
        #[cfg(feature = "live")]
        Command::Targets(arguments) => targets::run(&arguments, appearance),
        Command::Serve(arguments) => serve::run(&arguments, appearance),
        Command::Exec(arguments) => return exec::run(&arguments, appearance),
        Command::Token(arguments) => token::run(&arguments, appearance),
    };
    exit.into()
}

/// Whether GitHub Actions runs the command, and reads what it writes.
fn inside_actions() -> bool {
    std::env::var("GITHUB_ACTIONS").as_deref() == Ok("true")
}

/// Writes a message for the person at the terminal: `error: …` and, indented, a remedy.
fn complain(message: &str, help: Option<&str>) {
    eprintln!("error: {message}");
    if let Some(help) = help {
        eprintln!("  help: {help}");
    }
}
