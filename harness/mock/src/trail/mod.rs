//! The audit trail: every request as CloudTrail tells of it.
//!
//! An [`Event`] is drafted as its request goes through the pipeline, and kept in the [`Trail`], a ring of the latest.
//! Secrets (keys, tokens, passwords, signatures) never get into a draft.
//!
//! AWS: CloudTrail User Guide, CloudTrail record contents; `userIdentity` element.

mod draft;
mod event;
mod identity;
mod parameters;
mod s3;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

pub(crate) use self::draft::{About, Draft};
pub use self::event::{Event, Verdict};

/// How many events are kept.
const KEPT: usize = 10_000;

/// How many bytes the kept events may come to.
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// Who is told of every event, as it happens.
pub(crate) type Observer = Box<dyn Fn(&Arc<Event>) + Send + Sync>;

/// The events of late, newest last.
#[derive(Default)]
pub(crate) struct Trail {
    events: VecDeque<Arc<Event>>,
    bytes: usize,
}

impl Trail {
    pub(crate) fn add(&mut self, event: Arc<Event>) {
        self.bytes += event.size();
        self.events.push_back(event);
        while self.events.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.events.pop_front() else {
                break;
            };
            self.bytes -= oldest.size();
        }
    }

    pub(crate) fn all(&self) -> Vec<Arc<Event>> {
        self.events.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trail({} events)", self.events.len())
    }
}
