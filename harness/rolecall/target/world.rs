//! A scenario's world as the mock's.

use std::sync::Arc;

use rolecall_mock::{
    BucketSpec, ControlPolicySpec, CustomerPolicySpec, DistributionSpec, GroupSpec, MemberSpec,
    Mock, MockBuilder, OidcProviderSpec, OrganizationSpec, PolicySpec, ProviderKeysSpec,
    ResourceSpec, RoleSpec, SamlMetadataSpec, SamlProviderSpec, UnitSpec, UserSpec, World,
    WorldError,
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
        built.add_policy(customer_policy_spec(policy))?;
    }
    for group in &world.groups {
        built.add_group(group_spec(group))?;
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
    for distribution in &world.distributions {
        built.add_distribution(distribution_spec(distribution))?;
    }
    for provider in &world.oidc_providers {
        built.add_oidc_provider(oidc_provider_spec(provider))?;
    }
    for provider in &world.saml_providers {
        built.add_saml_provider(saml_provider_spec(provider))?;
    }
    for resource in &world.resources {
        built.put_resource(resource_spec(resource))?;
    }
    let organization = world.organization.as_ref().map(organization_spec);
    built.set_organization(organization.as_ref())?;
    Ok(built)
}

/// What a world asks for that this build can't do.
pub(super) fn missing(world: &model::World) -> Option<&'static str> {
    let mut providers = world.oidc_providers.iter();
    let discovers = providers.any(|provider| provider.keys == model::ProviderKeys::Discover);
    let can_discover = cfg!(feature = "discover");
    (discovers && !can_discover)
        .then_some("OIDC keys by discovery, since it was built without its feature `discover`")
}

/// A mock of a world, which asks issuers for their keys where the world wants it.
pub fn mock(world: World) -> MockBuilder {
    let builder = Mock::builder(world);
    #[cfg(feature = "discover")]
    let builder = builder.fetch_keys(super::discover::fetch);
    builder
}

pub(super) fn customer_policy_spec(policy: &model::CustomerPolicy) -> CustomerPolicySpec {
    CustomerPolicySpec {
        account: policy.account.clone(),
        path: "/".to_owned(),
        name: policy.name.value.clone(),
        document: document(&policy.document),
    }
}

pub(super) fn user_spec(user: &model::User) -> UserSpec {
    UserSpec {
        path: user.path.clone(),
        policies: policies(&user.policies, &user.account),
        boundary: user
            .boundary
            .as_ref()
            .map(|boundary| policy(boundary, &user.account, 0)),
        tags: user.tags.clone(),
        access_key_active: user.access_key_active,
        groups: user.groups.clone(),
        mfa: user.mfa,
        ..UserSpec::new(&user.account, &user.name.value)
    }
}

pub(super) fn group_spec(group: &model::Group) -> GroupSpec {
    GroupSpec {
        account: group.account.clone(),
        path: group.path.clone(),
        name: group.name.value.clone(),
        policies: policies(&group.policies, &group.account),
    }
}

pub(super) fn oidc_provider_spec(provider: &model::OidcProvider) -> OidcProviderSpec {
    OidcProviderSpec {
        account: provider.account.clone(),
        url: provider.url.clone(),
        audiences: provider.audiences.clone(),
        keys: match &provider.keys {
            model::ProviderKeys::Given(jwks) => ProviderKeysSpec::Jwks(jwks.to_string()),
            model::ProviderKeys::Generated => ProviderKeysSpec::Generated,
            model::ProviderKeys::Discover => ProviderKeysSpec::Discovered,
        },
    }
}

pub(super) fn saml_provider_spec(provider: &model::SamlProvider) -> SamlProviderSpec {
    SamlProviderSpec {
        account: provider.account.clone(),
        name: provider.name.value.clone(),
        metadata: match &provider.keys {
            model::ProviderKeys::Given(document) => {
                SamlMetadataSpec::Document(document.to_string())
            }
            model::ProviderKeys::Generated | model::ProviderKeys::Discover => {
                SamlMetadataSpec::Generated {
                    issuer: provider.issuer.clone(),
                }
            }
        },
    }
}

pub(super) fn resource_spec(resource: &model::Resource) -> ResourceSpec {
    ResourceSpec {
        arn: resource.arn.value.clone(),
        account: resource.account.clone(),
        policy: resource
            .policy
            .as_ref()
            .map(|policy| document(&policy.document)),
        tags: resource.tags.clone(),
    }
}

pub(super) fn organization_spec(organization: &model::Organization) -> OrganizationSpec {
    OrganizationSpec {
        id: organization.id.clone(),
        management: organization.management.clone(),
        root: unit_spec(&organization.root),
    }
}

fn unit_spec(unit: &model::Unit) -> UnitSpec {
    UnitSpec {
        name: unit.name.value.clone(),
        service_control: control_policies(&unit.service_control),
        resource_control: control_policies(&unit.resource_control),
        units: unit.units.iter().map(unit_spec).collect(),
        accounts: unit.accounts.iter().map(member_spec).collect(),
    }
}

fn member_spec(member: &model::Member) -> MemberSpec {
    MemberSpec {
        account: member.account.clone(),
        name: member.name.value.clone(),
        service_control: control_policies(&member.service_control),
        resource_control: control_policies(&member.resource_control),
    }
}

fn control_policies(references: &[PolicyReference]) -> Vec<ControlPolicySpec> {
    let spec = |(index, reference): (usize, &PolicyReference)| ControlPolicySpec {
        name: policy_name(&reference.origin, index),
        document: document(&reference.document),
    };
    references.iter().enumerate().map(spec).collect()
}

pub(super) fn role_spec(role: &model::Role) -> RoleSpec {
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

pub(super) fn bucket_spec(bucket: &model::Bucket) -> BucketSpec {
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

pub(super) fn distribution_spec(distribution: &model::Distribution) -> DistributionSpec {
    DistributionSpec {
        id: distribution.name.value.clone(),
        account: distribution.account.clone(),
        origin: distribution.origin.clone(),
        aliases: distribution.aliases.clone(),
        tags: distribution.tags.clone(),
    }
}

fn policies(references: &[PolicyReference], account: &str) -> Vec<PolicySpec> {
    references
        .iter()
        .enumerate()
        .map(|(index, reference)| policy(reference, account, index))
        .collect()
}

/// A policy from a file or written in place is an inline policy.
fn policy(reference: &PolicyReference, account: &str, index: usize) -> PolicySpec {
    let document = document(&reference.document);
    match &reference.origin {
        PolicyOrigin::Customer(name) => PolicySpec::Managed {
            arn: format!("arn:aws:iam::{account}:policy/{name}"),
            document,
        },
        PolicyOrigin::Aws(arn) => PolicySpec::Managed {
            arn: arn.clone(),
            document,
        },
        PolicyOrigin::File(_) | PolicyOrigin::Inline | PolicyOrigin::Plan { .. } => {
            PolicySpec::Inline {
                name: policy_name(&reference.origin, index),
                document,
            }
        }
    }
}

/// A policy's name: its file's, its own, or its place in the list.
pub(super) fn policy_name(origin: &PolicyOrigin, index: usize) -> String {
    match origin {
        PolicyOrigin::File(path) => file_stem(path).to_owned(),
        PolicyOrigin::Inline => format!("inline-{}", index + 1),
        PolicyOrigin::Customer(name) => name.clone(),
        PolicyOrigin::Aws(arn) => {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            // AWS's control policies have names for ids: `p-FullAWSAccess`.
            name.strip_prefix("p-").unwrap_or(name).to_owned()
        }
        PolicyOrigin::Plan { address, .. } => {
            address.rsplit('.').next().unwrap_or(address).to_owned()
        }
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
