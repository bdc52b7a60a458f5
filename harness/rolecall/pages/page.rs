//! Pages: what is on each, and where it goes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::index::index;
use super::markdown::{block, code, text, way};
use super::picture::picture;
use super::policies::policies;
use super::spelling::quoted;
use super::story::story;
use crate::run::TestResult;
use crate::scenario::Sources;
use crate::scenario::model::{PolicyReference, Test};

/// What every page ends with, so that pages can be told from other files.
const MARK: &str = "by `rolecall docs`; all that it shows was run.";

/// Whether a Markdown file was made by [`pages`], not by a person.
pub fn is_page(text: &str) -> bool {
    text.contains(MARK)
}

/// A page to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where, below the directory of all pages: `external-id.md`.
    pub path: PathBuf,
    /// Its Markdown.
    pub text: String,
}

/// The pages of tests and what came out of them, and the index `README.md`. Tests of one scenario stand side by side;
/// `directory` is where the pages will be, for the links from them to the scenarios.
pub fn pages(tests: &[(&Test, TestResult)], sources: &Sources, directory: &Path) -> Vec<Page> {
    let scenarios: Vec<&[(&Test, TestResult)]> = tests
        .chunk_by(|(one, _), (next, _)| one.path == next.path)
        .collect();
    let mut pages: Vec<Page> = scenarios
        .iter()
        .filter_map(|tests| {
            let (first, _) = tests.first()?;
            let path = PathBuf::from(format!("{}.md", first.scenario_name()));
            let directory = directory.join(path.parent().unwrap_or(Path::new("")));
            let links = Links {
                sources,
                directory: &directory,
            };
            Some(Page {
                text: page(tests, &links),
                path,
            })
        })
        .collect();
    let titles = scenarios
        .iter()
        .filter_map(|tests| tests.first())
        .map(|(test, _)| *test);
    pages.push(index(titles, MARK));
    pages
}

fn page(tests: &[(&Test, TestResult)], links: &Links<'_>) -> String {
    let Some((first, _)) = tests.first() else {
        return String::new();
    };
    let mut page = format!("# {}\n\n", text(&first.title));
    if let Some(description) = &first.description {
        let _ = writeln!(page, "{}\n", description.trim());
    }
    let worlds: Vec<String> = tests.iter().map(|(test, _)| world(test, links)).collect();
    let same = worlds
        .windows(2)
        .all(|pair| matches!(pair, [one, next] if one == next));
    let shared = worlds.first().filter(|_| same);
    page.push_str(shared.map_or("", String::as_str));
    if let [(test, result)] = tests {
        let _ = write!(
            page,
            "## What happens\n\n{}",
            story(test, result, links, "###")
        );
    } else {
        for ((test, result), world) in tests.iter().zip(&worlds) {
            let _ = write!(
                page,
                "## Case: {}\n\n",
                text(test.case.as_deref().unwrap_or_default())
            );
            if shared.is_none() {
                page.push_str(&world.replace("\n## ", "\n### ").replacen("## ", "### ", 1));
            }
            page.push_str(&story(test, result, links, "###"));
        }
    }
    page.push_str(&closing(first, links));
    page
}

/// The picture and the policies of a test's world.
fn world(test: &Test, links: &Links<'_>) -> String {
    let mut shown = String::new();
    if let Some(picture) = picture(&test.world) {
        let _ = writeln!(
            shown,
            "## Who trusts whom\n\n{}",
            block("mermaid", &picture)
        );
    }
    let policies = policies(&test.world, links);
    if !policies.is_empty() {
        let _ = writeln!(shown, "## The policies\n\n{policies}");
    }
    shown
}

/// How to try it, and where it comes from.
fn closing(test: &Test, links: &Links<'_>) -> String {
    let path = quoted(&test.path);
    let commands = format!(
        "$ rolecall run {path}\n$ rolecall serve {path} --clock {} --credentials credentials\n",
        test.world.clock
    );
    let from = match links.to(&test.path) {
        Some(way) => format!("[{}]({way})", text(&test.path)),
        None => code(&test.path),
    };
    format!(
        "## Try it\n\n{}\nThe second serves this world to any AWS client: the users' keys are in the file `credentials`, \
         a profile for each.\n\n*Made from {from} {MARK}*\n",
        block("console", &commands)
    )
}

/// Links from a page to files, and the texts that places are in.
pub(super) struct Links<'a> {
    pub(super) sources: &'a Sources,
    /// Where the page will be.
    directory: &'a Path,
}

impl Links<'_> {
    /// The way from the page to a file; `None` for what is no file, or can't be reached by a relative path.
    pub(super) fn to(&self, path: &str) -> Option<String> {
        // A policy within a plan bears the plan's path and its own address.
        let file = !path.ends_with(')');
        file.then(|| way(self.directory, Path::new(path))).flatten()
    }

    /// The file of a policy, as a link.
    pub(super) fn place_of(&self, policy: &PolicyReference) -> String {
        let source = self.sources.get(policy.document.node.span.source);
        let path = source.map_or("", |source| source.path());
        match self.to(path) {
            Some(way) => format!("[{}]({way})", text(file_name(path))),
            None => code(path),
        }
    }
}

/// A file's name without its directories.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
