//! What IAM keeps of an account as a whole.

use jiff::Timestamp;
use rolecall_wire::Structure;

use super::{AccountId, World};

/// An account's settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The name for the sign-in page: unique among all accounts.
    pub(crate) alias: Option<String>,
    /// `PasswordPolicy`; without one AWS's own holds.
    pub(crate) password_policy: Option<Structure>,
    /// When the credential report was made.
    pub(crate) credential_report: Option<Timestamp>,
    /// The ids of the deletions of service-linked roles.
    pub(crate) deletion_tasks: Vec<String>,
}

impl World {
    pub(crate) fn settings(&self, account: &AccountId) -> Option<&Settings> {
        self.accounts.get(account).map(|account| &account.settings)
    }

    pub(crate) fn settings_mut(&mut self, account: &AccountId) -> Option<&mut Settings> {
        let account = self.accounts.get_mut(account);
        account.map(|account| &mut account.settings)
    }

    /// Whether any account has this alias.
    pub(crate) fn is_alias_taken(&self, alias: &str) -> bool {
        let mut accounts = self.accounts.values();
        accounts.any(|account| account.settings.alias.as_deref() == Some(alias))
    }
}
