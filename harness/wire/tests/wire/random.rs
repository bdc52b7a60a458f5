//! Random values of a model's shapes, within what the wire can carry.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a generator of tests may panic and cut numbers short"
)]

use bytes::Bytes;
use jiff::Timestamp;
use rolecall_wire::model::{Kind, Location, Member, Protocol, Shape};
use rolecall_wire::{Service, Structure, Value};

use crate::runner::Random;

impl Random {
    fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// An input or output.
    pub(crate) fn top(&mut self, shape: Shape, service: &Service) -> Structure {
        let mut structure = Structure::new();
        for member in shape.members() {
            let is_payload = shape
                .payload()
                .is_some_and(|payload| payload.name() == member.name());
            // A blob that is the body is always there, as is the label of a path.
            let always = member.is_required()
                || member.location() == Location::Uri
                || (is_payload && is_bytes(member.shape()));
            if member.location() != Location::StatusCode && (always || self.chance(2)) {
                let value = self.member(member, 0, service, is_payload);
                structure.set(member.name(), value);
            }
        }
        structure
    }

    fn member(
        &mut self,
        member: Member,
        depth: usize,
        service: &Service,
        is_payload: bool,
    ) -> Value {
        match member.location() {
            Location::Uri => self.bound(member, |random| random.text(1)),
            Location::QueryString => self.bound(member, |random| random.text(1)),
            Location::Header | Location::Headers => self.bound(member, Self::header),
            Location::Body | Location::StatusCode => {
                let least = usize::from(is_payload);
                self.value(member, depth, service, least)
            }
        }
    }

    fn bound(&mut self, member: Member, text: fn(&mut Self) -> String) -> Value {
        match member.shape().kind() {
            Kind::List(element) => {
                let values = (0..=self.below(2))
                    .map(|_| self.scalar(element, text))
                    .collect();
                Value::List(values)
            }
            Kind::Map(..) => {
                let keys = (0..=self.below(2)).map(|number| format!("key-{number}"));
                Value::Map(
                    keys.collect::<Vec<_>>()
                        .into_iter()
                        .map(|key| (key, Value::from(text(self))))
                        .collect(),
                )
            }
            _ => self.scalar(member, text),
        }
    }

    fn value(&mut self, member: Member, depth: usize, service: &Service, least: usize) -> Value {
        match member.shape().kind() {
            _ if is_bytes(member.shape()) => Bytes::from(self.text(least)).into(),
            Kind::Structure => self.structure(member.shape(), depth, service).into(),
            Kind::List(element) => {
                let least = usize::from(member.is_flattened() || depth > 3);
                let length = if depth > 3 {
                    least
                } else {
                    least + self.below(3)
                };
                Value::List(
                    (0..length)
                        .map(|_| self.value(element, depth + 1, service, 0))
                        .collect(),
                )
            }
            Kind::Map(_, element) => {
                let keys: Vec<String> = (0..self.below(3))
                    .map(|number| format!("{number}{}", self.text(1)))
                    .collect();
                Value::Map(
                    keys.into_iter()
                        .map(|key| (key, self.value(element, depth + 1, service, 0)))
                        .collect(),
                )
            }
            Kind::Document => self.document(0),
            _ => self.scalar(
                member,
                if least == 0 {
                    |random| random.text(0)
                } else {
                    |random| random.text(1)
                },
            ),
        }
    }

    fn structure(&mut self, shape: Shape, depth: usize, service: &Service) -> Structure {
        let mut structure = Structure::new();
        if shape.is_union() {
            let members: Vec<Member> = shape.members().collect();
            let member = self.pick(&members);
            return structure.with(member.name(), self.value(member, depth + 1, service, 0));
        }
        for member in shape.members() {
            if member.is_required() || (depth < 5 && self.chance(2)) {
                structure.set(member.name(), self.value(member, depth + 1, service, 0));
            }
        }
        // A form can't say that a structure is there but empty.
        if let Some(first) = shape.members().next()
            && structure.is_empty()
            && service.protocol() == Protocol::Query
        {
            structure.set(first.name(), self.value(first, depth + 1, service, 0));
        }
        structure
    }

    fn scalar(&mut self, member: Member, text: fn(&mut Self) -> String) -> Value {
        match member.shape().kind() {
            Kind::String if !member.shape().enumeration().is_empty() => {
                self.pick(member.shape().enumeration()).into()
            }
            Kind::String => text(self).into(),
            Kind::Blob => Bytes::from(text(self)).into(),
            Kind::Boolean => self.chance(2).into(),
            Kind::Integer => i64::from(self.next() as i32).into(),
            Kind::Long => self.next().cast_signed().into(),
            Kind::Float => Value::Float(f64::from(self.next() as i16) / 8.0),
            Kind::Timestamp => {
                Timestamp::from_second(i64::try_from(self.next() % 250_000_000_000).unwrap())
                    .unwrap()
                    .into()
            }
            Kind::Structure | Kind::List(_) | Kind::Map(..) | Kind::Document => {
                unreachable!("{member:?}")
            }
        }
    }

    fn document(&mut self, depth: usize) -> Value {
        match self.below(if depth > 2 { 3 } else { 5 }) {
            0 => self.text(0).into(),
            1 => self.chance(2).into(),
            2 => i64::from(self.next() as i32).into(),
            3 => Value::List(
                (0..self.below(3))
                    .map(|_| self.document(depth + 1))
                    .collect(),
            ),
            _ => Value::Map(
                (0..self.below(3))
                    .map(|key| (key.to_string(), self.document(depth + 1)))
                    .collect(),
            ),
        }
    }

    /// Any text, the awkward characters of forms, XML and paths above all.
    fn text(&mut self, least: usize) -> String {
        const CHARACTERS: [char; 24] = [
            'a', 'Z', '0', ' ', '\n', '\r', '\t', '&', '<', '>', '"', '\'', '/', '.', '+', '%',
            '=', '?', '#', ';', ']', 'ü', '€', '😀',
        ];
        let length = least + self.below(9);
        (0..length).map(|_| self.pick(&CHARACTERS)).collect()
    }

    /// What a header can carry.
    fn header(&mut self) -> String {
        const CHARACTERS: [char; 12] = ['a', 'Z', '0', '-', '"', '&', '/', '=', ';', '*', '%', 'é'];
        let length = 1 + self.below(9);
        (0..length).map(|_| self.pick(&CHARACTERS)).collect()
    }
}

fn is_bytes(shape: Shape) -> bool {
    matches!(shape.kind(), Kind::Blob) || shape.is_event_stream()
}
