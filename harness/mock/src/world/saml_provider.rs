//! SAML identity providers.
//!
//! AWS: IAM User Guide, Create a SAML identity provider in IAM.

use std::sync::Arc;

use jiff::Timestamp;

use super::{AccountId, Partition, Tags, World, WorldError, iam_arn, kept};
use crate::ids::Ids;
use crate::saml::{AssertionSpec, Metadata, Signer, response};

const KIND: &str = "SAML provider";

/// A SAML identity provider that an account knows.
#[derive(Clone, Debug)]
pub struct SamlProviderSpec {
    /// The account's number.
    pub account: String,
    /// Unique within the account.
    pub name: String,
    /// Who it is and how it signs.
    pub metadata: SamlMetadataSpec,
}

/// Who a SAML provider is and how it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SamlMetadataSpec {
    /// A key pair that follows from the world's seed and the issuer, so that the world itself can sign assertions.
    Generated {
        /// The issuer of its assertions (`entityID`): `https://idp.example.com/saml`.
        issuer: String,
    },
    /// The metadata document of a provider elsewhere.
    Document(String),
}

/// A SAML provider of an account.
#[derive(Clone, Debug)]
pub(crate) struct SamlProvider {
    pub(crate) account: AccountId,
    pub(crate) name: String,
    /// What AWS calls its UUID.
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    pub(crate) tags: Tags,
    pub(crate) metadata: Metadata,
    /// Of a generated key.
    pub(crate) signer: Option<Signer>,
}

impl SamlProvider {
    pub(crate) fn arn(&self, partition: Partition) -> String {
        iam_arn(partition, &self.account, "saml-provider", "/", &self.name)
    }
}

impl World {
    /// Adds a SAML provider; the answer is its ARN.
    ///
    /// # Example
    ///
    /// ```
    /// use rolecall_mock::{SamlMetadataSpec, SamlProviderSpec, World};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut world = World::new(1, "2026-01-01T00:00:00Z".parse()?);
    /// world.add_account("123456789012")?;
    /// let arn = world.add_saml_provider(SamlProviderSpec {
    ///     account: "123456789012".to_owned(),
    ///     name: "ADFS".to_owned(),
    ///     metadata: SamlMetadataSpec::Generated {
    ///         issuer: "http://adfs.example.com/adfs/services/trust".to_owned(),
    ///     },
    /// })?;
    /// assert_eq!(arn, "arn:aws:iam::123456789012:saml-provider/ADFS");
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_saml_provider(&mut self, spec: SamlProviderSpec) -> Result<String, WorldError> {
        let provider = self.new_saml_provider(spec)?;
        let arn = provider.arn(Partition::Aws);
        if self.saml_providers.contains_key(&arn) {
            let (kind, name) = (KIND, provider.name);
            return Err(WorldError::Exists { kind, name });
        }
        self.saml_providers.insert(arn.clone(), Arc::new(provider));
        Ok(arn)
    }

    /// Gives a SAML provider other metadata.
    pub fn update_saml_provider(&mut self, spec: SamlProviderSpec) -> Result<(), WorldError> {
        let provider = self.new_saml_provider(spec)?;
        let known = self.saml_providers.get_mut(&provider.arn(Partition::Aws));
        let known = known.ok_or_else(|| unknown(&provider.name))?;
        let known = Arc::make_mut(known);
        known.metadata = provider.metadata;
        known.signer = provider.signer;
        Ok(())
    }

    /// Removes a SAML provider, by its name or its ARN; the sessions that it vouched for go on.
    pub fn remove_saml_provider(
        &mut self,
        account: &str,
        provider: &str,
    ) -> Result<(), WorldError> {
        let known = self.saml_provider(account, provider);
        let arn = known.map(|known| known.arn(Partition::Aws));
        let removed = arn.and_then(|arn| self.saml_providers.remove(&arn));
        removed.map(|_| ()).ok_or_else(|| unknown(provider))
    }

    /// The metadata document of a SAML provider, by its name or its ARN.
    pub fn saml_metadata(&self, account: &str, provider: &str) -> Option<&str> {
        let known = self.saml_provider(account, provider)?;
        Some(&known.metadata.document)
    }

    /// Signs a response of a SAML provider, by its name or its ARN, whose key is generated: a value for
    /// `SAMLAssertion`, issued now.
    pub fn sign_assertion(
        &self,
        provider: &str,
        account: &str,
        spec: &AssertionSpec,
        now: Timestamp,
    ) -> Result<String, WorldError> {
        let known = self.saml_provider(account, provider);
        let known = known.ok_or_else(|| unknown(provider))?;
        let issuer = &known.metadata.entity_id;
        let signer = known.signer.as_ref();
        let signer = signer.ok_or_else(|| WorldError::CannotSign(issuer.clone()))?;
        Ok(response(signer, issuer, spec, now))
    }

    /// An account's SAML provider, by its name or its ARN.
    pub(crate) fn saml_provider(
        &self,
        account: &str,
        provider: &str,
    ) -> Option<&Arc<SamlProvider>> {
        let account = self.account_id(account)?;
        let name = provider.rsplit('/').next().unwrap_or(provider);
        let arn = iam_arn(Partition::Aws, &account, "saml-provider", "/", name);
        let found = self.saml_providers.get(&arn)?;
        (provider == name || kept(provider) == arn).then_some(found)
    }

    /// The same, to be changed.
    pub(crate) fn saml_provider_mut(
        &mut self,
        account: &str,
        provider: &str,
    ) -> Option<&mut SamlProvider> {
        let arn = self.saml_provider(account, provider)?.arn(Partition::Aws);
        self.saml_providers.get_mut(&arn).map(Arc::make_mut)
    }

    /// The SAML providers of an account, by name.
    pub(crate) fn saml_providers_of(&self, account: &AccountId) -> Vec<&SamlProvider> {
        let providers = self.saml_providers.values().map(AsRef::as_ref);
        let own = providers.filter(|provider: &&SamlProvider| provider.account == *account);
        let mut own: Vec<_> = own.collect();
        own.sort_by(|one, other| one.name.cmp(&other.name));
        own
    }

    fn new_saml_provider(&self, spec: SamlProviderSpec) -> Result<SamlProvider, WorldError> {
        let account = self.account_id(&spec.account);
        let account = account.ok_or(WorldError::UnknownAccount(spec.account))?;
        check_name(&spec.name)?;
        let (metadata, signer) = match spec.metadata {
            SamlMetadataSpec::Document(text) => {
                let metadata = Metadata::parse(&text);
                let metadata = metadata.map_err(|problem| invalid_metadata(&spec.name, problem));
                (metadata?, None)
            }
            SamlMetadataSpec::Generated { issuer } => {
                let signer = generate(&self.ids.named(&issuer), &issuer)
                    .ok_or_else(|| invalid_metadata(&spec.name, "no key can be generated"))?;
                (Metadata::of(&issuer, signer.certificate()), Some(signer))
            }
        };
        let named = format!("saml-provider/{account}/{}", spec.name);
        Ok(SamlProvider {
            id: self.ids.named(&named).letters(21),
            created: self.start,
            tags: Tags::new(),
            account,
            name: spec.name,
            metadata,
            signer,
        })
    }
}

fn unknown(provider: &str) -> WorldError {
    let (kind, name) = (KIND, provider.to_owned());
    WorldError::Unknown { kind, name }
}

fn invalid_metadata(provider: &str, problem: &'static str) -> WorldError {
    WorldError::InvalidMetadata {
        provider: provider.to_owned(),
        problem,
    }
}

/// All but one in 2^32 succeed at once.
fn generate(ids: &Ids, issuer: &str) -> Option<Signer> {
    let mut ids = ids.clone();
    (0..=u8::MAX).find_map(|_| Signer::from_bytes(&ids.bytes(), issuer))
}

/// AWS: IAM API Reference, `CreateSAMLProvider`, `Name`.
fn check_name(name: &str) -> Result<(), WorldError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    if (1..=128).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(WorldError::InvalidName {
        kind: KIND,
        name: name.to_owned(),
        rule: "letters, digits and ._- only, 1 to 128 of them",
    })
}
