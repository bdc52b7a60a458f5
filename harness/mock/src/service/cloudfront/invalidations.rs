//! Invalidations.
//!
//! AWS: CloudFront Developer Guide, Invalidate files to remove content.

use std::sync::Arc;

use rolecall_wire::{ServiceError, Structure};

use super::{config, distributions, error, listing};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{Distribution, Invalidation, World};

/// AWS: CloudFront Developer Guide, Quotas, invalidations.
const PATHS: usize = 3000;
const WILDCARDS: usize = 15;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let distribution = Arc::clone(find(world, call)?);
    let empty = Structure::new();
    let batch = call.input.structure("InvalidationBatch").unwrap_or(&empty);
    let paths = batch.structure("Paths").unwrap_or(&empty);
    config::check_quantities(batch)?;
    let paths: Vec<_> = paths.strings("Items").map(str::to_owned).collect();
    let reference = batch.string("CallerReference").unwrap_or_default();
    let mut before = distribution.invalidations.iter();
    if let Some(before) = before.find(|before| before.caller_reference == reference) {
        if before.paths == paths {
            return Ok(created(call, &distribution, before));
        }
        return Err(error::invalid_argument(
            "Your request contains a caller reference that was used for a previous invalidation batch for the same \
             distribution.",
        ));
    }
    check(call, &distribution, &paths)?;
    let invalidation = Invalidation {
        id: format!("I{}", world.ids.letters(13)),
        created: call.now(),
        caller_reference: reference.to_owned(),
        paths,
    };
    let answer = created(call, &distribution, &invalidation);
    let distribution = world.distribution_mut(&distribution.id);
    let distribution = distribution.ok_or_else(error::no_such_distribution)?;
    distribution.invalidations.push(invalidation);
    Ok(answer)
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let mut invalidations = find(world, call)?.invalidations.iter();
    let id = call.required("Id");
    let found = invalidations.find(|invalidation| invalidation.id == id);
    let found = found.ok_or_else(error::no_such_invalidation)?;
    let shown = described(found, call);
    Ok(Structure::new().with("Invalidation", shown).into())
}

/// The newest first.
pub(super) fn list(world: &World, call: &Call) -> Answer {
    let invalidations = find(world, call)?.invalidations.iter().rev();
    let items = invalidations.map(|one| (one.id.clone(), summary(one, call)));
    let page = listing::page(call, items)?;
    Ok(Structure::new().with("InvalidationList", page).into())
}

fn find<'w>(world: &'w World, call: &Call) -> Result<&'w Arc<Distribution>, ServiceError> {
    distributions::find(world, call, call.required("DistributionId"))
}

fn check(call: &Call, distribution: &Distribution, paths: &[String]) -> Result<(), ServiceError> {
    if paths.len() > PATHS {
        let message = "Invalidation batch specified is too large.";
        return Err(ServiceError::new(413, "BatchTooLarge", message));
    }
    if paths.is_empty() || !paths.iter().all(|path| is_path(path)) {
        return Err(error::invalid_argument(
            "Your request contains one or more invalid invalidation paths.",
        ));
    }
    let under_way = distribution.in_progress(call.now());
    let all: Vec<_> = under_way.flat_map(|one| &one.paths).chain(paths).collect();
    let wildcards = all.iter().filter(|path| path.ends_with('*')).count();
    if all.len() > PATHS || wildcards > WILDCARDS {
        return Err(ServiceError::new(
            400,
            "TooManyInvalidationsInProgress",
            "Processing your request will cause you to exceed the maximum number of in-progress wildcard \
             invalidations.",
        ));
    }
    Ok(())
}

/// A star stands for the rest of a path, and for nothing else.
fn is_path(path: &str) -> bool {
    let fixed = path.strip_suffix('*').unwrap_or(path);
    path.starts_with('/') && !fixed.contains('*')
}

fn created(call: &Call, distribution: &Distribution, invalidation: &Invalidation) -> Reply {
    let location = format!(
        "{}/{}/invalidation/{}",
        distributions::LOCATION,
        distribution.id,
        invalidation.id
    );
    Structure::new()
        .with("Location", location)
        .with("Invalidation", described(invalidation, call))
        .into()
}

fn summary(invalidation: &Invalidation, call: &Call) -> Structure {
    let status = if invalidation.is_complete(call.now()) {
        "Completed"
    } else {
        "InProgress"
    };
    Structure::new()
        .with("Id", invalidation.id.as_str())
        .with("CreateTime", invalidation.created)
        .with("Status", status)
}

fn described(invalidation: &Invalidation, call: &Call) -> Structure {
    let paths = config::texts(invalidation.paths.iter().map(String::as_str));
    let batch = Structure::new()
        .with("Paths", paths)
        .with("CallerReference", invalidation.caller_reference.as_str());
    summary(invalidation, call).with("InvalidationBatch", batch)
}
