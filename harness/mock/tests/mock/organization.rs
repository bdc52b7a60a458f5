//! Control policies, on the way from the root of an organization down to its accounts.

use rolecall_mock::{
    BucketSpec, ControlPolicySpec, MemberSpec, Mock, OrganizationSpec, UnitSpec, UserSpec,
};
use rolecall_policy::CheckType;
use rolecall_wire::{Structure, Value};

use crate::client::*;
use crate::iam::{refusal, texts, with};

const THIRD: &str = "333333333333";

fn control(name: &str, statement: &str) -> ControlPolicySpec {
    let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{statement}]}}"#);
    ControlPolicySpec {
        name: name.to_owned(),
        document: document(&json),
    }
}

fn full() -> ControlPolicySpec {
    control(
        "FullAWSAccess",
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
    )
}

fn no_listing() -> ControlPolicySpec {
    control(
        "no-listing",
        r#"{"Effect": "Deny", "Action": "s3:ListAllMyBuckets", "Resource": "*"}"#,
    )
}

fn member(account: &str, service_control: Vec<ControlPolicySpec>) -> MemberSpec {
    MemberSpec {
        account: account.to_owned(),
        name: format!("account-{account}"),
        service_control,
        resource_control: vec![],
    }
}

/// MAIN manages; OTHER and THIRD are in a unit with policies of its own.
fn organization(
    of_unit: Vec<ControlPolicySpec>,
    of_member: Vec<ControlPolicySpec>,
    resource_control: Vec<ControlPolicySpec>,
) -> OrganizationSpec {
    OrganizationSpec {
        id: "o-acme123456".to_owned(),
        management: Some(MAIN.to_owned()),
        root: UnitSpec {
            name: "Root".to_owned(),
            service_control: vec![full()],
            units: vec![UnitSpec {
                name: "Workloads".to_owned(),
                service_control: of_unit,
                resource_control,
                accounts: vec![member(OTHER, of_member), member(THIRD, vec![full()])],
                ..UnitSpec::default()
            }],
            accounts: vec![member(MAIN, vec![full()])],
            ..UnitSpec::default()
        },
    }
}

fn mock(organization: &OrganizationSpec) -> Mock {
    let mut world = world();
    world.add_account(THIRD).unwrap();
    for account in [MAIN, OTHER, THIRD] {
        let policies = vec![allow("*", "*")];
        let spec = UserSpec::new(account, "admin");
        world.add_user(UserSpec { policies, ..spec }).unwrap();
    }
    world
        .add_bucket(BucketSpec::new(OTHER, "of-other"))
        .unwrap();
    world.set_organization(Some(organization)).unwrap();
    Mock::new(world)
}

fn admin(mock: &Mock, account: &str) -> Client {
    Client {
        credentials: mock.read(|world| world.user_credentials(account, "admin")),
        ..Client::anonymous(mock)
    }
}

fn list(client: &Client) -> Option<String> {
    let answer = client.call("s3:ListBuckets", &Structure::new());
    answer.err().map(|error| error.message.unwrap())
}

/// AWS: Organizations User Guide, SCP evaluation.
#[test]
fn every_level_must_allow_and_none_may_deny() {
    let rows = [
        ("all allow", vec![full()], vec![full()], None),
        (
            "the unit allows nothing",
            vec![],
            vec![full()],
            Some("no service control policy allows"),
        ),
        (
            "the account allows nothing",
            vec![full()],
            vec![],
            Some("no service control policy allows"),
        ),
        (
            "the unit denies",
            vec![full(), no_listing()],
            vec![full()],
            Some("explicit deny in a service control policy"),
        ),
    ];
    for (what, of_unit, of_member, refused) in rows {
        let mock = mock(&organization(of_unit, of_member, vec![]));

        let text = list(&admin(&mock, OTHER));
        match refused {
            None => assert_eq!(text, None, "{what}"),
            Some(reason) => assert!(
                text.as_ref().is_some_and(|t| t.contains(reason)),
                "{what}: {text:?}"
            ),
        }
        assert_eq!(
            list(&admin(&mock, MAIN)),
            None,
            "{what}: the management account is exempt"
        );
    }
}

/// AWS: S3 User Guide, Troubleshoot access denied: the ARN of a control policy ends the text of an explicit denial.
#[test]
fn a_denial_names_the_control_policy_and_its_level() {
    let mock = mock(&organization(
        vec![full(), no_listing()],
        vec![full()],
        vec![],
    ));

    let text = list(&admin(&mock, OTHER)).unwrap();
    let arn = text.rsplit(": ").next().unwrap();
    assert!(
        arn.starts_with(
            "arn:aws:organizations::123456789012:policy/o-acme123456/service_control_policy/p-"
        ),
        "{text}"
    );
    let authorization = mock.evaluations().pop().unwrap();
    let evaluation = &authorization.evaluations()[0];
    let levels: Vec<_> = evaluation
        .checks
        .iter()
        .filter(|check| check.check_type == CheckType::ServiceControlPolicy)
        .map(|check| check.target_arn.clone().unwrap())
        .collect();
    assert_eq!(levels.len(), 3);
    for (level, kind) in levels.iter().zip(["root", "ou", "account"]) {
        let start = format!("arn:aws:organizations::123456789012:{kind}/o-acme123456/");
        assert!(level.starts_with(&start), "{level}");
    }
}

#[test]
fn root_users_of_members_are_bound_too() {
    let mock = mock(&organization(
        vec![full(), no_listing()],
        vec![full()],
        vec![],
    ));

    assert!(list(&Client::root(&mock, OTHER)).is_some());
    assert!(list(&Client::root(&mock, MAIN)).is_none());
}

/// AWS: Organizations User Guide, Resource control policies.
#[test]
fn a_resource_control_policy_binds_whoever_calls() {
    let deny = control(
        "no-locations",
        r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:GetBucketLocation", "Resource": "*"}"#,
    );
    let mock = mock(&organization(vec![full()], vec![full()], vec![deny]));
    let bucket = Structure::new().with("Bucket", "of-other");

    let (code, text) = admin(&mock, OTHER).refused("s3:GetBucketLocation", &bucket);
    assert_eq!(code, "AccessDenied");
    assert!(
        text.contains("with an explicit deny in a resource control policy"),
        "{text}"
    );
    assert!(admin(&mock, OTHER).call("s3:HeadBucket", &bucket).is_ok());
}

/// AWS: S3 User Guide, Troubleshoot access denied: callers of the owner's organization learn the reason.
#[test]
fn the_organization_learns_reasons_and_shows_in_the_context() {
    let mock = mock(&organization(vec![full()], vec![full()], vec![]));
    let bucket = Structure::new().with("Bucket", "of-other");

    let (_, text) = admin(&mock, THIRD).refused("s3:HeadBucket", &bucket);
    assert_eq!(text, "", "answers to HEAD have no text");
    let (_, text) = admin(&mock, THIRD).refused("s3:GetBucketLocation", &bucket);
    assert!(
        text.ends_with("because no resource-based policy allows the s3:GetBucketLocation action"),
        "{text}"
    );
    let authorization = mock.evaluations().pop().unwrap();
    let context = authorization.questions[0].context();
    assert_eq!(context.get("aws:PrincipalOrgID").unwrap(), ["o-acme123456"]);
    assert_eq!(context.get("aws:ResourceOrgID").unwrap(), ["o-acme123456"]);
    let path = &context.get("aws:PrincipalOrgPaths").unwrap()[0];
    let parts: Vec<_> = path
        .split('/')
        .map(|part| part.split('-').next().unwrap())
        .collect();
    assert_eq!(parts, ["o", "r", "ou", ""], "{path}");
}

/// AWS: IAM User Guide, Centrally manage root access for member accounts.
#[test]
fn the_management_account_may_do_a_task_as_a_members_root() {
    let mock = mock(&organization(vec![full()], vec![full()], vec![]));
    let task = |name: &str| {
        let arn = format!("arn:aws:iam::aws:policy/root-task/{name}");
        Structure::new()
            .with("TargetPrincipal", OTHER)
            .with("TaskPolicyArn", Structure::new().with("arn", arn))
    };
    let manager = admin(&mock, MAIN);
    let bucket = Structure::new().with("Bucket", "of-other");

    let root = manager.session(
        &manager
            .call("sts:AssumeRoot", &task("S3UnlockBucketPolicy"))
            .unwrap(),
    );
    let identity = root
        .call("sts:GetCallerIdentity", &Structure::new())
        .unwrap();
    assert_eq!(identity.string("Account"), Some(OTHER));
    assert_eq!(root.send("s3:DeleteBucketPolicy", &bucket).status(), 204);
    assert_eq!(
        root.send("s3:DeleteBucket", &bucket).status(),
        403,
        "the task is another"
    );

    assert_eq!(
        manager.refused("sts:AssumeRoot", &task("Anything")).0,
        "ValidationError"
    );
    // An ARN that only ends like a task's, or is another partition's, has no policy that would limit the session.
    for start in ["nonsense", "arn:aws-cn", "arn:aws:iam::aws"] {
        let arn = format!("{start}:iam::aws:policy/root-task/S3UnlockBucketPolicy");
        let other = task("S3UnlockBucketPolicy")
            .with("TaskPolicyArn", Structure::new().with("arn", arn.as_str()));
        assert_eq!(
            manager.refused("sts:AssumeRoot", &other).0,
            "ValidationError",
            "{arn}"
        );
    }
    let text = "User: arn:aws:iam::210987654321:user/admin is not authorized to perform: sts:AssumeRoot on resource: \
                arn:aws:iam::210987654321:root";
    let refused = admin(&mock, OTHER).refused("sts:AssumeRoot", &task("S3UnlockBucketPolicy"));
    assert_eq!(refused, ("AccessDenied".to_owned(), text.to_owned()));
    let by_root =
        Client::root(&mock, MAIN).refused("sts:AssumeRoot", &task("S3UnlockBucketPolicy"));
    assert_eq!(by_root.0, "AccessDenied");
}

#[test]
fn the_same_organization_has_the_same_ids_when_it_is_set_again() {
    let spec = organization(vec![full()], vec![full()], vec![]);
    let mock = mock(&spec);
    let path = |mock: &Mock| {
        list(&admin(mock, OTHER));
        let authorization = mock.evaluations().pop().unwrap();
        authorization.questions[0]
            .context()
            .get("aws:PrincipalOrgPaths")
            .unwrap()
            .to_vec()
    };
    let before = path(&mock);

    mock.update(|world| world.set_organization(Some(&spec)))
        .unwrap();

    assert_eq!(path(&mock), before);
}

/// AWS: Organizations API Reference: the management account looks at everything, a member at the organization alone.
#[test]
fn the_management_account_sees_the_whole_organization_and_a_member_its_front() {
    let mock = mock(&organization(
        vec![full(), no_listing()],
        vec![full()],
        vec![],
    ));
    let (management, member) = (admin(&mock, MAIN), admin(&mock, OTHER));
    let seen = |client: &Client| {
        let answer = client.call("organizations:DescribeOrganization", &Structure::new());
        let answer = answer.unwrap();
        let organization = answer.structure("Organization").unwrap();
        organization.string("MasterAccountId").unwrap().to_owned()
    };
    assert_eq!(
        (seen(&management), seen(&member)),
        (MAIN.to_owned(), MAIN.to_owned())
    );
    let refused = member.refused("organizations:ListAccounts", &Structure::new());
    assert_eq!(
        refused,
        refusal(
            "AccessDeniedException",
            "You don't have permissions to access this resource."
        )
    );

    let accounts = management.call("organizations:ListAccounts", &Structure::new());
    assert_eq!(
        texts(&accounts.unwrap(), "Accounts", "Id"),
        [MAIN, OTHER, THIRD]
    );
    let parents = management.call("organizations:ListParents", &with(&[("ChildId", OTHER)]));
    let unit = texts(&parents.unwrap(), "Parents", "Id").remove(0);
    let attached = |filter: &str| {
        let input = with(&[("TargetId", &unit), ("Filter", filter)]);
        let answer = management.call("organizations:ListPoliciesForTarget", &input);
        texts(&answer.unwrap(), "Policies", "Name")
    };
    assert_eq!(
        attached("SERVICE_CONTROL_POLICY"),
        ["FullAWSAccess", "no-listing"]
    );
    assert_eq!(attached("RESOURCE_CONTROL_POLICY"), ["RCPFullAWSAccess"]);
    assert!(attached("TAG_POLICY").is_empty());
    assert_eq!(
        management.refused(
            "organizations:DescribePolicy",
            &with(&[("PolicyId", "p-00000000")])
        ),
        refusal(
            "PolicyNotFoundException",
            "You specified a policy that doesn't exist."
        )
    );
}

/// AWS: Organizations User Guide: the management account is a member of its organization.
#[test]
fn the_management_account_is_at_the_root_unless_a_unit_names_it() {
    let mut spec = organization(vec![full()], vec![full()], vec![]);
    spec.root.accounts.retain(|account| account.account != MAIN);
    for unit in &mut spec.root.units {
        unit.accounts.retain(|account| account.account != MAIN);
    }
    let mock = mock(&spec);
    let manager = admin(&mock, MAIN);

    let answer = manager.call("organizations:ListAccounts", &Structure::new());
    let accounts = answer.unwrap();
    let ids = accounts
        .list("Accounts")
        .iter()
        .filter_map(|account| match account {
            Value::Structure(account) => account.string("Id"),
            _ => None,
        });
    assert!(ids.into_iter().any(|id| id == MAIN));
    let asked = mock.evaluations().pop().unwrap();
    let context = asked.questions[0].context();
    assert_eq!(context.get("aws:PrincipalOrgID").unwrap(), ["o-acme123456"]);
}
