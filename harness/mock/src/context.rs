//! The circumstances of a request as condition keys, and the keys that a test gives.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;
use rolecall_policy::{Context, Node, Value};

use crate::caller::Caller;
use crate::world::{AccountId, Partition, World};

/// A condition key and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextKey {
    /// The key's name: `aws:SourceIp`.
    pub key: String,
    /// Its values; none makes the key absent.
    pub values: Vec<String>,
    /// Whether the key is multivalued.
    pub multivalued: bool,
}

impl ContextKey {
    /// A single-valued key.
    pub fn single(key: &str, value: &str) -> Self {
        Self {
            key: key.to_owned(),
            values: vec![value.to_owned()],
            multivalued: false,
        }
    }

    /// Reads a JSON object of keys to a string (single-valued) or a list of strings (multivalued; an empty one makes the key
    /// absent).
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub fn read_all(object: &Node) -> Result<Vec<Self>, String> {
        let Value::Map(entries) = &object.value else {
            return Err("`context` must be an object".to_owned());
        };
        let entries = entries.iter();
        entries
            .map(|entry| Self::read(&entry.key, &entry.value))
            .collect()
    }

    fn read(key: &str, value: &Node) -> Result<Self, String> {
        let wrong = || format!("the context key `{key}` must be a string or a list of strings");
        let (values, multivalued) = match &value.value {
            Value::String(value) => (vec![value.clone()], false),
            Value::List(values) => {
                let values = values.iter().map(|value| value.as_str().map(str::to_owned));
                (values.collect::<Option<_>>().ok_or_else(wrong)?, true)
            }
            _ => return Err(wrong()),
        };
        Ok(Self {
            key: key.to_owned(),
            values,
            multivalued,
        })
    }

    /// Gives a request this key, in place of what it has.
    pub fn set(&self, context: &mut Context) {
        match (self.values.as_slice(), self.multivalued) {
            ([value], false) => context.set(&self.key, value.as_str()),
            ([], _) => context.remove(&self.key),
            (values, _) => context.set_list(&self.key, values.to_vec()),
        }
    }
}

/// The condition keys that a test gives until it gives others.
#[derive(Debug, Default)]
pub(crate) struct Given {
    all: Vec<ContextKey>,
    unsigned: Vec<ContextKey>,
    /// By the access key of whoever signs.
    signers: HashMap<String, Vec<ContextKey>>,
}

impl Given {
    pub(crate) fn give_all(&mut self, keys: Vec<ContextKey>) {
        self.all = keys;
    }

    pub(crate) fn give(&mut self, access_key: Option<&str>, keys: Vec<ContextKey>) {
        match access_key {
            None => self.unsigned = keys,
            Some(signer) if keys.is_empty() => drop(self.signers.remove(signer)),
            Some(signer) => drop(self.signers.insert(signer.to_owned(), keys)),
        }
    }

    /// Takes back what was given to anyone in particular.
    pub(crate) fn take_back(&mut self) {
        self.unsigned.clear();
        self.signers.clear();
    }

    /// Those of every request.
    pub(crate) fn of_all(&self) -> &[ContextKey] {
        &self.all
    }

    /// Those of a request by the access key that signs it, the later ones in place of the earlier.
    pub(crate) fn of(&self, access_key: Option<&str>) -> Vec<ContextKey> {
        let own = match access_key {
            None => Some(&self.unsigned),
            Some(signer) => self.signers.get(signer),
        };
        self.all
            .iter()
            .chain(own.into_iter().flatten())
            .cloned()
            .collect()
    }
}

/// What a carrier knows about a request beside its text: put it into the request's extensions.
///
/// Without it a request comes from 127.0.0.1, with no condition keys of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestContext {
    /// Where the request comes from.
    pub source_ip: IpAddr,
    /// Condition keys that replace whatever the request has.
    pub keys: Vec<ContextKey>,
}

impl Default for RequestContext {
    fn default() -> Self {
        Self {
            source_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            keys: Vec::new(),
        }
    }
}

/// When, where and how a request is made.
#[derive(Clone, Debug)]
pub(crate) struct Circumstances {
    /// The world's time.
    pub(crate) now: Timestamp,
    pub(crate) partition: Partition,
    /// The region of the endpoint: `aws:RequestedRegion`.
    pub(crate) region: String,
    pub(crate) source_ip: IpAddr,
    pub(crate) user_agent: Option<String>,
    pub(crate) referer: Option<String>,
}

impl Circumstances {
    /// The condition keys that all actions have: of the caller, of the request itself, and of the resource's owner.
    pub(crate) fn context(
        &self,
        world: &World,
        caller: &Caller,
        owner: Option<&AccountId>,
    ) -> Context {
        let mut context = Context::new();
        caller.describe(world, self, &mut context);
        self.describe(&mut context);
        if let Some(owner) = owner {
            context.set("aws:ResourceAccount", owner.as_str());
        }
        if let Some(membership) = owner.and_then(|owner| world.membership(owner)) {
            context.set("aws:ResourceOrgID", membership.organization.as_str());
            context.set_list("aws:ResourceOrgPaths", vec![membership.path.clone()]);
        }
        context
    }

    /// AWS: IAM User Guide, AWS global condition context keys, properties of the network and of the request. The mock
    /// stands for AWS reached over TLS, whatever carried the request.
    fn describe(&self, context: &mut Context) {
        context.set("aws:CurrentTime", format!("{:.0}", self.now));
        context.set("aws:EpochTime", self.now.as_second().to_string());
        context.set("aws:SourceIp", self.source_ip.to_string());
        context.set("aws:SecureTransport", "true");
        context.set("aws:ViaAWSService", "false");
        context.set("aws:RequestedRegion", self.region.as_str());
        if let Some(user_agent) = &self.user_agent {
            context.set("aws:UserAgent", user_agent.as_str());
        }
        if let Some(referer) = &self.referer {
            context.set("aws:referer", referer.as_str());
        }
    }
}
