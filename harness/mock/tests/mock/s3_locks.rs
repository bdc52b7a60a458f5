//! S3: Object Lock.
//!
//! AWS: S3 User Guide, Locking objects with Object Lock.

use crate::client::*;
use crate::s3::{error, of_bucket};
use rolecall_mock::Mock;
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

/// AWS: S3 API Reference, `DefaultRetention`: a mode and a period, in days or in years; S3 User Guide, Object Lock
/// limits. The texts are of captures of live S3, but the one of a period that is too long.
#[test]
fn a_default_retention_is_a_mode_and_one_period() {
    let admin = vault();
    let put = |default: Structure| {
        let rule = Structure::new().with("DefaultRetention", default);
        let configuration = Structure::new()
            .with("ObjectLockEnabled", "Enabled")
            .with("Rule", rule);
        let input = of_bucket("vault").with("ObjectLockConfiguration", configuration);
        admin.call("s3:PutObjectLockConfiguration", &input)
    };
    let mode = |mode: &str| Structure::new().with("Mode", mode);
    let period = |member: &str, count: i64| mode("GOVERNANCE").with(member, count);
    for good in [
        period("Days", 1),
        period("Days", 36_500),
        period("Years", 1),
        period("Years", 100),
        mode("COMPLIANCE").with("Days", 1),
    ] {
        put(good).unwrap();
    }
    let rows = [
        (period("Days", -5), "InvalidArgument"),
        (period("Days", 0), "InvalidArgument"),
        (period("Days", 36_501), "InvalidArgument"),
        (period("Days", 2_147_483_647), "InvalidArgument"),
        (period("Years", 0), "InvalidArgument"),
        (period("Years", 101), "InvalidArgument"),
        (period("Days", 1).with("Years", 1), "MalformedXML"),
        (mode("GOVERNANCE"), "MalformedXML"),
        (mode("FOREVER").with("Days", 1), "MalformedXML"),
        (Structure::new().with("Days", 1), "MalformedXML"),
        (Structure::new(), "MalformedXML"),
    ];
    for (default, code) in rows {
        let shown = format!("{default:?}");
        assert_eq!(error(put(default)), (400, code.to_owned()), "{shown}");
    }
    let negative = put(period("Days", 0)).unwrap_err();
    let text = "Default retention period must be a positive integer value.";
    assert_eq!(negative.message.as_deref(), Some(text));
    let argument = ("ArgumentName".to_owned(), "Days".to_owned());
    assert_eq!(negative.extra, [argument]);
    let empty = Structure::new()
        .with("ObjectLockEnabled", "Enabled")
        .with("Rule", Structure::new());
    let empty = of_bucket("vault").with("ObjectLockConfiguration", empty);
    let empty = admin.call("s3:PutObjectLockConfiguration", &empty);
    assert_eq!(error(empty), (400, "MalformedXML".to_owned()));
}
