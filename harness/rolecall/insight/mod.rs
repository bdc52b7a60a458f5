//! What the decision and its explanation are good for beyond running scenarios.

mod decide;

pub use decide::{Answer, decide};
