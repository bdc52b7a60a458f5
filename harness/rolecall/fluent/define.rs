//! Defining a world: each method says what a scenario file would say under the same key.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::world::World;
use crate::target::Target;

/// A world to be.
///
/// What has no method of its own is added with [`Definition::section`], in the scenario language's own words.
#[derive(Clone, Debug)]
pub struct Definition {
    sections: Map<String, Value>,
    folder: PathBuf,
    target: Target,
}

impl Default for Definition {
    fn default() -> Self {
        Self {
            sections: Map::new(),
            folder: PathBuf::from("."),
            target: Target::Mock,
        }
    }
}

impl Definition {
    /// An account by a name; the first one is where everything is that says nothing else. Without any there is `main`,
    /// 123456789012.
    #[must_use]
    pub fn account(self, name: &str, number: &str) -> Self {
        self.entry("accounts", name, number.into())
    }

    /// A user with an access key of its own.
    #[must_use]
    pub fn user(self, name: &str, describe: impl FnOnce(User) -> User) -> Self {
        let user = describe(User::default());
        self.entry("users", name, user.members.into())
    }

    /// A group of users.
    #[must_use]
    pub fn group(self, name: &str, describe: impl FnOnce(Group) -> Group) -> Self {
        let group = describe(Group::default());
        self.entry("groups", name, group.members.into())
    }

    /// A role; it needs a [trust policy](Role::trust).
    #[must_use]
    pub fn role(self, name: &str, describe: impl FnOnce(Role) -> Role) -> Self {
        let role = describe(Role::default());
        self.entry("roles", name, role.members.into())
    }

    /// A bucket.
    #[must_use]
    pub fn bucket(self, name: &str, describe: impl FnOnce(Bucket) -> Bucket) -> Self {
        let bucket = describe(Bucket::default());
        self.entry("buckets", name, bucket.members.into())
    }

    /// A customer managed policy, which users and roles refer to by its name.
    #[must_use]
    pub fn policy(self, name: &str, document: impl Into<Value>) -> Self {
        self.entry("policies", name, document.into())
    }

    /// A condition key of every request: `aws:SourceIp`.
    #[must_use]
    pub fn context(self, key: &str, value: impl Into<Value>) -> Self {
        self.entry("context", key, value.into())
    }

    /// A whole key of the world as a scenario file has it: `organization`, `oidc-providers`, `resources`.
    ///
    /// Replaces what was said under the key before.
    #[must_use]
    pub fn section(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.sections.insert(key.to_owned(), value.into());
        self
    }

    /// The folder that paths of policy files are relative to; without it the working directory, which under
    /// `cargo test` is the package's.
    #[must_use]
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        folder.as_ref().clone_into(&mut self.folder);
        self
    }

    /// Where the world is built; without it the mock in process.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// Builds the world.
    ///
    /// # Panics
    ///
    /// With all that is wrong with it, as `rolecall check` shows it.
    #[track_caller]
    pub fn start(self) -> World {
        let sections = self.sections.iter();
        // What goes on over several lines stands further in than its key.
        let text = sections.map(|(key, value)| {
            let value = format!("{value:#}").replace('\n', "\n  ");
            format!("{key}: {value}\n")
        });
        World::build(text.collect(), &self.folder, &self.target)
    }

    fn entry(mut self, section: &str, name: &str, value: Value) -> Self {
        let entries = self.sections.entry(section).or_insert_with(|| json!({}));
        if let Value::Object(entries) = entries {
            entries.insert(name.to_owned(), value);
        }
        self
    }
}

/// Something in the world that is being described; see [`User`], [`Group`], [`Role`] and [`Bucket`].
#[derive(Clone, Debug)]
pub struct Entity<Kind> {
    members: Map<String, Value>,
    kind: PhantomData<Kind>,
}

/// A user.
pub type User = Entity<kind::User>;
/// A group of users.
pub type Group = Entity<kind::Group>;
/// A role.
pub type Role = Entity<kind::Role>;
/// A bucket.
pub type Bucket = Entity<kind::Bucket>;

/// What an [`Entity`] is.
pub mod kind {
    /// Someone with policies of their own.
    pub trait Identity {}
    /// A user or a role: someone who acts.
    pub trait Principal: Identity {}

    /// A user.
    #[derive(Clone, Copy, Debug)]
    pub enum User {}
    /// A group.
    #[derive(Clone, Copy, Debug)]
    pub enum Group {}
    /// A role.
    #[derive(Clone, Copy, Debug)]
    pub enum Role {}
    /// A bucket.
    #[derive(Clone, Copy, Debug)]
    pub enum Bucket {}

    impl Identity for User {}
    impl Identity for Group {}
    impl Identity for Role {}
    impl Principal for User {}
    impl Principal for Role {}
}

impl<Kind> Default for Entity<Kind> {
    fn default() -> Self {
        Self {
            members: Map::new(),
            kind: PhantomData,
        }
    }
}

impl<Kind> Entity<Kind> {
    /// The account it belongs to, by its name in the world.
    #[must_use]
    pub fn account(self, name: &str) -> Self {
        self.with("account", name)
    }

    /// Any member, in the scenario language's own words: `with("path", "/team/")`.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.members.insert(key.to_owned(), value.into());
        self
    }

    /// Adds to a list under a key.
    fn push(mut self, key: &str, value: Value) -> Self {
        let list = self.members.entry(key).or_insert_with(|| json!([]));
        if let Value::Array(list) = list {
            list.push(value);
        }
        self
    }

    /// Adds to a map under a key.
    fn entry(mut self, key: &str, name: &str, value: Value) -> Self {
        let entries = self.members.entry(key).or_insert_with(|| json!({}));
        if let Value::Object(entries) = entries {
            entries.insert(name.to_owned(), value);
        }
        self
    }
}

impl<Kind: kind::Identity> Entity<Kind> {
    /// A policy: a document, the path of a file with one, the name of one of the world's or of AWS's managed policies,
    /// or an ARN.
    #[must_use]
    pub fn policy(self, policy: impl Into<Value>) -> Self {
        self.push("policies", policy.into())
    }
}

impl<Kind: kind::Principal> Entity<Kind> {
    /// The permissions boundary, a policy as in [`policy`](Self::policy).
    #[must_use]
    pub fn boundary(self, policy: impl Into<Value>) -> Self {
        self.with("boundary", policy)
    }

    /// A tag.
    #[must_use]
    pub fn tag(self, key: &str, value: &str) -> Self {
        self.entry("tags", key, value.into())
    }
}

impl User {
    /// A group that the user belongs to, by its name.
    #[must_use]
    pub fn member_of(self, group: &str) -> Self {
        self.push("groups", group.into())
    }

    /// The user has an MFA device, and [`Assume::mfa`](super::Assume::mfa) shows its code.
    #[must_use]
    pub fn mfa(self) -> Self {
        self.with("mfa", true)
    }
}

impl Role {
    /// Who may assume the role: a document, or the path of a file with one.
    #[must_use]
    pub fn trust(self, policy: impl Into<Value>) -> Self {
        self.with("trust", policy)
    }

    /// How long a session of the role may last: `12h`; an hour without it.
    #[must_use]
    pub fn max_session(self, duration: &str) -> Self {
        self.with("max-session", duration)
    }
}

impl Bucket {
    /// The bucket's policy: a document, or the path of a file with one.
    #[must_use]
    pub fn policy(self, policy: impl Into<Value>) -> Self {
        self.with("policy", policy)
    }

    /// An object and its content.
    #[must_use]
    pub fn object(self, key: &str, content: &str) -> Self {
        self.entry("objects", key, content.into())
    }
}
