//! Terraform with the AWS provider: state in S3 behind a role and a lock file, a provider that assumes a role.
//!
//! The provider is taken from the plugin mirror that `TF_PLUGIN_MIRROR` names (no package registry has it), so that a
//! machine without Terraform or a mirror skips these tests, in CI as well.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{beside, terminal};
use crate::support::{find_program, stderr, stdout};
use crate::terminal::{Terminal, ended, failed, succeeded};

/// A folder with the configuration, Terraform initialized in it.
struct Workspace {
    terminal: Terminal,
}

/// The mirror of plugins; `None`, said aloud, without it or without Terraform.
pub(crate) fn mirror() -> Option<PathBuf> {
    let mirror = std::env::var_os("TF_PLUGIN_MIRROR").map(PathBuf::from);
    let found = mirror.filter(|folder| folder.is_dir() && find_program("terraform").is_some());
    if found.is_none() {
        eprintln!(
            "skipped: TF_PLUGIN_MIRROR names no mirror of Terraform's AWS provider, or Terraform is missing"
        );
    }
    found
}

/// Terraform's configuration to take providers from a mirror and from nowhere else.
pub(crate) fn installation_from(mirror: &Path) -> String {
    format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = \"{}\"\n    include = [\"*/*/*\"]\n  }}\n  \
         direct {{ exclude = [\"*/*/*\"] }}\n}}\n",
        mirror.display()
    )
}

impl Workspace {
    fn open() -> Option<Self> {
        let mirror = mirror()?;
        let workspace = Self {
            terminal: terminal(),
        };
        workspace
            .terminal
            .write("terraform.rc", &installation_from(&mirror));
        let main = std::fs::read_to_string(beside("terraform/main.tf")).expect("the configuration");
        workspace.terminal.write("main.tf", &main);
        Some(workspace)
    }

    fn terraform(&self, arguments: &[&str]) -> Output {
        ended(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.terminal.command("terraform");
        command
            .args(arguments)
            .env(
                "TF_CLI_CONFIG_FILE",
                self.terminal.home().join("terraform.rc"),
            )
            .env("TF_IN_AUTOMATION", "true")
            .env("CHECKPOINT_DISABLE", "true")
            .env("AWS_PROFILE", "deployer");
        command
    }

    fn initialize(&self) {
        succeeded(&self.terraform(&["init", "-input=false", "-no-color"]));
    }

    fn objects(&self, bucket: &str) -> String {
        succeeded(
            &self
                .terminal
                .as_user("deploy", &["s3", "ls", bucket, "--recursive"]),
        )
    }
}

#[test]
fn terraform_applies_plans_nothing_more_and_destroys() {
    let Some(workspace) = Workspace::open() else {
        return;
    };
    workspace.initialize();

    let applied =
        succeeded(&workspace.terraform(&["apply", "-auto-approve", "-input=false", "-no-color"]));
    assert!(
        applied.contains("caller = \"arn:aws:sts::123456789012:assumed-role/Terraform/terraform\""),
        "{applied}"
    );
    assert!(
        workspace
            .objects("acme-site-of-terraform")
            .contains("index.html")
    );
    assert!(
        workspace
            .objects("acme-terraform-state")
            .contains("site/terraform.tfstate")
    );

    let again = workspace.terraform(&["plan", "-detailed-exitcode", "-input=false", "-no-color"]);
    assert_eq!(
        again.status.code(),
        Some(0),
        "{}{}",
        stdout(&again),
        stderr(&again)
    );

    let denied = failed(&workspace.terraform(&[
        "plan",
        "-input=false",
        "-no-color",
        "-var",
        "role=Chained",
    ]));
    // Terraform breaks AWS's message into lines.
    let denied = denied.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(denied.contains("Cannot assume IAM Role"), "{denied}");
    assert!(
        denied.contains(
            "User: arn:aws:iam::123456789012:user/deployer is not authorized to perform: sts:AssumeRole on resource: \
             arn:aws:iam::123456789012:role/Chained"
        ),
        "{denied}"
    );

    let destroyed =
        succeeded(&workspace.terraform(&["destroy", "-auto-approve", "-input=false", "-no-color"]));
    assert!(destroyed.contains("Destroy complete!"), "{destroyed}");
    let state = workspace.objects("acme-terraform-state");
    assert!(
        !state.contains(".tflock"),
        "the lock was left behind: {state}"
    );
}

#[test]
fn a_role_without_the_permission_fails_the_apply_with_awss_words() {
    let Some(workspace) = Workspace::open() else {
        return;
    };
    workspace.initialize();
    let refused = failed(&workspace.terraform(&[
        "apply",
        "-auto-approve",
        "-input=false",
        "-no-color",
        "-var",
        "role=Deploy",
        "-target=aws_iam_policy.upload",
    ]));
    assert!(
        refused.contains("is not authorized to perform: iam:CreatePolicy on resource"),
        "{refused}"
    );
}

#[test]
fn a_state_behind_a_role_that_cant_be_assumed_isnt_reached() {
    let Some(workspace) = Workspace::open() else {
        return;
    };
    let refused = failed(&ended(
        workspace
            .command(&["init", "-input=false", "-no-color"])
            .env("AWS_PROFILE", "bystander"),
    ));
    assert!(refused.contains("Cannot assume IAM Role"), "{refused}");
}
