//! `GetObjectAttributes`.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, invalid_request};
use super::{checksum, encryption, resource, versions};
use crate::service::Answer;
use crate::service::call::Call;
use crate::world::{Object, World};

const ATTRIBUTES: [&str; 5] = [
    "ETag",
    "Checksum",
    "ObjectParts",
    "StorageClass",
    "ObjectSize",
];

/// AWS: S3 API Reference, `GetObjectAttributes`, `x-amz-max-parts`.
const PAGE_LIMIT: usize = 1000;

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    encryption::refuse_customer_keys(call)?;
    let asked = asked(call)?;
    let version = call.input.string("VersionId");
    let found = versions::find(world, call, bucket, call.required("Key"), version)?;
    let mut output = Structure::new()
        .with("LastModified", found.object.modified)
        .with_some("VersionId", found.id);
    for attribute in asked {
        describe(call, found.object, attribute, &mut output);
    }
    Ok(output.into())
}

/// The attributes that the request names.
fn asked(call: &Call) -> Result<Vec<&str>, ServiceError> {
    let mut asked = Vec::new();
    for value in call.input.list("ObjectAttributes") {
        let Value::String(name) = value else { continue };
        if !ATTRIBUTES.contains(&name.as_str()) {
            let message = "Invalid attribute name specified.";
            return Err(invalid_argument("x-amz-object-attributes", name, message));
        }
        asked.push(name.as_str());
    }
    if asked.is_empty() {
        let message = "The x-amz-object-attributes header specifying the attributes to be retrieved is either \
                       missing or empty";
        return Err(invalid_request(message));
    }
    Ok(asked)
}

fn describe(call: &Call, object: &Object, attribute: &str, output: &mut Structure) {
    match attribute {
        "ETag" => output.set("ETag", object.etag.trim_matches('"')),
        "Checksum" => {
            let mut checksum = Structure::new();
            checksum::describe_with_type(&object.checksum, &mut checksum);
            output.set("Checksum", checksum);
        }
        "ObjectParts" if !object.parts.is_empty() => {
            output.set("ObjectParts", parts(call, object));
        }
        "StorageClass" => {
            output.set("StorageClass", object.properties.storage_class.as_str());
        }
        "ObjectSize" => output.set("ObjectSize", integer(object.body.len())),
        _ => {}
    }
}

/// AWS: S3 API Reference, `GetObjectAttributes`: the parts themselves are listed where they have checksums.
fn parts(call: &Call, object: &Object) -> Structure {
    let total = integer(object.parts.len());
    let summary = Structure::new().with("TotalPartsCount", total);
    if object.parts.iter().any(|part| part.checksum.is_none()) {
        return summary;
    }
    let most = call.input.integer("MaxParts");
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT);
    let marker = call.input.integer("PartNumberMarker").unwrap_or_default();
    let mut after = object
        .parts
        .iter()
        .filter(|part| i64::from(part.number) > marker);
    let page: Vec<_> = after.by_ref().take(most).collect();
    let last = page.last().map_or(marker, |part| i64::from(part.number));
    let described = page.iter().map(|part| {
        let mut described = Structure::new()
            .with("PartNumber", i64::from(part.number))
            .with("Size", integer(part.size));
        if let Some(checksum) = &part.checksum {
            checksum::describe(checksum, &mut described);
        }
        Value::Structure(described)
    });
    summary
        .with("PartNumberMarker", marker)
        .with("NextPartNumberMarker", last)
        .with("MaxParts", integer(most))
        .with("Parts", described.collect::<Vec<_>>())
        .with("IsTruncated", after.next().is_some())
}

fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
