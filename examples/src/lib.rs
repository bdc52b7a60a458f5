//! A project that deploys with a role, and tests who may assume it.
//!
//! `scenarios/` says it in YAML and `tests/scenarios.rs` makes each scenario a test; `tests/deploy.rs` says it in Rust. A
//! project needs one of the two.
