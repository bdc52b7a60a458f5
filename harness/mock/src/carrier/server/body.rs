//! Reading a request's body, within bounds.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

use super::Limits;

/// What came of reading a body.
#[derive(Debug)]
pub(super) enum Read {
    /// All of it.
    Whole(Bytes),
    /// More than is taken.
    TooLarge,
    /// Nothing for too long.
    TooSlow,
    /// The connection or the framing broke.
    Broken,
}

/// Reads a body to its end. What is declared too large isn't read at all.
pub(super) async fn read(mut body: Incoming, limits: &Limits) -> Read {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > limits.body {
        return Read::TooLarge;
    }
    let mut whole = BytesMut::new();
    loop {
        let frame = match timeout(limits.body_time, body.frame()).await {
            Err(_) => return Read::TooSlow,
            Ok(None) => return Read::Whole(whole.freeze()),
            Ok(Some(Err(_))) => return Read::Broken,
            Ok(Some(Ok(frame))) => frame,
        };
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > limits.body {
                return Read::TooLarge;
            }
            whole.extend_from_slice(&data);
        }
    }
}
