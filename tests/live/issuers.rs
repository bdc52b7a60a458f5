//! OIDC providers on a rolecall server: their URL is the issuer's own, so tests take turns, and nobody else's is touched.

use std::num::NonZeroUsize;
use std::sync::Mutex;

use aws_smithy_async::time::SharedTimeSource;
use rolecall::run::{Event, Outcome, Runner, TestResult};
use rolecall::scenario::model::Call;
use rolecall::target::live::{Capability, Finding, Journals, sweep};
use rolecall::target::{Client, Got, Target};
use rolecall_mock::{OidcProviderSpec, ProviderKeysSpec, World};
use rolecall_policy::{SourceId, Span};
use rolecall_wire::Structure;

use crate::clean_up::written;
use crate::faults::{Fault, Faulty, loopback};
use crate::support::{FIRST, Served, connect, load, probe, run, runtime, settings};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const OTHER: &str = "111122223333";

fn assert_passed(results: &[TestResult]) {
    for result in results {
        assert_eq!(result.outcome(), Outcome::Pass, "{result:#?}");
    }
}

/// A provider of the issuer in an account, which somebody made before.
fn somebodys(served: &Served, account: &str, keys: ProviderKeysSpec) {
    let spec = OidcProviderSpec {
        account: account.to_owned(),
        url: GITHUB.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        keys,
    };
    let made = served.mock.update(|world| {
        if account != FIRST {
            world.add_account(account)?;
        }
        world.add_oidc_provider(spec)
    });
    made.expect("a provider");
}

#[test]
fn an_oidc_provider_is_made_changed_and_removed_by_steps() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(
        r#"
scenario: A provider comes, moves and goes
users: { alice: {} }
oidc-providers:
  cluster: { url: "https://idp.example.com/one", audiences: [one, two] }
roles:
  Pod:
    trust:
      Version: "2012-10-17"
      Statement:
        - { Effect: Allow, Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/idp.example.com/one" }, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals: { "idp.example.com/one:sub": "user:alice" } } }
        - { Effect: Allow, Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/idp.example.com/two" }, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals: { "idp.example.com/two:aud": three } } }
    policies:
      - { Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:ListAllMyBuckets", Resource: "*", Condition: { StringEquals: { "aws:FederatedProvider": "arn:aws:iam::123456789012:oidc-provider/idp.example.com/one" } } } }
steps:
  - as: { token: { provider: cluster, sub: "user:alice", aud: one, "https://aws.amazon.com/roles": ["arn:aws:iam::123456789012:role/Pod"] } }
    assume: Pod
    expect: { SubjectFromWebIdentityToken: "user:alice", Audience: one }
    then: [{ call: s3:ListBuckets }]
  - { as: { token: { provider: cluster, sub: "user:bob", aud: one } }, assume: Pod, expect: denied }
  - { change: { oidc-providers: { cluster: { audiences: [two, three] } } } }
  - { as: { token: { provider: cluster, sub: "user:alice", aud: one } }, assume: Pod, expect: { error: InvalidIdentityToken } }
  - { as: { token: { provider: cluster, sub: "user:alice", aud: three } }, assume: Pod }
  - { change: { oidc-providers: { cluster: { url: "https://idp.example.com/two" } } } }
  - { as: { token: { provider: cluster, sub: "user:alice", aud: three } }, assume: Pod, then: [{ call: s3:ListBuckets, expect: denied }] }
  - { change: { oidc-providers: { cluster: null, another: { url: "https://idp.example.com/one", audiences: [one] } } } }
  - { as: { token: { provider: another, sub: "user:alice" } }, assume: Pod }
"#,
    );

    let results = run(&live, &loaded);

    assert_passed(&results);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn an_oidc_provider_that_a_step_makes_goes_too() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(&format!(
        r#"
scenario: An administrator makes a provider
users: {{ admin: {{ policies: [AdministratorAccess] }} }}
steps:
  - {{ as: admin, call: iam:CreateOpenIDConnectProvider, with: {{ Url: "{GITHUB}" }}, expect: {{ OpenIDConnectProviderArn: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }} }}
"#
    ));

    let results = run(&live, &loaded);

    assert_passed(&results);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn tests_of_one_issuer_take_turns() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let loaded = load("scenarios/github-actions.yaml");
    let tests: Vec<_> = (0..4).flat_map(|_| &loaded.tests).collect();
    let results = Mutex::new(Vec::new());

    Runner::new(Target::Live(live.clone()))
        .jobs(NonZeroUsize::new(6).expect("jobs"))
        .run(&tests, |event| {
            if let Event::TestFinished(result) = event {
                results.lock().expect("results").push(result.clone());
            }
        });

    let results = results.into_inner().expect("results");
    assert_eq!(results.len(), 12);
    assert_passed(&results);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_provider_that_was_there_before_is_an_error_and_stays() {
    let served = Served::start();
    somebodys(&served, FIRST, ProviderKeysSpec::Generated);
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let results = run(&live, &load("scenarios/github-actions.yaml"));

    let told = format!(
        "account 123456789012 has an OIDC provider of {GITHUB} already, another run's or somebody's own, and can have no \
         second: it is left alone"
    );
    for result in &results {
        assert_eq!(result.error.as_ref(), Some(&told));
    }
    assert_eq!(live.finish().expect("a journal"), []);
    let theirs = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com";
    assert_eq!(served.left("rc-t1-", &[FIRST]), [theirs]);
}

/// What a killed run wrote down and the target refused.
#[test]
fn sweep_leaves_a_provider_alone_that_the_run_did_not_make() {
    let served = Served::start();
    somebodys(&served, FIRST, ProviderKeysSpec::Generated);
    let journals = tempfile::tempdir().expect("a folder");
    let settings = settings(journals.path(), "t1");
    let theirs = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com";
    let thing =
        format!(r#"{{"makes":{{"kind":"oidc-provider","account":"{FIRST}","name":"{theirs}"}}}}"#);
    let run = format!(r#"{{"run":{{"run":"k1","target":"{}"}}}}"#, served.endpoint);
    std::fs::write(
        journals.path().join("k1.jsonl"),
        format!("{run}\n{thing}\n"),
    )
    .expect("a journal");
    let left = Journals::of(journals.path()).expect("journals").left;

    let swept = runtime()
        .block_on(sweep(&left[0], &settings))
        .expect("it is swept");

    assert!(swept.left.is_empty(), "{:?}", swept.left);
    assert_eq!(served.left("rc-k1-", &[FIRST]), [theirs]);
}

/// Somebody's provider of the same issuer, with keys of its own, in an account that the run has nothing to do with.
#[test]
fn the_keys_that_a_run_has_told_are_forgotten() {
    let mut elsewhere = World::new(7, jiff::Timestamp::UNIX_EPOCH);
    elsewhere.add_account(OTHER).expect("an account");
    let spec = OidcProviderSpec {
        account: OTHER.to_owned(),
        url: GITHUB.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        keys: ProviderKeysSpec::Generated,
    };
    elsewhere.add_oidc_provider(spec).expect("a provider");
    let keys = elsewhere.provider_keys(OTHER, GITHUB).expect("keys");
    let served = Served::start();
    somebodys(&served, OTHER, ProviderKeysSpec::Jwks(keys));
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let results = run(&live, &load("scenarios/github-actions.yaml"));

    assert_passed(&results);
    let claims = serde_json::json!({"sub": "repo:a/b", "aud": "sts.amazonaws.com"});
    let claims = claims.as_object().expect("claims").clone();
    let now = jiff::Timestamp::now();
    let token = elsewhere
        .sign_token(GITHUB, OTHER, claims, now)
        .expect("a token");
    // Not InvalidIdentityToken: it is verified, and then there is no such role.
    assert_eq!(refusal(&served, &token), "AccessDenied");
}

/// The code with which a token is refused for a role that isn't there.
fn refusal(served: &Served, token: &str) -> String {
    let client = Client::new(
        rolecall_mock::carrier::connector::http_client(&served.mock),
        "http://rolecall.invalid".to_owned(),
        SharedTimeSource::default(),
    );
    let call = Call {
        service: "sts".to_owned(),
        operation: "AssumeRoleWithWebIdentity".to_owned(),
        span: Span::new(SourceId(0), 0, 0),
        region: None,
        input: Structure::new()
            .with("RoleArn", format!("arn:aws:iam::{OTHER}:role/None"))
            .with("RoleSessionName", "somebody")
            .with("WebIdentityToken", token),
    };
    match runtime().block_on(client.call(None, &call)).got {
        Got::Refused(error) => error.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_that_takes_any_token_passes_no_refusal_and_fails_none() {
    let served = Served::of(|mock| mock.enforce(false));
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let profile = probe(&live);
    let results = run(&live, &load("scenarios/github-actions.yaml"));

    assert_eq!(profile.finding(Capability::Tokens), Finding::NotEnforced);
    for step in results.iter().flat_map(|result| &result.steps) {
        let told = format!("{}: {:?}", step.title, step.reasons);
        let refuses = step.number != "1" && step.number != "1.1";
        match step.outcome {
            Outcome::Pass => assert!(!refuses, "{told}"),
            Outcome::Skip => {}
            Outcome::Fail | Outcome::Error => panic!("{told}"),
        }
    }
    assert_eq!(live.finish().expect("a journal"), []);
}

#[test]
fn where_nobody_can_tell_keys_nothing_is_made_and_the_reason_is_said() {
    let served = Served::start();
    // The mock behind another server, which has no control requests.
    let plain = Faulty::start(&served.mock, loopback(), &Fault::HangsUp, |_, _| false);
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&plain.endpoint(), &settings(journals.path(), "t1"));

    let profile = probe(&live);
    let loaded = load("scenarios/google-sign-in.yaml");
    let results = run(&live, &loaded);

    let reason = "nobody can sign tokens of `google` here".to_owned();
    assert_eq!(live.plan(&loaded.tests[0]), Err(reason.clone()));
    for step in &results[0].steps {
        assert_eq!(
            (step.outcome, &step.reasons),
            (Outcome::Skip, &vec![reason.clone()])
        );
    }
    let unknown = Finding::Unknown("nobody can sign tokens of `probe` here".to_owned());
    assert_eq!(profile.finding(Capability::Tokens), unknown);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}
