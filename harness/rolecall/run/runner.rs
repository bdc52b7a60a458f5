//! Many tests side by side, their results in file order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::Poll;
use std::time::Instant;

use super::execute::{self, execute};
use super::outcome::{StepResult, Summary, TestResult};
use super::progress::Progress;
use crate::scenario::model::Test;
use crate::target::{Stage, StageError, Target};

/// What a run tells, in order; reporters consume these.
#[derive(Debug)]
pub enum Event<'a> {
    /// The run begins.
    Started {
        /// How many tests will run.
        tests: usize,
        /// The target's name.
        target: &'a str,
    },
    /// A test ended; they come in file order.
    TestFinished(&'a TestResult),
    /// The run ended.
    Finished {
        /// The counts.
        summary: Summary,
        /// How long the run took.
        duration: std::time::Duration,
        /// Tests that were not run, after `--fail-fast` or an interrupt.
        left_out: usize,
    },
}

/// Runs tests on a target.
#[derive(Debug)]
pub struct Runner<'a> {
    target: Target,
    jobs: NonZeroUsize,
    fail_fast: bool,
    strict: bool,
    retries: u32,
    interrupted: Option<&'a AtomicBool>,
    progress: Option<&'a Progress>,
}

impl<'a> Runner<'a> {
    /// A runner with a job for each processor.
    pub fn new(target: Target) -> Self {
        let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            target,
            jobs,
            fail_fast: false,
            strict: false,
            retries: 0,
            interrupted: None,
            progress: None,
        }
    }

    /// How many tests run at a time.
    #[must_use]
    pub fn jobs(mut self, jobs: NonZeroUsize) -> Self {
        self.jobs = jobs;
        self
    }

    /// Whether to stop after the first test that doesn't pass.
    #[must_use]
    pub fn fail_fast(mut self, fail_fast: bool) -> Self {
        self.fail_fast = fail_fast;
        self
    }

    /// Whether a step that the target can't answer, or that has a note, counts as failed.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// How often a test that doesn't pass is tried again, each time in a world of its own.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Where to keep how far the run is.
    #[must_use]
    pub fn progress(mut self, progress: &'a Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// A flag that, once set, lets running tests end and starts no more.
    #[must_use]
    pub fn interrupted_by(mut self, flag: &'a AtomicBool) -> Self {
        self.interrupted = Some(flag);
        self
    }

    /// Runs the tests, telling `listener` of each event as it is due, and returns the counts.
    pub fn run(&self, tests: &[&Test], mut listener: impl FnMut(Event<'_>)) -> Summary {
        let began = Instant::now();
        listener(Event::Started {
            tests: tests.len(),
            target: self.target.name(),
        });
        let stop = AtomicBool::new(false);
        let next = AtomicUsize::new(0);
        if let Some(progress) = self.progress {
            progress.start(tests.len());
        }
        // Where nobody reads what the listener writes, the jobs wait too, and keep no heap of results.
        let (results, finished) = mpsc::sync_channel(self.jobs.get());
        let mut order = FileOrder::default();
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.get().min(tests.len()) {
                let results = results.clone();
                let (next, stop) = (&next, &stop);
                scope.spawn(move || self.work(tests, next, stop, &results));
            }
            drop(results);
            for (index, result) in finished {
                order.take(index, result, &mut listener);
            }
        });
        order.rest(&mut listener);
        let left_out = tests.len() - order.told;
        listener(Event::Finished {
            summary: order.summary,
            duration: began.elapsed(),
            left_out,
        });
        order.summary
    }

    fn work(
        &self,
        tests: &[&Test],
        next: &AtomicUsize,
        stop: &AtomicBool,
        results: &mpsc::SyncSender<(usize, TestResult)>,
    ) {
        let runtime = match self.target.runtime() {
            Ok(runtime) => runtime,
            Err(error) => return refuse_all(tests, next, results, &error.to_string()),
        };
        while !stop.load(Ordering::Relaxed) && !self.is_interrupted() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(test) = tests.get(index) else { return };
            if let Some(progress) = self.progress {
                progress.began(&test.name);
            }
            let result = runtime.block_on(self.run_test(test));
            let outcome = result.outcome();
            if let Some(progress) = self.progress {
                progress.ended(&test.name, outcome);
            }
            if self.fail_fast && outcome.is_wrong() {
                stop.store(true, Ordering::Relaxed);
            }
            if results.send((index, result)).is_err() {
                return;
            }
        }
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted
            .is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    async fn run_test(&self, test: &Test) -> TestResult {
        let retries = if self.is_interrupted() {
            0
        } else {
            self.retries
        };
        until_it_passes(retries, async || self.try_test(test).await).await
    }

    async fn try_test(&self, test: &Test) -> TestResult {
        let began = Instant::now();
        let (mut steps, error) = match self.target.stage(test).await {
            Ok(mut stage) => {
                #[cfg(feature = "live")]
                if let Target::Live(_) = self.target {
                    stage.rehearse(execute::rehearse(test).await);
                }
                Box::pin(take_all_steps(test, &mut stage)).await
            }
            Err(StageError::CannotHave(reason)) => (execute::skip_all(&test.steps, &reason), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        if self.strict {
            steps.iter_mut().for_each(StepResult::judge_strictly);
        }
        TestResult {
            name: test.name.clone(),
            path: test.path.clone(),
            title: test.title.clone(),
            steps,
            error,
            duration: began.elapsed(),
            tries: 1,
        }
    }
}

/// Tries a test, and where it doesn't pass again, at most so many times more.
async fn until_it_passes(retries: u32, attempt: impl AsyncFn() -> TestResult) -> TestResult {
    let mut last = attempt().await;
    while last.outcome().is_wrong() && last.tries <= retries {
        let next = attempt().await;
        last = TestResult {
            tries: last.tries + 1,
            duration: last.duration + next.duration,
            ..next
        };
    }
    last
}

/// Takes a test through its steps and its world down again, even if something panics.
async fn take_all_steps(test: &Test, stage: &mut Stage) -> (Vec<StepResult>, Option<String>) {
    let taken = caught(Box::pin(execute(test, stage))).await;
    let finished = stage.finish().await;
    match (taken, finished) {
        (Ok(steps), finished) => (steps, finished.err()),
        (Err(panic), Ok(())) => (Vec::new(), Some(panic)),
        (Err(panic), Err(left)) => (Vec::new(), Some(format!("{panic}; {left}"))),
    }
}

/// What a future comes to, or what it panicked with.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, String> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        let poll = AssertUnwindSafe(|| future.as_mut().poll(context));
        match std::panic::catch_unwind(poll) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic_message(panic.as_ref()))),
        }
    })
    .await
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!(
        "this is a mistake in rolecall: {}",
        text.unwrap_or("no message")
    )
}

/// A worker without a runtime still answers for the tests it would have run.
fn refuse_all(
    tests: &[&Test],
    next: &AtomicUsize,
    results: &mpsc::SyncSender<(usize, TestResult)>,
    reason: &str,
) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(test) = tests.get(index) else { return };
        let reason = format!("no runtime could be started: {reason}");
        let result = TestResult::not_run(test, reason);
        if results.send((index, result)).is_err() {
            return;
        }
    }
}

/// Holds results back until all before them have been told.
#[derive(Default)]
struct FileOrder {
    waiting: BTreeMap<usize, TestResult>,
    due: usize,
    told: usize,
    summary: Summary,
}

impl FileOrder {
    fn take(&mut self, index: usize, result: TestResult, listener: &mut impl FnMut(Event<'_>)) {
        self.waiting.insert(index, result);
        while let Some(result) = self.waiting.remove(&self.due) {
            self.due += 1;
            self.tell(&result, listener);
        }
    }

    /// What came after a gap (tests that were left out), once nothing more will come.
    fn rest(&mut self, listener: &mut impl FnMut(Event<'_>)) {
        for result in std::mem::take(&mut self.waiting).into_values() {
            self.tell(&result, listener);
        }
    }

    fn tell(&mut self, result: &TestResult, listener: &mut impl FnMut(Event<'_>)) {
        self.summary.count(result);
        self.told += 1;
        listener(Event::TestFinished(result));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;
    use crate::run::Outcome;

    /// A result that takes a second, with an error where it is to be wrong.
    fn result(is_wrong: bool) -> TestResult {
        TestResult {
            name: "test".to_owned(),
            path: "test.yaml".to_owned(),
            title: "A test".to_owned(),
            steps: Vec::new(),
            error: is_wrong.then(|| "the world is away".to_owned()),
            duration: Duration::from_secs(1),
            tries: 1,
        }
    }

    #[tokio::test]
    async fn a_test_is_tried_until_it_passes_or_no_retry_is_left() {
        for (passes_at, retries, tries, outcome) in [
            (1, 0, 1, Outcome::Pass),
            (1, 3, 1, Outcome::Pass),
            (2, 0, 1, Outcome::Error),
            (2, 1, 2, Outcome::Pass),
            (3, 5, 3, Outcome::Pass),
            (9, 2, 3, Outcome::Error),
        ] {
            let taken = Cell::new(0);

            let last = until_it_passes(retries, async || {
                taken.set(taken.get() + 1);
                result(taken.get() < passes_at)
            })
            .await;

            let expected = (tries, outcome, Duration::from_secs(tries.into()));
            assert_eq!(
                (last.tries, last.outcome(), last.duration),
                expected,
                "{passes_at} {retries}"
            );
            assert_eq!(taken.get(), tries, "{passes_at} {retries}");
        }
    }
}
