//! The commands on a page of `rolecall docs`, typed into a shell with the real AWS CLI, print what the page says.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use rstest::rstest;

use crate::support::{Served, find_program, run, skip_without, stderr, stdout};

/// A command of a page and what the page says it prints.
#[derive(Debug)]
struct Typed {
    command: String,
    printed: String,
}

/// The commands of a page's console blocks, in order.
fn typed(page: &str) -> Vec<Typed> {
    let blocks = page.split("```console\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap_or_default());
    let mut typed: Vec<Typed> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match (line.strip_prefix("$ "), typed.last_mut()) {
            (Some(command), _) => typed.push(Typed {
                command: command.to_owned(),
                printed: String::new(),
            }),
            (None, Some(last)) if last.printed.is_empty() && last.command.ends_with('\\') => {
                last.command += "\n";
                last.command += line;
            }
            (None, Some(last)) => {
                last.printed += line;
                last.printed += "\n";
            }
            (None, None) => {}
        }
    }
    typed
}

/// A shell in a scratch folder, whose `aws` asks the mock.
struct Shell {
    home: tempfile::TempDir,
    endpoint: String,
    exported: HashMap<String, String>,
    /// By the access key on the page: the credentials that the mock gave instead.
    obtained: HashMap<String, [String; 3]>,
}

const NAMES: [&str; 3] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

impl Shell {
    /// Times as version 2 of the AWS CLI shows them, for each profile.
    fn write_config(home: &Path) {
        let credentials = std::fs::read_to_string(home.join("credentials")).expect("the keys");
        let profiles = credentials.lines().filter(|line| line.starts_with('['));
        let profiles = profiles.map(|line| line.replace('[', "[profile "));
        let config: Vec<String> = profiles
            .chain(["[default]".to_owned()])
            .map(|profile| format!("{profile}\ncli_timestamp_format = iso8601\n"))
            .collect();
        std::fs::write(home.join("config"), config.concat()).expect("a file");
    }

    fn type_in(&mut self, typed: &Typed) {
        let Some(export) = typed.command.strip_prefix("export ") else {
            let printed = self.run(&typed.command);
            self.remember(&typed.printed, &printed);
            assert_eq!(
                comparable(&printed, &self.obtained),
                comparable(&typed.printed, &self.obtained),
                "$ {}",
                typed.command
            );
            return;
        };
        let (name, value) = export.split_once('=').expect("a value");
        if name == NAMES[0] {
            let credentials = self
                .obtained
                .get(value)
                .expect("a key from the page")
                .clone();
            let names = NAMES.map(str::to_owned);
            self.exported.extend(names.into_iter().zip(credentials));
        }
    }

    /// What a command prints on both streams.
    fn run(&self, command: &str) -> String {
        let home = self.home.path();
        let output = Command::new("bash")
            .args(["-c", command])
            .current_dir(home)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("TZ", "UTC")
            .env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials"))
            .env("AWS_CONFIG_FILE", home.join("config"))
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_PAGER", "")
            .envs(&self.exported)
            .output()
            .expect("a shell");
        stdout(&output) + &stderr(&output)
    }

    /// Keeps the credentials that were given where the page shows its own.
    fn remember(&mut self, on_the_page: &str, printed: &str) {
        let member = |text: &str, name: &str| {
            let json: serde_json::Value = serde_json::from_str(text).ok()?;
            let value = json.get("Credentials")?.get(name)?;
            Some(value.as_str()?.to_owned())
        };
        let names = ["AccessKeyId", "SecretAccessKey", "SessionToken"];
        if let (Some(key), [Some(id), Some(secret), Some(token)]) = (
            member(on_the_page, names[0]),
            names.map(|name| member(printed, name)),
        ) {
            self.obtained.insert(key, [id, secret, token]);
        }
    }
}

/// Without what differs from run to run: keys, and the seconds that a served clock has moved on.
fn comparable(text: &str, obtained: &HashMap<String, [String; 3]>) -> String {
    let mut text = text.trim().to_owned();
    if text.starts_with("An error occurred") {
        // A page breaks long lines, as a terminal does.
        text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    for (key, [id, secret, token]) in obtained {
        text = text
            .replace(id, key)
            .replace(&format!("\"{secret}\""), "\"…\"")
            .replace(&format!("\"{token}\""), "\"…\"");
    }
    let mut shown = String::new();
    for line in text.lines() {
        shown += &without_minutes(line);
        shown.push('\n');
    }
    shown
}

/// `2026-01-01T00:…` for a time.
fn without_minutes(line: &str) -> String {
    let is_time = |bytes: &[u8]| {
        let pattern = b"0000-00-00T00:00:00";
        bytes.len() == pattern.len()
            && bytes.iter().zip(pattern).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b' '),
                other => byte == other,
            })
    };
    let bytes = line.as_bytes();
    match bytes.windows(19).position(is_time) {
        Some(at) => format!("{}…{}", &line[..at + 14], &line[at + 19..]),
        None => line.to_owned(),
    }
}

/// The scenarios whose pages are followed; of those with cases, waits or conditions of the request a shell can't type all.
#[rstest]
#[case::tutorial("tutorial")]
#[case::external_ids("external-id")]
#[case::session_tags("tag-session")]
#[case::chaining("role-chaining")]
#[case::root("locked-out-of-a-bucket")]
fn what_a_page_shows_is_what_the_aws_cli_prints(#[case] scenario: &str) {
    if find_program("aws").is_none() {
        return skip_without("the AWS CLI");
    }
    let file = format!("scenarios/{scenario}.yaml");
    let home = tempfile::tempdir().expect("a scratch folder");
    let pages = home.path().join("pages");
    let made = run(&["docs", &file, "--out", pages.to_str().expect("UTF-8")]);
    assert!(made.status.success(), "{}", stderr(&made));
    let page = std::fs::read_to_string(pages.join(format!("{scenario}.md"))).expect("the page");
    let credentials = home.path().join("credentials");
    let server = Served::start(&[
        &file,
        "--clock",
        "2026-01-01T00:00:00Z",
        "--credentials",
        credentials.to_str().expect("UTF-8"),
    ]);
    let roots =
        "\n[root-123456789012]\naws_access_key_id = 123456789012\naws_secret_access_key = test\n";
    let keys = std::fs::read_to_string(&credentials).expect("the keys") + roots;
    std::fs::write(&credentials, keys).expect("a file");
    Shell::write_config(home.path());
    let mut shell = Shell {
        home,
        endpoint: server.endpoint.clone(),
        exported: HashMap::new(),
        obtained: HashMap::new(),
    };

    let typed = typed(&page);
    let commands = typed
        .iter()
        .filter(|typed| !typed.command.starts_with("rolecall "));
    let mut followed = 0;
    for typed in commands {
        shell.type_in(typed);
        followed += 1;
    }
    assert!(followed > 0, "{page}");
}
