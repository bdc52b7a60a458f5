//! `ListObjects` and `ListObjectsV2`.

use std::ops::Bound;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rolecall_wire::{ServiceError, Structure, Value};

use super::bucket::owner;
use super::error::invalid_argument;
use super::resource;
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Bucket, Object, Objects, World};

/// AWS: S3 API Reference, `ListObjectsV2`, `MaxKeys`.
const PAGE_LIMIT: usize = 1000;
/// What `encoding-type=url` leaves as it is.
const URL_SAFE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*')
    .remove(b'/');

/// What a listing asks for.
pub(super) struct Query<'a> {
    prefix: &'a str,
    delimiter: Option<&'a str>,
    /// Keys up to and with this one are left out.
    after: String,
    limit: usize,
    url_encoded: bool,
}

/// A page of a listing.
#[derive(Default)]
struct Page<'b> {
    objects: Vec<(&'b str, &'b Object)>,
    common_prefixes: Vec<String>,
    /// The last key or common prefix of the page, if more follow.
    last: Option<String>,
}

impl Query<'_> {
    fn of(call: &Call, after: String) -> Result<Query<'_>, ServiceError> {
        let limit = call.input.integer("MaxKeys").unwrap_or(1000);
        let limit = usize::try_from(limit).map_err(|_| {
            let message = "Argument maxKeys must be an integer between 0 and 2147483647";
            invalid_argument("maxKeys", &limit.to_string(), message)
        })?;
        Ok(Query {
            prefix: call.input.string("Prefix").unwrap_or_default(),
            delimiter: call.input.string("Delimiter").filter(|d| !d.is_empty()),
            after,
            limit: limit.min(PAGE_LIMIT),
            url_encoded: encoding_type(call)?,
        })
    }

    /// That of a listing of uploads or versions, which tells its page in its own way.
    pub(super) fn of_others(call: &Call) -> Result<Query<'_>, ServiceError> {
        Ok(Query {
            prefix: call.input.string("Prefix").unwrap_or_default(),
            delimiter: call.input.string("Delimiter").filter(|d| !d.is_empty()),
            after: String::new(),
            limit: PAGE_LIMIT,
            url_encoded: encoding_type(call)?,
        })
    }

    pub(super) fn prefix(&self) -> &str {
        self.prefix
    }

    /// The objects and common prefixes, in the order of their names.
    fn page<'b>(&self, objects: &'b Objects) -> Page<'b> {
        let mut page = Page::default();
        if self.limit == 0 {
            return page;
        }
        let (mut next, mut last) = (self.start(), None);
        while let Some(from) = next.take() {
            let found = objects.next(from);
            let Some((key, object)) = found.filter(|(key, _)| key.starts_with(self.prefix)) else {
                break;
            };
            if page.objects.len() + page.common_prefixes.len() == self.limit {
                page.last = last;
                break;
            }
            let name = if let Some(common) = self.common_prefix(key) {
                page.common_prefixes.push(common.clone());
                next = after_all_with(&common);
                common
            } else {
                page.objects.push((key, object));
                next = Some(Bound::Excluded(key.to_owned()));
                key.to_owned()
            };
            last = Some(name);
        }
        page
    }

    /// Where the listing begins: a common prefix stands for all the keys that begin so.
    fn start(&self) -> Option<Bound<String>> {
        if self.after.as_str() < self.prefix {
            Some(Bound::Included(self.prefix.to_owned()))
        } else if self.common_prefix(&self.after).as_ref() == Some(&self.after) {
            after_all_with(&self.after)
        } else {
            Some(Bound::Excluded(self.after.clone()))
        }
    }

    /// What stands for a key: everything up to the first delimiter behind the prefix.
    pub(super) fn common_prefix(&self, key: &str) -> Option<String> {
        let delimiter = self.delimiter?;
        let at = key.get(self.prefix.len()..)?.find(delimiter)?;
        key.get(..self.prefix.len() + at + delimiter.len())
            .map(str::to_owned)
    }

    pub(super) fn encoded(&self, text: &str) -> String {
        if self.url_encoded {
            utf8_percent_encode(text, URL_SAFE)
                .to_string()
                .replace("%20", "+")
        } else {
            text.to_owned()
        }
    }

    /// What every listing says of what it was asked, and its common prefixes.
    pub(super) fn common(&self, prefixes: &[String]) -> Structure {
        let prefixes = prefixes
            .iter()
            .map(|prefix| Value::Structure(Structure::new().with("Prefix", self.encoded(prefix))));
        Structure::new()
            .with("Prefix", self.encoded(self.prefix))
            .with_some("Delimiter", self.delimiter.map(|d| self.encoded(d)))
            .with_some("EncodingType", self.url_encoded.then_some("url"))
            .with("CommonPrefixes", prefixes.collect::<Vec<_>>())
    }

    /// What both listings of objects say.
    fn describe(&self, bucket: &Bucket, page: &Page<'_>, owner: Option<&Structure>) -> Structure {
        let contents = page.objects.iter().map(|(key, object)| {
            let described = Structure::new()
                .with("Key", self.encoded(key))
                .with("LastModified", object.modified)
                .with("ETag", object.etag.as_str())
                .with(
                    "ChecksumAlgorithm",
                    vec![Value::from(object.checksum.algorithm)],
                )
                .with("ChecksumType", object.checksum.kind.name())
                .with("Size", i64::try_from(object.body.len()).unwrap_or_default())
                .with("StorageClass", object.properties.storage_class.as_str())
                .with_some("Owner", owner.cloned());
            Value::Structure(described)
        });
        self.common(&page.common_prefixes)
            .with("Name", bucket.name.as_str())
            .with("MaxKeys", i64::try_from(self.limit).unwrap_or_default())
            .with("IsTruncated", page.last.is_some())
            .with("Contents", contents.collect::<Vec<_>>())
    }
}

pub(super) fn list_v2(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let token = call.input.string("ContinuationToken");
    let start = call.input.string("StartAfter");
    let after = match token {
        Some(token) => continued(token)?,
        None => start.unwrap_or_default().to_owned(),
    };
    let query = Query::of(call, after)?;
    let page = query.page(&bucket.objects);
    let fetch_owner = call.input.boolean("FetchOwner") == Some(true);
    let owner = fetch_owner.then(|| owner(world, Some(&bucket.account)));
    let count = page.objects.len() + page.common_prefixes.len();
    Ok(query
        .describe(bucket, &page, owner.as_ref())
        .with("KeyCount", i64::try_from(count).unwrap_or_default())
        .with_some("ContinuationToken", token)
        .with_some(
            "NextContinuationToken",
            page.last.map(|key| BASE64.encode(key)),
        )
        .with_some("StartAfter", start.map(|start| query.encoded(start)))
        .into())
}

pub(super) fn list_v1(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let marker = call.input.string("Marker").unwrap_or_default();
    let query = Query::of(call, marker.to_owned())?;
    let page = query.page(&bucket.objects);
    // AWS: S3 API Reference, ListObjects, `NextMarker`: only with a delimiter.
    let next = page.last.as_ref().filter(|_| query.delimiter.is_some());
    let owner = owner(world, Some(&bucket.account));
    Ok(query
        .describe(bucket, &page, Some(&owner))
        .with("Marker", query.encoded(marker))
        .with_some("NextMarker", next.map(|next| query.encoded(next)))
        .into())
}

fn encoding_type(call: &Call) -> Result<bool, ServiceError> {
    match call.input.string("EncodingType") {
        None => Ok(false),
        Some("url") => Ok(true),
        Some(other) => Err(invalid_argument(
            "encoding-type",
            other,
            "Invalid Encoding Method specified in Request",
        )),
    }
}

fn continued(token: &str) -> Result<String, ServiceError> {
    let decoded = BASE64.decode(token).ok();
    decoded
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| {
            let message = "The continuation token provided is incorrect";
            invalid_argument("continuation-token", token, message)
        })
}

/// Behind all names that begin so; `None` if nothing can be.
pub(super) fn after_all_with(prefix: &str) -> Option<Bound<String>> {
    let mut letters: Vec<char> = prefix.chars().collect();
    while let Some(last) = letters.pop() {
        // The surrogates are no letters, so the one before them is followed by the one behind them.
        let next = if last == '\u{d7ff}' {
            Some('\u{e000}')
        } else {
            char::from_u32(last as u32 + 1)
        };
        if let Some(next) = next {
            letters.push(next);
            return Some(Bound::Included(letters.into_iter().collect()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::service::s3::new_object;

    fn names(
        prefix: &str,
        delimiter: Option<&str>,
        after: &str,
        limit: usize,
    ) -> (Vec<String>, bool) {
        let keys = [
            "a",
            "photos/1",
            "photos/2",
            "photos/x/3",
            "photos0",
            "z\u{10ffff}/1",
        ];
        let objects = keys
            .iter()
            .map(|key| {
                (
                    (*key).to_owned(),
                    new_object("".into(), Timestamp::UNIX_EPOCH),
                )
            })
            .collect();
        let query = Query {
            prefix,
            delimiter,
            after: after.to_owned(),
            limit,
            url_encoded: false,
        };
        let page = query.page(&objects);
        let keys = page.objects.iter().map(|(key, _)| (*key).to_owned());
        (
            keys.chain(page.common_prefixes.clone()).collect(),
            page.last.is_some(),
        )
    }

    /// Prefix, delimiter, start and limit; the names found, and whether there are more.
    type Row<'r> = (
        &'r str,
        Option<&'r str>,
        &'r str,
        usize,
        &'r [&'r str],
        bool,
    );

    /// AWS: S3 User Guide, Organizing objects using prefixes; API Reference, `ListObjectsV2`.
    #[test]
    fn keys_behind_a_delimiter_count_as_one() {
        let rows: [Row<'_>; 8] = [
            (
                "",
                Some("/"),
                "",
                10,
                &["a", "photos0", "photos/", "z\u{10ffff}/"],
                false,
            ),
            (
                "photos/",
                Some("/"),
                "",
                10,
                &["photos/1", "photos/2", "photos/x/"],
                false,
            ),
            (
                "photos/",
                None,
                "photos/1",
                10,
                &["photos/2", "photos/x/3"],
                false,
            ),
            ("", Some("/"), "", 2, &["a", "photos/"], true),
            (
                "",
                Some("/"),
                "photos/",
                10,
                &["photos0", "z\u{10ffff}/"],
                false,
            ),
            ("", None, "", 0, &[], false),
            ("nothing", None, "", 10, &[], false),
            ("photos/", Some("/"), "zzz", 10, &[], false),
        ];
        for (prefix, delimiter, after, limit, wanted, more) in rows {
            let (found, truncated) = names(prefix, delimiter, after, limit);
            assert_eq!(found, wanted, "{prefix} {delimiter:?} after {after}");
            assert_eq!(truncated, more, "{prefix} {delimiter:?} after {after}");
        }
    }
}
