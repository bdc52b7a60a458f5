//! What the language says, piece by piece.

use jiff::SignedDuration;

use super::super::model::{
    Actor, Because, BecausePolicy, ClaimValue, Expect, Mfa, PolicyOrigin, PolicyReference,
    ProviderKeys, Question, Unit, Verb,
};
use super::*;

#[test]
fn the_world_has_the_defaults_of_aws() {
    let test = test(&scenario("  - { as: ann, call: s3:ListBuckets }"));

    let world = &test.world;
    assert_eq!(world.clock.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(
        (&*world.accounts[0].name, &*world.accounts[0].id),
        ("main", "123456789012")
    );
    let ann = &world.users[0];
    assert_eq!(
        (&*ann.account, &*ann.path, ann.access_key_active),
        ("123456789012", "/", true)
    );
    assert_eq!(world.roles[0].max_session, 3_600);
    assert!(world.buckets[0].block_public_access);
    assert!(world.organization.is_none());
}

#[test]
fn identities_and_resources_take_all_their_members() {
    let world = test(
        "scenario: x
clock: 2027-03-04T05:06:07Z
accounts: { main: 111122223333, other: 012345678901 }
groups: { admins: { path: /a/, policies: [ReadOnlyAccess], account: other } }
users:
  ann: { account: other, path: /b/, groups: [admins], mfa: true, access-key: inactive, tags: { team: 7, on: true } }
roles:
  R: { trust: ann.json, max-session: 2h, boundary: ReadOnlyAccess, policies: [Own] }
policies:
  Own: { Version: \"2012-10-17\", Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }
oidc-providers:
  github: { url: https://token.actions.githubusercontent.com, audiences: [sts.amazonaws.com] }
  inline: { url: https://a.example, audiences: [x], keys: { keys: [{ kty: EC, crv: P-256, kid: k, x: MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4, y: 4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM }] } }
  fetched: { url: https://b.example, audiences: [x], keys: discover }
saml-providers: { ADFS: { issuer: https://adfs.example } }
buckets: { site: { objects: { a.txt: hello, b: 5 }, block-public-access: false, account: other } }
distributions: { E2EXAMPLE: { origin: site, aliases: [www.example.com] } }
resources:
  arn:aws:kms:us-east-1:012345678901:key/k: { tags: { a: b } }
  arn:aws:sqs:us-east-1:111122223333:q: {}
context: { aws:SourceIp: 203.0.113.7, aws:PrincipalServiceNamesList: [a, b] }
steps:
  - { as: ann, assume: R }
",
    )
    .world;

    assert_eq!(world.clock.to_string(), "2027-03-04T05:06:07Z");
    assert_eq!(world.accounts[1].id, "012345678901");
    assert_eq!(
        (&*world.groups[0].account, &*world.groups[0].path),
        ("012345678901", "/a/")
    );
    let ann = &world.users[0];
    assert_eq!(
        (ann.access_key_active, ann.mfa, &*ann.groups),
        (false, true, &["admins".to_owned()][..])
    );
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(ann.tags, [tag("team", "7"), tag("on", "true")]);
    assert_eq!(world.roles[0].max_session, 7_200);
    assert_eq!(
        world.roles[0].policies[0].origin,
        PolicyOrigin::Customer("Own".to_owned())
    );
    assert_eq!(world.policies[0].account, "111122223333");
    let arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    assert_eq!(world.oidc_providers[0].arn(), arn);
    assert_eq!(world.oidc_providers[0].keys, ProviderKeys::Generated);
    assert_eq!(
        world.oidc_providers[1].keys,
        ProviderKeys::Given(
            r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "k", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#
                .into()
        )
    );
    assert_eq!(world.oidc_providers[2].keys, ProviderKeys::Discover);
    assert_eq!(
        world.saml_providers[0].arn(),
        "arn:aws:iam::111122223333:saml-provider/ADFS"
    );
    assert_eq!(
        world.buckets[0].objects,
        [tag("a.txt", "hello"), tag("b", "5")]
    );
    assert_eq!(world.distributions[0].origin.as_deref(), Some("site"));
    assert_eq!(world.resources[0].account, "012345678901");
    let multivalued: Vec<bool> = world
        .context
        .iter()
        .map(|entry| entry.multivalued)
        .collect();
    assert_eq!(multivalued, [false, true]);
}

#[test]
fn a_customer_policy_is_in_each_account_that_uses_it() {
    let world = test(
        "scenario: x
accounts: { main: 111122223333, other: 222233334444 }
users: { ann: { policies: [P] }, bob: { account: other, policies: ['arn:aws:iam::222233334444:policy/P'] } }
policies: { P: { Version: \"2012-10-17\", Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } } }
steps:
  - { as: ann, call: s3:ListBuckets }
  - { as: bob, call: s3:ListBuckets }
",
    )
    .world;

    let accounts: Vec<&str> = world
        .policies
        .iter()
        .map(|policy| &*policy.account)
        .collect();
    assert_eq!(accounts, ["111122223333", "222233334444"]);
}

#[test]
fn a_level_without_policies_gets_those_of_aws_and_a_written_list_is_complete() {
    let scenario = "scenario: x
accounts: { root: 111122223333, prod: 222233334444, dev: 333344445555 }
users: { ann: { account: prod } }
organization:
  id: o-acme
  management: root
  root:
    units:
      Workloads:
        service-control-policies: [FullAWSAccess, scp.json]
        resource-control-policies: [rcp.yaml]
        accounts: { prod: {}, dev: { service-control-policies: [] } }
steps: [{ as: ann, call: s3:ListBuckets, expect: denied, because: { policy: scp, at: Workloads } }]
";
    let scp = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}}"#;
    let rcp = r#"{"Version": "2012-10-17", "Statement":
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}"#;
    let files = Memory::default()
        .with("s.yaml", scenario)
        .with("scp.json", scp)
        .with("rcp.yaml", rcp);

    let loaded = load(&["s.yaml".into()], &files);

    assert_eq!(errors(&loaded), [""; 0]);
    let organization = loaded.tests[0]
        .world
        .organization
        .as_ref()
        .expect("an organization");
    assert_eq!(organization.management.as_deref(), Some("111122223333"));
    let unit = &organization.root.units[0];
    assert_eq!(
        origins(&organization.root),
        (vec!["FullAWSAccess"], vec!["RCPFullAWSAccess"])
    );
    assert_eq!(
        origins(unit),
        (
            vec!["FullAWSAccess", "scp.json"],
            vec!["RCPFullAWSAccess", "rcp.yaml"]
        )
    );
    assert_eq!(unit.accounts[0].account, "222233334444");
    assert_eq!(unit.accounts[0].service_control.len(), 1);
    assert_eq!(unit.accounts[1].service_control.len(), 0);
}

/// Where a unit's SCPs and RCPs come from.
fn origins(unit: &Unit) -> (Vec<&str>, Vec<&str>) {
    let origin = |policy: &'_ PolicyReference| match &policy.origin {
        PolicyOrigin::Aws(arn) if arn.ends_with("/p-FullAWSAccess") => "FullAWSAccess",
        PolicyOrigin::Aws(_) => "RCPFullAWSAccess",
        PolicyOrigin::File(file) if file == "scp.json" => "scp.json",
        _ => "rcp.yaml",
    };
    (
        unit.service_control.iter().map(origin).collect(),
        unit.resource_control.iter().map(origin).collect(),
    )
}

#[test]
fn whoever_acts_is_named_in_one_of_these_forms() {
    let world = "scenario: x
accounts: { main: 111122223333, other: 222233334444 }
users: { ann: {} }
roles: { R: { trust: ann.json } }
oidc-providers: { github: { url: https://a.example, audiences: [sts.amazonaws.com, other] } }
saml-providers: { ADFS: {} }
";
    for (written, verb, wanted) in [
        ("ann", "call: s3:ListBuckets", Actor::User("ann".to_owned())),
        (
            "root",
            "call: s3:ListBuckets",
            Actor::Root("111122223333".to_owned()),
        ),
        (
            "{ root: other }",
            "call: s3:ListBuckets",
            Actor::Root("222233334444".to_owned()),
        ),
        (
            "{ root: 222233334444 }",
            "call: s3:ListBuckets",
            Actor::Root("222233334444".to_owned()),
        ),
        ("anonymous", "call: s3:ListBuckets", Actor::Anonymous),
        (
            "{ service: ec2.amazonaws.com }",
            "assume: R",
            Actor::Service("ec2.amazonaws.com".to_owned()),
        ),
        (
            "{ service: ec2.amazonaws.com }",
            "can: [sqs:SendMessage]",
            Actor::Service("ec2.amazonaws.com".to_owned()),
        ),
    ] {
        let test = test(&format!("{world}steps:\n  - {{ as: {written}, {verb} }}\n"));
        assert_eq!(
            test.steps[0].actor.as_ref().map(|actor| &actor.value),
            Some(&wanted),
            "{written}"
        );
    }
}

#[test]
fn a_token_has_the_claims_written_and_those_that_every_token_has() {
    let world = "scenario: x
users: { ann: {} }
roles: { R: { trust: ann.json } }
oidc-providers: { github: { url: https://a.example, audiences: [sts.amazonaws.com, other] } }
saml-providers: { ADFS: {} }
";
    let claims = |written: &str| {
        let text = format!(
            "{world}steps:\n  - {{ as: {{ token: {{ provider: github, {written} }} }}, assume: R }}\n"
        );
        match test(&text).steps.remove(0).actor.expect("an actor").value {
            Actor::Token(token) => token.claims,
            other => panic!("{other:?}"),
        }
    };
    let show = |(name, value): &(String, ClaimValue)| match value {
        ClaimValue::Value(node) => format!("{name}={}", crate::scenario::text::to_json(node)),
        ClaimValue::Relative(after) => format!("{name}={}s", after.as_secs()),
    };
    for (written, wanted) in [
        (
            "sub: me",
            "sub=\"me\" aud=\"sts.amazonaws.com\" iat=0s exp=300s",
        ),
        (
            "sub: me, aud: [a, b], exp: -1h",
            "sub=\"me\" aud=[\"a\", \"b\"] exp=-3600s iat=0s",
        ),
        (
            "sub: me, iat: 5, exp: 10m, job: { a: 1 }",
            "sub=\"me\" iat=5 exp=600s job={\"a\": 1} aud=\"sts.amazonaws.com\"",
        ),
    ] {
        let claims: Vec<String> = claims(written).iter().map(show).collect();
        assert_eq!(claims.join(" "), wanted, "{written}");
    }
    let text = format!(
        "{world}steps:\n  - {{ as: {{ saml: {{ provider: ADFS, Role: [a, b], mail: m }} }}, assume: R }}\n"
    );
    let actor = test(&text).steps.remove(0).actor.expect("an actor").value;
    let Actor::Saml(assertion) = actor else {
        panic!("{actor:?}")
    };
    let attribute = |name: &str, values: &[&str]| {
        (
            name.to_owned(),
            values.iter().map(|v| (*v).to_owned()).collect(),
        )
    };
    assert_eq!(
        assertion.attributes,
        [attribute("Role", &["a", "b"]), attribute("mail", &["m"])]
    );
}

#[test]
fn an_assume_has_the_parameters_of_aws_by_our_names() {
    let steps = steps(
        "  - as: ann
    assume: Deploy
    session: s
    external-id: 012
    duration: 1h30m
    session-policy-arns: [ReadOnlyAccess]
    tags: { team: web }
    transitive-tags: [team]
    source-identity: ann
    mfa: true
    context: { aws:SourceIp: 203.0.113.7 }
    then:
      - call: s3:ListBuckets
      - wait: 90s
      - assume: arn:aws:iam::999999999999:role/Other
        mfa: \"123456\"
        expect: denied
  - { as: ann, assume: Deploy }",
    );

    let Verb::Assume(assume) = &steps[0].verb else {
        panic!("an assume")
    };
    assert_eq!(assume.role_arn, "arn:aws:iam::123456789012:role/ops/Deploy");
    assert_eq!(
        (
            &*assume.session,
            assume.external_id.as_deref(),
            assume.duration
        ),
        ("s", Some("012"), Some(5_400))
    );
    assert_eq!(
        assume.session_policy_arns,
        ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    );
    assert_eq!(
        (&assume.mfa, assume.source_identity.as_deref()),
        (&Some(Mfa::Valid), Some("ann"))
    );
    assert_eq!(steps[0].context[0].values, ["203.0.113.7"]);
    let numbers: Vec<&str> = assume.then.iter().map(|step| &*step.number).collect();
    assert_eq!(numbers, ["1.1", "1.2", "1.3"]);
    assert!(
        matches!(assume.then[1].verb, Verb::Wait(length) if length == SignedDuration::from_secs(90))
    );
    let Verb::Assume(inner) = &assume.then[2].verb else {
        panic!("an assume")
    };
    assert_eq!(inner.mfa, Some(Mfa::Code("123456".to_owned())));
    let Verb::Assume(plain) = &steps[1].verb else {
        panic!("an assume")
    };
    assert_eq!(
        (&*plain.session, plain.duration, steps[1].number.as_str()),
        ("rolecall", None, "2")
    );
}

#[test]
fn a_question_is_an_action_on_a_resource_or_alone() {
    let steps = steps(
        "  - { as: ann, cannot: [s3:GetObject on arn:aws:s3:::site/a, 's3:ListAllMyBuckets'] }",
    );

    let Verb::Cannot(questions) = &steps[0].verb else {
        panic!("questions")
    };
    let asked = |question: &Question| (question.action.clone(), question.resource.clone());
    let asked: Vec<_> = questions.iter().map(asked).collect();
    let arn = Some("arn:aws:s3:::site/a".to_owned());
    assert_eq!(
        asked,
        [
            ("s3:GetObject".to_owned(), arn),
            ("s3:ListAllMyBuckets".to_owned(), None)
        ]
    );
}

#[test]
fn an_expectation_is_a_word_a_code_or_a_map() {
    let error = |code: &str, message: Option<&str>, status| Expect::Error {
        code: code.to_owned(),
        message: message.map(str::to_owned),
        status,
    };
    for (written, wanted) in [
        ("allowed", Expect::Allowed),
        ("denied", Expect::Denied),
        ("ExpiredToken", error("ExpiredToken", None, None)),
        (
            "{ error: NoSuchKey, message: '*x*', status: 404 }",
            error("NoSuchKey", Some("*x*"), Some(404)),
        ),
    ] {
        let steps = steps(&format!(
            "  - {{ as: ann, call: s3:ListBuckets, expect: {written} }}"
        ));
        assert_eq!(steps[0].expect, wanted, "{written}");
    }
    let steps =
        steps("  - { as: ann, call: s3:ListBuckets, expect: { Buckets: [{ Name: '*' }] } }");
    let Expect::Fields(fields) = &steps[0].expect else {
        panic!("fields")
    };
    assert_eq!(
        crate::scenario::text::to_json(fields),
        r#"{"Buckets": [{"Name": "*"}]}"#
    );
}

#[test]
fn a_reason_is_kept_where_a_denial_is_expected_and_ignored_in_other_cases() {
    let because =
        "because: { policy: trust, effect: implicit, condition: 'sts:ExternalId', only: true }";
    let text = scenario(&format!(
        "  - {{ as: ann, assume: Deploy, expect: '${{outcome}}', {because} }}"
    ));
    let text =
        format!("{text}cases: {{ yes: {{ outcome: allowed }}, no: {{ outcome: denied }} }}\n");

    let loaded = load_text(&text);

    assert_eq!(errors(&loaded), [""; 0]);
    assert_eq!(loaded.tests[0].steps[0].because, None);
    let because = loaded.tests[1].steps[0].because.clone().expect("a reason");
    let wanted = Because {
        policy: Some(BecausePolicy::Trust),
        at: None,
        explicit: Some(false),
        statement: None,
        condition: Some("sts:ExternalId".to_owned()),
        only: true,
        ..because.clone()
    };
    assert_eq!(because, wanted);
}

#[test]
fn a_policy_comes_from_a_plan_of_terraform() {
    let plan = r#"{ "format_version": "1.2", "planned_values": { "root_module": {
        "resources": [{ "address": "aws_s3_bucket.site", "type": "aws_s3_bucket", "values": {} }],
        "child_modules": [{ "resources": [
          { "address": "module.ci.aws_iam_role.deploy", "type": "aws_iam_role", "values": { "assume_role_policy":
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::123456789012:user/bob\"},\"Action\":\"sts:AssumeRole\"}]}" } },
          { "address": "module.ci.aws_iam_policy.later", "type": "aws_iam_policy", "values": {} }
        ] }] } } }"#;
    let load_with = |address: &str| {
        let text = format!(
            "scenario: x\nusers: {{ ann: {{}} }}\nroles: {{ R: {{ trust: {{ from: plan.json, address: {address} }} }} }}\n\
             steps: [{{ as: ann, assume: R }}]\n"
        );
        load(
            &["s.yaml".into()],
            &Memory::default()
                .with("s.yaml", text)
                .with("plan.json", plan),
        )
    };

    let loaded = load_with("module.ci.aws_iam_role.deploy");

    assert_eq!(errors(&loaded), [""; 0]);
    assert_eq!(
        warnings(&loaded),
        ["the world has no user `arn:aws:iam::123456789012:user/bob`"]
    );
    let place = loaded.diagnostics[0]
        .at
        .as_ref()
        .map(|(span, _)| loaded.sources.place(*span));
    assert_eq!(
        place.as_deref(),
        Some("plan.json (module.ci.aws_iam_role.deploy):1:75")
    );
    for (address, label) in [
        ("module.ci.aws_iam_role.deplo", "not in the plan"),
        (
            "aws_s3_bucket.site",
            "`aws_s3_bucket` has no policy that rolecall knows of",
        ),
        (
            "module.ci.aws_iam_policy.later",
            "its `policy` is known only after the apply",
        ),
    ] {
        let loaded = load_with(address);
        let labels = loaded
            .diagnostics
            .iter()
            .filter_map(|diagnostic| diagnostic.at.as_ref());
        assert_eq!(
            labels.map(|(_, label)| label.as_str()).collect::<Vec<_>>(),
            [label]
        );
    }
}
