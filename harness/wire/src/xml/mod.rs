//! XML as AWS services use it: a bounded reader into a small tree, and a writer.

mod read;
mod write;

pub use read::{Element, Malformed, parse};
pub(crate) use write::{Quotes, Writer, attribute};
