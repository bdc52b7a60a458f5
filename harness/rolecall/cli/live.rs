//! Flags, settings and messages of live targets, for every subcommand that has one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use rolecall_policy::Node;

use super::config::Settings;
use super::{Exit, complain};
use crate::scenario::model::Test;
use crate::scenario::{flag, scalar, section, texts};
use crate::target::live::{self, Aws, ConnectError, Kind, Live, Place, Tape};

/// Where the journals of runs on live targets are, in the project's folder.
const JOURNALS: &str = ".rolecall/journals";

/// Flags of live targets.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct LiveArguments {
    /// On a live target, what the names of everything made begin with: `rc-ID-` [default: made from the time]
    #[arg(long, value_name = "ID", help_heading = "Live targets")]
    run_id: Option<String>,

    /// Where to keep the journals of what is made on live targets [default: .rolecall/journals]
    #[arg(long, value_name = "DIR", help_heading = "Live targets")]
    journals: Option<PathBuf>,

    /// On AWS, build without asking first
    #[arg(long, help_heading = "Live targets")]
    yes: bool,

    /// What becomes of the traffic, where a subcommand has a say in it.
    #[arg(skip)]
    tape: Option<Tape>,
}

/// What `rolecall.toml` says of live targets.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveSettings {
    /// Accounts of the scenarios and the profiles that administer them.
    accounts: Option<Vec<(String, String)>>,
    aws: Option<Aws>,
}

impl LiveSettings {
    /// These, and where they are silent, those.
    pub(super) fn or(self, those: Self) -> Self {
        Self {
            accounts: self.accounts.or(those.accounts),
            aws: self.aws.or(those.aws),
        }
    }

    /// The settings of one table of the file.
    pub(super) fn read(table: &Node, _folder: &Path) -> Self {
        let accounts = table.get("accounts").map(|_| {
            let accounts = section(table, "accounts").iter();
            let accounts = accounts
                .filter_map(|entry| Some((entry.key.clone(), scalar(&entry.value)?.to_owned())));
            accounts.collect()
        });
        let aws = table.get("aws").map(|aws| Aws {
            accounts: texts(aws, "accounts"),
            endpoint: aws.get("endpoint").and_then(scalar).map(str::to_owned),
            distributions: flag(aws, "distributions").unwrap_or_default(),
            organizations: flag(aws, "organizations").unwrap_or_default(),
        });
        Self { accounts, aws }
    }
}

impl LiveArguments {
    /// The same, with the traffic recorded or replayed.
    pub(super) fn taped(self, tape: Option<Tape>) -> Self {
        Self { tape, ..self }
    }

    /// What a run on a live target is told.
    pub(super) fn settings(&self, settings: &Settings) -> live::Settings {
        live::Settings {
            run: self.run_id.clone(),
            tape: self.tape.clone(),
            profiles: settings.live.accounts.clone().unwrap_or_default(),
            aws: settings.live.aws.clone().unwrap_or_default(),
            ..live::Settings::new(journals(self.journals.as_deref(), settings))
        }
    }

    /// A target that answers, is probed, and where need be confirmed.
    ///
    /// # Errors
    ///
    /// Told, if it can't be used or isn't confirmed.
    pub(super) fn connect(
        &self,
        place: &Place,
        settings: &Settings,
        tests: &[&Test],
    ) -> Result<Live, Exit> {
        let runtime = runtime()?;
        let settings = self.settings(settings);
        let connecting = Live::connect(place.clone(), &settings);
        let live = runtime.block_on(connecting).map_err(|error| tell(&error))?;
        if live.is_aws() && !live.is_replayed() {
            confirm(&live, tests, self.yes).inspect_err(|_| {
                let _ = live.finish();
            })?;
        }
        if let Err(error) = runtime.block_on(live.probe()) {
            complain(&format!("{} can't be probed: {error}", live.name()), None);
            finish(&live)?;
            return Err(Exit::Error);
        }
        Ok(live)
    }
}

/// The folder of the journals.
pub(super) fn journals(given: Option<&Path>, settings: &Settings) -> PathBuf {
    given.map_or_else(|| settings.root.join(JOURNALS), Path::to_owned)
}

/// Shows what would be built on AWS, and asks.
fn confirm(live: &Live, tests: &[&Test], yes: bool) -> Result<(), Exit> {
    let mut shown = String::new();
    let mut total: BTreeMap<Kind, usize> = BTreeMap::new();
    for test in tests {
        let told = match live.plan(test) {
            Ok(things) => {
                let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
                for thing in things {
                    *counts.entry(thing.kind).or_default() += 1;
                    *total.entry(thing.kind).or_default() += 1;
                }
                counted(&counts)
            }
            Err(reason) => format!("skipped: {reason}"),
        };
        let _ = writeln!(shown, "  {}: {told}", test.name);
    }
    let accounts = live.accounts().join(", ");
    eprintln!(
        "This run builds in account {accounts}, under names that begin with rc-{}-, and removes again:\n{shown}in all {}",
        live.run(),
        counted(&total)
    );
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        complain(
            "nobody is here to say yes to what would be built on AWS",
            Some("--yes builds it without asking"),
        );
        return Err(Exit::Usage);
    }
    eprint!("Go ahead? [y/N] ");
    let _ = io::stderr().flush();
    let mut answer = String::new();
    let _ = io::stdin().lock().read_line(&mut answer);
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        complain("nothing was built", None);
        Err(Exit::Usage)
    }
}

/// `2 users, 1 role`.
fn counted(counts: &BTreeMap<Kind, usize>) -> String {
    let words = counts.iter().map(|(kind, number)| {
        let noun = kind.noun();
        match (noun.strip_suffix('y'), number) {
            (_, 1) => format!("1 {noun}"),
            (Some(stem), _) => format!("{number} {stem}ies"),
            (None, _) => format!("{number} {noun}s"),
        }
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        words.join(", ")
    }
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| {
        complain(&format!("no runtime could be started: {error}"), None);
        Exit::Error
    })
}

/// Says why a target can't be used.
pub(super) fn tell(error: &ConnectError) -> Exit {
    let help = match error {
        ConnectError::Credentials(_) => {
            Some("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
        }
        ConnectError::Target { target, .. } if target == "localstack" => {
            Some("is it running? `docker compose up --wait` starts LocalStack")
        }
        ConnectError::Endpoint(_) => {
            Some("`[aws]` `endpoint` in rolecall.toml is like http://127.0.0.1:4566")
        }
        ConnectError::NotAllowed(_) => {
            Some("write `[aws]` and `accounts = [\"NUMBER\"]` into rolecall.toml")
        }
        ConnectError::Tape(_) => Some("`--record DIR` writes what `--replay DIR` reads"),
        ConnectError::Journal { .. } => Some("--journals names another folder"),
        _ => None,
    };
    complain(&error.to_string(), help);
    match error {
        ConnectError::RunId(_) | ConnectError::Endpoint(_) => Exit::Usage,
        _ => Exit::Error,
    }
}

/// Ends a run, and tells what is left.
pub(super) fn finish(live: &Live) -> Result<(), Exit> {
    match live.finish() {
        Ok(left) if left.is_empty() => Ok(()),
        Ok(left) => {
            let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
            for thing in &left {
                *counts.entry(thing.kind).or_default() += 1;
            }
            let things: Vec<String> = left.iter().map(ToString::to_string).collect();
            let (counts, things) = (counted(&counts), things.join(", "));
            complain(
                &format!("left on {}: {counts}: {things}", live.name()),
                Some("`rolecall sweep` removes it"),
            );
            Err(Exit::Error)
        }
        Err(error) => {
            complain(
                &format!("the journal of the run can't be ended: {error}"),
                None,
            );
            Err(Exit::Error)
        }
    }
}
