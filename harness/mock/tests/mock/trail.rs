//! The audit trail: what CloudTrail would say of each request, and what it never says.
//!
//! AWS: CloudTrail User Guide, `userIdentity` element and record contents; IAM User Guide, Logging IAM and AWS STS API
//! calls with AWS CloudTrail; S3 User Guide, CloudTrail log file entries for Amazon S3.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use rolecall_mock::{Mock, OidcProviderSpec, ProviderKeysSpec, Verdict};
use rolecall_wire::Structure;
use rolecall_wire::sigv4;
use serde_json::{Value, json};

use crate::client::*;

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const PROVIDER: &str =
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";

fn mock() -> Mock {
    let mut world = world();
    world.add_user(user("ann", vec![])).unwrap();
    world
        .add_user(user("admin", vec![allow("*", "*")]))
        .unwrap();
    let everybody = r#"{"AWS": "arn:aws:iam::123456789012:user/ann"}"#;
    world
        .add_role(role(
            "Deploy",
            trust(everybody, ""),
            vec![allow("s3:*", "*")],
        ))
        .unwrap();
    let web = document(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"Federated": "{PROVIDER}"}},
            "Action": "sts:AssumeRoleWithWebIdentity"}}]}}"#
    ));
    world
        .add_oidc_provider(OidcProviderSpec {
            account: MAIN.to_owned(),
            url: ISSUER.to_owned(),
            audiences: vec!["sts.amazonaws.com".to_owned()],
            keys: ProviderKeysSpec::Generated,
        })
        .unwrap();
    world
        .add_role(role("Web", web, vec![allow("s3:*", "*")]))
        .unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    Mock::new(world)
}

fn token(mock: &Mock) -> String {
    let claims = [("sub", "repo:acme/web"), ("aud", "sts.amazonaws.com")];
    let claims = claims
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    mock.read(|world| world.sign_token(ISSUER, MAIN, claims, start()))
        .unwrap()
}

fn with_token(mock: &Mock) -> Structure {
    assume(&role_arn("Web")).with("WebIdentityToken", token(mock).as_str())
}

fn last(mock: &Mock) -> Value {
    mock.events().last().unwrap().to_json()
}

/// Whether `wanted` is a part of `found`.
fn assert_has(found: &Value, wanted: &Value) {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => {
            for (key, value) in wanted {
                let there = found.get(key);
                assert!(there.is_some(), "{key} is missing in {found:?}");
                assert_has(there.unwrap(), value);
            }
        }
        _ => assert_eq!(found, wanted),
    }
}

#[test]
fn each_kind_of_caller_has_its_user_identity() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let answer = ann.assume(&role_arn("Deploy")).unwrap();
    let session = ann.session(&answer);
    let web = Client::anonymous(&mock);
    let who = |client: &Client| drop(client.send("sts:GetCallerIdentity", &Structure::new()));
    let key = |client: &Client| client.credentials.clone().unwrap().access_key_id;

    who(&ann);
    let user = json!({"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/ann", "accountId": MAIN,
        "userName": "ann", "accessKeyId": key(&ann)});
    assert_has(&last(&mock)["userIdentity"], &user);
    assert!(last(&mock)["userIdentity"].get("sessionContext").is_none());

    who(&session);
    let role = json!({
        "type": "AssumedRole",
        "arn": "arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA",
        "accountId": MAIN,
        "accessKeyId": key(&session),
        "sessionContext": {
            "sessionIssuer": {"type": "Role", "arn": role_arn("Deploy"), "accountId": MAIN, "userName": "Deploy"},
            "attributes": {"creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false"},
        },
    });
    assert_has(&last(&mock)["userIdentity"], &role);

    who(&Client::root(&mock, MAIN));
    let root =
        json!({"type": "Root", "principalId": MAIN, "arn": "arn:aws:iam::123456789012:root"});
    assert_has(&last(&mock)["userIdentity"], &root);

    web.send("sts:AssumeRoleWithWebIdentity", &with_token(&mock));
    let identity = json!({"type": "WebIdentityUser", "userName": "repo:acme/web", "identityProvider": PROVIDER,
        "principalId": format!("{PROVIDER}:sts.amazonaws.com:repo:acme/web")});
    assert_has(&last(&mock)["userIdentity"], &identity);
    assert_eq!(last(&mock)["recipientAccountId"], MAIN);

    web.send("s3:ListBuckets", &Structure::new());
    let nobody =
        json!({"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"});
    assert_eq!(last(&mock)["userIdentity"], nobody);

    let mut stranger = ann.clone();
    if let Some(credentials) = &mut stranger.credentials {
        credentials.access_key_id = "AKIASTRANGER".to_owned();
    }
    who(&stranger);
    let unknown = json!({"type": "Unknown", "accessKeyId": "AKIASTRANGER"});
    assert_eq!(last(&mock)["userIdentity"], unknown);
    assert_eq!(last(&mock)["errorCode"], "InvalidClientTokenId");
}

#[test]
fn an_assume_role_is_told_as_cloudtrail_does() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let input = assume(&role_arn("Deploy")).with("DurationSeconds", 900);

    ann.call("sts:AssumeRole", &input).unwrap();

    let event = last(&mock);
    let authorization = mock.evaluations().pop().unwrap();
    let wanted = json!({
        "eventVersion": "1.11",
        "eventTime": "2026-01-01T00:00:00Z",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1",
        "requestParameters": {"roleArn": role_arn("Deploy"), "roleSessionName": "DeploySPA", "durationSeconds": 900},
        "responseElements": {
            "credentials": {"expiration": "Jan 1, 2026 12:15:00 AM", "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            "assumedRoleUser": {"arn": "arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA"},
        },
        "additionalEventData": {
            "authorizationId": authorization.id,
            "authorizations": [
                {"action": "sts:AssumeRole", "resource": role_arn("Deploy"), "decision": "ALLOW"},
            ],
        },
        "readOnly": true,
        "resources": [{"accountId": MAIN, "type": "AWS::IAM::Role", "ARN": role_arn("Deploy")}],
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": MAIN,
        "eventCategory": "Management",
    });
    assert_has(&event, &wanted);
    assert_eq!(event["eventID"].as_str().unwrap().len(), 36);
    assert!(event.get("errorCode").is_none());
}

#[test]
fn a_denial_names_its_error_and_the_check_that_decided() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");

    ann.send("s3:GetObject", &object("spa-site", "index.html"));

    let event = last(&mock);
    let wanted = json!({
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "errorCode": "AccessDenied",
        "requestParameters": {"bucketName": "spa-site", "key": "index.html", "Host": "127.0.0.1:4566"},
        "readOnly": true,
        "managementEvent": false,
        "eventCategory": "Data",
        "resources": [
            {"accountId": MAIN, "type": "AWS::S3::Object", "ARN": "arn:aws:s3:::spa-site/index.html"},
        ],
        "additionalEventData": {
            "SignatureVersion": "SigV4",
            "AuthenticationMethod": "AuthHeader",
            "authorizations": [{
                "action": "s3:GetObject",
                "resource": "arn:aws:s3:::spa-site/index.html",
                "decision": "IMPLICIT_DENY",
                "decidedBy": "PRINCIPAL",
            }],
        },
    });
    assert_has(&event, &wanted);
    assert_eq!(event["responseElements"], Value::Null);
}

#[test]
fn a_failure_is_no_denial() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let admin = Client::user(&mock, "admin");
    let rows: [(&Client, &str, Structure, Verdict, &str); 5] = [
        (
            &ann,
            "sts:GetCallerIdentity",
            Structure::new(),
            Verdict::Allowed,
            "",
        ),
        (
            &ann,
            "s3:ListBuckets",
            Structure::new(),
            Verdict::Denied,
            "AccessDenied",
        ),
        (
            &ann,
            "sts:AssumeRole",
            assume("no-arn-at-all-here"),
            Verdict::Failed,
            "ValidationError",
        ),
        (
            &admin,
            "s3:GetObject",
            object("spa-site", "x"),
            Verdict::Failed,
            "NoSuchKey",
        ),
        (
            &admin,
            "s3:HeadObject",
            object("spa-site", "x"),
            Verdict::Failed,
            "NoSuchKey",
        ),
    ];
    for (client, operation, input, verdict, code) in rows {
        client.send(operation, &input);
        let event = mock.events().pop().unwrap();
        assert_eq!(event.verdict(), verdict, "{operation}: {:?}", event.error());
        let found = event.error().map(|(code, _)| code).unwrap_or_default();
        assert_eq!(found, code, "{operation}");
    }
}

#[test]
fn no_secret_is_in_any_event() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let admin = Client::user(&mock, "admin");
    let session = ann.session(&ann.assume(&role_arn("Deploy")).unwrap());
    let web_token = token(&mock);
    let credentials = session.credentials.clone().unwrap();
    let token = credentials.session_token.clone().unwrap();

    session.send(
        "s3:PutObject",
        &object("spa-site", "a").with("Body", Bytes::from("the contents")),
    );
    session.send("s3:GetObject", &object("spa-site", "a"));
    let mut url = session.unsigned("s3:GetObject", &object("spa-site", "a"));
    sigv4::presign(&mut url, &credentials, "us-east-1", "s3", start(), 60);
    let signature = url
        .uri()
        .query()
        .unwrap()
        .rsplit('=')
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(mock.handle(url).status(), 200);
    let made = admin.call(
        "iam:CreateAccessKey",
        &Structure::new().with("UserName", "ann"),
    );
    let made = made.unwrap();
    let made = made
        .structure("AccessKey")
        .unwrap()
        .string("SecretAccessKey")
        .unwrap();
    Client::anonymous(&mock).send("sts:AssumeRoleWithWebIdentity", &with_token(&mock));
    let got = ann.call("sts:GetSessionToken", &Structure::new()).unwrap();
    let got = got
        .structure("Credentials")
        .unwrap()
        .string("SessionToken")
        .unwrap();

    let events: Vec<String> = mock
        .events()
        .iter()
        .map(|event| event.to_json().to_string())
        .collect();
    let all = events.join("\n");
    let secrets = [
        &token,
        credentials.secret.expose(),
        ann.credentials.as_ref().unwrap().secret.expose(),
        made,
        &web_token,
        got,
        &signature,
        "the contents",
    ];
    for secret in secrets {
        assert!(!all.contains(secret), "{secret} is in the trail");
        let kept = format!("{:?}", mock.events());
        assert!(!kept.contains(secret), "{secret} is kept");
    }
    assert!(
        all.contains(r#""bucketName":"spa-site""#),
        "and the requests are there: {all}"
    );
}

#[test]
fn whoever_wants_is_told_of_each_event_and_a_reset_forgets_them() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let mut world = world();
    world.add_user(user("ann", vec![])).unwrap();
    let mock = Mock::builder(world)
        .on_event(move |event| heard.lock().unwrap().push(event.operation().to_owned()))
        .build();

    Client::user(&mock, "ann").send("sts:GetCallerIdentity", &Structure::new());
    Client::user(&mock, "ann").send("s3:ListBuckets", &Structure::new());

    assert_eq!(*told.lock().unwrap(), ["GetCallerIdentity", "ListBuckets"]);
    mock.reset();
    assert!(mock.events().is_empty());
}

/// CloudTrail cuts long texts; an error repeats what the client has sent.
#[test]
fn a_long_error_is_cut() {
    let mut world = world();
    world.add_user(user("ann", vec![])).unwrap();
    let mock = Mock::new(world);
    let name = "n".repeat(100_000);
    let long = Structure::new()
        .with("RoleArn", role_arn("R"))
        .with("RoleSessionName", name.as_str());

    Client::user(&mock, "ann").refused("sts:AssumeRole", &long);

    let event = mock.events().pop().unwrap();
    let (code, message) = event.error().unwrap();
    assert_eq!(code, "ValidationError");
    assert!(message.len() < 20_000, "{}", message.len());
}

/// What is kept is bounded in bytes too, whatever the clients send along.
#[test]
fn requests_with_long_headers_are_forgotten_sooner() {
    let mock = Mock::new(world());
    let anonymous = Client::anonymous(&mock);
    let mut request = anonymous.unsigned("s3:ListBuckets", &Structure::new());
    let agent = "a".repeat(64 * 1024).parse().unwrap();
    request.headers_mut().insert("user-agent", agent);

    for _ in 0..1_100 {
        mock.handle(request.clone());
    }

    let kept = mock.evaluations().len();
    assert!((500..1_100).contains(&kept), "{kept}");
}
