//! S3: every operation, and what it needs: whoever lacks an action is told which, in AWS's words.
//!
//! AWS: Service Authorization Reference, Amazon S3; S3 User Guide, Required permissions for S3 API operations.

use std::collections::BTreeSet;

use crate::client::*;
use bytes::Bytes;
use rolecall_mock::{BucketSpec, Mock, PolicySpec};
use rolecall_wire::{Structure, Value, model};

const BUCKET: &str = "spa-site";
const KEY: &str = "index.html";

/// An operation, its input, and the actions it needs with the resource of each.
struct Row {
    operation: &'static str,
    input: Structure,
    needs: Vec<(&'static str, On)>,
}

#[derive(Clone, Copy)]
enum On {
    Everything,
    NewBucket,
    Bucket,
    Object,
    Source,
    Role,
}

impl On {
    fn arn(self) -> Option<&'static str> {
        match self {
            Self::Everything => None,
            Self::NewBucket => Some("arn:aws:s3:::logs"),
            Self::Bucket => Some("arn:aws:s3:::spa-site"),
            Self::Object => Some("arn:aws:s3:::spa-site/index.html"),
            Self::Source => Some("arn:aws:s3:::spa-site/tagged.txt"),
            Self::Role => Some("arn:aws:iam::123456789012:role/replica"),
        }
    }
}

fn row(operation: &'static str, input: Structure, needs: &[(&'static str, On)]) -> Row {
    Row {
        operation,
        input,
        needs: needs.to_vec(),
    }
}

fn of_bucket() -> Structure {
    Structure::new().with("Bucket", BUCKET)
}

fn of_object() -> Structure {
    object(BUCKET, KEY)
}

fn list(name: &str, element: Structure) -> Structure {
    Structure::new().with(name, vec![Value::Structure(element)])
}

/// The operations on buckets.
fn bucket_rows() -> Vec<Row> {
    let put = |member: &str, configuration: Structure| of_bucket().with(member, configuration);
    let status = Structure::new().with("Status", "Enabled");
    let owner = Structure::new().with("ObjectOwnership", "BucketOwnerEnforced");
    let versioned = Structure::new().with("Status", "Suspended");
    let tagging = list(
        "TagSet",
        Structure::new().with("Key", "a").with("Value", "b"),
    );
    let cors = Structure::new()
        .with("AllowedMethods", vec![Value::from("GET")])
        .with("AllowedOrigins", vec![Value::from("*")]);
    let index = Structure::new().with("Suffix", "index.html");
    let expiry = Structure::new()
        .with("Status", "Enabled")
        .with("Prefix", "")
        .with("Expiration", Structure::new().with("Days", 1));
    let replica = Structure::new().with("Status", "Enabled").with(
        "Destination",
        Structure::new().with("Bucket", "arn:aws:s3:::logs"),
    );
    let replication = list("Rules", replica).with("Role", role_arn("replica"));
    let keys = Structure::new().with("SSEAlgorithm", "AES256");
    let encryption = Structure::new().with("ApplyServerSideEncryptionByDefault", keys);
    let public = Structure::new().with("BlockPublicAcls", true);
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject",
        "Principal": {"AWS": "210987654321"}, "Resource": "arn:aws:s3:::spa-site/*"}]}"#;
    let new = Structure::new().with("Bucket", "logs");
    vec![
        row(
            "ListBuckets",
            Structure::new(),
            &[("s3:ListAllMyBuckets", On::Everything)],
        ),
        row(
            "CreateBucket",
            new.with("ObjectOwnership", "ObjectWriter")
                .with("ACL", "private")
                .with("ObjectLockEnabledForBucket", true),
            &[
                ("s3:CreateBucket", On::NewBucket),
                ("s3:PutBucketAcl", On::NewBucket),
                ("s3:PutBucketObjectLockConfiguration", On::NewBucket),
                ("s3:PutBucketVersioning", On::NewBucket),
                ("s3:PutBucketOwnershipControls", On::NewBucket),
            ],
        ),
        row(
            "DeleteBucket",
            of_bucket(),
            &[("s3:DeleteBucket", On::Bucket)],
        ),
        row("HeadBucket", of_bucket(), &[("s3:ListBucket", On::Bucket)]),
        row(
            "GetBucketLocation",
            of_bucket(),
            &[("s3:GetBucketLocation", On::Bucket)],
        ),
        row("ListObjects", of_bucket(), &[("s3:ListBucket", On::Bucket)]),
        row(
            "ListObjectsV2",
            of_bucket(),
            &[("s3:ListBucket", On::Bucket)],
        ),
        row(
            "ListObjectVersions",
            of_bucket(),
            &[("s3:ListBucketVersions", On::Bucket)],
        ),
        row(
            "ListMultipartUploads",
            of_bucket(),
            &[("s3:ListBucketMultipartUploads", On::Bucket)],
        ),
        row(
            "GetBucketPolicy",
            of_bucket(),
            &[("s3:GetBucketPolicy", On::Bucket)],
        ),
        row(
            "PutBucketPolicy",
            of_bucket().with("Policy", policy),
            &[("s3:PutBucketPolicy", On::Bucket)],
        ),
        row(
            "DeleteBucketPolicy",
            of_bucket(),
            &[("s3:DeleteBucketPolicy", On::Bucket)],
        ),
        row(
            "GetBucketPolicyStatus",
            of_bucket(),
            &[("s3:GetBucketPolicyStatus", On::Bucket)],
        ),
        row(
            "GetBucketAcl",
            of_bucket(),
            &[("s3:GetBucketAcl", On::Bucket)],
        ),
        row(
            "PutBucketAcl",
            of_bucket().with("ACL", "bucket-owner-full-control"),
            &[("s3:PutBucketAcl", On::Bucket)],
        ),
        row(
            "GetPublicAccessBlock",
            of_bucket(),
            &[("s3:GetBucketPublicAccessBlock", On::Bucket)],
        ),
        row(
            "PutPublicAccessBlock",
            put("PublicAccessBlockConfiguration", public),
            &[("s3:PutBucketPublicAccessBlock", On::Bucket)],
        ),
        row(
            "DeletePublicAccessBlock",
            of_bucket(),
            &[("s3:PutBucketPublicAccessBlock", On::Bucket)],
        ),
        row(
            "GetBucketOwnershipControls",
            of_bucket(),
            &[("s3:GetBucketOwnershipControls", On::Bucket)],
        ),
        row(
            "PutBucketOwnershipControls",
            put("OwnershipControls", list("Rules", owner)),
            &[("s3:PutBucketOwnershipControls", On::Bucket)],
        ),
        row(
            "DeleteBucketOwnershipControls",
            of_bucket(),
            &[("s3:PutBucketOwnershipControls", On::Bucket)],
        ),
        row(
            "GetBucketVersioning",
            of_bucket(),
            &[("s3:GetBucketVersioning", On::Bucket)],
        ),
        row(
            "PutBucketVersioning",
            put("VersioningConfiguration", versioned),
            &[("s3:PutBucketVersioning", On::Bucket)],
        ),
        row(
            "GetBucketTagging",
            of_bucket(),
            &[("s3:GetBucketTagging", On::Bucket)],
        ),
        row(
            "PutBucketTagging",
            put("Tagging", tagging),
            &[("s3:PutBucketTagging", On::Bucket)],
        ),
        row(
            "DeleteBucketTagging",
            of_bucket(),
            &[("s3:PutBucketTagging", On::Bucket)],
        ),
        row(
            "GetBucketCors",
            of_bucket(),
            &[("s3:GetBucketCORS", On::Bucket)],
        ),
        row(
            "PutBucketCors",
            put("CORSConfiguration", list("CORSRules", cors)),
            &[("s3:PutBucketCORS", On::Bucket)],
        ),
        row(
            "DeleteBucketCors",
            of_bucket(),
            &[("s3:PutBucketCORS", On::Bucket)],
        ),
        row(
            "GetBucketWebsite",
            of_bucket(),
            &[("s3:GetBucketWebsite", On::Bucket)],
        ),
        row(
            "PutBucketWebsite",
            put(
                "WebsiteConfiguration",
                Structure::new().with("IndexDocument", index),
            ),
            &[("s3:PutBucketWebsite", On::Bucket)],
        ),
        row(
            "DeleteBucketWebsite",
            of_bucket(),
            &[("s3:DeleteBucketWebsite", On::Bucket)],
        ),
        row(
            "GetBucketLifecycleConfiguration",
            of_bucket(),
            &[("s3:GetLifecycleConfiguration", On::Bucket)],
        ),
        row(
            "PutBucketLifecycleConfiguration",
            put("LifecycleConfiguration", list("Rules", expiry)),
            &[("s3:PutLifecycleConfiguration", On::Bucket)],
        ),
        row(
            "DeleteBucketLifecycle",
            of_bucket(),
            &[("s3:PutLifecycleConfiguration", On::Bucket)],
        ),
        row(
            "GetBucketReplication",
            of_bucket(),
            &[("s3:GetReplicationConfiguration", On::Bucket)],
        ),
        row(
            "PutBucketReplication",
            put("ReplicationConfiguration", replication),
            &[
                ("s3:PutReplicationConfiguration", On::Bucket),
                ("iam:PassRole", On::Role),
            ],
        ),
        row(
            "DeleteBucketReplication",
            of_bucket(),
            &[("s3:PutReplicationConfiguration", On::Bucket)],
        ),
        row(
            "GetBucketEncryption",
            of_bucket(),
            &[("s3:GetEncryptionConfiguration", On::Bucket)],
        ),
        row(
            "PutBucketEncryption",
            put(
                "ServerSideEncryptionConfiguration",
                list("Rules", encryption),
            ),
            &[("s3:PutEncryptionConfiguration", On::Bucket)],
        ),
        row(
            "DeleteBucketEncryption",
            of_bucket(),
            &[("s3:PutEncryptionConfiguration", On::Bucket)],
        ),
        row(
            "GetObjectLockConfiguration",
            of_bucket(),
            &[("s3:GetBucketObjectLockConfiguration", On::Bucket)],
        ),
        row(
            "PutObjectLockConfiguration",
            put(
                "ObjectLockConfiguration",
                Structure::new().with("ObjectLockEnabled", "Enabled"),
            ),
            &[("s3:PutBucketObjectLockConfiguration", On::Bucket)],
        ),
        row(
            "GetBucketAccelerateConfiguration",
            of_bucket(),
            &[("s3:GetAccelerateConfiguration", On::Bucket)],
        ),
        row(
            "PutBucketAccelerateConfiguration",
            put("AccelerateConfiguration", status),
            &[("s3:PutAccelerateConfiguration", On::Bucket)],
        ),
        row(
            "GetBucketRequestPayment",
            of_bucket(),
            &[("s3:GetBucketRequestPayment", On::Bucket)],
        ),
        row(
            "PutBucketRequestPayment",
            put(
                "RequestPaymentConfiguration",
                Structure::new().with("Payer", "Requester"),
            ),
            &[("s3:PutBucketRequestPayment", On::Bucket)],
        ),
        row(
            "GetBucketLogging",
            of_bucket(),
            &[("s3:GetBucketLogging", On::Bucket)],
        ),
        row(
            "PutBucketLogging",
            put("BucketLoggingStatus", Structure::new()),
            &[("s3:PutBucketLogging", On::Bucket)],
        ),
        row(
            "GetBucketNotificationConfiguration",
            of_bucket(),
            &[("s3:GetBucketNotification", On::Bucket)],
        ),
        row(
            "PutBucketNotificationConfiguration",
            put("NotificationConfiguration", Structure::new()),
            &[("s3:PutBucketNotification", On::Bucket)],
        ),
    ]
}

/// Those of which a bucket has several.
#[expect(clippy::too_many_lines, reason = "a table, one row an operation")]
fn named_rows() -> Vec<Row> {
    let named = of_bucket().with("Id", "one");
    let put = |member: &str, configuration: Structure| {
        named.clone().with(member, configuration.with("Id", "one"))
    };
    let analysis = Structure::new().with("StorageClassAnalysis", Structure::new());
    let tiering = list(
        "Tierings",
        Structure::new()
            .with("Days", 90)
            .with("AccessTier", "ARCHIVE_ACCESS"),
    )
    .with("Status", "Enabled");
    let destination = Structure::new()
        .with("Bucket", "arn:aws:s3:::logs")
        .with("Format", "CSV");
    let inventory = Structure::new()
        .with(
            "Destination",
            Structure::new().with("S3BucketDestination", destination),
        )
        .with("IsEnabled", true)
        .with("IncludedObjectVersions", "All")
        .with("Schedule", Structure::new().with("Frequency", "Daily"));
    let of = |get, put| [("Get", get), ("Put", put)];
    let analytics = of(
        "s3:GetAnalyticsConfiguration",
        "s3:PutAnalyticsConfiguration",
    );
    let tierings = of(
        "s3:GetIntelligentTieringConfiguration",
        "s3:PutIntelligentTieringConfiguration",
    );
    let inventories = of(
        "s3:GetInventoryConfiguration",
        "s3:PutInventoryConfiguration",
    );
    let metrics = of("s3:GetMetricsConfiguration", "s3:PutMetricsConfiguration");
    let get = |actions: [(&str, &'static str); 2]| [(actions[0].1, On::Bucket)];
    let set = |actions: [(&str, &'static str); 2]| [(actions[1].1, On::Bucket)];
    vec![
        row(
            "GetBucketAnalyticsConfiguration",
            named.clone(),
            &get(analytics),
        ),
        row(
            "ListBucketAnalyticsConfigurations",
            of_bucket(),
            &get(analytics),
        ),
        row(
            "PutBucketAnalyticsConfiguration",
            put("AnalyticsConfiguration", analysis),
            &set(analytics),
        ),
        row(
            "DeleteBucketAnalyticsConfiguration",
            named.clone(),
            &set(analytics),
        ),
        row(
            "GetBucketIntelligentTieringConfiguration",
            named.clone(),
            &get(tierings),
        ),
        row(
            "ListBucketIntelligentTieringConfigurations",
            of_bucket(),
            &get(tierings),
        ),
        row(
            "PutBucketIntelligentTieringConfiguration",
            put("IntelligentTieringConfiguration", tiering),
            &set(tierings),
        ),
        row(
            "DeleteBucketIntelligentTieringConfiguration",
            named.clone(),
            &set(tierings),
        ),
        row(
            "GetBucketInventoryConfiguration",
            named.clone(),
            &get(inventories),
        ),
        row(
            "ListBucketInventoryConfigurations",
            of_bucket(),
            &get(inventories),
        ),
        row(
            "PutBucketInventoryConfiguration",
            put("InventoryConfiguration", inventory),
            &set(inventories),
        ),
        row(
            "DeleteBucketInventoryConfiguration",
            named.clone(),
            &set(inventories),
        ),
        row(
            "GetBucketMetricsConfiguration",
            named.clone(),
            &get(metrics),
        ),
        row(
            "ListBucketMetricsConfigurations",
            of_bucket(),
            &get(metrics),
        ),
        row(
            "PutBucketMetricsConfiguration",
            put("MetricsConfiguration", Structure::new()),
            &set(metrics),
        ),
        row(
            "DeleteBucketMetricsConfiguration",
            named.clone(),
            &set(metrics),
        ),
    ]
}

/// The operations on objects; `UPLOAD` stands for the id of an upload under way.
#[expect(clippy::too_many_lines, reason = "a table, one row an operation")]
fn object_rows() -> Vec<Row> {
    let versioned = of_object().with("VersionId", "null");
    let in_upload = of_object().with("UploadId", "UPLOAD");
    let tagging = list(
        "TagSet",
        Structure::new().with("Key", "a").with("Value", "b"),
    );
    let attributes = vec![Value::from("ETag")];
    let until = Value::Timestamp("2026-02-01T00:00:00Z".parse().unwrap());
    let retention = Structure::new()
        .with("Mode", "GOVERNANCE")
        .with("RetainUntilDate", until.clone());
    let locked = |input: Structure| {
        input
            .with("ACL", "bucket-owner-full-control")
            .with("ObjectLockMode", "GOVERNANCE")
            .with("ObjectLockRetainUntilDate", until.clone())
            .with("ObjectLockLegalHoldStatus", "ON")
    };
    let part = Structure::new().with("PartNumber", 1).with("ETag", "x");
    let new = [
        ("s3:PutObject", On::Object),
        ("s3:PutObjectAcl", On::Object),
        ("s3:PutObjectRetention", On::Object),
        ("s3:PutObjectLegalHold", On::Object),
        ("s3:PutObjectTagging", On::Object),
    ];
    let copy = [
        &new[..],
        &[
            ("s3:GetObject", On::Source),
            ("s3:GetObjectTagging", On::Source),
        ],
    ]
    .concat();
    let copy_version = [
        ("s3:PutObject", On::Object),
        ("s3:GetObjectVersion", On::Source),
        ("s3:GetObjectVersionTagging", On::Source),
        ("s3:PutObjectTagging", On::Object),
    ];
    let source = "spa-site/tagged.txt";
    let source_version = "spa-site/tagged.txt?versionId=null";
    vec![
        row("GetObject", of_object(), &[("s3:GetObject", On::Object)]),
        row(
            "GetObject",
            versioned.clone(),
            &[("s3:GetObjectVersion", On::Object)],
        ),
        row("HeadObject", of_object(), &[("s3:GetObject", On::Object)]),
        row(
            "HeadObject",
            versioned.clone(),
            &[("s3:GetObjectVersion", On::Object)],
        ),
        row(
            "GetObjectAttributes",
            of_object().with("ObjectAttributes", attributes.clone()),
            &[
                ("s3:GetObject", On::Object),
                ("s3:GetObjectAttributes", On::Object),
            ],
        ),
        row(
            "GetObjectAttributes",
            versioned.clone().with("ObjectAttributes", attributes),
            &[
                ("s3:GetObjectVersion", On::Object),
                ("s3:GetObjectVersionAttributes", On::Object),
            ],
        ),
        row(
            "PutObject",
            locked(of_object()).with("Tagging", "a=b"),
            &new,
        ),
        row(
            "PutObject",
            of_object().with("IfMatch", "*"),
            &[("s3:PutObject", On::Object), ("s3:GetObject", On::Object)],
        ),
        row(
            "CopyObject",
            locked(of_object()).with("CopySource", source),
            &copy,
        ),
        row(
            "CopyObject",
            of_object().with("CopySource", source_version),
            &copy_version,
        ),
        row(
            "DeleteObject",
            of_object(),
            &[("s3:DeleteObject", On::Object)],
        ),
        row(
            "DeleteObject",
            versioned.clone().with("BypassGovernanceRetention", true),
            &[
                ("s3:DeleteObjectVersion", On::Object),
                ("s3:BypassGovernanceRetention", On::Object),
            ],
        ),
        row(
            "GetObjectTagging",
            of_object(),
            &[("s3:GetObjectTagging", On::Object)],
        ),
        row(
            "GetObjectTagging",
            versioned.clone(),
            &[("s3:GetObjectVersionTagging", On::Object)],
        ),
        row(
            "PutObjectTagging",
            of_object().with("Tagging", tagging.clone()),
            &[("s3:PutObjectTagging", On::Object)],
        ),
        row(
            "PutObjectTagging",
            versioned.clone().with("Tagging", tagging),
            &[("s3:PutObjectVersionTagging", On::Object)],
        ),
        row(
            "DeleteObjectTagging",
            of_object(),
            &[("s3:DeleteObjectTagging", On::Object)],
        ),
        row(
            "DeleteObjectTagging",
            versioned.clone(),
            &[("s3:DeleteObjectVersionTagging", On::Object)],
        ),
        row(
            "GetObjectAcl",
            of_object(),
            &[("s3:GetObjectAcl", On::Object)],
        ),
        row(
            "GetObjectAcl",
            versioned.clone(),
            &[("s3:GetObjectVersionAcl", On::Object)],
        ),
        row(
            "PutObjectAcl",
            of_object().with("ACL", "bucket-owner-full-control"),
            &[("s3:PutObjectAcl", On::Object)],
        ),
        row(
            "PutObjectAcl",
            versioned.clone().with("ACL", "bucket-owner-full-control"),
            &[("s3:PutObjectVersionAcl", On::Object)],
        ),
        row(
            "GetObjectRetention",
            of_object(),
            &[("s3:GetObjectRetention", On::Object)],
        ),
        row(
            "PutObjectRetention",
            of_object()
                .with("Retention", retention)
                .with("BypassGovernanceRetention", true),
            &[
                ("s3:PutObjectRetention", On::Object),
                ("s3:BypassGovernanceRetention", On::Object),
            ],
        ),
        row(
            "GetObjectLegalHold",
            of_object(),
            &[("s3:GetObjectLegalHold", On::Object)],
        ),
        row(
            "PutObjectLegalHold",
            of_object().with("LegalHold", Structure::new().with("Status", "ON")),
            &[("s3:PutObjectLegalHold", On::Object)],
        ),
        row(
            "CreateMultipartUpload",
            locked(of_object()).with("Tagging", "a=b"),
            &new,
        ),
        row(
            "UploadPart",
            in_upload.clone().with("PartNumber", 1),
            &[("s3:PutObject", On::Object)],
        ),
        row(
            "UploadPartCopy",
            in_upload
                .clone()
                .with("PartNumber", 1)
                .with("CopySource", source),
            &[("s3:PutObject", On::Object), ("s3:GetObject", On::Source)],
        ),
        row(
            "UploadPartCopy",
            in_upload
                .clone()
                .with("PartNumber", 1)
                .with("CopySource", source_version),
            &[
                ("s3:PutObject", On::Object),
                ("s3:GetObjectVersion", On::Source),
            ],
        ),
        row(
            "CompleteMultipartUpload",
            in_upload
                .clone()
                .with("MultipartUpload", list("Parts", part)),
            &[("s3:PutObject", On::Object)],
        ),
        row(
            "AbortMultipartUpload",
            in_upload.clone(),
            &[("s3:AbortMultipartUpload", On::Object)],
        ),
        row(
            "ListParts",
            in_upload,
            &[("s3:ListMultipartUploadParts", On::Object)],
        ),
    ]
}

fn rows() -> Vec<Row> {
    [bucket_rows(), named_rows(), object_rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// A bucket that keeps versions, with objects and an upload, and a user with these policies; the upload's id.
fn setting(policies: Vec<PolicySpec>) -> (Mock, String) {
    let mut world = world();
    world
        .add_user(user("admin", vec![allow("s3:*", "*")]))
        .unwrap();
    world.add_user(user("limited", policies)).unwrap();
    let file = |key: &str| (key.to_owned(), Bytes::from_static(b"hello"));
    world
        .add_bucket(BucketSpec {
            objects: vec![file(KEY), file("tagged.txt")],
            ..bucket(BUCKET, None)
        })
        .unwrap();
    let mock = Mock::new(world);
    let admin = Client::user(&mock, "admin");
    let tag = list(
        "TagSet",
        Structure::new().with("Key", "a").with("Value", "b"),
    );
    let tagged = object(BUCKET, "tagged.txt").with("Tagging", tag);
    admin.call("s3:PutObjectTagging", &tagged).unwrap();
    let begun = admin
        .call("s3:CreateMultipartUpload", &of_object())
        .unwrap();
    let id = begun.string("UploadId").unwrap().to_owned();
    (mock, id)
}

fn with_upload(input: &Structure, id: &str) -> Structure {
    match input.string("UploadId") {
        Some(_) => input.clone().with("UploadId", id),
        None => input.clone(),
    }
}

fn check_denial(row: &Row, client: &Client, input: &Structure, on: On, action: &str, why: &str) {
    let name = format!("s3:{}", row.operation);
    if row.operation.starts_with("Head") {
        assert_eq!(client.send(&name, input).status(), 403, "{name}");
        return;
    }
    let resource = match (on, on.arn()) {
        (_, None) => String::new(),
        (On::Role, Some(arn)) => format!(" on resource: {arn}"),
        (_, Some(arn)) => format!(" on resource: \"{arn}\""),
    };
    let wanted = format!(
        "User: arn:aws:iam::{MAIN}:user/limited is not authorized to perform: {action}{resource} {why}"
    );
    let refused = client.refused(&name, input);
    assert_eq!(refused, ("AccessDenied".to_owned(), wanted), "{name}");
}

/// AWS: S3 User Guide, Troubleshoot access denied (403 Forbidden) errors.
#[test]
fn a_caller_without_permissions_is_told_the_action() {
    for row in rows() {
        let (mock, id) = setting(vec![]);
        let (action, on) = row.needs[0];
        let why = format!("because no identity-based policy allows the {action} action");
        let input = with_upload(&row.input, &id);
        check_denial(
            &row,
            &Client::user(&mock, "limited"),
            &input,
            on,
            action,
            &why,
        );
    }
}

/// Every action that an operation needs is one that a deny stops it with.
#[test]
fn each_action_that_an_operation_needs_is_asked() {
    for row in rows() {
        for (action, on) in &row.needs {
            let (mock, id) = setting(vec![allow("*", "*"), deny(action, "*")]);
            let why = "with an explicit deny in an identity-based policy";
            let input = with_upload(&row.input, &id);
            check_denial(
                &row,
                &Client::user(&mock, "limited"),
                &input,
                *on,
                action,
                why,
            );
        }
    }
}

/// Nothing beyond its actions: a caller with those alone is not denied, whatever else is wrong with the request.
#[test]
fn an_operation_needs_no_more_than_its_actions() {
    for row in rows() {
        let needs: Vec<_> = row
            .needs
            .iter()
            .map(|(action, _)| allow(action, "*"))
            .collect();
        let (mock, id) = setting(needs);
        let input = with_upload(&row.input, &id);
        let name = format!("s3:{}", row.operation);
        let answer = Client::user(&mock, "limited").call(&name, &input);
        let code = answer.err().map(|error| error.code).unwrap_or_default();
        assert!(code != "AccessDenied" && code != "403", "{name}: {code}");
    }
}

/// What the mock doesn't implement. The deprecated operations are the newer ones on the wire.
const NOT_IMPLEMENTED: [&str; 24] = [
    "CreateBucketMetadataConfiguration",
    "CreateBucketMetadataTableConfiguration",
    "CreateSession",
    "DeleteBucketMetadataConfiguration",
    "DeleteBucketMetadataTableConfiguration",
    "DeleteObjectAnnotation",
    "GetBucketAbac",
    "GetBucketMetadataConfiguration",
    "GetBucketMetadataTableConfiguration",
    "GetObjectAnnotation",
    "GetObjectTorrent",
    "ListDirectoryBuckets",
    "ListObjectAnnotations",
    "PutBucketAbac",
    "PutObjectAnnotation",
    "RenameObject",
    "RestoreObject",
    "SelectObjectContent",
    "UpdateBucketMetadataAnnotationTableConfiguration",
    "UpdateBucketMetadataInventoryTableConfiguration",
    "UpdateBucketMetadataJournalTableConfiguration",
    "UpdateObjectEncryption",
    "WriteGetObjectResponse",
    // Each of its keys is authorized for itself.
    "DeleteObjects",
];

#[test]
fn the_table_has_every_operation_of_s3() {
    let s3 = model::service("s3").unwrap();
    let in_model: BTreeSet<_> = s3
        .operations()
        .iter()
        .filter(|operation| !operation.is_deprecated())
        .map(rolecall_wire::Operation::name)
        .collect();
    let in_tables: BTreeSet<_> = rows()
        .iter()
        .map(|row| row.operation)
        .chain(NOT_IMPLEMENTED)
        .collect();
    assert_eq!(in_model, in_tables);
}

/// What isn't there says so, and never looks like success.
#[test]
fn what_is_not_implemented_answers_501() {
    let (mock, _) = setting(vec![]);
    let admin = Client::user(&mock, "admin");
    let requests = [
        "GET /spa-site?abac",
        "GET /spa-site?metadataConfiguration",
        "GET /spa-site?metadataTable",
        "GET /spa-site?session",
        "POST /spa-site?metadataConfiguration",
        "POST /spa-site?metadataTable",
        "PUT /spa-site?abac",
        "PUT /spa-site?metadataInventoryTable",
        "PUT /spa-site?metadataJournalTable",
        "DELETE /spa-site?metadataConfiguration",
        "DELETE /spa-site?metadataTable",
        "GET /spa-site/index.html?torrent",
        "GET /spa-site/index.html?annotation&annotationName=a",
        "GET /spa-site/index.html?annotation",
        "PUT /spa-site/index.html?annotation&annotationName=a",
        "DELETE /spa-site/index.html?annotation&annotationName=a",
        "PUT /spa-site/index.html?encryption",
        "PUT /spa-site/new.html?renameObject",
        "POST /spa-site/index.html?restore",
        "POST /spa-site/index.html?select&select-type=2",
        // Sub-resources newer than the model.
        "GET /spa-site?somethingNew",
        "PUT /spa-site?somethingNew",
        "DELETE /spa-site?somethingNew",
        "GET /spa-site/index.html?somethingNew",
    ];
    for line in requests {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", admin.endpoint))
            .body(Bytes::new())
            .unwrap();
        admin.sign("s3:GetObject", &mut request);
        let response = mock.handle(request);
        assert_eq!(response.status(), 501, "{line}: {:?}", response.body());
        let body = String::from_utf8_lossy(response.body()).into_owned();
        assert!(
            body.contains("<Code>NotImplemented</Code>"),
            "{line}: {body}"
        );
    }
}
