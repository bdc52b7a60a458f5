//! The real AWS CLI through the tutorial, as a person would type it.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{Served, find_program, skip_without, stderr, stdout};

/// A terminal with the AWS CLI pointed at a served mock, and a home of its own.
struct Terminal {
    home: tempfile::TempDir,
    endpoint: String,
    _server: Served,
}

impl Terminal {
    /// Serves a scenario; the users' keys are profiles. `None`, said aloud, without the AWS CLI.
    fn open(scenario: &str) -> Option<Self> {
        if find_program("aws").is_none() {
            skip_without("the AWS CLI");
            return None;
        }
        let home = tempfile::tempdir().expect("a scratch folder");
        let credentials = home.path().join("credentials");
        let server = Served::start(&[
            scenario,
            "--credentials",
            credentials.to_str().expect("UTF-8"),
        ]);
        Some(Self {
            endpoint: server.endpoint.clone(),
            home,
            _server: server,
        })
    }

    fn aws(&self, arguments: &[&str]) -> Command {
        let home = self.home.path();
        let mut command = Command::new("aws");
        command
            .args(arguments)
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

    fn as_user(&self, user: &str, arguments: &[&str]) -> Output {
        self.aws(arguments)
            .env("AWS_PROFILE", user)
            .output()
            .expect("the AWS CLI starts")
    }

    fn with_session(&self, session: &[(&str, String)], arguments: &[&str]) -> Output {
        self.aws(arguments)
            .envs(session.iter().map(|(name, value)| (name, value)))
            .output()
            .expect("the AWS CLI starts")
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    /// Assumes a role; the session as variables of the environment.
    fn assume(&self, user: &str, role: &str, session: &str) -> Vec<(&'static str, String)> {
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
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}{}",
        stdout(output),
        stderr(output)
    );
    stdout(output)
}

#[track_caller]
fn failed(output: &Output) -> String {
    assert!(!output.status.success(), "{}", stdout(output));
    stderr(output)
}

const TUTORIAL: &str = "scenarios/tutorial.yaml";

#[test]
fn the_tutorial_works_as_a_person_types_it() {
    let Some(terminal) = Terminal::open(TUTORIAL) else {
        return;
    };
    let user = "spa-deployment";

    let identity = succeeded(&terminal.as_user(user, &["sts", "get-caller-identity"]));
    assert!(
        identity.contains("\"arn:aws:iam::123456789012:user/spa-deployment\""),
        "{identity}"
    );

    let refused = failed(&terminal.as_user(user, &["s3", "ls"]));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the ListBuckets operation: User: \
             arn:aws:iam::123456789012:user/spa-deployment is not authorized to perform: \
             s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action"
        ),
        "{refused}"
    );

    let role = "arn:aws:iam::123456789012:role/S3-CloudFront-Access";
    let session = terminal.assume(user, role, "DeploySPA");

    let identity = succeeded(&terminal.with_session(&session, &["sts", "get-caller-identity"]));
    assert!(
        identity
            .contains("\"arn:aws:sts::123456789012:assumed-role/S3-CloudFront-Access/DeploySPA\""),
        "{identity}"
    );

    let buckets = succeeded(&terminal.with_session(&session, &["s3", "ls"]));
    assert!(buckets.trim_end().ends_with("spa-site"), "{buckets}");

    std::fs::write(terminal.home().join("index.html"), "<h1>it works</h1>").expect("a file");
    let page = "s3://spa-site/index.html";
    succeeded(&terminal.with_session(&session, &["s3", "cp", "index.html", page]));
    let copied = succeeded(&terminal.with_session(&session, &["s3", "cp", page, "-"]));
    assert_eq!(copied, "<h1>it works</h1>");
}

#[test]
fn a_deployment_uploads_and_invalidates() {
    let Some(terminal) = Terminal::open("scenarios/deploy-a-website.yaml") else {
        return;
    };
    let role = "arn:aws:iam::123456789012:role/DeployWebsite";
    let session = terminal.assume("ci", role, "release-42");
    let invalidate = |distribution| {
        let of = ["--distribution-id", distribution, "--paths", "/*"];
        let command = [&["cloudfront", "create-invalidation"][..], &of].concat();
        terminal.with_session(&session, &command)
    };

    std::fs::write(terminal.home().join("index.html"), "<h1>new</h1>").expect("a file");
    let page = "s3://website/index.html";
    succeeded(&terminal.with_session(&session, &["s3", "cp", "index.html", page]));
    let made = succeeded(&invalidate("E1WEBSITE"));
    assert!(made.contains("\"Status\": \"InProgress\""), "{made}");

    let refused = failed(&invalidate("E2INTRANET"));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the CreateInvalidation operation: User: \
             arn:aws:sts::123456789012:assumed-role/DeployWebsite/release-42 is not authorized to perform: \
             cloudfront:CreateInvalidation on resource: arn:aws:cloudfront::123456789012:distribution/E2INTRANET \
             because no identity-based policy allows the cloudfront:CreateInvalidation action"
        ),
        "{refused}"
    );
}

#[test]
fn a_profile_assumes_the_role_by_itself() {
    let Some(terminal) = Terminal::open("scenarios/external-id.yaml") else {
        return;
    };
    let config = "[profile deploy]\n\
                  role_arn = arn:aws:iam::123456789012:role/Monitoring\n\
                  source_profile = collector\n\
                  external_id = Customer-4711\n\
                  [profile mistaken]\n\
                  role_arn = arn:aws:iam::123456789012:role/Monitoring\n\
                  source_profile = collector\n\
                  external_id = customer-4711\n";
    std::fs::write(terminal.home().join("config"), config).expect("a file");

    let identity = succeeded(&terminal.as_user("deploy", &["sts", "get-caller-identity"]));
    assert!(
        identity.contains("arn:aws:sts::123456789012:assumed-role/Monitoring/botocore-session-"),
        "{identity}"
    );

    let refused = failed(&terminal.as_user("mistaken", &["sts", "get-caller-identity"]));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the AssumeRole operation: User: \
             arn:aws:iam::999999999999:user/collector is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::123456789012:role/Monitoring"
        ),
        "{refused}"
    );
}

#[test]
fn a_wrong_secret_is_refused_for_its_signature() {
    let Some(terminal) = Terminal::open(TUTORIAL) else {
        return;
    };
    let credentials =
        std::fs::read_to_string(terminal.home().join("credentials")).expect("the keys");
    let key = credentials
        .lines()
        .find_map(|line| line.strip_prefix("aws_access_key_id = "))
        .expect("a key")
        .to_owned();
    let wrong = [
        ("AWS_ACCESS_KEY_ID", key),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        ),
    ];

    let refused = failed(&terminal.with_session(&wrong, &["sts", "get-caller-identity"]));

    assert!(refused.contains("(SignatureDoesNotMatch)"), "{refused}");
}
