//! Worlds that change between requests, and questions without a request.

use rolecall_mock::{
    AskError, Asker, ContextKey, CustomerPolicySpec, GroupSpec, Mock, PolicySpec, ResourceSpec,
    UserSpec, WorldError,
};
use rolecall_wire::Structure;

use crate::client::*;

const ANN: &str = r#"{"AWS": "arn:aws:iam::123456789012:user/ann"}"#;

fn may_list(mock: &Mock, user: &str) -> bool {
    let client = Client::user(mock, user);
    client.call("s3:ListBuckets", &Structure::new()).is_ok()
}

fn group(policies: Vec<PolicySpec>) -> GroupSpec {
    GroupSpec {
        account: MAIN.to_owned(),
        path: "/".to_owned(),
        name: "readers".to_owned(),
        policies,
    }
}

#[test]
fn a_user_has_the_policies_of_its_groups() {
    let mut world = world();
    world.add_group(group(vec![allow("s3:*", "*")])).unwrap();
    let in_group = UserSpec {
        groups: vec!["readers".to_owned()],
        ..UserSpec::new(MAIN, "ann")
    };
    world.add_user(in_group).unwrap();
    let mock = Mock::new(world);
    assert!(may_list(&mock, "ann"));

    mock.update(|world| world.update_group(group(vec![])))
        .unwrap();
    assert!(
        !may_list(&mock, "ann"),
        "a change of the group holds at once"
    );

    mock.update(|world| world.remove_group(MAIN, "readers"))
        .unwrap();
    assert!(!may_list(&mock, "ann"));
}

#[test]
fn a_managed_policy_changes_wherever_it_is_attached() {
    let spec = |json: &str| CustomerPolicySpec {
        account: MAIN.to_owned(),
        path: "/".to_owned(),
        name: "listing".to_owned(),
        document: document(json),
    };
    let allowing = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#;
    let mut world = world();
    let arn = world.add_policy(spec(allowing)).unwrap();
    let attached = PolicySpec::Managed {
        arn,
        document: document(allowing),
    };
    world.add_user(user("ann", vec![attached])).unwrap();
    let mock = Mock::new(world);
    assert!(may_list(&mock, "ann"));

    let denying = allowing.replace("Allow", "Deny");
    mock.update(|world| world.update_policy(spec(&denying)))
        .unwrap();

    assert!(!may_list(&mock, "ann"));
}

/// Live answers of STS and S3: a role made anew under the name of another is not that role.
#[test]
fn who_is_made_anew_is_someone_else() {
    let mut world = world();
    world.add_user(user("ann", vec![])).unwrap();
    world
        .add_role(role("Deploy", trust(ANN, ""), vec![]))
        .unwrap();
    let mock = Mock::new(world);
    let ann = Client::user(&mock, "ann");
    let session = ann.session(&ann.assume(&role_arn("Deploy")).unwrap());
    let identity = |client: &Client| client.call("sts:GetCallerIdentity", &Structure::new());
    assert!(identity(&session).is_ok());

    mock.update(|world| {
        world.remove_role(MAIN, "Deploy").unwrap();
        world
            .add_role(role("Deploy", trust(ANN, ""), vec![]))
            .unwrap();
    });
    assert_eq!(identity(&session).unwrap_err().code, "InvalidClientTokenId");
    let error = session
        .call("s3:ListBuckets", &Structure::new())
        .unwrap_err();
    assert_eq!(error.code, "InvalidAccessKeyId");
    assert!(ann.assume(&role_arn("Deploy")).is_ok());

    mock.update(|world| {
        world.remove_user(MAIN, "ann").unwrap();
        world.add_user(user("ann", vec![])).unwrap();
    });
    assert_eq!(identity(&ann).unwrap_err().code, "InvalidClientTokenId");
    let another = Client::user(&mock, "ann");
    assert!(identity(&another).is_ok());
    assert!(
        another.assume(&role_arn("Deploy")).is_err(),
        "the trust is in the ann who is gone"
    );
}

#[test]
fn a_changed_member_leaves_the_rest_as_it_is() {
    let mut world = world();
    world.add_user(user("ann", vec![])).unwrap();
    world
        .add_role(role("Deploy", trust(ANN, ""), vec![]))
        .unwrap();
    let mock = Mock::new(world);
    let ann = Client::user(&mock, "ann");
    let session = ann.session(&ann.assume(&role_arn("Deploy")).unwrap());

    let changed = role(
        "Deploy",
        trust(r#"{"AWS": "210987654321"}"#, ""),
        vec![allow("s3:*", "*")],
    );
    mock.update(|world| world.update_role(changed)).unwrap();
    assert!(
        session.call("s3:ListBuckets", &Structure::new()).is_ok(),
        "policies are read when they are asked"
    );
    assert!(ann.assume(&role_arn("Deploy")).is_err());

    let inactive = UserSpec {
        access_key_active: false,
        ..UserSpec::new(MAIN, "ann")
    };
    mock.update(|world| world.update_user(inactive)).unwrap();
    assert_eq!(
        ann.assume(&role_arn("Deploy")).unwrap_err().code,
        "InvalidClientTokenId"
    );
    mock.update(|world| world.update_user(UserSpec::new(MAIN, "ann")))
        .unwrap();
    assert!(
        ann.call("sts:GetCallerIdentity", &Structure::new()).is_ok(),
        "the key is the same"
    );
}

#[test]
fn what_is_not_there_can_not_be_changed() {
    let mut world = world();
    let unknown = |kind, name: &str| {
        let name = name.to_owned();
        Err(WorldError::Unknown { kind, name })
    };
    assert_eq!(world.remove_user(MAIN, "ann"), unknown("user", "ann"));
    assert_eq!(
        world.update_role(role("R", trust(ANN, ""), vec![])),
        unknown("role", "R")
    );
    assert_eq!(
        world.remove_bucket("spa-site"),
        unknown("bucket", "spa-site")
    );
    assert_eq!(
        world.add_user(UserSpec::new("999999999999", "ann")),
        Err(WorldError::UnknownAccount("999999999999".to_owned()))
    );
    world.add_user(UserSpec::new(MAIN, "ann")).unwrap();
    assert!(matches!(
        world.add_user(UserSpec::new(MAIN, "ANN")),
        Err(WorldError::Exists { .. })
    ));
}

#[test]
fn any_action_can_be_asked_about() {
    let mut world = world();
    let queue = "arn:aws:sqs:us-east-1:210987654321:jobs";
    let policies = vec![
        allow("sqs:SendMessage", "*"),
        allow("ec2:*", "*"),
        allow("sts:AssumeRole", "*"),
    ];
    world.add_user(user("ann", policies)).unwrap();
    let policy = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sqs:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
         "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:210987654321:news"}}}]}"#;
    world
        .put_resource(ResourceSpec {
            arn: queue.to_owned(),
            account: OTHER.to_owned(),
            policy: Some(document(policy)),
            tags: vec![],
        })
        .unwrap();
    world
        .add_role(role(
            "Deploy",
            trust(r#"{"AWS": "210987654321"}"#, ""),
            vec![],
        ))
        .unwrap();
    let mock = Mock::new(world);
    let ann = Asker::User {
        account: MAIN,
        name: "ann",
    };
    let sns = Asker::Service("sns.amazonaws.com");
    let source = |arn: &str| vec![ContextKey::single("aws:SourceArn", arn)];
    let news = source("arn:aws:sns:us-east-1:210987654321:news");
    let role = role_arn("Deploy");
    let rows = [
        (ann, "sqs:SendMessage", Some(queue), vec![], true),
        (ann, "sqs:ReceiveMessage", Some(queue), vec![], false),
        (ann, "ec2:DescribeInstances", None, vec![], true),
        (ann, "iam:ListUsers", None, vec![], false),
        (ann, "sts:AssumeRole", Some(&role), vec![], false),
        (sns, "sqs:SendMessage", Some(queue), news, true),
        (
            sns,
            "sqs:SendMessage",
            Some(queue),
            source("arn:aws:sns:us-east-1:1:x"),
            false,
        ),
        (sns, "sqs:SendMessage", Some(queue), vec![], false),
        (
            Asker::Anonymous,
            "sqs:SendMessage",
            Some(queue),
            vec![],
            false,
        ),
        (
            Asker::Root(MAIN),
            "ec2:DescribeInstances",
            None,
            vec![],
            true,
        ),
    ];
    for (asker, action, resource, keys, allowed) in rows {
        let answer = mock.ask(asker, action, resource, &keys).unwrap();
        assert_eq!(answer.is_allowed(), allowed, "{asker:?} {action}");
        assert_eq!(mock.evaluations().last().unwrap().id, answer.id);
    }
    let nobody = Asker::User {
        account: MAIN,
        name: "bob",
    };
    assert_eq!(
        mock.ask(nobody, "ec2:X", None, &[]).unwrap_err(),
        AskError::UnknownAsker
    );
}

#[test]
fn the_holder_of_a_session_can_be_asked_about_until_it_is_over() {
    let mut world = world();
    world.add_user(user("ann", vec![])).unwrap();
    world
        .add_role(role("Deploy", trust(ANN, ""), vec![allow("s3:*", "*")]))
        .unwrap();
    let mock = Mock::new(world);
    let ann = Client::user(&mock, "ann");
    let session = ann.session(&ann.assume(&role_arn("Deploy")).unwrap());
    let credentials = session.credentials.unwrap();

    assert!(
        mock.ask(
            Asker::Holder(&credentials),
            "s3:ListAllMyBuckets",
            None,
            &[]
        )
        .unwrap()
        .is_allowed()
    );

    mock.clock().advance(jiff::SignedDuration::from_hours(1));
    let late = mock.ask(
        Asker::Holder(&credentials),
        "s3:ListAllMyBuckets",
        None,
        &[],
    );
    assert_eq!(late.unwrap_err(), AskError::Expired);
}
