//! Access control lists of buckets and objects.
//!
//! AWS: S3 User Guide, Access control list (ACL) overview; Controlling ownership of objects. New buckets have them off.
//! The mock takes every object to be owned by its bucket's owner.

use rolecall_wire::{ServiceError, Structure};

use super::acl_grants;
use super::acl_policy::{is_public, prepare};
use super::error::invalid_request;
use super::{bucket, checksum, resource, versions};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Acl, AclKind, Bucket, Grant, Grantee, World};

/// The canned ACL that says what holds anyway where ACLs are off.
const OWNER_CONTROL: &str = "bucket-owner-full-control";

/// The members that grant something.
const GRANTS: [&str; 5] = [
    "GrantFullControl",
    "GrantRead",
    "GrantReadACP",
    "GrantWrite",
    "GrantWriteACP",
];

pub(super) fn get_bucket(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let grants = if bucket.ignores_acls() {
        &[]
    } else {
        bucket.acl.grants.as_slice()
    };
    Ok(describe(world, bucket, grants).into())
}

pub(super) fn get_object(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let version = call.input.string("VersionId");
    let found = versions::find(world, call, bucket, call.required("Key"), version)?;
    let grants = if bucket.ignores_acls() {
        &[]
    } else {
        found.object.properties.acl.grants.as_slice()
    };
    Ok(describe(world, bucket, grants).into())
}

pub(super) fn put_bucket(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, is_in_body(call))?;
    let bucket = resource::bucket(world, call)?;
    let acl = of_put(world, call, bucket, "s3:PutBucketAcl")?;
    resource::bucket_mut(world, call)?.acl = acl;
    Ok(Reply::empty())
}

pub(super) fn put_object(world: &mut World, call: &Call) -> Answer {
    checksum::verify(call, is_in_body(call))?;
    let (key, version) = (call.required("Key"), call.input.string("VersionId"));
    let bucket = resource::bucket(world, call)?;
    versions::find(world, call, bucket, key, version)?;
    let acl = of_put(world, call, bucket, "s3:PutObjectAcl")?;
    let objects = &mut resource::bucket_mut(world, call)?.objects;
    if let Some(object) = objects.get_mut(key, version) {
        object.properties.acl = acl;
    }
    Ok(Reply::empty())
}

fn is_in_body(call: &Call) -> bool {
    call.input.get("AccessControlPolicy").is_some()
}

/// The ACL of a request that sets one: in headers or in the body.
fn of_put(
    world: &World,
    call: &Call,
    bucket: &Bucket,
    action: &'static str,
) -> Result<Acl, ServiceError> {
    let Some(body) = call.input.structure("AccessControlPolicy") else {
        if call.input.get("ACL").is_none() && !has_grants(call) {
            let message = "Your request was missing a required header";
            return Err(ServiceError::new(400, "MissingSecurityHeader", message)
                .with("MissingHeaderName", "x-amz-acl"));
        }
        return of_headers(world, call, bucket, action);
    };
    if call.input.get("ACL").is_some() || has_grants(call) {
        let message = "This request does not support content";
        return Err(ServiceError::new(400, "UnexpectedContent", message));
    }
    let grants = acl_grants::of_body(world, bucket, body)?;
    if bucket.ignores_acls() && !grants.is_empty() {
        return Err(not_supported());
    }
    check_public(call, bucket, action, &grants)?;
    Ok(prepare(world, call, bucket, grants))
}

/// The ACL in the headers of a request that makes an object.
pub(super) fn of_new_object(
    world: &World,
    call: &Call,
    bucket: &Bucket,
) -> Result<Acl, ServiceError> {
    of_headers(world, call, bucket, "s3:PutObjectAcl")
}

fn of_headers(
    world: &World,
    call: &Call,
    bucket: &Bucket,
    action: &'static str,
) -> Result<Acl, ServiceError> {
    let grants = in_headers(world, call, bucket)?;
    check_public(call, bucket, action, &grants)?;
    Ok(prepare(world, call, bucket, grants))
}

fn in_headers(world: &World, call: &Call, bucket: &Bucket) -> Result<Vec<Grant>, ServiceError> {
    let canned = call.input.string("ACL");
    if canned.is_some() && has_grants(call) {
        let message = "Specifying both Canned ACLs and Header Grants is not allowed";
        return Err(invalid_request(message));
    }
    if bucket.ignores_acls() {
        let says_nothing = canned.is_none_or(|acl| acl == OWNER_CONTROL) && !has_grants(call);
        return if says_nothing {
            Ok(Vec::new())
        } else {
            Err(not_supported())
        };
    }
    let kind = if call.input.get("Key").is_some() {
        AclKind::Object
    } else {
        AclKind::Bucket
    };
    match canned {
        Some(canned) => acl_grants::canned(kind, canned),
        None => acl_grants::of_headers(world, call, bucket),
    }
}

/// The ACL in the headers of a request that makes a bucket of an ownership.
///
/// AWS: S3 API Reference, `CreateBucket`, Access control lists. The errors are captures of live S3.
pub(super) fn of_new_bucket(
    world: &World,
    call: &Call,
    bucket: &Bucket,
) -> Result<Acl, ServiceError> {
    let is_private = call.input.string("ACL").is_none_or(|acl| acl == "private");
    if bucket.ignores_acls() {
        if is_private && !has_grants(call) {
            return Ok(Acl::default());
        }
        let message =
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting";
        return Err(ServiceError::new(
            400,
            "InvalidBucketAclWithObjectOwnership",
            message,
        ));
    }
    let grants = in_headers(world, call, bucket)?;
    if blocks(bucket, &grants) {
        let message = "Bucket cannot have public ACLs set with BlockPublicAccess enabled";
        let code = "InvalidBucketAclWithBlockPublicAccessError";
        return Err(ServiceError::new(400, code, message));
    }
    Ok(prepare(world, call, bucket, grants))
}

fn has_grants(call: &Call) -> bool {
    GRANTS.iter().any(|grant| call.input.get(grant).is_some())
}

fn not_supported() -> ServiceError {
    let message = "The bucket does not allow ACLs";
    ServiceError::new(400, "AccessControlListNotSupported", message)
}

/// AWS: S3 User Guide, Troubleshoot access denied (403 Forbidden) errors, Block Public Access settings.
fn check_public(
    call: &Call,
    bucket: &Bucket,
    action: &'static str,
    grants: &[Grant],
) -> Result<(), ServiceError> {
    if !blocks(bucket, grants) {
        return Ok(());
    }
    let arn = resource::arn(call, bucket, call.input.string("Key"));
    let message = format!(
        "User: {} is not authorized to perform: {action} on resource: \"{arn}\" because public ACLs are prevented by \
         the BlockPublicAcls setting in S3 Block Public Access.",
        call.caller.arn()
    );
    Err(ServiceError::new(403, "AccessDenied", message))
}

/// Whether Block Public Access keeps the grants from being set.
fn blocks(bucket: &Bucket, grants: &[Grant]) -> bool {
    bucket.blocked().block_public_acls && grants.iter().any(is_public)
}

/// An ACL as an answer has it: the owner's full control, then what else is granted.
fn describe(world: &World, bucket: &Bucket, grants: &[Grant]) -> Structure {
    let owner = bucket::owner(world, Some(&bucket.account));
    let id = owner.string("ID").unwrap_or_default().to_owned();
    let full = Grant {
        grantee: Grantee::Account(id),
        permission: "FULL_CONTROL".to_owned(),
    };
    let all = std::iter::once(&full).chain(grants);
    let grants: Vec<_> = all.map(acl_grants::describe).collect();
    Structure::new().with("Owner", owner).with("Grants", grants)
}
