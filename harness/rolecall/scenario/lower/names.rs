//! What the scenario's own names stand for.

use std::collections::BTreeMap;

use rolecall_policy::Span;

use crate::scenario::model::{Account, PolicyDocument};
use crate::scenario::nearest::did_you_mean;

/// A named thing of the world.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// Where it is defined.
    pub(super) span: Span,
    /// The account's number.
    pub(super) account: String,
    /// The IAM path; `/` for what has none.
    pub(super) path: String,
}

/// Every name that the world has had so far, also of what steps have deleted since.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) accounts: Vec<Account>,
    pub(super) users: BTreeMap<String, Named>,
    pub(super) roles: BTreeMap<String, Named>,
    pub(super) buckets: BTreeMap<String, Named>,
    pub(super) policies: BTreeMap<String, Span>,
    /// The documents of `policies`, of those that could be read.
    pub(super) documents: BTreeMap<String, PolicyDocument>,
}

impl Names {
    /// The number of the default account.
    pub(super) fn default_account(&self) -> String {
        self.accounts
            .first()
            .map(|account| account.id.clone())
            .unwrap_or_default()
    }

    /// The number of an account by its name, or by the number itself.
    pub(super) fn account(&self, name: &str) -> Option<&str> {
        let found = self
            .accounts
            .iter()
            .find(|account| account.name == name || account.id == name);
        found.map(|account| account.id.as_str())
    }

    /// Whether the scenario declares an account of this number.
    pub(super) fn declares(&self, number: &str) -> bool {
        self.accounts.iter().any(|account| account.id == number)
    }

    /// The ARN of a role of the world.
    pub(super) fn role_arn(&self, name: &str) -> Option<String> {
        self.roles
            .get(name)
            .map(|role| arn("role", &role.account, &role.path, name))
    }

    /// The ARNs of all users and roles.
    pub(super) fn principal_arns(&self) -> impl Iterator<Item = String> {
        let users = self
            .users
            .iter()
            .map(|(name, user)| arn("user", &user.account, &user.path, name));
        let roles = self
            .roles
            .iter()
            .map(|(name, role)| arn("role", &role.account, &role.path, name));
        users.chain(roles)
    }
}

fn arn(kind: &str, account: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{kind}{path}{name}")
}

/// `did you mean …?` among the keys of a map of names.
pub(super) fn near<T>(word: &str, names: &BTreeMap<String, T>) -> Option<String> {
    did_you_mean(word, names.keys().map(String::as_str))
}
