//! S3: uploads in parts.
//!
//! AWS: S3 User Guide, Uploading and copying objects using multipart upload.

use crate::client::*;
use crate::s3::{error, mock, names, of_bucket};
use bytes::Bytes;
use rolecall_wire::{ServiceError, Structure, Value};

const MIB: usize = 1024 * 1024;

/// An upload under way.
struct Upload {
    admin: Client,
    id: String,
}

impl Upload {
    fn begin(more: &Structure) -> Self {
        let admin = Client::user(&mock(), "admin");
        let mut input = object("spa-site", "big.bin");
        for (member, value) in more.iter() {
            input.set(member, value.clone());
        }
        let begun = admin.call("s3:CreateMultipartUpload", &input).unwrap();
        assert_eq!(begun.string("Key"), Some("big.bin"));
        let id = begun.string("UploadId").unwrap().to_owned();
        Self { admin, id }
    }

    fn input(&self) -> Structure {
        object("spa-site", "big.bin").with("UploadId", self.id.as_str())
    }

    fn put(&self, number: i64, body: &Bytes) -> Result<Structure, ServiceError> {
        self.put_with(number, body, &Structure::new())
    }

    fn put_with(
        &self,
        number: i64,
        body: &Bytes,
        more: &Structure,
    ) -> Result<Structure, ServiceError> {
        let mut input = self.input().with("PartNumber", number);
        for (member, value) in more.iter() {
            input.set(member, value.clone());
        }
        self.admin
            .call("s3:UploadPart", &input.with("Body", body.clone()))
    }

    fn complete(&self, parts: Vec<Structure>) -> Result<Structure, ServiceError> {
        self.complete_with(parts, &Structure::new())
    }

    fn complete_with(
        &self,
        parts: Vec<Structure>,
        more: &Structure,
    ) -> Result<Structure, ServiceError> {
        let parts: Vec<_> = parts.into_iter().map(Value::Structure).collect();
        let list = Structure::new().with("Parts", parts);
        let mut input = self.input().with("MultipartUpload", list);
        for (member, value) in more.iter() {
            input.set(member, value.clone());
        }
        self.admin.call("s3:CompleteMultipartUpload", &input)
    }
}

/// What a list of parts says of one.
fn listed(number: i64, put: &Structure) -> Structure {
    let mut part = Structure::new().with("PartNumber", number);
    for member in [
        "ETag",
        "ChecksumCRC32",
        "ChecksumSHA256",
        "ChecksumCRC64NVME",
    ] {
        if let Some(text) = put.string(member) {
            part.set(member, text);
        }
    }
    part
}

fn zeros(length: usize) -> Bytes {
    Bytes::from(vec![0; length])
}

#[test]
fn parts_in_any_order_become_one_object() {
    let upload = Upload::begin(&Structure::new().with("ContentType", "text/plain"));
    let (first, last) = (zeros(5 * MIB), Bytes::from_static(b"the end"));

    let two = upload.put(2, &last).unwrap();
    upload.put(1, &zeros(1)).unwrap();
    let one = upload.put(1, &first).unwrap();
    let parts = upload.admin.call("s3:ListParts", &upload.input()).unwrap();
    let done = upload
        .complete(vec![listed(1, &one), listed(2, &two)])
        .unwrap();

    assert_eq!(parts.list("Parts").len(), 2);
    assert_eq!(
        done.string("Location"),
        Some("https://spa-site.s3.us-east-1.amazonaws.com/big.bin")
    );
    let tag = done.string("ETag").unwrap();
    // The MD5 of the two MD5s: 5f363e0e58a95f06cbe9bbc662c5dfb6 is that of five MiB of zeros.
    assert_eq!(
        one.string("ETag"),
        Some("\"5f363e0e58a95f06cbe9bbc662c5dfb6\"")
    );
    assert_eq!(tag, "\"f6ef633ec910d4cd6b8670b35f449710-2\"");
    let key = object("spa-site", "big.bin").with("ChecksumMode", "ENABLED");
    let got = upload.admin.call("s3:GetObject", &key).unwrap();
    assert_eq!(got.blob("Body").unwrap(), &[&first[..], &last[..]].concat());
    assert_eq!(got.string("ContentType"), Some("text/plain"));
    assert_eq!(got.string("ETag"), Some(tag));
    assert_eq!(got.string("ChecksumType"), Some("FULL_OBJECT"));
    let whole = got.string("ChecksumCRC64NVME");
    assert!(whole.is_some());
    let copy = object("spa-site", "copy.bin").with("CopySource", "spa-site/big.bin");
    let copied = upload.admin.call("s3:CopyObject", &copy).unwrap();
    let copied = copied.structure("CopyObjectResult").unwrap();
    // The copy comes in one piece: this is the MD5 of all of it.
    assert_eq!(
        copied.string("ETag"),
        Some("\"3af72b6a7aa1f095d0cffc92bc2a7c21\"")
    );
    assert_eq!(copied.string("ChecksumCRC64NVME"), whole);
    assert_eq!(
        error(upload.put(3, &last)),
        (404, "NoSuchUpload".to_owned())
    );
}

/// AWS: S3 API Reference, `CompleteMultipartUpload`, errors.
#[test]
fn a_list_of_parts_is_checked_against_what_came() {
    let upload = Upload::begin(&Structure::new());
    let small = upload.put(1, &Bytes::from_static(b"small")).unwrap();
    let large = upload.put(2, &zeros(5 * MIB)).unwrap();
    let end = upload.put(7, &Bytes::from_static(b"end")).unwrap();
    let wrong = Structure::new().with("PartNumber", 2).with("ETag", "\"0\"");
    let rows = [
        (vec![], "MalformedXML"),
        (vec![listed(1, &small), listed(2, &large)], "EntityTooSmall"),
        (
            vec![listed(2, &large), listed(1, &small)],
            "InvalidPartOrder",
        ),
        (
            vec![listed(2, &large), listed(2, &large)],
            "InvalidPartOrder",
        ),
        (vec![wrong], "InvalidPart"),
        (vec![listed(3, &large)], "InvalidPart"),
        (vec![listed(0, &large)], "InvalidArgument"),
        (vec![listed(10_001, &large)], "InvalidArgument"),
    ];
    for (parts, code) in rows {
        let shown = format!("{parts:?}");
        assert_eq!(
            error(upload.complete(parts)),
            (400, code.to_owned()),
            "{shown}"
        );
    }
    let too_small = upload
        .complete(vec![listed(1, &small), listed(2, &large)])
        .unwrap_err();
    assert_eq!(too_small.element("MinSizeAllowed"), Some("5242880"));
    assert_eq!(too_small.element("ProposedSize"), Some("5"));
    assert_eq!(too_small.element("PartNumber"), Some("1"));
    assert!(
        upload
            .complete(vec![listed(2, &large), listed(7, &end)])
            .is_ok(),
        "parts may be left out"
    );
}

#[test]
fn part_numbers_run_from_1_to_10000() {
    let upload = Upload::begin(&Structure::new());
    for (number, admitted) in [
        (0, false),
        (1, true),
        (10_000, true),
        (10_001, false),
        (-1, false),
    ] {
        let answer = upload.put(number, &zeros(1));
        assert_eq!(answer.is_ok(), admitted, "{number}: {answer:?}");
    }
}

/// AWS: S3 User Guide, Checking object integrity, multipart uploads; live answers.
#[test]
fn the_checksum_of_an_upload_is_of_the_kind_it_asked_for() {
    let text = |pairs: &[(&str, &str)]| {
        let mut input = Structure::new();
        for (member, value) in pairs {
            input.set(member, *value);
        }
        input
    };
    let rows = [
        (text(&[]), "FULL_OBJECT", "ChecksumCRC64NVME", false),
        (
            text(&[("ChecksumAlgorithm", "CRC32")]),
            "COMPOSITE",
            "ChecksumCRC32",
            true,
        ),
        (
            text(&[
                ("ChecksumAlgorithm", "CRC32"),
                ("ChecksumType", "FULL_OBJECT"),
            ]),
            "FULL_OBJECT",
            "ChecksumCRC32",
            false,
        ),
        (
            text(&[("ChecksumAlgorithm", "CRC64NVME")]),
            "FULL_OBJECT",
            "ChecksumCRC64NVME",
            false,
        ),
    ];
    for (asked, kind, member, counts) in rows {
        let shown = format!("{asked:?}");
        let upload = Upload::begin(&asked);
        // The CRC32 of `hello`.
        let sent = (member == "ChecksumCRC32").then_some("NhCmhg==");
        let sent = Structure::new().with_some("ChecksumCRC32", sent);
        let one = upload
            .put_with(1, &Bytes::from_static(b"hello"), &sent)
            .unwrap();

        let done = upload.complete(vec![listed(1, &one)]).unwrap();

        assert_eq!(done.string("ChecksumType"), Some(kind), "{shown}");
        let value = done.string(member).unwrap();
        assert_eq!(value.ends_with("-1"), counts, "{shown}: {value}");
    }
}

#[test]
fn an_upload_refuses_checksums_of_another_kind() {
    let begin = |pairs: &[(&str, &str)]| {
        let mut input = object("spa-site", "big.bin");
        for (member, value) in pairs {
            input.set(member, *value);
        }
        Client::user(&mock(), "admin").call("s3:CreateMultipartUpload", &input)
    };
    for pairs in [
        &[("ChecksumType", "FULL_OBJECT")][..],
        &[
            ("ChecksumAlgorithm", "SHA256"),
            ("ChecksumType", "FULL_OBJECT"),
        ],
        &[
            ("ChecksumAlgorithm", "CRC64NVME"),
            ("ChecksumType", "COMPOSITE"),
        ],
        &[("ChecksumAlgorithm", "CRC7")],
    ] {
        assert_eq!(
            error(begin(pairs)),
            (400, "InvalidRequest".to_owned()),
            "{pairs:?}"
        );
    }

    let upload = Upload::begin(&Structure::new().with("ChecksumAlgorithm", "SHA256"));
    let refused = upload.put(1, &Bytes::from_static(b"hello")).unwrap_err();
    assert_eq!(
        refused.message.as_deref(),
        Some(
            "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: null"
        )
    );
    let right = Structure::new().with(
        "ChecksumSHA256",
        "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    );
    let one = upload
        .put_with(1, &Bytes::from_static(b"hello"), &right)
        .unwrap();
    let bare = Structure::new()
        .with("PartNumber", 1)
        .with("ETag", one.string("ETag").unwrap());
    let incomplete = upload.complete(vec![bare]).unwrap_err();
    assert!(
        incomplete
            .message
            .unwrap()
            .ends_with("It was missing for part 1 in the request.")
    );
    let wrong = listed(1, &one).with("ChecksumSHA256", "AAAA");
    assert_eq!(error(upload.complete(vec![wrong])).1, "InvalidPart");
    let other_mode = Structure::new().with("ChecksumType", "FULL_OBJECT");
    assert_eq!(
        error(upload.complete_with(vec![listed(1, &one)], &other_mode)).1,
        "InvalidRequest"
    );
    let size = Structure::new().with("MpuObjectSize", 6);
    assert_eq!(
        error(upload.complete_with(vec![listed(1, &one)], &size)).1,
        "InvalidRequest"
    );
    assert!(upload.complete(vec![listed(1, &one)]).is_ok());
}

#[test]
fn an_upload_that_is_complete_may_only_come_where_nothing_is() {
    let upload = Upload::begin(&Structure::new());
    let one = upload.put(1, &Bytes::from_static(b"hello")).unwrap();
    upload
        .admin
        .call("s3:PutObject", &object("spa-site", "big.bin"))
        .unwrap();
    let only_new = Structure::new().with("IfNoneMatch", "*");
    assert_eq!(
        error(upload.complete_with(vec![listed(1, &one)], &only_new)),
        (412, "PreconditionFailed".to_owned())
    );
    assert!(upload.complete(vec![listed(1, &one)]).is_ok());
}

#[test]
fn an_upload_that_is_aborted_is_gone() {
    let upload = Upload::begin(&Structure::new());
    upload.put(1, &zeros(1)).unwrap();
    let aborted = upload
        .admin
        .send("s3:AbortMultipartUpload", &upload.input());
    assert_eq!(aborted.status(), 204);
    for operation in ["s3:AbortMultipartUpload", "s3:ListParts"] {
        let again = upload.admin.call(operation, &upload.input());
        assert_eq!(
            error(again),
            (404, "NoSuchUpload".to_owned()),
            "{operation}"
        );
    }
    let other = object("spa-site", "other").with("UploadId", "nonsense");
    assert_eq!(
        error(upload.admin.call("s3:ListParts", &other)).1,
        "NoSuchUpload"
    );
}

#[test]
fn parts_are_listed_page_by_page() {
    let upload = Upload::begin(&Structure::new());
    for number in [3, 1, 2] {
        upload.put(number, &zeros(1)).unwrap();
    }
    let first = upload.input().with("MaxParts", 2);
    let first = upload.admin.call("s3:ListParts", &first).unwrap();
    assert_eq!(first.list("Parts").len(), 2);
    assert_eq!(first.boolean("IsTruncated"), Some(true));
    assert_eq!(first.string("StorageClass"), Some("STANDARD"));
    let initiator = first.structure("Initiator").unwrap();
    assert_eq!(
        initiator.string("ID"),
        Some("arn:aws:iam::123456789012:user/admin")
    );
    let rest = upload.input().with("PartNumberMarker", "2");
    let rest = upload.admin.call("s3:ListParts", &rest).unwrap();
    assert_eq!(rest.list("Parts").len(), 1);
    assert_eq!(rest.boolean("IsTruncated"), Some(false));
}

#[test]
fn uploads_are_listed_by_key() {
    let admin = Client::user(&mock(), "admin");
    for key in ["b", "a/1", "a/2", "c", "b"] {
        admin
            .call("s3:CreateMultipartUpload", &object("spa-site", key))
            .unwrap();
    }
    let all = admin
        .call("s3:ListMultipartUploads", &of_bucket("spa-site"))
        .unwrap();
    assert_eq!(names(&all, "Uploads", "Key"), ["a/1", "a/2", "b", "b", "c"]);
    assert_eq!(all.boolean("IsTruncated"), Some(false));

    let grouped = of_bucket("spa-site")
        .with("Delimiter", "/")
        .with("MaxUploads", 2);
    let first = admin.call("s3:ListMultipartUploads", &grouped).unwrap();
    assert_eq!(names(&first, "CommonPrefixes", "Prefix"), ["a/"]);
    assert_eq!(names(&first, "Uploads", "Key"), ["b"]);
    assert_eq!(first.boolean("IsTruncated"), Some(true));
    let next = grouped
        .with("KeyMarker", first.string("NextKeyMarker").unwrap())
        .with(
            "UploadIdMarker",
            first.string("NextUploadIdMarker").unwrap(),
        );
    let second = admin.call("s3:ListMultipartUploads", &next).unwrap();
    assert_eq!(names(&second, "Uploads", "Key"), ["b", "c"]);
    assert_eq!(second.boolean("IsTruncated"), Some(false));
    let prefixed = of_bucket("spa-site").with("Prefix", "a/");
    let prefixed = admin.call("s3:ListMultipartUploads", &prefixed).unwrap();
    assert_eq!(names(&prefixed, "Uploads", "Key"), ["a/1", "a/2"]);
}

/// AWS: S3 API Reference, `UploadPartCopy`.
#[test]
fn a_part_is_copied_from_a_range_of_another_object() {
    let upload = Upload::begin(&Structure::new());
    let copy = |range: &str| {
        let input = upload
            .input()
            .with("PartNumber", 1)
            .with("CopySource", "spa-site/index.html")
            .with("CopySourceRange", range);
        upload.admin.call("s3:UploadPartCopy", &input)
    };
    assert_eq!(error(copy("bytes=4-99")).1, "InvalidArgument");
    assert_eq!(error(copy("4-8")).1, "InvalidArgument");

    let copied = copy("bytes=4-8").unwrap();

    let result = copied.structure("CopyPartResult").unwrap();
    upload.complete(vec![listed(1, result)]).unwrap();
    let got = upload
        .admin
        .call("s3:GetObject", &object("spa-site", "big.bin"));
    assert_eq!(got.unwrap().blob("Body").unwrap(), "hello");
}

/// AWS: S3 API Reference, `GetObject`, `partNumber`; `GetObjectAttributes`, `ObjectParts`.
#[test]
fn a_part_can_be_read_by_its_number() {
    let upload = Upload::begin(&Structure::new().with("ChecksumAlgorithm", "CRC32"));
    let sent = |value: &str| Structure::new().with("ChecksumCRC32", value);
    let body = zeros(5 * MIB);
    let mut crc = crc32(&body);
    let one = upload.put_with(1, &body, &sent(&crc)).unwrap();
    crc = crc32(b"end");
    let two = upload
        .put_with(2, &Bytes::from_static(b"end"), &sent(&crc))
        .unwrap();
    upload
        .complete(vec![listed(1, &one), listed(2, &two)])
        .unwrap();
    let get = |number: i64| object("spa-site", "big.bin").with("PartNumber", number);

    let part = upload.admin.send("s3:GetObject", &get(2));
    assert_eq!(part.status(), 206);
    assert_eq!(part.body(), "end");
    assert_eq!(part.headers()["x-amz-mp-parts-count"], "2");
    assert_eq!(
        error(upload.admin.call("s3:GetObject", &get(3))),
        (416, "InvalidPartNumber".to_owned())
    );
    let both = get(1).with("Range", "bytes=0-1");
    assert_eq!(
        error(upload.admin.call("s3:GetObject", &both)).1,
        "InvalidRequest"
    );

    let asked: Vec<_> = [
        "ETag",
        "Checksum",
        "ObjectParts",
        "StorageClass",
        "ObjectSize",
    ]
    .map(Value::from)
    .to_vec();
    let attributes = object("spa-site", "big.bin")
        .with("ObjectAttributes", asked)
        .with("MaxParts", 1);
    let answer = upload
        .admin
        .call("s3:GetObjectAttributes", &attributes)
        .unwrap();
    assert_eq!(answer.integer("ObjectSize"), Some(5 * 1024 * 1024 + 3));
    assert!(!answer.string("ETag").unwrap().contains('"'));
    let checksum = answer.structure("Checksum").unwrap();
    assert_eq!(checksum.string("ChecksumType"), Some("COMPOSITE"));
    let parts = answer.structure("ObjectParts").unwrap();
    assert_eq!(parts.integer("TotalPartsCount"), Some(2));
    assert_eq!(parts.list("Parts").len(), 1);
    assert_eq!(parts.boolean("IsTruncated"), Some(true));
}

fn crc32(body: &[u8]) -> String {
    use base64::Engine as _;
    let crc = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc32IsoHdlc, body);
    let crc = u32::try_from(crc).unwrap();
    base64::engine::general_purpose::STANDARD.encode(crc.to_be_bytes())
}
