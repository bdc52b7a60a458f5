//! The configuration of distributions: what AWS fills in, what it checks, and that of declared ones.
//!
//! AWS: CloudFront API Reference, data type `DistributionConfig`.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error;
use crate::world::DistributionSpec;

/// A configuration with what was left out, as AWS gives it back.
pub(super) fn completed(mut config: Structure) -> Structure {
    let geography = Structure::new()
        .with("RestrictionType", "none")
        .with("Quantity", 0_i64);
    let certificate = Structure::new()
        .with("CloudFrontDefaultCertificate", true)
        .with("SSLSupportMethod", "vip")
        .with("MinimumProtocolVersion", "TLSv1")
        .with("CertificateSource", "cloudfront");
    let logging = Structure::new()
        .with("Enabled", false)
        .with("IncludeCookies", false)
        .with("Bucket", "")
        .with("Prefix", "");
    fill(
        &mut config,
        [
            ("Aliases", none()),
            ("DefaultRootObject", "".into()),
            ("OriginGroups", none()),
            ("CacheBehaviors", none()),
            ("CustomErrorResponses", none()),
            ("Logging", logging.into()),
            ("PriceClass", "PriceClass_All".into()),
            ("ViewerCertificate", certificate.into()),
            (
                "Restrictions",
                Structure::new().with("GeoRestriction", geography).into(),
            ),
            ("WebACLId", "".into()),
            ("HttpVersion", "http2".into()),
            ("IsIPV6Enabled", false.into()),
            ("ContinuousDeploymentPolicyId", "".into()),
            ("Staging", false.into()),
        ],
    );
    if let Some(behavior) = config.structure("DefaultCacheBehavior").cloned() {
        config.set("DefaultCacheBehavior", completed_behavior(behavior));
    }
    if let Some(origins) = config.structure("Origins").cloned() {
        config.set("Origins", completed_origins(&origins));
    }
    config
}

fn completed_behavior(mut behavior: Structure) -> Structure {
    let signers = || {
        Structure::new()
            .with("Enabled", false)
            .with("Quantity", 0_i64)
    };
    let read = || texts(["HEAD", "GET"]);
    let methods = read().with("CachedMethods", read());
    fill(
        &mut behavior,
        [
            ("TrustedSigners", signers().into()),
            ("TrustedKeyGroups", signers().into()),
            ("AllowedMethods", methods.into()),
            ("SmoothStreaming", false.into()),
            ("Compress", false.into()),
            ("LambdaFunctionAssociations", none()),
            ("FunctionAssociations", none()),
            ("FieldLevelEncryptionId", "".into()),
        ],
    );
    behavior
}

fn completed_origins(origins: &Structure) -> Structure {
    let completed = origins.structures("Items").cloned().map(|mut origin| {
        let shield = Structure::new().with("Enabled", false);
        fill(
            &mut origin,
            [
                ("OriginPath", "".into()),
                ("CustomHeaders", none()),
                ("ConnectionAttempts", 3_i64.into()),
                ("ConnectionTimeout", 10_i64.into()),
                ("OriginShield", shield.into()),
                ("OriginAccessControlId", "".into()),
            ],
        );
        origin
    });
    quantity(completed.map(Value::from).collect())
}

/// Sets the members that are absent.
fn fill<const N: usize>(structure: &mut Structure, members: [(&str, Value); N]) {
    for (name, value) in members {
        if structure.get(name).is_none() {
            structure.set(name, value);
        }
    }
}

/// A list as CloudFront writes them.
fn quantity(items: Vec<Value>) -> Structure {
    let quantity = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let items = (!items.is_empty()).then_some(items);
    Structure::new()
        .with("Quantity", quantity)
        .with_some("Items", items)
}

fn none() -> Value {
    quantity(Vec::new()).into()
}

pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Structure {
    quantity(texts.into_iter().map(Value::from).collect())
}

/// What must be right with a configuration by itself.
pub(super) fn check(config: &Structure) -> Result<(), ServiceError> {
    check_quantities(config)?;
    let origins = config.structure("Origins");
    let mut ids = origins
        .into_iter()
        .flat_map(|origins| origins.structures("Items"))
        .filter_map(|origin| origin.string("Id"));
    let behavior = config.structure("DefaultCacheBehavior");
    let target = behavior.and_then(|behavior| behavior.string("TargetOriginId"));
    if ids.any(|id| Some(id) == target) {
        return Ok(());
    }
    let message = "One or more of your origins or origin groups do not exist.";
    Err(ServiceError::new(404, "NoSuchOrigin", message))
}

/// Every list says how long it is.
pub(super) fn check_quantities(structure: &Structure) -> Result<(), ServiceError> {
    if let Some(quantity) = structure.integer("Quantity") {
        let items = structure.list("Items").len();
        if usize::try_from(quantity) != Ok(items) {
            return Err(error::inconsistent_quantities());
        }
    }
    structure
        .iter()
        .try_for_each(|(_, value)| check_quantities_of(value))
}

fn check_quantities_of(value: &Value) -> Result<(), ServiceError> {
    match value {
        Value::Structure(structure) => check_quantities(structure),
        Value::List(values) => values.iter().try_for_each(check_quantities_of),
        _ => Ok(()),
    }
}

/// The configuration of a distribution that the world declares.
pub(crate) fn declared(spec: &DistributionSpec) -> Structure {
    let id = spec.origin.as_deref().unwrap_or("origin");
    let origin = Structure::new().with("Id", id);
    let origin = match &spec.origin {
        Some(bucket) => origin
            .with("DomainName", format!("{bucket}.s3.us-east-1.amazonaws.com"))
            .with(
                "S3OriginConfig",
                Structure::new().with("OriginAccessIdentity", ""),
            ),
        None => origin.with("DomainName", "example.com").with(
            "CustomOriginConfig",
            Structure::new()
                .with("HTTPPort", 80_i64)
                .with("HTTPSPort", 443_i64)
                .with("OriginProtocolPolicy", "https-only"),
        ),
    };
    let behavior = Structure::new()
        .with("TargetOriginId", id)
        .with("ViewerProtocolPolicy", "redirect-to-https");
    let config = Structure::new()
        .with("CallerReference", spec.id.as_str())
        .with("Aliases", texts(spec.aliases.iter().map(String::as_str)))
        .with("Origins", quantity(vec![origin.into()]))
        .with("DefaultCacheBehavior", behavior)
        .with("Comment", "")
        .with("Enabled", true);
    completed(config)
}
