//! Policies, wherever they come from.

use std::sync::Arc;

use rolecall_policy::{Document, Node, Span};

/// A policy named or written somewhere in a scenario, resolved to its document.
#[derive(Clone, Debug)]
pub struct PolicyReference {
    /// Where the scenario refers to it (the name, the file's name, or the whole inline document).
    pub span: Span,
    /// How it was given.
    pub origin: PolicyOrigin,
    /// The document.
    pub document: PolicyDocument,
}

/// How a policy was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyOrigin {
    /// A file, by its path as written.
    File(String),
    /// Written in the scenario itself.
    Inline,
    /// A customer managed policy of the scenario, by name.
    Customer(String),
    /// A policy of AWS, by ARN.
    Aws(String),
    /// A Terraform plan.
    Plan {
        /// The plan's file, by its path as written.
        file: String,
        /// The resource's address.
        address: String,
    },
}

/// A document as a value with places, and prepared for evaluation.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// The text as JSON: a file's own text, or what an inline document comes to.
    pub json: Arc<str>,
    /// The value with its places.
    pub node: Arc<Node>,
    /// The document.
    pub document: Arc<Document>,
}
