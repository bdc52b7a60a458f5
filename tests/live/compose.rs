//! `--compose` says what is missing, and takes down what it started.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

fn rolecall(path: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PATH", path)
        .args(["run", "scenarios/tutorial.yaml", "--compose"])
        .args(arguments)
        .output()
        .expect("the command starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told)
}

#[test]
fn without_docker_it_says_so() {
    let empty = tempfile::tempdir().expect("a folder");

    let (status, told) = rolecall(empty.path(), &["-t", "localstack"]);

    assert_eq!(status, Some(3), "{told}");
    assert!(told.contains("neither can be run"), "{told}");
}

#[test]
fn it_is_for_localstack_alone() {
    let empty = tempfile::tempdir().expect("a folder");

    let (status, told) = rolecall(empty.path(), &[]);

    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("--compose starts LocalStack"), "{told}");
}

#[test]
fn what_can_not_be_started_is_taken_down_all_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let script = folder.path().join("docker-compose");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >>{}\n[ \"$1\" != up ]\n",
        log.display()
    );
    std::fs::write(&script, text).expect("a script");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("a mode");

    let (status, told) = rolecall(folder.path(), &["-t", "localstack"]);

    assert_eq!(status, Some(3), "{told}");
    assert!(told.contains("can't be started"), "{told}");
    let log = std::fs::read_to_string(log).expect("what was asked");
    assert_eq!(log, "version\nup --detach localstack\ndown\n");
}
