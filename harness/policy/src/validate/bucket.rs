//! What only bucket policies must be.
//!
//! Source: AWS, S3 User Guide, bucket policies; service authorization reference, S3.

use super::shape::Part;
use super::{Findings, Rule};
use crate::catalog::{self, Action, Service};
use crate::context::fold;
use crate::document::NO_VARIABLES;
use crate::node::{Entry, Span, Value};
use crate::pattern::{Case, Dialect, Pattern};
use crate::suggest::nearest;

/// Resources of this bucket, actions that S3 has and that fit them, conditions that fit the actions.
pub(super) fn check(part: &Part<'_>, bucket: &str, findings: &mut Findings) {
    for name in ["Resource", "NotResource"] {
        for (resource, span) in part.strings(name) {
            if reach(resource, bucket).is_none() {
                findings
                    .add(Rule::BucketResource, span, resource, "not of this bucket")
                    .help(format!(
                        "write `arn:aws:s3:::{bucket}` or `arn:aws:s3:::{bucket}/*`"
                    ));
            }
        }
    }
    if let Some(s3) = catalog::service("s3") {
        check_actions(part, bucket, &s3, findings);
        check_keys(part, &s3, findings);
    }
}

/// Which types of resource of a bucket an ARN can stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Reach {
    bucket: bool,
    objects: bool,
}

/// `None` when the ARN isn't of this bucket.
fn reach(resource: &str, bucket: &str) -> Option<Reach> {
    let rest = resource
        .strip_prefix("arn:")?
        .split_once(":s3:::")?
        .1
        .strip_prefix(bucket)?;
    match rest.bytes().next() {
        None => Some(Reach {
            bucket: true,
            objects: false,
        }),
        Some(b'/') => Some(Reach {
            bucket: false,
            objects: true,
        }),
        Some(b'*') => Some(Reach {
            bucket: true,
            objects: true,
        }),
        Some(_) => None,
    }
}

fn check_actions(part: &Part<'_>, bucket: &str, s3: &Service, findings: &mut Findings) {
    for name in ["Action", "NotAction"] {
        for (action, span) in part.strings(name) {
            let meant = meant(action, s3);
            if action == "*" {
            } else if meant.is_empty() {
                unknown_action(action, span, s3, findings);
            } else if name == "Action"
                && !part.strings("Resource").any(|(resource, _)| {
                    reach(resource, bucket)
                        .is_none_or(|reach| meant.iter().any(|action| fits(action, reach, s3)))
                })
                && part.element("Resource").is_some()
            {
                findings
                    .add(Rule::BucketActionUnfit, span, action, "for none of the resources")
                    .help(format!(
                        "objects are `arn:aws:s3:::{bucket}/*`, the bucket is `arn:aws:s3:::{bucket}`"
                    ));
            }
        }
    }
}

/// The actions of S3 that an action of the policy stands for; creating a bucket is none of them.
fn meant<'s>(action: &str, s3: &'s Service) -> Vec<&'s Action> {
    let pattern = Pattern::new(action, Dialect::Action, false);
    let is_meant = |known: &&Action| {
        known.name != "CreateBucket"
            && pattern.matches(&format!("s3:{}", known.name), Case::Ignored, &NO_VARIABLES)
    };
    s3.actions.iter().filter(is_meant).collect()
}

fn fits(action: &Action, reach: Reach, s3: &Service) -> bool {
    let types = action.applies.iter().filter_map(|applies| applies.resource);
    types
        .filter_map(|place| s3.resources.get(place))
        .any(|resource| match resource.name.as_str() {
            "bucket" => reach.bucket,
            "object" => reach.objects,
            _ => false,
        })
}

fn unknown_action(action: &str, span: Span, s3: &Service, findings: &mut Findings) {
    let finding = findings.add(Rule::BucketAction, span, action, "no action on a bucket");
    let name = action.split_once(':').map_or(action, |(_, name)| name);
    if let Some(near) = nearest(name, s3.actions.iter().map(|known| known.name.as_str())) {
        finding.help(format!("did you mean `s3:{near}`?"));
    }
}

fn check_keys(part: &Part<'_>, s3: &Service, findings: &mut Findings) {
    let condition = part.element("Condition").map(|entry| &entry.value.value);
    let Some(Value::Map(operators)) = condition else {
        return;
    };
    for operator in operators {
        let Value::Map(keys) = &operator.value.value else {
            continue;
        };
        for key in keys {
            check_key(part, key, s3, findings);
        }
    }
}

fn check_key(part: &Part<'_>, entry: &Entry, s3: &Service, findings: &mut Findings) {
    let key = fold(&entry.key);
    if !key.starts_with("s3:") {
        if !catalog::is_global_key(&key) && !catalog::is_session_key(&key) {
            let finding = findings.add(Rule::BucketKey, entry.key_span, &entry.key, "no such key");
            if let Some(near) = nearest(&entry.key, catalog::global_keys()) {
                finding.help(format!("did you mean `{near}`?"));
            }
        }
        return;
    }
    if catalog::is_newer_key(&key) {
        return;
    }
    if s3.key(&key).is_none() {
        let finding = findings.add(Rule::BucketKey, entry.key_span, &entry.key, "no such key");
        if let Some(near) = nearest(&entry.key, s3.keys.iter().map(|known| known.name.as_str())) {
            finding.help(format!("did you mean `{near}`?"));
        }
        return;
    }
    let unfit = part.strings("Action").find(|(action, _)| {
        let actions = meant(action, s3);
        !actions.is_empty() && !actions.iter().any(|action| goes_with(action, &key, s3))
    });
    if let Some((action, _)) = unfit {
        findings
            .add(
                Rule::BucketKeyUnfit,
                entry.key_span,
                &entry.key,
                format!("`{action}` never has this key"),
            )
            .help("give that action a statement of its own");
    }
}

/// Whether requests of the action can have the key, by itself or with one of its resources.
fn goes_with(action: &Action, key: &str, s3: &Service) -> bool {
    let own = action
        .applies
        .iter()
        .flat_map(|applies| applies.keys.iter());
    let of_resources = action
        .applies
        .iter()
        .filter_map(|applies| s3.resources.get(applies.resource?))
        .flat_map(|resource| resource.keys.iter());
    own.chain(of_resources)
        .filter_map(|place| s3.keys.get(*place))
        .any(|known| known.is(key))
}
