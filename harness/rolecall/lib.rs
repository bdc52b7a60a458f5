//! The test harness for AWS role assumption: who may become whom, and what they can then do.
//!
//! A scenario file describes accounts, identities, trust policies and permissions, then steps with the outcomes they
//! should have. [`scenario::load`] reads it, [`run::Runner`] takes every test through its steps on a
//! [`target::Target`], and [`report`] tells what came out.
//!
//! ```
//! use rolecall::run::Runner;
//! use rolecall::scenario::{self, Disk};
//! use rolecall::target::Target;
//!
//! let loaded = scenario::load(&["scenarios/tutorial.yaml".into()], &Disk);
//! assert!(!loaded.has_errors());
//!
//! let tests: Vec<_> = loaded.tests.iter().collect();
//! let summary = Runner::new(Target::Mock).run(&tests, |_event| {});
//! assert_eq!(summary.to_string(), "1 passed, 0 failed");
//! ```
//!
//! Three lines make every scenario a test of `cargo test` (`suite`, with the feature of that name); [`fluent`] is for those
//! who prefer Rust to YAML.
//!
//! The mock AWS, the policy engine and the wire formats are crates of their own: `rolecall-mock`, `rolecall-policy` and
//! `rolecall-wire`.

#[cfg(feature = "cli")]
pub mod cli;
pub mod fluent;
pub mod insight;
pub mod pages;
pub mod report;
pub mod run;
pub mod scenario;
pub mod services;
#[cfg(feature = "suite")]
pub mod suite;
pub mod target;
