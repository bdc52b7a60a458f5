//! S3: copies, and what they take along.
//!
//! AWS: S3 API Reference, `CopyObject`.

use crate::client::*;
use crate::s3::{error, mock, of_bucket};
use bytes::Bytes;
use rolecall_wire::{Structure, Value};

/// `from.txt`, with everything that a copy may take along.
fn original(admin: &Client) {
    let metadata = [("colour".to_owned(), Value::from("red"))].into();
    let put = object("spa-site", "from.txt")
        .with("Body", Bytes::from_static(b"hello"))
        .with("ContentType", "text/plain")
        .with("WebsiteRedirectLocation", "/elsewhere")
        .with("StorageClass", "STANDARD_IA")
        .with("Metadata", Value::Map(metadata))
        .with("Tagging", "team=blue")
        .with("ChecksumSHA1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=");
    admin.call("s3:PutObject", &put).unwrap();
}

fn copy_to(key: &str) -> Structure {
    object("spa-site", key).with("CopySource", "spa-site/from.txt")
}

fn colour(answer: &Structure) -> Option<Value> {
    match answer.get("Metadata") {
        Some(Value::Map(metadata)) => metadata.get("colour").cloned(),
        _ => None,
    }
}

#[test]
fn a_copy_takes_metadata_and_tags_but_neither_class_nor_redirection() {
    let admin = Client::user(&mock(), "admin");
    original(&admin);

    let copied = admin.call("s3:CopyObject", &copy_to("to.txt")).unwrap();

    let result = copied.structure("CopyObjectResult").unwrap();
    assert_eq!(
        result.string("ETag"),
        Some("\"5d41402abc4b2a76b9719d911017c592\"")
    );
    assert_eq!(
        result.string("ChecksumSHA1"),
        Some("qvTGHdzF6KLavt4PO0gs2a6pQ00=")
    );
    let head = admin
        .call("s3:HeadObject", &object("spa-site", "to.txt"))
        .unwrap();
    assert_eq!(head.string("ContentType"), Some("text/plain"));
    assert_eq!(colour(&head), Some(Value::from("red")));
    assert_eq!(head.integer("TagCount"), Some(1));
    assert_eq!(head.string("StorageClass"), None);
    assert_eq!(head.string("WebsiteRedirectLocation"), None);
}

#[test]
fn directives_replace_what_would_be_taken_along() {
    let admin = Client::user(&mock(), "admin");
    original(&admin);
    let replaced = copy_to("to.txt")
        .with("MetadataDirective", "REPLACE")
        .with("TaggingDirective", "REPLACE")
        .with("ContentType", "text/html")
        .with("ChecksumAlgorithm", "CRC32");

    let copied = admin.call("s3:CopyObject", &replaced).unwrap();

    let result = copied.structure("CopyObjectResult").unwrap();
    assert_eq!(result.string("ChecksumCRC32"), Some("NhCmhg=="));
    let head = admin
        .call("s3:HeadObject", &object("spa-site", "to.txt"))
        .unwrap();
    assert_eq!(head.string("ContentType"), Some("text/html"));
    assert_eq!(colour(&head), None);
    assert_eq!(head.integer("TagCount"), None);
}

/// AWS: S3 API Reference, `CopyObject`, errors.
#[test]
fn a_copy_that_makes_no_sense_is_refused() {
    let admin = Client::user(&mock(), "admin");
    original(&admin);
    let frozen = object("spa-site", "frozen").with("StorageClass", "DEEP_ARCHIVE");
    admin.call("s3:PutObject", &frozen).unwrap();
    let from = |source: &str| object("spa-site", "to.txt").with("CopySource", source);
    let rows = [
        (copy_to("from.txt"), 400, "InvalidRequest"),
        (
            copy_to("to.txt").with("MetadataDirective", "MOVE"),
            400,
            "InvalidArgument",
        ),
        (
            copy_to("to.txt").with("TaggingDirective", "MOVE"),
            400,
            "InvalidArgument",
        ),
        (from("spa-site"), 400, "InvalidArgument"),
        (from("spa-site/missing"), 404, "NoSuchKey"),
        (from("not-there/x"), 404, "NoSuchBucket"),
        (
            from("spa-site/from.txt?versionId=nonsense"),
            400,
            "InvalidArgument",
        ),
        (from("spa-site/frozen"), 403, "ObjectNotInActiveTierError"),
        (
            copy_to("to.txt").with("ExpectedSourceBucketOwner", OTHER),
            403,
            "AccessDenied",
        ),
        (
            copy_to("to.txt").with("ACL", "public-read"),
            400,
            "AccessControlListNotSupported",
        ),
        (
            copy_to("index.html").with("IfNoneMatch", "*"),
            412,
            "PreconditionFailed",
        ),
    ];
    for (input, status, code) in rows {
        let shown = format!("{input:?}");
        let answer = admin.call("s3:CopyObject", &input);
        assert_eq!(error(answer), (status, code.to_owned()), "{shown}");
    }
    let itself = copy_to("from.txt").with("StorageClass", "STANDARD");
    assert!(admin.call("s3:CopyObject", &itself).is_ok());
    assert_eq!(
        error(admin.call("s3:GetObject", &object("spa-site", "frozen"))),
        (403, "InvalidObjectState".to_owned())
    );
}

/// AWS: S3 API Reference, `CopyObject`, `x-amz-copy-source-if-…`.
#[test]
fn conditions_are_on_the_source() {
    let admin = Client::user(&mock(), "admin");
    original(&admin);
    let tag = "\"5d41402abc4b2a76b9719d911017c592\"";
    let time = |text: &str| Value::Timestamp(text.parse().unwrap());
    let (before, after) = ("2025-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let rows = [
        ("CopySourceIfMatch", Value::from(tag), true),
        ("CopySourceIfMatch", Value::from("\"other\""), false),
        ("CopySourceIfNoneMatch", Value::from("\"other\""), true),
        ("CopySourceIfNoneMatch", Value::from(tag), false),
        ("CopySourceIfModifiedSince", time(before), true),
        ("CopySourceIfModifiedSince", time(after), false),
        ("CopySourceIfUnmodifiedSince", time(after), true),
        ("CopySourceIfUnmodifiedSince", time(before), false),
    ];
    for (condition, value, holds) in rows {
        let shown = format!("{condition} {value:?}");
        let answer = admin.call("s3:CopyObject", &copy_to("to.txt").with(condition, value));
        if holds {
            assert!(answer.is_ok(), "{shown}: {answer:?}");
        } else {
            assert_eq!(
                error(answer),
                (412, "PreconditionFailed".to_owned()),
                "{shown}"
            );
        }
    }
}

/// AWS: Service Authorization Reference, Amazon S3, condition keys.
#[test]
fn the_source_and_the_directive_are_condition_keys() {
    let policy = |condition: &str| {
        format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*",
                "Action": "s3:PutObject", "Resource": "arn:aws:s3:::spa-site/*", "Condition": {condition}}}]}}"#
        )
    };
    let rows = [
        (
            r#"{"StringLike": {"s3:x-amz-copy-source": "spa-site/from*"}}"#,
            "spa-site/from.txt",
            true,
        ),
        // As it is sent, not decoded.
        (
            r#"{"StringLike": {"s3:x-amz-copy-source": "spa-site/from*"}}"#,
            "spa-site/%66rom.txt",
            false,
        ),
        (
            r#"{"StringEquals": {"s3:x-amz-metadata-directive": "REPLACE"}}"#,
            "spa-site/from.txt",
            false,
        ),
        (
            r#"{"Null": {"s3:x-amz-metadata-directive": "true"}}"#,
            "spa-site/from.txt",
            true,
        ),
        (
            r#"{"Bool": {"s3:ObjectCreationOperation": "true"}}"#,
            "spa-site/from.txt",
            true,
        ),
    ];
    for (condition, source, denied) in rows {
        let admin = Client::user(&mock(), "admin");
        original(&admin);
        let put = of_bucket("spa-site").with("Policy", policy(condition));
        admin.call("s3:PutBucketPolicy", &put).unwrap();
        let copy = object("spa-site", "to.txt").with("CopySource", source);
        let answer = admin.call("s3:CopyObject", &copy);
        assert_eq!(answer.is_err(), denied, "{condition} {source}: {answer:?}");
    }
}

/// Whoever may not list the source's bucket doesn't learn that the key is missing.
#[test]
fn a_missing_source_is_disclosed_to_those_who_may_list() {
    let mut world = world();
    let may_copy = vec![allow("s3:GetObject", "*"), allow("s3:PutObject", "*")];
    world.add_user(user("copier", may_copy)).unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    let copier = Client::user(&rolecall_mock::Mock::new(world), "copier");
    let (code, text) = copier.refused("s3:CopyObject", &copy_to("to.txt"));
    assert_eq!(code, "AccessDenied");
    assert!(text.contains("s3:ListBucket"), "{text}");
}
