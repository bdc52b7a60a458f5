//! IAM actions that are not named like the operations they allow.

/// Service, action, and the operations it is asked for; none where it has no operation of its own.
///
/// AWS: Service Authorization Reference, actions for Amazon S3 and AWS STS, "required permissions" of each API.
const RENAMED: &[(&str, &str, &str)] = &[
    ("s3", "ListAllMyBuckets", "ListBuckets"),
    ("s3", "ListBucket", "ListObjectsV2"),
    ("s3", "ListBucketVersions", "ListObjectVersions"),
    ("s3", "ListBucketMultipartUploads", "ListMultipartUploads"),
    ("s3", "ListMultipartUploadParts", "ListParts"),
    ("s3", "GetObjectVersion", "GetObject"),
    ("s3", "GetObjectVersionAcl", "GetObjectAcl"),
    ("s3", "GetObjectVersionTagging", "GetObjectTagging"),
    ("s3", "GetObjectVersionAttributes", "GetObjectAttributes"),
    ("s3", "PutObjectVersionAcl", "PutObjectAcl"),
    ("s3", "PutObjectVersionTagging", "PutObjectTagging"),
    ("s3", "DeleteObjectVersion", "DeleteObject"),
    ("s3", "DeleteObjectVersionTagging", "DeleteObjectTagging"),
    ("s3", "GetBucketPublicAccessBlock", "GetPublicAccessBlock"),
    ("s3", "PutBucketPublicAccessBlock", "PutPublicAccessBlock"),
    ("s3", "GetBucketCORS", "GetBucketCors"),
    ("s3", "PutBucketCORS", "PutBucketCors"),
    (
        "s3",
        "GetBucketObjectLockConfiguration",
        "GetObjectLockConfiguration",
    ),
    (
        "s3",
        "PutBucketObjectLockConfiguration",
        "PutObjectLockConfiguration",
    ),
    (
        "s3",
        "GetLifecycleConfiguration",
        "GetBucketLifecycleConfiguration",
    ),
    (
        "s3",
        "PutLifecycleConfiguration",
        "PutBucketLifecycleConfiguration",
    ),
    ("s3", "GetEncryptionConfiguration", "GetBucketEncryption"),
    ("s3", "PutEncryptionConfiguration", "PutBucketEncryption"),
    ("s3", "GetReplicationConfiguration", "GetBucketReplication"),
    ("s3", "PutReplicationConfiguration", "PutBucketReplication"),
    (
        "s3",
        "GetAccelerateConfiguration",
        "GetBucketAccelerateConfiguration",
    ),
    (
        "s3",
        "PutAccelerateConfiguration",
        "PutBucketAccelerateConfiguration",
    ),
    (
        "s3",
        "GetInventoryConfiguration",
        "GetBucketInventoryConfiguration",
    ),
    (
        "s3",
        "PutInventoryConfiguration",
        "PutBucketInventoryConfiguration",
    ),
    (
        "s3",
        "GetAnalyticsConfiguration",
        "GetBucketAnalyticsConfiguration",
    ),
    (
        "s3",
        "PutAnalyticsConfiguration",
        "PutBucketAnalyticsConfiguration",
    ),
    (
        "s3",
        "GetMetricsConfiguration",
        "GetBucketMetricsConfiguration",
    ),
    (
        "s3",
        "PutMetricsConfiguration",
        "PutBucketMetricsConfiguration",
    ),
    (
        "s3",
        "GetIntelligentTieringConfiguration",
        "GetBucketIntelligentTieringConfiguration",
    ),
    (
        "s3",
        "PutIntelligentTieringConfiguration",
        "PutBucketIntelligentTieringConfiguration",
    ),
];

/// Service, action, and what to write instead, for actions without an operation.
const WITHOUT_OPERATION: &[(&str, &str, &str)] = &[
    (
        "sts",
        "TagSession",
        "it is asked for by `assume` with `tags`",
    ),
    (
        "sts",
        "SetSourceIdentity",
        "it is asked for by `assume` with `source-identity`",
    ),
    (
        "iam",
        "PassRole",
        "services ask for it; write `can: [iam:PassRole on ROLE-ARN]`",
    ),
];

/// The operation that an action, in any case, stands for.
pub(super) fn operation(service: &str, action: &str) -> Option<&'static str> {
    find(RENAMED, service, action)
}

/// The action that an operation of another name, in any case, asks for.
pub(super) fn of_operation(service: &str, operation: &str) -> Option<&'static str> {
    let mut rows = RENAMED.iter();
    let row = rows.find(|(s, _, o)| *s == service && operation.eq_ignore_ascii_case(o));
    row.map(|(_, action, _)| *action)
}

/// What to write for an action, in any case, that no operation stands for.
pub(super) fn without_operation(service: &str, action: &str) -> Option<&'static str> {
    find(WITHOUT_OPERATION, service, action)
}

fn find(table: &[(&str, &str, &'static str)], service: &str, action: &str) -> Option<&'static str> {
    let row = table
        .iter()
        .find(|(s, a, _)| *s == service && a.eq_ignore_ascii_case(action));
    row.map(|(_, _, found)| *found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_wire::model;

    #[test]
    fn each_action_stands_for_an_operation_and_is_none_itself() {
        for (service, action, operation) in RENAMED {
            let service = model::service(service).unwrap();
            assert!(service.operation(operation).is_some(), "{operation}");
            assert!(
                service.operation(action).is_none(),
                "{action} is an operation"
            );
        }
        for (service, action, _) in WITHOUT_OPERATION {
            assert!(
                model::service(service).unwrap().operation(action).is_none(),
                "{action} is an operation"
            );
        }
    }
}
