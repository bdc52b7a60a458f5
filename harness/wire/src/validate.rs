//! AWS's checks of an input against its shapes.

use crate::{Operation, Service, Structure};

/// One broken constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// `roleSessionName`, `tags.1.member.key`.
    pub path: String,
    /// The value as text; `None` for null, or for a value AWS doesn't repeat.
    pub value: Option<String>,
    /// `Member must have length greater than or equal to 2`.
    pub constraint: String,
}

/// All constraints that the input breaks.
pub fn violations(service: &Service, operation: &Operation, input: &Structure) -> Vec<Violation> {
    todo!()
}

/// AWS's text for them: `2 validation errors detected: Value …; Value …`.
pub fn message(violations: &[Violation]) -> String {
    todo!()
}
