//! Resources and their ARNs.

use super::shape::Part;
use super::{Findings, Rule};
use crate::arn::PARTITIONS;
use crate::node::Span;

/// What an IAM resource may begin with.
pub(super) const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// What in S3 has a region.
///
/// AWS: service authorization reference, S3.
const S3_REGIONAL: [&str; 6] = [
    "access-grants/",
    "accesspoint/",
    "async-request/",
    "job/",
    "storage-lens/",
    "storage-lens-group/",
];

/// Beside what the message lists, AWS saves some more in its own policies.
fn is_iam_path(id: &str) -> bool {
    let is_listed = IAM_PATHS.iter().any(|path| id.starts_with(path));
    let is_newer = ["contextProvider/", "role-template/"]
        .iter()
        .any(|path| id.starts_with(path));
    is_listed || is_newer || id == "*" || id == "root"
}

/// There are some, or not where there must be none, each an ARN or `*`.
pub(super) fn check(part: &Part<'_>, findings: &mut Findings) {
    match part.either("Resource") {
        None => {
            findings
                .add(Rule::ResourceMissing, part.span, "", "no `Resource`")
                .help("write `\"Resource\": \"*\"` or the ARNs that are meant");
        }
        Some(entry) if entry.value.items().is_empty() => {
            findings.add(Rule::ResourceMissing, entry.value.span, "", "no resource");
        }
        Some(_) => {}
    }
    for (name, rule) in [
        ("Resource", Rule::ResourceGiven),
        ("NotResource", Rule::NotResourceGiven),
    ] {
        if let Some(entry) = part.element(name) {
            findings
                .add(rule, entry.key_span, "", "the role itself is the resource")
                .help("take it out");
        }
        let mut resources: Vec<_> = part.strings(name).collect();
        // Of several, AWS names the first in the alphabet.
        resources.sort_unstable();
        for (resource, span) in resources {
            check_resource(resource, span, findings);
        }
    }
}

fn check_resource(resource: &str, span: Span, findings: &mut Findings) {
    if resource == "*" {
        return;
    }
    let mut add = |rule, text: &str, label: &str, remedy: &str| {
        findings.add(rule, span, text, label).help(remedy);
    };
    let Some((_, rest)) = resource.split_once(':') else {
        return add(
            Rule::ResourceArn,
            resource,
            "no ARN",
            "write an ARN, or `*`",
        );
    };
    let (partition, after) = match rest.split_once(':') {
        Some((partition, after)) => (partition, Some(after)),
        None => (rest, None),
    };
    if partition != "*" && !PARTITIONS.contains(&partition) {
        let text = filled(partition, after.unwrap_or_default());
        return add(
            Rule::ResourcePartition,
            &text,
            "no partition of AWS",
            "it is `aws` for most",
        );
    }
    let Some(after) = after else {
        let remedy = "spell the service out: `arn:aws:s3:::…`";
        return add(Rule::ResourceVendor, resource, "no service", remedy);
    };
    let mut parts = after.splitn(4, ':');
    let service = parts.next().unwrap_or_default();
    let region = parts.next().unwrap_or_default();
    let has_account = parts.next().is_some();
    let id = parts.next().unwrap_or_default();
    let has_region = !(region.is_empty() && has_account);
    match service {
        "iam" if has_region => {
            let remedy = "IAM is global: leave the region empty";
            add(Rule::ResourceRegionOfIam, resource, "a region", remedy);
        }
        "iam" if !is_iam_path(id) => {
            let remedy = "an IAM ARN names a type: `arn:aws:iam::ACCOUNT:role/NAME`";
            add(
                Rule::ResourcePathOfIam,
                resource,
                "no type of IAM resource",
                remedy,
            );
        }
        "s3" if has_region && !S3_REGIONAL.iter().any(|path| id.starts_with(path)) => {
            let remedy = "a bucket's ARN has neither region nor account: `arn:aws:s3:::BUCKET`";
            add(Rule::ResourceRegionOfS3, resource, "a region", remedy);
        }
        "" => add(
            Rule::ResourceLegacy,
            resource,
            "no service",
            "spell the service out",
        ),
        _ if resource.matches(':').count() < 5 && resource.contains("::") => {
            let remedy = "an ARN has six parts: `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`";
            add(Rule::ResourceLegacy, resource, "too few parts", remedy);
        }
        _ => {}
    }
}

/// How AWS shows an ARN whose partition it doesn't know: missing parts as `*`.
fn filled(partition: &str, rest: &str) -> String {
    let parts: Vec<&str> = rest.split(':').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or("*");
    let service = if rest.is_empty() { "*" } else { part(0) };
    let resource = match parts.get(3..) {
        Some(resource) if !resource.is_empty() => resource.join(":"),
        _ => "*".to_owned(),
    };
    format!(
        "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{service}:{}:{}:{resource}\".",
        part(1),
        part(2)
    )
}
