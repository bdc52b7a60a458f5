//! An event while its request is under way.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, USER_AGENT};
use http::{Request, Response};
use rolecall_wire::{Operation, Service, ServiceError, Structure, sigv4};
use serde_json::{Map, Value};

use super::event::{Event, Verdict};
use super::identity::UserIdentity;
use super::{parameters, s3};
use crate::authorization::Authorization;
use crate::caller::Caller;
use crate::context::RequestContext;

/// The longest user agent that is kept, as CloudTrail cuts it.
const USER_AGENT_LIMIT: usize = 1024;

/// What is known of a request so far.
#[derive(Debug)]
pub(crate) struct Draft {
    access_key_id: Option<String>,
    source_ip: IpAddr,
    user_agent: String,
    host: String,
    region: String,
    operation: &'static str,
    parameters: Map<String, Value>,
    elements: Option<Map<String, Value>>,
    additional: Map<String, Value>,
    identity: UserIdentity,
    authorization: Option<Arc<Authorization>>,
    error: Option<(String, String)>,
}

impl Draft {
    /// What a request tells before anyone has looked into it.
    pub(crate) fn new(request: &Request<Bytes>, region: Option<&str>) -> Self {
        let text = |name| {
            let value = request.headers().get(name);
            let value = value.map(|value| String::from_utf8_lossy(value.as_bytes()));
            value.unwrap_or_default()
        };
        let context = request.extensions().get::<RequestContext>();
        let credential = sigv4::credential(request);
        let region = region.map(str::to_owned);
        let (access_key_id, scope_region) = match credential {
            Some(credential) => (
                Some(credential.access_key_id),
                Some(credential.scope.region),
            ),
            None => (None, None),
        };
        Self {
            identity: UserIdentity::Unknown(access_key_id.clone()),
            access_key_id,
            source_ip: context.map_or(RequestContext::default().source_ip, |c| c.source_ip),
            user_agent: text(USER_AGENT).chars().take(USER_AGENT_LIMIT).collect(),
            host: text(HOST).into_owned(),
            region: region
                .or(scope_region)
                .unwrap_or_else(|| "us-east-1".to_owned()),
            operation: "",
            parameters: Map::new(),
            elements: None,
            additional: Map::new(),
            authorization: None,
            error: None,
        }
    }

    /// The operation is known; what S3 tells of its request is in its URL and its headers.
    pub(crate) fn routed(
        &mut self,
        service: &Service,
        operation: &Operation,
        request: &Request<Bytes>,
    ) {
        self.operation = operation.name();
        if service.name() == "s3" {
            self.parameters = s3::request_parameters(request, &self.host);
            self.additional = s3::additional(request);
        }
    }

    /// The signature is that of this caller.
    pub(crate) fn verified(&mut self, caller: &Caller, region: &str) {
        self.identity = UserIdentity::of(caller, self.access_key_id.as_deref());
        region.clone_into(&mut self.region);
    }

    /// The input, without its secrets.
    pub(crate) fn decoded(&mut self, service: &Service, operation: &Operation, input: &Structure) {
        if service.name() == "s3" {
            s3::add_names(&mut self.parameters, input);
        } else {
            self.parameters = parameters::shown(input, operation.input());
        }
    }

    /// The request was authorized, or wasn't; the caller may be one that its input tells of.
    pub(crate) fn authorized(&mut self, caller: &Caller, authorization: Arc<Authorization>) {
        self.identity = UserIdentity::of(caller, self.access_key_id.as_deref());
        self.authorization = Some(authorization);
    }

    /// What the operation gives, without its secrets, if CloudTrail tells of it.
    pub(crate) fn answered(
        &mut self,
        service: &Service,
        operation: &Operation,
        output: &Structure,
    ) {
        let begins_session = service.name() == "sts" && output.get("Credentials").is_some();
        let tells = begins_session || !is_read_only(service.name(), operation.name());
        if service.name() != "s3" && tells && !output.is_empty() {
            self.elements = Some(parameters::shown(output, operation.output()));
        }
    }

    /// The request was refused.
    pub(crate) fn refused(&mut self, error: &ServiceError) {
        let code = match error.code.as_str() {
            // The answer to a HEAD is its status alone.
            "" if error.status == 403 => "AccessDenied",
            "" if error.status == 404 => "NoSuchKey",
            "" => "BadRequest",
            code => code,
        };
        let message = error.message.as_deref().map(parameters::cut);
        self.error = Some((code.to_owned(), message.unwrap_or_default()));
    }

    /// The event, once there is an answer.
    pub(crate) fn finish(
        mut self,
        about: About<'_>,
        enforce: bool,
        response: &Response<Bytes>,
    ) -> Event {
        if about.service == "s3" {
            s3::add_answer(&mut self.additional, response, about.extended_request_id);
            let read_only = is_read_only(about.service, self.operation);
            self.elements = self
                .elements
                .or_else(|| s3::response_elements(response).filter(|_| !read_only));
        }
        let verdict = match (&self.error, &self.authorization) {
            (None, _) => Verdict::Allowed,
            (Some(_), Some(asked)) if enforce && !asked.is_allowed() => Verdict::Denied,
            (Some((code, _)), _) if code == "AccessDenied" || code == "AccessDeniedException" => {
                Verdict::Denied
            }
            (Some(_), _) => Verdict::Failed,
        };
        Event {
            id: about.event_id.to_owned(),
            request_id: about.request_id.to_owned(),
            time: about.time,
            service: about.service.to_owned(),
            read_only: is_read_only(about.service, self.operation),
            operation: self.operation,
            region: self.region,
            source_ip: self.source_ip,
            user_agent: self.user_agent,
            identity: self.identity,
            parameters: self.parameters,
            elements: self.elements,
            additional: self.additional,
            error: self.error,
            verdict,
            authorization: self.authorization,
        }
    }
}

/// What an event takes from its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    pub(crate) service: &'a str,
    pub(crate) event_id: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) extended_request_id: &'a str,
    pub(crate) time: jiff::Timestamp,
}

/// CloudTrail's `readOnly`. STS changes nothing that it would count.
fn is_read_only(service: &str, operation: &str) -> bool {
    const READS: [&str; 8] = [
        "Get", "List", "Head", "Describe", "Simulate", "Generate", "Decode", "Select",
    ];
    service == "sts" || READS.iter().any(|verb| operation.starts_with(verb))
}
