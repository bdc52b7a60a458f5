//! boto3 reads the answer to every operation in the mock's table, and is refused in AWS's words.

use std::process::Command;

use crate::support::{Served, skip_without, stderr, stdout};

#[test]
fn boto3_reads_the_answer_to_every_operation_and_is_refused_in_awss_words() {
    let has_boto3 = Command::new("python3")
        .args(["-c", "import boto3"])
        .output();
    if !has_boto3.is_ok_and(|output| output.status.success()) {
        skip_without("boto3");
        return;
    }
    let home = tempfile::tempdir().expect("a scratch folder");
    let credentials = home.path().join("credentials");
    let server = Served::start(&[
        "tests/command/operations.world.yaml",
        "--credentials",
        credentials.to_str().expect("UTF-8"),
    ]);

    let output = Command::new("python3")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("tests/command/operations.py")
        .args([&server.endpoint, "harness/mock/tests/mock"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", std::env::var_os("HOME").unwrap_or_default())
        .env("AWS_SHARED_CREDENTIALS_FILE", &credentials)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("python3 starts");

    let told = format!("{}{}", stdout(&output), stderr(&output));
    assert!(output.status.success(), "{told}");
    assert!(told.ends_with(" operations, 0 wrong\n"), "{told}");
}
