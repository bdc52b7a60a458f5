//! A policy document, ready to be evaluated.

use crate::node::{Node, SourceId, Span};

/// A policy document, prepared for evaluation: patterns compiled, keys folded, values parsed.
///
/// Lenient: whatever AWS would refuse to save but has a policy's shape is kept and never matches (see
/// [`validate`](crate::validate) for what AWS refuses).
#[derive(Clone, Debug)]
pub struct Document {}

/// Why a value isn't a policy document at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DocumentError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}

impl Document {
    /// Reads a document from JSON text (its spans point into source 0).
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        todo!()
    }

    /// Takes a document from a value already read (JSON or YAML).
    pub fn from_node(node: &Node) -> Result<Self, DocumentError> {
        todo!()
    }

    /// The statements, for those who list, draw or count them.
    pub fn statements(&self) -> &[Statement] {
        todo!()
    }
}

/// One statement of a [`Document`].
#[derive(Clone, Debug)]
pub struct Statement {}

impl Statement {
    /// The statement id as written.
    pub fn sid(&self) -> Option<&str> {
        todo!()
    }
    /// Where the whole statement stands.
    pub fn span(&self) -> Span {
        todo!()
    }
}
