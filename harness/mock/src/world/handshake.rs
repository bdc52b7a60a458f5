//! Invitations to organizations, and requests for new accounts.
//!
//! AWS: Organizations API Reference, data types `Handshake` and `CreateAccountStatus`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{AccountId, Tags, World};

/// AWS: Organizations User Guide, inviting an account: an invitation is good for 15 days.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(15 * 24);

/// How long a new account takes. AWS needs minutes; the mock is done when a waiting client asks again.
const CREATION: SignedDuration = SignedDuration::from_secs(1);

/// An invitation of an account to an organization.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    /// `h-…`.
    pub(crate) id: String,
    /// The organization's id.
    pub(crate) organization: String,
    /// The number of its management account.
    pub(crate) management: String,
    /// Who is invited.
    pub(crate) account: AccountId,
    /// The address that was invited, if it wasn't the number.
    pub(crate) email: Option<String>,
    pub(crate) notes: Option<String>,
    /// For the account once it is a member.
    pub(crate) tags: Tags,
    pub(crate) requested: Timestamp,
    pub(crate) settled: Option<HandshakeState>,
}

/// What has become of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeState {
    Open,
    Accepted,
    Declined,
    Canceled,
    Expired,
}

impl HandshakeState {
    /// As the API has it.
    pub(crate) fn api_name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Canceled => "CANCELED",
            Self::Expired => "EXPIRED",
        }
    }
}

impl Handshake {
    pub(crate) fn arn(&self) -> String {
        let (management, organization, id) = (&self.management, &self.organization, &self.id);
        format!("arn:aws:organizations::{management}:handshake/{organization}/invite/{id}")
    }

    pub(crate) fn expires(&self) -> Timestamp {
        self.requested
            .checked_add(OPEN_FOR)
            .unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn state(&self, now: Timestamp) -> HandshakeState {
        match self.settled {
            Some(settled) => settled,
            None if now >= self.expires() => HandshakeState::Expired,
            None => HandshakeState::Open,
        }
    }
}

/// A request for a new account.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount {
    /// `car-…`.
    pub(crate) id: String,
    /// The organization's id.
    pub(crate) organization: String,
    pub(crate) account: AccountId,
    pub(crate) name: String,
    pub(crate) requested: Timestamp,
}

impl NewAccount {
    pub(crate) fn completed(&self) -> Timestamp {
        self.requested
            .checked_add(CREATION)
            .unwrap_or(Timestamp::MAX)
    }
}

impl World {
    /// Invitations, oldest first.
    pub(crate) fn handshakes(&self) -> impl Iterator<Item = &Handshake> {
        self.handshakes.iter().map(Arc::as_ref)
    }

    pub(crate) fn add_handshake(&mut self, handshake: Handshake) {
        self.handshakes.push(Arc::new(handshake));
    }

    /// Settles an invitation.
    pub(crate) fn settle(&mut self, id: &str, state: HandshakeState) {
        let mut handshakes = self.handshakes.iter_mut();
        if let Some(handshake) = handshakes.find(|handshake| handshake.id == id) {
            Arc::make_mut(handshake).settled = Some(state);
        }
    }

    /// Requests for new accounts, oldest first.
    pub(crate) fn new_accounts(&self) -> impl Iterator<Item = &NewAccount> {
        self.new_accounts.iter().map(Arc::as_ref)
    }

    pub(crate) fn add_new_account(&mut self, new: NewAccount) {
        self.new_accounts.push(Arc::new(new));
    }
}
