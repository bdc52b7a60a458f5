//! A run that is killed leaves a journal; after `rolecall sweep` nothing is left.

use std::process::{Command, Stdio};

use crate::support::{FIRST, Served};

fn rolecall() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("AWS_ACCESS_KEY_ID", "test");
    command.env("AWS_SECRET_ACCESS_KEY", "test");
    command
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE");
    command
}

/// Points all over a run of about 1,500 requests; the numbers have nothing in common.
#[test]
fn nothing_is_left_of_a_killed_run_after_sweep() {
    let points = [1, 7, 12, 23, 41, 88, 137, 211, 307];
    let killed = kill_after(&points, &["scenarios"]);
    assert!(killed > 5, "the runs were killed, not finished");
}

/// Points between the providers of the probes and those of the scenarios.
#[test]
fn no_identity_provider_is_left_of_a_killed_run_after_sweep() {
    let scenarios = [
        "scenarios/github-actions.yaml",
        "scenarios/saml-federation.yaml",
    ];
    let killed = kill_after(&[188, 196, 203, 211, 219, 231, 240], &scenarios);
    assert!(killed > 2, "the runs were killed, not finished");
}

/// Kills a run after so many requests each, and sweeps; gives how many were still running.
fn kill_after(points: &[usize], scenarios: &[&str]) -> usize {
    let mut killed = 0;
    for &requests in points {
        let served = Served::start();
        let journals = tempfile::tempdir().expect("a folder");
        let folder = journals.path().to_str().expect("a path");
        let mut run = rolecall()
            .args(["run", "-t", &served.endpoint, "--run-id", "k1"])
            .args(scenarios)
            .args(["--journals", folder, "--quiet"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command starts");
        while served.mock.evaluations().len() < requests {
            if run.try_wait().expect("a child").is_some() {
                break;
            }
            std::thread::yield_now();
        }
        killed += usize::from(run.kill().is_ok());
        let _ = run.wait();

        let swept = rolecall()
            .args(["sweep", "--journals", folder])
            .output()
            .expect("the command starts");

        let told = String::from_utf8_lossy(&swept.stderr);
        assert!(swept.status.success(), "after {requests} requests: {told}");
        let left = served.left("rc-k1-", &[FIRST, "111111111111", "999999999999"]);
        assert_eq!(left, [""; 0], "after {requests} requests");
        let left = std::fs::read_dir(journals.path()).map_or(0, Iterator::count);
        assert_eq!(left, 0, "after {requests} requests");
    }
    killed
}
