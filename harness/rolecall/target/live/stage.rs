//! A world on a live target, ready for the steps of one test.

use aws_credential_types::Credentials;

use super::Live;
use super::admin::{Admins, Failure};
use super::capability::{Rehearsal, Rehearsed};
use super::control::Control;
use super::devices::Device;
use super::issuers::Turn;
use super::journal::{Kind, Thing};
use super::lockout::locks_out;
use super::locks::Lock;
use super::names::{Names, base36, fingerprint};
use super::order::Order;
use super::organization::{Chart, roots};
use super::plan::{Planner, Work};
use super::removal::remove;
use super::time::timed;
use super::toolbox::Told;
use super::undo::given_names;
use crate::scenario::model::{Change, Entity, Step, Test, Verb, World};
use crate::target::stage::{StageError, Unasked};

/// A world on a live target, until [`LiveStage::finish`].
#[derive(Debug)]
pub(in crate::target) struct LiveStage {
    pub(super) live: Live,
    pub(super) admins: Admins,
    pub(super) names: Names,
    pub(super) world: World,
    /// The scenario's users and their keys.
    pub(super) keys: Vec<(String, Credentials)>,
    /// The MFA devices of the scenario's users.
    pub(super) devices: Vec<Device>,
    /// Sessions of this test: the access key, and the role with its name on the target.
    pub(super) sessions: Vec<SessionOfRole>,
    pub(super) made: Vec<Thing>,
    /// The organization, once it is there.
    pub(super) chart: Option<Chart>,
    /// The accounts of the target whose root users act in steps.
    pub(super) roots: Vec<String>,
    /// What keeps other tests from the accounts that an organization binds.
    _lock: Lock,
    /// Why no further step can be asked.
    pub(super) stuck: Option<String>,
    /// What the mock answered to the same steps.
    pub(super) rehearsed: Vec<Rehearsed>,
    /// The levels of the organization that the steps speak of, with the ARNs that the mock gives them.
    levels: Vec<(String, String)>,
    /// What the target said of its denials.
    pub(super) told: Vec<Told>,
    /// With the issuers of its tokens.
    _turns: Vec<Turn>,
}

/// A session that a step has obtained.
#[derive(Debug)]
pub(super) struct SessionOfRole {
    pub(super) access_key_id: String,
    /// The role on the target.
    pub(super) role_arn: String,
    /// Whether a session policy limits it.
    pub(super) limited: bool,
}

impl LiveStage {
    /// Builds a test's world; what was built so far is removed again if it can't be built whole.
    pub(super) async fn build(live: &Live, test: &Test) -> Result<Self, StageError> {
        let refused = live.refuses(&test.world).or_else(|| timed(&test.steps));
        if let Some(refused) = refused {
            return Err(StageError::CannotHave(refused));
        }
        let admins = live.0.accounts.of(&test.world.accounts);
        let admins = admins.map_err(StageError::CannotHave)?;
        let names = names(live, test, &admins);
        if let Some(reason) = locks_out(&test.world, &names, &admins) {
            return Err(StageError::CannotHave(reason));
        }
        let numbers = admins.iter().map(|admin| admin.account.clone());
        let worlds = worlds(test).into_iter();
        let organizes = { worlds }.any(|world| world.organization.is_some());
        let lock = live.0.locks.take(numbers.collect(), organizes).await;
        let roots = roots(&test.steps).into_iter();
        let mut stage = Self {
            roots: roots
                .map(|account| names.account(&account).to_owned())
                .collect(),
            chart: None,
            _lock: lock,
            names,
            admins: Admins {
                client: live.client(Some(test)),
                pace: live.0.pace.clone(),
                all: admins,
            },
            live: live.clone(),
            world: test.world.clone(),
            keys: Vec::new(),
            devices: Vec::new(),
            sessions: Vec::new(),
            made: Vec::new(),
            stuck: None,
            rehearsed: Vec::new(),
            levels: Vec::new(),
            told: Vec::new(),
            _turns: live.turns(test).await,
        };
        match Box::pin(stage.make(&test.world)).await {
            Ok(()) => Ok(stage),
            Err(failure) => Err(stage.give_up(failure).await),
        }
    }

    /// What the target can do beside AWS's services, if it is a rolecall server.
    pub(super) fn control(&self) -> Option<Control<'_>> {
        self.live.control(&self.admins.client)
    }

    fn planner(&self) -> Planner<'_> {
        planner(&self.live, &self.names)
    }

    /// Makes a world. What has an id that only the target knows comes first: policies may name it. What binds the
    /// administrators too comes last.
    async fn make(&mut self, world: &World) -> Result<(), Failure> {
        Box::pin(self.organize(world)).await?;
        let distributions = self.planner().distributions(world);
        self.carry_out(distributions).await?;
        let rest = self.planner().build(world);
        self.carry_out(rest).await?;
        Box::pin(self.bind()).await
    }

    /// What remains when a world can't be built.
    async fn give_up(&mut self, failure: Failure) -> StageError {
        let reason = self.names.back(&failure.to_string());
        if let Err(left) = self.finish().await {
            return StageError::Target(format!("{reason}; {left}"));
        }
        if failure.is_not_implemented() || is_missing_principal(&failure) {
            StageError::CannotHave(reason)
        } else {
            StageError::Target(reason)
        }
    }

    async fn carry_out(&mut self, work: Vec<Work>) -> Result<(), Failure> {
        for work in work {
            match work {
                Work::Order(order) => {
                    self.order(&order).await?;
                }
                Work::Key {
                    account,
                    user,
                    name,
                } => self.give_key(&account, user, &name).await?,
                Work::Device {
                    account,
                    user,
                    name,
                } => Box::pin(self.give_device(&account, user, &name)).await?,
                Work::Switch {
                    account,
                    user,
                    name,
                    active,
                } => self.switch_key(&account, &user, &name, active).await?,
                Work::SamlProvider { order, issuer } => {
                    self.make_saml_provider(order, &issuer).await?;
                }
                Work::OidcProvider { order, provider } => {
                    self.make_oidc_provider(&order, &provider).await?;
                }
                Work::Publish(provider) => self.publish(&provider).await?,
                Work::Remove(thing) => {
                    remove(&self.admins, &self.live.0.journal, &thing).await?;
                    self.made.retain(|other| *other != thing);
                }
                Work::Distribution { order, id } => self.distribute(&order, &id).await?,
                Work::Configure(thing, members) => {
                    Box::pin(self.configure(&thing, &members)).await?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn order(
        &mut self,
        order: &Order,
    ) -> Result<rolecall_wire::Structure, Failure> {
        if let Some(thing) = &order.makes {
            self.note(thing.clone())?;
        }
        self.admins.build(order).await
    }

    /// Writes down what is about to be made.
    pub(super) fn note(&mut self, thing: Thing) -> Result<(), Failure> {
        self.live
            .0
            .journal
            .makes(&thing)
            .map_err(Failure::journal)?;
        if !self.made.contains(&thing) {
            self.made.push(thing);
        }
        Ok(())
    }

    async fn give_key(&mut self, account: &str, user: String, name: &str) -> Result<(), Failure> {
        let order = key_order(account, "CreateAccessKey", name);
        let output = self.admins.build(&order).await?;
        let unreadable = || Failure::Unreachable {
            order: order.to_string(),
            reason: "the answer has no access key".to_owned(),
        };
        let key = output.structure("AccessKey").ok_or_else(unreadable)?;
        let member = |name| key.string(name).ok_or_else(unreadable);
        let credentials = Credentials::new(
            member("AccessKeyId")?,
            member("SecretAccessKey")?,
            None,
            None,
            "rolecall",
        );
        self.keys.retain(|(other, _)| *other != user);
        self.keys.push((user, credentials));
        Ok(())
    }

    async fn switch_key(
        &mut self,
        account: &str,
        user: &str,
        name: &str,
        active: bool,
    ) -> Result<(), Failure> {
        let Some((_, key)) = self.keys.iter().find(|(other, _)| other == user) else {
            return Ok(());
        };
        let order = key_order(account, "UpdateAccessKey", name)
            .with("AccessKeyId", key.access_key_id())
            .with("Status", if active { "Active" } else { "Inactive" });
        self.admins.build(&order).await.map(drop)
    }

    /// As `skip-on` names it.
    pub(in crate::target) fn target(&self) -> &str {
        self.live.name()
    }

    /// What the mock answered to the same steps: it tells what each asks of the target.
    pub(in crate::target) fn rehearse(&mut self, rehearsal: Rehearsal) {
        self.rehearsed = rehearsal.steps;
        self.levels = rehearsal.levels;
    }

    /// The ARN that the mock gives a level of the organization.
    pub(in crate::target) fn control_target(&self, name: &str) -> Option<String> {
        let found = self.levels.iter().find(|(level, _)| level == name);
        found.map(|(_, arn)| arn.clone())
    }

    /// Real time passes by itself: neither this step nor those after it can be asked.
    pub(in crate::target) fn advance_clock(&mut self) -> Unasked {
        self.stuck = Some("a step before it needs a clock that can be moved".to_owned());
        Unasked::Skip("the target's clock can't be moved".to_owned())
    }

    /// Changes the world over AWS's API.
    pub(in crate::target) async fn change(&mut self, change: &Change) -> Result<(), Unasked> {
        let changed = match self.live.refuses(&change.world) {
            Some(refused) => Err(refused),
            None => self.planner().change(&self.world, change).map(drop),
        };
        if let Err(reason) = changed {
            self.stuck = Some("a change before it could not be made".to_owned());
            return Err(Unasked::Skip(reason));
        }
        match Box::pin(self.alter(change)).await {
            Ok(()) => {
                self.world = change.world.clone();
                Ok(())
            }
            Err(failure) => {
                self.stuck = Some("a change before it could not be made".to_owned());
                let can_not = failure.is_not_implemented() || is_missing_principal(&failure);
                Err(if failure.is_by_control() {
                    let reason = "the scenario's control policies bind the administrator, who would make the change";
                    Unasked::Skip(reason.to_owned())
                } else if can_not {
                    Unasked::Skip(failure.to_string())
                } else {
                    Unasked::Error(failure.to_string())
                })
            }
        }
    }

    /// Makes a change that can be made, again with what has an id of the target's first. Another organization is built
    /// anew, around what it binds.
    async fn alter(&mut self, change: &Change) -> Result<(), Failure> {
        let mut touched = change.touched.iter();
        let organizes = touched.any(|touched| touched.entity == Entity::Organization);
        let before = self.names.clone();
        if organizes {
            Box::pin(self.unbind(change.world.organization.is_some())).await?;
            Box::pin(self.organize(&change.world)).await?;
        }
        let distributions = self.planner().new_distributions(change);
        self.carry_out(distributions).await?;
        let renamed = self.planner().renamed(&before, &self.world);
        self.carry_out(renamed).await?;
        let rest = self.planner().change(&self.world, change);
        self.carry_out(rest.unwrap_or_default()).await?;
        if organizes {
            Box::pin(self.bind()).await?;
        }
        Ok(())
    }

    /// Removes all that the test has made.
    ///
    /// # Errors
    ///
    /// What is left, and why.
    pub(in crate::target) async fn finish(&mut self) -> Result<(), String> {
        let mut made = std::mem::take(&mut self.made);
        made.sort();
        let mut left = Vec::new();
        for thing in made {
            if let Err(failure) = remove(&self.admins, &self.live.0.journal, &thing).await {
                left.push(format!("{thing}: {failure}"));
            }
        }
        // What is replayed was never made.
        if left.is_empty() || self.live.is_replayed() {
            Ok(())
        } else {
            Err(format!(
                "clean-up is not complete, `rolecall sweep` finishes it: {}",
                left.join("; ")
            ))
        }
    }
}

/// What a test would make.
pub(super) fn plan(live: &Live, test: &Test) -> Result<Vec<Thing>, String> {
    let refused = live.refuses(&test.world).or_else(|| timed(&test.steps));
    if let Some(refused) = refused {
        return Err(refused);
    }
    let admins = live.0.accounts.of(&test.world.accounts)?;
    let names = names(live, test, &admins);
    if let Some(reason) = locks_out(&test.world, &names, &admins) {
        return Err(reason);
    }
    let planner = planner(live, &names);
    let mut work = planner.distributions(&test.world);
    work.extend(planner.build(&test.world));
    let made = work.into_iter().filter_map(|work| match work {
        Work::Order(order)
        | Work::Distribution { order, .. }
        | Work::OidcProvider { order, .. }
        | Work::SamlProvider { order, .. } => order.makes,
        Work::Device { account, name, .. } => Some(Thing::new(Kind::MfaDevice, &account, name)),
        Work::Key { .. }
        | Work::Switch { .. }
        | Work::Publish(_)
        | Work::Remove(_)
        | Work::Configure(..) => None,
    });
    let organization = planner.organization(&test.world).into_iter();
    Ok(organization.chain(made).collect())
}

fn planner<'a>(live: &'a Live, names: &'a Names) -> Planner<'a> {
    Planner {
        names,
        run: live.run(),
        aliases: !live.is_real(),
    }
}

fn key_order(account: &str, operation: &'static str, name: &str) -> Order {
    Order::iam(account, operation, rolecall_wire::Structure::new()).with("UserName", name)
}

/// A new test's names: the prefix is the run's id and a number that follows from the test's name.
fn names(live: &Live, test: &Test, admins: &[super::admin::Admin]) -> Names {
    let world = &test.world;
    let number = base36(fingerprint(test.name.as_bytes()), 4);
    let accounts = world.accounts.iter().map(|account| account.id.clone());
    let numbers = admins.iter().map(|admin| admin.account.clone());
    let known = (world.users.iter().map(|user| &user.name))
        .chain(world.groups.iter().map(|group| &group.name))
        .chain(world.roles.iter().map(|role| &role.name))
        .chain(world.policies.iter().map(|policy| &policy.name))
        .chain(world.buckets.iter().map(|bucket| &bucket.name));
    let aliases = world.distributions.iter().flat_map(|one| &one.aliases);
    let mut names = Names::new(
        format!("rc-{}-{number}-", live.run()),
        accounts.zip(numbers).collect(),
        known
            .map(|name| name.value.clone())
            .chain(aliases.cloned())
            .chain(given_names(&test.steps))
            .collect(),
    );
    for provider in worlds(test)
        .into_iter()
        .flat_map(|world| &world.saml_providers)
    {
        names.learn_saml_provider(provider);
    }
    names
}

/// The world of a test, and what its steps change it to.
pub(super) fn worlds(test: &Test) -> Vec<&World> {
    let mut worlds = vec![&test.world];
    add_changed(&test.steps, &mut worlds);
    worlds
}

fn add_changed<'t>(steps: &'t [Step], worlds: &mut Vec<&'t World>) {
    for step in steps {
        match &step.verb {
            Verb::Change(change) => worlds.push(&change.world),
            Verb::Assume(assume) => add_changed(&assume.then, worlds),
            _ => {}
        }
    }
}

/// AWS saves no policy that names a principal which doesn't exist.
fn is_missing_principal(failure: &Failure) -> bool {
    match failure {
        Failure::Refused { error, .. } => {
            let message = error.message.as_deref().unwrap_or_default();
            matches!(
                error.code.as_str(),
                "MalformedPolicyDocument" | "MalformedPolicy"
            ) && message.contains("Invalid principal")
        }
        _ => false,
    }
}
