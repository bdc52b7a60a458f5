//! The condition keys that a scenario gives, on a live target.
//!
//! A rolecall server is told to give them to the requests that are signed with the caller's access key, for as long as the
//! step takes: no other test has that key. Elsewhere nobody can be given any, but the policy simulator can be told them
//! (`simulated`).

use super::stage::LiveStage;
use crate::scenario::model::{ContextEntry, Step};
use crate::target::stage::{Unasked, Who};

/// The condition keys that requests of a step are to carry; none if it has none of its own.
#[derive(Debug)]
#[must_use]
pub(super) struct Carried {
    access_key_id: String,
    keys: Vec<ContextEntry>,
}

impl LiveStage {
    /// The keys that a step's requests have by the scenario: the world's, then the step's own in their place. They have the
    /// target's names.
    pub(super) fn keys_of(&self, step: &Step) -> Vec<ContextEntry> {
        let mut keys: Vec<ContextEntry> = Vec::new();
        for entry in self.world.context.iter().chain(&step.context) {
            keys.retain(|other| !other.key.eq_ignore_ascii_case(&entry.key));
            let values = entry.values.iter().map(|value| self.names.text(value));
            keys.push(ContextEntry {
                values: values.collect(),
                ..entry.clone()
            });
        }
        keys
    }

    /// What the requests of a step are to carry, if anything; or why they can't.
    pub(super) fn carried(&self, step: &Step, who: Who<'_>) -> Result<Option<Carried>, Unasked> {
        let keys = self.keys_of(step);
        if keys.is_empty() {
            return Ok(None);
        }
        let reason = match who {
            _ if self.control().is_none() => "which only the mock can be given",
            Who::Root(_) => "which the root user's requests in other tests would carry too",
            Who::Anonymous | Who::Token(_) | Who::Saml(_) => {
                "which all unsigned requests to the server would carry, also those of others"
            }
            Who::User(_) | Who::Session(_) | Who::Service(_) => {
                let credentials = self.credentials(who)?;
                return Ok(credentials.map(|credentials| Carried {
                    access_key_id: credentials.access_key_id().to_owned(),
                    keys,
                }));
            }
        };
        let reason = format!("the step gives condition keys, {reason}");
        Err(Unasked::Skip(reason))
    }

    /// From now on requests carry the keys, until they are taken back.
    pub(super) async fn give(&self, carried: Option<&Carried>) -> Result<(), Unasked> {
        let Some((carried, control)) = carried.zip(self.control()) else {
            return Ok(());
        };
        let given = control
            .put_context(&carried.access_key_id, &carried.keys)
            .await;
        given.map_err(|reason| Unasked::Error(format!("condition keys can't be given: {reason}")))
    }

    /// Takes the keys back. Where that fails, no further step can be asked.
    pub(super) async fn take_back(&mut self, carried: Option<Carried>) -> Result<(), Unasked> {
        let Some((carried, control)) = carried.zip(self.control()) else {
            return Ok(());
        };
        let taken = control.put_context(&carried.access_key_id, &[]).await;
        taken.map_err(|reason| {
            let stuck = "the condition keys of a step before it could not be taken back";
            self.stuck = Some(stuck.to_owned());
            Unasked::Error(format!("condition keys can't be taken back: {reason}"))
        })
    }
}
