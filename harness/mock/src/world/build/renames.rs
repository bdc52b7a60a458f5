//! Users and groups under another name or path: their unique ids, keys, sessions and memberships stay.
//!
//! AWS: IAM User Guide, Rename an IAM user: policies that name the user as a principal follow it.

use std::sync::Arc;

use super::super::{
    AccessKey, AccountId, KeyOwner, Partition, Session, SessionIdentity, World, WorldError, fold,
    names,
};
use super::{exists, unknown};

/// A name and a path to come; `None` leaves what is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rename<'r> {
    pub(crate) name: Option<&'r str>,
    pub(crate) path: Option<&'r str>,
}

impl Rename<'_> {
    fn check(&self, kind: &'static str) -> Result<(), WorldError> {
        self.name
            .map_or(Ok(()), |name| names::check_name(kind, name))?;
        self.path.map_or(Ok(()), names::check_path)
    }
}

impl World {
    /// Gives a user another name or path.
    pub(crate) fn rename_user(
        &mut self,
        account: &AccountId,
        old: &str,
        to: Rename<'_>,
    ) -> Result<(), WorldError> {
        to.check("user")?;
        let new = to.name.unwrap_or(old);
        let user = self.user(account.as_str(), old);
        let mut user = user.map(|user| user.as_ref().clone());
        let user = user.as_mut().ok_or_else(|| unknown("user", old))?;
        let before = user.arn(Partition::Aws);
        new.clone_into(&mut user.name);
        if let Some(path) = to.path {
            path.clone_into(&mut user.path);
        }
        user.permissions.refresh();
        let users = &mut self.account_mut(account)?.users;
        if fold(old) != fold(new) && users.contains_key(&fold(new)) {
            return Err(exists("user", new.to_owned()));
        }
        users.remove(&fold(old));
        users.insert(fold(new), Arc::new(user.clone()));
        let keys = &mut self.account_mut(account)?.user_keys;
        if let Some(ids) = keys.remove(&fold(old)) {
            keys.insert(fold(new), ids);
        }
        for key in self.keys.values_mut() {
            if let Some(renamed) = renamed_key(key, account, old, new) {
                *key = Arc::new(renamed);
            }
        }
        self.rename_principal(&before, &user.arn(Partition::Aws));
        Ok(())
    }

    /// Gives a group another name or path.
    pub(crate) fn rename_group(
        &mut self,
        account: &AccountId,
        old: &str,
        to: Rename<'_>,
    ) -> Result<(), WorldError> {
        to.check("group")?;
        let new = to.name.unwrap_or(old);
        let groups = &mut self.account_mut(account)?.groups;
        if fold(old) != fold(new) && groups.contains_key(&fold(new)) {
            return Err(exists("group", new.to_owned()));
        }
        let mut group = groups
            .remove(&fold(old))
            .ok_or_else(|| unknown("group", old))?;
        let changed = Arc::make_mut(&mut group);
        new.clone_into(&mut changed.name);
        if let Some(path) = to.path {
            path.clone_into(&mut changed.path);
        }
        groups.insert(fold(new), group);
        for user in self.account_mut(account)?.users.values_mut() {
            let user = Arc::make_mut(user);
            for name in &mut user.groups {
                if fold(name) == fold(old) {
                    new.clone_into(name);
                }
            }
        }
        self.refresh(account)
    }
}

/// A key of the user, or of a session that is the user's or that the user vouches for, under the new name.
fn renamed_key(key: &AccessKey, account: &AccountId, old: &str, new: &str) -> Option<AccessKey> {
    if key.belongs_to(account, old) {
        let (account, name) = (account.clone(), new.to_owned());
        return Some(key.with_owner(KeyOwner::User { account, name }));
    }
    let session = key
        .session()
        .filter(|session| session.account == *account)?;
    let mut renamed = Session::clone(session);
    let (SessionIdentity::User { name, .. }
    | SessionIdentity::Federated {
        by: Some((name, _)),
        ..
    }) = &mut renamed.identity
    else {
        return None;
    };
    if name != old {
        return None;
    }
    new.clone_into(name);
    Some(key.with_owner(KeyOwner::Session(Arc::new(renamed))))
}
