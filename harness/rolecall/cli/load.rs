//! What every subcommand that reads scenarios does first: load them and tell all mistakes at once.

use std::io;
use std::path::{Path, PathBuf};

use super::config::{Configured, Settings};
use super::{Appearance, Exit, Format, complain, inside_actions};
use crate::report::annotations;
use crate::run::{Filter, Selection};
use crate::scenario::model::World;
use crate::scenario::{self, Diagnostic, Disk, Loaded, Sources, display, render};

/// The folder that is read when no path is given.
pub(super) const DEFAULT_PATH: &str = "scenarios";

/// The paths and the settings that `run`, `list` and `check` share.
#[derive(Debug, clap::Args)]
pub(super) struct Paths {
    /// Scenario files, or folders of them [default: scenarios, or those of rolecall.toml]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) configured: Configured,
}

impl Paths {
    /// Those of the command line.
    pub(super) fn given(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Those given, else those of the settings, else `scenarios`.
    pub(super) fn or(&self, settings: &Settings) -> Vec<PathBuf> {
        if !self.paths.is_empty() {
            return self.paths.clone();
        }
        let paths = settings.scenarios.clone();
        paths.unwrap_or_else(|| vec![PathBuf::from(DEFAULT_PATH)])
    }

    /// As typed: `scenarios more/scenarios`; the usual folder where nothing was.
    pub(super) fn shown(&self) -> String {
        let paths = self.or(&Settings::default());
        let paths: Vec<_> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        paths.join(" ")
    }
}

/// Loads scenarios and writes every mistake and warning to standard error.
///
/// # Errors
///
/// [`Exit::Usage`] if any file has a mistake, [`Exit::NothingMatched`] if there is no scenario.
pub(super) fn load(paths: &Paths, appearance: Appearance) -> Result<Loaded, Exit> {
    let settings = paths.configured.settings(appearance)?;
    load_from(&paths.or(&settings), appearance)
}

/// The same from paths that are known.
///
/// # Errors
///
/// As [`load`].
pub(super) fn load_from(paths: &[PathBuf], appearance: Appearance) -> Result<Loaded, Exit> {
    let loaded = scenario::load(paths, &Disk);
    tell(&loaded.diagnostics, &loaded.sources, appearance);
    if loaded.has_errors() {
        return Err(Exit::Usage);
    }
    if loaded.tests.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| display(path)).collect();
        complain(
            &format!("there is no scenario in {}", paths.join(", ")),
            Some("scenarios are files that end in .yaml or .yml, but not in .world.yaml"),
        );
        return Err(Exit::NothingMatched);
    }
    Ok(loaded)
}

/// Writes diagnostics in the form asked for; JSON goes to standard output, as all JSON does. Inside GitHub Actions they are
/// annotations too.
pub(super) fn tell(diagnostics: &[Diagnostic], sources: &Sources, appearance: Appearance) {
    if diagnostics.is_empty() {
        return;
    }
    if inside_actions() && appearance.format != Format::Json {
        eprint!("{}", annotations(diagnostics, sources));
    }
    match appearance.format {
        Format::Human => {
            let styled = appearance.styled(&io::stderr());
            eprintln!(
                "{}\n{}\n",
                render::human(diagnostics, sources, styled),
                count(diagnostics)
            );
        }
        Format::Plain => eprintln!(
            "{}{}",
            render::plain(diagnostics, sources),
            count(diagnostics)
        ),
        Format::Json => print!("{}", render::json(diagnostics, sources)),
    }
}

/// `3 mistakes and 1 warning`.
fn count(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .count();
    let parts: Vec<String> = [(errors, "mistake"), (diagnostics.len() - errors, "warning")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}{}", if number == 1 { "" } else { "s" }))
        .collect();
    parts.join(" and ")
}

/// Reads `-E` and `--shard`.
///
/// # Errors
///
/// [`Exit::Usage`], told, if the filter can't be read.
pub(super) fn selection(
    filter: Option<&str>,
    shard: Option<(usize, usize)>,
) -> Result<Selection, Exit> {
    let filter = filter.map(Filter::parse).transpose().map_err(|error| {
        complain(
            &error.to_string(),
            Some("for example: -E 'tag(trust) & name(external-id/*)'"),
        );
        Exit::Usage
    })?;
    Ok(Selection { filter, shard })
}

/// Says that a filter left nothing over.
pub(super) fn nothing_matched(loaded: &Loaded) -> Exit {
    complain(
        &format!("none of the {} tests matches", loaded.tests.len()),
        Some("`rolecall list` shows their names and tags"),
    );
    Exit::NothingMatched
}

/// The world of one scenario or world file, and the texts that its policies stand in.
///
/// # Errors
///
/// [`Exit::Usage`], told, if the file has a mistake.
pub(super) fn world_with_sources(
    file: &Path,
    appearance: Appearance,
) -> Result<(World, Sources), Exit> {
    let (world, loaded) = scenario::load_world(file, &Disk);
    tell(&loaded.diagnostics, &loaded.sources, appearance);
    let world = world.ok_or(Exit::Usage)?;
    Ok((world, loaded.sources))
}
