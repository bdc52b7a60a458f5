//! AWS's own typed client of IAM Toolbox reads the mock's explanation of a denial, in process.
//!
//! The client is of the first preview: it knows no `checks`, and no `GetRequestAuthorizationPolicy`.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use aws_sdk_iamtoolbox::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_iamtoolbox::error::ProvideErrorMetadata;
use aws_sdk_iamtoolbox::types::{EvaluatedEffect, PolicyType, StatementEffect};
use rolecall_mock::{Asker, Mock, PolicyDocument, PolicySpec, UserSpec, World, carrier};

const ACCOUNT: &str = "123456789012";

/// A user who may write no objects, and may look into denials.
fn mock() -> Mock {
    let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
    world.add_account(ACCOUNT).unwrap();
    let document = PolicyDocument::parse(
        r#"{"Version": "2012-10-17", "Statement": [
            {"Sid": "ReadOnly", "Effect": "Deny", "Action": "s3:Put*", "Resource": "*"},
            {"Effect": "Allow", "Action": "iam:GetRequestAuthorization*", "Resource": "*"}]}"#,
    )
    .unwrap();
    let user = UserSpec {
        policies: vec![PolicySpec::Inline {
            name: "read-only".to_owned(),
            document,
        }],
        ..UserSpec::new(ACCOUNT, "ann")
    };
    world.add_user(user).unwrap();
    Mock::new(world)
}

fn client(mock: &Mock) -> aws_sdk_iamtoolbox::Client {
    let keys = mock
        .read(|world| world.user_credentials(ACCOUNT, "ann"))
        .unwrap();
    let credentials =
        Credentials::new(keys.access_key_id, keys.secret.expose(), None, None, "test");
    let config = aws_sdk_iamtoolbox::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://rolecall.invalid")
        .http_client(carrier::connector::http_client(mock))
        .time_source(carrier::connector::time_source(mock))
        .credentials_provider(credentials)
        .build();
    aws_sdk_iamtoolbox::Client::from_conf(config)
}

#[tokio::test]
async fn the_client_reads_why_a_question_was_denied() {
    let mock = mock();
    let ann = Asker::User {
        account: ACCOUNT,
        name: "ann",
    };
    let object = "arn:aws:s3:::site/index.html";
    let asked = mock.ask(ann, "s3:PutObject", Some(object), &[]).unwrap();
    let client = client(&mock);

    let details = client
        .get_request_authorization_details()
        .authorization_id(&asked.id)
        .send()
        .await
        .unwrap();

    let caller = details.request_context().get("aws:PrincipalArn").unwrap();
    assert_eq!(
        caller.as_string(),
        Some("arn:aws:iam::123456789012:user/ann")
    );
    let [evaluation] = details.evaluations() else {
        panic!("one question, one evaluation: {details:?}");
    };
    assert_eq!(evaluation.action(), "s3:PutObject");
    assert_eq!(evaluation.resource(), object);
    assert_eq!(
        evaluation.evaluated_effect(),
        Some(&EvaluatedEffect::ExplicitDeny)
    );
    let [matched] = evaluation.matched_policies() else {
        panic!("the user's own policy alone: {evaluation:?}");
    };
    let [statement] = matched.matched_statements() else {
        panic!("the statement that denies: {matched:?}");
    };
    assert_eq!(statement.sid(), Some("ReadOnly"));
    assert_eq!(statement.evaluated_effect(), Some(&StatementEffect::Deny));
    let [policy] = details.policies() else {
        panic!("one policy: {details:?}");
    };
    assert_eq!(policy.r#type(), Some(&PolicyType::IdentityBasedPolicy));
    assert_eq!(policy.uri(), Some(matched.uri()));
    assert_eq!(policy.inline(), Some(true));
    let [attached] = policy.attached_to() else {
        panic!("to the user: {policy:?}");
    };
    assert_eq!(attached.arn(), Some("arn:aws:iam::123456789012:user/ann"));
}

#[tokio::test]
async fn the_client_tells_its_errors_apart() {
    let client = client(&mock());

    let unknown = client
        .get_request_authorization_details()
        .authorization_id("0123abc")
        .send()
        .await
        .unwrap_err();

    assert_eq!(unknown.code(), Some("ResourceNotFoundException"));
    assert!(
        unknown
            .into_service_error()
            .is_resource_not_found_exception()
    );
}
