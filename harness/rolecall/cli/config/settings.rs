//! The settings themselves, wherever they were written.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use rolecall_policy::Node;

#[cfg(feature = "live")]
use crate::cli::live::LiveSettings;
use crate::cli::reports::ReportTo;
use crate::cli::run::{parse_jobs, parse_retries};
use crate::cli::target::TargetName;
use crate::report::Explain;
use crate::scenario::{Diagnostic, entries, flag, scalar, texts};

/// What can be said in `rolecall.toml` and on the command line; `None` where it wasn't.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Settings {
    /// The project's folder, from the working directory on: where `rolecall.toml` is, else here.
    pub(in crate::cli) root: PathBuf,
    pub(in crate::cli) scenarios: Option<Vec<PathBuf>>,
    pub(in crate::cli) target: Option<TargetName>,
    pub(in crate::cli) jobs: Option<NonZeroUsize>,
    pub(in crate::cli) fail_fast: Option<bool>,
    pub(in crate::cli) retries: Option<u32>,
    pub(in crate::cli) strict: Option<bool>,
    pub(in crate::cli) explain: Option<Explain>,
    pub(in crate::cli) reports: Option<Vec<ReportTo>>,
    pub(in crate::cli) botocore: Option<PathBuf>,
    #[cfg(feature = "live")]
    pub(in crate::cli) live: LiveSettings,
}

impl Settings {
    /// These, and where they are silent, those.
    pub(in crate::cli) fn or(self, those: Self) -> Self {
        Self {
            root: those.root,
            scenarios: self.scenarios.or(those.scenarios),
            target: self.target.or(those.target),
            jobs: self.jobs.or(those.jobs),
            fail_fast: self.fail_fast.or(those.fail_fast),
            retries: self.retries.or(those.retries),
            strict: self.strict.or(those.strict),
            explain: self.explain.or(those.explain),
            reports: self.reports.or(those.reports),
            botocore: self.botocore.or(those.botocore),
            #[cfg(feature = "live")]
            live: self.live.or(those.live),
        }
    }

    /// The settings of one table of the file. Its paths count from `folder`, where the file is.
    pub(super) fn read(table: &Node, folder: &Path, found: &mut Vec<Diagnostic>) -> Self {
        let scenarios = table.get("scenarios").map(|_| texts(table, "scenarios"));
        Self {
            root: folder.to_owned(),
            scenarios: scenarios.map(|paths| paths.iter().map(|path| folder.join(path)).collect()),
            target: parsed(table, "target", found, TargetName::parse),
            jobs: parsed(table, "jobs", found, parse_jobs),
            fail_fast: flag(table, "fail-fast"),
            retries: parsed(table, "retries", found, parse_retries),
            strict: flag(table, "strict"),
            explain: table.get("explain").and_then(scalar).and_then(explain),
            reports: table.get("reports").map(|reports| {
                let files = entries(reports).iter();
                let files = files
                    .filter_map(|entry| ReportTo::new(&entry.key, scalar(&entry.value)?, folder));
                files.collect()
            }),
            botocore: table
                .get("botocore")
                .and_then(scalar)
                .map(|botocore| folder.join(botocore)),
            #[cfg(feature = "live")]
            live: LiveSettings::read(table, folder),
        }
    }
}

fn explain(word: &str) -> Option<Explain> {
    match word {
        "failed" => Some(Explain::Failed),
        "all" => Some(Explain::All),
        "none" => Some(Explain::None),
        _ => None,
    }
}

/// A value that the tables only know as text or a number; `parse` says what to write instead.
fn parsed<T>(
    table: &Node,
    key: &str,
    found: &mut Vec<Diagnostic>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let node = table.get(key)?;
    let written = scalar(node)?;
    match parse(written) {
        Ok(value) => Some(value),
        Err(help) => {
            let told = found.iter().any(|diagnostic| {
                diagnostic
                    .at
                    .as_ref()
                    .is_some_and(|(span, _)| *span == node.span)
            });
            if !told {
                found.push(
                    Diagnostic::error("config::value", format!("`{key}` can't be `{written}`"))
                        .at(node.span, "not a value it takes")
                        .help(help),
                );
            }
            None
        }
    }
}
