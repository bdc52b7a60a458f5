//! A change of the world on the mock.

use rolecall_mock::{World, WorldError};

use super::world::{
    bucket_spec, customer_policy_spec, distribution_spec, group_spec, oidc_provider_spec,
    organization_spec, resource_spec, role_spec, saml_provider_spec, user_spec,
};
use crate::scenario::model::{self, Change, ChangeKind, Entity, Touched};

/// Changes what a `change` step touches, and nothing else: sessions, objects and ids of the rest stay.
pub(super) fn apply(
    world: &mut World,
    before: &model::World,
    change: &Change,
) -> Result<(), WorldError> {
    let after = &change.world;
    for touched in &change.touched {
        if touched.kind == ChangeKind::Deleted {
            remove(world, before, touched)?;
        } else {
            put(world, after, touched)?;
        }
    }
    Ok(())
}

fn remove(world: &mut World, before: &model::World, touched: &Touched) -> Result<(), WorldError> {
    let name = touched.name.as_str();
    match touched.entity {
        Entity::User => {
            let user = before.users.iter().find(|user| user.name.value == name);
            user.map_or(Ok(()), |user| world.remove_user(&user.account, name))
        }
        Entity::Group => {
            let group = before.groups.iter().find(|group| group.name.value == name);
            group.map_or(Ok(()), |group| world.remove_group(&group.account, name))
        }
        Entity::Role => {
            let role = before.roles.iter().find(|role| role.name.value == name);
            role.map_or(Ok(()), |role| world.remove_role(&role.account, name))
        }
        Entity::Policy => {
            let mut named = before
                .policies
                .iter()
                .filter(|policy| policy.name.value == name);
            named.try_for_each(|policy| world.remove_policy(&policy.account, name))
        }
        Entity::Bucket => world.remove_bucket(name),
        Entity::Distribution => world.remove_distribution(name),
        Entity::Resource => world.remove_resource(name),
        Entity::Organization => world.set_organization(None),
        Entity::OidcProvider => {
            let mut providers = before.oidc_providers.iter();
            let provider = providers.find(|provider| provider.name.value == name);
            provider.map_or(Ok(()), |provider| {
                world.remove_oidc_provider(&provider.account, &provider.url)
            })
        }
        Entity::SamlProvider => {
            let mut providers = before.saml_providers.iter();
            let provider = providers.find(|provider| provider.name.value == name);
            provider.map_or(Ok(()), |provider| {
                world.remove_saml_provider(&provider.account, name)
            })
        }
        // Condition keys belong to the stage.
        Entity::Context => Ok(()),
    }
}

/// Makes what is touched, or gives it its new members.
fn put(world: &mut World, after: &model::World, touched: &Touched) -> Result<(), WorldError> {
    let name = touched.name.as_str();
    let made = touched.kind == ChangeKind::Created;
    match touched.entity {
        Entity::User => {
            let named = after.users.iter().filter(|user| user.name.value == name);
            let change = if made {
                World::add_user
            } else {
                World::update_user
            };
            named
                .map(user_spec)
                .try_for_each(|spec| change(world, spec))
        }
        Entity::Group => {
            let named = after.groups.iter().filter(|group| group.name.value == name);
            let change = if made {
                World::add_group
            } else {
                World::update_group
            };
            named
                .map(group_spec)
                .try_for_each(|spec| change(world, spec))
        }
        Entity::Role => {
            let named = after.roles.iter().filter(|role| role.name.value == name);
            let change = if made {
                World::add_role
            } else {
                World::update_role
            };
            named
                .map(role_spec)
                .try_for_each(|spec| change(world, spec))
        }
        Entity::Policy => {
            let mut named = after
                .policies
                .iter()
                .filter(|policy| policy.name.value == name);
            named.try_for_each(|policy| {
                let spec = customer_policy_spec(policy);
                if made {
                    world.add_policy(spec).map(drop)
                } else {
                    world.update_policy(spec)
                }
            })
        }
        Entity::Bucket => {
            let mut named = after
                .buckets
                .iter()
                .filter(|bucket| bucket.name.value == name);
            named.try_for_each(|bucket| put_bucket(world, bucket, touched))
        }
        Entity::Distribution => {
            let distributions = after.distributions.iter();
            let named = distributions.filter(|distribution| distribution.name.value == name);
            let change = if made {
                World::add_distribution
            } else {
                World::update_distribution
            };
            named
                .map(distribution_spec)
                .try_for_each(|spec| change(world, spec))
        }
        Entity::Resource => {
            let named = after
                .resources
                .iter()
                .filter(|resource| resource.arn.value == name);
            named
                .map(resource_spec)
                .try_for_each(|spec| world.put_resource(spec))
        }
        Entity::Organization => {
            let organization = after.organization.as_ref().map(organization_spec);
            world.set_organization(organization.as_ref())
        }
        Entity::OidcProvider => put_oidc_provider(world, after, name, made),
        Entity::SamlProvider => put_saml_provider(world, after, name, made),
        // Condition keys belong to the stage.
        Entity::Context => Ok(()),
    }
}

fn put_oidc_provider(
    world: &mut World,
    after: &model::World,
    name: &str,
    made: bool,
) -> Result<(), WorldError> {
    let providers = after.oidc_providers.iter();
    let mut named = providers.filter(|provider| provider.name.value == name);
    named.try_for_each(|provider| {
        let spec = oidc_provider_spec(provider);
        if made {
            world.add_oidc_provider(spec).map(drop)
        } else {
            world.update_oidc_provider(spec)
        }
    })
}

fn put_saml_provider(
    world: &mut World,
    after: &model::World,
    name: &str,
    made: bool,
) -> Result<(), WorldError> {
    let providers = after.saml_providers.iter();
    let mut named = providers.filter(|provider| provider.name.value == name);
    named.try_for_each(|provider| {
        let spec = saml_provider_spec(provider);
        if made {
            world.add_saml_provider(spec).map(drop)
        } else {
            world.update_saml_provider(spec)
        }
    })
}

/// A bucket keeps what the steps before have put into it, unless its objects are what changes.
fn put_bucket(
    world: &mut World,
    bucket: &model::Bucket,
    touched: &Touched,
) -> Result<(), WorldError> {
    let spec = bucket_spec(bucket);
    match &touched.kind {
        ChangeKind::Updated(members) => {
            let objects = members
                .iter()
                .any(|member| member == "objects")
                .then(|| spec.objects.clone());
            world.update_bucket(spec)?;
            objects.map_or(Ok(()), |objects| {
                world.set_objects(&bucket.name.value, objects)
            })
        }
        ChangeKind::Created | ChangeKind::Deleted => world.add_bucket(spec),
    }
}
