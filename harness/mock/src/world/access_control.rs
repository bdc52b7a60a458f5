//! CloudFront's origin access controls.

use std::sync::Arc;

use rolecall_wire::Structure;

use super::{AccountId, World};

/// How CloudFront signs its requests to an origin.
#[derive(Clone, Debug)]
pub(crate) struct AccessControl {
    pub(crate) id: String,
    pub(crate) account: AccountId,
    /// The version of the configuration, which a change or a deletion must name.
    pub(crate) etag: String,
    /// `OriginAccessControlConfig`.
    pub(crate) config: Structure,
}

impl World {
    /// Those of all accounts, by id.
    pub(crate) fn access_controls(&self) -> impl Iterator<Item = &Arc<AccessControl>> {
        self.access_controls.values()
    }

    /// Adds one, or puts it in the place of the one with its id.
    pub(crate) fn insert_access_control(&mut self, control: AccessControl) {
        let id = control.id.clone();
        self.access_controls.insert(id, Arc::new(control));
    }

    pub(crate) fn remove_access_control(&mut self, id: &str) {
        self.access_controls.remove(id);
    }
}
