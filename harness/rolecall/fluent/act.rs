//! What somebody does, before it is said what must come of it.

use serde_json::{Map, Value, json};

use super::actor::{Actor, Who};
use super::expectation::{Allowed, Denied, Expectation, Reason};

/// A step under construction, as a scenario file would have it.
#[derive(Clone, Debug)]
struct Step<'w> {
    actor: Actor<'w>,
    members: Map<String, Value>,
}

impl<'w> Step<'w> {
    fn new(actor: Actor<'w>, verb: Value) -> Self {
        let members = match verb {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { actor, members }
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.members.insert(key.to_owned(), value.into());
        self
    }

    /// Adds to a map under a key.
    fn entry(mut self, key: &str, name: &str, value: Value) -> Self {
        let entries = self.members.entry(key).or_insert_with(|| json!({}));
        if let Value::Object(entries) = entries {
            entries.insert(name.to_owned(), value);
        }
        self
    }

    fn expecting(self, expectation: impl Expectation) -> Self {
        let written = expectation.written().into_iter();
        written.fold(self, |step, (key, value)| step.with(key, value))
    }

    /// Takes the step; panics where it comes out otherwise than expected.
    #[track_caller]
    fn take(mut self) -> super::world::Taken {
        let world = self.actor.world;
        match self.actor.who {
            Who::Named(who) => {
                self.members.insert("as".to_owned(), who);
                world.take(self.members, None)
            }
            Who::Session(session) => world.take(self.members, Some(&session)),
        }
    }
}

/// A role that somebody is about to assume.
#[derive(Clone, Debug)]
pub struct Assume<'w>(Step<'w>);

impl<'w> Assume<'w> {
    pub(super) fn new(actor: Actor<'w>, verb: Value) -> Self {
        Self(Step::new(actor, verb))
    }

    /// The name of the session; `rolecall` without it.
    #[must_use]
    pub fn session(self, name: &str) -> Self {
        self.with("session", name)
    }

    /// The external id that the trust policy may want.
    #[must_use]
    pub fn external_id(self, id: &str) -> Self {
        self.with("external-id", id)
    }

    /// How long the session lasts: `15m`.
    #[must_use]
    pub fn duration(self, duration: &str) -> Self {
        self.with("duration", duration)
    }

    /// A policy that narrows the session: a document, or the path of a file with one.
    #[must_use]
    pub fn session_policy(self, policy: impl Into<Value>) -> Self {
        self.with("session-policy", policy)
    }

    /// A session tag.
    #[must_use]
    pub fn tag(self, key: &str, value: &str) -> Self {
        Self(self.0.entry("tags", key, value.into()))
    }

    /// The source identity.
    #[must_use]
    pub fn source_identity(self, name: &str) -> Self {
        self.with("source-identity", name)
    }

    /// Shows a valid code of the caller's MFA device.
    #[must_use]
    pub fn mfa(self) -> Self {
        self.with("mfa", true)
    }

    /// A condition key of this request.
    #[must_use]
    pub fn context(self, key: &str, value: impl Into<Value>) -> Self {
        Self(self.0.entry("context", key, value.into()))
    }

    /// Any other key of an `assume` step: `transitive-tags`, `session-policy-arns`.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<Value>) -> Self {
        Self(self.0.with(key, value))
    }

    /// Assumes the role. With [`Allowed`] it gives who has assumed it.
    ///
    /// # Panics
    ///
    /// Where it comes out otherwise.
    #[track_caller]
    pub fn expect<E: Expectation>(self, expectation: E) -> E::Assumed<'w> {
        let world = self.0.actor.world;
        let taken = self.0.expecting(expectation).take();
        E::assumed(|| Actor {
            world,
            who: Who::Session(Box::new(taken)),
        })
    }
}

/// An operation that somebody is about to call.
#[derive(Clone, Debug)]
pub struct Call<'w>(Step<'w>);

impl<'w> Call<'w> {
    pub(super) fn new(actor: Actor<'w>, verb: Value) -> Self {
        Self(Step::new(actor, verb))
    }

    /// What it is called on: a bucket, or `bucket/key`.
    #[must_use]
    pub fn on(self, target: &str) -> Self {
        Self(self.0.with("on", target))
    }

    /// A parameter by its real name.
    #[must_use]
    pub fn with(self, parameter: &str, value: impl Into<Value>) -> Self {
        Self(self.0.entry("with", parameter, value.into()))
    }

    /// The region; `us-east-1` without it.
    #[must_use]
    pub fn region(self, region: &str) -> Self {
        Self(self.0.with("region", region))
    }

    /// A condition key of this request.
    #[must_use]
    pub fn context(self, key: &str, value: impl Into<Value>) -> Self {
        Self(self.0.entry("context", key, value.into()))
    }

    /// Calls the operation. With [`Allowed`] it gives the answer, by the names of AWS's API.
    ///
    /// # Panics
    ///
    /// Where it comes out otherwise.
    #[track_caller]
    pub fn expect<E: Expectation>(self, expectation: E) -> E::Called {
        let taken = self.0.expecting(expectation).take();
        E::called(|| taken.answer)
    }
}

/// A question about an action.
#[derive(Clone, Debug)]
pub struct Ask<'w> {
    step: Step<'w>,
    question: Value,
}

/// What may be expected of a question.
pub trait Decision: Expectation {
    #[doc(hidden)]
    const VERB: &'static str;
}

impl Decision for Allowed {
    const VERB: &'static str = "can";
}
impl Decision for Denied {
    const VERB: &'static str = "cannot";
}
impl Decision for Reason {
    const VERB: &'static str = "cannot";
}

impl<'w> Ask<'w> {
    pub(super) fn new(actor: Actor<'w>, question: Value) -> Self {
        Self {
            step: Step::new(actor, json!({})),
            question,
        }
    }

    /// A condition key of this request.
    #[must_use]
    pub fn context(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.step = self.step.entry("context", key, value.into());
        self
    }

    /// Asks.
    ///
    /// # Panics
    ///
    /// Where the answer is another one.
    #[track_caller]
    pub fn expect<D: Decision>(self, decision: D) {
        let question = json!([self.question]);
        let mut step = self.step.with(D::VERB, question);
        for (key, value) in decision.written() {
            // The verb itself says what is expected.
            if key != "expect" {
                step = step.with(key, value);
            }
        }
        step.take();
    }
}
