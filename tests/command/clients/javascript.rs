//! The AWS SDK for JavaScript: its credential providers, uploads in parts, presigned addresses.
//!
//! Its packages are looked for where `NODE_PATH` says.

use std::path::PathBuf;

use rstest::rstest;

use super::{beside, terminal};
use crate::support::{find_program, skip_without};
use crate::terminal::{ended, succeeded};

/// The folder of packages that has the SDK, where node is there as well.
fn packages() -> Option<PathBuf> {
    find_program("node")?;
    let folders = std::env::var_os("NODE_PATH")?;
    std::env::split_paths(&folders).find(|folder| folder.join("@aws-sdk/client-sts").is_dir())
}

#[rstest]
#[case::from_temporary_credentials("fromTemporaryCredentials")]
#[case::from_ini("fromIni")]
#[case::from_web_token("fromWebToken")]
#[case::storage("storage")]
fn the_sdk_for_javascript_does(#[case] flow: &str) {
    let Some(packages) = packages() else {
        return skip_without("the AWS SDK for JavaScript (in a folder that NODE_PATH names)");
    };
    let terminal = terminal();
    let mut node = terminal.command("node");
    node.arg(beside("javascript_flows.cjs"))
        .arg(flow)
        .env("NODE_PATH", packages);
    succeeded(&ended(&mut node));
}
