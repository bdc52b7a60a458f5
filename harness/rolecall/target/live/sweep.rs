//! Finishing what killed runs have left.

use super::admin::Admins;
use super::connect::{self, ConnectError, Place, Settings};
use super::journal::{Leftover, Thing};
use super::removal::remove;

/// What became of a killed run's things.
#[derive(Debug, Default)]
pub struct Swept {
    /// What is gone now.
    pub removed: Vec<Thing>,
    /// What is still there, with the reason.
    pub left: Vec<(Thing, String)>,
}

/// Removes what a killed run has left, and its journal once nothing is left.
///
/// # Errors
///
/// When the target can't be used.
pub async fn sweep(leftover: &Leftover, settings: &Settings) -> Result<Swept, ConnectError> {
    let mut swept = Swept::default();
    if !leftover.things.is_empty() {
        swept = remove_all(leftover, settings).await?;
    }
    if swept.left.is_empty() {
        leftover
            .journal()
            .end()
            .map_err(|error| ConnectError::Journal {
                folder: settings.journals.display().to_string(),
                reason: error.to_string(),
            })?;
    }
    Ok(swept)
}

async fn remove_all(leftover: &Leftover, settings: &Settings) -> Result<Swept, ConnectError> {
    let target = &leftover.header.target;
    let place = Place::parse(target).map_err(|reason| ConnectError::Target {
        target: target.clone(),
        reason,
    })?;
    let endpoint = place.endpoint(settings);
    let accounts = connect::accounts(&place, &endpoint, settings, None).await?;
    let mut admins = Admins {
        client: connect::client(&endpoint, &settings.time, settings.limit(), None),
        pace: settings.pace(&place),
        all: Vec::new(),
    };
    let mut swept = Swept::default();
    let mut things = leftover.things.clone();
    things.sort();
    for thing in things {
        if admins.of(&thing.account).is_none() {
            admins.all.extend(
                accounts
                    .for_account(&thing.account)
                    .filter(|admin| accounts.allows(&admin.account)),
            );
        }
        match remove(&admins, leftover.journal(), &thing).await {
            Ok(()) => swept.removed.push(thing),
            Err(failure) => swept.left.push((thing, failure.to_string())),
        }
    }
    Ok(swept)
}
