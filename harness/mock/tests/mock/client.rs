//! A client that signs with `rolecall_wire::sigv4` and reads answers with `rolecall_wire::codec`.

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use rolecall_mock::{
    BucketSpec, Credentials, Mock, PolicyDocument, PolicySpec, RoleSpec, UserSpec, World,
};
use rolecall_wire::{ServiceError, Structure, Value, codec, model, sigv4};

pub(crate) const MAIN: &str = "123456789012";
pub(crate) const OTHER: &str = "210987654321";

pub(crate) fn start() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// Two accounts with nothing in them.
pub(crate) fn world() -> World {
    let mut world = World::new(1, start());
    world.add_account(MAIN).unwrap();
    world.add_account(OTHER).unwrap();
    world
}

pub(crate) fn document(json: &str) -> PolicyDocument {
    PolicyDocument::parse(json).unwrap()
}

/// An inline policy that allows actions on a resource.
pub(crate) fn allow(actions: &str, resource: &str) -> PolicySpec {
    statement("Allow", actions, resource)
}

pub(crate) fn deny(actions: &str, resource: &str) -> PolicySpec {
    statement("Deny", actions, resource)
}

fn statement(effect: &str, actions: &str, resource: &str) -> PolicySpec {
    let json = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "{effect}", "Action": "{actions}",
            "Resource": "{resource}"}}]}}"#
    );
    PolicySpec::Inline {
        name: format!("{effect}-{actions}").replace(['*', ':'], "."),
        document: document(&json),
    }
}

/// A trust policy with one statement; `rest` is what follows its principal.
pub(crate) fn trust(principal: &str, rest: &str) -> PolicyDocument {
    document(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]{rest}}}]}}"#
    ))
}

pub(crate) fn user(name: &str, policies: Vec<PolicySpec>) -> UserSpec {
    UserSpec {
        policies,
        ..UserSpec::new(MAIN, name)
    }
}

pub(crate) fn role(name: &str, trust: PolicyDocument, policies: Vec<PolicySpec>) -> RoleSpec {
    RoleSpec {
        policies,
        ..RoleSpec::new(MAIN, name, trust)
    }
}

pub(crate) fn bucket(name: &str, policy: Option<&str>) -> BucketSpec {
    BucketSpec {
        policy: policy.map(document),
        ..BucketSpec::new(MAIN, name)
    }
}

/// Who calls a mock.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) mock: Mock,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) region: String,
    pub(crate) endpoint: String,
}

impl Client {
    pub(crate) fn user(mock: &Mock, name: &str) -> Self {
        Self::with(mock, mock.read(|world| world.user_credentials(MAIN, name)))
    }

    pub(crate) fn root(mock: &Mock, account: &str) -> Self {
        Self::with(mock, mock.read(|world| world.root_credentials(account)))
    }

    pub(crate) fn anonymous(mock: &Mock) -> Self {
        Self {
            mock: mock.clone(),
            credentials: None,
            region: "us-east-1".to_owned(),
            endpoint: "http://127.0.0.1:4566".to_owned(),
        }
    }

    fn with(mock: &Mock, credentials: Option<Credentials>) -> Self {
        assert!(credentials.is_some(), "nobody has that name");
        Self {
            credentials,
            ..Self::anonymous(mock)
        }
    }

    /// The same with other credentials: those of an answer.
    pub(crate) fn session(&self, answer: &Structure) -> Self {
        let credentials = answer.structure("Credentials").unwrap();
        let text = |name| credentials.string(name).unwrap();
        Self {
            credentials: Some(Credentials::new(
                text("AccessKeyId"),
                text("SecretAccessKey"),
                Some(text("SessionToken")),
            )),
            ..self.clone()
        }
    }

    pub(crate) fn in_region(&self, region: &str) -> Self {
        Self {
            region: region.to_owned(),
            ..self.clone()
        }
    }

    /// The request of an operation, signed.
    pub(crate) fn request(&self, operation: &str, input: &Structure) -> Request<Bytes> {
        let mut request = self.unsigned(operation, input);
        self.sign(operation, &mut request);
        request
    }

    pub(crate) fn unsigned(&self, operation: &str, input: &Structure) -> Request<Bytes> {
        let (service, operation) = find(operation);
        codec::encode_input(service, operation, input, &self.endpoint.parse().unwrap()).unwrap()
    }

    pub(crate) fn sign(&self, operation: &str, request: &mut Request<Bytes>) {
        let (service, _) = find(operation);
        if let Some(credentials) = &self.credentials {
            let now = self.mock.clock().signing_now();
            sigv4::sign(
                request,
                credentials,
                &self.region,
                service.signing_name(),
                now,
            );
        }
    }

    pub(crate) fn send(&self, operation: &str, input: &Structure) -> Response<Bytes> {
        self.mock.handle(self.request(operation, input))
    }

    /// Calls an operation by its name with its service: `sts:GetCallerIdentity`.
    pub(crate) fn call(
        &self,
        operation: &str,
        input: &Structure,
    ) -> Result<Structure, ServiceError> {
        read(operation, &self.send(operation, input))
    }

    pub(crate) fn assume(&self, role_arn: &str) -> Result<Structure, ServiceError> {
        self.call("sts:AssumeRole", &assume(role_arn))
    }

    /// The error's code and text.
    pub(crate) fn refused(&self, operation: &str, input: &Structure) -> (String, String) {
        let error = self
            .call(operation, input)
            .expect_err("the call was to be refused");
        (error.code, error.message.unwrap_or_default())
    }
}

/// The output, or the error, of an answer.
pub(crate) fn read(operation: &str, response: &Response<Bytes>) -> Result<Structure, ServiceError> {
    let (service, operation) = find(operation);
    codec::decode_output(service, operation, response)
}

fn find(
    operation: &str,
) -> (
    &'static rolecall_wire::Service,
    &'static rolecall_wire::Operation,
) {
    let (service, name) = operation.split_once(':').unwrap();
    let service = model::service(service).unwrap();
    (service, service.operation(name).unwrap())
}

pub(crate) fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{MAIN}:role/{name}")
}

/// The input of an `AssumeRole`.
pub(crate) fn assume(role_arn: &str) -> Structure {
    Structure::new()
        .with("RoleArn", role_arn)
        .with("RoleSessionName", "DeploySPA")
}

/// The `Tags` of an input.
pub(crate) fn tags(tags: &[(&str, &str)]) -> Vec<Value> {
    let tag =
        |(key, value): &(&str, &str)| Structure::new().with("Key", *key).with("Value", *value);
    tags.iter().map(tag).map(Value::Structure).collect()
}

pub(crate) fn object(bucket: &str, key: &str) -> Structure {
    Structure::new().with("Bucket", bucket).with("Key", key)
}
