//! Condition keys from outside: what a test says about the circumstances of a request.

use std::net::{IpAddr, Ipv4Addr};

use rolecall_policy::Context;

use crate::service::call::Call;

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

    pub(crate) fn set(&self, context: &mut Context) {
        match (self.values.as_slice(), self.multivalued) {
            ([value], false) => context.set(&self.key, value.as_str()),
            ([], _) => context.remove(&self.key),
            (values, _) => context.set_list(&self.key, values.to_vec()),
        }
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

/// The condition keys that tell of the request itself.
///
/// AWS: IAM User Guide, AWS global condition context keys, properties of the network and of the request. The mock
/// stands for AWS reached over TLS, whatever carried the request.
pub(crate) fn describe_request(call: &Call, context: &mut Context) {
    context.set("aws:CurrentTime", format!("{:.0}", call.now));
    context.set("aws:EpochTime", call.now.as_second().to_string());
    context.set("aws:SourceIp", call.source_ip.to_string());
    context.set("aws:SecureTransport", "true");
    context.set("aws:ViaAWSService", "false");
    context.set("aws:RequestedRegion", call.requested_region.as_str());
    for (key, header) in [("aws:UserAgent", "user-agent"), ("aws:referer", "referer")] {
        if let Some(text) = call.header(header) {
            context.set(key, text);
        }
    }
}
