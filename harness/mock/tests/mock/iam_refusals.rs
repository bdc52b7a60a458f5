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

/// AWS: IAM API Reference, errors of the operations; the words are those of public captures.
#[test]
fn what_is_in_the_way_is_said_in_awss_words() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let device = [
        ("UserName", "ann"),
        ("SerialNumber", PHONE),
        ("AuthenticationCode1", "000000"),
        ("AuthenticationCode2", "000000"),
    ];
    let protected = "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is only \
                     modifiable by AWS";
    let of_aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let rows = [
        (
            "DeletePolicy",
            with(&[("PolicyArn", POLICY)]),
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. \
             The default version is deleted with the policy.",
        ),
        (
            "DeletePolicyVersion",
            with(&[("PolicyArn", POLICY), ("VersionId", "v1")]),
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
        ),
        (
            "GetPolicyVersion",
            with(&[("PolicyArn", POLICY), ("VersionId", "v9")]),
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/listing version v9 does not exist or is not attachable.",
        ),
        (
            "SetDefaultPolicyVersion",
            with(&[("PolicyArn", POLICY), ("VersionId", "v9")]),
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/listing version v9 does not exist or is not attachable.",
        ),
        (
            "CreatePolicyVersion",
            with(&[("PolicyArn", POLICY), ("PolicyDocument", "{")]),
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        ),
        (
            "CreatePolicyVersion",
            with(&[("PolicyArn", of_aws), ("PolicyDocument", ANY)]),
            "AccessDenied",
            "Cannot perform the operation on the protected policy - this policy is only modifiable by AWS",
        ),
        (
            "DeleteRole",
            with(&[("RoleName", "App")]),
            "DeleteConflict",
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
        (
            "DeleteInstanceProfile",
            with(&[("InstanceProfileName", "app")]),
            "DeleteConflict",
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
        (
            "CreateInstanceProfile",
            with(&[("InstanceProfileName", "APP")]),
            "EntityAlreadyExists",
            "Instance Profile APP already exists.",
        ),
        (
            "AddRoleToInstanceProfile",
            with(&[("InstanceProfileName", "app"), ("RoleName", "Other")]),
            "LimitExceeded",
            "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
        ),
        (
            "GetInstanceProfile",
            with(&[("InstanceProfileName", "none")]),
            "NoSuchEntity",
            "Instance Profile none cannot be found.",
        ),
        (
            "DeleteUser",
            with(&[("UserName", "bob")]),
            "DeleteConflict",
            "Cannot delete entity, must delete login profile first.",
        ),
        (
            "CreateLoginProfile",
            with(&[("UserName", "ann"), ("Password", "Correct-Horse-1")]),
            "EntityAlreadyExists",
            "Login Profile for user ann already exists.",
        ),
        (
            "GetLoginProfile",
            with(&[("UserName", "admin")]),
            "NoSuchEntity",
            "Login Profile for User admin cannot be found.",
        ),
        (
            "UpdateLoginProfile",
            with(&[("UserName", "ann"), ("Password", "horse")]),
            "PasswordPolicyViolation",
            "Password does not conform to the account password policy.",
        ),
        (
            "CreateVirtualMFADevice",
            with(&[("VirtualMFADeviceName", "phone")]),
            "EntityAlreadyExists",
            "MFADevice entity at the same path and name already exists.",
        ),
        (
            "EnableMFADevice",
            with(&device),
            "InvalidAuthenticationCode",
            "Authentication code for device is not valid.",
        ),
        (
            "CreateOpenIDConnectProvider",
            with(&[("Url", "https://gitlab.example.com")]),
            "EntityAlreadyExists",
            "Provider with url https://gitlab.example.com already exists.",
        ),
        (
            "CreateOpenIDConnectProvider",
            with(&[("Url", "http://gitlab.example.com")]),
            "ValidationError",
            "Invalid Open ID Connect Provider URL",
        ),
        (
            "GetOpenIDConnectProvider",
            with(&[(
                "OpenIDConnectProviderArn",
                &GITLAB.replace("gitlab", "github"),
            )]),
            "NoSuchEntity",
            "OpenIDConnect Provider not found for arn arn:aws:iam::123456789012:oidc-provider/github.example.com",
        ),
        (
            "DeleteRole",
            with(&[("RoleName", "AWSServiceRoleForECS")]),
            "UnmodifiableEntity",
            protected,
        ),
        (
            "AttachRolePolicy",
            with(&[("RoleName", "AWSServiceRoleForECS"), ("PolicyArn", POLICY)]),
            "UnmodifiableEntity",
            protected,
        ),
        (
            "PutRolePermissionsBoundary",
            with(&[
                ("RoleName", "AWSServiceRoleForECS"),
                ("PermissionsBoundary", POLICY),
            ]),
            "UnmodifiableEntity",
            protected,
        ),
        (
            "AttachRolePolicy",
            with(&[
                ("RoleName", "App"),
                (
                    "PolicyArn",
                    "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy",
                ),
            ]),
            "PolicyNotAttachable",
            "Cannot attach a Service Role Policy to a Customer Role.",
        ),
        (
            "CreateServiceLinkedRole",
            with(&[("AWSServiceName", "ecs.amazonaws.com")]),
            "InvalidInput",
            "Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.",
        ),
        (
            "CreateServiceLinkedRole",
            with(&[
                ("AWSServiceName", "ecs.amazonaws.com"),
                ("CustomSuffix", "x"),
            ]),
            "InvalidInput",
            "Custom suffix is not allowed for ecs.amazonaws.com",
        ),
        (
            "CreateServiceLinkedRole",
            with(&[("AWSServiceName", "nothing.amazonaws.com")]),
            "NotImplemented",
            "this mock doesn't know the service-linked role of nothing.amazonaws.com",
        ),
        (
            "CreateAccountAlias",
            with(&[("AccountAlias", "acme-main")]),
            "EntityAlreadyExists",
            "The account alias acme-main already exists.",
        ),
        (
            "GetAccountPasswordPolicy",
            with(&[]),
            "NoSuchEntity",
            "The Password Policy with domain name 123456789012 cannot be found.",
        ),
        (
            "GetCredentialReport",
            with(&[]),
            "ReportNotPresent",
            "No report exists.",
        ),
        (
            "UpdateUser",
            with(&[("UserName", "ann"), ("NewUserName", "Admin")]),
            "EntityAlreadyExists",
            "User with name Admin already exists.",
        ),
        (
            "UpdateGroup",
            with(&[("GroupName", "devs"), ("NewGroupName", "ops")]),
            "EntityAlreadyExists",
            "Group with name ops already exists.",
        ),
        (
            "ListUsers",
            with(&[("Marker", "AAAA")]),
            "ValidationError",
            "Invalid Marker.",
        ),
    ];
    for (operation, input, code, message) in rows {
        assert_eq!(
            admin.refused(&format!("iam:{operation}"), &input),
            refusal(code, message),
            "{operation}"
        );
    }
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
