//! `rolecall explain`: why the steps of a test were allowed or denied, check by check.

use std::io;

use super::load::{Paths, load};
use super::reports::Reports;
use super::{Appearance, Exit, Format, complain};
use crate::report::{Explain, TerminalStyle};
use crate::run::{Event, Outcome, Runner};
use crate::scenario::Loaded;
use crate::scenario::did_you_mean;
use crate::scenario::model::Test;
use crate::target::Target;

/// Run one test on the mock and explain its steps, check by check
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The test, as `list` names it, and optionally a step: `tutorial`, `tutorial/2`, `tutorial/3.1`
    #[arg(value_name = "TEST[/STEP]")]
    test: String,

    #[command(flatten)]
    paths: Paths,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let loaded = load(&arguments.paths, appearance)?;
    let Some((test, step)) = find(&loaded.tests, &arguments.test) else {
        return Err(unknown(&loaded, &arguments.test));
    };
    let (mut found, mut outcome) = (false, Outcome::Pass);
    let mut reports = Reports::new(&[], style(appearance), appearance, &loaded.sources)?;
    Runner::new(Target::Mock).run(&[test], |event| {
        if let Event::TestFinished(result) = event {
            let mut result = result.clone();
            result
                .steps
                .retain(|taken| step.is_none_or(|step| taken.number == step));
            found = step.is_none() || !result.steps.is_empty();
            outcome = result.outcome();
            reports.report(&Event::TestFinished(&result));
        }
    });
    if !found {
        return Err(unknown_step(test, step));
    }
    Ok(match outcome {
        Outcome::Pass | Outcome::Skip => Exit::Success,
        Outcome::Fail => Exit::Failure,
        Outcome::Error => Exit::Error,
    })
}

/// A test by its name, or a test and the number of one of its steps.
fn find<'a, 'n>(tests: &'a [Test], name: &'n str) -> Option<(&'a Test, Option<&'n str>)> {
    let named = |name: &str| tests.iter().find(|test| test.name == name);
    if let Some(test) = named(name) {
        return Some((test, None));
    }
    let (test, step) = name.rsplit_once('/')?;
    named(test).map(|test| (test, Some(step)))
}

fn style(appearance: Appearance) -> TerminalStyle {
    TerminalStyle {
        styled: appearance.styled(&io::stdout()),
        plain: appearance.format == Format::Plain,
        quiet: false,
        verbose: false,
        explain: Explain::All,
    }
}

fn unknown(loaded: &Loaded, name: &str) -> Exit {
    let names = loaded.tests.iter().map(|test| test.name.as_str());
    let help = did_you_mean(name, names)
        .unwrap_or_else(|| "`rolecall list` shows the names of all tests".to_owned());
    complain(&format!("no test is named `{name}`"), Some(&help));
    Exit::NothingMatched
}

fn unknown_step(test: &Test, step: Option<&str>) -> Exit {
    let step = step.unwrap_or_default();
    complain(
        &format!("the test `{}` has no step `{step}`", test.name),
        Some(&format!(
            "`rolecall explain {}` shows all its steps",
            test.name
        )),
    );
    Exit::NothingMatched
}
