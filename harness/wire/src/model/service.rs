//! A service: its protocol and its operations.

use super::{Operation, Shape, load::Record};

/// How a service's requests and answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Form parameters in, XML out (`sts`, `iam`).
    Query,
    /// HTTP bindings and XML bodies (`s3`, `cloudfront`).
    RestXml,
    /// HTTP bindings and JSON bodies (`iam-toolbox`).
    RestJson,
    /// JSON bodies, the operation in `X-Amz-Target` (`organizations`).
    Json,
    /// EC2's own way with form parameters and XML: no bundled service.
    Ec2,
}

/// A service: its protocol, operations and shapes.
pub struct Service {
    pub(super) name: &'static str,
    pub(super) endpoint_prefix: &'static str,
    pub(super) signing_name: &'static str,
    pub(super) full_name: &'static str,
    pub(super) api_version: &'static str,
    pub(super) protocol: Protocol,
    pub(super) json_version: &'static str,
    pub(super) xml_namespace: Option<&'static str>,
    pub(super) target_prefix: Option<&'static str>,
    pub(super) operations: Vec<Operation>,
    pub(super) shapes: &'static [Record],
}

impl Service {
    /// The name in `botocore` and on the AWS CLI: `sts`, `stepfunctions`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the service's host names begin with: `states` of `stepfunctions`.
    pub fn endpoint_prefix(&self) -> &'static str {
        self.endpoint_prefix
    }

    /// The service's name in a signature's scope: `iam` for `iam-toolbox`.
    pub fn signing_name(&self) -> &'static str {
        self.signing_name
    }

    /// `AWS Security Token Service`.
    pub fn full_name(&self) -> &'static str {
        self.full_name
    }

    /// `2011-06-15`; query requests carry it as `Version`.
    pub fn api_version(&self) -> &'static str {
        self.api_version
    }

    /// How requests and answers are written.
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The version of JSON bodies: `1.0` or `1.1`.
    pub fn json_version(&self) -> &'static str {
        self.json_version
    }

    /// The namespace of XML answers (and of XML requests).
    pub fn xml_namespace(&self) -> Option<&'static str> {
        self.xml_namespace
    }

    /// What stands before the operation's name in `X-Amz-Target`, of services that speak [`Protocol::Json`].
    pub fn target_prefix(&self) -> Option<&'static str> {
        self.target_prefix
    }

    /// All operations, by name.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation with exactly this name.
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        let found = self
            .operations
            .binary_search_by(|operation| operation.name().cmp(name));
        found.ok().and_then(|index| self.operations.get(index))
    }

    /// All shapes, by name.
    pub fn shapes(&self) -> impl Iterator<Item = Shape> {
        let table = self.shapes;
        table.iter().map(move |record| Shape::new(table, record))
    }

    /// The shape with exactly this name.
    pub fn shape(&self, name: &str) -> Option<Shape> {
        let found = self.shapes.binary_search_by(|record| record.name.cmp(name));
        found
            .ok()
            .and_then(|index| self.shapes.get(index))
            .map(|record| Shape::new(self.shapes, record))
    }

    /// The error whose wire code is this (`NoSuchEntity`, not `NoSuchEntityException`).
    pub fn error(&self, code: &str) -> Option<Shape> {
        self.shapes()
            .find(|shape| shape.error().is_some_and(|error| error.code == code))
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({} {})", self.name, self.api_version)
    }
}
