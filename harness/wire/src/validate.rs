//! AWS's checks of an input against its shapes.
//!
//! ```
//! use rolecall_wire::{model, validate, Structure};
//!
//! let sts = model::service("sts").unwrap();
//! let input = Structure::new().with("RoleSessionName", "D");
//! let violations = validate::violations(sts, sts.operation("AssumeRole").unwrap(), &input);
//! assert_eq!(
//!     validate::message(&violations),
//!     "2 validation errors detected: \
//!      Value null at 'roleArn' failed to satisfy constraint: Member must not be null; \
//!      Value 'D' at 'roleSessionName' failed to satisfy constraint: \
//!      Member must have length greater than or equal to 2",
//! );
//! ```

use crate::model::{Kind, Member, Protocol, Shape};
use crate::{Operation, Service, ServiceError, Structure, Value};

/// One broken constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// `roleSessionName`, `tags.1.member.key`.
    pub path: String,
    /// What AWS shows of the value.
    pub value: Shown,
    /// `Member must have length greater than or equal to 2`.
    pub constraint: String,
}

/// What AWS shows of a value that breaks a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `Value null at …`: there is none.
    Null,
    /// `Value at …`: it is sensitive, or the service repeats no values (IAM).
    Hidden,
    /// `Value '…' at …`.
    Text(String),
}

/// Limits that the live service has and the model hasn't: service, shape, greatest length.
///
/// A source identity may have 256 characters (probed against live STS in 2026; the model says 64).
const LIVE_MAX: [(&str, &str, i64); 1] = [("sts", "sourceIdentityType", 256)];

/// All constraints that the input breaks, in the order of the model's members; a broken pattern comes first, as it
/// does most of the time on AWS.
pub fn violations(service: &Service, operation: &Operation, input: &Structure) -> Vec<Violation> {
    let mut check = Check {
        service,
        hides_values: service.name() == "iam",
        found: Vec::new(),
    };
    if let Some(shape) = operation.input() {
        check.structure(shape, input, "");
    }
    check.found
}

/// AWS's text for them: `2 validation errors detected: Value …; Value …`.
pub fn message(violations: &[Violation]) -> String {
    let items: Vec<String> = violations.iter().map(item).collect();
    let errors = if items.len() == 1 { "error" } else { "errors" };
    format!(
        "{} validation {errors} detected: {}",
        items.len(),
        items.join("; ")
    )
}

fn item(violation: &Violation) -> String {
    let value = match &violation.value {
        Shown::Null => " null".to_owned(),
        Shown::Hidden => String::new(),
        Shown::Text(text) => format!(" '{text}'"),
    };
    format!(
        "Value{value} at '{}' failed to satisfy constraint: {}",
        violation.path, violation.constraint
    )
}

/// The answer to an input that breaks constraints; none if there are none.
pub fn error(service: &Service, violations: &[Violation]) -> Option<ServiceError> {
    let code = match service.protocol() {
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => "ValidationError",
        Protocol::RestJson | Protocol::Json => "ValidationException",
    };
    (!violations.is_empty()).then(|| ServiceError::new(400, code, message(violations)))
}

struct Check<'s> {
    service: &'s Service,
    hides_values: bool,
    found: Vec<Violation>,
}

impl Check<'_> {
    fn structure(&mut self, shape: Shape, structure: &Structure, prefix: &str) {
        for member in shape.members() {
            let path = format!("{prefix}{}", lower_camel(member.name()));
            match structure.get(member.name()) {
                Some(value) => self.value(member, value, &path),
                None if member.is_required() => {
                    let shown = if self.hides_values {
                        Shown::Hidden
                    } else {
                        Shown::Null
                    };
                    self.report(&path, shown, "Member must not be null".to_owned());
                }
                None => {}
            }
        }
    }

    fn value(&mut self, member: Member, value: &Value, path: &str) {
        let shape = member.shape();
        for constraint in self.broken(shape, value) {
            let shown = self.shown(shape, value);
            self.report(path, shown, constraint);
        }
        match (shape.kind(), value) {
            (Kind::Structure, Value::Structure(structure)) => {
                self.structure(shape, structure, &format!("{path}."));
            }
            (Kind::List(element), Value::List(values)) => {
                self.elements(shape, element, values, path);
            }
            (Kind::Map(_, element), Value::Map(entries)) => {
                for (entry, value) in entries {
                    self.value(element, value, &format!("{path}.{entry}.member"));
                }
            }
            _ => {}
        }
    }

    /// Structures and lists in a list are checked in their place; of single values, the list is reported once, with
    /// all that its elements must satisfy.
    fn elements(&mut self, list: Shape, element: Member, values: &[Value], path: &str) {
        if matches!(
            element.shape().kind(),
            Kind::Structure | Kind::List(_) | Kind::Map(..)
        ) {
            for (number, value) in (1..).zip(values) {
                self.value(element, value, &format!("{path}.{number}.member"));
            }
        } else if values
            .iter()
            .any(|value| !self.broken(element.shape(), value).is_empty())
        {
            let constraints = self.all(element.shape()).join(", ");
            let shown = self.shown(list, &Value::List(values.to_vec()));
            self.report(
                path,
                shown,
                format!("Member must satisfy constraint: [{constraints}]"),
            );
        }
    }

    fn shown(&self, shape: Shape, value: &Value) -> Shown {
        if self.hides_values || shape.is_sensitive() {
            Shown::Hidden
        } else {
            Shown::Text(show(value))
        }
    }

    fn report(&mut self, path: &str, value: Shown, constraint: String) {
        self.found.push(Violation {
            path: path.to_owned(),
            value,
            constraint,
        });
    }

    /// The shape's own constraints that a value breaks.
    fn broken(&self, shape: Shape, value: &Value) -> Vec<String> {
        let mut broken = Vec::new();
        if let Value::String(text) = value {
            broken.extend(pattern(shape).filter(|_| !shape.matches(text)));
            broken.extend(
                enumeration(shape).filter(|_| !shape.enumeration().contains(&text.as_str())),
            );
        }
        let (quantity, number) = measure(value);
        broken.extend(
            at_least(shape, quantity).filter(|_| shape.min().is_some_and(|min| number < min)),
        );
        broken.extend(
            self.at_most(shape, quantity)
                .filter(|_| self.max(shape).is_some_and(|max| number > max)),
        );
        broken
    }

    /// All constraints of a shape, in the order that AWS lists them for the elements of a list.
    fn all(&self, shape: Shape) -> Vec<String> {
        let quantity = match shape.kind() {
            Kind::Integer | Kind::Long | Kind::Float => "value",
            _ => "length",
        };
        let constraints = [
            self.at_most(shape, quantity),
            at_least(shape, quantity),
            pattern(shape),
            enumeration(shape),
        ];
        constraints.into_iter().flatten().collect()
    }

    fn max(&self, shape: Shape) -> Option<i64> {
        let live = LIVE_MAX
            .iter()
            .find(|(service, name, _)| *service == self.service.name() && *name == shape.name());
        live.map(|(_, _, max)| *max).or(shape.max())
    }

    fn at_most(&self, shape: Shape, quantity: &str) -> Option<String> {
        self.max(shape)
            .map(|max| format!("Member must have {quantity} less than or equal to {max}"))
    }
}

fn at_least(shape: Shape, quantity: &str) -> Option<String> {
    shape
        .min()
        .map(|min| format!("Member must have {quantity} greater than or equal to {min}"))
}

fn pattern(shape: Shape) -> Option<String> {
    shape
        .pattern()
        .map(|pattern| format!("Member must satisfy regular expression pattern: {pattern}"))
}

fn enumeration(shape: Shape) -> Option<String> {
    let values = shape.enumeration();
    (!values.is_empty()).then(|| {
        format!(
            "Member must satisfy enum value set: [{}]",
            values.join(", ")
        )
    })
}

/// What a limit counts, and how much of it there is. Text is counted in code points (live STS).
fn measure(value: &Value) -> (&'static str, i64) {
    let length = |length: usize| ("length", i64::try_from(length).unwrap_or(i64::MAX));
    match value {
        Value::Integer(number) => ("value", *number),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "saturates, and limits are small whole numbers"
        )]
        Value::Float(number) => ("value", number.ceil() as i64),
        Value::String(text) => length(text.chars().count()),
        Value::Blob(bytes) => length(bytes.len()),
        Value::List(values) => length(values.len()),
        Value::Map(entries) => length(entries.len()),
        // No shape of these kinds has a limit; zero is within any that there are.
        Value::Boolean(_) | Value::Timestamp(_) | Value::Structure(_) => ("length", 0),
    }
}

/// Coral, AWS's framework, prints lists as Java does. How it prints the structures in them is unverified.
fn show(value: &Value) -> String {
    match value {
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Timestamp(time) => crate::time::iso8601(*time),
        Value::List(values) => format!(
            "[{}]",
            values.iter().map(show).collect::<Vec<_>>().join(", ")
        ),
        Value::Map(entries) => {
            let shown = entries
                .iter()
                .map(|(name, value)| format!("{name}={}", show(value)));
            format!("{{{}}}", shown.collect::<Vec<_>>().join(", "))
        }
        Value::Structure(structure) => {
            let shown = structure
                .iter()
                .map(|(name, value)| format!("{}={}", lower_camel(name), show(value)));
            format!("({})", shown.collect::<Vec<_>>().join(", "))
        }
    }
}

fn lower_camel(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or(String::new(), |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    fn text(service: &str, operation: &str, input: &Structure) -> String {
        let service = model::service(service).unwrap();
        message(&violations(
            service,
            service.operation(operation).unwrap(),
            input,
        ))
    }

    fn assume() -> Structure {
        Structure::new()
            .with("RoleArn", "arn:aws:iam::123456789012:role/Deploy")
            .with("RoleSessionName", "DeploySPA")
    }

    fn tag(key: &str, value: &str) -> Value {
        Value::Structure(Structure::new().with("Key", key).with("Value", value))
    }

    #[test]
    fn an_input_within_its_limits_breaks_nothing() {
        let sts = model::service("sts").unwrap();
        let input = assume()
            .with("SourceIdentity", "x".repeat(256))
            .with("DurationSeconds", 900)
            .with("ExternalId", "unique-id:1/2")
            .with("Tags", vec![tag("Übergröße", "")]);
        assert_eq!(
            violations(sts, sts.operation("AssumeRole").unwrap(), &input),
            []
        );
    }

    /// The items are those of live STS and IAM: public captures and probes; see the comments of this module.
    #[test]
    fn violations_read_as_aws_writes_them() {
        let long = "x".repeat(257);
        let rows = [
            (
                "sts",
                "AssumeRole",
                assume().with("DurationSeconds", 899),
                "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member \
                 must have value greater than or equal to 900"
                    .to_owned(),
            ),
            (
                "sts",
                "AssumeRole",
                assume().with("RoleSessionName", "ü"),
                "2 validation errors detected: Value 'ü' at 'roleSessionName' failed to satisfy constraint: Member \
                 must satisfy regular expression pattern: [\\w+=,.@-]*; Value 'ü' at 'roleSessionName' failed to \
                 satisfy constraint: Member must have length greater than or equal to 2"
                    .to_owned(),
            ),
            (
                "sts",
                "AssumeRole",
                assume().with("RoleSessionName", ""),
                "1 validation error detected: Value '' at 'roleSessionName' failed to satisfy constraint: Member \
                 must have length greater than or equal to 2"
                    .to_owned(),
            ),
            (
                "sts",
                "AssumeRole",
                assume().with("SourceIdentity", long.as_str()),
                format!(
                    "1 validation error detected: Value '{long}' at 'sourceIdentity' failed to satisfy constraint: \
                     Member must have length less than or equal to 256"
                ),
            ),
            (
                "sts",
                "AssumeRole",
                assume().with("Tags", vec![tag("Team", "a"), tag("Cost#", "b")]),
                "1 validation error detected: Value 'Cost#' at 'tags.2.member.key' failed to satisfy constraint: \
                 Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"
                    .to_owned(),
            ),
            (
                "sts",
                "AssumeRole",
                assume().with("PolicyArns", vec![Structure::new().with("arn", "arn:aws").into()]),
                "1 validation error detected: Value 'arn:aws' at 'policyArns.1.member.arn' failed to satisfy \
                 constraint: Member must have length greater than or equal to 20"
                    .to_owned(),
            ),
            (
                "sts",
                "AssumeRole",
                assume().with("TransitiveTagKeys", vec!["a".into(), "".into()]),
                "1 validation error detected: Value '[a, ]' at 'transitiveTagKeys' failed to satisfy constraint: \
                 Member must satisfy constraint: [Member must have length less than or equal to 128, Member must \
                 have length greater than or equal to 1, Member must satisfy regular expression pattern: \
                 [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]"
                    .to_owned(),
            ),
            (
                "sts",
                "AssumeRoleWithSAML",
                Structure::new()
                    .with("RoleArn", "arn:aws:iam::123456789012:role/Deploy")
                    .with("PrincipalArn", "arn:aws:iam::123456789012:saml-provider/Idp")
                    .with("SAMLAssertion", "abc"),
                "1 validation error detected: Value at 'sAMLAssertion' failed to satisfy constraint: Member must \
                 have length greater than or equal to 4"
                    .to_owned(),
            ),
            (
                "iam",
                "GetRole",
                Structure::new().with("RoleName", "a b"),
                "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must satisfy \
                 regular expression pattern: [\\w+=,.@-]+"
                    .to_owned(),
            ),
            (
                "iam",
                "GetRole",
                Structure::new(),
                "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must not be \
                 null"
                    .to_owned(),
            ),
        ];
        for (service, operation, input, expected) in rows {
            assert_eq!(text(service, operation, &input), expected);
        }
    }
}
