//! What IAM and CloudFront refuse, and in which words, to whoever may do it.

use rolecall_mock::{DistributionSpec, Mock};
use rolecall_wire::{Structure, Value};

use crate::client::*;
use crate::iam::{account, refusal, with};

const ANY: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#;
const FOR_EC2: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"Service": "ec2.amazonaws.com"}}]}"#;
const POLICY: &str = "arn:aws:iam::123456789012:policy/listing";
const PHONE: &str = "arn:aws:iam::123456789012:mfa/phone";
const GITLAB: &str = "arn:aws:iam::123456789012:oidc-provider/gitlab.example.com";

/// An account with one of everything, made over the API.
fn mock() -> Mock {
    let mut world = account();
    world
        .add_distribution(DistributionSpec {
            id: "E1SITE".to_owned(),
            account: MAIN.to_owned(),
            origin: None,
            aliases: vec!["www.example.com".to_owned()],
            tags: vec![],
        })
        .unwrap();
    let mock = Mock::new(world);
    let admin = Client::user(&mock, "admin");
    let made = [
        (
            "CreatePolicy",
            with(&[("PolicyName", "listing"), ("PolicyDocument", ANY)]),
        ),
        (
            "CreatePolicyVersion",
            with(&[("PolicyArn", POLICY), ("PolicyDocument", ANY)]),
        ),
        (
            "CreateRole",
            with(&[("RoleName", "App"), ("AssumeRolePolicyDocument", FOR_EC2)]),
        ),
        (
            "CreateRole",
            with(&[("RoleName", "Other"), ("AssumeRolePolicyDocument", FOR_EC2)]),
        ),
        (
            "CreateInstanceProfile",
            with(&[("InstanceProfileName", "app")]),
        ),
        (
            "AddRoleToInstanceProfile",
            with(&[("InstanceProfileName", "app"), ("RoleName", "App")]),
        ),
        ("CreateUser", with(&[("UserName", "bob")])),
        (
            "CreateLoginProfile",
            with(&[("UserName", "bob"), ("Password", "Correct-Horse-1")]),
        ),
        (
            "CreateLoginProfile",
            with(&[("UserName", "ann"), ("Password", "Correct-Horse-1")]),
        ),
        (
            "CreateVirtualMFADevice",
            with(&[("VirtualMFADeviceName", "phone")]),
        ),
        (
            "CreateOpenIDConnectProvider",
            with(&[("Url", "https://gitlab.example.com")]),
        ),
        (
            "CreateServiceLinkedRole",
            with(&[("AWSServiceName", "ecs.amazonaws.com")]),
        ),
        ("CreateAccountAlias", with(&[("AccountAlias", "acme-main")])),
        ("CreateGroup", with(&[("GroupName", "devs")])),
        ("CreateGroup", with(&[("GroupName", "ops")])),
    ];
    for (operation, input) in made {
        admin.call(&format!("iam:{operation}"), &input).unwrap();
    }
    mock
}

/// An operation, its input, and the code and words of its refusal.
type Row<'r> = (&'r str, &'r [(&'r str, &'r str)], &'r str, &'r str);

/// The words are those of public captures.
#[track_caller]
fn check(rows: &[Row<'_>]) {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    for (operation, input, code, message) in rows {
        assert_eq!(
            admin.refused(&format!("iam:{operation}"), &with(input)),
            refusal(code, message),
            "{operation}"
        );
    }
}

/// AWS: IAM User Guide, Versioning IAM policies.
#[test]
fn a_policy_in_use_stays() {
    let of_aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    check(&[
        (
            "DeletePolicy",
            &[("PolicyArn", POLICY)],
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy.",
        ),
        (
            "DeletePolicyVersion",
            &[("PolicyArn", POLICY), ("VersionId", "v1")],
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
        ),
        (
            "GetPolicyVersion",
            &[("PolicyArn", POLICY), ("VersionId", "v9")],
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/listing version v9 does not exist or is not attachable.",
        ),
        (
            "SetDefaultPolicyVersion",
            &[("PolicyArn", POLICY), ("VersionId", "v9")],
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/listing version v9 does not exist or is not attachable.",
        ),
        (
            "CreatePolicyVersion",
            &[("PolicyArn", POLICY), ("PolicyDocument", "{")],
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        ),
        (
            "CreatePolicyVersion",
            &[("PolicyArn", of_aws), ("PolicyDocument", ANY)],
            "AccessDenied",
            "Cannot perform the operation on the protected policy - this policy is only modifiable by AWS",
        ),
    ]);
}

/// AWS: IAM User Guide, Use instance profiles.
#[test]
fn an_instance_profile_has_one_role_at_most() {
    check(&[
        (
            "DeleteRole",
            &[("RoleName", "App")],
            "DeleteConflict",
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
        (
            "DeleteInstanceProfile",
            &[("InstanceProfileName", "app")],
            "DeleteConflict",
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
        (
            "CreateInstanceProfile",
            &[("InstanceProfileName", "APP")],
            "EntityAlreadyExists",
            "Instance Profile APP already exists.",
        ),
        (
            "AddRoleToInstanceProfile",
            &[("InstanceProfileName", "app"), ("RoleName", "Other")],
            "LimitExceeded",
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
        ),
        (
            "GetInstanceProfile",
            &[("InstanceProfileName", "none")],
            "NoSuchEntity",
            "Instance Profile none cannot be found.",
        ),
    ]);
}

/// AWS: IAM User Guide, Manage passwords and MFA devices.
#[test]
fn a_user_with_a_password_stays() {
    let device = [
        ("UserName", "ann"),
        ("SerialNumber", PHONE),
        ("AuthenticationCode1", "000000"),
        ("AuthenticationCode2", "000000"),
    ];
    check(&[
        (
            "DeleteUser",
            &[("UserName", "bob")],
            "DeleteConflict",
            "Cannot delete entity, must delete login profile first.",
        ),
        (
            "CreateLoginProfile",
            &[("UserName", "ann"), ("Password", "Correct-Horse-1")],
            "EntityAlreadyExists",
            "Login Profile for user ann already exists.",
        ),
        (
            "GetLoginProfile",
            &[("UserName", "admin")],
            "NoSuchEntity",
            "Login Profile for User admin cannot be found.",
        ),
        (
            "UpdateLoginProfile",
            &[("UserName", "ann"), ("Password", "horse")],
            "PasswordPolicyViolation",
            "Password does not conform to the account password policy.",
        ),
        (
            "CreateVirtualMFADevice",
            &[("VirtualMFADeviceName", "phone")],
            "EntityAlreadyExists",
            "MFADevice entity at the same path and name already exists.",
        ),
        (
            "EnableMFADevice",
            &device,
            "InvalidAuthenticationCode",
            "Authentication code for device is not valid.",
        ),
    ]);
}

/// AWS: IAM User Guide, Create an OpenID Connect identity provider.
#[test]
fn a_provider_has_an_https_url_of_its_own() {
    let github = GITLAB.replace("gitlab", "github");
    check(&[
        (
            "CreateOpenIDConnectProvider",
            &[("Url", "https://gitlab.example.com")],
            "EntityAlreadyExists",
            "Provider with url https://gitlab.example.com already exists.",
        ),
        (
            "CreateOpenIDConnectProvider",
            &[("Url", "http://gitlab.example.com")],
            "ValidationError",
            "Invalid Open ID Connect Provider URL",
        ),
        (
            "GetOpenIDConnectProvider",
            &[("OpenIDConnectProviderArn", &github)],
            "NoSuchEntity",
            "OpenIDConnect Provider not found for arn arn:aws:iam::123456789012:oidc-provider/github.example.com",
        ),
    ]);
}

/// AWS: IAM User Guide, Create a service-linked role.
#[test]
fn the_roles_of_services_are_changed_by_aws_alone() {
    let protected = "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is only \
                     modifiable by AWS";
    check(&[
        (
            "DeleteRole",
            &[("RoleName", "AWSServiceRoleForECS")],
            "UnmodifiableEntity",
            protected,
        ),
        (
            "AttachRolePolicy",
            &[("RoleName", "AWSServiceRoleForECS"), ("PolicyArn", POLICY)],
            "UnmodifiableEntity",
            protected,
        ),
        (
            "PutRolePermissionsBoundary",
            &[
                ("RoleName", "AWSServiceRoleForECS"),
                ("PermissionsBoundary", POLICY),
            ],
            "UnmodifiableEntity",
            protected,
        ),
        (
            "AttachRolePolicy",
            &[
                ("RoleName", "App"),
                (
                    "PolicyArn",
                    "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy",
                ),
            ],
            "PolicyNotAttachable",
            "Cannot attach a Service Role Policy to a Customer Role.",
        ),
        (
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "ecs.amazonaws.com")],
            "InvalidInput",
            "Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.",
        ),
        (
            "CreateServiceLinkedRole",
            &[
                ("AWSServiceName", "ecs.amazonaws.com"),
                ("CustomSuffix", "x"),
            ],
            "InvalidInput",
            "Custom suffix is not allowed for ecs.amazonaws.com",
        ),
        (
            "CreateServiceLinkedRole",
            &[("AWSServiceName", "nothing.amazonaws.com")],
            "NotImplemented",
            "this mock doesn't know the service-linked role of nothing.amazonaws.com",
        ),
    ]);
}

/// AWS: IAM API Reference, errors of the operations.
#[test]
fn names_are_unique_and_reports_are_made_first() {
    check(&[
        (
            "CreateAccountAlias",
            &[("AccountAlias", "acme-main")],
            "EntityAlreadyExists",
            "The account alias acme-main already exists.",
        ),
        (
            "GetAccountPasswordPolicy",
            &[],
            "NoSuchEntity",
            "The Password Policy with domain name 123456789012 cannot be found.",
        ),
        (
            "GetCredentialReport",
            &[],
            "ReportNotPresent",
            "No report exists.",
        ),
        (
            "UpdateUser",
            &[("UserName", "ann"), ("NewUserName", "Admin")],
            "EntityAlreadyExists",
            "User with name Admin already exists.",
        ),
        (
            "UpdateGroup",
            &[("GroupName", "devs"), ("NewGroupName", "ops")],
            "EntityAlreadyExists",
            "Group with name ops already exists.",
        ),
        (
            "ListUsers",
            &[("Marker", "AAAA")],
            "ValidationError",
            "Invalid Marker.",
        ),
    ]);
}

/// AWS: IAM User Guide, Versioning IAM policies.
#[test]
fn a_policy_has_five_versions_at_most() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let new = with(&[("PolicyArn", POLICY), ("PolicyDocument", ANY)]);
    for _ in 3..=5 {
        admin.call("iam:CreatePolicyVersion", &new).unwrap();
    }

    assert_eq!(
        admin.refused("iam:CreatePolicyVersion", &new),
        refusal(
            "LimitExceeded",
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing \
             version."
        )
    );

    let third = with(&[("PolicyArn", POLICY), ("VersionId", "v3")]);
    admin.call("iam:DeletePolicyVersion", &third).unwrap();
    let made = admin.call("iam:CreatePolicyVersion", &new).unwrap();
    let made = made.structure("PolicyVersion").unwrap();
    assert_eq!(
        made.string("VersionId"),
        Some("v6"),
        "numbers aren't used again"
    );
}

/// AWS: CloudFront API Reference, errors of the operations.
#[test]
fn cloudfront_looks_at_quantities_versions_and_references() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let batch = |reference: &str, quantity: i64, paths: &[&str]| {
        let items: Vec<Value> = paths.iter().map(|path| (*path).into()).collect();
        let paths = Structure::new()
            .with("Quantity", quantity)
            .with("Items", items);
        let batch = Structure::new()
            .with("Paths", paths)
            .with("CallerReference", reference);
        with(&[("DistributionId", "E1SITE")]).with("InvalidationBatch", batch)
    };
    admin
        .call("cloudfront:CreateInvalidation", &batch("1", 1, &["/a"]))
        .unwrap();
    let many: Vec<&str> = std::iter::repeat_n("/a", 3001).collect();
    let config = admin
        .call(
            "cloudfront:GetDistributionConfig",
            &with(&[("Id", "E1SITE")]),
        )
        .unwrap();
    let etag = config.string("ETag").unwrap().to_owned();
    let config = config.structure("DistributionConfig").unwrap().clone();
    let other = |reference: &str| {
        let config = config.clone().with("Comment", "");
        let mut config = config;
        config.set("CallerReference", reference);
        Structure::new().with("DistributionConfig", config)
    };
    let invalid = "Your request contains one or more invalid invalidation paths.";
    let rows = [
        (
            "CreateInvalidation",
            batch("2", 2, &["/a"]),
            "InconsistentQuantities",
            "The value of Quantity and the size of Items don't match.",
        ),
        (
            "CreateInvalidation",
            batch("2", 1, &["a"]),
            "InvalidArgument",
            invalid,
        ),
        (
            "CreateInvalidation",
            batch("2", 1, &["/*/a"]),
            "InvalidArgument",
            invalid,
        ),
        (
            "CreateInvalidation",
            batch("2", 3001, &many),
            "BatchTooLarge",
            "Invalidation batch specified is too large.",
        ),
        (
            "CreateInvalidation",
            batch("1", 1, &["/b"]),
            "InvalidArgument",
            "Your request contains a caller reference that was used for a previous invalidation batch for the same \
             distribution.",
        ),
        (
            "GetInvalidation",
            with(&[("DistributionId", "E1SITE"), ("Id", "I0")]),
            "NoSuchInvalidation",
            "The specified invalidation does not exist.",
        ),
        (
            "GetDistribution",
            with(&[("Id", "E0")]),
            "NoSuchDistribution",
            "The specified distribution does not exist.",
        ),
        (
            "DeleteDistribution",
            with(&[("Id", "E1SITE")]),
            "InvalidIfMatchVersion",
            "The If-Match version is missing or not valid for the resource.",
        ),
        (
            "DeleteDistribution",
            with(&[("Id", "E1SITE"), ("IfMatch", "E0")]),
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions in one or more request-header fields.",
        ),
        (
            "DeleteDistribution",
            with(&[("Id", "E1SITE"), ("IfMatch", &etag)]),
            "DistributionNotDisabled",
            "The distribution you are trying to delete has not been disabled.",
        ),
        (
            "CreateDistribution",
            other("E1SITE"),
            "DistributionAlreadyExists",
            "The caller reference that you are using to create a distribution is associated with another distribution. \
             Already exists: E1SITE",
        ),
        (
            "CreateDistribution",
            other("new"),
            "CNAMEAlreadyExists",
            "One or more of the CNAMEs you provided are already associated with a different resource.",
        ),
    ];
    for (operation, input, code, message) in rows {
        assert_eq!(
            admin.refused(&format!("cloudfront:{operation}"), &input),
            refusal(code, message),
            "{operation}"
        );
    }
    let again = admin.call("cloudfront:CreateInvalidation", &batch("1", 1, &["/a"]));
    assert!(
        again.is_ok(),
        "the same batch again is the one that is there"
    );
}
