//! `rolecall targets`: what targets there are, and what one of them enforces.

use serde_json::json;

use super::config::Configured;
use super::live::{self, LiveArguments};
use super::target::TargetName;
use super::{Appearance, Exit, Format, complain};
use crate::target::live::{Finding, Live, Place, Profile};

/// The targets that need no network, and what they enforce.
const OWN: [(&str, &str); 2] = [
    ("mock", "in process; enforces all that AWS enforces"),
    ("http", "the same behind a port of its own for each test"),
];

/// The targets over the network.
const LIVE: [(&str, &str); 3] = [
    ("localstack", "LocalStack on http://localhost:4566"),
    (
        "aws",
        "real AWS: the accounts on the allow list of rolecall.toml",
    ),
    ("URL", "anything that speaks AWS"),
];

/// List the targets, or say what one of them enforces
///
/// With a target, builds a small world there, asks it for what AWS refuses and for the twin that AWS allows, and takes the
/// world down again.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// `localstack`, `aws`, or a URL
    #[arg(value_name = "TARGET", value_parser = TargetName::parse)]
    target: Option<TargetName>,

    #[command(flatten)]
    live: LiveArguments,

    #[command(flatten)]
    configured: Configured,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    match &arguments.target {
        None => list(appearance),
        Some(TargetName::Mock | TargetName::Http) => {
            complain(
                "the mock enforces all that AWS enforces: there is nothing to probe",
                None,
            );
            Exit::Usage
        }
        Some(TargetName::Live(place)) => {
            profile_of(place, arguments, appearance).unwrap_or_else(|exit| exit)
        }
    }
}

fn list(appearance: Appearance) -> Exit {
    for (name, what) in OWN.into_iter().chain(LIVE) {
        match appearance.format {
            Format::Json => println!("{}", json!({"target": name, "description": what})),
            Format::Human | Format::Plain => println!("{name:<11} {what}"),
        }
    }
    Exit::Success
}

fn profile_of(place: &Place, arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let settings = arguments.configured.settings(appearance)?;
    let live = arguments.live.connect(place, &settings, &[])?;
    let profile = live::runtime()?.block_on(live.probe()).cloned();
    live::finish(&live)?;
    let profile = profile.map_err(|error| {
        complain(&format!("{} can't be probed: {error}", live.name()), None);
        Exit::Error
    })?;
    print(&live, &profile, appearance.format);
    Ok(Exit::Success)
}

fn print(live: &Live, profile: &Profile, format: Format) {
    if format != Format::Json {
        println!("{}", live.name());
    }
    for (capability, finding) in profile.findings() {
        let (word, reason) = match &finding {
            Finding::Enforced => ("yes", None),
            Finding::NotEnforced => ("no", None),
            Finding::Unknown(reason) => ("unknown", Some(reason)),
        };
        let name = capability.name();
        if format == Format::Json {
            let object = json!({
                "target": live.name(),
                "capability": name,
                "enforced": word,
                "reason": reason,
            });
            println!("{object}");
        } else {
            let why = reason.map_or_else(|| capability.description(), String::as_str);
            println!("  {word:<8} {name:<18} {why}");
        }
    }
}
