//! The things of AWS in memory: accounts with their users, roles and policies, access keys, sessions, buckets.

mod access_control;
mod arn;
mod bucket;
mod build;
mod directory;
mod distribution;
mod error;
mod export;
mod handshake;
mod identity;
mod instance_profile;
mod login_profile;
mod lost;
mod managed;
mod mfa;
mod names;
mod object;
mod organization;
mod outbound;
mod permissions;
mod principals;
mod provider;
mod public_policy;
mod resource;
mod saml_provider;
mod session;
mod settings;
mod spec;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rolecall_wire::sigv4::Credentials;

pub(crate) use self::access_control::AccessControl;
pub use self::arn::{AccountId, Partition};
pub(crate) use self::arn::{
    RoleArn, iam as iam_arn, in_partition, kept, root as root_arn, split_partition, sts as sts_arn,
};
pub(crate) use self::bucket::{
    Bucket, BucketPolicy, OBJECT_LOCK, OWNER_ENFORCED, PublicAccessBlock, VERSION_LENGTH,
    Versioning,
};
pub(crate) use self::build::{Holder, Rename};
pub(crate) use self::directory::{
    ControlPolicy, ControlType, Directory, FeatureSet, Joined, Node, NodeKind, full_access_arn,
};
pub use self::distribution::DistributionSpec;
pub(crate) use self::distribution::{Distribution, Invalidation, distribution_arn};
pub use self::error::WorldError;
pub use self::export::WorldSpec;
pub(crate) use self::handshake::{Handshake, HandshakeState, NewAccount};
pub(crate) use self::identity::{Group, Role, User};
pub(crate) use self::instance_profile::InstanceProfile;
pub(crate) use self::login_profile::LoginProfile;
pub(crate) use self::mfa::{MfaDevice, MfaOwner};
pub(crate) use self::names::{bucket_name_problem, check_tags, fold};
pub(crate) use self::object::{
    Acl, AclKind, AclPolicy, Checksum, ChecksumKind, Content, Encryption, Grant, Grantee, Lock,
    NULL_VERSION, Object, ObjectHeaders, Objects, Part, PartOfObject, Properties, Upload, Version,
};
pub(crate) use self::organization::Membership;
pub(crate) use self::permissions::{
    ManagedPolicies, ManagedPolicy, Permissions, PolicyVersion, resource_policy,
};
pub(crate) use self::provider::{DiscoveredKeys, OidcProvider};
pub use self::provider::{OidcProviderSpec, ProviderKeysSpec};
pub(crate) use self::resource::OtherResource;
pub(crate) use self::saml_provider::SamlProvider;
pub use self::saml_provider::{SamlMetadataSpec, SamlProviderSpec};
pub(crate) use self::session::{AccessKey, KeyOwner, Session, SessionIdentity};
use self::settings::Settings;
pub use self::spec::{
    API_SOURCE, BucketSpec, ControlPolicySpec, CustomerPolicySpec, GroupSpec, MemberSpec,
    OrganizationSpec, PolicyDocument, PolicySpec, ResourceSpec, RoleSpec, UnitSpec, UserSpec,
};
use crate::ids::Ids;
use crate::jwt::KeySet;

/// Tags, in the order given.
pub(crate) type Tags = Vec<(String, String)>;

/// How many sessions are kept before those that have expired are forgotten.
const SESSIONS_BEFORE_PRUNING: usize = 65_536;

/// The state of a mock AWS.
///
/// # Example
///
/// ```no_run
/// use rolecall_mock::{PolicyDocument, RoleSpec, UserSpec, World};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut world = World::new(1, "2026-01-01T00:00:00Z".parse()?);
/// world.add_account("123456789012")?;
/// world.add_user(UserSpec::new("123456789012", "spa-deployment"))?;
/// let trust = PolicyDocument::parse(
///     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
///         "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"}}}"#,
/// )?;
/// world.add_role(RoleSpec::new("123456789012", "S3-CloudFront-Access", trust))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct World {
    pub(crate) start: Timestamp,
    pub(crate) ids: Ids,
    accounts: HashMap<AccountId, Account>,
    default_account: Option<AccountId>,
    /// By ARN in `aws`.
    managed_policies: ManagedPolicies,
    keys: HashMap<String, Arc<AccessKey>>,
    prune_at: usize,
    buckets: HashMap<String, Arc<Bucket>>,
    /// Origin access controls, by id.
    access_controls: BTreeMap<String, Arc<AccessControl>>,
    /// By id.
    distributions: BTreeMap<String, Arc<Distribution>>,
    /// Other resources, by ARN.
    resources: HashMap<String, Arc<OtherResource>>,
    /// The accounts of organizations.
    members: HashMap<AccountId, Arc<Membership>>,
    /// By id.
    organizations: BTreeMap<String, Arc<Directory>>,
    /// Invitations, oldest first.
    handshakes: Vec<Arc<Handshake>>,
    /// Requests for new accounts of organizations, oldest first.
    new_accounts: Vec<Arc<NewAccount>>,
    /// By serial number, which is an ARN, in `aws`.
    mfa_devices: BTreeMap<String, Arc<MfaDevice>>,
    /// By ARN in `aws`.
    oidc_providers: HashMap<String, Arc<OidcProvider>>,
    /// By ARN in `aws`.
    saml_providers: HashMap<String, Arc<SamlProvider>>,
    /// Keys that were fetched from the issuers themselves.
    discovered_keys: HashMap<String, DiscoveredKeys>,
    /// The accounts whose principals may have tokens of AWS.
    outbound_federation: HashSet<AccountId>,
    /// Keys that came from outside, by issuer.
    published_keys: HashMap<String, Arc<KeySet>>,
}

/// An account and who lives in it.
#[derive(Clone, Debug, Default)]
struct Account {
    /// S3's name for the account: 64 hexadecimal digits.
    canonical_id: String,
    /// The ids of the root user's access keys, oldest first.
    root_keys: Vec<String>,
    /// By folded name.
    users: HashMap<String, Arc<User>>,
    /// The ids of users' long-term access keys, oldest first, by folded name.
    user_keys: HashMap<String, Vec<String>>,
    /// By folded name.
    groups: HashMap<String, Arc<Group>>,
    /// By folded name.
    roles: HashMap<String, Arc<Role>>,
    /// The ARNs of the customer managed policies, by folded name.
    policies: HashMap<String, String>,
    /// By folded name.
    instance_profiles: HashMap<String, Arc<InstanceProfile>>,
    settings: Settings,
}

impl Account {
    /// The ids of the long-term access keys of a user, oldest first; of the root user where no name is given.
    fn key_ids(&self, user: Option<&str>) -> &[String] {
        match user {
            Some(name) => self.user_keys.get(&fold(name)).map_or(&[], Vec::as_slice),
            None => &self.root_keys,
        }
    }

    /// The same, to be changed.
    fn key_ids_mut(&mut self, user: Option<&str>) -> &mut Vec<String> {
        match user {
            Some(name) => self.user_keys.entry(fold(name)).or_default(),
            None => &mut self.root_keys,
        }
    }
}

impl World {
    /// An empty world whose clock starts at `start` and whose ids, keys and tokens follow from `seed`.
    pub fn new(seed: u64, start: Timestamp) -> Self {
        Self {
            start,
            ids: Ids::new(seed),
            accounts: HashMap::new(),
            default_account: None,
            managed_policies: HashMap::new(),
            keys: HashMap::new(),
            prune_at: SESSIONS_BEFORE_PRUNING,
            buckets: HashMap::new(),
            access_controls: BTreeMap::new(),
            distributions: BTreeMap::new(),
            resources: HashMap::new(),
            members: HashMap::new(),
            organizations: BTreeMap::new(),
            handshakes: Vec::new(),
            new_accounts: Vec::new(),
            mfa_devices: BTreeMap::new(),
            oidc_providers: HashMap::new(),
            saml_providers: HashMap::new(),
            published_keys: HashMap::new(),
            discovered_keys: HashMap::new(),
            outbound_federation: HashSet::new(),
        }
    }

    /// When the world's clock starts.
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The account added first.
    pub fn default_account(&self) -> Option<&AccountId> {
        self.default_account.as_ref()
    }

    /// The account with this number.
    pub(crate) fn account_id(&self, account: &str) -> Option<AccountId> {
        self.accounts
            .get_key_value(account)
            .map(|(id, _)| id.clone())
    }

    /// The credentials of a user: of its oldest access key.
    pub fn user_credentials(&self, account: &str, name: &str) -> Option<Credentials> {
        let keys = self.accounts.get(account)?.key_ids(Some(name));
        self.credentials(keys.first()?)
    }

    /// The credentials of an account's root user: of its oldest access key.
    pub fn root_credentials(&self, account: &str) -> Option<Credentials> {
        let keys = self.accounts.get(account)?.key_ids(None);
        self.credentials(keys.first()?)
    }

    fn credentials(&self, access_key_id: &str) -> Option<Credentials> {
        let key = self.keys.get(access_key_id)?;
        let token = key.session().map(|session| session.token.expose());
        Some(Credentials::new(&key.id, key.secret.clone(), token))
    }

    pub(crate) fn user(&self, account: &str, name: &str) -> Option<&Arc<User>> {
        let user = self.accounts.get(account)?.users.get(&fold(name))?;
        (user.name == name).then_some(user)
    }

    pub(crate) fn role(&self, account: &str, name: &str) -> Option<&Arc<Role>> {
        let role = self.accounts.get(account)?.roles.get(&fold(name))?;
        (role.name == name).then_some(role)
    }

    /// The role of an ARN, whose path must be the role's too.
    pub(crate) fn role_by_arn(&self, arn: &RoleArn<'_>) -> Option<&Arc<Role>> {
        self.role(arn.account, arn.name)
            .filter(|role| role.path == arn.path)
    }

    /// The role with a name and this unique id: one made anew under the name is another.
    pub(crate) fn role_with_id(
        &self,
        account: &AccountId,
        name: &str,
        id: &str,
    ) -> Option<&Arc<Role>> {
        self.role(account.as_str(), name)
            .filter(|role| role.id == id)
    }

    /// The user with a name and this unique id.
    pub(crate) fn user_with_id(
        &self,
        account: &AccountId,
        name: &str,
        id: &str,
    ) -> Option<&Arc<User>> {
        self.user(account.as_str(), name)
            .filter(|user| user.id == id)
    }

    pub(crate) fn group(&self, account: &str, name: &str) -> Option<&Arc<Group>> {
        self.accounts.get(account)?.groups.get(&fold(name))
    }

    pub(crate) fn resource(&self, arn: &str) -> Option<&Arc<OtherResource>> {
        self.resources.get(arn)
    }

    /// A managed policy of a customer, or of AWS.
    pub(crate) fn managed_policy(&self, arn: &str) -> Option<Arc<ManagedPolicy>> {
        let arn = kept(arn);
        let known = self.managed_policies.get(&*arn);
        known.map(Arc::clone).or_else(|| managed::find(&arn))
    }

    /// The same world before anybody used a key.
    pub(crate) fn with_unused_keys(&self) -> Self {
        let mut world = self.clone();
        for key in world.keys.values_mut() {
            *key = Arc::new(key.unused());
        }
        world
    }

    pub(crate) fn access_key(&self, id: &str) -> Option<&Arc<AccessKey>> {
        self.keys.get(id)
    }

    /// Keeps a session, and forgets expired ones when there are many.
    pub(crate) fn add_session(&mut self, key: AccessKey, now: Timestamp) {
        self.keys.insert(key.id.clone(), Arc::new(key));
        if self.keys.len() >= self.prune_at {
            self.keys
                .retain(|_, key| key.session().is_none_or(|session| session.expires > now));
            self.prune_at = self
                .keys
                .len()
                .saturating_mul(2)
                .max(SESSIONS_BEFORE_PRUNING);
        }
    }

    /// S3's name for an account.
    pub(crate) fn canonical_id(&self, account: &AccountId) -> &str {
        self.accounts
            .get(account)
            .map_or("", |account| account.canonical_id.as_str())
    }

    /// The account that S3 names so.
    pub(crate) fn account_of_canonical_id(&self, id: &str) -> Option<&AccountId> {
        let mut accounts = self.accounts.iter();
        accounts
            .find(|(_, account)| account.canonical_id == id)
            .map(|(id, _)| id)
    }

    pub(crate) fn bucket(&self, name: &str) -> Option<&Arc<Bucket>> {
        self.buckets.get(name)
    }

    pub(crate) fn bucket_mut(&mut self, name: &str) -> Option<&mut Bucket> {
        self.buckets.get_mut(name).map(Arc::make_mut)
    }

    pub(crate) fn buckets(&self) -> impl Iterator<Item = &Arc<Bucket>> {
        self.buckets.values()
    }

    pub(crate) fn insert_bucket(&mut self, bucket: Bucket) {
        self.buckets.insert(bucket.name.clone(), Arc::new(bucket));
    }
}
