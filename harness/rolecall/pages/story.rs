//! The steps of a test as a story: what is done, in words and as commands, what comes of it, and why it is denied.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::SignedDuration;
use rolecall_wire::{Structure, model};

use super::command::{self, Command, Proof};
use super::json::Json;
use super::markdown::{block, code, text};
use super::output::{self, ELIDED};
use super::page::Links;
use super::reason::why;
use crate::run::{StepResult, TestResult};
use crate::scenario::model::{
    Actor, Assume, Call, ChangeKind, ClaimValue, ContextEntry, Question, Step, Test, Token,
    Touched, Verb,
};
use crate::services;
use crate::target::Got;

/// The file that a page's commands keep a token in.
const TOKEN: &str = "token.jwt";

/// The file that a page's commands keep an assertion in.
const ASSERTION: &str = "assertion.b64";

/// The steps of a test, each under a heading of this depth.
pub(super) fn story(test: &Test, result: &TestResult, links: &Links<'_>, heading: &str) -> String {
    let results = result
        .steps
        .iter()
        .map(|result| (result.number.as_str(), result));
    let mut story = Story {
        test,
        results: results.collect(),
        links,
        heading,
        signed_in: None,
        text: String::new(),
    };
    story.steps(&test.steps, None);
    story.text
}

struct Story<'a> {
    test: &'a Test,
    results: HashMap<&'a str, &'a StepResult>,
    links: &'a Links<'a>,
    heading: &'a str,
    /// The access key that the reader's shell has exported.
    signed_in: Option<String>,
    text: String,
}

impl Story<'_> {
    /// Takes the steps; `session` is the access key of the session that they run in.
    fn steps(&mut self, steps: &[Step], session: Option<&str>) {
        for step in steps {
            let Some(result) = self.results.get(step.number.as_str()).copied() else {
                continue;
            };
            if result.unreached {
                continue;
            }
            self.opening(step, result);
            match &step.verb {
                Verb::Call(call) => self.call(step, call, result, session),
                Verb::Assume(assume) => self.assume(step, assume, result, session),
                Verb::Can(questions) => self.questions(questions, "✅ Allowed"),
                Verb::Cannot(questions) => self.questions(questions, "⛔ Denied"),
                Verb::Wait(duration) => self.wait(*duration),
                Verb::Change(change) => self.change(&change.touched),
            }
            self.text.push_str(&why(result, self.links));
            self.text.push('\n');
            if let Verb::Assume(assume) = &step.verb {
                let key = obtained(result);
                self.steps(&assume.then, key.as_deref());
            }
        }
    }

    fn opening(&mut self, step: &Step, result: &StepResult) {
        let (heading, number) = (self.heading, &step.number);
        let _ = writeln!(self.text, "{heading} {number}. {}\n", title(step, result));
        if let Some(narrative) = step
            .description
            .clone()
            .or_else(|| comment_above(step, self.links))
        {
            let _ = writeln!(self.text, "{}\n", narrative.trim());
        }
        if let Some(given) = given(&step.context) {
            let _ = writeln!(self.text, "The request comes with {given}.\n");
        }
    }

    fn call(&mut self, step: &Step, call: &Call, result: &StepResult, session: Option<&str>) {
        let Some(identity) = self.identity(step, session) else {
            return;
        };
        let command = command::of_call(call).with(identity.option);
        let mut shown = identity.before + &command.typed();
        match &result.got {
            Some(Got::Allowed(output)) => Self::answered(&mut shown, call, &command, output),
            got => shown.push_str(&refusal(&call.operation, got.as_ref())),
        }
        self.text.push_str(&block("console", &shown));
    }

    fn answered(shown: &mut String, call: &Call, command: &Command, output: &Structure) {
        if command::lists_buckets(call) {
            shown.push_str(&output::bucket_lines(output));
            return;
        }
        let operation =
            services::known(&call.service).and_then(|service| service.operation(&call.operation));
        let answer = operation.and_then(|operation| output::answer(operation, output));
        shown.extend(answer.map(|answer| answer + "\n"));
        if let Some(after) = &command.after {
            let _ = writeln!(shown, "$ {after}");
            let body = output.iter().find_map(|(_, value)| match value {
                rolecall_wire::Value::Blob(bytes) => std::str::from_utf8(bytes).ok(),
                _ => None,
            });
            shown.push_str(body.unwrap_or(ELIDED));
        }
    }

    fn assume(&mut self, step: &Step, assume: &Assume, result: &StepResult, session: Option<&str>) {
        if let Some(Actor::Service(host)) = actor(step) {
            let _ = writeln!(
                self.text,
                "A service assumes its role behind the scenes, so there is no command to type; {} is asked for alone.",
                code(host)
            );
            return;
        }
        let proof = self.proof(step);
        let Some(identity) = self.identity(step, session) else {
            return;
        };
        let command =
            command::of_assume(assume, &proof, self.device(step).as_deref()).with(identity.option);
        let mut shown = identity.before + &command.typed();
        let operation = result
            .request
            .as_deref()
            .and_then(|request| request.split(':').nth(1))
            .unwrap_or_default();
        match &result.got {
            Some(Got::Allowed(output)) => {
                let model = model::service("sts").and_then(|service| service.operation(operation));
                let answer = model.and_then(|operation| output::answer(operation, output));
                shown.extend(answer.map(|answer| answer + "\n"));
            }
            got => shown.push_str(&refusal(operation, got.as_ref())),
        }
        if let (Some(key), false) = (obtained(result), assume.then.is_empty()) {
            shown.push_str(&self.sign_in(&key));
        }
        self.text.push_str(&block("console", &shown));
    }

    /// How the one who takes a step shows who they are; prose about a token goes on the page.
    fn proof(&mut self, step: &Step) -> Proof {
        match actor(step) {
            Some(Actor::Token(token)) => {
                self.token(token);
                Proof::Token(TOKEN)
            }
            Some(Actor::Saml(assertion)) => {
                let providers = &self.test.world.saml_providers;
                let provider = providers
                    .iter()
                    .find(|provider| provider.name.value == assertion.provider);
                let arn = provider
                    .map(crate::scenario::model::SamlProvider::arn)
                    .unwrap_or_default();
                let attributes = assertion.attributes.iter();
                let attributes = attributes.map(|(name, values)| {
                    (
                        name.clone(),
                        Json::List(values.iter().map(|value| Json::string(value)).collect()),
                    )
                });
                let attributes = Json::Map(attributes.collect()).fitted();
                let _ = write!(
                    self.text,
                    "{} signs an assertion with these attributes, which goes to {}:\n\n{}\n",
                    code(&assertion.provider),
                    code(ASSERTION),
                    block("json", &attributes)
                );
                Proof::Assertion(arn, ASSERTION)
            }
            _ => Proof::Signature,
        }
    }

    fn token(&mut self, token: &Token) {
        let providers = &self.test.world.oidc_providers;
        let provider = providers
            .iter()
            .find(|provider| provider.name.value == token.provider);
        let issuer = provider.map_or(token.provider.as_str(), |provider| provider.url.as_str());
        let mut claims = vec![("iss".to_owned(), Json::string(issuer))];
        let spoken = token
            .claims
            .iter()
            .filter(|(name, _)| name != "iat" && name != "exp");
        claims.extend(spoken.map(|(name, value)| (name.clone(), claim(value))));
        let _ = write!(
            self.text,
            "{} issues a token, which goes to {}. Its claims:\n\n{}\n",
            code(&token.provider),
            code(TOKEN),
            block("json", &Json::Map(claims).fitted())
        );
    }

    /// The option and the exports by which a command is signed as it should be; `None` for one who types no commands.
    fn identity(&mut self, step: &Step, session: Option<&str>) -> Option<Identity> {
        let option = |option: String| {
            Some(Identity {
                option: Some(option),
                before: String::new(),
            })
        };
        match (actor(step), session) {
            (Some(Actor::User(name)), _) => {
                option(format!("--profile {}", super::spelling::quoted(name)))
            }
            (Some(Actor::Root(account)), _) => option(format!("--profile root-{account}")),
            (Some(Actor::Anonymous), _) => option("--no-sign-request".to_owned()),
            (Some(Actor::Token(_) | Actor::Saml(_)), _) => Some(Identity::default()),
            (None, Some(key)) => {
                let before = if self.signed_in.as_deref() == Some(key) {
                    String::new()
                } else {
                    self.sign_in(key)
                };
                Some(Identity {
                    option: None,
                    before,
                })
            }
            (Some(Actor::Service(_)), _) | (None, None) => None,
        }
    }

    /// The exports that make a session's credentials the shell's own.
    fn sign_in(&mut self, key: &str) -> String {
        self.signed_in = Some(key.to_owned());
        format!(
            "$ export AWS_ACCESS_KEY_ID={key}\n$ export AWS_SECRET_ACCESS_KEY={ELIDED}\n\
             $ export AWS_SESSION_TOKEN={ELIDED}\n"
        )
    }

    /// The serial number of a user's MFA device.
    fn device(&self, step: &Step) -> Option<String> {
        let Some(Actor::User(name)) = actor(step) else {
            return None;
        };
        let user = self
            .test
            .world
            .users
            .iter()
            .find(|user| user.name.value == *name)?;
        Some(format!("arn:aws:iam::{}:mfa/{name}", user.account))
    }

    fn questions(&mut self, questions: &[Question], answer: &str) {
        if questions.len() == 1 {
            let _ = writeln!(
                self.text,
                "{answer}. (Only the policies are asked; nothing is done.)"
            );
            return;
        }
        for question in questions {
            let resource = question.resource.as_deref();
            let resource = resource.map(|resource| format!(" on {}", code(resource)));
            let _ = writeln!(
                self.text,
                "- {}{}",
                code(&question.action),
                resource.unwrap_or_default()
            );
        }
        let _ = writeln!(
            self.text,
            "\n{answer}, all of them. (Only the policies are asked; nothing is done.)"
        );
    }

    fn wait(&mut self, duration: SignedDuration) {
        let _ = writeln!(self.text, "⏳ *{duration:#} later*");
    }

    fn change(&mut self, touched: &[Touched]) {
        for touched in touched {
            let noun = format!("the {} {}", touched.entity.noun(), code(&touched.name));
            let _ = match &touched.kind {
                ChangeKind::Created => writeln!(self.text, "- {noun} is made"),
                ChangeKind::Updated(members) => writeln!(
                    self.text,
                    "- {noun} gets another {}",
                    members.join(", another ")
                ),
                ChangeKind::Deleted => writeln!(self.text, "- {noun} is deleted"),
            };
        }
    }
}

/// How a command is signed: an option, or exports before it.
#[derive(Default)]
struct Identity {
    option: Option<String>,
    before: String,
}

/// A step's sentence, its operation as code; many questions are told below it.
fn title(step: &Step, result: &StepResult) -> String {
    let (sentence, actor) = (text(&result.title), result.actor.as_deref().map(text));
    match (&step.verb, &result.request, actor) {
        (Verb::Can(questions), _, Some(actor)) if step.name.is_none() && questions.len() > 1 => {
            format!("{actor} can")
        }
        (Verb::Cannot(questions), _, Some(actor)) if step.name.is_none() && questions.len() > 1 => {
            format!("{actor} cannot")
        }
        (_, Some(request), _) => sentence.replacen(request.as_str(), &code(request), 1),
        _ => sentence,
    }
}

fn actor(step: &Step) -> Option<&Actor> {
    step.actor.as_ref().map(|actor| &actor.value)
}

/// The access key that an `assume` gave.
fn obtained(result: &StepResult) -> Option<String> {
    match &result.got {
        Some(Got::Allowed(output)) => {
            let credentials = output.structure("Credentials")?;
            credentials.string("AccessKeyId").map(str::to_owned)
        }
        _ => None,
    }
}

fn refusal(operation: &str, got: Option<&Got>) -> String {
    match got {
        Some(Got::Refused(error)) => output::error(operation, error),
        Some(Got::Unreachable(reason)) => format!("{reason}\n"),
        Some(Got::Allowed(_)) | None => String::new(),
    }
}

fn claim(value: &ClaimValue) -> Json {
    match value {
        ClaimValue::Value(node) => Json::from(node),
        ClaimValue::Relative(after) => Json::string(&format!("{after:#} from now")),
    }
}

/// `aws:SourceIp` = `203.0.113.7`, for each key that the step gives.
fn given(context: &[ContextEntry]) -> Option<String> {
    let words: Vec<String> = context
        .iter()
        .map(|entry| format!("{} = {}", code(&entry.key), code(&entry.values.join(", "))))
        .collect();
    (!words.is_empty()).then(|| words.join(" and "))
}

/// The comment above a step in its file, which is what its author says about it.
fn comment_above(step: &Step, links: &Links<'_>) -> Option<String> {
    let source = links.sources.get(step.span.source)?;
    let before = source
        .text()
        .get(..source.line_start(source.line(step.span.start)))?;
    let upwards = before.lines().rev().map(str::trim_start);
    let mut comment: Vec<&str> = upwards
        .map_while(|line| line.strip_prefix('#'))
        .map(str::trim)
        .collect();
    comment.retain(|line| !line.starts_with("rolecall:"));
    comment.reverse();
    (!comment.is_empty()).then(|| comment.join("\n"))
}
