//! Lists in pages.
//!
//! AWS: Organizations API Reference, `NextToken` and `MaxResults`: 20 items at most.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error;
use crate::service::call::Call;
use crate::service::paging;

const LIMIT: usize = 20;

/// The page that a request asks for, under the member's name.
pub(super) fn page(
    call: &Call,
    member: &str,
    items: impl IntoIterator<Item = Structure>,
) -> Result<Structure, ServiceError> {
    let start = match call.input.string("NextToken") {
        Some(token) => paging::start(token).ok_or_else(|| {
            error::invalid_input(
                "INVALID_NEXT_TOKEN",
                "You specified an invalid pagination token.",
            )
        })?,
        None => 0,
    };
    let size = call.input.integer("MaxResults");
    let size = size.and_then(|size| usize::try_from(size).ok());
    let size = size.map_or(LIMIT, |size| size.min(LIMIT));
    let mut rest = items.into_iter().skip(start);
    let page: Vec<Value> = rest.by_ref().take(size).map(Value::from).collect();
    let next = rest.next().map(|_| paging::marker(start + size));
    Ok(Structure::new()
        .with(member, page)
        .with_some("NextToken", next))
}
