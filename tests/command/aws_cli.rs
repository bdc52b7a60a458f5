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

/// The world that other clients are driven against as well, with their profiles.
fn deployment() -> Option<Terminal> {
    let terminal = terminal(crate::clients::WORLD)?;
    terminal.write("config", crate::clients::PROFILES);
    Some(terminal)
}

#[test]
fn a_process_gives_the_credentials() {
    let Some(terminal) = deployment() else { return };
    let config = "\
[profile from-process]
credential_process = aws sts assume-role --profile deployer --role-session-name from-process --role-arn \
                  arn:aws:iam::123456789012:role/Deploy --output json --query 'Credentials | {Version: `1`, \
                  AccessKeyId: AccessKeyId, SecretAccessKey: SecretAccessKey, SessionToken: SessionToken, \
                  Expiration: Expiration}'
";
    terminal.write("config", config);

    let identity = succeeded(&terminal.as_user("from-process", &["sts", "get-caller-identity"]));

    assert!(
        identity.contains(":assumed-role/Deploy/from-process"),
        "{identity}"
    );
}

#[test]
fn a_large_file_goes_up_in_parts_and_comes_back() {
    let Some(terminal) = deployment() else { return };
    let large: Vec<u8> = (0..20 << 20)
        .map(|index: u32| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    std::fs::write(terminal.home().join("large.bin"), &large).expect("a file");
    let there = "s3://acme-site/large.bin";

    let refused = failed(&terminal.as_user("bystander", &["s3", "cp", "large.bin", there]));
    assert!(
        refused.contains(
            "An error occurred (AccessDenied) when calling the CreateMultipartUpload operation: User: \
             arn:aws:iam::123456789012:user/bystander is not authorized to perform: s3:PutObject on resource: \
             \"arn:aws:s3:::acme-site/large.bin\" because no identity-based policy allows the s3:PutObject action"
        ),
        "{refused}"
    );

    succeeded(&terminal.as_user("deploy", &["s3", "cp", "large.bin", there]));
    succeeded(&terminal.as_user("deploy", &["s3", "cp", there, "back.bin"]));

    let back = std::fs::read(terminal.home().join("back.bin")).expect("the file");
    assert!(back == large, "what came back is what went up");
}

#[test]
fn a_folder_is_synchronized_and_removed() {
    let Some(terminal) = deployment() else { return };
    let deploy = |arguments: &[&str]| succeeded(&terminal.as_user("deploy", arguments));
    std::fs::create_dir_all(terminal.home().join("site/assets")).expect("a folder");
    terminal.write("site/index.html", "<h1>it works</h1>");
    terminal.write("site/assets/a b+ü.css", "h1 { color: teal }");

    let first = deploy(&["s3", "sync", "site", "s3://acme-site/site", "--no-progress"]);
    assert_eq!(first.lines().count(), 2, "{first}");
    let again = deploy(&["s3", "sync", "site", "s3://acme-site/site", "--no-progress"]);
    assert_eq!(again, "");

    std::fs::remove_file(terminal.home().join("site/index.html")).expect("the file");
    let third = deploy(&[
        "s3",
        "sync",
        "site",
        "s3://acme-site/site",
        "--delete",
        "--no-progress",
    ]);
    assert_eq!(third.trim_end(), "delete: s3://acme-site/site/index.html");

    let refused = failed(&terminal.as_user(
        "monitor",
        &["s3", "rm", "s3://acme-site/site", "--recursive"],
    ));
    assert!(
        refused.contains("because no identity-based policy allows the s3:DeleteObject action"),
        "{refused}"
    );
    deploy(&["s3", "rm", "s3://acme-site/site", "--recursive"]);
    assert_eq!(deploy(&["s3", "ls", "s3://acme-site", "--recursive"]), "");
}

#[test]
fn a_presigned_address_is_read_by_anyone_who_has_it() {
    let Some(terminal) = deployment() else { return };
    terminal.write("page.html", "<h1>for you</h1>");
    let page = "s3://acme-site/page.html";
    succeeded(&terminal.as_user("deploy", &["s3", "cp", "page.html", page]));
    // The CLI's version 1 signs such addresses with Signature Version 2 in old regions, unless told otherwise.
    let config = crate::clients::PROFILES.replace(
        "[profile deploy]\n",
        "[profile deploy]\ns3 =\n  signature_version = s3v4\n",
    );
    terminal.write("config", &config);

    let address = succeeded(&terminal.as_user("deploy", &["s3", "presign", page]));
    let (status, body) = fetch(address.trim_end());
    assert_eq!((status, body.as_str()), (200, "<h1>for you</h1>"));

    let (status, body) = fetch(&address.trim_end().replace("page.html", "other.html"));
    assert_eq!(status, 403);
    assert!(
        body.contains("<Code>SignatureDoesNotMatch</Code>"),
        "{body}"
    );
}

/// A plain GET, as a browser sends it.
fn fetch(address: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let rest = address.strip_prefix("http://").expect("a plain address");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut stream = std::net::TcpStream::connect(host).expect("the server");
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let status = answer
        .get(9..12)
        .and_then(|status| status.parse().ok())
        .expect("a status");
    let body = answer.split_once("\r\n\r\n").expect("a body").1.to_owned();
    (status, body)
}
