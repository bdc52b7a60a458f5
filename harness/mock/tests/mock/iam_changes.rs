//! What changes over IAM's API mean for who may do what.

use jiff::SignedDuration;
use rolecall_mock::{Mock, PolicySpec};
use rolecall_wire::Structure;

use crate::client::*;
use crate::iam::{account, refusal, texts, with};
use crate::operations::{base32, code};

fn policy(action: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}]}}"#
    )
}

const LISTING: &str = "arn:aws:iam::123456789012:policy/listing";

fn may_list(client: &Client) -> bool {
    client.call("s3:ListBuckets", &Structure::new()).is_ok()
}

/// AWS: IAM User Guide, Versioning IAM policies: the default version is in effect, wherever the policy is attached.
#[test]
fn the_default_version_of_a_policy_is_in_effect() {
    let mock = Mock::new(account());
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let (nothing, listing) = (policy("ec2:*"), policy("s3:ListAllMyBuckets"));
    let create = with(&[("PolicyName", "listing"), ("PolicyDocument", &nothing)]);
    admin.call("iam:CreatePolicy", &create).unwrap();
    let group = with(&[("GroupName", "devs")]);
    admin.call("iam:CreateGroup", &group).unwrap();
    let member = group.clone().with("UserName", "ann");
    admin.call("iam:AddUserToGroup", &member).unwrap();
    let attach = group.with("PolicyArn", LISTING);
    admin.call("iam:AttachGroupPolicy", &attach).unwrap();
    assert!(!may_list(&ann));

    let version = with(&[("PolicyArn", LISTING), ("PolicyDocument", &listing)]);
    admin.call("iam:CreatePolicyVersion", &version).unwrap();
    assert!(!may_list(&ann), "the new version isn't the default");
    let set = |id: &str| with(&[("PolicyArn", LISTING), ("VersionId", id)]);
    admin
        .call("iam:SetDefaultPolicyVersion", &set("v2"))
        .unwrap();
    assert!(may_list(&ann));
    admin
        .call("iam:SetDefaultPolicyVersion", &set("v1"))
        .unwrap();
    assert!(!may_list(&ann));
    let at_once = version.with("SetAsDefault", true);
    admin.call("iam:CreatePolicyVersion", &at_once).unwrap();
    assert!(may_list(&ann));
    let versions = admin
        .call("iam:ListPolicyVersions", &with(&[("PolicyArn", LISTING)]))
        .unwrap();
    assert_eq!(
        texts(&versions, "Versions", "VersionId"),
        ["v3", "v2", "v1"]
    );
}

/// AWS: IAM User Guide, Rename an IAM user: keys, groups and trust follow; so do sessions, which are the unique id's.
#[test]
fn a_renamed_user_is_the_same_user() {
    let mut world = account();
    let trust_ann = trust(r#"{"AWS": "arn:aws:iam::123456789012:user/ann"}"#, "");
    world.add_role(role("Deploy", trust_ann, vec![])).unwrap();
    let mock = Mock::new(world);
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let session = ann.call("sts:GetSessionToken", &Structure::new()).unwrap();
    let session = ann.session(&session);
    let who = |client: &Client| {
        let identity = client
            .call("sts:GetCallerIdentity", &Structure::new())
            .unwrap();
        (
            identity.string("Arn").unwrap().to_owned(),
            identity.string("UserId").unwrap().to_owned(),
        )
    };
    let before = who(&ann);

    let rename = with(&[
        ("UserName", "ann"),
        ("NewUserName", "anna"),
        ("NewPath", "/team/"),
    ]);
    admin.call("iam:UpdateUser", &rename).unwrap();

    let after = "arn:aws:iam::123456789012:user/team/anna";
    assert_eq!(who(&ann), (after.to_owned(), before.1.clone()));
    assert_eq!(who(&session), (after.to_owned(), before.1));
    assert!(ann.assume(&role_arn("Deploy")).is_ok());
    let shown = admin
        .call("iam:GetRole", &with(&[("RoleName", "Deploy")]))
        .unwrap();
    let shown = shown.structure("Role").unwrap();
    let document = shown.string("AssumeRolePolicyDocument").unwrap();
    assert!(document.contains("user%2Fteam%2Fanna"), "{document}");
}

/// AWS: IAM User Guide, Rename IAM groups.
#[test]
fn the_users_of_a_renamed_group_stay_in_it() {
    let mock = Mock::new(account());
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let group = with(&[("GroupName", "devs")]);
    admin.call("iam:CreateGroup", &group).unwrap();
    admin
        .call("iam:AddUserToGroup", &group.clone().with("UserName", "ann"))
        .unwrap();
    let put = group
        .with("PolicyName", "p")
        .with("PolicyDocument", policy("s3:ListAllMyBuckets"));
    admin.call("iam:PutGroupPolicy", &put).unwrap();

    let rename = with(&[("GroupName", "devs"), ("NewGroupName", "ops")]);
    admin.call("iam:UpdateGroup", &rename).unwrap();

    assert!(may_list(&ann));
    let members = admin
        .call("iam:GetGroup", &with(&[("GroupName", "ops")]))
        .unwrap();
    assert_eq!(texts(&members, "Users", "UserName"), ["ann"]);
}

/// AWS: IAM User Guide, Grant a user permissions to pass a role to an AWS service.
#[test]
fn adding_a_role_to_an_instance_profile_passes_it_to_ec2() {
    let mut world = account();
    let passing = |service: &str| PolicySpec::Inline {
        name: "passing".to_owned(),
        document: document(&format!(
            r#"{{"Version": "2012-10-17", "Statement": [
                {{"Effect": "Allow", "Action": "iam:AddRoleToInstanceProfile", "Resource": "*"}},
                {{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                  "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}}}]}}"#
        )),
    };
    world
        .add_user(user("lambda", vec![passing("lambda.amazonaws.com")]))
        .unwrap();
    world
        .add_user(user("ec2", vec![passing("ec2.amazonaws.com")]))
        .unwrap();
    let for_ec2 = trust(r#"{"Service": "ec2.amazonaws.com"}"#, "");
    world.add_role(role("App", for_ec2, vec![])).unwrap();
    let mock = Mock::new(world);
    let profile = with(&[("InstanceProfileName", "app")]);
    Client::user(&mock, "admin")
        .call("iam:CreateInstanceProfile", &profile)
        .unwrap();
    let add = profile.with("RoleName", "App");

    assert_eq!(
        Client::user(&mock, "lambda").refused("iam:AddRoleToInstanceProfile", &add),
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/lambda is not authorized to perform: iam:PassRole on resource: \
             arn:aws:iam::123456789012:role/App because no identity-based policy allows the iam:PassRole action"
        )
    );
    let added = Client::user(&mock, "ec2").call("iam:AddRoleToInstanceProfile", &add);
    assert!(added.is_ok());
}

/// AWS: IAM User Guide, Enable a virtual MFA device, and Secure API access with MFA.
#[test]
fn a_device_is_enabled_with_two_codes_and_vouches_for_its_user_alone() {
    let mock = Mock::new(account());
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let name = with(&[("VirtualMFADeviceName", "phone")]);
    let made = admin.call("iam:CreateVirtualMFADevice", &name).unwrap();
    let made = made.structure("VirtualMFADevice").unwrap();
    let serial = made.string("SerialNumber").unwrap();
    let seed = made.blob("Base32StringSeed").unwrap().to_vec();
    let seed = base32(&String::from_utf8(seed).unwrap());
    let now = || code(&seed, mock.clock().now().as_second() / 30);
    let before = code(&seed, mock.clock().now().as_second() / 30 - 1);
    let session = |client: &Client, code: &str| {
        let input = with(&[("SerialNumber", serial), ("TokenCode", code)]);
        client.call("sts:GetSessionToken", &input)
    };
    assert!(session(&ann, &now()).is_err(), "the device is nobody's");
    let device = with(&[("UserName", "ann"), ("SerialNumber", serial)]);
    let swapped = device
        .clone()
        .with("AuthenticationCode1", now())
        .with("AuthenticationCode2", before.as_str());
    let (refused, _) = admin.refused("iam:EnableMFADevice", &swapped);
    assert_eq!(refused, "InvalidAuthenticationCode");

    let enable = device
        .clone()
        .with("AuthenticationCode1", before)
        .with("AuthenticationCode2", now());
    admin.call("iam:EnableMFADevice", &enable).unwrap();

    assert!(session(&ann, &now()).is_err(), "a code is good once");
    mock.clock().advance(SignedDuration::from_secs(30));
    assert!(session(&admin, &now()).is_err(), "it is ann's device");
    assert!(session(&ann, &now()).is_ok());
    let user = with(&[("UserName", "ann")]);
    let listed = admin.call("iam:ListMFADevices", &user).unwrap();
    assert_eq!(texts(&listed, "MFADevices", "SerialNumber"), [serial]);
    let delete = with(&[("SerialNumber", serial)]);
    assert_eq!(
        admin.refused("iam:DeleteVirtualMFADevice", &delete),
        refusal(
            "DeleteConflict",
            "MFA VirtualDevice in use. Must deactivate first."
        )
    );
    admin.call("iam:DeactivateMFADevice", &device).unwrap();
    mock.clock().advance(SignedDuration::from_secs(30));
    assert!(session(&ann, &now()).is_err(), "it is nobody's again");
    admin.call("iam:DeleteVirtualMFADevice", &delete).unwrap();
}

/// AWS: IAM User Guide, IAM condition context keys, `iam:AWSServiceName`.
#[test]
fn a_service_linked_role_may_be_for_one_service_only() {
    let mut world = account();
    let for_ecs = PolicySpec::Inline {
        name: "for-ecs".to_owned(),
        document: document(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",
                "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "ecs.amazonaws.com"}}}]}"#,
        ),
    };
    world.add_user(user("lead", vec![for_ecs])).unwrap();
    let mock = Mock::new(world);
    let lead = Client::user(&mock, "lead");
    let create = |service: &str| {
        lead.call(
            "iam:CreateServiceLinkedRole",
            &with(&[("AWSServiceName", service)]),
        )
    };

    assert!(create("rds.amazonaws.com").is_err());
    let made = create("ecs.amazonaws.com").unwrap();
    let made = made.structure("Role").unwrap();
    assert_eq!(
        made.string("Arn"),
        Some(
            "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
        )
    );
}

/// AWS: API Reference, `AssumeRoleWithWebIdentity`, `InvalidIdentityToken`.
#[test]
fn tokens_of_a_provider_without_keys_are_refused() {
    let mut world = account();
    let issuer = "https://token.actions.githubusercontent.com";
    let provider = |account: &str| rolecall_mock::OidcProviderSpec {
        account: account.to_owned(),
        url: issuer.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        keys: rolecall_mock::ProviderKeysSpec::Generated,
    };
    let elsewhere = world.add_oidc_provider(provider(OTHER)).unwrap();
    let mut claims = serde_json::Map::new();
    claims.insert("sub".to_owned(), "repo:acme/web".into());
    claims.insert("aud".to_owned(), "sts.amazonaws.com".into());
    let token = world
        .sign_token(&elsewhere, OTHER, claims, start())
        .unwrap();
    let mock = Mock::new(world);
    let create = with(&[("Url", issuer)]).with(
        "ClientIDList",
        vec![rolecall_wire::Value::from("sts.amazonaws.com")],
    );
    Client::user(&mock, "admin")
        .call("iam:CreateOpenIDConnectProvider", &create)
        .unwrap();
    let assume = assume(&role_arn("Deploy")).with("WebIdentityToken", token);

    assert_eq!(
        Client::anonymous(&mock).refused("sts:AssumeRoleWithWebIdentity", &assume),
        refusal(
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider,  please reference \
             AssumeRoleWithWebIdentity documentation for requirements"
        )
    );
}

/// AWS: IAM API Reference, `GetAccessKeyLastUsed`.
#[test]
fn an_access_key_tells_what_it_was_used_for_last() {
    let mock = Mock::new(account());
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let id = ann.credentials.as_ref().unwrap().access_key_id.clone();
    let used = || {
        let answer = admin
            .call("iam:GetAccessKeyLastUsed", &with(&[("AccessKeyId", &id)]))
            .unwrap();
        let last = answer.structure("AccessKeyLastUsed").unwrap();
        let text = |name| last.string(name).unwrap().to_owned();
        (
            text("ServiceName"),
            text("Region"),
            last.get("LastUsedDate").is_some(),
        )
    };
    assert_eq!(used(), ("N/A".to_owned(), "N/A".to_owned(), false));

    let mut forger = ann.clone();
    forger.credentials.as_mut().unwrap().secret = "wrong".into();
    forger.refused("s3:ListBuckets", &Structure::new());
    assert_eq!(used().0, "N/A", "a wrong signature is no use of a key");

    mock.clock().advance(SignedDuration::from_mins(5));
    ann.in_region("eu-west-1")
        .refused("s3:ListBuckets", &Structure::new());

    assert_eq!(used(), ("s3".to_owned(), "eu-west-1".to_owned(), true));
    assert_eq!(
        admin.refused(
            "iam:GetAccessKeyLastUsed",
            &with(&[("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")])
        ),
        refusal(
            "NoSuchEntity",
            "The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found."
        )
    );

    mock.reset();
    assert_eq!(used().0, "N/A", "the first world was never used");
}

/// AWS: IAM API Reference, `GetAccountAuthorizationDetails`: one list in pages, over all kinds.
#[test]
fn the_details_of_an_account_come_in_pages_over_all_kinds() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    admin
        .call("iam:CreateGroup", &with(&[("GroupName", "devs")]))
        .unwrap();
    let attach = with(&[
        ("GroupName", "devs"),
        ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ]);
    admin.call("iam:AttachGroupPolicy", &attach).unwrap();
    let mut seen = vec![];
    let mut page = Structure::new().with("MaxItems", 1_i64);
    loop {
        let answer = admin
            .call("iam:GetAccountAuthorizationDetails", &page)
            .unwrap();
        seen.extend(texts(&answer, "UserDetailList", "UserName"));
        seen.extend(texts(&answer, "GroupDetailList", "GroupName"));
        seen.extend(texts(&answer, "Policies", "PolicyName"));
        let Some(marker) = answer.string("Marker") else {
            break;
        };
        page = Structure::new()
            .with("MaxItems", 1_i64)
            .with("Marker", marker);
    }

    assert_eq!(
        seen,
        ["admin", "ann", "devs", "ReadOnlyAccess"],
        "of AWS's, what is attached"
    );
}

/// AWS: IAM User Guide, Generate credential reports for your AWS account.
#[test]
fn the_credential_report_has_a_line_for_everyone() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let state = |client: &Client| {
        let answer = client
            .call("iam:GenerateCredentialReport", &Structure::new())
            .unwrap();
        answer.string("State").unwrap().to_owned()
    };
    assert_eq!(state(&admin), "STARTED");
    assert_eq!(state(&admin), "COMPLETE");

    let report = admin
        .call("iam:GetCredentialReport", &Structure::new())
        .unwrap();

    let text = String::from_utf8(report.blob("Content").unwrap().to_vec()).unwrap();
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>())
        .collect();
    let first = |place: usize| lines.iter().map(|line| line[place]).collect::<Vec<_>>();
    assert_eq!(first(0), ["user", "<root_account>", "admin", "ann"]);
    assert_eq!(first(8), ["access_key_1_active", "true", "true", "true"]);
    assert!(lines.iter().all(|line| line.len() == 22), "{text}");

    mock.clock().advance(SignedDuration::from_hours(5));
    let (code, _) = admin.refused("iam:GetCredentialReport", &Structure::new());
    assert_eq!(code, "ReportExpired");
}

/// AWS: Organizations API Reference: members may ask for their organization, and for nothing else.
#[test]
fn an_account_outside_of_organizations_has_none() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");

    assert_eq!(
        admin.refused("organizations:DescribeOrganization", &Structure::new()),
        refusal(
            "AWSOrganizationsNotInUseException",
            "Your account is not a member of an organization."
        )
    );
}
