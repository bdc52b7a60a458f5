//! Lists in pages.
//!
//! AWS: IAM API Reference, `Marker` and `MaxItems`: 100 items unless told otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rolecall_wire::{ServiceError, Structure, Value};

use super::error;
use crate::service::call::Call;

const DEFAULT: usize = 100;

/// The page that a request asks for, under the member's name.
pub(super) fn page(
    call: &Call,
    member: &str,
    items: impl IntoIterator<Item = impl Into<Value>>,
) -> Result<Structure, ServiceError> {
    let start = call.input.string("Marker").map(read).transpose()?;
    let start = start.unwrap_or_default();
    let size = call.input.integer("MaxItems");
    let size = size.and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(DEFAULT);

    let mut rest = items.into_iter().skip(start);
    let page: Vec<Value> = rest.by_ref().take(size).map(Into::into).collect();
    let next = rest.next().map(|_| marker(start + size));
    Ok(Structure::new()
        .with(member, page)
        .with("IsTruncated", next.is_some())
        .with_some("Marker", next))
}

/// Whether a path is among those that a request asks for.
pub(super) fn has_prefix(call: &Call, path: &str) -> bool {
    path.starts_with(call.input.string("PathPrefix").unwrap_or("/"))
}

fn marker(start: usize) -> String {
    BASE64.encode(start.to_string())
}

fn read(marker: &str) -> Result<usize, ServiceError> {
    let bytes = BASE64.decode(marker).ok();
    let start = bytes.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok());
    start.ok_or_else(|| error::validation("Invalid Marker."))
}
