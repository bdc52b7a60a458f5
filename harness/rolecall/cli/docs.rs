//! `rolecall docs`: a Markdown page for each scenario.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::load::{Paths, load};
use super::{Appearance, Exit, complain};
use crate::pages::{Page, is_page, pages};
use crate::report::again;
use crate::run::{Event, Runner, TestResult};
use crate::scenario::Loaded;
use crate::target::Target;

/// Write a Markdown page for each scenario, and an index
///
/// Each page has the world as a picture, its policies, and every step as AWS CLI commands with the output they would
/// have. Exit status: 0 written, or with --check up to date; 1 with --check stale, or a scenario doesn't come out as
/// written; 2 a mistake in a file.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    paths: Paths,

    /// The directory for the pages; pages in it that no scenario has any more are removed
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// Write nothing; fail if a page is missing, outdated or left over
    #[arg(long)]
    check: bool,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let loaded = load(&arguments.paths, appearance)?;
    let pages = made(&loaded, &arguments.out)?;
    let left_over =
        left_over(&arguments.out, &pages).map_err(|error| unusable(&arguments.out, &error))?;
    if arguments.check {
        return Ok(check(arguments, &pages, &left_over));
    }
    for page in &pages {
        refuse_to_overwrite(&arguments.out.join(&page.path))?;
    }
    for page in &pages {
        let file = arguments.out.join(&page.path);
        write(&file, &page.text).map_err(|error| unusable(&file, &error))?;
    }
    for file in &left_over {
        std::fs::remove_file(file).map_err(|error| unusable(file, &error))?;
    }
    println!("{} pages in {}", pages.len(), arguments.out.display());
    Ok(Exit::Success)
}

/// Runs all tests; a page tells what happens, so that only scenarios that come out as written have one.
fn made(loaded: &Loaded, directory: &Path) -> Result<Vec<Page>, Exit> {
    let tests: Vec<_> = loaded.tests.iter().collect();
    let mut results = Vec::new();
    Runner::new(Target::Mock).run(&tests, |event| {
        if let Event::TestFinished(result) = event {
            results.push(result.clone());
        }
    });
    let failed = results.iter().filter(|result| result.outcome().is_wrong());
    let failed: Vec<&TestResult> = failed.collect();
    if let Some(first) = failed.first() {
        let names: Vec<&str> = failed.iter().map(|result| result.name.as_str()).collect();
        complain(
            &format!(
                "{} of {} tests don't come out as written: {}",
                failed.len(),
                tests.len(),
                names.join(", ")
            ),
            Some(&format!(
                "`{}` shows why; pages are made from what happens",
                again(first)
            )),
        );
        return Err(Exit::Failure);
    }
    let tests: Vec<_> = tests.into_iter().zip(results).collect();
    Ok(pages(&tests, &loaded.sources, directory))
}

/// A file that a person wrote stays as it is.
fn refuse_to_overwrite(file: &Path) -> Result<(), Exit> {
    match std::fs::read_to_string(file) {
        Ok(text) if !is_page(&text) => {
            let message = format!("{} was not made by `rolecall docs`", file.display());
            complain(&message, Some("name a directory for the pages alone"));
            Err(Exit::Usage)
        }
        _ => Ok(()),
    }
}

/// The pages in the directory that no scenario has any more.
fn left_over(directory: &Path, pages: &[Page]) -> io::Result<Vec<PathBuf>> {
    let written: BTreeSet<PathBuf> = pages
        .iter()
        .map(|page| directory.join(&page.path))
        .collect();
    let mut found = markdown_files(directory)?;
    found.retain(|file| !written.contains(file));
    found.retain(|file| std::fs::read_to_string(file).is_ok_and(|text| is_page(&text)));
    found.sort();
    Ok(found)
}

fn markdown_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            found.extend(markdown_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    Ok(found)
}

fn check(arguments: &Arguments, pages: &[Page], left_over: &[PathBuf]) -> Exit {
    let mut stale: Vec<(PathBuf, &str)> = Vec::new();
    for page in pages {
        let file = arguments.out.join(&page.path);
        match std::fs::read_to_string(&file) {
            Ok(text) if text.replace("\r\n", "\n") == page.text => {}
            Ok(_) => stale.push((file, "outdated")),
            Err(_) => stale.push((file, "missing")),
        }
    }
    stale.extend(
        left_over
            .iter()
            .map(|file| (file.clone(), "of no scenario any more")),
    );
    if stale.is_empty() {
        println!("{} pages are up to date", pages.len());
        return Exit::Success;
    }
    for (file, state) in &stale {
        eprintln!("{}: {state}", file.display());
    }
    let again = format!(
        "rolecall docs {} --out {}",
        arguments.paths.shown(),
        arguments.out.display()
    );
    complain(
        &format!("{} of {} pages are stale", stale.len(), pages.len()),
        Some(&format!("make them again: {again}")),
    );
    Exit::Failure
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = file.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(file, text)
}

fn unusable(path: &Path, error: &io::Error) -> Exit {
    complain(&format!("{} can't be used: {error}", path.display()), None);
    Exit::Usage
}
