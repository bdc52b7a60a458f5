//! Identity providers on a live target: how they are made and changed, and what their people show.
//!
//! A SAML provider is told by its metadata whose signatures count. So a test can sign on every target, AWS included,
//! with a key of the run's own that nobody else knows.

use std::sync::OnceLock;

use aws_credential_types::Credentials;
use getrandom::SysRng;
use jiff::Timestamp;
use rolecall_mock::SamlKey;
use rolecall_wire::Structure;

use super::admin::Failure;
use super::journal::{Kind, Thing};
use super::names::Names;
use super::order::{Order, tags};
use super::plan::{Planner, Work, same_place};
use super::stage::LiveStage;
use crate::scenario::model::{Assertion, Assume, ProviderKeys, SamlProvider};
use crate::target::answer::Answer;
use crate::target::federation::assertion_spec;
use crate::target::stage::{Unasked, Who};

/// The parameter that tells whose signatures count.
const METADATA: &str = "SAMLMetadataDocument";

/// What the identity providers of a run sign with, made when it is needed.
#[derive(Debug, Default)]
pub(super) struct Keys(OnceLock<Option<SamlKey>>);

impl Keys {
    fn saml(&self) -> Result<&SamlKey, String> {
        let key = self.0.get_or_init(|| SamlKey::generate(&mut SysRng));
        let key = key.as_ref();
        key.ok_or_else(|| "this machine has no randomness to make a key with".to_owned())
    }
}

impl Planner<'_> {
    pub(super) fn make_saml_provider(&self, provider: &SamlProvider) -> Work {
        let account = self.names.account(&provider.account);
        let mut order = Order::iam(account, "CreateSAMLProvider", Structure::new())
            .with("Name", &self.names.name(&provider.name.value));
        order.input.set("Tags", tags(&self.tags_of_run()));
        let arn = self.names.text(&provider.arn());
        self.with_metadata(order.making(Kind::SamlProvider, &arn), provider)
    }

    /// # Errors
    ///
    /// When it was to move to another account.
    pub(super) fn update_saml_provider(
        &self,
        old: &SamlProvider,
        new: &SamlProvider,
    ) -> Result<Work, String> {
        same_place("SAML provider", ("/", &old.account), ("/", &new.account))?;
        let account = self.names.account(&new.account);
        let order = Order::iam(account, "UpdateSAMLProvider", Structure::new())
            .with("SAMLProviderArn", &self.names.text(&new.arn()));
        Ok(self.with_metadata(order, new))
    }

    pub(super) fn remove_saml_provider(&self, provider: &SamlProvider) -> Work {
        let account = self.names.account(&provider.account);
        let arn = self.names.text(&provider.arn());
        Work::Remove(Thing::new(Kind::SamlProvider, account, arn))
    }

    fn with_metadata(&self, order: Order, provider: &SamlProvider) -> Work {
        match &provider.keys {
            ProviderKeys::Given(document) => Work::Order(order.with(METADATA, document)),
            ProviderKeys::Generated | ProviderKeys::Discover => Work::SamlProvider {
                order,
                issuer: self.names.text(&provider.issuer),
            },
        }
    }
}

impl LiveStage {
    /// What time it is for what is issued.
    pub(super) fn now(&self) -> Result<Timestamp, String> {
        Timestamp::try_from(self.admins.client.now()).map_err(|error| error.to_string())
    }

    /// Makes a SAML provider, or changes one, that signs with the run's own key.
    pub(super) async fn make_saml_provider(
        &mut self,
        order: Order,
        issuer: &str,
    ) -> Result<(), Failure> {
        let key = self.live.0.keys.saml().map_err(Failure::NoKey)?;
        let order = order.with(METADATA, &key.metadata(issuer));
        self.order(&order).await.map(drop)
    }

    /// Asks for a session; what a provider must sign for it is issued now.
    pub(super) async fn obtain(
        &self,
        who: Who<'_>,
        assume: &Assume,
    ) -> Result<(Answer, Option<Credentials>), Unasked> {
        let client = &self.admins.client;
        match who {
            Who::Saml(assertion) => {
                let (assertion, provider) = self.assertion(assertion, assume)?;
                Ok(client.assume_with_saml(assertion, provider, assume).await)
            }
            Who::Token(token) => {
                let token = self.token(token)?;
                Ok(client.assume_with_web_identity(token, assume).await)
            }
            other => {
                let credentials = self.credentials(other)?;
                let mfa = match &assume.mfa {
                    Some(mfa) => Some(self.shown(other, mfa).await?),
                    None => None,
                };
                Ok(client.assume(credentials.as_ref(), assume, mfa).await)
            }
        }
    }

    /// A signed assertion for an assume that has the target's names, and the provider's ARN.
    fn assertion(
        &self,
        assertion: &Assertion,
        assume: &Assume,
    ) -> Result<(String, String), String> {
        let name = &assertion.provider;
        let mut providers = self.world.saml_providers.iter();
        let provider = providers
            .find(|provider| provider.name.value == *name)
            .ok_or_else(|| format!("there is no provider `{name}`"))?;
        if matches!(provider.keys, ProviderKeys::Given(_)) {
            return Err(format!(
                "the private keys of `{name}` are elsewhere, so nobody can sign assertions for it here"
            ));
        }
        let arn = self.names.text(&provider.arn());
        let spec = assertion_spec(&renamed(assertion, &self.names), assume, &arn);
        let issuer = self.names.text(&provider.issuer);
        let key = self.live.0.keys.saml()?;
        Ok((key.sign_assertion(&issuer, &spec, self.now()?), arn))
    }
}

/// An assertion with the target's names. Whom it is for and where it is to be taken are AWS's own.
fn renamed(assertion: &Assertion, names: &Names) -> Assertion {
    let text = |text: &String| names.text(text);
    // `Role` has pairs of ARNs.
    let pair = |pair: &String| {
        let arns = pair.split(',').map(|arn| names.text(arn.trim()));
        arns.collect::<Vec<_>>().join(",")
    };
    let attributes = assertion.attributes.iter().map(|(name, values)| {
        let values = if name == "Role" {
            values.iter().map(pair).collect()
        } else {
            values.iter().map(text).collect()
        };
        (name.clone(), values)
    });
    Assertion {
        subject: assertion.subject.as_ref().map(text),
        attributes: attributes.collect(),
        ..assertion.clone()
    }
}
