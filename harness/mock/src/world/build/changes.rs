//! What IAM's own operations change: access keys, policies and tags of whoever is there.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::permissions::{ManagedPolicy, Permissions};
use super::super::{AccessKey, AccountId, Group, KeyOwner, Role, User, World, fold, kept, managed};

/// Whoever has policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    User,
    Group,
    Role,
}

impl World {
    /// The users of an account, by name.
    pub(crate) fn users(&self, account: &AccountId) -> Vec<&Arc<User>> {
        let account = self.accounts.get(account);
        let mut users: Vec<_> = account.map_or_else(Vec::new, |a| a.users.values().collect());
        users.sort_by_cached_key(|user| fold(&user.name));
        users
    }

    /// The roles of an account, by name.
    pub(crate) fn roles(&self, account: &AccountId) -> Vec<&Arc<Role>> {
        let account = self.accounts.get(account);
        let mut roles: Vec<_> = account.map_or_else(Vec::new, |a| a.roles.values().collect());
        roles.sort_by_cached_key(|role| fold(&role.name));
        roles
    }

    /// The groups of an account, by name.
    pub(crate) fn groups(&self, account: &AccountId) -> Vec<&Arc<Group>> {
        let account = self.accounts.get(account);
        let mut groups: Vec<_> = account.map_or_else(Vec::new, |a| a.groups.values().collect());
        groups.sort_by_cached_key(|group| fold(&group.name));
        groups
    }

    /// The customer managed policies of an account with their ARNs, by name.
    pub(crate) fn customer_policies(
        &self,
        account: &AccountId,
    ) -> Vec<(&String, &Arc<ManagedPolicy>)> {
        let account = self.accounts.get(account);
        let mut arns: Vec<_> = account.map_or_else(Vec::new, |a| a.policies.iter().collect());
        arns.sort();
        arns.into_iter()
            .filter_map(|(_, arn)| self.managed_policies.get_key_value(arn))
            .collect()
    }

    /// Whether a user or role has this unique id, in whatever account.
    pub(crate) fn has_unique_id(&self, id: &str) -> bool {
        self.accounts.values().any(|account| {
            let mut users = account.users.values();
            let mut roles = account.roles.values();
            users.any(|user| user.id == id) || roles.any(|role| role.id == id)
        })
    }

    pub(crate) fn user_mut(&mut self, account: &AccountId, name: &str) -> Option<&mut User> {
        let user = self.accounts.get_mut(account)?.users.get_mut(&fold(name))?;
        (user.name == name).then(|| Arc::make_mut(user))
    }

    pub(crate) fn role_mut(&mut self, account: &AccountId, name: &str) -> Option<&mut Role> {
        let role = self.accounts.get_mut(account)?.roles.get_mut(&fold(name))?;
        (role.name == name).then(|| Arc::make_mut(role))
    }

    pub(crate) fn group_mut(&mut self, account: &AccountId, name: &str) -> Option<&mut Group> {
        let account = self.accounts.get_mut(account)?;
        account.groups.get_mut(&fold(name)).map(Arc::make_mut)
    }

    /// A policy that isn't AWS's.
    pub(crate) fn customer_policy(&self, arn: &str) -> Option<&Arc<ManagedPolicy>> {
        let policy = self.managed_policies.get(&*kept(arn))?;
        policy.account.is_some().then_some(policy)
    }

    pub(crate) fn managed_policy_mut(&mut self, arn: &str) -> Option<&mut ManagedPolicy> {
        self.managed_policies
            .get_mut(&*kept(arn))
            .map(Arc::make_mut)
    }

    /// The policies of a user, group or role.
    pub(crate) fn permissions_of(
        &self,
        holder: Holder,
        account: &AccountId,
        name: &str,
    ) -> Option<&Permissions> {
        let account = account.as_str();
        match holder {
            Holder::User => self.user(account, name).map(|user| &user.permissions),
            Holder::Group => self.group(account, name).map(|group| &group.permissions),
            Holder::Role => self.role(account, name).map(|role| &role.permissions),
        }
    }

    /// Changes the policies of a user, group or role; `None` if it isn't there.
    pub(crate) fn change_permissions<T>(
        &mut self,
        holder: Holder,
        account: &AccountId,
        name: &str,
        change: impl FnOnce(&mut Permissions) -> T,
    ) -> Option<T> {
        let permissions = match holder {
            Holder::User => &mut self.user_mut(account, name)?.permissions,
            Holder::Group => &mut self.group_mut(account, name)?.permissions,
            Holder::Role => &mut self.role_mut(account, name)?.permissions,
        };
        let changed = change(permissions);
        if holder == Holder::Group {
            self.refresh(account).ok()?;
        }
        Some(changed)
    }

    /// Puts a user into a group, or takes it out of it; whether that changed anything.
    pub(crate) fn set_membership(
        &mut self,
        account: &AccountId,
        group: &str,
        user: &str,
        member: bool,
    ) -> Option<bool> {
        let user = self.user_mut(account, user)?;
        let before = user.groups.len();
        user.groups.retain(|other| fold(other) != fold(group));
        let was_member = user.groups.len() < before;
        if member {
            user.groups.push(group.to_owned());
        }
        user.permissions.refresh();
        Some(was_member != member)
    }

    /// Changes a customer managed policy, for all that have it; `None` if it isn't there.
    pub(crate) fn change_policy<T>(
        &mut self,
        account: &AccountId,
        arn: &str,
        change: impl FnOnce(&mut ManagedPolicy) -> T,
    ) -> Option<T> {
        let changed = change(self.managed_policy_mut(arn)?);
        self.refresh(account).ok()?;
        Some(changed)
    }

    /// Takes in a managed policy that is to be attached: one of the account, or of AWS.
    pub(crate) fn take_in_policy(&mut self, account: &AccountId, arn: &str) -> bool {
        let arn = kept(arn);
        if let Some(policy) = self.managed_policies.get(&*arn) {
            return policy.account.as_ref().is_none_or(|owner| owner == account);
        }
        let Some(policy) = managed::find(&arn) else {
            return false;
        };
        self.managed_policies.insert(arn.into_owned(), policy);
        true
    }

    /// How many of an account's users, groups and roles have a managed policy, and for how many it is the boundary.
    pub(crate) fn uses_of_policy(&self, account: &AccountId, arn: &str) -> (usize, usize) {
        let attached = self.all_permissions(account);
        let attached = attached.filter(|p| p.has_managed(arn));
        let boundaries = self.all_permissions(account);
        let boundaries = boundaries.filter(|p| p.has_boundary(arn));
        (attached.count(), boundaries.count())
    }

    /// The ARNs of the managed policies that anyone in an account has, or has as a boundary.
    pub(crate) fn policies_in_use(&self, account: &AccountId) -> HashSet<&str> {
        let all = self.all_permissions(account);
        all.flat_map(|permissions| permissions.managed().chain(permissions.boundary()))
            .collect()
    }

    fn all_permissions(&self, account: &AccountId) -> impl Iterator<Item = &Permissions> {
        self.accounts.get(account).into_iter().flat_map(|account| {
            let users = account.users.values().map(|user| &user.permissions);
            let groups = account.groups.values().map(|group| &group.permissions);
            let roles = account.roles.values().map(|role| &role.permissions);
            users.chain(groups).chain(roles)
        })
    }

    /// The long-term access keys of a user, oldest first; of the root user where no name is given.
    pub(crate) fn access_keys_of(
        &self,
        account: &AccountId,
        user: Option<&str>,
    ) -> Vec<&Arc<AccessKey>> {
        let account = self.accounts.get(account);
        let ids = account.map_or(&[] as &[String], |account| account.key_ids(user));
        let mut keys: Vec<_> = ids.iter().filter_map(|id| self.keys.get(id)).collect();
        keys.sort_by_key(|key| (key.created, &key.id));
        keys
    }

    /// Makes another access key for a user, or for the root user.
    pub(crate) fn add_access_key(
        &mut self,
        account: &AccountId,
        user: Option<&str>,
        now: Timestamp,
    ) -> Arc<AccessKey> {
        let owner = match user {
            Some(name) => KeyOwner::User {
                account: account.clone(),
                name: name.to_owned(),
            },
            None => KeyOwner::Root(account.clone()),
        };
        let id = self.ids.access_key_id("AKIA", account);
        let secret = self.ids.secret_access_key();
        let key = AccessKey::new(id, secret, true, owner);
        let key = Arc::new(key.created_at(now));
        self.insert_key(&key);
        key
    }

    /// Takes a long-term key into the world.
    pub(super) fn insert_key(&mut self, key: &Arc<AccessKey>) {
        if let Some(account) = self.accounts.get_mut(key.account()) {
            account.key_ids_mut(key.user()).push(key.id.clone());
        }
        self.keys.insert(key.id.clone(), Arc::clone(key));
    }

    /// Makes an access key active or inactive.
    pub(crate) fn set_access_key(&mut self, id: &str, active: bool) {
        if let Some(key) = self.keys.get_mut(id) {
            *key = Arc::new(key.with_active(active));
        }
    }

    /// Removes an access key for good.
    pub(crate) fn remove_access_key(&mut self, account: &AccountId, id: &str) {
        let key = self.keys.remove(id);
        if let (Some(key), Some(account)) = (key, self.accounts.get_mut(account)) {
            account.key_ids_mut(key.user()).retain(|other| other != id);
        }
    }
}
