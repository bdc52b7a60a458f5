//! Lists in pages, which end at an id.
//!
//! AWS: CloudFront API Reference, `Marker` and `MaxItems`: 100 items unless told otherwise.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error;
use crate::service::call::Call;

const DEFAULT: usize = 100;

/// The page that a request asks for, of items with their ids.
pub(super) fn page(
    call: &Call,
    items: impl IntoIterator<Item = (String, Structure)>,
) -> Result<Structure, ServiceError> {
    let marker = call.input.string("Marker").unwrap_or_default();
    let size = match call.text("MaxItems") {
        Some(size) => size
            .parse()
            .map_err(|_| error::invalid_argument("The argument MaxItems is invalid."))?,
        None => DEFAULT,
    };
    let mut items: Vec<_> = items.into_iter().collect();
    let after = items.iter().position(|(id, _)| id == marker);
    let mut rest = items.drain(after.map_or(0, |place| place + 1)..);
    let page: Vec<_> = rest.by_ref().take(size).collect();
    let is_truncated = rest.next().is_some();
    let last = page.last().map(|(id, _)| id.clone());
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let quantity = count(page.len());
    let shown: Vec<Value> = page.into_iter().map(|(_, item)| item.into()).collect();
    Ok(Structure::new()
        .with("Marker", marker)
        .with_some("NextMarker", last.filter(|_| is_truncated))
        .with("MaxItems", count(size))
        .with("IsTruncated", is_truncated)
        .with("Quantity", quantity)
        .with_some("Items", (quantity > 0).then_some(shown)))
}
