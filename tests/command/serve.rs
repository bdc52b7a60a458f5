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
    let evaluations = ask(&server, "GET /_rolecall/evaluations", "");
    assert!(evaluations.ends_with("[]"), "{evaluations}");
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
