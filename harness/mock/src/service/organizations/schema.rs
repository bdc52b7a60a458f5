//! What inputs break of the service model, in the words of Organizations.
//!
//! AWS: Organizations API Reference, `InvalidInputException` with its reasons. The texts for patterns and enumerations are
//! those of live answers, the others follow the reference.

use rolecall_wire::ServiceError;
use rolecall_wire::validate::Violation;

use super::error;

/// Refuses an input that breaks constraints; AWS names one of them.
pub(crate) fn check(found: &[Violation]) -> Result<(), ServiceError> {
    found.first().map_or(Ok(()), |first| Err(refusal(first)))
}

fn refusal(violation: &Violation) -> ServiceError {
    let constraint = violation.constraint.as_str();
    let breaks = |words: &str| constraint.contains(words);
    let (reason, message) = if breaks("must not be null") {
        (
            "INPUT_REQUIRED",
            "You must include a value for all required parameters.",
        )
    } else if breaks("enum value set") && violation.path == "policyType" {
        (
            "INVALID_ENUM_POLICY_TYPE",
            "You specified an invalid policy type string.",
        )
    } else if breaks("enum value set") {
        ("INVALID_ENUM", "You specified an invalid value.")
    } else if breaks("regular expression pattern") && violation.path == "targetId" {
        ("INVALID_PATTERN_TARGET_ID", PATTERN)
    } else if breaks("regular expression pattern") {
        ("INVALID_PATTERN", PATTERN)
    } else if breaks("length less than") {
        (
            "MAX_LENGTH_EXCEEDED",
            "You provided a string parameter that is longer than allowed.",
        )
    } else if breaks("length greater than") {
        (
            "MIN_LENGTH_EXCEEDED",
            "You provided a string parameter that is shorter than allowed.",
        )
    } else if breaks("value less than") {
        (
            "MAX_VALUE_EXCEEDED",
            "You provided a numeric parameter that has a larger value than allowed.",
        )
    } else if breaks("value greater than") {
        (
            "MIN_VALUE_EXCEEDED",
            "You provided a numeric parameter that has a smaller value than allowed.",
        )
    } else {
        (
            "INVALID_LIST_MEMBER",
            "You provided a list to a parameter that contains at least one invalid value.",
        )
    };
    error::invalid_input(reason, message)
}

const PATTERN: &str = "You provided a value that does not match the required pattern.";
