//! Temporary credentials: issued, and written into answers.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rolecall_policy::PolicySet;
use rolecall_wire::Structure;

use crate::context::ContextKey;
use crate::world::{AccessKey, AccountId, KeyOwner, Session, SessionIdentity, Tags, World};

/// What a session is to be.
#[derive(Debug)]
pub(super) struct NewSession {
    pub(super) account: AccountId,
    pub(super) identity: SessionIdentity,
    pub(super) policies: Option<Arc<PolicySet>>,
    pub(super) tags: Tags,
    pub(super) transitive_tags: Vec<String>,
    pub(super) source_identity: Option<String>,
    /// Seconds.
    pub(super) duration: i64,
    /// When an MFA device vouched for the caller.
    pub(super) mfa: Option<Timestamp>,
    /// Whether it is `AssumeRoot`'s.
    pub(super) assumed_root: bool,
    /// What the session keeps of the identity provider that vouched for it.
    pub(super) provider_keys: Vec<ContextKey>,
}

impl NewSession {
    /// A session with nothing but its owner.
    pub(super) fn new(account: AccountId, identity: SessionIdentity) -> Self {
        Self {
            account,
            identity,
            policies: None,
            tags: Tags::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
            duration: 0,
            mfa: None,
            assumed_root: false,
            provider_keys: Vec::new(),
        }
    }
}

/// Begins a session; the answer is its `Credentials`.
pub(super) fn issue(world: &mut World, new: NewSession, now: Timestamp) -> Structure {
    // AWS's expirations have no fraction of a second.
    let issued = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let expires = issued
        .checked_add(SignedDuration::from_secs(new.duration))
        .unwrap_or(Timestamp::MAX);
    let id = world.ids.access_key_id("ASIA", &new.account);
    let secret = world.ids.secret_access_key();
    let token = world.ids.session_token(&id, expires.as_second());
    let credentials = Structure::new()
        .with("AccessKeyId", id.as_str())
        .with("SecretAccessKey", secret.expose())
        .with("SessionToken", token.expose())
        .with("Expiration", expires);
    let session = Session {
        account: new.account,
        token,
        issued,
        expires,
        identity: new.identity,
        policies: new.policies,
        tags: new.tags,
        transitive_tags: new.transitive_tags,
        source_identity: new.source_identity,
        mfa: new.mfa,
        assumed_root: new.assumed_root,
        provider_keys: new.provider_keys,
    };
    let owner = KeyOwner::Session(Arc::new(session));
    world.add_session(AccessKey::new(id, secret, true, owner), now);
    credentials
}
