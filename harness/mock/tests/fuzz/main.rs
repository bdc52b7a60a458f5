//! The whole way of a request, whatever comes in: no panic, no hang, no error of the server, and no secret in the trail.
//!
//! Requests of the corpora are changed at random, and put to a mock that enforces nothing, so that handlers see them; a
//! part of them is signed after the change and put to a mock that enforces everything. Now and then the world begins
//! anew.

#[path = "../../../wire/tests/wire/runner.rs"]
mod runner;

#[cfg(test)]
mod identities;

#[cfg(test)]
mod pipeline {
    use std::path::PathBuf;
    use std::sync::LazyLock;

    use bytes::Bytes;
    use http::Request;
    use rolecall_mock::{
        BucketSpec, Credentials, Mock, PolicyDocument, PolicySpec, RoleSpec, UserSpec, World,
    };
    use rolecall_wire::sigv4;

    use crate::runner::{Random, corpus, fuzz, request};

    const ACCOUNT: &str = "123456789012";

    /// How many requests one world sees.
    const ROUNDS: usize = 500;

    fn world() -> World {
        let document = |text: &str| PolicyDocument::parse(text).unwrap();
        let mut world = World::new(1, "2026-01-02T03:04:05Z".parse().unwrap());
        world.add_account(ACCOUNT).unwrap();
        let all = document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        );
        let policies = vec![PolicySpec::Inline {
            name: "all".to_owned(),
            document: all,
        }];
        let user = UserSpec::new(ACCOUNT, "ci");
        world.add_user(UserSpec { policies, ..user }).unwrap();
        let trust = document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Principal": "*"}}"#,
        );
        world
            .add_role(RoleSpec::new(ACCOUNT, "Deploy", trust))
            .unwrap();
        let mut bucket = BucketSpec::new(ACCOUNT, "spa-site");
        bucket.objects = vec![("a/b".to_owned(), Bytes::from_static(b"hello"))];
        world.add_bucket(bucket).unwrap();
        world
    }

    static OPEN: LazyLock<Mock> = LazyLock::new(|| Mock::builder(world()).enforce(false).build());
    static STRICT: LazyLock<Mock> = LazyLock::new(|| Mock::new(world()));
    static KEYS: LazyLock<Credentials> = LazyLock::new(|| {
        let keys = STRICT.read(|world| world.user_credentials(ACCOUNT, "ci"));
        keys.unwrap()
    });

    fn handle(mock: &Mock, request: Request<Bytes>) {
        let answer = mock.handle(request);
        let status = answer.status().as_u16();
        assert!(status < 600, "{status}");
        // S3 itself fails at some bodies; they say so.
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(
            status != 500 || text.contains("<Code>InternalError</Code>"),
            "{text}"
        );
    }

    fn whole_way(input: &[u8], random: &mut Random) {
        let Some(request) = request(input) else {
            return;
        };
        handle(&OPEN, request.clone());
        let services = ["sts", "iam", "s3", "cloudfront", "organizations"];
        let mut signed = request;
        if signed.uri().authority().is_none() && !signed.headers().contains_key("host") {
            let host = http::HeaderValue::from_static("127.0.0.1:4566");
            signed.headers_mut().insert("host", host);
        }
        signed.headers_mut().remove("authorization");
        let service = services[random.below(services.len())];
        let now = STRICT.clock().signing_now();
        sigv4::sign(&mut signed, &KEYS, "us-east-1", service, now);
        handle(&STRICT, signed);
        if random.below(ROUNDS) == 0 {
            let told = format!("{:?}", STRICT.events());
            assert!(
                !told.contains(KEYS.secret.expose()),
                "a secret is in the trail"
            );
            OPEN.reset();
            STRICT.reset();
        }
    }

    #[test]
    fn no_request_breaks_the_mock() {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let mut requests = corpus(&here.join("tests/corpus/requests"));
        requests.extend(corpus(&here.join("../wire/tests/corpus/requests")));
        let readable = requests.iter().filter(|text| request(text).is_some());
        assert!(readable.count() > 30, "the corpus is read");
        fuzz(&requests, whole_way);
    }
}
