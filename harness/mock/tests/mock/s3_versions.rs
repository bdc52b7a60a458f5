//! S3: versions and delete markers, and deletions of many keys.
//!
//! AWS: S3 User Guide, Retaining multiple versions of objects with S3 Versioning.

use crate::client::*;
use crate::s3::{error, mock, names, of_bucket};
use bytes::Bytes;
use rolecall_mock::Mock;
use rolecall_wire::{Structure, Value};

fn set_versioning(mock: &Mock, status: &str) -> Client {
    let admin = Client::user(mock, "admin");
    let configuration = Structure::new().with("Status", status);
    let input = of_bucket("spa-site").with("VersioningConfiguration", configuration);
    admin.call("s3:PutBucketVersioning", &input).unwrap();
    admin
}

fn key() -> Structure {
    object("spa-site", "index.html")
}

fn put(admin: &Client, body: &'static str) -> Option<String> {
    let input = key().with("Body", Bytes::from_static(body.as_bytes()));
    let put = admin.call("s3:PutObject", &input).unwrap();
    put.string("VersionId").map(str::to_owned)
}

fn get(admin: &Client, version: Option<&str>) -> String {
    let input = key().with_some("VersionId", version);
    let got = admin.call("s3:GetObject", &input).unwrap();
    String::from_utf8_lossy(got.blob("Body").unwrap()).into_owned()
}

#[test]
fn a_bucket_without_versioning_has_none_to_tell() {
    let admin = Client::user(&mock(), "admin");
    let state = admin
        .call("s3:GetBucketVersioning", &of_bucket("spa-site"))
        .unwrap();
    assert_eq!(state.string("Status"), None);
    assert_eq!(put(&admin, "new"), None);
    assert_eq!(get(&admin, Some("null")), "new");
    let deleted = admin.send("s3:DeleteObject", &key());
    assert!(!deleted.headers().contains_key("x-amz-delete-marker"));
    assert!(!deleted.headers().contains_key("x-amz-version-id"));
}

#[test]
fn a_bucket_with_versioning_keeps_what_is_overwritten_and_deleted() {
    let admin = set_versioning(&mock(), "Enabled");
    let one = put(&admin, "one").unwrap();
    let two = put(&admin, "two").unwrap();

    assert_ne!(one, two);
    assert_eq!(get(&admin, None), "two");
    assert_eq!(get(&admin, Some(&one)), "one");
    assert_eq!(get(&admin, Some("null")), "<h1>hello</h1>", "from before");

    let deleted = admin.call("s3:DeleteObject", &key()).unwrap();
    let marker = deleted.string("VersionId").unwrap();
    assert_eq!(deleted.boolean("DeleteMarker"), Some(true));
    let missing = admin.send("s3:GetObject", &key());
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.headers()["x-amz-delete-marker"], "true");
    let of_marker = admin.send("s3:HeadObject", &key().with("VersionId", marker));
    assert_eq!(of_marker.status(), 405);
    assert_eq!(of_marker.headers()["x-amz-delete-marker"], "true");
    assert!(of_marker.headers().contains_key("last-modified"));
    assert_eq!(get(&admin, Some(&two)), "two");
    let all = admin
        .call("s3:ListObjectsV2", &of_bucket("spa-site"))
        .unwrap();
    assert!(all.list("Contents").is_empty());

    let undone = admin
        .call("s3:DeleteObject", &key().with("VersionId", marker))
        .unwrap();
    assert_eq!(undone.boolean("DeleteMarker"), Some(true));
    assert_eq!(get(&admin, None), "two");
    admin
        .call("s3:DeleteObject", &key().with("VersionId", two.as_str()))
        .unwrap();
    assert_eq!(get(&admin, None), "one");
}

#[test]
fn a_suspended_bucket_has_one_null_version() {
    let mock = mock();
    let admin = set_versioning(&mock, "Enabled");
    let kept = put(&admin, "kept").unwrap();
    set_versioning(&mock, "Suspended");

    assert_eq!(put(&admin, "a").as_deref(), Some("null"));
    assert_eq!(put(&admin, "b").as_deref(), Some("null"));
    let deleted = admin.call("s3:DeleteObject", &key()).unwrap();

    assert_eq!(deleted.string("VersionId"), Some("null"));
    assert_eq!(deleted.boolean("DeleteMarker"), Some(true));
    assert_eq!(get(&admin, Some(&kept)), "kept");
    let versions = admin
        .call("s3:ListObjectVersions", &of_bucket("spa-site"))
        .unwrap();
    assert_eq!(names(&versions, "Versions", "VersionId"), [kept]);
    assert_eq!(names(&versions, "DeleteMarkers", "VersionId"), ["null"]);
}

/// AWS: S3 API Reference, `GetObject` and `DeleteObject`, `versionId`.
#[test]
fn a_version_that_is_not_there_is_missing_and_one_that_cannot_be_is_refused() {
    let admin = set_versioning(&mock(), "Enabled");
    let unknown = "A".repeat(32);
    let rows = [
        ("s3:GetObject", unknown.as_str(), 404, "NoSuchVersion"),
        ("s3:GetObject", "nonsense", 400, "InvalidArgument"),
        (
            "s3:GetObjectTagging",
            unknown.as_str(),
            404,
            "NoSuchVersion",
        ),
        ("s3:GetObjectAcl", unknown.as_str(), 404, "NoSuchVersion"),
        ("s3:DeleteObject", "nonsense", 400, "InvalidArgument"),
    ];
    for (operation, version, status, code) in rows {
        let answer = admin.call(operation, &key().with("VersionId", version));
        assert_eq!(
            error(answer),
            (status, code.to_owned()),
            "{operation} {version}"
        );
    }
    let echoed = admin
        .call(
            "s3:DeleteObject",
            &key().with("VersionId", unknown.as_str()),
        )
        .unwrap();
    assert_eq!(echoed.string("VersionId"), Some(unknown.as_str()));
}

/// AWS: S3 API Reference, `ListObjectVersions`.
#[test]
fn versions_are_listed_newest_first_page_by_page() {
    let admin = set_versioning(&mock(), "Enabled");
    let one = put(&admin, "one").unwrap();
    let two = put(&admin, "two").unwrap();
    for other in ["a/1", "a/2", "z"] {
        admin
            .call("s3:PutObject", &object("spa-site", other))
            .unwrap();
    }
    let list = of_bucket("spa-site").with("Delimiter", "/");
    let all = admin.call("s3:ListObjectVersions", &list).unwrap();
    assert_eq!(names(&all, "CommonPrefixes", "Prefix"), ["a/"]);
    assert_eq!(
        names(&all, "Versions", "Key"),
        ["index.html", "index.html", "index.html", "z"]
    );
    let ids = names(&all, "Versions", "VersionId");
    assert_eq!(ids[..3], [two.clone(), one.clone(), "null".to_owned()]);
    let latest: Vec<_> = all
        .list("Versions")
        .iter()
        .map(
            |version| matches!(version, Value::Structure(v) if v.boolean("IsLatest") == Some(true)),
        )
        .collect();
    assert_eq!(latest, [true, false, false, true]);

    let mut found = Vec::new();
    let mut page = list.clone().with("MaxKeys", 2);
    loop {
        let answer = admin.call("s3:ListObjectVersions", &page).unwrap();
        found.extend(names(&answer, "CommonPrefixes", "Prefix"));
        found.extend(names(&answer, "Versions", "VersionId"));
        if answer.boolean("IsTruncated") != Some(true) {
            break;
        }
        page = list
            .clone()
            .with("MaxKeys", 2)
            .with("KeyMarker", answer.string("NextKeyMarker").unwrap())
            .with_some("VersionIdMarker", answer.string("NextVersionIdMarker"));
    }
    assert_eq!(found[..4], ["a/".to_owned(), two, one, "null".to_owned()]);
    assert_eq!(found.len(), 5);
    let lonely = list.with("VersionIdMarker", "null");
    assert_eq!(
        error(admin.call("s3:ListObjectVersions", &lonely)).1,
        "InvalidArgument"
    );
}

#[test]
fn a_bucket_with_versions_is_not_empty() {
    let admin = set_versioning(&mock(), "Enabled");
    admin.call("s3:DeleteObject", &key()).unwrap();
    let refused = admin
        .call("s3:DeleteBucket", &of_bucket("spa-site"))
        .unwrap_err();
    assert_eq!(
        refused.message.as_deref(),
        Some(
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        )
    );
}

/// AWS: Service Authorization Reference, Amazon S3: the condition key is that of the version asked for.
#[test]
fn a_version_has_tags_and_permissions_of_its_own() {
    let mock = mock();
    let admin = set_versioning(&mock, "Enabled");
    let one = put(&admin, "one").unwrap();
    put(&admin, "two").unwrap();
    let tag = Structure::new().with("Key", "team").with("Value", "blue");
    let set = Structure::new().with("TagSet", vec![Value::Structure(tag)]);
    let of_one = key().with("VersionId", one.as_str());
    admin
        .call("s3:PutObjectTagging", &of_one.clone().with("Tagging", set))
        .unwrap();
    let tags = |input: &Structure| admin.call("s3:GetObjectTagging", input).unwrap();
    assert_eq!(names(&tags(&of_one), "TagSet", "Key"), ["team"]);
    assert!(tags(&key()).list("TagSet").is_empty());

    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:user/nobody"}, "Action": "s3:GetObjectVersion",
        "Resource": "arn:aws:s3:::spa-site/*",
        "Condition": {"StringEquals": {"s3:ExistingObjectTag/team": "blue", "s3:VersionId": "VERSION"}}}]}"#;
    let policy = policy.replace("VERSION", &one);
    let put_policy = of_bucket("spa-site").with("Policy", policy);
    admin.call("s3:PutBucketPolicy", &put_policy).unwrap();
    let nobody = Client::user(&mock, "nobody");
    assert!(nobody.call("s3:GetObject", &of_one).is_ok());
    assert!(nobody.call("s3:GetObject", &key()).is_err());
    assert!(
        nobody
            .call("s3:GetObject", &key().with("VersionId", "null"))
            .is_err()
    );
}

fn deletion(keys: &[(&str, Option<&str>)]) -> Structure {
    let objects: Vec<_> = keys
        .iter()
        .map(|(key, version)| {
            Structure::new()
                .with("Key", *key)
                .with_some("VersionId", *version)
        })
        .map(Value::Structure)
        .collect();
    of_bucket("spa-site").with("Delete", Structure::new().with("Objects", objects))
}

/// AWS: S3 API Reference, `DeleteObjects`.
#[test]
fn many_keys_are_deleted_each_with_its_own_answer() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    admin
        .call("s3:PutObject", &object("spa-site", "b<&>\u{fc}"))
        .unwrap();
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
        "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::spa-site/kept"}]}"#;
    let put_policy = of_bucket("spa-site").with("Policy", policy);
    admin.call("s3:PutBucketPolicy", &put_policy).unwrap();

    let keys = [
        ("index.html", None),
        ("b<&>\u{fc}", None),
        ("missing", None),
        ("kept", None),
        ("other", Some("nonsense")),
    ];
    let answer = admin.call("s3:DeleteObjects", &deletion(&keys)).unwrap();

    assert_eq!(
        names(&answer, "Deleted", "Key"),
        ["index.html", "b<&>\u{fc}", "missing"]
    );
    assert_eq!(names(&answer, "Errors", "Key"), ["kept", "other"]);
    assert_eq!(
        names(&answer, "Errors", "Code"),
        ["AccessDenied", "NoSuchVersion"]
    );
    assert_eq!(
        names(&answer, "Errors", "Message")[0],
        "User: arn:aws:iam::123456789012:user/admin is not authorized to perform: s3:DeleteObject on resource: \
         \"arn:aws:s3:::spa-site/kept\" with an explicit deny in a resource-based policy"
    );
    assert_eq!(error(admin.call("s3:HeadObject", &key())).0, 404);
}

#[test]
fn a_quiet_deletion_tells_errors_alone() {
    let mock = mock();
    let nobody = Client::user(&mock, "nobody");
    let quiet = |input: Structure| {
        let asked = input
            .structure("Delete")
            .unwrap()
            .clone()
            .with("Quiet", true);
        input.with("Delete", asked)
    };
    let one = quiet(deletion(&[("index.html", None)]));

    let refused = nobody.call("s3:DeleteObjects", &one).unwrap();
    let done = Client::user(&mock, "admin")
        .call("s3:DeleteObjects", &one)
        .unwrap();

    assert_eq!(names(&refused, "Errors", "Code"), ["AccessDenied"]);
    assert!(done.list("Deleted").is_empty() && done.list("Errors").is_empty());
}

#[test]
fn a_deletion_of_keys_is_within_bounds_and_has_a_checksum() {
    let admin = Client::user(&mock(), "admin");
    let many: Vec<_> = (0..1001).map(|number| format!("k{number}")).collect();
    let too_many: Vec<_> = many.iter().map(|key| (key.as_str(), None)).collect();
    assert_eq!(
        error(admin.call("s3:DeleteObjects", &deletion(&too_many))),
        (400, "MalformedXML".to_owned())
    );
    assert_eq!(
        error(admin.call("s3:DeleteObjects", &deletion(&[]))).1,
        "MalformedXML"
    );
    let long = "x".repeat(1025);
    let answer = admin.call("s3:DeleteObjects", &deletion(&[(&long, None)]));
    assert_eq!(
        names(&answer.unwrap(), "Errors", "Code"),
        ["KeyTooLongError"]
    );

    let mut bare = admin.unsigned("s3:DeleteObjects", &deletion(&[("a", None)]));
    bare.headers_mut().remove("x-amz-checksum-crc32");
    admin.sign("s3:DeleteObjects", &mut bare);
    let refused = read("s3:DeleteObjects", &admin.mock.handle(bare)).unwrap_err();
    assert_eq!(
        refused.message.as_deref(),
        Some("Missing required header for this request: Content-MD5")
    );
}

#[test]
fn deletions_in_a_bucket_with_versions_set_markers() {
    let admin = set_versioning(&mock(), "Enabled");
    let one = put(&admin, "one").unwrap();
    let keys = [("index.html", None), ("index.html", Some(one.as_str()))];

    let answer = admin.call("s3:DeleteObjects", &deletion(&keys)).unwrap();

    let [Value::Structure(marked), Value::Structure(removed)] = answer.list("Deleted") else {
        panic!("{answer:?}");
    };
    assert_eq!(marked.boolean("DeleteMarker"), Some(true));
    assert!(marked.string("DeleteMarkerVersionId").is_some());
    assert_eq!(removed.string("VersionId"), Some(one.as_str()));
    assert_eq!(removed.boolean("DeleteMarker"), None);
}
