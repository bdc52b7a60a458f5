//! Advice, and what mutes it.

use super::*;

#[test]
fn a_scenario_that_says_what_it_means_gets_no_advice() {
    let loaded = load_text(&scenario("  - { as: ann, assume: Deploy }"));
    assert_eq!(warnings(&loaded), [""; 0]);
}

#[test]
fn each_lint_warns_of_what_it_is_for() {
    let own = "policies: { P: { Version: '2012-10-17', Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } } }\n";
    for (world, steps, wanted) in [
        ("", "  - { as: root, assume: Deploy, expect: denied }", ""),
        ("", "  - { as: ann, call: s3:ListBuckets }", "unused-role"),
        (own, "  - { as: ann, assume: Deploy }", "unused-policy"),
        (
            "groups: { g: {} }\n",
            "  - { as: ann, assume: Deploy }",
            "unused-group",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy }\n  - { as: ann, call: sts:GetCallerIdentity }",
            "cant-fail",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy, then: [{ call: sts:GetCallerIdentity }] }",
            "",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy, expect: denied, because: { effect: implicit } }",
            "vague-because",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy }\n  - wait: 5m",
            "idle-end",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy, then: [{ call: s3:ListBuckets }, { wait: 5m }] }",
            "idle-end",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy, expect: denied, then: [{ call: s3:ListBuckets }] }",
            "unreachable-then",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy }\n  - { as: ann, call: s3:HeadBucket, on: sites }",
            "unknown-bucket",
        ),
        (
            "",
            "  - { as: ann, assume: Deploy }\n  - { as: ann, call: s3:CreateBucket, on: sites }\n  - { as: ann, call: s3:HeadBucket, on: sites }",
            "",
        ),
        (
            "resources: { 'arn:aws:sqs:us-east-1:123456789012:q': { policy: { Statement: { Effect: Allow, Principal: { AWS: '123456789012' }, Action: 'sqs:SendMessage', Resource: '*' } } } }\n",
            "  - { as: ann, assume: Deploy }",
            "unexercised-policy",
        ),
        (
            "resources: { 'arn:aws:sqs:us-east-1:123456789012:q': { policy: { Statement: { Effect: Allow, Principal: { AWS: '123456789012' }, Action: 'sqs:SendMessage', Resource: '*' } } } }\n",
            "  - { as: ann, assume: Deploy, then: [{ can: ['sqs:SendMessage on arn:aws:sqs:us-east-1:123456789012:q'] }] }",
            "",
        ),
        (
            "",
            "  - { as: ann, can: ['iam:PassRole on arn:aws:iam::123456789012:role/ops/Deploy'] }",
            "",
        ),
    ] {
        let loaded = load_text(&format!("{world}{}", scenario(steps)));
        let codes: Vec<&str> = loaded
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect();
        let wanted: Vec<&str> = [wanted]
            .into_iter()
            .filter(|code| !code.is_empty())
            .collect();
        assert_eq!(codes, wanted, "{world}{steps}");
    }
}

/// A scenario in which `ann` assumes `Deploy`, which has these members beside or in the place of its trust.
fn with_role(members: &str, step: &str) -> String {
    format!(
        "scenario: x\nusers: {{ ann: {{}} }}\nroles: {{ Deploy: {{ {members} }} }}\nsteps: [{step}]\n"
    )
}

#[test]
fn policies_of_a_role_that_no_session_asks_decide_nothing() {
    let own = "trust: ann.json, policies: [{ Version: '2012-10-17', Statement: { Effect: Allow, Action: 's3:*', Resource: '*' } }]";
    let managed = "trust: ann.json, policies: [AmazonS3FullAccess]";
    let message = "the policies of the role `Deploy` decide nothing";
    for (members, step, wanted) in [
        (own, "{ as: ann, assume: Deploy }", &[message][..]),
        (
            own,
            "{ as: ann, assume: Deploy, then: [{ wait: 5m }, { as: ann, call: s3:ListBuckets }] }",
            &[message],
        ),
        (
            own,
            "{ as: ann, assume: Deploy, then: [{ call: s3:ListBuckets }] }",
            &[],
        ),
        (
            own,
            "{ as: ann, assume: Deploy, then: [{ can: ['s3:ListAllMyBuckets'] }] }",
            &[],
        ),
        (managed, "{ as: ann, assume: Deploy }", &[]),
        (
            own,
            "{ as: { service: lambda.amazonaws.com }, assume: Deploy, expect: denied }",
            &[],
        ),
    ] {
        let loaded = load_text(&with_role(members, step));
        assert_eq!(warnings(&loaded), wanted, "{members} {step}");
    }
}

#[test]
fn a_role_whose_trust_allows_nothing_is_out_of_reach() {
    let trust = |effect: &str| {
        format!(
            "trust: {{ Statement: {{ Effect: {effect}, Principal: {{ AWS: '123456789012' }}, Action: 'sts:AssumeRole' }} }}"
        )
    };
    for (effect, wanted) in [
        ("Deny", &["nobody can assume the role `Deploy`"][..]),
        ("Allow", &[]),
    ] {
        let loaded = load_text(&with_role(
            &trust(effect),
            "{ as: ann, assume: Deploy, expect: denied }",
        ));
        assert_eq!(warnings(&loaded), wanted, "{effect}");
    }
}

#[test]
fn advice_about_a_policy_is_muted_where_the_policy_is_or_where_it_is_used() {
    let step = "{ as: ann, assume: Deploy }";
    let trust = "trust: { Statement: { Effect: Allow, Principal: { AWS: '*' }, Action: 'sts:AssumeRole' } }";
    let inline = with_role(trust, step);
    let file = with_role("trust: everyone.json", step);
    for (text, muted) in [
        (&inline, false),
        (&file, false),
        (&inline, true),
        (&file, true),
    ] {
        let comment = if muted {
            "# rolecall: allow(open-trust)\n"
        } else {
            ""
        };
        let loaded = load_text(&format!("{comment}{text}"));
        let wanted: &[&str] = if muted {
            &[]
        } else {
            &["anyone in any AWS account may take on this role"]
        };
        assert_eq!(warnings(&loaded), wanted, "{comment}{text}");
    }
}

#[test]
fn advice_about_a_policy_that_one_scenario_mutes_reaches_the_other() {
    let step = "{ as: ann, assume: Deploy }";
    let text = with_role("trust: everyone.json", step);
    let muted = format!("# rolecall: allow(open-trust)\n{text}");
    for (first, second, wanted) in [
        (&muted, &text, 1),
        (&text, &muted, 1),
        (&muted, &muted, 0),
        (&text, &text, 1),
    ] {
        let loaded = load_files(&[("a.yaml", first.as_str()), ("b.yaml", second.as_str())]);
        assert_eq!(super::warnings(&loaded).len(), wanted, "{first}{second}");
    }
}

#[test]
fn an_unused_user_is_one_that_no_step_and_no_policy_names() {
    let users =
        "scenario: x\nusers: { ann: {}, bob: {} }\nroles: { Deploy: { trust: ann.json } }\n";
    for (steps, wanted) in [
        ("[{ as: bob, assume: Deploy, expect: denied }]", &[][..]),
        (
            "[{ as: root, assume: Deploy, expect: denied }]",
            &["no step acts as the user `bob`"][..],
        ),
    ] {
        let loaded = load_text(&format!("{users}steps: {steps}\n"));
        assert_eq!(warnings(&loaded), wanted, "{steps}");
    }
}

#[test]
fn advice_must_hold_in_all_cases() {
    let text = "scenario: x\nusers: { ann: {}, bob: {} }\nroles: { Deploy: { trust: ann.json } }\n\
                cases: { a: { who: ann }, b: { who: bob } }\nsteps: [{ as: '${who}', assume: Deploy }]\n";
    assert_eq!(warnings(&load_text(text)), [""; 0]);
}

#[test]
fn a_comment_mutes_a_warning_on_its_line_below_it_or_in_the_whole_file() {
    let text = |top: &str, above: &str, beside: &str| {
        format!(
            "{top}scenario: x\nusers: {{ ann: {{}} }}\nroles: {{ Deploy: {{ trust: ann.json }} }}\nsteps:\n\
             \x20 - as: ann\n    assume: Deploy\n    expect: denied\n{above}    because: {{ only: true }}{beside}\n"
        )
    };
    let allow = "# rolecall: allow(vague-because)";
    for (text, warnings) in [
        (text("", "", ""), 1),
        (text(&format!("{allow}\n"), "", ""), 0),
        (text(&format!("# A file.\n\n{allow}\n"), "", ""), 0),
        (text("", &format!("    {allow}\n"), ""), 0),
        (text("", "", &format!("  {allow}")), 0),
        (
            text("", "", "  # because rolecall: allow(vague-because)"),
            1,
        ),
        (
            text("# rolecall: allow(idle-end, vague-because)\n", "", ""),
            0,
        ),
        (text("# rolecall: allow(idle-end)\n", "", ""), 1),
    ] {
        assert_eq!(super::warnings(&load_text(&text)).len(), warnings, "{text}");
    }
}

#[test]
fn errors_cant_be_muted() {
    let loaded = load_text(
        "# rolecall: allow(scenario::unknown-key)\nscenario: x\nusers: { ann: {} }\nx: 1\nsteps: [{ as: ann, call: s3:ListBuckets }]\n",
    );
    assert_eq!(errors(&loaded), ["a scenario has no key `x`"]);
}
