//! Lists in pages.
//!
//! AWS: IAM API Reference, `Marker` and `MaxItems`: 100 items unless told otherwise.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error;
use crate::service::call::Call;
use crate::service::paging;

const DEFAULT: usize = 100;

/// The page that a request asks for, under the member's name.
pub(super) fn page(
    call: &Call,
    member: &str,
    items: impl IntoIterator<Item = impl Into<Value>>,
) -> Result<Structure, ServiceError> {
    page_of(call, member, items, Into::into)
}

/// The page of which only the items that are on it are described.
pub(super) fn page_of<T>(
    call: &Call,
    member: &str,
    items: impl IntoIterator<Item = T>,
    describe: impl FnMut(T) -> Value,
) -> Result<Structure, ServiceError> {
    let (page, marker) = cut(call, items)?;
    let page: Vec<Value> = page.into_iter().map(describe).collect();
    Ok(ended(Structure::new().with(member, page), marker))
}

/// The page of several lists that are counted as one. Only what is on the page is described, with its list's name.
pub(super) fn page_of_lists<T, const N: usize>(
    call: &Call,
    lists: [&str; N],
    items: impl IntoIterator<Item = T>,
    describe: impl Fn(T) -> Option<(&'static str, Structure)>,
) -> Result<Structure, ServiceError> {
    let (page, marker) = cut(call, items)?;
    let page: Vec<_> = page.into_iter().filter_map(describe).collect();
    let answer = lists.into_iter().fold(Structure::new(), |answer, list| {
        let of_list = page.iter().filter(|(name, _)| *name == list);
        let items: Vec<Value> = of_list.map(|(_, item)| item.clone().into()).collect();
        answer.with(list, items)
    });
    Ok(ended(answer, marker))
}

/// The items of the page, and the marker of the next if there is one.
fn cut<T>(
    call: &Call,
    items: impl IntoIterator<Item = T>,
) -> Result<(Vec<T>, Option<String>), ServiceError> {
    let start = match call.input.string("Marker") {
        Some(marker) => {
            paging::start(marker).ok_or_else(|| error::validation("Invalid Marker."))?
        }
        None => 0,
    };
    let size = size(call);
    let mut rest = items.into_iter().skip(start);
    let page = rest.by_ref().take(size).collect();
    let next = rest.next().map(|_| paging::marker(start + size));
    Ok((page, next))
}

/// How many items a page has at most.
pub(super) fn size(call: &Call) -> usize {
    let size = call.input.integer("MaxItems");
    let size = size.and_then(|size| usize::try_from(size).ok());
    size.unwrap_or(DEFAULT)
}

fn ended(answer: Structure, marker: Option<String>) -> Structure {
    answer
        .with("IsTruncated", marker.is_some())
        .with_some("Marker", marker)
}

/// Whether a path is among those that a request asks for.
pub(super) fn has_prefix(call: &Call, path: &str) -> bool {
    path.starts_with(call.input.string("PathPrefix").unwrap_or("/"))
}
