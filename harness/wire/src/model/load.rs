//! Reads a model: a bundled one, or one of a `botocore` installation.
//!
//! The JSON text is kept for good and everything borrows from it. References between shapes become indexes into one
//! table.
//!
//! INVARIANT: every index in a [`MemberRecord`] lies in the table that the record is a part of.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use http::Method;

use super::pattern::Pattern;
use super::raw::{RawMember, RawMetadata, RawNamespace, RawOperation, RawService, RawShape};
use super::{
    Checksum, ErrorTrait, Location, Operation, Protocol, Service, Shape, TimestampFormat,
    UriTemplate,
};

/// A namespace's prefix and URI.
pub(super) type Namespace = (Option<&'static str>, &'static str);

#[expect(clippy::struct_excessive_bools, reason = "the flags are the model's")]
pub(super) struct Record {
    pub(super) name: &'static str,
    pub(super) kind: RecordKind,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) pattern: Option<Cow<'static, str>>,
    pub(super) compiled: OnceLock<Pattern>,
    pub(super) enumeration: Vec<&'static str>,
    pub(super) sensitive: bool,
    pub(super) union: bool,
    pub(super) event_stream: bool,
    pub(super) flattened: bool,
    pub(super) payload: Option<&'static str>,
    pub(super) xml_namespace: Option<Namespace>,
    pub(super) error: Option<ErrorTrait>,
    pub(super) timestamp_format: Option<TimestampFormat>,
}

pub(super) enum RecordKind {
    Structure(Vec<MemberRecord>),
    List(MemberRecord),
    Map(MemberRecord, MemberRecord),
    String,
    Blob,
    Boolean,
    Integer,
    Long,
    Float,
    Timestamp,
    Document,
}

#[expect(clippy::struct_excessive_bools, reason = "the flags are the model's")]
pub(super) struct MemberRecord {
    pub(super) name: &'static str,
    pub(super) shape: usize,
    pub(super) required: bool,
    pub(super) location: Location,
    pub(super) wire_name: Option<&'static str>,
    pub(super) flattened: bool,
    pub(super) attribute: bool,
    pub(super) streaming: bool,
    pub(super) idempotency_token: bool,
    pub(super) host_label: bool,
    pub(super) deprecated: bool,
    pub(super) xml_namespace: Option<Namespace>,
    pub(super) timestamp_format: Option<TimestampFormat>,
    pub(super) query_name: Option<&'static str>,
}

/// What can be wrong with a model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// It is no text, packed or plain.
    #[error("the model can't be unpacked: {0}")]
    Unpack(#[from] std::io::Error),
    /// It is no service model.
    #[error("the model is not the JSON of a service model: {0}")]
    Json(#[from] serde_json::Error),
    /// It refers to nothing.
    #[error("the model names the shape `{0}`, which it doesn't have")]
    UnknownShape(&'static str),
    /// A protocol, a type or a format of another age.
    #[error("the model has `{0}`, which this version doesn't know")]
    Unknown(&'static str),
}

/// Begins everything that gzip has packed (RFC 1952, 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a model, packed or plain.
pub(super) fn service(name: &'static str, mut blob: &[u8]) -> Result<Service, LoadError> {
    let mut text = String::new();
    if blob.starts_with(&GZIP) {
        GzDecoder::new(blob).read_to_string(&mut text)?;
    } else {
        blob.read_to_string(&mut text)?;
    }
    let raw: RawService = serde_json::from_str(text.leak())?;
    resolve(name, raw)
}

fn resolve(name: &'static str, raw: RawService) -> Result<Service, LoadError> {
    let metadata = raw.metadata;
    let protocol = protocol(&metadata)?;
    let xml_namespace = metadata.xml_namespace.or_else(|| {
        let inputs = raw.operations.0.iter().flat_map(|(_, raw)| &raw.input);
        let mut namespaces = inputs.flat_map(|input| &input.xml_namespace);
        namespaces.next().map(|namespace| namespace.uri)
    });
    let shapes = table(raw.shapes.0)?;
    let mut operations = Vec::with_capacity(raw.operations.0.len());
    for (name, operation) in raw.operations.0 {
        operations.push(self::operation(shapes, name, operation)?);
    }
    operations.sort_unstable_by_key(Operation::name);
    Ok(Service {
        name,
        endpoint_prefix: metadata.endpoint_prefix,
        signing_name: metadata.signing_name.unwrap_or(metadata.endpoint_prefix),
        full_name: metadata.service_full_name,
        api_version: metadata.api_version,
        protocol,
        json_version: metadata.json_version.unwrap_or("1.1"),
        xml_namespace,
        target_prefix: metadata.target_prefix,
        operations,
        shapes,
    })
}

fn table(mut raw: Vec<(&'static str, RawShape)>) -> Result<&'static [Record], LoadError> {
    raw.sort_unstable_by_key(|(name, _)| *name);
    let index: Index = raw
        .iter()
        .enumerate()
        .map(|(place, (name, _))| (*name, place))
        .collect();
    let records: Result<Vec<_>, _> = raw
        .into_iter()
        .map(|(name, shape)| record(&index, name, shape))
        .collect();
    Ok(records?.leak())
}

type Index = HashMap<&'static str, usize>;

fn record(index: &Index, name: &'static str, raw: RawShape) -> Result<Record, LoadError> {
    let error = raw.error.as_ref().map(|error| ErrorTrait {
        code: error.code.unwrap_or(name),
        status: error
            .http_status_code
            .unwrap_or(if raw.fault { 500 } else { 400 }),
        fault: raw.fault,
    });
    Ok(Record {
        name,
        min: raw.min.map(number),
        max: raw.max.map(number),
        compiled: OnceLock::new(),
        sensitive: raw.sensitive,
        union: raw.union,
        event_stream: raw.eventstream,
        flattened: raw.flattened,
        payload: raw.payload,
        xml_namespace: raw.xml_namespace.as_ref().map(RawNamespace::pair),
        error,
        timestamp_format: raw.timestamp_format.map(timestamp_format).transpose()?,
        kind: kind(index, &raw)?,
        pattern: raw.pattern,
        enumeration: raw.enumeration,
    })
}

fn kind(index: &Index, raw: &RawShape) -> Result<RecordKind, LoadError> {
    let element = |element: &Option<RawMember>, name| match element {
        Some(element) => member(index, name, element, false),
        None => Err(LoadError::Unknown("a list or map without elements")),
    };
    Ok(match raw.kind {
        "structure" if raw.document => RecordKind::Document,
        "structure" => RecordKind::Structure(members(index, raw)?),
        "list" => RecordKind::List(element(&raw.member, "member")?),
        "map" => RecordKind::Map(element(&raw.key, "key")?, element(&raw.value, "value")?),
        "string" => RecordKind::String,
        "blob" => RecordKind::Blob,
        "boolean" => RecordKind::Boolean,
        "integer" => RecordKind::Integer,
        "long" => RecordKind::Long,
        "float" | "double" => RecordKind::Float,
        "timestamp" => RecordKind::Timestamp,
        other => return Err(LoadError::Unknown(other)),
    })
}

fn members(index: &Index, raw: &RawShape) -> Result<Vec<MemberRecord>, LoadError> {
    let listed = raw.members.0.iter();
    listed
        .map(|(name, raw_member)| member(index, name, raw_member, raw.required.contains(name)))
        .collect()
}

fn member(
    index: &Index,
    name: &'static str,
    raw: &RawMember,
    required: bool,
) -> Result<MemberRecord, LoadError> {
    Ok(MemberRecord {
        name,
        shape: *index
            .get(raw.shape)
            .ok_or(LoadError::UnknownShape(raw.shape))?,
        required,
        location: raw.location.map_or(Ok(Location::Body), location)?,
        wire_name: raw.location_name,
        flattened: raw.flattened,
        attribute: raw.xml_attribute,
        streaming: raw.streaming,
        idempotency_token: raw.idempotency_token,
        host_label: raw.host_label,
        deprecated: raw.deprecated,
        xml_namespace: raw.xml_namespace.as_ref().map(RawNamespace::pair),
        timestamp_format: raw.timestamp_format.map(timestamp_format).transpose()?,
        query_name: raw.query_name,
    })
}

fn operation(
    shapes: &'static [Record],
    name: &'static str,
    raw: RawOperation,
) -> Result<Operation, LoadError> {
    let shape = |name: &'static str| {
        let found = shapes.binary_search_by(|record| record.name.cmp(name)).ok();
        let record = found
            .and_then(|place| shapes.get(place))
            .ok_or(LoadError::UnknownShape(name))?;
        Ok::<_, LoadError>(Shape::new(shapes, record))
    };
    Ok(Operation {
        name,
        method: Method::from_bytes(raw.http.method.as_bytes())
            .map_err(|_| LoadError::Unknown(raw.http.method))?,
        uri: UriTemplate::parse(raw.http.request_uri),
        success_status: raw.http.response_code.unwrap_or(200),
        input: raw
            .input
            .as_ref()
            .map(|input| shape(input.shape))
            .transpose()?,
        input_root: raw.input.as_ref().and_then(|input| input.location_name),
        output: raw
            .output
            .as_ref()
            .map(|output| shape(output.shape))
            .transpose()?,
        result_wrapper: raw.output.as_ref().and_then(|output| output.result_wrapper),
        errors: raw
            .errors
            .into_iter()
            .map(|error| shape(error.shape()))
            .collect::<Result<_, _>>()?,
        unsigned: raw.authtype == Some("none"),
        deprecated: raw.deprecated,
        host_prefix: raw.endpoint.and_then(|endpoint| endpoint.host_prefix),
        checksum: raw.http_checksum.map(|checksum| Checksum {
            required: checksum.request_checksum_required,
            algorithm_member: checksum.request_algorithm_member,
            validation_mode_member: checksum.request_validation_mode_member,
        }),
    })
}

/// The service's first protocol, or one of the others that it speaks as well.
fn protocol(metadata: &RawMetadata) -> Result<Protocol, LoadError> {
    let known = |name: &&'static str| match *name {
        "query" => Some(Protocol::Query),
        "ec2" => Some(Protocol::Ec2),
        "rest-xml" => Some(Protocol::RestXml),
        "rest-json" => Some(Protocol::RestJson),
        "json" => Some(Protocol::Json),
        _ => None,
    };
    let mut spoken = [&metadata.protocol].into_iter().chain(&metadata.protocols);
    spoken
        .find_map(known)
        .ok_or(LoadError::Unknown(metadata.protocol))
}

fn location(name: &'static str) -> Result<Location, LoadError> {
    match name {
        "uri" => Ok(Location::Uri),
        "querystring" => Ok(Location::QueryString),
        "header" => Ok(Location::Header),
        "headers" => Ok(Location::Headers),
        "statusCode" => Ok(Location::StatusCode),
        other => Err(LoadError::Unknown(other)),
    }
}

fn timestamp_format(name: &'static str) -> Result<TimestampFormat, LoadError> {
    match name {
        "iso8601" => Ok(TimestampFormat::Iso8601),
        "rfc822" => Ok(TimestampFormat::HttpDate),
        "unixTimestamp" => Ok(TimestampFormat::Epoch),
        other => Err(LoadError::Unknown(other)),
    }
}

/// CloudFront writes the range of a `double` as `100.0`; all limits are whole numbers.
#[expect(
    clippy::cast_possible_truncation,
    reason = "limits are whole numbers far below 2^53"
)]
fn number(limit: f64) -> i64 {
    limit as i64
}
