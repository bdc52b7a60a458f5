//! What a scenario file says, with every name resolved and every place kept.

mod policy;
mod step;
mod world;

use rolecall_policy::Span;

pub use policy::{PolicyDocument, PolicyOrigin, PolicyReference};
pub use step::{
    Actor, Assertion, Assume, Because, BecausePolicy, Call, Change, ChangeKind, ClaimValue, Entity,
    Expect, Mfa, Question, Step, Token, Touched, Verb,
};
pub use world::{
    Account, Bucket, ContextEntry, CustomerPolicy, DEFAULT_CLOCK, Distribution, Group, Member,
    OidcProvider, Organization, ProviderKeys, Resource, Role, SamlProvider, Unit, User, World,
};

/// One test: a scenario, or one case of it, with the case's variables filled in.
#[derive(Clone, Debug)]
pub struct Test {
    /// The path below PATH without extension, plus `/CASE`: `external-id/right id`.
    pub name: String,
    /// The case's name; `None` for a scenario without cases.
    pub case: Option<String>,
    /// The file, as the user would type it.
    pub path: String,
    /// `scenario:`.
    pub title: String,
    /// `description:`, Markdown.
    pub description: Option<String>,
    /// `tags:`.
    pub tags: Vec<String>,
    /// The identities, policies and resources before the first step.
    pub world: World,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

impl Test {
    /// The name of the scenario, without the case: `external-id`.
    pub fn scenario_name(&self) -> &str {
        let case = self.case.as_deref();
        let scenario = case.and_then(|case| self.name.strip_suffix(case)?.strip_suffix('/'));
        scenario.unwrap_or(&self.name)
    }
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}
