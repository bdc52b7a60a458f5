//! One request as CloudTrail tells of it.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use rolecall_policy::Effect;
use serde_json::{Map, Value, json};

use super::identity::{UserIdentity, time};
use super::s3;
use crate::authorization::{Authorization, Question};

/// How a request came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It succeeded.
    Allowed,
    /// The policies (or a rule that no policy can lift) refused it.
    Denied,
    /// It failed for another reason: a bad signature, an expired session, a parameter that AWS doesn't take, something
    /// that isn't there.
    Failed,
}

impl Verdict {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// A request and what came of it.
///
/// [`to_json`](Self::to_json) gives CloudTrail's record. There is no secret in it: what AWS hides stays hidden, and
/// so do session tokens.
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) id: String,
    pub(super) request_id: String,
    pub(super) time: Timestamp,
    pub(super) service: String,
    pub(super) operation: &'static str,
    pub(super) read_only: bool,
    pub(super) region: String,
    pub(super) source_ip: IpAddr,
    pub(super) user_agent: String,
    pub(super) identity: UserIdentity,
    pub(super) parameters: Map<String, Value>,
    pub(super) elements: Option<Map<String, Value>>,
    pub(super) additional: Map<String, Value>,
    pub(super) error: Option<(String, String)>,
    pub(super) verdict: Verdict,
    pub(super) authorization: Option<Arc<Authorization>>,
}

impl Event {
    /// The world's time when the request was made.
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// The service: `s3`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The operation: `PutObject`; empty where the request names none.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// The caller's ARN, if the caller has one and it is known.
    pub fn caller_arn(&self) -> Option<&str> {
        self.identity.arn()
    }

    /// How the request came out.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The code and the text of the error.
    pub fn error(&self) -> Option<(&str, &str)> {
        let (code, message) = self.error.as_ref()?;
        Some((code, message))
    }

    /// What was asked of the policies; `None` where the request was refused before.
    pub fn authorization(&self) -> Option<&Arc<Authorization>> {
        self.authorization.as_ref()
    }

    /// The event as CloudTrail has it. `additionalEventData` also has what was asked of the policies, with the id under
    /// which the authorization is kept.
    ///
    /// AWS: CloudTrail User Guide, CloudTrail record contents.
    pub fn to_json(&self) -> Value {
        let is_data = self.service == "s3" && s3::is_data(self.operation);
        let name = match self.service.as_str() {
            "s3" => s3::event_name(self.operation),
            _ => self.operation,
        };
        let mut event = json!({
            "eventVersion": "1.11",
            "userIdentity": self.identity.to_json(),
            "eventTime": time(self.time),
            "eventSource": format!("{}.amazonaws.com", self.service),
            "eventName": name,
            "awsRegion": self.region,
            "sourceIPAddress": self.source_ip.to_string(),
            "userAgent": self.user_agent,
            "requestParameters": if_any(&self.parameters),
            "responseElements": self.elements,
            "additionalEventData": self.additional(),
            "requestID": self.request_id,
            "eventID": uuid(&self.id),
            "readOnly": self.read_only,
            "resources": self.resources(),
            "eventType": "AwsApiCall",
            "managementEvent": !is_data,
            "recipientAccountId": self.recipient(),
            "eventCategory": if is_data { "Data" } else { "Management" },
        });
        if let (Some(members), Some((code, message))) = (event.as_object_mut(), &self.error) {
            members.insert("errorCode".to_owned(), json!(code));
            members.insert("errorMessage".to_owned(), json!(message));
        }
        event
    }

    fn additional(&self) -> Value {
        let mut additional = self.additional.clone();
        if let Some(authorization) = &self.authorization {
            let asked = authorization.questions.iter().map(asked);
            additional.insert("authorizationId".to_owned(), json!(authorization.id));
            additional.insert("authorizations".to_owned(), asked.collect());
        }
        if_any(&additional)
    }

    /// The resources that the policies were asked about, each once.
    fn resources(&self) -> Option<Vec<Value>> {
        let authorization = self.authorization.as_ref()?;
        let mut resources: Vec<Value> = Vec::new();
        for question in &authorization.questions {
            let Some(resource) = resource(question) else {
                continue;
            };
            if !resources.contains(&resource) {
                resources.push(resource);
            }
        }
        (!resources.is_empty()).then_some(resources)
    }

    /// The caller's account; of a request that nobody signed, the resource's.
    fn recipient(&self) -> Option<&str> {
        let of_resource = || {
            let question = self.authorization.as_ref()?.questions.first()?;
            question.resource_account()
        };
        self.identity.account().or_else(of_resource)
    }

    /// About how many bytes it takes to keep, with its authorization.
    pub(super) fn size(&self) -> usize {
        const BASE: usize = 1024;
        let authorization = self.authorization.as_ref();
        let told = [
            Some(&self.parameters),
            self.elements.as_ref(),
            Some(&self.additional),
        ];
        let told: usize = told.into_iter().flatten().map(members_size).sum();
        let error = self.error.as_ref();
        BASE + authorization.map_or(0, |authorization| authorization.size())
            + told
            + error.map_or(0, |(code, message)| code.len() + message.len())
            + self.user_agent.len()
    }
}

fn members_size(members: &Map<String, Value>) -> usize {
    let members = members.iter();
    members
        .map(|(name, value)| name.len() + text_size(value))
        .sum()
}

fn text_size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(text_size).sum(),
        Value::Object(members) => members_size(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

fn asked(question: &Question) -> Value {
    let effect = question.decision().effect;
    let mut asked = json!({
        "action": question.action(),
        "resource": question.resource(),
        "decision": effect.name(),
    });
    if let (Some(members), Some(check)) = (asked.as_object_mut(), question.decision().decided_by)
        && effect != Effect::Allow
    {
        members.insert("decidedBy".to_owned(), json!(check.name()));
    }
    asked
}

fn resource(question: &Question) -> Option<Value> {
    let arn = question.resource();
    let kind = match arn.split(':').collect::<Vec<_>>().as_slice() {
        [_, _, "s3", _, _, name] if name.contains('/') => "AWS::S3::Object",
        [_, _, "s3", ..] => "AWS::S3::Bucket",
        [_, _, "iam", _, _, name, ..] if name.starts_with("role/") => "AWS::IAM::Role",
        [_, _, "iam", _, _, name, ..] if name.starts_with("user/") => "AWS::IAM::User",
        [_, _, "iam", _, _, name, ..] if name.starts_with("group/") => "AWS::IAM::Group",
        [_, _, "iam", _, _, name, ..] if name.starts_with("policy/") => "AWS::IAM::Policy",
        [_, _, "cloudfront", ..] => "AWS::CloudFront::Distribution",
        _ => return None,
    };
    Some(match question.resource_account() {
        Some(account) => json!({"accountId": account, "type": kind, "ARN": arn}),
        None => json!({"type": kind, "ARN": arn}),
    })
}

fn if_any(members: &Map<String, Value>) -> Value {
    if members.is_empty() {
        Value::Null
    } else {
        Value::Object(members.clone())
    }
}

/// An authorization's id is as long as a UUID, which is the form of an event's.
fn uuid(id: &str) -> String {
    let part = |range| id.get(range).unwrap_or_default();
    let parts = [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ];
    parts.join("-")
}
