//! Grants of access control lists: read from headers, canned ACLs and bodies, and what each lets its grantee do.
//!
//! AWS: S3 User Guide, Access control list (ACL) overview.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::invalid_argument;
use crate::service::call::Call;
use crate::world::{AclKind, Bucket, Grant, Grantee, World};

pub(super) const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
pub(super) const AUTHENTICATED_USERS: &str =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// AWS: S3 User Guide, Access control list (ACL) overview.
const GRANTS_LIMIT: usize = 100;

const PERMISSIONS: [&str; 5] = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];

/// The header of each permission, and its member of the input.
const HEADERS: [(&str, &str, &str); 5] = [
    (
        "GrantFullControl",
        "x-amz-grant-full-control",
        "FULL_CONTROL",
    ),
    ("GrantRead", "x-amz-grant-read", "READ"),
    ("GrantReadACP", "x-amz-grant-read-acp", "READ_ACP"),
    ("GrantWrite", "x-amz-grant-write", "WRITE"),
    ("GrantWriteACP", "x-amz-grant-write-acp", "WRITE_ACP"),
];

/// The actions that a permission comes to.
///
/// AWS: S3 User Guide, Access control list (ACL) overview, Mapping of ACL permissions and access policy permissions.
pub(super) fn actions(kind: AclKind, permission: &str) -> Vec<&'static str> {
    let of = |permission: &str| -> &'static [&'static str] {
        match (kind, permission) {
            (AclKind::Bucket, "READ") => &[
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListBucketMultipartUploads",
            ],
            (AclKind::Bucket, "READ_ACP") => &["s3:GetBucketAcl"],
            (AclKind::Bucket, "WRITE_ACP") => &["s3:PutBucketAcl"],
            (AclKind::ObjectsOfBucket, "WRITE") => &["s3:PutObject"],
            (AclKind::Object, "READ") => &["s3:GetObject", "s3:GetObjectVersion"],
            (AclKind::Object, "READ_ACP") => &["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
            (AclKind::Object, "WRITE_ACP") => &["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
            _ => &[],
        }
    };
    if permission == "FULL_CONTROL" {
        PERMISSIONS
            .iter()
            .flat_map(|one| of(one))
            .copied()
            .collect()
    } else {
        of(permission).to_vec()
    }
}

/// The grants of a canned ACL beside the owner's.
///
/// AWS: S3 User Guide, Access control list (ACL) overview, Canned ACL.
pub(super) fn canned(kind: AclKind, name: &str) -> Result<Vec<Grant>, ServiceError> {
    let grants: &[(&str, &str)] = match (kind, name) {
        (_, "private")
        | (AclKind::Object, "bucket-owner-read" | "bucket-owner-full-control" | "aws-exec-read") => {
            &[]
        }
        (_, "public-read") => &[(ALL_USERS, "READ")],
        (_, "public-read-write") => &[(ALL_USERS, "READ"), (ALL_USERS, "WRITE")],
        (_, "authenticated-read") => &[(AUTHENTICATED_USERS, "READ")],
        (AclKind::Bucket, "log-delivery-write") => {
            &[(LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP")]
        }
        _ => return Err(invalid_argument("x-amz-acl", name, "")),
    };
    let grant = |(group, permission): &(&str, &str)| Grant {
        grantee: Grantee::Group((*group).to_owned()),
        permission: (*permission).to_owned(),
    };
    Ok(grants.iter().map(grant).collect())
}

/// The grants of `x-amz-grant-…` headers: `id="ID", uri="URI"`.
pub(super) fn of_headers(
    world: &World,
    call: &Call,
    bucket: &Bucket,
) -> Result<Vec<Grant>, ServiceError> {
    let mut grants = Vec::new();
    for (member, header, permission) in HEADERS {
        let Some(text) = call.input.string(member) else {
            continue;
        };
        for part in text.split(',') {
            let (kind, value) = part.trim().split_once('=').unwrap_or((part.trim(), ""));
            let value = value.trim().trim_matches('"');
            let grantee = match kind.trim() {
                "id" => account(world, value)?,
                "uri" => group(value)?,
                "emailAddress" => return Err(unknown_address()),
                _ => {
                    let message = "Argument format not recognized";
                    return Err(invalid_argument(header, text, message));
                }
            };
            grants.push(Grant {
                grantee,
                permission: permission.to_owned(),
            });
        }
    }
    without_owner(world, bucket, grants)
}

/// The grants of a body.
pub(super) fn of_body(
    world: &World,
    bucket: &Bucket,
    body: &Structure,
) -> Result<Vec<Grant>, ServiceError> {
    let owner = body.structure("Owner").and_then(|owner| owner.string("ID"));
    if owner.is_some_and(|owner| owner != world.canonical_id(&bucket.account)) {
        return Err(ServiceError::new(403, "AccessDenied", "Access Denied"));
    }
    let mut grants = Vec::new();
    for grant in body.list("Grants") {
        let Value::Structure(grant) = grant else {
            return Err(malformed());
        };
        let permission = grant.string("Permission").unwrap_or_default();
        if !PERMISSIONS.contains(&permission) {
            return Err(malformed());
        }
        let grantee = grant.structure("Grantee").ok_or_else(malformed)?;
        let text = |member| grantee.string(member).unwrap_or_default();
        let grantee = match text("Type") {
            "CanonicalUser" => account(world, text("ID"))?,
            "Group" => group(text("URI"))?,
            "AmazonCustomerByEmail" => return Err(unknown_address()),
            _ => return Err(malformed()),
        };
        grants.push(Grant {
            grantee,
            permission: permission.to_owned(),
        });
    }
    without_owner(world, bucket, grants)
}

/// The owner has full control without being granted it. S3's schema has no more than 100 grants.
fn without_owner(
    world: &World,
    bucket: &Bucket,
    grants: Vec<Grant>,
) -> Result<Vec<Grant>, ServiceError> {
    if grants.len() > GRANTS_LIMIT {
        return Err(malformed());
    }
    let owner = world.canonical_id(&bucket.account);
    let is_other = |grant: &Grant| match &grant.grantee {
        Grantee::Account(id) => id != owner,
        Grantee::Group(_) => true,
    };
    Ok(grants.into_iter().filter(is_other).collect())
}

fn account(world: &World, id: &str) -> Result<Grantee, ServiceError> {
    match world.account_of_canonical_id(id) {
        Some(_) => Ok(Grantee::Account(id.to_owned())),
        None => Err(invalid_argument("CanonicalUser/ID", id, "Invalid id")),
    }
}

fn group(uri: &str) -> Result<Grantee, ServiceError> {
    if [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY].contains(&uri) {
        Ok(Grantee::Group(uri.to_owned()))
    } else {
        Err(invalid_argument("Group/URI", uri, "Invalid group uri"))
    }
}

fn unknown_address() -> ServiceError {
    let message = "The e-mail address you provided does not match any account on record.";
    ServiceError::new(400, "UnresolvableGrantByEmailAddress", message)
}

fn malformed() -> ServiceError {
    let message =
        "The XML you provided was not well-formed or did not validate against our published schema";
    ServiceError::new(400, "MalformedACLError", message)
}

/// A grant as an answer has it.
pub(super) fn describe(grant: &Grant) -> Value {
    let grantee = match &grant.grantee {
        Grantee::Account(id) => Structure::new()
            .with("ID", id.as_str())
            .with("Type", "CanonicalUser"),
        Grantee::Group(uri) => Structure::new()
            .with("URI", uri.as_str())
            .with("Type", "Group"),
    };
    let grant = Structure::new()
        .with("Grantee", grantee)
        .with("Permission", grant.permission.as_str());
    Value::Structure(grant)
}
