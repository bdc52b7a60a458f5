//! Distributions.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure};

use super::{account, config, error, listing, tags};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Distribution, World};

/// Where answers say that a distribution is.
pub(super) const LOCATION: &str = "https://cloudfront.amazonaws.com/2020-05-31/distribution";

/// The members of a configuration that lists show.
const LISTED: [&str; 15] = [
    "Aliases",
    "Origins",
    "OriginGroups",
    "DefaultCacheBehavior",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Comment",
    "PriceClass",
    "Enabled",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
    "IsIPV6Enabled",
    "Staging",
];

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?.clone();
    let with_tags = call.input.structure("DistributionConfigWithTags");
    let config = given_config(with_tags.unwrap_or(&call.input))?;
    let tags = tags::given(call)?;
    check_reference(world, &config)?;
    check_aliases(world, &config, None)?;
    let mut distribution = Distribution {
        id: format!("E{}", world.ids.letters(13)),
        account,
        domain: format!("d{}.cloudfront.net", world.ids.lower_case(13)),
        etag: String::new(),
        changed: call.now(),
        deployed: call.now(),
        config: Structure::new(),
        tags,
        invalidations: Vec::new(),
    };
    distribution.configure(config, new_etag(world), call.now());
    let answer = described(&distribution, call);
    let location = format!("{LOCATION}/{}", distribution.id);
    world.insert_distribution(distribution);
    Ok(answer.with("Location", location).into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let distribution = find(world, call, call.required("Id"))?;
    Ok(described(distribution, call).into())
}

pub(super) fn get_config(world: &World, call: &Call) -> Answer {
    let distribution = find(world, call, call.required("Id"))?;
    Ok(Structure::new()
        .with("ETag", distribution.etag.as_str())
        .with("DistributionConfig", distribution.config.clone())
        .into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let all = world.distributions();
    let own = all.filter(|distribution| call.is_from(&distribution.account));
    let items = own.map(|one| (one.id.clone(), summary(one, call)));
    let page = listing::page(call, items)?;
    Ok(Structure::new().with("DistributionList", page).into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    let id = call.required("Id");
    check_version(&find(world, call, id)?.etag, call)?;
    let config = given_config(&call.input)?;
    check_aliases(world, &config, Some(id))?;
    let etag = new_etag(world);
    let distribution = world.distribution_mut(id);
    let distribution = distribution.ok_or_else(error::no_such_distribution)?;
    if config.string("CallerReference") != distribution.config.string("CallerReference") {
        let message = "The update contains modifications that are not allowed.";
        return Err(ServiceError::new(400, "IllegalUpdate", message));
    }
    distribution.configure(config, etag, call.now());
    Ok(described(distribution, call).into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let id = call.required("Id");
    let distribution = find(world, call, id)?;
    check_version(&distribution.etag, call)?;
    let is_disabled = distribution.config.boolean("Enabled") == Some(false);
    if !is_disabled || distribution.deployed > call.now() {
        let message = "The distribution you are trying to delete has not been disabled.";
        return Err(ServiceError::new(409, "DistributionNotDisabled", message));
    }
    let removed = world.remove_distribution(id);
    removed.map_err(|_| error::no_such_distribution())?;
    Ok(Reply::empty())
}

/// A distribution of the caller's account.
pub(super) fn find<'w>(
    world: &'w World,
    call: &Call,
    id: &str,
) -> Result<&'w Arc<Distribution>, ServiceError> {
    let distribution = world.distribution(id);
    let own = distribution.filter(|distribution| call.is_from(&distribution.account));
    own.ok_or_else(error::no_such_distribution)
}

/// The distribution of an ARN, if it is of the caller's account.
pub(super) fn of_arn<'w>(
    world: &'w World,
    call: &Call,
    arn: &str,
) -> Option<&'w Arc<Distribution>> {
    let (_, id) = arn.split_once(":distribution/")?;
    let distribution = find(world, call, id).ok()?;
    (distribution.arn(call.partition()) == arn).then_some(distribution)
}

fn given_config(input: &Structure) -> Result<Structure, ServiceError> {
    let config = input.structure("DistributionConfig").cloned();
    let config = config.unwrap_or_default();
    config::check(&config)?;
    Ok(config::completed(config))
}

pub(super) fn new_etag(world: &mut World) -> String {
    format!("E{}", world.ids.letters(13))
}

fn check_reference(world: &World, config: &Structure) -> Result<(), ServiceError> {
    let reference = config.string("CallerReference");
    let mut all = world.distributions();
    let used = all.find(|other| other.config.string("CallerReference") == reference);
    let Some(other) = used else {
        return Ok(());
    };
    let message = format!(
        "The caller reference that you are using to create a distribution is associated with another distribution. \
         Already exists: {}",
        other.id
    );
    Err(ServiceError::new(409, "DistributionAlreadyExists", message))
}

/// An alternate domain name is one distribution's, among all accounts.
fn check_aliases(world: &World, config: &Structure, own: Option<&str>) -> Result<(), ServiceError> {
    let aliases = config.structure("Aliases").into_iter();
    let wanted: Vec<_> = aliases
        .flat_map(|aliases| aliases.strings("Items"))
        .collect();
    let mut others = world
        .distributions()
        .filter(|other| Some(other.id.as_str()) != own);
    if others.any(|other| other.aliases().any(|alias| wanted.contains(&alias))) {
        let message = "One or more of the CNAMEs you provided are already associated with a different resource.";
        return Err(ServiceError::new(409, "CNAMEAlreadyExists", message));
    }
    Ok(())
}

/// A change must name the version that it changes.
pub(super) fn check_version(current: &str, call: &Call) -> Result<(), ServiceError> {
    match call.input.string("IfMatch") {
        Some(etag) if etag.trim_matches('"') == current => Ok(()),
        Some(_) => Err(ServiceError::new(
            412,
            "PreconditionFailed",
            "The request failed because it didn't meet the preconditions in one or more request-header fields.",
        )),
        None => Err(ServiceError::new(
            400,
            "InvalidIfMatchVersion",
            "The If-Match version is missing or not valid for the resource.",
        )),
    }
}

/// What all answers tell of a distribution.
fn common(distribution: &Distribution, call: &Call) -> Structure {
    let is_deployed = distribution.deployed <= call.now();
    let status = if is_deployed {
        "Deployed"
    } else {
        "InProgress"
    };
    Structure::new()
        .with("Id", distribution.id.as_str())
        .with("ARN", distribution.arn(call.partition()))
        .with("Status", status)
        .with("LastModifiedTime", distribution.changed)
        .with("DomainName", distribution.domain.as_str())
}

fn summary(distribution: &Distribution, call: &Call) -> Structure {
    let common = common(distribution, call).with("ETag", distribution.etag.as_str());
    LISTED.into_iter().fold(common, |summary, member| {
        summary.with_some(member, distribution.config.get(member).cloned())
    })
}

fn described(distribution: &Distribution, call: &Call) -> Structure {
    let under_way = distribution.in_progress(call.now()).count();
    let nobody = || {
        Structure::new()
            .with("Enabled", false)
            .with("Quantity", 0_i64)
    };
    let shown = common(distribution, call)
        .with(
            "InProgressInvalidationBatches",
            i64::try_from(under_way).unwrap_or(i64::MAX),
        )
        .with("ActiveTrustedSigners", nobody())
        .with("ActiveTrustedKeyGroups", nobody())
        .with("DistributionConfig", distribution.config.clone());
    Structure::new()
        .with("ETag", distribution.etag.as_str())
        .with("Distribution", shown)
}
