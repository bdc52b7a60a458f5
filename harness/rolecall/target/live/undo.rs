//! What a call of another service makes, and the call that removes it again: `CreateQueue` and `DeleteQueue`.
//!
//! The service models tell: a call that makes something has a counterpart whose required parameters are among its own, or in
//! its answer. Where there is none, nobody but the scenario can remove what the call makes.

use rolecall_wire::model::{Kind, Operation, Service, Shape};
use rolecall_wire::{Structure, Value};

use crate::scenario::model::{Call, Step, Verb};
use crate::services;
use crate::target::client::DEFAULT_REGION;

/// How calls begin that make something, and how those begin that remove it.
const COUNTERPARTS: [(&str, &str); 3] = [
    ("Create", "Delete"),
    ("Allocate", "Release"),
    ("Register", "Deregister"),
];

/// How other calls begin that may make what stays.
const MAKING: [&str; 8] = [
    "Run",
    "Request",
    "Import",
    "Restore",
    "Purchase",
    "Launch",
    "Copy",
    "Provision",
];

/// The call that removes what another has made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Undo {
    pub(super) service: &'static str,
    pub(super) operation: &'static str,
    pub(super) region: String,
    pub(super) input: Structure,
}

/// The counterpart of a call, as long as nobody knows of what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counterpart {
    service: &'static Service,
    operation: &'static Operation,
}

impl Counterpart {
    /// The counterpart of a call whose thing doesn't carry the run's prefix: of a service that isn't bundled, and of that
    /// which makes an OIDC provider.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let has_prefix =
            services::is_bundled(&call.service) && call.operation != "CreateOpenIDConnectProvider";
        if has_prefix {
            return None;
        }
        let service = services::known(&call.service)?;
        let making = service.operation(&call.operation)?;
        let mut pairs = COUNTERPARTS.iter();
        let name = pairs.find_map(|(make, remove)| {
            let what = call.operation.strip_prefix(make)?;
            Some(format!("{remove}{what}"))
        })?;
        let operation = service.operation(&name)?;
        let mut required = required(operation).peekable();
        let has = |shape: Option<Shape>, name| shape.is_some_and(|shape| names(shape, name));
        let known = required.peek().is_some()
            && required.all(|name| has(making.input(), name) || has(making.output(), name));
        known.then_some(Self { service, operation })
    }

    /// The call that removes what a call with this input, and once it is there this answer, has made.
    ///
    /// What was in the account before must not be removed: a name counts only with the prefix of the run.
    pub(super) fn undo(
        self,
        call: &Call,
        prefix: &str,
        input: &Structure,
        output: Option<&Structure>,
    ) -> Option<Undo> {
        let mut removing = Structure::new();
        for name in required(self.operation) {
            let given = input.string(name).filter(|text| text.contains(prefix));
            let value = given.or_else(|| output.and_then(|output| found(output, name)))?;
            removing.set(name, value);
        }
        Some(Undo {
            service: self.service.name(),
            operation: self.operation.name(),
            region: call
                .region
                .clone()
                .unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            input: removing,
        })
    }
}

/// Whether a call of a service that isn't bundled may leave something that nobody would remove.
pub(super) fn leaves_something(call: &Call) -> bool {
    let making = COUNTERPARTS.iter().map(|(make, _)| *make).chain(MAKING);
    !services::is_bundled(&call.service)
        && making
            .into_iter()
            .any(|verb| call.operation.starts_with(verb))
        && Counterpart::of(call).is_none()
}

/// The names that the steps of a test give to what they make in other services.
pub(super) fn given_names(steps: &[Step]) -> Vec<String> {
    let mut given = Vec::new();
    for step in steps {
        match &step.verb {
            Verb::Assume(assume) => given.extend(given_names(&assume.then)),
            Verb::Call(call) if Counterpart::of(call).is_some() => given.extend(names_of(call)),
            _ => {}
        }
    }
    given
}

fn names_of(call: &Call) -> Vec<String> {
    let service = services::known(&call.service);
    let operation = service.and_then(|service| service.operation(&call.operation));
    let names = operation.into_iter().flat_map(required).filter(|name| {
        let name = name.to_ascii_lowercase();
        name.ends_with("name") || name.ends_with("identifier")
    });
    let texts = names.filter_map(|name| call.input.string(name));
    texts.map(str::to_owned).collect()
}

fn required(operation: &Operation) -> impl Iterator<Item = &'static str> {
    let members = operation.input().into_iter().flat_map(Shape::members);
    members
        .filter(|member| member.is_required())
        .map(rolecall_wire::model::Member::name)
}

/// Whether a structure has a text of this name, itself or in a structure of its own.
fn names(shape: Shape, name: &str) -> bool {
    let mut members = shape.members();
    members.any(|member| match member.shape().kind() {
        Kind::String => member.name() == name,
        Kind::Structure => {
            let inside = member.shape().member(name);
            inside.is_some_and(|inside| matches!(inside.shape().kind(), Kind::String))
        }
        _ => false,
    })
}

fn found<'o>(output: &'o Structure, name: &str) -> Option<&'o str> {
    output.string(name).or_else(|| {
        output.iter().find_map(|(_, value)| match value {
            Value::Structure(inside) => inside.string(name),
            _ => None,
        })
    })
}

impl std::fmt::Display for Undo {
    /// As the journal has it: `sqs:DeleteQueue us-east-1 {"QueueUrl":"…"}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members = self.input.iter().filter_map(|(name, value)| match value {
            Value::String(text) => Some((name.to_owned(), text.as_str().into())),
            _ => None,
        });
        let members: serde_json::Map<String, serde_json::Value> = members.collect();
        let members = serde_json::Value::from(members);
        write!(
            f,
            "{}:{} {} {members}",
            self.service, self.operation, self.region
        )
    }
}

impl Undo {
    /// Reads what the journal has; `None` if it is no such call, or nobody has the service's model.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut words = text.splitn(3, ' ');
        let (call, region, members) = (words.next()?, words.next()?, words.next()?);
        let (service, operation) = call.split_once(':')?;
        let service = services::known(service)?;
        let members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(members).ok()?;
        let mut input = Structure::new();
        for (name, value) in &members {
            input.set(name, value.as_str()?);
        }
        Some(Self {
            service: service.name(),
            operation: service.operation(operation)?.name(),
            region: region.to_owned(),
            input,
        })
    }
}
