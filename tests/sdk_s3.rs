//! AWS's own typed SDK reads the mock's answer to every operation of S3, in process.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::large_futures,
    clippy::too_many_lines,
    reason = "the helpers of a test may panic, and the operations are as many as they are"
)]

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::{ByteStream, DateTime};
use aws_sdk_s3::types::*;
use rolecall_mock::{BucketSpec, Mock, World, carrier};

const ACCOUNT: &str = "123456789012";
const SITE: &str = "site";
const VAULT: &str = "vault";

/// The root user of an account with a bucket `site`.
fn setting() -> (Mock, Client) {
    let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
    world.add_account(ACCOUNT).unwrap();
    world.add_bucket(BucketSpec::new(ACCOUNT, SITE)).unwrap();
    let keys = world.root_credentials(ACCOUNT).unwrap();
    let mock = Mock::new(world);
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url("http://rolecall.invalid")
        .force_path_style(true)
        .http_client(carrier::connector::http_client(&mock))
        .time_source(carrier::connector::time_source(&mock))
        .credentials_provider(Credentials::new(
            keys.access_key_id,
            keys.secret.expose(),
            None,
            None,
            "test",
        ))
        .build();
    (mock, Client::from_conf(config))
}

/// Sends a call, whose error is the test's.
macro_rules! ok {
    ($call:expr) => {
        $call.send().await.unwrap()
    };
}

/// The code of a call that is refused.
macro_rules! refused {
    ($call:expr) => {
        $call.send().await.unwrap_err().code().unwrap().to_owned()
    };
}

/// How many operations the mock doesn't implement; its own tests have their names.
const NOT_IMPLEMENTED: usize = 23;

#[tokio::test]
async fn the_sdk_reads_the_answer_to_every_operation() {
    let (mock, s3) = setting();

    buckets(&s3).await;
    settings(&s3).await;
    configurations(&s3).await;
    objects(&s3).await;
    uploads(&s3).await;
    versions(&s3).await;
    locks(&s3).await;

    let called: BTreeSet<_> = mock
        .evaluations()
        .iter()
        .map(|authorization| authorization.operation.to_string())
        .collect();
    let model = rolecall_wire::model::service("s3").unwrap();
    let missing: Vec<_> = model
        .operations()
        .iter()
        .filter(|operation| !operation.is_deprecated())
        .map(rolecall_wire::Operation::name)
        .filter(|name| !called.contains(*name))
        .collect();
    assert_eq!(missing.len(), NOT_IMPLEMENTED, "{missing:?}");
}

async fn buckets(s3: &Client) {
    ok!(s3.create_bucket().bucket("brief"));
    ok!(s3.head_bucket().bucket("brief"));
    let all = ok!(s3.list_buckets());
    let names: Vec<_> = all
        .buckets()
        .iter()
        .filter_map(|bucket| bucket.name())
        .collect();
    assert_eq!(names, ["brief", SITE]);
    assert_eq!(all.owner().unwrap().id().unwrap().len(), 64);
    let place = ok!(s3.get_bucket_location().bucket("brief"));
    let place = place.location_constraint().unwrap();
    assert_eq!(place.as_str(), "", "us-east-1 is never named");
    ok!(s3.delete_bucket().bucket("brief"));
    assert_eq!(
        refused!(s3.get_bucket_location().bucket("brief")),
        "NoSuchBucket"
    );
}

async fn settings(s3: &Client) {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/secret"}]}"#;
    assert_eq!(
        refused!(s3.get_bucket_policy().bucket(SITE)),
        "NoSuchBucketPolicy"
    );
    ok!(s3.put_bucket_policy().bucket(SITE).policy(policy));
    assert_eq!(
        ok!(s3.get_bucket_policy().bucket(SITE)).policy(),
        Some(policy)
    );
    let status = ok!(s3.get_bucket_policy_status().bucket(SITE));
    assert_eq!(status.policy_status().unwrap().is_public(), Some(false));
    ok!(s3.delete_bucket_policy().bucket(SITE));

    let acl = ok!(s3.get_bucket_acl().bucket(SITE));
    let grant = acl.grants().first().unwrap();
    assert_eq!(grant.permission(), Some(&Permission::FullControl));
    assert_eq!(grant.grantee().unwrap().r#type(), &Type::CanonicalUser);
    assert_eq!(
        refused!(
            s3.put_bucket_acl()
                .bucket(SITE)
                .acl(BucketCannedAcl::Private)
        ),
        "AccessControlListNotSupported"
    );

    let blocked = ok!(s3.get_public_access_block().bucket(SITE));
    let blocked = blocked.public_access_block_configuration().unwrap();
    assert_eq!(blocked.restrict_public_buckets(), Some(true));
    let open = PublicAccessBlockConfiguration::builder()
        .block_public_acls(false)
        .build();
    ok!(s3
        .put_public_access_block()
        .bucket(SITE)
        .public_access_block_configuration(open));
    ok!(s3.delete_public_access_block().bucket(SITE));

    let rule = OwnershipControlsRule::builder()
        .object_ownership(ObjectOwnership::ObjectWriter)
        .build()
        .unwrap();
    let controls = OwnershipControls::builder().rules(rule).build().unwrap();
    ok!(s3
        .put_bucket_ownership_controls()
        .bucket(SITE)
        .ownership_controls(controls));
    let controls = ok!(s3.get_bucket_ownership_controls().bucket(SITE));
    let rules = controls.ownership_controls().unwrap().rules();
    assert_eq!(rules[0].object_ownership(), &ObjectOwnership::ObjectWriter);
    ok!(s3
        .put_bucket_acl()
        .bucket(SITE)
        .acl(BucketCannedAcl::Private));
    ok!(s3.delete_bucket_ownership_controls().bucket(SITE));
    assert_eq!(
        refused!(s3.get_bucket_ownership_controls().bucket(SITE)),
        "OwnershipControlsNotFoundError"
    );

    let tag = Tag::builder().key("team").value("blue").build().unwrap();
    let tagging = Tagging::builder().tag_set(tag).build().unwrap();
    ok!(s3.put_bucket_tagging().bucket(SITE).tagging(tagging));
    assert_eq!(
        ok!(s3.get_bucket_tagging().bucket(SITE)).tag_set()[0].value(),
        "blue"
    );
    ok!(s3.delete_bucket_tagging().bucket(SITE));
}

async fn configurations(s3: &Client) {
    let rule = CorsRule::builder()
        .allowed_methods("GET")
        .allowed_origins("*")
        .build()
        .unwrap();
    let cors = CorsConfiguration::builder()
        .cors_rules(rule)
        .build()
        .unwrap();
    ok!(s3.put_bucket_cors().bucket(SITE).cors_configuration(cors));
    let cors = ok!(s3.get_bucket_cors().bucket(SITE));
    assert_eq!(cors.cors_rules()[0].allowed_origins(), ["*"]);
    ok!(s3.delete_bucket_cors().bucket(SITE));

    let index = IndexDocument::builder()
        .suffix("index.html")
        .build()
        .unwrap();
    let website = WebsiteConfiguration::builder()
        .index_document(index)
        .build();
    ok!(s3
        .put_bucket_website()
        .bucket(SITE)
        .website_configuration(website));
    let website = ok!(s3.get_bucket_website().bucket(SITE));
    assert_eq!(website.index_document().unwrap().suffix(), "index.html");
    ok!(s3.delete_bucket_website().bucket(SITE));

    let rule = LifecycleRule::builder()
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("tmp/").build())
        .expiration(LifecycleExpiration::builder().days(3).build())
        .build()
        .unwrap();
    let lifecycle = BucketLifecycleConfiguration::builder()
        .rules(rule)
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_lifecycle_configuration()
        .bucket(SITE)
        .lifecycle_configuration(lifecycle));
    let lifecycle = ok!(s3.get_bucket_lifecycle_configuration().bucket(SITE));
    assert!(lifecycle.rules()[0].id().is_some());
    ok!(s3.delete_bucket_lifecycle().bucket(SITE));

    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::Aes256)
        .build()
        .unwrap();
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .build();
    let encryption = ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_encryption()
        .bucket(SITE)
        .server_side_encryption_configuration(encryption));
    ok!(s3.delete_bucket_encryption().bucket(SITE));
    let encryption = ok!(s3.get_bucket_encryption().bucket(SITE));
    let rules = encryption
        .server_side_encryption_configuration()
        .unwrap()
        .rules();
    let default = rules[0].apply_server_side_encryption_by_default().unwrap();
    assert_eq!(default.sse_algorithm(), &ServerSideEncryption::Aes256);

    let fast = AccelerateConfiguration::builder()
        .status(BucketAccelerateStatus::Enabled)
        .build();
    ok!(s3
        .put_bucket_accelerate_configuration()
        .bucket(SITE)
        .accelerate_configuration(fast));
    let fast = ok!(s3.get_bucket_accelerate_configuration().bucket(SITE));
    assert_eq!(fast.status(), Some(&BucketAccelerateStatus::Enabled));

    let payer = RequestPaymentConfiguration::builder()
        .payer(Payer::Requester)
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_request_payment()
        .bucket(SITE)
        .request_payment_configuration(payer));
    let payer = ok!(s3.get_bucket_request_payment().bucket(SITE));
    assert_eq!(payer.payer(), Some(&Payer::Requester));

    let target = LoggingEnabled::builder()
        .target_bucket(SITE)
        .target_prefix("log/")
        .build()
        .unwrap();
    let logging = BucketLoggingStatus::builder()
        .logging_enabled(target)
        .build();
    ok!(s3
        .put_bucket_logging()
        .bucket(SITE)
        .bucket_logging_status(logging));
    let logging = ok!(s3.get_bucket_logging().bucket(SITE));
    assert_eq!(logging.logging_enabled().unwrap().target_prefix(), "log/");

    let queue = QueueConfiguration::builder()
        .queue_arn("arn:aws:sqs:us-east-1:123456789012:q")
        .events(Event::S3ObjectCreated)
        .build()
        .unwrap();
    let notification = NotificationConfiguration::builder()
        .queue_configurations(queue)
        .build();
    ok!(s3
        .put_bucket_notification_configuration()
        .bucket(SITE)
        .notification_configuration(notification));
    let notification = ok!(s3.get_bucket_notification_configuration().bucket(SITE));
    assert_eq!(notification.queue_configurations().len(), 1);
    named_configurations(s3).await;
}

async fn named_configurations(s3: &Client) {
    let metrics = MetricsConfiguration::builder().id("all").build().unwrap();
    ok!(s3
        .put_bucket_metrics_configuration()
        .bucket(SITE)
        .id("all")
        .metrics_configuration(metrics));
    let metrics = ok!(s3.get_bucket_metrics_configuration().bucket(SITE).id("all"));
    assert_eq!(metrics.metrics_configuration().unwrap().id(), "all");
    let all = ok!(s3.list_bucket_metrics_configurations().bucket(SITE));
    assert_eq!(all.metrics_configuration_list().len(), 1);
    ok!(s3
        .delete_bucket_metrics_configuration()
        .bucket(SITE)
        .id("all"));

    let analysis = AnalyticsConfiguration::builder()
        .id("all")
        .storage_class_analysis(StorageClassAnalysis::builder().build())
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_analytics_configuration()
        .bucket(SITE)
        .id("all")
        .analytics_configuration(analysis));
    ok!(s3
        .get_bucket_analytics_configuration()
        .bucket(SITE)
        .id("all"));
    let all = ok!(s3.list_bucket_analytics_configurations().bucket(SITE));
    assert_eq!(all.analytics_configuration_list().len(), 1);
    ok!(s3
        .delete_bucket_analytics_configuration()
        .bucket(SITE)
        .id("all"));

    let tiering = Tiering::builder()
        .days(90)
        .access_tier(IntelligentTieringAccessTier::ArchiveAccess)
        .build()
        .unwrap();
    let tiering = IntelligentTieringConfiguration::builder()
        .id("all")
        .status(IntelligentTieringStatus::Enabled)
        .tierings(tiering)
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_intelligent_tiering_configuration()
        .bucket(SITE)
        .id("all")
        .intelligent_tiering_configuration(tiering));
    ok!(s3
        .get_bucket_intelligent_tiering_configuration()
        .bucket(SITE)
        .id("all"));
    let all = ok!(s3
        .list_bucket_intelligent_tiering_configurations()
        .bucket(SITE));
    assert_eq!(all.intelligent_tiering_configuration_list().len(), 1);
    ok!(s3
        .delete_bucket_intelligent_tiering_configuration()
        .bucket(SITE)
        .id("all"));

    let place = InventoryS3BucketDestination::builder()
        .bucket("arn:aws:s3:::site")
        .format(InventoryFormat::Csv)
        .build()
        .unwrap();
    let schedule = InventorySchedule::builder()
        .frequency(InventoryFrequency::Daily)
        .build()
        .unwrap();
    let inventory = InventoryConfiguration::builder()
        .id("all")
        .is_enabled(true)
        .included_object_versions(InventoryIncludedObjectVersions::All)
        .schedule(schedule)
        .destination(
            InventoryDestination::builder()
                .s3_bucket_destination(place)
                .build(),
        )
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_inventory_configuration()
        .bucket(SITE)
        .id("all")
        .inventory_configuration(inventory));
    ok!(s3
        .get_bucket_inventory_configuration()
        .bucket(SITE)
        .id("all"));
    let all = ok!(s3.list_bucket_inventory_configurations().bucket(SITE));
    assert_eq!(all.inventory_configuration_list().len(), 1);
    ok!(s3
        .delete_bucket_inventory_configuration()
        .bucket(SITE)
        .id("all"));
}

async fn objects(s3: &Client) {
    let body = ByteStream::from_static(b"hello");
    let put = ok!(s3
        .put_object()
        .bucket(SITE)
        .key("a b/\u{fc}")
        .body(body)
        .metadata("colour", "red"));
    assert_eq!(put.checksum_crc32(), Some("NhCmhg=="));
    let copied = ok!(s3
        .copy_object()
        .bucket(SITE)
        .key("copy")
        .copy_source("site/a%20b/%C3%BC"));
    let result = copied.copy_object_result().unwrap();
    assert_eq!(result.e_tag(), put.e_tag());
    assert!(result.last_modified().is_some());
    let got = ok!(s3.get_object().bucket(SITE).key("copy"));
    assert_eq!(got.metadata().unwrap()["colour"], "red");
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "hello");
    let head = ok!(s3.head_object().bucket(SITE).key("copy"));
    assert_eq!(head.content_length(), Some(5));

    let tag = Tag::builder().key("team").value("blue").build().unwrap();
    let tagging = Tagging::builder().tag_set(tag).build().unwrap();
    ok!(s3
        .put_object_tagging()
        .bucket(SITE)
        .key("copy")
        .tagging(tagging));
    let tags = ok!(s3.get_object_tagging().bucket(SITE).key("copy"));
    assert_eq!(tags.tag_set()[0].key(), "team");
    ok!(s3.delete_object_tagging().bucket(SITE).key("copy"));
    ok!(s3
        .put_object_acl()
        .bucket(SITE)
        .key("copy")
        .acl(ObjectCannedAcl::PublicRead));
    let acl = ok!(s3.get_object_acl().bucket(SITE).key("copy"));
    assert_eq!(acl.grants()[1].permission(), Some(&Permission::Read));

    let attributes = ok!(s3
        .get_object_attributes()
        .bucket(SITE)
        .key("copy")
        .object_attributes(ObjectAttributes::Etag)
        .object_attributes(ObjectAttributes::ObjectSize));
    assert_eq!(attributes.object_size(), Some(5));
    let first = ok!(s3.list_objects().bucket(SITE).max_keys(1));
    assert_eq!(first.contents()[0].key(), Some("a b/\u{fc}"));
    let all = ok!(s3.list_objects_v2().bucket(SITE));
    assert_eq!(all.key_count(), Some(2));
    ok!(s3.delete_object().bucket(SITE).key("copy"));
    let keys =
        ["a b/\u{fc}", "missing"].map(|key| ObjectIdentifier::builder().key(key).build().unwrap());
    let delete = Delete::builder()
        .set_objects(Some(keys.to_vec()))
        .build()
        .unwrap();
    let deleted = ok!(s3.delete_objects().bucket(SITE).delete(delete));
    assert_eq!(deleted.deleted().len(), 2);
    assert!(deleted.errors().is_empty());
}

async fn uploads(s3: &Client) {
    let begun = ok!(s3
        .create_multipart_upload()
        .bucket(SITE)
        .key("big")
        .checksum_algorithm(ChecksumAlgorithm::Crc32));
    let id = begun.upload_id().unwrap();
    let large = vec![7; 5 * 1024 * 1024];
    let put = async |number: i32, body: Vec<u8>| {
        let put = ok!(s3
            .upload_part()
            .bucket(SITE)
            .key("big")
            .upload_id(id)
            .part_number(number)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .body(body.into()));
        CompletedPart::builder()
            .part_number(number)
            .set_e_tag(put.e_tag().map(str::to_owned))
            .set_checksum_crc32(put.checksum_crc32().map(str::to_owned))
            .build()
    };
    let (three, one) = tokio::join!(put(3, b"end".to_vec()), put(1, large));
    ok!(s3
        .put_object()
        .bucket(SITE)
        .key("source")
        .body(vec![8; 6 * 1024 * 1024].into()));
    let copied = ok!(s3
        .upload_part_copy()
        .bucket(SITE)
        .key("big")
        .upload_id(id)
        .part_number(2)
        .copy_source("site/source")
        .copy_source_range("bytes=0-5242879"));
    let result = copied.copy_part_result().unwrap();
    let two = CompletedPart::builder()
        .part_number(2)
        .set_e_tag(result.e_tag().map(str::to_owned))
        .set_checksum_crc32(result.checksum_crc32().map(str::to_owned))
        .build();
    let parts = ok!(s3.list_parts().bucket(SITE).key("big").upload_id(id));
    assert_eq!(parts.parts().len(), 3);
    let all = ok!(s3.list_multipart_uploads().bucket(SITE));
    assert_eq!(all.uploads()[0].upload_id(), Some(id));
    let list = CompletedMultipartUpload::builder()
        .parts(one)
        .parts(two)
        .parts(three)
        .build();
    let done = ok!(s3
        .complete_multipart_upload()
        .bucket(SITE)
        .key("big")
        .upload_id(id)
        .multipart_upload(list));
    assert!(done.e_tag().unwrap().ends_with("-3\""));
    assert!(done.checksum_crc32().unwrap().ends_with("-3"));
    let got = ok!(s3.get_object().bucket(SITE).key("big"));
    assert_eq!(
        got.body.collect().await.unwrap().into_bytes().len(),
        10 * 1024 * 1024 + 3
    );

    let other = ok!(s3.create_multipart_upload().bucket(SITE).key("other"));
    let id = other.upload_id().unwrap();
    ok!(s3
        .abort_multipart_upload()
        .bucket(SITE)
        .key("other")
        .upload_id(id));
    let again = s3
        .abort_multipart_upload()
        .bucket(SITE)
        .key("other")
        .upload_id(id);
    assert!(
        again
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_no_such_upload()
    );
}

async fn versions(s3: &Client) {
    let enabled = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    ok!(s3
        .put_bucket_versioning()
        .bucket(SITE)
        .versioning_configuration(enabled));
    let state = ok!(s3.get_bucket_versioning().bucket(SITE));
    assert_eq!(state.status(), Some(&BucketVersioningStatus::Enabled));
    let put = ok!(s3
        .put_object()
        .bucket(SITE)
        .key("v")
        .body(ByteStream::from_static(b"v")));
    let marked = ok!(s3.delete_object().bucket(SITE).key("v"));
    assert_eq!(marked.delete_marker(), Some(true));
    let versions = ok!(s3.list_object_versions().bucket(SITE).prefix("v"));
    assert_eq!(versions.versions()[0].version_id(), put.version_id());
    assert_eq!(
        versions.delete_markers()[0].version_id(),
        marked.version_id()
    );
    let old = ok!(s3
        .get_object()
        .bucket(SITE)
        .key("v")
        .set_version_id(put.version_id));
    assert_eq!(old.body.collect().await.unwrap().into_bytes(), "v");

    let place = Destination::builder()
        .bucket("arn:aws:s3:::copy")
        .build()
        .unwrap();
    let rule = ReplicationRule::builder()
        .status(ReplicationRuleStatus::Enabled)
        .destination(place)
        .build()
        .unwrap();
    let replication = ReplicationConfiguration::builder()
        .role("arn:aws:iam::123456789012:role/replica")
        .rules(rule)
        .build()
        .unwrap();
    ok!(s3
        .put_bucket_replication()
        .bucket(SITE)
        .replication_configuration(replication));
    let replication = ok!(s3.get_bucket_replication().bucket(SITE));
    assert_eq!(
        replication
            .replication_configuration()
            .unwrap()
            .rules()
            .len(),
        1
    );
    ok!(s3.delete_bucket_replication().bucket(SITE));
}

async fn locks(s3: &Client) {
    ok!(s3
        .create_bucket()
        .bucket(VAULT)
        .object_lock_enabled_for_bucket(true));
    let on = ObjectLockConfiguration::builder()
        .object_lock_enabled(ObjectLockEnabled::Enabled)
        .build();
    ok!(s3
        .put_object_lock_configuration()
        .bucket(VAULT)
        .object_lock_configuration(on));
    let lock = ok!(s3.get_object_lock_configuration().bucket(VAULT));
    let lock = lock.object_lock_configuration().unwrap();
    assert_eq!(
        lock.object_lock_enabled(),
        Some(&ObjectLockEnabled::Enabled)
    );
    ok!(s3
        .put_object()
        .bucket(VAULT)
        .key("deed")
        .body(ByteStream::from_static(b"deed")));
    let until = DateTime::from_secs(1_770_000_000);
    let retention = ObjectLockRetention::builder()
        .mode(ObjectLockRetentionMode::Governance)
        .retain_until_date(until)
        .build();
    ok!(s3
        .put_object_retention()
        .bucket(VAULT)
        .key("deed")
        .retention(retention));
    let retention = ok!(s3.get_object_retention().bucket(VAULT).key("deed"));
    assert_eq!(
        retention.retention().unwrap().retain_until_date(),
        Some(&until)
    );
    let hold = ObjectLockLegalHold::builder()
        .status(ObjectLockLegalHoldStatus::On)
        .build();
    ok!(s3
        .put_object_legal_hold()
        .bucket(VAULT)
        .key("deed")
        .legal_hold(hold));
    let hold = ok!(s3.get_object_legal_hold().bucket(VAULT).key("deed"));
    let status = hold.legal_hold().unwrap().status();
    assert_eq!(status, Some(&ObjectLockLegalHoldStatus::On));
}
