//! The steps of a test, asked of a live target.

use aws_credential_types::Credentials;
use rolecall_wire::{ServiceError, Structure};

use super::admin::is_not_implemented;
use super::devices::is_about_code;
use super::journal::{Kind, Thing};
use super::made::made_by;
use super::pace::{
    Attempt, UNTIL_ANSWERS, UNTIL_HOLDS, UNTIL_KNOWN, is_busy, is_unknown_key, is_unknown_provider,
};
use super::stage::{LiveStage, SessionOfRole};
use super::undo::{Counterpart, leaves_something};
use crate::scenario::model::{Assume, Call, Expect, Mfa, Step};
use crate::target::answer::{Answer, Got, is_denial};
use crate::target::stage::{Unasked, Who};

impl LiveStage {
    /// What someone signs with; `None` for an unsigned caller.
    pub(super) fn credentials(&self, who: Who<'_>) -> Result<Option<Credentials>, Unasked> {
        match who {
            Who::Anonymous => Ok(None),
            Who::Session(credentials) => Ok(Some(credentials.clone())),
            Who::User(name) => {
                let found = self.keys.iter().find(|(user, _)| user == name);
                let (_, credentials) = found
                    .ok_or_else(|| Unasked::Error("the caller has no access key".to_owned()))?;
                Ok(Some(credentials.clone()))
            }
            Who::Root(account) => {
                let admin = self.admins.of(self.names.account(account));
                match admin.filter(|admin| admin.is_root()) {
                    Some(admin) => Ok(Some(admin.credentials.clone())),
                    None => Err(Unasked::Skip(format!(
                        "nobody has the keys of the root user of account {account} here"
                    ))),
                }
            }
            Who::Service(_) => Err(Unasked::Skip(
                "an AWS service can't be made to act here".to_owned(),
            )),
            Who::Saml(_) => Err(Unasked::Error(
                "an assertion can only be used to assume a role".to_owned(),
            )),
            Who::Token(_) => Err(Unasked::Error(
                "a token can only be used to assume a role".to_owned(),
            )),
        }
    }

    /// Calls an operation.
    pub(in crate::target) async fn call(
        &mut self,
        step: &Step,
        who: Who<'_>,
        call: &Call,
    ) -> Result<Answer, Unasked> {
        let credentials = self.credentials(who)?;
        let carried = self.carried(step, who)?;
        let input = self.names.input(&call.operation, &call.input);
        let account = self.account_of(who);
        if let Some(thing) = made_by(&call.service, &call.operation, &input, &account) {
            self.note(thing)
                .map_err(|error| Unasked::Error(error.to_string()))?;
        }
        let refused = self.live.refuses_to_distribute(call);
        let refused = refused.or_else(|| self.live.refuses_to_reorganize(call));
        if let Some(reason) = refused {
            return Err(Unasked::Skip(reason));
        }
        let counterpart = Counterpart::of(call);
        if self.live.is_aws() && leaves_something(call) {
            let (service, operation) = (&call.service, &call.operation);
            return Err(Unasked::Skip(format!(
                "nobody could remove what {service}:{operation} makes"
            )));
        }
        self.note_other(counterpart, call, &input, None, &account)?;
        self.give(carried.as_ref()).await?;
        let mut denials = 0;
        let mut outputs = Vec::new();
        let ask = async || {
            let client = &self.admins.client;
            let (service, operation) = (call.service.as_str(), call.operation.as_str());
            let region = call.region.as_deref();
            let answer = client
                .request(credentials.as_ref(), service, operation, region, &input)
                .await;
            if let (Some(_), Got::Allowed(output)) = (counterpart, &answer.got) {
                outputs.push(output.clone());
            }
            self.judge(step, answer, &mut denials)
        };
        let answer = self.back(self.admins.pace.patiently(ask).await);
        let taken = self.take_back(carried).await;
        for output in &outputs {
            self.note_other(counterpart, call, &input, Some(output), &account)?;
        }
        taken?;
        self.explain(step, who, call.region.as_deref(), &answer)
            .await;
        check_implemented(step, &answer, &call.service, &call.operation)?;
        Ok(answer)
    }

    /// Writes down what a call of another service makes, as soon as it is known how to remove it.
    fn note_other(
        &mut self,
        counterpart: Option<Counterpart>,
        call: &Call,
        input: &Structure,
        output: Option<&Structure>,
        account: &str,
    ) -> Result<(), Unasked> {
        let prefix = self.names.prefix();
        let undo = counterpart.and_then(|other| other.undo(call, prefix, input, output));
        let Some(undo) = undo else {
            return Ok(());
        };
        let thing = Thing::new(Kind::Other, account, undo.to_string());
        self.note(thing)
            .map_err(|error| Unasked::Error(error.to_string()))
    }

    /// Assumes a role.
    pub(in crate::target) async fn assume(
        &mut self,
        step: &Step,
        who: Who<'_>,
        assume: &Assume,
    ) -> Result<(Answer, Option<Credentials>), Unasked> {
        let carried = self.carried(step, who)?;
        let mapped = self.mapped(assume);
        self.give(carried.as_ref()).await?;
        let mut denials = 0;
        let mut obtained = None;
        let ask = async || match self.obtain(who, &mapped).await {
            Ok((answer, session)) => {
                obtained = session;
                match (&answer.got, &assume.mfa) {
                    (Got::Refused(error), Some(Mfa::Valid)) if is_about_code(error) => {
                        Attempt::NotYet(Ok(unknown_code(error)), UNTIL_KNOWN)
                    }
                    _ => self.judge(step, answer, &mut denials).map(Ok),
                }
            }
            Err(unasked) => Attempt::Done(Err(unasked)),
        };
        let answer = self.admins.pace.patiently(ask).await;
        self.take_back(carried).await?;
        let answer = answer?;
        if let Some(session) = &obtained {
            self.sessions.push(SessionOfRole {
                access_key_id: session.access_key_id().to_owned(),
                role_arn: mapped.role_arn,
                limited: mapped.session_policy.is_some() || !mapped.session_policy_arns.is_empty(),
            });
        }
        let answer = self.back(answer);
        self.explain(step, who, None, &answer).await;
        let operation = match who {
            Who::Saml(_) => "AssumeRoleWithSAML",
            Who::Token(_) => "AssumeRoleWithWebIdentity",
            _ => "AssumeRole",
        };
        check_implemented(step, &answer, "sts", operation)?;
        Ok((answer, obtained))
    }

    /// An assume with the target's names.
    fn mapped(&self, assume: &Assume) -> Assume {
        let text = |text: &String| self.names.text(text);
        let mut mapped = Assume {
            then: Vec::new(),
            role_arn: text(&assume.role_arn),
            session: text(&assume.session),
            external_id: assume.external_id.as_ref().map(text),
            session_policy_arns: assume.session_policy_arns.iter().map(text).collect(),
            source_identity: assume.source_identity.as_ref().map(text),
            ..assume.clone()
        };
        for (_, value) in &mut mapped.tags {
            *value = self.names.text(value);
        }
        if let Some(policy) = &mut mapped.session_policy {
            policy.document.json = self.names.policy(&policy.document.json).into();
        }
        mapped
    }

    /// Whether an answer counts, or is to be asked for again.
    fn judge(&self, step: &Step, answer: Answer, denials: &mut u32) -> Attempt<Answer> {
        let wants_success = matches!(step.expect, Expect::Allowed | Expect::Fields(_));
        let wants_denial = step.expect == Expect::Denied;
        let eventual = self.admins.pace.is_eventual();
        let error = match &answer.got {
            Got::Allowed(_) if wants_denial && eventual => {
                return Attempt::NotYet(answer, UNTIL_HOLDS);
            }
            Got::Allowed(_) | Got::Unreachable(_) => return Attempt::Done(answer),
            Got::Refused(error) => error,
        };
        if eventual && is_unknown_provider(error) {
            return Attempt::NotYet(answer, UNTIL_KNOWN);
        }
        if is_expected(&step.expect, error) {
            return Attempt::Done(answer);
        }
        if is_busy(error) {
            return Attempt::NotYet(no_answer(error), UNTIL_ANSWERS);
        }
        if !eventual {
            return Attempt::Done(answer);
        }
        if is_unknown_key(error) {
            return Attempt::NotYet(answer, UNTIL_KNOWN);
        }
        if wants_success {
            return Attempt::NotYet(answer, UNTIL_HOLDS);
        }
        // A denial must hold twice: the first may come from a part of AWS that doesn't know yet what allows.
        *denials += u32::from(is_denial(error));
        if wants_denial && *denials == 1 {
            return Attempt::NotYet(answer, UNTIL_HOLDS);
        }
        Attempt::Done(answer)
    }

    fn back(&self, answer: Answer) -> Answer {
        let got = match answer.got {
            Got::Allowed(output) => Got::Allowed(self.names.output(&output)),
            Got::Refused(error) => Got::Refused(self.names.error(&error)),
            Got::Unreachable(reason) => Got::Unreachable(reason),
        };
        Answer { got, ..answer }
    }

    /// The target's account that someone acts in.
    pub(super) fn account_of(&self, who: Who<'_>) -> String {
        let found = match who {
            Who::User(name) => {
                let found = self.world.users.iter().find(|user| user.name.value == name);
                found.map(|user| self.names.account(&user.account).to_owned())
            }
            Who::Root(account) => Some(self.names.account(account).to_owned()),
            Who::Session(credentials) => {
                let session = self.session(credentials.access_key_id());
                let account = session.and_then(|session| session.role_arn.split(':').nth(4));
                account.map(str::to_owned)
            }
            Who::Service(_) | Who::Token(_) | Who::Saml(_) | Who::Anonymous => None,
        };
        let first = self.admins.all.first();
        found.unwrap_or_else(|| first.map_or(String::new(), |admin| admin.account.clone()))
    }

    pub(super) fn session(&self, access_key_id: &str) -> Option<&SessionOfRole> {
        let mut sessions = self.sessions.iter();
        sessions.find(|session| session.access_key_id == access_key_id)
    }
}

/// A target that has no such operation has not answered the question, unless that is the answer that is expected.
fn check_implemented(
    step: &Step,
    answer: &Answer,
    service: &str,
    operation: &str,
) -> Result<(), Unasked> {
    match &answer.got {
        Got::Refused(error) if is_not_implemented(error) && !is_expected(&step.expect, error) => {
            let reason = format!("the target has no {service}:{operation}");
            Err(Unasked::Skip(reason))
        }
        _ => Ok(()),
    }
}

fn is_expected(expect: &Expect, error: &ServiceError) -> bool {
    matches!(expect, Expect::Error { code, .. } if *code == error.code)
}

/// A target that doesn't take a device's next code has not answered the question.
fn unknown_code(error: &ServiceError) -> Answer {
    Answer::unreachable(format!(
        "the target doesn't take the codes of the MFA device that was made there: {error}"
    ))
}

/// A target that is too busy has not answered the question.
fn no_answer(error: &ServiceError) -> Answer {
    Answer::unreachable(format!(
        "the target keeps answering {} ({}), which answers no question",
        error.code, error.status
    ))
}
