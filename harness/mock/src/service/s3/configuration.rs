//! Sub-resources of buckets that are stored and given back: CORS, websites, lifecycles and the like. The mock does not
//! act on them but where a module of their own says so (encryption, Object Lock).
//!
//! AWS: S3 API Reference, the `GetBucket…` operations, for what a bucket answers that never had one.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_request, malformed_xml};
use super::{checksum, encryption, lock, resource};
use crate::service::call::Call;
use crate::service::need::Resource;
use crate::service::{Answer, Reply};
use crate::world::{Bucket, OBJECT_LOCK, Versioning, World};

/// The code and the message of an error.
type Missing = (&'static str, &'static str);

/// A kind of configuration.
pub(super) trait SubResource {
    /// Its name in the query: `cors`.
    const NAME: &'static str;
    /// The member of the input that has it: `CORSConfiguration`.
    const MEMBER: &'static str;
    /// Whether the answer has it as a member too, and not its members as its own.
    const IS_WRAPPED: bool = false;
    /// Whether it is refused without a checksum.
    const NEEDS_CHECKSUM: bool = true;
    /// The code and the message of a bucket without one; none where every bucket has one.
    const MISSING: Option<Missing>;

    /// The one of a new bucket, where it has one.
    fn of_new_bucket() -> Structure {
        Structure::new()
    }

    /// Refuses one that AWS would, and completes it as AWS does.
    fn admit(
        _: &World,
        _: &Call,
        _: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        Ok(configuration)
    }
}

pub(super) fn get<S: SubResource>(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let found = match (bucket.configurations.get(S::NAME), S::MISSING) {
        (Some(found), _) => found.clone(),
        (None, None) => S::of_new_bucket(),
        (None, Some((code, message))) => {
            let error = ServiceError::new(404, code, message);
            return Err(error.with("BucketName", bucket.name.as_str()));
        }
    };
    Ok(if S::IS_WRAPPED {
        Structure::new().with(S::MEMBER, found)
    } else {
        found
    }
    .into())
}

pub(super) fn put<S: SubResource>(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, S::NEEDS_CHECKSUM)?;
    let given = call.input.structure(S::MEMBER).ok_or_else(malformed_xml)?;
    let bucket = resource::bucket(world, call)?;
    let admitted = S::admit(world, call, bucket, given.clone())?;
    let bucket = resource::bucket_mut(world, call)?;
    bucket.configurations.insert(S::NAME, admitted);
    Ok(Reply::empty())
}

pub(super) fn delete<S: SubResource>(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket_mut(world, call)?;
    bucket.configurations.remove(S::NAME);
    Ok(Reply::empty())
}

/// `cors`.
pub(super) struct Cors;

impl SubResource for Cors {
    const NAME: &'static str = "cors";
    const MEMBER: &'static str = "CORSConfiguration";
    const MISSING: Option<Missing> = Some((
        "NoSuchCORSConfiguration",
        "The CORS configuration does not exist",
    ));
}

/// `website`.
pub(super) struct Website;

impl SubResource for Website {
    const NAME: &'static str = "website";
    const MEMBER: &'static str = "WebsiteConfiguration";
    const MISSING: Option<Missing> = Some((
        "NoSuchWebsiteConfiguration",
        "The specified bucket does not have a website configuration",
    ));
}

/// `lifecycle`.
pub(super) struct Lifecycle;

impl SubResource for Lifecycle {
    const NAME: &'static str = "lifecycle";
    const MEMBER: &'static str = "LifecycleConfiguration";
    const MISSING: Option<Missing> = Some((
        "NoSuchLifecycleConfiguration",
        "The lifecycle configuration does not exist",
    ));

    /// AWS: S3 API Reference, `LifecycleRule`, `ID`: a rule without one is given one.
    fn admit(
        _: &World,
        _: &Call,
        bucket: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        let rules = configuration.list("Rules");
        if rules.is_empty() {
            return Err(malformed_xml());
        }
        let named = rules.iter().enumerate().map(|(index, rule)| match rule {
            Value::Structure(rule) if rule.string("ID").is_none() => {
                let id = format!("{}-{}", bucket.name, index + 1);
                Value::Structure(rule.clone().with("ID", id))
            }
            other => other.clone(),
        });
        let rules: Vec<_> = named.collect();
        Ok(configuration.with("Rules", rules))
    }
}

/// AWS: S3 API Reference, `PutBucketLifecycleConfiguration`, `x-amz-transition-default-minimum-object-size`.
const DEFAULT_MINIMUM: &str = "all_storage_classes_128K";
const MINIMUM: &str = "TransitionDefaultMinimumObjectSize";

pub(super) fn get_lifecycle(world: &World, call: &Call) -> Answer {
    get::<Lifecycle>(world, call)
}

/// The minimum comes in a header, is kept with the rules and told with them.
pub(super) fn put_lifecycle(world: &mut World, call: &Call) -> Answer {
    put::<Lifecycle>(world, call)?;
    let minimum = call.input.string(MINIMUM).unwrap_or(DEFAULT_MINIMUM);
    let bucket = resource::bucket_mut(world, call)?;
    if let Some(kept) = bucket.configurations.get_mut(Lifecycle::NAME) {
        kept.set(MINIMUM, minimum);
    }
    Ok(Structure::new().with(MINIMUM, minimum).into())
}

/// `replication`.
pub(super) struct Replication;

impl SubResource for Replication {
    const NAME: &'static str = "replication";
    const MEMBER: &'static str = "ReplicationConfiguration";
    const IS_WRAPPED: bool = true;
    const MISSING: Option<Missing> = Some((
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
    ));

    fn admit(
        world: &World,
        call: &Call,
        bucket: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        pass_role(
            world,
            call,
            configuration.string("Role").unwrap_or_default(),
        )?;
        if bucket.versioning == Versioning::Enabled {
            return Ok(configuration);
        }
        let message =
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration";
        Err(invalid_request(message))
    }
}

/// AWS: S3 User Guide, Setting up permissions for live replication: whoever gives S3 a role must be allowed to pass it.
fn pass_role(world: &World, call: &Call, role: &str) -> Result<(), ServiceError> {
    let resource = Resource::of_caller(role.to_owned());
    call.require_with(world, "iam:PassRole", &resource, &|context| {
        context.set("iam:PassedToService", "s3.amazonaws.com");
    })
}

/// `encryption`: what new objects are encrypted with.
pub(super) struct BucketEncryption;

impl SubResource for BucketEncryption {
    const NAME: &'static str = "encryption";
    const MEMBER: &'static str = "ServerSideEncryptionConfiguration";
    const IS_WRAPPED: bool = true;
    const MISSING: Option<Missing> = None;

    fn of_new_bucket() -> Structure {
        encryption::default_configuration()
    }

    fn admit(
        _: &World,
        _: &Call,
        _: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        let [Value::Structure(rule)] = configuration.list("Rules") else {
            return Err(malformed_xml());
        };
        let bucket_key = rule.boolean("BucketKeyEnabled").unwrap_or_default();
        let rule = rule.clone().with("BucketKeyEnabled", bucket_key);
        Ok(configuration
            .clone()
            .with("Rules", vec![Value::Structure(rule)]))
    }
}

/// `object-lock`.
pub(super) struct ObjectLock;

impl SubResource for ObjectLock {
    const NAME: &'static str = OBJECT_LOCK;
    const MEMBER: &'static str = "ObjectLockConfiguration";
    const IS_WRAPPED: bool = true;
    const MISSING: Option<Missing> = Some((
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
    ));

    fn admit(
        _: &World,
        _: &Call,
        bucket: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        if bucket.versioning != Versioning::Enabled {
            let message =
                "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration";
            return Err(ServiceError::new(409, "InvalidBucketState", message));
        }
        if configuration.string("ObjectLockEnabled") != Some("Enabled") {
            return Err(malformed_xml());
        }
        if let Some(rule) = configuration.structure("Rule") {
            lock::check_rule(rule)?;
        }
        Ok(configuration)
    }
}

/// `accelerate`.
pub(super) struct Accelerate;

impl SubResource for Accelerate {
    const NAME: &'static str = "accelerate";
    const MEMBER: &'static str = "AccelerateConfiguration";
    const NEEDS_CHECKSUM: bool = false;
    const MISSING: Option<Missing> = None;

    fn admit(
        _: &World,
        _: &Call,
        bucket: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        if bucket.name.contains('.') {
            let message = "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names";
            return Err(invalid_request(message));
        }
        Ok(configuration)
    }
}

/// `requestPayment`.
pub(super) struct RequestPayment;

impl SubResource for RequestPayment {
    const NAME: &'static str = "requestPayment";
    const MEMBER: &'static str = "RequestPaymentConfiguration";
    const MISSING: Option<Missing> = None;

    fn of_new_bucket() -> Structure {
        Structure::new().with("Payer", "BucketOwner")
    }
}

/// `logging`.
pub(super) struct Logging;

impl SubResource for Logging {
    const NAME: &'static str = "logging";
    const MEMBER: &'static str = "BucketLoggingStatus";
    const MISSING: Option<Missing> = None;

    fn admit(
        world: &World,
        _: &Call,
        bucket: &Bucket,
        configuration: Structure,
    ) -> Result<Structure, ServiceError> {
        let enabled = configuration.structure("LoggingEnabled");
        let Some(name) = enabled.and_then(|enabled| enabled.string("TargetBucket")) else {
            return Ok(configuration);
        };
        let message = match world.bucket(name) {
            None => "The target bucket for logging does not exist",
            Some(target) if target.account != bucket.account => {
                "The owner for the bucket to be logged and the target bucket must be the same."
            }
            Some(_) => return Ok(configuration),
        };
        let error = ServiceError::new(400, "InvalidTargetBucketForLogging", message);
        Err(error.with("TargetBucket", name))
    }
}

/// `notification`.
pub(super) struct Notification;

impl SubResource for Notification {
    const NAME: &'static str = "notification";
    const MEMBER: &'static str = "NotificationConfiguration";
    const NEEDS_CHECKSUM: bool = false;
    const MISSING: Option<Missing> = None;
}
