//! The services: for each operation one row that says what it needs to be allowed and who handles it.

pub(crate) mod call;
pub(crate) mod cloudfront;
mod iam;
mod iam_toolbox;
pub(crate) mod need;
pub(crate) mod organizations;
mod overview;
mod paging;
pub(crate) mod s3;
pub(crate) mod sts;

pub use self::overview::operations;
use http::{HeaderName, HeaderValue};
use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure};

use self::call::{Call, SignatureFacts};
use self::need::{Need, Resource, ResourceKind};
use crate::authorization::Question;
use crate::caller::Caller;
use crate::world::{AccountId, World};

/// A service of the mock.
#[derive(Debug)]
pub(crate) struct ServiceTable {
    /// Its name, by which its model is found too: `sts`.
    pub(crate) name: &'static str,
    /// The operations that are implemented.
    pub(crate) operations: &'static [&'static [Operation]],
    /// Refuses callers that the service serves no such operation, whatever the policies say.
    pub(crate) admits: fn(&Call, &Operation) -> Result<(), ServiceError>,
    /// What an operation acts on; refuses what the service looks at before authorization.
    pub(crate) resource: fn(ResourceKind, &World, &Call) -> Result<Resource, ServiceError>,
    /// The condition keys that all of the service's actions have; the account is the resource's.
    pub(crate) keys: fn(&SignatureFacts, Option<&AccountId>, &mut Context),
    /// The error for a denial.
    pub(crate) denial: fn(&Denial<'_>) -> ServiceError,
}

/// One operation of a service.
#[derive(Debug)]
pub(crate) struct Operation {
    /// By the service model's name: `PutObject`.
    pub(crate) name: &'static str,
    /// Who calls, where the input and not a signature tells it.
    pub(crate) identify: Option<Identify>,
    /// The issuer whose keys are to be fetched first, if any.
    pub(crate) wanted_keys: Option<WantedKeys>,
    /// What takes time and needs no world: done before the world is locked.
    pub(crate) prepare: Option<Prepare>,
    /// What is looked at before authorization, beyond the model's constraints.
    pub(crate) check: Option<Check>,
    /// What must be allowed, in the order it is asked.
    pub(crate) needs: &'static [Need],
    /// Who answers.
    pub(crate) handler: Handler,
}

impl Operation {
    /// An operation that reads the world.
    pub(crate) const fn read(
        name: &'static str,
        needs: &'static [Need],
        handler: fn(&World, &Call) -> Answer,
    ) -> Self {
        Self::new(name, needs, Handler::Read(handler))
    }

    /// An operation that changes the world.
    pub(crate) const fn write(
        name: &'static str,
        needs: &'static [Need],
        handler: fn(&mut World, &Call) -> Answer,
    ) -> Self {
        Self::new(name, needs, Handler::Write(handler))
    }

    /// An operation that reads what it needs of the world and does the rest without it.
    pub(crate) const fn begin(
        name: &'static str,
        needs: &'static [Need],
        handler: fn(&World, &Call) -> Rest,
    ) -> Self {
        Self::new(name, needs, Handler::Begin(handler))
    }

    const fn new(name: &'static str, needs: &'static [Need], handler: Handler) -> Self {
        Self {
            name,
            identify: None,
            wanted_keys: None,
            prepare: None,
            check: None,
            needs,
            handler,
        }
    }

    /// The same for callers that the input tells of.
    pub(crate) const fn by(mut self, identify: Identify) -> Self {
        self.identify = Some(identify);
        self
    }

    /// The same, with keys of an issuer that may have to be fetched.
    pub(crate) const fn with_keys(mut self, wanted: WantedKeys) -> Self {
        self.wanted_keys = Some(wanted);
        self
    }

    /// The same with something that is done before the world is locked.
    pub(crate) const fn with_prepared(mut self, prepare: Prepare) -> Self {
        self.prepare = Some(prepare);
        self
    }

    /// The same with a check before authorization.
    pub(crate) const fn after(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }
}

/// Finds the caller that an input tells of.
pub(crate) type Identify = fn(&World, &Call) -> Result<Caller, ServiceError>;

/// Tells the issuer whose keys a call needs and the world lacks.
pub(crate) type WantedKeys = fn(&World, &Call) -> Option<String>;

/// Work on a call alone, whose outcome the call keeps.
pub(crate) type Prepare = fn(&Call);

/// A look at a call before authorization.
pub(crate) type Check = fn(&World, &Call) -> Result<(), ServiceError>;

/// Who answers an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Handler {
    /// One that leaves the world as it is.
    Read(fn(&World, &Call) -> Answer),
    /// One that changes it.
    Write(fn(&mut World, &Call) -> Answer),
    /// One whose long work is done when others have the world again.
    Begin(fn(&World, &Call) -> Rest),
}

/// What is left to do of an operation once the world has been read.
pub(crate) type Rest = Box<dyn FnOnce(&Call) -> Answer>;

/// What a handler gives.
pub(crate) type Answer = Result<Reply, ServiceError>;

/// A handler's output, and what goes beyond the service model.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) output: Structure,
    /// A status other than the model's.
    pub(crate) status: Option<u16>,
    /// Headers that the model doesn't have.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<Structure> for Reply {
    fn from(output: Structure) -> Self {
        Self {
            output,
            ..Self::default()
        }
    }
}

impl Reply {
    /// An answer without members.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

/// A question that was answered with no.
#[derive(Debug)]
pub(crate) struct Denial<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) question: &'a Question,
    /// Whether the caller is of the account or the organization that owns the resource.
    pub(crate) is_related: bool,
}

impl Denial<'_> {
    /// `User: ARN is not authorized to perform: ACTION`, as all services begin.
    pub(crate) fn beginning(&self) -> String {
        format!(
            "User: {} is not authorized to perform: {}",
            self.caller.arn(),
            self.question.action()
        )
    }

    /// The beginning, the resource and the reason, as most services say it to anyone.
    pub(crate) fn in_full(&self) -> String {
        let resource = self.question.resource();
        let message = format!("{} on resource: {resource}", self.beginning());
        match self.question.explain().denial_reason() {
            Some(reason) => format!("{message} {reason}"),
            None => message,
        }
    }
}

impl ServiceTable {
    /// The row of an operation, if it is implemented.
    pub(crate) fn operation(&self, name: &str) -> Option<&'static Operation> {
        let groups: &'static [&'static [Operation]] = self.operations;
        let mut operations = groups.iter().copied().flatten();
        operations.find(|operation| operation.name == name)
    }
}

/// The services there are.
static SERVICES: [&ServiceTable; 6] = [
    &sts::TABLE,
    &s3::TABLE,
    &iam::TABLE,
    &iam_toolbox::TABLE,
    &cloudfront::TABLE,
    &organizations::TABLE,
];

/// The service with a name.
pub(crate) fn find(name: &str) -> Option<&'static ServiceTable> {
    SERVICES.into_iter().find(|service| service.name == name)
}

#[cfg(test)]
mod tests {
    use rolecall_policy::catalog;

    use super::need::Key;
    use super::*;

    /// What lists and new things are asked on, although their actions have no resource-level permissions: denials show it.
    const SHOWN: [ResourceKind; 8] = [
        ResourceKind::Users,
        ResourceKind::Groups,
        ResourceKind::Roles,
        ResourceKind::InstanceProfiles,
        ResourceKind::MfaDevices,
        ResourceKind::OidcProviders,
        ResourceKind::SamlProviders,
        ResourceKind::NewDistribution,
    ];

    /// AWS: Service Authorization Reference: the actions there are, those with resource-level permissions, and the keys of
    /// each.
    #[test]
    fn actions_resources_and_keys_are_those_of_the_service_authorization_reference() {
        for table in [&iam::TABLE, &cloudfront::TABLE, &organizations::TABLE] {
            let service = catalog::service(table.name).unwrap();
            let operations = table.operations.iter().copied().flatten();
            for need in operations.flat_map(|operation| operation.needs) {
                let (prefix, name) = need.action.split_once(':').unwrap();
                assert_eq!(prefix, table.name);
                let action = service.action(name);
                let action = action.unwrap_or_else(|| panic!("{} is no action", need.action));
                let on_resource = need.on != ResourceKind::Everything;
                assert!(
                    SHOWN.contains(&need.on) || action.takes_resources() == on_resource,
                    "{} on {:?}",
                    need.action,
                    need.on
                );
                for key in need.keys.iter().filter_map(Key::name) {
                    assert!(
                        has_key(&service, action, key),
                        "{} has no key {key}",
                        need.action
                    );
                }
            }
        }
    }

    /// Keys of the action, or of a resource type that it applies to.
    fn has_key(service: &catalog::Service, action: &catalog::Action, name: &str) -> bool {
        let of_type = |place: &usize| service.resources[*place].keys.clone();
        action.applies.iter().any(|applies| {
            let of_type = applies.resource.as_ref().map_or(vec![], of_type);
            let mut keys = applies.keys.iter().chain(&of_type);
            keys.any(|place| {
                let listed = &service.keys[*place].name;
                listed == name || listed.split('$').next() == Some(name)
            })
        })
    }
}
