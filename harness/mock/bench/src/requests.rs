//! The requests, signed before the clock runs.

use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;
use rolecall_wire::sigv4::{self, Credentials};
use rolecall_wire::{Structure, codec, model};

use crate::client::once;

/// How many different roles are assumed in a world of many.
const DIFFERENT: usize = 1000;

pub struct Requests {
    address: SocketAddr,
    keys: Credentials,
}

impl Requests {
    pub fn new(address: SocketAddr, keys: &Credentials) -> Self {
        let keys = keys.clone();
        Self { address, keys }
    }

    /// Makes a bucket with an object of 1 KB, and the roles.
    pub async fn prepare(&self, roles: usize) {
        let bucket = Structure::new().with("Bucket", "load");
        let object = bucket.clone().with("Key", "object");
        let object = object.with("Body", Bytes::from(vec![b'a'; 1024]));
        let mut texts = vec![self.text("s3", "CreateBucket", &bucket)];
        once(self.address, &texts, 1).await;
        texts = vec![self.text("s3", "PutObject", &object), self.create(0)];
        once(self.address, &texts, 1).await;
        let many: Vec<_> = (1..roles).map(|number| self.create(number)).collect();
        once(self.address, &many, 16).await;
    }

    /// What is measured: each operation with the texts that are sent in turn.
    pub fn measured(&self, roles: usize) -> Vec<(&'static str, Rc<Vec<Vec<u8>>>)> {
        let object = Structure::new().with("Bucket", "load").with("Key", "object");
        let step = (roles / DIFFERENT).max(1);
        let numbers = (0..roles.max(1)).step_by(step);
        let assume = numbers.map(|number| self.assume(number)).collect();
        let identity = self.text("sts", "GetCallerIdentity", &Structure::new());
        vec![
            ("GetCallerIdentity", Rc::new(vec![identity])),
            ("AssumeRole", Rc::new(assume)),
            ("GetObject, 1 KB", Rc::new(vec![self.text("s3", "GetObject", &object)])),
        ]
    }

    fn create(&self, number: usize) -> Vec<u8> {
        let trust = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": "*"}}]}"#;
        let input = Structure::new()
            .with("RoleName", format!("role-{number}"))
            .with("AssumeRolePolicyDocument", trust);
        self.text("iam", "CreateRole", &input)
    }

    fn assume(&self, number: usize) -> Vec<u8> {
        let input = Structure::new()
            .with("RoleArn", format!("arn:aws:iam::123456789012:role/role-{number}"))
            .with("RoleSessionName", "load");
        self.text("sts", "AssumeRole", &input)
    }

    fn text(&self, service: &str, operation: &str, input: &Structure) -> Vec<u8> {
        let service = model::service(service).expect("a service");
        let operation = service.operation(operation).expect("an operation");
        let endpoint = format!("http://{}", self.address).parse().expect("an address");
        let mut request = codec::encode_input(service, operation, input, &endpoint).expect("an input");
        let name = service.signing_name();
        sigv4::sign(&mut request, &self.keys, "us-east-1", name, Timestamp::now());
        on_the_wire(&request)
    }
}

fn on_the_wire(request: &Request<Bytes>) -> Vec<u8> {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut text = format!("{} {path} HTTP/1.1\r\n", request.method()).into_bytes();
    for (name, value) in request.headers() {
        text.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    if !request.headers().contains_key("content-length") {
        text.extend(format!("content-length: {}\r\n", request.body().len()).into_bytes());
    }
    text.extend(b"\r\n");
    text.extend(request.body());
    text
}
