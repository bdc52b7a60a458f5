//! CloudFront distributions and their invalidations.
//!
//! AWS: CloudFront API Reference, data types `Distribution` and `Invalidation`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rolecall_wire::Structure;

use super::{AccountId, Partition, Tags, World, WorldError, check_tags};
use crate::service::cloudfront::declared_config;

/// How long a change or an invalidation takes. AWS needs minutes; the mock is done when a waiting client asks again.
const ROLL_OUT: SignedDuration = SignedDuration::from_secs(10);

/// A distribution of an account.
#[derive(Clone, Debug)]
pub struct DistributionSpec {
    /// Upper-case letters and digits: `E2EXAMPLE`. Unique among all accounts.
    pub id: String,
    /// The number of the account that owns it.
    pub account: String,
    /// The bucket that it serves, by name.
    pub origin: Option<String>,
    /// Alternate domain names.
    pub aliases: Vec<String>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
}

/// A distribution.
#[derive(Clone, Debug)]
pub(crate) struct Distribution {
    pub(crate) id: String,
    pub(crate) account: AccountId,
    /// `d….cloudfront.net`.
    pub(crate) domain: String,
    /// The version of the configuration, which a change or a deletion must name.
    pub(crate) etag: String,
    pub(crate) changed: Timestamp,
    /// From when on the configuration is in effect everywhere.
    pub(crate) deployed: Timestamp,
    /// `DistributionConfig`, complete.
    pub(crate) config: Structure,
    pub(crate) tags: Tags,
    /// Oldest first.
    pub(crate) invalidations: Vec<Invalidation>,
}

/// Paths that are taken out of the caches.
#[derive(Clone, Debug)]
pub(crate) struct Invalidation {
    /// `I…`.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) caller_reference: String,
    pub(crate) paths: Vec<String>,
}

impl Distribution {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        distribution_arn(partition, &self.account, &self.id)
    }

    /// The alternate domain names.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &str> {
        let aliases = self.config.structure("Aliases").into_iter();
        aliases.flat_map(|aliases| aliases.strings("Items"))
    }

    /// Whether requests to an origin are signed as an origin access control says.
    pub(crate) fn signs_with(&self, access_control: &str) -> bool {
        let origins = self.config.structure("Origins").into_iter();
        let mut origins = origins.flat_map(|origins| origins.structures("Items"));
        origins.any(|origin| origin.string("OriginAccessControlId") == Some(access_control))
    }

    /// The invalidations that are still under way.
    pub(crate) fn in_progress(&self, now: Timestamp) -> impl Iterator<Item = &Invalidation> {
        let invalidations = self.invalidations.iter();
        invalidations.filter(move |invalidation| !invalidation.is_complete(now))
    }

    /// Another configuration, which takes its time to be rolled out.
    pub(crate) fn configure(&mut self, config: Structure, etag: String, now: Timestamp) {
        self.config = config;
        self.etag = etag;
        self.changed = now;
        self.deployed = now.checked_add(ROLL_OUT).unwrap_or(Timestamp::MAX);
    }
}

impl Invalidation {
    pub(crate) fn is_complete(&self, now: Timestamp) -> bool {
        now.duration_since(self.created) >= ROLL_OUT
    }
}

/// A distribution's ARN, whether it is there or not; `*` for one that is to be made.
pub(crate) fn distribution_arn(partition: Partition, account: &AccountId, id: &str) -> String {
    format!("arn:{partition}:cloudfront::{account}:distribution/{id}")
}

const KIND: &str = "distribution";

impl World {
    /// Adds a distribution, deployed since the world began.
    pub fn add_distribution(&mut self, spec: DistributionSpec) -> Result<(), WorldError> {
        if self.distributions.contains_key(&spec.id) {
            let (kind, name) = (KIND, spec.id);
            return Err(WorldError::Exists { kind, name });
        }
        self.put_distribution(spec, Vec::new())
    }

    /// Gives a distribution other members; its invalidations stay.
    pub fn update_distribution(&mut self, spec: DistributionSpec) -> Result<(), WorldError> {
        let before = self
            .distribution(&spec.id)
            .ok_or_else(|| unknown(&spec.id))?;
        let invalidations = before.invalidations.clone();
        self.put_distribution(spec, invalidations)
    }

    /// Removes a distribution.
    pub fn remove_distribution(&mut self, id: &str) -> Result<(), WorldError> {
        let removed = self.distributions.remove(id);
        removed.map(drop).ok_or_else(|| unknown(id))
    }

    fn put_distribution(
        &mut self,
        spec: DistributionSpec,
        invalidations: Vec<Invalidation>,
    ) -> Result<(), WorldError> {
        check_id(&spec.id)?;
        check_tags(&spec.tags)?;
        let mut ids = self.ids.named(&format!("distribution/{}", spec.id));
        let config = declared_config(&spec);
        self.insert_distribution(Distribution {
            account: self.known_account(&spec.account)?,
            domain: format!("d{}.cloudfront.net", ids.lower_case(13)),
            etag: format!("E{}", ids.letters(13)),
            changed: self.start,
            deployed: self.start,
            config,
            tags: spec.tags,
            invalidations,
            id: spec.id,
        });
        Ok(())
    }

    pub(crate) fn insert_distribution(&mut self, distribution: Distribution) {
        let id = distribution.id.clone();
        self.distributions.insert(id, Arc::new(distribution));
    }

    /// The distribution with an id, in whatever account.
    pub(crate) fn distribution(&self, id: &str) -> Option<&Arc<Distribution>> {
        self.distributions.get(id)
    }

    pub(crate) fn distribution_mut(&mut self, id: &str) -> Option<&mut Distribution> {
        self.distributions.get_mut(id).map(Arc::make_mut)
    }

    /// The distributions of all accounts, by id.
    pub(crate) fn distributions(&self) -> impl Iterator<Item = &Arc<Distribution>> {
        self.distributions.values()
    }
}

fn unknown(id: &str) -> WorldError {
    let (kind, name) = (KIND, id.to_owned());
    WorldError::Unknown { kind, name }
}

fn check_id(id: &str) -> Result<(), WorldError> {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    if !id.is_empty() && id.bytes().all(allowed) {
        return Ok(());
    }
    Err(WorldError::InvalidName {
        kind: KIND,
        name: id.to_owned(),
        rule: "upper-case letters and digits, as in `E2EXAMPLE`",
    })
}
