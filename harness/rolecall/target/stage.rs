//! A world on a target, ready for the steps of one test.

use std::borrow::Cow;

use aws_credential_types::Credentials;
use jiff::SignedDuration;
use rolecall_mock::Authorization;
use rolecall_policy::Evaluation;

use super::answer::Answer;
#[cfg(feature = "live")]
use super::live::{LiveStage, Rehearsal};
use super::mock_stage::MockStage;
use super::world::ProvisionError;
use crate::scenario::model::{Assertion, Assume, Because, Call, Change, Question, Step, Token};

/// Why a stage can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// The scenario's world breaks a rule of AWS.
    #[error("the world can't be built: {0}")]
    World(#[from] ProvisionError),
    /// The server's port.
    #[cfg(feature = "http")]
    #[error("the mock can't listen on loopback: {0}")]
    Listen(std::io::Error),
    /// The target can't have such a world: the test is skipped.
    #[error("{0}")]
    CannotHave(String),
    /// The target fails.
    #[error("{0}")]
    Target(String),
}

/// Why a step was not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// This target can't answer it.
    Skip(String),
    /// It could not be asked.
    Error(String),
}

impl From<String> for Unasked {
    fn from(reason: String) -> Self {
        Self::Error(reason)
    }
}

/// What a question without a request came to.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whether it is allowed.
    pub allowed: bool,
    /// The caller's ARN; `None` for a service, an unsigned caller, and where the target doesn't tell.
    pub caller: Option<String>,
    /// AWS's evaluation of it, where the target tells.
    pub evaluations: Vec<Evaluation>,
}

impl From<&Authorization> for Asked {
    fn from(authorization: &Authorization) -> Self {
        Self {
            allowed: authorization.is_allowed(),
            caller: authorization.caller_arn.clone(),
            evaluations: authorization.evaluations(),
        }
    }
}

/// Who takes a step.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// A user of the world, by name.
    User(&'a str),
    /// The root user of an account, by its number.
    Root(&'a str),
    /// An AWS service, by its host; it can only be asked about.
    Service(&'a str),
    /// The bearer of a web identity token; it can only assume roles.
    Token(&'a Token),
    /// The bearer of a SAML assertion; it can only assume roles.
    Saml(&'a Assertion),
    /// Whoever holds these credentials.
    Session(&'a Credentials),
    /// An unsigned caller.
    Anonymous,
}

/// A world on a target, ready for the steps of one test; no other test sees it.
#[derive(Debug)]
pub struct Stage(On);

#[derive(Debug)]
enum On {
    Mock(Box<MockStage>),
    #[cfg(feature = "live")]
    Live(Box<LiveStage>),
}

impl Stage {
    pub(super) fn mock(stage: MockStage) -> Self {
        Self(On::Mock(Box::new(stage)))
    }

    #[cfg(feature = "live")]
    pub(super) fn live(stage: LiveStage) -> Self {
        Self(On::Live(Box::new(stage)))
    }

    /// Whether its world is on a target that is no mock.
    #[cfg(feature = "live")]
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.0, On::Live(_))
    }

    /// What the mock answered to the same steps: it tells what each asks of the target.
    #[cfg(feature = "live")]
    pub(crate) fn rehearse(&mut self, rehearsal: Rehearsal) {
        match &mut self.0 {
            On::Mock(_) => {}
            On::Live(stage) => stage.rehearse(rehearsal),
        }
    }

    /// Takes the world down.
    ///
    /// # Errors
    ///
    /// What is left of it on the target.
    pub(crate) async fn finish(&mut self) -> Result<(), String> {
        match &mut self.0 {
            On::Mock(_) => Ok(()),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.finish().await,
        }
    }

    /// Why a step can't be asked here, if so.
    pub(crate) fn reason_to_skip(&self, step: &Step) -> Option<String> {
        let target = match &self.0 {
            On::Mock(stage) => stage.target(),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.target(),
        };
        let here = step.skip_on.iter().find(|(named, _)| named == target);
        if let Some((_, reason)) = here {
            return Some(reason.clone());
        }
        match &self.0 {
            On::Mock(_) => None,
            #[cfg(feature = "live")]
            On::Live(stage) => stage.reason_to_skip(step),
        }
    }

    pub(crate) fn advance_clock(&mut self, duration: SignedDuration) -> Result<(), Unasked> {
        match &mut self.0 {
            On::Mock(stage) => {
                stage.advance_clock(duration);
                Ok(())
            }
            #[cfg(feature = "live")]
            On::Live(stage) => Err(stage.advance_clock()),
        }
    }

    /// Changes the world; what isn't touched stays as the steps before have left it.
    pub(crate) async fn change(&mut self, change: &Change) -> Result<(), Unasked> {
        match &mut self.0 {
            On::Mock(stage) => stage
                .change(change)
                .map_err(|error| Unasked::Error(error.to_string())),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.change(change).await,
        }
    }

    /// Calls an operation.
    pub(crate) async fn call(
        &mut self,
        step: &Step,
        who: Who<'_>,
        call: &Call,
    ) -> Result<Answer, Unasked> {
        match &mut self.0 {
            On::Mock(stage) => stage.call(step, who, call).await,
            #[cfg(feature = "live")]
            On::Live(stage) => stage.call(step, who, call).await,
        }
    }

    /// Assumes a role; credentials come with a success.
    pub(crate) async fn assume(
        &mut self,
        step: &Step,
        who: Who<'_>,
        assume: &Assume,
    ) -> Result<(Answer, Option<Credentials>), Unasked> {
        match &mut self.0 {
            On::Mock(stage) => stage.assume(step, who, assume).await,
            #[cfg(feature = "live")]
            On::Live(stage) => stage.assume(step, who, assume).await,
        }
    }

    /// Asks whether someone may do something, without doing it.
    pub(crate) async fn ask(
        &mut self,
        step: &Step,
        who: Who<'_>,
        question: &Question,
    ) -> Result<Asked, Unasked> {
        match &mut self.0 {
            On::Mock(stage) => Ok(stage.ask(step, who, question)?),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.ask(step, who, question).await,
        }
    }

    /// The ARN of what `at:` names: the root or a unit by its name, an account by the scenario's name for it.
    pub(crate) fn control_target(&self, name: &str) -> Option<String> {
        match &self.0 {
            On::Mock(stage) => stage.control_target(name),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.control_target(name),
        }
    }

    /// What of a step's `because` can be judged, as far as the target says why it denies.
    #[cfg_attr(
        not(feature = "live"),
        expect(unused_variables, reason = "the mock explains all that it denies")
    )]
    pub(crate) fn judged<'s>(
        &self,
        because: &'s Because,
        authorization_id: Option<&str>,
    ) -> Option<Cow<'s, Because>> {
        match &self.0 {
            On::Mock(_) => Some(Cow::Borrowed(because)),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.judged(because, authorization_id),
        }
    }

    /// Whether every answer to a verified request names its authorization.
    pub(crate) fn tells_authorizations(&self) -> bool {
        matches!(self.0, On::Mock(_))
    }

    /// Where the target explains a denial otherwise than the mock.
    #[cfg_attr(
        not(feature = "live"),
        expect(unused_variables, reason = "nothing but the mock explains")
    )]
    pub(crate) fn notes(&self, authorization_id: Option<&str>) -> Vec<String> {
        match &self.0 {
            On::Mock(_) => Vec::new(),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.notes(authorization_id),
        }
    }

    /// The ARN of whoever made a request, where the target tells.
    pub(crate) fn caller(&self, authorization_id: Option<&str>) -> Option<String> {
        match &self.0 {
            On::Mock(stage) => stage.caller(authorization_id),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.caller(authorization_id),
        }
    }

    /// AWS's evaluation of each action that a request needed.
    pub(crate) fn evaluations(&self, authorization_id: Option<&str>) -> Vec<Evaluation> {
        match &self.0 {
            On::Mock(stage) => stage.evaluations(authorization_id),
            #[cfg(feature = "live")]
            On::Live(stage) => stage.evaluations(authorization_id),
        }
    }
}
