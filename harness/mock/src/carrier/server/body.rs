//! Reading a request's body, within bounds.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::Limits;

/// Memory is counted in pieces of this size.
const PIECE: usize = 1024;

/// What came of reading a body.
#[derive(Debug)]
pub(super) enum Read {
    /// All of it, and the share of the budget that it takes until this is dropped.
    Whole(Bytes, Option<OwnedSemaphorePermit>),
    /// More than is taken.
    TooLarge,
    /// Nothing for too long, or no end for too long.
    TooSlow,
    /// The connection or the framing broke.
    Broken,
    /// All bodies together take too much.
    Busy,
}

/// What all bodies together may take.
#[derive(Clone, Debug)]
pub(super) struct Budget(Arc<Semaphore>);

impl Budget {
    pub(super) fn new(limits: &Limits) -> Self {
        let pieces = (limits.bodies / PIECE).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(pieces)))
    }

    /// Takes as much more as `length` bytes beyond `taken` need; `None` if there isn't so much.
    fn take(&self, taken: usize, length: usize) -> Option<OwnedSemaphorePermit> {
        let pieces = (taken + length).div_ceil(PIECE) - taken.div_ceil(PIECE);
        let pieces = u32::try_from(pieces).ok()?;
        Arc::clone(&self.0).try_acquire_many_owned(pieces).ok()
    }
}

/// Reads a body to its end. What is declared too large isn't read at all.
pub(super) async fn read(mut body: Incoming, limits: &Limits, budget: &Budget) -> Read {
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared > limits.body {
        return Read::TooLarge;
    }
    let end = Instant::now() + limits.whole_body_time;
    let mut whole = BytesMut::new();
    let mut memory: Option<OwnedSemaphorePermit> = None;
    loop {
        let frame = timeout_at(end, timeout(limits.body_time, body.frame())).await;
        let frame = match frame {
            Err(_) | Ok(Err(_)) => return Read::TooSlow,
            Ok(Ok(None)) => return Read::Whole(whole.freeze(), memory),
            Ok(Ok(Some(Err(_)))) => return Read::Broken,
            Ok(Ok(Some(Ok(frame)))) => frame,
        };
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.len() > limits.body {
                return Read::TooLarge;
            }
            let Some(more) = budget.take(whole.len(), data.len()) else {
                return Read::Busy;
            };
            match &mut memory {
                Some(memory) => memory.merge(more),
                None => memory = Some(more),
            }
            whole.extend_from_slice(&data);
        }
    }
}
