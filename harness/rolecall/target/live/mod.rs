//! Targets that are no mock of ours in this process: LocalStack, any URL that speaks AWS, AWS itself.
//!
//! A [`Live`] target builds a test's world over AWS's own APIs with an administrator's credentials, gives the steps to the
//! users it made, and takes everything down again. What it makes carries a prefix of the run and the test
//! (`names`), stands in a journal on disk before it is made (`journal`) and is removed in the right order
//! (`removal`).
//!
//! A target that isn't AWS may not enforce what AWS enforces. It is probed once ([`Live::probe`]), and what a step needs
//! of it ([`Rehearsed`]) is known from what the mock answers to the same step: a step that asks for more than the target
//! has is skipped, with that reason.

mod admin;
mod capability;
mod comparison;
mod conditions;
mod connect;
mod control;
mod credentials;
mod devices;
mod distributions;
mod exchange;
mod explanation;
mod identity;
mod issuers;
mod journal;
mod limits;
mod lockout;
mod locks;
mod made;
mod names;
mod order;
mod organization;
mod pace;
mod plan;
mod probe;
mod probe_simulator;
mod providers;
mod question;
mod removal;
mod resources;
mod simulated;
mod stage;
mod steps;
mod sweep;
mod tape;
mod time;
mod toolbox;
mod undo;

use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;

pub use capability::{Capability, Finding, Profile, Rehearsal, Rehearsed};
pub use connect::{Aws, ConnectError, Place, Settings};
pub use credentials::CredentialsError;
pub use journal::{Header, Journal, Journals, Kind, Leftover, Thing};
pub use pace::Pace;
pub(super) use stage::LiveStage;
pub use sweep::{Swept, sweep};
pub use tape::Tape;

use super::client::{Client, Endpoint, Limit};
use super::stage::StageError;
use crate::scenario::model::{Account, Test};
use admin::{Admin, Admins};
use control::Control;
use issuers::Turns;
use locks::Locks;
use providers::Keys;
use tape::Cassette;

/// No request may take longer.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

/// How many pages of a listing are asked for; a run makes no more.
const MOST_PAGES: usize = 1000;

/// A target that is no mock, for one run. Clones are the same target.
#[derive(Clone, Debug)]
pub struct Live(Arc<Connected>);

#[derive(Debug)]
struct Connected {
    place: Place,
    endpoint: Endpoint,
    limit: Option<Limit>,
    /// Whether `rolecall serve` answers there.
    is_rolecall: bool,
    run: String,
    journal: Journal,
    pace: Pace,
    time: SharedTimeSource,
    keys: Keys,
    turns: Turns,
    accounts: Accounts,
    may_make: MayMake,
    locks: Arc<Locks>,
    cassette: Option<Cassette>,
    profile: OnceLock<Profile>,
}

/// What takes long on real AWS, or touches what is there, and so is made there only where that is asked for.
#[derive(Clone, Copy, Debug)]
struct MayMake {
    distributions: bool,
    organizations: bool,
}

/// The administrators that a run has.
#[derive(Clone, Debug)]
struct Accounts {
    /// Of the scenario's first account.
    first: Admin,
    /// Of accounts by the scenario's name for them.
    named: Vec<(String, Admin)>,
    /// Whether every number with the secret `test` is its account's root user (LocalStack's convention).
    any: bool,
    /// On real AWS, the accounts that may be touched.
    allowed: Option<Vec<String>>,
}

impl Live {
    /// As `--target` and `skip-on` name it.
    pub fn name(&self) -> &str {
        self.0.place.name()
    }

    /// The run's id.
    pub fn run(&self) -> &str {
        &self.0.run
    }

    /// Finds out what the target enforces; from then on, steps that need more are skipped.
    ///
    /// # Errors
    ///
    /// When the small world that the probes need can't be built or taken down.
    pub async fn probe(&self) -> Result<&Profile, StageError> {
        if let Some(profile) = self.0.profile.get() {
            return Ok(profile);
        }
        let mut profile = if self.is_aws() {
            Profile::of_aws()
        } else {
            probe::probe(self).await?
        };
        probe::put_without_world(self, &mut profile).await;
        Ok(self.0.profile.get_or_init(|| profile))
    }

    /// What the target enforces, once it is known.
    fn profile(&self) -> Option<&Profile> {
        self.0.profile.get()
    }

    /// A client with connections of its own, as they belong to the runtime that opens them; for a test, or for what goes
    /// before.
    fn client(&self, test: Option<&Test>) -> Client {
        let taped = self.0.cassette.as_ref();
        let taped = taped.map(|cassette| (cassette, test.map(|test| test.name.as_str())));
        let limit = self.0.limit.clone();
        connect::client(&self.0.endpoint, &self.0.time, limit, taped)
    }

    /// The administrator of the scenario's first account, for what is asked before the tests.
    fn first_admin(&self) -> Admins {
        Admins {
            client: self.client(None),
            pace: self.0.pace.clone(),
            all: vec![self.0.accounts.first.clone()],
        }
    }

    /// A stage of its own for one test, its world built.
    pub(super) async fn stage(&self, test: &Test) -> Result<LiveStage, StageError> {
        LiveStage::build(self, test).await
    }

    /// What a test would make, in the order in which it would be made; or why the target can't have its world.
    ///
    /// # Errors
    ///
    /// The reason for which the test will be skipped.
    pub fn plan(&self, test: &Test) -> Result<Vec<Thing>, String> {
        stage::plan(self, test)
    }

    /// The numbers of the accounts that have an administrator.
    pub fn accounts(&self) -> Vec<&str> {
        let named = self.0.accounts.named.iter().map(|(_, admin)| admin);
        let admins = [&self.0.accounts.first].into_iter().chain(named);
        admins.map(|admin| admin.account.as_str()).collect()
    }

    /// Whether AWS's own services answer, and not something that stands for them.
    fn is_real(&self) -> bool {
        self.0.endpoint == Endpoint::Aws
    }

    /// Whether this is real AWS.
    pub fn is_aws(&self) -> bool {
        self.0.place == Place::Aws
    }

    /// What a rolecall server can do beside AWS's services; `None` for any other target. The client is the test's.
    fn control<'a>(&self, client: &'a Client) -> Option<Control<'a>> {
        self.0.is_rolecall.then(|| Control::of(client))
    }

    /// Whether a record answers in the target's place: nothing is built.
    pub fn is_replayed(&self) -> bool {
        let cassette = self.0.cassette.as_ref();
        cassette.is_some_and(Cassette::is_replayed)
    }

    /// Ends the run: what could not be removed is told, and stays in the journal for `rolecall sweep`.
    ///
    /// # Errors
    ///
    /// When the journal can't be read or removed.
    pub fn finish(&self) -> io::Result<Vec<Thing>> {
        self.0.journal.end()
    }
}

impl Accounts {
    /// An administrator for each account of a scenario, in order.
    ///
    /// # Errors
    ///
    /// Why there isn't one for each.
    fn of(&self, accounts: &[Account]) -> Result<Vec<Admin>, String> {
        let mut found: Vec<Admin> = Vec::new();
        for (index, account) in accounts.iter().enumerate() {
            let named = self.named.iter().find(|(name, _)| *name == account.name);
            let admin = match named {
                Some((_, admin)) => admin.clone(),
                None if index == 0 => self.first.clone(),
                None if self.any => connect::root_by_convention(&account.id),
                None => return Err(no_account(account)),
            };
            if !self.allows(&admin.account) {
                return Err(format!("account {} isn't on the allow list", admin.account));
            }
            if found.iter().any(|other| other.account == admin.account) {
                return Err(format!(
                    "two of the scenario's accounts would be {} on the target",
                    admin.account
                ));
            }
            found.push(admin);
        }
        Ok(found)
    }

    /// Everyone who may remove something from an account of the target.
    fn for_account(&self, number: &str) -> Option<Admin> {
        let mut known = self.named.iter().map(|(_, admin)| admin);
        if let Some(admin) = known.find(|admin| admin.account == number) {
            return Some(admin.clone());
        }
        if self.first.account == number {
            return Some(self.first.clone());
        }
        self.any.then(|| connect::root_by_convention(number))
    }

    /// Whether an account may be touched.
    fn allows(&self, number: &str) -> bool {
        let allowed = self.allowed.as_ref();
        allowed.is_none_or(|allowed| allowed.iter().any(|allowed| allowed == number))
    }
}

fn no_account(account: &Account) -> String {
    format!(
        "the target has no account for `{}`: name a profile for it under `accounts` in rolecall.toml",
        account.name
    )
}
