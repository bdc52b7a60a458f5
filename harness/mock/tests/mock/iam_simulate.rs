//! The policy simulator: AWS's examples, what it refuses, and what it ignores.

use rolecall_mock::{
    ControlPolicySpec, MemberSpec, Mock, OrganizationSpec, PolicySpec, UnitSpec, UserSpec,
};
use rolecall_wire::{Structure, Value};

use crate::client::*;
use crate::iam::{account, refusal, texts, with};

const CUSTOM: &str = "iam:SimulateCustomPolicy";
const PRINCIPAL: &str = "iam:SimulatePrincipalPolicy";
const KEYS_OF_CUSTOM: &str = "iam:GetContextKeysForCustomPolicy";
const KEYS_OF_PRINCIPAL: &str = "iam:GetContextKeysForPrincipalPolicy";

const BOB: &str = "arn:aws:iam::123456789012:user/team/bob";
const DEPLOY: &str = "arn:aws:iam::123456789012:role/Deploy";
const OBJECT: &str = "arn:aws:s3:::site/index.html";

fn policy(effect: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

fn on_principal(effect: &str, action: &str, principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"{action}","Resource":"arn:aws:s3:::site/*","Principal":{{"AWS":"{principal}"}}}}]}}"#
    )
}

fn list(items: &[&str]) -> Vec<Value> {
    items.iter().map(|item| Value::from(*item)).collect()
}

/// The input of a simulation: members with one text, or with several.
fn input(lists: &[(&str, &[&str])], texts: &[(&str, &str)]) -> Structure {
    let set = |input: Structure, (name, items): &(&str, &[&str])| input.with(name, list(items));
    lists.iter().fold(with(texts), set)
}

fn context(entries: &[(&str, &str, &[&str])]) -> Vec<Value> {
    let entry = |(name, value_type, values): &(&str, &str, &[&str])| {
        let entry = Structure::new()
            .with("ContextKeyName", *name)
            .with("ContextKeyType", *value_type)
            .with("ContextKeyValues", list(values));
        Value::from(entry)
    };
    entries.iter().map(entry).collect()
}

fn structures<'v>(structure: &'v Structure, name: &str) -> Vec<&'v Structure> {
    let items = structure.list(name).iter();
    items
        .map(|item| match item {
            Value::Structure(item) => item,
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The only result.
fn result(answer: &Structure) -> &Structure {
    let results = structures(answer, "EvaluationResults");
    assert_eq!(results.len(), 1, "{answer:?}");
    results[0]
}

fn flag(result: &Structure, detail: &str, name: &str) -> Option<bool> {
    result.structure(detail)?.boolean(name)
}

fn details(result: &Structure) -> Option<Vec<(String, String)>> {
    match result.get("EvalDecisionDetails") {
        Some(Value::Map(map)) => {
            let text = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => panic!("{other:?}"),
            };
            Some(
                map.iter()
                    .map(|(key, value)| (key.clone(), text(value)))
                    .collect(),
            )
        }
        None => None,
        other => panic!("{other:?}"),
    }
}

/// Bob of the group `readers`, with an inline policy and a managed one; a role with an inline policy.
fn setting() -> Mock {
    let mut world = account();
    world
        .add_group(rolecall_mock::GroupSpec {
            account: MAIN.to_owned(),
            path: "/".to_owned(),
            name: "readers".to_owned(),
            policies: vec![allow("s3:GetObject", "*")],
        })
        .unwrap();
    let read_only = "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess";
    let bob = UserSpec {
        path: "/team/".to_owned(),
        groups: vec!["readers".to_owned()],
        policies: vec![
            deny("s3:DeleteObject", "*"),
            PolicySpec::Managed {
                arn: read_only.to_owned(),
                document: document(&rolecall_policy::managed::find(read_only).unwrap().document),
            },
        ],
        ..user("bob", vec![])
    };
    world.add_user(bob).unwrap();
    let trust = trust(r#"{"AWS": "arn:aws:iam::123456789012:user/admin"}"#, "");
    world
        .add_role(role("Deploy", trust, vec![allow("s3:PutObject", "*")]))
        .unwrap();
    Mock::new(world)
}

/// AWS: IAM API Reference, `SimulateCustomPolicy`, examples.
#[test]
fn a_policy_of_the_request_is_simulated_with_its_statement_and_keys() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let bucket = "arn:aws:s3:::teambucket";
    let document = format!(
        "{{\n  \"Version\":\"2012-10-17\",\n  \"Statement\":{{\n    \"Effect\":\"Allow\",\n    \"Action\":\"s3:ListBucket\",\n    \
         \"Resource\":\"{bucket}\",\n    \"Condition\":{{\n      \"Bool\":{{\"aws:MultiFactorAuthPresent\":\"true\"}}\n    }}\n  }}\n}}"
    );
    let request = input(
        &[
            ("PolicyInputList", &[&document]),
            ("ActionNames", &["s3:ListBucket"]),
            ("ResourceArns", &[bucket]),
        ],
        &[],
    );

    let without = admin.call(CUSTOM, &request).unwrap();
    let key = (
        "aws:MultiFactorAuthPresent",
        "boolean",
        &["true"] as &[&str],
    );
    let given = request.with("ContextEntries", context(&[key]));
    let answer = admin.call(CUSTOM, &given).unwrap();

    let lacking = result(&without);
    assert_eq!(lacking.string("EvalDecision"), Some("implicitDeny"));
    assert_eq!(
        lacking.list("MissingContextValues"),
        list(&["aws:MultiFactorAuthPresent"])
    );
    let result = result(&answer);
    assert_eq!(result.string("EvalActionName"), Some("s3:ListBucket"));
    assert_eq!(result.string("EvalResourceName"), Some(bucket));
    assert_eq!(result.string("EvalDecision"), Some("allowed"));
    assert!(result.list("MissingContextValues").is_empty());
    assert_eq!(
        details(result),
        Some(vec![]),
        "there and empty within an account"
    );
    let specific = structures(result, "ResourceSpecificResults");
    assert_eq!(specific[0].string("EvalResourceDecision"), Some("allowed"));
    assert_eq!(details(specific[0]), None);
    for result in [result, specific[0]] {
        let statement = structures(result, "MatchedStatements")[0];
        assert_eq!(
            statement.string("SourcePolicyId"),
            Some("PolicyInputList.1")
        );
        assert_eq!(statement.string("SourcePolicyType"), Some("IAM Policy"));
        let position = |name| {
            let position = statement.structure(name).unwrap();
            (position.integer("Line"), position.integer("Column"))
        };
        assert_eq!(position("StartPosition"), (Some(3), Some(16)));
        assert_eq!(position("EndPosition"), (Some(10), Some(4)));
    }
}

/// AWS: IAM API Reference, `SimulateCustomPolicy` example 2 and `SimulatePrincipalPolicy` example 3.
#[test]
fn a_resources_policy_and_a_boundary_take_part() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let iam_only = policy("Allow", "iam:*", "*");
    let by_name = on_principal("Allow", "s3:Put*", BOB);
    let owner = |account: &str| format!("arn:aws:iam::{account}:root");
    let simulate = |account: &str| {
        let request = input(
            &[
                ("PolicyInputList", &[&iam_only]),
                ("PermissionsBoundaryPolicyInputList", &[&iam_only]),
                ("ActionNames", &["s3:PutObject"]),
                ("ResourceArns", &[OBJECT]),
            ],
            &[
                ("CallerArn", BOB),
                ("ResourcePolicy", &by_name),
                ("ResourceOwner", &owner(account)),
            ],
        );
        admin.call(CUSTOM, &request).unwrap()
    };
    let boundary = "PermissionsBoundaryDecisionDetail";
    let ids = |result: &Structure| texts(result, "MatchedStatements", "SourcePolicyId");

    let own = simulate(MAIN);
    let own = result(&own);
    assert_eq!(own.string("EvalDecision"), Some("allowed"));
    assert_eq!(ids(own), ["ResourcePolicy"]);
    assert_eq!(
        flag(own, boundary, "AllowedByPermissionsBoundary"),
        Some(false)
    );
    assert_eq!(details(own), Some(vec![]));

    let foreign = simulate(OTHER);
    let foreign = result(&foreign);
    assert_eq!(foreign.string("EvalDecision"), Some("implicitDeny"));
    assert_eq!(ids(foreign), [""; 0]);
    let sides = [
        ("IAM Policy", "implicitDeny"),
        ("Permissions Boundary Policy", "implicitDeny"),
        ("Resource Policy", "allowed"),
    ];
    let sides = sides.map(|(side, decision)| (side.to_owned(), decision.to_owned()));
    assert_eq!(details(foreign), Some(sides.to_vec()));
    let specific = structures(foreign, "ResourceSpecificResults")[0];
    assert_eq!(details(specific), Some(sides.to_vec()));
    assert_eq!(ids(specific), ["ResourcePolicy"], "what allowed in vain");
}

#[test]
fn a_users_policies_are_those_of_its_groups_too_by_awss_names() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let rows = [
        (
            BOB,
            "s3:GetObject",
            "allowed",
            "group_readers_Allow-s3.GetObject",
        ),
        (
            BOB,
            "s3:DeleteObject",
            "explicitDeny",
            "user_bob_Deny-s3.DeleteObject",
        ),
        (
            BOB,
            "ec2:DescribeInstances",
            "allowed",
            "AmazonEC2ReadOnlyAccess",
        ),
        (BOB, "s3:PutObject", "allowed", "PolicyInputList.1"),
        (BOB, "sqs:SendMessage", "implicitDeny", ""),
        (
            DEPLOY,
            "s3:PutObject",
            "allowed",
            "role_Deploy_Allow-s3.PutObject",
        ),
        (
            "arn:aws:iam::123456789012:group/readers",
            "s3:GetObject",
            "allowed",
            "group_readers_Allow-s3.GetObject",
        ),
    ];
    let put = policy("Allow", "s3:PutObject", "*");
    for (source, action, decision, id) in rows {
        let request = input(
            &[("ActionNames", &[action]), ("PolicyInputList", &[&put])],
            &[("PolicySourceArn", source)],
        );
        let answer = admin.call(PRINCIPAL, &request).unwrap();
        let result = result(&answer);
        assert_eq!(
            result.string("EvalDecision"),
            Some(decision),
            "{source} {action}"
        );
        assert_eq!(result.string("EvalResourceName"), Some("*"));
        assert_eq!(details(result), None, "not returned for all resources");
        assert!(result.list("ResourceSpecificResults").is_empty());
        let ids = texts(result, "MatchedStatements", "SourcePolicyId");
        assert_eq!(
            ids.first().map_or("", String::as_str),
            id,
            "{source} {action}"
        );
    }
}

#[test]
fn policies_can_be_left_out() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let of_type = |policy_type: &str| with(&[("PolicyType", policy_type)]);
    let inline = with(&[
        ("PolicyName", "Allow-s3.GetObject"),
        ("AttachmentType", "group"),
        ("AttachmentName", "readers"),
    ]);
    let managed = with(&[(
        "PolicyArn",
        "arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess",
    )]);
    let rows = [
        (of_type("inline"), "s3:GetObject"),
        (
            Structure::new().with("InlinePolicyIdentifier", inline),
            "s3:GetObject",
        ),
        (of_type("aws-managed"), "ec2:DescribeInstances"),
        (managed, "ec2:DescribeInstances"),
    ];
    for (exclusion, action) in rows {
        let request = input(&[("ActionNames", &[action])], &[("PolicySourceArn", BOB)]);
        let all = admin.call(PRINCIPAL, &request).unwrap();
        assert_eq!(result(&all).string("EvalDecision"), Some("allowed"));

        let without = request.with("PolicyExclusionList", vec![Value::from(exclusion.clone())]);
        let without = admin.call(PRINCIPAL, &without).unwrap();

        let decision = result(&without).string("EvalDecision");
        assert_eq!(decision, Some("implicitDeny"), "{exclusion:?}");
    }
}

/// AWS reads a trust policy and ignores it: github.com/aws/aws-cli/issues/10314.
#[test]
fn a_trust_policy_is_ignored() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let untrusted = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}]}"#;
    let assume = policy("Allow", "sts:*", "*");
    for action in [
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sts:TagSession",
    ] {
        let request = input(
            &[
                ("PolicyInputList", &[&assume]),
                ("ActionNames", &[action]),
                ("ResourceArns", &[DEPLOY]),
            ],
            &[("ResourcePolicy", untrusted), ("CallerArn", BOB)],
        );
        let answer = admin.call(CUSTOM, &request).unwrap();
        assert_eq!(
            result(&answer).string("EvalDecision"),
            Some("allowed"),
            "{action}"
        );
    }
}

/// A key's policy is no more fetched than any other.
#[test]
fn without_a_resources_policy_only_the_callers_side_is_simulated() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let everything = policy("Allow", "*", "*");
    for (action, resource) in [
        ("kms:Decrypt", "arn:aws:kms:us-east-1:210987654321:key/1"),
        ("sqs:SendMessage", "arn:aws:sqs:us-east-1:210987654321:q"),
    ] {
        let request = input(
            &[
                ("PolicyInputList", &[&everything]),
                ("ActionNames", &[action]),
                ("ResourceArns", &[resource]),
            ],
            &[],
        );
        let answer = admin.call(CUSTOM, &request).unwrap();
        assert_eq!(
            result(&answer).string("EvalDecision"),
            Some("allowed"),
            "{action}"
        );
    }
}

fn control(name: &str, json: &str) -> ControlPolicySpec {
    ControlPolicySpec {
        name: name.to_owned(),
        document: document(json),
    }
}

/// AWS: github.com/aws-containers/amazon-ecs-exec-checker/issues/70; conditions: IAM User Guide, policy simulator.
#[test]
fn service_control_policies_bind_a_principal_but_for_those_with_conditions() {
    let full =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let no_listing = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;
    let in_part = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#;
    let only_ec2 = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#;
    let rows = [
        (vec![full], "allowed", true),
        (vec![full, no_listing], "explicitDeny", false),
        (vec![full, in_part], "allowed", true),
        (vec![only_ec2], "implicitDeny", false),
    ];
    for (policies, decision, allowed) in rows {
        let mut world = account();
        let service_control = policies
            .iter()
            .zip(1..)
            .map(|(json, number)| control(&format!("policy-{number}"), json));
        let member = MemberSpec {
            name: "main".to_owned(),
            account: MAIN.to_owned(),
            service_control: service_control.collect(),
            resource_control: vec![],
        };
        let organization = OrganizationSpec {
            id: "o-acme123456".to_owned(),
            management: None,
            root: UnitSpec {
                name: "Root".to_owned(),
                service_control: vec![control("FullAWSAccess", full)],
                resource_control: vec![],
                units: vec![],
                accounts: vec![member],
            },
        };
        world.set_organization(Some(&organization)).unwrap();
        let mock = Mock::new(world);
        let root = Client::root(&mock, MAIN);
        let admin = "arn:aws:iam::123456789012:user/admin";
        let request = input(
            &[("ActionNames", &["s3:ListAllMyBuckets"])],
            &[("PolicySourceArn", admin)],
        );
        // The root user needs iam itself, which one of the rows doesn't leave it.
        let Ok(answer) = root.call(PRINCIPAL, &request) else {
            assert_eq!(policies, [only_ec2]);
            continue;
        };
        let result = result(&answer);
        assert_eq!(
            result.string("EvalDecision"),
            Some(decision),
            "{policies:?}"
        );
        let detail = "OrganizationsDecisionDetail";
        assert_eq!(
            flag(result, detail, "AllowedByOrganizations"),
            Some(allowed)
        );
        assert_eq!(result.list("MatchedStatements").is_empty(), !allowed);
    }

    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let everything = policy("Allow", "*", "*");
    let level = Structure::new().with("ServiceControlPolicyInputList", list(&[only_ec2]));
    let request = input(
        &[
            ("PolicyInputList", &[&everything]),
            ("ActionNames", &["s3:ListAllMyBuckets"]),
        ],
        &[],
    );
    let request = request.with(
        "OrderedOrganizationPolicyInputList",
        vec![Value::from(level)],
    );
    let answer = admin.call(CUSTOM, &request).unwrap();
    let result = result(&answer);
    assert_eq!(result.string("EvalDecision"), Some("implicitDeny"));
    let detail = "OrganizationsDecisionDetail";
    assert_eq!(flag(result, detail, "AllowedByOrganizations"), Some(false));
}

#[test]
fn several_resources_are_summed_up_and_told_one_by_one() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let site = policy("Allow", "s3:GetObject", "arn:aws:s3:::site/*");
    let request = input(
        &[
            ("PolicyInputList", &[&site]),
            ("ActionNames", &["s3:GetObject"]),
            ("ResourceArns", &[OBJECT, "arn:aws:s3:::other/x"]),
        ],
        &[],
    );

    let answer = admin.call(CUSTOM, &request).unwrap();

    let result = result(&answer);
    assert_eq!(result.string("EvalDecision"), Some("implicitDeny"));
    assert_eq!(
        texts(result, "ResourceSpecificResults", "EvalResourceDecision"),
        ["allowed", "implicitDeny"]
    );
}

#[test]
fn results_come_in_pages() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
    let everything = policy("Allow", "*", "*");
    let request = input(
        &[
            ("PolicyInputList", &[&everything]),
            ("ActionNames", &actions),
        ],
        &[],
    )
    .with("MaxItems", 2_i64);

    let first = admin.call(CUSTOM, &request).unwrap();
    assert_eq!(first.boolean("IsTruncated"), Some(true));
    let marker = first.string("Marker").unwrap();
    let second = admin
        .call(CUSTOM, &request.clone().with("Marker", marker))
        .unwrap();

    let mut seen = texts(&first, "EvaluationResults", "EvalActionName");
    seen.extend(texts(&second, "EvaluationResults", "EvalActionName"));
    assert_eq!(seen, actions);
    assert_eq!(second.boolean("IsTruncated"), Some(false));
}

/// A policy of many statements, each of which allows everything and stands on a line of its own.
fn many_statements(count: usize) -> String {
    let statement = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let statements = vec![statement; count].join(",\n");
    format!("{{\"Version\":\"2012-10-17\",\"Statement\":[\n{statements}]}}")
}

/// AWS: IAM API Reference, `Statement`, `StartPosition` and `EndPosition`.
#[test]
fn every_statement_of_a_long_policy_is_found_in_its_place() {
    const COUNT: usize = 2_700;
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let request = input(
        &[
            ("PolicyInputList", &[&many_statements(COUNT)]),
            ("ActionNames", &["s3:GetObject", "s3:PutObject"]),
        ],
        &[],
    );

    let answer = admin.call(CUSTOM, &request).unwrap();

    for result in structures(&answer, "EvaluationResults") {
        let statements = structures(result, "MatchedStatements");
        assert_eq!(statements.len(), COUNT);
        for (number, statement) in (1_i64..).zip(statements) {
            let end = statement.structure("EndPosition").unwrap();
            assert_eq!(end.integer("Line"), Some(number + 1));
        }
    }
}

/// Limits of the mock's own: AWS doesn't tell its own.
#[test]
fn a_page_asks_a_bounded_number_of_statements() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let actions: Vec<String> = (0..100).map(|n| format!("s3:Action{n}")).collect();
    let resources: Vec<String> = (0..100).map(|n| format!("arn:aws:s3:::site/{n}")).collect();
    let texts = |texts: &[String]| {
        texts
            .iter()
            .map(|t| t.as_str().into())
            .collect::<Vec<Value>>()
    };
    let request = Structure::new()
        .with("PolicyInputList", list(&[&many_statements(101)]))
        .with("ActionNames", texts(&actions))
        .with("ResourceArns", texts(&resources));

    let message = "At most 250000 statements can be asked for a page. Ask for fewer actions, or a smaller MaxItems.";
    assert_eq!(
        admin.refused(CUSTOM, &request),
        refusal("InvalidInput", message)
    );
    let answer = admin.call(CUSTOM, &request.with("MaxItems", 1_i64));
    assert_eq!(structures(&answer.unwrap(), "EvaluationResults").len(), 1);
}

#[test]
fn keys_have_types_and_lists_several_values() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let tagged = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*",
        "Condition":{"ForAllValues:StringEquals":{"aws:TagKeys":["team","cost"]},"NumericLessThan":{"s3:max-keys":"10"},
        "IpAddress":{"aws:SourceIp":"203.0.113.0/24"},"DateLessThan":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}}}]}"#;
    let request = input(
        &[
            ("PolicyInputList", &[tagged]),
            ("ActionNames", &["ec2:CreateTags"]),
        ],
        &[],
    );
    let simulate = |entries: &[(&str, &str, &[&str])]| {
        let request = request.clone().with("ContextEntries", context(entries));
        admin.call(CUSTOM, &request)
    };
    let right: [(&str, &str, &[&str]); 4] = [
        ("aws:TagKeys", "stringList", &["team", "cost"]),
        ("s3:max-keys", "numeric", &["9"]),
        ("aws:SourceIp", "ip", &["203.0.113.7"]),
        ("aws:CurrentTime", "date", &["2026-01-01T00:00:00Z"]),
    ];
    assert_eq!(
        result(&simulate(&right).unwrap()).string("EvalDecision"),
        Some("allowed")
    );
    let other = ("aws:TagKeys", "stringList", &["team", "secret"] as &[&str]);
    let answer = simulate(&[other, right[1], right[2], right[3]]).unwrap();
    assert_eq!(result(&answer).string("EvalDecision"), Some("implicitDeny"));

    let wrong: [(&str, &str, &[&str], &str); 6] = [
        (
            "s3:max-keys",
            "numeric",
            &["many"],
            "The value many of context key s3:max-keys is not of type numeric.",
        ),
        (
            "aws:SecureTransport",
            "boolean",
            &["yes"],
            "The value yes of context key aws:SecureTransport is not of type boolean.",
        ),
        (
            "aws:SourceIp",
            "ipList",
            &["203.0.113.300"],
            "The value 203.0.113.300 of context key aws:SourceIp is not of type ip.",
        ),
        (
            "aws:CurrentTime",
            "date",
            &["tomorrow"],
            "The value tomorrow of context key aws:CurrentTime is not of type date.",
        ),
        (
            "some:Blob",
            "binary",
            &["%"],
            "The value % of context key some:Blob is not of type binary.",
        ),
        (
            "aws:username",
            "string",
            &["a", "b"],
            "Context key aws:username of type string can have one value only.",
        ),
    ];
    for (key, value_type, values, message) in wrong {
        let error = simulate(&[(key, value_type, values)]).unwrap_err();
        assert_eq!(error.message.as_deref(), Some(message));
    }
}

#[test]
fn context_keys_are_those_of_conditions_and_variables() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let home = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",
        "Resource":"arn:aws:s3:::home/${aws:username}/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#;
    let again = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*",
        "Condition":{"Bool":{"AWS:SECURETRANSPORT":"false"}}}]}"#;
    let given = input(&[("PolicyInputList", &[home, again])], &[]);
    let keys = list(&["aws:SecureTransport", "aws:username"]);

    let custom = admin.call(KEYS_OF_CUSTOM, &given).unwrap();
    let principal = admin
        .call(
            KEYS_OF_PRINCIPAL,
            &given.clone().with("PolicySourceArn", BOB),
        )
        .unwrap();

    assert_eq!(custom.list("ContextKeyNames"), keys);
    assert_eq!(principal.list("ContextKeyNames"), keys);
}

/// Texts of public captures where they are known; the others are the mock's own.
#[test]
fn what_can_not_be_simulated_is_refused() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    let base = |lists: &[(&str, &[&str])], texts: &[(&str, &str)]| {
        let everything = policy("Allow", "*", "*");
        let request = input(
            &[
                ("PolicyInputList", &[&everything]),
                ("ActionNames", &["s3:GetObject"]),
            ],
            &[],
        );
        let request = lists.iter().fold(request, |request, (name, items)| {
            request.with(name, list(items))
        });
        texts
            .iter()
            .fold(request, |request, (name, text)| request.with(name, *text))
    };
    let session = "arn:aws:sts::123456789012:assumed-role/Deploy/x";
    let own = on_principal("Allow", "s3:*", BOB);
    let caller = "Invalid caller - Caller must be an IAM user in this context.";
    let rows = [
        (
            PRINCIPAL,
            base(&[], &[("PolicySourceArn", session)]),
            "Invalid Entity Arn: arn:aws:sts::123456789012:assumed-role/Deploy/x does not clearly define entity type and name.",
        ),
        (
            PRINCIPAL,
            base(
                &[],
                &[("PolicySourceArn", "arn:aws:iam::210987654321:role/Deploy")],
            ),
            "Invalid Policy Source Arn: caller's account 123456789012 does not have access to policies in account 210987654321",
        ),
        (
            PRINCIPAL,
            base(
                &[],
                &[("PolicySourceArn", DEPLOY), ("ResourcePolicy", &own)],
            ),
            caller,
        ),
        (CUSTOM, base(&[], &[("ResourcePolicy", &own)]), caller),
        (CUSTOM, base(&[], &[("CallerArn", DEPLOY)]), caller),
        (
            CUSTOM,
            base(&[], &[("ResourceOwner", "123456789012")]),
            "'123456789012' is not a valid as a Resource Owner.",
        ),
        (
            CUSTOM,
            base(&[("ResourceArns", &["site"])], &[]),
            "ResourceNames are not in a valid ARN format: site.",
        ),
        (
            CUSTOM,
            base(&[("ActionNames", &["s3:*"])], &[]),
            "Invalid action name: s3:*",
        ),
        (
            CUSTOM,
            base(&[("ActionNames", &["GetObject"])], &[]),
            "Invalid action name: GetObject",
        ),
        (
            CUSTOM,
            base(&[("PolicyInputList", &["{"])], &[]),
            "Invalid policy PolicyInputList.1: Syntax errors in policy.",
        ),
        (
            CUSTOM,
            base(
                &[(
                    "PermissionsBoundaryPolicyInputList",
                    &[&policy("Allow", "*", "*"), &policy("Allow", "*", "*")],
                )],
                &[],
            ),
            "PermissionsBoundaryPolicyInputList can have one policy only.",
        ),
        (
            KEYS_OF_CUSTOM,
            input(&[("PolicyInputList", &["[]"])], &[]),
            "",
        ),
    ];
    for (operation, request, message) in rows {
        let (code, text) = admin.refused(operation, &request);
        assert_eq!(code, "InvalidInput", "{text}");
        assert!(message.is_empty() || text == message, "{text}");
    }
}

#[test]
fn a_source_that_is_not_there_is_told() {
    let mock = setting();
    let admin = Client::user(&mock, "admin");
    for (arn, kind, name) in [
        ("arn:aws:iam::123456789012:role/None", "role", "None"),
        ("arn:aws:iam::123456789012:user/bob", "user", "bob"),
        ("arn:aws:iam::123456789012:group/none", "group", "none"),
    ] {
        let missing = format!("The {kind} with name {name} cannot be found.");
        let source = with(&[("PolicySourceArn", arn)]);
        let action = source.clone().with("ActionNames", list(&["s3:GetObject"]));
        for (operation, request) in [(PRINCIPAL, action), (KEYS_OF_PRINCIPAL, source)] {
            assert_eq!(
                admin.refused(operation, &request),
                refusal("NoSuchEntity", &missing)
            );
        }
    }
}

#[test]
fn a_simulation_needs_its_own_permission() {
    let mock = setting();
    let ann = Client::user(&mock, "ann");
    let everything = policy("Allow", "*", "*");
    let custom = input(
        &[
            ("PolicyInputList", &[&everything]),
            ("ActionNames", &["s3:GetObject"]),
        ],
        &[],
    );
    let principal = input(
        &[("ActionNames", &["s3:GetObject"])],
        &[("PolicySourceArn", DEPLOY)],
    );
    let rows = [
        (CUSTOM, custom, "*"),
        (PRINCIPAL, principal, DEPLOY),
        (
            KEYS_OF_CUSTOM,
            input(&[("PolicyInputList", &[&everything])], &[]),
            "*",
        ),
        (
            KEYS_OF_PRINCIPAL,
            with(&[("PolicySourceArn", DEPLOY)]),
            DEPLOY,
        ),
    ];
    for (operation, request, resource) in rows {
        let message = format!(
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {operation} on resource: {resource} \
             because no identity-based policy allows the {operation} action"
        );
        assert_eq!(
            ann.refused(operation, &request),
            refusal("AccessDenied", &message)
        );
    }
}
