//! Shapes and their members.

use std::borrow::Cow;

use super::load::{MemberRecord, Record, RecordKind};
use super::pattern::Pattern;

/// A shape of a service: a cheap handle, to be passed by value.
#[derive(Clone, Copy)]
pub struct Shape {
    table: &'static [Record],
    record: &'static Record,
}

/// A member of a structure, or the element of a list: a shape in its place.
#[derive(Clone, Copy)]
pub struct Member {
    table: &'static [Record],
    record: &'static MemberRecord,
}

/// What a shape is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Members by name, in the model's order.
    Structure,
    /// Elements of one shape.
    List(Member),
    /// Keys (strings) and values.
    Map(Member, Member),
    /// Text.
    String,
    /// Bytes.
    Blob,
    /// `true` or `false`.
    Boolean,
    /// A signed 32-bit number.
    Integer,
    /// A signed 64-bit number.
    Long,
    /// A floating-point number of either precision.
    Float,
    /// An instant.
    Timestamp,
    /// Any JSON.
    Document,
}

/// Where a member travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body (or as the body, if it is its structure's payload).
    Body,
    /// In the path.
    Uri,
    /// As a query parameter.
    QueryString,
    /// As a header.
    Header,
    /// As headers that begin with a prefix.
    Headers,
    /// As the status of the answer.
    StatusCode,
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2026-01-02T03:04:05Z`.
    Iso8601,
    /// `Fri, 02 Jan 2026 03:04:05 GMT`.
    HttpDate,
    /// `1767323045`.
    Epoch,
}

/// What a shape says as an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorTrait {
    /// The code on the wire.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whether the service is to blame, not the sender.
    pub fault: bool,
}

impl Shape {
    pub(super) fn new(table: &'static [Record], record: &'static Record) -> Self {
        Self { table, record }
    }

    /// The shape's name in the model: `roleSessionNameType`.
    pub fn name(self) -> &'static str {
        self.record.name
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match &self.record.kind {
            RecordKind::Structure(_) => Kind::Structure,
            RecordKind::List(element) => Kind::List(self.at(element)),
            RecordKind::Map(key, value) => Kind::Map(self.at(key), self.at(value)),
            RecordKind::String => Kind::String,
            RecordKind::Blob => Kind::Blob,
            RecordKind::Boolean => Kind::Boolean,
            RecordKind::Integer => Kind::Integer,
            RecordKind::Long => Kind::Long,
            RecordKind::Float => Kind::Float,
            RecordKind::Timestamp => Kind::Timestamp,
            RecordKind::Document => Kind::Document,
        }
    }

    /// The members of a structure, in the model's order; none for other kinds.
    pub fn members(self) -> impl Iterator<Item = Member> + Clone {
        self.member_records()
            .iter()
            .map(move |member| self.at(member))
    }

    /// The member of a structure with exactly this name.
    pub fn member(self, name: &str) -> Option<Member> {
        self.member_records()
            .iter()
            .find(|member| member.name == name)
            .map(|member| self.at(member))
    }

    fn member_records(self) -> &'static [MemberRecord] {
        if let RecordKind::Structure(members) = &self.record.kind {
            members
        } else {
            &[]
        }
    }

    fn at(self, record: &'static MemberRecord) -> Member {
        Member {
            table: self.table,
            record,
        }
    }

    /// The member that is the whole body.
    pub fn payload(self) -> Option<Member> {
        self.record.payload.and_then(|name| self.member(name))
    }

    /// The least length, value or number of elements.
    pub fn min(self) -> Option<i64> {
        self.record.min
    }

    /// The greatest length, value or number of elements.
    pub fn max(self) -> Option<i64> {
        self.record.max
    }

    /// The pattern (a Java regular expression) that a whole string must match.
    pub fn pattern(self) -> Option<&'static str> {
        self.record.pattern.as_ref().map(Cow::as_ref)
    }

    /// Whether a whole text matches the pattern; true without one. The pattern is compiled on first use.
    pub fn matches(self, text: &str) -> bool {
        self.pattern().is_none_or(|source| {
            self.record
                .compiled
                .get_or_init(|| Pattern::new(source))
                .matches(text)
        })
    }

    /// The allowed values of a string; empty if any is.
    pub fn enumeration(self) -> &'static [&'static str] {
        &self.record.enumeration
    }

    /// Whether values must not be shown.
    pub fn is_sensitive(self) -> bool {
        self.record.sensitive
    }

    /// Whether exactly one member of the structure is set.
    pub fn is_union(self) -> bool {
        self.record.union
    }

    /// Whether the structure is a stream of events, each one of its members.
    pub fn is_event_stream(self) -> bool {
        self.record.event_stream
    }

    /// The namespace that the structure's element declares: prefix and URI.
    pub fn xml_namespace(self) -> Option<(Option<&'static str>, &'static str)> {
        self.record.xml_namespace
    }

    /// What it says as an error.
    pub fn error(self) -> Option<ErrorTrait> {
        self.record.error
    }

    pub(crate) fn timestamp_format(self) -> Option<TimestampFormat> {
        self.record.timestamp_format
    }
}

impl Member {
    /// The member's name in the model: `RoleArn`. Elements of lists are `member`, of maps `key` and `value`.
    pub fn name(self) -> &'static str {
        self.record.name
    }

    /// Its shape.
    #[expect(clippy::indexing_slicing, reason = "loading checks every index")]
    pub fn shape(self) -> Shape {
        Shape {
            table: self.table,
            record: &self.table[self.record.shape],
        }
    }

    /// Whether the structure can't do without it.
    pub fn is_required(self) -> bool {
        self.record.required
    }

    /// Where it travels.
    pub fn location(self) -> Location {
        self.record.location
    }

    /// Its name on the wire: element, header, header prefix, parameter or label.
    pub fn wire_name(self) -> &'static str {
        self.record.wire_name.unwrap_or(self.record.name)
    }

    /// Its name as a form parameter of [`Protocol::Ec2`](super::Protocol::Ec2), where that isn't the wire name with a capital.
    pub(crate) fn query_name(self) -> Option<&'static str> {
        self.record.query_name
    }

    /// The wire name that the model sets explicitly.
    pub fn explicit_wire_name(self) -> Option<&'static str> {
        self.record.wire_name
    }

    /// Whether its elements stand side by side, without an element around them.
    pub fn is_flattened(self) -> bool {
        self.record.flattened || self.shape().record.flattened
    }

    /// Whether it is an attribute of its structure's element.
    pub fn is_attribute(self) -> bool {
        self.record.attribute
    }

    /// The namespace that its element declares: prefix and URI.
    pub fn xml_namespace(self) -> Option<(Option<&'static str>, &'static str)> {
        self.record
            .xml_namespace
            .or(self.shape().record.xml_namespace)
    }

    /// Whether it is a body of any length.
    pub fn is_streaming(self) -> bool {
        self.record.streaming
    }

    /// Whether a client that leaves it out sends a random one.
    pub fn is_idempotency_token(self) -> bool {
        self.record.idempotency_token
    }

    /// Whether it is a part of the host name.
    pub fn is_host_label(self) -> bool {
        self.record.host_label
    }

    /// Whether AWS advises against it.
    pub fn is_deprecated(self) -> bool {
        self.record.deprecated
    }

    /// How its timestamps are written in bodies of the given default, or where it travels.
    pub fn timestamp_format(self, body: TimestampFormat) -> TimestampFormat {
        let explicit = self
            .record
            .timestamp_format
            .or(self.shape().timestamp_format());
        explicit.unwrap_or(match self.record.location {
            Location::Header | Location::Headers => TimestampFormat::HttpDate,
            Location::Uri | Location::QueryString => TimestampFormat::Iso8601,
            Location::Body | Location::StatusCode => body,
        })
    }
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shape({})", self.record.name)
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Member({}: {})", self.record.name, self.shape().name())
    }
}

impl PartialEq for Shape {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.record, other.record)
    }
}

impl Eq for Shape {}
