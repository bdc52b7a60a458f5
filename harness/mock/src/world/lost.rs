//! What a world has that no specification can say: whoever saves it is told.

use super::bucket::Versioning;
use super::permissions::ManagedPolicy;
use super::{
    Account, Bucket, Directory, FeatureSet, OidcProvider, PublicAccessBlock, Role, SamlProvider,
    User, World,
};

impl World {
    /// All of it, a few words each: `of the role Deploy: its description`.
    pub(super) fn lost(&self) -> Vec<String> {
        let accounts = self.accounts.iter();
        let policies = self.managed_policies.iter();
        let own_policies = policies.filter(|(_, policy)| policy.account.is_some());
        let buckets = self.buckets.values();
        let oidc = self.oidc_providers.values();
        let saml = self.saml_providers.values();
        // A specification has one organization.
        let kept = self.largest_organization();
        let others = self.organizations();
        let others = others.filter(|other| kept.is_some_and(|kept| kept.id != other.id));
        let others = others.map(|other| format!("the organization {}", other.id));
        accounts
            .flat_map(|(id, account)| self.lost_of_account(id.as_str(), account))
            .chain(own_policies.flat_map(|(arn, policy)| lost_of_policy(arn, policy)))
            .chain(buckets.flat_map(|bucket| lost_of_bucket(bucket)))
            .chain(oidc.flat_map(|provider| lost_of_oidc_provider(provider)))
            .chain(saml.flat_map(|provider| lost_of_saml_provider(provider)))
            .chain(kept.into_iter().flat_map(lost_of_organization))
            .chain(others)
            .collect()
    }

    fn lost_of_account(&self, id: &str, account: &Account) -> Vec<String> {
        let mut outbound = self.outbound_federation.iter();
        let mut lost = of(
            &format!("the account {id}"),
            [
                (account.settings.alias.is_some(), "alias"),
                (
                    account.settings.password_policy.is_some(),
                    "password policy",
                ),
                (
                    outbound.any(|account| account.as_str() == id),
                    "outbound web identity federation",
                ),
            ],
        );
        let profiles = account.instance_profiles.keys();
        lost.extend(profiles.map(|name| format!("the instance profile {name}")));
        let users = account.users.values();
        lost.extend(users.flat_map(|user| self.lost_of_user(user)));
        let roles = account.roles.values();
        lost.extend(roles.flat_map(|role| lost_of_role(role)));
        lost
    }

    fn lost_of_user(&self, user: &User) -> Vec<String> {
        let keys = self.access_keys_of(&user.account, Some(&user.name)).len();
        of(
            &format!("the user {}", user.name),
            [
                (user.login.is_some(), "password"),
                (keys > 1, "second access key"),
                (self.mfa_devices_of(user).count() > 1, "further MFA devices"),
            ],
        )
    }
}

fn lost_of_role(role: &Role) -> Vec<String> {
    let what = [(role.description.is_some(), "description")];
    of(&format!("the role {}", role.name), what)
}

fn lost_of_policy(arn: &str, policy: &ManagedPolicy) -> Vec<String> {
    of(
        &format!("the policy {arn}"),
        [
            (policy.description.is_some(), "description"),
            (!policy.tags.is_empty(), "tags"),
            (!policy.others.is_empty(), "other versions"),
        ],
    )
}

fn lost_of_oidc_provider(provider: &OidcProvider) -> Vec<String> {
    of(
        &format!("the OIDC provider {}", provider.url),
        [
            (!provider.tags.is_empty(), "tags"),
            (!provider.thumbprints.is_empty(), "thumbprints"),
        ],
    )
}

fn lost_of_saml_provider(provider: &SamlProvider) -> Vec<String> {
    let what = [(!provider.tags.is_empty(), "tags")];
    of(&format!("the SAML provider {}", provider.name), what)
}

fn lost_of_organization(directory: &Directory) -> Vec<String> {
    let tagged = directory.nodes.iter().map(|node| &node.tags);
    let mut tagged = tagged.chain(directory.policies.iter().map(|policy| &policy.tags));
    of(
        &format!("the organization {}", directory.id),
        [
            (tagged.any(|tags| !tags.is_empty()), "tags"),
            (
                directory.feature_set == FeatureSet::ConsolidatedBilling,
                "feature set",
            ),
        ],
    )
}

fn lost_of_bucket(bucket: &Bucket) -> Vec<String> {
    let blocks = [true, false].map(|on| Some(PublicAccessBlock::all(on)));
    of(
        &format!("the bucket {}", bucket.name),
        [
            (bucket.region != "us-east-1", "region"),
            (
                !blocks.contains(&bucket.public_access),
                "settings of Block Public Access",
            ),
            (
                bucket.versioning != Versioning::Off,
                "versioning and older versions",
            ),
            (!bucket.uploads.is_empty(), "unfinished uploads"),
            (!bucket.acl.grants.is_empty(), "ACL"),
            (
                !bucket.configurations.is_empty() || !bucket.named_configurations.is_empty(),
                "sub-resources, such as CORS and lifecycle",
            ),
        ],
    )
}

/// What a thing has of these.
fn of<const N: usize>(thing: &str, has: [(bool, &str); N]) -> Vec<String> {
    let has = has.into_iter().filter(|(has, _)| *has);
    has.map(|(_, what)| format!("of {thing}: its {what}"))
        .collect()
}
