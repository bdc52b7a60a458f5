//! Partitions other than `aws`: one mock serves them all, and shows each its own ARNs.

use rolecall_mock::Mock;

use crate::client::*;
use crate::iam::{account, refusal, with};

const CHINA: &str = "cn-north-1";

/// A role that trusts `ann` by her ARN in China and in `aws`.
fn with_trusted_ann() -> Mock {
    let mut world = account();
    let names = r#"{"AWS": ["arn:aws-cn:iam::123456789012:user/ann", "arn:aws:iam::123456789012:user/ann"]}"#;
    world
        .add_role(role("Deploy", trust(names, ""), vec![]))
        .unwrap();
    Mock::new(world)
}

fn shown_trust(admin: &Client) -> String {
    let shown = admin
        .call("iam:GetRole", &with(&[("RoleName", "Deploy")]))
        .unwrap();
    let shown = shown.structure("Role").unwrap();
    let document = shown.string("AssumeRolePolicyDocument").unwrap();
    document.replace("%3A", ":").replace("%2F", "/")
}

/// AWS: IAM User Guide, AWS JSON policy elements: Principal, IAM user principals: the id of a user who is gone stays.
#[test]
fn who_is_made_anew_is_someone_else_in_every_partition() {
    let mock = with_trusted_ann();
    let admin = Client::user(&mock, "admin").in_region(CHINA);
    let ann = Client::user(&mock, "ann").in_region(CHINA);
    let role = role_arn("Deploy").replace("arn:aws:", "arn:aws-cn:");
    assert!(ann.assume(&role).is_ok());

    mock.update(|world| {
        world.remove_user(MAIN, "ann").unwrap();
        world.add_user(user("ann", vec![])).unwrap();
    });

    for region in [CHINA, "us-east-1"] {
        let again = Client::user(&mock, "ann").in_region(region);
        assert!(again.assume(&role_arn("Deploy")).is_err(), "{region}");
        assert!(again.assume(&role).is_err(), "{region}");
    }
    let shown = shown_trust(&admin);
    assert!(!shown.contains("user/ann"), "{shown}");
}

/// AWS: IAM User Guide, Rename an IAM user: policies that name the user as a principal follow it.
#[test]
fn a_renamed_user_keeps_its_partition_in_policies() {
    let mock = with_trusted_ann();
    let admin = Client::user(&mock, "admin").in_region(CHINA);

    let rename = with(&[("UserName", "ann"), ("NewUserName", "anna")]);
    admin.call("iam:UpdateUser", &rename).unwrap();

    let shown = shown_trust(&admin);
    for arn in [
        "arn:aws-cn:iam::123456789012:user/anna",
        "arn:aws:iam::123456789012:user/anna",
    ] {
        assert!(shown.contains(&format!("%22{arn}%22")), "{shown}");
    }
}

/// AWS: S3 User Guide, Principals for bucket policies, which have the ARNs of IAM.
#[test]
fn a_bucket_policy_names_principals_of_the_requests_partition() {
    let mut world = account();
    world.add_bucket(bucket("site", None)).unwrap();
    let mock = Mock::new(world);
    let admin = Client::user(&mock, "admin");
    for (principal, exists) in [
        ("arn:aws:iam::123456789012:user/ann", true),
        ("arn:aws-cn:iam::123456789012:user/ann", false),
    ] {
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}},
                "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}}]}}"#
        );
        let put = with(&[("Bucket", "site"), ("Policy", &policy)]);
        assert_eq!(
            admin.call("s3:PutBucketPolicy", &put).is_ok(),
            exists,
            "{principal}"
        );
    }
}

/// AWS: IAM User Guide, Amazon Resource Names: principals are of the partition that their account is in.
#[test]
fn a_trust_policy_names_principals_of_the_requests_partition() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let rows = [
        (CHINA, "arn:aws-cn:iam::123456789012:user/ann", true),
        (CHINA, "arn:aws:iam::123456789012:user/ann", false),
        (
            "us-gov-west-1",
            "arn:aws-us-gov:iam::123456789012:root",
            true,
        ),
        ("us-east-1", "arn:aws-cn:iam::123456789012:user/ann", false),
        // Nobody knows who is in this account, but in which partition.
        ("us-east-1", "arn:aws-cn:iam::999999999999:root", false),
        ("us-east-1", "arn:aws:iam::999999999999:root", true),
    ];
    for (number, (region, principal, exists)) in rows.into_iter().enumerate() {
        let trust = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}},
                "Action": "sts:AssumeRole"}}]}}"#
        );
        let role = with(&[
            ("RoleName", &format!("Role{number}")),
            ("AssumeRolePolicyDocument", &trust),
        ]);
        let admin = admin.in_region(region);
        if exists {
            admin.call("iam:CreateRole", &role).unwrap();
        } else {
            let message = format!("Invalid principal in policy: \"AWS\":\"{principal}\"");
            assert_eq!(
                admin.refused("iam:CreateRole", &role),
                refusal("MalformedPolicyDocument", &message),
                "in {region}"
            );
        }
    }
}
