//! What a statement is asked.

use super::Request;
use crate::context::Context;
use crate::document::Caller;

/// The parts of a request that statements look at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) caller: Caller<'a>,
    pub(crate) action: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) context: &'a Context,
    /// Whether a permissions boundary is attached to the caller.
    pub(crate) has_boundary: bool,
}

impl<'a> Question<'a> {
    pub(super) fn new(request: &Request<'a>) -> Self {
        Self {
            caller: request.principal.caller(),
            action: request.action,
            resource: request.resource,
            context: request.context,
            has_boundary: request.policies.boundary.is_some() && !request.principal.is_root(),
        }
    }
}
