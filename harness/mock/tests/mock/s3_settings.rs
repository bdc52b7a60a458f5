//! S3: the sub-resources of a bucket.
//!
//! AWS: S3 API Reference, the `GetBucket…` and `PutBucket…` operations.

use crate::client::*;
use crate::s3::{error, mock, names, of_bucket};
use rolecall_wire::{Structure, Value};

fn list(name: &str, element: Structure) -> Structure {
    Structure::new().with(name, vec![Value::Structure(element)])
}

/// What a bucket answers that never had one; what real clients read of a new bucket.
#[test]
fn a_new_bucket_answers_as_aws_does() {
    let admin = Client::user(&mock(), "admin");
    let rows = [
        ("GetBucketPolicy", 404, "NoSuchBucketPolicy"),
        ("GetBucketPolicyStatus", 404, "NoSuchBucketPolicy"),
        ("GetBucketCors", 404, "NoSuchCORSConfiguration"),
        ("GetBucketWebsite", 404, "NoSuchWebsiteConfiguration"),
        (
            "GetBucketLifecycleConfiguration",
            404,
            "NoSuchLifecycleConfiguration",
        ),
        (
            "GetBucketReplication",
            404,
            "ReplicationConfigurationNotFoundError",
        ),
        (
            "GetObjectLockConfiguration",
            404,
            "ObjectLockConfigurationNotFoundError",
        ),
        ("GetBucketTagging", 404, "NoSuchTagSet"),
        ("GetBucketVersioning", 200, ""),
        ("GetBucketAccelerateConfiguration", 200, ""),
        ("GetBucketLogging", 200, ""),
        ("GetBucketNotificationConfiguration", 200, ""),
        ("GetBucketRequestPayment", 200, ""),
        ("GetBucketAcl", 200, ""),
        ("GetBucketEncryption", 200, ""),
        ("GetBucketOwnershipControls", 200, ""),
        ("GetPublicAccessBlock", 200, ""),
        ("ListBucketMetricsConfigurations", 200, ""),
        ("ListBucketInventoryConfigurations", 200, ""),
        ("ListBucketAnalyticsConfigurations", 200, ""),
        ("ListBucketIntelligentTieringConfigurations", 200, ""),
    ];
    let mut stored = Vec::new();
    for (operation, status, code) in rows {
        let name = format!("s3:{operation}");
        let response = admin.send(&name, &of_bucket("spa-site"));
        assert_eq!(response.status(), status, "{operation}");
        match read(&name, &response) {
            Ok(output) => stored.push(format!("{operation} {output:?}")),
            Err(error) => assert_eq!(error.code, code, "{operation}"),
        }
        let body = String::from_utf8_lossy(response.body()).into_owned();
        assert!(!body.contains("ListBucketResult"), "{operation}: {body}");
    }
    for wanted in [
        "GetBucketVersioning Structure { members: [] }",
        "GetBucketAccelerateConfiguration Structure { members: [] }",
        "GetBucketLogging Structure { members: [] }",
        "\"Payer\", String(\"BucketOwner\")",
        "\"SSEAlgorithm\", String(\"AES256\")",
        "\"ObjectOwnership\", String(\"BucketOwnerEnforced\")",
        "\"RestrictPublicBuckets\", Boolean(true)",
        "\"Permission\", String(\"FULL_CONTROL\")",
    ] {
        let found = stored.iter().any(|output| output.contains(wanted));
        assert!(found, "{wanted} in {stored:#?}");
    }
}

/// A configuration comes back as it was put, until it is deleted.
#[test]
fn a_configuration_is_stored_and_given_back() {
    let cors = Structure::new()
        .with("AllowedMethods", vec![Value::from("GET")])
        .with("AllowedOrigins", vec![Value::from("https://example.com")])
        .with("MaxAgeSeconds", 300);
    let index = Structure::new().with("Suffix", "index.html");
    let tagged = Structure::new().with("Key", "team").with("Value", "blue");
    let target = Structure::new()
        .with("TargetBucket", "spa-site")
        .with("TargetPrefix", "log/");
    let queue = Structure::new()
        .with("Id", "one")
        .with("QueueArn", "arn:aws:sqs:us-east-1:123456789012:q")
        .with("Events", vec![Value::from("s3:ObjectCreated:*")]);
    let rows = [
        (
            "Cors",
            "CORSConfiguration",
            list("CORSRules", cors),
            Some(("DeleteBucketCors", 404)),
        ),
        (
            "Website",
            "WebsiteConfiguration",
            Structure::new().with("IndexDocument", index),
            Some(("DeleteBucketWebsite", 404)),
        ),
        (
            "Tagging",
            "Tagging",
            list("TagSet", tagged),
            Some(("DeleteBucketTagging", 404)),
        ),
        (
            "Logging",
            "BucketLoggingStatus",
            Structure::new().with("LoggingEnabled", target),
            None,
        ),
        (
            "NotificationConfiguration",
            "NotificationConfiguration",
            list("QueueConfigurations", queue),
            None,
        ),
        (
            "AccelerateConfiguration",
            "AccelerateConfiguration",
            Structure::new().with("Status", "Suspended"),
            None,
        ),
        (
            "RequestPayment",
            "RequestPaymentConfiguration",
            Structure::new().with("Payer", "Requester"),
            None,
        ),
        (
            "Versioning",
            "VersioningConfiguration",
            Structure::new().with("Status", "Enabled"),
            None,
        ),
    ];
    let admin = Client::user(&mock(), "admin");
    for (name, member, configuration, delete) in rows {
        let put = of_bucket("spa-site").with(member, configuration.clone());
        admin.call(&format!("s3:PutBucket{name}"), &put).unwrap();
        let get = format!("s3:GetBucket{name}");
        let got = admin.call(&get, &of_bucket("spa-site")).unwrap();
        assert_eq!(got, configuration, "{name}");
        if let Some((delete, status)) = delete {
            let deleted = admin.send(&format!("s3:{delete}"), &of_bucket("spa-site"));
            assert_eq!(deleted.status(), 204, "{name}");
            assert_eq!(
                error(admin.call(&get, &of_bucket("spa-site"))).0,
                status,
                "{name}"
            );
        }
    }
}

/// AWS: S3 API Reference, `PutBucketLifecycleConfiguration`.
#[test]
fn a_lifecycle_names_its_rules_and_the_least_size_of_a_transition() {
    let admin = Client::user(&mock(), "admin");
    let rule = Structure::new()
        .with("Status", "Enabled")
        .with("Filter", Structure::new().with("Prefix", "tmp/"))
        .with("Expiration", Structure::new().with("Days", 3));
    let put = of_bucket("spa-site").with("LifecycleConfiguration", list("Rules", rule));
    let answer = admin
        .call("s3:PutBucketLifecycleConfiguration", &put)
        .unwrap();
    let minimum = Some("all_storage_classes_128K");
    assert_eq!(answer.string("TransitionDefaultMinimumObjectSize"), minimum);

    let get = "s3:GetBucketLifecycleConfiguration";
    let got = admin.call(get, &of_bucket("spa-site")).unwrap();

    assert_eq!(got.string("TransitionDefaultMinimumObjectSize"), minimum);
    assert_eq!(names(&got, "Rules", "ID").len(), 1);
    admin
        .call("s3:DeleteBucketLifecycle", &of_bucket("spa-site"))
        .unwrap();
    assert_eq!(error(admin.call(get, &of_bucket("spa-site"))).0, 404);
}

#[test]
fn configurations_with_ids_are_kept_apart() {
    let admin = Client::user(&mock(), "admin");
    let metrics = |id: &str| of_bucket("spa-site").with("Id", id);
    let put = |id: &str, own: &str| {
        let configuration = Structure::new().with("Id", own);
        let input = metrics(id).with("MetricsConfiguration", configuration);
        admin.call("s3:PutBucketMetricsConfiguration", &input)
    };
    put("one", "one").unwrap();
    put("two", "two").unwrap();
    assert_eq!(
        error(put("one", "two")),
        (400, "InvalidArgument".to_owned())
    );

    let all = admin.call("s3:ListBucketMetricsConfigurations", &of_bucket("spa-site"));
    assert_eq!(
        names(&all.unwrap(), "MetricsConfigurationList", "Id"),
        ["one", "two"]
    );
    assert_eq!(
        admin
            .send("s3:DeleteBucketMetricsConfiguration", &metrics("one"))
            .status(),
        204
    );
    for operation in [
        "s3:GetBucketMetricsConfiguration",
        "s3:DeleteBucketMetricsConfiguration",
    ] {
        assert_eq!(
            error(admin.call(operation, &metrics("one"))),
            (404, "NoSuchConfiguration".to_owned()),
            "{operation}"
        );
    }
    assert!(
        admin
            .call("s3:GetBucketMetricsConfiguration", &metrics("two"))
            .is_ok()
    );
    let other_kind = admin.call(
        "s3:ListBucketInventoryConfigurations",
        &of_bucket("spa-site"),
    );
    assert!(
        other_kind
            .unwrap()
            .list("InventoryConfigurationList")
            .is_empty()
    );
}

/// AWS: S3 API Reference, errors of the `PutBucket…` operations.
#[test]
fn a_configuration_that_makes_no_sense_is_refused() {
    let admin = Client::user(&mock(), "admin");
    let with =
        |member: &str, configuration: Structure| of_bucket("spa-site").with(member, configuration);
    let text = |member: &str, value: &str| Structure::new().with(member, value);
    let destination = Structure::new().with("Bucket", "arn:aws:s3:::logs");
    let replica = text("Status", "Enabled").with("Destination", destination);
    let rows = [
        (
            "PutBucketVersioning",
            with("VersioningConfiguration", text("Status", "Maybe")),
            400,
            "MalformedXML",
        ),
        (
            "PutBucketVersioning",
            with("VersioningConfiguration", Structure::new()),
            400,
            "IllegalVersioningConfigurationException",
        ),
        (
            "PutBucketVersioning",
            with(
                "VersioningConfiguration",
                text("Status", "Enabled").with("MFADelete", "Enabled"),
            ),
            501,
            "NotImplemented",
        ),
        (
            "PutBucketRequestPayment",
            with("RequestPaymentConfiguration", text("Payer", "Nobody")),
            400,
            "MalformedXML",
        ),
        (
            "PutBucketAccelerateConfiguration",
            with("AccelerateConfiguration", text("Status", "Fast")),
            400,
            "MalformedXML",
        ),
        (
            "PutBucketOwnershipControls",
            with(
                "OwnershipControls",
                list("Rules", text("ObjectOwnership", "Mine")),
            ),
            400,
            "MalformedXML",
        ),
        (
            "PutBucketLogging",
            with(
                "BucketLoggingStatus",
                Structure::new().with(
                    "LoggingEnabled",
                    text("TargetBucket", "not-there").with("TargetPrefix", ""),
                ),
            ),
            400,
            "InvalidTargetBucketForLogging",
        ),
        (
            "PutBucketReplication",
            with(
                "ReplicationConfiguration",
                list("Rules", replica).with("Role", role_arn("replica")),
            ),
            400,
            "InvalidRequest",
        ),
        (
            "PutBucketLifecycleConfiguration",
            with(
                "LifecycleConfiguration",
                Structure::new().with("Rules", Vec::new()),
            ),
            400,
            "MalformedXML",
        ),
        (
            "PutBucketLifecycleConfiguration",
            with(
                "LifecycleConfiguration",
                list("Rules", text("Status", "Sometimes").with("Prefix", "")),
            ),
            400,
            "MalformedXML",
        ),
    ];
    for (operation, input, status, code) in rows {
        let shown = format!("{operation} {input:?}");
        let answer = admin.call(&format!("s3:{operation}"), &input);
        assert_eq!(error(answer), (status, code.to_owned()), "{shown}");
    }
}

/// AWS: S3 User Guide, General purpose bucket naming rules, and the errors of `CreateBucket`.
#[test]
fn a_bucket_is_made_with_what_the_request_says() {
    let admin = Client::user(&mock(), "admin");
    let new = |more: &[(&str, &str)]| {
        let mut input = of_bucket("fresh");
        for (member, value) in more {
            input.set(member, *value);
        }
        admin.call("s3:CreateBucket", &input)
    };
    assert_eq!(
        error(new(&[("ACL", "public-read")])),
        (400, "InvalidBucketAclWithObjectOwnership".to_owned())
    );
    assert_eq!(
        error(new(&[("ObjectOwnership", "Mine")])).1,
        "InvalidArgument"
    );
    assert_eq!(
        error(new(&[
            ("ObjectOwnership", "ObjectWriter"),
            ("ACL", "public-read")
        ])),
        (400, "InvalidBucketAclWithBlockPublicAccessError".to_owned()),
        "public ACLs are blocked in new buckets"
    );
    assert!(new(&[("ObjectOwnership", "ObjectWriter"), ("ACL", "private")]).is_ok());
    let got = admin
        .call("s3:GetBucketOwnershipControls", &of_bucket("fresh"))
        .unwrap();
    let controls = got.structure("OwnershipControls").unwrap();
    assert_eq!(
        names(controls, "Rules", "ObjectOwnership"),
        ["ObjectWriter"]
    );
}

/// Whoever expects another owner is refused, whatever they may do.
#[test]
fn the_expected_owner_is_the_owner() {
    let admin = Client::user(&mock(), "admin");
    for operation in ["s3:HeadBucket", "s3:ListObjectsV2", "s3:GetBucketTagging"] {
        let expected = of_bucket("spa-site").with("ExpectedBucketOwner", OTHER);
        assert_eq!(
            admin.send(operation, &expected).status(),
            403,
            "{operation}"
        );
    }
    let expected = of_bucket("spa-site").with("ExpectedBucketOwner", MAIN);
    assert!(admin.call("s3:HeadBucket", &expected).is_ok());
}
