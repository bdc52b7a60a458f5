//! Which tests of a load are run.

use super::filter::Filter;
use crate::scenario::model::Test;

/// A filter, and one machine's share of what it admits.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `-E`.
    pub filter: Option<Filter>,
    /// `--shard K/N`, K from 1.
    pub shard: Option<(usize, usize)>,
}

impl Selection {
    /// The selected tests, in order.
    pub fn of<'a>(&self, tests: &'a [Test]) -> Vec<&'a Test> {
        self.share(self.admitted(tests))
    }

    /// The tests that the filter lets through.
    pub fn admitted<'a>(&self, tests: &'a [Test]) -> Vec<&'a Test> {
        let admits = |test: &&Test| {
            self.filter
                .as_ref()
                .is_none_or(|filter| filter.admits(&test.name, &test.tags))
        };
        tests.iter().filter(admits).collect()
    }

    /// This machine's share: every N-th test, so that shares differ by one test at most, and neighbours in a folder,
    /// which often take equally long, are spread over the machines. It follows from the tests' order alone, which is that
    /// of their names: all machines that see the same files divide them alike.
    pub fn share<T>(&self, tests: Vec<T>) -> Vec<T> {
        let Some((shard, shards)) = self.shard else {
            return tests;
        };
        let tests = tests.into_iter().skip(shard.saturating_sub(1));
        tests.step_by(shards.max(1)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(tests: usize, shards: usize) -> Vec<Vec<usize>> {
        let share = |shard| {
            let selection = Selection {
                filter: None,
                shard: Some((shard, shards)),
            };
            selection.share((0..tests).collect())
        };
        (1..=shards).map(share).collect()
    }

    #[test]
    fn shares_are_even_and_have_every_test_once() {
        for tests in [0, 1, 2, 3, 7, 64, 100, 101, 1_000] {
            for shards in [1, 2, 3, 4, 7, 64, 100, 1_001] {
                let shares = shares(tests, shards);

                let sizes = || shares.iter().map(Vec::len);
                let (least, most) = (sizes().min().unwrap(), sizes().max().unwrap());
                assert!(
                    most - least <= 1,
                    "{tests} tests, {shards} shards: {least} to {most}"
                );
                let mut all = shares.concat();
                all.sort_unstable();
                assert_eq!(
                    all,
                    (0..tests).collect::<Vec<_>>(),
                    "{tests} tests, {shards} shards"
                );
            }
        }
    }

    #[test]
    fn a_share_is_the_same_each_time_and_takes_every_nth_test() {
        for (tests, shard, shards, expected) in [
            (7, 1, 3, &[0, 3, 6][..]),
            (7, 2, 3, &[1, 4]),
            (7, 3, 3, &[2, 5]),
            (2, 3, 3, &[]),
            (3, 1, 1, &[0, 1, 2]),
        ] {
            assert_eq!(
                shares(tests, shards)[shard - 1],
                expected,
                "{shard}/{shards} of {tests}"
            );
        }
    }
}
