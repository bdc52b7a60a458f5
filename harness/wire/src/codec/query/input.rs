//! Structures as form parameters: `Tags.member.1.Key=Team`.

use std::collections::BTreeMap;

use super::form::{Parameters, Writer};
use crate::codec::scalar::{self, Precision, ScalarError};
use crate::model::{Kind, Member, Shape, TimestampFormat};
use crate::{ServiceError, Structure, Value};

/// Reads an input.
pub(super) fn read(shape: Shape, parameters: &Parameters) -> Result<Structure, ServiceError> {
    read_structure(shape, parameters, "")
}

fn read_structure(
    shape: Shape,
    parameters: &Parameters,
    prefix: &str,
) -> Result<Structure, ServiceError> {
    let mut structure = Structure::new();
    for member in shape.members() {
        let name = format!("{prefix}{}", member.wire_name());
        if let Some(value) = read_member(member, parameters, &name)? {
            structure.push(member.name(), value);
        }
    }
    Ok(structure)
}

fn read_member(
    member: Member,
    parameters: &Parameters,
    name: &str,
) -> Result<Option<Value>, ServiceError> {
    let inside = format!("{name}.");
    match member.shape().kind() {
        Kind::Structure if !parameters.any_below(&inside) => Ok(None),
        Kind::Structure => {
            read_structure(member.shape(), parameters, &inside).map(|read| Some(read.into()))
        }
        Kind::List(element) => read_list(element, parameters, name),
        Kind::Map(key, value) => read_map(key, value, parameters, name),
        _ => parameters
            .get(name)
            .map(|text| read_scalar(member, text))
            .transpose(),
    }
}

/// An empty list is sent as `TransitiveTagKeys=`.
fn read_list(
    element: Member,
    parameters: &Parameters,
    name: &str,
) -> Result<Option<Value>, ServiceError> {
    let inside = format!("{name}.{}.", element.wire_name());
    let mut values = Vec::new();
    for number in parameters.numbers_below(&inside) {
        values.extend(read_member(
            element,
            parameters,
            &format!("{inside}{number}"),
        )?);
    }
    let present = !values.is_empty() || parameters.get(name).is_some();
    Ok(present.then_some(Value::List(values)))
}

fn read_map(
    key: Member,
    value: Member,
    parameters: &Parameters,
    name: &str,
) -> Result<Option<Value>, ServiceError> {
    let inside = format!("{name}.entry.");
    let mut entries = BTreeMap::new();
    for number in parameters.numbers_below(&inside) {
        let entry = parameters.get(&format!("{inside}{number}.{}", key.wire_name()));
        let held = read_member(
            value,
            parameters,
            &format!("{inside}{number}.{}", value.wire_name()),
        )?;
        if let (Some(entry), Some(held)) = (entry, held) {
            entries.entry(entry.to_owned()).or_insert(held);
        }
    }
    let present = !entries.is_empty() || parameters.get(name).is_some();
    Ok(present.then_some(Value::Map(entries)))
}

/// Live STS: no number, a decimal or one beyond 32 bits is `MalformedInput` without a message; nothing at all has one.
fn read_scalar(member: Member, text: &str) -> Result<Value, ServiceError> {
    scalar::read(member, text, TimestampFormat::Iso8601).map_err(|error| match error {
        ScalarError::Empty => {
            ServiceError::new(400, "MalformedInput", "missing value for decimal type")
        }
        ScalarError::Malformed => ServiceError::without_message(400, "MalformedInput"),
    })
}

/// Writes an input.
pub(super) fn write(form: &mut Writer, shape: Shape, structure: &Structure) {
    Spelling::Query.structure(form, shape, structure, "");
}

/// Writes an input of EC2's.
pub(super) fn write_ec2(form: &mut Writer, shape: Shape, structure: &Structure) {
    Spelling::Ec2.structure(form, shape, structure, "");
}

/// How names of members become names of parameters.
///
/// AWS: "AWS Query protocol" and "AWS EC2 query protocol" of the Smithy specification.
#[derive(Clone, Copy)]
enum Spelling {
    Query,
    /// Names begin with a capital, and elements of lists stand right below the list.
    Ec2,
}

impl Spelling {
    fn structure(self, form: &mut Writer, shape: Shape, structure: &Structure, prefix: &str) {
        for member in shape.members() {
            if let Some(value) = structure.get(member.name()) {
                let name = format!("{prefix}{}", self.name(member));
                self.member(form, member, value, &name);
            }
        }
    }

    fn name(self, member: Member) -> String {
        match (self, member.shape().kind()) {
            (Self::Query, Kind::List(element)) if member.is_flattened() => {
                let own = element.explicit_wire_name();
                own.unwrap_or(member.wire_name()).to_owned()
            }
            (Self::Query, _) => member.wire_name().to_owned(),
            (Self::Ec2, _) => match member.query_name() {
                Some(name) => name.to_owned(),
                None => capitalized(member.wire_name()),
            },
        }
    }

    /// What stands between a list's name and the number of an element.
    fn below(self, member: Member, element: &str) -> String {
        match self {
            Self::Query if !member.is_flattened() => format!(".{element}"),
            Self::Query | Self::Ec2 => String::new(),
        }
    }

    fn member(self, form: &mut Writer, member: Member, value: &Value, name: &str) {
        match (member.shape().kind(), value) {
            (Kind::Structure, Value::Structure(structure)) => {
                self.structure(form, member.shape(), structure, &format!("{name}."));
            }
            (Kind::List(_), Value::List(values)) if values.is_empty() => form.field(name, ""),
            (Kind::List(element), Value::List(values)) => {
                let below = self.below(member, element.wire_name());
                for (number, value) in (1..).zip(values) {
                    self.member(form, element, value, &format!("{name}{below}.{number}"));
                }
            }
            (Kind::Map(..), Value::Map(entries)) if entries.is_empty() => form.field(name, ""),
            (Kind::Map(key, element), Value::Map(entries)) => {
                let below = self.below(member, "entry");
                for (number, (entry, value)) in (1..).zip(entries) {
                    let inside = format!("{name}{below}.{number}");
                    form.field(&format!("{inside}.{}", key.wire_name()), entry);
                    let name = format!("{inside}.{}", element.wire_name());
                    self.member(form, element, value, &name);
                }
            }
            _ => form.field(
                name,
                &scalar::write(member, value, TimestampFormat::Iso8601, Precision::Seconds),
            ),
        }
    }
}

fn capitalized(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
