//! `expect`: what the answer must be.

use rolecall_policy::{Node, Span, Value};
use rolecall_wire::model::{self, Kind, Shape};

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::Expect;
use crate::scenario::nearest::{did_you_mean, nearest};
use crate::scenario::text as words;
use crate::scenario::tree::{head, scalar, spanned, text};
use crate::services;

/// Words that people write for `allowed` and `denied`.
const SYNONYMS: [(&str, &[&str]); 2] = [
    (
        "allowed",
        &[
            "allow", "success", "succeeds", "succeed", "ok", "pass", "passes", "yes", "true",
            "granted",
        ],
    ),
    (
        "denied",
        &[
            "deny",
            "forbidden",
            "refused",
            "refuse",
            "fail",
            "fails",
            "failure",
            "error",
            "no",
            "false",
            "rejected",
        ],
    ),
];

/// Error codes that any service answers, for suggestions.
const COMMON_CODES: [&str; 12] = [
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "InvalidToken",
    "MalformedPolicyDocument",
    "NoSuchBucket",
    "NoSuchEntity",
    "SignatureDoesNotMatch",
    "ValidationError",
];

impl Lower<'_, '_, '_> {
    /// What a step expects, and where it says so.
    pub(super) fn expect_of(&mut self, step: &Node, verb: &str) -> (Expect, Span) {
        match step.get("expect") {
            Some(node) => (self.expect(node), node.span),
            None => (
                Expect::Allowed,
                step.get(verb).map_or(step.span, |verb| verb.span),
            ),
        }
    }

    fn expect(&mut self, node: &Node) -> Expect {
        match (&node.value, scalar(node)) {
            // That a flag is no text is told already.
            (_, Some("allowed")) | (Value::Bool(_), _) => Expect::Allowed,
            (_, Some("denied")) => Expect::Denied,
            (_, Some(code)) => {
                self.check_code(code, node.span);
                Expect::Error {
                    code: code.to_owned(),
                    message: None,
                    status: None,
                }
            }
            (Value::Map(_), _) if node.get("error").is_some() => {
                let code = spanned(node, "error");
                if let Some(code) = &code {
                    self.check_code(&code.value, code.span);
                }
                Expect::Error {
                    code: code.map(|code| code.value).unwrap_or_default(),
                    message: text(node, "message"),
                    status: self.status(node),
                }
            }
            (Value::Map(_), _) => Expect::Fields(node.clone()),
            _ => Expect::Allowed,
        }
    }

    fn status(&mut self, node: &Node) -> Option<u16> {
        let written = spanned(node, "status")?;
        let number: i64 = written.value.parse().ok()?;
        let status = u16::try_from(number)
            .ok()
            .filter(|status| (100..600).contains(status));
        if status.is_none() {
            let error =
                Diagnostic::error("scenario::status", format!("`{number}` is no HTTP status"))
                    .at(written.span, "not between 100 and 599")
                    .help("AWS refuses with 400 or 403");
            self.report(error);
        }
        status
    }

    /// An error code is one capitalized word; anything else was meant otherwise.
    fn check_code(&mut self, code: &str, span: Span) {
        let known = ["allowed", "denied"].into_iter().chain(COMMON_CODES);
        let shape = code.starts_with(|c: char| c.is_ascii_uppercase())
            && code
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        let lower = code.to_lowercase();
        let synonym = SYNONYMS
            .iter()
            .find(|(_, words)| words.contains(&lower.as_str()))
            .map(|(word, _)| *word);
        let near = synonym.or_else(|| nearest(code, known));
        let diagnostic = match (shape, near) {
            _ if COMMON_CODES.contains(&code) => return,
            (true, None) => return,
            (true, Some(near)) => Diagnostic::warning(
                "unknown-error",
                format!("`{code}` is no error code that AWS is known for"),
            )
            .at(span, "expected as an error's code")
            .help(format!("did you mean `{near}`?")),
            (false, near) => {
                let help = near.map(|near| format!("did you mean `{near}`?"));
                Diagnostic::error("scenario::expect", format!("a step can't expect `{code}`"))
                    .at(span, "not an outcome")
                    .help(help.unwrap_or_else(|| "write `allowed`, `denied`, an error code such as `ExpiredToken`, or a map of answer fields".to_owned()))
            }
        };
        self.report(diagnostic);
    }

    /// Checks expected fields against what an operation answers.
    pub(super) fn answer(&mut self, service: &str, operation: &str, fields: &Node) {
        let Some(found) = services::known(service).and_then(|service| service.operation(operation))
        else {
            return;
        };
        let whole = format!("the answer of {service}:{operation}");
        if let Some(output) = found
            .output()
            .filter(|output| output.members().next().is_some())
        {
            self.fields(fields, output, &whole);
        } else {
            let error = Diagnostic::error(
                "scenario::no-answer",
                format!("{service}:{operation} answers nothing"),
            )
            .at(head(fields), "expected in the answer")
            .help("write `expect: allowed`");
            self.report(error);
        }
    }

    fn fields(&mut self, expected: &Node, shape: Shape, whole: &str) {
        match (shape.kind(), &expected.value) {
            (Kind::Structure, Value::Map(entries)) => {
                for entry in entries {
                    match shape.member(&entry.key) {
                        Some(member) => {
                            self.fields(&entry.value, member.shape(), &format!("`{}`", entry.key));
                        }
                        None => self.unknown_field(&entry.key, entry.key_span, shape, whole),
                    }
                }
            }
            (Kind::List(element), Value::List(nodes)) => {
                for node in nodes {
                    self.fields(node, element.shape(), whole);
                }
            }
            (Kind::Map(_, value), Value::Map(entries)) => {
                for entry in entries {
                    self.fields(&entry.value, value.shape(), &format!("`{}`", entry.key));
                }
            }
            (Kind::Document, _) => {}
            (Kind::Structure | Kind::Map(..), _) => {
                self.field_kind(expected, whole, "a map of fields");
            }
            (Kind::List(_), _) => self.field_kind(expected, whole, "a list"),
            (_, Value::Map(_) | Value::List(_) | Value::Null) => {
                self.field_kind(expected, whole, "one value");
            }
            _ => {}
        }
    }

    fn unknown_field(&mut self, name: &str, span: Span, shape: Shape, whole: &str) {
        let details = matches!(name, "message" | "status" | "code");
        let names = || shape.members().map(model::Member::name);
        let help = if details {
            "for an error's details, add its code: `error: AccessDenied`".to_owned()
        } else {
            did_you_mean(name, names())
                .unwrap_or_else(|| format!("it has {}", words::list(names())))
        };
        let error = Diagnostic::error(
            "scenario::unknown-field",
            format!("{whole} has no `{name}`"),
        )
        .at(span, "unknown field")
        .help(help);
        self.report(error);
    }

    fn field_kind(&mut self, expected: &Node, whole: &str, kind: &str) {
        let error = Diagnostic::error("scenario::field-kind", format!("{whole} is {kind}"))
            .at(head(expected), format!("expected {kind}"))
            .help("write it as the AWS CLI prints it with `--output yaml`");
        self.report(error);
    }
}
