//! Finding the statements that can cover an action without looking at the others.
//!
//! Statements are filed by what their `Action` says: under the whole name when it has no wildcard, under the
//! service when it has one, and with the rest (`*`, `NotAction`) otherwise. An action is looked up in the three
//! places; case never counts.

use std::sync::Arc;

use super::Policy;
use crate::context::hash;
use crate::document::NO_VARIABLES;
use crate::pattern::{Case, Pattern};

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) policy: usize,
    pub(super) statement: usize,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Sorted by hash of the action's name.
    exact: Vec<(u64, Place)>,
    /// Sorted by hash of the service's name.
    services: Vec<(u64, Wildcard)>,
    others: Vec<Place>,
}

#[derive(Clone, Debug)]
struct Wildcard {
    pattern: Pattern,
    place: Place,
}

impl Index {
    pub(super) fn new(policies: &[Arc<Policy>]) -> Self {
        let mut index = Self::default();
        for (policy, of) in policies.iter().enumerate() {
            for (statement, element) in of.document.statements().iter().enumerate() {
                let place = Place { policy, statement };
                let Some(actions) = element.sound_actions() else {
                    continue;
                };
                if actions.is_negated() {
                    index.others.push(place);
                } else {
                    for pattern in actions.patterns() {
                        index.file(pattern, place);
                    }
                }
            }
        }
        index.exact.sort_unstable();
        index.exact.dedup();
        index.services.sort_by_key(|(hash, _)| *hash);
        index.others.dedup();
        index
    }

    fn file(&mut self, pattern: &Pattern, place: Place) {
        if pattern.is_never() {
        } else if pattern.is_exact() {
            self.exact.push((hash(pattern.written()), place));
        } else if pattern.is_any() {
            self.others.push(place);
        } else {
            let wildcard = Wildcard {
                pattern: pattern.clone(),
                place,
            };
            let service = service(pattern.written());
            self.services.push((hash(service), wildcard));
        }
    }

    /// The statements that may cover `action`.
    pub(super) fn candidates(&self, action: &str) -> impl Iterator<Item = Place> {
        let exact = equal(&self.exact, hash(action)).map(|(_, place)| place);
        let wildcards = equal(&self.services, hash(service(action)))
            .filter(move |(_, wildcard)| {
                wildcard
                    .pattern
                    .matches(action, Case::Ignored, &NO_VARIABLES)
            })
            .map(|(_, wildcard)| &wildcard.place);
        self.others.iter().chain(exact).chain(wildcards).copied()
    }
}

/// The entries filed under `hash`.
fn equal<T>(sorted: &[(u64, T)], hash: u64) -> impl Iterator<Item = &(u64, T)> {
    let from = sorted.partition_point(|(filed, _)| *filed < hash);
    sorted
        .iter()
        .skip(from)
        .take_while(move |(filed, _)| *filed == hash)
}

fn service(action: &str) -> &str {
    action
        .split_once(':')
        .map_or(action, |(service, _)| service)
}
