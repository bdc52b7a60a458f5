//! The world: accounts, identities and what is attached to them.

use jiff::Timestamp;
use rolecall_policy::arn::is_account;
use rolecall_policy::validate::PolicyKind;
use rolecall_policy::{Entry, Node};

use super::Lower;
use super::plan::is_planned;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{
    Account, CustomerPolicy, DEFAULT_CLOCK, Entity, Group, PolicyReference, Role, Spanned, User,
    World,
};
use crate::scenario::nearest::did_you_mean;
use crate::scenario::text as words;
use crate::scenario::tree::{elements, flag, pairs, scalar, section, spanned, text, texts};

/// AWS: IAM API, `CreateRole`, `MaxSessionDuration`: 3600 (also the default) to 43200 seconds.
const MAX_SESSION: std::ops::RangeInclusive<i64> = 3_600..=43_200;

impl Lower<'_, '_, '_> {
    /// The world that a scenario's values describe; its names are known from here on.
    pub(super) fn world(&mut self, root: &Node) -> World {
        self.names.accounts = self.accounts(root);
        self.collect_names(root);
        self.documents(root);
        let organization = root.get("organization").map(|node| self.organization(node));
        let users = section(root, "users")
            .iter()
            .map(|entry| self.user(entry))
            .collect();
        let groups = section(root, "groups")
            .iter()
            .map(|entry| self.group(entry))
            .collect();
        let roles = section(root, "roles")
            .iter()
            .filter_map(|entry| self.role(entry))
            .collect();
        let buckets = section(root, "buckets")
            .iter()
            .map(|entry| self.bucket(entry))
            .collect();
        let resources = section(root, "resources")
            .iter()
            .map(|entry| self.resource(entry))
            .collect();
        World {
            clock: clock(root),
            accounts: self.names.accounts.clone(),
            organization,
            users,
            groups,
            roles,
            policies: self.customer_policies(root),
            oidc_providers: self.oidc_providers(root),
            saml_providers: self.saml_providers(root),
            buckets,
            distributions: self.distributions(root),
            resources,
            context: self.context(root),
        }
    }

    fn accounts(&mut self, root: &Node) -> Vec<Account> {
        let mut accounts: Vec<Account> = Vec::new();
        for entry in section(root, "accounts") {
            let id = scalar(&entry.value).filter(|id| is_account(id));
            let Some(id) = id else { continue };
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
            let name = entry.key.clone();
            accounts.push(Account {
                name,
                id: id.to_owned(),
            });
        }
        if accounts.is_empty() {
            let (name, id) = ("main".to_owned(), "123456789012".to_owned());
            accounts.push(Account { name, id });
        }
        accounts
    }

    /// The number of the account that a thing belongs to.
    pub(super) fn account_of(&mut self, thing: &Node, report: bool) -> String {
        let Some(name) = spanned(thing, "account") else {
            return self.names.default_account();
        };
        let number = self.account_named(&name, report);
        number.unwrap_or_else(|| self.names.default_account())
    }

    /// The number of the account with a name.
    pub(super) fn account_named(&mut self, name: &Spanned<String>, report: bool) -> Option<String> {
        let number = self.names.account(&name.value).map(str::to_owned);
        if number.is_none() && report {
            let names = || {
                self.names
                    .accounts
                    .iter()
                    .map(|account| account.name.as_str())
            };
            let near = did_you_mean(&name.value, names());
            let help = near.unwrap_or_else(|| format!("the accounts are {}", words::list(names())));
            let message = format!("no account is named `{}`", name.value);
            let error = Diagnostic::error("scenario::unknown-account", message);
            self.report(error.at(name.span, "used here").help(help));
        }
        number
    }

    /// AWS: IAM User Guide, IAM identifiers: a path begins and ends with a slash.
    fn path_of(&mut self, thing: &Node) -> String {
        let Some(path) = spanned(thing, "path") else {
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
        } else if let Some(fault) = path_fault(&path.value) {
            let message = format!("AWS takes no path `{}`", path.value);
            self.report(
                Diagnostic::error("scenario::path", message)
                    .at(path.span, fault)
                    .help("use up to 512 letters, digits and other visible characters of ASCII"),
            );
        }
        path.value
    }

    /// Tags of what IAM and CloudFront have.
    ///
    /// AWS: IAM User Guide, Tags for IAM resources: keys that differ by case alone are the same, `aws:` is reserved, a
    /// key has 1 to 128 characters, a value up to 256, a resource up to 50 tags.
    pub(super) fn tags_of(&mut self, thing: &Node) -> Vec<(String, String)> {
        let entries = section(thing, "tags");
        for (index, entry) in entries.iter().enumerate() {
            let same = |other: &&Entry| other.key.eq_ignore_ascii_case(&entry.key);
            let first = entries.iter().take(index).find(same);
            let value = scalar(&entry.value).unwrap_or_default();
            let Some((label, help)) = tag_fault(index, &entry.key, value, first) else {
                continue;
            };
            let message = format!("AWS takes no tag `{}` here", entry.key);
            let error = Diagnostic::error("scenario::tag", message).at(entry.key_span, label);
            let error = match first {
                Some(first) => error.related(first.key_span, "first given here"),
                None => error,
            };
            self.report(error.help(help));
        }
        pairs(thing, "tags")
    }

    fn user(&mut self, entry: &Entry) -> User {
        let node = &entry.value;
        let account = self.account_of(node, false);
        User {
            name: name(entry),
            path: self.path_of(node),
            policies: self.attached(node, &account),
            boundary: self.member_policy(node, "boundary", PolicyKind::Boundary, &account),
            tags: self.tags_of(node),
            groups: self.groups_of(node, &account),
            mfa: flag(node, "mfa").unwrap_or(false),
            access_key_active: text(node, "access-key").as_deref() != Some("inactive"),
            account,
        }
    }

    fn groups_of(&mut self, user: &Node, account: &str) -> Vec<String> {
        for node in user.get("groups").map(elements).unwrap_or_default() {
            let Some(name) = scalar(node) else { continue };
            let found = self
                .names
                .get(Entity::Group, name)
                .map(|group| group.account.clone());
            match found {
                Some(other) if other != account => {
                    let message =
                        format!("group `{name}` is in account {other}, the user in {account}");
                    self.report(
                        Diagnostic::error("scenario::foreign-group", message)
                            .at(node.span, "from another account")
                            .help("a user can be in groups of its own account only"),
                    );
                }
                Some(_) => {}
                None => self.unknown(Entity::Group, name, node.span, "define it under `groups`"),
            }
        }
        texts(user, "groups")
    }

    fn group(&mut self, entry: &Entry) -> Group {
        let node = &entry.value;
        let account = self.account_of(node, false);
        let policies = self.attached(node, &account);
        Group {
            name: name(entry),
            path: self.path_of(node),
            policies,
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
        let tags = self.tags_of(node);
        let name = name(entry);
        Some(Role {
            name,
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
        let default = *MAX_SESSION.start();
        let Some(written) = spanned(role, "max-session") else {
            return default;
        };
        let seconds =
            words::duration(&written.value).map_or(default, |duration| duration.as_secs());
        if !MAX_SESSION.contains(&seconds) {
            let message = format!("`max-session` can't be `{}`", written.value);
            self.report(
                Diagnostic::error("scenario::max-session", message)
                    .at(written.span, "AWS takes `1h` to `12h`")
                    .help("choose a length in that range, or leave it out for `1h`"),
            );
        }
        seconds
    }

    fn attached(&mut self, thing: &Node, account: &str) -> Vec<PolicyReference> {
        let list = thing.get("policies").map(elements).unwrap_or_default();
        let mut policies = Vec::new();
        for node in list {
            if is_planned(node) {
                policies.extend(self.planned_permissions(node, account));
            } else {
                policies.extend(self.policy(node, PolicyKind::Identity, account));
            }
        }
        policies
    }

    /// The policy under `key`.
    pub(super) fn member_policy(
        &mut self,
        thing: &Node,
        key: &str,
        kind: PolicyKind<'_>,
        account: &str,
    ) -> Option<PolicyReference> {
        let node = thing.get(key)?;
        self.policy(node, kind, account)
    }

    fn documents(&mut self, root: &Node) {
        for entry in section(root, "policies") {
            if let Some(reference) = self.document(&entry.value, PolicyKind::Identity) {
                self.names
                    .documents
                    .insert(entry.key.clone(), reference.document);
            }
        }
    }

    /// Each policy in each account that uses it; in the default account where none does.
    fn customer_policies(&self, root: &Node) -> Vec<CustomerPolicy> {
        let mut policies = Vec::new();
        for entry in section(root, "policies") {
            let Some(document) = self.names.documents.get(&entry.key) else {
                continue;
            };
            let users = self.policy_accounts.get(&entry.key);
            let mut accounts: Vec<String> = users.into_iter().flatten().cloned().collect();
            if accounts.is_empty() {
                accounts.push(self.names.default_account());
            }
            policies.extend(accounts.into_iter().map(|account| CustomerPolicy {
                name: name(entry),
                account,
                document: document.clone(),
            }));
        }
        policies
    }

    /// Reports a name that nothing of its kind has.
    pub(super) fn unknown(
        &mut self,
        entity: Entity,
        name: &str,
        span: rolecall_policy::Span,
        define: &str,
    ) {
        if self.names.unreadable.contains(&entity) {
            return;
        }
        let code = match entity {
            Entity::User => "scenario::unknown-user",
            Entity::Role => "scenario::unknown-role",
            Entity::Group => "scenario::unknown-group",
            Entity::Bucket => "scenario::unknown-bucket",
            Entity::OidcProvider | Entity::SamlProvider => "scenario::unknown-provider",
            _ => "scenario::unknown-name",
        };
        let message = format!("no {} is named `{name}`", entity.noun());
        let help = self.names.help(entity, name, define);
        self.report(
            Diagnostic::error(code, message)
                .at(span, "used here")
                .help(help),
        );
    }
}

/// An entry's name and where it is defined.
pub(super) fn name(entry: &Entry) -> Spanned<String> {
    Spanned {
        value: entry.key.clone(),
        span: entry.key_span,
    }
}

/// AWS: IAM API, `Path`: `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`, up to 512 characters.
fn path_fault(path: &str) -> Option<String> {
    let stranger = path.chars().find(|c| !('\u{21}'..='\u{7e}').contains(c));
    match stranger {
        Some(' ') => Some("a space can't be part of it".to_owned()),
        Some(other) => Some(format!("`{}` can't be part of it", other.escape_debug())),
        None if path == "//" => Some("nothing between the slashes".to_owned()),
        None => (path.len() > 512).then(|| words::count(path.len(), "character")),
    }
}

fn tag_fault(
    index: usize,
    key: &str,
    value: &str,
    first: Option<&Entry>,
) -> Option<(&'static str, &'static str)> {
    let is_reserved = key
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if key.is_empty() {
        Some(("an empty key", "give the tag a key"))
    } else if is_reserved {
        Some(("`aws:` is reserved for AWS", "choose a key of your own"))
    } else if first.is_some() {
        Some((
            "the same key to AWS",
            "keep one of them: case doesn't count",
        ))
    } else if key.chars().count() > 128 {
        Some(("a key of more than 128 characters", "shorten it"))
    } else if value.chars().count() > 256 {
        Some(("a value of more than 256 characters", "shorten it"))
    } else if index == 50 {
        Some(("more than 50 tags", "remove some"))
    } else {
        None
    }
}

fn clock(root: &Node) -> Timestamp {
    let written = text(root, "clock").and_then(|clock| clock.parse().ok());
    written.unwrap_or(DEFAULT_CLOCK)
}
