//! The GitHub action aws-actions/configure-aws-credentials, from the checkout that `CONFIGURE_AWS_CREDENTIALS` names.
//!
//! No package registry has it, so that a machine without a checkout skips these tests, in CI as well.

#![expect(
    clippy::indexing_slicing,
    reason = "what a job lacks reads as null, and fails its test"
)]

use std::path::PathBuf;

use serde_json::{Value, json};

use super::{beside, terminal};
use crate::support::find_program;
use crate::terminal::{Terminal, ended, succeeded};

/// Where the action is; `None`, said aloud, without a checkout or without node.
fn checkout() -> Option<PathBuf> {
    let found = std::env::var_os("CONFIGURE_AWS_CREDENTIALS")
        .map(PathBuf::from)
        .filter(|folder| folder.join("dist/index.js").is_file() && find_program("node").is_some());
    if found.is_none() {
        eprintln!(
            "skipped: CONFIGURE_AWS_CREDENTIALS names no checkout of configure-aws-credentials, or node is missing"
        );
    }
    found
}

/// A runner with a served mock.
struct Runner {
    terminal: Terminal,
    action: PathBuf,
}

impl Runner {
    fn start() -> Option<Self> {
        let action = checkout()?;
        let terminal = terminal();
        Some(Self { terminal, action })
    }

    /// The keys of the world's `deployer`, as a repository's secrets would hold them.
    fn keys(&self) -> (String, String) {
        let text = std::fs::read_to_string(self.terminal.home().join("credentials")).expect("keys");
        let section = text
            .split('[')
            .find(|part| part.starts_with("deployer]"))
            .expect("deployer");
        let value = |name: &str| {
            let line = section.lines().find_map(|line| line.strip_prefix(name));
            line.expect("a key").trim_start_matches(" = ").to_owned()
        };
        (value("aws_access_key_id"), value("aws_secret_access_key"))
    }

    /// Runs the action with a user's static keys.
    fn with_keys(&self, mut inputs: Value) -> Value {
        let (id, secret) = self.keys();
        inputs["aws-access-key-id"] = id.into();
        inputs["aws-secret-access-key"] = secret.into();
        self.run(&json!({ "inputs": inputs }))
    }

    fn run(&self, job: &Value) -> Value {
        let mut node = self.terminal.command("node");
        node.arg(beside("github_runner.cjs"))
            .arg(&self.action)
            .arg(job.to_string());
        serde_json::from_str(&succeeded(&ended(&mut node))).expect("what the runner saw")
    }

    /// Who the job is after the action, by the variables that it left behind.
    fn identity(&self, step: &Value) -> String {
        assert_eq!(step["status"], 0, "{step}");
        let variable = |name: &str| step["env"][name].as_str().expect("a variable").to_owned();
        let session = [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ]
        .map(|name| (name, variable(name)));
        let query = [
            "sts",
            "get-caller-identity",
            "--query",
            "Arn",
            "--output",
            "text",
        ];
        succeeded(&self.terminal.with_session(&session, &query))
            .trim_end()
            .to_owned()
    }
}

#[track_caller]
fn refused(step: &Value, text: &str) {
    assert_eq!(step["status"], 1, "{step}");
    let output = step["output"].as_str().expect("text");
    assert!(output.contains(text), "{output}");
    assert!(step["env"].get("AWS_SESSION_TOKEN").is_none(), "{step}");
}

#[test]
fn static_keys_assume_the_role() {
    let Some(runner) = Runner::start() else {
        return;
    };
    let step = runner.with_keys(json!({
        "role-to-assume": "arn:aws:iam::123456789012:role/Deploy",
        "role-session-name": "DeploySPA",
        "role-skip-session-tagging": "true",
    }));
    assert_eq!(
        runner.identity(&step),
        "arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA"
    );

    let refusal = runner.with_keys(json!({
        "role-to-assume": "Chained",
        "role-skip-session-tagging": "true",
    }));
    refused(
        &refusal,
        "Could not assume role with user credentials: User: arn:aws:iam::123456789012:user/deployer is not \
         authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/Chained",
    );
}

#[test]
fn session_tags_need_a_trust_that_allows_them() {
    let Some(runner) = Runner::start() else {
        return;
    };
    let tagged = runner.with_keys(json!({ "role-to-assume": "DeployTagged" }));
    assert_eq!(
        runner.identity(&tagged),
        "arn:aws:sts::123456789012:assumed-role/DeployTagged/GitHubActions"
    );

    let refusal = runner.with_keys(json!({ "role-to-assume": "Deploy" }));
    refused(
        &refusal,
        "is not authorized to perform: sts:TagSession on resource",
    );
}

#[test]
fn the_external_id_is_passed_on() {
    let Some(runner) = Runner::start() else {
        return;
    };
    let with_id = |id: &str| {
        runner.with_keys(json!({
            "role-to-assume": "Monitoring",
            "role-external-id": id,
            "role-skip-session-tagging": "true",
        }))
    };
    assert!(
        runner
            .identity(&with_id("Customer-4711"))
            .contains(":assumed-role/Monitoring/")
    );
    refused(
        &with_id("customer-4711"),
        "is not authorized to perform: sts:AssumeRole",
    );
}

#[test]
fn a_jobs_own_token_assumes_the_role_of_its_branch() {
    let Some(runner) = Runner::start() else {
        return;
    };
    let of_branch = |subject: &str| {
        runner.run(&json!({
            "inputs": { "role-to-assume": "arn:aws:iam::123456789012:role/FromGitHub" },
            "subject": subject,
        }))
    };
    let step = of_branch("repo:acme/site:ref:refs/heads/main");
    assert_eq!(
        runner.identity(&step),
        "arn:aws:sts::123456789012:assumed-role/FromGitHub/GitHubActions"
    );
    refused(
        &of_branch("repo:acme/site:pull_request"),
        "Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
}

#[test]
fn a_second_step_goes_on_from_the_first_ones_role() {
    let Some(runner) = Runner::start() else {
        return;
    };
    let first = runner.with_keys(json!({
        "role-to-assume": "Deploy",
        "role-skip-session-tagging": "true",
    }));
    let second = runner.run(&json!({
        "inputs": {
            "role-to-assume": "Chained",
            "role-chaining": "true",
            "role-skip-session-tagging": "true",
        },
        "environment": first["env"],
    }));
    assert!(runner.identity(&second).contains(":assumed-role/Chained/"));
}
