//! Uploads under way, and their parts.
//!
//! AWS: S3 API Reference, `ListMultipartUploads` and `ListParts`.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure, Value};

use super::bucket::owner;
use super::error::invalid_argument;
use super::listing::Query;
use super::{checksum, encryption, resource, upload};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Part, Upload, World};

const PAGE_LIMIT: usize = 1000;

pub(super) fn parts(world: &World, call: &Call) -> Answer {
    encryption::refuse_customer_keys(call)?;
    let bucket = resource::bucket(world, call)?;
    let upload = upload::find(world, call)?;
    let most = most(call, "MaxParts", "max-parts")?;
    let marker = call.input.integer("PartNumberMarker").unwrap_or_default();
    let start = u16::try_from(marker.max(0)).unwrap_or(u16::MAX);
    let mut after = upload.parts.range(start.saturating_add(1)..);
    let page: Vec<_> = after.by_ref().take(most).collect();
    let is_truncated = most > 0 && after.next().is_some();
    let last = page.last().map_or(start, |(number, _)| **number);
    let described: Vec<_> = page
        .iter()
        .map(|(number, part)| describe(**number, part))
        .collect();
    let mut output = Structure::new()
        .with("Bucket", bucket.name.as_str())
        .with("Key", upload.key.as_str())
        .with("UploadId", call.required("UploadId"))
        .with("Initiator", initiator(world, call, upload))
        .with("Owner", owner(world, Some(&bucket.account)))
        .with("StorageClass", upload.properties.storage_class.as_str())
        .with("PartNumberMarker", marker)
        .with("NextPartNumberMarker", i64::from(last))
        .with("MaxParts", integer(most))
        .with("IsTruncated", is_truncated)
        .with("Parts", described);
    describe_checksum(upload, &mut output);
    Ok(output.into())
}

fn describe(number: u16, part: &Part) -> Value {
    let mut described = Structure::new()
        .with("PartNumber", i64::from(number))
        .with("LastModified", part.modified)
        .with("ETag", part.etag.as_str())
        .with("Size", integer(part.body.len()));
    if let Some(checksum) = &part.checksum {
        checksum::describe(checksum, &mut described);
    }
    Value::Structure(described)
}

pub(super) fn uploads(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let most = most(call, "MaxUploads", "max-uploads")?;
    let marker = call.input.string("KeyMarker").unwrap_or_default();
    let id_marker = call.input.string("UploadIdMarker").unwrap_or_default();
    let query = Query::of_others(call)?;
    let mut all: Vec<_> = bucket
        .uploads
        .iter()
        .filter(|(_, upload)| upload.key.starts_with(query.prefix()))
        .filter(|(id, upload)| {
            let same_key = upload.key == marker && !id_marker.is_empty();
            upload.key.as_str() > marker || (same_key && id.as_str() > id_marker)
        })
        .collect();
    all.sort_by(|(a_id, a), (b_id, b)| (&a.key, a_id).cmp(&(&b.key, b_id)));
    let mut page = Page::default();
    for (id, upload) in all {
        let common = query.common_prefix(&upload.key);
        if common
            .as_deref()
            .is_some_and(|common| page.has(common) || common <= marker)
        {
            continue;
        }
        if page.uploads.len() + page.prefixes.len() >= most {
            page.is_truncated = most > 0;
            break;
        }
        page.last = Some((
            common.clone().unwrap_or_else(|| upload.key.clone()),
            id.clone(),
        ));
        match common {
            Some(common) => page.prefixes.push(common),
            None => page.uploads.push((id, upload)),
        }
    }
    let described: Vec<_> = page
        .uploads
        .iter()
        .map(|(id, upload)| {
            let mut described = Structure::new()
                .with("Key", query.encoded(&upload.key))
                .with("UploadId", id.as_str())
                .with("Initiator", initiator(world, call, upload))
                .with("Owner", owner(world, Some(&bucket.account)))
                .with("StorageClass", upload.properties.storage_class.as_str())
                .with("Initiated", upload.initiated);
            describe_checksum(upload, &mut described);
            Value::Structure(described)
        })
        .collect();
    let next = page.last.filter(|_| page.is_truncated);
    let (next_key, next_id) = next.unzip();
    Ok(query
        .common(&page.prefixes)
        .with("Bucket", bucket.name.as_str())
        .with("KeyMarker", query.encoded(marker))
        .with("UploadIdMarker", id_marker)
        .with_some("NextKeyMarker", next_key.map(|key| query.encoded(&key)))
        .with_some("NextUploadIdMarker", next_id)
        .with("MaxUploads", integer(most))
        .with("IsTruncated", page.is_truncated)
        .with("Uploads", described)
        .into())
}

/// A page of uploads.
#[derive(Default)]
struct Page<'b> {
    uploads: Vec<(&'b String, &'b Arc<Upload>)>,
    prefixes: Vec<String>,
    last: Option<(String, String)>,
    is_truncated: bool,
}

impl Page<'_> {
    fn has(&self, common: &str) -> bool {
        self.prefixes.last().is_some_and(|last| last == common)
    }
}

fn initiator(world: &World, call: &Call, upload: &Upload) -> Structure {
    let id = upload.initiator.as_str();
    if id.is_empty() {
        return owner(world, call.caller.account.as_ref());
    }
    let name = id.rsplit('/').next().unwrap_or(id);
    Structure::new().with("ID", id).with("DisplayName", name)
}

fn describe_checksum(upload: &Upload, output: &mut Structure) {
    if let Some((algorithm, kind)) = upload.checksum {
        output.set("ChecksumAlgorithm", algorithm);
        output.set("ChecksumType", kind.name());
    }
}

fn most(call: &Call, member: &str, parameter: &str) -> Result<usize, ServiceError> {
    let asked = call.input.integer(member).unwrap_or(1000);
    let most = usize::try_from(asked).map_err(|_| {
        let message = format!("Argument {parameter} must be an integer between 0 and 2147483647");
        invalid_argument(parameter, &asked.to_string(), &message)
    })?;
    Ok(most.min(PAGE_LIMIT))
}

fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
