//! Who hears what the decision does.

use std::sync::Arc;

use crate::document::{Statement, Witness};
use crate::evaluation::{Check, CheckType, Effect, Mismatch, Reach, StatementTrace};
use crate::policy::{Policy, PolicySet, PolicyType};

use super::Question;

/// Hears of every statement and check.
pub(super) trait Observer: Witness {
    /// Whether every statement and check is to be looked at, also when the answer is already clear.
    const IS_CURIOUS: bool;

    /// Puts the question to the statements of `policies`.
    fn survey(
        &mut self,
        policies: &PolicySet,
        policy_type: PolicyType,
        question: &Question<'_>,
    ) -> Tally;

    /// Takes note of a check that came out, and of the statements surveyed since the last.
    fn check(&mut self, check: Outcome<'_>);
}

/// What the statements of a set say, taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// A Deny matched.
    pub(super) denied: bool,
    /// How far the best Allow reaches.
    pub(super) reach: Reach,
}

/// A check that came out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome<'a> {
    pub(super) check_type: CheckType,
    pub(super) effect: Effect,
    pub(super) target_arn: Option<&'a str>,
    /// The types that can satisfy the check.
    pub(super) policy_types: &'a [PolicyType],
}

impl Tally {
    pub(super) const NOTHING: Self = Self {
        denied: false,
        reach: Reach::None,
    };

    /// What both say together.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            denied: self.denied || other.denied,
            reach: self.reach.max(other.reach),
        }
    }

    /// Without the Allow that only leaves the decision to the account.
    pub(super) fn beyond_account(self) -> Self {
        let reach = match self.reach {
            Reach::Account => Reach::None,
            further => further,
        };
        Self { reach, ..self }
    }

    fn add(&mut self, statement: &Statement, reach: Reach) {
        if reach == Reach::None {
            return;
        }
        if statement.denies() {
            self.denied = true;
        } else {
            self.reach = self.reach.max(reach);
        }
    }
}

/// Hears nothing.
pub(super) struct Silent;

impl Witness for Silent {
    fn mismatch(&mut self, _: impl FnOnce() -> Mismatch) -> bool {
        false
    }

    fn held(&mut self, _: impl FnOnce() -> Mismatch) {}
}

impl Observer for Silent {
    const IS_CURIOUS: bool = false;

    fn survey(
        &mut self,
        policies: &PolicySet,
        policy_type: PolicyType,
        question: &Question<'_>,
    ) -> Tally {
        let mut tally = Tally::NOTHING;
        policies.candidates(question.action, |statement| {
            let is_settled = statement.allows() && tally.reach == Reach::Direct;
            if !is_settled {
                tally.add(statement, statement.reach(question, policy_type, self));
            }
            tally.denied
        });
        tally
    }

    fn check(&mut self, _: Outcome<'_>) {}
}

/// Writes everything down.
#[derive(Default)]
pub(super) struct Recorder {
    checks: Vec<Check>,
    statements: Vec<StatementTrace>,
    mismatches: Vec<Mismatch>,
    held: Vec<Mismatch>,
}

impl Recorder {
    pub(super) fn checks(self) -> Vec<Check> {
        self.checks
    }

    fn note(
        &mut self,
        policy: &Arc<Policy>,
        policy_type: PolicyType,
        index: usize,
        statement: &Statement,
        reach: Reach,
    ) {
        self.statements.push(StatementTrace {
            policy: Arc::clone(policy),
            policy_type,
            index,
            sid: statement.sid().map(str::to_owned),
            allows: statement.allows(),
            span: statement.span(),
            reach,
            mismatches: std::mem::take(&mut self.mismatches),
            held: std::mem::take(&mut self.held),
        });
    }
}

impl Witness for Recorder {
    fn mismatch(&mut self, describe: impl FnOnce() -> Mismatch) -> bool {
        self.mismatches.push(describe());
        true
    }

    fn held(&mut self, describe: impl FnOnce() -> Mismatch) {
        self.held.push(describe());
    }
}

impl Observer for Recorder {
    const IS_CURIOUS: bool = true;

    fn survey(
        &mut self,
        policies: &PolicySet,
        policy_type: PolicyType,
        question: &Question<'_>,
    ) -> Tally {
        let mut tally = Tally::NOTHING;
        for policy in policies.policies() {
            for (index, statement) in policy.document.statements().iter().enumerate() {
                let reach = statement.reach(question, policy_type, self);
                tally.add(statement, reach);
                self.note(policy, policy_type, index, statement, reach);
            }
        }
        tally
    }

    fn check(&mut self, check: Outcome<'_>) {
        let statements = std::mem::take(&mut self.statements);
        let mut relevant_policy_types = check.policy_types.to_vec();
        for statement in statements.iter().filter(|trace| trace.matched()) {
            if !relevant_policy_types.contains(&statement.policy_type) {
                relevant_policy_types.push(statement.policy_type);
            }
        }
        self.checks.push(Check {
            check_type: check.check_type,
            effect: check.effect,
            target_arn: check.target_arn.map(str::to_owned),
            relevant_policy_types,
            statements,
        });
    }
}
