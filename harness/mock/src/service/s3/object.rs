//! Objects: put, got, deleted.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use rolecall_wire::{ServiceError, Structure, Value};

use super::conditional::{self, Read};
use super::error::{invalid_argument, invalid_request, no_such_bucket, no_such_key};
use super::{checksum, keys, range, resource};
use crate::ids::hex;
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Bucket, Object, ObjectHeaders, Tags, World};

/// AWS: S3 User Guide, Creating object key names.
const KEY_LIMIT: usize = 1024;
/// AWS: S3 User Guide, Categorizing your objects using tags.
const TAG_LIMIT: usize = 10;
/// AWS: S3 User Guide, Working with object metadata.
const METADATA_LIMIT: usize = 2048;

/// The headers that are kept with an object and given back with it.
const KEPT_HEADERS: [&str; 6] = [
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "WebsiteRedirectLocation",
];

/// The parameters that change such a header in one answer.
const OVERRIDES: [(&str, &str); 6] = [
    ("ResponseCacheControl", "CacheControl"),
    ("ResponseContentDisposition", "ContentDisposition"),
    ("ResponseContentEncoding", "ContentEncoding"),
    ("ResponseContentLanguage", "ContentLanguage"),
    ("ResponseContentType", "ContentType"),
    ("ResponseExpires", "Expires"),
];

/// An object with nothing but its contents.
pub(crate) fn new_object(body: Bytes, now: Timestamp) -> Object {
    Object {
        etag: etag(&body),
        checksum: checksum::default(&body),
        body,
        modified: now,
        storage_class: STANDARD.to_owned(),
        headers: vec![("ContentType", DEFAULT_TYPE.to_owned())],
        metadata: BTreeMap::new(),
        tags: Vec::new(),
    }
}

const STANDARD: &str = "STANDARD";
const DEFAULT_TYPE: &str = "binary/octet-stream";
/// What new buckets encrypt with.
const ENCRYPTION: &str = "AES256";

fn etag(body: &[u8]) -> String {
    format!("\"{}\"", hex(&Md5::digest(body)))
}

pub(super) fn put(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    check_key(key)?;
    check_acl(call)?;
    conditional::write(call, key, bucket.objects.get(key).map(Arc::as_ref))?;
    let sent = checksum::verify(call, false)?;
    let object = Object {
        checksum: sent.unwrap_or_else(|| checksum::default(&call.body)),
        storage_class: call
            .input
            .string("StorageClass")
            .unwrap_or(STANDARD)
            .to_owned(),
        headers: headers(call),
        metadata: metadata(call)?,
        tags: tags(call)?,
        ..new_object(call.body.clone(), call.now())
    };
    let mut output = Structure::new()
        .with("ETag", object.etag.as_str())
        .with("ServerSideEncryption", ENCRYPTION);
    add_checksum(&object, &mut output);
    let name = call.required("Bucket");
    let bucket = world.bucket_mut(name).ok_or_else(|| no_such_bucket(name))?;
    bucket.objects.insert(key.to_owned(), Arc::new(object));
    Ok(output.into())
}

fn check_key(key: &str) -> Result<(), ServiceError> {
    if key.len() <= KEY_LIMIT {
        return Ok(());
    }
    Err(
        ServiceError::new(400, "KeyTooLongError", "Your key is too long")
            .with("Size", key.len().to_string())
            .with("MaxSizeAllowed", KEY_LIMIT.to_string()),
    )
}

/// ACLs are switched off, but for the one that says what holds anyway.
fn check_acl(call: &Call) -> Result<(), ServiceError> {
    let granted = [
        "GrantFullControl",
        "GrantRead",
        "GrantReadACP",
        "GrantWriteACP",
    ];
    let acl = call.input.string("ACL");
    if acl.is_none_or(|acl| acl == "bucket-owner-full-control")
        && granted.iter().all(|grant| call.input.get(grant).is_none())
    {
        return Ok(());
    }
    let message = "The bucket does not allow ACLs";
    Err(ServiceError::new(
        400,
        "AccessControlListNotSupported",
        message,
    ))
}

fn headers(call: &Call) -> ObjectHeaders {
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

fn metadata(call: &Call) -> Result<BTreeMap<String, String>, ServiceError> {
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

fn tags(call: &Call) -> Result<Tags, ServiceError> {
    let tags = keys::header_tags(call);
    if tags.len() > TAG_LIMIT {
        return Err(ServiceError::new(
            400,
            "BadRequest",
            "Object tags cannot be greater than 10",
        ));
    }
    let twice = |index: usize, key: &str| tags.iter().take(index).any(|(other, _)| other == key);
    for (index, (key, value)) in tags.iter().enumerate() {
        if key.is_empty() || key.chars().count() > 128 {
            let message = "The TagKey you have provided is invalid";
            return Err(ServiceError::new(400, "InvalidTag", message).with("TagKey", key));
        }
        if value.chars().count() > 256 {
            let message = "The TagValue you have provided is invalid";
            return Err(ServiceError::new(400, "InvalidTag", message).with("TagValue", value));
        }
        if twice(index, key) {
            let message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query \
                           parameters without tag name duplicates.";
            return Err(invalid_argument(
                "x-amz-tagging",
                call.required("Tagging"),
                message,
            ));
        }
    }
    Ok(tags)
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    read(world, call, true)
}

pub(super) fn head(world: &World, call: &Call) -> Answer {
    read(world, call, false)
}

fn read(world: &World, call: &Call, with_body: bool) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    check_key(key)?;
    let object = find(world, call, bucket, key)?;
    if conditional::read(call, object)? == Read::NotModified {
        let output = Structure::new()
            .with("ETag", object.etag.as_str())
            .with("LastModified", object.modified);
        return Ok(Reply::from(output).with_status(304));
    }
    let length = object.body.len();
    let range = range::parse(call.input.string("Range"), length)?;
    let mut output = describe(world, call, bucket, key, object);
    let bytes = range.clone().unwrap_or(0..length);
    let whole = bytes == (0..length);
    if whole && call.input.string("ChecksumMode") == Some("ENABLED") {
        add_checksum(object, &mut output);
    }
    output.set(
        "ContentLength",
        i64::try_from(bytes.len()).unwrap_or_default(),
    );
    let partial = range.map(|range| {
        let last = range.end.saturating_sub(1);
        format!("bytes {}-{last}/{length}", range.start)
    });
    let status = if partial.is_some() { 206 } else { 200 };
    let mut output = output.with_some("ContentRange", partial);
    if with_body {
        output.set("Body", object.body.slice(bytes));
    }
    Ok(Reply::from(output).with_status(status))
}

/// The object of a key; that there is none, only those learn who may list the bucket.
///
/// AWS: S3 API Reference, `GetObject`, Permissions.
fn find<'b>(
    world: &World,
    call: &Call,
    bucket: &'b Bucket,
    key: &str,
) -> Result<&'b Object, ServiceError> {
    if let Some(version) = call.input.string("VersionId").filter(|v| *v != "null") {
        return Err(invalid_argument(
            "versionId",
            version,
            "Invalid version id specified",
        ));
    }
    if let Some(object) = bucket.objects.get(key) {
        return Ok(object);
    }
    let bucket = resource::of_bucket(call, bucket);
    call.require(world, "s3:ListBucket", &bucket, &[])?;
    Err(no_such_key(key))
}

/// What is said of an object beside its contents.
fn describe(world: &World, call: &Call, bucket: &Bucket, key: &str, object: &Object) -> Structure {
    let mut output = Structure::new()
        .with("AcceptRanges", "bytes")
        .with("LastModified", object.modified)
        .with("ETag", object.etag.as_str())
        .with("ServerSideEncryption", ENCRYPTION);
    for (name, value) in &object.headers {
        output.set(name, value.as_str());
    }
    for (parameter, header) in OVERRIDES {
        if let Some(value) = call.input.get(parameter) {
            output.set(header, value.clone());
        }
    }
    if object.storage_class != STANDARD {
        output.set("StorageClass", object.storage_class.as_str());
    }
    if !object.metadata.is_empty() {
        let text = |(name, value): (&String, &String)| (name.clone(), Value::String(value.clone()));
        output.set(
            "Metadata",
            Value::Map(object.metadata.iter().map(text).collect()),
        );
    }
    let resource = || resource::of_object(call, bucket, key);
    if !object.tags.is_empty() && call.may(world, "s3:GetObjectTagging", &resource()) {
        output.set(
            "TagCount",
            i64::try_from(object.tags.len()).unwrap_or_default(),
        );
    }
    output
}

fn add_checksum(object: &Object, output: &mut Structure) {
    if let Some(algorithm) = checksum::find(object.checksum.algorithm) {
        output.set(algorithm.member, object.checksum.value.as_str());
        output.set("ChecksumType", checksum::FULL_OBJECT);
    }
}

/// Deleting what isn't there succeeds too.
pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    if let Some(tags) = call.input.string("IfMatch") {
        conditional::removal(tags, key, bucket.objects.get(key).map(Arc::as_ref))?;
    }
    if call.input.string("MFA").is_some() {
        return Err(invalid_request("MFA delete is not enabled for this bucket"));
    }
    let version = call.input.string("VersionId");
    if version.is_none_or(|version| version == "null") {
        let name = call.required("Bucket");
        let bucket = world.bucket_mut(name).ok_or_else(|| no_such_bucket(name))?;
        bucket.objects.remove(key);
    }
    Ok(Structure::new().with_some("VersionId", version).into())
}
