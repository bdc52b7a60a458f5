//! The arguments of `rolecall run`.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::cli::config::Settings;
#[cfg(feature = "live")]
use crate::cli::live::LiveArguments;
use crate::cli::load::Paths;
use crate::cli::reports::ReportTo;
use crate::cli::target::TargetName;
use crate::cli::{Appearance, Exit, Format, complain};
use crate::report::{Explain, TerminalStyle};
#[cfg(feature = "live")]
use crate::target::live::Tape;

/// Run scenarios and report what came out otherwise than expected
///
/// Exit status: 0 all as expected; 1 an expectation failed; 2 a mistake on the command line or in a file;
/// 3 a step ended in error; 4 nothing matched; 130 interrupted.
///
/// rolecall.toml has defaults for most of these; what stands here goes before it.
#[derive(Debug, clap::Args)]
#[cfg_attr(
    feature = "live",
    expect(
        clippy::struct_excessive_bools,
        reason = "each is a flag of the command line"
    )
)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    pub(super) paths: Paths,

    /// Where to run: `mock` (in process, no socket), `http` (the mock over loopback), `localstack`, `aws`, or the URL of
    /// anything that speaks AWS [default: mock]
    #[arg(short, long, value_parser = TargetName::parse)]
    target: Option<TargetName>,

    #[cfg(feature = "live")]
    #[command(flatten)]
    pub(super) live: LiveArguments,

    /// Start LocalStack by docker-compose.yml, run, and take it down again
    #[cfg(feature = "live")]
    #[arg(long, help_heading = "Live targets")]
    pub(super) compose: bool,

    /// Keep the traffic with a live target in a folder, a YAML file for each test, without secrets; what was recorded
    /// there before goes
    #[cfg(feature = "live")]
    #[arg(long, value_name = "DIR", help_heading = "Live targets", conflicts_with_all = ["replay", "watch"])]
    record: Option<PathBuf>,

    /// Run offline against what `--record` kept: the target isn't asked, and a request that isn't in the record is an error
    #[cfg(feature = "live")]
    #[arg(long, value_name = "DIR", help_heading = "Live targets", conflicts_with_all = ["compose", "watch"])]
    replay: Option<PathBuf>,

    /// Only tests that match: `name(GLOB)`, `tag(T)`, `&`, `|`, `!`, `()`, or a part of a name
    #[arg(short = 'E', long, value_name = "FILTER")]
    pub(super) filter: Option<String>,

    /// How many tests run at a time [default: one a processor]
    #[arg(short, long, value_name = "N", value_parser = parse_jobs)]
    jobs: Option<NonZeroUsize>,

    /// Only the K-th of N equal parts
    #[arg(long, value_name = "K/N", value_parser = parse_shard)]
    pub(super) shard: Option<(usize, usize)>,

    /// Stop after the first test that doesn't pass
    #[arg(
        long,
        value_name = "BOOL",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true
    )]
    fail_fast: Option<bool>,

    /// Count steps that the target can't answer as failures
    #[arg(
        long,
        value_name = "BOOL",
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true
    )]
    strict: Option<bool>,

    /// Try a test that doesn't pass again, at most N times, each time in a fresh world [default: 0]
    #[arg(long, value_name = "N", value_parser = parse_retries)]
    retries: Option<u32>,

    /// Only the tests that didn't pass when they were last run
    #[arg(long, value_enum, value_name = "WHICH")]
    pub(super) rerun: Option<Rerun>,

    /// Stay, and run what a change of a file concerns again; Ctrl-C ends
    #[arg(long, conflicts_with = "rerun")]
    pub(super) watch: bool,

    /// Explain decisions, check by check [default: failed]
    #[arg(
        long,
        value_enum,
        value_name = "WHICH",
        default_missing_value = "all",
        num_args = 0..=1,
        require_equals = true
    )]
    explain: Option<ExplainWhich>,

    /// Write a report as well: json, junit, tap, markdown, html or github to a file, `-` for standard output
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportTo>,

    /// Don't list tests that passed
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,

    /// List every step
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Rerun {
    /// What didn't pass when it was last run
    Failed,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ExplainWhich {
    Failed,
    All,
    None,
}

pub(in crate::cli) fn parse_jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse()
        .map_err(|_| "give a whole number from 1 on".to_owned())
}

pub(in crate::cli) fn parse_retries(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| "give a whole number from 0 on".to_owned())
}

fn parse_shard(text: &str) -> Result<(usize, usize), String> {
    let parts = text.split_once('/').and_then(|(shard, shards)| {
        Some((shard.parse::<usize>().ok()?, shards.parse::<usize>().ok()?))
    });
    match parts {
        Some((shard, shards)) if (1..=shards).contains(&shard) => Ok((shard, shards)),
        Some(_) => Err("K goes from 1 to N".to_owned()),
        None => Err("a shard is written K/N, such as 1/4".to_owned()),
    }
}

impl Arguments {
    /// What becomes of the traffic with a live target.
    #[cfg(feature = "live")]
    pub(super) fn tape(&self) -> Option<Tape> {
        let record = self.record.clone().map(Tape::Record);
        record.or_else(|| self.replay.clone().map(Tape::Replay))
    }

    /// Tells what the parser takes for a path, but a person didn't mean so.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`], told.
    pub(super) fn check(&self) -> Result<(), Exit> {
        let is_word = |path: &&PathBuf| {
            let words = ["failed", "all", "none"].map(Path::new);
            words.contains(&path.as_path()) && !path.exists()
        };
        match self.paths.given().iter().find(is_word) {
            Some(path) if self.explain.is_some() => {
                let word = path.display();
                complain(
                    &format!("there is no `{word}`"),
                    Some(&format!(
                        "with an equals sign it goes with the flag: `--explain={word}`"
                    )),
                );
                Err(Exit::Usage)
            }
            _ => Ok(()),
        }
    }

    /// What the command line says of what `rolecall.toml` may say as well.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            root: PathBuf::new(),
            scenarios: None,
            target: self.target.clone(),
            jobs: self.jobs,
            fail_fast: self.fail_fast,
            retries: self.retries,
            strict: self.strict,
            explain: self.explain.map(Explain::from),
            botocore: None,
            #[cfg(feature = "live")]
            live: crate::cli::live::LiveSettings::default(),
            reports: (!self.report.is_empty()).then(|| self.report.clone()),
        }
    }

    pub(super) fn style(&self, appearance: Appearance, explain: Explain) -> TerminalStyle {
        TerminalStyle {
            styled: appearance.styled(&io::stdout()),
            plain: appearance.format == Format::Plain,
            quiet: self.quiet,
            verbose: self.verbose,
            explain,
        }
    }
}

impl From<ExplainWhich> for Explain {
    fn from(which: ExplainWhich) -> Self {
        match which {
            ExplainWhich::Failed => Self::Failed,
            ExplainWhich::All => Self::All,
            ExplainWhich::None => Self::None,
        }
    }
}
