//! Resources that are no roles and no buckets: what policies need to know of them.

use std::sync::Arc;

use rolecall_policy::PolicySet;

use super::permissions::resource_policy;
use super::spec::{PolicyDocument, ResourceSpec};
use super::{AccountId, Tags};

/// A queue, a key, a secret: anything with an owner, tags and perhaps a policy.
#[derive(Clone, Debug)]
pub(crate) struct OtherResource {
    pub(crate) account: AccountId,
    pub(crate) tags: Tags,
    pub(crate) document: Option<PolicyDocument>,
    pub(crate) policy: Option<Arc<PolicySet>>,
}

impl OtherResource {
    pub(crate) fn new(account: AccountId, spec: &ResourceSpec) -> Self {
        let mut resource = Self {
            account,
            tags: spec.tags.clone(),
            document: None,
            policy: None,
        };
        if let Some(document) = &spec.policy {
            resource.set_document(&spec.arn, document.clone());
        }
        resource
    }

    pub(crate) fn set_document(&mut self, arn: &str, document: PolicyDocument) {
        let set = resource_policy(arn, format!("{arn}/policy"), &document);
        self.policy = Some(Arc::new(set));
        self.document = Some(document);
    }
}
