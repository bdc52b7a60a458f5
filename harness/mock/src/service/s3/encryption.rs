//! Encryption at rest: with S3's keys (`AES256`) or with KMS's.
//!
//! AWS: S3 User Guide, Protecting data with server-side encryption. KMS itself is not a part of the mock: a key is there
//! if the world has its ARN as a resource, and its policy is asked as KMS would.

use rolecall_policy::Context;
use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, not_implemented};
use crate::service::call::Call;
use crate::service::need::Resource;
use crate::world::{Bucket, Encryption, World};

/// What new buckets encrypt with.
const S3_KEYS: &str = "AES256";
const KMS_KEYS: [&str; 2] = ["aws:kms", "aws:kms:dsse"];
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

/// AWS: S3 User Guide, Using server-side encryption with AWS KMS keys, Permissions. The key that AWS manages for S3
/// needs no permission of its own.
fn with_kms(
    world: &World,
    call: &Call,
    algorithm: &str,
    key: Option<&str>,
    bucket_key: bool,
) -> Result<Encryption, ServiceError> {
    let key = match key {
        None | Some("alias/aws/s3") => managed_key(world, call),
        Some(key) => {
            let arn = key_arn(call, key);
            require_key(world, call, "kms:GenerateDataKey", &arn)?;
            arn
        }
    };
    Ok(Encryption {
        algorithm: algorithm.to_owned(),
        key: Some(key),
        bucket_key,
    })
}

/// Asks KMS for the key of an object that is to be read.
pub(super) fn decrypt(
    world: &World,
    call: &Call,
    encryption: &Encryption,
) -> Result<(), ServiceError> {
    match &encryption.key {
        Some(key) if world.resource(key).is_some() => require_key(world, call, "kms:Decrypt", key),
        _ => Ok(()),
    }
}

fn require_key(
    world: &World,
    call: &Call,
    action: &'static str,
    arn: &str,
) -> Result<(), ServiceError> {
    let Some(key) = world.resource(arn) else {
        let message = format!("Key '{arn}' does not exist");
        return Err(ServiceError::new(400, "KMS.NotFoundException", message));
    };
    let resource = Resource {
        arn: arn.to_owned(),
        account: Some(key.account.clone()),
        policy: key.policy.clone(),
        tags: key.tags.clone(),
    };
    let via = format!("s3.{}.amazonaws.com", call.region);
    call.require_with(world, action, &resource, &|context: &mut Context| {
        context.set("kms:ViaService", via.as_str());
        for (tag, value) in &key.tags {
            context.set(&format!("aws:ResourceTag/{tag}"), value.as_str());
        }
    })
}

fn key_arn(call: &Call, key: &str) -> String {
    if key.starts_with("arn:") {
        return key.to_owned();
    }
    let name = if key.starts_with("alias/") {
        key.to_owned()
    } else {
        format!("key/{key}")
    };
    of_caller(call, &name)
}

/// The ARN of `aws/s3` is the same each time.
fn managed_key(world: &World, call: &Call) -> String {
    let named = of_caller(call, "alias/aws/s3");
    let id = world.ids.named(&named).uuid();
    of_caller(call, &format!("key/{id}"))
}

fn of_caller(call: &Call, name: &str) -> String {
    let account = call.caller.account.as_ref();
    let account = account.map(ToString::to_string).unwrap_or_default();
    format!(
        "arn:{}:kms:{}:{account}:{name}",
        call.partition(),
        call.region
    )
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
