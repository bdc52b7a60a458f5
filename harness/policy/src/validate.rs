//! What AWS refuses to save, with AWS's code and text, and the place in the user's file.

use crate::node::{Node, Span};

/// The kind of policy, each with rules of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind<'a> {
    /// For a user, group or role, inline or managed.
    Identity,
    /// A role's trust policy.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of this bucket.
    Bucket(&'a str),
    /// Another resource's policy.
    Resource,
}

/// A reason why AWS refuses a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Our own stable name: `policy::unknown-operator`.
    pub id: &'static str,
    /// AWS's error code: `MalformedPolicyDocument`, `MalformedPolicy`, `LimitExceeded`.
    pub code: &'static str,
    /// AWS's text, to the letter.
    pub message: String,
    /// What is wrong, in our words, short: the underline's label.
    pub label: String,
    /// Where.
    pub span: Span,
    /// The remedy.
    pub help: Option<String>,
}

/// All that AWS would refuse, the problem AWS would name first at the front; empty when it would save.
pub fn validate(node: &Node, kind: PolicyKind<'_>) -> Vec<Problem> {
    todo!("{node:?} {kind:?}")
}
