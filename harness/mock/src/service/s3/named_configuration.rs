//! Configurations of which a bucket has several, each with an id: inventories, metrics, analytics, Intelligent-Tiering.
//! They are stored and given back; the mock does not act on them.
//!
//! AWS: S3 API Reference, `PutBucketInventoryConfiguration` and its kin.

use rolecall_wire::{ServiceError, Structure, Value};

use super::error::{invalid_argument, malformed_xml};
use super::resource;
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::World;

/// A kind of configuration.
pub(super) trait Named {
    /// Its name in the query: `metrics`.
    const NAME: &'static str;
    /// The member that has it: `MetricsConfiguration`.
    const MEMBER: &'static str;
    /// The member of a listing that has them all: `MetricsConfigurationList`.
    const LIST: &'static str;
}

/// `analytics`.
pub(super) struct Analytics;

impl Named for Analytics {
    const NAME: &'static str = "analytics";
    const MEMBER: &'static str = "AnalyticsConfiguration";
    const LIST: &'static str = "AnalyticsConfigurationList";
}

/// `intelligent-tiering`.
pub(super) struct IntelligentTiering;

impl Named for IntelligentTiering {
    const NAME: &'static str = "intelligent-tiering";
    const MEMBER: &'static str = "IntelligentTieringConfiguration";
    const LIST: &'static str = "IntelligentTieringConfigurationList";
}

/// `inventory`.
pub(super) struct Inventory;

impl Named for Inventory {
    const NAME: &'static str = "inventory";
    const MEMBER: &'static str = "InventoryConfiguration";
    const LIST: &'static str = "InventoryConfigurationList";
}

/// `metrics`.
pub(super) struct Metrics;

impl Named for Metrics {
    const NAME: &'static str = "metrics";
    const MEMBER: &'static str = "MetricsConfiguration";
    const LIST: &'static str = "MetricsConfigurationList";
}

/// AWS: S3 API Reference, `ListBucketMetricsConfigurations`: up to 100 at a time.
const PAGE_LIMIT: usize = 100;

pub(super) fn get<N: Named>(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let found = bucket.named_configurations.get(&key::<N>(call));
    let found = found.ok_or_else(missing)?;
    Ok(Structure::new().with(N::MEMBER, found.clone()).into())
}

pub(super) fn list<N: Named>(world: &World, call: &Call) -> Answer {
    let bucket = resource::bucket(world, call)?;
    let token = call.input.string("ContinuationToken");
    let start = (N::NAME, token.unwrap_or_default().to_owned());
    let mut of_kind = bucket
        .named_configurations
        .range(start..)
        .take_while(|((name, _), _)| *name == N::NAME);
    let page: Vec<_> = of_kind
        .by_ref()
        .take(PAGE_LIMIT)
        .map(|(_, configuration)| Value::Structure(configuration.clone()))
        .collect();
    let next = of_kind.next().map(|((_, id), _)| id.as_str());
    Ok(Structure::new()
        .with("IsTruncated", next.is_some())
        .with_some("ContinuationToken", token)
        .with_some("NextContinuationToken", next)
        .with(N::LIST, page)
        .into())
}

pub(super) fn put<N: Named>(world: &mut World, call: &Call) -> Answer {
    let given = call.input.structure(N::MEMBER).ok_or_else(malformed_xml)?;
    let (id, own) = (call.required("Id"), given.string("Id"));
    if own != Some(id) {
        let message = "The ID in the configuration does not match the ID in the request.";
        return Err(invalid_argument("id", id, message));
    }
    let bucket = resource::bucket_mut(world, call)?;
    let (key, given) = (key::<N>(call), given.clone());
    bucket.named_configurations.insert(key, given);
    Ok(Reply::empty())
}

pub(super) fn delete<N: Named>(world: &mut World, call: &Call) -> Answer {
    let bucket = resource::bucket_mut(world, call)?;
    let removed = bucket.named_configurations.remove(&key::<N>(call));
    removed.map(|_| Reply::empty()).ok_or_else(missing)
}

fn key<N: Named>(call: &Call) -> (&'static str, String) {
    (N::NAME, call.required("Id").to_owned())
}

fn missing() -> ServiceError {
    let message = "The specified configuration does not exist.";
    ServiceError::new(404, "NoSuchConfiguration", message)
}
