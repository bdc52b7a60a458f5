//! AWS's managed policies, read from the bundle when someone asks for one.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rolecall_policy::managed;

use super::PolicyDocument;
use super::permissions::ManagedPolicy;

/// What was read so far: the bundle never changes while a process runs.
static READ: LazyLock<Mutex<HashMap<String, Arc<ManagedPolicy>>>> = LazyLock::new(Mutex::default);

/// The policy of AWS with this ARN.
pub(super) fn find(arn: &str) -> Option<Arc<ManagedPolicy>> {
    if !arn.contains(":iam::aws:policy/") {
        return None;
    }
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(policy) = read.get(arn) {
        return Some(Arc::clone(policy));
    }
    let bundled = managed::find(arn)?;
    let document = PolicyDocument::parse(&bundled.document).ok()?;
    let mut policy = ManagedPolicy::new(arn, None, document);
    policy.default.id = bundled.version;
    let policy = Arc::new(policy);
    read.insert(arn.to_owned(), Arc::clone(&policy));
    Some(policy)
}
