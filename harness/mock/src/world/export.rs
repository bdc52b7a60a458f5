//! The world as specifications again: what it has become, to be saved and built anew.

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use rolecall_wire::Value;

use super::permissions::Permissions;
use super::{
    AccountId, Bucket, BucketSpec, ControlPolicy, ControlPolicySpec, ControlType,
    CustomerPolicySpec, Directory, Distribution, DistributionSpec, GroupSpec, MemberSpec, Node,
    NodeKind, OidcProviderSpec, OrganizationSpec, PolicySpec, ProviderKeysSpec, PublicAccessBlock,
    ResourceSpec, RoleSpec, SamlMetadataSpec, SamlProviderSpec, UnitSpec, UserSpec, World,
};

/// All that a world is built from, in the order of its names; access keys, sessions and unique ids are left behind.
#[derive(Clone, Debug, Default)]
pub struct WorldSpec {
    /// The accounts' numbers; the first is the default.
    pub accounts: Vec<String>,
    /// The organization.
    pub organization: Option<OrganizationSpec>,
    /// Customer managed policies.
    pub policies: Vec<CustomerPolicySpec>,
    /// Groups.
    pub groups: Vec<GroupSpec>,
    /// Users.
    pub users: Vec<UserSpec>,
    /// Roles.
    pub roles: Vec<RoleSpec>,
    /// Buckets with their objects.
    pub buckets: Vec<BucketSpec>,
    /// CloudFront distributions.
    pub distributions: Vec<DistributionSpec>,
    /// OIDC providers.
    pub oidc_providers: Vec<OidcProviderSpec>,
    /// SAML providers.
    pub saml_providers: Vec<SamlProviderSpec>,
    /// Other resources.
    pub resources: Vec<ResourceSpec>,
    /// What can't be said in a specification: `the region of the bucket …`.
    pub lost: Vec<String>,
}

impl World {
    /// The world as it is now. Building it again gives the same decisions, to other keys and unique ids.
    pub fn export(&self) -> WorldSpec {
        let mut spec = WorldSpec {
            accounts: self.export_accounts(),
            organization: self.largest_organization().map(organization_of),
            lost: self.lost(),
            ..WorldSpec::default()
        };
        for account in self.accounts.values() {
            let users = account.users.values().map(|user| self.export_user(user));
            spec.users.extend(users);
            let groups = account.groups.values();
            spec.groups.extend(groups.map(|group| GroupSpec {
                account: group.account.to_string(),
                path: group.path.clone(),
                name: group.name.clone(),
                policies: self.attached(&group.permissions),
            }));
            let roles = account.roles.values().map(|role| self.export_role(role));
            spec.roles.extend(roles);
        }
        spec.policies = self.export_policies();
        self.export_buckets(&mut spec);
        let distributions = self.distributions.values();
        spec.distributions = distributions.map(|kept| distribution_of(kept)).collect();
        self.export_providers(&mut spec);
        spec.resources = self.export_resources();
        spec.sort();
        spec
    }

    fn export_accounts(&self) -> Vec<String> {
        let mut accounts: Vec<&AccountId> = self.accounts.keys().collect();
        let default = self.default_account.as_ref();
        accounts.sort_by_key(|account| (Some(*account) != default, account.as_str()));
        accounts.into_iter().map(ToString::to_string).collect()
    }

    fn export_policies(&self) -> Vec<CustomerPolicySpec> {
        let mut policies = Vec::new();
        for (arn, policy) in &self.managed_policies {
            let Some(account) = &policy.account else {
                continue;
            };
            let after = arn.split_once(":policy").map_or("/", |(_, path)| path);
            let (path, name) = after.rsplit_once('/').unwrap_or(("", after));
            policies.push(CustomerPolicySpec {
                account: account.to_string(),
                path: format!("{path}/"),
                name: name.to_owned(),
                document: policy.default.document.clone(),
            });
        }
        policies
    }

    fn export_user(&self, user: &super::User) -> UserSpec {
        let key = self.accounts.get(&user.account);
        let key = key.and_then(|account| account.key_ids(Some(&user.name)).first());
        let key = key.and_then(|key| self.keys.get(key));
        UserSpec {
            path: user.path.clone(),
            policies: self.attached(&user.permissions),
            boundary: self.boundary(&user.permissions),
            tags: user.tags.clone(),
            groups: user.groups.clone(),
            mfa: self.mfa_devices_of(user).next().is_some(),
            access_key_active: key.is_none_or(|key| key.active),
            ..UserSpec::new(user.account.as_str(), &user.name)
        }
    }

    fn export_role(&self, role: &super::Role) -> RoleSpec {
        RoleSpec {
            path: role.path.clone(),
            policies: self.attached(&role.permissions),
            boundary: self.boundary(&role.permissions),
            tags: role.tags.clone(),
            max_session: role.max_session,
            ..RoleSpec::new(
                role.account.as_str(),
                &role.name,
                role.trust.document.clone(),
            )
        }
    }

    fn attached(&self, permissions: &Permissions) -> Vec<PolicySpec> {
        let inline = permissions
            .inline()
            .map(|(name, document)| PolicySpec::Inline {
                name: name.to_owned(),
                document: document.clone(),
            });
        let managed = permissions
            .managed()
            .filter_map(|arn| self.managed_spec(arn));
        managed.chain(inline).collect()
    }

    fn boundary(&self, permissions: &Permissions) -> Option<PolicySpec> {
        self.managed_spec(permissions.boundary()?)
    }

    fn managed_spec(&self, arn: &str) -> Option<PolicySpec> {
        let policy = self.managed_policy(arn)?;
        Some(PolicySpec::Managed {
            arn: arn.to_owned(),
            document: policy.default.document.clone(),
        })
    }

    fn export_buckets(&self, spec: &mut WorldSpec) {
        for bucket in self.buckets.values() {
            let blocked = bucket.public_access == Some(PublicAccessBlock::all(true));
            spec.buckets.push(BucketSpec {
                region: bucket.region.clone(),
                policy: bucket.policy.as_ref().map(|policy| policy.document.clone()),
                objects: objects_of(bucket),
                tags: bucket.tags.clone(),
                block_public_access: blocked,
                ..BucketSpec::new(bucket.account.as_str(), &bucket.name)
            });
        }
    }

    fn export_providers(&self, spec: &mut WorldSpec) {
        for provider in self.oidc_providers.values() {
            let text = self.keys_of(provider).text();
            let keys = match text {
                _ if provider.discovers => ProviderKeysSpec::Discovered,
                Some(text) => ProviderKeysSpec::Jwks(text.to_owned()),
                None if provider.signer.is_some() => ProviderKeysSpec::Generated,
                // Read again it would have generated keys, and believe tokens that nobody issued.
                None => {
                    let lost = format!(
                        "the OIDC provider {}, whose keys nobody knows",
                        provider.url
                    );
                    spec.lost.push(lost);
                    continue;
                }
            };
            spec.oidc_providers.push(OidcProviderSpec {
                account: provider.account().to_string(),
                url: provider.url.clone(),
                audiences: provider.audiences.clone(),
                keys,
            });
        }
        for provider in self.saml_providers.values() {
            let metadata = match &provider.signer {
                Some(_) => SamlMetadataSpec::Generated {
                    issuer: provider.metadata.entity_id.clone(),
                },
                None => SamlMetadataSpec::Document(provider.metadata.document.clone()),
            };
            spec.saml_providers.push(SamlProviderSpec {
                account: provider.account.to_string(),
                name: provider.name.clone(),
                metadata,
            });
        }
    }

    fn export_resources(&self) -> Vec<ResourceSpec> {
        let resources = self.resources.iter();
        let spec = |(arn, resource): (&String, &Arc<super::OtherResource>)| ResourceSpec {
            arn: arn.clone(),
            account: resource.account.to_string(),
            policy: resource.document.clone(),
            tags: resource.tags.clone(),
        };
        resources.map(spec).collect()
    }
}

fn organization_of(directory: &Directory) -> OrganizationSpec {
    let root = directory.root();
    OrganizationSpec {
        id: directory.id.clone(),
        management: directory
            .is_managed_here
            .then(|| directory.management.clone()),
        root: root.map_or_else(UnitSpec::default, |root| unit_of(directory, root)),
    }
}

fn unit_of(directory: &Directory, unit: &Node) -> UnitSpec {
    let units = directory.children(&unit.id, NodeKind::Unit);
    let accounts = directory.children(&unit.id, NodeKind::Account);
    UnitSpec {
        name: unit.name.clone(),
        service_control: controls_of(directory, unit, ControlType::Service),
        resource_control: controls_of(directory, unit, ControlType::Resource),
        units: units.map(|unit| unit_of(directory, unit)).collect(),
        accounts: accounts
            .map(|account| MemberSpec {
                account: account.id.clone(),
                name: account.name.clone(),
                service_control: controls_of(directory, account, ControlType::Service),
                resource_control: controls_of(directory, account, ControlType::Resource),
            })
            .collect(),
    }
}

/// What is attached; where the type isn't enabled, nothing is limited, as by AWS's own policy.
fn controls_of(directory: &Directory, node: &Node, control: ControlType) -> Vec<ControlPolicySpec> {
    let full = ControlPolicy::full_access(control);
    let enabled = directory.enabled.contains(&control);
    let attached = directory.attached(node, control);
    let policies = attached.chain((!enabled).then_some(&full));
    policies
        .map(|policy| ControlPolicySpec {
            name: policy.name.clone(),
            document: policy.document.clone(),
        })
        .collect()
}

fn distribution_of(kept: &Distribution) -> DistributionSpec {
    let origins = kept.config.structure("Origins");
    let first = origins.and_then(|origins| origins.list("Items").first());
    let domain = match first {
        Some(Value::Structure(origin)) => origin.string("DomainName"),
        _ => None,
    };
    let bucket = domain
        .and_then(|domain| domain.split_once(".s3"))
        .map(|(bucket, _)| bucket);
    DistributionSpec {
        id: kept.id.clone(),
        account: kept.account.to_string(),
        origin: bucket.map(str::to_owned),
        aliases: kept.aliases().map(str::to_owned).collect(),
        tags: kept.tags.clone(),
    }
}

/// The objects as they are now, without older versions.
fn objects_of(bucket: &Bucket) -> Vec<(String, Bytes)> {
    let mut objects = Vec::new();
    let mut from = Bound::Unbounded;
    while let Some((key, object)) = bucket.objects.next(from) {
        objects.push((key.to_owned(), object.body.clone()));
        from = Bound::Excluded(key.to_owned());
    }
    objects
}

impl WorldSpec {
    fn sort(&mut self) {
        let order = |account: &str, name: &str| (account.to_owned(), name.to_owned());
        self.policies.sort_by_key(|p| order(&p.account, &p.name));
        self.groups.sort_by_key(|g| order(&g.account, &g.name));
        self.users.sort_by_key(|u| order(&u.account, &u.name));
        self.roles.sort_by_key(|r| order(&r.account, &r.name));
        self.buckets.sort_by(|a, b| a.name.cmp(&b.name));
        self.oidc_providers
            .sort_by_key(|p| order(&p.account, &p.url));
        self.saml_providers
            .sort_by_key(|p| order(&p.account, &p.name));
        self.resources.sort_by(|a, b| a.arn.cmp(&b.arn));
        self.lost.sort();
    }
}
