//! Encryption at rest: with S3's keys (`AES256`) or with KMS's.
//!
//! AWS: S3 User Guide, Protecting data with server-side encryption. KMS itself is not a part of the mock: a key is there
//! if the world has its ARN as a resource, and its policy is asked as KMS would.

use std::sync::{Arc, LazyLock};

use rolecall_policy::arn::Arn;
use rolecall_policy::{Context, PolicySet};
use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, not_implemented};
use crate::service::call::Call;
use crate::service::need::Resource;
use crate::world::{Bucket, Encryption, PolicyDocument, World, resource_policy};

/// What new buckets encrypt with.
const S3_KEYS: &str = "AES256";
const KMS_KEYS: [&str; 2] = ["aws:kms", "aws:kms:dsse"];
/// The key that AWS manages for S3.
const MANAGED: &str = "alias/aws/s3";
/// What clients send who keep their keys to themselves (SSE-C).
const CUSTOMER_KEYS: [(&str, &str); 2] = [
    (
        "SSECustomerAlgorithm",
        "x-amz-server-side-encryption-customer-algorithm",
    ),
    (
        "CopySourceSSECustomerAlgorithm",
        "x-amz-copy-source-server-side-encryption-customer-algorithm",
    ),
];

/// Refuses keys of the client's own, which the mock doesn't implement.
pub(super) fn refuse_customer_keys(call: &Call) -> Result<(), ServiceError> {
    let given = CUSTOMER_KEYS
        .iter()
        .find(|(member, _)| call.input.get(member).is_some());
    given.map_or(Ok(()), |(_, header)| Err(not_implemented(header)))
}

/// How an object is to be encrypted: as the request says, else as the bucket does.
pub(super) fn of_request(
    world: &World,
    call: &Call,
    bucket: &Bucket,
) -> Result<Encryption, ServiceError> {
    refuse_customer_keys(call)?;
    let key = call.input.string("SSEKMSKeyId");
    let bucket_key = call.input.boolean("BucketKeyEnabled");
    match call.input.string("ServerSideEncryption") {
        None | Some(S3_KEYS) if key.is_some() => {
            let message = "Server Side Encryption with AWS KMS managed key requires HTTP header \
                           x-amz-server-side-encryption : aws:kms";
            let sent = call.input.string("ServerSideEncryption").unwrap_or("null");
            Err(invalid_argument(
                "x-amz-server-side-encryption",
                sent,
                message,
            ))
        }
        None => of_bucket(world, call, bucket),
        Some(S3_KEYS) => Ok(with_s3_keys()),
        Some(algorithm) if KMS_KEYS.contains(&algorithm) => {
            with_kms(world, call, algorithm, key, bucket_key == Some(true))
        }
        Some(other) => {
            let message = "The encryption method specified is not supported";
            Err(invalid_argument(
                "x-amz-server-side-encryption",
                other,
                message,
            ))
        }
    }
}

/// With the keys of S3.
pub(super) fn with_s3_keys() -> Encryption {
    Encryption {
        algorithm: S3_KEYS.to_owned(),
        key: None,
        bucket_key: false,
    }
}

/// The configuration of a new bucket.
pub(super) fn default_configuration() -> Structure {
    let algorithm = Structure::new().with("SSEAlgorithm", S3_KEYS);
    let rule = Structure::new()
        .with("ApplyServerSideEncryptionByDefault", algorithm)
        .with("BucketKeyEnabled", false);
    Structure::new().with("Rules", vec![Value::Structure(rule)])
}

fn of_bucket(world: &World, call: &Call, bucket: &Bucket) -> Result<Encryption, ServiceError> {
    let configuration = bucket.configurations.get("encryption");
    let rule = configuration.and_then(|configuration| match configuration.list("Rules").first() {
        Some(Value::Structure(rule)) => Some(rule),
        _ => None,
    });
    let by_default = rule.and_then(|rule| rule.structure("ApplyServerSideEncryptionByDefault"));
    let algorithm = by_default.and_then(|default| default.string("SSEAlgorithm"));
    match algorithm.filter(|algorithm| KMS_KEYS.contains(algorithm)) {
        Some(algorithm) => {
            let key = by_default.and_then(|default| default.string("KMSMasterKeyID"));
            let bucket_key = rule.and_then(|rule| rule.boolean("BucketKeyEnabled"));
            with_kms(world, call, algorithm, key, bucket_key == Some(true))
        }
        None => Ok(with_s3_keys()),
    }
}

/// AWS: S3 User Guide, Using server-side encryption with AWS KMS keys, Permissions.
fn with_kms(
    world: &World,
    call: &Call,
    algorithm: &str,
    key: Option<&str>,
    bucket_key: bool,
) -> Result<Encryption, ServiceError> {
    let named = key_arn(call, key.unwrap_or(MANAGED));
    let key = match named.strip_suffix(MANAGED) {
        Some(place) => managed_key(world, place),
        None => named,
    };
    require_key(world, call, "kms:GenerateDataKey", &key)?;
    Ok(Encryption {
        algorithm: algorithm.to_owned(),
        key: Some(key),
        bucket_key,
    })
}

/// Asks KMS for the key of an object, or of parts of one, that are to be read.
pub(super) fn decrypt(
    world: &World,
    call: &Call,
    encryption: &Encryption,
) -> Result<(), ServiceError> {
    match &encryption.key {
        Some(key) => require_key(world, call, "kms:Decrypt", key),
        None => Ok(()),
    }
}

fn require_key(
    world: &World,
    call: &Call,
    action: &'static str,
    arn: &str,
) -> Result<(), ServiceError> {
    refuse_unsigned(call)?;
    let resource = find_key(world, arn).ok_or_else(|| {
        let message = format!("Key '{arn}' does not exist");
        ServiceError::new(400, "KMS.NotFoundException", message)
    })?;
    let via = format!("s3.{}.amazonaws.com", call.region);
    call.require_with(world, action, &resource, &|context: &mut Context| {
        context.set("kms:ViaService", via.as_str());
        if let Some(account) = &call.caller.account {
            context.set("kms:CallerAccount", account.as_str());
        }
        for (tag, value) in &resource.tags {
            context.set(&format!("aws:ResourceTag/{tag}"), value.as_str());
        }
    })
}

/// KMS answers nobody in particular. The error is a capture of live S3.
fn refuse_unsigned(call: &Call) -> Result<(), ServiceError> {
    if call.signature.auth_type.is_some() || !call.enforce {
        return Ok(());
    }
    let message = "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.";
    Err(invalid_argument("Authorization", "null", message))
}

/// A key of the world, or the one that AWS manages for S3 in one of its accounts.
fn find_key(world: &World, arn: &str) -> Option<Resource> {
    if let Some(key) = world.resource(arn) {
        return Some(Resource {
            arn: arn.to_owned(),
            account: Some(key.account.clone()),
            policy: key.policy.clone(),
            tags: key.tags.clone(),
        });
    }
    let (place, _) = arn.rsplit_once("key/")?;
    let account = world.account_id(Arn::parse(arn)?.account)?;
    (managed_key(world, place) == arn).then(|| Resource {
        arn: arn.to_owned(),
        account: Some(account),
        policy: Some(Arc::clone(&MANAGED_POLICY)),
        tags: Vec::new(),
    })
}

/// The policy of the key that AWS manages for S3: through S3 it is for all who may use S3 in its account, and for nobody
/// else.
///
/// AWS: KMS Developer Guide, Default key policy, AWS managed keys.
static MANAGED_POLICY: LazyLock<Arc<PolicySet>> = LazyLock::new(|| {
    let document = PolicyDocument::built_in(
        r#"{"Version": "2012-10-17", "Id": "auto-s3-2", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"},
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "${aws:ResourceAccount}"},
        "StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}}]}"#,
    );
    Arc::new(resource_policy(MANAGED, "aws/s3".to_owned(), &document))
});

fn key_arn(call: &Call, key: &str) -> String {
    if key.starts_with("arn:") {
        return key.to_owned();
    }
    let name = if key.starts_with("alias/") {
        key.to_owned()
    } else {
        format!("key/{key}")
    };
    let account = call.caller.account.as_ref();
    let account = account.map(ToString::to_string).unwrap_or_default();
    format!(
        "arn:{}:kms:{}:{account}:{name}",
        call.partition(),
        call.region
    )
}

/// The ARN of `aws/s3` in an account and a region, given as the beginning of their ARNs: the same each time.
fn managed_key(world: &World, place: &str) -> String {
    let id = world.ids.named(&format!("{place}{MANAGED}")).uuid();
    format!("{place}key/{id}")
}

/// Adds how it is encrypted to what is said of an object.
pub(super) fn describe(encryption: &Encryption, output: &mut Structure) {
    output.set("ServerSideEncryption", encryption.algorithm.as_str());
    if let Some(key) = &encryption.key {
        output.set("SSEKMSKeyId", key.as_str());
    }
    if encryption.bucket_key {
        output.set("BucketKeyEnabled", true);
    }
}
