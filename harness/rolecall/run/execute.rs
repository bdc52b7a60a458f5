//! One test on one stage: its steps in order, each asked and judged.

use aws_credential_types::Credentials;
use rolecall_policy::Evaluation;
use rolecall_wire::{ServiceError, Structure};

use super::because;
use super::describe;
use super::expect::{self, Verdict};
use super::outcome::{Outcome, StepResult};
use crate::scenario::model::{Actor, Assume, Question, Step, Test, Verb};
use crate::target::{Answer, Got, Stage, Unasked, Who};
#[cfg(feature = "live")]
use crate::target::{
    Target,
    live::{Rehearsal, Rehearsed},
};

/// Takes a test through all its steps.
pub(super) async fn execute(test: &Test, stage: &mut Stage) -> Vec<StepResult> {
    let mut execution = Execution {
        stage,
        results: Vec::new(),
        obtained: None,
    };
    execution.take_steps(&test.steps, None).await;
    execution.results
}

/// Takes one step, without those in its `then`, and gives what it came to; of an `assume` that succeeded also the name
/// and the credentials of the session.
pub(crate) async fn take(
    step: &Step,
    stage: &mut Stage,
    session: Option<(String, Credentials)>,
) -> (StepResult, Option<(String, Credentials)>) {
    let session = session.map(|(name, credentials)| Session { name, credentials });
    let mut alone = step.clone();
    if let Verb::Assume(assume) = &mut alone.verb {
        assume.then.clear();
    }
    let mut execution = Execution {
        stage,
        results: Vec::new(),
        obtained: None,
    };
    execution
        .take_steps(std::slice::from_ref(&alone), session.as_ref())
        .await;
    let obtained = execution.obtained;
    let result = execution.results.pop();
    let result = result.unwrap_or_else(|| {
        StepResult::without_request(step, name_of(session.as_ref()), Outcome::Pass)
    });
    (
        result,
        obtained.map(|session| (session.name, session.credentials)),
    )
}

/// The steps of a test that can't be begun on this target.
pub(super) fn skip_all(steps: &[Step], reason: &str) -> Vec<StepResult> {
    let skip = |step: &Step| StepResult {
        reasons: vec![reason.to_owned()],
        ..StepResult::without_request(step, None, Outcome::Skip)
    };
    steps.iter().map(skip).collect()
}

/// What the mock answers to a test's steps, where it can have the test's world.
#[cfg(feature = "live")]
pub(super) async fn rehearse(test: &Test) -> Rehearsal {
    let Ok(mut stage) = Target::Mock.stage(test).await else {
        return Rehearsal::default();
    };
    let results = execute(test, &mut stage).await;
    let asked = results.into_iter().filter(|result| result.got.is_some());
    let steps = asked.map(|result| Rehearsed {
        number: result.number,
        refusal: match result.got {
            Some(Got::Refused(error)) => Some(error),
            _ => None,
        },
        evaluations: result.evaluations,
    });
    let levels = levels(&test.steps).into_iter();
    Rehearsal {
        steps: steps.collect(),
        levels: levels
            .filter_map(|name| Some((name.to_owned(), stage.control_target(name)?)))
            .collect(),
    }
}

/// The levels of the organization that the steps' reasons name.
#[cfg(feature = "live")]
fn levels(steps: &[Step]) -> Vec<&str> {
    let mut named = Vec::new();
    for step in steps {
        named.extend(
            step.because
                .iter()
                .filter_map(|because| because.at.as_deref()),
        );
        if let Verb::Assume(assume) = &step.verb {
            named.extend(levels(&assume.then));
        }
    }
    named
}

struct Execution<'a> {
    stage: &'a mut Stage,
    results: Vec<StepResult>,
    /// The session that was obtained last.
    obtained: Option<Session>,
}

/// What the target tells of its decision.
#[derive(Default)]
struct Explained {
    authorization_id: Option<String>,
    caller: Option<String>,
    evaluations: Vec<Evaluation>,
    notes: Vec<String>,
}

/// The credentials that the steps of a `then` run with, and what reports call them.
struct Session {
    name: String,
    credentials: Credentials,
}

impl Execution<'_> {
    async fn take_steps(&mut self, steps: &[Step], session: Option<&Session>) {
        for step in steps {
            if let Some(reason) = self.stage.reason_to_skip(step) {
                self.leave_out(step, session, Unasked::Skip(reason));
                continue;
            }
            match &step.verb {
                Verb::Wait(duration) => {
                    let waited = self.stage.advance_clock(*duration);
                    self.finish(step, session, waited);
                }
                Verb::Change(change) => {
                    let changed = self.stage.change(change).await;
                    self.finish(step, session, changed);
                }
                Verb::Can(questions) => self.question(step, session, questions, true).await,
                Verb::Cannot(questions) => self.question(step, session, questions, false).await,
                Verb::Call(call) => {
                    let answer = match who(step, session) {
                        Ok(who) => self.stage.call(step, who, call).await,
                        Err(unasked) => Err(unasked),
                    };
                    match answer {
                        Ok(answer) => self.record(step, session, answer),
                        Err(unasked) => self.leave_out(step, session, unasked),
                    }
                }
                Verb::Assume(assume) => self.assume(step, session, assume).await,
            }
        }
    }

    async fn assume(&mut self, step: &Step, session: Option<&Session>, assume: &Assume) {
        let asked = match who(step, session) {
            Ok(Who::Service(host)) => match self.assume_as_service(step, host, assume).await {
                Ok(()) => return,
                Err(unasked) => Err(unasked),
            },
            Ok(who) => self.stage.assume(step, who, assume).await,
            Err(unasked) => Err(unasked),
        };
        let name = describe::session_name(assume);
        let obtained = match asked {
            Ok((answer, obtained)) => {
                self.record(step, session, answer);
                obtained
            }
            Err(Unasked::Skip(reason)) => {
                self.leave_out(step, session, Unasked::Skip(reason));
                return self.pass_over(&assume.then, &name);
            }
            Err(unasked) => return self.leave_out(step, session, unasked),
        };
        match obtained {
            Some(credentials) => {
                let session = Session { name, credentials };
                Box::pin(self.take_steps(&assume.then, Some(&session))).await;
                self.obtained = Some(session);
            }
            None => self.pass_over(&assume.then, &name),
        }
    }

    /// A service assumes roles behind the scenes: the policies are asked, no request is sent.
    async fn assume_as_service(
        &mut self,
        step: &Step,
        host: &str,
        assume: &Assume,
    ) -> Result<(), Unasked> {
        if !assume.then.is_empty() {
            return Err(Unasked::Error(format!(
                "the credentials that {host} would get can't be had"
            )));
        }
        let question = Question {
            action: "sts:AssumeRole".to_owned(),
            resource: Some(assume.role_arn.clone()),
            span: assume.span,
        };
        let asked = self.stage.ask(step, Who::Service(host), &question).await?;
        let got = if asked.allowed {
            Got::Allowed(Structure::new())
        } else {
            let text = format!("{host} may not assume {}", assume.role_arn);
            Got::Refused(ServiceError::new(403, "AccessDenied", text))
        };
        let explained = Explained {
            evaluations: asked.evaluations,
            ..Explained::default()
        };
        self.conclude(step, None, got, explained);
        Ok(())
    }

    /// Asks each question; all must be answered alike.
    async fn question(
        &mut self,
        step: &Step,
        session: Option<&Session>,
        questions: &[Question],
        wanted: bool,
    ) {
        let mut reasons = Vec::new();
        let (mut caller, mut shown) = (None, Vec::new());
        for question in questions {
            let asked = match who(step, session) {
                Ok(who) => self.stage.ask(step, who, question).await,
                Err(unasked) => Err(unasked),
            };
            let asked = match asked {
                Ok(asked) => asked,
                Err(unasked) => return self.leave_out(step, session, unasked),
            };
            let (allowed, evaluations) = (asked.allowed, asked.evaluations);
            let reason = if allowed == wanted {
                let missing = self.reason_missing(step, None, &evaluations);
                missing.map(|reason| format!("{}: {reason}", question.action))
            } else {
                Some(answered(question, allowed))
            };
            // Once an answer was wrong, only such are explained.
            if reason.is_some() && reasons.is_empty() {
                shown.clear();
            }
            if reason.is_some() || reasons.is_empty() {
                shown.extend(evaluations);
            }
            reasons.extend(reason);
            caller = asked.caller;
        }
        let outcome = if reasons.is_empty() {
            Outcome::Pass
        } else {
            Outcome::Fail
        };
        self.results.push(StepResult {
            reasons,
            caller,
            evaluations: shown,
            ..StepResult::without_request(step, name_of(session), outcome)
        });
    }

    fn record(&mut self, step: &Step, session: Option<&Session>, answer: Answer) {
        let authorization_id = answer.authorization_id.as_deref();
        let explained = Explained {
            caller: self.stage.caller(authorization_id),
            evaluations: self.stage.evaluations(authorization_id),
            notes: self.stage.notes(authorization_id),
            authorization_id: answer.authorization_id,
        };
        self.conclude(step, session, answer.got, explained);
    }

    fn conclude(&mut self, step: &Step, session: Option<&Session>, got: Got, explained: Explained) {
        let (outcome, reasons) = match expect::judge(&step.expect, &got) {
            Verdict::Unasked(reason) => (Outcome::Error, vec![reason]),
            Verdict::Unmet(reasons) => (Outcome::Fail, reasons),
            Verdict::Met if self.is_unauthenticated(&got, &explained) => {
                let reason = "expected a denial, but the request was refused before any policy was asked: its key, its \
                              token or its signature is not good";
                (Outcome::Error, vec![reason.to_owned()])
            }
            Verdict::Met => {
                let id = explained.authorization_id.as_deref();
                match self.reason_missing(step, id, &explained.evaluations) {
                    Some(reason) => (Outcome::Fail, vec![reason]),
                    None => (Outcome::Pass, Vec::new()),
                }
            }
        };
        self.results.push(StepResult {
            reasons,
            got: Some(got),
            caller: explained.caller,
            evaluations: explained.evaluations,
            notes: explained.notes,
            ..StepResult::without_request(step, name_of(session), outcome)
        });
    }

    /// Whether a 403 to a HEAD request, which has no body to say so, is no decision: the mock tells by the authorization's
    /// id, which every answer to a verified request has.
    fn is_unauthenticated(&self, got: &Got, explained: &Explained) -> bool {
        let is_bare = matches!(got, Got::Refused(error) if error.code == "403");
        is_bare && self.stage.tells_authorizations() && explained.authorization_id.is_none()
    }

    /// Why a denial came for another reason than the step gives.
    fn reason_missing(
        &self,
        step: &Step,
        authorization_id: Option<&str>,
        evaluations: &[Evaluation],
    ) -> Option<String> {
        let because = self
            .stage
            .judged(step.because.as_ref()?, authorization_id)?;
        because::difference(&because, evaluations, |name| {
            self.stage.control_target(name)
        })
    }

    /// A step without a question has passed, or was not taken.
    fn finish(&mut self, step: &Step, session: Option<&Session>, done: Result<(), Unasked>) {
        match done {
            Ok(()) => self.results.push(StepResult::without_request(
                step,
                name_of(session),
                Outcome::Pass,
            )),
            Err(unasked) => self.leave_out(step, session, unasked),
        }
    }

    /// Without the session that an `assume` gives, the steps of its `then` can't be taken: as it should be where the
    /// denial was expected; where it wasn't, the `assume` itself has failed already.
    fn pass_over(&mut self, then: &[Step], session: &str) {
        self.results.extend(then.iter().map(|step| StepResult {
            reasons: vec!["the role was not assumed".to_owned()],
            unreached: true,
            ..StepResult::without_request(step, Some(session), Outcome::Skip)
        }));
    }

    fn leave_out(&mut self, step: &Step, session: Option<&Session>, unasked: Unasked) {
        let (outcome, reason) = match unasked {
            Unasked::Skip(reason) => (Outcome::Skip, reason),
            Unasked::Error(reason) => (Outcome::Error, reason),
        };
        self.results.push(StepResult {
            reasons: vec![reason],
            ..StepResult::without_request(step, name_of(session), outcome)
        });
    }
}

fn name_of(session: Option<&Session>) -> Option<&str> {
    session.map(|session| session.name.as_str())
}

/// Who takes a step: whom it names, else the session it runs in.
fn who<'a>(step: &'a Step, session: Option<&'a Session>) -> Result<Who<'a>, Unasked> {
    match step.actor.as_ref().map(|actor| &actor.value) {
        Some(Actor::Anonymous) => Ok(Who::Anonymous),
        Some(Actor::User(name)) => Ok(Who::User(name)),
        Some(Actor::Root(account)) => Ok(Who::Root(account)),
        Some(Actor::Service(host)) => Ok(Who::Service(host)),
        Some(Actor::Token(token)) => Ok(Who::Token(token)),
        Some(Actor::Saml(assertion)) => Ok(Who::Saml(assertion)),
        None => match session {
            Some(session) => Ok(Who::Session(&session.credentials)),
            None => Err(Unasked::Error(
                "the step names nobody who takes it".to_owned(),
            )),
        },
    }
}

/// What a question came to, where the other answer was wanted.
fn answered(question: &Question, allowed: bool) -> String {
    let (got, wanted) = if allowed {
        ("is allowed", "denied")
    } else {
        ("is denied", "allowed")
    };
    match &question.resource {
        Some(resource) => format!("{} on {resource} {got}, expected {wanted}", question.action),
        None => format!("{} {got}, expected {wanted}", question.action),
    }
}
