//! `--report FORMAT=FILE`, the terminal's own report, and what GitHub Actions wants to be told.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::{Appearance, Exit, Format, complain, inside_actions};
use crate::report::{
    GithubReporter, HtmlReporter, JsonReporter, JunitReporter, MarkdownReporter, Reporter,
    TapReporter, TerminalReporter, TerminalStyle,
};
use crate::run::Event;
use crate::scenario::{Sources, did_you_mean};

/// A report beside the terminal's: `junit=target/rolecall.xml`.
#[derive(Clone, Debug)]
pub(super) struct ReportTo {
    form: Form,
    /// `None` for standard output.
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Json,
    Junit,
    Tap,
    Markdown,
    Github,
    Html,
}

impl Form {
    /// All of them, by name.
    const ALL: [(&'static str, Self); 6] = [
        ("json", Self::Json),
        ("junit", Self::Junit),
        ("tap", Self::Tap),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
        ("github", Self::Github),
    ];

    fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(known, _)| *known == name).map(|(_, form)| form)
    }
}

impl FromStr for ReportTo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (form, file) = text
            .split_once('=')
            .ok_or("a report is written FORMAT=FILE, such as junit=out.xml")?;
        Self::new(form, file, Path::new("")).ok_or_else(|| {
            let names = || Form::ALL.iter().map(|(name, _)| *name);
            did_you_mean(form, names()).unwrap_or_else(|| {
                format!("the formats are {}", names().collect::<Vec<_>>().join(", "))
            })
        })
    }
}

impl ReportTo {
    /// A report of the format with this name, to a file below `folder` or, by `-`, to standard output.
    pub(super) fn new(form: &str, file: &str, folder: &Path) -> Option<Self> {
        Some(Self {
            form: Form::named(form)?,
            file: (file != "-").then(|| folder.join(file)),
        })
    }

    fn writer(&self) -> io::Result<Box<dyn Write>> {
        Ok(match &self.file {
            None => Box::new(BufWriter::new(io::stdout())),
            Some(path) => {
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder)?;
                }
                Box::new(BufWriter::new(File::create(path)?))
            }
        })
    }

    fn reporter<'a>(&self, sources: &'a Sources) -> Result<Box<dyn Reporter + 'a>, Exit> {
        let out = self.writer().map_err(|error| {
            let file = self
                .file
                .as_deref()
                .map(|path| path.display().to_string())
                .unwrap_or_default();
            complain(
                &format!("the report {file} can't be written: {error}"),
                None,
            );
            Exit::Usage
        })?;
        Ok(match self.form {
            Form::Json => Box::new(JsonReporter::new(out, sources)),
            Form::Junit => Box::new(JunitReporter::new(out, sources)),
            Form::Tap => Box::new(TapReporter::new(out, sources)),
            Form::Markdown => Box::new(MarkdownReporter::new(out, sources)),
            Form::Github => Box::new(GithubReporter::new(out, sources)),
            Form::Html => Box::new(HtmlReporter::new(out, sources)),
        })
    }
}

/// All the reporters of a run.
pub(super) struct Reports<'a> {
    reporters: Vec<Box<dyn Reporter + 'a>>,
    broken: bool,
}

impl<'a> Reports<'a> {
    /// The terminal's report, those asked for, and inside GitHub Actions annotations and the step summary. A report on
    /// standard output sends the terminal's to standard error.
    pub(super) fn new(
        asked: &[ReportTo],
        style: TerminalStyle,
        appearance: Appearance,
        sources: &'a Sources,
    ) -> Result<Self, Exit> {
        refuse_shared_files(asked)?;
        let stdout_taken = asked.iter().any(|report| report.file.is_none());
        let out: Box<dyn Write> = if stdout_taken {
            Box::new(io::stderr())
        } else if io::stdout().is_terminal() {
            // A person sees each line when it is due.
            Box::new(io::stdout())
        } else {
            Box::new(BufWriter::new(io::stdout()))
        };
        let mut reporters: Vec<Box<dyn Reporter + 'a>> = Vec::new();
        if inside_actions() && !stdout_taken && appearance.format != Format::Json {
            reporters.push(Box::new(GithubReporter::new(io::stdout(), sources)));
        }
        if let Some(summary) = step_summary().filter(|_| inside_actions()) {
            reporters.push(Box::new(MarkdownReporter::new(summary, sources)));
        }
        for report in asked {
            reporters.push(report.reporter(sources)?);
        }
        reporters.push(match appearance.format {
            Format::Json => Box::new(JsonReporter::new(out, sources)),
            Format::Human | Format::Plain => Box::new(TerminalReporter::new(out, sources, style)),
        });
        Ok(Self {
            reporters,
            broken: false,
        })
    }

    /// Tells every reporter. A reader that went away (`| head`) ends the writing, not the run; a file that can't be
    /// written any more is told once.
    pub(super) fn report(&mut self, event: &Event<'_>) {
        self.reporters
            .retain_mut(|reporter| match reporter.report(event) {
                Ok(()) => true,
                Err(error) => {
                    if error.kind() != io::ErrorKind::BrokenPipe {
                        complain(&format!("a report can't be written: {error}"), None);
                        self.broken = true;
                    }
                    false
                }
            });
    }

    /// Whether a report is incomplete.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }
}

/// Two reports in one file would be neither.
fn refuse_shared_files(asked: &[ReportTo]) -> Result<(), Exit> {
    let mut seen = std::collections::HashSet::new();
    for report in asked {
        if !seen.insert(&report.file) {
            let file = report.file.as_deref();
            let file = file.map_or("standard output".into(), |file| file.display().to_string());
            complain(
                &format!("two reports are to be written to {file}"),
                Some("give each a file of its own"),
            );
            return Err(Exit::Usage);
        }
    }
    Ok(())
}

/// The file that GitHub shows on the run's page; it is added to, as other steps write there too.
fn step_summary() -> Option<File> {
    let path = std::env::var_os("GITHUB_STEP_SUMMARY")?;
    File::options().append(true).create(true).open(path).ok()
}
