//! The names of the world, and what AWS takes as a name.

use std::collections::BTreeMap;

use rolecall_policy::{Entry, Node, Value};

use super::Lower;
use super::names::Named;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::Entity;
use crate::scenario::nearest::nearest;
use crate::scenario::text as words;
use crate::scenario::tree::{entries, section, text};

/// The kinds of things that have names and accounts.
const NAMED: [Entity; 9] = [
    Entity::User,
    Entity::Group,
    Entity::Role,
    Entity::Policy,
    Entity::OidcProvider,
    Entity::SamlProvider,
    Entity::Bucket,
    Entity::Distribution,
    Entity::Resource,
];

impl Lower<'_, '_, '_> {
    /// Learns all names of a world.
    pub(super) fn collect_names(&mut self, root: &Node) {
        for entity in NAMED {
            let entries = section(root, entity.section());
            for entry in entries {
                self.learn(entity, entry);
            }
            if matches!(entity, Entity::User | Entity::Group | Entity::Role) {
                self.same_names(entity, entries);
            }
            if unreadable(root, entity.section()) {
                self.names.unreadable.insert(entity);
            }
        }
    }

    fn learn(&mut self, entity: Entity, entry: &Entry) {
        match entity {
            Entity::User => self.user_name(entry),
            Entity::Group | Entity::Role | Entity::SamlProvider => self.iam_name(entity, entry, 64),
            Entity::Policy => self.iam_name(entity, entry, 128),
            Entity::Bucket => self.bucket_name(entry),
            _ => {}
        }
        let account = self.account_of(&entry.value, true);
        let path = text(&entry.value, "path").unwrap_or_else(|| "/".to_owned());
        self.names
            .learn(entity, &entry.key, Named { account, path });
    }

    /// AWS: IAM User Guide, IAM identifiers: names of an account are not distinguished by case.
    fn same_names(&mut self, entity: Entity, entries: &[Entry]) {
        let mut seen: BTreeMap<(String, String), &Entry> = BTreeMap::new();
        for entry in entries {
            let account = self.account_of(&entry.value, false);
            let key = (account, entry.key.to_lowercase());
            if let Some(other) = seen.insert(key, entry) {
                let noun = entity.noun();
                let message = format!(
                    "{noun}s `{}` and `{}` differ only in case",
                    other.key, entry.key
                );
                self.report(
                    Diagnostic::error("scenario::same-name", message)
                        .at(entry.key_span, "the same name to AWS")
                        .related(other.key_span, "first defined here")
                        .help("rename one of them"),
                );
            }
        }
    }

    fn user_name(&mut self, entry: &Entry) {
        let name = &entry.key;
        if matches!(name.as_str(), "root" | "anonymous") {
            let message = format!("a user can't be named `{name}` here");
            self.report(
                Diagnostic::error("scenario::reserved-name", message)
                    .at(
                        entry.key_span,
                        format!("`as: {name}` already means something else"),
                    )
                    .help("rename the user"),
            );
        }
        self.iam_name(Entity::User, entry, 64);
    }

    /// AWS: IAM API, `CreateUser`, `CreateRole`, `CreatePolicy`: `[\w+=,.@-]+`, up to 64 characters (policies 128).
    fn iam_name(&mut self, entity: Entity, entry: &Entry, longest: usize) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let help = format!("use up to {longest} letters, digits and `_+=,.@-`");
        let label = match entry.key.chars().find(|c| !allowed(*c)) {
            Some(stranger) => Some(cant_be_part(stranger)),
            None => length(&entry.key, 1, longest),
        };
        self.name_mistake(entity, entry, label, help);
    }

    /// AWS: S3 User Guide, general purpose bucket naming rules.
    fn bucket_name(&mut self, entry: &Entry) {
        let name = &entry.key;
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let label = match name.chars().find(|c| !(edge(*c) || ".-".contains(*c))) {
            Some(stranger) => Some(cant_be_part(stranger)),
            None if name.starts_with(edge) && name.ends_with(edge) => length(name, 3, 63),
            None => Some("begins or ends with `-` or `.`".to_owned()),
        };
        let help = "use 3 to 63 lower-case letters, digits, `-` and `.`".to_owned();
        self.name_mistake(Entity::Bucket, entry, label, help);
    }

    fn name_mistake(&mut self, entity: Entity, entry: &Entry, label: Option<String>, help: String) {
        if let Some(label) = label {
            let message = format!("AWS takes no {} name `{}`", entity.noun(), entry.key);
            let error = Diagnostic::error("scenario::name", message);
            self.report(error.at(entry.key_span, label).help(help));
        }
    }
}

fn cant_be_part(stranger: char) -> String {
    match stranger {
        ' ' => "a space can't be part of it".to_owned(),
        other => format!("`{other}` can't be part of it"),
    }
}

fn length(name: &str, least: usize, most: usize) -> Option<String> {
    let fits = (least..=most).contains(&name.len());
    (!fits).then(|| format!("{} long", words::count(name.len(), "character")))
}

/// Whether a section is no map, or may hide behind a misspelt key.
fn unreadable(root: &Node, key: &str) -> bool {
    match root.get(key) {
        Some(section) => !matches!(section.value, Value::Map(_)),
        None => entries(root)
            .iter()
            .any(|entry| nearest(&entry.key, [key]).is_some()),
    }
}
