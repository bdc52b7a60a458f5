//! One request and its answer, as a cassette keeps them.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use rolecall_policy::{Node, SourceId, Value};

use crate::scenario::read_yaml;

/// How many characters of a body a message shows.
const SHOWN: usize = 200;

/// What stands where a secret stood.
const REMOVED: &str = "(removed)";

/// The same in base64, where an answer that has anything else can't be read.
const REMOVED_BLOB: &str = "KHJlbW92ZWQp";

/// Secrets that are bytes in AWS's models.
const BLOBS: [&str; 4] = ["base32stringseed", "qrcodepng", "plaintext", "secretbinary"];

/// Members of requests and answers that are secrets, also where a longer name ends so (`MasterUserPassword`).
const SECRETS: [&str; 22] = [
    "secretaccesskey",
    "sessiontoken",
    "security-token",
    "signature",
    "password",
    "privatekey",
    "webidentitytoken",
    "identitytoken",
    "samlassertion",
    "tokencode",
    "authenticationcode1",
    "authenticationcode2",
    "base32stringseed",
    "qrcodepng",
    "accesstoken",
    "refreshtoken",
    "authorizationtoken",
    "clientsecret",
    "credentialsecret",
    "secretstring",
    "secretbinary",
    "plaintext",
];

/// Parameters that are another in each run, and say nothing of it: the metadata of a SAML provider, whose key is new.
const NEW_IN_EACH_RUN: [&str; 1] = ["SAMLMetadataDocument"];

/// Headers of answers that aren't kept: they say nothing of the answer, or are secrets.
const DROPPED: [&str; 9] = [
    "connection",
    "content-length",
    "date",
    "keep-alive",
    "server",
    "set-cookie",
    "transfer-encoding",
    "x-amz-id-2",
    "x-amzn-requestid",
];

/// One request and its answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exchange {
    /// The access key that signs; `None` for an unsigned request.
    pub(super) key: Option<String>,
    /// The service that it is signed for.
    service: String,
    method: String,
    /// The path and the query.
    address: String,
    body: String,
    /// The answer's status.
    pub(super) status: u16,
    /// The answer's headers that are kept.
    pub(super) headers: Vec<(String, String)>,
    /// The answer's body.
    pub(super) answer: String,
}

impl std::fmt::Display for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.address)?;
        if !self.body.is_empty() {
            let shown: String = self.body.chars().take(SHOWN).collect();
            let more = if shown.len() < self.body.len() {
                "\u{2026}"
            } else {
                ""
            };
            write!(f, " ({shown}{more})")?;
        }
        match &self.key {
            Some(key) => write!(f, " by {key}"),
            None => write!(f, ", unsigned"),
        }
    }
}

impl Exchange {
    /// The request's half.
    pub(super) fn asked(request: &HttpRequest) -> Self {
        let authorization = request.headers().get("authorization").unwrap_or_default();
        let scope = authorization
            .split_once("Credential=")
            .map(|(_, rest)| rest);
        let mut scope = scope.into_iter().flat_map(|scope| scope.split(['/', ',']));
        let key = scope.next().map(str::to_owned);
        let address = request.uri();
        let address = address.split_once("://").map_or(address, |(_, rest)| rest);
        let address = address
            .find(['/', '?'])
            .and_then(|start| address.get(start..));
        let body = request.body().bytes().unwrap_or_default();
        Self {
            key,
            service: scope.nth(2).unwrap_or_default().to_owned(),
            method: request.method().to_owned(),
            address: without_query_secrets(address.unwrap_or("/")),
            body: without_secrets(&String::from_utf8_lossy(body)),
            ..Self::default()
        }
    }

    /// The same with its answer.
    pub(super) fn answered(mut self, response: &HttpResponse, body: &[u8]) -> Self {
        self.status = response.status().as_u16();
        // Without a body, its length is all that there is to read of it.
        let is_head = self.method == "HEAD";
        self.headers = response
            .headers()
            .iter()
            .filter(|(name, _)| !DROPPED.contains(name) || (is_head && *name == "content-length"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        self.answer = without_secrets(&String::from_utf8_lossy(body));
        self
    }

    /// Whether it asks a service with forms for this operation.
    pub(super) fn calls(&self, operation: &str) -> bool {
        self.action() == Some(operation)
    }

    fn action(&self) -> Option<&str> {
        let mut parts = self.body.split('&');
        parts.find_map(|part| part.strip_prefix("Action="))
    }

    /// Whether it is the same request, whatever the answer.
    pub(super) fn asks(&self, asked: &Self) -> bool {
        let request = |one: &Self| {
            let one = one.clone();
            (one.key, one.service, one.method, one.address, one.body)
        };
        request(self) == request(asked)
    }
}

/// Whether what has this name is a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| name.ends_with(secret))
}

/// What stands where a secret with this name stood.
fn in_place_of(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    if BLOBS.iter().any(|blob| name.ends_with(blob)) {
        REMOVED_BLOB
    } else {
        REMOVED
    }
}

/// A form, JSON or XML without its secrets; another text as it is.
fn without_secrets(body: &str) -> String {
    if body.starts_with("Action=") {
        return without_parameters(body);
    }
    let Ok(mut value) = serde_json::from_str(body) else {
        return without_elements(body);
    };
    if remove_members(&mut value) {
        value.to_string()
    } else {
        body.to_owned()
    }
}

fn without_query_secrets(address: &str) -> String {
    match address.split_once('?') {
        Some((path, query)) => format!("{path}?{}", without_parameters(query)),
        None => address.to_owned(),
    }
}

fn without_parameters(form: &str) -> String {
    let parts = form.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_secret(name) || NEW_IN_EACH_RUN.contains(&name) => {
            format!("{name}={}", in_place_of(name))
        }
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// Removes secret members, and says whether there are any.
fn remove_members(value: &mut serde_json::Value) -> bool {
    let mut removed = false;
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if member.is_string() && is_secret(name) {
                    *member = in_place_of(name).into();
                    removed = true;
                } else {
                    removed |= remove_members(member);
                }
            }
        }
        serde_json::Value::Array(elements) => {
            for element in elements {
                removed |= remove_members(element);
            }
        }
        _ => {}
    }
    removed
}

fn without_elements(body: &str) -> String {
    let mut cleaned = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(end) = rest.find('>') {
        let (tag, after) = rest.split_at(end + 1);
        cleaned.push_str(tag);
        rest = after;
        let name = tag.rsplit('<').next().unwrap_or_default();
        let name = name.split(['>', ' ']).next().unwrap_or_default();
        if is_secret(name) && !name.starts_with('/') {
            let end = rest.find(&format!("</{name}>")).unwrap_or(rest.len());
            cleaned.push_str(in_place_of(name));
            rest = rest.get(end..).unwrap_or_default();
        }
    }
    cleaned.push_str(rest);
    cleaned
}

/// Adds an exchange to a file.
pub(super) fn write_exchange(path: &Path, exchange: &Exchange) -> io::Result<()> {
    let mut text = String::new();
    let mut member = |indent: &str, name: &str, value: &str| {
        let _ = writeln!(text, "{indent}{name}: {}", quoted(value));
    };
    member("- ", "method", &exchange.method);
    member("  ", "address", &exchange.address);
    if let Some(key) = &exchange.key {
        member("  ", "key", key);
        member("  ", "service", &exchange.service);
    }
    if !exchange.body.is_empty() {
        member("  ", "body", &exchange.body);
    }
    let _ = writeln!(text, "  status: {}", exchange.status);
    if !exchange.headers.is_empty() {
        let _ = writeln!(text, "  headers:");
        for (name, value) in &exchange.headers {
            let _ = writeln!(text, "    {name}: {}", quoted(value));
        }
    }
    let _ = writeln!(text, "  answer: {}", quoted(&exchange.answer));
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(text.as_bytes())
}

/// A text as YAML reads it: JSON's strings are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Reads a file's exchanges.
pub(super) fn read_exchanges(path: &Path) -> io::Result<Vec<Exchange>> {
    let unreadable = |reason: String| {
        let reason = format!("{} is no record of traffic: {reason}", path.display());
        io::Error::new(io::ErrorKind::InvalidData, reason)
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    let root =
        read_yaml(&text, SourceId(0)).map_err(|mistake| unreadable(mistake.message.clone()))?;
    let Some(root) = root else {
        return Ok(Vec::new());
    };
    let Value::List(nodes) = &root.value else {
        return Err(unreadable("it isn't a list".to_owned()));
    };
    nodes
        .iter()
        .map(|node| exchange(node).ok_or_else(|| unreadable("a request has no method".to_owned())))
        .collect()
}

fn exchange(node: &Node) -> Option<Exchange> {
    let text = |name: &str| node.get(name).and_then(text_of);
    let headers = match node.get("headers").map(|headers| &headers.value) {
        Some(Value::Map(entries)) => entries
            .iter()
            .filter_map(|entry| Some((entry.key.clone(), text_of(&entry.value)?)))
            .collect(),
        _ => Vec::new(),
    };
    Some(Exchange {
        key: text("key"),
        service: text("service").unwrap_or_default(),
        method: text("method")?,
        address: text("address").unwrap_or_default(),
        body: text("body").unwrap_or_default(),
        status: text("status")?.parse().ok()?,
        headers,
        answer: text("answer").unwrap_or_default(),
    })
}

fn text_of(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) | Value::Number(text) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed() {
        let answer = "<AccessKeyId>AKIA</AccessKeyId><SecretAccessKey>s3cr3t</SecretAccessKey><SessionToken>t0k3n</SessionToken>";
        assert_eq!(
            without_secrets(answer),
            "<AccessKeyId>AKIA</AccessKeyId><SecretAccessKey>(removed)</SecretAccessKey><SessionToken>(removed)</SessionToken>"
        );
        assert_eq!(
            without_secrets("Action=AssumeRoleWithWebIdentity&WebIdentityToken=ey.J.x&RoleArn=a"),
            "Action=AssumeRoleWithWebIdentity&WebIdentityToken=(removed)&RoleArn=a"
        );
        assert_eq!(
            without_secrets(r#"{"a":[{"MasterUserPassword":"hunter2","b":1}]}"#),
            r#"{"a":[{"MasterUserPassword":"(removed)","b":1}]}"#
        );
        assert_eq!(
            without_query_secrets("/k?X-Amz-Security-Token=t0k3n&a=b"),
            "/k?X-Amz-Security-Token=(removed)&a=b"
        );
        assert_eq!(
            without_secrets("<Base32StringSeed>U0VFRA==</Base32StringSeed>"),
            "<Base32StringSeed>KHJlbW92ZWQp</Base32StringSeed>"
        );
        assert_eq!(without_secrets("no <markup"), "no <markup");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.yaml");
        let exchange = Exchange {
            key: Some("AKIA".to_owned()),
            service: "iam".to_owned(),
            method: "POST".to_owned(),
            address: "/".to_owned(),
            body: "Action=CreateUser&UserName=a".to_owned(),
            status: 200,
            headers: vec![("content-type".to_owned(), "text/xml".to_owned())],
            answer: "<a>\n  \"b\": c\u{e9}\n</a>\n".to_owned(),
        };
        write_exchange(&path, &exchange).unwrap();
        write_exchange(
            &path,
            &Exchange {
                key: None,
                service: String::new(),
                ..exchange.clone()
            },
        )
        .unwrap();

        let read = read_exchanges(&path).unwrap();

        assert_eq!(read[0], exchange);
        assert_eq!(read[1].key, None);
        assert_eq!(
            exchange.to_string(),
            "POST / (Action=CreateUser&UserName=a) by AKIA"
        );
    }
}
