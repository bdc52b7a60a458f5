//! Users, access keys, roles and groups of IAM.

use jiff::SignedDuration;
use rolecall_mock::{Credentials, Mock, World};
use rolecall_wire::{Structure, Value};

use crate::client::*;

/// An account with an administrator and `ann`, who may nothing.
pub(crate) fn account() -> World {
    let mut world = world();
    world
        .add_user(user("admin", vec![allow("*", "*")]))
        .unwrap();
    world.add_user(user("ann", vec![])).unwrap();
    world
}

pub(crate) fn with(members: &[(&str, &str)]) -> Structure {
    let set = |input: Structure, (name, value): &(&str, &str)| input.with(name, *value);
    members.iter().fold(Structure::new(), set)
}

/// The member with this name of each structure in a list.
pub(crate) fn texts(answer: &Structure, list: &str, member: &str) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Structure(item) => item.string(member).unwrap().to_owned(),
        other => panic!("{other:?}"),
    };
    answer.list(list).iter().map(text).collect()
}

const TRUST: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:user/ann"}, "Action": "sts:AssumeRole"}]}"#;

fn new_role(name: &str, trust: &str) -> Structure {
    with(&[("RoleName", name), ("AssumeRolePolicyDocument", trust)])
}

pub(crate) fn refusal(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

#[test]
fn a_user_is_made_shown_listed_and_deleted() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let bob = with(&[("UserName", "bob"), ("Path", "/team/")]);

    let made = admin.call("iam:CreateUser", &bob).unwrap();
    let made = made.structure("User").unwrap();
    assert_eq!(
        made.string("Arn").unwrap(),
        "arn:aws:iam::123456789012:user/team/bob"
    );
    let id = made.string("UserId").unwrap().to_owned();
    assert!(id.starts_with("AIDA"), "{id}");
    assert_eq!(made.get("CreateDate"), Some(&Value::Timestamp(start())));

    let bob = with(&[("UserName", "bob")]);
    let shown = admin.call("iam:GetUser", &bob).unwrap();
    assert_eq!(
        shown.structure("User").unwrap().string("UserId").unwrap(),
        id
    );
    let listed = admin.call("iam:ListUsers", &with(&[("PathPrefix", "/team/")]));
    assert_eq!(texts(&listed.unwrap(), "Users", "UserName"), ["bob"]);
    assert_eq!(
        admin.refused("iam:CreateUser", &with(&[("UserName", "BOB")])),
        refusal("EntityAlreadyExists", "User with name BOB already exists.")
    );

    admin.call("iam:DeleteUser", &bob).unwrap();
    assert_eq!(
        admin.refused("iam:GetUser", &bob),
        refusal("NoSuchEntity", "The user with name bob cannot be found.")
    );
    let again = admin.call("iam:CreateUser", &bob).unwrap();
    assert_ne!(
        again.structure("User").unwrap().string("UserId").unwrap(),
        id,
        "who is made anew is someone else"
    );
}

#[test]
fn without_a_name_a_user_is_the_caller() {
    let mut world = account();
    let own = "arn:aws:iam::123456789012:user/bob";
    world
        .add_user(user("bob", vec![allow("iam:*", own)]))
        .unwrap();
    let mock = Mock::new(world);
    let bob = Client::user(&mock, "bob");

    let shown = bob.call("iam:GetUser", &Structure::new()).unwrap();

    assert_eq!(shown.structure("User").unwrap().string("Arn").unwrap(), own);
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:GetUser", &Structure::new()),
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:GetUser on resource: \
             arn:aws:iam::123456789012:user/ann because no identity-based policy allows the iam:GetUser action"
        )
    );
}

#[test]
fn a_list_comes_in_pages() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let page = Structure::new().with("MaxItems", 1_i64);

    let first = admin.call("iam:ListUsers", &page).unwrap();
    assert_eq!(texts(&first, "Users", "UserName"), ["admin"]);
    assert_eq!(first.boolean("IsTruncated"), Some(true));
    let page = page.with("Marker", first.string("Marker").unwrap());
    let second = admin.call("iam:ListUsers", &page).unwrap();
    assert_eq!(texts(&second, "Users", "UserName"), ["ann"]);
    assert_eq!(second.boolean("IsTruncated"), Some(false));
    assert_eq!(second.string("Marker"), None);
}

#[test]
fn an_access_key_works_at_once_until_it_is_inactive_or_deleted() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let bob = with(&[("UserName", "bob")]);
    admin.call("iam:CreateUser", &bob).unwrap();
    let made = admin.call("iam:CreateAccessKey", &bob).unwrap();
    let key = made.structure("AccessKey").unwrap();
    let id = key.string("AccessKeyId").unwrap();
    let secret = key.string("SecretAccessKey").unwrap();
    let client = Client {
        credentials: Some(Credentials::new(id, secret, None)),
        ..admin.clone()
    };
    let works = || {
        client
            .call("sts:GetCallerIdentity", &Structure::new())
            .is_ok()
    };
    assert!(works());

    let listed = admin.call("iam:ListAccessKeys", &bob).unwrap();
    assert_eq!(texts(&listed, "AccessKeyMetadata", "AccessKeyId"), [id]);
    let key = with(&[("UserName", "bob"), ("AccessKeyId", id)]);
    let status = |status: &str| key.clone().with("Status", status);
    admin
        .call("iam:UpdateAccessKey", &status("Inactive"))
        .unwrap();
    assert!(!works());
    admin
        .call("iam:UpdateAccessKey", &status("Active"))
        .unwrap();
    assert!(works());

    admin.call("iam:CreateAccessKey", &bob).unwrap();
    assert_eq!(
        admin.refused("iam:CreateAccessKey", &bob),
        refusal(
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2"
        )
    );
    assert_eq!(
        admin.refused("iam:DeleteUser", &bob),
        refusal(
            "DeleteConflict",
            "Cannot delete entity, must delete access keys first."
        )
    );
    admin.call("iam:DeleteAccessKey", &key).unwrap();
    assert!(!works());
    assert_eq!(
        admin.refused("iam:DeleteAccessKey", &key),
        refusal(
            "NoSuchEntity",
            &format!("The Access Key with id {id} cannot be found.")
        )
    );
}

/// AWS: IAM User Guide, Update access keys: a new key takes the place of an old one.
#[test]
fn the_oldest_of_a_users_keys_is_the_one_that_the_world_tells() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let known = || {
        mock.read(|world| {
            let credentials = world.user_credentials(MAIN, "ann");
            credentials.map(|credentials| credentials.access_key_id)
        })
    };
    let first = known().unwrap();
    let ann = with(&[("UserName", "ann")]);
    let made = admin.call("iam:CreateAccessKey", &ann).unwrap();
    let made = made.structure("AccessKey").unwrap();
    let second = made.string("AccessKeyId").unwrap().to_owned();
    assert_eq!(known().as_ref(), Some(&first));
    let delete = |id: &str| {
        let key = with(&[("UserName", "ann"), ("AccessKeyId", id)]);
        admin.call("iam:DeleteAccessKey", &key).unwrap();
    };

    delete(&first);
    assert_eq!(known().as_ref(), Some(&second));
    let listed = admin.call("iam:ListAccessKeys", &ann).unwrap();
    assert_eq!(
        texts(&listed, "AccessKeyMetadata", "AccessKeyId"),
        [second.as_str()]
    );

    delete(&second);
    assert_eq!(known(), None);
    let made = admin.call("iam:CreateAccessKey", &ann).unwrap();
    let made = made.structure("AccessKey").unwrap();
    assert_eq!(known().as_deref(), made.string("AccessKeyId"));
}

#[test]
fn keys_of_others_need_permission() {
    let mock = Mock::new(account());
    let ann = Client::user(&mock, "ann");

    assert_eq!(
        ann.refused("iam:CreateAccessKey", &with(&[("UserName", "admin")])),
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:CreateAccessKey on \
             resource: arn:aws:iam::123456789012:user/admin because no identity-based policy allows the \
             iam:CreateAccessKey action"
        )
    );
    assert_eq!(
        ann.refused("iam:ListUsers", &Structure::new()),
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:ListUsers on resource: \
             arn:aws:iam::123456789012:user/ because no identity-based policy allows the iam:ListUsers action"
        )
    );
}

/// AWS: IAM User Guide, Compare AWS STS credentials.
#[test]
fn a_session_of_a_user_without_mfa_can_not_call_iam() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let session = admin.call("sts:GetSessionToken", &Structure::new());

    assert_eq!(
        admin
            .session(&session.unwrap())
            .refused("iam:ListUsers", &Structure::new()),
        refusal(
            "InvalidClientTokenId",
            "The security token included in the request is invalid."
        )
    );
}

#[test]
fn a_role_can_be_assumed_as_soon_as_it_is_made() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let ann = Client::user(&mock, "ann");
    let input = new_role("Deploy", TRUST)
        .with("Description", "Deploys")
        .with("MaxSessionDuration", 7200_i64)
        .with("Tags", tags(&[("team", "web")]));

    mock.clock().advance(SignedDuration::from_secs(60));
    let made = admin.call("iam:CreateRole", &input).unwrap();
    let made = made.structure("Role").unwrap();
    assert_eq!(made.string("Arn").unwrap(), role_arn("Deploy"));
    let id = made.string("RoleId").unwrap().to_owned();
    let session = ann.session(&ann.assume(&role_arn("Deploy")).unwrap());

    let deploy = with(&[("RoleName", "Deploy")]);
    let shown = admin.call("iam:GetRole", &deploy).unwrap();
    let shown = shown.structure("Role").unwrap();
    let document = shown.string("AssumeRolePolicyDocument").unwrap();
    assert!(
        document.starts_with("%7B%22Version%22%3A%20%222012-10-17%22"),
        "{document}"
    );
    assert_eq!(shown.integer("MaxSessionDuration"), Some(7200));
    assert_eq!(shown.string("Description"), Some("Deploys"));
    assert_eq!(texts(shown, "Tags", "Key"), ["team"]);
    let made_at = start() + SignedDuration::from_secs(60);
    assert_eq!(shown.get("CreateDate"), Some(&Value::Timestamp(made_at)));
    let listed = admin.call("iam:ListRoles", &Structure::new()).unwrap();
    assert_eq!(texts(&listed, "Roles", "RoleName"), ["Deploy"]);

    let update = deploy.clone().with("MaxSessionDuration", 3600_i64);
    admin.call("iam:UpdateRole", &update).unwrap();
    let shown = admin.call("iam:GetRole", &deploy).unwrap();
    let shown = shown.structure("Role").unwrap();
    assert_eq!(shown.integer("MaxSessionDuration"), Some(3600));
    assert_eq!(
        admin.refused("iam:CreateRole", &new_role("Deploy", TRUST)),
        refusal(
            "EntityAlreadyExists",
            "Role with name Deploy already exists."
        )
    );

    admin.call("iam:DeleteRole", &deploy).unwrap();
    let identity = session.refused("sts:GetCallerIdentity", &Structure::new());
    assert_eq!(identity.0, "InvalidClientTokenId");
    let again = admin.call("iam:CreateRole", &input).unwrap();
    let again = again.structure("Role").unwrap();
    assert_ne!(again.string("RoleId").unwrap(), id);
}

/// AWS's texts for trust policies that it doesn't save: public captures.
#[test]
fn a_trust_policy_that_aws_refuses_is_refused() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let rows = [
        ("{", "This policy contains invalid Json".to_owned()),
        (
            &TRUST.replace("user/ann", "user/gone"),
            r#"Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/gone""#
                .to_owned(),
        ),
        (
            &TRUST.replace("sts:AssumeRole", "s3:GetObject"),
            "AssumeRole policy may only specify STS AssumeRole actions.".to_owned(),
        ),
    ];
    admin
        .call("iam:CreateRole", &new_role("Deploy", TRUST))
        .unwrap();
    for (trust, message) in rows {
        let wanted = ("MalformedPolicyDocument".to_owned(), message);
        assert_eq!(
            admin.refused("iam:CreateRole", &new_role("R", trust)),
            wanted
        );
        let update = with(&[("RoleName", "Deploy"), ("PolicyDocument", trust)]);
        assert_eq!(admin.refused("iam:UpdateAssumeRolePolicy", &update), wanted);
    }
    let outside = TRUST.replace("123456789012:user/ann", "464622532012:root");
    let input = new_role("Vendor", &outside);
    assert!(
        admin.call("iam:CreateRole", &input).is_ok(),
        "who lives outside the world is taken to be there"
    );
}

#[test]
fn a_changed_trust_policy_holds_at_once() {
    let mut world = account();
    let nobody = trust(r#"{"AWS": "arn:aws:iam::123456789012:user/admin"}"#, "");
    world.add_role(role("Deploy", nobody, vec![])).unwrap();
    let mock = Mock::new(world);
    let ann = Client::user(&mock, "ann");
    assert!(ann.assume(&role_arn("Deploy")).is_err());

    let update = with(&[("RoleName", "Deploy"), ("PolicyDocument", TRUST)]);
    let admin = Client::user(&mock, "admin");
    admin.call("iam:UpdateAssumeRolePolicy", &update).unwrap();

    assert!(ann.assume(&role_arn("Deploy")).is_ok());
}

/// A missing role has no path: a policy limited to one denies, and tells nothing of what exists.
#[test]
fn a_role_needs_permission_whether_it_exists_or_not() {
    let mock = Mock::new(account());
    let ann = Client::user(&mock, "ann");
    for action in ["GetRole", "DeleteRole"] {
        assert_eq!(
            ann.refused(&format!("iam:{action}"), &with(&[("RoleName", "Missing")])),
            refusal(
                "AccessDenied",
                &format!(
                    "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:{action} on \
                     resource: arn:aws:iam::123456789012:role/Missing because no identity-based policy allows \
                     the iam:{action} action"
                )
            )
        );
    }
    let admin = Client::user(&mock, "admin");
    assert_eq!(
        admin.refused("iam:GetRole", &with(&[("RoleName", "Missing")])),
        refusal(
            "NoSuchEntity",
            "The role with name Missing cannot be found."
        )
    );
}

#[test]
fn a_group_gives_its_policies_to_its_users() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");
    let group = with(&[("GroupName", "readers")]);
    let ann = with(&[("GroupName", "readers"), ("UserName", "ann")]);
    let may_list = || {
        let ann = Client::user(&mock, "ann");
        ann.call("s3:ListBuckets", &Structure::new()).is_ok()
    };
    admin.call("iam:CreateGroup", &group).unwrap();
    admin.call("iam:AddUserToGroup", &ann).unwrap();
    assert!(!may_list());

    let arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    let full = group.clone().with("PolicyArn", arn);
    admin.call("iam:AttachGroupPolicy", &full).unwrap();
    assert!(may_list());
    let of_ann = admin.call("iam:ListGroupsForUser", &with(&[("UserName", "ann")]));
    assert_eq!(texts(&of_ann.unwrap(), "Groups", "GroupName"), ["readers"]);
    let shown = admin.call("iam:GetGroup", &group).unwrap();
    assert_eq!(texts(&shown, "Users", "UserName"), ["ann"]);
    assert_eq!(admin.refused("iam:DeleteGroup", &group).0, "DeleteConflict");

    admin.call("iam:RemoveUserFromGroup", &ann).unwrap();
    assert!(!may_list());
    admin.call("iam:DetachGroupPolicy", &full).unwrap();
    admin.call("iam:DeleteGroup", &group).unwrap();
    let listed = admin.call("iam:ListGroups", &Structure::new()).unwrap();
    assert!(listed.list("Groups").is_empty());
    assert_eq!(
        Client::user(&mock, "ann").refused("iam:CreateGroup", &group),
        refusal(
            "AccessDenied",
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:CreateGroup on resource: \
             arn:aws:iam::123456789012:group/readers because no identity-based policy allows the \
             iam:CreateGroup action"
        )
    );
}
