//! A policy with its name, and sets of them prepared for deciding.

use std::sync::Arc;

use crate::document::Document;

/// AWS's policy types (the `type` of a policy in an authorization's details).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicyType {
    /// `IDENTITY_BASED_POLICY`.
    IdentityBased,
    /// `RESOURCE_BASED_POLICY` (bucket, trust and key policies).
    ResourceBased,
    /// `PERMISSIONS_BOUNDARY`.
    PermissionsBoundary,
    /// `SESSION_POLICY`.
    Session,
    /// `SERVICE_CONTROL_POLICY`.
    ServiceControl,
    /// `RESOURCE_CONTROL_POLICY`.
    ResourceControl,
    /// `VPC_ENDPOINT_POLICY`.
    VpcEndpoint,
}

/// A document with what names it in an explanation.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The ARN of a managed policy; an opaque identifier for an inline one.
    pub uri: String,
    /// Whether it is inline (then `uri` is no ARN).
    pub inline: bool,
    /// To whom or what it is attached: a principal, a resource, a root, unit or account.
    pub attached_to: Option<String>,
    /// The document.
    pub document: Arc<Document>,
}

/// Policies of one layer, indexed so that a decision looks only at statements that can match its action.
#[derive(Clone, Debug, Default)]
pub struct PolicySet {}

impl PolicySet {
    /// Indexes `policies`, keeping their order.
    pub fn new(policies: Vec<Arc<Policy>>) -> Self {
        todo!()
    }
    /// The policies, in the order given.
    pub fn policies(&self) -> &[Arc<Policy>] {
        todo!()
    }
}
