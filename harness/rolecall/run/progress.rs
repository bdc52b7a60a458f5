//! How far a run is, for whoever looks at it from another thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::outcome::Outcome;

/// Kept up to date by a [`Runner`](super::Runner) while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    standing: Mutex<Standing>,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// How many tests there are.
    pub tests: usize,
    /// How many have ended.
    pub ended: usize,
    /// How many of those neither passed nor were skipped.
    pub wrong: usize,
    /// The names of those that are running, in the order they began.
    pub running: Vec<String>,
}

impl Progress {
    /// How far the run is now.
    pub fn standing(&self) -> Standing {
        self.lock().clone()
    }

    pub(super) fn start(&self, tests: usize) {
        *self.lock() = Standing {
            tests,
            ..Standing::default()
        };
    }

    pub(super) fn began(&self, test: &str) {
        self.lock().running.push(test.to_owned());
    }

    pub(super) fn ended(&self, test: &str, outcome: Outcome) {
        let mut standing = self.lock();
        standing.running.retain(|running| running != test);
        standing.ended += 1;
        if outcome.is_wrong() {
            standing.wrong += 1;
        }
    }

    /// A job that panicked leaves numbers that are still good to look at.
    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
