//! Instance profiles: what hands a role to EC2.

use std::sync::Arc;

use jiff::Timestamp;

use super::build::{exists, unknown};
use super::{AccountId, Partition, Tags, World, WorldError, fold, iam_arn, names};

/// An instance profile.
#[derive(Clone, Debug)]
pub(crate) struct InstanceProfile {
    pub(crate) account: AccountId,
    pub(crate) path: String,
    pub(crate) name: String,
    /// `AIPA…`.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
    /// The name of its role: one at most.
    pub(crate) role: Option<String>,
}

const KIND: &str = "instance profile";

impl InstanceProfile {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        iam_arn(
            partition,
            &self.account,
            "instance-profile",
            &self.path,
            &self.name,
        )
    }
}

impl World {
    pub(crate) fn add_instance_profile(
        &mut self,
        profile: InstanceProfile,
    ) -> Result<(), WorldError> {
        names::check_name(KIND, &profile.name)?;
        names::check_path(&profile.path)?;
        names::check_tags(&profile.tags)?;
        let name = fold(&profile.name);
        let profiles = &mut self.account_mut(&profile.account)?.instance_profiles;
        if profiles.contains_key(&name) {
            return Err(exists(KIND, profile.name));
        }
        profiles.insert(name, Arc::new(profile));
        Ok(())
    }

    pub(crate) fn remove_instance_profile(
        &mut self,
        account: &AccountId,
        name: &str,
    ) -> Result<(), WorldError> {
        let profiles = &mut self.account_mut(account)?.instance_profiles;
        let removed = profiles.remove(&fold(name));
        removed.map(drop).ok_or_else(|| unknown(KIND, name))
    }

    /// The instance profiles of an account, by name.
    pub(crate) fn instance_profiles(&self, account: &AccountId) -> Vec<&Arc<InstanceProfile>> {
        let profiles = self.accounts.get(account);
        let profiles = profiles
            .into_iter()
            .flat_map(|a| a.instance_profiles.values());
        let mut profiles: Vec<_> = profiles.collect();
        profiles.sort_by_cached_key(|profile| fold(&profile.name));
        profiles
    }

    /// The instance profiles that hand out a role.
    pub(crate) fn instance_profiles_with(
        &self,
        account: &AccountId,
        role: &str,
    ) -> Vec<&Arc<InstanceProfile>> {
        let mut profiles = self.instance_profiles(account);
        profiles.retain(|profile| profile.role.as_deref() == Some(role));
        profiles
    }

    pub(crate) fn instance_profile(
        &self,
        account: &AccountId,
        name: &str,
    ) -> Option<&Arc<InstanceProfile>> {
        let account = self.accounts.get(account)?;
        let profile = account.instance_profiles.get(&fold(name))?;
        (profile.name == name).then_some(profile)
    }

    pub(crate) fn instance_profile_mut(
        &mut self,
        account: &AccountId,
        name: &str,
    ) -> Option<&mut InstanceProfile> {
        let account = self.accounts.get_mut(account)?;
        let profile = account.instance_profiles.get_mut(&fold(name))?;
        (profile.name == name).then(|| Arc::make_mut(profile))
    }
}
