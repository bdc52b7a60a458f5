//! OpenID Connect providers, and the tokens of those whose keys are the world's own.
//!
//! AWS: IAM User Guide, Create an OpenID Connect (OIDC) identity provider in IAM.

use std::net::IpAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{AccountId, Partition, Tags, World, WorldError, iam_arn, kept};
use crate::ids::Ids;
use crate::jwt::{KeySet, Signer, Token};

const SCHEME: &str = "https://";
const PLAIN_SCHEME: &str = "http://";
/// How long an issuer isn't asked again for its keys.
const KEYS_FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long it isn't asked again although a token names another key.
const KEYS_PAUSE: SignedDuration = SignedDuration::from_mins(1);
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
    /// The issuer of its tokens: `https://token.actions.githubusercontent.com`. Unique within the account. An issuer
    /// whose keys are generated or discovered may be on loopback without TLS: `http://127.0.0.1:8080`.
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
    /// Those that the issuer publishes, fetched when a token comes; by whom, [`MockBuilder::fetch_keys`] says.
    ///
    /// [`MockBuilder::fetch_keys`]: crate::MockBuilder::fetch_keys
    Discovered,
    /// None are known, so that tokens are refused as AWS does when it can't fetch the keys, until
    /// [`World::publish_keys`] tells them.
    Unknown,
}

/// Keys that an issuer published when it was asked.
#[derive(Clone, Debug)]
pub(crate) struct DiscoveredKeys {
    keys: Arc<KeySet>,
    fetched: Timestamp,
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
    /// Whether the issuer is asked for its keys.
    pub(crate) discovers: bool,
    /// Of generated keys.
    pub(super) signer: Option<Signer>,
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
        host(&self.url)
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

    /// The public keys of a provider, by its URL or its ARN, whose keys are generated: a JWKS, as its issuer would publish
    /// it.
    pub fn provider_keys(&self, account: &str, provider: &str) -> Option<String> {
        let signer = self.oidc_provider(account, provider)?.signer.as_ref()?;
        Some(json!({"keys": [signer.public_key()]}).to_string())
    }

    /// Says which keys an issuer publishes, in the form of a JWKS: they take the place of its providers' own, in all
    /// accounts, also of providers that are added later.
    pub fn publish_keys(&mut self, issuer: &str, jwks: &str) -> Result<(), WorldError> {
        let keys = key_set(issuer, jwks)?;
        self.published_keys.insert(issuer.to_owned(), keys);
        Ok(())
    }

    /// Forgets which keys an issuer publishes: its providers' own count again.
    pub fn forget_keys(&mut self, issuer: &str) {
        self.published_keys.remove(issuer);
    }

    /// An account's provider, by its URL or its ARN.
    pub(crate) fn oidc_provider(
        &self,
        account: &str,
        provider: &str,
    ) -> Option<&Arc<OidcProvider>> {
        let account = self.account_id(account)?;
        let arn = if provider.starts_with("arn:") {
            kept(provider).into_owned()
        } else {
            iam_arn(
                Partition::Aws,
                &account,
                "oidc-provider",
                "/",
                host(provider),
            )
        };
        let found = self.oidc_providers.get(&arn)?;
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
        if let Some(published) = self.published_keys.get(&provider.url) {
            return published;
        }
        let discovered = self.discovered_keys.get(&provider.url);
        let discovered = discovered.filter(|_| provider.discovers);
        discovered.map_or(&provider.keys, |discovered| &discovered.keys)
    }

    /// Whether an issuer is to be asked for its keys before a token is verified: they were never fetched, or not lately,
    /// or the token names one that isn't among them.
    pub(crate) fn needs_keys(
        &self,
        provider: &OidcProvider,
        token: &Token,
        now: Timestamp,
    ) -> bool {
        if !provider.discovers || self.published_keys.contains_key(&provider.url) {
            return false;
        }
        let Some(known) = self.discovered_keys.get(&provider.url) else {
            return true;
        };
        let age = now.duration_since(known.fetched).abs();
        age >= KEYS_FRESH || (age >= KEYS_PAUSE && !known.keys.knows(token))
    }

    /// Keeps the keys that an issuer has published, in the form of a JWKS.
    pub(crate) fn learn_keys(
        &mut self,
        issuer: &str,
        jwks: &str,
        fetched: Timestamp,
    ) -> Result<(), WorldError> {
        let keys = key_set(issuer, jwks)?;
        let learnt = DiscoveredKeys { keys, fetched };
        self.discovered_keys.insert(issuer.to_owned(), learnt);
        Ok(())
    }

    fn new_oidc_provider(&self, spec: OidcProviderSpec) -> Result<OidcProvider, WorldError> {
        let account = self.account_id(&spec.account);
        let account = account.ok_or(WorldError::UnknownAccount(spec.account))?;
        check_url(&spec.url, &spec.keys)?;
        check_audiences(&spec.audiences)?;
        let (keys, signer) = match &spec.keys {
            ProviderKeysSpec::Jwks(text) => (key_set(&spec.url, text)?, None),
            ProviderKeysSpec::Generated => {
                let signer = generate(&self.ids.named(&spec.url));
                let keys = signer.as_ref().map(|signer| KeySet::of(&[signer]));
                (Arc::new(keys.unwrap_or_default()), signer)
            }
            ProviderKeysSpec::Discovered | ProviderKeysSpec::Unknown => (Arc::default(), None),
        };
        Ok(OidcProvider {
            account,
            url: spec.url,
            audiences: spec.audiences,
            created: self.start,
            thumbprints: Vec::new(),
            tags: Tags::new(),
            keys,
            discovers: spec.keys == ProviderKeysSpec::Discovered,
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
    (0..=u8::MAX).find_map(|_| Signer::es256(&ids.bytes()))
}

/// A URL without its scheme.
fn host(url: &str) -> &str {
    let plain = || url.strip_prefix(PLAIN_SCHEME);
    url.strip_prefix(SCHEME).or_else(plain).unwrap_or(url)
}

/// Whether a URL without TLS stays on this machine.
fn is_on_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix(PLAIN_SCHEME) else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn check_url(url: &str, keys: &ProviderKeysSpec) -> Result<(), WorldError> {
    let refuse = |rule| {
        Err(WorldError::InvalidName {
            kind: KIND,
            name: url.to_owned(),
            rule,
        })
    };
    let may_be_plain = match keys {
        ProviderKeysSpec::Generated | ProviderKeysSpec::Discovered => is_on_loopback(url),
        ProviderKeysSpec::Jwks(_) | ProviderKeysSpec::Unknown => false,
    };
    if !url.starts_with(SCHEME) && !may_be_plain {
        return refuse("a URL that begins with https://");
    }
    let host = host(url);
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
