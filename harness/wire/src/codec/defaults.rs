//! What AWS's clients add to an input by themselves.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::{Operation, Structure, Value};

/// Client: adds what AWS's own clients send without being told: a CRC32 of the body where the operation takes one and the
/// input has no checksum, and the wish to be told the checksum of what is fetched.
///
/// AWS: AWS SDKs and Tools Reference Guide, Data Integrity Protections (`when_supported`, the default).
///
/// ```
/// use rolecall_wire::{Structure, codec, model};
///
/// let put = model::service("s3").unwrap().operation("PutObject").unwrap();
/// let mut input = Structure::new().with("Bucket", "b").with("Key", "k");
/// codec::add_client_defaults(put, &mut input);
/// assert_eq!(input.string("ChecksumCRC32"), Some("AAAAAA=="), "of an empty body");
/// ```
pub fn add_client_defaults(operation: &Operation, input: &mut Structure) {
    let Some(checksum) = operation.checksum() else {
        return;
    };
    if let Some(mode) = checksum.validation_mode_member
        && input.get(mode).is_none()
    {
        input.set(mode, "ENABLED");
    }
    let takes_crc32 = operation
        .input()
        .is_some_and(|shape| shape.member(CRC32).is_some());
    let given = |name: &str| name == "ContentMD5" || name.starts_with("Checksum");
    let has_one = input.iter().any(|(name, _)| given(name));
    if checksum.algorithm_member.is_some() && takes_crc32 && !has_one {
        input.set(CRC32, crc32(body(operation, input)));
    }
}

const CRC32: &str = "ChecksumCRC32";

fn body<'i>(operation: &Operation, input: &'i Structure) -> &'i [u8] {
    let payload = operation.input().and_then(crate::model::Shape::payload);
    match payload.and_then(|member| input.get(member.name())) {
        Some(Value::Blob(bytes)) => bytes,
        Some(Value::String(text)) => text.as_bytes(),
        _ => &[],
    }
}

fn crc32(body: &[u8]) -> String {
    let mut crc = flate2::Crc::new();
    crc.update(body);
    BASE64_STANDARD.encode(crc.sum().to_be_bytes())
}
