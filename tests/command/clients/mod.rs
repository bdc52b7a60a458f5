//! Real, unmodified clients against `serve`, each through success and denial.

mod action;
mod boto3;
mod javascript;
pub(crate) mod terraform;

use std::path::PathBuf;

use crate::terminal::Terminal;

/// The world they are driven against, with its place below the repository's root.
pub(crate) const WORLD: &str = "tests/command/clients/deploy.world.yaml";

/// Profiles that assume roles by themselves, as the CLI and the SDKs read them.
pub(crate) const PROFILES: &str = "\
[profile deploy]
role_arn = arn:aws:iam::123456789012:role/Deploy
source_profile = deployer
role_session_name = deploying
[profile monitor]
role_arn = arn:aws:iam::123456789012:role/Monitoring
source_profile = deployer
external_id = Customer-4711
[profile mistaken]
role_arn = arn:aws:iam::123456789012:role/Monitoring
source_profile = deployer
external_id = customer-4711
";

/// A file beside this one.
fn beside(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/command/clients")
        .join(name)
}

/// The world served, with the profiles.
fn terminal() -> Terminal {
    let terminal = Terminal::open(WORLD);
    terminal.write("config", PROFILES);
    terminal
}
