//! Building a world from a specification.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::permissions::{Attachment, ManagedPolicy, Permissions};
use super::{
    AccessKey, Account, AccountId, Bucket, BucketPolicy, BucketSpec, CustomerPolicySpec, KeyOwner,
    Partition, PolicySpec, PublicAccessBlock, Role, RoleSpec, User, UserSpec, World, WorldError,
    bucket_name_problem, fold, iam_arn, names,
};
use crate::service::s3::new_object;

/// The secret of the keys that LocalStack's users know.
const TEST_SECRET: &str = "test";

impl World {
    /// Adds an account, whose root user gets an access key; the first one is the default.
    pub fn add_account(&mut self, id: &str) -> Result<(), WorldError> {
        let id = AccountId::parse(id)?;
        if self.accounts.contains_key(&id) {
            return Err(WorldError::AccountExists(id.to_string()));
        }
        let root_key = self.new_key(&id, true, KeyOwner::Root(id.clone()));
        let account = Account {
            canonical_id: self.ids.hex::<32>(),
            root_key,
            users: HashMap::new(),
            user_keys: HashMap::new(),
            roles: HashMap::new(),
        };
        self.default_account.get_or_insert_with(|| id.clone());
        self.accounts.insert(id, account);
        Ok(())
    }

    /// Adds a customer managed policy; the answer is its ARN.
    pub fn add_policy(&mut self, spec: CustomerPolicySpec) -> Result<String, WorldError> {
        let account = self.known_account(&spec.account)?;
        names::check_name("policy", &spec.name)?;
        names::check_path(&spec.path)?;
        let arn = iam_arn(Partition::Aws, &account, "policy", &spec.path, &spec.name);
        let name = fold(&spec.name);
        let taken = |policy: &Arc<ManagedPolicy>| {
            let other = policy.arn.rsplit('/').next().unwrap_or_default();
            policy.account.as_ref() == Some(&account) && fold(other) == name
        };
        if self.managed_policies.values().any(taken) {
            return Err(exists("policy", spec.name));
        }
        let policy = ManagedPolicy {
            arn: arn.clone(),
            account: Some(account),
            document: spec.document,
        };
        self.managed_policies.insert(arn.clone(), Arc::new(policy));
        Ok(arn)
    }

    /// Adds a user with an access key.
    pub fn add_user(&mut self, spec: UserSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        names::check_name("user", &spec.name)?;
        names::check_path(&spec.path)?;
        names::check_tags(&spec.tags)?;
        let name = fold(&spec.name);
        if self.account(&account)?.users.contains_key(&name) {
            return Err(exists("user", spec.name));
        }
        let user = User {
            account: account.clone(),
            path: spec.path,
            name: spec.name.clone(),
            id: self.ids.unique_id("AIDA"),
            tags: spec.tags,
            permissions: self.permissions(spec.policies, spec.boundary)?,
        };
        let owner = KeyOwner::User {
            account: account.clone(),
            name: spec.name,
        };
        let key = self.new_key(&account, spec.access_key_active, owner);
        let account = self.account(&account)?;
        account.user_keys.insert(name.clone(), key);
        account.users.insert(name, Arc::new(user));
        Ok(())
    }

    /// Adds a role.
    pub fn add_role(&mut self, spec: RoleSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        names::check_name("role", &spec.name)?;
        names::check_path(&spec.path)?;
        names::check_tags(&spec.tags)?;
        if !(3600..=43200).contains(&spec.max_session) {
            return Err(WorldError::InvalidMaxSession(spec.max_session));
        }
        let role = Role {
            account: account.clone(),
            path: spec.path,
            name: spec.name.clone(),
            id: self.ids.unique_id("AROA"),
            tags: spec.tags,
            permissions: self.permissions(spec.policies, spec.boundary)?,
            max_session: spec.max_session,
            trust: super::identity::Trust::new(spec.trust),
        };
        match self.account(&account)?.roles.entry(fold(&spec.name)) {
            Entry::Occupied(_) => Err(exists("role", spec.name)),
            Entry::Vacant(place) => {
                place.insert(Arc::new(role));
                Ok(())
            }
        }
    }

    /// Adds a bucket.
    ///
    /// Its policy may be public although public policies are blocked: AWS restricts such a bucket to its own
    /// account, and so does the mock.
    pub fn add_bucket(&mut self, spec: BucketSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        if let Some(rule) = bucket_name_problem(&spec.name) {
            return Err(WorldError::InvalidName {
                kind: "bucket",
                name: spec.name,
                rule,
            });
        }
        if self.bucket(&spec.name).is_some() {
            return Err(exists("bucket", spec.name));
        }
        let now = self.start;
        let objects = spec
            .objects
            .into_iter()
            .map(|(key, body)| (key, Arc::new(new_object(body, now))))
            .collect();
        self.insert_bucket(Bucket {
            policy: spec
                .policy
                .as_ref()
                .map(|policy| BucketPolicy::new(&spec.name, policy)),
            name: spec.name,
            account,
            region: spec.region,
            created: now,
            public_access: PublicAccessBlock::all(spec.block_public_access),
            tags: spec.tags,
            objects,
        });
        Ok(())
    }

    fn permissions(
        &mut self,
        policies: Vec<PolicySpec>,
        boundary: Option<PolicySpec>,
    ) -> Result<Permissions, WorldError> {
        let attachments = policies
            .into_iter()
            .map(|policy| self.attach(policy))
            .collect::<Result<_, _>>()?;
        let boundary = boundary.map(|policy| self.attach(policy)).transpose()?;
        Ok(Permissions::new(attachments, boundary))
    }

    fn attach(&mut self, policy: PolicySpec) -> Result<Attachment, WorldError> {
        match policy {
            PolicySpec::Inline { name, document } => Ok(Attachment::Inline { name, document }),
            PolicySpec::Managed { arn, document } => {
                if !self.managed_policies.contains_key(&arn) {
                    if !arn.contains(":iam::aws:policy/") {
                        return Err(WorldError::UnknownPolicy(arn));
                    }
                    let policy = ManagedPolicy {
                        arn: arn.clone(),
                        account: None,
                        document,
                    };
                    self.managed_policies.insert(arn.clone(), Arc::new(policy));
                }
                Ok(Attachment::Managed { arn })
            }
        }
    }

    fn new_key(&mut self, account: &AccountId, active: bool, owner: KeyOwner) -> String {
        let id = self.ids.access_key_id("AKIA", account);
        let secret = self.ids.secret_access_key();
        let key = AccessKey::new(id.clone(), secret, active, owner);
        self.keys.insert(id.clone(), Arc::new(key));
        id
    }

    /// The key of a root user under the names that LocalStack's users know: `test`, or the number of an account, which
    /// is made on first use.
    pub(crate) fn add_test_key(&mut self, id: &str) -> Option<Arc<AccessKey>> {
        let account = match id {
            "test" => self.default_account.clone()?,
            number => AccountId::parse(number).ok()?,
        };
        if !self.accounts.contains_key(&account) {
            self.add_account(account.as_str()).ok()?;
        }
        let secret = TEST_SECRET.into();
        let key = AccessKey::new(id.to_owned(), secret, true, KeyOwner::Root(account));
        Some(Arc::clone(
            self.keys.entry(id.to_owned()).or_insert(Arc::new(key)),
        ))
    }

    fn known_account(&self, id: &str) -> Result<AccountId, WorldError> {
        self.accounts
            .get_key_value(id)
            .map(|(id, _)| id.clone())
            .ok_or_else(|| WorldError::UnknownAccount(id.to_owned()))
    }

    fn account(&mut self, id: &AccountId) -> Result<&mut Account, WorldError> {
        self.accounts
            .get_mut(id)
            .ok_or_else(|| WorldError::UnknownAccount(id.to_string()))
    }
}

fn exists(kind: &'static str, name: String) -> WorldError {
    WorldError::Exists { kind, name }
}
