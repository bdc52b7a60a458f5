//! Amazon S3.

mod bucket;
mod bucket_policy;
mod bucket_tagging;
mod checksum;
mod conditional;
mod error;
pub(crate) mod keys;
mod listing;
mod object;
mod range;
pub(crate) mod resource;

pub(crate) use self::object::new_object;
use super::need::{Key, Need, ResourceKind, When};
use super::{Operation, ServiceTable};

/// The headers that set an ACL.
const ACL_HEADERS: &[&str] = &[
    "ACL",
    "GrantFullControl",
    "GrantRead",
    "GrantReadACP",
    "GrantWrite",
    "GrantWriteACP",
];

/// The condition keys of requests that may set an ACL.
const ACL_KEYS: [Key; 6] = [
    Key::Member("s3:x-amz-acl", "ACL"),
    Key::Member("s3:x-amz-grant-full-control", "GrantFullControl"),
    Key::Member("s3:x-amz-grant-read", "GrantRead"),
    Key::Member("s3:x-amz-grant-read-acp", "GrantReadACP"),
    Key::Member("s3:x-amz-grant-write", "GrantWrite"),
    Key::Member("s3:x-amz-grant-write-acp", "GrantWriteACP"),
];

const CREATE_BUCKET_KEYS: &[Key] = &[
    ACL_KEYS[0],
    ACL_KEYS[1],
    ACL_KEYS[2],
    ACL_KEYS[3],
    ACL_KEYS[4],
    ACL_KEYS[5],
    Key::From(keys::location_constraint),
    Key::Member("s3:x-amz-object-ownership", "ObjectOwnership"),
];

const PUT_OBJECT_KEYS: &[Key] = &[
    ACL_KEYS[0],
    ACL_KEYS[1],
    ACL_KEYS[2],
    ACL_KEYS[3],
    ACL_KEYS[4],
    ACL_KEYS[5],
    Key::Member("s3:x-amz-server-side-encryption", "ServerSideEncryption"),
    Key::Member(
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "SSEKMSKeyId",
    ),
    Key::Member(
        "s3:x-amz-server-side-encryption-customer-algorithm",
        "SSECustomerAlgorithm",
    ),
    Key::Member("s3:x-amz-storage-class", "StorageClass"),
    Key::Member(
        "s3:x-amz-website-redirect-location",
        "WebsiteRedirectLocation",
    ),
    Key::Member("s3:if-match", "IfMatch"),
    Key::Member("s3:if-none-match", "IfNoneMatch"),
    Key::From(keys::object_creation),
    Key::From(keys::request_object_tags),
    Key::Member("s3:object-lock-mode", "ObjectLockMode"),
    Key::Member("s3:object-lock-legal-hold", "ObjectLockLegalHoldStatus"),
];

const LIST_KEYS: &[Key] = &[
    Key::Member("s3:prefix", "Prefix"),
    Key::Member("s3:delimiter", "Delimiter"),
    Key::From(keys::max_keys),
];

const EXISTING_TAGS: Key = Key::ResourceTags("s3:ExistingObjectTag/");

const GET_OBJECT_NEEDS: &[Need] = &[
    Need::new("s3:GetObject", ResourceKind::Object)
        .when(When::Case(keys::names_no_version))
        .keys(&[EXISTING_TAGS]),
    Need::new("s3:GetObjectVersion", ResourceKind::Object)
        .when(When::Given(&["VersionId"]))
        .keys(&[EXISTING_TAGS, Key::Member("s3:VersionId", "VersionId")]),
];

/// AWS: Service Authorization Reference, Amazon S3; S3 User Guide, Required permissions for S3 API operations.
const OPERATIONS: &[Operation] = &[
    Operation::read(
        "ListBuckets",
        &[Need::new("s3:ListAllMyBuckets", ResourceKind::Everything)],
        bucket::list,
    ),
    Operation::write(
        "CreateBucket",
        &[
            Need::new("s3:CreateBucket", ResourceKind::NewBucket).keys(CREATE_BUCKET_KEYS),
            Need::new("s3:PutBucketAcl", ResourceKind::NewBucket)
                .when(When::Given(ACL_HEADERS))
                .keys(CREATE_BUCKET_KEYS),
            Need::new(
                "s3:PutBucketObjectLockConfiguration",
                ResourceKind::NewBucket,
            )
            .when(When::Case(keys::locks_objects)),
            Need::new("s3:PutBucketVersioning", ResourceKind::NewBucket)
                .when(When::Case(keys::locks_objects)),
            Need::new("s3:PutBucketOwnershipControls", ResourceKind::NewBucket)
                .when(When::Given(&["ObjectOwnership"]))
                .keys(CREATE_BUCKET_KEYS),
        ],
        bucket::create,
    )
    .after(bucket::check_new),
    Operation::read(
        "HeadBucket",
        &[Need::new("s3:ListBucket", ResourceKind::Bucket)],
        bucket::head,
    ),
    Operation::read(
        "GetBucketLocation",
        &[Need::new("s3:GetBucketLocation", ResourceKind::Bucket)],
        bucket::location,
    ),
    Operation::write(
        "DeleteBucket",
        &[Need::new("s3:DeleteBucket", ResourceKind::Bucket)],
        bucket::delete,
    ),
    Operation::read(
        "GetBucketPolicy",
        &[Need::new("s3:GetBucketPolicy", ResourceKind::Bucket)],
        bucket_policy::get,
    ),
    Operation::write(
        "PutBucketPolicy",
        &[Need::new("s3:PutBucketPolicy", ResourceKind::Bucket)],
        bucket_policy::put,
    ),
    Operation::write(
        "DeleteBucketPolicy",
        &[Need::new("s3:DeleteBucketPolicy", ResourceKind::Bucket)],
        bucket_policy::delete,
    ),
    Operation::read(
        "GetBucketTagging",
        &[Need::new("s3:GetBucketTagging", ResourceKind::Bucket)],
        bucket_tagging::get,
    ),
    Operation::write(
        "PutBucketTagging",
        &[Need::new("s3:PutBucketTagging", ResourceKind::Bucket)],
        bucket_tagging::put,
    ),
    Operation::write(
        "DeleteBucketTagging",
        &[Need::new("s3:PutBucketTagging", ResourceKind::Bucket)],
        bucket_tagging::delete,
    ),
    Operation::read(
        "ListObjects",
        &[Need::new("s3:ListBucket", ResourceKind::Bucket).keys(LIST_KEYS)],
        listing::list_v1,
    ),
    Operation::read(
        "ListObjectsV2",
        &[Need::new("s3:ListBucket", ResourceKind::Bucket).keys(LIST_KEYS)],
        listing::list_v2,
    ),
    Operation::write(
        "PutObject",
        &[
            Need::new("s3:PutObject", ResourceKind::Object).keys(PUT_OBJECT_KEYS),
            Need::new("s3:PutObjectAcl", ResourceKind::Object)
                .when(When::Given(ACL_HEADERS))
                .keys(PUT_OBJECT_KEYS),
            Need::new("s3:PutObjectTagging", ResourceKind::Object)
                .when(When::Given(&["Tagging"]))
                .keys(PUT_OBJECT_KEYS),
            Need::new("s3:PutObjectRetention", ResourceKind::Object)
                .when(When::Given(&[
                    "ObjectLockMode",
                    "ObjectLockRetainUntilDate",
                ]))
                .keys(PUT_OBJECT_KEYS),
            Need::new("s3:PutObjectLegalHold", ResourceKind::Object)
                .when(When::Given(&["ObjectLockLegalHoldStatus"]))
                .keys(PUT_OBJECT_KEYS),
            Need::new("s3:GetObject", ResourceKind::Object).when(When::Given(&["IfMatch"])),
        ],
        object::put,
    ),
    Operation::read("GetObject", GET_OBJECT_NEEDS, object::get),
    Operation::read("HeadObject", GET_OBJECT_NEEDS, object::head),
    Operation::write(
        "DeleteObject",
        &[
            Need::new("s3:DeleteObject", ResourceKind::Object)
                .when(When::Case(keys::names_no_version)),
            Need::new("s3:DeleteObjectVersion", ResourceKind::Object)
                .when(When::Given(&["VersionId"]))
                .keys(&[Key::Member("s3:VersionId", "VersionId")]),
            Need::new("s3:BypassGovernanceRetention", ResourceKind::Object)
                .when(When::Case(keys::bypasses_retention)),
        ],
        object::delete,
    ),
];

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "s3",
    operations: &[OPERATIONS],
    admits: |_, _| Ok(()),
    resource: resource::of,
    keys: keys::common,
    denial: error::denial,
};
