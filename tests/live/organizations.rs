//! Organizations on live targets: made and removed where there is none, left as it was where there is one.

use std::path::Path;
use std::process::{Command, Stdio};

use rolecall::run::{Outcome, TestResult};
use rolecall::scenario::{self, Loaded};
use rolecall::target::live::{Aws, Journals, Kind, Live, Place, Settings, Tape, sweep};
use rolecall_mock::{
    ControlPolicySpec, MemberSpec, OrganizationSpec, PolicyDocument, UnitSpec, World,
};
use rolecall_wire::Structure;
use rstest::rstest;

use crate::support::{FIRST, Served, connect, load, probe, run, runtime, settings};

/// The member account of the scenarios here.
const PROD: &str = "222222222222";

fn written(text: &str) -> (tempfile::TempDir, Loaded) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("own.yaml"), text).expect("a file");
    let loaded = scenario::load(&[folder.path().to_owned()], &scenario::Disk);
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    (folder, loaded)
}

fn all_pass(results: &[TestResult]) {
    for step in results.iter().flat_map(|result| &result.steps) {
        let told = format!("{}: {:?}", step.title, step.reasons);
        assert_eq!(step.outcome, Outcome::Pass, "{told}");
    }
    assert!(results.iter().all(|result| result.error.is_none()));
}

fn nothing_left(served: &Served, live: &Live) {
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(served.left("rc-", &[FIRST, PROD]), [""; 0]);
}

/// The scenario's accounts, an administrator in each, and an organization.
fn world(organization: &str, steps: &str) -> String {
    format!(
        r#"
scenario: An organization
accounts: {{ management: "111111111111", prod: "{PROD}" }}
users:
  boss: {{ account: management, policies: [AdministratorAccess] }}
  admin: {{ account: prod, policies: [AdministratorAccess] }}
roles:
  Inside:
    account: prod
    trust:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: {{ AWS: "111111111111" }}
        Action: sts:AssumeRole
        Condition: {{ StringEquals: {{ "aws:PrincipalOrgID": o-acme123456 }} }}
buckets:
  vault: {{ account: prod, objects: {{ key: x }} }}
organization:
  id: o-acme123456
  management: management
  root:
{organization}
steps: {steps}
"#
    )
}

const ONE_UNIT: &str = r#"
    accounts: { management: {} }
    units:
      Workloads:
        service-control-policies:
          - FullAWSAccess
          - { Version: "2012-10-17", Statement: { Effect: Deny, Action: "s3:ListAllMyBuckets", Resource: "*" } }
        accounts: { prod: {} }
"#;

#[rstest]
#[case::a_deny_at_a_unit(
    ONE_UNIT,
    r"[{ as: admin, call: s3:ListBuckets, expect: denied, because: { policy: scp, at: Workloads, effect: explicit } }, { as: boss, call: s3:ListBuckets }, { as: boss, assume: Inside }]"
)]
#[case::an_allow_at_the_account_below_two_units(
    r#"
    accounts: { management: {} }
    units:
      Workloads:
        units:
          Prod:
            accounts: { prod: { service-control-policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } }] } }
"#,
    r"[{ as: admin, call: s3:ListBuckets }, { as: admin, call: iam:ListUsers, expect: denied }]"
)]
#[case::nothing_is_allowed_at_the_root(
    r"
    service-control-policies: []
    accounts: { management: {}, prod: {} }
",
    r"[{ as: admin, call: s3:ListBuckets, expect: denied }, { as: boss, call: s3:ListBuckets }]"
)]
#[case::a_resource_control_policy(
    r#"
    accounts: { management: {} }
    units:
      Workloads:
        resource-control-policies: [{ Version: "2012-10-17", Statement: { Effect: Deny, Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::vault/*" } }]
        accounts: { prod: {} }
"#,
    r"[{ as: admin, call: s3:GetObject, on: vault/key, expect: denied, because: { policy: rcp } }, { as: admin, call: s3:ListBuckets }]"
)]
#[case::changes(
    ONE_UNIT,
    r#"
  - { as: admin, call: s3:ListBuckets, expect: denied }
  - change: { organization: { root: { units: { Workloads: { service-control-policies: [FullAWSAccess] } } } } }
  - { as: admin, call: s3:ListBuckets }
  - change: { users: { carol: { account: prod } }, organization: { root: { units: { Workloads: null }, accounts: { prod: { service-control-policies: [{ Version: "2012-10-17", Statement: { Effect: Deny, Action: "iam:*", Resource: "*" } }, FullAWSAccess] } } } } }
  - { as: carol, call: sts:GetCallerIdentity }
  - { as: admin, call: iam:ListUsers, expect: denied }
  - change: { organization: null }
  - { as: admin, call: organizations:DescribeOrganization, expect: AWSOrganizationsNotInUseException }
  - { as: admin, call: s3:ListBuckets }"#
)]
#[case::steps_look_at_it_and_change_it(
    ONE_UNIT,
    r#"
  - { as: boss, call: organizations:DescribeOrganization, expect: { Organization: { Id: o-acme123456, MasterAccountId: "111111111111" } } }
  - { as: boss, call: organizations:ListAccounts, expect: { Accounts: [{ Id: "222222222222" }, { Id: "111111111111" }] } }
  - as: boss
    call: organizations:CreatePolicy
    with: { Type: SERVICE_CONTROL_POLICY, Name: by-hand, Description: "", Content: '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::vault"}}' }
    expect: { Policy: { PolicySummary: { Name: by-hand } } }
  - { as: admin, call: organizations:ListAccounts, expect: denied }"#
)]
fn it_is_made_where_there_is_none_and_removed(#[case] organization: &str, #[case] steps: &str) {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    probe(&live);
    let (_folder, loaded) = written(&world(organization, steps));

    let results = run(&live, &loaded);

    all_pass(&results);
    nothing_left(&served, &live);
}

/// An organization that was there before: the account is in a unit, beside others.
fn acme(members: &[&str]) -> OrganizationSpec {
    let full = ControlPolicySpec {
        name: "FullAWSAccess".to_owned(),
        document: PolicyDocument::parse(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
        )
        .expect("a policy"),
    };
    let member = |account: &&str| MemberSpec {
        account: (*account).to_owned(),
        name: format!("account-{account}"),
        service_control: vec![full.clone()],
        resource_control: vec![],
    };
    let unit = UnitSpec {
        name: "Ours".to_owned(),
        service_control: vec![full.clone()],
        accounts: members.iter().map(member).collect(),
        ..UnitSpec::default()
    };
    OrganizationSpec {
        id: "o-existing12".to_owned(),
        management: Some(FIRST.to_owned()),
        root: UnitSpec {
            name: "Root".to_owned(),
            service_control: vec![full.clone()],
            accounts: vec![member(&FIRST)],
            units: vec![unit],
            ..UnitSpec::default()
        },
    }
}

fn served_with(organization: &OrganizationSpec) -> Served {
    let served = Served::start();
    served
        .mock
        .update(|world| {
            world.add_account(PROD)?;
            world.set_organization(Some(organization))
        })
        .expect("an organization");
    served
}

/// What is attached to what, and where everything is.
fn told(served: &Served) -> String {
    let organization = served.mock.read(World::export).organization;
    organization.map_or_else(String::new, |organization| unit_told(&organization.root))
}

fn unit_told(unit: &UnitSpec) -> String {
    let members = unit.accounts.iter().map(|member| {
        let (service, resource) = (&member.service_control, &member.resource_control);
        format!("{} {}", member.account, controls_told(service, resource))
    });
    let units = unit.units.iter().map(unit_told);
    let inside: Vec<String> = members.chain(units).collect();
    let controls = controls_told(&unit.service_control, &unit.resource_control);
    format!("{} {controls} ({})", unit.name, inside.join(", "))
}

fn controls_told(service: &[ControlPolicySpec], resource: &[ControlPolicySpec]) -> String {
    let all = service.iter().chain(resource);
    let names: Vec<&str> = all.map(|policy| policy.name.as_str()).collect();
    names.join("+")
}

/// The names of the policies that the management account sees.
fn policies(served: &Served) -> Vec<String> {
    let filter = Structure::new().with("Filter", "SERVICE_CONTROL_POLICY");
    served.listed(
        FIRST,
        "organizations:ListPolicies",
        filter,
        "Policies",
        "Name",
    )
}

#[test]
fn where_there_is_one_the_account_goes_into_the_runs_unit_and_back() {
    let served = served_with(&acme(&[PROD]));
    let before = told(&served);
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(&world(
        ONE_UNIT,
        r"[{ as: admin, call: s3:ListBuckets, expect: denied }, { as: boss, assume: Inside }, { as: boss, call: organizations:DescribeOrganization, expect: { Organization: { Id: o-acme123456 } } }]",
    ));

    let results = run(&live, &loaded);

    all_pass(&results);
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(told(&served), before);
    assert_eq!(policies(&served), ["FullAWSAccess"]);
}

#[rstest]
#[case::a_member_is_missing(&[], ONE_UNIT, "account 222222222222 isn't in the organization of account 111111111111")]
#[case::policies_at_the_root(
    &[PROD],
    "    service-control-policies: [FullAWSAccess, { Version: \"2012-10-17\", Statement: { Effect: Deny, Action: \"s3:*\", Resource: \"*\" } }]\n    accounts: { management: {}, prod: {} }\n",
    "the scenario's organization has policies at its root, which would bind everybody in the real one"
)]
#[case::an_account_that_should_be_outside(
    &[PROD],
    "    accounts: { management: {} }\n",
    "account 222222222222 is in an organization, and the scenario's `prod` isn't"
)]
fn what_would_touch_others_is_skipped_with_that_reason(
    #[case] members: &[&str],
    #[case] organization: &str,
    #[case] reason: &str,
) {
    let served = served_with(&acme(members));
    let before = told(&served);
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let steps = "[{ as: boss, call: s3:ListBuckets }]";
    let (_folder, loaded) = written(&world(organization, steps));

    let results = run(&live, &loaded);

    let step = &results[0].steps[0];
    assert_eq!(
        (step.outcome, &step.reasons),
        (Outcome::Skip, &vec![reason.to_owned()])
    );
    assert_eq!(live.finish().expect("a journal"), []);
    assert_eq!(told(&served), before);
}

/// On real AWS, which no test reaches: the run is one on a record.
#[test]
fn what_takes_long_or_touches_others_is_made_on_real_aws_only_where_it_is_asked_for() {
    let (record, journals) = (tempfile::tempdir(), tempfile::tempdir());
    let (record, journals) = (record.expect("a folder"), journals.expect("a folder"));
    let served = Served::start();
    let with = |aws: Aws, tape: Tape| {
        let settings = Settings {
            aws: Aws {
                accounts: vec![FIRST.to_owned(), PROD.to_owned()],
                ..aws
            },
            tape: Some(tape),
            ..settings(journals.path(), "t1")
        };
        let connecting = Live::connect(Place::Aws, &settings);
        runtime().block_on(connecting).expect("the target answers")
    };
    let endpoint = Some(served.endpoint.clone());
    let aws = Aws {
        endpoint,
        ..Aws::default()
    };
    let recorded = with(aws, Tape::Record(record.path().to_owned()));
    assert_eq!(recorded.finish().expect("a journal"), []);
    let asked = Aws {
        distributions: true,
        organizations: true,
        ..Aws::default()
    };
    let replay = || Tape::Replay(record.path().to_owned());
    let (unasked, asked) = (with(Aws::default(), replay()), with(asked, replay()));

    for (scenario, setting) in [
        ("scenarios/deploy-a-website.yaml", "`distributions = true`"),
        ("scenarios/scp-at-a-unit.yaml", "`organizations = true`"),
    ] {
        let loaded = load(scenario);
        let reason = unasked
            .plan(&loaded.tests[0])
            .expect_err("it wasn't asked for");
        assert!(reason.contains(setting), "{reason}");
        if let Err(reason) = asked.plan(&loaded.tests[0]) {
            assert!(
                reason.starts_with("the target has no account for"),
                "{reason}"
            );
        }
    }
}

#[test]
fn an_organization_with_policies_of_its_own_is_left_alone() {
    let deny = ControlPolicySpec {
        name: "no-sqs".to_owned(),
        document: PolicyDocument::parse(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}"#,
        )
        .expect("a policy"),
    };
    let mut at_the_root = acme(&[PROD]);
    at_the_root.root.service_control.push(deny.clone());
    let mut at_the_account = acme(&[PROD]);
    at_the_account.root.units[0].accounts[0]
        .service_control
        .push(deny);
    for (organization, what) in [
        (at_the_root, "the organization's root"),
        (at_the_account, "account 222222222222"),
    ] {
        let served = served_with(&organization);
        let before = told(&served);
        let journals = tempfile::tempdir().expect("a folder");
        let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
        let steps = "[{ as: boss, call: s3:ListBuckets }]";
        let (_folder, loaded) = written(&world(ONE_UNIT, steps));

        let results = run(&live, &loaded);

        let reason = format!("{what} has control policies already, which would have a say");
        assert_eq!(results[0].steps[0].reasons, [reason]);
        assert_eq!(live.finish().expect("a journal"), []);
        assert_eq!(told(&served), before);
    }
}

/// The steps of a root user are asked of the account's administrator where that is the root user, who isn't exempt then.
#[test]
fn a_root_user_is_bound_as_on_aws() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(&world(
        r#"
    accounts: { management: {} }
    units:
      Workloads:
        service-control-policies: [{ Version: "2012-10-17", Statement: { Effect: Allow, Action: "s3:*", Resource: "*" } }]
        accounts: { prod: {} }
"#,
        r"[{ as: { root: prod }, call: s3:ListBuckets }, { as: { root: prod }, call: iam:ListUsers, expect: denied, because: { policy: scp } }]",
    ));

    let results = run(&live, &loaded);

    all_pass(&results);
    nothing_left(&served, &live);
}

#[test]
fn what_an_administrator_who_is_bound_would_have_to_do_is_skipped() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let (_folder, loaded) = written(&world(
        r#"
    accounts: { management: {} }
    units:
      Workloads:
        service-control-policies: [FullAWSAccess, { Version: "2012-10-17", Statement: { Effect: Deny, Action: "iam:*", Resource: "*" } }]
        accounts: { prod: {} }
"#,
        r#"
  - { as: admin, can: ["s3:ListAllMyBuckets"] }
  - { as: boss, can: ["s3:ListAllMyBuckets"] }
  - change: { users: { carol: { account: prod } } }
"#,
    ));

    let results = run(&live, &loaded);

    let steps: Vec<_> = results[0]
        .steps
        .iter()
        .map(|step| (step.outcome, step.reasons.join("; ")))
        .collect();
    let bound = "the policy simulator can't be asked: the scenario's control policies bind the account's administrator";
    let change =
        "the scenario's control policies bind the administrator, who would make the change";
    assert_eq!(
        steps,
        [
            (Outcome::Skip, bound.to_owned()),
            (Outcome::Pass, String::new()),
            (Outcome::Skip, change.to_owned()),
        ]
    );
    nothing_left(&served, &live);
}

/// The command, with an administrator's key.
fn rolecall(key: &str, secret: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("AWS_ACCESS_KEY_ID", key)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE");
    command
}

/// A run of the unit's scenario, killed when its journal has so many lines; how many lines were seen.
fn run_and_kill(served: &Served, journals: &Path, after: usize) -> usize {
    let mut run = rolecall("test", "test")
        .args(["run", "-t", &served.endpoint, "--run-id", "k1", "--quiet"])
        .arg("--journals")
        .arg(journals)
        .arg("scenarios/scp-at-a-unit.yaml")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let mut seen = 0;
    while run.try_wait().expect("a child").is_none() {
        let journal = std::fs::read_to_string(journals.join("k1.jsonl"));
        seen = seen.max(journal.map_or(0, |journal| journal.lines().count()));
        if seen >= after {
            let _ = run.kill();
        }
        std::thread::yield_now();
    }
    seen
}

#[test]
fn what_a_killed_run_left_is_swept() {
    let journals = tempfile::tempdir().expect("a folder");
    let whole = run_and_kill(&Served::start(), journals.path(), usize::MAX);
    let mut organizations = 0;
    for part in 1..12 {
        let served = Served::start();
        run_and_kill(&served, journals.path(), whole * part / 12);
        let left = Journals::of(journals.path()).expect("a folder").left;
        for leftover in &left {
            let things = leftover.things.iter();
            organizations += things
                .filter(|thing| thing.kind == Kind::Organization)
                .count();
            let settings = settings(journals.path(), "t2");
            let swept = runtime().block_on(sweep(leftover, &settings));
            assert_eq!(swept.expect("the target answers").left, []);
        }

        let left = served.left("rc-k1-", &[FIRST, PROD]);
        assert_eq!(left, [""; 0], "after {part}/12 of {whole} lines");
    }
    assert!(
        organizations > 2,
        "{organizations} runs of 11 were killed while they had an organization"
    );
}

#[test]
fn the_documented_policies_are_enough_for_an_organization_that_is_there() {
    const ADMINISTRATOR: (&str, &str) = (
        "runs",
        include_str!("../../scenarios/live-administrator.json"),
    );
    const ORGANIZATIONS: (&str, &str) = (
        "organizations",
        include_str!("../../scenarios/live-organizations.json"),
    );
    let served = served_with(&acme(&[PROD]));
    let before = told(&served);
    let management = served.administrator(FIRST, &[ADMINISTRATOR, ORGANIZATIONS]);
    let member = served.administrator(PROD, &[ADMINISTRATOR]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a path").to_owned()
    };
    let credentials = format!(
        "[prod]\naws_access_key_id = {}\naws_secret_access_key = {}\n",
        member.0, member.1
    );
    let credentials = file("credentials", &credentials);
    let config = format!(
        "[accounts]\nprod = \"prod\"\n[aws]\nendpoint = \"{}\"\naccounts = [\"{FIRST}\", \"{PROD}\"]\n",
        served.endpoint
    );
    let config = file("rolecall.toml", &config);

    let output = rolecall(&management.0, &management.1)
        .env("AWS_SHARED_CREDENTIALS_FILE", credentials)
        .args(["run", "-t", "aws", "--yes", "--strict"])
        .args(["--config", &config, "scenarios/scp-at-a-unit.yaml"])
        .output()
        .expect("the command starts");

    let told_by = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told_by}{errors}");
    assert_eq!(told(&served), before);
    assert_eq!(policies(&served), ["FullAWSAccess"]);
}

/// Two tests with organizations, and others in the same accounts, don't meet.
#[test]
fn tests_that_organize_the_same_accounts_wait_for_each_other() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    let folder = tempfile::tempdir().expect("a folder");
    let steps =
        "[{ as: admin, call: s3:ListBuckets, expect: denied }, { as: boss, call: s3:ListBuckets }]";
    let bound = world(ONE_UNIT, steps);
    let alone = r#"
scenario: Without an organization
accounts: { prod: "222222222222" }
users: { admin: { policies: [AdministratorAccess] } }
steps: [{ as: admin, call: s3:ListBuckets }, { as: admin, call: organizations:DescribeOrganization, expect: AWSOrganizationsNotInUseException }]
"#;
    for number in 0..6 {
        let text = if number % 2 == 0 {
            bound.as_str()
        } else {
            alone
        };
        std::fs::write(folder.path().join(format!("test-{number}.yaml")), text).expect("a file");
    }
    let loaded = scenario::load(&[folder.path().to_owned()], &scenario::Disk);
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);

    let results = run(&live, &loaded);

    assert_eq!(results.len(), 6);
    all_pass(&results);
    nothing_left(&served, &live);
}

#[test]
fn the_scenario_of_the_unit_is_asked_whole() {
    let served = Served::start();
    let journals = tempfile::tempdir().expect("a folder");
    let live = connect(&served.endpoint, &settings(journals.path(), "t1"));
    probe(&live);

    let results = run(&live, &load("scenarios/scp-at-a-unit.yaml"));

    all_pass(&results);
    nothing_left(&served, &live);
}
