//! Structures as XML elements: one way for answers of query services and for bodies of REST-XML.

use std::collections::BTreeMap;

use super::scalar::{self, Precision};
use crate::model::{Kind, Location, Member, Shape, TimestampFormat};
use crate::xml::{self, Element, Writer};
use crate::{Structure, Value};

/// An element that doesn't hold what its shape says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mismatch;

/// Whether members that the model requires must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// A schema is checked: S3's requests.
    Required,
    /// What is there is read.
    Lenient,
}

/// Writes the body members of a structure, without an element around them.
pub(super) fn write_members(
    writer: &mut Writer,
    shape: Shape,
    structure: &Structure,
    precision: Precision,
) {
    for member in shape
        .members()
        .filter(|member| member.location() == Location::Body && !member.is_attribute())
    {
        if let Some(value) = structure.get(member.name()) {
            write_member(writer, member, member.wire_name(), value, precision);
        }
    }
}

/// Writes one member's value as an element (or, flattened, as several) of a name.
pub(super) fn write_member(
    writer: &mut Writer,
    member: Member,
    name: &str,
    value: &Value,
    precision: Precision,
) {
    match (member.shape().kind(), value) {
        (Kind::Structure, Value::Structure(structure)) => {
            write_structure(writer, member, name, structure, precision);
        }
        (Kind::List(element), Value::List(values)) if member.is_flattened() => {
            for value in values {
                write_member(writer, element, name, value, precision);
            }
        }
        (Kind::List(element), Value::List(values)) => {
            surrounded(writer, name, values.is_empty(), |writer| {
                for value in values {
                    write_member(writer, element, element.wire_name(), value, precision);
                }
            });
        }
        (Kind::Map(key, element), Value::Map(entries)) => {
            surrounded(writer, name, entries.is_empty(), |writer| {
                for (entry, value) in entries {
                    writer.start("entry", "");
                    writer.text(key.wire_name(), "", entry);
                    write_member(writer, element, element.wire_name(), value, precision);
                    writer.end("entry");
                }
            });
        }
        _ => writer.text(
            name,
            "",
            &scalar::write(member, value, TimestampFormat::Iso8601, precision),
        ),
    }
}

/// Writes a structure as an element of a name, with the attributes and the namespace that its model gives it.
pub(super) fn write_structure(
    writer: &mut Writer,
    member: Member,
    name: &str,
    structure: &Structure,
    precision: Precision,
) {
    let attributes = attributes(member, structure);
    let shape = member.shape();
    let has_children = shape
        .members()
        .any(|part| !part.is_attribute() && structure.get(part.name()).is_some());
    if !has_children {
        return writer.empty(name, &attributes);
    }
    writer.start(name, &attributes);
    write_members(writer, shape, structure, precision);
    writer.end(name);
}

fn surrounded(writer: &mut Writer, name: &str, empty: bool, inside: impl FnOnce(&mut Writer)) {
    if empty {
        return writer.empty(name, "");
    }
    writer.start(name, "");
    inside(writer);
    writer.end(name);
}

fn attributes(member: Member, structure: &Structure) -> String {
    let mut attributes = String::new();
    if let Some((Some(prefix), uri)) = member.xml_namespace() {
        attributes.push_str(&xml::attribute(&format!("xmlns:{prefix}"), uri));
    }
    for part in member.shape().members().filter(|part| part.is_attribute()) {
        if let Some(text) = structure.string(part.name()) {
            attributes.push_str(&xml::attribute(part.wire_name(), text));
        }
    }
    attributes
}

/// Reads the body members of a structure from an element's children.
pub(super) fn read_members(
    shape: Shape,
    element: &Element,
    strictness: Strictness,
) -> Result<Structure, Mismatch> {
    let mut structure = Structure::new();
    for member in shape
        .members()
        .filter(|member| member.location() == Location::Body)
    {
        match read_member(member, element, strictness)? {
            Some(value) => structure.push(member.name(), value),
            None if strictness == Strictness::Required && member.is_required() => {
                return Err(Mismatch);
            }
            None => {}
        }
    }
    Ok(structure)
}

/// Reads a member from its structure's element; flattened lists and attributes are its children and attributes.
pub(super) fn read_member(
    member: Member,
    parent: &Element,
    strictness: Strictness,
) -> Result<Option<Value>, Mismatch> {
    let name = local(member.wire_name());
    if member.is_attribute() {
        let attributes = parent.attributes.iter();
        let found = attributes
            .filter(|(key, _)| local(key) == name)
            .map(|(_, value)| Value::from(value.as_str()));
        return Ok(found.into_iter().next());
    }
    if let (Kind::List(element), true) = (member.shape().kind(), member.is_flattened()) {
        let children = parent.children.iter().filter(|child| child.name == name);
        let values: Vec<_> = children
            .map(|child| read_value(element, child, strictness))
            .collect::<Result<_, _>>()?;
        return Ok((!values.is_empty()).then_some(Value::List(values)));
    }
    if let (Kind::Map(key, value), true) = (member.shape().kind(), member.is_flattened()) {
        let children = parent.children.iter().filter(|child| child.name == name);
        let entries = read_entries(key, value, children, strictness)?;
        return Ok((!entries.is_empty()).then_some(Value::Map(entries)));
    }
    parent
        .child(name)
        .map(|child| read_value(member, child, strictness))
        .transpose()
}

/// Reads an element as a value of a member's shape.
pub(super) fn read_value(
    member: Member,
    element: &Element,
    strictness: Strictness,
) -> Result<Value, Mismatch> {
    match member.shape().kind() {
        Kind::Structure => read_members(member.shape(), element, strictness).map(Value::Structure),
        Kind::List(of) => {
            let children = element
                .children
                .iter()
                .filter(|child| child.name == of.wire_name());
            children
                .map(|child| read_value(of, child, strictness))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        Kind::Map(key, value) => {
            let entries = element
                .children
                .iter()
                .filter(|child| child.name == "entry");
            read_entries(key, value, entries, strictness).map(Value::Map)
        }
        _ if !element.children.is_empty() => Err(Mismatch),
        _ => scalar::read(member, &element.text, TimestampFormat::Iso8601).map_err(|_| Mismatch),
    }
}

fn read_entries<'e>(
    key: Member,
    value: Member,
    entries: impl Iterator<Item = &'e Element>,
    strictness: Strictness,
) -> Result<BTreeMap<String, Value>, Mismatch> {
    let entry = |entry: &Element| {
        let name = entry.child_text(key.wire_name()).ok_or(Mismatch)?;
        let held = entry.child(value.wire_name()).ok_or(Mismatch)?;
        Ok((name.to_owned(), read_value(value, held, strictness)?))
    };
    entries.map(entry).collect()
}

/// The name without its prefix, as the reader gives element names.
fn local(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}
