//! What an object has beside its contents: read from a request that makes one, and told by an answer.

use std::collections::BTreeMap;

use rolecall_wire::{ServiceError, Structure, Value};

use super::{acl, encryption, lock, tags};
use crate::service::call::Call;
use crate::world::{Bucket, ObjectHeaders, Properties, World};

/// AWS: S3 User Guide, Working with object metadata.
const METADATA_LIMIT: usize = 2048;

pub(super) const STANDARD: &str = "STANDARD";
const DEFAULT_TYPE: &str = "binary/octet-stream";

/// AWS: S3 User Guide, Understanding and managing Amazon S3 storage classes.
const STORAGE_CLASSES: [&str; 8] = [
    STANDARD,
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "GLACIER_IR",
];

/// The classes whose objects must be restored before they are read.
const ARCHIVES: [&str; 2] = ["GLACIER", "DEEP_ARCHIVE"];

/// The headers that are kept with an object and given back with it.
const KEPT_HEADERS: [&str; 7] = [
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
    "WebsiteRedirectLocation",
];

/// Those of an object of which nothing is said.
pub(super) fn none() -> Properties {
    Properties {
        storage_class: STANDARD.to_owned(),
        headers: vec![("ContentType", DEFAULT_TYPE.to_owned())],
        encryption: encryption::with_s3_keys(),
        ..Properties::default()
    }
}

/// Those that a request gives the object it makes.
pub(super) fn of_request(
    world: &World,
    call: &Call,
    bucket: &Bucket,
) -> Result<Properties, ServiceError> {
    Ok(Properties {
        storage_class: storage_class(call)?,
        headers: headers(call),
        metadata: metadata(call)?,
        tags: tags::of_header(call)?,
        encryption: encryption::of_request(world, call, bucket)?,
        acl: acl::of_new_object(world, call, bucket)?,
        lock: lock::of_request(call, bucket)?,
    })
}

pub(super) fn storage_class(call: &Call) -> Result<String, ServiceError> {
    let class = call.input.string("StorageClass").unwrap_or(STANDARD);
    if STORAGE_CLASSES.contains(&class) {
        return Ok(class.to_owned());
    }
    let message = "The storage class you specified is not valid";
    Err(ServiceError::new(400, "InvalidStorageClass", message).with("StorageClassRequested", class))
}

pub(super) fn headers(call: &Call) -> ObjectHeaders {
    let mut headers: ObjectHeaders = KEPT_HEADERS
        .iter()
        .filter_map(|name| Some((*name, call.input.string(name)?.to_owned())))
        .filter_map(|(name, value)| match name {
            "ContentEncoding" => Some((name, without_chunking(&value)?)),
            _ => Some((name, value)),
        })
        .collect();
    if !headers.iter().any(|(name, _)| *name == "ContentType") {
        headers.push(("ContentType", DEFAULT_TYPE.to_owned()));
    }
    headers
}

/// A `Content-Encoding` without `aws-chunked`, which is about the request alone.
fn without_chunking(encoding: &str) -> Option<String> {
    let kept: Vec<_> = encoding
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("aws-chunked"))
        .collect();
    (!kept.is_empty()).then(|| kept.join(","))
}

pub(super) fn metadata(call: &Call) -> Result<BTreeMap<String, String>, ServiceError> {
    let Some(Value::Map(given)) = call.input.get("Metadata") else {
        return Ok(BTreeMap::new());
    };
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        _ => String::new(),
    };
    let kept: BTreeMap<_, _> = given
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), text(value)))
        .collect();
    let size: usize = kept
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if size > METADATA_LIMIT {
        let message = "Your metadata headers exceed the maximum allowed metadata size";
        return Err(ServiceError::new(400, "MetadataTooLarge", message)
            .with("Size", size.to_string())
            .with("MaxSizeAllowed", METADATA_LIMIT.to_string()));
    }
    Ok(kept)
}

/// Whether objects of the class must be restored before they are read.
pub(super) fn is_archived(properties: &Properties) -> bool {
    ARCHIVES.contains(&properties.storage_class.as_str())
}

/// Adds the properties to what is said of an object; tags and locks are for those who may see them.
pub(super) fn describe(properties: &Properties, output: &mut Structure) {
    encryption::describe(&properties.encryption, output);
    for (name, value) in &properties.headers {
        output.set(name, value.as_str());
    }
    if properties.storage_class != STANDARD {
        output.set("StorageClass", properties.storage_class.as_str());
    }
    if !properties.metadata.is_empty() {
        let text = |(name, value): (&String, &String)| (name.clone(), Value::String(value.clone()));
        let metadata = properties.metadata.iter().map(text).collect();
        output.set("Metadata", Value::Map(metadata));
    }
}
