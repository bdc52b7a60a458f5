//! The real AWS CLI through the tutorial, as a person would type it.

use crate::terminal::{Terminal, failed, succeeded};

/// A terminal with the AWS CLI; `None`, said aloud, without it.
fn terminal(scenario: &str) -> Option<Terminal> {
    Terminal::with_program("aws", "the AWS CLI", scenario)
}

const TUTORIAL: &str = "scenarios/tutorial.yaml";

#[test]
fn the_tutorial_works_as_a_person_types_it() {
    let Some(terminal) = terminal(TUTORIAL) else {
        return;
    };
    let user = "spa-deployment";

    let identity = succeeded(&terminal.as_user(user, &["sts", "get-caller-identity"]));
    assert!(
        identity.contains("\"arn:aws:iam::123456789012:user/spa-deployment\""),
        "{identity}"
    );

    let refused = failed(&terminal.as_user(user, &["s3", "ls"]));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the ListBuckets operation: User: \
             arn:aws:iam::123456789012:user/spa-deployment is not authorized to perform: \
             s3:ListAllMyBuckets because no identity-based policy allows the s3:ListAllMyBuckets action"
        ),
        "{refused}"
    );

    let role = "arn:aws:iam::123456789012:role/S3-CloudFront-Access";
    let session = terminal.assume(user, role, "DeploySPA");

    let identity = succeeded(&terminal.with_session(&session, &["sts", "get-caller-identity"]));
    assert!(
        identity
            .contains("\"arn:aws:sts::123456789012:assumed-role/S3-CloudFront-Access/DeploySPA\""),
        "{identity}"
    );

    let buckets = succeeded(&terminal.with_session(&session, &["s3", "ls"]));
    assert!(buckets.trim_end().ends_with("spa-site"), "{buckets}");

    std::fs::write(terminal.home().join("index.html"), "<h1>it works</h1>").expect("a file");
    let page = "s3://spa-site/index.html";
    succeeded(&terminal.with_session(&session, &["s3", "cp", "index.html", page]));
    let copied = succeeded(&terminal.with_session(&session, &["s3", "cp", page, "-"]));
    assert_eq!(copied, "<h1>it works</h1>");
}

#[test]
fn a_deployment_uploads_and_invalidates() {
    let Some(terminal) = terminal("scenarios/deploy-a-website.yaml") else {
        return;
    };
    let role = "arn:aws:iam::123456789012:role/DeployWebsite";
    let session = terminal.assume("ci", role, "release-42");
    let invalidate = |distribution| {
        let of = ["--distribution-id", distribution, "--paths", "/*"];
        let command = [&["cloudfront", "create-invalidation"][..], &of].concat();
        terminal.with_session(&session, &command)
    };

    std::fs::write(terminal.home().join("index.html"), "<h1>new</h1>").expect("a file");
    let page = "s3://website/index.html";
    succeeded(&terminal.with_session(&session, &["s3", "cp", "index.html", page]));
    let made = succeeded(&invalidate("E1WEBSITE"));
    assert!(made.contains("\"Status\": \"InProgress\""), "{made}");

    let refused = failed(&invalidate("E2INTRANET"));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the CreateInvalidation operation: User: \
             arn:aws:sts::123456789012:assumed-role/DeployWebsite/release-42 is not authorized to perform: \
             cloudfront:CreateInvalidation on resource: arn:aws:cloudfront::123456789012:distribution/E2INTRANET \
             because no identity-based policy allows the cloudfront:CreateInvalidation action"
        ),
        "{refused}"
    );
}

#[test]
fn a_profile_assumes_the_role_by_itself() {
    let Some(terminal) = terminal("scenarios/external-id.yaml") else {
        return;
    };
    let config = "[profile deploy]\n\
                  role_arn = arn:aws:iam::123456789012:role/Monitoring\n\
                  source_profile = collector\n\
                  external_id = Customer-4711\n\
                  [profile mistaken]\n\
                  role_arn = arn:aws:iam::123456789012:role/Monitoring\n\
                  source_profile = collector\n\
                  external_id = customer-4711\n";
    std::fs::write(terminal.home().join("config"), config).expect("a file");

    let identity = succeeded(&terminal.as_user("deploy", &["sts", "get-caller-identity"]));
    assert!(
        identity.contains("arn:aws:sts::123456789012:assumed-role/Monitoring/botocore-session-"),
        "{identity}"
    );

    let refused = failed(&terminal.as_user("mistaken", &["sts", "get-caller-identity"]));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the AssumeRole operation: User: \
             arn:aws:iam::999999999999:user/collector is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::123456789012:role/Monitoring"
        ),
        "{refused}"
    );
}

#[test]
fn a_wrong_secret_is_refused_for_its_signature() {
    let Some(terminal) = terminal(TUTORIAL) else {
        return;
    };
    let credentials =
        std::fs::read_to_string(terminal.home().join("credentials")).expect("the keys");
    let key = credentials
        .lines()
        .find_map(|line| line.strip_prefix("aws_access_key_id = "))
        .expect("a key")
        .to_owned();
    let wrong = [
        ("AWS_ACCESS_KEY_ID", key),
        (
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        ),
    ];

    let refused = failed(&terminal.with_session(&wrong, &["sts", "get-caller-identity"]));

    assert!(refused.contains("(SignatureDoesNotMatch)"), "{refused}");
}
