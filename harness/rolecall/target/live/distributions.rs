//! CloudFront distributions: made disabled, so that they serve nobody, and found again by what they were made with.
//!
//! A distribution's id is AWS's to give, so distributions come before everything that may name one.

use std::time::Duration;

use rolecall_wire::{ServiceError, Structure, Value};

use super::admin::{Admins, Failure};
use super::identity::Holder;
use super::journal::{Kind, Thing};
use super::names::Names;
use super::order::{Order, tags};
use super::pace::Attempt;
use super::plan::{Planner, Work};
use super::stage::LiveStage;
use super::{Live, MOST_PAGES};
use crate::scenario::model::{Call, Change, ChangeKind, Distribution, Entity, Touched, World};

/// How long AWS may take to roll a configuration out everywhere.
const UNTIL_DEPLOYED: Duration = Duration::from_mins(30);

/// AWS: CloudFront Developer Guide, managed cache policies, `CachingOptimized`.
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

impl Live {
    /// Why a world's distributions aren't made here, if so.
    pub(super) fn refuses_distributions(&self, world: &World) -> Option<String> {
        (!world.distributions.is_empty() && !self.0.may_make.distributions).then(|| {
            let reason = "the world has distributions, which take minutes on AWS: `distributions = true` under \
                          `[aws]` in rolecall.toml has them made";
            reason.to_owned()
        })
    }

    /// Why a step can't make a distribution here, if so.
    pub(super) fn refuses_to_distribute(&self, call: &Call) -> Option<String> {
        let makes =
            call.service == "cloudfront" && call.operation.starts_with("CreateDistribution");
        (makes && !self.0.may_make.distributions).then(|| {
            let reason = "a distribution takes minutes on AWS: `distributions = true` under `[aws]` in rolecall.toml \
                          has it made";
            reason.to_owned()
        })
    }
}

impl Planner<'_> {
    /// What it takes to make a world's distributions.
    pub(super) fn distributions(&self, world: &World) -> Vec<Work> {
        let distributions = world.distributions.iter();
        distributions
            .map(|one| self.make_distribution(one))
            .collect()
    }

    /// What it takes to make the distributions that a change brings.
    pub(super) fn new_distributions(&self, change: &Change) -> Vec<Work> {
        let distributions = change.world.distributions.iter();
        let new = distributions.filter(|one| {
            change
                .touched
                .iter()
                .any(|touched| touched.kind == ChangeKind::Created && is_touched(touched, one))
        });
        new.map(|one| self.make_distribution(one)).collect()
    }

    /// What becomes of a distribution that a change alters: its tags, its origin and its names.
    pub(super) fn update_distribution(
        &self,
        before: &World,
        after: &World,
        touched: &Touched,
        work: &mut Vec<Work>,
    ) -> Result<(), String> {
        let olds = before.distributions.iter();
        for old in olds.filter(|one| is_touched(touched, one)) {
            let mut news = after.distributions.iter();
            let Some(new) = news.find(|one| is_touched(touched, one)) else {
                continue;
            };
            if old.account != new.account {
                let reason = "a distribution can't move to another account on a live target";
                return Err(reason.to_owned());
            }
            if (&old.origin, &old.aliases) != (&new.origin, &new.aliases) {
                work.push(Work::Configure(
                    self.distribution_thing(new),
                    self.variable(new),
                ));
            }
            work.extend(self.retag(old, new));
        }
        Ok(())
    }

    /// What removes the distributions that a change takes away.
    pub(super) fn remove_distribution(&self, before: &World, touched: &Touched) -> Vec<Work> {
        let distributions = before.distributions.iter();
        let gone = distributions.filter(|one| is_touched(touched, one));
        gone.map(|one| Work::Remove(self.distribution_thing(one)))
            .collect()
    }

    /// What it takes until the policies of a world name what has got an id since.
    pub(super) fn renamed(&self, before: &Names, world: &World) -> Vec<Work> {
        let names = self.names;
        let differ = |json: &str| names.policy(json) != before.policy(json);
        let mut work = Vec::new();
        for policy in &world.policies {
            if differ(&policy.document.json) {
                work.push(self.new_version(policy));
            }
        }
        let groups = world.groups.iter();
        let groups =
            groups.map(|group| (Holder::group(group, names), Holder::group(group, before)));
        let users = world.users.iter();
        let users = users.map(|user| (Holder::user(user, names), Holder::user(user, before)));
        let roles = world.roles.iter();
        let roles = roles.map(|role| (Holder::role(role, names), Holder::role(role, before)));
        for (now, then) in groups.chain(users).chain(roles) {
            work.extend(now.after(&then).into_iter().map(Work::Order));
        }
        for role in &world.roles {
            if differ(&role.trust.document.json) {
                work.push(self.trust(role));
            }
        }
        for bucket in &world.buckets {
            let policy = bucket.policy.as_ref();
            if policy.is_some_and(|policy| differ(&policy.document.json)) {
                work.push(self.bucket_policy(bucket));
            }
        }
        work
    }

    fn distribution_thing(&self, distribution: &Distribution) -> Thing {
        let account = self.names.account(&distribution.account);
        let name = self.names.name(&distribution.name.value);
        Thing::new(Kind::Distribution, account, name)
    }

    fn make_distribution(&self, distribution: &Distribution) -> Work {
        let name = self.names.name(&distribution.name.value);
        let account = self.names.account(&distribution.account);
        let config = with_members(
            Structure::new()
                .with("CallerReference", name.as_str())
                .with("Comment", name.as_str())
                .with("Enabled", false)
                .with("PriceClass", "PriceClass_100"),
            &self.variable(distribution),
        );
        let mut all = self.mapped_tags(distribution);
        all.extend(self.tags_of_run());
        let with_tags = Structure::new()
            .with("DistributionConfig", config)
            .with("Tags", Structure::new().with("Items", tags(&all)));
        let input = Structure::new().with("DistributionConfigWithTags", with_tags);
        let order = Order::new(account, "cloudfront", "CreateDistributionWithTags", input);
        Work::Distribution {
            order: order.making(Kind::Distribution, &name),
            id: distribution.name.value.clone(),
        }
    }

    /// The members of a configuration that a scenario has a say in. AWS gives a name of one's own to nobody without a
    /// certificate for it, so it has none there.
    fn variable(&self, distribution: &Distribution) -> Structure {
        let id = distribution.origin.as_deref().unwrap_or("origin");
        let origin = Structure::new().with("Id", id);
        let origin = match &distribution.origin {
            Some(bucket) => {
                let bucket = self.names.name(bucket);
                let domain = format!("{bucket}.s3.us-east-1.amazonaws.com");
                let no_identity = Structure::new().with("OriginAccessIdentity", "");
                origin
                    .with("DomainName", domain)
                    .with("S3OriginConfig", no_identity)
            }
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
            .with("ViewerProtocolPolicy", "redirect-to-https")
            .with("CachePolicyId", CACHING_OPTIMIZED);
        let aliases = distribution.aliases.iter();
        let aliases = aliases
            .filter(|_| self.aliases)
            .map(|alias| self.names.name(alias).into());
        Structure::new()
            .with("Origins", quantity(vec![origin.into()]))
            .with("Aliases", quantity(aliases.collect()))
            .with("DefaultCacheBehavior", behavior)
    }

    fn mapped_tags(&self, distribution: &Distribution) -> Vec<(String, String)> {
        let tags = distribution.tags.iter();
        tags.map(|(key, value)| (key.clone(), self.names.text(value)))
            .collect()
    }

    fn retag(&self, old: &Distribution, new: &Distribution) -> Vec<Work> {
        let (before, after) = (self.mapped_tags(old), self.mapped_tags(new));
        let gone = before.iter().filter(|(key, _)| {
            let mut kept = after.iter();
            !kept.any(|(other, _)| other == key)
        });
        let gone: Vec<Value> = gone.map(|(key, _)| key.as_str().into()).collect();
        let account = self.names.account(&new.account);
        let id = self.names.text(&new.name.value);
        let arn = format!("arn:aws:cloudfront::{account}:distribution/{id}");
        let order = |operation, member, items: Value| {
            let input = Structure::new()
                .with("Resource", arn.as_str())
                .with(member, Structure::new().with("Items", items));
            Work::Order(Order::new(account, "cloudfront", operation, input))
        };
        let mut work = Vec::new();
        if !gone.is_empty() {
            work.push(order("UntagResource", "TagKeys", gone.into()));
        }
        if before != after && !after.is_empty() {
            work.push(order("TagResource", "Tags", tags(&after)));
        }
        work
    }
}

impl LiveStage {
    /// Makes a distribution, and learns its id.
    pub(super) async fn distribute(&mut self, order: &Order, ours: &str) -> Result<(), Failure> {
        let output = self.order(order).await?;
        let distribution = output.structure("Distribution");
        let member = |name| distribution.and_then(|distribution| distribution.string(name));
        let (Some(id), Some(arn)) = (member("Id"), member("ARN")) else {
            return Err(unreadable(order, "the answer has no distribution"));
        };
        let account = &order.account;
        if arn != format!("arn:aws:cloudfront::{account}:distribution/{id}") {
            let reason = format!("the target's distributions have ARNs that aren't AWS's: {arn}");
            return Err(Failure::Unsuited(reason));
        }
        self.names.learn(ours, id);
        Ok(())
    }

    /// Gives a distribution other members.
    pub(super) async fn configure(
        &self,
        thing: &Thing,
        members: &Structure,
    ) -> Result<(), Failure> {
        let Some(found) = find(&self.admins, thing).await? else {
            let reason = "the distribution is gone".to_owned();
            let order = thing.to_string();
            return Err(Failure::Unreachable { order, reason });
        };
        found.update(&self.admins, thing, members).await.map(drop)
    }
}

/// A distribution as it is now.
struct Found {
    id: String,
    etag: String,
    config: Structure,
}

impl Found {
    /// Changes its configuration; the answer is the new version.
    async fn update(
        &self,
        admins: &Admins,
        thing: &Thing,
        members: &Structure,
    ) -> Result<String, Failure> {
        let config = with_members(self.config.clone(), members);
        let mut order = request(thing, "UpdateDistribution", &self.id).with("IfMatch", &self.etag);
        order.input.set("DistributionConfig", config);
        let output = admins.send(&order).await?;
        Ok(output.string("ETag").unwrap_or_default().to_owned())
    }
}

/// Removes a distribution: disabled first, which AWS rolls out before it lets go.
pub(super) async fn remove(admins: &Admins, thing: &Thing) -> Result<(), Failure> {
    let Some(found) = find(admins, thing).await? else {
        return Ok(());
    };
    let disabled = Structure::new().with("Enabled", false);
    let etag = match found.config.boolean("Enabled") {
        Some(false) => found.etag.clone(),
        _ => found.update(admins, thing, &disabled).await?,
    };
    let order = request(thing, "DeleteDistribution", &found.id).with("IfMatch", &etag);
    let ask = async || match admins.send(&order).await {
        Err(Failure::Refused { error, .. }) if is_gone(&error) => Attempt::Done(Ok(())),
        Err(failure) if is_not_disabled(&failure) => Attempt::NotYet(Err(failure), UNTIL_DEPLOYED),
        other => Attempt::Done(other.map(drop)),
    };
    admins.pace.patiently(ask).await
}

/// The distribution that was made under a name: its comment begins as all names of runs do, its caller reference is the
/// name.
async fn find(admins: &Admins, thing: &Thing) -> Result<Option<Found>, Failure> {
    let input = Structure::new();
    let mut order = Order::new(&thing.account, "cloudfront", "ListDistributions", input);
    for _ in 0..MOST_PAGES {
        let output = match admins.send(&order).await {
            // What a target doesn't have was never made.
            Err(failure) if failure.is_not_implemented() => break,
            sent => sent?,
        };
        let Some(page) = output.structure("DistributionList") else {
            break;
        };
        for summary in page.structures("Items") {
            // An emulator may leave comments out of its list.
            let comment = summary.string("Comment");
            let may_be_it = comment.is_none_or(|comment| comment.starts_with("rc-"));
            let id = summary.string("Id").filter(|_| may_be_it);
            let found = match id {
                Some(id) => look(admins, thing, id).await?,
                None => None,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        match page.string("NextMarker") {
            Some(next) if page.boolean("IsTruncated") == Some(true) => {
                order.input.set("Marker", next);
            }
            _ => break,
        }
    }
    Ok(None)
}

/// A distribution, if it is the one.
async fn look(admins: &Admins, thing: &Thing, id: &str) -> Result<Option<Found>, Failure> {
    let order = request(thing, "GetDistributionConfig", id);
    let output = match admins.send(&order).await {
        Err(Failure::Refused { error, .. }) if is_gone(&error) => return Ok(None),
        output => output?,
    };
    let config = output.structure("DistributionConfig").cloned();
    let config = config.unwrap_or_default();
    let is_it = config.string("CallerReference") == Some(thing.name.as_str());
    Ok(is_it.then(|| Found {
        id: id.to_owned(),
        etag: output.string("ETag").unwrap_or_default().to_owned(),
        config,
    }))
}

fn request(thing: &Thing, operation: &'static str, id: &str) -> Order {
    Order::new(&thing.account, "cloudfront", operation, Structure::new()).with("Id", id)
}

fn is_touched(touched: &Touched, distribution: &Distribution) -> bool {
    touched.entity == Entity::Distribution && touched.name == distribution.name.value
}

fn is_gone(error: &ServiceError) -> bool {
    error.code == "NoSuchDistribution"
}

fn is_not_disabled(failure: &Failure) -> bool {
    matches!(failure, Failure::Refused { error, .. } if error.code == "DistributionNotDisabled")
}

fn unreadable(order: &Order, reason: &str) -> Failure {
    Failure::Unreachable {
        order: order.to_string(),
        reason: reason.to_owned(),
    }
}

/// A structure with other members beside or in the place of its own.
fn with_members(mut structure: Structure, members: &Structure) -> Structure {
    for (name, value) in members.iter() {
        structure.set(name, value.clone());
    }
    structure
}

/// A list as CloudFront has them.
fn quantity(items: Vec<Value>) -> Structure {
    let quantity = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let items = (!items.is_empty()).then_some(items);
    Structure::new()
        .with("Quantity", quantity)
        .with_some("Items", items)
}
