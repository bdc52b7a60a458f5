//! `rolecall run`: runs scenarios and reports.

mod arguments;
mod interrupt;
mod last_run;
mod progress;
mod watch;

use std::sync::atomic::Ordering;
use std::sync::mpsc;

#[cfg(feature = "live")]
use super::compose::Compose;
use super::config::Settings;
use super::load::{load_from, nothing_matched, selection};
use super::reports::Reports;
use super::target;
use super::{Appearance, Exit};
#[cfg(feature = "live")]
use super::{complain, target::TargetName};
use crate::run::{Event, Runner, Summary};
use crate::scenario::model::Test;
use crate::target::Target;
use interrupt::INTERRUPTED;
use last_run::LastRun;
use progress::Bar;

pub(super) use arguments::{Arguments, parse_jobs, parse_retries};

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    let exit = if arguments.watch {
        watch::watch(arguments, appearance)
    } else {
        run_once(arguments, appearance)
    };
    exit.unwrap_or_else(|exit| exit)
}

fn run_once(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    arguments.check()?;
    let selection = selection(arguments.filter.as_deref(), arguments.shard)?;
    let configured = arguments.paths.configured.settings(appearance)?;
    let settings = arguments.settings().or(configured);
    let loaded = load_from(&arguments.paths.or(&settings), appearance)?;
    let mut last_run = LastRun::read(&settings.root);
    let mut tests = selection.admitted(&loaded.tests);
    if arguments.rerun.is_some() {
        tests = last_run.failed(tests)?;
    }
    let tests = selection.share(tests);
    if tests.is_empty() {
        return Err(nothing_matched(&loaded));
    }
    let mut reports = Reports::new(
        settings.reports.as_deref().unwrap_or_default(),
        arguments.style(appearance, settings.explain.unwrap_or_default()),
        appearance,
        &loaded.sources,
    )?;
    interrupt::listen(|| {
        eprintln!("interrupted: running tests end first, and Ctrl-C again ends at once");
    });
    let summary = run_tests(arguments, &settings, appearance, &tests, |event| {
        if let Event::TestFinished(result) = event {
            last_run.note(result);
        }
        reports.report(event);
    });
    last_run.write();
    let summary = summary?;
    Ok(exit_of(
        summary,
        INTERRUPTED.load(Ordering::Relaxed),
        reports.broken(),
    ))
}

/// Runs tests as the settings have it, with a bar where somebody sees it.
///
/// # Errors
///
/// Told, when the target can't be used, or something is left on it.
fn run_tests(
    arguments: &Arguments,
    settings: &Settings,
    appearance: Appearance,
    tests: &[&Test],
    mut listener: impl FnMut(&Event<'_>),
) -> Result<Summary, Exit> {
    // Dropped last: what was built on LocalStack is gone by then.
    #[cfg(feature = "live")]
    let _compose = composed(arguments, settings)?;
    let target = connect(arguments, settings, tests)?;
    let bar = &Bar::default();
    let mut runner = Runner::new(target.clone())
        .fail_fast(settings.fail_fast.unwrap_or_default())
        .strict(settings.strict.unwrap_or_default())
        .retries(settings.retries.unwrap_or_default())
        .interrupted_by(&INTERRUPTED)
        .progress(&bar.progress);
    if let Some(jobs) = settings.jobs {
        runner = runner.jobs(jobs);
    }
    let (running, over) = mpsc::channel();
    let summary = std::thread::scope(|scope| {
        if Bar::is_wanted(appearance) {
            scope.spawn(move || bar.draw_until(&over));
        }
        let summary = runner.run(tests, |event| bar.away(|| listener(&event)));
        drop(running);
        summary
    });
    bar.away(|| ());
    target::finish(&target)?;
    Ok(summary)
}

/// LocalStack, if it is to be started for the run.
#[cfg(feature = "live")]
fn composed(arguments: &Arguments, settings: &Settings) -> Result<Option<Compose>, Exit> {
    if !arguments.compose {
        return Ok(None);
    }
    let name = settings.target.as_ref().map_or("mock", TargetName::name);
    if name != "localstack" {
        complain(
            &format!("--compose starts LocalStack, but the target is `{name}`"),
            Some("say `--target localstack`"),
        );
        return Err(Exit::Usage);
    }
    Compose::up().map(Some)
}

/// The target of the settings, ready.
#[cfg(feature = "live")]
fn connect(arguments: &Arguments, settings: &Settings, tests: &[&Test]) -> Result<Target, Exit> {
    let name = settings.target.clone().unwrap_or_default();
    let tape = arguments.tape();
    if tape.is_some() && !matches!(name, TargetName::Live(_)) {
        complain(
            &format!(
                "only a live target's traffic is recorded and replayed, and the target is `{}`",
                name.name()
            ),
            Some("say `--target localstack`, `--target aws` or `--target URL`"),
        );
        return Err(Exit::Usage);
    }
    name.connect(&arguments.live.clone().taped(tape), settings, tests)
}

/// The target of the settings.
#[cfg(not(feature = "live"))]
fn connect(_arguments: &Arguments, settings: &Settings, _tests: &[&Test]) -> Result<Target, Exit> {
    Ok(settings.target.clone().unwrap_or_default().mock())
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
