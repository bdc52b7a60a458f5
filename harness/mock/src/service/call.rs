//! One request as its handler sees it: who calls, with what input, and what that asks of the policies.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::iam_toolbox::with_authorization_id;
use super::need::{Key, Resource};
use super::{Denial, Operation, ServiceTable};
use crate::authorization::{Authorization, Question, SharedLedger};
use crate::caller::Caller;
use crate::context::{Circumstances, ContextKey};
use crate::world::{AccountId, Partition, World, in_partition};

/// A verified request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: &'static ServiceTable,
    pub(crate) caller: Caller,
    pub(crate) circumstances: Circumstances,
    /// The region that the request is signed for.
    pub(crate) region: String,
    pub(crate) headers: HeaderMap,
    pub(crate) signature: SignatureFacts,
    pub(crate) input: Structure,
    /// As it was sent, without the framing of chunks.
    pub(crate) body: Bytes,
    /// Keys given from outside: they replace the request's own.
    pub(crate) given_keys: Vec<ContextKey>,
    /// Whether a denial is an error.
    pub(crate) enforce: bool,
    /// The id of the request's authorization, where denials are to tell it.
    pub(crate) told_id: Option<String>,
    /// The authorizations of earlier requests.
    pub(crate) ledger: SharedLedger,
    /// What was asked so far.
    pub(crate) questions: RefCell<Vec<Question>>,
    /// The digests of the body that were made so far, by their algorithm.
    pub(crate) digests: RefCell<BTreeMap<&'static str, Vec<u8>>>,
}

/// How a request was signed, for S3's condition keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct SignatureFacts {
    /// `REST-HEADER` or `REST-QUERY-STRING`; none for an unsigned request.
    pub(crate) auth_type: Option<&'static str>,
    /// `AWS4-HMAC-SHA256`; empty for an unsigned request.
    pub(crate) algorithm: &'static str,
    /// How long ago it was signed.
    pub(crate) age: Option<SignedDuration>,
    /// `x-amz-content-sha256`, as sent.
    pub(crate) content_sha256: Option<String>,
}

impl Call {
    /// Asks for all that an operation needs, in order; the first denial is the error.
    pub(crate) fn authorize(
        &self,
        world: &World,
        operation: &Operation,
    ) -> Result<(), ServiceError> {
        let needs = operation.needs.iter();
        for need in needs.filter(|need| need.when.holds(world, self)) {
            let resource = (self.service.resource)(need.on, world, self)?;
            self.require(world, need.action, &resource, need.keys)?;
        }
        Ok(())
    }

    /// Asks for one action; a denial is the service's error.
    pub(crate) fn require(
        &self,
        world: &World,
        action: &'static str,
        resource: &Resource,
        keys: &[Key],
    ) -> Result<(), ServiceError> {
        self.require_with(world, action, resource, &|context| {
            for key in keys {
                key.set(world, self, resource, context);
            }
        })
    }

    /// The same with condition keys that the input as a whole doesn't tell.
    pub(crate) fn require_with(
        &self,
        world: &World,
        action: &'static str,
        resource: &Resource,
        keys: &dyn Fn(&mut Context),
    ) -> Result<(), ServiceError> {
        let question = self.question(world, action, resource, keys);
        let refused = self.enforce && !question.is_allowed();
        let error = refused.then(|| self.denial(world, &question, resource));
        self.questions.borrow_mut().push(question);
        error.map_or(Ok(()), Err)
    }

    fn denial(&self, world: &World, question: &Question, resource: &Resource) -> ServiceError {
        let error = (self.service.denial)(&Denial {
            caller: &self.caller,
            question,
            is_related: self.is_related(world, resource),
        });
        match &self.told_id {
            Some(id) => with_authorization_id(self, id, error),
            None => error,
        }
    }

    /// The authorization of an earlier request, if it is still kept.
    pub(crate) fn authorization(&self, id: &str) -> Option<Arc<Authorization>> {
        self.ledger.lock().find(id)
    }

    /// Asks for one action in passing: the answer matters, but is no part of the request's authorization.
    pub(crate) fn may(&self, world: &World, action: &'static str, resource: &Resource) -> bool {
        !self.enforce || self.question(world, action, resource, &|_| ()).is_allowed()
    }

    fn question(
        &self,
        world: &World,
        action: &'static str,
        resource: &Resource,
        keys: &dyn Fn(&mut Context),
    ) -> Question {
        let owner = resource.account.as_ref().or(self.caller.account.as_ref());
        let mut context = self.circumstances.context(world, &self.caller, owner);
        (self.service.keys)(&self.signature, owner, &mut context);
        keys(&mut context);
        for key in &self.given_keys {
            key.set(&mut context);
        }
        Question::ask(world, &self.caller, action, resource, context)
    }

    /// The world's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.circumstances.now
    }

    /// The partition of the region.
    pub(crate) fn partition(&self) -> Partition {
        self.circumstances.partition
    }

    /// An ARN of IAM as the partition has it.
    pub(crate) fn shown<'a>(&self, arn: &'a str) -> Cow<'a, str> {
        in_partition(self.partition().as_str(), arn)
    }

    /// A member of the input as the text it was sent as.
    pub(crate) fn text(&self, member: &str) -> Option<String> {
        match self.input.get(member)? {
            Value::String(text) => Some(text.clone()),
            Value::Integer(number) => Some(number.to_string()),
            Value::Boolean(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A required string member, which the model's checks have found there.
    pub(crate) fn required(&self, member: &str) -> &str {
        self.input.string(member).unwrap_or_default()
    }

    /// Whether the caller is of the account or the organization that owns a resource.
    fn is_related(&self, world: &World, resource: &Resource) -> bool {
        match (&self.caller.account, &resource.account) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(caller), Some(owner)) => world.are_related(caller, owner),
        }
    }

    /// Whether the caller belongs to an account.
    pub(crate) fn is_from(&self, account: &AccountId) -> bool {
        self.caller.account.as_ref() == Some(account)
    }

    /// The digest of the body with an algorithm, which is made once.
    pub(crate) fn digest(&self, algorithm: &'static str, make: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let mut digests = self.digests.borrow_mut();
        let digest = digests.entry(algorithm);
        digest.or_insert_with(|| make(&self.body)).clone()
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
