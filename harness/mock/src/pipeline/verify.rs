//! Signatures, access keys and session tokens: who signed a request, and did they.
//!
//! The wire crate judges a signature's form, time and scope, and compares it; here its key is found, and the session
//! behind a temporary one. The order is AWS's: scope, key and token, expiry, role, signature.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use rolecall_wire::sigv4::{
    self, Algorithm, Endpoint, SignatureError, SignedRequest, SigningKey, Transport, decode_body,
};
use rolecall_wire::{Service, ServiceError};

use super::dispatch::Destination;
use crate::caller::Caller;
use crate::ids::read_token;
use crate::mock::State;
use crate::service::call::SignatureFacts;
use crate::world::{AccessKey, Partition};

/// The region of a request that doesn't say.
const DEFAULT_REGION: &str = "us-east-1";

/// A request whose caller is known.
#[derive(Debug)]
pub(super) struct Verified {
    /// The request, its body without the framing of chunks.
    pub(super) request: Request<Bytes>,
    pub(super) caller: Caller,
    /// The key that it is signed with; `None` for an unsigned one.
    pub(super) access_key: Option<String>,
    /// The region that it is signed for.
    pub(super) region: String,
    pub(super) facts: SignatureFacts,
}

impl Verified {
    /// A request that needs no signature.
    pub(super) fn unsigned(request: Request<Bytes>, destination: &Destination) -> Self {
        Self::by(Caller::anonymous(), request, destination)
    }

    fn by(caller: Caller, request: Request<Bytes>, destination: &Destination) -> Self {
        let region = destination.region.as_deref().unwrap_or(DEFAULT_REGION);
        Self {
            request,
            caller,
            access_key: None,
            region: region.to_owned(),
            facts: SignatureFacts::default(),
        }
    }
}

/// Verifies a request, in the order and words of its service.
pub(super) fn verify(
    state: &State,
    service: &Service,
    destination: &Destination,
    request: Request<Bytes>,
) -> Result<Verified, ServiceError> {
    let endpoint = Endpoint {
        service: service.signing_name(),
        region: destination.region.as_deref(),
    };
    let signed = sigv4::read(&request, endpoint, state.clock.signing_now());
    let access_key = match &signed {
        Ok(Some(signed)) => Some(signed.access_key_id.clone()),
        Ok(None) | Err(_) => None,
    };
    let checked = signed.and_then(|signed| {
        let found = signed.map(|signed| Found::check(state, signed, &request));
        found.transpose()
    });
    let answer = |error: SignatureError| error.answer(service);
    match checked {
        Ok(None) => {
            let request = decode_body(request, None).map_err(answer)?;
            Ok(Verified::unsigned(request, destination))
        }
        Ok(Some(found)) => found.verified(state, request).map_err(answer),
        Err(_) if !state.enforce => {
            let request = decode_body(request, None).map_err(answer)?;
            Ok(Verified {
                access_key,
                ..anyone(state, request, destination)
            })
        }
        Err(error) => Err(answer(error)),
    }
}

/// A signature that is right, its key, and who that is.
struct Found {
    signed: SignedRequest,
    key: SigningKey,
    caller: Caller,
}

impl Found {
    /// The caller, if the key is known, the token its own, the session alive, the signature right.
    fn check(
        state: &State,
        signed: SignedRequest,
        request: &Request<Bytes>,
    ) -> Result<Self, SignatureError> {
        let (access_key, is_new) = find_key(state, &signed)?;
        check_token(state, &signed, &access_key)?;
        let partition = Partition::of_region(&region(&signed));
        let caller = Caller::of_key(&state.read(), &access_key, partition);
        let caller = caller.ok_or_else(|| signed.unknown_key())?;
        let key = access_key.signing_key(&signed);
        if state.enforce {
            signed.verify(request, &key)?;
            if access_key.session().is_none() && signed.session_token.is_some() {
                return Err(signed.unreadable_token());
            }
        }
        // Whoever can't sign leaves no trace.
        let access_key = if is_new {
            state.write().add_test_key(&access_key)
        } else {
            access_key
        };
        access_key.note_use(state.clock.now(), &signed);
        Ok(Self {
            signed,
            key,
            caller,
        })
    }

    /// The request with its body, which is verified too.
    fn verified(self, state: &State, request: Request<Bytes>) -> Result<Verified, SignatureError> {
        let facts = facts(state, &self.signed, &request);
        let verifier = state.enforce.then_some((&self.signed, &self.key));
        Ok(Verified {
            request: decode_body(request, verifier)?,
            caller: self.caller,
            facts,
            region: region(&self.signed),
            access_key: Some(self.signed.access_key_id),
        })
    }
}

/// Whoever signs is the default account's root user, where nothing is enforced and the signature tells no more.
fn anyone(state: &State, request: Request<Bytes>, destination: &Destination) -> Verified {
    let account = state.read().default_account().cloned();
    let partition = Partition::of_region(destination.region.as_deref().unwrap_or(DEFAULT_REGION));
    let caller = account.map_or_else(Caller::anonymous, |account| {
        Caller::root(&account, partition)
    });
    Verified::by(caller, request, destination)
}

fn facts(state: &State, signed: &SignedRequest, request: &Request<Bytes>) -> SignatureFacts {
    let hash = request.headers().get("x-amz-content-sha256");
    SignatureFacts {
        auth_type: Some(match signed.transport {
            Transport::Header => "REST-HEADER",
            Transport::Query { .. } => "REST-QUERY-STRING",
        }),
        age: Some(state.clock.signing_now().duration_since(signed.time)),
        algorithm: signed.algorithm.name(),
        content_sha256: hash.and_then(|hash| Some(hash.to_str().ok()?.to_owned())),
    }
}

/// The region that a request is signed for; one that is signed for a set of regions is taken to be for the default.
fn region(signed: &SignedRequest) -> String {
    match signed.algorithm {
        Algorithm::Hmac => signed.scope.region.clone(),
        Algorithm::Ecdsa => DEFAULT_REGION.to_owned(),
    }
}

/// The key, and whether it is a test key that the world doesn't have yet.
fn find_key(
    state: &State,
    signed: &SignedRequest,
) -> Result<(Arc<AccessKey>, bool), SignatureError> {
    let id = signed.access_key_id.as_str();
    let known = state.read().access_key(id).map(Arc::clone);
    let test_key = || {
        let key = state.read().test_key(id).filter(|_| state.test_credentials);
        key.map(|key| (Arc::new(key), true))
    };
    let found = known.map(|key| (key, false)).or_else(test_key);
    found.filter(|(key, _)| key.active).ok_or_else(|| {
        if has_expired(state, signed) {
            signed.expired_token()
        } else {
            signed.unknown_key()
        }
    })
}

/// Whether the token belongs to the key and is of a session that is over, and forgotten.
fn has_expired(state: &State, signed: &SignedRequest) -> bool {
    let token = signed.session_token.as_deref().and_then(read_token);
    token.is_some_and(|token| {
        token.access_key_id == signed.access_key_id
            && token.expires <= state.clock.now().as_second()
    })
}

fn check_token(
    state: &State,
    signed: &SignedRequest,
    key: &AccessKey,
) -> Result<(), SignatureError> {
    let Some(session) = key.session() else {
        return Ok(());
    };
    match signed.session_token.as_deref() {
        None | Some("") => Err(signed.unknown_key()),
        Some(token) if token != session.token.expose() => Err(match read_token(token) {
            Some(_) => signed.unknown_key(),
            None => signed.unreadable_token(),
        }),
        Some(_) if session.expires <= state.clock.now() => Err(signed.expired_token()),
        Some(_) => Ok(()),
    }
}
