//! The test harness for AWS role assumption.

#[cfg(feature = "cli")]
pub mod cli;
pub mod insight;
pub mod report;
pub mod run;
pub mod scenario;
pub mod target;
