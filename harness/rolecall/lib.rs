//! The test harness for AWS role assumption.
pub mod scenario;
