//! Waiting for a target: a bounded back-off with a clock that is passed in.
//!
//! AWS is eventually consistent: a new key, role or policy takes seconds, sometimes a minute, until every part of AWS
//! knows it (AWS: IAM User Guide, troubleshooting IAM, "changes that I make are not always immediately visible").

use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep};
use rolecall_wire::ServiceError;

/// The first pause; each is twice the one before.
const FIRST: Duration = Duration::from_millis(500);
/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(8);

/// How long a new key, or a principal that a policy names, may take to be known.
pub(super) const UNTIL_KNOWN: Duration = Duration::from_mins(1);
/// How long a change of permissions may take to hold.
pub(super) const UNTIL_HOLDS: Duration = Duration::from_secs(30);
/// How long a target may be too busy.
pub(super) const UNTIL_ANSWERS: Duration = Duration::from_secs(15);

/// How a target is waited for.
#[derive(Clone, Debug)]
pub struct Pace {
    sleep: SharedAsyncSleep,
    eventual: bool,
}

/// What an attempt came to.
pub(super) enum Attempt<T> {
    /// That is the answer.
    Done(T),
    /// It may be another in a moment; this long at most.
    NotYet(T, Duration),
}

impl<T> Attempt<T> {
    /// The same with another answer.
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Done(answer) => Attempt::Done(change(answer)),
            Self::NotYet(answer, most) => Attempt::NotYet(change(answer), most),
        }
    }
}

impl Pace {
    /// A pace that sleeps so; `eventual` where the target takes time until it knows what was changed.
    pub fn new(sleep: SharedAsyncSleep, eventual: bool) -> Self {
        Self { sleep, eventual }
    }

    /// Whether the target takes time until it knows what was changed.
    pub(super) fn is_eventual(&self) -> bool {
        self.eventual
    }

    /// Waits, whatever the target.
    pub(super) async fn pause(&self, duration: Duration) {
        self.sleep.sleep(duration).await;
    }

    /// Asks until there is an answer, or the wait that the last attempt allows is over.
    pub(super) async fn patiently<T>(&self, mut ask: impl AsyncFnMut() -> Attempt<T>) -> T {
        let (mut waited, mut pause) = (Duration::ZERO, FIRST);
        loop {
            match ask().await {
                Attempt::Done(answer) => return answer,
                Attempt::NotYet(answer, most) if waited + pause > most => return answer,
                Attempt::NotYet(..) => {}
            }
            self.pause(pause).await;
            waited += pause;
            pause = (pause * 2).min(LONGEST);
        }
    }
}

/// Whether an error says that the target is too busy or broken for the moment: no answer to the question.
pub(super) fn is_busy(error: &ServiceError) -> bool {
    let busy = [
        "Throttling",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "ServiceUnavailable",
        "InternalFailure",
        "InternalError",
        "ServiceFailure",
        // AWS: Organizations API Reference: one change at a time.
        "ConcurrentModificationException",
        "PolicyChangesInProgressException",
        "FinalizingOrganizationException",
    ];
    error.status != 501
        && (busy.contains(&error.code.as_str()) || matches!(error.status, 429 | 502 | 503 | 504))
}

/// Whether an error says that a key isn't known: right after its creation, "not yet".
pub(super) fn is_unknown_key(error: &ServiceError) -> bool {
    matches!(
        error.code.as_str(),
        "InvalidClientTokenId" | "InvalidAccessKeyId"
    )
}

/// Whether an error says that an identity provider isn't known: right after its creation, "not yet".
pub(super) fn is_unknown_provider(error: &ServiceError) -> bool {
    let message = error.message.as_deref().unwrap_or_default();
    let unknown = [
        "Specified provider doesn't exist",
        "No OpenIDConnect provider found in your account",
    ];
    error.code == "InvalidIdentityToken" && unknown.iter().any(|words| message.starts_with(words))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use aws_smithy_async::rt::sleep::Sleep;
    use std::sync::{Arc, Mutex};

    /// A sleep that takes no time and remembers how long it was to be.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Counted(pub(crate) Arc<Mutex<Vec<Duration>>>);

    impl AsyncSleep for Counted {
        fn sleep(&self, duration: Duration) -> Sleep {
            self.0.lock().unwrap().push(duration);
            Sleep::new(std::future::ready(()))
        }
    }

    fn run(outcomes: Vec<Attempt<u8>>) -> (u8, Vec<Duration>) {
        let slept = Counted::default();
        let pace = Pace::new(SharedAsyncSleep::new(slept.clone()), true);
        let mut outcomes = outcomes.into_iter();
        let asked = pace.patiently(async || outcomes.next().unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let answer = runtime.unwrap().block_on(asked);
        let slept = slept.0.lock().unwrap().clone();
        (answer, slept)
    }

    #[test]
    fn an_answer_is_not_waited_for() {
        assert_eq!(run(vec![Attempt::Done(1)]), (1, vec![]));
    }

    #[test]
    fn pauses_double() {
        let not_yet = |n| Attempt::NotYet(n, UNTIL_KNOWN);

        let (answer, slept) = run(vec![not_yet(1), not_yet(2), not_yet(3), Attempt::Done(4)]);

        assert_eq!(answer, 4);
        assert_eq!(slept, [500, 1000, 2000].map(Duration::from_millis));
    }

    #[test]
    fn patience_has_an_end() {
        let attempts = (0..100).map(|n| Attempt::NotYet(n, UNTIL_KNOWN)).collect();

        let (_, slept) = run(attempts);

        let waited: Duration = slept.iter().sum();
        assert!(waited <= UNTIL_KNOWN, "{waited:?}");
        assert!(waited + LONGEST > UNTIL_KNOWN, "{waited:?}");
    }
}
