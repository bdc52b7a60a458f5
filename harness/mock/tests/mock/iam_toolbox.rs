//! IAM Toolbox: the authorization behind a denial, by the id in the answer's header.

use rolecall_mock::{
    AUTHORIZATION_ID_HEADER, MemberSpec, Mock, MockBuilder, OrganizationSpec, UnitSpec, UserSpec,
    World,
};
use rolecall_wire::{ServiceError, Structure, Value};

use crate::client::*;
use crate::iam::{account, refusal, with};

const DETAILS: &str = "iam-toolbox:GetRequestAuthorizationDetails";
const POLICY: &str = "iam-toolbox:GetRequestAuthorizationPolicy";
const NOT_FOUND: &str =
    "The requested authorization details do not exist in this region or have expired.";

/// The id in the header of the answer to a listing of buckets.
fn listing(client: &Client) -> String {
    id(&client.send("s3:ListBuckets", &Structure::new()))
}

fn id(response: &http::Response<bytes::Bytes>) -> String {
    let id = response.headers().get(AUTHORIZATION_ID_HEADER).unwrap();
    id.to_str().unwrap().to_owned()
}

fn named(id: &str) -> Structure {
    with(&[("authorizationId", id)])
}

fn map<'v>(answer: &'v Structure, name: &str) -> &'v std::collections::BTreeMap<String, Value> {
    match answer.get(name) {
        Some(Value::Map(map)) => map,
        other => panic!("{name}: {other:?}"),
    }
}

fn first<'v>(answer: &'v Structure, list: &str) -> &'v Structure {
    match answer.list(list) {
        [Value::Structure(first), ..] => first,
        other => panic!("{list}: {other:?}"),
    }
}

#[test]
fn a_denial_is_explained_with_its_keys_and_policies() {
    let mut world = account();
    let policies = vec![allow("s3:GetObject", "*"), deny("s3:List*", "*")];
    world.add_user(user("bob", policies)).unwrap();
    let mock = Mock::new(world);
    let denied = listing(&Client::user(&mock, "bob"));

    let admin = Client::user(&mock, "admin");
    let details = admin.call(DETAILS, &named(&denied)).unwrap();

    let keys = map(&details, "requestContext");
    let bob = "arn:aws:iam::123456789012:user/bob";
    assert_eq!(keys.get("aws:PrincipalArn"), Some(&Value::from(bob)));
    let evaluation = first(&details, "evaluations");
    assert_eq!(evaluation.string("action"), Some("s3:ListAllMyBuckets"));
    assert_eq!(evaluation.string("evaluatedEffect"), Some("EXPLICIT_DENY"));
    assert!(
        map(evaluation, "context").is_empty(),
        "all keys are the request's"
    );
    let check = first(evaluation, "checks");
    assert_eq!(check.string("checkType"), Some("PRINCIPAL"));
    let matched = first(check, "matchedPolicies");
    let uri = matched.string("uri").unwrap();
    assert_eq!(
        details.list("policies").len(),
        2,
        "also the one that didn't match"
    );
    let policy = details
        .list("policies")
        .iter()
        .find_map(|policy| match policy {
            Value::Structure(policy) if policy.string("uri") == Some(uri) => Some(policy),
            _ => None,
        });
    let policy = policy.expect("the matched policy is among those evaluated");
    assert_eq!(policy.string("type"), Some("IDENTITY_BASED_POLICY"));
    assert_eq!(policy.boolean("inline"), Some(true));
    assert_eq!(first(policy, "attachedTo").string("arn"), Some(bob));
    assert_eq!(details.get("nextToken"), None);
}

/// AWS: the document is the one that was captured, not the current one.
#[test]
fn a_policy_is_shown_as_it_stood() {
    let mut world = account();
    world
        .add_user(user("bob", vec![deny("s3:List*", "*")]))
        .unwrap();
    let mock = Mock::new(world);
    let denied = listing(&Client::user(&mock, "bob"));
    let admin = Client::user(&mock, "admin");
    let details = admin.call(DETAILS, &named(&denied)).unwrap();
    let uri = first(&details, "policies")
        .string("uri")
        .unwrap()
        .to_owned();
    let delete = with(&[("UserName", "bob"), ("PolicyName", "Deny-s3.List.")]);
    admin.call("iam:DeleteUserPolicy", &delete).unwrap();

    let shown = admin.call(POLICY, &named(&denied).with("policyUri", uri.as_str()));

    let shown = format!("{:?}", shown.unwrap().get("policyDocument"));
    assert!(shown.contains("s3:List*"), "{shown}");
    let other = named(&denied).with("policyUri", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    assert_eq!(
        admin.refused(POLICY, &other),
        refusal(
            "ResourceNotFoundException",
            "The requested policy was not evaluated for this authorization."
        )
    );
}

#[test]
fn every_answer_to_a_verified_request_names_its_authorization() {
    let mock = Mock::new(account());
    let admin = Client::user(&mock, "admin");

    let allowed = listing(&admin);

    let details = admin.call(DETAILS, &named(&allowed)).unwrap();
    let evaluation = first(&details, "evaluations");
    assert_eq!(evaluation.string("evaluatedEffect"), Some("ALLOW"));
    let (listed, looked_up) = (
        admin.send("iam:ListUsers", &Structure::new()),
        admin.send(DETAILS, &named(&allowed)),
    );
    assert_ne!(id(&listed), id(&looked_up));
}

/// AWS: IAM Toolbox API Reference, errors.
#[test]
fn faults_have_awss_codes() {
    let mock = Mock::new(account());
    let (admin, ann) = (Client::user(&mock, "admin"), Client::user(&mock, "ann"));
    let denied = listing(&ann);
    let permission = |action: &str| {
        format!(
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: iam:{action} on resource: * because \
             no identity-based policy allows the iam:{action} action"
        )
    };
    let pattern = "1 validation error detected: Value 'Not-An-Id' at 'authorizationId' failed to satisfy constraint: \
                   Member must satisfy regular expression pattern: [0123456789abcdefghijklmnopqrstuvwxyz]+";
    let with_uri = named(&denied).with("policyUri", "x");
    let forged = named(&denied).with("nextToken", "!");
    let rows = [
        (
            &ann,
            DETAILS,
            named(&denied),
            403,
            "AccessDeniedException",
            permission("GetRequestAuthorizationDetails"),
        ),
        (
            &ann,
            POLICY,
            with_uri,
            403,
            "AccessDeniedException",
            permission("GetRequestAuthorizationPolicy"),
        ),
        (
            &admin,
            DETAILS,
            named("0123abc"),
            404,
            "ResourceNotFoundException",
            NOT_FOUND.to_owned(),
        ),
        (
            &admin,
            DETAILS,
            named("Not-An-Id"),
            400,
            "ValidationException",
            pattern.to_owned(),
        ),
        (
            &admin,
            DETAILS,
            forged,
            400,
            "ValidationException",
            "Invalid nextToken.".to_owned(),
        ),
    ];
    for (client, operation, input, status, code, message) in rows {
        let error: ServiceError = client.call(operation, &input).unwrap_err();
        assert_eq!(
            (error.status, error.code.as_str()),
            (status, code),
            "{message}"
        );
        assert_eq!(error.message, Some(message));
    }
    let anonymous = Client {
        endpoint: "http://iam-toolbox.us-east-1.amazonaws.com".to_owned(),
        ..Client::anonymous(&mock)
    };
    let anonymous = anonymous.call(DETAILS, &named(&denied));
    assert_eq!(
        anonymous.unwrap_err().code,
        "MissingAuthenticationTokenException"
    );
}

/// AWS: IAM Toolbox API Reference, `GetRequestAuthorizationPolicy`: who made the request decides who may look.
#[test]
fn only_the_callers_account_or_organization_may_look() {
    let setting = |members: &[&str]| {
        let mut world = account();
        let admin = UserSpec {
            policies: vec![allow("*", "*")],
            ..UserSpec::new(OTHER, "auditor")
        };
        world.add_user(admin).unwrap();
        world
            .set_organization(organization(members).as_ref())
            .unwrap();
        Mock::new(world)
    };
    for (members, found) in [
        (&[] as &[&str], false),
        (&[MAIN], false),
        (&[OTHER], false),
        (&[MAIN, OTHER], true),
    ] {
        let mock = setting(members);
        let denied = listing(&Client::user(&mock, "ann"));
        let auditor = mock.read(|world| world.user_credentials(OTHER, "auditor"));
        let auditor = Client {
            credentials: auditor,
            ..Client::anonymous(&mock)
        };
        assert_eq!(
            auditor.call(DETAILS, &named(&denied)).is_ok(),
            found,
            "{members:?}"
        );
        assert!(
            Client::root(&mock, MAIN)
                .call(DETAILS, &named(&denied))
                .is_ok()
        );
    }
}

fn organization(members: &[&str]) -> Option<OrganizationSpec> {
    let full = || rolecall_mock::ControlPolicySpec {
        name: "FullAWSAccess".to_owned(),
        document: document(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
        ),
    };
    let member = |account: &&str| MemberSpec {
        name: (*account).to_owned(),
        account: (*account).to_owned(),
        service_control: vec![full()],
        resource_control: vec![],
    };
    (!members.is_empty()).then(|| OrganizationSpec {
        id: "o-acme123456".to_owned(),
        management: None,
        root: UnitSpec {
            name: "Root".to_owned(),
            service_control: vec![full()],
            resource_control: vec![],
            units: vec![],
            accounts: members.iter().map(member).collect(),
        },
    })
}

#[test]
fn the_message_names_the_id_where_the_mock_is_told_to() {
    let text = |builder: fn(MockBuilder) -> MockBuilder, region: &str| {
        let mock = builder(Mock::builder(World::clone(&account()))).build();
        let ann = Client::user(&mock, "ann").in_region(region);
        let response = ann.send("iam:ListUsers", &Structure::new());
        let error = read("iam:ListUsers", &response).unwrap_err();
        (error.message.unwrap(), id(&response))
    };

    let (without, _) = text(|builder| builder, "us-east-1");
    assert!(without.ends_with("because no identity-based policy allows the iam:ListUsers action"));
    let (message, id) = text(
        |builder| builder.authorization_id_in_messages(true),
        "us-east-1",
    );
    assert_eq!(
        message,
        format!(
            "{without}. Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/{id} \
             for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: {id}"
        )
    );
    let (message, _) = text(
        |builder| builder.authorization_id_in_messages(true),
        "cn-north-1",
    );
    assert!(
        message.contains(". Go to https://cn-north-1.console.amazonaws.cn/iam/home?"),
        "{message}"
    );
}
