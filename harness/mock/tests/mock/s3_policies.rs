//! S3: what a bucket policy must be to be saved, and how it is given back.
//!
//! AWS: S3 API Reference, `PutBucketPolicy`; IAM User Guide, AWS JSON policy elements: Principal.

use crate::client::*;
use crate::s3::{abroad, mock, of_bucket};
use rolecall_mock::RoleSpec;

fn share(principal: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::spa-site/*"}}]}}"#
    )
}

/// AWS: IAM User Guide, AWS JSON policy elements: Principal. What lives in accounts that the world doesn't have can't be
/// known, and counts as being there.
#[test]
fn a_bucket_policy_names_only_those_who_are_there() {
    let mock = mock();
    let admin = Client::user(&mock, "admin");
    mock.update(|world| {
        let path = "/team/".to_owned();
        let role = role("deploy", trust(r#"{"AWS": "123456789012"}"#, ""), vec![]);
        world.add_role(RoleSpec { path, ..role }).unwrap();
    });
    let id = abroad(&mock).call("sts:GetCallerIdentity", &rolecall_wire::Structure::new());
    let id = id.unwrap().string("UserId").unwrap().to_owned();
    let rows = [
        ("123456789012", true),
        ("999999999999", true),
        ("arn:aws:iam::123456789012:root", true),
        ("arn:aws:iam::123456789012:user/reader", true),
        ("arn:aws:iam::210987654321:user/abroad", true),
        ("arn:aws:iam::123456789012:role/team/deploy", true),
        ("arn:aws:iam::999999999999:user/anybody", true),
        (
            "arn:aws:iam::cloudfront:user/CloudFront_Origin_Access_Identity_E1",
            true,
        ),
        (id.as_str(), true),
        ("arn:aws:iam::123456789012:user/gone", false),
        ("arn:aws:iam::123456789012:user/team/reader", false),
        ("arn:aws:iam::210987654321:role/gone", false),
        ("arn:aws:iam::123456789012:role/deploy", false),
        ("AIDAMADEUPMADEUPMADEU", false),
    ];
    for (name, is_there) in rows {
        for principal in [
            format!(r#"{{"AWS": "{name}"}}"#),
            format!(r#"{{"AWS": ["123456789012", "{name}"]}}"#),
        ] {
            let put = of_bucket("spa-site").with("Policy", share(&principal));
            let response = admin.send("s3:PutBucketPolicy", &put);
            if is_there {
                assert_eq!(response.status(), 204, "{principal}");
                continue;
            }
            let error = read("s3:PutBucketPolicy", &response).unwrap_err();
            assert_eq!(
                (error.status, error.code.as_str()),
                (400, "MalformedPolicy")
            );
            let message = error.message.as_deref();
            assert_eq!(message, Some("Invalid principal in policy"), "{principal}");
            let detail = ("Detail".to_owned(), format!("\"AWS\" : \"{name}\""));
            assert_eq!(error.extra, [detail]);
        }
    }
}

/// AWS: IAM User Guide, AWS JSON policy elements: Version; `GetBucketPolicy` shows what S3 has stored.
#[test]
fn a_bucket_policy_without_a_version_is_of_the_older_one() {
    let admin = Client::user(&mock(), "admin");
    let statement = share(r#"{"AWS": "210987654321"}"#);
    let bare = statement.replace(r#""Version": "2012-10-17", "#, "");
    let rows = [
        (statement.clone(), statement),
        (
            bare.clone(),
            bare.replacen('{', r#"{"Version":"2008-10-17","#, 1),
        ),
    ];
    for (given, shown) in rows {
        let put = of_bucket("spa-site").with("Policy", given);
        admin.call("s3:PutBucketPolicy", &put).unwrap();
        let got = admin
            .call("s3:GetBucketPolicy", &of_bucket("spa-site"))
            .unwrap();
        assert_eq!(got.string("Policy"), Some(shown.as_str()));
    }
}
