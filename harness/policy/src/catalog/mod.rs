//! AWS's service authorization reference, bundled: which actions a service has, what they apply to, which
//! condition keys go with them.
//!
//! As of [`DATE`]; `data/refresh.py` renews it. What isn't listed may be newer than the data, so whoever uses it
//! should warn rather than refuse. Looking a service up inflates a few dozen kilobytes, not all.

mod global;

use crate::context::fold;
use crate::pack::Pack;

/// The month of the bundled data, as `2026-04`.
pub const DATE: &str = include_str!("../../data/catalog/date.txt");

const NAMES: &str = include_str!("../../data/catalog/services.txt");
const SERVICES: Pack = Pack(include_bytes!("../../data/catalog/services.bin"));

/// A service, by the prefix of its actions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `s3`.
    pub prefix: String,
    /// Its actions, sorted by name.
    pub actions: Vec<Action>,
    /// Its resource types.
    pub resources: Vec<ResourceType>,
    /// All condition keys of its actions and resources.
    pub keys: Vec<ConditionKey>,
}

/// An action of a [`Service`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// `GetObject`, without the service.
    pub name: String,
    /// What kind of access it gives.
    pub access: AccessLevel,
    /// What it applies to.
    pub applies: Vec<Applies>,
}

/// AWS's access levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessLevel {
    /// Lists what there is.
    List,
    /// Reads it.
    Read,
    /// Changes it.
    Write,
    /// Changes tags only.
    Tagging,
    /// Changes who may do what.
    PermissionsManagement,
}

/// A resource type an [`Action`] applies to, or the action as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applies {
    /// The place among the service's resource types; `None` for the action as a whole.
    pub resource: Option<usize>,
    /// Whether every request has such a resource.
    pub required: bool,
    /// The places, among the service's keys, of those that go with it.
    pub keys: Vec<usize>,
}

/// A resource type of a [`Service`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// `bucket`.
    pub name: String,
    /// `arn:${Partition}:s3:::${BucketName}`.
    pub arn: String,
    /// The places, among the service's keys, of those that go with it.
    pub keys: Vec<usize>,
}

/// A condition key of a [`Service`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionKey {
    /// `s3:prefix`, or with a variable part `aws:ResourceTag/${TagKey}`.
    pub name: String,
    /// AWS's name of its type: `String`, `ArrayOfString`, `Bool`, `ARN`.
    pub kind: String,
}

/// The prefixes of all services, sorted.
pub fn prefixes() -> impl Iterator<Item = &'static str> {
    NAMES.lines()
}

/// Finds a service by the prefix of its actions; case doesn't count.
///
/// ```
/// use rolecall_policy::catalog;
///
/// let s3 = catalog::service("S3").unwrap();
/// assert!(s3.action("listallmybuckets").is_some_and(|action| !action.takes_resources()));
/// assert!(s3.action("ListBuckets").is_none(), "that is the operation's name");
/// ```
pub fn service(prefix: &str) -> Option<Service> {
    let place = prefixes().position(|name| name.eq_ignore_ascii_case(prefix))?;
    let (block, before) = SERVICES.block_with(place)?;
    let text = String::from_utf8(block).ok()?;
    let mut service = Service {
        prefix: prefixes().nth(place)?.to_owned(),
        actions: Vec::new(),
        resources: Vec::new(),
        keys: Vec::new(),
    };
    for line in text.split("\n\n").nth(before)?.lines() {
        service.read(line)?;
    }
    Some(service)
}

/// AWS's name of a condition key's type, of a global key or a service's; case doesn't count. `None` for a key that the
/// reference doesn't have.
///
/// ```
/// use rolecall_policy::catalog::key_kind;
///
/// assert_eq!(key_kind("aws:SourceIp").as_deref(), Some("IPAddress"));
/// assert_eq!(key_kind("s3:max-keys").as_deref(), Some("Numeric"));
/// assert_eq!(key_kind("aws:SourceAddress"), None);
/// ```
pub fn key_kind(key: &str) -> Option<String> {
    if let Some(kind) = global::global_kind(key) {
        return Some(kind.to_owned());
    }
    let (prefix, _) = key.split_once(':')?;
    Some(service(prefix)?.key(key)?.kind.clone())
}

pub use global::{global_keys, is_global_key, is_session_key, misfit};
pub(crate) use global::{global_kind, is_newer_key};

impl Service {
    /// An action by its name without the service; case doesn't count.
    pub fn action(&self, name: &str) -> Option<&Action> {
        let mut actions = self.actions.iter();
        actions.find(|action| action.name.eq_ignore_ascii_case(name))
    }

    /// A condition key; case doesn't count, and the variable part may be anything.
    pub fn key(&self, name: &str) -> Option<&ConditionKey> {
        let folded = fold(name);
        self.keys.iter().find(|key| key.is(&folded))
    }

    fn read(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        match words.next()? {
            "r" => self.resources.push(ResourceType {
                name: words.next()?.to_owned(),
                arn: words.next()?.to_owned(),
                keys: places(words.next().unwrap_or_default()),
            }),
            "c" => self.keys.push(ConditionKey {
                name: words.next()?.to_owned(),
                kind: words.next()?.to_owned(),
            }),
            _ => self.actions.push(Action {
                name: words.next()?.to_owned(),
                access: AccessLevel::read(words.next()?),
                applies: words.next()?.split(';').filter_map(applies).collect(),
            }),
        }
        Some(())
    }
}

impl Action {
    /// Whether it has resource-level permissions; without them it asks for `*`.
    pub fn takes_resources(&self) -> bool {
        self.applies
            .iter()
            .any(|applies| applies.resource.is_some())
    }
}

impl ConditionKey {
    /// Whether the key is called so; the name is folded.
    pub(crate) fn is(&self, folded: &str) -> bool {
        let tag = self.name.find("Tag/").map(|at| at + "Tag/".len());
        let variable = self.name.find(['$', '<']).or(tag);
        match variable.and_then(|at| self.name.get(..at)) {
            Some(start) => folded
                .get(..start.len())
                .is_some_and(|part| part.eq_ignore_ascii_case(start)),
            None => self.name.eq_ignore_ascii_case(folded),
        }
    }
}

impl AccessLevel {
    fn read(initial: &str) -> Self {
        match initial {
            "L" => Self::List,
            "R" => Self::Read,
            "T" => Self::Tagging,
            "P" => Self::PermissionsManagement,
            _ => Self::Write,
        }
    }
}

fn applies(text: &str) -> Option<Applies> {
    let (resource, keys) = text.split_once(':')?;
    let (resource, required) = match resource.strip_suffix('*') {
        Some(resource) => (resource, true),
        None => (resource, false),
    };
    Some(Applies {
        resource: resource.parse().ok(),
        required,
        keys: places(keys),
    })
}

fn places(text: &str) -> Vec<usize> {
    text.split('.')
        .filter_map(|place| place.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_can_be_read() {
        let mut actions = 0;
        for prefix in prefixes() {
            let service = service(prefix).expect(prefix);
            for action in &service.actions {
                for applies in &action.applies {
                    assert!(
                        applies
                            .resource
                            .is_none_or(|at| at < service.resources.len())
                    );
                    assert!(applies.keys.iter().all(|at| *at < service.keys.len()));
                }
            }
            actions += service.actions.len();
        }
        assert!(prefixes().is_sorted());
        assert!(actions > 20_000, "{actions}");
    }

    /// AWS: service authorization reference, AWS Security Token Service.
    #[test]
    fn what_the_reference_says_of_assume_role() {
        let sts = service("sts").unwrap();
        let action = sts.action("AssumeRole").unwrap();

        assert_eq!(action.access, AccessLevel::Write);
        let required = action.applies.iter().find(|applies| applies.required);
        let role = &sts.resources[required.unwrap().resource.unwrap()];
        assert_eq!(role.name, "role");
        assert_eq!(
            role.arn,
            "arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}"
        );
        assert_eq!(sts.key("STS:externalid").unwrap().kind, "String");
        assert!(sts.key("aws:RequestTag/anything").is_some());
        assert!(sts.key("sts:Nothing").is_none());
    }

    /// AWS: service authorization reference, IAM and S3.
    #[test]
    fn every_access_level_is_told() {
        for (action, access, takes_resources) in [
            ("s3:ListBucket", AccessLevel::List, true),
            ("s3:GetObject", AccessLevel::Read, true),
            ("s3:PutObject", AccessLevel::Write, true),
            ("s3:PutObjectTagging", AccessLevel::Tagging, true),
            (
                "iam:AttachRolePolicy",
                AccessLevel::PermissionsManagement,
                true,
            ),
            ("s3:ListAllMyBuckets", AccessLevel::List, false),
        ] {
            let (prefix, name) = action.split_once(':').unwrap();
            let service = service(prefix).unwrap();
            let found = service.action(name).unwrap();
            assert_eq!(found.access, access, "{action}");
            assert_eq!(found.takes_resources(), takes_resources, "{action}");
        }
    }

    /// AWS: service authorization reference, Secrets Manager: `secretsmanager:ResourceTag/tag-key`.
    #[test]
    fn a_tags_key_is_any_but_its_prefix_is_not() {
        let service = service("secretsmanager").unwrap();

        assert!(service.key("secretsmanager:resourcetag/team").is_some());
        assert!(service.key("secretsmanager:resourcetags").is_none());
    }

    #[test]
    fn an_unknown_service_isnt_found() {
        assert_eq!(service("s33"), None);
    }
}
