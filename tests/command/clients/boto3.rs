//! boto3: client, resource, profiles, credentials that refresh themselves.

use std::process::Command;

use rstest::rstest;

use super::{beside, terminal};
use crate::support::skip_without;
use crate::terminal::{ended, succeeded};

fn has_boto3() -> bool {
    let found = Command::new("python3")
        .args(["-c", "import boto3"])
        .output();
    found.is_ok_and(|output| output.status.success())
}

#[rstest]
#[case::client("client")]
#[case::resource("resource")]
#[case::a_profile_with_a_role("profile")]
#[case::credentials_across_their_expiry("refreshable")]
#[case::web_identity("web_identity")]
fn boto3_does(#[case] flow: &str) {
    if !has_boto3() {
        return skip_without("boto3");
    }
    let terminal = terminal();
    let script = beside("boto3_flows.py");
    succeeded(&ended(terminal.command("python3").arg(script).arg(flow)));
}
