//! What carries requests to a mock, each behind a feature of its own name.
//!
//! All give the same status, headers and body for the same request, apart from what HTTP itself adds.

#[cfg(feature = "connector")]
pub mod connector;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "wiremock")]
pub mod wiremock;
