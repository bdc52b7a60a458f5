//! A scenario's world as the mock's.

use std::sync::Arc;

use rolecall_mock::{
    BucketSpec, CustomerPolicySpec, PolicySpec, RoleSpec, UserSpec, World, WorldError,
};

use crate::scenario::model;
use crate::scenario::model::{PolicyOrigin, PolicyReference};

/// Ids, keys and tokens of every run follow from this seed, so that two runs print the same text.
pub const DEFAULT_SEED: u64 = 0;

/// Why a scenario's world can't be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProvisionError {
    /// It breaks a rule of AWS that reading the scenario doesn't check: two roles whose names differ in case, say.
    #[error(transparent)]
    World(#[from] WorldError),
    /// It has something that the mock doesn't have so far. Leaving it out would change decisions.
    #[error("the mock of this version has no {0}")]
    Missing(&'static str),
}

/// Builds a scenario's world; ids, keys and tokens follow from the seed.
///
/// # Errors
///
/// When the mock can't have such a world: nothing of it is left out silently.
pub fn provision(world: &model::World, seed: u64) -> Result<World, ProvisionError> {
    if let Some(missing) = missing(world) {
        return Err(ProvisionError::Missing(missing));
    }
    let mut built = World::new(seed, world.clock);
    for account in &world.accounts {
        built.add_account(&account.id)?;
    }
    for policy in &world.policies {
        built.add_policy(CustomerPolicySpec {
            account: policy.account.clone(),
            path: "/".to_owned(),
            name: policy.name.value.clone(),
            document: document(&policy.document),
        })?;
    }
    for user in &world.users {
        built.add_user(user_spec(user))?;
    }
    for role in &world.roles {
        built.add_role(role_spec(role))?;
    }
    for bucket in &world.buckets {
        built.add_bucket(bucket_spec(bucket))?;
    }
    Ok(built)
}

fn missing(world: &model::World) -> Option<&'static str> {
    let has_mfa = world.users.iter().any(|user| user.mfa);
    [
        (world.organization.is_some(), "organizations"),
        (!world.groups.is_empty(), "groups"),
        (has_mfa, "MFA devices"),
        (!world.oidc_providers.is_empty(), "OIDC providers"),
        (!world.saml_providers.is_empty(), "SAML providers"),
        (!world.distributions.is_empty(), "distributions"),
        (
            !world.resources.is_empty(),
            "resources with policies of their own",
        ),
    ]
    .into_iter()
    .find_map(|(has, what)| has.then_some(what))
}

fn user_spec(user: &model::User) -> UserSpec {
    UserSpec {
        path: user.path.clone(),
        policies: policies(&user.policies, &user.account),
        boundary: user
            .boundary
            .as_ref()
            .map(|boundary| policy(boundary, &user.account, 0)),
        tags: user.tags.clone(),
        access_key_active: user.access_key_active,
        ..UserSpec::new(&user.account, &user.name.value)
    }
}

fn role_spec(role: &model::Role) -> RoleSpec {
    RoleSpec {
        path: role.path.clone(),
        policies: policies(&role.policies, &role.account),
        boundary: role
            .boundary
            .as_ref()
            .map(|boundary| policy(boundary, &role.account, 0)),
        tags: role.tags.clone(),
        max_session: role.max_session,
        ..RoleSpec::new(
            &role.account,
            &role.name.value,
            document(&role.trust.document),
        )
    }
}

fn bucket_spec(bucket: &model::Bucket) -> BucketSpec {
    BucketSpec {
        policy: bucket
            .policy
            .as_ref()
            .map(|policy| document(&policy.document)),
        objects: bucket
            .objects
            .iter()
            .map(|(key, content)| (key.clone(), content.clone().into()))
            .collect(),
        tags: bucket.tags.clone(),
        block_public_access: bucket.block_public_access,
        ..BucketSpec::new(&bucket.account, &bucket.name.value)
    }
}

fn policies(references: &[PolicyReference], account: &str) -> Vec<PolicySpec> {
    references
        .iter()
        .enumerate()
        .map(|(index, reference)| policy(reference, account, index))
        .collect()
}

/// A policy from a file or written in place is an inline policy, named after the file or its place in the list.
fn policy(reference: &PolicyReference, account: &str, index: usize) -> PolicySpec {
    let document = document(&reference.document);
    match &reference.origin {
        PolicyOrigin::File(path) => PolicySpec::Inline {
            name: file_stem(path).to_owned(),
            document,
        },
        PolicyOrigin::Inline => PolicySpec::Inline {
            name: format!("inline-{}", index + 1),
            document,
        },
        PolicyOrigin::Customer(name) => PolicySpec::Managed {
            arn: format!("arn:aws:iam::{account}:policy/{name}"),
            document,
        },
        PolicyOrigin::Plan { address, .. } => {
            let name = address.rsplit('.').next().unwrap_or(address);
            PolicySpec::Inline {
                name: name.to_owned(),
                document,
            }
        }
        PolicyOrigin::Aws(arn) => PolicySpec::Managed {
            arn: arn.clone(),
            document,
        },
    }
}

fn file_stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

fn document(document: &model::PolicyDocument) -> rolecall_mock::PolicyDocument {
    rolecall_mock::PolicyDocument {
        json: Arc::clone(&document.json),
        node: Some(Arc::clone(&document.node)),
        document: Arc::clone(&document.document),
    }
}
