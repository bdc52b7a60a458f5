//! Live targets, against the mock behind a port: what is asked, what is skipped, and what is left.

#![cfg(feature = "live")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't be set up has failed"
)]

mod administrator;
mod aws;
mod capabilities;
mod clean_up;
mod compose;
mod conditions;
mod devices;
mod explained;
mod faults;
mod issuers;
mod killed;
mod organizations;
mod providers;
mod resources;
mod scenarios;
mod services;
mod support;
mod taped;
mod time;
