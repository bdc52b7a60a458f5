//! ACLs as policies: a grant is asked as the statement of a resource policy that it amounts to. That is prepared when the
//! ACL is set.
//!
//! AWS: S3 User Guide, Access control list (ACL) overview; Blocking public access.

use std::sync::Arc;

use rolecall_policy::PolicySet;
use serde_json::json;

use super::acl_grants::{ALL_USERS, AUTHENTICATED_USERS, actions};
use super::resource;
use crate::service::call::Call;
use crate::world::{
    Acl, AclKind, AclPolicy, Bucket, Grant, Grantee, PolicyDocument, World, resource_policy,
};

/// The ACL of the request's bucket or object.
pub(super) fn prepare(world: &World, call: &Call, bucket: &Bucket, grants: Vec<Grant>) -> Acl {
    let key = call.input.string("Key");
    let arn = resource::arn(call, bucket, key);
    let kinds: &[AclKind] = match key {
        Some(_) => &[AclKind::Object],
        None => &[AclKind::Bucket, AclKind::ObjectsOfBucket],
    };
    let mut policies = Vec::new();
    for kind in kinds {
        for for_public in [false, true] {
            let grants = grants.iter().filter(|grant| is_public(grant) == for_public);
            let statements: Vec<_> = grants
                .filter_map(|grant| statement(world, grant, *kind))
                .collect();
            policies.extend(policy(bucket, &arn, &statements).map(|policy| AclPolicy {
                kind: *kind,
                is_public: for_public,
                policy,
            }));
        }
    }
    Acl { grants, policies }
}

/// Whether a grant is to everyone, or to everyone who has signed.
pub(super) fn is_public(grant: &Grant) -> bool {
    matches!(&grant.grantee, Grantee::Group(group) if group == ALL_USERS || group == AUTHENTICATED_USERS)
}

fn policy(bucket: &Bucket, arn: &str, statements: &[serde_json::Value]) -> Option<Arc<PolicySet>> {
    if statements.is_empty() {
        return None;
    }
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    let document = PolicyDocument::parse(&policy.to_string()).ok()?;
    let set = resource_policy(arn, format!("{}/acl", bucket.name), &document);
    Some(Arc::new(set))
}

/// It is about whatever has the ACL, which needs no name.
fn statement(world: &World, grant: &Grant, kind: AclKind) -> Option<serde_json::Value> {
    let actions = actions(kind, &grant.permission);
    if actions.is_empty() {
        return None;
    }
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": "*",
        "Action": actions,
        "Resource": "*",
    });
    let members = statement.as_object_mut()?;
    match &grant.grantee {
        Grantee::Account(id) => {
            let account = world.account_of_canonical_id(id)?;
            members.insert("Principal".to_owned(), json!({"AWS": account.as_str()}));
        }
        Grantee::Group(group) if group == ALL_USERS => {}
        Grantee::Group(group) if group == AUTHENTICATED_USERS => {
            // An unsigned request has the account `anonymous`.
            let condition = json!({
                "Null": {"aws:PrincipalAccount": "false"},
                "StringNotEquals": {"aws:PrincipalAccount": "anonymous"},
            });
            members.insert("Condition".to_owned(), condition);
        }
        Grantee::Group(_) => return None,
    }
    Some(statement)
}

/// What an ACL lets others do, as it holds in its bucket.
pub(super) fn in_force(
    bucket: &Bucket,
    acl: &Acl,
    kind: AclKind,
) -> impl Iterator<Item = Arc<PolicySet>> {
    let (is_off, ignores_public) = (bucket.ignores_acls(), bucket.blocked().ignore_public_acls);
    acl.policies
        .iter()
        .filter(move |policy| policy.kind == kind && !is_off)
        .filter(move |policy| !(ignores_public && policy.is_public))
        .map(|policy| Arc::clone(&policy.policy))
}

/// Joins what a bucket's policy and the ACLs say.
pub(super) fn join(sets: &[Arc<PolicySet>]) -> Option<Arc<PolicySet>> {
    match sets {
        [] => None,
        [only] => Some(Arc::clone(only)),
        several => {
            let policies = several.iter().flat_map(|set| set.policies());
            Some(Arc::new(PolicySet::new(policies.cloned().collect())))
        }
    }
}
