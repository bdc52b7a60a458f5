//! `rolecall sweep`: removes what killed runs have left on live targets.

use super::config::Configured;
use super::live::LiveArguments;
use super::{Appearance, Exit, complain, live};
use crate::target::live::{Journals, Leftover, Settings, sweep};

/// Remove what killed runs have left on live targets
///
/// Every run writes down what it is about to make. A run that was killed leaves its journal; this command reads it,
/// removes what it names from the target that it names, with the administrator's credentials from the usual AWS
/// configuration, and then the journal. Runs that go on are left alone.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    live: LiveArguments,

    #[command(flatten)]
    configured: Configured,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let settings = arguments.configured.settings(appearance)?;
    let settings = arguments.live.settings(&settings);
    let journals = Journals::of(&settings.journals).map_err(|error| {
        let folder = settings.journals.display();
        complain(
            &format!("the journals in {folder} can't be read: {error}"),
            None,
        );
        Exit::Error
    })?;
    for run in &journals.running {
        println!("run {run} goes on: left alone");
    }
    let mut clean = journals.unreadable.is_empty();
    for (path, reason) in &journals.unreadable {
        complain(&format!("{} is no journal: {reason}", path.display()), None);
    }
    for leftover in &journals.left {
        clean &= sweep_run(leftover, &settings);
    }
    if journals.left.is_empty() && clean {
        println!("nothing is left");
    }
    Ok(if clean { Exit::Success } else { Exit::Error })
}

/// Sweeps after one run, and says whether nothing of it is left.
fn sweep_run(leftover: &Leftover, settings: &Settings) -> bool {
    let swept = live::runtime().and_then(|runtime| {
        let swept = runtime.block_on(sweep(leftover, settings));
        swept.map_err(|error| live::tell(&error))
    });
    let Ok(swept) = swept else {
        return false;
    };
    let (run, target) = (&leftover.header.run, &leftover.header.target);
    println!("run {run} on {target}: {} removed", swept.removed.len());
    for thing in &swept.removed {
        println!("  removed {thing}");
    }
    for (thing, reason) in &swept.left {
        complain(&format!("{thing} is still there: {reason}"), None);
    }
    swept.left.is_empty()
}
