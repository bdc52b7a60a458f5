//! XML as AWS services use it: a bounded reader into a small tree, and a writer.

mod read;
mod write;

pub(crate) use read::{Element, parse};
pub(crate) use write::{Quotes, Writer, attribute};
