//! Users, groups and roles: added, changed, removed.

use std::sync::Arc;

use super::super::identity::{Group, Role, Trust, User};
use super::super::spec::{GroupSpec, RoleSpec, UserSpec};
use super::super::{
    AccountId, KeyOwner, MfaDevice, MfaOwner, Partition, World, WorldError, fold, iam_arn, names,
};
use super::{taken, unknown};

impl World {
    /// Adds a user with an access key.
    pub fn add_user(&mut self, spec: UserSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        let (name, active) = (spec.name.clone(), spec.access_key_active);
        self.add_user_without_key(spec)?;
        let owner = KeyOwner::User {
            account: account.clone(),
            name: name.clone(),
        };
        let key = self.new_key(&account, active, owner);
        let account = self.account_mut(&account)?;
        account.key_ids_mut(Some(&name)).push(key);
        Ok(())
    }

    /// Adds a user as `CreateUser` does, which makes no access key.
    pub(crate) fn add_user_without_key(&mut self, spec: UserSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        taken(&self.account_mut(&account)?.users, "user", &spec.name)?;
        let id = self.ids.unique_id("AIDA");
        let has_mfa = spec.mfa;
        let user = self.new_user(spec, id)?;
        self.set_mfa(&user, has_mfa);
        let users = &mut self.account_mut(&account)?.users;
        users.insert(fold(&user.name), Arc::new(user));
        Ok(())
    }

    /// Gives a user other members.
    pub fn update_user(&mut self, spec: UserSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        let name = fold(&spec.name);
        let id = self
            .account_mut(&account)?
            .users
            .get(&name)
            .map(|user| user.id.clone());
        let id = id.ok_or_else(|| unknown("user", &spec.name))?;
        let (active, has_mfa) = (spec.access_key_active, spec.mfa);
        let user = self.new_user(spec, id)?;
        self.set_mfa(&user, has_mfa);
        let account = self.account_mut(&account)?;
        account.users.insert(name.clone(), Arc::new(user));
        let key = account.key_ids(Some(&name)).first().cloned();
        self.activate(key, active);
        Ok(())
    }

    /// Removes a user, its access keys and its sessions.
    pub fn remove_user(&mut self, account: &str, name: &str) -> Result<(), WorldError> {
        let id = self.known_account(account)?;
        let account = self.account_mut(&id)?;
        let keys = account.user_keys.remove(&fold(name)).unwrap_or_default();
        let user = account.users.remove(&fold(name));
        let user = user.ok_or_else(|| unknown("user", name))?;
        for key in keys {
            self.keys.remove(&key);
        }
        self.mfa_devices
            .retain(|_, device| !device.belongs_to(&user));
        self.forget_principal(&user.arn(Partition::Aws), &user.id);
        Ok(())
    }

    fn new_user(&mut self, spec: UserSpec, id: String) -> Result<User, WorldError> {
        let account = self.known_account(&spec.account)?;
        names::check_name("user", &spec.name)?;
        names::check_path(&spec.path)?;
        names::check_tags(&spec.tags)?;
        for group in &spec.groups {
            if self.group(account.as_str(), group).is_none() {
                return Err(WorldError::UnknownGroup(group.clone()));
            }
        }
        let before = self.user(account.as_str(), &spec.name);
        Ok(User {
            created: before.map_or(self.start, |user| user.created),
            login: before.and_then(|user| user.login.clone()),
            permissions: self.permissions(spec.policies, spec.boundary)?,
            account,
            path: spec.path,
            name: spec.name,
            id,
            tags: spec.tags,
            groups: spec.groups,
        })
    }

    /// Gives a user the device that bears its name, or takes it away.
    fn set_mfa(&mut self, user: &User, has_mfa: bool) {
        let serial = iam_arn(Partition::Aws, &user.account, "mfa", "/", &user.name);
        let known = self.mfa_device(&serial);
        let has_it = known.is_some_and(|device| device.belongs_to(user));
        if has_it && !has_mfa {
            self.remove_mfa_device(&serial);
        } else if has_mfa && !has_it {
            let seed = self.ids.named(&serial).bytes::<20>().to_vec();
            let (id, since) = (user.id.clone(), self.start);
            let mut device = MfaDevice::new(serial, user.account.clone(), seed);
            device.owner = Some(MfaOwner { id, since });
            self.put_mfa_device(device);
        }
    }

    /// Makes an access key active or inactive.
    fn activate(&mut self, key: Option<String>, active: bool) {
        let key = key.and_then(|id| self.keys.get_mut(&id));
        if let Some(key) = key.filter(|key| key.active != active) {
            *key = Arc::new(key.with_active(active));
        }
    }

    /// Adds a group.
    pub fn add_group(&mut self, spec: GroupSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        taken(&self.account_mut(&account)?.groups, "group", &spec.name)?;
        let id = self.ids.unique_id("AGPA");
        self.put_group(spec, &account, id)
    }

    /// Gives a group other members.
    pub fn update_group(&mut self, spec: GroupSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        let group = self.group(account.as_str(), &spec.name);
        let id = group.map(|group| group.id.clone());
        let id = id.ok_or_else(|| unknown("group", &spec.name))?;
        self.put_group(spec, &account, id)?;
        self.refresh(&account)
    }

    /// Removes a group; its users stay.
    pub fn remove_group(&mut self, account: &str, name: &str) -> Result<(), WorldError> {
        let account = self.known_account(account)?;
        let removed = self.account_mut(&account)?.groups.remove(&fold(name));
        removed.ok_or_else(|| unknown("group", name))?;
        self.refresh(&account)
    }

    fn put_group(
        &mut self,
        spec: GroupSpec,
        account: &AccountId,
        id: String,
    ) -> Result<(), WorldError> {
        names::check_name("group", &spec.name)?;
        names::check_path(&spec.path)?;
        let before = self.group(account.as_str(), &spec.name);
        let group = Group {
            created: before.map_or(self.start, |group| group.created),
            permissions: self.permissions(spec.policies, None)?,
            account: account.clone(),
            path: spec.path,
            name: spec.name,
            id,
        };
        let groups = &mut self.account_mut(account)?.groups;
        groups.insert(fold(&group.name), Arc::new(group));
        Ok(())
    }

    /// Adds a role.
    pub fn add_role(&mut self, spec: RoleSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        taken(&self.account_mut(&account)?.roles, "role", &spec.name)?;
        let id = self.ids.unique_id("AROA");
        self.put_role(spec, &account, id)
    }

    /// Gives a role other members; its sessions go on.
    pub fn update_role(&mut self, spec: RoleSpec) -> Result<(), WorldError> {
        let account = self.known_account(&spec.account)?;
        let role = self.account_mut(&account)?.roles.get(&fold(&spec.name));
        let id = role.map(|role| role.id.clone());
        let id = id.ok_or_else(|| unknown("role", &spec.name))?;
        self.put_role(spec, &account, id)
    }

    /// Removes a role, which ends its sessions.
    pub fn remove_role(&mut self, account: &str, name: &str) -> Result<(), WorldError> {
        let account = self.known_account(account)?;
        let role = self.account_mut(&account)?.roles.remove(&fold(name));
        let role = role.ok_or_else(|| unknown("role", name))?;
        self.forget_principal(&role.arn(Partition::Aws), &role.id);
        Ok(())
    }

    fn put_role(
        &mut self,
        spec: RoleSpec,
        account: &AccountId,
        id: String,
    ) -> Result<(), WorldError> {
        names::check_name("role", &spec.name)?;
        names::check_path(&spec.path)?;
        names::check_tags(&spec.tags)?;
        if !(3600..=43200).contains(&spec.max_session) {
            return Err(WorldError::InvalidMaxSession(spec.max_session));
        }
        let before = self.role(account.as_str(), &spec.name);
        let role = Role {
            created: before.map_or(self.start, |role| role.created),
            description: before.and_then(|role| role.description.clone()),
            permissions: self.permissions(spec.policies, spec.boundary)?,
            account: account.clone(),
            path: spec.path,
            name: spec.name,
            id,
            tags: spec.tags,
            max_session: spec.max_session,
            trust: Trust::new(spec.trust),
        };
        let roles = &mut self.account_mut(account)?.roles;
        roles.insert(fold(&role.name), Arc::new(role));
        Ok(())
    }
}
