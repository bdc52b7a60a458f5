//! Conditional requests: `If-Match` and its kin.
//!
//! AWS: S3 User Guide, Conditional requests; RFC 9110, section 13.

use jiff::Timestamp;
use rolecall_wire::{ServiceError, Value};

use super::error::{no_such_key, not_implemented, precondition_failed};
use crate::service::call::Call;
use crate::world::Object;

/// How a conditional read comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// The object is to be sent.
    Fresh,
    /// The client has it already: 304.
    NotModified,
}

/// Judges a read of an object.
pub(super) fn read(call: &Call, object: &Object) -> Result<Read, ServiceError> {
    match unmet(call, object, "") {
        None => Ok(Read::Fresh),
        Some("If-None-Match" | "If-Modified-Since") => Ok(Read::NotModified),
        Some(condition) => Err(precondition_failed(condition)),
    }
}

/// Judges the source of a copy, where every condition that doesn't hold is a failure.
pub(super) fn copy(call: &Call, source: &Object) -> Result<(), ServiceError> {
    match unmet(call, source, "CopySource") {
        None => Ok(()),
        Some(condition) => Err(precondition_failed(&format!(
            "x-amz-copy-source-{condition}"
        ))),
    }
}

/// The condition that doesn't hold; its member of the input has a prefix.
fn unmet(call: &Call, object: &Object, prefix: &str) -> Option<&'static str> {
    let text = |member: &str| call.input.string(&format!("{prefix}{member}"));
    let time = |member: &str| time(call, &format!("{prefix}{member}"));
    let is_newer = |than: Timestamp| object.modified.as_second() > than.as_second();
    let matches = text("IfMatch").map(|tags| names(tags, object));
    if matches == Some(false) {
        return Some("If-Match");
    }
    if matches.is_none() && time("IfUnmodifiedSince").is_some_and(is_newer) {
        return Some("If-Unmodified-Since");
    }
    match text("IfNoneMatch") {
        Some(tags) => names(tags, object).then_some("If-None-Match"),
        None => time("IfModifiedSince")
            .is_some_and(|than| !is_newer(than))
            .then_some("If-Modified-Since"),
    }
}

/// Judges a write in the place of `existing`.
pub(super) fn write(call: &Call, key: &str, existing: Option<&Object>) -> Result<(), ServiceError> {
    let (none_match, matching) = (
        call.input.string("IfNoneMatch"),
        call.input.string("IfMatch"),
    );
    match (none_match, matching) {
        (None, None) => Ok(()),
        (Some("*"), None) if existing.is_none() => Ok(()),
        (Some("*"), None) => Err(precondition_failed("If-None-Match")),
        (Some(_), _) => Err(not_implemented("If-None-Match")),
        (None, Some(tags)) => removal(tags, key, existing),
    }
}

/// Judges whether `existing` is the one that `If-Match` means.
pub(super) fn removal(
    tags: &str,
    key: &str,
    existing: Option<&Object>,
) -> Result<(), ServiceError> {
    match existing {
        None => Err(no_such_key(key)),
        Some(object) if names(tags, object) => Ok(()),
        Some(_) => Err(precondition_failed("If-Match")),
    }
}

/// Whether a list of entity tags, quoted or not, has the object's.
fn names(tags: &str, object: &Object) -> bool {
    let bare = |tag: &str| {
        tag.trim()
            .trim_start_matches("W/")
            .trim_matches('"')
            .to_owned()
    };
    let wanted = bare(&object.etag);
    tags.split(',')
        .any(|tag| tag.trim() == "*" || bare(tag) == wanted)
}

fn time(call: &Call, member: &str) -> Option<Timestamp> {
    match call.input.get(member)? {
        Value::Timestamp(time) => Some(*time),
        _ => None,
    }
}
