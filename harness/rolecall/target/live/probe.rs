//! Finding out what a target enforces: a small world, and for each capability a request that must be refused and its
//! twin that must succeed.

use std::io;
use std::path::{Path, PathBuf};

use aws_credential_types::Credentials;
use rolecall_wire::Structure;

use super::Live;
use super::capability::{Capability, Finding, Profile};
use super::probe_simulator::put_simulations;
use super::stage::LiveStage;
use super::toolbox::put_explanation;
use crate::scenario::model::{Actor, Question, Step, Test, Verb};
use crate::scenario::{self, FileKind, Files, Loaded};
use crate::target::answer::{Answer, Got, is_denial};
use crate::target::client::Client;
use crate::target::stage::{StageError, Unasked, Who};

/// The probes that scenarios can put.
const PROBES: [(&str, &str); 6] = [
    ("probes.yaml", include_str!("probes.yaml")),
    ("probe-boundary.yaml", include_str!("probe-boundary.yaml")),
    ("probe-saml.yaml", include_str!("probe-saml.yaml")),
    ("probe-oidc.yaml", include_str!("probe-oidc.yaml")),
    ("probe-mfa.yaml", include_str!("probe-mfa.yaml")),
    (
        "probe-organization.yaml",
        include_str!("probe-organization.yaml"),
    ),
];

/// A key that was never issued, in AWS's form.
const UNKNOWN_KEY: &str = "AKIAROLECALLUNKNOWN0";

/// A secret that belongs to no key.
const WRONG_SECRET: &str = "this-is-not-the-secret-of-any-access-key";

/// What the capabilities are that a step of the probes' scenario asks for, by its name.
const BY_STEP: [Capability; 17] = [
    Capability::InactiveKeys,
    Capability::IdentityPolicies,
    Capability::ExplicitDenies,
    Capability::Resources,
    Capability::Conditions,
    Capability::Boundaries,
    Capability::ResourcePolicies,
    Capability::ServiceControl,
    Capability::ResourceControl,
    Capability::TrustPolicies,
    Capability::TrustConditions,
    Capability::ExternalIds,
    Capability::Assertions,
    Capability::Tokens,
    Capability::MfaCodes,
    Capability::Validation,
    Capability::SessionPolicies,
];

/// Probes a target.
///
/// # Errors
///
/// When the probes' world can't be built or taken down.
pub(super) async fn probe(live: &Live) -> Result<Profile, StageError> {
    let mut profile = Profile::default();
    let reason = "a session lives for 15 minutes at least".to_owned();
    profile.set(Capability::Expiry, Finding::Unknown(reason));
    for test in &loaded().tests {
        match LiveStage::build(live, test).await {
            Ok(mut stage) => {
                put_all(&mut stage, test, &mut profile).await;
                stage.finish().await.map_err(StageError::Target)?;
            }
            Err(StageError::CannotHave(reason)) => {
                for capability in asked(test) {
                    profile.set(capability, Finding::Unknown(reason.clone()));
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(profile)
}

/// The probes that need no world: also on AWS, where they tell what the administrator may ask.
pub(super) async fn put_without_world(live: &Live, profile: &mut Profile) {
    let admins = live.first_admin();
    let account = live.0.accounts.first.account.as_str();
    let finding = put_explanation(&admins, account).await;
    profile.set(Capability::Explanations, finding);
    for (capability, finding) in put_simulations(&admins, account).await {
        profile.set(capability, finding);
    }
}

fn loaded() -> Loaded {
    let paths = PROBES.map(|(name, _)| PathBuf::from(name));
    scenario::load(&paths, &Bundled)
}

/// The capabilities that a probes' scenario asks for.
fn asked(test: &Test) -> Vec<Capability> {
    let has = |capability: &Capability| find_step(test, capability.name()).is_some();
    BY_STEP.into_iter().filter(has).collect()
}

async fn put_all(stage: &mut LiveStage, test: &Test, profile: &mut Profile) {
    for capability in asked(test) {
        let finding = put_pair(stage, test, capability).await;
        profile.set(capability, finding);
    }
    for (capability, finding) in put_authentication(stage, test).await {
        profile.set(capability, finding);
    }
    if let Some(finding) = put_simulation(stage, test).await {
        profile.set(Capability::Simulator, finding);
    }
}

/// Where several steps must be refused, all of them must be.
async fn put_pair(stage: &mut LiveStage, test: &Test, capability: Capability) -> Finding {
    let by_decision = !matches!(
        capability,
        Capability::InactiveKeys
            | Capability::Validation
            | Capability::Assertions
            | Capability::Tokens
    );
    let twin = take(stage, test, &format!("{} twin", capability.name())).await;
    for (step, outer) in find_steps(test, capability.name()) {
        let refused = take_inside(stage, step, outer).await;
        let finding = find(refused, twin.clone(), by_decision);
        if finding != Finding::Enforced {
            return finding;
        }
    }
    Finding::Enforced
}

/// Compares what must be refused with its twin.
fn find(refused: Result<Got, String>, twin: Result<Got, String>, by_decision: bool) -> Finding {
    match (refused, twin) {
        (Err(reason), _) | (_, Err(reason)) => Finding::Unknown(reason),
        (_, Ok(Got::Refused(error))) => {
            Finding::Unknown(format!("what must succeed is refused with {}", error.code))
        }
        (_, Ok(Got::Unreachable(reason))) | (Ok(Got::Unreachable(reason)), _) => {
            Finding::Unknown(reason)
        }
        (Ok(Got::Allowed(_)), _) => Finding::NotEnforced,
        (Ok(Got::Refused(error)), _) if by_decision && !is_denial(&error) => Finding::Unknown(
            format!("what must be denied is refused with {}", error.code),
        ),
        (Ok(Got::Refused(_)), _) => Finding::Enforced,
    }
}

/// The steps of a name, each with the step whose `then` it is in.
fn find_steps<'t>(test: &'t Test, name: &str) -> Vec<(&'t Step, Option<&'t Step>)> {
    let named = |step: &Step| step.name.as_deref() == Some(name);
    let mut found = Vec::new();
    for outer in &test.steps {
        found.extend(named(outer).then_some((outer, None)));
        if let Verb::Assume(assume) = &outer.verb {
            let inside = assume.then.iter().filter(|step| named(step));
            found.extend(inside.map(|step| (step, Some(outer))));
        }
    }
    found
}

/// The first of them.
fn find_step<'t>(test: &'t Test, name: &str) -> Option<(&'t Step, Option<&'t Step>)> {
    find_steps(test, name).into_iter().next()
}

/// Takes a step by its name.
async fn take(stage: &mut LiveStage, test: &Test, name: &str) -> Result<Got, String> {
    let (step, outer) = find_step(test, name).ok_or("there is no such probe")?;
    take_inside(stage, step, outer).await
}

/// Takes a step inside the session of the step around it.
async fn take_inside(
    stage: &mut LiveStage,
    step: &Step,
    outer: Option<&Step>,
) -> Result<Got, String> {
    let Some(outer) = outer else {
        return take_step(stage, step, None).await.map(|(got, _)| got);
    };
    let (got, session) = take_step(stage, outer, None).await?;
    let Some(session) = session else {
        return Ok(got);
    };
    let (got, _) = take_step(stage, step, Some(&session)).await?;
    Ok(got)
}

async fn take_step(
    stage: &mut LiveStage,
    step: &Step,
    session: Option<&Credentials>,
) -> Result<(Got, Option<Credentials>), String> {
    let who = match (step.actor.as_ref().map(|actor| &actor.value), session) {
        (Some(Actor::User(name)), _) => Who::User(name),
        (Some(Actor::Saml(assertion)), _) => Who::Saml(assertion),
        (Some(Actor::Token(token)), _) => Who::Token(token),
        (_, Some(session)) => Who::Session(session),
        _ => return Err("nobody takes the probe".to_owned()),
    };
    let taken = match &step.verb {
        Verb::Call(call) => stage
            .call(step, who, call)
            .await
            .map(|answer| (answer, None)),
        Verb::Assume(assume) => stage.assume(step, who, assume).await,
        _ => return Err("there is no such probe".to_owned()),
    };
    match taken {
        Ok((Answer { got, .. }, session)) => Ok((got, session)),
        Err(Unasked::Skip(reason) | Unasked::Error(reason)) => Err(reason),
    }
}

/// Probes that no scenario can put: keys and tokens that aren't right.
async fn put_authentication(stage: &mut LiveStage, test: &Test) -> Vec<(Capability, Finding)> {
    let keys = stage.credentials(Who::User("lister")).ok().flatten();
    let session = session_of_trusted(stage, test).await;
    let client = stage.admins.client.clone();
    let mut found = Vec::new();
    if let Some(keys) = keys {
        let right = who_am_i(&client, &keys).await;
        let forged = with_secret(&keys, WRONG_SECRET, keys.session_token());
        let wrong = who_am_i(&client, &forged).await;
        found.push((
            Capability::Signatures,
            find(Ok(wrong), Ok(right.clone()), false),
        ));
        let unknown = Credentials::new(UNKNOWN_KEY, WRONG_SECRET, None, None, "rolecall");
        let unknown = who_am_i(&client, &unknown).await;
        found.push((Capability::UnknownKeys, find(Ok(unknown), Ok(right), false)));
    }
    if let Some(session) = session {
        let right = who_am_i(&client, &session).await;
        let bare = with_secret(&session, session.secret_access_key(), None);
        let bare = who_am_i(&client, &bare).await;
        found.push((Capability::SessionTokens, find(Ok(bare), Ok(right), false)));
    }
    found
}

/// Asks the policy simulator what `reader` may read; `None` where the scenario has no such user.
async fn put_simulation(stage: &mut LiveStage, test: &Test) -> Option<Finding> {
    test.world
        .users
        .iter()
        .find(|user| user.name.value == "reader")?;
    let step = test.steps.first()?;
    let mut answers = Vec::new();
    for key in ["closed/b.txt", "open/a.txt"] {
        let question = Question {
            action: "s3:GetObject".to_owned(),
            resource: Some(format!("arn:aws:s3:::probe/{key}")),
            span: step.span,
        };
        match stage.ask(step, Who::User("reader"), &question).await {
            Ok(asked) => answers.push(asked.allowed),
            Err(Unasked::Skip(reason) | Unasked::Error(reason)) => {
                return Some(Finding::Unknown(reason));
            }
        }
    }
    Some(match answers.as_slice() {
        [false, true] => Finding::Enforced,
        [true, _] => Finding::NotEnforced,
        _ => Finding::Unknown("it denies what a policy allows".to_owned()),
    })
}

async fn session_of_trusted(stage: &mut LiveStage, test: &Test) -> Option<Credentials> {
    let name = "trust policies twin";
    let step = test
        .steps
        .iter()
        .find(|step| step.name.as_deref() == Some(name))?;
    take_step(stage, step, None).await.ok()?.1
}

fn with_secret(keys: &Credentials, secret: &str, token: Option<&str>) -> Credentials {
    let token = token.map(str::to_owned);
    Credentials::new(keys.access_key_id(), secret, token, None, "rolecall")
}

async fn who_am_i(client: &Client, credentials: &Credentials) -> Got {
    let input = Structure::new();
    let answer = client
        .request(Some(credentials), "sts", "GetCallerIdentity", None, &input)
        .await;
    answer.got
}

/// The bundled files.
struct Bundled;

impl Files for Bundled {
    fn read(&self, path: &Path, _limit: u64) -> io::Result<Vec<u8>> {
        let mut files = PROBES.iter();
        let found = files.find(|(name, _)| path.ends_with(name));
        let (_, text) = found.ok_or(io::ErrorKind::NotFound)?;
        Ok(text.as_bytes().to_vec())
    }

    fn kind(&self, _path: &Path) -> io::Result<FileKind> {
        Ok(FileKind::File)
    }

    fn list(&self, _directory: &Path) -> io::Result<Vec<(PathBuf, FileKind)>> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_wire::ServiceError;
    use rstest::rstest;

    fn refused(code: &str) -> Got {
        Got::Refused(ServiceError::new(403, code, "no"))
    }

    fn allowed() -> Got {
        Got::Allowed(Structure::new())
    }

    #[rstest]
    #[case::enforced(refused("AccessDenied"), allowed(), Finding::Enforced)]
    #[case::not_enforced(allowed(), allowed(), Finding::NotEnforced)]
    #[case::refuses_all(
        refused("AccessDenied"),
        refused("AccessDenied"),
        Finding::Unknown("what must succeed is refused with AccessDenied".to_owned())
    )]
    #[case::no_decision(
        refused("InternalFailure"),
        allowed(),
        Finding::Unknown("what must be denied is refused with InternalFailure".to_owned())
    )]
    #[case::silence(
        Got::Unreachable("gone".to_owned()),
        allowed(),
        Finding::Unknown("gone".to_owned())
    )]
    fn a_refusal_counts_only_where_its_twin_succeeds(
        #[case] first: Got,
        #[case] twin: Got,
        #[case] expected: Finding,
    ) {
        assert_eq!(find(Ok(first), Ok(twin), true), expected);
    }

    #[test]
    fn the_bundled_probes_are_a_scenario_with_a_pair_for_each_capability() {
        let loaded = loaded();

        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        for capability in BY_STEP {
            let name = capability.name();
            let tests = loaded.tests.iter();
            let has = tests.clone().filter(|test| find_step(test, name).is_some());
            assert_eq!(has.count(), 1, "{name}");
            let twin = format!("{name} twin");
            let has = tests.filter(|test| find_step(test, &twin).is_some());
            assert_eq!(has.count(), 1, "{twin}");
        }
    }
}
