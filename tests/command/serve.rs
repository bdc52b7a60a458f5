//! `rolecall serve` with its flags, asked in plain HTTP and by the real AWS CLI.

use std::io::{Read, Write};
use std::net::TcpStream;

use rstest::rstest;

use crate::support::Served;

/// Sends a request and gives the whole answer, head and body.
fn ask(server: &Served, request_line: &str, body: &str) -> String {
    let address = server.endpoint.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).expect("it listens");
    let length = body.len();
    let request = format!(
        "{request_line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

/// An unsigned `GetCallerIdentity`: AWS refuses it with `MissingAuthenticationToken` (403).
const WHO_AM_I: &str = "Action=GetCallerIdentity&Version=2011-06-15";

#[test]
fn a_test_suite_finds_its_endpoints() {
    let server = Served::start(&["scenarios/tutorial.yaml"]);

    assert!(ask(&server, "GET /_rolecall/health", "").starts_with("HTTP/1.1 200"));
    assert!(
        ask(&server, "POST /_rolecall/clock", r#"{"advance": "1h"}"#).starts_with("HTTP/1.1 2")
    );
    assert!(ask(&server, "POST /_rolecall/reset", "").starts_with("HTTP/1.1 2"));
    assert!(
        ask(&server, "POST /_rolecall/clock", r#"{"advance": "1d"}"#).starts_with("HTTP/1.1 2"),
        "the units are those of scenarios"
    );
    let refused = ask(&server, "POST /_rolecall/clock", r#"{"advance": "1.5h"}"#);
    assert!(refused.contains("the units are d, h, m and s"), "{refused}");
    assert!(ask(&server, "POST /_rolecall/reset", "").starts_with("HTTP/1.1 2"));
    let evaluations = ask(&server, "GET /_rolecall/evaluations", "");
    assert!(evaluations.ends_with("[]"), "{evaluations}");
}

#[test]
fn the_world_begins_at_the_time_of_its_file() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("it.yaml");
    let scenario = "scenario: x\nclock: 2030-05-01T00:00:00Z\nusers: { u: {} }\nsteps: [{ as: u, call: \
                    \"s3:ListBuckets\", expect: denied }]\n";
    std::fs::write(&file, scenario).expect("a file");
    let file = file.to_str().expect("UTF-8");
    let time = |flags: &[&str]| {
        let server = Served::start(&[&[file, "--no-enforce"], flags].concat());
        ask(&server, "POST /", WHO_AM_I);
        let asked = ask(&server, "GET /_rolecall/evaluations", "");
        asked.contains("2030-05-01T00:0")
    };

    assert!(time(&[]));
    assert!(!time(&["--clock", "2031-01-01T00:00:00Z"]), "the flag wins");
}

#[rstest]
#[case::enforced(&[], "<Code>MissingAuthenticationToken</Code>")]
#[case::not_enforced(&["--no-enforce"], "<Arn>arn:aws:iam::000000000000:root</Arn>")]
fn who_is_let_in(#[case] flags: &[&str], #[case] expected: &str) {
    let server = Served::start(flags);

    let answer = ask(&server, "POST /", WHO_AM_I);

    assert!(answer.contains(expected), "{answer}");
}

#[test]
fn keys_follow_from_the_seed_and_are_for_the_user_alone() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let keys = |name: &str, seed: &str| {
        let file = folder.path().join(name);
        let path = file.to_str().expect("UTF-8");
        let _server = Served::start(&[
            "scenarios/tutorial.yaml",
            "--credentials",
            path,
            "--seed",
            seed,
        ]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&file)
                .expect("the file")
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "nobody else may read it");
        }
        std::fs::read_to_string(&file).expect("the keys are there before the address is printed")
    };

    std::fs::write(folder.path().join("first"), "readable by all")
        .expect("a file that was there before");

    let first = keys("first", "1");

    assert!(
        first.starts_with("[spa-deployment]\naws_access_key_id = AKIA"),
        "{first}"
    );
    assert_eq!(first, keys("again", "1"));
    assert_ne!(first, keys("other", "2"));
}

/// The lines of a file, each as JSON.
fn events(file: &std::path::Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(file).expect("the log");
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn every_request_is_in_the_log_for_the_user_alone() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let log = folder.path().join("events.jsonl");
    let path = log.to_str().expect("UTF-8");
    let server = Served::start(&["scenarios/tutorial.yaml", "--log", path]);
    ask(&server, "POST /", WHO_AM_I);
    ask(&server, "GET /spa-site/a", "");

    let status = server.stop();

    assert_eq!(status.code(), Some(0));
    let events = events(&log);
    let names: Vec<_> = events.iter().map(|event| &event["eventName"]).collect();
    assert_eq!(names, ["GetCallerIdentity", "GetObject"]);
    assert_eq!(events[0]["errorCode"], "MissingAuthenticationToken");
    assert_eq!(events[1]["errorCode"], "AccessDenied");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&log)
            .expect("the log")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "nobody else may read it");
    }
}

#[rstest]
#[case::plain(
    "plain",
    "failed: nobody: sts:GetCallerIdentity: MissingAuthenticationToken: Request is missing Authentication Token"
)]
#[case::json("json", r#""errorCode":"MissingAuthenticationToken""#)]
fn each_request_is_told_on_standard_output_where_it_is_asked_for(
    #[case] format: &str,
    #[case] wanted: &str,
) {
    let mut child = crate::support::rolecall()
        .args(["serve", "--port", "0", "--format", format])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the server starts");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(
        child.stdout.take().expect("its output"),
    ));
    let first = lines.next().expect("a line").expect("text");
    let (_, rest) = first.split_once("http://").expect("the address");
    let address = rest.split(['"', ' ']).next().expect("the address");
    let server = Served::at(child, &format!("http://{address}"));

    ask(&server, "POST /", WHO_AM_I);

    let line = lines.next().expect("a line").expect("text");
    assert!(line.contains(wanted), "{line}");
}

#[test]
fn the_world_it_ended_with_is_served_again_and_used() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (first, second) = (path("first.world.yaml"), path("second.world.yaml"));
    let server = Served::start(&[
        "scenarios/tutorial.yaml",
        "--no-enforce",
        "--world-out",
        &first,
    ]);
    assert!(ask(&server, "PUT /spa-site/a%20key", "it's \"here\"\n").starts_with("HTTP/1.1 200"));
    assert_eq!(server.stop().code(), Some(0));

    let saved = std::fs::read_to_string(&first).expect("the world");
    assert!(
        saved.contains("\n  spa-site:\n    objects:\n      \"a key\": \"it's \\\"here\\\"\\n\"\n"),
        "{saved}"
    );
    let server = Served::start(&[&first, "--no-enforce", "--world-out", &second]);
    assert!(ask(&server, "GET /spa-site/a%20key", "").ends_with("it's \"here\"\n"));
    assert_eq!(server.stop().code(), Some(0));

    let without_clock = |text: &str| text.split_once('\n').expect("lines").1.to_owned();
    let again = std::fs::read_to_string(&second).expect("the world");
    assert_eq!(without_clock(&again), without_clock(&saved));
    let scenario = folder.path().join("a.yaml");
    let steps = "scenario: A saved world is used\nuse: [first.world.yaml]\nsteps:\n  - as: root\n    call: s3:GetObject\n    on: spa-site/a key\n";
    std::fs::write(&scenario, steps).expect("a scenario");
    let output = crate::support::run(&["run", scenario.to_str().expect("UTF-8")]);
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_aws_cli_trusts_the_authority_of_a_generated_certificate() {
    let Some(aws) = crate::support::find_program("aws") else {
        crate::support::skip_without("the AWS CLI");
        return;
    };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let authority = folder.path().join("ca.pem");
    let path = authority.to_str().expect("UTF-8");
    let server = Served::start(&["--tls", "--tls-ca", path]);
    assert!(
        server.endpoint.starts_with("https://127.0.0.1:"),
        "{}",
        server.endpoint
    );
    let contents = folder.path().join("contents");
    std::fs::write(&contents, "hello\n").expect("a file");
    let call = |arguments: &[&str]| {
        let output = std::process::Command::new(&aws)
            .args(arguments)
            .env("AWS_ENDPOINT_URL", &server.endpoint)
            .env("AWS_CA_BUNDLE", &authority)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .output()
            .expect("the AWS CLI starts");
        assert!(output.status.success(), "{output:?}");
        crate::support::stdout(&output)
    };

    assert!(call(&["sts", "get-caller-identity"]).contains("arn:aws:iam::000000000000:root"));
    call(&["s3", "mb", "s3://over-tls"]);
    call(&[
        "s3",
        "cp",
        contents.to_str().expect("UTF-8"),
        "s3://over-tls/a",
    ]);
    assert_eq!(call(&["s3", "cp", "s3://over-tls/a", "-"]), "hello\n");
}

#[test]
fn the_aws_cli_comes_from_where_the_test_suite_says() {
    let Some(aws) = crate::support::find_program("aws") else {
        crate::support::skip_without("the AWS CLI");
        return;
    };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let credentials = folder.path().join("credentials");
    let path = credentials.to_str().expect("UTF-8");
    let scenario = "scenarios/deny-outside-the-network.yaml";
    let server = Served::start(&[scenario, "--credentials", path]);
    let keys = std::fs::read_to_string(&credentials).expect("the keys");
    let key = keys
        .lines()
        .find_map(|line| line.strip_prefix("aws_access_key_id = "));
    let give = |context: &str| {
        let key = key.expect("an access key");
        let line = format!("PUT /_rolecall/context?access_key={key}");
        let answer = ask(&server, &line, context);
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    };
    let reads = || {
        let output = std::process::Command::new(&aws)
            .args(["--profile", "administrator", "s3api", "get-object"])
            .args(["--bucket", "payroll", "--key", "june.csv", "/dev/null"])
            .env("AWS_ENDPOINT_URL", &server.endpoint)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
            .env_remove("AWS_ACCESS_KEY_ID")
            .output()
            .expect("the AWS CLI starts");
        let told = crate::support::stderr(&output);
        assert!(
            output.status.success() || told.contains("AccessDenied"),
            "{told}"
        );
        output.status.success()
    };

    assert!(!reads(), "loopback is outside the network");
    give(r#"{"aws:SourceIp": "203.0.113.7"}"#);
    assert!(reads());
    give("{}");
    assert!(!reads());
}

#[rstest]
#[case::a_key_without_a_certificate(&["--tls-key", "Cargo.toml"], "--tls-cert <FILE>")]
#[case::no_certificate(&["--tls-cert", "Cargo.toml", "--tls-key", "Cargo.toml"], "error: Cargo.toml: there is no certificate in PEM form in it")]
#[case::no_file(&["--tls-cert", "missing.pem", "--tls-key", "missing.pem"], "error: missing.pem can't be read")]
#[case::no_folder(&["--log", "missing/log"], "error: the log can't be written to missing/log")]
fn what_can_not_be_done_is_told(#[case] flags: &[&str], #[case] wanted: &str) {
    let arguments = [&["serve", "--port", "0"], flags].concat();

    let output = crate::support::run(&arguments);

    assert!(!output.status.success());
    let told = crate::support::stderr(&output);
    assert!(told.contains(wanted), "{told}");
}
