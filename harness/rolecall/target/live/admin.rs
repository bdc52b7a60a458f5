//! The administrators of a target's accounts, who build the worlds and take them down.

use std::fmt::Display;

use aws_credential_types::Credentials;
use rolecall_wire::{ServiceError, Structure};

use super::order::Order;
use super::pace::{
    Attempt, Pace, UNTIL_ANSWERS, UNTIL_HOLDS, UNTIL_KNOWN, is_busy, is_unknown_key,
};
use crate::target::answer::{Answer, Got};
use crate::target::client::Client;

/// Why a request of an administrator came to nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The target refuses.
    #[error("the target refuses {order}: {} ({}){}", error.code, error.status, text_of(error))]
    Refused {
        /// What was asked.
        order: String,
        /// Its answer.
        error: Box<ServiceError>,
    },
    /// The target doesn't answer.
    #[error("no answer to {order}: {reason}")]
    Unreachable {
        /// What was asked.
        order: String,
        /// Why not.
        reason: String,
    },
    /// The target is so unlike AWS that the answer to a scenario would say nothing.
    #[error("{0}")]
    Unsuited(String),
    /// Nobody administers the account.
    #[error("there are no credentials for account {0}")]
    NoAdmin(String),
    /// It was made by a call whose service nobody knows here.
    #[error(
        "`{0}` can't be called: `botocore` in rolecall.toml must name the models that it was made with"
    )]
    NoModel(String),
    /// An OIDC provider is there that isn't the test's.
    #[error(
        "account {account} has an OIDC provider of {url} already, another run's or somebody's own, and can have no second: it is left alone"
    )]
    Taken {
        /// The target's account.
        account: String,
        /// Its URL.
        url: String,
    },
    /// An identity provider has no key.
    #[error("{0}")]
    NoKey(String),
    /// The journal can't be written: nothing more is made.
    #[error("the journal of the run can't be written: {0}")]
    Journal(String),
}

impl Failure {
    pub(super) fn journal(error: impl Display) -> Self {
        Self::Journal(error.to_string())
    }

    /// Whether a control policy keeps the administrator from it.
    pub(super) fn is_by_control(&self) -> bool {
        matches!(self, Self::Refused { error, .. } if is_by_control(error))
    }

    /// Whether the target says that it can't do such a thing at all.
    pub(super) fn is_not_implemented(&self) -> bool {
        match self {
            Self::Refused { error, .. } => is_not_implemented(error),
            Self::Unsuited(_) => true,
            _ => false,
        }
    }
}

/// Whether a service or resource control policy denies, as AWS's text says.
fn is_by_control(error: &ServiceError) -> bool {
    let message = error.message.as_deref().unwrap_or_default();
    let controls = ["service control policy", "resource control policy"];
    controls.iter().any(|control| message.contains(control))
}

/// Whether a target says that it has no such operation. One that fails without a word of AWS's (as moto does) has none
/// either.
pub(super) fn is_not_implemented(error: &ServiceError) -> bool {
    let codes = [
        "NotImplemented",
        "InvalidAction",
        "UnknownOperationException",
    ];
    let fails_silently = error.status == 500 && error.code == "500";
    error.status == 501 || fails_silently || codes.contains(&error.code.as_str())
}

fn text_of(error: &ServiceError) -> String {
    let message = error.message.as_deref();
    message
        .map(|message| format!(": {message}"))
        .unwrap_or_default()
}

/// The administrator of an account.
#[derive(Clone, Debug)]
pub(super) struct Admin {
    /// The target's number of the account.
    pub(super) account: String,
    /// Who it is: `arn:aws:iam::000000000000:root`.
    pub(super) arn: String,
    pub(super) credentials: Credentials,
}

impl Admin {
    /// Whether it is the account's root user.
    pub(super) fn is_root(&self) -> bool {
        self.arn.ends_with(":root")
    }
}

/// The administrators of the accounts that a test or a clean-up needs.
#[derive(Clone, Debug)]
pub(super) struct Admins {
    pub(super) client: Client,
    pub(super) pace: Pace,
    pub(super) all: Vec<Admin>,
}

impl Admins {
    /// The administrator of an account of the target.
    pub(super) fn of(&self, account: &str) -> Option<&Admin> {
        self.all.iter().find(|admin| admin.account == account)
    }

    /// Sends a request that builds, again while the target doesn't know yet what was made a moment ago.
    pub(super) async fn build(&self, order: &Order) -> Result<Structure, Failure> {
        self.send_patiently(order, self.pace.is_eventual()).await
    }

    /// Sends a request, again while the target is busy.
    pub(super) async fn send(&self, order: &Order) -> Result<Structure, Failure> {
        self.send_patiently(order, false).await
    }

    async fn send_patiently(&self, order: &Order, builds: bool) -> Result<Structure, Failure> {
        let admin = self
            .of(&order.account)
            .ok_or_else(|| Failure::NoAdmin(order.account.clone()))?;
        let ask = async || {
            let (service, operation) = (order.service, order.operation);
            let answer = self
                .client
                .request(
                    Some(&admin.credentials),
                    service,
                    operation,
                    order.region.as_deref(),
                    &order.input,
                )
                .await;
            match patience(&answer, builds, self.pace.is_eventual()) {
                Some(most) => Attempt::NotYet(answer, most),
                None => Attempt::Done(answer),
            }
        };
        let answer: Answer = self.pace.patiently(ask).await;
        let order = order.to_string();
        match answer.got {
            Got::Allowed(output) => Ok(output),
            Got::Refused(error) => Err(Failure::Refused {
                order,
                error: Box::new(error),
            }),
            Got::Unreachable(reason) => Err(Failure::Unreachable { order, reason }),
        }
    }
}

fn patience(answer: &Answer, builds: bool, eventual: bool) -> Option<std::time::Duration> {
    let Got::Refused(error) = &answer.got else {
        return None;
    };
    let message = error.message.as_deref().unwrap_or_default();
    // AWS: a policy that names a principal made a moment ago is refused until IAM knows it everywhere.
    let unknown_principal =
        error.code == "MalformedPolicyDocument" && message.contains("Invalid principal");
    if is_busy(error) {
        Some(UNTIL_ANSWERS)
    } else if builds && (unknown_principal || is_unknown_key(error) || error.code == "NoSuchEntity")
    {
        Some(UNTIL_KNOWN)
    } else if eventual && is_by_control(error) {
        // It may have been detached a moment ago.
        Some(UNTIL_HOLDS)
    } else {
        None
    }
}
