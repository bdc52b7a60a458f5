//! The index of all pages.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::markdown::{code, text};
use super::page::Page;
use crate::scenario::model::Test;

/// A table of scenarios, one test of each given; `mark` is what every page ends with.
pub(super) fn index<'t>(tests: impl Iterator<Item = &'t Test>, mark: &str) -> Page {
    let mut page = "# Scenarios\n\nEach page is a scenario that was run: the world, the policies, every step as AWS CLI commands \
                    with what they print, and why each denial happens.\n\n| scenario | what it shows | tags |\n|---|---|---|\n"
        .to_owned();
    for test in tests {
        let name = test.scenario_name();
        let tags: Vec<String> = test.tags.iter().map(|tag| code(tag)).collect();
        let link = name.replace(' ', "%20");
        let _ = writeln!(
            page,
            "| [{}]({link}.md) | {} | {} |",
            text(name),
            text(&test.title),
            tags.join(" ")
        );
    }
    let _ = write!(page, "\n*Made from these scenarios {mark}*\n");
    Page {
        path: PathBuf::from("README.md"),
        text: page,
    }
}
