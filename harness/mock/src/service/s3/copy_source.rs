//! What a copy is made from: `x-amz-copy-source`.
//!
//! AWS: S3 API Reference, `CopyObject`, `x-amz-copy-source`.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use rolecall_wire::ServiceError;

use super::error::{invalid_argument, invalid_request, no_such_key};
use super::versions::{self, Found};
use super::{conditional, resource};
use crate::service::call::Call;
use crate::world::{Bucket, Object, World};

/// The object that is copied.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Source {
    bucket: String,
    pub(super) key: String,
    pub(super) version: Option<String>,
}

impl Source {
    /// The source that a request names.
    pub(super) fn of(call: &Call) -> Result<Self, ServiceError> {
        let header = call.required("CopySource");
        let source = Self::parse(header).ok_or_else(|| {
            let message =
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey";
            invalid_argument("x-amz-copy-source", header, message)
        })?;
        resource::check_key(&source.key)?;
        source
            .version
            .as_deref()
            .map_or(Ok(()), versions::check_id)?;
        Ok(source)
    }

    /// `[/]BUCKET/KEY[?versionId=ID]`, percent-encoded.
    fn parse(header: &str) -> Option<Self> {
        let (path, version) = match header.rsplit_once("?versionId=") {
            Some((path, version)) => (path, Some(version)),
            None => (header, None),
        };
        let path = path.strip_prefix('/').unwrap_or(path);
        let path = percent_decode_str(path).decode_utf8().ok()?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        let (bucket, key) = path.split_once('/').filter(|(_, key)| !key.is_empty())?;
        Some(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: version.map(str::to_owned),
        })
    }

    /// Its bucket.
    pub(super) fn bucket<'w>(
        &self,
        world: &'w World,
        call: &Call,
    ) -> Result<&'w Arc<Bucket>, ServiceError> {
        let expected_owner = call.input.string("ExpectedSourceBucketOwner");
        resource::named(world, &self.bucket, expected_owner)
    }

    /// The object, if the request's conditions on it hold.
    pub(super) fn find<'w>(
        &self,
        world: &'w World,
        call: &Call,
    ) -> Result<Found<'w>, ServiceError> {
        let bucket = self.bucket(world, call)?;
        let version = self.version.as_deref();
        let found = versions::find(world, call, bucket, &self.key, version);
        let found = found.map_err(|error| match error.code.as_str() {
            "MethodNotAllowed" => invalid_request(
                "The source of a copy request may not specifically refer to a delete marker by version id.",
            ),
            "NoSuchKey" => no_such_key(&self.key),
            _ => error,
        })?;
        conditional::copy(call, found.object)?;
        Ok(found)
    }

    /// Whether it is the object of the request itself.
    pub(super) fn is_target(&self, call: &Call) -> bool {
        self.bucket == call.required("Bucket")
            && self.key == call.required("Key")
            && self.version.is_none()
    }

    /// The object as it stands, without a word about conditions or permissions.
    pub(super) fn peek<'w>(&self, world: &'w World) -> Option<&'w Object> {
        let objects = &world.bucket(&self.bucket)?.objects;
        match &self.version {
            Some(id) => objects.version(&self.key, id)?.object().map(Arc::as_ref),
            None => objects.get(&self.key).map(Arc::as_ref),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS: S3 API Reference, `CopyObject`, `x-amz-copy-source`.
    #[test]
    fn a_source_is_a_bucket_and_a_key_percent_encoded() {
        let rows = [
            ("site/index.html", Some(("site", "index.html", None))),
            ("/site/index.html", Some(("site", "index.html", None))),
            ("site/a%20b/%C3%BC%2B1", Some(("site", "a b/ü+1", None))),
            ("site%2Fa", Some(("site", "a", None))),
            ("site/a?versionId=null", Some(("site", "a", Some("null")))),
            (
                "site/a%3FversionId=b",
                Some(("site", "a?versionId=b", None)),
            ),
            ("site//a", Some(("site", "/a", None))),
            ("site", None),
            ("site/", None),
            ("", None),
            ("site/%80", None),
        ];
        for (header, wanted) in rows {
            let wanted = wanted.map(|(bucket, key, version)| Source {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
                version: version.map(str::to_owned),
            });
            assert_eq!(Source::parse(header), wanted, "{header}");
        }
    }
}
