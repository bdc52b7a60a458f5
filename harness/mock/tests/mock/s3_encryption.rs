//! S3: encryption with keys of KMS.
//!
//! AWS: S3 User Guide, Using server-side encryption with AWS KMS keys.

use crate::client::*;
use crate::s3::{error, of_bucket};
use rolecall_mock::{Mock, ResourceSpec, UserSpec};
use rolecall_wire::{Structure, Value};

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn with_key(kms: &str) -> Client {
    let mut world = world();
    let mut policies = vec![allow("s3:*", "*")];
    if !kms.is_empty() {
        policies.push(allow(kms, "*"));
    }
    world.add_user(user("admin", policies)).unwrap();
    world.add_bucket(bucket("vault", None)).unwrap();
    let policy = document(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}"#,
    );
    world
        .put_resource(ResourceSpec {
            account: MAIN.to_owned(),
            arn: KEY.to_owned(),
            policy: Some(policy),
            tags: Vec::new(),
        })
        .unwrap();
    Client::user(&Mock::new(world), "admin")
}

/// AWS: S3 User Guide, Using server-side encryption with AWS KMS keys, Permissions.
#[test]
fn an_object_under_a_kms_key_needs_the_key_to_write_and_to_read() {
    let put = object("vault", "deed")
        .with("ServerSideEncryption", "aws:kms")
        .with("SSEKMSKeyId", KEY);
    let writer = with_key("kms:GenerateDataKey");
    let stored = writer.call("s3:PutObject", &put).unwrap();
    assert_eq!(stored.string("ServerSideEncryption"), Some("aws:kms"));
    assert_eq!(stored.string("SSEKMSKeyId"), Some(KEY));
    assert_eq!(
        writer.refused("s3:GetObject", &object("vault", "deed")).1,
        format!(
            "User: arn:aws:iam::123456789012:user/admin is not authorized to perform: kms:Decrypt on resource: {KEY} \
             because no identity-based policy allows the kms:Decrypt action"
        )
    );
    assert_eq!(
        error(with_key("").call("s3:PutObject", &put)),
        (403, "AccessDenied".to_owned())
    );
    let all = with_key("kms:*");
    all.call("s3:PutObject", &put).unwrap();
    assert!(all.call("s3:GetObject", &object("vault", "deed")).is_ok());
    let unknown = put.with("SSEKMSKeyId", "0000");
    assert_eq!(
        error(all.call("s3:PutObject", &unknown)),
        (400, "KMS.NotFoundException".to_owned())
    );
}

/// A bucket open to all, with an object under the key that AWS manages for S3 and one under a customer's.
fn open_vault() -> Client {
    let admin = with_key("kms:*");
    let open = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::vault", "arn:aws:s3:::vault/*"]}]}"#;
    let off = Structure::new().with("BlockPublicPolicy", false);
    let off = of_bucket("vault").with("PublicAccessBlockConfiguration", off);
    admin.call("s3:PutPublicAccessBlock", &off).unwrap();
    let open = of_bucket("vault").with("Policy", open);
    admin.call("s3:PutBucketPolicy", &open).unwrap();
    let kms = |key: &str| object("vault", key).with("ServerSideEncryption", "aws:kms");
    admin.call("s3:PutObject", &kms("managed")).unwrap();
    let own = kms("own").with("SSEKMSKeyId", KEY);
    admin.call("s3:PutObject", &own).unwrap();
    admin
}

/// AWS: S3 User Guide, Using server-side encryption with AWS KMS keys: `aws/s3` is for its own account alone, and its
/// key policy can't be changed. The answer to an unsigned request is a capture of live S3.
#[test]
fn a_bucket_that_is_open_to_all_opens_no_key() {
    let admin = open_vault();
    let mock = &admin.mock;
    mock.update(|world| {
        let everything = vec![allow("*", "*")];
        let none = vec![allow("s3:*", "*"), deny("kms:*", "*")];
        world
            .add_user(UserSpec {
                policies: everything,
                ..UserSpec::new(OTHER, "abroad")
            })
            .unwrap();
        world
            .add_user(user("plain", vec![allow("s3:*", "*")]))
            .unwrap();
        world.add_user(user("keyless", none)).unwrap();
    });
    let abroad = Client {
        credentials: mock.read(|world| world.user_credentials(OTHER, "abroad")),
        ..admin.clone()
    };
    let [plain, keyless] = ["plain", "keyless"].map(|name| Client::user(mock, name));
    let anonymous = Client::anonymous(mock);
    let denied = Some((403, "AccessDenied"));
    let unsigned = Some((400, "InvalidArgument"));
    let rows = [
        (&admin, "managed", None),
        (&plain, "managed", None),
        (&keyless, "managed", denied),
        (&abroad, "managed", denied),
        (&anonymous, "managed", unsigned),
        (&admin, "own", None),
        (&plain, "own", denied),
        (&abroad, "own", denied),
        (&anonymous, "own", unsigned),
    ];
    for (client, key, wanted) in rows {
        let answer = client.call("s3:GetObject", &object("vault", key));
        let refused = answer.err().map(|error| (error.status, error.code));
        let wanted = wanted.map(|(status, code)| (status, code.to_owned()));
        assert_eq!(refused, wanted, "{key} {:?}", client.credentials);
    }
    let put = object("vault", "theirs").with("ServerSideEncryption", "aws:kms");
    let refused = anonymous.call("s3:PutObject", &put).unwrap_err();
    let text = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.";
    assert_eq!(refused.message.as_deref(), Some(text));
    let extra = [("ArgumentName", "Authorization"), ("ArgumentValue", "null")];
    assert_eq!(
        refused.extra,
        extra.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    mock.update(|world| world.remove_resource(KEY)).unwrap();
    let gone = admin.call("s3:GetObject", &object("vault", "own"));
    assert_eq!(error(gone), (400, "KMS.NotFoundException".to_owned()));
}

/// AWS: S3 API Reference, `UploadPart`, `UploadPartCopy` and `CompleteMultipartUpload`, Permissions: S3 must decrypt and
/// read data from the encrypted parts.
#[test]
fn parts_of_an_upload_under_a_kms_key_need_the_key_to_decrypt() {
    for (kms, checksum, is_allowed) in [
        ("kms:GenerateDataKey", None, false),
        ("kms:GenerateDataKey", Some("CRC32"), false),
        ("kms:*", None, true),
        ("kms:*", Some("CRC32"), true),
    ] {
        let admin = with_key(kms);
        admin
            .call("s3:PutObject", &object("vault", "plain"))
            .unwrap();
        let new = object("vault", "deed")
            .with("ServerSideEncryption", "aws:kms")
            .with("SSEKMSKeyId", KEY)
            .with_some("ChecksumAlgorithm", checksum)
            .with_some("ChecksumType", checksum.map(|_| "FULL_OBJECT"));
        let begun = admin.call("s3:CreateMultipartUpload", &new).unwrap();
        let upload = object("vault", "deed").with("UploadId", begun.string("UploadId").unwrap());
        let part = upload.clone().with("PartNumber", 1);
        let copy = part.clone().with("CopySource", "vault/plain");
        let put = part.with("Body", bytes::Bytes::from_static(b"hello"));
        let list = |etag: &str| {
            let part = Structure::new().with("PartNumber", 1).with("ETag", etag);
            let list = Structure::new().with("Parts", vec![Value::Structure(part)]);
            upload.clone().with("MultipartUpload", list)
        };
        let copied = admin.call("s3:UploadPartCopy", &copy);
        let put = admin.call("s3:UploadPart", &put);
        for answer in [&copied, &put] {
            assert_eq!(answer.is_ok(), is_allowed, "{kms}: {answer:?}");
        }
        if let Ok(put) = put {
            let done = list(put.string("ETag").unwrap());
            admin.call("s3:CompleteMultipartUpload", &done).unwrap();
        }
    }
}

#[test]
fn encryption_is_what_the_request_or_the_bucket_says() {
    let admin = with_key("");
    let default = Structure::new().with("SSEAlgorithm", "aws:kms");
    let rule = Structure::new().with("ApplyServerSideEncryptionByDefault", default);
    let rules = Structure::new().with("Rules", vec![Value::Structure(rule)]);
    let plain = admin.call("s3:PutObject", &object("vault", "a")).unwrap();
    assert_eq!(plain.string("ServerSideEncryption"), Some("AES256"));

    let put = of_bucket("vault").with("ServerSideEncryptionConfiguration", rules);
    admin.call("s3:PutBucketEncryption", &put).unwrap();

    let by_default = admin.call("s3:PutObject", &object("vault", "b")).unwrap();
    assert_eq!(by_default.string("ServerSideEncryption"), Some("aws:kms"));
    let own = object("vault", "c").with("ServerSideEncryption", "AES256");
    let own = admin.call("s3:PutObject", &own).unwrap();
    assert_eq!(own.string("ServerSideEncryption"), Some("AES256"));
    let rows = [
        ("ServerSideEncryption", "rot13", 400, "InvalidArgument"),
        ("SSEKMSKeyId", KEY, 400, "InvalidArgument"),
        ("SSECustomerAlgorithm", "AES256", 501, "NotImplemented"),
    ];
    for (member, value, status, code) in rows {
        let answer = admin.call("s3:PutObject", &object("vault", "d").with(member, value));
        assert_eq!(error(answer), (status, code.to_owned()), "{member} {value}");
    }
}
