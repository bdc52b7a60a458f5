//! Session policies, inline and by ARN, and the room they take.

use std::sync::Arc;

use rolecall_policy::validate::{PolicyKind, validate};
use rolecall_policy::{Policy, PolicySet, json};
use rolecall_wire::{ServiceError, Structure};

use super::session_tags;
use crate::service::call::Call;
use crate::world::{API_SOURCE, AccountId, ManagedPolicy, PolicyDocument, RoleArn, World};

/// AWS: API Reference, `AssumeRole`, `Policy`: inline policy and ARNs together.
const PLAIN_LIMIT: usize = 2048;
/// The bytes that come to 100 %. AWS packs in a way it doesn't publish; this is the mock's own measure.
const PACKED_LIMIT: usize = 4096;
/// AWS: API Reference, `AssumeRole`, `PolicyArns`.
const MANAGED_LIMIT: usize = 10;

/// Session policies as they were passed.
#[derive(Debug, Default)]
pub(super) struct SessionPolicies {
    inline: Option<PolicyDocument>,
    managed: Vec<(String, PolicyDocument)>,
}

impl SessionPolicies {
    /// Reads the policies of a request.
    pub(super) fn read(world: &World, call: &Call) -> Result<Self, ServiceError> {
        let inline = call.input.string("Policy").map(inline).transpose()?;
        let arns: Vec<_> = call
            .input
            .structures("PolicyArns")
            .filter_map(policy_arn)
            .collect();
        if arns.len() > MANAGED_LIMIT {
            return Err(super::validation_error(format!(
                "1 validation error detected: Value '[{}]' at 'policyArns' failed to satisfy constraint: \
                 Member must have length less than or equal to {MANAGED_LIMIT}",
                arns.join(", ")
            )));
        }
        let managed = arns
            .into_iter()
            .map(|arn| Ok((arn.to_owned(), managed(world, call, arn)?)))
            .collect::<Result<_, ServiceError>>()?;
        Ok(Self { inline, managed })
    }

    /// The policies of the session; `None` if none was passed, which is no filter at all.
    pub(super) fn prepare(&self, session_arn: &str) -> Option<Arc<PolicySet>> {
        let policy = |uri: &str, inline, document: &PolicyDocument| {
            Arc::new(Policy {
                uri: uri.to_owned(),
                inline,
                attached_to: Some(session_arn.to_owned()),
                document: Arc::clone(&document.document),
                text: Some(Arc::clone(&document.json)),
            })
        };
        let inline = self
            .inline
            .iter()
            .map(|d| policy("session-policy", true, d));
        let managed = self.managed.iter().map(|(arn, d)| policy(arn, false, d));
        let policies: Vec<_> = inline.chain(managed).collect();
        (!policies.is_empty()).then(|| Arc::new(PolicySet::new(policies)))
    }

    /// How much of the room for policies and tags they take, in percent; `None` if nothing was passed.
    pub(super) fn packed_size(&self, call: &Call) -> Result<Option<i64>, ServiceError> {
        let inline = self.inline.as_ref().map_or(0, |p| p.json.chars().count());
        let arns: usize = self
            .managed
            .iter()
            .map(|(arn, _)| arn.chars().count())
            .sum();
        let (tags, _) = session_tags::of_session(call);
        let tags: usize = tags
            .iter()
            .map(|(key, value)| key.len() + value.len() + 2)
            .sum();

        let plain = percent(inline + arns, PLAIN_LIMIT);
        let packed = percent(inline + arns + tags, PACKED_LIMIT);
        if plain > 100 {
            return Err(too_large(&format!(
                "Packed policy consumes {plain}% of allotted space, please use smaller policy."
            )));
        }
        if packed > 100 && inline + arns > 0 {
            return Err(too_large(&format!(
                "Packed policy consumes {packed}% of allotted space, please use smaller policy."
            )));
        }
        if packed > 100 {
            return Err(too_large(&format!(
                "Packed size of session tags consumes {packed}% of allotted space."
            )));
        }
        Ok((packed > 0).then_some(packed))
    }
}

fn inline(text: &str) -> Result<PolicyDocument, ServiceError> {
    let malformed = |message: String| ServiceError::new(400, "MalformedPolicyDocument", message);
    let node = json::read(text, API_SOURCE).map_err(|error| malformed(error.message))?;
    if let Some(problem) = validate(&node, PolicyKind::Session).into_iter().next() {
        return Err(ServiceError::new(400, problem.code, problem.message));
    }
    PolicyDocument::parse(text).map_err(|error| malformed(error.message))
}

/// A managed policy of AWS, or of the account that the session is in. AWS's answer for an ARN that names none isn't
/// known.
fn managed(world: &World, call: &Call, arn: &str) -> Result<PolicyDocument, ServiceError> {
    let role = RoleArn::parse(call.required("RoleArn")).map(|arn| arn.account);
    let account = role.or(call.caller.account.as_ref().map(AccountId::as_str));
    let is_theirs = |policy: &Arc<ManagedPolicy>| {
        let owner = policy.account.as_ref().map(AccountId::as_str);
        owner.is_none() || owner == account
    };
    let policy = world.managed_policy(arn).filter(is_theirs);
    let message = || format!("Policy {arn} does not exist or is not attachable.");
    policy
        .map(|policy| policy.default.document.clone())
        .ok_or_else(|| super::validation_error(message()))
}

fn policy_arn(descriptor: &Structure) -> Option<&str> {
    descriptor.string("arn")
}

fn percent(size: usize, limit: usize) -> i64 {
    i64::try_from((size * 100).div_ceil(limit)).unwrap_or(i64::MAX)
}

fn too_large(message: &str) -> ServiceError {
    ServiceError::new(400, "PackedPolicyTooLarge", message)
}
