//! Identity providers on a live target: made with a key of the run's own, changed and removed.

use rolecall::run::{Outcome, TestResult};
use rolecall::target::live::{Aws, Capability, Finding, Live, Place, Settings, Tape};
use rolecall_mock::saml_name_qualifier;
use rstest::rstest;

use crate::clean_up::written;
use crate::support::{FIRST, Served, connect, load, probe, run, runtime, settings};

const ISSUER: &str = "https://idp.example.com/saml";

/// A world in which policies test all that has the provider's name or its account in it.
fn federated(steps: &str) -> String {
    let qualifier = saml_name_qualifier(ISSUER, "123456789012", "ADFS");
    format!(
        r#"
scenario: People of a provider
users: {{ alice: {{}} }}
saml-providers:
  ADFS: {{ issuer: "{ISSUER}" }}
roles:
  Developer:
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {{ Federated: "arn:aws:iam::123456789012:saml-provider/ADFS" }}
          Action: [sts:AssumeRoleWithSAML, sts:SetSourceIdentity, sts:TagSession]
          Condition:
            StringEquals: {{ "saml:doc": 123456789012/ADFS, "saml:namequalifier": "{qualifier}", "saml:sub": alice }}
    policies:
      - Version: "2012-10-17"
        Statement:
          Effect: Allow
          Action: s3:ListAllMyBuckets
          Resource: "*"
          Condition:
            StringEquals:
              "aws:FederatedProvider": arn:aws:iam::123456789012:saml-provider/ADFS
              "aws:SourceIdentity": alice
              "aws:PrincipalTag/manager": alice
steps:
{steps}
"#
    )
}

fn outcomes(results: &[TestResult]) -> Vec<(&str, Outcome)> {
    let steps = results.iter().flat_map(|result| &result.steps);
    steps
        .map(|step| (step.number.as_str(), step.outcome))
        .collect()
}

/// The target `aws`, which takes time until it knows what was made.
fn as_on_aws(served: &Served, settings: &mut Settings) -> Live {
    settings.aws = Aws {
        accounts: vec![FIRST.to_owned()],
        endpoint: Some(served.endpoint.clone()),
        ..Aws::default()
    };
    runtime()
        .block_on(Live::connect(Place::Aws, settings))
        .expect("the target answers")
}

#[test]
fn what_hides_the_name_or_the_account_of_a_saml_provider_is_renamed_too() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = as_on_aws(&served, &mut settings(journals.path(), "t1"));
    let qualifier = saml_name_qualifier(ISSUER, "123456789012", "ADFS");
    let (_folder, loaded) = written(&federated(&format!(
        r#"
  - as: {{ saml: {{ provider: ADFS, subject: alice, SourceIdentity: alice, "PrincipalTag:manager": alice }} }}
    assume: Developer
    expect: {{ Subject: alice, NameQualifier: "{qualifier}", Issuer: "{ISSUER}", SourceIdentity: alice }}
    then: [{{ call: s3:ListBuckets }}]
  - {{ as: {{ saml: {{ provider: ADFS, subject: bob }} }}, assume: Developer, expect: denied }}
"#
    )));

    let results = run(&live, &loaded);

    let passed = [
        ("1", Outcome::Pass),
        ("1.1", Outcome::Pass),
        ("2", Outcome::Pass),
    ];
    assert_eq!(outcomes(&results), passed, "{results:#?}");
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_saml_provider_is_made_changed_and_removed_by_steps() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = as_on_aws(&served, &mut settings(journals.path(), "t1"));
    let (_folder, loaded) = written(
        r#"
scenario: A provider comes, moves and goes
roles:
  Developer:
    trust:
      Version: "2012-10-17"
      Statement: { Effect: Allow, Principal: { Federated: "arn:aws:iam::123456789012:saml-provider/ADFS" }, Action: "sts:AssumeRoleWithSAML", Condition: { StringEquals: { "saml:iss": "https://new.example.com/saml" } } } # rolecall: allow(unknown-principal)
saml-providers:
  ADFS: { issuer: "https://old.example.com/saml" }
steps:
  - { as: { saml: { provider: ADFS } }, assume: Developer, expect: denied }
  - { change: { saml-providers: { ADFS: { issuer: "https://new.example.com/saml" } } } }
  - { as: { saml: { provider: ADFS } }, assume: Developer, expect: { Issuer: "https://new.example.com/saml" } }
  - { change: { saml-providers: { ADFS: null, Okta: { issuer: "https://okta.example.com/saml" } } } }
  - { as: { saml: { provider: Okta } }, assume: Developer, expect: denied }
  - { change: { saml-providers: { ADFS: { issuer: "https://new.example.com/saml" } } } }
  - { as: { saml: { provider: ADFS } }, assume: Developer }
"#,
    );

    let results = run(&live, &loaded);

    assert_eq!(results[0].outcome(), Outcome::Pass, "{results:#?}");
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_saml_provider_that_a_step_makes_goes_too() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let key = rolecall_mock::SamlKey::generate(&mut getrandom::SysRng).expect("randomness");
    let metadata = serde_json::Value::from(key.metadata(ISSUER)).to_string();
    let (_folder, loaded) = written(&format!(
        r#"
scenario: An administrator makes a provider
users: {{ admin: {{ policies: [AdministratorAccess] }} }}
steps:
  - {{ as: admin, call: iam:CreateSAMLProvider, with: {{ Name: ADFS, SAMLMetadataDocument: {metadata} }}, expect: {{ SAMLProviderArn: "arn:aws:iam::123456789012:saml-provider/ADFS" }} }}
"#
    ));

    let results = run(&live, &loaded);

    assert_eq!(results[0].outcome(), Outcome::Pass, "{results:#?}");
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-t1-", &[FIRST]), [""; 0]);
}

#[test]
fn a_target_that_takes_any_assertion_passes_no_refusal_and_fails_none() {
    let served = Served::of(|mock| mock.enforce(false));
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));

    let profile = probe(&live);
    let results = run(&live, &load("scenarios/saml-federation.yaml"));

    assert_eq!(
        profile.finding(Capability::Assertions),
        Finding::NotEnforced
    );
    for step in results.iter().flat_map(|result| &result.steps) {
        let told = format!("{}: {:?}", step.title, step.reasons);
        match step.outcome {
            Outcome::Pass => assert!(step.reasons.is_empty(), "{told}"),
            Outcome::Skip => {}
            Outcome::Fail | Outcome::Error => panic!("{told}"),
        }
    }
    let refusals = results
        .iter()
        .flat_map(|result| result.steps.iter().rev().take(2));
    let skipped = refusals.filter(|step| step.outcome == Outcome::Skip);
    assert_eq!(skipped.count(), 6, "{results:#?}");
    assert_eq!(live.finish().expect("a journal"), []);
}

#[rstest]
#[case::saml("scenarios/saml-federation.yaml", "SAMLAssertion=")]
#[case::oidc("scenarios/github-actions.yaml", "WebIdentityToken=")]
fn a_record_has_nothing_that_was_signed_and_is_the_same_run(
    #[case] scenario: &str,
    #[case] signed: &str,
) {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let [record, journals] = folders.each_ref().map(tempfile::TempDir::path);
    let loaded = load(scenario);
    let served = Served::start();
    let taped = Settings {
        tape: Some(Tape::Record(record.to_owned())),
        ..settings(journals, "t1")
    };
    let live = connect(&served.endpoint, &taped);
    let recorded = run(&live, &loaded);
    assert_eq!(live.finish().expect("a journal"), []);
    let endpoint = served.endpoint.clone();
    drop(served);
    let taped = Settings {
        tape: Some(Tape::Replay(record.to_owned())),
        ..Settings::new(journals.to_owned())
    };

    let live = connect(&endpoint, &taped);
    let replayed = run(&live, &loaded);

    assert_eq!(outcomes(&replayed), outcomes(&recorded));
    assert!(
        replayed
            .iter()
            .all(|result| result.outcome() == Outcome::Pass)
    );
    let mut seen = 0;
    for entry in std::fs::read_dir(record).expect("a folder") {
        let text = std::fs::read_to_string(entry.expect("a file").path()).expect("a text");
        for (place, _) in text.match_indices(signed) {
            let after = &text[place + signed.len()..];
            assert!(after.starts_with("(removed)"), "{after}");
            seen += 1;
        }
    }
    assert!(seen > 4, "{seen}");
}
