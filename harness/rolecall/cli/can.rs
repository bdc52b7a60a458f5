//! `rolecall can`: one question without a scenario.

use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;

use rolecall_policy::{Evaluation, catalog};
use serde_json::{Value, json};

use super::{Appearance, Exit, Format, complain, load};
use crate::insight::{Subject, ask};
use crate::report::{Reason, checks, draw, grants, reasons, speak};
use crate::scenario::model::{ContextEntry, World};
use crate::scenario::{Fault, Sources, action_fault, resource_fault, unknown_action};
use crate::target::Asked;

/// Ask one question: may this one do that?
///
/// Exit status: 0 allowed, 1 denied, 2 a mistake on the command line or in the file.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The name of a user or a role (any session of it), an ARN, `root`, `root:ACCOUNT`, `anonymous` or `service:HOST`
    who: String,

    /// Any action of AWS: `s3:GetObject`
    action: String,

    /// The resource: the word `on` and its ARN; without it the action is asked on `*`
    #[arg(value_name = "on ARN", num_args = 0..)]
    on: Vec<String>,

    /// A world file or a scenario
    #[arg(long, value_name = "FILE")]
    world: PathBuf,

    /// A condition key of the request; several values of one key make it multivalued
    #[arg(long, value_name = "KEY=VALUE")]
    context: Vec<KeyValue>,
}

/// `aws:SourceIp=203.0.113.7`.
#[derive(Clone, Debug)]
struct KeyValue {
    key: String,
    value: String,
}

impl FromStr for KeyValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if key.contains(':') => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(
                "write a condition key and its value, such as aws:SourceIp=203.0.113.7".to_owned(),
            ),
        }
    }
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let question = Question::read(arguments)?;
    let (world, sources) = load::world_with_sources(&arguments.world, appearance)?;
    let asked = question.ask(&world)?;
    let answer = Answer {
        question: &question,
        asked: &asked,
        sources: &sources,
    };
    // A reader that went away (`| head`) has seen what it wanted.
    let _ = answer.write(&mut io::stdout().lock(), appearance);
    Ok(if answer.is_allowed() {
        Exit::Success
    } else {
        Exit::Failure
    })
}

/// What is asked.
struct Question<'a> {
    who: &'a str,
    action: &'a str,
    resource: Option<&'a str>,
    context: Vec<ContextEntry>,
}

impl<'a> Question<'a> {
    fn read(arguments: &'a Arguments) -> Result<Self, Exit> {
        let action = arguments.action.as_str();
        let resource = resource(&arguments.on)?;
        if let Some(fault) = action_fault(action) {
            return Err(told(&fault));
        }
        if let Some(fault) = resource.and_then(|resource| resource_fault(action, resource)) {
            return Err(told(&fault));
        }
        warn_of_unknown(action);
        Ok(Self {
            who: &arguments.who,
            action,
            resource,
            context: entries(&arguments.context),
        })
    }

    fn ask(&self, world: &World) -> Result<Asked, Exit> {
        let subject = Subject::find(world, self.who).map_err(|unknown| {
            complain(&unknown.message, Some(&unknown.help));
            Exit::Usage
        })?;
        ask(world, subject, self.action, self.resource, &self.context).map_err(|error| {
            complain(&error.to_string(), None);
            Exit::Usage
        })
    }
}

/// `on ARN`, or nothing.
fn resource(on: &[String]) -> Result<Option<&str>, Exit> {
    match on {
        [] => Ok(None),
        [word, resource] if word == "on" => Ok(Some(resource)),
        _ => {
            let help = "a question is `WHO ACTION on ARN`, or `WHO ACTION`";
            complain(&format!("`{}` is not `on ARN`", on.join(" ")), Some(help));
            Err(Exit::Usage)
        }
    }
}

fn told(fault: &Fault) -> Exit {
    let message = format!("{}: {}", fault.message, fault.label);
    complain(&message, Some(&fault.help));
    Exit::Usage
}

/// An action that AWS doesn't have can be asked for, but hardly anybody means to.
fn warn_of_unknown(action: &str) {
    let (prefix, _) = action.split_once(':').unwrap_or((action, ""));
    if let Some((message, help)) = unknown_action(action, catalog::service(prefix).as_ref()) {
        eprintln!("warning: {message}");
        if let Some(help) = help {
            eprintln!("  help: {help}");
        }
    }
}

fn entries(given: &[KeyValue]) -> Vec<ContextEntry> {
    let mut entries: Vec<ContextEntry> = Vec::new();
    for KeyValue { key, value } in given {
        let mut known = entries.iter_mut();
        match known.find(|entry| entry.key.eq_ignore_ascii_case(key)) {
            Some(entry) => {
                entry.values.push(value.clone());
                entry.multivalued = true;
            }
            None => entries.push(ContextEntry {
                key: key.clone(),
                values: vec![value.clone()],
                multivalued: false,
            }),
        }
    }
    entries
}

/// What came out.
struct Answer<'a> {
    question: &'a Question<'a>,
    asked: &'a Asked,
    sources: &'a Sources,
}

impl Answer<'_> {
    fn is_allowed(&self) -> bool {
        self.asked.evaluations.iter().all(Evaluation::is_allowed)
    }

    fn word(&self) -> &'static str {
        if self.is_allowed() {
            "allowed"
        } else {
            "denied"
        }
    }

    fn reasons(&self) -> Vec<Reason> {
        if self.is_allowed() {
            grants(&self.asked.evaluations, self.sources)
        } else {
            reasons(
                &self.asked.evaluations,
                self.asked.caller.as_deref(),
                self.sources,
            )
        }
    }

    fn write(&self, out: &mut impl Write, appearance: Appearance) -> io::Result<()> {
        match appearance.format {
            Format::Json => writeln!(out, "{}", self.json()),
            Format::Plain => self.plain(out),
            Format::Human => self.human(out, appearance.styled(&io::stdout())),
        }
    }

    fn human(&self, out: &mut impl Write, styled: bool) -> io::Result<()> {
        writeln!(out, "{}: {}", self.word(), self.title())?;
        writeln!(out, "{}", draw(&self.reasons(), self.sources, styled))?;
        for evaluation in &self.asked.evaluations {
            write!(out, "checks:\n{}", checks(evaluation, self.sources))?;
        }
        Ok(())
    }

    fn plain(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}: {}", self.word(), self.title())?;
        for line in speak(&self.reasons(), self.sources) {
            writeln!(out, "because: {line}")?;
        }
        Ok(())
    }

    /// `ann s3:GetObject on arn:aws:s3:::site/index.html`.
    fn title(&self) -> String {
        let Question {
            who,
            action,
            resource,
            ..
        } = self.question;
        let on = resource.map_or_else(String::new, |resource| format!(" on {resource}"));
        format!("{who} {action}{on}")
    }

    fn json(&self) -> Value {
        let evaluations = self.asked.evaluations.iter();
        let evaluations = evaluations.filter_map(|e| serde_json::from_str(&e.to_json()).ok());
        json!({
            "allowed": self.is_allowed(),
            "who": self.question.who,
            "principal": self.asked.caller,
            "action": self.question.action,
            "resource": self.question.resource.unwrap_or("*"),
            "because": self.reasons().iter().map(|reason| reason.to_json(self.sources)).collect::<Vec<_>>(),
            "evaluations": evaluations.collect::<Vec<Value>>(),
        })
    }
}
