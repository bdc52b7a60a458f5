//! One test on one stage: its steps in order, each asked and judged.

use aws_credential_types::Credentials;
use rolecall_policy::Evaluation;

use super::because;
use super::describe;
use super::expect::{self, Got, Verdict};
use super::outcome::{Outcome, StepResult};
use crate::scenario::model::{Actor, Expect, Step, Test, Verb};
use crate::target::{Answer, Stage};

/// Takes a test through all its steps.
pub(super) async fn execute(test: &Test, stage: &Stage) -> Vec<StepResult> {
    let mut execution = Execution {
        stage,
        results: Vec::new(),
    };
    execution.take_steps(&test.steps, None).await;
    execution.results
}

/// What the language can say and no target can do so far.
const NOT_YET: &str = "this version can't take such a step";

struct Execution<'a> {
    stage: &'a Stage,
    results: Vec<StepResult>,
}

/// The credentials that the steps of a `then` run with, and what reports call them.
struct Session {
    name: String,
    credentials: Credentials,
}

impl Session {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Execution<'_> {
    async fn take_steps(&mut self, steps: &[Step], session: Option<&Session>) {
        for step in steps {
            if let Some(reason) = self.stage.reason_to_skip(step) {
                self.leave_out(step, session, Outcome::Skip, reason);
                continue;
            }
            match &step.verb {
                Verb::Wait(duration) => self.wait(step, *duration),
                Verb::Call(_) | Verb::Assume(_) => self.ask(step, session).await,
                Verb::Can(_) | Verb::Cannot(_) | Verb::Change(_) => {
                    self.leave_out(step, session, Outcome::Error, NOT_YET.to_owned());
                }
            }
        }
    }

    fn wait(&mut self, step: &Step, duration: jiff::SignedDuration) {
        self.stage.advance_clock(duration);
        self.results
            .push(StepResult::without_request(step, None, Outcome::Pass));
    }

    async fn ask(&mut self, step: &Step, session: Option<&Session>) {
        let credentials = match self.credentials_of(step, session) {
            Ok(credentials) => credentials,
            Err(reason) => return self.leave_out(step, session, Outcome::Error, reason),
        };
        self.stage.set_context(&step.context);
        let (answer, obtained) = match &step.verb {
            Verb::Assume(assume) => {
                self.stage
                    .client()
                    .assume(credentials.as_ref(), assume)
                    .await
            }
            Verb::Call(call) => (
                self.stage.client().call(credentials.as_ref(), call).await,
                None,
            ),
            Verb::Can(_) | Verb::Cannot(_) | Verb::Wait(_) | Verb::Change(_) => return,
        };
        self.record(step, session, answer);
        if let Verb::Assume(assume) = &step.verb {
            let name = describe::session_name(assume);
            match obtained {
                Some(credentials) => {
                    let session = Session { name, credentials };
                    Box::pin(self.take_steps(&assume.then, Some(&session))).await;
                }
                None => self.pass_over(&assume.then, &name),
            }
        }
    }

    fn credentials_of(
        &self,
        step: &Step,
        session: Option<&Session>,
    ) -> Result<Option<Credentials>, String> {
        match step.actor.as_ref().map(|actor| &actor.value) {
            Some(Actor::Anonymous) => Ok(None),
            Some(Actor::User(name)) => self.stage.user_credentials(name).map(Some),
            Some(Actor::Root(account)) => self.stage.root_credentials(account).map(Some),
            Some(Actor::Service(_) | Actor::Token(_) | Actor::Saml(_)) => Err(NOT_YET.to_owned()),
            None => match session {
                Some(session) => Ok(Some(session.credentials.clone())),
                None => Err("the step names nobody who takes it".to_owned()),
            },
        }
    }

    fn record(&mut self, step: &Step, session: Option<&Session>, answer: Answer) {
        let evaluations = self.stage.evaluations(answer.authorization_id.as_deref());
        let (outcome, reasons) = judge(step, &answer.got, &evaluations);
        self.results.push(StepResult {
            reasons,
            got: Some(answer.got),
            evaluations,
            ..StepResult::without_request(step, session.map(Session::name), outcome)
        });
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

    fn leave_out(
        &mut self,
        step: &Step,
        session: Option<&Session>,
        outcome: Outcome,
        reason: String,
    ) {
        self.results.push(StepResult {
            reasons: vec![reason],
            ..StepResult::without_request(step, session.map(Session::name), outcome)
        });
    }
}

fn judge(step: &Step, got: &Got, evaluations: &[Evaluation]) -> (Outcome, Vec<String>) {
    match expect::judge(&step.expect, got) {
        Verdict::Unasked(reason) => (Outcome::Error, vec![reason]),
        Verdict::Unmet(reasons) => (Outcome::Fail, reasons),
        Verdict::Met => match reason_missing(step, evaluations) {
            Some(reason) => (Outcome::Fail, vec![reason]),
            None => (Outcome::Pass, Vec::new()),
        },
    }
}

/// Why an expected denial came for another reason than the step gives.
fn reason_missing(step: &Step, evaluations: &[Evaluation]) -> Option<String> {
    let because = step
        .because
        .as_ref()
        .filter(|_| step.expect == Expect::Denied)?;
    because::difference(because, evaluations)
}
