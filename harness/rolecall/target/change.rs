//! A change of the world on the mock.

use rolecall_mock::{World, WorldError};

use super::world::{
    bucket_spec, customer_policy_spec, group_spec, organization_spec, resource_spec, role_spec,
    user_spec,
};
use crate::scenario::model::{self, Change, ChangeKind, Entity, Touched};

/// Changes what a `change` step touches, and nothing else: sessions, objects and ids of the rest stay.
pub(super) fn apply(
    world: &mut World,
    before: &model::World,
    change: &Change,
) -> Result<(), WorldError> {
    change
        .touched
        .iter()
        .try_for_each(|touched| apply_one(world, before, &change.world, touched))
}

fn apply_one(
    world: &mut World,
    before: &model::World,
    after: &model::World,
    touched: &Touched,
) -> Result<(), WorldError> {
    let name = touched.name.as_str();
    let deleted = touched.kind == ChangeKind::Deleted;
    let created = touched.kind == ChangeKind::Created;
    match touched.entity {
        Entity::User => {
            for user in before
                .users
                .iter()
                .filter(|user| deleted && user.name.value == name)
            {
                world.remove_user(&user.account, name)?;
            }
            for user in after.users.iter().filter(|user| user.name.value == name) {
                let spec = user_spec(user);
                if created {
                    world.add_user(spec)?
                } else {
                    world.update_user(spec)?
                }
            }
        }
        Entity::Group => {
            for group in before
                .groups
                .iter()
                .filter(|group| deleted && group.name.value == name)
            {
                world.remove_group(&group.account, name)?;
            }
            for group in after.groups.iter().filter(|group| group.name.value == name) {
                let spec = group_spec(group);
                if created {
                    world.add_group(spec)?
                } else {
                    world.update_group(spec)?
                }
            }
        }
        Entity::Role => {
            for role in before
                .roles
                .iter()
                .filter(|role| deleted && role.name.value == name)
            {
                world.remove_role(&role.account, name)?;
            }
            for role in after.roles.iter().filter(|role| role.name.value == name) {
                let spec = role_spec(role);
                if created {
                    world.add_role(spec)?
                } else {
                    world.update_role(spec)?
                }
            }
        }
        Entity::Policy => {
            for policy in before
                .policies
                .iter()
                .filter(|policy| deleted && policy.name.value == name)
            {
                world.remove_policy(&policy.account, name)?;
            }
            for policy in after
                .policies
                .iter()
                .filter(|policy| policy.name.value == name)
            {
                let spec = customer_policy_spec(policy);
                if created {
                    world.add_policy(spec).map(drop)?
                } else {
                    world.update_policy(spec)?
                }
            }
        }
        Entity::Bucket => {
            if deleted {
                world.remove_bucket(name)?;
            }
            for bucket in after
                .buckets
                .iter()
                .filter(|bucket| bucket.name.value == name)
            {
                let spec = bucket_spec(bucket);
                let objects = spec.objects.clone();
                if created {
                    world.add_bucket(spec)?
                } else {
                    world.update_bucket(spec)?
                }
                if touched.changes("objects") {
                    world.set_objects(name, objects)?;
                }
            }
        }
        Entity::Resource => {
            if deleted {
                world.remove_resource(name)?;
            }
            for resource in after
                .resources
                .iter()
                .filter(|resource| resource.arn.value == name)
            {
                world.put_resource(resource_spec(resource))?;
            }
        }
        Entity::Organization => {
            let organization = after.organization.as_ref().map(organization_spec);
            world.set_organization(organization.as_ref())?;
        }
        // Condition keys belong to the stage; the others can't be in a world that was built.
        Entity::Context | Entity::OidcProvider | Entity::SamlProvider | Entity::Distribution => {}
    }
    Ok(())
}

impl Touched {
    fn changes(&self, member: &str) -> bool {
        match &self.kind {
            ChangeKind::Updated(members) => members.iter().any(|changed| changed == member),
            ChangeKind::Created | ChangeKind::Deleted => false,
        }
    }
}
