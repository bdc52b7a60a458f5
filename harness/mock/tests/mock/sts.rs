//! `GetCallerIdentity` and `AssumeRole`: who may become whom.

use crate::client::*;
use jiff::SignedDuration;
use rolecall_mock::{AUTHORIZATION_ID_HEADER, Mock, RoleSpec, UserSpec};
use rolecall_wire::{Structure, Value};

fn caller(client: &Client) -> (String, String, String) {
    let identity = client
        .call("sts:GetCallerIdentity", &Structure::new())
        .unwrap();
    let text = |name| identity.string(name).unwrap().to_owned();
    (text("Arn"), text("UserId"), text("Account"))
}

/// The tutorial's world: a user without permissions and a role that trusts it.
fn tutorial() -> Mock {
    let mut world = world();
    world.add_user(user("spa-deployment", vec![])).unwrap();
    world.add_user(user("nobody", vec![])).unwrap();
    let principal = r#"{"AWS": "arn:aws:iam::123456789012:user/spa-deployment"}"#;
    let s3 = allow("s3:*", "*");
    world
        .add_role(role("S3-CloudFront-Access", trust(principal, ""), vec![s3]))
        .unwrap();
    Mock::new(world)
}

#[test]
fn everyone_learns_who_they_are() {
    let mock = tutorial();
    let user = Client::user(&mock, "spa-deployment");
    let session = user.session(&user.assume(&role_arn("S3-CloudFront-Access")).unwrap());

    let (arn, id, account) = caller(&user);
    assert_eq!(arn, "arn:aws:iam::123456789012:user/spa-deployment");
    assert!(id.starts_with("AIDA") && id.len() == 21, "{id}");
    assert_eq!(account, MAIN);

    let (arn, id, _) = caller(&session);
    assert_eq!(
        arn,
        "arn:aws:sts::123456789012:assumed-role/S3-CloudFront-Access/DeploySPA"
    );
    assert!(id.starts_with("AROA") && id.ends_with(":DeploySPA"), "{id}");

    let root = (
        "arn:aws:iam::123456789012:root".into(),
        MAIN.into(),
        MAIN.into(),
    );
    assert_eq!(caller(&Client::root(&mock, MAIN)), root);
}

/// AWS: STS API Reference, `GetCallerIdentity`: no permissions are required, and a deny has no effect.
#[test]
fn nothing_denies_the_caller_identity() {
    let mut world = world();
    world
        .add_user(user("barred", vec![deny("*", "*")]))
        .unwrap();
    let mock = Mock::new(world);

    assert_eq!(caller(&Client::user(&mock, "barred")).2, MAIN);
}

#[test]
fn the_partition_is_that_of_the_region() {
    let user = Client::user(&tutorial(), "spa-deployment").in_region("cn-north-1");

    assert_eq!(
        caller(&user).0,
        "arn:aws-cn:iam::123456789012:user/spa-deployment"
    );
}

/// AWS: STS API Reference, `AssumeRole`, response elements.
#[test]
fn an_assumed_role_gives_temporary_credentials() {
    let mock = tutorial();
    let answer = Client::user(&mock, "spa-deployment")
        .assume(&role_arn("S3-CloudFront-Access"))
        .unwrap();

    let credentials = answer.structure("Credentials").unwrap();
    assert!(
        credentials
            .string("AccessKeyId")
            .unwrap()
            .starts_with("ASIA")
    );
    assert_eq!(credentials.string("AccessKeyId").unwrap().len(), 20);
    assert_eq!(credentials.string("SecretAccessKey").unwrap().len(), 40);
    let an_hour_later = start() + SignedDuration::from_hours(1);
    assert_eq!(
        credentials.get("Expiration"),
        Some(&Value::Timestamp(an_hour_later))
    );
    let user = answer.structure("AssumedRoleUser").unwrap();
    assert_eq!(
        user.string("Arn").unwrap(),
        "arn:aws:sts::123456789012:assumed-role/S3-CloudFront-Access/DeploySPA"
    );
    assert!(
        user.string("AssumedRoleId")
            .unwrap()
            .ends_with(":DeploySPA")
    );
    assert_eq!(answer.get("PackedPolicySize"), None);
    assert_eq!(answer.get("SourceIdentity"), None);
}

#[test]
fn the_role_and_not_its_assumer_reaches_the_bucket() {
    let mock = tutorial();
    let user = Client::user(&mock, "spa-deployment");
    let session = user.session(&user.assume(&role_arn("S3-CloudFront-Access")).unwrap());

    assert_eq!(
        user.refused("s3:ListBuckets", &Structure::new()),
        (
            "AccessDenied".to_owned(),
            "User: arn:aws:iam::123456789012:user/spa-deployment is not authorized to perform: \
             s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action"
                .to_owned()
        )
    );
    assert!(session.call("s3:ListBuckets", &Structure::new()).is_ok());
}

/// Live answers of STS: the short form without a reason, also for a role that isn't there.
#[test]
fn a_refused_role_is_named_without_a_reason() {
    let mock = tutorial();
    let nobody = Client::user(&mock, "nobody");
    for role in ["S3-CloudFront-Access", "Missing"] {
        let arn = role_arn(role);
        let text = format!(
            "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: sts:AssumeRole on \
             resource: {arn}"
        );
        assert_eq!(
            nobody.refused("sts:AssumeRole", &assume(&arn)),
            ("AccessDenied".to_owned(), text)
        );
    }
}

#[test]
fn what_is_no_role_is_refused_as_aws_does() {
    let user = Client::user(&tutorial(), "spa-deployment");
    let arn = "arn:aws:iam::123456789012:user/spa-deployment";
    let denied =
        format!("User: {arn} is not authorized to perform: sts:AssumeRole on resource: {arn}");
    let rows = [
        (arn, "AccessDenied", denied.as_str()),
        (
            "this-is-not-an-arn-at-all",
            "ValidationError",
            "this-is-not-an-arn-at-all is invalid",
        ),
    ];
    for (role, code, text) in rows {
        let refused = user.refused("sts:AssumeRole", &assume(role));
        assert_eq!(refused, (code.to_owned(), text.to_owned()), "{role}");
    }
}

#[test]
fn root_assumes_no_role() {
    let root = Client::root(&tutorial(), MAIN);
    let refused = root.refused("sts:AssumeRole", &assume(&role_arn("S3-CloudFront-Access")));

    let text = "Roles may not be assumed by root accounts.";
    assert_eq!(refused, ("AccessDenied".to_owned(), text.to_owned()));
}

/// AWS: IAM User Guide, Access to AWS accounts owned by third parties, external ID.
#[test]
fn an_external_id_must_be_the_one_of_the_trust_policy() {
    let mut world = world();
    world.add_user(user("spa-deployment", vec![])).unwrap();
    let principal = r#"{"AWS": "arn:aws:iam::123456789012:user/spa-deployment"}"#;
    let condition = r#", "Condition": {"StringEquals": {"sts:ExternalId": "Deploy-42"}}"#;
    world
        .add_role(role("Deploy", trust(principal, condition), vec![]))
        .unwrap();
    let client = Client::user(&Mock::new(world), "spa-deployment");

    let input = assume(&role_arn("Deploy"));
    let rows = [
        (Some("Deploy-42"), true),
        (Some("deploy-42"), false),
        (Some("Deploy-43"), false),
        (None, false),
    ];
    for (external_id, allowed) in rows {
        let answer = client.call(
            "sts:AssumeRole",
            &input.clone().with_some("ExternalId", external_id),
        );
        assert_eq!(answer.is_ok(), allowed, "{external_id:?}");
    }
}

/// AWS: IAM User Guide, Cross-account policy evaluation logic.
#[test]
fn across_accounts_both_sides_must_allow() {
    let arn = format!("arn:aws:iam::{OTHER}:role/Deploy");
    let rows = [
        (
            vec![allow("sts:AssumeRole", &arn)],
            format!("arn:aws:iam::{MAIN}:root"),
            true,
        ),
        (vec![], format!("arn:aws:iam::{MAIN}:root"), false),
        (vec![], format!("arn:aws:iam::{MAIN}:user/ci"), false),
        (
            vec![allow("sts:AssumeRole", &arn)],
            format!("arn:aws:iam::{OTHER}:root"),
            false,
        ),
    ];
    for (policies, principal, allowed) in rows {
        let mut world = world();
        world.add_user(user("ci", policies)).unwrap();
        let trust = trust(&format!(r#"{{"AWS": "{principal}"}}"#), "");
        world
            .add_role(RoleSpec::new(OTHER, "Deploy", trust))
            .unwrap();
        let client = Client::user(&Mock::new(world), "ci");

        assert_eq!(client.assume(&arn).is_ok(), allowed, "{principal}");
    }
}

/// A user, a role it may assume and a second role that the first may assume.
fn chain(first: RoleSpec, second: RoleSpec) -> Mock {
    let mut world = world();
    world.add_user(UserSpec::new(MAIN, "ci")).unwrap();
    world.add_role(first).unwrap();
    world.add_role(second).unwrap();
    Mock::new(world)
}

fn by_user(name: &str) -> RoleSpec {
    role(
        name,
        trust(r#"{"AWS": "arn:aws:iam::123456789012:user/ci"}"#, ""),
        vec![],
    )
}

fn by_first(name: &str) -> RoleSpec {
    role(
        name,
        trust(r#"{"AWS": "arn:aws:iam::123456789012:role/First"}"#, ""),
        vec![],
    )
}

/// AWS: IAM User Guide, Roles terms and concepts, role chaining; live answers of STS.
#[test]
fn a_session_lasts_as_long_as_role_and_chain_allow() {
    let maximum = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let hour = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    let long = RoleSpec {
        max_session: 7200,
        ..by_user("First")
    };
    let mock = chain(
        long,
        RoleSpec {
            max_session: 7200,
            ..by_first("Second")
        },
    );
    mock.update(|world| world.add_role(by_first("Short")))
        .unwrap();
    let user = Client::user(&mock, "ci");
    let session = user.session(&user.assume(&role_arn("First")).unwrap());

    let rows = [
        (&user, "First", 7200, None),
        (&user, "First", 7201, Some(maximum)),
        (&session, "Second", 3600, None),
        (&session, "Second", 3601, Some(hour)),
        (&session, "Second", 7201, Some(maximum)),
        (&session, "Short", 3601, Some(maximum)),
    ];
    for (client, role, duration, refused) in rows {
        let input = assume(&role_arn(role)).with("DurationSeconds", duration);
        let answer = client.call("sts:AssumeRole", &input);
        let error = answer
            .err()
            .map(|error| (error.code, error.message.unwrap()));
        let wanted = refused.map(|text| ("ValidationError".to_owned(), text.to_owned()));
        assert_eq!(error, wanted, "{role} for {duration}");
    }
}

#[test]
fn a_session_ends_by_the_worlds_clock() {
    let mock = tutorial();
    let user = Client::user(&mock, "spa-deployment");
    let session = user.session(&user.assume(&role_arn("S3-CloudFront-Access")).unwrap());

    mock.clock().advance(SignedDuration::from_secs(3599));
    assert!(session.call("s3:ListBuckets", &Structure::new()).is_ok());

    mock.clock().advance(SignedDuration::from_secs(1));
    let expired = "The security token included in the request is expired";
    assert_eq!(
        session.refused("sts:GetCallerIdentity", &Structure::new()),
        ("ExpiredToken".to_owned(), expired.to_owned())
    );
    let error = session
        .call("s3:ListBuckets", &Structure::new())
        .unwrap_err();
    assert_eq!((error.status, error.code.as_str()), (400, "ExpiredToken"));
    assert_eq!(error.message.unwrap(), "The provided token has expired.");
}

/// Live answers of STS: several constraints broken by one value are as many errors.
#[test]
fn parameters_are_checked_before_any_policy() {
    let client = Client::user(&tutorial(), "nobody");
    let input = |name: &str| assume(&role_arn("Missing")).with("RoleSessionName", name);
    let short = "1 validation error detected: Value 'x' at 'roleSessionName' failed to satisfy constraint: Member \
                 must have length greater than or equal to 2";

    assert_eq!(
        client.refused("sts:AssumeRole", &input("x")),
        ("ValidationError".to_owned(), short.to_owned())
    );
    let (code, text) = client.refused("sts:AssumeRole", &input(""));
    assert_eq!(code, "ValidationError");
    assert!(text.contains("Value '' at 'roleSessionName'"), "{text}");
    let (_, text) = client.refused(
        "sts:AssumeRole",
        &input("with space").with("DurationSeconds", 899),
    );
    assert!(text.starts_with("2 validation errors detected: "), "{text}");
}

/// AWS: IAM User Guide, Session policies.
#[test]
fn a_session_policy_narrows_the_role() {
    let mock = tutorial();
    let user = Client::user(&mock, "spa-deployment");
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
        "Resource": "*"}]}"#;
    let input = assume(&role_arn("S3-CloudFront-Access")).with("Policy", policy);

    let answer = user.call("sts:AssumeRole", &input).unwrap();

    assert!(answer.integer("PackedPolicySize").unwrap() > 0);
    let (code, text) = user
        .session(&answer)
        .refused("s3:ListBuckets", &Structure::new());
    assert_eq!(code, "AccessDenied");
    assert!(
        text.ends_with(" because no session policy allows the s3:ListAllMyBuckets action"),
        "{text}"
    );
}

#[test]
fn a_malformed_or_oversized_session_policy_is_refused() {
    let user = Client::user(&tutorial(), "spa-deployment");
    let input = |policy: &str| assume(&role_arn("S3-CloudFront-Access")).with("Policy", policy);

    assert_eq!(
        user.refused("sts:AssumeRole", &input("{")).0,
        "MalformedPolicyDocument"
    );
    let long = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:*", "Resource": "{}"}}]}}"#,
        format_args!("arn:aws:s3:::{}", "x".repeat(2048))
    );
    let (code, text) = user.refused("sts:AssumeRole", &input(&long));
    assert_eq!(code, "PackedPolicyTooLarge");
    assert!(text.starts_with("Packed policy consumes 1"), "{text}");
    assert!(
        text.ends_with("% of allotted space, please use smaller policy."),
        "{text}"
    );
}

/// AWS: IAM User Guide, Passing session tags in AWS STS.
#[test]
fn transitive_tags_go_down_the_chain() {
    let conditioned = trust(
        r#"{"AWS": "arn:aws:iam::123456789012:role/First"}"#,
        r#", "Condition": {"StringEquals": {"aws:PrincipalTag/Team": "blue"}}"#,
    );
    let mock = chain(by_user("First"), role("Second", conditioned, vec![]));
    let user = Client::user(&mock, "ci");
    let input = |name: &str| assume(&role_arn(name));
    let tagged = input("First").with("Tags", tags(&[("Team", "blue"), ("Stage", "test")]));
    let transitive = tagged
        .clone()
        .with("TransitiveTagKeys", vec![Value::from("team")]);

    let plain = user.session(&user.call("sts:AssumeRole", &tagged).unwrap());
    let passing = user.session(&user.call("sts:AssumeRole", &transitive).unwrap());

    assert!(plain.assume(&role_arn("Second")).is_ok());
    let answer = passing.assume(&role_arn("Second")).unwrap();
    assert!(
        answer.integer("PackedPolicySize").unwrap() > 0,
        "inherited tags take room"
    );
    let again = input("Second").with("Tags", tags(&[("TEAM", "red")]));
    let (code, text) = passing.refused("sts:AssumeRole", &again);
    assert_eq!(code, "InvalidParameterValue");
    assert!(
        text.contains("conflicts with a transitive tag key from the calling session"),
        "{text}"
    );
}

#[test]
fn tags_need_a_permission_of_their_own() {
    let untagged = document(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "arn:aws:iam::123456789012:user/ci"}}]}"#,
    );
    let mock = chain(role("First", untagged, vec![]), by_first("Second"));
    let user = Client::user(&mock, "ci");
    let arn = role_arn("First");
    let refusal = |action: &str| {
        let caller = "arn:aws:iam::123456789012:user/ci";
        format!("User: {caller} is not authorized to perform: {action} on resource: {arn}")
    };

    let tagged = assume(&arn).with("Tags", tags(&[("Team", "blue")]));
    assert_eq!(
        user.refused("sts:AssumeRole", &tagged).1,
        refusal("sts:TagSession")
    );
    let named = assume(&arn).with("SourceIdentity", "alice");
    assert_eq!(
        user.refused("sts:AssumeRole", &named).1,
        refusal("sts:SetSourceIdentity")
    );
    assert!(user.assume(&arn).is_ok());
}

#[test]
fn contradictory_tags_are_refused() {
    let user = Client::user(&chain(by_user("First"), by_first("Second")), "ci");
    let twice = assume(&role_arn("First")).with("Tags", tags(&[("Team", "a"), ("team", "b")]));
    let unknown = assume(&role_arn("First")).with("TransitiveTagKeys", vec![Value::from("Team")]);

    assert_eq!(
        user.refused("sts:AssumeRole", &twice).0,
        "InvalidParameterValue"
    );
    assert_eq!(
        user.refused("sts:AssumeRole", &unknown).1,
        "The specified transitive tag key must be included in the requested tags."
    );
}

/// AWS: IAM User Guide, Monitor and control actions taken with assumed roles.
#[test]
fn a_source_identity_stays_through_the_chain() {
    let user = Client::user(&chain(by_user("First"), by_first("Second")), "ci");
    let input = assume(&role_arn("First")).with("SourceIdentity", "alice");
    let answer = user.call("sts:AssumeRole", &input).unwrap();
    assert_eq!(answer.string("SourceIdentity"), Some("alice"));
    let session = user.session(&answer);

    let second = session.assume(&role_arn("Second")).unwrap();
    assert_eq!(second.string("SourceIdentity"), Some("alice"));
    let same = assume(&role_arn("Second")).with("SourceIdentity", "alice");
    assert!(session.call("sts:AssumeRole", &same).is_ok());
    let other = assume(&role_arn("Second")).with("SourceIdentity", "bob");
    assert_eq!(
        session.refused("sts:AssumeRole", &other),
        (
            "ValidationError".to_owned(),
            "The source identity is already set for this assume role session".to_owned()
        )
    );
}

#[test]
fn every_answer_names_its_authorization() {
    let mock = tutorial();
    let response = Client::user(&mock, "nobody")
        .send("sts:AssumeRole", &assume(&role_arn("S3-CloudFront-Access")));

    let id = response.headers()[AUTHORIZATION_ID_HEADER]
        .to_str()
        .unwrap();
    let authorization = mock.authorization(id).unwrap();
    assert!(!authorization.is_allowed());
    assert_eq!(authorization.operation, "AssumeRole");
    let evaluation = &authorization.evaluations()[0];
    assert_eq!(evaluation.action, "sts:AssumeRole");
    assert_eq!(evaluation.resource, role_arn("S3-CloudFront-Access"));
    assert!(!evaluation.is_allowed());
    assert_eq!(mock.evaluations().last().unwrap().id, id);
}

#[test]
fn a_reset_brings_the_first_world_back() {
    let mock = tutorial();
    let user = Client::user(&mock, "spa-deployment");
    let input = assume(&role_arn("S3-CloudFront-Access"));
    let first = user.send("sts:AssumeRole", &input);
    mock.clock().advance(SignedDuration::from_hours(2));

    mock.reset();

    assert_eq!(mock.clock().now(), start());
    assert!(mock.evaluations().is_empty());
    let again = user.send("sts:AssumeRole", &input);
    assert_eq!(
        again.body(),
        first.body(),
        "the same seed gives the same text"
    );
}
