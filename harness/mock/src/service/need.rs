//! What an operation needs: actions, the resources they are asked on, and their condition keys.

use std::sync::Arc;

use rolecall_policy::{Context, PolicySet};

use super::call::Call;
use crate::world::{AccountId, Tags, World};

/// One action that an operation needs.
#[derive(Debug)]
pub(crate) struct Need {
    /// The IAM action: `s3:PutObject`.
    pub(crate) action: &'static str,
    /// What it is asked on.
    pub(crate) on: ResourceKind,
    /// When it is needed.
    pub(crate) when: When,
    /// The condition keys of this action, beside those that every request has.
    pub(crate) keys: &'static [Key],
}

impl Need {
    /// An action that is always needed and has no keys of its own.
    pub(crate) const fn new(action: &'static str, on: ResourceKind) -> Self {
        Self {
            action,
            on,
            when: When::Always,
            keys: &[],
        }
    }

    /// The same, only in some cases.
    pub(crate) const fn when(mut self, when: When) -> Self {
        self.when = when;
        self
    }

    /// The same with condition keys.
    pub(crate) const fn keys(mut self, keys: &'static [Key]) -> Self {
        self.keys = keys;
        self
    }
}

/// The types of resources that actions are asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResourceKind {
    /// `*`: the action has no resource-level permissions.
    Everything,
    /// The role of `RoleArn`, or in IAM of `RoleName`.
    Role,
    /// The user of `UserName`, or the caller.
    User,
    /// The group of `GroupName`.
    Group,
    /// The managed policy of `PolicyArn`, or the one to be made.
    Policy,
    /// The user, group or role of `PolicySourceArn`.
    PolicySource,
    /// The users of `PathPrefix`.
    Users,
    /// The groups of `PathPrefix`.
    Groups,
    /// The roles of `PathPrefix`.
    Roles,
    /// The bucket of `Bucket`.
    Bucket,
    /// The root user of `TargetPrincipal`.
    MemberRoot,
    /// The federated user of `Name`.
    FederatedUser,
    /// A bucket that is to be made.
    NewBucket,
    /// The object of `Bucket` and `Key`.
    Object,
    /// The object of `CopySource`.
    CopySource,
    /// The user that the access key of `AccessKeyId` is of.
    KeyOwner,
    /// The user of `UserName` as it is to be called.
    RenamedUser,
    /// The group of `GroupName` as it is to be called.
    RenamedGroup,
    /// The instance profile of `InstanceProfileName`.
    InstanceProfile,
    /// The instance profiles of `PathPrefix`.
    InstanceProfiles,
    /// The role that a service has under the name that it gives.
    ServiceLinkedRole,
    /// The MFA device of `SerialNumber`, or the one to be made.
    MfaDevice,
    /// All MFA devices.
    MfaDevices,
    /// The OIDC provider of `OpenIDConnectProviderArn`, or the one to be made.
    OidcProvider,
    /// All OIDC providers.
    OidcProviders,
    /// The SAML provider of `SAMLProviderArn`, or the one to be made.
    SamlProvider,
    /// All SAML providers.
    SamlProviders,
    /// The distribution of `DistributionId` or `Id`.
    Distribution,
    /// The origin access control of `Id`.
    AccessControl,
    /// A distribution that is to be made.
    NewDistribution,
    /// What an id names in the organization.
    InOrganization,
    /// The control policy of `PolicyId`.
    ControlPolicy,
    /// The root or unit of `SourceParentId`.
    SourceParent,
    /// The root or unit of `DestinationParentId`.
    DestinationParent,
    /// The invitation of `HandshakeId`.
    Handshake,
    /// What `Resource`, or in Organizations `ResourceId`, names, to be tagged.
    Tagged,
}

impl ResourceKind {
    /// In words, for people: `copy source`.
    pub(crate) fn words(self) -> String {
        let mut words = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !words.is_empty() {
                words.push(' ');
            }
            words.push(letter.to_ascii_lowercase());
        }
        words
    }
}

/// When an action is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    /// With every call.
    Always,
    /// With a call that has one of these members.
    Given(&'static [&'static str]),
    /// As the function says.
    Case(fn(&Call) -> bool),
    /// As the function says of what is there already.
    InWorld(fn(&World, &Call) -> bool),
}

impl When {
    /// Whether the call is such a case.
    pub(crate) fn holds(self, world: &World, call: &Call) -> bool {
        match self {
            Self::Always => true,
            Self::Given(members) => members.iter().any(|m| call.input.get(m).is_some()),
            Self::Case(test) => test(call),
            Self::InWorld(test) => test(world, call),
        }
    }
}

/// A condition key and where its value comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key {
    /// The key has the text of this member; absent with it.
    Member(&'static str, &'static str),
    /// One key with this prefix for every tag of the resource.
    ResourceTags(&'static str),
    /// The function sets it, or a family of keys.
    From(fn(&Call, &mut Context)),
    /// The function sets it from what is there already.
    InWorld(fn(&World, &Call, &mut Context)),
}

impl Key {
    /// The key's name, or what its name begins with; none where a function says.
    #[cfg(test)]
    pub(crate) fn name(&self) -> Option<&'static str> {
        match self {
            Self::Member(name, _) | Self::ResourceTags(name) => Some(name),
            Self::From(_) | Self::InWorld(_) => None,
        }
    }

    /// Puts the key into a context, if the call has it.
    pub(crate) fn set(
        self,
        world: &World,
        call: &Call,
        resource: &Resource,
        context: &mut Context,
    ) {
        match self {
            Self::Member(key, member) => {
                if let Some(value) = call.text(member) {
                    context.set(key, value);
                }
            }
            Self::ResourceTags(prefix) => {
                for (tag, value) in &resource.tags {
                    context.set(&format!("{prefix}{tag}"), value.as_str());
                }
            }
            Self::From(set) => set(call, context),
            Self::InWorld(set) => set(world, call, context),
        }
    }
}

/// What an action is asked on.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Its ARN, or `*`.
    pub(crate) arn: String,
    /// Who owns it; the caller's account where `None`.
    pub(crate) account: Option<AccountId>,
    /// Its policy, if it has one.
    pub(crate) policy: Option<Arc<PolicySet>>,
    /// Its tags.
    pub(crate) tags: Tags,
}

impl Resource {
    /// `*`.
    pub(crate) fn everything() -> Self {
        Self::of_caller("*".to_owned())
    }

    /// Something of the caller's own account without a policy.
    pub(crate) fn of_caller(arn: String) -> Self {
        Self {
            arn,
            account: None,
            policy: None,
            tags: Tags::new(),
        }
    }
}

/// `aws:RequestTag/…` and `aws:TagKeys`, from the tags of a request and the keys of tags that it removes.
pub(crate) fn set_request_tags(context: &mut Context, tags: &Tags, mut keys: Vec<String>) {
    for (key, value) in tags {
        context.set(&format!("aws:RequestTag/{key}"), value.as_str());
    }
    keys.extend(tags.iter().map(|(key, _)| key.clone()));
    if !keys.is_empty() {
        context.set_list("aws:TagKeys", keys);
    }
}
