//! Uploads in parts: begun, fed, given up.
//!
//! AWS: S3 User Guide, Uploading and copying objects using multipart upload. Parts come in any order and from several
//! connections at a time; one that comes again replaces the former.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure};

use super::copy_source::Source;
use super::error::{invalid_argument, invalid_request, no_such_upload};
use super::{checksum, encryption, object, properties, range, resource};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Checksum, ChecksumKind, Part, Upload, World};

/// The length of upload ids.
const ID_LENGTH: usize = 64;
/// AWS: S3 User Guide, Amazon S3 multipart upload limits.
const PARTS_LIMIT: i64 = 10_000;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let key = call.required("Key");
    let checksum = asked_checksum(call)?;
    let properties = properties::of_request(world, call, bucket)?;
    let mut output = Structure::new()
        .with("Bucket", bucket.name.as_str())
        .with("Key", key);
    encryption::describe(&properties.encryption, &mut output);
    if let Some((algorithm, kind)) = checksum {
        output.set("ChecksumAlgorithm", algorithm);
        output.set("ChecksumType", kind.name());
    }
    let upload = Upload {
        key: key.to_owned(),
        initiated: call.now(),
        initiator: initiator(world, call),
        properties,
        asked_encryption: call.text("ServerSideEncryption"),
        checksum,
        parts: std::collections::BTreeMap::new(),
    };
    let id = world.ids.letters(ID_LENGTH);
    let uploads = &mut resource::bucket_mut(world, call)?.uploads;
    uploads.insert(id.clone(), Arc::new(upload));
    Ok(output.with("UploadId", id).into())
}

/// A user or role by its ARN, an account by its canonical id.
fn initiator(world: &World, call: &Call) -> String {
    let arn = call.caller.arn();
    match &call.caller.account {
        Some(account) if arn.ends_with(":root") => world.canonical_id(account).to_owned(),
        _ => arn.to_owned(),
    }
}

/// The algorithm and the kind of checksum that the request asks for.
fn asked_checksum(call: &Call) -> Result<Option<(&'static str, ChecksumKind)>, ServiceError> {
    let kind = call.input.string("ChecksumType");
    let Some(name) = call.input.string("ChecksumAlgorithm") else {
        if kind.is_none() {
            return Ok(None);
        }
        let message = "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.";
        return Err(invalid_request(message));
    };
    let algorithm = checksum::find(name).ok_or_else(|| checksum::unknown(name))?;
    let kind = match kind {
        None => algorithm.default_kind(),
        Some("FULL_OBJECT") => ChecksumKind::FullObject,
        Some("COMPOSITE") => ChecksumKind::Composite,
        Some(_) => {
            let message = "Value for x-amz-checksum-type header is invalid.";
            return Err(invalid_request(message));
        }
    };
    if !algorithm.allows(kind) {
        return Err(invalid_request(format!(
            "The {} checksum type cannot be used with the {} checksum algorithm.",
            kind.name(),
            algorithm.name.to_ascii_lowercase()
        )));
    }
    Ok(Some((algorithm.name, kind)))
}

/// The upload of the request.
pub(super) fn find<'w>(world: &'w World, call: &Call) -> Result<&'w Arc<Upload>, ServiceError> {
    let id = call.required("UploadId");
    let upload = resource::bucket(world, call)?.uploads.get(id);
    upload
        .filter(|upload| upload.key == call.required("Key"))
        .ok_or_else(|| no_such_upload(id))
}

pub(super) fn put_part(world: &mut World, call: &Call) -> Answer {
    let number = part_number(call)?;
    encryption::refuse_customer_keys(call)?;
    object::check_size(call.body.len())?;
    let upload = find(world, call)?;
    encryption::decrypt(world, call, &upload.properties.encryption)?;
    let sent = checksum::verify(call, false)?;
    let checksum = part_checksum(call, upload, sent)?;
    let part = Part {
        etag: checksum::etag_of_body(call),
        body: call.body.clone(),
        modified: call.now(),
        checksum,
    };
    let mut output = Structure::new().with("ETag", part.etag.as_str());
    encryption::describe(&upload.properties.encryption, &mut output);
    if let Some(checksum) = &part.checksum {
        checksum::describe(checksum, &mut output);
    }
    keep(world, call, number, part)?;
    Ok(output.into())
}

fn part_number(call: &Call) -> Result<u16, ServiceError> {
    let number = call.input.integer("PartNumber").unwrap_or_default();
    let valid = Some(number).filter(|number| (1..=PARTS_LIMIT).contains(number));
    valid.and_then(|n| u16::try_from(n).ok()).ok_or_else(|| {
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        invalid_argument("partNumber", &number.to_string(), message)
    })
}

/// The checksum of a part: the one the upload asks for, which clients must send where the upload's is made of them.
fn part_checksum(
    call: &Call,
    upload: &Upload,
    sent: Option<Checksum>,
) -> Result<Option<Checksum>, ServiceError> {
    let Some((wanted, kind)) = upload.checksum else {
        return Ok(sent);
    };
    match sent {
        Some(sent) if sent.algorithm == wanted => Ok(Some(sent)),
        None if kind == ChecksumKind::FullObject => {
            Ok(checksum::find(wanted).map(|algorithm| algorithm.of_body(call)))
        }
        other => {
            let actual = other.map_or("null", |sent| sent.algorithm);
            Err(invalid_request(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                wanted.to_ascii_lowercase(),
                actual.to_ascii_lowercase()
            )))
        }
    }
}

fn keep(world: &mut World, call: &Call, number: u16, part: Part) -> Result<(), ServiceError> {
    let id = call.required("UploadId");
    let uploads = &mut resource::bucket_mut(world, call)?.uploads;
    let upload = uploads.get_mut(id).ok_or_else(|| no_such_upload(id))?;
    Arc::make_mut(upload).parts.insert(number, part);
    Ok(())
}

pub(super) fn copy_part(world: &mut World, call: &Call) -> Answer {
    let number = part_number(call)?;
    encryption::refuse_customer_keys(call)?;
    let source = Source::of(call)?;
    let upload = Arc::clone(find(world, call)?);
    encryption::decrypt(world, call, &upload.properties.encryption)?;
    let found = source.find(world, call)?;
    encryption::decrypt(world, call, &found.object.properties.encryption)?;
    let length = found.object.body.len();
    let bytes = range::of_copy(call.input.string("CopySourceRange"), length)?;
    let body = found.object.body.slice(bytes);
    object::check_size(body.len())?;
    let source_version = found.id.map(str::to_owned);
    let algorithm = upload
        .checksum
        .and_then(|(wanted, _)| checksum::find(wanted));
    let checksum = algorithm.map(|algorithm| algorithm.of(&body));
    let part = Part {
        etag: checksum::etag(&body),
        body,
        modified: call.now(),
        checksum,
    };
    let mut result = Structure::new()
        .with("ETag", part.etag.as_str())
        .with("LastModified", part.modified);
    if let Some(checksum) = &part.checksum {
        checksum::describe(checksum, &mut result);
    }
    let mut output = Structure::new()
        .with_some("CopySourceVersionId", source_version)
        .with("CopyPartResult", result);
    encryption::describe(&upload.properties.encryption, &mut output);
    keep(world, call, number, part)?;
    Ok(output.into())
}

pub(super) fn abort(world: &mut World, call: &Call) -> Answer {
    find(world, call)?;
    let uploads = &mut resource::bucket_mut(world, call)?.uploads;
    uploads.remove(call.required("UploadId"));
    Ok(Reply::empty())
}
