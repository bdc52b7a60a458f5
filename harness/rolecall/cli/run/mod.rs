//! `rolecall run`: runs scenarios and reports.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use super::config::Settings;
use super::load::{Paths, load_from, nothing_matched, selection};
use super::reports::{ReportTo, Reports};
use super::{Appearance, Exit, Format, complain};
use crate::report::{Explain, TerminalStyle};
use crate::run::{Runner, Summary};
use crate::target::Target;

/// Run scenarios and report what came out otherwise than expected
///
/// Exit status: 0 all as expected; 1 an expectation failed; 2 a mistake on the command line or in a file;
/// 3 a step ended in error; 4 nothing matched; 130 interrupted.
///
/// rolecall.toml has defaults for most of these; what stands here goes before it.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,

    /// Where to run: `mock` (in process, no socket) or `http` (the mock over loopback) [default: mock]
    #[arg(short, long, value_parser = parse_target)]
    target: Option<Target>,

    /// Only tests that match: `name(GLOB)`, `tag(T)`, `&`, `|`, `!`, `()`, or a part of a name
    #[arg(short = 'E', long, value_name = "FILTER")]
    filter: Option<String>,

    /// How many tests run at a time [default: one a processor]
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Only the K-th of N equal parts
    #[arg(long, value_name = "K/N", value_parser = parse_shard)]
    shard: Option<(usize, usize)>,

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
    verbose: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ExplainWhich {
    Failed,
    All,
    None,
}

pub(super) fn parse_target(text: &str) -> Result<Target, String> {
    match text {
        "mock" => Ok(Target::Mock),
        "http" => Ok(Target::Http),
        _ => Err("the targets are `mock` and `http`".to_owned()),
    }
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

/// Set on Ctrl-C.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let selection = selection(arguments.filter.as_deref(), arguments.shard)?;
    let configured = arguments.paths.configured.settings(appearance)?;
    let settings = arguments.settings().or(configured);
    let loaded = load_from(&arguments.paths.or(&settings), appearance)?;
    let tests = selection.of(&loaded.tests);
    if tests.is_empty() {
        return Err(nothing_matched(&loaded));
    }
    watch_for_interrupt(&INTERRUPTED);
    let runner = Runner::new(settings.target.unwrap_or_default())
        .fail_fast(settings.fail_fast.unwrap_or_default())
        .strict(settings.strict.unwrap_or_default())
        .interrupted_by(&INTERRUPTED);
    let runner = match settings.jobs {
        Some(jobs) => runner.jobs(jobs),
        None => runner,
    };
    let mut reports = Reports::new(
        settings.reports.as_deref().unwrap_or_default(),
        arguments.style(appearance, settings.explain.unwrap_or_default()),
        appearance,
        &loaded.sources,
    )?;
    let summary = runner.run(&tests, |event| reports.report(&event));
    Ok(exit_of(
        summary,
        INTERRUPTED.load(Ordering::Relaxed),
        reports.broken(),
    ))
}

impl Arguments {
    /// What the command line says of what `rolecall.toml` may say as well.
    fn settings(&self) -> Settings {
        Settings {
            scenarios: None,
            target: self.target,
            jobs: self.jobs,
            fail_fast: self.fail_fast,
            retries: None,
            strict: self.strict,
            explain: self.explain.map(Explain::from),
            reports: (!self.report.is_empty()).then(|| self.report.clone()),
        }
    }

    fn style(&self, appearance: Appearance, explain: Explain) -> TerminalStyle {
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

fn exit_of(summary: Summary, interrupted: bool, report_broken: bool) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if summary.errors > 0 || report_broken {
        Exit::Error
    } else if summary.failed > 0 {
        Exit::Failure
    } else {
        Exit::Success
    }
}

/// Sets the flag on Ctrl-C; a second Ctrl-C ends the process as usual.
fn watch_for_interrupt(flag: &'static AtomicBool) {
    let watching = std::thread::Builder::new()
        .name("interrupt".to_owned())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime
                && runtime.block_on(tokio::signal::ctrl_c()).is_ok()
            {
                flag.store(true, Ordering::Relaxed);
                let _ = runtime.block_on(tokio::signal::ctrl_c());
                std::process::exit(i32::from(Exit::Interrupted.status()));
            }
        });
    if let Err(error) = watching {
        complain(&format!("Ctrl-C can't be caught: {error}"), None);
    }
}
