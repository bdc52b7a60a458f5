//! Actions that no service has.

use super::{Advice, Services};
use crate::catalog::{self, Service};
use crate::document::NO_VARIABLES;
use crate::node::Span;
use crate::pattern::{Case, Dialect, Pattern};
use crate::suggest::nearest;
use crate::validate::shape::Part;

/// Operations whose permission has another name.
///
/// AWS: service authorization reference; S3 API Reference.
const OPERATIONS: [(&str, &str); 16] = [
    ("s3:CompleteMultipartUpload", "s3:PutObject"),
    ("s3:CopyObject", "s3:PutObject"),
    ("s3:CreateMultipartUpload", "s3:PutObject"),
    ("s3:DeleteObjects", "s3:DeleteObject"),
    ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    (
        "s3:GetBucketLifecycleConfiguration",
        "s3:GetLifecycleConfiguration",
    ),
    ("s3:HeadBucket", "s3:ListBucket"),
    ("s3:HeadObject", "s3:GetObject"),
    ("s3:ListBuckets", "s3:ListAllMyBuckets"),
    ("s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("s3:ListObjects", "s3:ListBucket"),
    ("s3:ListObjectsV2", "s3:ListBucket"),
    ("s3:ListObjectVersions", "s3:ListBucketVersions"),
    ("s3:ListParts", "s3:ListMultipartUploadParts"),
    ("s3:UploadPart", "s3:PutObject"),
    ("s3:UploadPartCopy", "s3:PutObject"),
];

pub(super) fn check(part: &Part<'_>, services: &mut Services, advice: &mut Vec<Advice>) {
    for name in ["Action", "NotAction"] {
        for (action, span) in part.strings(name) {
            advice.extend(check_action(action, span, services));
        }
    }
}

fn check_action(action: &str, span: Span, services: &mut Services) -> Option<Advice> {
    let (prefix, name) = action.split_once(':')?;
    let Some(service) = services.get(prefix) else {
        return Some(unknown_service(prefix, span));
    };
    if !covered(action, &service).is_empty() {
        return None;
    }
    let advice = Advice::new(
        "unknown-action",
        span,
        format!("`{}` has no action `{name}`", service.prefix),
        "never asked for",
    );
    let operation = OPERATIONS
        .iter()
        .find(|(operation, _)| operation.eq_ignore_ascii_case(action));
    if let Some((operation, permission)) = operation {
        let (_, operation) = operation.split_once(':')?;
        return Some(advice.help(format!("the operation {operation} asks for `{permission}`")));
    }
    let known = service.actions.iter().map(|action| action.name.as_str());
    Some(match nearest(name, known) {
        Some(near) => advice.help(format!("did you mean `{}:{near}`?", service.prefix)),
        None => advice,
    })
}

/// The actions of the service that a pattern stands for.
pub(super) fn covered<'s>(pattern: &str, service: &'s Service) -> Vec<&'s catalog::Action> {
    if !pattern.contains(['*', '?']) {
        let name = pattern.split_once(':').map_or("", |(_, name)| name);
        return service.action(name).into_iter().collect();
    }
    let pattern = Pattern::new(pattern, Dialect::Action, false);
    let is_covered = |action: &&catalog::Action| {
        let full = format!("{}:{}", service.prefix, action.name);
        pattern.matches(&full, Case::Ignored, &NO_VARIABLES)
    };
    service.actions.iter().filter(is_covered).collect()
}

fn unknown_service(prefix: &str, span: Span) -> Advice {
    let advice = Advice::new(
        "unknown-action",
        span,
        format!("no service is called `{prefix}`"),
        "never asked for",
    );
    match nearest(prefix, catalog::prefixes()) {
        Some(near) => advice.help(format!("did you mean `{near}`?")),
        None => advice,
    }
}
