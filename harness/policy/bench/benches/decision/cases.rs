//! The questions, as documents that every engine gets.

/// Identity-based policy of three statements.
pub const IDENTITY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "List", "Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::spa-site"},
    {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::spa-site/*",
     "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    {"Sid": "NotOutside", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:PrincipalAccount": ["123456789012", "210987654321"]}}}
  ]
}"#;

/// The bucket's policy.
pub const BUCKET: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Tls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::spa-site", "arn:aws:s3:::spa-site/*"],
     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
  ]
}"#;

/// The permissions boundary.
pub const BOUNDARY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": ["s3:*", "cloudfront:*", "sts:*"], "Resource": "*"}]
}"#;

/// The organization's service control policy.
pub const SCP: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "cloudfront:*"], "Resource": "*",
     "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-central-1"]}}}
  ]
}"#;

/// A trust policy with an external id.
pub const TRUST: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"}, "Action": "sts:AssumeRole",
     "Condition": {"StringEquals": {"sts:ExternalId": "b1946ac9-2492"}}}
  ]
}"#;

pub const USER: &str = "arn:aws:iam::123456789012:user/spa-deployment";
pub const OBJECT: &str = "arn:aws:s3:::spa-site/index.html";
pub const ROLE: &str = "arn:aws:iam::123456789012:role/S3-CloudFront-Access";

/// What a request to S3 carries.
pub const CONTEXT: &[(&str, &str)] = &[
    ("aws:CurrentTime", "2026-01-01T00:00:00Z"),
    ("aws:EpochTime", "1767225600"),
    ("aws:PrincipalAccount", "123456789012"),
    ("aws:PrincipalArn", USER),
    ("aws:PrincipalIsAWSService", "false"),
    ("aws:PrincipalType", "User"),
    ("aws:RequestedRegion", "us-east-1"),
    ("aws:ResourceAccount", "123456789012"),
    ("aws:SecureTransport", "true"),
    ("aws:SourceIp", "203.0.113.7"),
    ("aws:UserAgent", "aws-cli/2.0"),
    ("aws:ViaAWSService", "false"),
    ("aws:userid", "AIDAEXAMPLE"),
    ("aws:username", "spa-deployment"),
    ("s3:authType", "REST-HEADER"),
    ("s3:signatureversion", "AWS4-HMAC-SHA256"),
    ("sts:ExternalId", "b1946ac9-2492"),
];

/// A policy of many statements, of which few speak of one action.
pub fn many(statements: usize) -> String {
    let services = [
        "s3", "ec2", "iam", "sqs", "sns", "kms", "lambda", "logs", "dynamodb", "ecs",
    ];
    let statements: Vec<_> = (0..statements)
        .map(|number| {
            let service = services[number % services.len()];
            format!(
                r#"{{"Effect": "Allow", "Action": ["{service}:Get{number}", "{service}:Put{number}*"], "Resource": "arn:aws:{service}:::r{number}/*"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#,
        statements.join(",")
    )
}
