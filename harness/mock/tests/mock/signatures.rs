//! Signatures, keys and tokens, each wrong in its own way: AWS's codes and texts, per service.

use crate::client::*;
use http::HeaderValue;
use jiff::SignedDuration;
use rolecall_mock::{Credentials, Mock};
use rolecall_wire::Structure;

fn mock() -> Mock {
    let mut world = world();
    world
        .add_user(user("ci", vec![allow("s3:*", "*")]))
        .unwrap();
    let inactive = rolecall_mock::UserSpec {
        access_key_active: false,
        ..user("gone", vec![])
    };
    world.add_user(inactive).unwrap();
    let trust = || trust(r#"{"AWS": "arn:aws:iam::123456789012:root"}"#, "");
    world
        .add_user(user("deployer", vec![allow("sts:*", "*")]))
        .unwrap();
    world
        .add_role(role("Deploy", trust(), vec![allow("s3:*", "*")]))
        .unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    Mock::new(world)
}

const UNKNOWN_STS: &str = "The security token included in the request is invalid.";
const UNKNOWN_S3: &str = "The AWS Access Key Id you provided does not exist in our records.";
const MISMATCH_STS: &str = "The request signature we calculated does not match the signature you provided. Check your \
                            AWS Secret Access Key and signing method. Consult the service documentation for details.";
const MISMATCH_S3: &str = "The request signature we calculated does not match the signature you provided. Check your \
                           key and signing method.";
const EXPIRED_STS: &str = "The security token included in the request is expired";

/// The same client, but for its credentials.
fn altered(client: &Client, alter: impl FnOnce(&mut Credentials)) -> Client {
    let mut client = client.clone();
    alter(client.credentials.as_mut().unwrap());
    client
}

fn sts(client: &Client) -> (u16, String, String) {
    error(client, "sts:GetCallerIdentity", &Structure::new())
}

fn s3(client: &Client) -> (u16, String, String) {
    error(client, "s3:ListBuckets", &Structure::new())
}

fn error(client: &Client, operation: &str, input: &Structure) -> (u16, String, String) {
    match client.call(operation, input) {
        Ok(_) => (200, String::new(), String::new()),
        Err(error) => (error.status, error.code, error.message.unwrap_or_default()),
    }
}

fn answer(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

/// Live answers of STS and S3, July 2026.
#[test]
fn keys_and_tokens_are_judged_as_aws_does() {
    let mock = mock();
    let user = Client::user(&mock, "ci");
    let deployer = Client::user(&mock, "deployer");
    let session = deployer.session(&deployer.assume(&role_arn("Deploy")).unwrap());
    let other = deployer.session(&deployer.assume(&role_arn("Deploy")).unwrap());
    let token = |client: &Client| client.credentials.clone().unwrap().session_token;
    let flipped = {
        let mut token = token(&session).unwrap();
        let last = token.len() / 2;
        let letter = if &token[last..=last] == "A" { "B" } else { "A" };
        token.replace_range(last..=last, letter);
        token
    };
    let unknown = (
        answer(403, "InvalidClientTokenId", UNKNOWN_STS),
        answer(403, "InvalidAccessKeyId", UNKNOWN_S3),
    );
    let rows = [
        (
            "a good key",
            user.clone(),
            answer(200, "", ""),
            answer(200, "", ""),
        ),
        (
            "a good session",
            session.clone(),
            answer(200, "", ""),
            answer(200, "", ""),
        ),
        (
            "a wrong secret",
            altered(&user, |c| c.secret = "wrong".into()),
            answer(403, "SignatureDoesNotMatch", MISMATCH_STS),
            answer(403, "SignatureDoesNotMatch", MISMATCH_S3),
        ),
        (
            "a wrong secret of a session",
            altered(&session, |c| c.secret = "wrong".into()),
            answer(403, "SignatureDoesNotMatch", MISMATCH_STS),
            answer(403, "SignatureDoesNotMatch", MISMATCH_S3),
        ),
        (
            "an unknown key",
            altered(&user, |c| {
                c.access_key_id = "AKIAIOSFODNN7EXAMPLE".to_owned();
            }),
            unknown.0.clone(),
            unknown.1.clone(),
        ),
        (
            "an inactive key",
            Client::user(&mock, "gone"),
            unknown.0.clone(),
            unknown.1.clone(),
        ),
        (
            "no token",
            altered(&session, |c| c.session_token = None),
            unknown.0.clone(),
            unknown.1.clone(),
        ),
        (
            "no token and a wrong secret",
            altered(&session, |c| {
                c.session_token = None;
                c.secret = "wrong".into();
            }),
            unknown.0.clone(),
            unknown.1.clone(),
        ),
        (
            "the token of another session",
            altered(&session, |c| c.session_token = token(&other)),
            unknown.0.clone(),
            unknown.1.clone(),
        ),
        (
            "an altered token",
            altered(&session, |c| c.session_token = Some(flipped)),
            unknown.0.clone(),
            answer(
                400,
                "InvalidToken",
                "The provided token is malformed or otherwise invalid.",
            ),
        ),
    ];
    for (what, client, at_sts, at_s3) in rows {
        assert_eq!(sts(&client), at_sts, "{what} at STS");
        assert_eq!(s3(&client), at_s3, "{what} at S3");
    }
}

/// Live answers: expiry comes before the signature, and behind the binding of token and key.
#[test]
fn an_expired_session_says_so_before_its_signature_is_looked_at() {
    let mock = mock();
    let deployer = Client::user(&mock, "deployer");
    let session = deployer.session(&deployer.assume(&role_arn("Deploy")).unwrap());
    mock.clock().advance(SignedDuration::from_hours(1));

    let wrong = altered(&session, |c| c.secret = "wrong".into());
    assert_eq!(sts(&wrong), answer(403, "ExpiredToken", EXPIRED_STS));
    assert_eq!(
        s3(&wrong),
        answer(400, "ExpiredToken", "The provided token has expired.")
    );
    let bare = altered(&session, |c| c.session_token = None);
    assert_eq!(sts(&bare).1, "InvalidClientTokenId");
}

/// AWS: IAM User Guide, Troubleshooting signed requests; live texts.
#[test]
fn a_skewed_date_is_refused_exactly_beyond_a_quarter_of_an_hour() {
    let mock = mock();
    let user = Client::user(&mock, "ci");
    let early = (
        user.request("sts:GetCallerIdentity", &Structure::new()),
        user.request("s3:ListBuckets", &Structure::new()),
    );

    mock.clock().advance(SignedDuration::from_mins(15));
    assert_eq!(mock.handle(early.0.clone()).status(), 200);
    assert_eq!(mock.handle(early.1.clone()).status(), 200);

    mock.clock().advance(SignedDuration::from_secs(1));
    let error = read("sts:GetCallerIdentity", &mock.handle(early.0)).unwrap_err();
    assert_eq!(
        error.message.unwrap(),
        "Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T001501Z - 15 min.)"
    );
    let error = read("s3:ListBuckets", &mock.handle(early.1)).unwrap_err();
    assert_eq!(
        (error.status, error.code.as_str()),
        (403, "RequestTimeTooSkewed")
    );
}

#[test]
fn an_unsigned_request_is_missing_its_token_or_anonymous() {
    let mock = mock();
    let nobody = Client::anonymous(&mock);

    assert_eq!(
        sts(&nobody),
        answer(
            403,
            "MissingAuthenticationToken",
            "Request is missing Authentication Token"
        )
    );
    assert_eq!(s3(&nobody), answer(403, "AccessDenied", "Access Denied"));
}

#[test]
fn what_was_changed_on_the_way_does_not_match() {
    let mock = mock();
    let user = Client::user(&mock, "ci");
    let mut header = user.request("s3:ListBuckets", &Structure::new());
    header
        .headers_mut()
        .insert("x-amz-request-payer", HeaderValue::from_static("requester"));
    let error = read("s3:ListBuckets", &mock.handle(header)).unwrap_err();
    assert_eq!(
        error.message.unwrap(),
        "There were headers present in the request which were not signed"
    );

    let put = object("spa-site", "x").with("Body", bytes::Bytes::from_static(b"hello"));
    let mut body = user.request("s3:PutObject", &put);
    *body.body_mut() = bytes::Bytes::from_static(b"jello");
    let error = read("s3:PutObject", &mock.handle(body)).unwrap_err();
    assert_eq!(
        (error.status, error.code.as_str()),
        (400, "XAmzContentSHA256Mismatch")
    );

    let mut form = user.request("sts:GetCallerIdentity", &Structure::new());
    *form.body_mut() =
        bytes::Bytes::from_static(b"Action=GetCallerIdentity&Version=2011-06-15&x=1");
    let error = read("sts:GetCallerIdentity", &mock.handle(form)).unwrap_err();
    assert_eq!(error.code, "SignatureDoesNotMatch");
}

/// On a host of AWS's own the region and the service of the scope must be the endpoint's.
#[test]
fn a_named_endpoint_insists_on_its_scope() {
    let mock = mock();
    let user = Client {
        endpoint: "https://sts.eu-west-1.amazonaws.com".to_owned(),
        ..Client::user(&mock, "ci")
    };

    assert_eq!(sts(&user.in_region("eu-west-1")).0, 200);
    assert_eq!(
        sts(&user.in_region("us-east-1")),
        answer(
            403,
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region. "
        )
    );
}

#[test]
fn without_enforcement_any_credentials_do() {
    let mut world = world();
    world.add_user(user("ci", vec![])).unwrap();
    let mock = Mock::builder(world).enforce(false).build();
    let user = Client::user(&mock, "ci");

    assert_eq!(s3(&user).0, 200);
    assert_eq!(s3(&altered(&user, |c| c.secret = "wrong".into())).0, 200);
    let unknown = altered(&user, |c| {
        c.access_key_id = "AKIAIOSFODNN7EXAMPLE".to_owned();
    });
    let identity = unknown
        .call("sts:GetCallerIdentity", &Structure::new())
        .unwrap();
    assert_eq!(
        identity.string("Arn"),
        Some("arn:aws:iam::123456789012:root")
    );
}

/// LocalStack's users sign with `test`, or with an account's number.
#[test]
fn test_credentials_are_root_users_where_they_are_switched_on() {
    let client = |mock: &Mock, key: &str| Client {
        credentials: Some(Credentials::new(key, "test", None)),
        ..Client::anonymous(mock)
    };
    let mock = Mock::builder(world()).test_credentials(true).build();
    for (key, account) in [
        ("test", MAIN),
        (OTHER, OTHER),
        ("999999999999", "999999999999"),
    ] {
        let identity = client(&mock, key)
            .call("sts:GetCallerIdentity", &Structure::new())
            .unwrap();
        assert_eq!(
            identity.string("Arn").unwrap(),
            format!("arn:aws:iam::{account}:root")
        );
    }
    assert_eq!(
        sts(&altered(&client(&mock, "test"), |c| c.secret = "wrong".into())).1,
        "SignatureDoesNotMatch"
    );
    assert_eq!(sts(&client(&mock, "nobody")).1, "InvalidClientTokenId");
    let forged = altered(&client(&mock, "888888888888"), |c| {
        c.secret = "wrong".into();
    });
    assert_eq!(sts(&forged).1, "SignatureDoesNotMatch");
    let accounts = mock.read(rolecall_mock::World::export).accounts;
    assert!(accounts.contains(&"999999999999".to_owned()));
    assert!(
        !accounts.contains(&"888888888888".to_owned()),
        "whoever can't sign makes no account"
    );
    assert_eq!(
        sts(&client(&Mock::new(world()), "test")).1,
        "InvalidClientTokenId"
    );
}
