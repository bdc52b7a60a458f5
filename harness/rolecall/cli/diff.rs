//! `rolecall diff`: the same scenarios on two targets, and where they differ.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::config::Settings;
use super::live::LiveArguments;
use super::load::{Paths, load_from, nothing_matched, selection};
use super::target::{self, TargetName};
use super::{Appearance, Exit, Format, complain};
use crate::insight::diff::{Difference, Known, differences, markdown, table};
use crate::run::{Event, Runner, TestResult};
use crate::scenario::model::Test;

/// Run the same scenarios on two targets and show where they differ
///
/// Exit status: 0 no difference, or none but the known ones; 1 a difference; 3 a target could not be used.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The first target, as `run --target` has it
    #[arg(value_name = "TARGET", value_parser = TargetName::parse)]
    first: TargetName,

    /// The second target
    #[arg(value_name = "TARGET", value_parser = TargetName::parse)]
    second: TargetName,

    #[command(flatten)]
    paths: Paths,

    #[command(flatten)]
    live: LiveArguments,

    /// Only tests that match: `name(GLOB)`, `tag(T)`, `&`, `|`, `!`, `()`, or a part of a name
    #[arg(short = 'E', long, value_name = "FILTER")]
    filter: Option<String>,

    /// A file of differences that are known: only others are shown
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,

    /// Write the differences into the file of known ones
    #[arg(long, requires = "known")]
    update_known: bool,

    /// Write the differences as a Markdown table too
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let selection = selection(arguments.filter.as_deref(), None)?;
    let known = known(arguments)?;
    let settings = arguments.paths.configured.settings(appearance)?;
    let loaded = load_from(&arguments.paths.or(&settings), appearance)?;
    let tests = selection.of(&loaded.tests);
    if tests.is_empty() {
        return Err(nothing_matched(&loaded));
    }
    let first = results(&arguments.first, &tests, arguments, &settings)?;
    let second = results(&arguments.second, &tests, arguments, &settings)?;
    let targets = [first.0.as_str(), second.0.as_str()];
    let found = differences(&first.1, &second.1);
    if let (true, Some(file)) = (arguments.update_known, &arguments.known) {
        write(file, &Known::of(&found).render(targets))?;
        return Ok(Exit::Success);
    }
    for step in known.gone(&found) {
        eprintln!("{step} differs no more as it did: --update-known forgets it");
    }
    let news = known.news(found);
    if let Some(file) = &arguments.markdown {
        write(file, &markdown(targets, &news))?;
    }
    print(targets, &news, tests.len(), appearance.format);
    Ok(if news.is_empty() {
        Exit::Success
    } else {
        Exit::Failure
    })
}

fn known(arguments: &Arguments) -> Result<Known, Exit> {
    let Some(file) = arguments.known.as_ref().filter(|_| !arguments.update_known) else {
        return Ok(Known::default());
    };
    let read = std::fs::read_to_string(file).map_err(|error| error.to_string());
    read.and_then(|text| Known::parse(&text)).map_err(|reason| {
        let file = file.display();
        complain(
            &format!("the known differences in {file} can't be read: {reason}"),
            Some("--update-known writes the file"),
        );
        Exit::Usage
    })
}

fn results(
    name: &TargetName,
    tests: &[&Test],
    arguments: &Arguments,
    settings: &Settings,
) -> Result<(String, Vec<TestResult>), Exit> {
    let target = name.connect(&arguments.live, settings, tests)?;
    let mut results = Vec::new();
    Runner::new(target.clone()).run(tests, |event| {
        if let Event::TestFinished(result) = event {
            results.push(result.clone());
        }
    });
    target::finish(&target)?;
    Ok((target.name().to_owned(), results))
}

fn write(file: &Path, text: &str) -> Result<(), Exit> {
    std::fs::write(file, text).map_err(|error| {
        complain(
            &format!("{} can't be written: {error}", file.display()),
            None,
        );
        Exit::Error
    })
}

fn print(targets: [&str; 2], news: &[Difference], tests: usize, format: Format) {
    if format == Format::Json {
        for one in news {
            let object = json!({
                "step": one.step,
                "title": one.title,
                "targets": targets,
                "answers": one.answers,
            });
            println!("{object}");
        }
        return;
    }
    print!("{}", table(targets, news));
    let number = news.len();
    let word = if number == 1 {
        "difference"
    } else {
        "differences"
    };
    println!(
        "{number} {word} between {} and {} in {tests} tests",
        targets[0], targets[1]
    );
}
