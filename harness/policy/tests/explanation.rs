//! The explanation, in AWS's own model, and what it costs not to ask for it.
//!
//! Source: AWS, IAM Toolbox API, `GetRequestAuthorizationDetails`; IAM User Guide, troubleshoot access denied errors.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::sync::Arc;

use rolecall_policy::{
    Context, Document, Element, Evaluation, Level, Policies, Policy, PolicySet, PolicyType,
    Principal, Reach, Request, decide, explain,
};

const USER: &str = "arn:aws:iam::111111111111:user/ann";

fn document(statements: &str) -> Document {
    Document::parse(&format!(
        r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#
    ))
    .unwrap()
}

fn inline(uri: &str, statements: &str) -> Arc<Policy> {
    Arc::new(Policy::inline(uri, document(statements)))
}

fn set(uri: &str, statements: &str) -> PolicySet {
    PolicySet::new(vec![inline(uri, statements)])
}

fn get_object<'a>(
    principal: &'a Principal,
    context: &'a Context,
    policies: Policies<'a>,
) -> Request<'a> {
    Request {
        principal,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::site/k",
        resource_account: Some("111111111111"),
        context,
        policies,
    }
}

fn ask(policies: Policies<'_>) -> Evaluation {
    explain(&get_object(
        &Principal::user(USER, None),
        &Context::new(),
        policies,
    ))
}

#[test]
fn an_evaluation_is_written_as_aws_writes_it() {
    let identity = PolicySet::new(vec![
        Arc::new(Policy::managed(
            "arn:aws:iam::aws:policy/AmazonS3FullAccess",
            document(r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
        )),
        inline(
            "identity/1",
            r#"{"Sid": "No\"t", "Effect": "Deny", "Action": "s3:Get*", "Resource": "*"},
               {"Sid": "", "Effect": "Deny", "Action": "s3:*", "Resource": "*"},
               {"Sid": "Other", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}"#,
        ),
    ]);
    let levels = [Level {
        target_arn: Some("arn:aws:organizations::1:root/o-a/r-b".to_owned()),
        policies: set(
            "scp",
            r#"{"Sid": "Full", "Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        ),
    }];
    let evaluation = ask(Policies {
        identity: &identity,
        service_control: &levels,
        ..Policies::default()
    });

    let scp = r#"{"uri":"scp","matchedStatements":[{"sid":"Full","evaluatedEffect":"ALLOW"}]}"#;
    let managed = r#"{"uri":"arn:aws:iam::aws:policy/AmazonS3FullAccess","matchedStatements":[{"sid":"statement-1","evaluatedEffect":"ALLOW"}]}"#;
    let own = r#"{"uri":"identity/1","matchedStatements":[{"sid":"No\"t","evaluatedEffect":"DENY"},{"sid":"statement-2","evaluatedEffect":"DENY"}]}"#;
    let expected = [
        r#"{"action":"s3:GetObject","resource":"arn:aws:s3:::site/k","evaluatedEffect":"EXPLICIT_DENY","matchedPolicies":["#,
        scp,
        ",",
        managed,
        ",",
        own,
        r#"],"checks":[{"checkType":"SERVICE_CONTROL_POLICY","evaluatedEffect":"ALLOW","targetArn":"arn:aws:organizations::1:root/o-a/r-b","relevantPolicyTypes":["SERVICE_CONTROL_POLICY"],"matchedPolicies":["#,
        scp,
        r#"]},{"checkType":"PRINCIPAL","evaluatedEffect":"EXPLICIT_DENY","relevantPolicyTypes":["IDENTITY_BASED_POLICY"],"matchedPolicies":["#,
        managed,
        ",",
        own,
        "]}]}",
    ];
    // The Sid's quote is escaped in JSON.
    let expected = expected.concat().replace("No\"t", "No\\\"t");
    assert_eq!(evaluation.to_json(), expected);
}

#[test]
fn a_control_character_is_escaped() {
    let evaluation = explain(&Request {
        action: "s3:\u{1}\\ ",
        ..get_object(
            &Principal::anonymous(),
            &Context::new(),
            Policies::default(),
        )
    });
    assert!(
        evaluation
            .to_json()
            .starts_with(r#"{"action":"s3:\u0001\\ ","#)
    );
}

/// AWS: IAM Toolbox API: the types that can satisfy the check, plus those that matched.
#[test]
fn relevant_types_are_those_that_can_satisfy_and_those_that_matched() {
    let resource = set(
        "bucket",
        r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
    );
    let types = |evaluation: &Evaluation| evaluation.checks[0].relevant_policy_types.clone();

    assert_eq!(
        types(&ask(Policies::default())),
        [PolicyType::IdentityBased]
    );
    let other = set(
        "bucket",
        r#"{"Effect": "Allow", "Principal": "*", "Action": "ec2:*", "Resource": "*"}"#,
    );
    let unmatched = ask(Policies {
        resource: Some(&other),
        ..Policies::default()
    });
    assert_eq!(
        types(&unmatched),
        [PolicyType::IdentityBased, PolicyType::ResourceBased],
        "it could have allowed"
    );
    let with_bucket = ask(Policies {
        resource: Some(&resource),
        ..Policies::default()
    });
    assert_eq!(
        types(&with_bucket),
        [PolicyType::IdentityBased, PolicyType::ResourceBased]
    );
}

#[test]
fn every_element_that_doesnt_match_is_told() {
    let resource = set(
        "bucket",
        r#"{"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": ["s3:Put*", "s3:List*"],
            "Resource": "arn:aws:s3:::other", "Condition": {
                "StringEquals": {"aws:username": ["bob", "eve"]}, "Bool": {"aws:SecureTransport": true}}}"#,
    );
    let mut context = Context::new();
    context.set("aws:username", "ann");
    let principal = Principal::user(USER, None);
    let evaluation = explain(&get_object(
        &principal,
        &context,
        Policies {
            resource: Some(&resource),
            ..Policies::default()
        },
    ));

    let trace = &evaluation.checks[0].statements[0];
    let told: Vec<_> = trace
        .mismatches
        .iter()
        .map(|mismatch| {
            let element = match &mismatch.element {
                Element::Condition { operator, key } => format!("{operator} {key}"),
                other => format!("{other:?}"),
            };
            (element, mismatch.wanted.join(" "), mismatch.had.join(" "))
        })
        .collect();
    let expected = [
        ("Principal", "222222222222", USER),
        ("Action", "s3:Put* s3:List*", "s3:GetObject"),
        ("Resource", "arn:aws:s3:::other", "arn:aws:s3:::site/k"),
        ("StringEquals aws:username", "bob eve", "ann"),
        ("Bool aws:SecureTransport", "true", ""),
    ];
    let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(told, expected);
    assert_eq!((trace.reach, trace.matched()), (Reach::None, false));
    assert!(!trace.failed_on_conditions_only());
}

/// A place leads back into the user's file.
#[test]
fn every_mismatch_has_the_place_of_its_element() {
    let text = r#"{"Version": "2012-10-17", "Statement": [
        {"Sid": "First", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "Second", "Effect": "Allow", "Principal": {"AWS": "222222222222"}, "NotAction": "s3:*",
         "Resource": ["arn:aws:s3:::other"], "Condition": {"Bool": {"aws:SecureTransport": true}}}]}"#;
    let policy = Policy::inline("bucket", Document::parse(text).unwrap());
    let resource = PolicySet::new(vec![Arc::new(policy)]);
    let evaluation = ask(Policies {
        resource: Some(&resource),
        ..Policies::default()
    });
    let of = |span: rolecall_policy::Span| &text[span.start as usize..span.end as usize];

    let statements = &evaluation.checks[0].statements;
    assert_eq!(
        of(statements[0].span),
        r#"{"Sid": "First", "Effect": "Allow", "Action": "*", "Resource": "*"}"#
    );
    assert_eq!(statements[0].sid.as_deref(), Some("First"));
    assert_eq!(
        of(statements[0].mismatches[0].span),
        of(statements[0].span),
        "no principal"
    );
    let places: Vec<_> = statements[1]
        .mismatches
        .iter()
        .map(|mismatch| of(mismatch.span))
        .collect();
    assert_eq!(
        places,
        [
            r#""Principal": {"AWS": "222222222222"}"#,
            r#""NotAction": "s3:*""#,
            r#""Resource": ["arn:aws:s3:::other"]"#,
            r#""aws:SecureTransport": true"#,
        ]
    );
}

#[test]
fn an_allow_that_fails_on_its_conditions_only_is_known() {
    let identity = set(
        "identity",
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
           {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#,
    );
    let evaluation = ask(Policies {
        identity: &identity,
        ..Policies::default()
    });
    let failed: Vec<_> = evaluation.checks[0]
        .statements
        .iter()
        .map(|trace| {
            (
                trace.index,
                trace.matched(),
                trace.failed_on_conditions_only(),
            )
        })
        .collect();
    assert_eq!(failed, [(0, false, true), (1, true, false)]);
}

#[test]
fn a_malformed_statement_says_what_is_wrong_with_it() {
    for (statement, wanted) in [
        (r#""Allow""#, "a statement is a JSON object"),
        (
            r#"{"Action": "*", "Resource": "*"}"#,
            "`Effect` is `Allow` or `Deny`",
        ),
        (
            r#"{"Effect": "Allow", "Resource": "*"}"#,
            "one of `Action` and `NotAction`, with at least one action",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": []}"#,
            "one of `Resource` and `NotResource`, with at least one resource",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*", "NotPrincipal": "*"}"#,
            "`Principal` and `NotPrincipal` exclude each other",
        ),
        (
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}"#,
            "`Condition` maps operators to keys, and keys to values",
        ),
    ] {
        let identity = set("identity", statement);
        let evaluation = ask(Policies {
            identity: &identity,
            ..Policies::default()
        });
        let mismatches = &evaluation.checks[0].statements[0].mismatches;
        assert_eq!(mismatches[0].element, Element::Statement, "{statement}");
        assert_eq!(mismatches[0].wanted, [wanted], "{statement}");
        assert_eq!(mismatches.len(), 1, "{statement}");
    }
}

/// AWS: IAM User Guide, access denied error messages; the ARN of a managed policy with the deny is told, but not of
/// a resource-based one.
#[test]
fn the_reason_names_a_managed_policy_with_the_deny() {
    let deny = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
    let managed = PolicySet::new(vec![Arc::new(Policy::managed(
        "arn:aws:iam::111111111111:policy/No",
        document(deny),
    ))]);
    let evaluation = ask(Policies {
        identity: &managed,
        ..Policies::default()
    });
    assert_eq!(
        evaluation.denial_reason().as_deref(),
        Some(
            "with an explicit deny in an identity-based policy: arn:aws:iam::111111111111:policy/No"
        )
    );
    let denial = evaluation.denial().unwrap();
    assert_eq!(
        denial.reason(),
        "with an explicit deny in an identity-based policy"
    );
    assert_eq!(
        denial.policy_arn(),
        Some("arn:aws:iam::111111111111:policy/No")
    );

    let bucket = PolicySet::new(vec![Arc::new(Policy::managed(
        "arn:aws:s3:::site",
        document(r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#),
    ))]);
    let evaluation = ask(Policies {
        identity: &managed,
        resource: Some(&bucket),
        ..Policies::default()
    });
    assert_eq!(
        evaluation.denial_reason().as_deref(),
        Some("with an explicit deny in a resource-based policy"),
        "a resource's policy comes before the caller's own"
    );
}

#[test]
fn a_check_knows_which_types_of_policy_denied() {
    let deny = r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#;
    let identity = set("identity", deny);
    let everyone = r#"{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}"#;
    let bucket = set("bucket", &format!("{everyone}, {everyone}"));
    let both = ask(Policies {
        identity: &identity,
        resource: Some(&bucket),
        ..Policies::default()
    });
    let types = [PolicyType::IdentityBased, PolicyType::ResourceBased];
    assert_eq!(both.checks[0].denied_by(), types);

    let missed = ask(Policies {
        boundary: Some(&identity),
        resource: Some(&set("bucket", "")),
        ..Policies::default()
    });
    assert_eq!(missed.checks[0].denied_by(), [PolicyType::IdentityBased]);
    assert_eq!(
        missed.checks[1].denied_by(),
        [PolicyType::PermissionsBoundary]
    );

    let allowed = ask(Policies {
        identity: &set(
            "identity",
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
        ),
        ..Policies::default()
    });
    assert!(allowed.checks[0].denied_by().is_empty());
}

#[test]
fn the_keys_a_document_asks_about_are_listed_once() {
    let document = document(
        r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:s3:::${aws:userid}", "*"],
            "Condition": {"StringEquals": {"aws:username": ["${AWS:PrincipalTag/x, 'd'}", "${*}"]}, "Null": {"AWS:UserName": "true"}}}"#,
    );
    let tested: Vec<_> = document.statements()[0].condition_keys().collect();
    assert_eq!(tested, ["aws:username", "AWS:UserName"]);
    assert_eq!(
        document.context_keys(),
        ["aws:username", "AWS:PrincipalTag/x", "aws:userid"]
    );
}

#[test]
fn an_allow_that_leaves_it_to_the_account_counts_for_nothing() {
    let resource = set(
        "bucket",
        r#"{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "*", "Resource": "*"}"#,
    );
    let evaluation = ask(Policies {
        resource: Some(&resource),
        ..Policies::default()
    });
    let check = &evaluation.checks[0];
    assert_eq!(check.statements[0].reach, Reach::Account);
    assert_eq!(check.matched().count(), 0);
    assert!(!evaluation.to_json().contains("bucket"));
}

/// What a user of the library can rely on: an answer costs no allocation, whatever it is.
#[test]
fn deciding_allocates_nothing() {
    let statements: Vec<_> = (0..50)
        .map(|number| {
            format!(
                r#"{{"Effect": "Allow", "Action": ["s3:Get{number}", "s3:*Object"], "Resource": "arn:aws:s3:::${{aws:username}}/*k",
                    "Condition": {{"StringLike": {{"aws:username": "*${{aws:username}}"}}, "NumericLessThan": {{"n": "10"}},
                    "DateLessThan": {{"d": "2027-01-01"}}, "IpAddress": {{"ip": "10.0.0.0/8"}}, "ArnLike": {{"a": "arn:*:s3:*:*:*"}}}}}}"#
            )
        })
        .collect();
    let many = set("identity", &statements.join(","));
    let few = set(
        "boundary",
        r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}, {"Effect": "Allow", "Action": "*", "Resource": "*"}"#,
    );
    let resource = set(
        "bucket",
        r#"{"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "s3:Put*", "Resource": "*"}"#,
    );
    let mut context = Context::new();
    for (key, value) in [
        ("aws:username", "ann"),
        ("n", "9"),
        ("d", "2026-05-05T05:05:05Z"),
        ("ip", "10.1.1.1"),
        ("a", "arn:aws:s3:::b"),
    ] {
        context.set(key, value);
    }
    let principal = Principal::user(USER, None);
    let mut answers = Vec::with_capacity(8);
    for action in [
        "s3:GetObject",
        "S3:get7",
        "ec2:RunInstances",
        "s3:ListBucket",
    ] {
        let request = Request {
            action,
            resource: "arn:aws:s3:::ann/k",
            ..get_object(
                &principal,
                &context,
                Policies {
                    identity: &many,
                    boundary: Some(&few),
                    resource: Some(&resource),
                    ..Policies::default()
                },
            )
        };
        let info = allocation_counter::measure(|| answers.push(decide(&request).effect.name()));
        assert_eq!(info.count_total, 0, "{action}");
    }
    assert_eq!(
        answers,
        ["ALLOW", "ALLOW", "EXPLICIT_DENY", "IMPLICIT_DENY"]
    );
}

#[test]
fn the_conditions_that_held_are_told_with_what_the_request_had() {
    let mut context = Context::new();
    context.set("aws:SourceIp", "198.51.100.7");
    let identity = set(
        "identity",
        r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {
                "NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                "Null": {"aws:TokenIssueTime": "true"}}},
           {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {
                "IpAddress": {"aws:SourceIp": "198.51.100.0/24"}, "Bool": {"aws:SecureTransport": "false"}}}"#,
    );
    let policies = Policies {
        identity: &identity,
        ..Policies::default()
    };
    let evaluation = explain(&get_object(
        &Principal::user(USER, None),
        &context,
        policies,
    ));
    let [matched, missed] = evaluation.checks[0].statements.as_slice() else {
        panic!("{evaluation:?}");
    };

    let had: Vec<_> = matched.held.iter().map(|held| held.had.clone()).collect();
    assert_eq!(had, [vec!["198.51.100.7".to_owned()], vec![]]);
    assert_eq!(matched.held[0].wanted, ["203.0.113.0/24"]);
    assert_eq!((missed.held.len(), missed.mismatches.len()), (1, 1));
}
