//! One operation of a service.

use http::Method;

use super::{Shape, UriTemplate};

/// What a request's body checksum must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// Whether the request is refused without a checksum (`Content-MD5` counts as one).
    pub required: bool,
    /// The input member that names the algorithm.
    pub algorithm_member: Option<&'static str>,
    /// The input member that asks for the checksum of the answer's body.
    pub validation_mode_member: Option<&'static str>,
}

/// One operation of a service.
pub struct Operation {
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) uri: UriTemplate,
    pub(super) success_status: u16,
    pub(super) input: Option<Shape>,
    pub(super) input_root: Option<&'static str>,
    pub(super) output: Option<Shape>,
    pub(super) result_wrapper: Option<&'static str>,
    pub(super) errors: Vec<Shape>,
    pub(super) unsigned: bool,
    pub(super) deprecated: bool,
    pub(super) host_prefix: Option<&'static str>,
    pub(super) checksum: Option<Checksum>,
}

impl Operation {
    /// `AssumeRole`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The HTTP method. Query services also take GET.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path and the query that tell this operation from others.
    pub fn uri(&self) -> &UriTemplate {
        &self.uri
    }

    /// The status of a successful answer.
    pub fn success_status(&self) -> u16 {
        self.success_status
    }

    /// The input; some IAM operations have none.
    pub fn input(&self) -> Option<Shape> {
        self.input
    }

    /// The name of the root element of an input that is a whole XML body.
    pub fn input_root(&self) -> Option<&'static str> {
        self.input_root
    }

    /// The output; operations that only do something have none.
    pub fn output(&self) -> Option<Shape> {
        self.output
    }

    /// The element around the output's members in the query protocol: `AssumeRoleResult`.
    pub fn result_wrapper(&self) -> Option<&'static str> {
        self.result_wrapper
    }

    /// The errors that the model names; services also have errors that hold for all operations.
    pub fn errors(&self) -> &[Shape] {
        &self.errors
    }

    /// Whether the operation takes no signature (`AssumeRoleWithWebIdentity`, `AssumeRoleWithSAML`).
    pub fn is_unsigned(&self) -> bool {
        self.unsigned
    }

    /// Whether a newer operation took its place.
    pub fn is_deprecated(&self) -> bool {
        self.deprecated
    }

    /// What stands before the service's host name: `data-`, or a parameter as in `{AccountId}.`.
    pub fn host_prefix(&self) -> Option<&'static str> {
        self.host_prefix
    }

    /// What the model says about the checksum of the request's body.
    pub fn checksum(&self) -> Option<Checksum> {
        self.checksum
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Operation({})", self.name)
    }
}
