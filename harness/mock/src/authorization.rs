//! What was asked of the policies during a request, kept so that it can be explained later.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rolecall_policy::{
    Context, Decision, Effect, Evaluation, Level, Policies, PolicySet, Principal, Request, decide,
    explain,
};

use crate::caller::{Caller, CallerPolicies};
use crate::service::need::Resource;
use crate::service::sts::authorization_message;
use crate::world::{Membership, World};

/// The header that names a request's [`Authorization`], in every answer to a verified request.
pub const AUTHORIZATION_ID_HEADER: &str = "x-amzn-authorization-id";

/// How many evaluations are kept.
const KEPT: usize = 10_000;

/// How many bytes the kept evaluations may come to, roughly.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// The authorization of one request: who called, and each action that was asked, on its resource.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// Names it, in the header of the answer.
    pub id: String,
    /// The world's time when the request was made.
    pub time: Timestamp,
    /// The service: `s3`.
    pub service: Cow<'static, str>,
    /// The operation: `PutObject`.
    pub operation: Cow<'static, str>,
    /// The caller's ARN; `None` for an unsigned request.
    pub caller_arn: Option<String>,
    /// The caller's account; `None` for an unsigned request.
    pub caller_account: Option<String>,
    /// What was asked, in order.
    pub questions: Vec<Question>,
}

impl Authorization {
    /// AWS's explanation of every question, in the order they were asked.
    pub fn evaluations(&self) -> Vec<Evaluation> {
        self.questions.iter().map(Question::explain).collect()
    }

    /// The organization that the caller's account was in.
    pub(crate) fn organization(&self) -> Option<&str> {
        let question = self.questions.first()?;
        let membership = question.caller.membership.as_ref()?;
        Some(&membership.organization)
    }

    /// Whether everything that was asked was allowed.
    pub fn is_allowed(&self) -> bool {
        self.questions.iter().all(Question::is_allowed)
    }

    /// About how many bytes it takes to keep.
    pub(crate) fn size(&self) -> usize {
        self.questions.iter().map(Question::size).sum()
    }
}

/// One action on one resource, with all that bore on the decision.
#[derive(Clone, Debug)]
pub struct Question {
    principal: Principal,
    action: Cow<'static, str>,
    resource: String,
    resource_account: Option<String>,
    context: Context,
    caller: CallerPolicies,
    resource_policy: Option<Arc<PolicySet>>,
    /// The resource owner's place in the organization.
    owner: Option<Arc<Membership>>,
    decision: Decision,
}

impl Question {
    /// About how many bytes it takes to keep; policies are shared.
    fn size(&self) -> usize {
        const BASE: usize = 512;
        let values = |values: &[String]| values.iter().map(String::len).sum::<usize>();
        let context = self.context.iter();
        let context: usize = context
            .map(|(key, found, _)| key.len() + values(found))
            .sum();
        BASE + self.resource.len() + context
    }

    /// Asks under the policies as they stand.
    pub(crate) fn ask(
        world: &World,
        caller: &Caller,
        action: impl Into<Cow<'static, str>>,
        resource: &Resource,
        context: Context,
    ) -> Self {
        let mut question = Self {
            principal: caller.principal.clone(),
            action: action.into(),
            resource: resource.arn.clone(),
            resource_account: resource.account.as_ref().map(ToString::to_string),
            context,
            caller: caller.policies(world),
            resource_policy: resource.policy.clone(),
            owner: resource
                .account
                .as_ref()
                .or(caller.account.as_ref())
                .and_then(|owner| world.membership(owner))
                .cloned(),
            decision: Decision {
                effect: Effect::ImplicitDeny,
                decided_by: None,
            },
        };
        question.decision = decide(&question.request());
        question
    }

    /// The action: `s3:PutObject`.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The resource's ARN, or `*`.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The number of the account that owns the resource, if one does.
    pub fn resource_account(&self) -> Option<&str> {
        self.resource_account.as_deref()
    }

    /// The condition keys, complete.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Who asked.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The answer.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Whether the answer was yes.
    pub fn is_allowed(&self) -> bool {
        self.decision.effect == Effect::Allow
    }

    /// The question and its answer in the encoded form that `DecodeAuthorizationMessage` takes, as EC2 adds to its
    /// denials.
    pub fn encoded_message(&self) -> String {
        authorization_message::encode(self)
    }

    /// The answer with AWS's explanation.
    pub fn explain(&self) -> Evaluation {
        explain(&self.request())
    }

    fn request(&self) -> Request<'_> {
        Request {
            principal: &self.principal,
            action: &self.action,
            resource: &self.resource,
            resource_account: self.resource_account.as_deref(),
            context: &self.context,
            policies: Policies {
                identity: &self.caller.identity,
                boundary: self.caller.boundary.as_deref(),
                session: self.caller.session.as_deref(),
                resource: self.resource_policy.as_deref(),
                service_control: levels(self.caller.membership.as_deref(), |m| &m.service_control),
                resource_control: levels(self.owner.as_deref(), |m| &m.resource_control),
                vpc_endpoint: None,
            },
        }
    }
}

/// The control policies that bind an account.
fn levels(membership: Option<&Membership>, of: fn(&Membership) -> &Vec<Level>) -> &[Level] {
    membership.map_or(&[], |membership| of(membership))
}

/// The authorizations of late, for all who keep and look them up.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedLedger(Arc<Mutex<Ledger>>);

impl SharedLedger {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The authorizations of late, newest last.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    authorizations: VecDeque<Arc<Authorization>>,
    questions: usize,
    bytes: usize,
}

impl Ledger {
    pub(crate) fn add(&mut self, authorization: Authorization) -> Arc<Authorization> {
        let added = Arc::new(authorization);
        self.questions += added.questions.len();
        self.bytes += added.size();
        self.authorizations.push_back(Arc::clone(&added));
        while self.questions > KEPT || self.authorizations.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(oldest) = self.authorizations.pop_front() else {
                break;
            };
            self.questions -= oldest.questions.len();
            self.bytes -= oldest.size();
        }
        added
    }

    /// Looks from the newest back, since that is what is asked for.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Authorization>> {
        let mut newest_first = self.authorizations.iter().rev();
        newest_first
            .find(|authorization| authorization.id == id)
            .cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Authorization>> {
        self.authorizations.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
