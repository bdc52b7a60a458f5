//! What the decision and its explanation are good for beyond running scenarios.

mod ask;
mod decide;
#[cfg(feature = "live")]
pub mod diff;

pub use ask::{AskError, Subject, UnknownSubject, ask};
pub use decide::{Answer, decide};
