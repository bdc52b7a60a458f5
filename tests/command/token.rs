//! `rolecall token`, alone and with the real AWS CLI.

use std::process::Command;

use rolecall::target::DEFAULT_SEED;
use rolecall_mock::{OidcProviderSpec, ProviderKeysSpec, World};

use crate::support::{Served, find_program, run, skip_without, stderr, stdout};

const SCENARIO: &str = "scenarios/github-actions.yaml";
const MAIN_BRANCH: &str = "repo:acme/site:ref:refs/heads/main";

/// The claims of a token.
fn claims(token: &str) -> serde_json::Value {
    let part = token.trim().split('.').nth(1).expect("three parts");
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in part.bytes() {
        let value = alphabet.iter().position(|known| *known == letter);
        bits = (bits << 6) | u32::try_from(value.expect("base64url")).expect("six bits");
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits"));
        }
    }
    serde_json::from_slice(&bytes).expect("claims")
}

#[test]
fn a_token_says_what_it_was_told_to() {
    let output = run(&[
        "token",
        "--issuer",
        "https://idp.example.com",
        "--sub",
        "me",
        "--aud",
        "a",
        "--aud",
        "b",
        "--claim",
        "actor=octocat",
        "--claim",
        "amr=[\"mfa\"]",
        "--expires",
        "1h",
        "--clock",
        "2026-01-01T00:00:00Z",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected = serde_json::json!({"iss": "https://idp.example.com", "sub": "me", "aud": ["a", "b"],
        "actor": "octocat", "amr": ["mfa"], "iat": 1_767_225_600, "exp": 1_767_229_200});
    assert_eq!(claims(&stdout(&output)), expected);
}

#[test]
fn the_first_audience_of_the_file_is_the_default() {
    let output = run(&[
        "token",
        "--world",
        SCENARIO,
        "--provider",
        "github",
        "--sub",
        "x",
    ]);
    assert_eq!(claims(&stdout(&output))["aud"], "sts.amazonaws.com");
}

#[test]
fn what_cannot_be_signed_is_told_with_a_remedy() {
    let rows: [(&[&str], &str); 7] = [
        (
            &["--world", SCENARIO, "--provider", "gitlab", "--sub", "x"],
            "it has `github`",
        ),
        (&["--provider", "github", "--sub", "x"], "--world"),
        (&["--sub", "x", "--aud", "y"], "--issuer"),
        (
            &["--issuer", "example.com", "--sub", "x", "--aud", "y"],
            "https://",
        ),
        (
            &[
                "--issuer",
                "https://a.example",
                "--sub",
                "x",
                "--aud",
                "y",
                "--claim",
                "z",
            ],
            "NAME=VALUE",
        ),
        (
            &[
                "--issuer",
                "https://a.example",
                "--sub",
                "x",
                "--aud",
                "y",
                "--claim",
                "iss=https://b.example",
            ],
            "the issuer is the provider's URL",
        ),
        (
            &[
                "--issuer",
                "https://a.example",
                "--sub",
                "x",
                "--aud",
                "y",
                "--expires",
                "soon",
            ],
            "like 5m",
        ),
    ];
    for (arguments, part) in rows {
        let output = run(&[&["token"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(part), "{}", stderr(&output));
    }
}

/// As the help of `rolecall token` has it.
#[test]
fn the_aws_cli_assumes_a_role_with_a_token() {
    if find_program("aws").is_none() {
        return skip_without("the AWS CLI");
    }
    let home = tempfile::tempdir().expect("a scratch folder");
    let server = Served::start(&[SCENARIO]);
    let assume = |arguments: &[&str]| {
        let token = run(&[
            &["token", "--world", SCENARIO, "--provider", "github"],
            arguments,
        ]
        .concat());
        assert!(token.status.success(), "{}", stderr(&token));
        Command::new("aws")
            .args([
                "sts",
                "assume-role-with-web-identity",
                "--role-session-name",
                "me",
            ])
            .args(["--role-arn", "arn:aws:iam::123456789012:role/Deploy"])
            .args(["--endpoint-url", &server.endpoint, "--web-identity-token"])
            .arg(stdout(&token).trim())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home.path())
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .expect("the AWS CLI starts")
    };

    let allowed = assume(&["--sub", MAIN_BRANCH]);
    assert!(allowed.status.success(), "{}", stderr(&allowed));
    assert!(stdout(&allowed).contains("assumed-role/Deploy/me"));
    let rows: [(&[&str], &str); 3] = [
        (
            &["--sub", "repo:acme/site:pull_request"],
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        ),
        (
            &["--sub", MAIN_BRANCH, "--expires", "-6m"],
            "ExpiredTokenException",
        ),
        (
            &["--sub", MAIN_BRANCH, "--seed", "2"],
            "InvalidIdentityToken",
        ),
    ];
    for (arguments, part) in rows {
        let refused = assume(arguments);
        assert!(!refused.status.success(), "{arguments:?}");
        assert!(stderr(&refused).contains(part), "{}", stderr(&refused));
    }
}

/// An issuer of the test's own on loopback: `serve` asks it for its keys, since the file says `keys: discover`.
#[test]
fn keys_are_discovered_at_the_issuer() {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    let issuer = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", issuer.local_addr().expect("an address"));
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = |keys: &str, url: &str| {
        let provider =
            format!("oidc-providers:\n  own: {{ url: '{url}', audiences: [a], keys: {keys} }}\n");
        let host = url.split_once("://").expect("a scheme").1;
        let role = format!(
            "roles:\n  Deploy:\n    trust:\n      Version: '2012-10-17'\n      Statement:\n        Effect: Allow\n        \
             Principal: {{ Federated: 'arn:aws:iam::123456789012:oidc-provider/{host}' }}\n        \
             Action: sts:AssumeRoleWithWebIdentity\n        Condition: {{ StringEquals: {{ '{host}:aud': a }} }}\n"
        );
        format!("{provider}{role}")
    };
    let world = folder.path().join("site.world.yaml");
    std::fs::write(&world, file("discover", &url)).expect("a file");
    let world = world.to_str().expect("UTF-8");

    let jwks = {
        let start = "2026-01-01T00:00:00Z".parse().expect("a time");
        let mut world = World::new(DEFAULT_SEED, start);
        world.add_account("123456789012").expect("an account");
        let provider = OidcProviderSpec {
            account: "123456789012".to_owned(),
            url: url.clone(),
            audiences: Vec::new(),
            keys: ProviderKeysSpec::Generated,
        };
        let arn = world.add_oidc_provider(provider).expect("a provider");
        world.provider_keys("123456789012", &arn).expect("its keys")
    };
    let own = url.clone();
    let asked = std::thread::spawn(move || {
        let mut asked = Vec::new();
        for stream in issuer.incoming().take(2) {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
            let first = lines.next().expect("a line").expect("text");
            lines
                .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
                .for_each(drop);
            let path = first.split(' ').nth(1).expect("a path").to_owned();
            let body = if path == "/keys" {
                jwks.clone()
            } else {
                format!(r#"{{"issuer": "{own}", "jwks_uri": "{own}/keys"}}"#)
            };
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .expect("an answer");
            asked.push(path);
        }
        asked
    });
    let server = Served::start(&[world]);
    let assume = |seed: &str| {
        let token = run(&[
            "token", "--issuer", &url, "--sub", "me", "--aud", "a", "--seed", seed,
        ]);
        assert!(token.status.success(), "{}", stderr(&token));
        let form = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=me&\
             RoleArn=arn:aws:iam::123456789012:role/Deploy&WebIdentityToken={}",
            stdout(&token).trim()
        );
        let address = server.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("a connection");
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{form}",
            form.len()
        )
        .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    };
    let taken = assume(&DEFAULT_SEED.to_string());
    assert!(taken.contains("assumed-role/Deploy/me"), "{taken}");
    let refused = assume("2");
    assert!(refused.contains("InvalidIdentityToken"), "{refused}");
    let asked = asked.join().expect("the issuer");
    assert_eq!(asked, ["/.well-known/openid-configuration", "/keys"]);
}
