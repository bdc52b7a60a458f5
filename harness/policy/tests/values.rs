//! The values that go in and come out.

use rolecall_policy::catalog::{key_kind, misfit};
use rolecall_policy::evaluate::is_reserved;
use rolecall_policy::validate::named_principals;
use rolecall_policy::{
    CheckType, Context, Document, Effect, Node, PolicyType, Principal, SourceId, Value, json,
};

#[test]
fn a_context_knows_its_keys_in_any_case() {
    let mut context = Context::new();
    context.set("aws:username", "ann");
    context.set_list("aws:TagKeys", vec!["a".to_owned(), "b".to_owned()]);
    context.set("AWS:UserName", "bob");
    context.set("aws:PrincipalTag/É", "x");
    context.set("aws:SourceIp", "10.0.0.1");
    context.remove("AWS:SOURCEIP");
    context.remove("aws:nothing");

    let keys: Vec<_> = context.iter().collect();
    let all = |values: &[&str]| {
        values
            .iter()
            .map(|value| (*value).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        keys,
        [
            ("aws:PrincipalTag/É", all(&["x"]).as_slice(), false),
            ("aws:TagKeys", all(&["a", "b"]).as_slice(), true),
            ("AWS:UserName", all(&["bob"]).as_slice(), false),
        ],
        "in the order of the folded names, as last spelled"
    );
    assert_eq!(
        context.get("AWS:TAGKEYS"),
        Some(all(&["a", "b"]).as_slice())
    );
    assert_eq!(
        context.get("aws:principaltag/é"),
        Some(all(&["x"]).as_slice())
    );
    assert_eq!(context.get("aws:sourceip"), None);
    context.set_list("aws:tagkeys", Vec::new());
    assert_eq!(
        context.get("aws:TagKeys"),
        None,
        "an empty list makes a key absent"
    );
    assert_eq!(context.iter().count(), 2);
}

/// AWS: IAM Toolbox API.
#[test]
fn names_are_those_of_aws() {
    let effects = Effect::ALL.map(Effect::name);
    assert_eq!(
        effects,
        ["ALLOW", "EXPLICIT_DENY", "IMPLICIT_DENY", "NO_IMPACT"]
    );
    assert_eq!(
        CheckType::ALL.map(CheckType::name),
        [
            "RESOURCE_CONTROL_POLICY",
            "SERVICE_CONTROL_POLICY",
            "VPC_ENDPOINT",
            "RESOURCE",
            "PRINCIPAL",
            "PERMISSIONS_BOUNDARY",
            "SESSION",
        ]
    );
    assert_eq!(
        PolicyType::ALL.map(PolicyType::name),
        [
            "IDENTITY_BASED_POLICY",
            "RESOURCE_BASED_POLICY",
            "PERMISSIONS_BOUNDARY",
            "SESSION_POLICY",
            "SERVICE_CONTROL_POLICY",
            "RESOURCE_CONTROL_POLICY",
            "VPC_ENDPOINT_POLICY",
        ]
    );
}

/// AWS: IAM User Guide, IAM identifiers.
#[test]
fn arns_stand_for_principals() {
    let account = "123456789012";
    for (arn, expected) in [
        (
            "arn:aws:iam::123456789012:root",
            Some(Principal::root("arn:aws:iam::123456789012:root")),
        ),
        (
            "arn:aws:iam::123456789012:user/a/b",
            Some(Principal::user("arn:aws:iam::123456789012:user/a/b", None)),
        ),
        (
            "arn:aws:iam::123456789012:role/a/b",
            Some(Principal::role("arn:aws:iam::123456789012:role/a/b", None)),
        ),
        (
            "arn:aws-cn:sts::123456789012:assumed-role/R/s",
            Some(Principal::role_session(
                "arn:aws-cn:sts::123456789012:assumed-role/R/s",
                "arn:aws-cn:iam::123456789012:role/R",
                None,
            )),
        ),
        (
            "arn:aws:sts::123456789012:federated-user/f",
            Some(Principal::federated_user(
                "arn:aws:sts::123456789012:federated-user/f",
                None,
            )),
        ),
        (
            "arn:aws:iam::123456789012:oidc-provider/gitlab.com",
            Some(Principal::provider(
                "arn:aws:iam::123456789012:oidc-provider/gitlab.com",
            )),
        ),
        (
            "arn:aws:iam::123456789012:saml-provider/x",
            Some(Principal::provider(
                "arn:aws:iam::123456789012:saml-provider/x",
            )),
        ),
        ("arn:aws:iam::123456789012:group/g", None),
        ("arn:aws:iam::123456789012:user/", None),
        ("arn:aws:iam::123456789012:role/", None),
        ("arn:aws:iam::123456789012:root/x", None),
        ("arn:aws:sts::123456789012:assumed-role/R", None),
        ("arn:aws:sts::123456789012:federated-user/", None),
        ("arn:aws:iam::12345:user/a", None),
        ("arn:aws:s3:::bucket", None),
        ("123456789012", None),
    ] {
        let found = Principal::from_arn(arn);
        assert_eq!(found, expected, "{arn}");
        if let Some(principal) = found {
            assert_eq!(principal.arn(), Some(arn));
            assert_eq!(principal.account(), Some(account), "{arn}");
            assert_eq!(principal.is_root(), arn.ends_with(":root"));
        }
    }
    for nobody in [
        Principal::anonymous(),
        Principal::service("a:b:c:d:123456789012:e"),
    ] {
        assert_eq!((nobody.arn(), nobody.account()), (None, None));
    }
}

/// AWS: IAM User Guide, service-linked roles.
#[test]
fn a_service_linked_role_is_known_by_its_path() {
    let role = "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let session = "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForX/s";
    assert!(Principal::role_session(session, role, None).is_service_linked());
    assert!(Principal::role(role, None).is_service_linked());
    assert!(!Principal::from_arn(session).unwrap().is_service_linked());
    assert!(!Principal::user(role, None).is_service_linked());
}

/// AWS: IAM User Guide, managed policies, service-linked roles; IAM Identity Center; KMS aliases.
#[test]
fn what_is_awss_own_is_reserved() {
    let linked = "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/R";
    let reserved = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/R";
    let managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let alias = "arn:aws:kms:eu-west-1:123456789012:alias/aws/s3";
    for (action, resource, expected) in [
        ("IAM:deletepolicy", managed, true),
        ("iam:GetPolicyVersion", managed, false),
        ("iam:AttachRolePolicy", managed, false),
        ("iam:DeleteRole", linked, true),
        ("iam:UpdateRoleDescription", linked, false),
        ("iam:UpdateRoleDescription", reserved, true),
        ("iam:DeleteRole", reserved, true),
        ("sts:AssumeRole", reserved, false),
        ("kms:DeleteAlias", alias, true),
        (
            "kms:DeleteAlias",
            "arn:aws:kms:eu-west-1:123456789012:alias/mine",
            false,
        ),
        ("iam:DeleteAlias", alias, false),
        ("kms:DeletePolicy", managed, false),
        ("iam:DeletePolicy", "*", false),
    ] {
        assert_eq!(
            is_reserved(action, resource),
            expected,
            "{action} {resource}"
        );
    }
}

#[test]
fn a_document_is_an_object_and_its_error_has_a_place() {
    for (text, message, span) in [
        ("[1]", "a policy is a JSON object, not a list", 0..3),
        ("null", "a policy is a JSON object, not null", 0..4),
        (" true", "a policy is a JSON object, not a boolean", 1..5),
        ("1", "a policy is a JSON object, not a number", 0..1),
        ("\"x\"", "a policy is a JSON object, not a string", 0..3),
        ("{", "not JSON: expected a key in double quotes", 1..1),
    ] {
        let error = Document::parse(text).unwrap_err();
        assert_eq!(error.to_string(), message);
        assert_eq!(error.span.start..error.span.end, span, "{text}");
    }
}

#[test]
fn a_node_gives_what_it_holds() {
    let node = json::read(r#"{"a": [1, "x"], "a": {}, "b": "y"}"#, SourceId(3)).unwrap();
    let list = node.get("a").unwrap();
    assert_eq!(list.items().len(), 2, "the first of several");
    assert_eq!(list.items().last().and_then(Node::as_str), Some("x"));
    assert_eq!(node.get("b").unwrap().items().len(), 1);
    assert_eq!(node.get("c"), None);
    assert_eq!(list.get("a"), None);
    assert_eq!(node.as_str(), None);
    assert_eq!(node.value.kind(), "a map");
    assert!(matches!(node.value, Value::Map(_)));
}

#[test]
fn a_statement_tells_its_effect() {
    let document = Document::parse(
        r#"{"Statement": [{"Effect": "Allow"}, {"Effect": "Deny", "Sid": "S"}, {"Effect": "allow"}]}"#,
    )
    .unwrap();
    let told: Vec<_> = document
        .statements()
        .iter()
        .map(|statement| (statement.allows(), statement.denies(), statement.sid()))
        .collect();
    assert_eq!(
        told,
        [
            (true, false, None),
            (false, true, Some("S")),
            (false, false, None)
        ]
    );
}

#[test]
fn the_principals_of_a_document_are_told_in_order() {
    let text = r#"{"Statement": [
        {"Principal": {"AWS": ["123456789012", "ann"], "Service": "ec2.amazonaws.com"}},
        {"NotPrincipal": {"CanonicalUser": "c"}},
        {"Principal": "*"}
    ]}"#;
    let document = json::read(text, SourceId::default()).unwrap();
    let named = named_principals(&document);

    let told: Vec<_> = named
        .iter()
        .map(|principal| (principal.kind, principal.name))
        .collect();
    assert_eq!(
        told,
        [
            ("AWS", "123456789012"),
            ("AWS", "ann"),
            ("Service", "ec2.amazonaws.com"),
            ("CanonicalUser", "c"),
        ]
    );
    let span = named[1].span;
    assert_eq!(&text[span.start as usize..span.end as usize], "\"ann\"");
}

/// AWS: IAM User Guide, condition operators: `Null` asks whether a key is there.
#[test]
fn null_compares_no_value() {
    let document = Document::parse(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}",
            "Condition": {"Null": {"aws:TokenIssueTime": "true"}, "StringEquals": {"aws:PrincipalTag/a": "x"}}}}"#,
    )
    .unwrap();
    let statement = &document.statements()[0];

    let asked: Vec<_> = statement.context_keys().collect();
    let compared: Vec<_> = statement.compared_keys().collect();

    assert_eq!(
        asked,
        ["aws:TokenIssueTime", "aws:PrincipalTag/a", "aws:username"]
    );
    assert_eq!(compared, ["aws:PrincipalTag/a", "aws:username"]);
}

/// AWS: service authorization reference; global condition context keys.
#[test]
fn keys_have_types_that_values_fit() {
    for (key, kind) in [
        ("aws:sourceip", Some("IPAddress")),
        ("S3:max-keys", Some("Numeric")),
        ("aws:PrincipalTag/team", Some("String")),
        ("aws:Nothing", None),
        ("s3:nothing", None),
        ("nothing", None),
    ] {
        assert_eq!(key_kind(key).as_deref(), kind, "{key}");
    }
    for (key, value, wanted) in [
        ("aws:SourceIp", "300.0.0.1", Some("an IP address")),
        ("aws:SourceIp", "2001:db8::1", None),
        ("aws:SecureTransport", "maybe", Some("`true` or `false`")),
        ("aws:SecureTransport", "true", None),
        ("aws:CurrentTime", "today", Some("a point in time")),
        ("aws:CurrentTime", "2026-01-01T00:00:00Z", None),
        ("aws:MultiFactorAuthAge", "long", Some("a number")),
        ("aws:MultiFactorAuthAge", "300", None),
        ("aws:PrincipalArn", "ann", Some("an ARN")),
        (
            "aws:PrincipalArn",
            "arn:aws:iam::123456789012:user/ann",
            None,
        ),
        ("aws:UserAgent", "anything", None),
        ("s3:max-keys", "many", None),
    ] {
        assert_eq!(misfit(key, value), wanted, "{key} {value}");
    }
}
