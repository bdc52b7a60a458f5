//! S3: ACLs, object ownership and Block Public Access.
//!
//! AWS: S3 User Guide, Controlling ownership of objects and disabling ACLs; Blocking public access.

use crate::client::*;
use crate::s3::{abroad, error, mock, of_bucket};
use rolecall_mock::Mock;
use rolecall_wire::{Structure, Value};

const PUBLIC: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
    "Action": "s3:GetObject", "Resource": "arn:aws:s3:::spa-site/*"}]}"#;

const SIGNED: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

fn key() -> Structure {
    object("spa-site", "index.html")
}

fn set_ownership(mock: &Mock, ownership: &str) {
    let rule = Structure::new().with("ObjectOwnership", ownership);
    let controls = Structure::new().with("Rules", vec![Value::Structure(rule)]);
    let input = of_bucket("spa-site").with("OwnershipControls", controls);
    let admin = Client::user(mock, "admin");
    admin.call("s3:PutBucketOwnershipControls", &input).unwrap();
}

/// Switches the settings of Block Public Access on; all others are off.
fn block(mock: &Mock, settings: &[&str]) {
    let mut configuration = Structure::new();
    for setting in settings {
        configuration.set(setting, true);
    }
    let input = of_bucket("spa-site").with("PublicAccessBlockConfiguration", configuration);
    let admin = Client::user(mock, "admin");
    admin.call("s3:PutPublicAccessBlock", &input).unwrap();
}

#[test]
fn a_bucket_whose_owner_owns_all_takes_no_acls() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let not_supported = (400, "AccessControlListNotSupported".to_owned());
    for acl in ["private", "public-read", "authenticated-read"] {
        for operation in [
            "s3:PutObject",
            "s3:PutObjectAcl",
            "s3:CreateMultipartUpload",
        ] {
            let answer = admin.call(operation, &key().with("ACL", acl));
            assert_eq!(error(answer), not_supported, "{operation} {acl}");
        }
        let answer = admin.call("s3:PutBucketAcl", &of_bucket("spa-site").with("ACL", acl));
        assert_eq!(error(answer), not_supported, "{acl}");
    }
    let granted = key().with(
        "GrantRead",
        "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"",
    );
    assert_eq!(error(admin.call("s3:PutObject", &granted)), not_supported);
    let says_nothing = key().with("ACL", "bucket-owner-full-control");
    assert!(admin.call("s3:PutObject", &says_nothing).is_ok());
    let acl = admin.call("s3:GetObjectAcl", &key()).unwrap();
    assert_eq!(acl.list("Grants").len(), 1);
}

/// AWS: S3 User Guide, Blocking public access, Block public access settings.
#[test]
fn each_setting_of_block_public_access_does_its_own() {
    let get = |mock: &Mock| {
        Client::anonymous(mock)
            .send("s3:GetObject", &key())
            .status()
            .as_u16()
    };
    let put_acl = |mock: &Mock, acl: &str| {
        let admin = Client::user(mock, "admin");
        admin.call("s3:PutObjectAcl", &key().with("ACL", acl))
    };
    let put_policy = |mock: &Mock| {
        let input = of_bucket("spa-site").with("Policy", PUBLIC);
        Client::user(mock, "admin").call("s3:PutBucketPolicy", &input)
    };
    let mock = mock();
    set_ownership(&mock, "ObjectWriter");

    block(&mock, &["BlockPublicAcls"]);
    let refused = put_acl(&mock, "public-read").unwrap_err();
    assert_eq!(
        refused.message.as_deref(),
        Some(
            "User: arn:aws:iam::123456789012:user/admin is not authorized to perform: s3:PutObjectAcl on resource: \
             \"arn:aws:s3:::spa-site/index.html\" because public ACLs are prevented by the BlockPublicAcls setting in \
             S3 Block Public Access."
        )
    );
    assert!(put_acl(&mock, "private").is_ok());

    block(&mock, &[]);
    assert_eq!(get(&mock), 403);
    put_acl(&mock, "public-read").unwrap();
    assert_eq!(get(&mock), 200);
    block(&mock, &["IgnorePublicAcls"]);
    assert_eq!(get(&mock), 403);

    block(&mock, &["BlockPublicPolicy"]);
    assert_eq!(error(put_policy(&mock)), (403, "AccessDenied".to_owned()));
    put_acl(&mock, "private").unwrap();
    block(&mock, &[]);
    put_policy(&mock).unwrap();
    assert_eq!(get(&mock), 200);
    block(&mock, &["RestrictPublicBuckets"]);
    assert_eq!(get(&mock), 403);
    let status =
        Client::user(&mock, "admin").call("s3:GetBucketPolicyStatus", &of_bucket("spa-site"));
    let status = status.unwrap();
    let is_public = status
        .structure("PolicyStatus")
        .unwrap()
        .boolean("IsPublic");
    assert_eq!(is_public, Some(true));

    let admin = Client::user(&mock, "admin");
    admin
        .call("s3:DeletePublicAccessBlock", &of_bucket("spa-site"))
        .unwrap();
    assert_eq!(get(&mock), 200);
    assert_eq!(
        error(admin.call("s3:GetPublicAccessBlock", &of_bucket("spa-site"))),
        (404, "NoSuchPublicAccessBlockConfiguration".to_owned())
    );
}

fn canonical_id(client: &Client) -> String {
    let all = client.call("s3:ListBuckets", &Structure::new()).unwrap();
    all.structure("Owner")
        .unwrap()
        .string("ID")
        .unwrap()
        .to_owned()
}

/// AWS: S3 User Guide, ACL overview, Mapping of ACL permissions and access policy permissions.
#[test]
fn a_grant_to_another_account_lets_it_in() {
    let mock = mock();
    set_ownership(&mock, "BucketOwnerPreferred");
    block(&mock, &["BlockPublicAcls", "IgnorePublicAcls"]);
    let (admin, other) = (Client::user(&mock, "admin"), abroad(&mock));
    let grantee = format!("id=\"{}\"", canonical_id(&other));
    assert!(other.call("s3:GetObject", &key()).is_err());

    admin
        .call(
            "s3:PutObjectAcl",
            &key().with("GrantRead", grantee.as_str()),
        )
        .unwrap();

    assert!(other.call("s3:GetObject", &key()).is_ok());
    assert!(other.call("s3:GetObjectAcl", &key()).is_err());
    assert!(
        other
            .call("s3:ListObjectsV2", &of_bucket("spa-site"))
            .is_err()
    );
    let bucket_acl = of_bucket("spa-site").with("GrantFullControl", grantee);
    admin.call("s3:PutBucketAcl", &bucket_acl).unwrap();
    assert!(
        other
            .call("s3:ListObjectsV2", &of_bucket("spa-site"))
            .is_ok()
    );
    assert!(
        other
            .call("s3:PutObject", &object("spa-site", "theirs"))
            .is_ok()
    );
    assert!(other.call("s3:DeleteObject", &key()).is_err());

    let acl = admin
        .call("s3:GetBucketAcl", &of_bucket("spa-site"))
        .unwrap();
    let policy = Structure::new()
        .with("Owner", acl.get("Owner").unwrap().clone())
        .with("Grants", acl.list("Grants").to_vec());
    let again = of_bucket("spa-site").with("AccessControlPolicy", policy);
    admin.call("s3:PutBucketAcl", &again).unwrap();
    let same = admin
        .call("s3:GetBucketAcl", &of_bucket("spa-site"))
        .unwrap();
    assert_eq!(same, acl);

    let admin = Client::user(&mock, "admin");
    let clear = of_bucket("spa-site").with("ACL", "private");
    let enforced = (400, "InvalidBucketAclWithObjectOwnership".to_owned());
    let rule = Structure::new().with("ObjectOwnership", "BucketOwnerEnforced");
    let controls = Structure::new().with("Rules", vec![Value::Structure(rule)]);
    let enforce = of_bucket("spa-site").with("OwnershipControls", controls);
    assert_eq!(
        error(admin.call("s3:PutBucketOwnershipControls", &enforce)),
        enforced
    );
    admin.call("s3:PutBucketAcl", &clear).unwrap();
    admin
        .call("s3:PutBucketOwnershipControls", &enforce)
        .unwrap();
    assert!(other.call("s3:GetObject", &key()).is_err(), "ACLs are off");
}

/// AWS: S3 User Guide, ACL overview, Canned ACL; Blocking public access, `IgnorePublicAcls`.
#[test]
fn a_bucket_s_acl_is_about_the_bucket_and_about_new_objects() {
    let rows = [
        ("public-read-write", true, true),
        ("public-read", true, false),
        ("log-delivery-write", false, false),
    ];
    for (acl, lists, puts) in rows {
        let mock = mock();
        set_ownership(&mock, "ObjectWriter");
        block(&mock, &[]);
        let admin = Client::user(&mock, "admin");
        admin
            .call("s3:PutBucketAcl", &of_bucket("spa-site").with("ACL", acl))
            .unwrap();
        let may = || {
            let anonymous = Client::anonymous(&mock);
            let listed = anonymous.call("s3:ListObjectsV2", &of_bucket("spa-site"));
            let put = anonymous.call("s3:PutObject", &object("spa-site", "new"));
            let got = anonymous.call("s3:GetObject", &key());
            (listed.is_ok(), put.is_ok(), got.is_ok())
        };
        assert_eq!(may(), (lists, puts, false), "{acl}");
        block(&mock, &["IgnorePublicAcls"]);
        assert_eq!(may(), (false, false, false), "{acl}");
        block(&mock, &[]);
        assert_eq!(may(), (lists, puts, false), "{acl}");
        set_ownership(&mock, "BucketOwnerPreferred");
        assert_eq!(may(), (lists, puts, false), "{acl}");
    }
}

#[test]
fn whoever_has_signed_is_an_authenticated_user() {
    let mock = mock();
    set_ownership(&mock, "ObjectWriter");
    block(&mock, &[]);
    let admin = Client::user(&mock, "admin");
    admin
        .call("s3:PutObjectAcl", &key().with("ACL", "authenticated-read"))
        .unwrap();
    assert!(abroad(&mock).call("s3:GetObject", &key()).is_ok());
    assert!(
        Client::anonymous(&mock)
            .call("s3:GetObject", &key())
            .is_err()
    );
}

/// So many grants to everyone who has signed.
fn grants_in_body(count: usize) -> Structure {
    let grantee = Structure::new().with("URI", SIGNED).with("Type", "Group");
    let grant = Structure::new()
        .with("Grantee", grantee)
        .with("Permission", "READ");
    let grants = vec![Value::Structure(grant); count];
    let policy = Structure::new().with("Grants", grants);
    of_bucket("spa-site").with("AccessControlPolicy", policy)
}

fn grants_in_header(count: usize) -> Structure {
    let grants = vec![format!("uri=\"{SIGNED}\""); count].join(", ");
    of_bucket("spa-site").with("GrantRead", grants)
}

/// AWS: S3 User Guide, Access control list (ACL) overview: an ACL can have up to 100 grants.
#[test]
fn an_acl_has_up_to_100_grants() {
    let mock = mock();
    set_ownership(&mock, "ObjectWriter");
    block(&mock, &[]);
    let admin = Client::user(&mock, "admin");
    for input in [grants_in_body(100), grants_in_header(100)] {
        admin.call("s3:PutBucketAcl", &input).unwrap();
    }
}

/// AWS: a new bucket has Block Public Access on, and `CreateBucket` says so; a capture of live S3.
#[test]
fn a_new_bucket_takes_no_public_acl() {
    let admin = Client::user(&mock(), "admin");
    let new = of_bucket("brand-new").with("ObjectOwnership", "ObjectWriter");
    for input in [
        new.clone().with("ACL", "public-read"),
        new.clone().with("ACL", "authenticated-read"),
        new.clone().with("GrantRead", format!("uri=\"{SIGNED}\"")),
    ] {
        let refused = admin.call("s3:CreateBucket", &input).unwrap_err();
        assert_eq!(
            (
                refused.status,
                refused.code.as_str(),
                refused.message.as_deref()
            ),
            (
                400,
                "InvalidBucketAclWithBlockPublicAccessError",
                Some("Bucket cannot have public ACLs set with BlockPublicAccess enabled"),
            )
        );
    }
    admin
        .call("s3:CreateBucket", &new.with("ACL", "log-delivery-write"))
        .unwrap();
}

/// AWS: S3 API Reference, `PutBucketAcl`, errors.
#[test]
fn an_acl_that_makes_no_sense_is_refused() {
    let mock = mock();
    set_ownership(&mock, "ObjectWriter");
    let admin = Client::user(&mock, "admin");
    let grant = |grantee: Structure, permission: &str| {
        let grant = Structure::new()
            .with("Grantee", grantee)
            .with("Permission", permission);
        let policy = Structure::new().with("Grants", vec![Value::Structure(grant)]);
        of_bucket("spa-site").with("AccessControlPolicy", policy)
    };
    let someone = Structure::new()
        .with("ID", "0123")
        .with("Type", "CanonicalUser");
    let address = Structure::new()
        .with("EmailAddress", "a@example.com")
        .with("Type", "AmazonCustomerByEmail");
    let acl = |text: &str| of_bucket("spa-site").with("ACL", text);
    let rows = [
        (of_bucket("spa-site"), "MissingSecurityHeader"),
        (acl("everyone"), "InvalidArgument"),
        (
            acl("private").with("GrantRead", "id=\"0123\""),
            "InvalidRequest",
        ),
        (
            of_bucket("spa-site").with("GrantRead", "id=\"0123\""),
            "InvalidArgument",
        ),
        (
            of_bucket("spa-site").with("GrantRead", "name=\"x\""),
            "InvalidArgument",
        ),
        (
            of_bucket("spa-site").with("GrantRead", "emailAddress=\"a@example.com\""),
            "UnresolvableGrantByEmailAddress",
        ),
        (grant(someone.clone(), "READ"), "InvalidArgument"),
        (grant(someone, "LOOK"), "MalformedACLError"),
        (grant(address, "READ"), "UnresolvableGrantByEmailAddress"),
        (grants_in_body(101), "MalformedACLError"),
        (grants_in_header(101), "MalformedACLError"),
    ];
    for (input, code) in rows {
        let shown = format!("{input:?}");
        assert_eq!(
            error(admin.call("s3:PutBucketAcl", &input)),
            (400, code.to_owned()),
            "{shown}"
        );
    }
}
