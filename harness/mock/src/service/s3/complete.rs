//! `CompleteMultipartUpload`: parts become an object.
//!
//! AWS: S3 API Reference, `CompleteMultipartUpload`; S3 User Guide, Checking object integrity, multipart uploads.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, invalid_request, malformed_xml};
use super::{checksum, conditional, encryption, resource, upload};
use crate::ids::hex;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Checksum, ChecksumKind, Object, Part, PartOfObject, Upload, World};

/// AWS: S3 User Guide, Amazon S3 multipart upload limits: of all parts but the last.
const LEAST_PART: usize = 5 * 1024 * 1024;

/// What a key has in the path of a URL.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(super) fn complete(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    let upload = Arc::clone(upload::find(world, call)?);
    conditional::write(call, key, bucket.objects.get(key).map(Arc::as_ref))?;
    if upload.checksum.is_some() {
        // Additional checksums are made of what the parts say.
        encryption::decrypt(world, call, &upload.properties.encryption)?;
    }
    let parts = chosen(call, &upload)?;
    let body = joined(&parts);
    check_size(call, body.len())?;
    let checksum = whole_checksum(call, &upload, &parts, &body)?;
    let object = Object {
        etag: composite_etag(&parts),
        checksum,
        body,
        modified: call.now(),
        parts: parts
            .iter()
            .map(|(number, part)| kept(*number, part))
            .collect(),
        properties: upload.properties.clone(),
    };
    let mut output = Structure::new()
        .with("Location", location(call, key))
        .with("Bucket", bucket.name.as_str())
        .with("Key", key)
        .with("ETag", object.etag.as_str());
    checksum::describe_with_type(&object.checksum, &mut output);
    encryption::describe(&object.properties.encryption, &mut output);
    let uploads = &mut resource::bucket_mut(world, call)?.uploads;
    uploads.remove(call.required("UploadId"));
    let version = world.put_object(call.required("Bucket"), key, object);
    Ok(output.with_some("VersionId", version).into())
}

/// The parts that the request lists, which may leave some out.
fn chosen<'u>(call: &Call, upload: &'u Upload) -> Result<Vec<(u16, &'u Part)>, ServiceError> {
    let list = call.input.structure("MultipartUpload");
    let listed = list.map(|list| list.list("Parts")).unwrap_or_default();
    if listed.is_empty() {
        return Err(malformed_xml());
    }
    let mut parts: Vec<(u16, &Part)> = Vec::with_capacity(listed.len());
    for (index, one) in listed.iter().enumerate() {
        let Value::Structure(one) = one else {
            return Err(malformed_xml());
        };
        let number = one.integer("PartNumber").ok_or_else(malformed_xml)?;
        if !(1..=10_000).contains(&number) {
            let message = "PartNumber must be >= 1 and <= 10000";
            return Err(invalid_argument("PartNumber", &number.to_string(), message));
        }
        let number = u16::try_from(number).unwrap_or_default();
        if parts.last().is_some_and(|(last, _)| *last >= number) {
            return Err(out_of_order(call));
        }
        let part = upload.parts.get(&number);
        let part = part
            .filter(|part| is_meant(one, part))
            .ok_or_else(|| invalid_part(call, number, one))?;
        check_part(upload, one, number)?;
        if index + 1 < listed.len() && part.body.len() < LEAST_PART {
            return Err(too_small(number, part));
        }
        parts.push((number, part));
    }
    Ok(parts)
}

/// Whether the request's entity tag and checksums are the part's.
fn is_meant(one: &Structure, part: &Part) -> bool {
    let tag = one.string("ETag").unwrap_or_default().trim_matches('"');
    let mut checksums = checksum::members(one);
    tag == part.etag.trim_matches('"')
        && checksums.all(|(algorithm, value)| match &part.checksum {
            Some(checksum) => checksum.algorithm == algorithm.name && checksum.value == value,
            None => true,
        })
}

/// A checksum over checksums needs to be told each.
fn check_part(upload: &Upload, one: &Structure, number: u16) -> Result<(), ServiceError> {
    let Some((name, ChecksumKind::Composite)) = upload.checksum else {
        return Ok(());
    };
    if checksum::members(one).any(|(algorithm, _)| algorithm.name == name) {
        return Ok(());
    }
    Err(invalid_request(format!(
        "The upload was created using a {} checksum. The complete request must include the checksum for each part. It \
         was missing for part {number} in the request.",
        name.to_ascii_lowercase()
    )))
}

fn joined(parts: &[(u16, &Part)]) -> Bytes {
    if let [(_, only)] = parts {
        return only.body.clone();
    }
    let length = parts.iter().map(|(_, part)| part.body.len()).sum();
    let mut whole = BytesMut::with_capacity(length);
    for (_, part) in parts {
        whole.extend_from_slice(&part.body);
    }
    whole.freeze()
}

/// AWS: S3 API Reference, `CompleteMultipartUpload`, `x-amz-mp-object-size`.
fn check_size(call: &Call, size: usize) -> Result<(), ServiceError> {
    let told = call.text("MpuObjectSize");
    match told {
        Some(told) if told != size.to_string() => Err(invalid_request(format!(
            "The provided 'x-amz-mp-object-size' header value {told} does not match what was computed: {size}"
        ))),
        _ => Ok(()),
    }
}

/// Of the kind that the upload was begun with; CRC64NVME over the whole if it asked for nothing.
fn whole_checksum(
    call: &Call,
    upload: &Upload,
    parts: &[(u16, &Part)],
    body: &[u8],
) -> Result<Checksum, ServiceError> {
    let asked = upload.checksum;
    let kind = asked.map_or(ChecksumKind::FullObject, |(_, kind)| kind);
    let told = call.input.string("ChecksumType");
    if told.is_some_and(|told| told != kind.name()) {
        return Err(invalid_request(format!(
            "The upload was created using the {} checksum mode. The complete request must use the same checksum mode.",
            kind.name()
        )));
    }
    let checksum = match asked.and_then(|(name, _)| checksum::find(name)) {
        None => checksum::default(body),
        Some(algorithm) if kind == ChecksumKind::FullObject => algorithm.of(body),
        Some(algorithm) => {
            algorithm.composite(parts.iter().filter_map(|(_, part)| part.checksum.as_ref()))
        }
    };
    checksum::verify_whole(call, &checksum)?;
    Ok(checksum)
}

/// The MD5 over the MD5s of the parts, which their entity tags are, and their number.
fn composite_etag(parts: &[(u16, &Part)]) -> String {
    let mut digest = Md5::new();
    for (_, part) in parts {
        digest.update(unhex(part.etag.trim_matches('"')));
    }
    format!("\"{}-{}\"", hex(&digest.finalize()), parts.len())
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .filter_map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn kept(number: u16, part: &Part) -> PartOfObject {
    PartOfObject {
        number,
        size: part.body.len(),
        checksum: part.checksum.clone(),
    }
}

fn location(call: &Call, key: &str) -> String {
    let path: Vec<_> = key
        .split('/')
        .map(|segment| utf8_percent_encode(segment, IN_PATH).to_string())
        .collect();
    format!(
        "https://{}.s3.{}.amazonaws.com/{}",
        call.required("Bucket"),
        call.region,
        path.join("/")
    )
}

fn out_of_order(call: &Call) -> ServiceError {
    let message =
        "The list of parts was not in ascending order. Parts must be ordered by part number.";
    ServiceError::new(400, "InvalidPartOrder", message).with("UploadId", call.required("UploadId"))
}

fn invalid_part(call: &Call, number: u16, one: &Structure) -> ServiceError {
    let message = "One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
                   specified entity tag may not match the part's entity tag.";
    ServiceError::new(400, "InvalidPart", message)
        .with("UploadId", call.required("UploadId"))
        .with("PartNumber", number.to_string())
        .with(
            "ETag",
            one.string("ETag").unwrap_or_default().trim_matches('"'),
        )
}

fn too_small(number: u16, part: &Part) -> ServiceError {
    let message = "Your proposed upload is smaller than the minimum allowed size";
    ServiceError::new(400, "EntityTooSmall", message)
        .with("ProposedSize", part.body.len().to_string())
        .with("MinSizeAllowed", LEAST_PART.to_string())
        .with("PartNumber", number.to_string())
        .with("ETag", part.etag.trim_matches('"'))
}
