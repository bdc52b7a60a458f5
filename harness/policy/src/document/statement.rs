//! One statement: when it matches, and why not.

use super::elements::{Actions, Resources};
use super::principals::Principals;
use crate::condition::Clause;
use crate::evaluate::Question;
use crate::evaluation::{Element, Mismatch, Reach};
use crate::node::Span;
use crate::pattern::Pattern;
use crate::policy::PolicyType;

/// One statement of a [`Document`](crate::Document).
#[derive(Clone, Debug)]
pub struct Statement {
    pub(super) sid: Option<Box<str>>,
    pub(super) effect: Option<StatementEffect>,
    principals: Option<Principals>,
    actions: Option<Actions>,
    resources: Option<Resources>,
    pub(super) condition: Box<[Clause]>,
    fault: Option<Fault>,
    span: Span,
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatementEffect {
    Allow,
    Deny,
}

/// Why a statement can never match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotAnObject,
    Effect,
    Principal,
    Action,
    Resource,
    Condition,
}

/// Hears why a statement doesn't match.
pub(crate) trait Witness {
    /// Takes note of an element that doesn't match; says whether to look at the others too.
    fn mismatch(&mut self, describe: impl FnOnce() -> Mismatch) -> bool;

    /// Takes note of a condition that holds.
    fn held(&mut self, describe: impl FnOnce() -> Mismatch);
}

impl Statement {
    /// The statement id as written.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Where the whole statement stands.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Whether it is an Allow; a statement without a proper `Effect` is neither that nor a Deny.
    pub fn allows(&self) -> bool {
        self.effect == Some(StatementEffect::Allow)
    }

    /// Whether it is a Deny.
    pub fn denies(&self) -> bool {
        self.effect == Some(StatementEffect::Deny)
    }

    /// The condition keys it tests, as written.
    pub fn condition_keys(&self) -> impl Iterator<Item = &str> {
        self.condition.iter().map(Clause::key_written)
    }

    /// The condition keys the statement asks about, as written: in `Condition`, and by way of policy variables.
    pub fn context_keys(&self) -> impl Iterator<Item = &str> {
        self.keys_of(|_| true)
    }

    /// Those of them whose values count: `Null` asks only whether a key is there.
    pub fn compared_keys(&self) -> impl Iterator<Item = &str> {
        self.keys_of(|clause| !clause.is_null_test())
    }

    fn keys_of(&self, counts: fn(&Clause) -> bool) -> impl Iterator<Item = &str> {
        let tested = self.condition.iter().filter(move |clause| counts(clause));
        let tested = tested.map(Clause::key_written);
        let in_values = self.condition.iter().flat_map(Clause::variables);
        let in_resources = self.resources.iter().flat_map(Resources::variables);
        tested.chain(in_values).chain(in_resources)
    }

    /// `Action` or `NotAction`, unless the statement can't match anyway.
    pub(crate) fn sound_actions(&self) -> Option<&Actions> {
        self.actions.as_ref().filter(|_| self.fault.is_none())
    }

    /// Whether the statement matches, and how well it names the caller: [`Reach::None`] when it doesn't match.
    pub(crate) fn reach<W: Witness>(
        &self,
        question: &Question<'_>,
        policy_type: PolicyType,
        witness: &mut W,
    ) -> Reach {
        let mut trial = Trial {
            matched: true,
            witness,
        };
        self.try_reach(question, policy_type, &mut trial)
            .filter(|_| trial.matched)
            .unwrap_or(Reach::None)
    }

    fn try_reach<W: Witness>(
        &self,
        question: &Question<'_>,
        policy_type: PolicyType,
        trial: &mut Trial<'_, W>,
    ) -> Option<Reach> {
        if let Some(fault) = self.fault {
            trial.require(false, || self.fault_mismatch(fault))?;
            return None;
        }
        let reach = self.principal_reach(question, policy_type);
        trial.require(reach != Reach::None, || self.principal_mismatch(question))?;
        if let Some(actions) = &self.actions {
            let covers = actions.covers(question.action);
            trial.require(covers, || action_mismatch(actions, question))?;
        }
        let covers = match &self.resources {
            Some(resources) => {
                resources.cover(question.resource, question.action, question.context)
            }
            None => policy_type == PolicyType::ResourceBased,
        };
        trial.require(covers, || self.resource_mismatch(question))?;
        for clause in &self.condition {
            let holds = clause.holds(question.context);
            if holds {
                trial.witness.held(|| clause_mismatch(clause, question));
            }
            trial.require(holds, || clause_mismatch(clause, question))?;
        }
        Some(reach)
    }

    /// AWS: IAM User Guide, `Principal` and `NotPrincipal` elements. Policies of principals have no such element and
    /// so reach as far as can be.
    fn principal_reach(&self, question: &Question<'_>, policy_type: PolicyType) -> Reach {
        match &self.principals {
            None if policy_type.names_principals() => Reach::None,
            None => Reach::Direct,
            Some(principals) if principals.is_negated() => {
                // AWS: a Deny with `NotPrincipal` always meets callers that have a permissions boundary.
                let exempt =
                    !(self.denies() && question.has_boundary) && principals.exempt(question.caller);
                if exempt { Reach::None } else { Reach::Direct }
            }
            Some(principals) => principals.name(question.caller),
        }
    }
}

/// Building, for [`prepare`](super::prepare).
impl Statement {
    pub(super) fn empty(span: Span) -> Self {
        Self {
            sid: None,
            effect: None,
            principals: None,
            actions: None,
            resources: None,
            condition: Box::default(),
            fault: None,
            span,
        }
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// An element and its negation exclude each other.
    pub(super) fn set_principals(&mut self, principals: Principals) {
        let negated = principals.is_negated();
        let old = self.principals.replace(principals);
        if old.is_some_and(|old| old.is_negated() != negated) {
            self.fault(Fault::Principal);
        }
    }

    pub(super) fn set_actions(&mut self, actions: Actions) {
        let negated = actions.is_negated();
        let old = self.actions.replace(actions);
        if old.is_some_and(|old| old.is_negated() != negated) {
            self.fault(Fault::Action);
        }
    }

    pub(super) fn set_resources(&mut self, resources: Resources) {
        let negated = resources.is_negated();
        let old = self.resources.replace(resources);
        if old.is_some_and(|old| old.is_negated() != negated) {
            self.fault(Fault::Resource);
        }
    }

    /// Notes what is missing.
    pub(super) fn finish(&mut self) {
        if self.effect.is_none() {
            self.fault(Fault::Effect);
        }
        if self.actions.as_ref().is_none_or(Actions::is_empty) {
            self.fault(Fault::Action);
        }
        if self.resources.as_ref().is_some_and(Resources::is_empty) {
            self.fault(Fault::Resource);
        }
    }
}

/// One look at a statement: stops at the first mismatch unless the witness wants to hear of all.
struct Trial<'w, W> {
    matched: bool,
    witness: &'w mut W,
}

impl<W: Witness> Trial<'_, W> {
    fn require(&mut self, holds: bool, describe: impl FnOnce() -> Mismatch) -> Option<()> {
        if holds {
            return Some(());
        }
        self.matched = false;
        self.witness.mismatch(describe).then_some(())
    }
}

/// Describing, for the witness.
impl Statement {
    fn fault_mismatch(&self, fault: Fault) -> Mismatch {
        Mismatch {
            element: Element::Statement,
            wanted: vec![fault.describe().to_owned()],
            had: Vec::new(),
            span: self.span,
        }
    }

    fn principal_mismatch(&self, question: &Question<'_>) -> Mismatch {
        let principals = self.principals.as_ref();
        Mismatch {
            element: Element::Principal,
            wanted: principals.map_or_else(Vec::new, |element| owned(element.written())),
            had: vec![question.caller.shown().to_owned()],
            span: principals.map_or(self.span, Principals::span),
        }
    }

    fn resource_mismatch(&self, question: &Question<'_>) -> Mismatch {
        let resources = self.resources.as_ref();
        Mismatch {
            element: Element::Resource,
            wanted: resources.map_or_else(Vec::new, |element| owned(element.written())),
            had: vec![question.resource.to_owned()],
            span: resources.map_or(self.span, Resources::span),
        }
    }
}

fn action_mismatch(actions: &Actions, question: &Question<'_>) -> Mismatch {
    Mismatch {
        element: Element::Action,
        wanted: owned(actions.patterns().iter().map(Pattern::written)),
        had: vec![question.action.to_owned()],
        span: actions.span(),
    }
}

fn clause_mismatch(clause: &Clause, question: &Question<'_>) -> Mismatch {
    let had = question.context.values(clause.key());
    Mismatch {
        element: Element::Condition {
            operator: clause.operator_written().to_owned(),
            key: clause.key_written().to_owned(),
        },
        wanted: owned(clause.values_written()),
        had: had.unwrap_or_default().to_vec(),
        span: clause.span(),
    }
}

fn owned<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    texts.map(str::to_owned).collect()
}

impl Fault {
    fn describe(self) -> &'static str {
        match self {
            Self::NotAnObject => "a statement is a JSON object",
            Self::Effect => "`Effect` is `Allow` or `Deny`",
            Self::Principal => "`Principal` and `NotPrincipal` exclude each other",
            Self::Action => "one of `Action` and `NotAction`, with at least one action",
            Self::Resource => "one of `Resource` and `NotResource`, with at least one resource",
            Self::Condition => "`Condition` maps operators to keys, and keys to values",
        }
    }
}
