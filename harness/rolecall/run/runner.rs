//! Many tests side by side, their results in file order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use super::execute::execute;
use super::filter::Filter;
use super::outcome::{Outcome, StepResult, Summary, TestResult};
use crate::scenario::model::Test;
use crate::target::Target;

/// Which tests of a load are run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `-E`.
    pub filter: Option<Filter>,
    /// `--shard K/N`: every test's place among all selected ones decides, so shards are even and stable.
    pub shard: Option<(usize, usize)>,
}

impl Selection {
    /// The selected tests, in order.
    pub fn of<'a>(&self, tests: &'a [Test]) -> Vec<&'a Test> {
        let admitted = tests.iter().filter(|test| {
            self.filter
                .as_ref()
                .is_none_or(|filter| filter.admits(&test.name, &test.tags))
        });
        match self.shard {
            None => admitted.collect(),
            Some((shard, shards)) => admitted
                .enumerate()
                .filter(|(index, _)| index % shards == shard - 1)
                .map(|(_, test)| test)
                .collect(),
        }
    }
}

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
    interrupted: Option<&'a AtomicBool>,
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
            interrupted: None,
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

    /// Whether a step that the target can't answer counts as failed.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
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
        let (results, finished) = mpsc::channel();
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
        results: &mpsc::Sender<(usize, TestResult)>,
    ) {
        let runtime = match self.target.runtime() {
            Ok(runtime) => runtime,
            Err(error) => return refuse_all(tests, next, results, &error.to_string()),
        };
        while !stop.load(Ordering::Relaxed) && !self.is_interrupted() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(test) = tests.get(index) else { return };
            let result = runtime.block_on(self.run_test(test));
            if self.fail_fast && matches!(result.outcome(), Outcome::Fail | Outcome::Error) {
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
        let began = Instant::now();
        let (steps, error) = match self.target.stage(&test.world).await {
            Ok(mut stage) => {
                let mut steps = execute(test, &mut stage).await;
                if self.strict {
                    steps.iter_mut().for_each(StepResult::count_skip_as_failure);
                }
                (steps, None)
            }
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        TestResult {
            name: test.name.clone(),
            path: test.path.clone(),
            title: test.title.clone(),
            steps,
            error,
            duration: began.elapsed(),
        }
    }
}

/// A worker without a runtime still answers for the tests it would have run.
fn refuse_all(
    tests: &[&Test],
    next: &AtomicUsize,
    results: &mpsc::Sender<(usize, TestResult)>,
    reason: &str,
) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(test) = tests.get(index) else { return };
        let result = TestResult {
            name: test.name.clone(),
            path: test.path.clone(),
            title: test.title.clone(),
            steps: Vec::new(),
            error: Some(format!("no runtime could be started: {reason}")),
            duration: std::time::Duration::ZERO,
        };
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
        self.summary.count(result.outcome());
        self.told += 1;
        listener(Event::TestFinished(result));
    }
}
