//! Session tags: passed, inherited, transitive.
//!
//! AWS: IAM User Guide, Passing session tags in AWS STS.

use rolecall_policy::Context;
use rolecall_wire::ServiceError;

use super::{provided, validation_error};
use crate::service::call::Call;
use crate::world::{Session, Tags, check_tags};

/// The tags that the request passes, or its token or assertion.
pub(super) fn passed(call: &Call) -> Tags {
    if let Some(identity) = provided::of(call) {
        return identity.passed().tags.clone();
    }
    let tags = call.input.structures("Tags");
    tags.map(|tag| {
        let text = |member| tag.string(member).unwrap_or_default().to_owned();
        (text("Key"), text("Value"))
    })
    .collect()
}

/// The keys that the request makes transitive, or its token or assertion.
pub(super) fn transitive(call: &Call) -> Vec<String> {
    if let Some(identity) = provided::of(call) {
        return identity.passed().transitive_tags.clone();
    }
    let keys = call.input.strings("TransitiveTagKeys");
    keys.map(str::to_owned).collect()
}

fn inherited(call: &Call) -> impl Iterator<Item = &(String, String)> {
    let session = call.caller.session.as_ref();
    session.into_iter().flat_map(|s| Session::inherited_tags(s))
}

/// Whether the session to be has tags: then `sts:TagSession` is needed.
pub(super) fn are_involved(call: &Call) -> bool {
    let (tags, transitive) = of_session(call);
    !tags.is_empty() || !transitive.is_empty()
}

/// The tags of the session to be, and which of them are transitive.
pub(super) fn of_session(call: &Call) -> (Tags, Vec<String>) {
    let (mut tags, mut keys) = (passed(call), transitive(call));
    for tag in inherited(call) {
        keys.push(tag.0.clone());
        tags.push(tag.clone());
    }
    (tags, keys)
}

/// `aws:RequestTag/…` and `aws:TagKeys`. Whether inherited tags show here isn't settled; they don't.
pub(super) fn request_keys(call: &Call, context: &mut Context) {
    let tags = passed(call);
    for (key, value) in &tags {
        context.set(&format!("aws:RequestTag/{key}"), value.as_str());
    }
    context.set_list(
        "aws:TagKeys",
        tags.into_iter().map(|(key, _)| key).collect(),
    );
}

/// `sts:TransitiveTagKeys`.
pub(super) fn transitive_keys(call: &Call, context: &mut Context) {
    context.set_list("sts:TransitiveTagKeys", transitive(call));
}

/// Refuses tags that contradict themselves or the calling session.
pub(super) fn check(call: &Call) -> Result<(), ServiceError> {
    let tags = passed(call);
    let has = |tags: &[(String, String)], key: &str| {
        tags.iter()
            .any(|(other, _)| other.eq_ignore_ascii_case(key))
    };
    for (index, (key, _)) in tags.iter().enumerate() {
        if has(tags.get(..index).unwrap_or_default(), key) {
            return invalid(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            );
        }
        if inherited(call).any(|(other, _)| other.eq_ignore_ascii_case(key)) {
            return invalid(
                "One of the specified transitive tag keys can't be set because it conflicts with a \
                 transitive tag key from the calling session.",
            );
        }
    }
    if transitive(call).iter().any(|key| !has(&tags, key)) {
        return invalid("The specified transitive tag key must be included in the requested tags.");
    }
    // AWS's text for a reserved prefix isn't known, nor for more tags than the model allows in a token or an assertion.
    check_tags(&tags).map_err(|error| validation_error(error.to_string()))
}

fn invalid(message: &str) -> Result<(), ServiceError> {
    Err(ServiceError::new(400, "InvalidParameterValue", message))
}
