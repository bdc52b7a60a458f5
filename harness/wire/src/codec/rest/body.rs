//! Bodies: XML or JSON, a whole structure or one member.

use bytes::Bytes;

use crate::codec::json_body;
use crate::codec::scalar::Precision;
use crate::codec::xml_body::{self, Strictness};
use crate::model::{Kind, Location, Member, Protocol, Shape};
use crate::xml::{self, Element, Quotes, Writer};
use crate::{Service, Structure, Value};

/// A body that is taken apart member by member.
#[derive(Debug)]
pub(super) enum Body {
    /// There is none, or no member is in it.
    Nothing,
    Xml(Element),
    Json(serde_json::Map<String, serde_json::Value>),
}

/// A body that can't be read as what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    Missing,
    Malformed,
}

/// Whether the members of a structure make up the body.
pub(super) fn has_members(shape: Shape) -> bool {
    shape.payload().is_none()
        && shape
            .members()
            .any(|member| member.location() == Location::Body)
}

impl Body {
    /// Takes the body apart, if members of the structure are in it.
    pub(super) fn of(service: &Service, shape: Shape, bytes: &Bytes) -> Result<Self, BodyError> {
        if !has_members(shape) || bytes.is_empty() {
            return Ok(Self::Nothing);
        }
        match service.protocol() {
            Protocol::RestJson | Protocol::Json => {
                let object = json_body::parse(bytes).map(Self::Json);
                object.map_err(|_| BodyError::Malformed)
            }
            Protocol::Query | Protocol::Ec2 | Protocol::RestXml => {
                let root = xml::parse(bytes).map(Self::Xml);
                root.map_err(|_| BodyError::Malformed)
            }
        }
    }

    /// A member's value.
    pub(super) fn member(
        &self,
        member: Member,
        strictness: Strictness,
    ) -> Result<Option<Value>, BodyError> {
        match self {
            Self::Nothing => Ok(None),
            Self::Xml(root) => {
                xml_body::read_member(member, root, strictness).map_err(|_| BodyError::Malformed)
            }
            Self::Json(object) => {
                json_body::read_member(member, object).map_err(|_| BodyError::Malformed)
            }
        }
    }
}

/// Reads the member that is the whole body.
pub(super) fn read_payload(
    service: &Service,
    member: Member,
    bytes: &Bytes,
    strictness: Strictness,
) -> Result<Option<Value>, BodyError> {
    match member.shape().kind() {
        Kind::Blob => Ok(Some(Value::Blob(bytes.clone()))),
        _ if member.shape().is_event_stream() => Ok(Some(Value::Blob(bytes.clone()))),
        _ if bytes.is_empty() && strictness == Strictness::Required && member.is_required() => {
            Err(BodyError::Missing)
        }
        _ if bytes.is_empty() => Ok(None),
        Kind::String => Ok(Some(Value::String(
            String::from_utf8_lossy(bytes).into_owned(),
        ))),
        _ if is_json(service) => json_body::read_document(member, bytes)
            .map(Some)
            .map_err(|_| BodyError::Malformed),
        _ => read_document(member, bytes, strictness).map(Some),
    }
}

fn is_json(service: &Service) -> bool {
    matches!(service.protocol(), Protocol::RestJson | Protocol::Json)
}

fn read_document(
    member: Member,
    bytes: &Bytes,
    strictness: Strictness,
) -> Result<Value, BodyError> {
    let root = xml::parse(bytes).map_err(|_| BodyError::Malformed)?;
    if strictness == Strictness::Required && root.name != root_name(member) {
        return Err(BodyError::Malformed);
    }
    xml_body::read_value(member, &root, strictness).map_err(|_| BodyError::Malformed)
}

fn root_name(member: Member) -> &'static str {
    member.explicit_wire_name().unwrap_or(member.shape().name())
}

/// How a service writes its bodies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    prologue: &'static str,
    quotes: Quotes,
    namespace: &'static str,
    is_json: bool,
    pub(super) content_type: &'static str,
}

impl Dialect {
    pub(super) fn of(service: &Service) -> Self {
        let (prologue, quotes, content_type) = match (service.protocol(), service.name()) {
            (_, "s3") => (
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                Quotes::Escape,
                "application/xml",
            ),
            (Protocol::RestJson, _) => ("", Quotes::Keep, "application/json"),
            (Protocol::Json, _) if service.json_version() == "1.0" => {
                ("", Quotes::Keep, "application/x-amz-json-1.0")
            }
            (Protocol::Json, _) => ("", Quotes::Keep, "application/x-amz-json-1.1"),
            (Protocol::Query | Protocol::Ec2 | Protocol::RestXml, _) => {
                ("<?xml version=\"1.0\"?>\n", Quotes::Keep, "text/xml")
            }
        };
        Self {
            prologue,
            quotes,
            namespace: service.xml_namespace().unwrap_or_default(),
            is_json: is_json(service),
            content_type,
        }
    }

    /// An empty XML document.
    pub(super) fn writer(self) -> Writer {
        Writer::compact(self.prologue, self.quotes)
    }

    pub(super) fn namespace(self) -> &'static str {
        self.namespace
    }

    /// A structure's body members as a document.
    pub(super) fn members(self, root: &str, shape: Shape, structure: &Structure) -> String {
        if self.is_json {
            return serde_json::Value::from(json_body::write_members(shape, structure)).to_string();
        }
        let mut writer = self.writer();
        let namespace = xml::attribute("xmlns", self.namespace);
        let in_body = |member: &Member| member.location() == Location::Body;
        if shape
            .members()
            .filter(in_body)
            .any(|member| structure.get(member.name()).is_some())
        {
            writer.start(root, &namespace);
            xml_body::write_members(&mut writer, shape, structure, Precision::Millis);
            writer.end(root);
        } else {
            writer.empty(root, &namespace);
        }
        writer.finish()
    }

    /// The member that is the whole body.
    pub(super) fn payload(self, member: Member, value: &Value) -> Bytes {
        match value {
            Value::Blob(bytes) => bytes.clone(),
            Value::String(text) => Bytes::from(text.clone()),
            Value::Structure(structure) => self
                .members(root_name(member), member.shape(), structure)
                .into(),
            _ if self.is_json => json_body::write_document(member, value).into(),
            _ => Bytes::new(),
        }
    }

    /// One text as an XML document.
    pub(super) fn text(self, root: &str, text: &str) -> String {
        let mut writer = self.writer();
        let namespace = xml::attribute("xmlns", self.namespace);
        if text.is_empty() {
            writer.empty(root, &namespace);
        } else {
            writer.text(root, &namespace, text);
        }
        writer.finish()
    }
}
