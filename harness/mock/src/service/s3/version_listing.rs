//! `ListObjectVersions`.
//!
//! AWS: S3 API Reference, `ListObjectVersions`: by key, the newest version first.

use std::ops::Bound;

use rolecall_wire::{ServiceError, Structure, Value};

use super::bucket::owner;
use super::error::invalid_argument;
use super::listing::{Query, after_all_with};
use super::{resource, versions};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Bucket, Content, Version, World};

const PAGE_LIMIT: usize = 1000;

/// One version of a key.
struct Entry<'b> {
    key: &'b str,
    version: &'b Version,
    is_latest: bool,
}

/// A page of versions.
#[derive(Default)]
struct Page<'b> {
    entries: Vec<Entry<'b>>,
    prefixes: Vec<String>,
    /// The last key of the page (or common prefix) and its version, if more follow.
    next: Option<(String, Option<String>)>,
}

impl Page<'_> {
    fn len(&self) -> usize {
        self.entries.len() + self.prefixes.len()
    }
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let asked = call.input.integer("MaxKeys").unwrap_or(1000);
    let most = usize::try_from(asked).map_err(|_| {
        let message = "Argument maxKeys must be an integer between 0 and 2147483647";
        invalid_argument("maxKeys", &asked.to_string(), message)
    })?;
    let most = most.min(PAGE_LIMIT);
    let marker = call.input.string("KeyMarker").unwrap_or_default();
    let version_marker = version_marker(call)?;
    let query = Query::of_others(call)?;
    let page = page(bucket, &query, marker, version_marker, most);
    let (mut found, mut markers) = (Vec::new(), Vec::new());
    for entry in &page.entries {
        let described = describe(world, bucket, &query, entry);
        match entry.version.content {
            Content::Object(_) => found.push(described),
            Content::DeleteMarker(_) => markers.push(described),
        }
    }
    let is_truncated = page.next.is_some();
    let (next_key, next_version) = page.next.unzip();
    Ok(query
        .common(&page.prefixes)
        .with("Name", bucket.name.as_str())
        .with("KeyMarker", query.encoded(marker))
        .with("VersionIdMarker", version_marker.unwrap_or_default())
        .with_some("NextKeyMarker", next_key.map(|key| query.encoded(&key)))
        .with_some("NextVersionIdMarker", next_version.flatten())
        .with("MaxKeys", i64::try_from(most).unwrap_or_default())
        .with("IsTruncated", is_truncated)
        .with("Versions", found)
        .with("DeleteMarkers", markers)
        .into())
}

fn version_marker(call: &Call) -> Result<Option<&str>, ServiceError> {
    let marker = call
        .input
        .string("VersionIdMarker")
        .filter(|m| !m.is_empty());
    let Some(marker) = marker else {
        return Ok(None);
    };
    if call.input.string("KeyMarker").is_none_or(str::is_empty) {
        let message = "A version-id marker cannot be specified without a key marker.";
        return Err(invalid_argument("version-id-marker", marker, message));
    }
    if !versions::is_id(marker) {
        let message = "Invalid version id specified";
        return Err(invalid_argument("version-id-marker", marker, message));
    }
    Ok(Some(marker))
}

/// The versions behind a marker: behind a key all of them, or behind one of its versions the older ones.
fn page<'b>(
    bucket: &'b Bucket,
    query: &Query<'_>,
    marker: &str,
    version_marker: Option<&str>,
    most: usize,
) -> Page<'b> {
    let mut page = Page::default();
    if most == 0 {
        return page;
    }
    let mut from = Some(start(query, marker, version_marker));
    let mut last = (marker.to_owned(), None);
    while let Some(bound) = from.take() {
        let found = bucket.objects.next_versions(bound);
        let Some((key, versions)) = found.filter(|(key, _)| key.starts_with(query.prefix())) else {
            break;
        };
        if let Some(common) = query.common_prefix(key) {
            from = after_all_with(&common);
            if common.as_str() <= marker {
                continue;
            }
            if page.len() == most {
                page.next = Some(last);
                break;
            }
            last = (common.clone(), None);
            page.prefixes.push(common);
            continue;
        }
        from = Some(Bound::Excluded(key.to_owned()));
        let skipped = version_marker.filter(|_| key == marker);
        for entry in entries(key, versions, skipped) {
            if page.len() == most {
                page.next = Some(last);
                return page;
            }
            last = (key.to_owned(), Some(entry.version.id.clone()));
            page.entries.push(entry);
        }
    }
    page
}

fn start(query: &Query<'_>, marker: &str, version_marker: Option<&str>) -> Bound<String> {
    if marker < query.prefix() {
        Bound::Included(query.prefix().to_owned())
    } else if version_marker.is_some() {
        Bound::Included(marker.to_owned())
    } else {
        Bound::Excluded(marker.to_owned())
    }
}

/// A key's versions, the newest first; those up to and with a marker are left out.
fn entries<'b>(key: &'b str, versions: &'b [Version], marker: Option<&str>) -> Vec<Entry<'b>> {
    let newest_first = versions.iter().rev().enumerate();
    let all = newest_first.map(|(index, version)| Entry {
        key,
        version,
        is_latest: index == 0,
    });
    match marker {
        Some(marker) => all
            .skip_while(|entry| entry.version.id != marker)
            .skip(1)
            .collect(),
        None => all.collect(),
    }
}

fn describe(world: &World, bucket: &Bucket, query: &Query<'_>, entry: &Entry<'_>) -> Value {
    let described = Structure::new()
        .with("Key", query.encoded(entry.key))
        .with("VersionId", entry.version.id.as_str())
        .with("IsLatest", entry.is_latest)
        .with("Owner", owner(world, Some(&bucket.account)));
    let described = match &entry.version.content {
        Content::DeleteMarker(set) => described.with("LastModified", *set),
        Content::Object(object) => {
            let algorithm = Value::from(object.checksum.algorithm);
            let size = i64::try_from(object.body.len()).unwrap_or_default();
            described
                .with("LastModified", object.modified)
                .with("ETag", object.etag.as_str())
                .with("ChecksumAlgorithm", vec![algorithm])
                .with("ChecksumType", object.checksum.kind.name())
                .with("Size", size)
                .with("StorageClass", object.properties.storage_class.as_str())
        }
    };
    Value::Structure(described)
}
