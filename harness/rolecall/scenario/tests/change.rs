//! `change`: what the world is afterwards.

use super::super::model::{Change, ChangeKind, Entity, Verb, World};
use super::*;

fn changes(steps_text: &str) -> Vec<Change> {
    let changes = steps(steps_text)
        .into_iter()
        .filter_map(|step| match step.verb {
            Verb::Change(change) => Some(*change),
            _ => None,
        });
    changes.collect()
}

fn users(world: &World) -> Vec<&str> {
    world
        .users
        .iter()
        .map(|user| user.name.value.as_str())
        .collect()
}

#[test]
fn things_are_merged_by_name_and_members_replaced() {
    let changes = changes(
        "  - change:
      users: { ann: { tags: { team: web } }, bob: {} }
      roles: { Deploy: { max-session: 2h } }
      context: { aws:SourceIp: 203.0.113.7 }
  - change: { users: { ann: { tags: { unit: x }, mfa: null }, bob: null }, buckets: null }
  - { as: ann, assume: Deploy }",
    );

    let [first, second] = changes.as_slice() else {
        panic!("two changes")
    };
    let updated = |member: &str| ChangeKind::Updated(vec![member.to_owned()]);
    let touched = |change: &Change| -> Vec<(Entity, String, ChangeKind)> {
        let touched = change.touched.iter();
        touched
            .map(|touched| (touched.entity, touched.name.clone(), touched.kind.clone()))
            .collect()
    };
    assert_eq!(
        touched(first),
        [
            (Entity::User, "ann".to_owned(), updated("tags")),
            (Entity::User, "bob".to_owned(), ChangeKind::Created),
            (Entity::Role, "Deploy".to_owned(), updated("max-session")),
            (
                Entity::Context,
                "aws:SourceIp".to_owned(),
                ChangeKind::Created
            ),
        ]
    );
    assert_eq!(users(&first.world), ["ann", "bob"]);
    assert!(first.world.users[0].mfa, "what isn't named stays");
    assert_eq!(first.world.roles[0].max_session, 7_200);
    assert_eq!(first.world.roles[0].path, "/ops/");
    assert_eq!(users(&second.world), ["ann"]);
    assert_eq!(
        second.world.users[0].tags,
        [("unit".to_owned(), "x".to_owned())]
    );
    assert!(
        !second.world.users[0].mfa,
        "a deleted member has its default"
    );
    assert_eq!(second.world.buckets.len(), 0);
    assert_eq!(
        touched(second)[1],
        (Entity::User, "bob".to_owned(), ChangeKind::Deleted)
    );
    assert_eq!(
        touched(second)[2],
        (Entity::Bucket, "site".to_owned(), ChangeKind::Deleted)
    );
}

#[test]
fn a_deleted_role_can_still_be_named_and_made_again() {
    let changes = changes(
        "  - change: { roles: { Deploy: null } }
  - { as: ann, assume: Deploy, expect: denied }
  - change: { roles: { Deploy: { trust: ann.json } } }
  - { as: ann, assume: Deploy }",
    );

    assert_eq!(changes[0].world.roles.len(), 0);
    assert_eq!(changes[1].touched[0].kind, ChangeKind::Created);
    assert_eq!(changes[1].world.roles[0].path, "/");
}

#[test]
fn units_of_an_organization_are_merged_by_name() {
    let organization = "organization:
  root: { units: { A: { accounts: { main: {} } }, B: {} } }
";
    let text = scenario(
        "  - change: { organization: { root: { units: { A: { service-control-policies: [FullAWSAccess, FullAWSAccess] } } } } }
  - { as: ann, assume: Deploy }",
    );
    let steps = test(&format!("{organization}{text}")).steps;

    let Verb::Change(change) = &steps[0].verb else {
        panic!("a change")
    };
    let root = &change
        .world
        .organization
        .as_ref()
        .expect("an organization")
        .root;
    assert_eq!(root.units.len(), 2);
    assert_eq!(root.units[0].accounts.len(), 1);
    assert_eq!(root.units[0].service_control.len(), 2);
    assert_eq!(change.touched[0].entity, Entity::Organization);
}

#[test]
fn what_a_change_makes_must_be_complete() {
    let loaded = load_text(&scenario(
        "  - change: { roles: { New: {} }, users: { nobody: null } }
  - { as: ann, assume: Deploy }",
    ));
    assert_eq!(
        errors(&loaded),
        [
            "role `New` has no `trust`",
            "there is no user `nobody` to delete"
        ]
    );
}
