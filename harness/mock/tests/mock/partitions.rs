//! Partitions other than `aws`: one mock serves them all, and shows each its own ARNs.

use jiff::SignedDuration;
use rolecall_mock::{Mock, PolicySpec, SamlMetadataSpec, SamlProviderSpec};
use rolecall_wire::Structure;

use crate::client::*;
use crate::iam::{account, refusal, texts, with};
use crate::operations::{base32, code};

const CHINA: &str = "cn-north-1";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn in_china(arn: &str) -> String {
    arn.replacen("arn:aws:", "arn:aws-cn:", 1)
}

/// Everything in IAM is `ann`'s, as it is called in China.
fn with_ann_in_china() -> Mock {
    let mut world = account();
    let everything = "arn:aws-cn:iam::123456789012:*";
    let mut ann = user("ann", vec![allow("iam:*", everything)]);
    ann.policies.push(allow("iam:List*", "*"));
    ann.policies.push(PolicySpec::Managed {
        arn: READ_ONLY.to_owned(),
        document: document(r#"{"Version": "2012-10-17", "Statement": []}"#),
    });
    world.update_user(ann).unwrap();
    Mock::new(world)
}

fn ann_in_china(mock: &Mock) -> Client {
    Client::user(mock, "ann").in_region(CHINA)
}

fn boundary(answer: &Structure, member: &str) -> String {
    let shown = answer.structure(member).unwrap();
    let boundary = shown.structure("PermissionsBoundary").unwrap();
    boundary
        .string("PermissionsBoundaryArn")
        .unwrap()
        .to_owned()
}

/// AWS: IAM User Guide, Amazon Resource Names: `aws-cn` for the regions in China.
#[test]
fn policies_have_the_arns_of_the_requests_partition() {
    let mock = with_ann_in_china();
    let ann = ann_in_china(&mock);
    let own = "arn:aws-cn:iam::123456789012:policy/own";
    let nothing = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}"#;

    let made = with(&[("PolicyName", "own"), ("PolicyDocument", nothing)]);
    let made = ann.call("iam:CreatePolicy", &made).unwrap();
    assert_eq!(made.structure("Policy").unwrap().string("Arn"), Some(own));
    let on_own = with(&[("PolicyArn", own)]);
    let shown = ann.call("iam:GetPolicy", &on_own).unwrap();
    assert_eq!(shown.structure("Policy").unwrap().string("Arn"), Some(own));
    let local = ann.call("iam:ListPolicies", &with(&[("Scope", "Local")]));
    assert_eq!(texts(&local.unwrap(), "Policies", "Arn"), [own]);

    let bob = with(&[("UserName", "bob"), ("PermissionsBoundary", own)]);
    let made = ann.call("iam:CreateUser", &bob).unwrap();
    assert_eq!(boundary(&made, "User"), own);
    let on_bob = with(&[("UserName", "bob"), ("PolicyArn", own)]);
    ann.call("iam:AttachUserPolicy", &on_bob).unwrap();
    ann.call("iam:AttachUserPolicy", &on_bob).unwrap();
    let held = with(&[("UserName", "bob")]);
    let attached = ann.call("iam:ListAttachedUserPolicies", &held).unwrap();
    assert_eq!(texts(&attached, "AttachedPolicies", "PolicyArn"), [own]);
    let entities = ann.call("iam:ListEntitiesForPolicy", &on_own).unwrap();
    assert_eq!(texts(&entities, "PolicyUsers", "UserName"), ["bob"]);
    let (conflict, _) = ann.refused("iam:DeletePolicy", &on_own);
    assert_eq!(conflict, "DeleteConflict");
    ann.call("iam:DetachUserPolicy", &on_bob).unwrap();
    ann.call("iam:DeleteUser", &held).unwrap();
    ann.call("iam:DeletePolicy", &on_own).unwrap();

    let held = with(&[("UserName", "ann")]);
    let attached = ann.call("iam:ListAttachedUserPolicies", &held).unwrap();
    assert_eq!(
        texts(&attached, "AttachedPolicies", "PolicyArn"),
        [in_china(READ_ONLY)]
    );
}

/// AWS: github.com/pulumi/pulumi-aws-apigateway/issues/347.
#[test]
fn what_has_an_arn_of_another_partition_is_refused() {
    let mock = with_ann_in_china();
    let (here, there) = (Client::user(&mock, "admin"), ann_in_china(&mock));
    let refused = refusal("ValidationError", "Invalid ARN partition");
    for (client, arn) in [(&there, READ_ONLY.to_owned()), (&here, in_china(READ_ONLY))] {
        let attach = with(&[("UserName", "ann"), ("PolicyArn", &arn)]);
        assert_eq!(client.refused("iam:AttachUserPolicy", &attach), refused);
    }
}

/// AWS: IAM API Reference, `ListOpenIDConnectProviders` and `ListSAMLProviders`: what is listed is there.
#[test]
fn providers_are_found_by_the_arns_that_they_are_shown_with() {
    let mock = with_ann_in_china();
    mock.update(|world| {
        world
            .add_saml_provider(SamlProviderSpec {
                account: MAIN.to_owned(),
                name: "ADFS".to_owned(),
                metadata: SamlMetadataSpec::Generated {
                    issuer: "https://idp.example.com/saml".to_owned(),
                },
            })
            .unwrap();
    });
    let ann = ann_in_china(&mock);
    let own = "arn:aws-cn:iam::123456789012:oidc-provider/idp.example.com";

    let made = with(&[("Url", "https://idp.example.com")]);
    let made = ann.call("iam:CreateOpenIDConnectProvider", &made).unwrap();
    assert_eq!(made.string("OpenIDConnectProviderArn"), Some(own));
    let listed = ann.call("iam:ListOpenIDConnectProviders", &Structure::new());
    assert_eq!(
        texts(&listed.unwrap(), "OpenIDConnectProviderList", "Arn"),
        [own]
    );
    let provider = with(&[("OpenIDConnectProviderArn", own)]);
    ann.call("iam:GetOpenIDConnectProvider", &provider).unwrap();
    let client = provider.clone().with("ClientID", "app");
    ann.call("iam:AddClientIDToOpenIDConnectProvider", &client)
        .unwrap();
    ann.call("iam:DeleteOpenIDConnectProvider", &provider)
        .unwrap();
    let (gone, _) = ann.refused("iam:GetOpenIDConnectProvider", &provider);
    assert_eq!(gone, "NoSuchEntity");

    let listed = ann
        .call("iam:ListSAMLProviders", &Structure::new())
        .unwrap();
    let listed = texts(&listed, "SAMLProviderList", "Arn");
    assert_eq!(listed, ["arn:aws-cn:iam::123456789012:saml-provider/ADFS"]);
    let provider = with(&[("SAMLProviderArn", &listed[0])]);
    ann.call("iam:GetSAMLProvider", &provider).unwrap();
    ann.call("iam:DeleteSAMLProvider", &provider).unwrap();
}

/// AWS: IAM API Reference, `VirtualMFADevice`: the serial number is the ARN.
#[test]
fn devices_have_serial_numbers_of_the_requests_partition() {
    let mock = with_ann_in_china();
    let ann = ann_in_china(&mock);
    let serial = "arn:aws-cn:iam::123456789012:mfa/phone";

    let name = with(&[("VirtualMFADeviceName", "phone")]);
    let made = ann.call("iam:CreateVirtualMFADevice", &name).unwrap();
    let made = made.structure("VirtualMFADevice").unwrap();
    assert_eq!(made.string("SerialNumber"), Some(serial));
    let (again, _) = ann.refused("iam:CreateVirtualMFADevice", &name);
    assert_eq!(again, "EntityAlreadyExists");
    let seed = made.blob("Base32StringSeed").unwrap().to_vec();
    let seed = base32(&String::from_utf8(seed).unwrap());
    let shown = |ago: i64| code(&seed, mock.clock().now().as_second() / 30 - ago);
    let enable = with(&[
        ("UserName", "ann"),
        ("SerialNumber", serial),
        ("AuthenticationCode1", &shown(1)),
        ("AuthenticationCode2", &shown(0)),
    ]);
    ann.call("iam:EnableMFADevice", &enable).unwrap();
    let listed = ann.call("iam:ListMFADevices", &Structure::new()).unwrap();
    assert_eq!(texts(&listed, "MFADevices", "SerialNumber"), [serial]);
    let listed = ann.call("iam:ListVirtualMFADevices", &Structure::new());
    let listed = texts(&listed.unwrap(), "VirtualMFADevices", "SerialNumber");
    assert_eq!(listed, [serial]);

    mock.clock().advance(SignedDuration::from_secs(30));
    let token = with(&[("SerialNumber", serial), ("TokenCode", &shown(0))]);
    ann.call("sts:GetSessionToken", &token).unwrap();
}

/// AWS: CloudTrail User Guide, CloudTrail `userIdentity` element, `sessionIssuer`.
#[test]
fn the_issuer_of_a_session_is_of_the_callers_partition() {
    let mock = with_trusted_ann();
    let ann = ann_in_china(&mock);
    let session = ann.assume(&in_china(&role_arn("Deploy"))).unwrap();
    let session = ann.session(&session);
    session
        .call("sts:GetCallerIdentity", &Structure::new())
        .unwrap();

    let event = mock.events().pop().unwrap().to_json();

    let issuer = &event["userIdentity"]["sessionContext"]["sessionIssuer"];
    assert_eq!(issuer["arn"], in_china(&role_arn("Deploy")));
}

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
    let role = in_china(&role_arn("Deploy"));
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
