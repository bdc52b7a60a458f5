//! S3: Object Lock, and encryption with keys of KMS.
//!
//! AWS: S3 User Guide, Locking objects with Object Lock; Using server-side encryption with AWS KMS keys.

use crate::client::*;
use crate::s3::{error, of_bucket};
use rolecall_mock::{Mock, ResourceSpec};
use rolecall_wire::{Structure, Value};

/// A bucket `vault` whose objects can be locked.
fn vault() -> Client {
    let mut world = world();
    world
        .add_user(user("admin", vec![allow("s3:*", "*")]))
        .unwrap();
    let admin = Client::user(&Mock::new(world), "admin");
    let new = of_bucket("vault").with("ObjectLockEnabledForBucket", true);
    admin.call("s3:CreateBucket", &new).unwrap();
    admin
}

fn time(text: &str) -> Value {
    Value::Timestamp(text.parse().unwrap())
}

fn locked(mode: &str) -> Structure {
    object("vault", "deed")
        .with("ObjectLockMode", mode)
        .with("ObjectLockRetainUntilDate", time("2026-02-01T00:00:00Z"))
}

#[test]
fn a_locked_version_stays_until_its_day() {
    let admin = vault();
    let put = admin.call("s3:PutObject", &locked("COMPLIANCE")).unwrap();
    let version = object("vault", "deed").with("VersionId", put.string("VersionId").unwrap());

    let head = admin.call("s3:HeadObject", &version).unwrap();
    assert_eq!(head.string("ObjectLockMode"), Some("COMPLIANCE"));
    let refused = admin.call("s3:DeleteObject", &version).unwrap_err();
    assert_eq!(
        refused.message.as_deref(),
        Some("Access Denied because object protected by object lock.")
    );
    let bypass = version.clone().with("BypassGovernanceRetention", true);
    assert_eq!(error(admin.call("s3:DeleteObject", &bypass)).0, 403);
    assert!(
        admin
            .call("s3:DeleteObject", &object("vault", "deed"))
            .is_ok(),
        "a delete marker takes nothing away"
    );

    admin
        .mock
        .clock()
        .advance(jiff::SignedDuration::from_hours(31 * 24));

    assert!(admin.call("s3:DeleteObject", &version).is_ok());
}

#[test]
fn governance_gives_way_to_whoever_says_so() {
    let admin = vault();
    let put = admin.call("s3:PutObject", &locked("GOVERNANCE")).unwrap();
    let version = object("vault", "deed").with("VersionId", put.string("VersionId").unwrap());
    let shorter = Structure::new()
        .with("Mode", "GOVERNANCE")
        .with("RetainUntilDate", time("2026-01-02T00:00:00Z"));
    let change = version.clone().with("Retention", shorter);
    assert_eq!(error(admin.call("s3:DeleteObject", &version)).0, 403);
    assert_eq!(error(admin.call("s3:PutObjectRetention", &change)).0, 403);
    let bypass = |input: &Structure| input.clone().with("BypassGovernanceRetention", true);

    admin
        .call("s3:PutObjectRetention", &bypass(&change))
        .unwrap();

    let kept = admin.call("s3:GetObjectRetention", &version).unwrap();
    let kept = kept.structure("Retention").unwrap().clone();
    assert_eq!(
        kept.get("RetainUntilDate"),
        Some(&time("2026-01-02T00:00:00Z"))
    );
    assert!(admin.call("s3:DeleteObject", &bypass(&version)).is_ok());
}

#[test]
fn a_legal_hold_stays_until_it_is_lifted() {
    let admin = vault();
    let put = admin
        .call("s3:PutObject", &object("vault", "deed"))
        .unwrap();
    let version = object("vault", "deed").with("VersionId", put.string("VersionId").unwrap());
    let hold = |status: &str| {
        let hold = Structure::new().with("Status", status);
        version.clone().with("LegalHold", hold)
    };
    assert_eq!(
        error(admin.call("s3:GetObjectLegalHold", &version)),
        (404, "NoSuchObjectLockConfiguration".to_owned())
    );
    admin.call("s3:PutObjectLegalHold", &hold("ON")).unwrap();
    assert_eq!(error(admin.call("s3:DeleteObject", &version)).0, 403);
    admin.call("s3:PutObjectLegalHold", &hold("OFF")).unwrap();
    assert!(admin.call("s3:DeleteObject", &version).is_ok());
}

/// AWS: S3 API Reference, `PutObject` and `PutObjectLockConfiguration`, errors; live answers.
#[test]
fn locks_need_a_bucket_that_has_them() {
    let admin = vault();
    admin.call("s3:CreateBucket", &of_bucket("plain")).unwrap();
    let on = Structure::new().with("ObjectLockEnabled", "Enabled");
    let suspended = Structure::new().with("Status", "Suspended");
    let past = object("vault", "deed")
        .with("ObjectLockMode", "GOVERNANCE")
        .with("ObjectLockRetainUntilDate", time("2025-01-01T00:00:00Z"));
    let rows = [
        (
            "s3:PutObject",
            object("plain", "deed").with("ObjectLockLegalHoldStatus", "ON"),
            400,
            "InvalidRequest",
        ),
        (
            "s3:PutObject",
            object("vault", "deed").with("ObjectLockMode", "GOVERNANCE"),
            400,
            "InvalidArgument",
        ),
        ("s3:PutObject", locked("FOREVER"), 400, "InvalidArgument"),
        ("s3:PutObject", past, 400, "InvalidArgument"),
        (
            "s3:PutObjectLockConfiguration",
            of_bucket("plain").with("ObjectLockConfiguration", on),
            409,
            "InvalidBucketState",
        ),
        (
            "s3:PutBucketVersioning",
            of_bucket("vault").with("VersioningConfiguration", suspended),
            409,
            "InvalidBucketState",
        ),
        (
            "s3:GetObjectLockConfiguration",
            of_bucket("plain"),
            404,
            "ObjectLockConfigurationNotFoundError",
        ),
    ];
    for (operation, input, status, code) in rows {
        let shown = format!("{operation} {input:?}");
        assert_eq!(
            error(admin.call(operation, &input)),
            (status, code.to_owned()),
            "{shown}"
        );
    }
}

#[test]
fn a_bucket_locks_new_objects_as_its_configuration_says() {
    let admin = vault();
    let default = Structure::new().with("Mode", "GOVERNANCE").with("Days", 3);
    let rule = Structure::new().with("DefaultRetention", default);
    let configuration = Structure::new()
        .with("ObjectLockEnabled", "Enabled")
        .with("Rule", rule);
    let put = of_bucket("vault").with("ObjectLockConfiguration", configuration);
    admin.call("s3:PutObjectLockConfiguration", &put).unwrap();

    admin
        .call("s3:PutObject", &object("vault", "deed"))
        .unwrap();

    let kept = admin
        .call("s3:GetObjectRetention", &object("vault", "deed"))
        .unwrap();
    let until = kept
        .structure("Retention")
        .unwrap()
        .get("RetainUntilDate")
        .cloned();
    assert_eq!(until, Some(time("2026-01-04T00:00:00Z")));
}

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
