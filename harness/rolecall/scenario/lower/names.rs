//! What the scenario's own names stand for.

use std::collections::{BTreeMap, BTreeSet};

use crate::scenario::model::{Account, Entity, PolicyDocument};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text;

/// A named thing of the world.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The account's number.
    pub(super) account: String,
    /// The IAM path; `/` for what has none.
    pub(super) path: String,
}

/// Every name that the world has had so far, also of what steps have deleted since.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) accounts: Vec<Account>,
    known: BTreeMap<Entity, BTreeMap<String, Named>>,
    /// The documents of `policies`, of those that could be read.
    pub(super) documents: BTreeMap<String, PolicyDocument>,
    /// The organizational units, and `Root`.
    pub(super) units: BTreeSet<String>,
    /// Kinds of things whose section can't be read, so that any name may be theirs.
    pub(super) unreadable: BTreeSet<Entity>,
}

impl Names {
    /// Learns a name.
    pub(super) fn learn(&mut self, entity: Entity, name: &str, value: Named) {
        let names = self.known.entry(entity).or_default();
        names.insert(name.to_owned(), value);
    }

    /// What a name stands for.
    pub(super) fn get(&self, entity: Entity, name: &str) -> Option<&Named> {
        self.known.get(&entity)?.get(name)
    }

    /// Whether the world has (or has had) a thing of this name.
    pub(super) fn has(&self, entity: Entity, name: &str) -> bool {
        self.get(entity, name).is_some()
    }

    /// All names of a kind, with what they stand for.
    pub(super) fn all(&self, entity: Entity) -> impl Iterator<Item = (&str, &Named)> {
        let known = self.known.get(&entity).into_iter().flatten();
        known.map(|(name, named)| (name.as_str(), named))
    }

    /// All names of a kind.
    pub(super) fn names(&self, entity: Entity) -> impl Iterator<Item = &str> {
        self.all(entity).map(|(name, _)| name)
    }

    /// What to write instead of an unknown name: the nearest, else all there are, else how to define one.
    pub(super) fn help(&self, entity: Entity, name: &str, define: &str) -> String {
        let near = did_you_mean(name, self.names(entity));
        near.unwrap_or_else(|| {
            if self.names(entity).next().is_some() {
                format!(
                    "`{}` has {}",
                    entity.section(),
                    text::list(self.names(entity))
                )
            } else {
                define.to_owned()
            }
        })
    }

    /// The number of the default account.
    pub(super) fn default_account(&self) -> String {
        let first = self.accounts.first();
        first.map(|account| account.id.clone()).unwrap_or_default()
    }

    /// The number of an account by its name, or by the number itself.
    pub(super) fn account(&self, name: &str) -> Option<&str> {
        let mut accounts = self.accounts.iter();
        let found = accounts.find(|account| account.name == name || account.id == name);
        found.map(|account| account.id.as_str())
    }

    /// Whether the scenario declares an account of this number.
    pub(super) fn declares(&self, number: &str) -> bool {
        self.accounts.iter().any(|account| account.id == number)
    }

    /// The ARN of a role of the world.
    pub(super) fn role_arn(&self, name: &str) -> Option<String> {
        let role = self.get(Entity::Role, name)?;
        Some(arn("role", name, role))
    }

    /// The ARNs of all things of a kind, users or roles, with their names.
    pub(super) fn arns(&self, entity: Entity) -> impl Iterator<Item = (&str, String)> {
        let kind = entity.noun();
        self.all(entity)
            .map(move |(name, named)| (name, arn(kind, name, named)))
    }
}

fn arn(kind: &str, name: &str, named: &Named) -> String {
    format!("arn:aws:iam::{}:{kind}{}{name}", named.account, named.path)
}
