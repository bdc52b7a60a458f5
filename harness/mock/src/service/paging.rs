//! Markers of pages: where the next one begins.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// The marker of a page that begins with an item, counted from none.
pub(super) fn marker(start: usize) -> String {
    BASE64.encode(start.to_string())
}

/// Where the page of a marker begins; `None` if it is no marker.
pub(super) fn start(marker: &str) -> Option<usize> {
    let bytes = BASE64.decode(marker).ok()?;
    String::from_utf8(bytes).ok()?.parse().ok()
}
