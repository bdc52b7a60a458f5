//! The JSON of a model, in botocore's words.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::load::Namespace;

#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct RawService {
    pub(super) metadata: RawMetadata,
    pub(super) operations: Ordered<RawOperation>,
    pub(super) shapes: Ordered<RawShape>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawMetadata {
    pub(super) api_version: &'static str,
    pub(super) endpoint_prefix: &'static str,
    pub(super) signing_name: Option<&'static str>,
    pub(super) service_full_name: &'static str,
    pub(super) protocol: &'static str,
    #[serde(default)]
    pub(super) protocols: Vec<&'static str>,
    pub(super) json_version: Option<&'static str>,
    pub(super) xml_namespace: Option<&'static str>,
    pub(super) target_prefix: Option<&'static str>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawOperation {
    pub(super) http: RawHttp,
    pub(super) input: Option<RawBody>,
    pub(super) output: Option<RawBody>,
    #[serde(default)]
    pub(super) errors: Vec<RawError>,
    pub(super) authtype: Option<&'static str>,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) http_checksum: Option<RawChecksum>,
    pub(super) endpoint: Option<RawEndpoint>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawEndpoint {
    pub(super) host_prefix: Option<&'static str>,
}

/// An error of an operation: its shape's name alone where the model is slimmed.
#[derive(serde::Deserialize)]
#[serde(untagged)]
pub(super) enum RawError {
    Name(&'static str),
    Reference { shape: &'static str },
}

impl RawError {
    pub(super) fn shape(&self) -> &'static str {
        match self {
            Self::Name(shape) | Self::Reference { shape } => shape,
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawHttp {
    pub(super) method: &'static str,
    pub(super) request_uri: &'static str,
    pub(super) response_code: Option<u16>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawBody {
    pub(super) shape: &'static str,
    pub(super) location_name: Option<&'static str>,
    pub(super) result_wrapper: Option<&'static str>,
    pub(super) xml_namespace: Option<RawNamespace>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are botocore's")]
pub(super) struct RawChecksum {
    #[serde(default)]
    pub(super) request_checksum_required: bool,
    pub(super) request_algorithm_member: Option<&'static str>,
    pub(super) request_validation_mode_member: Option<&'static str>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the flags are botocore's")]
pub(super) struct RawShape {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(default)]
    pub(super) required: Vec<&'static str>,
    #[serde(default)]
    pub(super) members: Ordered<RawMember>,
    pub(super) member: Option<RawMember>,
    pub(super) key: Option<RawMember>,
    pub(super) value: Option<RawMember>,
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    #[serde(borrow)]
    pub(super) pattern: Option<Cow<'static, str>>,
    #[serde(default, rename = "enum")]
    pub(super) enumeration: Vec<&'static str>,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) flattened: bool,
    pub(super) payload: Option<&'static str>,
    pub(super) error: Option<RawErrorTrait>,
    #[serde(default)]
    pub(super) fault: bool,
    pub(super) timestamp_format: Option<&'static str>,
    pub(super) xml_namespace: Option<RawNamespace>,
    #[serde(default)]
    pub(super) union: bool,
    #[serde(default)]
    pub(super) eventstream: bool,
    #[serde(default)]
    pub(super) document: bool,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawErrorTrait {
    pub(super) code: Option<&'static str>,
    pub(super) http_status_code: Option<u16>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the flags are botocore's")]
pub(super) struct RawMember {
    pub(super) shape: &'static str,
    pub(super) location: Option<&'static str>,
    pub(super) location_name: Option<&'static str>,
    #[serde(default)]
    pub(super) flattened: bool,
    #[serde(default)]
    pub(super) xml_attribute: bool,
    #[serde(default)]
    pub(super) streaming: bool,
    #[serde(default)]
    pub(super) idempotency_token: bool,
    #[serde(default)]
    pub(super) host_label: bool,
    #[serde(default)]
    pub(super) deprecated: bool,
    pub(super) xml_namespace: Option<RawNamespace>,
    pub(super) timestamp_format: Option<&'static str>,
    pub(super) query_name: Option<&'static str>,
}

#[derive(serde::Deserialize)]
pub(super) struct RawNamespace {
    pub(super) prefix: Option<&'static str>,
    pub(super) uri: &'static str,
}

impl RawNamespace {
    pub(super) fn pair(&self) -> Namespace {
        (self.prefix, self.uri)
    }
}

/// A JSON object whose order counts.
pub(super) struct Ordered<T>(pub(super) Vec<(&'static str, T)>);

impl<T> Default for Ordered<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'static, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OrderedVisitor(PhantomData))
    }
}

struct OrderedVisitor<T>(PhantomData<T>);

impl<'de: 'static, T: Deserialize<'de>> Visitor<'de> for OrderedVisitor<T> {
    type Value = Ordered<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0));
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Ordered(entries))
    }
}
