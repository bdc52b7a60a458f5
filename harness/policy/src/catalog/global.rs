//! Condition keys that belong to no service.
//!
//! Source: AWS, IAM User Guide, global condition context keys; IAM and STS condition context keys.

use std::net::IpAddr;

use crate::arn::Arn;
use crate::condition::{Comparison, Instant, Test, can_match};
use crate::context::fold;

/// The keys that may stand in any policy, with AWS's names of their types; one that ends in `/` takes a tag's key.
const GLOBAL: &[(&str, &str)] = &[
    ("aws:AssumedRoot", "Bool"),
    ("aws:CalledVia", "ArrayOfString"),
    ("aws:CalledViaAWSMCP", "String"),
    ("aws:CalledViaFirst", "String"),
    ("aws:CalledViaLast", "String"),
    ("aws:ChatbotSourceArn", "ARN"),
    ("aws:CurrentTime", "Date"),
    ("aws:Ec2InstanceSourcePrivateIPv4", "IPAddress"),
    ("aws:Ec2InstanceSourceVpc", "String"),
    ("aws:EpochTime", "Date"),
    ("aws:FederatedProvider", "String"),
    ("aws:IsMcpServiceAction", "Bool"),
    ("aws:MultiFactorAuthAge", "Numeric"),
    ("aws:MultiFactorAuthPresent", "Bool"),
    ("aws:PrincipalAccount", "String"),
    ("aws:PrincipalArn", "ARN"),
    ("aws:PrincipalIsAWSService", "Bool"),
    ("aws:PrincipalOrgID", "String"),
    ("aws:PrincipalOrgPaths", "ArrayOfString"),
    ("aws:PrincipalServiceName", "String"),
    ("aws:PrincipalServiceNamesList", "ArrayOfString"),
    ("aws:PrincipalTag/", "String"),
    ("aws:PrincipalType", "String"),
    ("aws:RequestTag/", "String"),
    ("aws:RequestedRegion", "String"),
    ("aws:ResourceAccount", "String"),
    ("aws:ResourceOrgID", "String"),
    ("aws:ResourceOrgPaths", "ArrayOfString"),
    ("aws:ResourceTag/", "String"),
    ("aws:SecureTransport", "Bool"),
    ("aws:SignInSessionArn", "ARN"),
    ("aws:SourceAccount", "String"),
    ("aws:SourceArn", "ARN"),
    ("aws:SourceIdentity", "String"),
    ("aws:SourceIp", "IPAddress"),
    ("aws:SourceOrgID", "String"),
    ("aws:SourceOrgPaths", "ArrayOfString"),
    ("aws:SourceVpc", "String"),
    ("aws:SourceVpcArn", "ARN"),
    ("aws:SourceVpce", "String"),
    ("aws:TagKeys", "ArrayOfString"),
    ("aws:TokenIssueTime", "Date"),
    ("aws:UserAgent", "String"),
    ("aws:ViaAWSMCPService", "Bool"),
    ("aws:ViaAWSService", "Bool"),
    ("aws:VpcSourceIp", "IPAddress"),
    ("aws:VpceAccount", "String"),
    ("aws:VpceOrgID", "String"),
    ("aws:VpceOrgPaths", "ArrayOfString"),
    ("aws:referer", "String"),
    ("aws:userid", "String"),
    ("aws:username", "String"),
];

/// Keys that a session carries from where it began.
const SESSION: &[&str] = &[
    "accounts.google.com:aud",
    "accounts.google.com:sub",
    "codebuild:BuildArn",
    "codebuild:ProjectArn",
    "cognito-identity.amazonaws.com:amr",
    "cognito-identity.amazonaws.com:aud",
    "cognito-identity.amazonaws.com:sub",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "graph.facebook.com:app_id",
    "graph.facebook.com:id",
    "identitystore:UserId",
    "lambda:SourceFunctionArn",
    "saml:namequalifier",
    "saml:sub",
    "saml:sub_type",
    "ssm:SourceInstanceArn",
    "www.amazon.com:app_id",
    "www.amazon.com:user_id",
];

/// Keys of services that are younger than the bundled reference.
const NEWER: &[&str] = &[
    "s3:annotation-prefix",
    "s3:max-annotation-results",
    "s3:x-amz-object-annotation-directive",
    "s3:x-amz-object-if-match",
    "sts:RoleAuthorizedByIdp",
];

/// Whether it is a key that the bundled reference doesn't know yet; case doesn't count.
pub(crate) fn is_newer_key(key: &str) -> bool {
    NEWER.iter().any(|name| name.eq_ignore_ascii_case(key))
}

/// The names of the global keys; one that ends in `/` takes a tag's key.
pub fn global_keys() -> impl Iterator<Item = &'static str> {
    GLOBAL.iter().map(|(name, _)| *name)
}

/// AWS's name of a global key's type; case doesn't count.
pub(crate) fn global_kind(key: &str) -> Option<&'static str> {
    let key = fold(key);
    let is = |name: &str| {
        let name = fold(name);
        key == name || name.ends_with('/') && key.starts_with(&name)
    };
    let (_, kind) = GLOBAL.iter().find(|(name, _)| is(name))?;
    Some(kind)
}

/// Whether it is a global key; case doesn't count.
///
/// ```
/// use rolecall_policy::catalog::is_global_key;
///
/// assert!(is_global_key("aws:sourceip"));
/// assert!(is_global_key("aws:PrincipalTag/team"));
/// assert!(!is_global_key("aws:SourceIpAddress"));
/// ```
pub fn is_global_key(key: &str) -> bool {
    global_kind(key).is_some()
}

/// What the values of a global key are, where this is none: `an IP address`. `None` where it may be one, and of other
/// keys.
///
/// ```
/// use rolecall_policy::catalog::misfit;
///
/// assert_eq!(misfit("aws:SourceIp", "office"), Some("an IP address"));
/// assert_eq!(misfit("aws:SourceIp", "203.0.113.7"), None);
/// assert_eq!(misfit("sts:ExternalId", "office"), None);
/// ```
pub fn misfit(key: &str, value: &str) -> Option<&'static str> {
    let (is_one, wanted) = match global_kind(key)? {
        "Bool" => (can_match(Test::Bool, value), "`true` or `false`"),
        "Date" => (Instant::parse(value).is_some(), "a point in time"),
        "Numeric" => (
            can_match(Test::Numeric(Comparison::Equal), value),
            "a number",
        ),
        "IPAddress" => (value.parse::<IpAddr>().is_ok(), "an IP address"),
        "ARN" => (Arn::parse(value).is_some(), "an ARN"),
        _ => return None,
    };
    (!is_one).then_some(wanted)
}

/// Whether it is a key that sessions carry along from their beginning; case doesn't count.
pub fn is_session_key(key: &str) -> bool {
    SESSION.iter().any(|name| name.eq_ignore_ascii_case(key))
}
