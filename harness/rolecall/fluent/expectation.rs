//! What must come of what somebody does.

use serde_json::{Map, Value, json};

use super::actor::Actor;

mod sealed {
    pub trait Sealed {}
}

/// What must come of what somebody does: [`Allowed`], [`Answers`], [`Denied`] and its [`Reason`]s, [`Fails`].
pub trait Expectation: sealed::Sealed + Sized {
    /// What a role that is assumed gives: someone who can act, where it is [`Allowed`].
    type Assumed<'w>;
    /// What a call gives: the answer, where there is one.
    type Called;

    /// `expect:` and `because:`, as in a scenario file.
    #[doc(hidden)]
    fn written(self) -> Vec<(&'static str, Value)>;
    #[doc(hidden)]
    fn assumed<'w>(session: impl FnOnce() -> Actor<'w>) -> Self::Assumed<'w>;
    #[doc(hidden)]
    fn called(answer: impl FnOnce() -> Value) -> Self::Called;
}

/// The call succeeds.
#[derive(Clone, Copy, Debug)]
pub struct Allowed;

/// The call succeeds, and its answer has these fields, as `expect:` of a scenario has them: a subset, with `*` as a
/// wildcard in texts.
#[derive(Clone, Debug)]
pub struct Answers(pub Value);

/// A policy denies it. A bad key, an expired session or a misspelt name is no denial; see [`Fails`].
#[derive(Clone, Copy, Debug)]
pub struct Denied;

/// The service refuses with this code: `ExpiredToken`, `ValidationError`, `NoSuchKey`.
#[derive(Clone, Copy, Debug)]
pub struct Fails(pub &'static str);

/// The kind of policy that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Policy {
    /// The caller's own policies.
    Identity,
    /// The resource's policy.
    Resource,
    /// The role's trust policy.
    Trust,
    /// The permissions boundary.
    Boundary,
    /// The session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The VPC endpoint's policy.
    Endpoint,
}

impl Policy {
    const fn word(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Resource => "resource",
            Self::Trust => "trust",
            Self::Boundary => "boundary",
            Self::Session => "session",
            Self::ServiceControl => "scp",
            Self::ResourceControl => "rcp",
            Self::Endpoint => "endpoint",
        }
    }
}

impl Denied {
    /// The denial must come from this kind of policy.
    #[must_use]
    pub fn by(self, policy: Policy) -> Reason {
        Reason(Map::new()).with("policy", policy.word())
    }
}

/// A denial with its reason; every part that is said must hold.
#[derive(Clone, Debug)]
pub struct Reason(Map<String, Value>);

impl Reason {
    /// A statement denies it.
    #[must_use]
    pub fn explicitly(self) -> Self {
        self.with("effect", "explicit")
    }

    /// No statement allows it.
    #[must_use]
    pub fn implicitly(self) -> Self {
        self.with("effect", "implicit")
    }

    /// The statement with this Sid: the Deny that matched, or the Allow that would have, but for its conditions.
    #[must_use]
    pub fn statement(self, sid: &str) -> Self {
        self.with("statement", sid)
    }

    /// The condition key that such a statement depends on.
    #[must_use]
    pub fn condition(self, key: &str) -> Self {
        self.with("condition", key)
    }

    /// The organizational unit or account whose control policies decide, by its name.
    #[must_use]
    pub fn at(self, name: &str) -> Self {
        self.with("at", name)
    }

    /// Nothing else denies it.
    #[must_use]
    pub fn only(self) -> Self {
        self.with("only", true)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }
}

impl sealed::Sealed for Allowed {}
impl Expectation for Allowed {
    type Assumed<'w> = Actor<'w>;
    type Called = Value;

    fn written(self) -> Vec<(&'static str, Value)> {
        vec![("expect", json!("allowed"))]
    }

    fn assumed<'w>(session: impl FnOnce() -> Actor<'w>) -> Actor<'w> {
        session()
    }

    fn called(answer: impl FnOnce() -> Value) -> Value {
        answer()
    }
}

impl sealed::Sealed for Answers {}
impl Expectation for Answers {
    type Assumed<'w> = Actor<'w>;
    type Called = Value;

    fn written(self) -> Vec<(&'static str, Value)> {
        vec![("expect", self.0)]
    }

    fn assumed<'w>(session: impl FnOnce() -> Actor<'w>) -> Actor<'w> {
        session()
    }

    fn called(answer: impl FnOnce() -> Value) -> Value {
        answer()
    }
}

/// Expectations after which there is nothing to go on with.
macro_rules! refusal {
    ($kind:ty, |$this:ident| $written:expr) => {
        impl sealed::Sealed for $kind {}
        impl Expectation for $kind {
            type Assumed<'w> = ();
            type Called = ();

            fn written(self) -> Vec<(&'static str, Value)> {
                let $this = self;
                $written
            }

            fn assumed<'w>(_session: impl FnOnce() -> Actor<'w>) {}

            fn called(_answer: impl FnOnce() -> Value) {}
        }
    };
}

refusal!(Denied, |_this| vec![("expect", json!("denied"))]);
refusal!(Fails, |this| vec![("expect", json!({"error": this.0}))]);
refusal!(Reason, |this| vec![
    ("expect", json!("denied")),
    ("because", this.0.into()),
]);
