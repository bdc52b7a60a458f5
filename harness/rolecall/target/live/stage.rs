//! A world on a live target, ready for the steps of one test.

use aws_credential_types::Credentials;
use rolecall_wire::{ServiceError, Structure};

use super::Live;
use super::admin::{Admins, Failure, is_not_implemented};
use super::capability::{Capability, Needs, Profile, Rehearsed};
use super::journal::{Kind, Thing};
use super::lockout::locks_out;
use super::made::made_by;
use super::names::{Names, base36, fingerprint};
use super::order::Order;
use super::pace::{Attempt, UNTIL_ANSWERS, UNTIL_HOLDS, UNTIL_KNOWN, is_busy, is_unknown_key};
use super::plan::{Planner, Work};
use super::removal::remove;
use super::undo::{Counterpart, given_names, leaves_something};
use crate::scenario::model::{
    Assume, Call, Change, DEFAULT_CLOCK, Expect, PolicyDocument, PolicyReference, Step, Test, Verb,
    World,
};
use crate::services;
use crate::target::answer::{Answer, Got, is_denial, is_denial_code};
use crate::target::stage::{StageError, Unasked, Who};

/// A world on a live target, until [`LiveStage::finish`].
#[derive(Debug)]
pub(in crate::target) struct LiveStage {
    live: Live,
    pub(super) admins: Admins,
    pub(super) names: Names,
    pub(super) world: World,
    /// The scenario's users and their keys.
    keys: Vec<(String, Credentials)>,
    /// Sessions of this test: the access key, and the role with its name on the target.
    pub(super) sessions: Vec<SessionOfRole>,
    made: Vec<Thing>,
    /// Why no further step can be asked.
    stuck: Option<String>,
    /// What the mock answered to the same steps.
    rehearsed: Vec<Rehearsed>,
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
        if let Some(missing) = missing(&test.world) {
            return Err(StageError::CannotHave(missing));
        }
        let admins = live.0.accounts.of(&test.world.accounts);
        let admins = admins.map_err(StageError::CannotHave)?;
        let names = names(live, test, &admins);
        if let Some(reason) = locks_out(&test.world, &names, &admins) {
            return Err(StageError::CannotHave(reason));
        }
        let mut stage = Self {
            names,
            admins: Admins {
                client: live.client(test),
                pace: live.0.pace.clone(),
                all: admins,
            },
            live: live.clone(),
            world: test.world.clone(),
            keys: Vec::new(),
            sessions: Vec::new(),
            made: Vec::new(),
            stuck: None,
            rehearsed: Vec::new(),
        };
        let work = stage.planner().build(&test.world);
        match stage.carry_out(work).await {
            Ok(()) => Ok(stage),
            Err(failure) => Err(stage.give_up(failure).await),
        }
    }

    fn planner(&self) -> Planner<'_> {
        Planner {
            names: &self.names,
            run: self.live.run(),
        }
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
                Work::Switch {
                    account,
                    user,
                    name,
                    active,
                } => self.switch_key(&account, &user, &name, active).await?,
                Work::Remove(thing) => {
                    remove(&self.admins, &self.live.0.journal, &thing).await?;
                    self.made.retain(|other| *other != thing);
                }
            }
        }
        Ok(())
    }

    async fn order(&mut self, order: &Order) -> Result<rolecall_wire::Structure, Failure> {
        if let Some(thing) = &order.makes {
            self.note(thing.clone())?;
        }
        self.admins.build(order).await
    }

    /// Writes down what is about to be made.
    fn note(&mut self, thing: Thing) -> Result<(), Failure> {
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

    /// Why a step can't be asked here.
    pub(in crate::target) fn reason_to_skip(&self, step: &Step) -> Option<String> {
        if let Some(reason) = &self.stuck {
            return Some(reason.clone());
        }
        if !step.context.is_empty() {
            return Some(
                "the step gives condition keys, which only the mock can be given".to_owned(),
            );
        }
        self.lacks(step)
    }

    /// What the mock answered to the same steps: it tells what each asks of the target.
    pub(in crate::target) fn rehearse(&mut self, rehearsed: Vec<Rehearsed>) {
        self.rehearsed = rehearsed;
    }

    /// Why the target's policy simulator can't be relied upon, if so.
    pub(super) fn lacks_simulator(&self) -> Option<String> {
        self.live.profile()?.lack(Capability::Simulator)
    }

    /// Where a bucket has a policy, a target that refuses too much may refuse what must succeed.
    fn guarded(&self, step: &Step, profile: &Profile) -> Option<String> {
        let Verb::Call(call) = &step.verb else {
            return None;
        };
        let bucket = call.input.string("Bucket")?;
        let mut buckets = self.world.buckets.iter();
        let found = buckets.find(|known| known.name.value == bucket)?;
        let policy = found.policy.as_ref();
        policy.and_then(|_| profile.unknown(Capability::ResourcePolicies))
    }

    /// What the target doesn't enforce of what a refusal needs.
    fn lacks(&self, step: &Step) -> Option<String> {
        let profile = self.live.profile()?;
        if !matches!(step.expect, Expect::Denied | Expect::Error { .. }) {
            return self.guarded(step, profile);
        }
        let rehearsed = self.rehearsed.iter().find(|one| one.number == step.number);
        match (rehearsed, &step.verb) {
            (Some(rehearsed), _) => profile.lacks(&rehearsed.needs()),
            (None, Verb::Call(call)) if !services::is_bundled(&call.service) => {
                let needs = is_denied(&step.expect).then(Needs::everything);
                profile.lacks(&needs.unwrap_or_default())
            }
            (None, _) => Some("the mock can't say which rule refuses this".to_owned()),
        }
    }

    /// Real time passes by itself: neither this step nor those after it can be asked.
    pub(in crate::target) fn advance_clock(&mut self) -> Unasked {
        self.stuck = Some("a step before it needs a clock that can be moved".to_owned());
        Unasked::Skip("the target's clock can't be moved".to_owned())
    }

    /// Changes the world over AWS's API.
    pub(in crate::target) async fn change(&mut self, change: &Change) -> Result<(), Unasked> {
        let changed = match missing(&change.world) {
            Some(missing) => Err(missing),
            None => self.planner().change(&self.world, change),
        };
        let work = match changed {
            Ok(work) => work,
            Err(reason) => {
                self.stuck = Some("a change before it could not be made".to_owned());
                return Err(Unasked::Skip(reason));
            }
        };
        match self.carry_out(work).await {
            Ok(()) => {
                self.world = change.world.clone();
                Ok(())
            }
            Err(failure) => {
                self.stuck = Some("a change before it could not be made".to_owned());
                let reason = failure.to_string();
                Err(
                    if failure.is_not_implemented() || is_missing_principal(&failure) {
                        Unasked::Skip(reason)
                    } else {
                        Unasked::Error(reason)
                    },
                )
            }
        }
    }

    /// What someone signs with; `None` for an unsigned caller.
    pub(super) fn credentials(&self, who: Who<'_>) -> Result<Option<Credentials>, Unasked> {
        match who {
            Who::Anonymous => Ok(None),
            Who::Session(credentials) => Ok(Some(credentials.clone())),
            Who::User(name) => {
                let found = self.keys.iter().find(|(user, _)| user == name);
                let (_, credentials) = found
                    .ok_or_else(|| Unasked::Error("the caller has no access key".to_owned()))?;
                Ok(Some(credentials.clone()))
            }
            Who::Root(account) => {
                let admin = self.admins.of(self.names.account(account));
                match admin.filter(|admin| admin.is_root()) {
                    Some(admin) => Ok(Some(admin.credentials.clone())),
                    None => Err(Unasked::Skip(format!(
                        "nobody has the keys of the root user of account {account} here"
                    ))),
                }
            }
            Who::Service(_) => Err(Unasked::Skip(
                "an AWS service can't be made to act here".to_owned(),
            )),
            Who::Saml(assertion) => Err(Unasked::Skip(format!(
                "nobody can sign assertions of `{}` here",
                assertion.provider
            ))),
            Who::Token(token) => Err(Unasked::Skip(format!(
                "nobody can sign tokens of `{}` here",
                token.provider
            ))),
        }
    }

    /// Calls an operation.
    pub(in crate::target) async fn call(
        &mut self,
        step: &Step,
        who: Who<'_>,
        call: &Call,
    ) -> Result<Answer, Unasked> {
        let credentials = self.credentials(who)?;
        let input = self.names.input(&call.operation, &call.input);
        let account = self.account_of(who);
        if let Some(thing) = made_by(&call.service, &call.operation, &input, &account) {
            self.note(thing)
                .map_err(|error| Unasked::Error(error.to_string()))?;
        }
        let counterpart = Counterpart::of(call);
        if self.live.is_aws() && leaves_something(call) {
            let (service, operation) = (&call.service, &call.operation);
            return Err(Unasked::Skip(format!(
                "nobody could remove what {service}:{operation} makes"
            )));
        }
        self.note_other(counterpart, call, &input, None, &account)?;
        let mut denials = 0;
        let mut outputs = Vec::new();
        let ask = async || {
            let client = &self.admins.client;
            let (service, operation) = (call.service.as_str(), call.operation.as_str());
            let region = call.region.as_deref();
            let answer = client
                .request(credentials.as_ref(), service, operation, region, &input)
                .await;
            if let (Some(_), Got::Allowed(output)) = (counterpart, &answer.got) {
                outputs.push(output.clone());
            }
            self.judge(step, answer, &mut denials)
        };
        let answer = self.back(self.admins.pace.patiently(ask).await);
        for output in &outputs {
            self.note_other(counterpart, call, &input, Some(output), &account)?;
        }
        match &answer.got {
            Got::Refused(error)
                if is_not_implemented(error) && !is_expected(&step.expect, error) =>
            {
                Err(Unasked::Skip(format!(
                    "the target has no {}:{}",
                    call.service, call.operation
                )))
            }
            _ => Ok(answer),
        }
    }

    /// Writes down what a call of another service makes, as soon as it is known how to remove it.
    fn note_other(
        &mut self,
        counterpart: Option<Counterpart>,
        call: &Call,
        input: &Structure,
        output: Option<&Structure>,
        account: &str,
    ) -> Result<(), Unasked> {
        let prefix = self.names.prefix();
        let undo = counterpart.and_then(|other| other.undo(call, prefix, input, output));
        let Some(undo) = undo else {
            return Ok(());
        };
        let thing = Thing::new(Kind::Other, account, undo.to_string());
        self.note(thing)
            .map_err(|error| Unasked::Error(error.to_string()))
    }

    /// Assumes a role.
    pub(in crate::target) async fn assume(
        &mut self,
        step: &Step,
        who: Who<'_>,
        assume: &Assume,
    ) -> Result<(Answer, Option<Credentials>), Unasked> {
        let credentials = self.credentials(who)?;
        if assume.mfa.is_some() {
            let reason = "MFA devices are not made on live targets";
            return Err(Unasked::Skip(reason.to_owned()));
        }
        let mapped = self.mapped(assume);
        let mut denials = 0;
        let mut obtained = None;
        let ask = async || {
            let client = &self.admins.client;
            let (answer, session) = client.assume(credentials.as_ref(), &mapped, None).await;
            obtained = session;
            self.judge(step, answer, &mut denials)
        };
        let answer = self.admins.pace.patiently(ask).await;
        if let Some(session) = &obtained {
            self.sessions.push(SessionOfRole {
                access_key_id: session.access_key_id().to_owned(),
                role_arn: mapped.role_arn,
                limited: mapped.session_policy.is_some() || !mapped.session_policy_arns.is_empty(),
            });
        }
        Ok((self.back(answer), obtained))
    }

    /// An assume with the target's names.
    fn mapped(&self, assume: &Assume) -> Assume {
        let text = |text: &String| self.names.text(text);
        let mut mapped = Assume {
            then: Vec::new(),
            role_arn: text(&assume.role_arn),
            session: text(&assume.session),
            external_id: assume.external_id.as_ref().map(text),
            session_policy_arns: assume.session_policy_arns.iter().map(text).collect(),
            source_identity: assume.source_identity.as_ref().map(text),
            ..assume.clone()
        };
        for (_, value) in &mut mapped.tags {
            *value = self.names.text(value);
        }
        if let Some(policy) = &mut mapped.session_policy {
            policy.document.json = self.names.policy(&policy.document.json).into();
        }
        mapped
    }

    /// Whether an answer counts, or is to be asked for again.
    fn judge(&self, step: &Step, answer: Answer, denials: &mut u32) -> Attempt<Answer> {
        let wants_success = matches!(step.expect, Expect::Allowed | Expect::Fields(_));
        let wants_denial = step.expect == Expect::Denied;
        let eventual = self.admins.pace.is_eventual();
        let error = match &answer.got {
            Got::Allowed(_) if wants_denial && eventual => {
                return Attempt::NotYet(answer, UNTIL_HOLDS);
            }
            Got::Allowed(_) | Got::Unreachable(_) => return Attempt::Done(answer),
            Got::Refused(error) => error,
        };
        if is_expected(&step.expect, error) {
            return Attempt::Done(answer);
        }
        if is_busy(error) {
            return Attempt::NotYet(no_answer(error), UNTIL_ANSWERS);
        }
        if !eventual {
            return Attempt::Done(answer);
        }
        if is_unknown_key(error) {
            return Attempt::NotYet(answer, UNTIL_KNOWN);
        }
        if wants_success {
            return Attempt::NotYet(answer, UNTIL_HOLDS);
        }
        // A denial must hold twice: the first may come from a part of AWS that doesn't know yet what allows.
        *denials += u32::from(is_denial(error));
        if wants_denial && *denials == 1 {
            return Attempt::NotYet(answer, UNTIL_HOLDS);
        }
        Attempt::Done(answer)
    }

    fn back(&self, answer: Answer) -> Answer {
        let got = match answer.got {
            Got::Allowed(output) => Got::Allowed(self.names.output(&output)),
            Got::Refused(error) => Got::Refused(self.names.error(&error)),
            Got::Unreachable(reason) => Got::Unreachable(reason),
        };
        Answer { got, ..answer }
    }

    /// The target's account that someone acts in.
    pub(super) fn account_of(&self, who: Who<'_>) -> String {
        let found = match who {
            Who::User(name) => {
                let found = self.world.users.iter().find(|user| user.name.value == name);
                found.map(|user| self.names.account(&user.account).to_owned())
            }
            Who::Root(account) => Some(self.names.account(account).to_owned()),
            Who::Session(credentials) => {
                let session = self.session(credentials.access_key_id());
                let account = session.and_then(|session| session.role_arn.split(':').nth(4));
                account.map(str::to_owned)
            }
            Who::Service(_) | Who::Token(_) | Who::Saml(_) | Who::Anonymous => None,
        };
        let first = self.admins.all.first();
        found.unwrap_or_else(|| first.map_or(String::new(), |admin| admin.account.clone()))
    }

    pub(super) fn session(&self, access_key_id: &str) -> Option<&SessionOfRole> {
        let mut sessions = self.sessions.iter();
        sessions.find(|session| session.access_key_id == access_key_id)
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
    if let Some(missing) = missing(&test.world) {
        return Err(missing);
    }
    let admins = live.0.accounts.of(&test.world.accounts)?;
    let names = names(live, test, &admins);
    if let Some(reason) = locks_out(&test.world, &names, &admins) {
        return Err(reason);
    }
    let planner = Planner {
        names: &names,
        run: live.run(),
    };
    let work = planner.build(&test.world).into_iter();
    Ok(work
        .filter_map(|work| match work {
            Work::Order(order) => order.makes,
            Work::Key { .. } | Work::Switch { .. } | Work::Remove(_) => None,
        })
        .collect())
}

fn key_order(account: &str, operation: &'static str, name: &str) -> Order {
    Order::iam(account, operation, rolecall_wire::Structure::new()).with("UserName", name)
}

/// What live targets can't have, if a world has it.
fn missing(world: &World) -> Option<String> {
    let has = [
        (world.organization.is_some(), "an organization"),
        (
            !world.oidc_providers.is_empty(),
            "identity providers whose tokens a test can sign",
        ),
        (
            !world.saml_providers.is_empty(),
            "identity providers whose assertions a test can sign",
        ),
        (
            !world.distributions.is_empty(),
            "distributions, which take minutes to make",
        ),
        (!world.resources.is_empty(), "resources of other services"),
        (
            !world.context.is_empty(),
            "condition keys that the scenario gives",
        ),
        (world.users.iter().any(|user| user.mfa), "MFA devices"),
        (
            asks_for_the_time(world),
            "policies that depend on the time, or a clock of its own",
        ),
    ];
    let (_, what) = has.into_iter().find(|(has, _)| *has)?;
    Some(format!("the world has {what}: only the mock can have that"))
}

/// Whether the world's own time matters: on a live target it is now.
fn asks_for_the_time(world: &World) -> bool {
    let keys = ["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"];
    let asks = |document: &PolicyDocument| {
        let mut asked = document.document.context_keys().into_iter();
        asked.any(|asked| keys.iter().any(|key| key.eq_ignore_ascii_case(asked)))
    };
    world.clock != DEFAULT_CLOCK || documents(world).into_iter().any(asks)
}

/// All policies of a world, but those of an organization.
fn documents(world: &World) -> Vec<&PolicyDocument> {
    let mut references: Vec<&PolicyReference> = Vec::new();
    for user in &world.users {
        references.extend(user.policies.iter().chain(&user.boundary));
    }
    for group in &world.groups {
        references.extend(&group.policies);
    }
    for role in &world.roles {
        references.push(&role.trust);
        references.extend(role.policies.iter().chain(&role.boundary));
    }
    references.extend(world.buckets.iter().flat_map(|bucket| &bucket.policy));
    references
        .into_iter()
        .map(|reference| &reference.document)
        .collect()
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
    Names::new(
        format!("rc-{}-{number}-", live.run()),
        accounts.zip(numbers).collect(),
        known
            .map(|name| name.value.clone())
            .chain(given_names(&test.steps))
            .collect(),
    )
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

/// Whether a step expects to be told that it may not.
fn is_denied(expect: &Expect) -> bool {
    match expect {
        Expect::Denied => true,
        Expect::Error { code, .. } => is_denial_code(code),
        Expect::Allowed | Expect::Fields(_) => false,
    }
}

fn is_expected(expect: &Expect, error: &ServiceError) -> bool {
    matches!(expect, Expect::Error { code, .. } if *code == error.code)
}

/// A target that is too busy has not answered the question.
fn no_answer(error: &ServiceError) -> Answer {
    Answer::unreachable(format!(
        "the target keeps answering {} ({}), which answers no question",
        error.code, error.status
    ))
}
