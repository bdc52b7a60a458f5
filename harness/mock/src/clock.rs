//! Time as a value: what the world believes the time to be.
//!
//! A [`Clock`] is shared by a mock and whoever drives it. A manual clock stands still until it is advanced; a
//! machine clock follows the time that its maker reads, plus an offset. Nothing in this crate asks the machine
//! for the time by itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// A length of time as scenarios and test suites write it: `15m`, `1h30m`, `90s`, `2d`; each unit at most once, from
/// long to short.
///
/// ```
/// use jiff::SignedDuration;
/// use rolecall_mock::duration;
///
/// assert_eq!(duration("1h30m"), Some(SignedDuration::from_mins(90)));
/// assert_eq!(duration("1.5h"), None);
/// ```
pub fn duration(written: &str) -> Option<SignedDuration> {
    let mut rest = written;
    let mut seconds: i64 = 0;
    let mut parts = 0;
    for (unit, length) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits)?;
        if let Some(after) = after.strip_prefix(unit) {
            let part = number.parse::<i64>().ok()?.checked_mul(length)?;
            seconds = seconds.checked_add(part)?;
            rest = after;
            parts += 1;
        }
    }
    (rest.is_empty() && parts > 0).then(|| SignedDuration::from_secs(seconds))
}

/// A shared clock.
///
/// Clones show the same time: advancing one advances all.
///
/// # Example
///
/// ```
/// use jiff::{SignedDuration, Timestamp};
/// use rolecall_mock::Clock;
///
/// let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
/// let clock = Clock::manual(start);
/// clock.clone().advance(SignedDuration::from_mins(15));
/// assert_eq!(clock.now().to_string(), "2026-01-01T00:15:00Z");
/// ```
#[derive(Clone)]
pub struct Clock {
    source: Source,
    /// Milliseconds added to what the source shows.
    offset: Arc<AtomicI64>,
    first_offset: i64,
}

#[derive(Clone)]
enum Source {
    Fixed(Timestamp),
    Machine(Arc<dyn Fn() -> Timestamp + Send + Sync>),
}

impl Clock {
    /// A clock that starts at `start` and moves only by [`advance`](Self::advance).
    pub fn manual(start: Timestamp) -> Self {
        Self::new(Source::Fixed(start), SignedDuration::ZERO)
    }

    /// A clock that follows `read`, shifted by `offset`.
    ///
    /// Signatures are judged against `read` alone, since real clients sign with the machine's time.
    pub fn machine(
        read: impl Fn() -> Timestamp + Send + Sync + 'static,
        offset: SignedDuration,
    ) -> Self {
        Self::new(Source::Machine(Arc::new(read)), offset)
    }

    fn new(source: Source, offset: SignedDuration) -> Self {
        let first_offset = milliseconds(offset);
        Self {
            source,
            offset: Arc::new(AtomicI64::new(first_offset)),
            first_offset,
        }
    }

    /// The world's time: session expiry, condition keys and times in answers follow it.
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset.load(Ordering::Relaxed));
        let base = self.base();
        base.checked_add(offset).unwrap_or(base)
    }

    /// The time that clients sign with: a manual clock's own, a machine clock's without the offset.
    pub fn signing_now(&self) -> Timestamp {
        match self.source {
            Source::Fixed(_) => self.now(),
            Source::Machine(_) => self.base(),
        }
    }

    /// Moves the time, for all who share the clock; a negative duration moves it back.
    pub fn advance(&self, by: SignedDuration) {
        let by = milliseconds(by);
        let sum = |offset: i64| Some(offset.saturating_add(by));
        // The closure always answers `Some`, so the update can't fail.
        let _ = self
            .offset
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum);
    }

    /// Back to the first offset.
    pub fn reset(&self) {
        self.offset.store(self.first_offset, Ordering::Relaxed);
    }

    fn base(&self) -> Timestamp {
        match &self.source {
            Source::Fixed(start) => *start,
            Source::Machine(read) => read(),
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(if duration.is_negative() {
        i64::MIN
    } else {
        i64::MAX
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_machine_clock_judges_signatures_without_the_offset() {
        let clock = Clock::machine(start, SignedDuration::from_hours(1));

        clock.advance(SignedDuration::from_hours(1));

        assert_eq!(clock.now().to_string(), "2026-01-01T02:00:00Z");
        assert_eq!(clock.signing_now(), start());
    }

    #[test]
    fn a_reset_goes_back_to_the_first_offset() {
        let clock = Clock::machine(start, SignedDuration::from_hours(1));
        clock.advance(SignedDuration::from_hours(5));

        clock.reset();

        assert_eq!(clock.now().to_string(), "2026-01-01T01:00:00Z");
    }

    #[test]
    fn an_advance_beyond_all_time_does_not_panic() {
        let clock = Clock::manual(start());

        clock.advance(SignedDuration::MAX);
        clock.advance(SignedDuration::MAX);

        assert_eq!(clock.now(), start());
    }
}
