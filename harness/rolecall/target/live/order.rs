//! What an administrator asks a target for, to build a world and to change it: plain requests, in order.

use rolecall_wire::{Structure, Value};

use super::journal::{Kind, Thing};

/// A request of an administrator.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Order {
    /// The target's account whose administrator sends it.
    pub(super) account: String,
    /// The service: `iam`.
    pub(super) service: &'static str,
    /// The operation: `CreateUser`.
    pub(super) operation: &'static str,
    /// The region, if it isn't the default.
    pub(super) region: Option<String>,
    /// The parameters.
    pub(super) input: Structure,
    /// What it makes, if it makes something that must be removed again.
    pub(super) makes: Option<Thing>,
}

impl Order {
    pub(super) fn iam(account: &str, operation: &'static str, input: Structure) -> Self {
        Self::new(account, "iam", operation, input)
    }

    pub(super) fn s3(account: &str, operation: &'static str, input: Structure) -> Self {
        Self::new(account, "s3", operation, input)
    }

    pub(super) fn new(
        account: &str,
        service: &'static str,
        operation: &'static str,
        input: Structure,
    ) -> Self {
        Self {
            account: account.to_owned(),
            service,
            operation,
            region: None,
            input,
            makes: None,
        }
    }

    /// The same, with the word that it makes something.
    pub(super) fn making(mut self, kind: Kind, name: &str) -> Self {
        self.makes = Some(Thing::new(kind, &self.account, name));
        self
    }
}

impl std::fmt::Display for Order {
    /// As a plan shows it: `iam:CreateUser rc-…-alice in 123456789012`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.service, self.operation)?;
        let members = [
            "UserName",
            "RoleName",
            "GroupName",
            "PolicyName",
            "VirtualMFADeviceName",
            "Bucket",
            "Name",
            "SAMLProviderArn",
            "Url",
        ];
        for name in members.iter().filter_map(|name| self.input.string(name)) {
            write!(f, " {name}")?;
        }
        write!(f, " in {}", self.account)
    }
}

/// Tags as IAM takes them.
pub(super) fn tags(tags: &[(String, String)]) -> Value {
    let tag = |(key, value): &(String, String)| {
        Structure::new()
            .with("Key", key.as_str())
            .with("Value", value.as_str())
            .into()
    };
    Value::List(tags.iter().map(tag).collect())
}

/// Names as a list of strings.
pub(super) fn strings<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
    Value::List(texts.into_iter().map(Value::from).collect())
}
