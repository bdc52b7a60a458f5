//! AWS's checks in words, with the deciding statements underlined in the user's own files.
//!
//! A [`Reason`] is one check in words and places: [`reasons`] of a denial, [`grants`] of what was allowed. [`draw`]
//! underlines the places, [`speak`] says them line by line; [`checks`] lists every check of an evaluation.

mod checks;
mod draw;
mod reason;
mod words;

pub use checks::checks;
pub use draw::{draw, speak};
pub(crate) use reason::of_step;
pub use reason::{Reason, grants, reasons};
