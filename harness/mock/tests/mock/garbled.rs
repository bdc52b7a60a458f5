//! Requests that nobody should send: the mock answers each with an error of AWS's kind, and lives on.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri};
use rolecall_mock::Mock;
use rolecall_wire::Structure;

use crate::client::*;

/// A source of changes that is the same in every run.
struct Changes(u64);

impl Changes {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % below.max(1)
    }

    fn garble(&mut self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        for _ in 0..=self.next(3) {
            let at = self.next(text.len() + 1);
            match self.next(4) {
                0 => text.truncate(at),
                1 => text.insert(at, u8::try_from(self.next(256)).unwrap()),
                2 => text.splice(at..at, *b"%00%zz&&==//").for_each(drop),
                _ if at < text.len() => text[at] = b"\0%&=/<{\"\xff,;: "[self.next(13)],
                _ => {}
            }
        }
        text
    }
}

fn mock() -> Mock {
    let mut world = world();
    world.add_user(user("ci", vec![allow("*", "*")])).unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    Mock::new(world)
}

fn requests(client: &Client) -> Vec<Request<Bytes>> {
    let tagged = assume(&role_arn("Deploy")).with("Tags", tags(&[("Team", "blue")]));
    let policy = Structure::new()
        .with("Bucket", "spa-site")
        .with("Policy", r#"{"Version": "2012-10-17", "Statement": []}"#);
    let location = Structure::new().with("LocationConstraint", "eu-west-1");
    let made = Structure::new()
        .with("Bucket", "made")
        .with("CreateBucketConfiguration", location);
    let put = object("spa-site", "a/b").with("Body", Bytes::from_static(b"hello"));
    vec![
        client.request("sts:GetCallerIdentity", &Structure::new()),
        client.request("sts:AssumeRole", &tagged),
        client.request("s3:PutObject", &put),
        client.request(
            "s3:GetObject",
            &object("spa-site", "a/b").with("Range", "bytes=0-1"),
        ),
        client.request(
            "s3:ListObjectsV2",
            &Structure::new().with("Bucket", "spa-site"),
        ),
        client.request("s3:PutBucketPolicy", &policy),
        client.request("s3:CreateBucket", &made),
        client.unsigned("s3:PutObject", &put),
    ]
}

fn garbled(request: &Request<Bytes>, changes: &mut Changes) -> Request<Bytes> {
    let mut request = request.clone();
    match changes.next(4) {
        0 => {
            let body = changes.garble(request.body());
            *request.body_mut() = Bytes::from(body);
        }
        1 => {
            let path = changes.garble(request.uri().to_string().as_bytes());
            if let Ok(uri) = Uri::try_from(path) {
                *request.uri_mut() = uri;
            }
        }
        2 => {
            let names: Vec<_> = request.headers().keys().cloned().collect();
            let name = &names[changes.next(names.len())];
            let value = changes.garble(request.headers()[name].as_bytes());
            match HeaderValue::from_bytes(&value) {
                Ok(value) => request.headers_mut().insert(name, value),
                Err(_) => request.headers_mut().remove(name),
            };
        }
        _ => {
            let methods = [
                "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "BREW",
            ];
            *request.method_mut() =
                Method::from_bytes(methods[changes.next(8)].as_bytes()).unwrap();
        }
    }
    request
}

#[test]
fn no_request_is_more_than_an_error() {
    let mock = mock();
    let client = Client::user(&mock, "ci");
    let requests = requests(&client);
    let mut changes = Changes(1);
    for number in 0..20_000 {
        let request = garbled(&requests[number % requests.len()], &mut changes);
        let response = mock.handle(request.clone());
        assert!(response.status().as_u16() < 600, "{request:?}");
        assert_ne!(response.status(), 500, "{request:?}");
    }
    assert!(
        client
            .call("sts:GetCallerIdentity", &Structure::new())
            .is_ok()
    );
}

/// What the signature doesn't reach: everything is accepted, so that the handlers see the garbled inputs.
#[test]
fn no_input_is_more_than_an_error() {
    let mut world = world();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    let mock = Mock::builder(world).enforce(false).build();
    let client = Client::root(&mock, MAIN);
    let requests = requests(&client);
    let mut changes = Changes(2);
    for number in 0..20_000 {
        let request = garbled(&requests[number % requests.len()], &mut changes);
        let response = mock.handle(request.clone());
        assert_ne!(response.status(), 500, "{request:?}");
    }
}
