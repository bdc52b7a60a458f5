//! The world before the first step.

use std::sync::Arc;

use jiff::Timestamp;

use super::{PolicyDocument, PolicyReference, Spanned};

/// The time at which a scenario starts that says nothing else: 2026-01-01T00:00:00Z.
pub const DEFAULT_CLOCK: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The world before the first step.
#[derive(Clone, Debug)]
pub struct World {
    /// `clock:`, else 2026-01-01T00:00:00Z.
    pub clock: Timestamp,
    /// At least one; the first is the default account.
    pub accounts: Vec<Account>,
    /// The organization that the accounts are in.
    pub organization: Option<Organization>,
    /// Users of all accounts.
    pub users: Vec<User>,
    /// Groups of all accounts.
    pub groups: Vec<Group>,
    /// Roles of all accounts.
    pub roles: Vec<Role>,
    /// Customer managed policies, one for each account that uses it.
    pub policies: Vec<CustomerPolicy>,
    /// OpenID Connect identity providers.
    pub oidc_providers: Vec<OidcProvider>,
    /// SAML identity providers.
    pub saml_providers: Vec<SamlProvider>,
    /// S3 buckets.
    pub buckets: Vec<Bucket>,
    /// CloudFront distributions.
    pub distributions: Vec<Distribution>,
    /// Other resources that have policies of their own.
    pub resources: Vec<Resource>,
    /// Condition keys for every request: name, values, whether it was written as a list.
    pub context: Vec<ContextEntry>,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The scenario's name for it: `main`.
    pub name: String,
    /// Twelve digits.
    pub id: String,
}

/// A condition key given by the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextEntry {
    /// The key's name.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// Whether it is multivalued (written as a list).
    pub multivalued: bool,
}

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Identity policies, attached and inline.
    pub policies: Vec<PolicyReference>,
    /// The permissions boundary.
    pub boundary: Option<PolicyReference>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// The groups it is in, by name.
    pub groups: Vec<String>,
    /// Whether it has an MFA device.
    pub mfa: bool,
    /// Whether its access key is active.
    pub access_key_active: bool,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// The trust policy.
    pub trust: PolicyReference,
    /// Identity policies, attached and inline.
    pub policies: Vec<PolicyReference>,
    /// The permissions boundary.
    pub boundary: Option<PolicyReference>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// `max-session`, in seconds: 3600 to 43200, default 3600.
    pub max_session: i64,
}

impl Role {
    /// `arn:aws:iam::123456789012:role/ci/Deploy`.
    pub fn arn(&self) -> String {
        format!(
            "arn:aws:iam::{}:role{}{}",
            self.account, self.path, self.name.value
        )
    }
}

/// A customer managed policy.
#[derive(Clone, Debug)]
pub struct CustomerPolicy {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The document.
    pub document: PolicyDocument,
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The bucket policy.
    pub policy: Option<PolicyReference>,
    /// Keys and their contents.
    pub objects: Vec<(String, String)>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
    /// Block public access, all four settings (AWS's default: on).
    pub block_public_access: bool,
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// `/` or `/x/y/`.
    pub path: String,
    /// Identity policies, attached and inline.
    pub policies: Vec<PolicyReference>,
}

/// An OpenID Connect identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcProvider {
    /// The scenario's name for it and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The issuer: `https://token.actions.githubusercontent.com`.
    pub url: String,
    /// The client ids it accepts.
    pub audiences: Vec<String>,
    /// The keys that sign its tokens.
    pub keys: ProviderKeys,
}

impl OidcProvider {
    /// `arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com`.
    pub fn arn(&self) -> String {
        let host = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, host)| host);
        format!("arn:aws:iam::{}:oidc-provider/{host}", self.account)
    }
}

/// A SAML identity provider.
#[derive(Clone, Debug)]
pub struct SamlProvider {
    /// The name and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The entity id of the identity provider.
    pub issuer: String,
    /// The key that signs its assertions.
    pub keys: ProviderKeys,
}

impl SamlProvider {
    /// `arn:aws:iam::123456789012:saml-provider/ADFS`.
    pub fn arn(&self) -> String {
        format!(
            "arn:aws:iam::{}:saml-provider/{}",
            self.account, self.name.value
        )
    }
}

/// The keys of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderKeys {
    /// Made from the seed; the scenario's own tokens and assertions are signed with them.
    Generated,
    /// Fetched from the issuer.
    Discover,
    /// A JWKS, or SAML metadata: the text of a file or of what stands in the scenario.
    Given(Arc<str>),
}

/// A CloudFront distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Its id and where it is defined.
    pub name: Spanned<String>,
    /// The account's number.
    pub account: String,
    /// The bucket that it serves, by name.
    pub origin: Option<String>,
    /// Alternate domain names.
    pub aliases: Vec<String>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
}

/// Any other resource with a policy of its own.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its ARN and where it is defined.
    pub arn: Spanned<String>,
    /// The account's number: the ARN's, where it has one.
    pub account: String,
    /// The resource's policy.
    pub policy: Option<PolicyReference>,
    /// Tags, in order.
    pub tags: Vec<(String, String)>,
}

/// An organization.
#[derive(Clone, Debug)]
pub struct Organization {
    /// `o-exampleorgid`.
    pub id: String,
    /// The number of the management account, which control policies don't bind; `None` for one outside the
    /// scenario.
    pub management: Option<String>,
    /// The root.
    pub root: Unit,
}

/// The root of an organization, or an organizational unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name (`Root` for the root) and where it is defined.
    pub name: Spanned<String>,
    /// Service control policies; `FullAWSAccess` where the scenario says nothing.
    pub service_control: Vec<PolicyReference>,
    /// Resource control policies; `RCPFullAWSAccess` is always among them.
    pub resource_control: Vec<PolicyReference>,
    /// The units in it.
    pub units: Vec<Unit>,
    /// The accounts in it.
    pub accounts: Vec<Member>,
}

/// An account in an organization.
#[derive(Clone, Debug)]
pub struct Member {
    /// The scenario's name for the account and where it is placed.
    pub name: Spanned<String>,
    /// Its number.
    pub account: String,
    /// Service control policies, as in [`Unit`].
    pub service_control: Vec<PolicyReference>,
    /// Resource control policies, as in [`Unit`].
    pub resource_control: Vec<PolicyReference>,
}
