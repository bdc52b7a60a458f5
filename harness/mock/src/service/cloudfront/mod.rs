//! Amazon CloudFront: distributions, as far as deployments need them, and invalidations.

mod access_controls;
mod config;
mod distributions;
mod error;
mod invalidations;
mod listing;
mod tags;

pub(crate) use self::config::declared as declared_config;
use super::call::Call;
use super::need::{Key, Need, Resource, ResourceKind};
use super::{Operation, ServiceTable};
use crate::world::{AccountId, Tags, World, distribution_arn};
use rolecall_wire::ServiceError;

/// AWS: Service Authorization Reference, Amazon CloudFront.
const TAGGED: &[Key] = &[Key::ResourceTags("aws:ResourceTag/")];
const TAGGING: &[Key] = &[
    Key::ResourceTags("aws:ResourceTag/"),
    Key::From(tags::request_keys),
];
const CREATED: &[Key] = &[Key::From(tags::request_keys)];

const OPERATIONS: &[Operation] = &[
    Operation::write(
        "CreateDistribution",
        &[Need::new(
            "cloudfront:CreateDistribution",
            ResourceKind::NewDistribution,
        )],
        distributions::create,
    ),
    Operation::write(
        "CreateDistributionWithTags",
        &[
            Need::new(
                "cloudfront:CreateDistribution",
                ResourceKind::NewDistribution,
            )
            .keys(CREATED),
            Need::new("cloudfront:TagResource", ResourceKind::NewDistribution).keys(CREATED),
        ],
        distributions::create,
    ),
    Operation::read(
        "GetDistribution",
        &[Need::new("cloudfront:GetDistribution", ResourceKind::Distribution).keys(TAGGED)],
        distributions::get,
    ),
    Operation::read(
        "GetDistributionConfig",
        &[Need::new(
            "cloudfront:GetDistributionConfig",
            ResourceKind::Distribution,
        )
        .keys(TAGGED)],
        distributions::get_config,
    ),
    Operation::read(
        "ListDistributions",
        &[Need::new(
            "cloudfront:ListDistributions",
            ResourceKind::Everything,
        )],
        distributions::list,
    ),
    Operation::write(
        "UpdateDistribution",
        &[Need::new("cloudfront:UpdateDistribution", ResourceKind::Distribution).keys(TAGGED)],
        distributions::update,
    ),
    Operation::write(
        "DeleteDistribution",
        &[Need::new("cloudfront:DeleteDistribution", ResourceKind::Distribution).keys(TAGGED)],
        distributions::delete,
    ),
    Operation::write(
        "CreateInvalidation",
        &[Need::new("cloudfront:CreateInvalidation", ResourceKind::Distribution).keys(TAGGED)],
        invalidations::create,
    ),
    Operation::read(
        "GetInvalidation",
        &[Need::new("cloudfront:GetInvalidation", ResourceKind::Distribution).keys(TAGGED)],
        invalidations::get,
    ),
    Operation::read(
        "ListInvalidations",
        &[Need::new("cloudfront:ListInvalidations", ResourceKind::Distribution).keys(TAGGED)],
        invalidations::list,
    ),
    Operation::write(
        "TagResource",
        &[Need::new("cloudfront:TagResource", ResourceKind::Tagged).keys(TAGGING)],
        tags::add,
    ),
    Operation::write(
        "UntagResource",
        &[Need::new("cloudfront:UntagResource", ResourceKind::Tagged).keys(TAGGING)],
        tags::remove,
    ),
    Operation::read(
        "ListTagsForResource",
        &[Need::new("cloudfront:ListTagsForResource", ResourceKind::Tagged).keys(TAGGED)],
        tags::list,
    ),
];

const ACCESS_CONTROLS: &[Operation] = &[
    Operation::write(
        "CreateOriginAccessControl",
        &[Need::new(
            "cloudfront:CreateOriginAccessControl",
            ResourceKind::Everything,
        )],
        access_controls::create,
    ),
    Operation::read(
        "GetOriginAccessControl",
        &[Need::new(
            "cloudfront:GetOriginAccessControl",
            ResourceKind::AccessControl,
        )],
        access_controls::get,
    ),
    Operation::read(
        "GetOriginAccessControlConfig",
        &[Need::new(
            "cloudfront:GetOriginAccessControlConfig",
            ResourceKind::AccessControl,
        )],
        access_controls::get_config,
    ),
    Operation::read(
        "ListOriginAccessControls",
        &[Need::new(
            "cloudfront:ListOriginAccessControls",
            ResourceKind::Everything,
        )],
        access_controls::list,
    ),
    Operation::write(
        "UpdateOriginAccessControl",
        &[Need::new(
            "cloudfront:UpdateOriginAccessControl",
            ResourceKind::AccessControl,
        )],
        access_controls::update,
    ),
    Operation::write(
        "DeleteOriginAccessControl",
        &[Need::new(
            "cloudfront:DeleteOriginAccessControl",
            ResourceKind::AccessControl,
        )],
        access_controls::delete,
    ),
];

/// The service's row.
pub(crate) static TABLE: ServiceTable = ServiceTable {
    name: "cloudfront",
    operations: &[OPERATIONS, ACCESS_CONTROLS],
    admits: |_, _| Ok(()),
    resource,
    keys: |_, _, _| {},
    denial: error::denial,
};

/// AWS authorizes before it looks whether a distribution is there, and takes its id as it was sent.
fn resource(kind: ResourceKind, world: &World, call: &Call) -> Result<Resource, ServiceError> {
    let account = account(call)?;
    let arn = match kind {
        ResourceKind::Distribution => {
            distribution_arn(call.partition(), account, distribution_id(call))
        }
        ResourceKind::NewDistribution => distribution_arn(call.partition(), account, "*"),
        ResourceKind::AccessControl => format!(
            "arn:{}:cloudfront::{account}:origin-access-control/{}",
            call.partition(),
            call.required("Id")
        ),
        ResourceKind::Tagged => call.required("Resource").to_owned(),
        _ => "*".to_owned(),
    };
    let known = distributions::of_arn(world, call, &arn);
    Ok(Resource {
        tags: known.map_or_else(Tags::new, |known| known.tags.clone()),
        ..Resource::of_caller(arn)
    })
}

/// The account of the caller, which is what CloudFront acts on.
fn account(call: &Call) -> Result<&AccountId, ServiceError> {
    let account = call.caller.account.as_ref();
    account.ok_or_else(error::unsigned)
}

/// `Id` names an invalidation where `DistributionId` names the distribution.
fn distribution_id(call: &Call) -> &str {
    let id = call.input.string("DistributionId");
    id.unwrap_or_else(|| call.required("Id"))
}
