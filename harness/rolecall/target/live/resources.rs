//! Policies of resources, as AWS's policy simulator is told of them: it fetches none.
//!
//! Resources of other services aren't made on a live target; what is asked about them is decided by their policy as the
//! scenario has it. A bucket's policy is the one that the bucket has by then.
//!
//! AWS: IAM API Reference, `SimulatePrincipalPolicy`. `ResourcePolicy` counts as attached to each simulated resource, and for
//! users alone. `ResourceOwner` owns the resource and the policy where the ARN doesn't say; without it the caller's account
//! does. `CallerArn`, which the policy's `Principal` is matched with, is the simulated user by itself. Whether key policies
//! are heeded as KMS heeds them isn't documented, so that it is probed.

use std::sync::Arc;

use rolecall_policy::arn::{self, Arn, is_account};
use rolecall_policy::evaluation::{Element, Mismatch};
use rolecall_policy::{Context, Document, Policies, Policy, PolicySet, Request, explain};
use rolecall_wire::{Structure, Value};
use serde_json::json;

use super::admin::Failure;
use super::capability::Capability;
use super::journal::{Kind, Thing};
use super::order::Order;
use super::plan::lets_everyone_in;
use super::simulated::Principal;
use super::stage::LiveStage;
use crate::scenario::model::{Call, ContextEntry, Resource, Step, Verb};
use crate::target::stage::Unasked;

/// What the simulator is told of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guard {
    /// The policy's text.
    policy: String,
    /// The owner's account.
    owner: String,
}

impl Guard {
    /// The parameters of a simulation.
    pub(super) fn add_to(&self, input: &mut Structure) {
        input.set("ResourcePolicy", self.policy.as_str());
        input.set("ResourceOwner", root(&self.owner));
    }
}

impl LiveStage {
    /// What the simulator must be told of a resource; `None` where the caller's own policies decide.
    pub(super) async fn guard(
        &self,
        caller: &Principal,
        action: &str,
        resource: Option<&str>,
        keys: &[ContextEntry],
    ) -> Result<Option<Guard>, Unasked> {
        let Some(resource) = resource else {
            return Ok(None);
        };
        let Some((owner, policy)) = self.owner_and_policy(resource).await? else {
            return Ok(None);
        };
        let is_own = arn::account(&caller.arn) == Some(owner.as_str());
        if policy.is_none() && is_own {
            return Ok(None);
        }
        // Within the account, a policy without a say neither allows nor denies, but for a key's, which must allow.
        let counts = policy
            .as_deref()
            .is_none_or(|policy| has_say(policy, caller, action, resource, keys));
        if is_own && !counts && !is_about_keys(action) {
            return Ok(None);
        }
        if let Some(reason) = self.unsimulated(caller, action) {
            return Err(Unasked::Skip(reason));
        }
        if !is_own && policy.as_deref().is_some_and(lets_everyone_in) && self.is_blocked(resource) {
            return Err(Unasked::Skip(
                "the policy simulator doesn't know Block Public Access".to_owned(),
            ));
        }
        let policy = policy.unwrap_or_else(|| of_owner_alone(&owner));
        Ok(Some(Guard { policy, owner }))
    }

    /// Why the simulator can't be told of a resource's policy, if so.
    fn unsimulated(&self, caller: &Principal, action: &str) -> Option<String> {
        if caller.user.is_none() {
            return Some("the policy simulator heeds no resource's policy for roles".to_owned());
        }
        let profile = self.live.profile()?;
        let keys = is_about_keys(action).then(|| profile.lack(Capability::SimulatedKeys));
        profile
            .lack(Capability::SimulatedPolicies)
            .or(keys.flatten())
    }

    /// The account that owns a resource, and the resource's policy; `None` where nobody knows whose it is.
    async fn owner_and_policy(
        &self,
        resource: &str,
    ) -> Result<Option<(String, Option<String>)>, Unasked> {
        if let Some(known) = self.other(resource) {
            let owner = self.names.account(&known.account).to_owned();
            let policy = known.policy.as_ref();
            let policy = policy.map(|policy| self.names.policy(&policy.document.json));
            return Ok(Some((owner, policy)));
        }
        if let Some(bucket) = bucket_of(resource) {
            let mut made = self.made.iter();
            let bucket = made.find(|thing| thing.kind == Kind::Bucket && thing.name == bucket);
            return match bucket {
                Some(thing) => Ok(Some((
                    thing.account.clone(),
                    self.bucket_policy(thing).await?,
                ))),
                None => Ok(None),
            };
        }
        let owner = arn::account(resource).filter(|account| is_account(account));
        Ok(owner.map(|owner| (owner.to_owned(), None)))
    }

    /// A resource of another service that the scenario has.
    fn other(&self, arn: &str) -> Option<&Resource> {
        let mut resources = self.world.resources.iter();
        resources.find(|known| self.names.text(&known.arn.value) == arn)
    }

    /// Whether a resource isn't on the target.
    pub(super) fn is_unmade(&self, resource: Option<&str>) -> bool {
        resource.is_some_and(|resource| self.other(resource).is_some())
    }

    async fn bucket_policy(&self, bucket: &Thing) -> Result<Option<String>, Unasked> {
        let order = Order::s3(&bucket.account, "GetBucketPolicy", Structure::new())
            .with("Bucket", &bucket.name);
        match self.admins.send(&order).await {
            Ok(output) => Ok(output.string("Policy").map(str::to_owned)),
            Err(Failure::Refused { error, .. }) if error.status == 404 => Ok(None),
            Err(failure) => Err(Unasked::Skip(format!(
                "the policy simulator would have to be told the bucket's policy: {failure}"
            ))),
        }
    }

    /// Whether a bucket's Block Public Access is on, as the scenario has it; AWS switches it on for new buckets.
    fn is_blocked(&self, resource: &str) -> bool {
        let name = bucket_of(resource).unwrap_or_default();
        let mut buckets = self.world.buckets.iter();
        let bucket = buckets.find(|bucket| self.names.name(&bucket.name.value) == name);
        bucket.is_none_or(|bucket| bucket.block_public_access)
    }

    /// Why a call can't be made on a resource that the world has by its policy alone.
    pub(super) fn unmade(&self, step: &Step) -> Option<String> {
        let Verb::Call(call) = &step.verb else {
            return None;
        };
        let mut resources = self.world.resources.iter();
        let named = resources.find(|resource| is_about(call, &resource.arn.value))?;
        Some(format!(
            "`{}` isn't made on live targets: what is allowed on it can only be asked",
            named.arn.value
        ))
    }
}

/// AWS: KMS Developer Guide, key policies: without the key policy's Allow no other policy counts.
fn is_about_keys(action: &str) -> bool {
    action.to_ascii_lowercase().starts_with("kms:")
}

fn bucket_of(resource: &str) -> Option<&str> {
    let name = resource.strip_prefix("arn:aws:s3:::")?;
    Some(name.split_once('/').map_or(name, |(bucket, _)| bucket))
}

/// Whether a policy of a resource may have a say in this, whomever its statements name: one that is about the action and the
/// resource, and of which no condition is known to be false.
fn has_say(
    policy: &str,
    caller: &Principal,
    action: &str,
    resource: &str,
    keys: &[ContextEntry],
) -> bool {
    let Ok(document) = Document::parse(policy) else {
        return true;
    };
    let context = known(&document, caller, resource, keys);
    let policies = PolicySet::new(vec![Arc::new(Policy::inline("resource", document))]);
    let evaluation = explain(&Request {
        principal: &rolecall_policy::Principal::anonymous(),
        action,
        resource,
        resource_account: None,
        context: &context,
        policies: Policies {
            resource: Some(&policies),
            ..Policies::default()
        },
    });
    let mut statements = evaluation.checks.iter().flat_map(|check| &check.statements);
    statements.any(|trace| !trace.mismatches.iter().any(is_certain))
}

/// The keys of a request that are known, of those that a policy asks for.
fn known(
    document: &Document,
    caller: &Principal,
    resource: &str,
    given: &[ContextEntry],
) -> Context {
    let asked = document.context_keys().into_iter();
    let of_caller: Vec<ContextEntry> = asked
        .filter_map(|key| caller.key(key, Some(resource)))
        .collect();
    let mut context = Context::new();
    for entry in of_caller.iter().chain(given) {
        if entry.multivalued {
            context.set_list(&entry.key, entry.values.clone());
        } else if let Some(value) = entry.values.first() {
            context.set(&entry.key, value.as_str());
        }
    }
    context
}

/// Whether a statement can't match for this element, whoever calls and whatever keys are not known.
fn is_certain(mismatch: &Mismatch) -> bool {
    match mismatch.element {
        Element::Statement | Element::Action => true,
        Element::Resource => !mismatch.wanted.iter().any(|wanted| wanted.contains("${")),
        Element::Condition { .. } => !mismatch.had.is_empty(),
        Element::Principal => false,
    }
}

/// Lets nobody of another account in: what a resource without a policy does.
///
/// AWS: IAM User Guide, Cross-account policy evaluation logic: both sides must allow.
fn of_owner_alone(owner: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": root(owner)}, "Action": "*", "Resource": "*"},
    })
    .to_string()
}

pub(super) fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

/// Whether a call names a resource, by its ARN or, to the resource's own service, by its id. IAM and STS ask no ARN
/// whether there is such a resource.
fn is_about(call: &Call, resource: &str) -> bool {
    if ["iam", "sts"].contains(&call.service.as_str()) {
        return false;
    }
    let own = Arn::parse(resource).is_some_and(|arn| arn.service == call.service);
    let id = resource.rsplit(['/', ':']).next();
    let names = |text: &str| text == resource || (own && text.rsplit(['/', ':']).next() == id);
    call.input.iter().any(|(_, value)| has_text(value, &names))
}

fn has_text(value: &Value, wanted: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => wanted(text),
        Value::List(values) => values.iter().any(|value| has_text(value, wanted)),
        Value::Map(values) => values.values().any(|value| has_text(value, wanted)),
        Value::Structure(members) => members.iter().any(|(_, value)| has_text(value, wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::strings;
    use super::*;
    use rolecall_policy::{SourceId, Span};
    use rstest::rstest;

    const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234-abcd";

    #[rstest]
    #[case::by_its_arn("kms", Structure::new().with("KeyId", KEY), true)]
    #[case::by_its_id("kms", Structure::new().with("KeyId", "1234-abcd"), true)]
    #[case::another("kms", Structure::new().with("KeyId", "1234-abce"), false)]
    #[case::inside(
        "dynamodb",
        Structure::new().with("SSESpecification", Structure::new().with("KMSMasterKeyId", KEY)),
        true
    )]
    #[case::an_id_of_another_service("sqs", Structure::new().with("QueueName", "1234-abcd"), false)]
    #[case::nothing("kms", Structure::new(), false)]
    #[case::nobody_looks_it_up("iam", Structure::new().with("ResourceArns", strings([KEY])), false)]
    fn a_call_is_about_the_resource_that_it_names(
        #[case] service: &str,
        #[case] input: Structure,
        #[case] expected: bool,
    ) {
        let call = Call {
            service: service.to_owned(),
            operation: "DescribeKey".to_owned(),
            span: Span::new(SourceId(0), 0, 0),
            region: None,
            input,
        };

        assert_eq!(is_about(&call, KEY), expected);
    }

    #[rstest]
    #[case::allowed_to_all(
        r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*"}"#,
        true
    )]
    #[case::denied_to_another(
        r#"{"Effect": "Deny", "Principal": {"AWS": "1"}, "NotAction": "s3:PutObject", "Resource": "*"}"#,
        true
    )]
    #[case::another_action(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:Put*", "Resource": "*"}"#,
        false
    )]
    #[case::another_resource(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "NotResource": "arn:aws:s3:::b/*"}"#,
        false
    )]
    #[case::a_key_that_is_not_known(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}"#,
        true
    )]
    #[case::a_name_that_is_not_known(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:userid}"}"#,
        true
    )]
    #[case::only_without_tls(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}"#,
        false
    )]
    #[case::a_key_that_the_step_gives(
        r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}}"#,
        false
    )]
    fn a_policy_has_a_say_unless_it_is_certain_that_it_has_none(
        #[case] statement: &str,
        #[case] expected: bool,
    ) {
        let policy = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
        let caller = Principal {
            arn: "arn:aws:iam::123456789012:role/Reader".to_owned(),
            user: None,
            tags: None,
        };
        let given = [ContextEntry {
            key: "aws:SourceVpc".to_owned(),
            values: vec!["vpc-2".to_owned()],
            multivalued: false,
        }];

        let found = has_say(&policy, &caller, "s3:GetObject", "arn:aws:s3:::b/k", &given);

        assert_eq!(found, expected);
    }
}
