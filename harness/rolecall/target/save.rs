//! The mock's world as a world file of the scenario language, so that what a server ended with can be served again,
//! and used by scenarios.

use std::fmt::Write as _;

use jiff::Timestamp;
use rolecall_mock::{
    API_SOURCE, BucketSpec, ControlPolicySpec, DistributionSpec, MemberSpec, OidcProviderSpec,
    OrganizationSpec, PolicyDocument, PolicySpec, ProviderKeysSpec, ResourceSpec, RoleSpec,
    SamlMetadataSpec, SamlProviderSpec, UnitSpec, UserSpec, WorldSpec,
};

use crate::scenario::model::{Account, ContextEntry};
use crate::scenario::to_json;

/// A world file, and the files that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedWorld {
    /// The text of the world file.
    pub yaml: String,
    /// Names, relative to the world file, and contents of what it needs beside it.
    pub files: Vec<(String, String)>,
}

/// What a world file has that the mock's world doesn't know of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// The names of accounts.
    pub accounts: &'a [Account],
    /// Condition keys for every request.
    pub context: &'a [ContextEntry],
    /// The world's time.
    pub clock: Option<Timestamp>,
}

/// Writes a world. What the language can't say (a bucket's region, bytes that aren't text) is told in comments.
pub fn save(world: &WorldSpec, beside: Beside<'_>) -> SavedWorld {
    let mut saving = Saving {
        world,
        beside,
        files: Vec::new(),
        lost: world.lost.clone(),
    };
    let root = saving.root();
    let mut yaml = String::new();
    for lost in &saving.lost {
        let _ = writeln!(yaml, "# not kept: {lost}");
    }
    root.write(&mut yaml, 0);
    SavedWorld {
        yaml,
        files: saving.files,
    }
}

struct Saving<'a> {
    world: &'a WorldSpec,
    beside: Beside<'a>,
    files: Vec<(String, String)>,
    lost: Vec<String>,
}

impl Saving<'_> {
    fn root(&mut self) -> Yaml {
        let world = self.world;
        let mut root = Members::default();
        if let Some(clock) = self.beside.clock {
            root.add(
                "clock",
                text(&clock.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            );
        }
        root.add(
            "accounts",
            map(&world.accounts, |id| (self.account(id), quoted(id))),
        );
        if let Some(organization) = &world.organization {
            root.add("organization", self.organization(organization));
        }
        root.section("policies", self.policies());
        root.section(
            "groups",
            map(&world.groups, |group| {
                let mut members = self.members(&group.account, &group.path);
                members.list("policies", self.attached(&group.policies, &group.account));
                (group.name.clone(), members.into())
            }),
        );
        root.section("users", map(&world.users, |user| self.user(user)));
        root.section("roles", map(&world.roles, |role| self.role(role)));
        let buckets: Vec<_> = world
            .buckets
            .iter()
            .map(|bucket| self.bucket(bucket))
            .collect();
        root.section("buckets", Yaml::Map(buckets));
        root.section(
            "distributions",
            map(&world.distributions, |kept| self.distribution(kept)),
        );
        root.section(
            "oidc-providers",
            map(&world.oidc_providers, |provider| self.oidc(provider)),
        );
        let providers: Vec<_> = world
            .saml_providers
            .iter()
            .map(|provider| self.saml(provider))
            .collect();
        root.section("saml-providers", Yaml::Map(providers));
        root.section(
            "resources",
            map(&world.resources, |resource| self.resource(resource)),
        );
        root.section("context", map(self.beside.context, context));
        root.into()
    }

    /// The scenario's name for an account.
    fn account(&self, id: &str) -> String {
        let known = self.beside.accounts.iter().find(|account| account.id == id);
        match known {
            Some(account) => account.name.clone(),
            None if self.is_default(id) => "main".to_owned(),
            None => format!("account-{id}"),
        }
    }

    fn is_default(&self, id: &str) -> bool {
        self.world.accounts.first().is_some_and(|first| first == id)
    }

    /// What nearly everything has: an account and a path, where they aren't the usual ones.
    fn members(&self, account: &str, path: &str) -> Members {
        let mut members = Members::default();
        if !self.is_default(account) {
            members.add("account", text(&self.account(account)));
        }
        if path != "/" {
            members.add("path", text(path));
        }
        members
    }

    fn user(&self, user: &UserSpec) -> (String, Yaml) {
        let mut members = self.members(&user.account, &user.path);
        members.list("policies", self.attached(&user.policies, &user.account));
        members.some(
            "boundary",
            user.boundary
                .as_ref()
                .map(|policy| self.policy(policy, &user.account)),
        );
        members.tags(&user.tags);
        members.list(
            "groups",
            user.groups.iter().map(|group| text(group)).collect(),
        );
        if user.mfa {
            members.add("mfa", Yaml::Raw("true".to_owned()));
        }
        if !user.access_key_active {
            members.add("access-key", text("inactive"));
        }
        (user.name.clone(), members.into())
    }

    fn role(&self, role: &RoleSpec) -> (String, Yaml) {
        let mut members = self.members(&role.account, &role.path);
        members.add("trust", document(&role.trust));
        members.list("policies", self.attached(&role.policies, &role.account));
        members.some(
            "boundary",
            role.boundary
                .as_ref()
                .map(|policy| self.policy(policy, &role.account)),
        );
        members.tags(&role.tags);
        if role.max_session != 3600 {
            members.add("max-session", Yaml::Raw(format!("{}s", role.max_session)));
        }
        (role.name.clone(), members.into())
    }

    fn bucket(&mut self, bucket: &BucketSpec) -> (String, Yaml) {
        let mut members = self.members(&bucket.account, "/");
        members.some("policy", bucket.policy.as_ref().map(document));
        let mut objects = Vec::new();
        for (key, body) in &bucket.objects {
            if let Ok(body) = std::str::from_utf8(body) {
                objects.push((key.clone(), quoted(body)));
            } else {
                let lost = format!("the object {}/{key}, which isn't text", bucket.name);
                self.lost.push(lost);
            }
        }
        members.section("objects", Yaml::Map(objects));
        members.tags(&bucket.tags);
        if !bucket.block_public_access {
            members.add("block-public-access", Yaml::Raw("false".to_owned()));
        }
        (bucket.name.clone(), members.into())
    }

    fn distribution(&self, distribution: &DistributionSpec) -> (String, Yaml) {
        let mut members = self.members(&distribution.account, "/");
        members.some("origin", distribution.origin.as_deref().map(text));
        let aliases = distribution.aliases.iter().map(|alias| text(alias));
        members.list("aliases", aliases.collect());
        members.tags(&distribution.tags);
        (distribution.id.clone(), members.into())
    }

    fn oidc(&self, provider: &OidcProviderSpec) -> (String, Yaml) {
        let mut members = self.members(&provider.account, "/");
        members.add("url", text(&provider.url));
        let audiences = provider.audiences.iter().map(|audience| text(audience));
        members.add("audiences", Yaml::List(audiences.collect()));
        match &provider.keys {
            ProviderKeysSpec::Jwks(jwks) => members.add("keys", json(jwks)),
            ProviderKeysSpec::Discovered => members.add("keys", text("discover")),
            ProviderKeysSpec::Generated | ProviderKeysSpec::Unknown => {}
        }
        let host = provider.url.trim_start_matches("https://");
        let name = if self.is_default(&provider.account) {
            host.to_owned()
        } else {
            format!("{host}-of-{}", self.account(&provider.account))
        };
        (name, members.into())
    }

    fn saml(&mut self, provider: &SamlProviderSpec) -> (String, Yaml) {
        let mut members = self.members(&provider.account, "/");
        match &provider.metadata {
            SamlMetadataSpec::Generated { issuer } => members.add("issuer", text(issuer)),
            SamlMetadataSpec::Document(metadata) => {
                let file = format!("{}-{}.xml", provider.account, provider.name);
                members.add("keys", text(&file));
                self.files.push((file, metadata.clone()));
            }
        }
        (provider.name.clone(), members.into())
    }

    fn resource(&self, resource: &ResourceSpec) -> (String, Yaml) {
        let mut members = Members::default();
        let in_arn = resource.arn.split(':').nth(4).unwrap_or_default();
        if in_arn.is_empty() && !self.is_default(&resource.account) {
            members.add("account", text(&self.account(&resource.account)));
        }
        members.some("policy", resource.policy.as_ref().map(document));
        members.tags(&resource.tags);
        (resource.arn.clone(), members.into())
    }

    /// Customer managed policies that can be referred to by name: in all accounts the same, and without a path.
    fn policies(&self) -> Yaml {
        let policies = &self.world.policies;
        let named = policies.iter().filter(|policy| self.has_name(&policy.name));
        let mut entries: Vec<(String, Yaml)> = Vec::new();
        for policy in named {
            if !entries.iter().any(|(name, _)| *name == policy.name) {
                entries.push((policy.name.clone(), document(&policy.document)));
            }
        }
        Yaml::Map(entries)
    }

    fn has_name(&self, name: &str) -> bool {
        let mut same = self
            .world
            .policies
            .iter()
            .filter(|policy| policy.name == name);
        let Some(first) = same.next() else {
            return false;
        };
        let is_alike = |other: &rolecall_mock::CustomerPolicySpec| {
            other.path == "/" && other.document.json == first.document.json
        };
        first.path == "/" && same.all(is_alike)
    }

    fn attached(&self, policies: &[PolicySpec], account: &str) -> Vec<Yaml> {
        let policies = policies.iter();
        policies
            .map(|policy| self.policy(policy, account))
            .collect()
    }

    /// A managed policy by its name or ARN, any other as it stands.
    fn policy(&self, policy: &PolicySpec, account: &str) -> Yaml {
        match policy {
            PolicySpec::Inline {
                document: inline, ..
            } => document(inline),
            PolicySpec::Managed { arn, .. } if arn.contains(":iam::aws:") => {
                match arn.strip_prefix("arn:aws:iam::aws:policy/") {
                    Some(name) if !name.contains('/') && !self.has_name(name) => text(name),
                    _ => text(arn),
                }
            }
            PolicySpec::Managed { arn, document: own } => {
                let prefix = format!("arn:aws:iam::{account}:policy/");
                match arn.strip_prefix(&prefix) {
                    Some(name) if self.has_name(name) => text(name),
                    _ => document(own),
                }
            }
        }
    }

    fn organization(&self, organization: &OrganizationSpec) -> Yaml {
        let mut members = Members::default();
        members.add("id", text(&organization.id));
        let management = organization.management.as_deref();
        members.some("management", management.map(|id| text(&self.account(id))));
        members.add("root", self.unit(&organization.root));
        members.into()
    }

    fn unit(&self, unit: &UnitSpec) -> Yaml {
        let mut members = controls(&unit.service_control, &unit.resource_control);
        members.section(
            "units",
            map(&unit.units, |unit| (unit.name.clone(), self.unit(unit))),
        );
        members.section(
            "accounts",
            map(&unit.accounts, |member| self.member(member)),
        );
        members.into()
    }

    fn member(&self, member: &MemberSpec) -> (String, Yaml) {
        let controls = controls(&member.service_control, &member.resource_control);
        (self.account(&member.account), controls.into())
    }
}

fn controls(service: &[ControlPolicySpec], resource: &[ControlPolicySpec]) -> Members {
    let control = |policy: &ControlPolicySpec| match policy.name.as_str() {
        "FullAWSAccess" => text("FullAWSAccess"),
        _ => document(&policy.document),
    };
    let mut members = Members::default();
    members.add(
        "service-control-policies",
        Yaml::List(service.iter().map(control).collect()),
    );
    let resource = resource
        .iter()
        .filter(|policy| policy.name != "RCPFullAWSAccess");
    members.list("resource-control-policies", resource.map(control).collect());
    members
}

fn context(entry: &ContextEntry) -> (String, Yaml) {
    let values = || entry.values.iter().map(|value| quoted(value));
    let value = match (values().next(), entry.multivalued) {
        (Some(value), false) => value,
        _ => Yaml::List(values().collect()),
    };
    (entry.key.clone(), value)
}

/// A value of YAML.
enum Yaml {
    /// A scalar as it is written.
    Raw(String),
    List(Vec<Yaml>),
    Map(Vec<(String, Yaml)>),
}

/// A map that is being filled.
#[derive(Default)]
struct Members(Vec<(String, Yaml)>);

impl Members {
    fn add(&mut self, key: &str, value: Yaml) {
        self.0.push((key.to_owned(), value));
    }

    fn some(&mut self, key: &str, value: Option<Yaml>) {
        if let Some(value) = value {
            self.add(key, value);
        }
    }

    fn list(&mut self, key: &str, values: Vec<Yaml>) {
        if !values.is_empty() {
            self.add(key, Yaml::List(values));
        }
    }

    /// A map, if there is anything in it.
    fn section(&mut self, key: &str, value: Yaml) {
        if !matches!(&value, Yaml::Map(entries) if entries.is_empty()) {
            self.add(key, value);
        }
    }

    fn tags(&mut self, tags: &[(String, String)]) {
        self.section(
            "tags",
            map(tags, |(key, value)| (key.clone(), quoted(value))),
        );
    }
}

impl From<Members> for Yaml {
    fn from(members: Members) -> Self {
        Self::Map(members.0)
    }
}

fn map<T>(things: &[T], entry: impl Fn(&T) -> (String, Yaml)) -> Yaml {
    Yaml::Map(things.iter().map(entry).collect())
}

/// A document in a line.
fn document(document: &PolicyDocument) -> Yaml {
    let json = document.node.as_ref().map(|node| to_json(node));
    Yaml::Raw(json.unwrap_or_else(|| document.json.to_string()))
}

/// A JSON text in a line; one that can't be read stays as it is.
fn json(text: &str) -> Yaml {
    let node = rolecall_policy::json::read(text, API_SOURCE).ok();
    Yaml::Raw(node.map_or_else(|| text.to_owned(), |node| to_json(&node)))
}

/// A text without quotes, if it can do without.
fn text(text: &str) -> Yaml {
    Yaml::Raw(scalar(text))
}

fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else {
        serde_json::Value::from(text).to_string()
    }
}

/// A text in quotes: JSON's are YAML's.
fn quoted(text: &str) -> Yaml {
    Yaml::Raw(serde_json::Value::from(text).to_string())
}

/// Words that YAML 1.1 and 1.2 take for something else.
const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

fn is_plain(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(allowed)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

impl Yaml {
    /// Writes a map's entries or a list's elements, each on lines of its own.
    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        match self {
            Self::Map(entries) => {
                for (key, value) in entries {
                    let _ = write!(out, "{indent}{}:", scalar(key));
                    value.write_after(out, depth + 1);
                }
            }
            Self::List(elements) => {
                for element in elements {
                    let _ = write!(out, "{indent}-");
                    element.write_after(out, depth + 1);
                }
            }
            Self::Raw(_) => self.write_after(out, depth),
        }
    }

    /// Writes what follows a key or a dash.
    fn write_after(&self, out: &mut String, depth: usize) {
        match self {
            Self::Raw(raw) => {
                let _ = writeln!(out, " {raw}");
            }
            Self::Map(entries) if entries.is_empty() => out.push_str(" {}\n"),
            Self::List(elements) if elements.is_empty() => out.push_str(" []\n"),
            Self::Map(_) | Self::List(_) => {
                out.push('\n');
                self.write(out, depth);
            }
        }
    }
}
