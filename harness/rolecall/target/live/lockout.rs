//! Worlds that would lock out whoever has to take them down again.
//!
//! Only the root user may always delete a bucket's policy (AWS: Amazon S3 User Guide, bucket policies). Any other
//! administrator whom the policy denies that would leave the bucket behind, so such a world isn't built.

use std::sync::Arc;

use rolecall_policy::{
    Context, Document, Effect, Policies, Policy, PolicySet, Principal, Request, decide,
};

use super::admin::Admin;
use super::names::Names;
use crate::scenario::model::{Bucket, World};

/// Why an administrator could not take a world down again, if so.
pub(super) fn locks_out(world: &World, names: &Names, admins: &[Admin]) -> Option<String> {
    world.buckets.iter().find_map(|bucket| {
        let account = names.account(&bucket.account);
        let admin = admins.iter().find(|admin| admin.account == account)?;
        denies(bucket, names, admin).then(|| {
            format!(
                "the policy of the bucket `{}` would lock out {}, who could not remove it again",
                bucket.name.value, admin.arn
            )
        })
    })
}

/// Whether a bucket's policy denies its own removal to its account's administrator. What a condition asks for and
/// nobody knows counts as absent.
fn denies(bucket: &Bucket, names: &Names, admin: &Admin) -> bool {
    let Some(policy) = bucket.policy.as_ref().filter(|_| !admin.is_root()) else {
        return false;
    };
    let document = Document::parse(&names.policy(&policy.document.json));
    let (Ok(document), Some(principal)) = (document, Principal::from_arn(&admin.arn)) else {
        return false;
    };
    let policies = PolicySet::new(vec![Arc::new(Policy::inline("bucket", document))]);
    let mut context = Context::new();
    context.set("aws:PrincipalArn", admin.arn.as_str());
    context.set("aws:PrincipalAccount", admin.account.as_str());
    context.set("aws:SecureTransport", "true");
    let bucket = format!("arn:aws:s3:::{}", names.name(&bucket.name.value));
    let decision = decide(&Request {
        principal: &principal,
        action: "s3:DeleteBucketPolicy",
        resource: &bucket,
        resource_account: Some(&admin.account),
        context: &context,
        policies: Policies {
            resource: Some(&policies),
            ..Policies::default()
        },
    });
    decision.effect == Effect::ExplicitDeny
}
