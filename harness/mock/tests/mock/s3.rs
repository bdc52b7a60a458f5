//! S3: buckets, objects, policies, and who may reach them.

use crate::client::*;
use bytes::Bytes;
use rolecall_mock::{BucketSpec, ContextKey, Mock, UserSpec};
use rolecall_wire::{ServiceError, Structure, Value};

/// A bucket `spa-site` with an object, and users with and without permissions.
pub(crate) fn mock() -> Mock {
    mock_with(None)
}

pub(crate) fn mock_with(policy: Option<&str>) -> Mock {
    let mut world = world();
    world
        .add_user(user(
            "admin",
            vec![allow("s3:*", "*"), allow("iam:PassRole", "*")],
        ))
        .unwrap();
    world.add_user(user("nobody", vec![])).unwrap();
    let reader = allow("s3:GetObject", "arn:aws:s3:::spa-site/*");
    world.add_user(user("reader", vec![reader])).unwrap();
    let abroad = UserSpec {
        policies: vec![allow("s3:*", "*")],
        ..UserSpec::new(OTHER, "abroad")
    };
    world.add_user(abroad).unwrap();
    world
        .add_bucket(BucketSpec {
            objects: vec![(
                "index.html".to_owned(),
                Bytes::from_static(b"<h1>hello</h1>"),
            )],
            ..bucket("spa-site", policy)
        })
        .unwrap();
    Mock::new(world)
}

pub(crate) fn abroad(mock: &Mock) -> Client {
    let credentials = mock.read(|world| world.user_credentials(OTHER, "abroad"));
    Client {
        credentials,
        ..Client::anonymous(mock)
    }
}

pub(crate) fn of_bucket(name: &str) -> Structure {
    Structure::new().with("Bucket", name)
}

pub(crate) fn error(answer: Result<Structure, ServiceError>) -> (u16, String) {
    let error = answer.expect_err("the call was to be refused");
    (error.status, error.code)
}

pub(crate) fn names(answer: &Structure, list: &str, member: &str) -> Vec<String> {
    let name = |value: &Value| match value {
        Value::Structure(structure) => structure.string(member).unwrap().to_owned(),
        _ => panic!("{value:?}"),
    };
    answer.list(list).iter().map(name).collect()
}

#[test]
fn a_bucket_is_made_found_and_deleted() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");

    let made = admin.call("s3:CreateBucket", &of_bucket("logs")).unwrap();
    assert_eq!(made.string("Location"), Some("/logs"));
    let found = admin.send("s3:HeadBucket", &of_bucket("logs"));
    assert_eq!(found.status(), 200);
    assert_eq!(found.headers()["x-amz-bucket-region"], "us-east-1");
    let all = admin.call("s3:ListBuckets", &Structure::new()).unwrap();
    assert_eq!(names(&all, "Buckets", "Name"), ["logs", "spa-site"]);
    assert_eq!(
        admin.send("s3:DeleteBucket", &of_bucket("logs")).status(),
        204
    );
    assert_eq!(
        error(admin.call("s3:HeadBucket", &of_bucket("logs"))).0,
        404
    );
}

/// AWS: S3 API Reference, `CreateBucket`, errors; live answers.
#[test]
fn a_bucket_is_made_where_the_request_may_make_it() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let located = |region: &str| Structure::new().with("LocationConstraint", region);
    let rows = [
        ("us-east-1", None, None),
        ("us-east-1", Some("eu-west-1"), None),
        (
            "us-east-1",
            Some("us-east-1"),
            Some("InvalidLocationConstraint"),
        ),
        ("us-east-1", Some("mars"), Some("InvalidLocationConstraint")),
        ("eu-west-1", Some("eu-west-1"), None),
        (
            "eu-west-1",
            Some("eu-west-2"),
            Some("IllegalLocationConstraintException"),
        ),
        (
            "eu-west-1",
            None,
            Some("IllegalLocationConstraintException"),
        ),
    ];
    for (number, (region, constraint, refused)) in rows.into_iter().enumerate() {
        let input = of_bucket(&format!("bucket-{number}"))
            .with_some("CreateBucketConfiguration", constraint.map(located));
        let answer = admin.in_region(region).call("s3:CreateBucket", &input);
        assert_eq!(
            answer.err().map(|e| e.code).as_deref(),
            refused,
            "{region} {constraint:?}"
        );
    }
    let location = admin
        .call("s3:GetBucketLocation", &of_bucket("bucket-1"))
        .unwrap();
    assert_eq!(location.string("LocationConstraint"), Some("eu-west-1"));
}

#[test]
fn a_bucket_name_is_taken_once() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");

    assert!(
        admin
            .call("s3:CreateBucket", &of_bucket("spa-site"))
            .is_ok(),
        "us-east-1 lets one's own pass"
    );
    assert_eq!(
        error(abroad(&mock).call("s3:CreateBucket", &of_bucket("spa-site"))),
        (409, "BucketAlreadyExists".to_owned())
    );
    assert_eq!(
        error(admin.call("s3:CreateBucket", &of_bucket("Spa_Site"))),
        (400, "InvalidBucketName".to_owned())
    );
    assert_eq!(
        error(admin.call("s3:DeleteBucket", &of_bucket("spa-site"))),
        (409, "BucketNotEmpty".to_owned())
    );
}

#[test]
fn an_object_comes_back_as_it_was_put() {
    let admin = Client::user(&mock(), "admin");
    let put = object("spa-site", "a b/ü+1.txt")
        .with("Body", Bytes::from_static(b"hello"))
        .with("ContentType", "text/plain")
        .with("CacheControl", "no-store")
        .with("ContentMD5", "XUFAKrxLKna5cZ2REBfFkg==")
        .with("ChecksumCRC32", "NhCmhg==");

    let answer = admin.call("s3:PutObject", &put).unwrap();
    // The MD5 of `hello`.
    assert_eq!(
        answer.string("ETag"),
        Some("\"5d41402abc4b2a76b9719d911017c592\"")
    );
    assert_eq!(answer.string("ChecksumCRC32"), Some("NhCmhg=="));

    let get = object("spa-site", "a b/ü+1.txt").with("ChecksumMode", "ENABLED");
    let got = admin.call("s3:GetObject", &get).unwrap();
    assert_eq!(got.blob("Body").unwrap(), "hello");
    assert_eq!(got.string("ContentType"), Some("text/plain"));
    assert_eq!(got.string("CacheControl"), Some("no-store"));
    assert_eq!(got.string("ChecksumCRC32"), Some("NhCmhg=="));
    assert_eq!(got.integer("ContentLength"), Some(5));

    let head = admin.send("s3:HeadObject", &get);
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-length"], "5");
    assert!(head.body().is_empty());
    assert_eq!(admin.send("s3:DeleteObject", &get).status(), 204);
    assert_eq!(
        error(admin.call("s3:GetObject", &get)),
        (404, "NoSuchKey".to_owned())
    );
    assert_eq!(
        admin.send("s3:DeleteObject", &get).status(),
        204,
        "deleting nothing succeeds"
    );
}

/// AWS: S3 User Guide, Checking object integrity; live answers.
#[test]
fn what_does_not_match_its_checksum_is_refused() {
    let admin = Client::user(&mock(), "admin");
    let rows = [
        ("ContentMD5", "XUFAKrxLKna5cZ2REBfFkw==", "BadDigest"),
        ("ContentMD5", "nonsense", "InvalidDigest"),
        ("ChecksumCRC32", "NhCmhw==", "BadDigest"),
        ("ChecksumCRC32", "nonsense!", "InvalidRequest"),
        ("ChecksumSHA256", "NhCmhg==", "InvalidRequest"),
    ];
    for (member, value, code) in rows {
        let put = object("spa-site", "x")
            .with("Body", Bytes::from_static(b"hello"))
            .with(member, value);
        assert_eq!(
            error(admin.call("s3:PutObject", &put)),
            (400, code.to_owned()),
            "{member} {value}"
        );
    }
    let two = object("spa-site", "x")
        .with("Body", Bytes::from_static(b"hello"))
        .with("ChecksumCRC32", "NhCmhg==")
        .with("ChecksumSHA1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=");
    assert_eq!(
        error(admin.call("s3:PutObject", &two)),
        (400, "InvalidRequest".to_owned())
    );
}

#[test]
fn a_part_of_an_object_carries_no_checksum_of_the_whole() {
    let admin = Client::user(&mock(), "admin");
    let get = |range: &str| {
        object("spa-site", "index.html")
            .with("Range", range)
            .with("ChecksumMode", "ENABLED")
    };

    let part = admin.send("s3:GetObject", &get("bytes=4-8"));
    assert_eq!(part.status(), 206);
    assert_eq!(part.body(), "hello");
    assert_eq!(part.headers()["content-range"], "bytes 4-8/14");
    assert!(!part.headers().contains_key("x-amz-checksum-crc64nvme"));

    let whole = admin.send("s3:GetObject", &get("bytes=0-5242879"));
    assert_eq!((whole.status().as_u16(), whole.body().len()), (206, 14));
    assert_eq!(whole.headers()["content-range"], "bytes 0-13/14");
    assert!(whole.headers().contains_key("x-amz-checksum-crc64nvme"));

    let beyond = admin.call("s3:GetObject", &get("bytes=14-")).unwrap_err();
    assert_eq!((beyond.status, beyond.code.as_str()), (416, "InvalidRange"));
}

/// AWS: S3 User Guide, Conditional requests.
#[test]
fn conditions_decide_reads_and_writes() {
    let admin = Client::user(&mock(), "admin");
    let etag = admin
        .call("s3:HeadObject", &object("spa-site", "index.html"))
        .unwrap()
        .string("ETag")
        .unwrap()
        .to_owned();
    let rows = [
        ("s3:GetObject", "index.html", "IfMatch", etag.as_str(), 200),
        ("s3:GetObject", "index.html", "IfMatch", "\"other\"", 412),
        (
            "s3:GetObject",
            "index.html",
            "IfNoneMatch",
            etag.as_str(),
            304,
        ),
        (
            "s3:GetObject",
            "index.html",
            "IfNoneMatch",
            "\"other\"",
            200,
        ),
        ("s3:PutObject", "index.html", "IfNoneMatch", "*", 412),
        ("s3:PutObject", "new.html", "IfNoneMatch", "*", 200),
        ("s3:PutObject", "new.html", "IfNoneMatch", "\"other\"", 501),
        ("s3:PutObject", "index.html", "IfMatch", "\"other\"", 412),
        ("s3:PutObject", "missing.html", "IfMatch", "\"other\"", 404),
        ("s3:DeleteObject", "index.html", "IfMatch", "\"other\"", 412),
        ("s3:PutObject", "index.html", "IfMatch", etag.as_str(), 200),
    ];
    for (operation, key, condition, value, status) in rows {
        let response = admin.send(operation, &object("spa-site", key).with(condition, value));
        assert_eq!(
            response.status(),
            status,
            "{operation} {key} {condition} {value}"
        );
    }
}

/// AWS: S3 API Reference, `GetObject`, Permissions: that a key is missing, those learn who may list.
#[test]
fn a_missing_key_is_disclosed_to_those_who_may_list() {
    let mock = mock();
    let missing = object("spa-site", "missing");
    assert_eq!(
        error(Client::user(&mock, "admin").call("s3:GetObject", &missing)),
        (404, "NoSuchKey".to_owned())
    );
    let reader = Client::user(&mock, "reader");
    assert_eq!(
        reader.refused("s3:GetObject", &missing).1,
        "User: arn:aws:iam::123456789012:user/reader is not authorized to perform: s3:ListBucket on resource: \
         \"arn:aws:s3:::spa-site\" because no identity-based policy allows the s3:ListBucket action"
    );
    assert_eq!(reader.send("s3:HeadObject", &missing).status(), 403);
    assert!(
        reader
            .call("s3:GetObject", &object("spa-site", "index.html"))
            .is_ok()
    );
}

/// AWS: S3 User Guide, Troubleshoot access denied (403 Forbidden) errors.
#[test]
fn a_denial_gives_its_reason_to_the_owners_account_alone() {
    let mock = mock();
    let get = object("spa-site", "index.html");
    assert_eq!(
        Client::user(&mock, "nobody")
            .refused("s3:GetObject", &get)
            .1,
        "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: s3:GetObject on resource: \
         \"arn:aws:s3:::spa-site/index.html\" because no identity-based policy allows the s3:GetObject action"
    );
    assert_eq!(
        abroad(&mock).refused("s3:GetObject", &get).1,
        "Access Denied"
    );
    assert_eq!(
        Client::anonymous(&mock).refused("s3:GetObject", &get).1,
        "Access Denied"
    );
}

#[test]
fn a_missing_bucket_is_missing_for_everyone() {
    let mock = mock();
    let get = object("not-there", "x");
    for client in [
        Client::user(&mock, "nobody"),
        Client::anonymous(&mock),
        abroad(&mock),
    ] {
        assert_eq!(
            error(client.call("s3:GetObject", &get)),
            (404, "NoSuchBucket".to_owned())
        );
    }
    let nobody = Client::user(&mock, "nobody");
    assert_eq!(
        error(nobody.call("s3:GetObject", &object("Bad_Name", "x"))).1,
        "InvalidBucketName"
    );
}

const FOR_ABROAD: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::spa-site/*"}]}"#;

const FOR_ALL: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::spa-site/*"}]}"#;

#[test]
fn a_bucket_policy_lets_another_account_in() {
    let mock = mock_with(Some(FOR_ABROAD));
    let get = object("spa-site", "index.html");

    assert!(abroad(&mock).call("s3:GetObject", &get).is_ok());
    assert!(abroad(&mock).call("s3:PutObject", &get).is_err());
    assert!(Client::anonymous(&mock).call("s3:GetObject", &get).is_err());
}

/// AWS: S3 User Guide, Blocking public access.
#[test]
fn a_public_bucket_is_shut_to_others_while_public_access_is_blocked() {
    let get = object("spa-site", "index.html");
    let blocked = mock_with(Some(FOR_ALL));
    let open = {
        let mut world = world();
        let spec = BucketSpec {
            block_public_access: false,
            objects: vec![("index.html".to_owned(), Bytes::new())],
            ..bucket("spa-site", Some(FOR_ALL))
        };
        world.add_bucket(spec).unwrap();
        Mock::new(world)
    };

    assert!(Client::anonymous(&open).call("s3:GetObject", &get).is_ok());
    assert_eq!(
        error(Client::anonymous(&blocked).call("s3:GetObject", &get)).0,
        403
    );
    assert_eq!(error(abroad(&blocked).call("s3:GetObject", &get)).0, 403);
    assert!(
        Client::user(&blocked, "nobody")
            .call("s3:GetObject", &get)
            .is_ok()
    );
}

#[test]
fn a_bucket_policy_is_put_got_and_deleted() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let input = of_bucket("spa-site");
    let put = |policy: &str| {
        input
            .clone()
            .with("Policy", policy)
            .with("ContentMD5", md5(policy))
    };

    assert_eq!(
        error(admin.call("s3:GetBucketPolicy", &input)),
        (404, "NoSuchBucketPolicy".to_owned())
    );
    assert_eq!(
        admin.send("s3:PutBucketPolicy", &put(FOR_ABROAD)).status(),
        204
    );
    assert!(
        abroad(&mock)
            .call("s3:GetObject", &object("spa-site", "index.html"))
            .is_ok()
    );
    let got = admin.call("s3:GetBucketPolicy", &input).unwrap();
    assert_eq!(got.string("Policy"), Some(FOR_ABROAD));
    let (code, text) = admin.refused("s3:PutBucketPolicy", &put(FOR_ALL));
    assert_eq!(code, "AccessDenied");
    assert!(
        text.ends_with(
            "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
        ),
        "{text}"
    );
    assert_eq!(admin.send("s3:DeleteBucketPolicy", &input).status(), 204);
    assert!(
        abroad(&mock)
            .call("s3:GetObject", &object("spa-site", "index.html"))
            .is_err()
    );
}

fn md5(text: &str) -> String {
    use base64::Engine as _;
    use md5::Digest as _;
    base64::engine::general_purpose::STANDARD.encode(md5::Md5::digest(text))
}

/// AWS: S3 API Reference, `PutBucketPolicy`.
#[test]
fn a_bucket_policy_is_its_accounts_and_never_locks_root_out() {
    let lock = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::spa-site"},
        {"Effect": "Allow", "Principal": {"AWS": "210987654321"}, "Action": "s3:*",
         "Resource": "arn:aws:s3:::spa-site/*"}]}"#;
    let mock = mock_with(Some(lock));
    let input = of_bucket("spa-site");
    let root = Client::root(&mock, MAIN);
    assert_eq!(
        error(Client::user(&mock, "admin").call("s3:GetBucketPolicy", &input)).0,
        403
    );
    assert_eq!(error(root.call("s3:HeadBucket", &input)).0, 403);
    assert!(root.call("s3:GetBucketPolicy", &input).is_ok());

    let shared = FOR_ABROAD
        .replace("s3:GetObject", "s3:*")
        .replace("spa-site/*", "spa-site");
    let mock = mock_with(Some(&shared));
    assert_eq!(
        error(abroad(&mock).call("s3:GetBucketPolicy", &input)),
        (405, "MethodNotAllowed".to_owned())
    );
}

#[test]
fn a_listing_is_paged_and_grouped() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    for key in ["a/1", "a/2", "b c", "d"] {
        admin
            .call("s3:PutObject", &object("spa-site", key))
            .unwrap();
    }
    let list = of_bucket("spa-site").with("Delimiter", "/");

    let all = admin.call("s3:ListObjectsV2", &list).unwrap();
    assert_eq!(names(&all, "Contents", "Key"), ["b c", "d", "index.html"]);
    assert_eq!(names(&all, "CommonPrefixes", "Prefix"), ["a/"]);
    assert_eq!(all.integer("KeyCount"), Some(4));
    assert_eq!(all.boolean("IsTruncated"), Some(false));

    let first = admin
        .call("s3:ListObjectsV2", &list.clone().with("MaxKeys", 2))
        .unwrap();
    assert_eq!(first.boolean("IsTruncated"), Some(true));
    let token = first.string("NextContinuationToken").unwrap();
    let second = admin
        .call(
            "s3:ListObjectsV2",
            &list.clone().with("ContinuationToken", token),
        )
        .unwrap();
    assert_eq!(names(&second, "Contents", "Key"), ["d", "index.html"]);

    let encoded = list.clone().with("EncodingType", "url");
    let encoded = admin.call("s3:ListObjects", &encoded).unwrap();
    assert_eq!(names(&encoded, "Contents", "Key")[0], "b+c");
    assert_eq!(encoded.string("EncodingType"), Some("url"));
    let prefixed = admin
        .call(
            "s3:ListObjects",
            &of_bucket("spa-site").with("Prefix", "a/"),
        )
        .unwrap();
    assert_eq!(names(&prefixed, "Contents", "Key"), ["a/1", "a/2"]);
}

/// AWS: Service Authorization Reference, Amazon S3, condition keys.
#[test]
fn requests_bring_their_condition_keys() {
    let conditioned = |action: &str, condition: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS":
                "arn:aws:iam::123456789012:user/nobody"}}, "Action": "{action}", "Resource":
                ["arn:aws:s3:::spa-site", "arn:aws:s3:::spa-site/*"], "Condition": {condition}}}]}}"#
        )
    };
    let list = of_bucket("spa-site");
    let put = object("spa-site", "x");
    let get = object("spa-site", "index.html");
    let rows = [
        (
            "s3:ListBucket",
            r#"{"StringEquals": {"s3:prefix": "a/"}}"#,
            "s3:ListObjectsV2",
            list.clone().with("Prefix", "a/"),
            true,
        ),
        (
            "s3:ListBucket",
            r#"{"StringEquals": {"s3:prefix": "a/"}}"#,
            "s3:ListObjectsV2",
            list.clone(),
            false,
        ),
        (
            "s3:ListBucket",
            r#"{"NumericLessThanEquals": {"s3:max-keys": "10"}}"#,
            "s3:ListObjectsV2",
            list.clone().with("MaxKeys", 10),
            true,
        ),
        (
            "s3:ListBucket",
            r#"{"NumericLessThanEquals": {"s3:max-keys": "10"}}"#,
            "s3:ListObjectsV2",
            list,
            false,
        ),
        (
            "s3:PutObject",
            r#"{"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}}"#,
            "s3:PutObject",
            put.clone().with("StorageClass", "GLACIER"),
            true,
        ),
        (
            "s3:PutObject",
            r#"{"StringEquals": {"s3:x-amz-storage-class": "GLACIER"}}"#,
            "s3:PutObject",
            put.clone(),
            false,
        ),
        (
            "s3:PutObject*",
            r#"{"StringEquals": {"s3:RequestObjectTag/team": "blue"}}"#,
            "s3:PutObject",
            put.clone().with("Tagging", "team=blue"),
            true,
        ),
        (
            "s3:PutObject",
            r#"{"StringEquals": {"s3:RequestObjectTag/team": "blue"}}"#,
            "s3:PutObject",
            put.with("Tagging", "team=blue"),
            false,
        ),
        (
            "s3:GetObject",
            r#"{"StringEquals": {"s3:authType": "REST-HEADER"}}"#,
            "s3:GetObject",
            get.clone(),
            true,
        ),
        (
            "s3:GetObject",
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            "s3:GetObject",
            get.clone(),
            true,
        ),
        (
            "s3:GetObject",
            r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
            "s3:GetObject",
            get.clone(),
            false,
        ),
        (
            "s3:GetObject",
            r#"{"StringEquals": {"aws:ResourceAccount": "123456789012"}}"#,
            "s3:GetObject",
            get,
            true,
        ),
    ];
    for (action, condition, operation, input, allowed) in rows {
        let mock = mock_with(Some(&conditioned(action, condition)));
        let answer = Client::user(&mock, "nobody").call(operation, &input);
        assert_eq!(
            answer.is_ok(),
            allowed,
            "{condition} {operation}: {answer:?}"
        );
    }
}

#[test]
fn keys_given_from_outside_replace_the_requests_own() {
    let policy = FOR_ABROAD.replace(
        "\"Action\"",
        r#""Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, "Action""#,
    );
    let mock = mock_with(Some(&policy));
    let get = object("spa-site", "index.html");
    assert!(abroad(&mock).call("s3:GetObject", &get).is_err());

    mock.set_context(vec![ContextKey::single("aws:SourceIp", "203.0.113.7")]);

    assert!(abroad(&mock).call("s3:GetObject", &get).is_ok());
}

#[test]
fn a_presigned_url_is_good_for_its_time() {
    let mock = mock();
    let reader = Client::user(&mock, "reader");
    let presigned = || {
        let mut request = reader.unsigned("s3:GetObject", &object("spa-site", "index.html"));
        let credentials = reader.credentials.as_ref().unwrap();
        let now = mock.clock().now();
        rolecall_wire::sigv4::presign(&mut request, credentials, "us-east-1", "s3", now, 60);
        request
    };
    let request = presigned();
    assert_eq!(mock.handle(request.clone()).body(), "<h1>hello</h1>");

    mock.clock().advance(jiff::SignedDuration::from_secs(61));

    assert_eq!(mock.handle(request).status(), 403);
    assert_eq!(mock.handle(presigned()).status(), 200);
}

/// AWS: S3 API Reference, transferring payload in multiple chunks including trailing headers.
#[test]
fn an_upload_in_chunks_is_stored_without_them() {
    let admin = Client::user(&mock(), "admin");
    let upload = |checksum: &str| {
        let put = object("spa-site", "chunked.txt")
            .with("ContentEncoding", "aws-chunked,gzip")
            .with(
                "Body",
                Bytes::from(format!(
                    "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n"
                )),
            );
        let mut request = admin.unsigned("s3:PutObject", &put);
        for (name, value) in [
            ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
            ("x-amz-decoded-content-length", "5"),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        admin.sign("s3:PutObject", &mut request);
        read("s3:PutObject", &admin.mock.handle(request))
    };

    assert_eq!(error(upload("AAAAAA==")), (400, "BadDigest".to_owned()));
    assert_eq!(
        upload("NhCmhg==").unwrap().string("ChecksumCRC32"),
        Some("NhCmhg==")
    );
    let got = admin
        .call("s3:GetObject", &object("spa-site", "chunked.txt"))
        .unwrap();
    assert_eq!(got.blob("Body").unwrap(), "hello");
    assert_eq!(got.string("ContentEncoding"), Some("gzip"));
    assert_eq!(
        got.string("ETag"),
        Some("\"5d41402abc4b2a76b9719d911017c592\"")
    );
}
