//! Which test has which accounts of the target.
//!
//! What an organization says binds its accounts for everyone. So a test that builds one has its accounts for itself, while
//! all others share them.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// The accounts in use.
#[derive(Debug, Default)]
pub(super) struct Locks {
    held: Mutex<HashMap<String, Held>>,
    freed: Notify,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    ByOne,
    ByMany(usize),
}

/// Accounts that a test has, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    locks: Arc<Locks>,
    accounts: Vec<String>,
}

impl Locks {
    /// Waits until the accounts can be had, all at once: alone, or with others.
    pub(super) async fn take(self: &Arc<Self>, mut accounts: Vec<String>, alone: bool) -> Lock {
        accounts.sort();
        accounts.dedup();
        loop {
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            if self.try_take(&accounts, alone) {
                let locks = Arc::clone(self);
                return Lock { locks, accounts };
            }
            freed.await;
        }
    }

    fn try_take(&self, accounts: &[String], alone: bool) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = accounts.iter().all(|account| match held.get(account) {
            None => true,
            Some(Held::ByMany(_)) => !alone,
            Some(Held::ByOne) => false,
        });
        if is_free {
            for account in accounts {
                let now = match held.get(account) {
                    _ if alone => Held::ByOne,
                    Some(Held::ByMany(number)) => Held::ByMany(number + 1),
                    _ => Held::ByMany(1),
                };
                held.insert(account.clone(), now);
            }
        }
        is_free
    }

    fn free(&self, accounts: &[String]) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for account in accounts {
            match held.get(account) {
                Some(Held::ByMany(number)) if *number > 1 => {
                    let fewer = Held::ByMany(number - 1);
                    held.insert(account.clone(), fewer);
                }
                _ => {
                    held.remove(account);
                }
            }
        }
        drop(held);
        self.freed.notify_waiters();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.locks.free(&self.accounts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    fn accounts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// What is had at once.
    fn now(locks: &Arc<Locks>, names: &[&str], alone: bool) -> Option<Lock> {
        let taking = pin!(locks.take(accounts(names), alone));
        match taking.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(lock) => Some(lock),
            Poll::Pending => None,
        }
    }

    #[test]
    fn whoever_wants_an_account_alone_waits_for_the_others_and_they_for_it() {
        let locks = Arc::new(Locks::default());
        let first = now(&locks, &["a"], false).unwrap();
        let second = now(&locks, &["a", "b"], false).unwrap();
        assert!(now(&locks, &["a"], true).is_none());
        assert!(now(&locks, &["b", "c"], true).is_none());

        drop(first);
        assert!(now(&locks, &["a"], true).is_none());
        drop(second);
        let alone = now(&locks, &["a", "a"], true).unwrap();
        assert!(now(&locks, &["a"], false).is_none());
        assert!(now(&locks, &["b"], false).is_some());
        drop(alone);
        assert!(now(&locks, &["a"], false).is_some());
    }

    #[test]
    fn who_waits_is_woken() {
        let locks = Arc::new(Locks::default());
        let alone = now(&locks, &["a"], true).unwrap();
        let mut waiting = pin!(locks.take(accounts(&["a"]), false));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());

        drop(alone);

        assert!(waiting.as_mut().poll(&mut context).is_ready());
    }
}
