//! A policy document, ready to be evaluated.
//!
//! [`Document::parse`] reads JSON, [`Document::from_node`] takes a value read elsewhere (a scenario's YAML, say).
//! Reading is lenient: a document is taken as it stands, and what AWS would refuse to save never matches. What
//! AWS refuses, and in which words, is for [`validate`](crate::validate).

mod elements;
mod prepare;
mod principals;
mod statement;

pub(crate) use elements::NO_VARIABLES;
pub(crate) use principals::Caller;
pub use statement::Statement;
pub(crate) use statement::Witness;

use crate::context::fold;
use crate::json;
use crate::node::{Node, SourceId, Span, Value};

/// A policy document, prepared for evaluation: patterns compiled, keys folded, values parsed.
///
/// Lenient: whatever AWS would refuse to save but has a policy's shape is kept and never matches (see
/// [`validate`](crate::validate) for what AWS refuses).
///
/// ```
/// use rolecall_policy::Document;
///
/// let trust = Document::parse(
///     r#"{"Version": "2012-10-17", "Statement": {
///         "Sid": "Deployer", "Effect": "Allow", "Action": "sts:AssumeRole",
///         "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"}}}"#,
/// )?;
/// assert_eq!(trust.statements()[0].sid(), Some("Deployer"));
/// # Ok::<(), rolecall_policy::DocumentError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    statements: Vec<Statement>,
}

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
    ///
    /// # Errors
    ///
    /// When the text isn't JSON, or isn't a JSON object.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let node = json::read(text, SourceId::default()).map_err(|error| DocumentError {
            message: format!("not JSON: {}", error.message),
            span: error.span,
        })?;
        Self::from_node(&node)
    }

    /// Takes a document from a value already read (JSON or YAML).
    ///
    /// # Errors
    ///
    /// When the value isn't a map.
    pub fn from_node(node: &Node) -> Result<Self, DocumentError> {
        match &node.value {
            Value::Map(entries) => Ok(Self {
                statements: prepare::statements(entries),
            }),
            other => Err(DocumentError {
                message: format!("a policy is a JSON object, not {}", other.kind()),
                span: node.span,
            }),
        }
    }

    /// The condition keys that the document asks about, in `Condition` and by way of policy variables, each once,
    /// as first written.
    ///
    /// ```
    /// use rolecall_policy::Document;
    ///
    /// let document = Document::parse(
    ///     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",
    ///         "Resource": "arn:aws:s3:::home/${aws:username}/*",
    ///         "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}"#,
    /// )?;
    /// assert_eq!(document.context_keys(), ["aws:SecureTransport", "aws:username"]);
    /// # Ok::<(), rolecall_policy::DocumentError>(())
    /// ```
    pub fn context_keys(&self) -> Vec<&str> {
        let mut seen = std::collections::HashSet::new();
        let keys = self.statements.iter().flat_map(Statement::context_keys);
        keys.filter(|key| seen.insert(fold(key))).collect()
    }

    /// The statements, for those who list, draw or count them.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}
