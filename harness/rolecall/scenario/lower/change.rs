//! `change`: the world's values with a step's changes in them.

use std::borrow::Cow;

use rolecall_policy::{Entry, Node, Span, Value};

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::language::{conform, tables};
use crate::scenario::model::{Change, ChangeKind, Entity, Touched};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::tree::{entries, section};

impl Lower<'_, '_, '_> {
    /// The world after a change. The steps that follow see its names.
    pub(super) fn change(&mut self, change: &Node) -> Change {
        let touched = self.touched(change);
        let root = merged(&self.root, change);
        let from = self.found.len();
        conform::changed(&root, &tables::WORLD_FILE, self.found);
        for missing in self.found.iter_mut().skip(from) {
            place_at_change(missing, &root, change);
        }
        self.root = Cow::Owned(root.clone());
        let world = self.world(&root);
        self.unknown_principals(&world);
        Change { world, touched }
    }

    fn touched(&mut self, change: &Node) -> Vec<Touched> {
        if entries(change).is_empty() {
            let error = Diagnostic::error("scenario::empty", "`change` changes nothing")
                .at(change.span, "nothing in it")
                .help("name what changes, as in the world: `change: { users: { NAME: { … } } }`");
            self.report(error);
        }
        let mut touched = Vec::new();
        for entry in entries(change) {
            let Some(entity) = Entity::ALL
                .into_iter()
                .find(|entity| entity.section() == entry.key)
            else {
                continue;
            };
            match (entity, &entry.value.value) {
                (Entity::Organization, _) => {
                    touched.push(whole(entry, self.root.get(&entry.key).is_some()));
                }
                (_, Value::Null) => touched.extend(self.all_deleted(entity, entry.key_span)),
                _ => touched.extend(
                    entries(&entry.value)
                        .iter()
                        .filter_map(|entry| self.one(entity, entry)),
                ),
            }
        }
        touched
    }

    fn all_deleted(&self, entity: Entity, span: Span) -> Vec<Touched> {
        let known = section(&self.root, entity.section()).iter();
        known
            .map(|entry| Touched {
                entity,
                name: entry.key.clone(),
                kind: ChangeKind::Deleted,
                span,
            })
            .collect()
    }

    fn one(&mut self, entity: Entity, entry: &Entry) -> Option<Touched> {
        let known = section(&self.root, entity.section())
            .iter()
            .any(|known| known.key == entry.key);
        let kind = match (&entry.value.value, known) {
            (Value::Null, true) => ChangeKind::Deleted,
            (Value::Null, false) => {
                self.nothing_to_delete(entity, entry);
                return None;
            }
            (_, false) => ChangeKind::Created,
            (Value::Map(members), true) if is_record(entity) => {
                ChangeKind::Updated(members.iter().map(|member| member.key.clone()).collect())
            }
            (_, true) => ChangeKind::Updated(Vec::new()),
        };
        Some(Touched {
            entity,
            name: entry.key.clone(),
            kind,
            span: entry.key_span,
        })
    }

    fn nothing_to_delete(&mut self, entity: Entity, entry: &Entry) {
        let noun = entity.noun();
        let known = section(&self.root, entity.section())
            .iter()
            .map(|entry| entry.key.as_str());
        let help = did_you_mean(&entry.key, known).unwrap_or_else(|| "remove the line".to_owned());
        let message = format!("there is no {noun} `{}` to delete", entry.key);
        let error = Diagnostic::error("scenario::nothing-to-delete", message);
        self.report(
            error
                .at(entry.key_span, "not there at this step")
                .help(help),
        );
    }
}

/// What a change has taken away is missing because of the change, not where the thing was first defined.
fn place_at_change(missing: &mut Diagnostic, root: &Node, change: &Node) {
    let Some((at, _)) = &mut missing.at else {
        return;
    };
    let defined = *at;
    let things = entries(change).iter().flat_map(|part| {
        entries(&part.value)
            .iter()
            .map(move |thing| (&part.key, thing))
    });
    let changed = things.into_iter().find(|(part, thing)| {
        let mut known = section(root, part).iter();
        known.any(|known| known.key == thing.key && known.key_span == defined)
    });
    if let Some((_, thing)) = changed.filter(|(_, thing)| thing.key_span != defined) {
        let mut members = entries(&thing.value).iter();
        let taken = members.find(|member| {
            member.value.value == Value::Null
                && missing.message.ends_with(&format!("`{}`", member.key))
        });
        *at = taken.unwrap_or(thing).key_span;
        missing.related.push((defined, "defined here".to_owned()));
    }
}

fn whole(entry: &Entry, known: bool) -> Touched {
    let kind = match (&entry.value.value, known) {
        (Value::Null, _) => ChangeKind::Deleted,
        (_, false) => ChangeKind::Created,
        (_, true) => ChangeKind::Updated(
            entries(&entry.value)
                .iter()
                .map(|member| member.key.clone())
                .collect(),
        ),
    };
    Touched {
        entity: Entity::Organization,
        name: String::new(),
        kind,
        span: entry.key_span,
    }
}

/// Whether things of this kind are maps of members; policies and condition keys are values.
fn is_record(entity: Entity) -> bool {
    !matches!(entity, Entity::Policy | Entity::Context)
}

/// The world's values with a change in them: sections and things by name, members replaced, `null` deletes.
fn merged(world: &Node, change: &Node) -> Node {
    merge(world, change, &mut |key| {
        let entity = Entity::ALL
            .into_iter()
            .find(|entity| entity.section() == key);
        match entity {
            Some(Entity::Organization) => Depth::Organization,
            Some(entity) if is_record(entity) => Depth::Things,
            Some(_) => Depth::Values,
            None => Depth::Replace,
        }
    })
}

/// How far down a value is merged.
#[derive(Clone, Copy)]
enum Depth {
    /// Replaced whole.
    Replace,
    /// A map of values, each replaced whole.
    Values,
    /// A map of things, whose members are replaced whole.
    Things,
    /// An organization, or a unit or account in it.
    Organization,
    /// A map of units or accounts.
    Units,
}

fn merge(old: &Node, new: &Node, depth: &mut dyn FnMut(&str) -> Depth) -> Node {
    let (Value::Map(before), Value::Map(changes)) = (&old.value, &new.value) else {
        return new.clone();
    };
    let mut merged = before.clone();
    for change in changes {
        let place = merged.iter().position(|entry| entry.key == change.key);
        let known = place.and_then(|place| merged.get_mut(place).map(|entry| (place, entry)));
        match (known, &change.value.value) {
            (Some((place, _)), Value::Null) => {
                merged.remove(place);
            }
            (None, Value::Null) => {}
            (Some((_, entry)), _) => {
                entry.value = member(&entry.value, &change.value, depth(&change.key));
            }
            (None, _) => merged.push(change.clone()),
        }
    }
    Node {
        span: old.span,
        value: Value::Map(merged),
    }
}

fn member(old: &Node, new: &Node, depth: Depth) -> Node {
    match depth {
        Depth::Replace => new.clone(),
        Depth::Values => merge(old, new, &mut |_| Depth::Replace),
        Depth::Things => merge(old, new, &mut |_| Depth::Values),
        Depth::Units => merge(old, new, &mut |_| Depth::Organization),
        Depth::Organization => merge(old, new, &mut |key| match key {
            "root" => Depth::Organization,
            "units" | "accounts" => Depth::Units,
            _ => Depth::Replace,
        }),
    }
}
