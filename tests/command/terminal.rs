//! A terminal in which real clients are pointed at a served mock.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Served, find_program, skip_without, stderr, stdout};

/// A served mock, and a home of its own in which the users' keys are profiles.
pub(crate) struct Terminal {
    home: tempfile::TempDir,
    endpoint: String,
    _server: Served,
}

impl Terminal {
    /// Serves a world; `None`, said aloud, on a machine that hasn't the client's program.
    pub(crate) fn with_program(program: &str, client: &str, world: &str) -> Option<Self> {
        if find_program(program).is_none() {
            skip_without(client);
            return None;
        }
        Some(Self::open(world))
    }

    /// Serves a world.
    pub(crate) fn open(world: &str) -> Self {
        let home = tempfile::tempdir().expect("a scratch folder");
        let credentials = home.path().join("credentials");
        let path = credentials.to_str().expect("UTF-8");
        let server = Served::start(&[world, "--credentials", path]);
        Self {
            endpoint: server.endpoint.clone(),
            home,
            _server: server,
        }
    }

    /// A program that sees the mock and this home, and nothing else of the machine.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let home = self.home.path();
        let mut command = Command::new(program);
        command
            .current_dir(home)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials"))
            .env("AWS_CONFIG_FILE", home.join("config"))
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_PAGER", "");
        command
    }

    /// The AWS CLI with a user's keys, or with another profile.
    pub(crate) fn as_user(&self, user: &str, arguments: &[&str]) -> Output {
        ended(self.command("aws").args(arguments).env("AWS_PROFILE", user))
    }

    /// The AWS CLI with keys from its environment.
    pub(crate) fn with_session(&self, session: &[(&str, String)], arguments: &[&str]) -> Output {
        let session = session.iter().map(|(name, value)| (name, value));
        ended(self.command("aws").args(arguments).envs(session))
    }

    /// Assumes a role; the session as variables of the environment.
    pub(crate) fn assume(
        &self,
        user: &str,
        role: &str,
        session: &str,
    ) -> Vec<(&'static str, String)> {
        let query = "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]";
        let assumed = succeeded(&self.as_user(
            user,
            &[
                "sts",
                "assume-role",
                "--role-arn",
                role,
                "--role-session-name",
                session,
                "--query",
                query,
                "--output",
                "text",
            ],
        ));
        let names = [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ];
        let session: Vec<_> = names
            .into_iter()
            .zip(assumed.split_whitespace().map(str::to_owned))
            .collect();
        assert_eq!(session.len(), 3, "{assumed}");
        session
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file into the home.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.home.path().join(name), text).expect("a file");
    }
}

/// Runs a command to its end.
pub(crate) fn ended(command: &mut Command) -> Output {
    command.output().expect("the client starts")
}

/// What a command printed that must succeed.
#[track_caller]
pub(crate) fn succeeded(output: &Output) -> String {
    let (out, error) = (stdout(output), stderr(output));
    assert!(output.status.success(), "{out}{error}");
    out
}

/// What a command complained of that must fail.
#[track_caller]
pub(crate) fn failed(output: &Output) -> String {
    assert!(!output.status.success(), "{}", stdout(output));
    stderr(output)
}
