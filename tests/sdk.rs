//! AWS's own typed SDK judges the mock's answers, in process.

#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::operation::RequestId as _;
use aws_sdk_sts::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rolecall_mock::{
    BucketSpec, Mock, PolicyDocument, PolicySpec, RoleSpec, UserSpec, World, carrier,
};

const ACCOUNT: &str = "123456789012";
const ROLE_ARN: &str = "arn:aws:iam::123456789012:role/service/Deploy";

/// A user who may assume a role that may do everything with S3.
struct Setting {
    mock: Mock,
}

impl Setting {
    fn new() -> Self {
        let mut world = World::new(7, "2026-01-01T00:00:00Z".parse().unwrap());
        world.add_account(ACCOUNT).unwrap();
        world.add_user(UserSpec::new(ACCOUNT, "ci")).unwrap();
        let trust = PolicyDocument::parse(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {"AWS": "arn:aws:iam::123456789012:user/ci"}}}"#,
        )
        .unwrap();
        let all_of_s3 = PolicyDocument::parse(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
        )
        .unwrap();
        let role = RoleSpec {
            path: "/service/".to_owned(),
            policies: vec![PolicySpec::Inline {
                name: "s3".to_owned(),
                document: all_of_s3,
            }],
            ..RoleSpec::new(ACCOUNT, "Deploy", trust)
        };
        world.add_role(role).unwrap();
        let site = BucketSpec {
            objects: vec![("ü/a b+c.txt".to_owned(), "hello".into())],
            ..BucketSpec::new(ACCOUNT, "site")
        };
        world.add_bucket(site).unwrap();
        Self {
            mock: Mock::new(world),
        }
    }

    fn user(&self) -> Credentials {
        let keys = self
            .mock
            .read(|world| world.user_credentials(ACCOUNT, "ci"))
            .unwrap();
        Credentials::new(keys.access_key_id, keys.secret.expose(), None, None, "test")
    }

    fn connector(&self) -> SharedHttpClient {
        carrier::connector::http_client(&self.mock)
    }

    fn time(&self) -> SharedTimeSource {
        carrier::connector::time_source(&self.mock)
    }

    fn sts(&self, credentials: Credentials) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url("http://rolecall.invalid")
            .http_client(self.connector())
            .time_source(self.time())
            .credentials_provider(credentials)
            .build();
        aws_sdk_sts::Client::from_conf(config)
    }

    fn s3(&self, credentials: Credentials) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
            .region(aws_sdk_s3::config::Region::new("us-east-1"))
            .endpoint_url("http://rolecall.invalid")
            .force_path_style(true)
            .http_client(self.connector())
            .time_source(self.time())
            .credentials_provider(credentials)
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    async fn session(&self) -> Credentials {
        let assumed = self
            .sts(self.user())
            .assume_role()
            .role_arn(ROLE_ARN)
            .role_session_name("DeploySPA")
            .send()
            .await
            .unwrap();
        let keys = assumed.credentials().unwrap();
        Credentials::new(
            keys.access_key_id(),
            keys.secret_access_key(),
            Some(keys.session_token().to_owned()),
            None,
            "test",
        )
    }
}

#[tokio::test]
async fn sts_says_who_the_caller_is() {
    let setting = Setting::new();

    let user = setting
        .sts(setting.user())
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    let session = setting
        .sts(setting.session().await)
        .get_caller_identity()
        .send()
        .await
        .unwrap();

    assert_eq!(user.account(), Some(ACCOUNT));
    assert_eq!(user.arn(), Some("arn:aws:iam::123456789012:user/ci"));
    assert!(user.user_id().unwrap().starts_with("AIDA"));
    assert!(user.request_id().is_some());
    assert_eq!(
        session.arn(),
        Some("arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA")
    );
    assert!(session.user_id().unwrap().ends_with(":DeploySPA"));
}

#[tokio::test]
async fn assume_role_gives_what_the_model_promises() {
    let setting = Setting::new();

    let assumed = setting
        .sts(setting.user())
        .assume_role()
        .role_arn(ROLE_ARN)
        .role_session_name("DeploySPA")
        .duration_seconds(900)
        .send()
        .await
        .unwrap();

    let keys = assumed.credentials().unwrap();
    assert!(keys.access_key_id().starts_with("ASIA") && keys.access_key_id().len() == 20);
    assert_eq!(keys.secret_access_key().len(), 40);
    let start: jiff::Timestamp = "2026-01-01T00:15:00Z".parse().unwrap();
    assert_eq!(keys.expiration().secs(), start.as_second());
    let user = assumed.assumed_role_user().unwrap();
    assert_eq!(
        user.arn(),
        "arn:aws:sts::123456789012:assumed-role/Deploy/DeploySPA"
    );
    assert!(user.assumed_role_id().starts_with("AROA"));
    assert_eq!(assumed.source_identity(), None);
}

/// Whoever asks for a token of AWS, and whoever has none to trade in.
#[tokio::test]
async fn the_typed_sdk_reads_tokens_for_services_elsewhere() {
    let setting = Setting::new();
    setting.mock.update(|world| {
        world.set_outbound_federation(ACCOUNT, true).unwrap();
        let all_of_sts = PolicyDocument::parse(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}}"#,
        );
        let policies = vec![PolicySpec::Inline {
            name: "sts".to_owned(),
            document: all_of_sts.unwrap(),
        }];
        let user = UserSpec::new(ACCOUNT, "ci");
        world.update_user(UserSpec { policies, ..user }).unwrap();
    });
    let sts = setting.sts(setting.user());
    let request = || {
        sts.get_web_identity_token()
            .audience("https://api.example.com")
            .signing_algorithm("ES384")
    };

    let issued = request().send().await.unwrap();
    assert_eq!(issued.web_identity_token().unwrap().split('.').count(), 3);
    let expires: jiff::Timestamp = "2026-01-01T00:05:00Z".parse().unwrap();
    assert_eq!(issued.expiration().unwrap().secs(), expires.as_second());

    let traded = sts.get_delegated_access_token().trade_in_token("token");
    let refused = traded.send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDenied"));
    setting
        .mock
        .update(|world| world.set_outbound_federation(ACCOUNT, false).unwrap());
    let disabled = request().send().await.unwrap_err().into_service_error();
    assert!(disabled.is_outbound_web_identity_federation_disabled_exception());
}

#[tokio::test]
async fn refusals_carry_awss_code_and_text() {
    let setting = Setting::new();
    let sts = setting.sts(setting.user());

    let missing = sts
        .assume_role()
        .role_arn("arn:aws:iam::123456789012:role/Nobody")
        .role_session_name("x1")
        .send()
        .await
        .unwrap_err();
    let short = sts
        .assume_role()
        .role_arn(ROLE_ARN)
        .role_session_name("x")
        .send()
        .await
        .unwrap_err();

    assert_eq!(missing.code(), Some("AccessDenied"));
    assert_eq!(
        missing.message(),
        Some(
            "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::123456789012:role/Nobody"
        )
    );
    assert_eq!(short.code(), Some("ValidationError"));
    assert_eq!(
        short.message(),
        Some(
            "1 validation error detected: Value 'x' at 'roleSessionName' failed to satisfy constraint: \
             Member must have length greater than or equal to 2"
        )
    );
}

#[tokio::test]
async fn s3_keeps_objects_with_whatever_key_and_verifies_their_checksums() {
    let setting = Setting::new();
    let s3 = setting.s3(setting.session().await);
    let key = "deep/ä b/+%25&=?#.html";

    let put = s3
        .put_object()
        .bucket("site")
        .key(key)
        .body(b"<p>hi</p>".to_vec().into())
        .send()
        .await
        .unwrap();
    let got = s3
        .get_object()
        .bucket("site")
        .key(key)
        .send()
        .await
        .unwrap();

    assert_eq!(got.e_tag(), put.e_tag());
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "<p>hi</p>");
    let listed = s3
        .list_objects_v2()
        .bucket("site")
        .prefix("deep/")
        .send()
        .await
        .unwrap();
    assert_eq!(listed.contents()[0].key(), Some(key));
    assert_eq!(listed.contents()[0].size(), Some(9));
    s3.delete_object()
        .bucket("site")
        .key(key)
        .send()
        .await
        .unwrap();
    let gone = s3
        .get_object()
        .bucket("site")
        .key(key)
        .send()
        .await
        .unwrap_err();
    assert!(gone.into_service_error().is_no_such_key());
}

#[tokio::test]
async fn s3_lists_folders_page_by_page() {
    let setting = Setting::new();
    let s3 = setting.s3(setting.session().await);
    for key in ["a/1", "a/2", "b/1", "c"] {
        s3.put_object()
            .bucket("site")
            .key(key)
            .body(Vec::new().into())
            .send()
            .await
            .unwrap();
    }

    let first = s3
        .list_objects_v2()
        .bucket("site")
        .delimiter("/")
        .max_keys(2)
        .send()
        .await
        .unwrap();
    let token = first.next_continuation_token().unwrap();
    let second = s3
        .list_objects_v2()
        .bucket("site")
        .delimiter("/")
        .continuation_token(token)
        .send()
        .await
        .unwrap();

    let folders: Vec<_> = first
        .common_prefixes()
        .iter()
        .filter_map(|prefix| prefix.prefix())
        .collect();
    assert_eq!(folders, ["a/", "b/"]);
    assert_eq!(first.is_truncated(), Some(true));
    assert_eq!(second.contents()[0].key(), Some("c"));
    assert_eq!(second.common_prefixes()[0].prefix(), Some("ü/"));
    assert_eq!(second.is_truncated(), Some(false));
}

#[tokio::test]
async fn buckets_come_and_go_and_keep_their_policies() {
    let setting = Setting::new();
    let s3 = setting.s3(setting.session().await);
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::new-one/*"}]}"#;

    s3.create_bucket().bucket("new-one").send().await.unwrap();
    s3.head_bucket().bucket("new-one").send().await.unwrap();
    s3.put_bucket_policy()
        .bucket("new-one")
        .policy(policy)
        .send()
        .await
        .unwrap();
    let stored = s3
        .get_bucket_policy()
        .bucket("new-one")
        .send()
        .await
        .unwrap();
    s3.put_object()
        .bucket("new-one")
        .key("k")
        .body(b"x".to_vec().into())
        .send()
        .await
        .unwrap();
    let denied = s3
        .get_object()
        .bucket("new-one")
        .key("k")
        .send()
        .await
        .unwrap_err();
    let full = s3
        .delete_bucket()
        .bucket("new-one")
        .send()
        .await
        .unwrap_err();

    assert_eq!(stored.policy(), Some(policy));
    assert_eq!(denied.code(), Some("AccessDenied"));
    assert!(
        denied
            .message()
            .unwrap()
            .ends_with("with an explicit deny in a resource-based policy"),
        "{denied:?}"
    );
    assert_eq!(full.code(), Some("BucketNotEmpty"));
    s3.delete_bucket_policy()
        .bucket("new-one")
        .send()
        .await
        .unwrap();
    s3.delete_object()
        .bucket("new-one")
        .key("k")
        .send()
        .await
        .unwrap();
    s3.delete_bucket().bucket("new-one").send().await.unwrap();
    assert!(
        s3.head_bucket()
            .bucket("new-one")
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .is_not_found()
    );
}

#[tokio::test]
async fn a_user_without_permissions_is_refused_in_awss_words() {
    let setting = Setting::new();
    let s3 = setting.s3(setting.user());

    let listing = s3.list_buckets().send().await.unwrap_err();
    let reading = s3
        .get_object()
        .bucket("site")
        .key("ü/a b+c.txt")
        .send()
        .await
        .unwrap_err();

    assert_eq!(
        listing.message(),
        Some(
            "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: s3:ListAllMyBuckets \
             because no identity-based policy allows the s3:ListAllMyBuckets action"
        )
    );
    assert_eq!(
        reading.message(),
        Some(
            "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: s3:GetObject on resource: \
             \"arn:aws:s3:::site/ü/a b+c.txt\" because no identity-based policy allows the s3:GetObject action"
        )
    );
}

#[tokio::test]
async fn an_expired_session_is_told_apart_from_a_denial() {
    let setting = Setting::new();
    let session = setting.session().await;

    setting
        .mock
        .clock()
        .advance(jiff::SignedDuration::from_secs(3601));

    let sts = setting
        .sts(session.clone())
        .get_caller_identity()
        .send()
        .await
        .unwrap_err();
    let s3 = setting.s3(session).list_buckets().send().await.unwrap_err();
    assert_eq!(sts.code(), Some("ExpiredToken"));
    assert_eq!(
        sts.message(),
        Some("The security token included in the request is expired")
    );
    assert_eq!(s3.code(), Some("ExpiredToken"));
    assert_eq!(s3.message(), Some("The provided token has expired."));
}

#[tokio::test]
async fn wrong_keys_are_told_apart_from_a_denial() {
    let setting = Setting::new();
    let user = setting.user();
    let wrong_secret = Credentials::new(user.access_key_id(), "not the secret", None, None, "test");
    let unknown_key = Credentials::new("AKIAIOSFODNN7EXAMPLE", "any secret", None, None, "test");
    let session = setting.session().await;
    let altered_token = Credentials::new(
        session.access_key_id(),
        session.secret_access_key(),
        Some("x".to_owned()),
        None,
        "test",
    );

    for (credentials, sts_code, s3_code) in [
        (
            wrong_secret,
            "SignatureDoesNotMatch",
            "SignatureDoesNotMatch",
        ),
        (unknown_key, "InvalidClientTokenId", "InvalidAccessKeyId"),
        (altered_token, "InvalidClientTokenId", "InvalidToken"),
    ] {
        let sts = setting
            .sts(credentials.clone())
            .get_caller_identity()
            .send()
            .await
            .unwrap_err();
        let s3 = setting
            .s3(credentials)
            .list_buckets()
            .send()
            .await
            .unwrap_err();
        assert_eq!((sts.code(), s3.code()), (Some(sts_code), Some(s3_code)));
    }
}
