//! `CopyObject`.
//!
//! AWS: S3 User Guide, Copying, moving, and renaming objects; S3 API Reference, `CopyObject`.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure};

use super::copy_source::Source;
use super::error::{invalid_argument, invalid_request};
use super::{checksum, conditional, encryption, object, properties, resource, tags};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{ChecksumKind, Object, Properties, World};

/// What becomes of the source's metadata, or of its tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    Copy,
    Replace,
}

pub(super) fn copy(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let source = Source::of(call)?;
    encryption::refuse_customer_keys(call)?;
    let metadata = directive(call, "MetadataDirective", "metadata")?;
    let tagging = directive(call, "TaggingDirective", "tagging")?;
    let found = source.find(world, call)?;
    let (original, source_version) = (Arc::clone(found.object), found.id.map(str::to_owned));
    if source.is_target(call) && metadata == Directive::Copy && !changes(call) {
        let message = "This copy request is illegal because it is trying to copy an object to itself without \
                       changing the object's metadata, storage class, website redirect location or encryption \
                       attributes.";
        return Err(invalid_request(message));
    }
    if properties::is_archived(&original.properties) {
        let message = "The source object of the COPY action is not in the active tier and is only stored in Amazon \
                       S3 Glacier.";
        return Err(ServiceError::new(
            403,
            "ObjectNotInActiveTierError",
            message,
        ));
    }
    encryption::decrypt(world, call, &original.properties.encryption)?;
    object::check_size(original.body.len())?;
    let key = call.required("Key");
    conditional::write(call, key, bucket.objects.get(key).map(Arc::as_ref))?;
    let properties = Properties {
        tags: match tagging {
            Directive::Copy => original.properties.tags.clone(),
            Directive::Replace => tags::of_header(call)?,
        },
        ..of_copy(world, call, &original, metadata)?
    };
    let copied = Object {
        etag: etag(&original),
        checksum: checksum(call, &original)?,
        body: original.body.clone(),
        modified: call.now(),
        parts: Vec::new(),
        properties,
    };
    let mut result = Structure::new()
        .with("ETag", copied.etag.as_str())
        .with("LastModified", copied.modified);
    checksum::describe_with_type(&copied.checksum, &mut result);
    let mut output = Structure::new().with_some("CopySourceVersionId", source_version);
    encryption::describe(&copied.properties.encryption, &mut output);
    let version = world.put_object(call.required("Bucket"), key, copied);
    Ok(output
        .with_some("VersionId", version)
        .with("CopyObjectResult", result)
        .into())
}

fn directive(call: &Call, member: &str, what: &str) -> Result<Directive, ServiceError> {
    match call.input.string(member) {
        None | Some("COPY") => Ok(Directive::Copy),
        Some("REPLACE") => Ok(Directive::Replace),
        Some(other) => {
            let header = format!("x-amz-{what}-directive");
            let message = format!("Unknown {what} directive.");
            Err(invalid_argument(&header, other, &message))
        }
    }
}

/// Whether a copy onto itself changes anything.
fn changes(call: &Call) -> bool {
    [
        "StorageClass",
        "WebsiteRedirectLocation",
        "ServerSideEncryption",
        "ObjectLockMode",
        "ObjectLockLegalHoldStatus",
        "ChecksumAlgorithm",
    ]
    .iter()
    .any(|member| call.input.get(member).is_some())
}

/// Storage class, encryption, ACL, lock and redirection are never taken along.
fn of_copy(
    world: &World,
    call: &Call,
    original: &Object,
    metadata: Directive,
) -> Result<Properties, ServiceError> {
    let bucket = resource::bucket(world, call)?;
    let asked = properties::of_request(world, call, bucket)?;
    if metadata == Directive::Replace {
        return Ok(asked);
    }
    let is_redirection = |(name, _): &&(&str, String)| *name == "WebsiteRedirectLocation";
    let kept = original.properties.headers.iter();
    let kept = kept.filter(|header| !is_redirection(header));
    let own = asked.headers.iter().filter(is_redirection);
    Ok(Properties {
        headers: kept.chain(own).cloned().collect(),
        metadata: original.properties.metadata.clone(),
        ..asked
    })
}

/// The original's, unless that is of parts.
fn etag(original: &Object) -> String {
    if original.parts.is_empty() {
        original.etag.clone()
    } else {
        checksum::etag(&original.body)
    }
}

/// With the algorithm that the request names, else with the original's, over the whole object.
fn checksum(call: &Call, original: &Object) -> Result<crate::world::Checksum, ServiceError> {
    let named = call.input.string("ChecksumAlgorithm");
    let name = named.unwrap_or(original.checksum.algorithm);
    let kept = &original.checksum;
    match checksum::find(name) {
        Some(algorithm)
            if algorithm.name == kept.algorithm && kept.kind == ChecksumKind::FullObject =>
        {
            Ok(kept.clone())
        }
        Some(algorithm) => Ok(algorithm.of(&original.body)),
        None => Err(checksum::unknown(name)),
    }
}

/// Whether the source has tags that are to be taken along, which needs permissions of its own.
fn takes_tags(world: &World, call: &Call) -> bool {
    let copies = call.input.string("TaggingDirective") != Some("REPLACE");
    let source = Source::of(call).ok();
    let original = source.as_ref().and_then(|source| source.peek(world));
    copies && original.is_some_and(|original| !original.properties.tags.is_empty())
}

/// Whether tags of the source's current version are taken along.
pub(super) fn takes_current_tags(world: &World, call: &Call) -> bool {
    takes_tags(world, call) && names_no_version(call)
}

/// Whether tags of a version of the source are taken along.
pub(super) fn takes_version_tags(world: &World, call: &Call) -> bool {
    takes_tags(world, call) && names_version(call)
}

/// Whether the copy gets tags, from the source or from the request.
pub(super) fn sets_tags(world: &World, call: &Call) -> bool {
    takes_tags(world, call) || call.input.get("Tagging").is_some()
}

/// Whether a version of the source is named.
pub(super) fn names_version(call: &Call) -> bool {
    Source::of(call).is_ok_and(|source| source.version.is_some())
}

/// Whether no version of the source is named.
pub(super) fn names_no_version(call: &Call) -> bool {
    !names_version(call)
}
