//! Buckets themselves, and what is in them.

use super::keys as own;
use crate::service::Operation;
use crate::service::need::{Key, Need, ResourceKind, When};
use crate::service::s3::{
    acl, bucket, bucket_policy, bucket_tagging, delete_objects, keys, listing, ownership,
    public_access, upload_listing, version_listing, versioning,
};

const fn on_bucket(action: &'static str) -> Need {
    Need::new(action, ResourceKind::Bucket)
}

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::read(
        "ListBuckets",
        &[Need::new("s3:ListAllMyBuckets", ResourceKind::Everything)],
        bucket::list,
    ),
    Operation::write(
        "CreateBucket",
        &[
            Need::new("s3:CreateBucket", ResourceKind::NewBucket).keys(own::CREATE_BUCKET),
            Need::new("s3:PutBucketAcl", ResourceKind::NewBucket)
                .when(When::Given(own::ACL_HEADERS))
                .keys(own::CREATE_BUCKET),
            Need::new(
                "s3:PutBucketObjectLockConfiguration",
                ResourceKind::NewBucket,
            )
            .when(When::Case(keys::locks_objects)),
            Need::new("s3:PutBucketVersioning", ResourceKind::NewBucket)
                .when(When::Case(keys::locks_objects)),
            Need::new("s3:PutBucketOwnershipControls", ResourceKind::NewBucket)
                .when(When::Given(&["ObjectOwnership"]))
                .keys(own::CREATE_BUCKET),
        ],
        bucket::create,
    )
    .after(bucket::check_new),
    Operation::read("HeadBucket", &[on_bucket("s3:ListBucket")], bucket::head),
    Operation::read(
        "GetBucketLocation",
        &[on_bucket("s3:GetBucketLocation")],
        bucket::location,
    ),
    Operation::write(
        "DeleteBucket",
        &[on_bucket("s3:DeleteBucket")],
        bucket::delete,
    ),
    Operation::read(
        "GetBucketPolicy",
        &[on_bucket("s3:GetBucketPolicy")],
        bucket_policy::get,
    ),
    Operation::write(
        "PutBucketPolicy",
        &[on_bucket("s3:PutBucketPolicy")],
        bucket_policy::put,
    ),
    Operation::write(
        "DeleteBucketPolicy",
        &[on_bucket("s3:DeleteBucketPolicy")],
        bucket_policy::delete,
    ),
    Operation::read(
        "GetBucketPolicyStatus",
        &[on_bucket("s3:GetBucketPolicyStatus")],
        public_access::policy_status,
    ),
    Operation::read(
        "GetBucketTagging",
        &[on_bucket("s3:GetBucketTagging")],
        bucket_tagging::get,
    ),
    Operation::write(
        "PutBucketTagging",
        &[on_bucket("s3:PutBucketTagging")],
        bucket_tagging::put,
    ),
    Operation::write(
        "DeleteBucketTagging",
        &[on_bucket("s3:PutBucketTagging")],
        bucket_tagging::delete,
    ),
    Operation::read(
        "GetBucketAcl",
        &[on_bucket("s3:GetBucketAcl")],
        acl::get_bucket,
    ),
    Operation::write(
        "PutBucketAcl",
        &[on_bucket("s3:PutBucketAcl").keys(own::ACL)],
        acl::put_bucket,
    ),
    Operation::read(
        "GetPublicAccessBlock",
        &[on_bucket("s3:GetBucketPublicAccessBlock")],
        public_access::get,
    ),
    Operation::write(
        "PutPublicAccessBlock",
        &[on_bucket("s3:PutBucketPublicAccessBlock")],
        public_access::put,
    ),
    Operation::write(
        "DeletePublicAccessBlock",
        &[on_bucket("s3:PutBucketPublicAccessBlock")],
        public_access::delete,
    ),
    Operation::read(
        "GetBucketOwnershipControls",
        &[on_bucket("s3:GetBucketOwnershipControls")],
        ownership::get,
    ),
    Operation::write(
        "PutBucketOwnershipControls",
        &[on_bucket("s3:PutBucketOwnershipControls").keys(&[Key::From(keys::ownership_of_body)])],
        ownership::put,
    ),
    Operation::write(
        "DeleteBucketOwnershipControls",
        &[on_bucket("s3:PutBucketOwnershipControls")],
        ownership::delete,
    ),
    Operation::read(
        "GetBucketVersioning",
        &[on_bucket("s3:GetBucketVersioning")],
        versioning::get,
    ),
    Operation::write(
        "PutBucketVersioning",
        &[on_bucket("s3:PutBucketVersioning")],
        versioning::put,
    ),
    Operation::read(
        "ListObjects",
        &[on_bucket("s3:ListBucket").keys(own::LIST)],
        listing::list_v1,
    ),
    Operation::read(
        "ListObjectsV2",
        &[on_bucket("s3:ListBucket").keys(own::LIST)],
        listing::list_v2,
    ),
    Operation::read(
        "ListObjectVersions",
        &[on_bucket("s3:ListBucketVersions").keys(own::LIST)],
        version_listing::list,
    ),
    Operation::read(
        "ListMultipartUploads",
        &[on_bucket("s3:ListBucketMultipartUploads").keys(&[Key::Member("s3:prefix", "Prefix")])],
        upload_listing::uploads,
    ),
    // What each key needs is asked for each.
    Operation::write("DeleteObjects", &[], delete_objects::delete),
];
