//! The world: accounts, identities, policies and resources.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Entry, Node};

use super::names::Named;
use super::{Lower, context, entries, flag, pairs, section, spanned, text};
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::language::conform::scalar_text;
use crate::scenario::model::{
    Account, Bucket, CustomerPolicy, PolicyReference, Role, Spanned, User, World,
};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text::{self as words, is_account_number};

/// AWS: IAM CreateRole, `MaxSessionDuration`: 3600 (also the default) to 43200 seconds.
const MAX_SESSION: std::ops::RangeInclusive<i64> = 3_600..=43_200;

impl Lower<'_, '_> {
    /// The world of a scenario or world file; its names are known from here on.
    pub(super) fn world(&mut self, root: &Node) -> World {
        self.names.accounts = self.accounts(root);
        self.collect_names(root);
        let policies = self.customer_policies(root);
        World {
            clock: clock(root),
            accounts: self.names.accounts.clone(),
            users: section(root, "users")
                .iter()
                .map(|entry| self.user(entry))
                .collect(),
            roles: section(root, "roles")
                .iter()
                .filter_map(|entry| self.role(entry))
                .collect(),
            policies,
            buckets: section(root, "buckets")
                .iter()
                .map(|entry| self.bucket(entry))
                .collect(),
            context: context(root),
        }
    }

    fn accounts(&mut self, root: &Node) -> Vec<Account> {
        let mut accounts: Vec<Account> = Vec::new();
        for entry in section(root, "accounts") {
            let Some(id) = scalar_text(&entry.value).filter(|id| is_account_number(id)) else {
                continue;
            };
            if let Some(other) = accounts.iter().find(|account| account.id == id) {
                let message = format!(
                    "accounts `{}` and `{}` have the same number",
                    other.name, entry.key
                );
                self.report(
                    Diagnostic::error("scenario::same-account", message)
                        .at(entry.value.span, "used twice")
                        .help("give each account a number of its own"),
                );
            }
            accounts.push(Account {
                name: entry.key.clone(),
                id: id.to_owned(),
            });
        }
        if accounts.is_empty() {
            accounts.push(Account {
                name: "main".to_owned(),
                id: "123456789012".to_owned(),
            });
        }
        accounts
    }

    fn collect_names(&mut self, root: &Node) {
        let users = self.named(section(root, "users"), "user");
        let roles = self.named(section(root, "roles"), "role");
        let buckets = self.named(section(root, "buckets"), "bucket");
        self.names.users.extend(users);
        self.names.roles.extend(roles);
        self.names.buckets.extend(buckets);
        for entry in section(root, "policies") {
            self.iam_name("policy", entry, 128);
            self.names
                .policies
                .insert(entry.key.clone(), entry.key_span);
        }
    }

    fn named(&mut self, entries: &[Entry], what: &'static str) -> BTreeMap<String, Named> {
        let mut named = BTreeMap::new();
        let mut folded: BTreeMap<(String, String), &Entry> = BTreeMap::new();
        for entry in entries {
            let account = self.account_of(&entry.value, true);
            if what == "bucket" {
                self.bucket_name(entry);
            } else {
                self.iam_name(what, entry, 64);
                // AWS: IAM identifiers, "names are not distinguished by case" within an account.
                let key = (account.clone(), entry.key.to_lowercase());
                if let Some(other) = folded.insert(key, entry) {
                    self.same_name(what, entry, other);
                }
            }
            let path = text(&entry.value, "path").unwrap_or_else(|| "/".to_owned());
            named.insert(
                entry.key.clone(),
                Named {
                    span: entry.key_span,
                    account,
                    path,
                },
            );
        }
        named
    }

    fn same_name(&mut self, what: &str, entry: &Entry, other: &Entry) {
        let message = format!(
            "{what}s `{}` and `{}` differ only in case",
            other.key, entry.key
        );
        self.report(
            Diagnostic::error("scenario::same-name", message)
                .at(entry.key_span, "the same name to AWS")
                .related(other.key_span, "first defined here")
                .help("rename one of them"),
        );
    }

    /// AWS: IAM CreateUser, CreateRole, CreatePolicy: `[\w+=,.@-]+`, up to 64 characters (policies 128).
    fn iam_name(&mut self, what: &str, entry: &Entry, longest: usize) {
        let name = &entry.key;
        let reserved = what == "user" && matches!(name.as_str(), "root" | "anonymous");
        if reserved {
            self.report(
                Diagnostic::error(
                    "scenario::reserved-name",
                    format!("a user can't be named `{name}` here"),
                )
                .at(
                    entry.key_span,
                    format!("`as: {name}` already means something else"),
                )
                .help("rename the user"),
            );
        }
        let stranger = name
            .chars()
            .find(|c| !(c.is_ascii_alphanumeric() || "_+=,.@-".contains(*c)));
        let label = match stranger {
            _ if name.is_empty() => "empty".to_owned(),
            Some(stranger) => format!("`{stranger}` can't be part of it"),
            None if name.len() > longest => {
                format!("{} long", words::count(name.len(), "character"))
            }
            None => return,
        };
        self.report(
            Diagnostic::error(
                "scenario::name",
                format!("AWS takes no {what} name `{name}`"),
            )
            .at(entry.key_span, label)
            .help(format!("use up to {longest} letters, digits and `_+=,.@-`")),
        );
    }

    /// AWS: S3 User Guide, bucket naming rules.
    fn bucket_name(&mut self, entry: &Entry) {
        let name = &entry.key;
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let stranger = name.chars().find(|c| !(edge(*c) || ".-".contains(*c)));
        let label = match stranger {
            Some(stranger) => format!("`{stranger}` can't be part of it"),
            None if !(3..=63).contains(&name.len()) => {
                format!("{} long", words::count(name.len(), "character"))
            }
            None if !(name.starts_with(edge) && name.ends_with(edge)) => {
                "begins or ends with `-` or `.`".to_owned()
            }
            None => return,
        };
        self.report(
            Diagnostic::error(
                "scenario::name",
                format!("AWS takes no bucket name `{name}`"),
            )
            .at(entry.key_span, label)
            .help("use 3 to 63 lower-case letters, digits, `-` and `.`"),
        );
    }

    /// The number of the account that an entity belongs to.
    pub(super) fn account_of(&mut self, entity: &Node, report: bool) -> String {
        let Some(name) = spanned(entity, "account") else {
            return self.names.default_account();
        };
        match self.names.account(&name.value) {
            Some(number) => number.to_owned(),
            None => {
                if report {
                    self.unknown_account(&name);
                }
                self.names.default_account()
            }
        }
    }

    pub(super) fn unknown_account(&mut self, name: &Spanned<String>) {
        let names = self
            .names
            .accounts
            .iter()
            .map(|account| account.name.as_str());
        let near = did_you_mean(&name.value, names.clone());
        let help = near.unwrap_or_else(|| format!("`accounts` has {}", words::list(names)));
        self.report(
            Diagnostic::error(
                "scenario::unknown-account",
                format!("no account is named `{}`", name.value),
            )
            .at(name.span, "used here")
            .help(help),
        );
    }

    /// AWS: IAM identifiers, paths begin and end with a slash.
    fn path_of(&mut self, entity: &Node) -> String {
        let Some(path) = spanned(entity, "path") else {
            return "/".to_owned();
        };
        if !(path.value.starts_with('/') && path.value.ends_with('/')) {
            let inner = path.value.trim_matches('/');
            self.report(
                Diagnostic::error(
                    "scenario::path",
                    format!("the path `{}` isn't between slashes", path.value),
                )
                .at(path.span, "a path begins and ends with `/`")
                .help(format!("write `/{inner}/`")),
            );
        }
        path.value
    }

    fn user(&mut self, entry: &Entry) -> User {
        let node = &entry.value;
        let account = self.account_of(node, false);
        User {
            name: name(entry),
            path: self.path_of(node),
            policies: self.attached(node, &account),
            boundary: self.member_policy(node, "boundary", PolicyKind::Boundary, &account),
            tags: pairs(node, "tags"),
            access_key_active: text(node, "access-key").as_deref() != Some("inactive"),
            account,
        }
    }

    fn role(&mut self, entry: &Entry) -> Option<Role> {
        let node = &entry.value;
        let account = self.account_of(node, false);
        let path = self.path_of(node);
        let policies = self.attached(node, &account);
        let boundary = self.member_policy(node, "boundary", PolicyKind::Boundary, &account);
        let max_session = self.max_session(node);
        let trust = self.member_policy(node, "trust", PolicyKind::Trust, &account)?;
        let tags = pairs(node, "tags");
        Some(Role {
            name: name(entry),
            account,
            path,
            trust,
            policies,
            boundary,
            tags,
            max_session,
        })
    }

    fn max_session(&mut self, role: &Node) -> i64 {
        let Some(written) = spanned(role, "max-session") else {
            return *MAX_SESSION.start();
        };
        let Some(duration) = words::duration(&written.value) else {
            return *MAX_SESSION.start();
        };
        if !MAX_SESSION.contains(&duration.as_secs()) {
            let message = format!("`max-session` can't be `{}`", written.value);
            self.report(
                Diagnostic::error("scenario::max-session", message)
                    .at(written.span, "AWS takes `1h` to `12h`")
                    .help("choose a length in that range, or leave it out for `1h`"),
            );
        }
        duration.as_secs()
    }

    fn attached(&mut self, entity: &Node, account: &str) -> Vec<PolicyReference> {
        let list = entity
            .get("policies")
            .map(super::elements)
            .unwrap_or_default();
        list.iter()
            .filter_map(|node| self.policy(node, PolicyKind::Identity, account))
            .collect()
    }

    fn member_policy(
        &mut self,
        entity: &Node,
        key: &str,
        kind: PolicyKind<'_>,
        account: &str,
    ) -> Option<PolicyReference> {
        let node = entity.get(key)?;
        self.policy(node, kind, account)
    }

    fn customer_policies(&mut self, root: &Node) -> Vec<CustomerPolicy> {
        let account = self.names.default_account();
        let mut policies = Vec::new();
        for entry in section(root, "policies") {
            if let Some(reference) = self.document(&entry.value, PolicyKind::Identity) {
                policies.push(CustomerPolicy {
                    name: name(entry),
                    account: account.clone(),
                    document: reference.document.clone(),
                });
                self.names
                    .documents
                    .insert(entry.key.clone(), reference.document);
            }
        }
        policies
    }

    fn bucket(&mut self, entry: &Entry) -> Bucket {
        let node = &entry.value;
        let account = self.account_of(node, false);
        Bucket {
            name: name(entry),
            policy: self.member_policy(node, "policy", PolicyKind::Bucket(&entry.key), &account),
            objects: pairs(node, "objects"),
            tags: pairs(node, "tags"),
            block_public_access: flag(node, "block-public-access").unwrap_or(true),
            account,
        }
    }
}

fn name(entry: &Entry) -> Spanned<String> {
    Spanned {
        value: entry.key.clone(),
        span: entry.key_span,
    }
}

fn clock(root: &Node) -> Timestamp {
    let written = text(root, "clock").and_then(|clock| clock.parse().ok());
    // 2026-01-01T00:00:00Z.
    written.unwrap_or(Timestamp::constant(1_767_225_600, 0))
}
