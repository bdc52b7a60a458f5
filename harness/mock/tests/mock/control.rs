//! What a test suite asks of the server itself: whose requests carry which condition keys, and who may do what.

use std::net::SocketAddr;

use bytes::Bytes;
use rolecall_mock::Mock;
use rolecall_wire::Structure;
use serde_json::{Value, json};

use crate::client::*;
use crate::hostile::{Then, exchange, limits, start};

/// Who may read `site/index.html`: everyone who comes from 203.0.113.0/24, and `ann` and `ben` from anywhere but there.
const SITE: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
    {"Effect": "Deny", "Principal": {"AWS": ["arn:aws:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ben"]},
     "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}]}"#;

fn put_object(mock: &Mock) {
    let put = object("site", "index.html").with("Body", Bytes::from_static(b"Hello"));
    Client::root(mock, MAIN).call("s3:PutObject", &put).unwrap();
}

struct Site {
    mock: Mock,
    address: SocketAddr,
}

impl Site {
    async fn start() -> Self {
        let mut world = world();
        for name in ["ann", "ben"] {
            let reads = allow("s3:*", "*");
            world.add_user(user(name, vec![reads])).unwrap();
        }
        let trusted = trust(r#"{"Service": "lambda.amazonaws.com"}"#, "");
        let reads = vec![allow("s3:GetObject", "*")];
        world.add_role(role("Function", trusted, reads)).unwrap();
        world.add_bucket(bucket("site", Some(SITE))).unwrap();
        let mock = Mock::builder(world).test_credentials(true).build();
        put_object(&mock);
        let address = start(&mock, limits()).await;
        Self { mock, address }
    }

    /// The status and the body of an answer.
    async fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let length = body.len();
        let request = format!(
            "{method} /_rolecall/{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let answer = exchange(self.address, request.as_bytes(), Then::Waits).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), body.to_owned())
    }

    async fn give(&self, client: &Client, keys: &str) {
        let path = match &client.credentials {
            Some(credentials) => format!("context?access_key={}", credentials.access_key_id),
            None => "context".to_owned(),
        };
        assert_eq!(self.ask("PUT", &path, keys).await, (204, String::new()));
    }

    fn reads(client: &Client) -> bool {
        let answer = client.call("s3:GetObject", &object("site", "index.html"));
        let code = answer.err().map(|error| error.code);
        assert!(
            code.is_none() || code.as_deref() == Some("AccessDenied"),
            "{code:?}"
        );
        code.is_none()
    }
}

const FROM_THERE: &str = r#"{"aws:SourceIp": "203.0.113.7"}"#;

#[tokio::test]
async fn whoever_signs_with_an_access_key_carries_the_keys_that_were_given_to_it() {
    let site = Site::start().await;
    let (ann, ben) = (
        Client::user(&site.mock, "ann"),
        Client::user(&site.mock, "ben"),
    );
    let nobody = Client::anonymous(&site.mock);
    let readers = || [&ann, &ben, &nobody].map(Site::reads);
    assert_eq!(readers(), [true, true, false], "from loopback");

    site.give(&ann, FROM_THERE).await;
    assert_eq!(readers(), [false, true, false]);
    site.give(&nobody, FROM_THERE).await;
    assert_eq!(readers(), [false, true, true]);

    // What is given replaces what was given before.
    site.give(&ann, r#"{"aws:SecureTransport": "false"}"#).await;
    assert_eq!(readers(), [true, true, true]);
    site.give(&nobody, "{}").await;
    assert_eq!(readers(), [true, true, false]);

    site.give(&ben, FROM_THERE).await;
    site.give(&nobody, FROM_THERE).await;
    assert_eq!(readers(), [true, false, true]);
    assert_eq!(site.ask("POST", "reset", "").await.0, 200);
    // The first world has no object yet.
    put_object(&site.mock);
    assert_eq!(readers(), [true, true, false], "after a reset");
}

#[tokio::test]
async fn keys_arrive_as_they_were_given() {
    let site = Site::start().await;
    let ann = Client::user(&site.mock, "ann");

    let given =
        r#"{"aws:SourceVpce": "vpce-1", "aws:CalledVia": ["a.amazonaws.com"], "aws:SourceIp": []}"#;
    site.give(&ann, given).await;
    ann.call("s3:ListBuckets", &Structure::new()).unwrap();

    let (_, told) = site.ask("GET", "evaluations", "").await;
    let told: Value = serde_json::from_str(&told).unwrap();
    let context = &told.as_array().unwrap().last().unwrap()["context"];
    assert_eq!(context["aws:SourceVpce"], "vpce-1");
    assert_eq!(context["aws:CalledVia"], json!(["a.amazonaws.com"]));
    assert_eq!(
        context.get("aws:SourceIp"),
        None,
        "an empty list makes it absent"
    );
    assert_eq!(context["aws:SecureTransport"], "true", "the others stay");
}

#[tokio::test]
async fn whoever_signs_where_nothing_is_enforced_carries_them_too() {
    let mut world = world();
    world.add_bucket(bucket("site", None)).unwrap();
    let mock = Mock::builder(world).enforce(false).build();
    let address = start(&mock, limits()).await;
    let site = Site { mock, address };
    let mut stranger = Client::root(&site.mock, MAIN);
    stranger.credentials.as_mut().unwrap().access_key_id = "AKIASTRANGER00000000".to_owned();

    site.give(&stranger, FROM_THERE).await;
    stranger.call("s3:ListBuckets", &Structure::new()).unwrap();

    let authorization = site.mock.evaluations().pop().unwrap();
    let context = authorization.questions[0].context();
    assert_eq!(context.get("aws:SourceIp").unwrap(), ["203.0.113.7"]);
}

#[tokio::test]
async fn the_world_is_asked_as_it_stands() {
    let site = Site::start().await;
    let file = "arn:aws:s3:::site/index.html";
    let arn = |rest: &str| json!({"arn": format!("arn:aws:{rest}")});
    let there = json!({"aws:SourceIp": "203.0.113.7"});
    let function = "arn:aws:iam::123456789012:role/Function";
    let rows = [
        (
            arn("iam::123456789012:user/ann"),
            "s3:GetObject",
            file,
            json!({}),
            true,
        ),
        (
            arn("iam::123456789012:user/ann"),
            "s3:GetObject",
            file,
            there.clone(),
            false,
        ),
        (
            arn("iam::123456789012:role/Function"),
            "s3:GetObject",
            file,
            json!({}),
            true,
        ),
        (
            arn("sts::123456789012:assumed-role/Function/x"),
            "s3:GetObject",
            file,
            json!(null),
            true,
        ),
        (
            arn("sts::123456789012:assumed-role/Function/x"),
            "s3:PutObject",
            file,
            json!({}),
            false,
        ),
        (
            arn("iam::123456789012:root"),
            "s3:DeleteBucket",
            "arn:aws:s3:::site",
            json!({}),
            true,
        ),
        (
            arn("iam::210987654321:root"),
            "s3:DeleteBucket",
            "arn:aws:s3:::site",
            json!({}),
            false,
        ),
        (json!("anonymous"), "s3:GetObject", file, json!({}), false),
        (json!("anonymous"), "s3:GetObject", file, there, true),
        (
            json!({"service": "lambda.amazonaws.com"}),
            "sts:AssumeRole",
            function,
            json!({}),
            true,
        ),
        (
            json!({"service": "ec2.amazonaws.com"}),
            "sts:AssumeRole",
            function,
            json!({}),
            false,
        ),
        (
            arn("iam::123456789012:user/ann"),
            "sqs:ListQueues",
            "*",
            json!({}),
            false,
        ),
    ];
    for (principal, action, resource, context, allowed) in rows {
        let question = json!({
            "principal": principal, "action": action, "resource": resource, "context": context,
        });
        let (status, answer) = site.ask("POST", "can", &question.to_string()).await;
        assert_eq!(status, 200, "{question}: {answer}");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["allowed"], allowed, "{question}: {answer}");
        let evaluation = &answer["evaluations"][0];
        assert_eq!(evaluation["action"], action);
        assert_eq!(
            evaluation["evaluatedEffect"] == "ALLOW",
            allowed,
            "{answer}"
        );
        assert!(evaluation["checks"].is_array(), "{answer}");
    }
    let without_resource = r#"{"principal": "anonymous", "action": "s3:ListAllMyBuckets"}"#;
    let (_, answer) = site.ask("POST", "can", without_resource).await;
    assert!(answer.contains(r#""resource":"*""#), "{answer}");
}

/// Method, path and body; the status, and how the text of the error begins.
const WRONG: &[(&str, &str, &str, u16, &str)] = &[
    (
        "PUT",
        "context?access_key=AKIANOBODY",
        FROM_THERE,
        400,
        "nobody has the access key `AKIANOBODY`: give",
    ),
    ("PUT", "context?access_key=AKIANOBODY", "{}", 204, ""),
    ("PUT", "context?access_key=test", FROM_THERE, 204, ""),
    (
        "PUT",
        "context?access_key=000000000042",
        FROM_THERE,
        204,
        "",
    ),
    (
        "PUT",
        "context?access_key=",
        "{}",
        400,
        "the query is to be like access_key=",
    ),
    (
        "PUT",
        "context?accesskey=test",
        FROM_THERE,
        400,
        "the query is to be like access_key=",
    ),
    (
        "PUT",
        "context?access_key=test&access_key=x",
        FROM_THERE,
        400,
        "the query is to be like access_key=",
    ),
    ("PUT", "context", "", 400, "the body is not JSON: "),
    ("PUT", "context", "[]", 400, "the body is to be like {"),
    (
        "PUT",
        "context",
        r#"{"aws:SecureTransport": false}"#,
        400,
        "the context key `aws:SecureTransport` must be a string or",
    ),
    (
        "PUT",
        "context",
        r#"{"aws:CalledVia": [1]}"#,
        400,
        "the context key `aws:CalledVia` must be a string or",
    ),
    (
        "PUT",
        "context",
        r#"{"SourceIp": "203.0.113.7"}"#,
        400,
        "`SourceIp` is no condition key: write it as in a policy",
    ),
    (
        "PUT",
        "context",
        r#"{"aws:SourceIp": "1.1.1.1", "AWS:sourceip": "2.2.2.2"}"#,
        400,
        "the context key `AWS:sourceip` is given twice",
    ),
    ("POST", "context", "{}", 405, "the method is to be PUT"),
    ("GET", "can", "", 405, "the method is to be POST"),
    ("POST", "can", "who", 400, "the body is not JSON: "),
    ("POST", "can", "[]", 400, "a question must be an object"),
    ("POST", "can", "{}", 400, "`principal` is missing"),
    (
        "POST",
        "can",
        r#"{"principal": "anonymous"}"#,
        400,
        "`action` is missing",
    ),
    (
        "POST",
        "can",
        r#"{"principal": "anonymous", "action": "s3:*"}"#,
        400,
        "`s3:*` is no action to ask for: write one",
    ),
    (
        "POST",
        "can",
        r#"{"principal": "anonymous", "action": "GetObject"}"#,
        400,
        "`GetObject` is no action to ask for",
    ),
    (
        "POST",
        "can",
        r#"{"principal": "anonymous", "action": "s3:GetObject", "resource": "site/a"}"#,
        400,
        "`site/a` is no ARN: write",
    ),
    (
        "POST",
        "can",
        r#"{"principal": "anonymous", "action": "s3:GetObject", "on": "*"}"#,
        400,
        "unknown field `on`",
    ),
    (
        "POST",
        "can",
        r#"{"principal": "anonymous", "action": "s3:GetObject", "context": 1}"#,
        400,
        "`context` must be an object",
    ),
    (
        "POST",
        "can",
        r#"{"principal": "ann", "action": "s3:GetObject"}"#,
        400,
        "`principal` must be an object: `principal` is to be like {",
    ),
    (
        "POST",
        "can",
        r#"{"principal": {"user": "ann"}, "action": "s3:GetObject"}"#,
        400,
        "unknown field `user`: `principal` is to be like {",
    ),
    (
        "POST",
        "can",
        r#"{"principal": {"service": "lambda"}, "action": "s3:GetObject"}"#,
        400,
        "`lambda` is no service principal: write its host",
    ),
    (
        "POST",
        "can",
        r#"{"principal": {"arn": "arn:aws:iam::123456789012:user/eve"}, "action": "s3:GetObject"}"#,
        400,
        "the world has no user, role",
    ),
    (
        "POST",
        "can",
        r#"{"principal": {"arn": "arn:aws:iam::123456789012:user/path/ann"}, "action": "s3:GetObject"}"#,
        400,
        "the world has no user, role",
    ),
    (
        "POST",
        "can",
        r#"{"principal": {"arn": "ann"}, "action": "s3:GetObject"}"#,
        400,
        "the world has no user, role",
    ),
];

#[tokio::test]
async fn what_can_not_be_done_is_told_with_the_remedy() {
    let site = Site::start().await;
    for &(method, path, body, status, told) in WRONG {
        let (got, text) = site.ask(method, path, body).await;
        assert_eq!(got, status, "{method} {path} {body}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        let text = answer["error"].as_str().unwrap_or_default();
        assert!(text.starts_with(told), "{method} {path} {body}: {text}");
    }
}
