//! Steps as AWS CLI commands, spelt from the service models.

use rolecall_wire::model::{Member, Shape};
use rolecall_wire::{Operation, Structure, Value};

use super::json::Json;
use super::output;
use super::spelling::{kebab, quoted, service};
use crate::scenario::model::{Assume, Call, Mfa};
use crate::services;

/// The widest command that is kept on a line.
const WIDTH: usize = 92;

/// A file that a command reads or writes.
const SCRATCH: &str = "object";

/// A command: its first words, then its options, each with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    head: String,
    options: Vec<String>,
    /// What is to be typed before: the file that the command sends.
    before: Option<String>,
    /// What is to be typed after: the file that the command wrote is shown.
    pub(super) after: Option<String>,
}

impl Command {
    fn new(head: &str) -> Self {
        Self {
            head: head.to_owned(),
            options: Vec::new(),
            before: None,
            after: None,
        }
    }

    /// Adds an option, if there is one.
    pub(super) fn with(mut self, option: Option<String>) -> Self {
        self.options.extend(option);
        self
    }

    /// As typed at a prompt, long commands over several lines.
    pub(super) fn typed(&self) -> String {
        let line = std::iter::once(&self.head).chain(&self.options);
        let line = line.map(String::as_str).collect::<Vec<_>>().join(" ");
        let command = if line.chars().count() <= WIDTH {
            format!("$ {line}\n")
        } else {
            format!(
                "$ {} \\\n    {}\n",
                self.head,
                self.options.join(" \\\n    ")
            )
        };
        match &self.before {
            Some(before) => format!("$ {before}\n{command}"),
            None => command,
        }
    }
}

/// The command for a call; `aws s3 ls` where that is what people type.
pub(super) fn of_call(call: &Call) -> Command {
    if lists_buckets(call) {
        return Command::new("aws s3 ls");
    }
    let head = format!("aws {} {}", service(&call.service), kebab(&call.operation));
    let region = call
        .region
        .as_ref()
        .map(|region| format!("--region {region}"));
    let command = Command::new(&head);
    let command = match services::known(&call.service)
        .and_then(|service| service.operation(&call.operation))
    {
        Some(operation) => with_input(command, operation, &call.input),
        None => command,
    };
    command.with(region)
}

/// Whether `aws s3 ls` sends exactly this.
pub(super) fn lists_buckets(call: &Call) -> bool {
    call.service == "s3" && call.operation == "ListBuckets" && call.input.is_empty()
}

fn with_input(mut command: Command, operation: &Operation, input: &Structure) -> Command {
    for (name, value) in input.iter() {
        let member = operation.input().and_then(|shape| shape.member(name));
        if member.is_some_and(Member::is_streaming) {
            let file = file_name(input);
            command.before =
                text_of(value).map(|text| format!("printf {} > {file}", format_quoted(&text)));
            command.options.push(format!("--{} {file}", kebab(name)));
        } else {
            command
                .options
                .push(option(name, value, member.map(Member::shape)));
        }
    }
    if operation
        .output()
        .and_then(Shape::payload)
        .is_some_and(Member::is_streaming)
    {
        let file = file_name(input);
        command.after = Some(format!("cat {file}"));
        command.options.push(file);
    }
    command
}

/// The file that an object is sent from or written to: the last part of its key.
fn file_name(input: &Structure) -> String {
    let key = input.string("Key").and_then(|key| key.rsplit('/').next());
    let plain = |name: &&str| !name.is_empty() && !name.starts_with(['-', '.']);
    quoted(key.filter(plain).unwrap_or(SCRATCH))
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Blob(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// A text that `printf` prints as it is.
fn format_quoted(text: &str) -> String {
    if text.contains(['%', '\\']) || text.starts_with('-') {
        format!("'%s' {}", quoted(text))
    } else {
        quoted(text)
    }
}

fn option(name: &str, value: &Value, shape: Option<Shape>) -> String {
    let name = kebab(name);
    match value {
        Value::Boolean(true) => format!("--{name}"),
        Value::Boolean(false) => format!("--no-{name}"),
        Value::List(values) => {
            let words: Option<Vec<String>> = values.iter().map(shorthand).collect();
            match words {
                Some(words) if !words.is_empty() => format!("--{name} {}", words.join(" ")),
                _ => format!("--{name} {}", as_json(value, shape)),
            }
        }
        Value::Structure(_) | Value::Map(_) => match shorthand(value) {
            Some(word) => format!("--{name} {word}"),
            None => format!("--{name} {}", as_json(value, shape)),
        },
        other => format!("--{name} {}", quoted(&scalar(other).unwrap_or_default())),
    }
}

fn as_json(value: &Value, shape: Option<Shape>) -> String {
    quoted(&output::json(value, shape).compact())
}

/// `Key=Team,Value=Deploy`, or a plain word; `None` where only JSON says it.
///
/// AWS: AWS CLI User Guide, using shorthand syntax.
fn shorthand(value: &Value) -> Option<String> {
    let pair = |key: &str, value: &Value| {
        let word = scalar(value)?;
        let plain = !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./:@".contains(c));
        plain.then(|| format!("{key}={word}"))
    };
    let pairs: Option<Vec<String>> = match value {
        Value::Structure(members) => members
            .iter()
            .map(|(key, value)| pair(key, value))
            .collect(),
        Value::Map(entries) => entries
            .iter()
            .map(|(key, value)| pair(key, value))
            .collect(),
        other => return scalar(other).map(|word| quoted(&word)),
    };
    pairs
        .filter(|pairs| !pairs.is_empty())
        .map(|pairs| pairs.join(","))
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Timestamp(time) => Some(time.to_string()),
        Value::Blob(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Value::List(_) | Value::Map(_) | Value::Structure(_) => None,
    }
}

/// How someone who assumes a role shows who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// By the signature.
    Signature,
    /// By a web identity token, in this file.
    Token(&'static str),
    /// By a SAML assertion of the provider with this ARN, in this file.
    Assertion(String, &'static str),
}

/// The operation and the command that assume a role. `device` is the serial number of the caller's MFA device.
pub(super) fn of_assume(assume: &Assume, proof: &Proof, device: Option<&str>) -> Command {
    let (operation, input) = match proof {
        Proof::Signature => ("AssumeRole", assume_input(assume, device)),
        Proof::Token(file) => {
            let input = session_input(assume).with("WebIdentityToken", format!("file://{file}"));
            ("AssumeRoleWithWebIdentity", narrowed(input, assume))
        }
        Proof::Assertion(provider, file) => {
            let input = Structure::new()
                .with("RoleArn", assume.role_arn.as_str())
                .with("PrincipalArn", provider.as_str())
                .with("SAMLAssertion", format!("file://{file}"));
            ("AssumeRoleWithSAML", narrowed(input, assume))
        }
    };
    of_call(&Call {
        service: "sts".to_owned(),
        operation: operation.to_owned(),
        span: assume.span,
        region: None,
        input,
    })
}

fn session_input(assume: &Assume) -> Structure {
    Structure::new()
        .with("RoleArn", assume.role_arn.as_str())
        .with("RoleSessionName", assume.session.as_str())
}

fn assume_input(assume: &Assume, device: Option<&str>) -> Structure {
    let mut input = session_input(assume).with_some("ExternalId", assume.external_id.as_deref());
    if let (Some(mfa), Some(device)) = (&assume.mfa, device) {
        input.set("SerialNumber", device);
        input.set("TokenCode", code_of(mfa));
    }
    let tags: Vec<Value> = assume
        .tags
        .iter()
        .map(|(key, value)| {
            Structure::new()
                .with("Key", key.as_str())
                .with("Value", value.as_str())
                .into()
        })
        .collect();
    let keys: Vec<Value> = assume
        .transitive_tags
        .iter()
        .map(|key| Value::from(key.as_str()))
        .collect();
    for (name, values) in [("Tags", tags), ("TransitiveTagKeys", keys)] {
        if !values.is_empty() {
            input.set(name, values);
        }
    }
    let input = input.with_some("SourceIdentity", assume.source_identity.as_deref());
    narrowed(input, assume)
}

/// A code that a device might show, where the scenario says only that it is the right one.
fn code_of(mfa: &Mfa) -> &str {
    match mfa {
        Mfa::Valid => "123456",
        Mfa::Code(code) => code,
    }
}

/// With what makes a session shorter or weaker.
fn narrowed(input: Structure, assume: &Assume) -> Structure {
    let policy = assume.session_policy.as_ref();
    let policy = policy.map(|policy| Json::from(&*policy.document.node).compact());
    let arns: Vec<Value> = assume
        .session_policy_arns
        .iter()
        .map(|arn| Structure::new().with("arn", arn.as_str()).into())
        .collect();
    let mut input = input
        .with_some("DurationSeconds", assume.duration)
        .with_some("Policy", policy);
    if !arns.is_empty() {
        input.set("PolicyArns", arns);
    }
    input
}
