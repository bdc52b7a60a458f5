//! OpenID Connect providers, and the tokens of those whose keys are the world's own.
//!
//! AWS: IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::{AccountId, Partition, Tags, World, WorldError, iam_arn};
use crate::ids::Ids;
use crate::jwt::{KeySet, Signer};

const SCHEME: &str = "https://";
/// AWS: IAM API Reference, `CreateOpenIDConnectProvider`: `Url` up to 255 characters.
const URL_LIMIT: usize = 255;
/// AWS: IAM User Guide, IAM and AWS STS quotas.
const AUDIENCE_LIMIT: usize = 100;
/// How long a token is good for that doesn't say.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// An `OpenID` Connect provider that an account knows.
#[derive(Clone, Debug)]
pub struct OidcProviderSpec {
    /// The account's number.
    pub account: String,
    /// The issuer of its tokens: `https://token.actions.githubusercontent.com`. Unique within the account.
    pub url: String,
    /// The audiences (AWS's client ids) that tokens may be for.
    pub audiences: Vec<String>,
    /// The keys of its signatures.
    pub keys: ProviderKeysSpec,
}

/// The keys of a provider's signatures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProviderKeysSpec {
    /// A key pair that follows from the world's seed and the provider's URL, so that [`World::sign_token`] can issue
    /// tokens. The same provider has the same keys in all accounts.
    #[default]
    Generated,
    /// The text of a JWKS, for tokens that come from elsewhere.
    Jwks(String),
    /// None are known, unless its issuer's are published ([`World::publish_keys`]).
    Unknown,
}

/// A provider of an account.
#[derive(Clone, Debug)]
pub(crate) struct OidcProvider {
    account: AccountId,
    pub(crate) url: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) created: Timestamp,
    /// Of the certificates of the issuer's server.
    pub(crate) thumbprints: Vec<String>,
    pub(crate) tags: Tags,
    keys: Arc<KeySet>,
    /// Of generated keys.
    signer: Option<Signer>,
}

impl OidcProvider {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        iam_arn(partition, &self.account, "oidc-provider", "/", self.host())
    }

    pub(crate) fn account(&self) -> &AccountId {
        &self.account
    }

    /// The URL without its scheme, as the ARN and the condition keys have it.
    pub(crate) fn host(&self) -> &str {
        self.url.strip_prefix(SCHEME).unwrap_or(&self.url)
    }
}

impl World {
    /// Adds a provider; the answer is its ARN.
    ///
    /// # Example
    ///
    /// ```
    /// use rolecall_mock::{OidcProviderSpec, ProviderKeysSpec, World};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut world = World::new(1, "2026-01-01T00:00:00Z".parse()?);
    /// world.add_account("123456789012")?;
    /// let arn = world.add_oidc_provider(OidcProviderSpec {
    ///     account: "123456789012".to_owned(),
    ///     url: "https://token.actions.githubusercontent.com".to_owned(),
    ///     audiences: vec!["sts.amazonaws.com".to_owned()],
    ///     keys: ProviderKeysSpec::Generated,
    /// })?;
    /// assert_eq!(arn, "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com");
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_oidc_provider(&mut self, spec: OidcProviderSpec) -> Result<String, WorldError> {
        let provider = self.new_oidc_provider(spec)?;
        let arn = provider.arn(Partition::Aws);
        if self.oidc_providers.contains_key(&arn) {
            let (kind, name) = (KIND, provider.url);
            return Err(WorldError::Exists { kind, name });
        }
        self.oidc_providers.insert(arn.clone(), Arc::new(provider));
        Ok(arn)
    }

    /// Gives a provider other audiences and keys.
    pub fn update_oidc_provider(&mut self, spec: OidcProviderSpec) -> Result<(), WorldError> {
        let provider = self.new_oidc_provider(spec)?;
        let known = self.oidc_providers.get_mut(&provider.arn(Partition::Aws));
        let known = known.ok_or_else(|| unknown(&provider.url))?;
        *known = Arc::new(OidcProvider {
            created: known.created,
            thumbprints: known.thumbprints.clone(),
            tags: known.tags.clone(),
            ..provider
        });
        Ok(())
    }

    /// Removes a provider, by its URL or its ARN; the sessions that it vouched for go on.
    pub fn remove_oidc_provider(
        &mut self,
        account: &str,
        provider: &str,
    ) -> Result<(), WorldError> {
        let arn = self
            .oidc_provider(account, provider)
            .map(|known| known.arn(Partition::Aws));
        let removed = arn.and_then(|arn| self.oidc_providers.remove(&arn));
        removed.map(|_| ()).ok_or_else(|| unknown(provider))
    }

    /// Issues a token of a provider, by its URL or its ARN, whose keys are generated. `iss` is the provider's URL;
    /// without `iat` and `exp` the token is issued now and expires five minutes later. All other claims are as given.
    ///
    /// # Example
    ///
    /// ```
    /// # use rolecall_mock::{OidcProviderSpec, ProviderKeysSpec, World};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mut world = World::new(1, "2026-01-01T00:00:00Z".parse()?);
    /// # world.add_account("123456789012")?;
    /// # let arn = world.add_oidc_provider(OidcProviderSpec {
    /// #     account: "123456789012".to_owned(),
    /// #     url: "https://token.actions.githubusercontent.com".to_owned(),
    /// #     audiences: vec!["sts.amazonaws.com".to_owned()],
    /// #     keys: ProviderKeysSpec::Generated,
    /// # })?;
    /// let mut claims = serde_json::Map::new();
    /// claims.insert("sub".to_owned(), "repo:acme/web:ref:refs/heads/main".into());
    /// claims.insert("aud".to_owned(), "sts.amazonaws.com".into());
    /// let token = world.sign_token(&arn, "123456789012", claims, world.start())?;
    /// assert_eq!(token.split('.').count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign_token(
        &self,
        provider: &str,
        account: &str,
        mut claims: Map<String, Value>,
        now: Timestamp,
    ) -> Result<String, WorldError> {
        let known = self.oidc_provider(account, provider);
        let known = known.ok_or_else(|| unknown(provider))?;
        let signer = known.signer.as_ref();
        let signer = signer.ok_or_else(|| WorldError::CannotSign(known.url.clone()))?;
        claims.insert("iss".to_owned(), known.url.as_str().into());
        let mut default = |claim: &str, time: Timestamp| {
            let seconds = time.as_second();
            claims.entry(claim).or_insert_with(|| seconds.into());
        };
        default("iat", now);
        default("exp", now.checked_add(TOKEN_LIFE).unwrap_or(Timestamp::MAX));
        Ok(signer.sign(claims))
    }

    /// Says which keys an issuer publishes, in the form of a JWKS: they take the place of its providers' own, in all
    /// accounts, also of providers that are added later.
    pub fn publish_keys(&mut self, issuer: &str, jwks: &str) -> Result<(), WorldError> {
        let keys = key_set(issuer, jwks)?;
        self.published_keys.insert(issuer.to_owned(), keys);
        Ok(())
    }

    /// An account's provider, by its URL or its ARN.
    pub(crate) fn oidc_provider(
        &self,
        account: &str,
        provider: &str,
    ) -> Option<&Arc<OidcProvider>> {
        let account = self.account_id(account)?;
        let host = provider.strip_prefix(SCHEME);
        let arn = host.map(|host| iam_arn(Partition::Aws, &account, "oidc-provider", "/", host));
        let found = self
            .oidc_providers
            .get(arn.as_deref().unwrap_or(provider))?;
        (found.account == account).then_some(found)
    }

    /// The same, to be changed.
    pub(crate) fn oidc_provider_mut(
        &mut self,
        account: &str,
        provider: &str,
    ) -> Option<&mut OidcProvider> {
        let arn = self.oidc_provider(account, provider)?.arn(Partition::Aws);
        self.oidc_providers.get_mut(&arn).map(Arc::make_mut)
    }

    /// The providers of an account, by URL.
    pub(crate) fn oidc_providers_of(&self, account: &AccountId) -> Vec<&OidcProvider> {
        let providers = self.oidc_providers.values().map(AsRef::as_ref);
        let own = providers.filter(|provider: &&OidcProvider| provider.account == *account);
        let mut own: Vec<_> = own.collect();
        own.sort_by(|one, other| one.url.cmp(&other.url));
        own
    }

    /// The keys that a provider's signatures are verified with.
    pub(crate) fn keys_of<'w>(&'w self, provider: &'w OidcProvider) -> &'w KeySet {
        let published = self.published_keys.get(&provider.url);
        published.unwrap_or(&provider.keys)
    }

    fn new_oidc_provider(&self, spec: OidcProviderSpec) -> Result<OidcProvider, WorldError> {
        let account = self.account_id(&spec.account);
        let account = account.ok_or(WorldError::UnknownAccount(spec.account))?;
        check_url(&spec.url)?;
        check_audiences(&spec.audiences)?;
        let (keys, signer) = match &spec.keys {
            ProviderKeysSpec::Jwks(text) => (key_set(&spec.url, text)?, None),
            ProviderKeysSpec::Unknown => (Arc::default(), None),
            ProviderKeysSpec::Generated => {
                let signer = generate(&self.ids.named(&spec.url));
                let keys = signer.as_ref().map(KeySet::of).unwrap_or_default();
                (Arc::new(keys), signer)
            }
        };
        Ok(OidcProvider {
            account,
            url: spec.url,
            audiences: spec.audiences,
            created: self.start,
            thumbprints: Vec::new(),
            tags: Tags::new(),
            keys,
            signer,
        })
    }
}

const KIND: &str = "OIDC provider";

fn unknown(provider: &str) -> WorldError {
    let (kind, name) = (KIND, provider.to_owned());
    WorldError::Unknown { kind, name }
}

fn key_set(issuer: &str, text: &str) -> Result<Arc<KeySet>, WorldError> {
    let keys = KeySet::parse(text).map_err(|problem| WorldError::InvalidKeys {
        issuer: issuer.to_owned(),
        problem,
    })?;
    Ok(Arc::new(keys))
}

/// All but one in 2^32 succeed at once.
fn generate(ids: &Ids) -> Option<Signer> {
    let mut ids = ids.clone();
    (0..=u8::MAX).find_map(|_| Signer::from_bytes(&ids.bytes()))
}

fn check_url(url: &str) -> Result<(), WorldError> {
    let refuse = |rule| {
        Err(WorldError::InvalidName {
            kind: KIND,
            name: url.to_owned(),
            rule,
        })
    };
    let Some(host) = url.strip_prefix(SCHEME) else {
        return refuse("a URL that begins with https://");
    };
    let allowed = |b: u8| b.is_ascii_graphic() && !b"?#\"'<>\\".contains(&b);
    if host.is_empty() || host.starts_with('/') || !host.bytes().all(allowed) {
        refuse("a host and perhaps a path, without a query")
    } else if url.len() > URL_LIMIT {
        refuse("255 characters at most")
    } else {
        Ok(())
    }
}

fn check_audiences(audiences: &[String]) -> Result<(), WorldError> {
    let is_allowed = |audience: &String| (1..=URL_LIMIT).contains(&audience.chars().count());
    if audiences.len() <= AUDIENCE_LIMIT && audiences.iter().all(is_allowed) {
        return Ok(());
    }
    let wrong = audiences.iter().find(|audience| !is_allowed(audience));
    Err(WorldError::InvalidName {
        kind: "audience",
        name: wrong.cloned().unwrap_or_default(),
        rule: "1 to 255 characters, and no more than 100 of them for a provider",
    })
}
