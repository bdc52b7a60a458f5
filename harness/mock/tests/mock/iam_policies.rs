//! Policies, boundaries and tags of users and roles in IAM.

use rolecall_mock::{Mock, PolicySpec};
use rolecall_wire::{Structure, Value};

use crate::client::*;
use crate::iam::{account, refusal, texts, with};

const LISTING: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",
    "Resource": "*"}]}"#;
const FULL: &str = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
const ADMIN_ONLY: &str = r#"{"AWS": "arn:aws:iam::123456789012:user/admin"}"#;

fn mock() -> Mock {
    let mut world = account();
    world
        .add_role(role("Deploy", trust(ADMIN_ONLY, ""), vec![]))
        .unwrap();
    Mock::new(world)
}

fn denied(action: &str, resource: &str) -> (String, String) {
    let message = format!(
        "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:{action} on resource: \
         arn:aws:iam::123456789012:{resource} because no identity-based policy allows the iam:{action} action"
    );
    refusal("AccessDenied", &message)
}

fn ann_may_list(mock: &Mock) -> bool {
    let ann = Client::user(mock, "ann");
    ann.call("s3:ListBuckets", &Structure::new()).is_ok()
}

#[test]
fn an_inline_policy_holds_from_when_it_is_put_until_it_is_deleted() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let policy = with(&[("UserName", "ann"), ("PolicyName", "listing")]);
    let put = policy.clone().with("PolicyDocument", LISTING);

    admin.call("iam:PutUserPolicy", &put).unwrap();
    assert!(ann_may_list(&mock));
    let shown = admin.call("iam:GetUserPolicy", &policy).unwrap();
    let document = shown.string("PolicyDocument").unwrap();
    assert!(document.contains("%22s3%3A%2A%22"), "{document}");
    let ann = with(&[("UserName", "ann")]);
    let listed = admin.call("iam:ListUserPolicies", &ann).unwrap();
    let listing = Value::String("listing".to_owned());
    assert_eq!(listed.list("PolicyNames"), [listing]);
    assert_eq!(admin.refused("iam:DeleteUser", &ann).0, "DeleteConflict");

    admin.call("iam:DeleteUserPolicy", &policy).unwrap();
    assert!(!ann_may_list(&mock));
    assert_eq!(
        admin.refused("iam:DeleteUserPolicy", &policy),
        refusal(
            "NoSuchEntity",
            "The user policy with name listing cannot be found."
        )
    );
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:PutUserPolicy", &put),
        denied("PutUserPolicy", "user/ann")
    );
}

/// AWS: IAM User Guide, IAM and AWS STS quotas; texts of public captures.
#[test]
fn a_policy_that_aws_refuses_is_refused() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let long = LISTING.replace("s3:*", &format!("s3:{}", "x".repeat(10_300)));
    let malformed = "MalformedPolicyDocument";
    let rows = [
        ("{".to_owned(), malformed, "Syntax errors in policy."),
        (
            LISTING.replace("s3:*", "ListBuckets"),
            malformed,
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            long,
            "LimitExceeded",
            "Maximum policy size of 10240 bytes exceeded for role Deploy",
        ),
    ];
    for (document, code, message) in rows {
        let put = with(&[
            ("RoleName", "Deploy"),
            ("PolicyName", "p"),
            ("PolicyDocument", &document),
        ]);
        assert_eq!(
            admin.refused("iam:PutRolePolicy", &put),
            refusal(code, message)
        );
    }
}

#[test]
fn a_managed_policy_is_attached_once_and_detached() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let full = with(&[("UserName", "ann"), ("PolicyArn", FULL)]);
    admin.call("iam:AttachUserPolicy", &full).unwrap();
    admin.call("iam:AttachUserPolicy", &full).unwrap();
    assert!(ann_may_list(&mock));
    let ann = with(&[("UserName", "ann")]);
    let listed = admin.call("iam:ListAttachedUserPolicies", &ann).unwrap();
    assert_eq!(
        texts(&listed, "AttachedPolicies", "PolicyName"),
        ["AmazonS3FullAccess"]
    );

    admin.call("iam:DetachUserPolicy", &full).unwrap();
    assert!(!ann_may_list(&mock));
    assert_eq!(
        admin.refused("iam:DetachUserPolicy", &full),
        refusal("NoSuchEntity", &format!("Policy {FULL} was not found."))
    );
    let missing = with(&[
        ("RoleName", "Deploy"),
        ("PolicyArn", "arn:aws:iam::123456789012:policy/none"),
    ]);
    assert_eq!(
        admin.refused("iam:AttachRolePolicy", &missing),
        refusal(
            "NoSuchEntity",
            "Policy arn:aws:iam::123456789012:policy/none does not exist or is not attachable."
        )
    );
    let role = with(&[("RoleName", "Deploy"), ("PolicyArn", FULL)]);
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:AttachRolePolicy", &role),
        denied("AttachRolePolicy", "role/Deploy")
    );
    admin.call("iam:AttachRolePolicy", &role).unwrap();
    let deploy = with(&[("RoleName", "Deploy")]);
    assert_eq!(
        admin.refused("iam:DeleteRole", &deploy),
        refusal(
            "DeleteConflict",
            "Cannot delete entity, must detach all policies first."
        )
    );
}

/// AWS: IAM User Guide, IAM condition context keys, `iam:PolicyARN` and `iam:PermissionsBoundary`.
#[test]
fn conditions_see_the_policy_and_the_boundary() {
    let mut world = account();
    let delegated = document(
        r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*",
             "Condition": {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonS3FullAccess",
                "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"}}},
            {"Effect": "Allow", "Action": "iam:TagUser", "Resource": "*",
             "Condition": {"StringEquals": {"aws:RequestTag/team": "web"}}}]}"#,
    );
    let delegated = PolicySpec::Inline {
        name: "delegated".to_owned(),
        document: delegated,
    };
    world.add_user(user("lead", vec![delegated])).unwrap();
    let mock = Mock::new(world);
    let (admin, lead) = (Client::user(&mock, "admin"), Client::user(&mock, "lead"));
    let attach = |arn: &str| {
        let input = with(&[("UserName", "ann"), ("PolicyArn", arn)]);
        lead.call("iam:AttachUserPolicy", &input)
    };
    assert!(attach(FULL).is_err(), "ann has no boundary yet");

    let boundary = with(&[
        ("UserName", "ann"),
        (
            "PermissionsBoundary",
            "arn:aws:iam::aws:policy/PowerUserAccess",
        ),
    ]);
    admin
        .call("iam:PutUserPermissionsBoundary", &boundary)
        .unwrap();
    assert!(attach(FULL).is_ok());
    assert!(attach("arn:aws:iam::aws:policy/AdministratorAccess").is_err());

    let tag = |value: &str| {
        let input = with(&[("UserName", "ann")]).with("Tags", tags(&[("team", value)]));
        lead.call("iam:TagUser", &input)
    };
    assert!(tag("web").is_ok());
    assert!(tag("ops").is_err());
}

#[test]
fn a_boundary_limits_until_it_is_deleted() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let full = with(&[("UserName", "ann"), ("PolicyArn", FULL)]);
    admin.call("iam:AttachUserPolicy", &full).unwrap();
    let ann = with(&[("UserName", "ann")]);
    let boundary = "arn:aws:iam::aws:policy/AmazonEC2FullAccess";
    let put = ann.clone().with("PermissionsBoundary", boundary);

    admin.call("iam:PutUserPermissionsBoundary", &put).unwrap();
    assert!(!ann_may_list(&mock));
    let shown = admin.call("iam:GetUser", &ann).unwrap();
    let shown = shown.structure("User").unwrap();
    let shown = shown.structure("PermissionsBoundary").unwrap();
    assert_eq!(shown.string("PermissionsBoundaryArn"), Some(boundary));

    admin
        .call("iam:DeleteUserPermissionsBoundary", &ann)
        .unwrap();
    assert!(ann_may_list(&mock));
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:DeleteUserPermissionsBoundary", &ann),
        denied("DeleteUserPermissionsBoundary", "user/ann")
    );
}

#[test]
fn a_customer_managed_policy_is_made_shown_and_deleted() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let input = with(&[
        ("PolicyName", "listing"),
        ("Path", "/team/"),
        ("PolicyDocument", LISTING),
    ]);
    let made = admin.call("iam:CreatePolicy", &input).unwrap();
    let made = made.structure("Policy").unwrap();
    let arn = "arn:aws:iam::123456789012:policy/team/listing";
    assert_eq!(made.string("Arn"), Some(arn));
    assert!(made.string("PolicyId").unwrap().starts_with("ANPA"));
    let policy = with(&[("PolicyArn", arn)]);
    let attach = with(&[("UserName", "ann"), ("PolicyArn", arn)]);
    admin.call("iam:AttachUserPolicy", &attach).unwrap();
    assert!(ann_may_list(&mock));

    let shown = admin.call("iam:GetPolicy", &policy).unwrap();
    let shown = shown.structure("Policy").unwrap();
    assert_eq!(shown.integer("AttachmentCount"), Some(1));
    assert_eq!(shown.string("Path"), Some("/team/"));
    let version = policy.clone().with("VersionId", "v1");
    let version = admin.call("iam:GetPolicyVersion", &version).unwrap();
    let version = version.structure("PolicyVersion").unwrap();
    assert!(version.string("Document").unwrap().starts_with("%7B"));
    let versions = admin.call("iam:ListPolicyVersions", &policy).unwrap();
    assert_eq!(texts(&versions, "Versions", "VersionId"), ["v1"]);
    let local = with(&[("Scope", "Local")]);
    let listed = admin.call("iam:ListPolicies", &local).unwrap();
    assert_eq!(texts(&listed, "Policies", "Arn"), [arn]);

    assert_eq!(
        admin.refused("iam:CreatePolicy", &input),
        refusal(
            "EntityAlreadyExists",
            "A policy called listing already exists. Duplicate names are not allowed."
        )
    );
    assert_eq!(
        admin.refused("iam:DeletePolicy", &policy),
        refusal(
            "DeleteConflict",
            "Cannot delete a policy attached to entities."
        )
    );
    admin.call("iam:DetachUserPolicy", &attach).unwrap();
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:DeletePolicy", &policy),
        denied("DeletePolicy", "policy/team/listing")
    );
    admin.call("iam:DeletePolicy", &policy).unwrap();
    assert_eq!(
        admin.refused("iam:GetPolicy", &policy),
        refusal("NoSuchEntity", &format!("Policy {arn} was not found."))
    );
}

/// AWS: IAM User Guide, Tags for IAM resources.
#[test]
fn tags_ignore_the_case_of_their_keys() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    let deploy = with(&[("RoleName", "Deploy")]);
    let tag = |new: &[(&str, &str)]| deploy.clone().with("Tags", tags(new));
    admin
        .call("iam:TagRole", &tag(&[("team", "web"), ("stage", "test")]))
        .unwrap();
    admin.call("iam:TagRole", &tag(&[("Team", "ops")])).unwrap();
    let listed = admin.call("iam:ListRoleTags", &deploy).unwrap();
    assert_eq!(texts(&listed, "Tags", "Key"), ["stage", "Team"]);
    assert_eq!(texts(&listed, "Tags", "Value"), ["test", "ops"]);

    assert_eq!(
        admin.refused("iam:TagRole", &tag(&[("a", "1"), ("A", "2")])),
        refusal(
            "InvalidInput",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    );
    let keys = vec![Value::String("Team".to_owned())];
    let untag = deploy.clone().with("TagKeys", keys);
    admin.call("iam:UntagRole", &untag).unwrap();
    let listed = admin.call("iam:ListRoleTags", &deploy).unwrap();
    assert_eq!(texts(&listed, "Tags", "Key"), ["stage"]);
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:TagRole", &tag(&[("a", "1")])),
        denied("TagRole", "role/Deploy")
    );
    let profiles = admin.call("iam:ListInstanceProfilesForRole", &deploy);
    assert!(profiles.unwrap().list("InstanceProfiles").is_empty());
}
