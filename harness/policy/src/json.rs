//! A JSON reader that keeps the place of every value.

use crate::node::{Node, SourceId, Span};

/// What isn't JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What was expected or found.
    pub message: String,
    /// The offending bytes (one, or none at the end of the text).
    pub span: Span,
}

/// Reads one JSON value with nothing but white space around it.
pub fn read(text: &str, source: SourceId) -> Result<Node, JsonError> {
    todo!()
}
