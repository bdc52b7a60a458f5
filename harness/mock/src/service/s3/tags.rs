//! Tags of buckets and objects: read, checked, written.
//!
//! AWS: S3 User Guide, Categorizing your objects using tags; Using cost allocation S3 bucket tags.

use percent_encoding::percent_decode_str;
use rolecall_wire::{ServiceError, Structure, Value};

use super::error::invalid_argument;
use crate::service::call::Call;
use crate::world::Tags;

/// How many tags an object may have.
const OBJECT_LIMIT: usize = 10;
/// How many tags a bucket may have.
const BUCKET_LIMIT: usize = 50;

/// The tags of a bucket, in a request's body.
pub(super) fn of_bucket(call: &Call) -> Result<Tags, ServiceError> {
    checked(set(call))
}

/// The tags of a new bucket.
pub(super) fn of_list(tags: &[Value]) -> Result<Tags, ServiceError> {
    checked(read(tags))
}

fn checked(tags: Tags) -> Result<Tags, ServiceError> {
    check_set(&tags)?;
    if tags.len() > BUCKET_LIMIT {
        let message = "Bucket tag count cannot be greater than 50";
        return Err(ServiceError::new(400, "BadRequest", message));
    }
    Ok(tags)
}

/// The tags of an object, in a request's body.
pub(super) fn of_object(call: &Call) -> Result<Tags, ServiceError> {
    let tags = set(call);
    check_set(&tags)?;
    check_object_limit(&tags)?;
    Ok(tags)
}

/// The tags of an object, in `x-amz-tagging`.
pub(super) fn of_header(call: &Call) -> Result<Tags, ServiceError> {
    let tags = header(call);
    check_object_limit(&tags)?;
    tags.iter().try_for_each(check)?;
    if duplicate(&tags).is_some() {
        let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters \
                       without tag name duplicates.";
        return Err(invalid_argument(
            "x-amz-tagging",
            call.required("Tagging"),
            message,
        ));
    }
    Ok(tags)
}

/// The tags of `x-amz-tagging`, which are written like a query.
pub(super) fn header(call: &Call) -> Tags {
    let text = call.input.string("Tagging").unwrap_or_default();
    let decode = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    text.split('&')
        .filter(|tag| !tag.is_empty())
        .map(|tag| tag.split_once('=').unwrap_or((tag, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect()
}

/// The tags of a request's body, as they stand.
pub(super) fn set(call: &Call) -> Tags {
    let tagging = call.input.structure("Tagging");
    let set = tagging
        .map(|tagging| tagging.list("TagSet"))
        .unwrap_or_default();
    read(set)
}

fn read(tags: &[Value]) -> Tags {
    let tag = |tag: &Value| match tag {
        Value::Structure(tag) => {
            let text = |member| tag.string(member).unwrap_or_default().to_owned();
            Some((text("Key"), text("Value")))
        }
        _ => None,
    };
    tags.iter().filter_map(tag).collect()
}

/// Tags as an answer has them.
pub(super) fn describe(tags: &Tags) -> Structure {
    let tag = |(key, value): &(String, String)| {
        let tag = Structure::new()
            .with("Key", key.as_str())
            .with("Value", value.as_str());
        Value::Structure(tag)
    };
    let tags: Vec<_> = tags.iter().map(tag).collect();
    Structure::new().with("TagSet", tags)
}

fn check_set(tags: &Tags) -> Result<(), ServiceError> {
    if let Some(key) = duplicate(tags) {
        let message = "Cannot provide multiple Tags with the same key";
        return Err(invalid(message).with("TagKey", key));
    }
    tags.iter().try_for_each(check)
}

fn check((key, value): &(String, String)) -> Result<(), ServiceError> {
    if key.is_empty() || key.chars().count() > 128 {
        Err(invalid("The TagKey you have provided is invalid").with("TagKey", key))
    } else if key.to_ascii_lowercase().starts_with("aws:") {
        Err(invalid("System tags cannot be added/updated by requester").with("TagKey", key))
    } else if value.chars().count() > 256 {
        Err(invalid("The TagValue you have provided is invalid").with("TagValue", value))
    } else {
        Ok(())
    }
}

fn check_object_limit(tags: &Tags) -> Result<(), ServiceError> {
    if tags.len() <= OBJECT_LIMIT {
        return Ok(());
    }
    let message = "Object tags cannot be greater than 10";
    Err(ServiceError::new(400, "BadRequest", message))
}

/// The first key that was there before.
fn duplicate(tags: &Tags) -> Option<&str> {
    let twice = |index: usize, key: &str| tags.iter().take(index).any(|(other, _)| other == key);
    let mut keys = tags.iter().map(|(key, _)| key.as_str()).enumerate();
    keys.find(|(index, key)| twice(*index, key))
        .map(|(_, key)| key)
}

fn invalid(message: &str) -> ServiceError {
    ServiceError::new(400, "InvalidTag", message)
}
