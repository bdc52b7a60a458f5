//! Building a world from a specification, and changing it afterwards.
//!
//! `add_…` makes something new; `update_…` gives something that is there other members, its unique id and its access
//! key staying; `remove_…` takes it away for good: whoever is made anew under its name is someone else.

mod changes;
mod identities;
mod principals;
mod renames;
mod resources;

pub(crate) use self::changes::Holder;
pub(crate) use self::renames::Rename;

use std::collections::HashMap;
use std::sync::Arc;

use super::permissions::{Attachment, ManagedPolicy, Permissions};
use super::{
    AccessKey, Account, AccountId, CustomerPolicySpec, KeyOwner, Partition, PolicySpec, World,
    WorldError, fold, iam_arn, kept, names,
};

/// The secret of the keys that LocalStack's users know.
const TEST_SECRET: &str = "test";

impl World {
    /// Adds an account, whose root user gets an access key; the first one is the default.
    pub fn add_account(&mut self, id: &str) -> Result<(), WorldError> {
        let id = AccountId::parse(id)?;
        if self.accounts.contains_key(&id) {
            return Err(WorldError::AccountExists(id.to_string()));
        }
        self.make_account(id);
        Ok(())
    }

    fn make_account(&mut self, id: AccountId) {
        let account = Account {
            canonical_id: self.ids.hex::<32>(),
            root_keys: vec![self.new_key(&id, true, KeyOwner::Root(id.clone()))],
            ..Account::default()
        };
        self.default_account.get_or_insert_with(|| id.clone());
        self.accounts.insert(id, account);
    }

    /// Adds a customer managed policy; the answer is its ARN.
    pub fn add_policy(&mut self, spec: CustomerPolicySpec) -> Result<String, WorldError> {
        let account = self.known_account(&spec.account)?;
        names::check_name("policy", &spec.name)?;
        names::check_path(&spec.path)?;
        let arn = iam_arn(Partition::Aws, &account, "policy", &spec.path, &spec.name);
        let policies = &mut self.account_mut(&account)?.policies;
        if policies.contains_key(&fold(&spec.name)) {
            return Err(exists("policy", spec.name));
        }
        policies.insert(fold(&spec.name), arn.clone());
        let policy = ManagedPolicy::new(&arn, Some(account), spec.document);
        self.managed_policies.insert(arn.clone(), Arc::new(policy));
        Ok(arn)
    }

    /// Gives a customer managed policy another document, wherever it is attached.
    pub fn update_policy(&mut self, spec: CustomerPolicySpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        let arn = self
            .account_mut(&account)?
            .policies
            .get(&fold(&spec.name))
            .cloned();
        let policy = arn.and_then(|arn| self.managed_policies.get_mut(&arn));
        let policy = policy.ok_or_else(|| unknown("policy", &spec.name))?;
        Arc::make_mut(policy).default.document = spec.document;
        self.refresh(&account)
    }

    /// Removes a customer managed policy, also from whom it is attached to.
    pub fn remove_policy(&mut self, account: &str, name: &str) -> Result<(), WorldError> {
        let account = self.known_account(account)?;
        let arn = self.account_mut(&account)?.policies.remove(&fold(name));
        let arn = arn.ok_or_else(|| unknown("policy", name))?;
        self.managed_policies.remove(&arn);
        self.refresh(&account)
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
                let known = kept(&arn);
                if !self.managed_policies.contains_key(&*known) {
                    if !arn.contains(":iam::aws:policy/") {
                        return Err(WorldError::UnknownPolicy(arn));
                    }
                    let policy = ManagedPolicy::new(&known, None, document);
                    self.managed_policies
                        .insert(known.into_owned(), Arc::new(policy));
                }
                Ok(Attachment::managed(&arn))
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
    /// may be one that the world doesn't have yet.
    pub(crate) fn test_key(&self, id: &str) -> Option<AccessKey> {
        let account = match id {
            "test" => self.default_account.clone()?,
            number => AccountId::parse(number).ok()?,
        };
        let secret = TEST_SECRET.into();
        Some(AccessKey::new(
            id.to_owned(),
            secret,
            true,
            KeyOwner::Root(account),
        ))
    }

    /// Takes a test key into the world, and its account if that is new. Of two requests the first's key stays.
    pub(crate) fn add_test_key(&mut self, key: &Arc<AccessKey>) -> Arc<AccessKey> {
        let account = key.account();
        if !self.accounts.contains_key(account) {
            self.make_account(account.clone());
        }
        if let Some(known) = self.keys.get(&key.id) {
            return Arc::clone(known);
        }
        self.insert_key(key);
        Arc::clone(key)
    }

    /// Forgets what the policies of an account's identities came to.
    fn refresh(&mut self, account: &AccountId) -> Result<(), WorldError> {
        let account = self.account_mut(account)?;
        for user in account.users.values_mut() {
            Arc::make_mut(user).permissions.refresh();
        }
        for role in account.roles.values_mut() {
            Arc::make_mut(role).permissions.refresh();
        }
        Ok(())
    }

    pub(super) fn known_account(&self, id: &str) -> Result<AccountId, WorldError> {
        self.accounts
            .get_key_value(id)
            .map(|(id, _)| id.clone())
            .ok_or_else(|| WorldError::UnknownAccount(id.to_owned()))
    }

    pub(super) fn account_mut(&mut self, id: &AccountId) -> Result<&mut Account, WorldError> {
        self.accounts
            .get_mut(id)
            .ok_or_else(|| WorldError::UnknownAccount(id.to_string()))
    }
}

/// Looks a name up among those of an account, in whatever case.
fn taken<T>(things: &HashMap<String, T>, kind: &'static str, name: &str) -> Result<(), WorldError> {
    if things.contains_key(&fold(name)) {
        Err(exists(kind, name.to_owned()))
    } else {
        Ok(())
    }
}

pub(super) fn exists(kind: &'static str, name: String) -> WorldError {
    WorldError::Exists { kind, name }
}

pub(super) fn unknown(kind: &'static str, name: &str) -> WorldError {
    let name = name.to_owned();
    WorldError::Unknown { kind, name }
}
