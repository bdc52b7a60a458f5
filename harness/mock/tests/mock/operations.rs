//! Every operation of IAM, CloudFront and Organizations, from one table: a caller without permissions is refused in AWS's
//! words, an administrator gets an answer that the wire's decoder reads. `tests/command/boto3.rs` runs the same table with
//! boto3.
//!
//! AWS: Service Authorization Reference, for actions and resources; IAM User Guide, Troubleshoot access denied error
//! messages, for the words.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rolecall_mock::{ControlPolicySpec, MemberSpec, Mock, OrganizationSpec, UnitSpec, UserSpec};
use rolecall_wire::model::{Location, Shape};
use rolecall_wire::{Operation, Structure, Value, model};
use serde_json::{Value as Json, json};

use crate::client::*;
use crate::iam::account;

const SERVICES: [&str; 3] = ["iam", "cloudfront", "organizations"];

/// One operation.
struct Row {
    call: String,
    with: Json,
    /// The resource; in IAM without its beginning.
    on: String,
    /// The action, where it isn't called as the operation.
    action: String,
    /// What later rows need of the answer.
    keep: Vec<(String, String)>,
    /// Whether time must pass before.
    waits: bool,
    /// Whether the administrator of another account is answered.
    by_guest: bool,
}

fn table() -> Json {
    serde_json::from_str(include_str!("operations.json")).unwrap()
}

fn rows() -> Vec<Row> {
    let text = |row: &Json, key: &str| row[key].as_str().map(str::to_owned);
    let row = |row: Json| Row {
        call: text(&row, "call").unwrap(),
        with: row["with"].clone(),
        on: text(&row, "on").unwrap(),
        action: text(&row, "action").or(text(&row, "call")).unwrap(),
        keep: row["keep"].as_object().map_or(vec![], |keep| {
            let kept = keep.iter();
            kept.map(|(name, path)| (name.clone(), path.as_str().unwrap().to_owned()))
                .collect()
        }),
        waits: text(&row, "after").is_some(),
        by_guest: text(&row, "by").is_some(),
    };
    let rows = table()["rows"].as_array().unwrap().clone();
    rows.into_iter().map(row).collect()
}

/// What rows refer to.
struct Known(BTreeMap<String, Json>);

impl Known {
    fn new() -> Self {
        let known = table()["known"].as_object().unwrap().clone();
        let metadata = ("metadata".to_owned(), json!(include_str!("metadata.xml")));
        Self(known.into_iter().chain([metadata]).collect())
    }

    /// A value with what it refers to in its place.
    fn fill(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => {
                let name = text.strip_prefix("${").and_then(|t| t.strip_suffix('}'));
                name.map_or_else(|| self.inside(text).into(), |name| self.0[name].clone())
            }
            Json::Array(values) => values.iter().map(|value| self.fill(value)).collect(),
            Json::Object(members) => {
                let members = members.iter();
                let filled = members.map(|(name, value)| (name.clone(), self.fill(value)));
                Json::Object(filled.collect())
            }
            _ => value.clone(),
        }
    }

    /// A text with what it refers to inside.
    fn inside(&self, text: &str) -> String {
        let texts = self
            .0
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?)));
        texts.fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("${{{name}}}"), value)
        })
    }

    /// Keeps members of an answer; of an MFA device's seed, its codes.
    fn keep(&mut self, answer: &Structure, keep: &[(String, String)], now: Timestamp) {
        for (name, path) in keep {
            let value = member(answer, path);
            if name == "seed" {
                let seed = base32(value.as_str().unwrap());
                let step = now.as_second() / 30;
                self.0
                    .insert("code before".to_owned(), code(&seed, step - 1).into());
                self.0
                    .insert("code now".to_owned(), code(&seed, step).into());
            }
            self.0.insert(name.clone(), value);
        }
    }
}

fn member(answer: &Structure, path: &str) -> Json {
    let mut value = Value::Structure(answer.clone());
    for name in path.split('.') {
        value = match &value {
            Value::Structure(inner) => inner.get(name).unwrap().clone(),
            Value::List(values) => values[name.parse::<usize>().unwrap()].clone(),
            _ => panic!("no {path}"),
        };
    }
    to_json(&value)
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Structure(inner) => Json::Object(
            inner
                .iter()
                .map(|(name, value)| (name.to_owned(), to_json(value)))
                .collect(),
        ),
        Value::List(values) => values.iter().map(to_json).collect(),
        Value::String(text) => text.as_str().into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::Integer(number) => (*number).into(),
        Value::Blob(bytes) => String::from_utf8(bytes.to_vec()).unwrap().into(),
        other => panic!("{other:?}"),
    }
}

fn to_value(value: &Json) -> Value {
    match value {
        Json::String(text) => text.as_str().into(),
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) => number.as_i64().unwrap().into(),
        Json::Array(values) => Value::List(values.iter().map(to_value).collect()),
        Json::Object(_) => to_structure(value).into(),
        Json::Null => panic!("nothing is null"),
    }
}

fn to_structure(value: &Json) -> Structure {
    let members = value.as_object().unwrap().iter();
    members.fold(Structure::new(), |structure, (name, value)| {
        structure.with(name, to_value(value))
    })
}

/// RFC 4648.
pub(crate) fn base32(text: &str) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => u64::from(letter - b'A'),
        _ => u64::from(letter - b'2') + 26,
    };
    let bytes = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0, |bits, l| (bits << 5) | value(*l));
        bits.to_be_bytes()[3..].to_vec()
    };
    text.as_bytes().chunks(8).flat_map(bytes).collect()
}

/// RFC 6238.
pub(crate) fn code(seed: &[u8], step: i64) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(seed).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

fn denial(row: &Row, resource: &str) -> (String, String) {
    let action = &row.action;
    let code = if row.call.starts_with("organizations:") {
        "AccessDeniedException"
    } else {
        "AccessDenied"
    };
    let message = format!(
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {action} on resource: {resource} because no \
         identity-based policy allows the {action} action"
    );
    (code.to_owned(), message)
}

/// An account that manages an organization.
fn mock() -> Mock {
    let mut world = account();
    let full = ControlPolicySpec {
        name: "FullAWSAccess".to_owned(),
        document: document(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
        ),
    };
    let member = |account: &str| MemberSpec {
        account: account.to_owned(),
        name: account.to_owned(),
        service_control: vec![full.clone()],
        resource_control: vec![],
    };
    let unit = UnitSpec {
        name: "Workloads".to_owned(),
        service_control: vec![full.clone()],
        accounts: vec![member(OTHER)],
        ..UnitSpec::default()
    };
    let root = UnitSpec {
        name: "Root".to_owned(),
        service_control: vec![full.clone()],
        accounts: vec![member(MAIN)],
        units: vec![unit],
        ..UnitSpec::default()
    };
    let organization = OrganizationSpec {
        id: "o-acme123456".to_owned(),
        management: Some(MAIN.to_owned()),
        root,
    };
    world.set_organization(Some(&organization)).unwrap();
    let guest = UserSpec {
        policies: vec![allow("*", "*")],
        ..UserSpec::new(OTHER, "guest")
    };
    world.add_user(guest).unwrap();
    Mock::new(world)
}

#[test]
fn whoever_has_no_permission_is_refused_and_an_administrator_is_answered() {
    let mock = mock();
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let guest = Client {
        credentials: mock.read(|world| world.user_credentials(OTHER, "guest")),
        ..Client::anonymous(&mock)
    };
    let mut known = Known::new();

    for row in rows() {
        let input = to_structure(&known.fill(&row.with));
        let on = known.fill(&json!(row.on));
        let on = match on.as_str().unwrap() {
            "*" => "*".to_owned(),
            arn if arn.starts_with("arn:") => arn.to_owned(),
            rest => format!("arn:aws:iam::123456789012:{rest}"),
        };
        if row.waits {
            mock.clock().advance(SignedDuration::from_mins(1));
        }

        assert_eq!(ann.refused(&row.call, &input), denial(&row, &on));
        let answerable = if row.by_guest { &guest } else { &admin };
        let answer = answerable.call(&row.call, &input);
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", row.call));

        known.keep(&answer, &row.keep, mock.clock().now());
    }
}

#[test]
fn the_table_has_every_operation_there_is() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let is_implemented = |call: &str, operation: &Operation| {
        let members = operation.input().into_iter().flat_map(Shape::members);
        let in_path = members.filter(|member| member.location() == Location::Uri);
        let input = in_path.fold(Structure::new(), |input, member| {
            input.with(member.name(), "x")
        });
        admin.send(call, &input).status() != 501
    };
    let mut there = BTreeSet::new();
    for service in SERVICES {
        for operation in model::service(service).unwrap().operations() {
            let call = format!("{service}:{}", operation.name());
            if is_implemented(&call, operation) {
                there.insert(call);
            }
        }
    }

    let listed: BTreeSet<_> = rows().into_iter().map(|row| row.call).collect();

    assert_eq!(there, listed);
}
