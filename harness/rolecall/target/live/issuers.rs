//! OpenID Connect providers on a live target that can be told an issuer's keys: on a rolecall server.
//!
//! A provider is told by its URL, which is unique in an account, and which is in the condition keys, so that it can't be
//! renamed: tests that have the same one take turns, and what another has made is left alone, told by its tag.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use rolecall_mock::World as Signer;
use rolecall_wire::Structure;
use tokio::sync::OwnedMutexGuard;

use super::Live;
use super::admin::Failure;
use super::control::Control;
use super::journal::{Kind, Thing};
use super::order::{Order, strings, tags};
use super::plan::{Planner, Work, same_place};
use super::stage::{LiveStage, worlds};
use crate::scenario::model::{OidcProvider, ProviderKeys, Test, Token, World};
use crate::target::federation::claims;
use crate::target::world::{DEFAULT_SEED, oidc_provider_spec};

/// Between an ARN's account and the issuer's host and path.
const IN_ARN: &str = ":oidc-provider/";

/// Whose turn it is, by issuer.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>);

/// A test's turn with an issuer, which ends when this is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Turns {
    /// Waits until no other test has any of these. All wait in one order, so that no two tests wait for each other.
    async fn wait(&self, issuers: BTreeSet<&str>) -> Vec<Turn> {
        let mut taken = Vec::new();
        for issuer in issuers {
            let turn = self.of(issuer);
            taken.push(turn.lock_owned().await);
        }
        taken
    }

    fn of(&self, issuer: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(issuer.to_owned()).or_default())
    }
}

impl Live {
    /// Waits until no other test of the run has an issuer of this one's.
    pub(super) async fn turns(&self, test: &Test) -> Vec<Turn> {
        let providers = worlds(test)
            .into_iter()
            .flat_map(|world| &world.oidc_providers);
        let issuers = providers.map(|provider| provider.url.as_str());
        self.0.turns.wait(issuers.collect()).await
    }

    /// Why a world's OIDC providers aren't made here, if so.
    pub(super) fn refuses_oidc_providers(&self, world: &World) -> Option<String> {
        let mut providers = world.oidc_providers.iter();
        providers.find_map(|provider| {
            let name = &provider.name.value;
            if !self.0.is_rolecall {
                Some(format!("nobody can sign tokens of `{name}` here"))
            } else if provider.keys == ProviderKeys::Discover {
                Some(format!(
                    "only the mock fetches the keys of `{name}` from their issuer"
                ))
            } else if !provider.url.starts_with("https://") {
                Some(format!("IAM takes no URL without TLS, as `{name}` has it"))
            } else {
                None
            }
        })
    }
}

impl Planner<'_> {
    pub(super) fn make_oidc_provider(&self, provider: &OidcProvider) -> Work {
        let audiences: Vec<String> = self.audiences(provider);
        let mut order = Order::iam(
            self.names.account(&provider.account),
            "CreateOpenIDConnectProvider",
            Structure::new(),
        )
        .with("Url", &provider.url);
        let audiences = strings(audiences.iter().map(String::as_str));
        order.input.set("ClientIDList", audiences);
        order.input.set("Tags", tags(&self.tags_of_run()));
        let arn = self.names.text(&provider.arn());
        Work::OidcProvider {
            order: order.making(Kind::OidcProvider, &arn),
            provider: provider.clone(),
        }
    }

    /// # Errors
    ///
    /// When it was to move to another account.
    pub(super) fn update_oidc_provider(
        &self,
        old: &OidcProvider,
        new: &OidcProvider,
    ) -> Result<Vec<Work>, String> {
        same_place("OIDC provider", ("/", &old.account), ("/", &new.account))?;
        let mut work = Vec::new();
        if old.url != new.url {
            work.push(self.remove_oidc_provider(old));
            work.push(self.make_oidc_provider(new));
            return Ok(work);
        }
        let (before, after) = (self.audiences(old), self.audiences(new));
        let missing = |some: &[String], others: &[String]| {
            let missing = some.iter().filter(|audience| !others.contains(audience));
            missing.cloned().collect::<Vec<_>>()
        };
        for audience in missing(&after, &before) {
            work.push(self.audience(new, "AddClientIDToOpenIDConnectProvider", &audience));
        }
        for audience in missing(&before, &after) {
            work.push(self.audience(new, "RemoveClientIDFromOpenIDConnectProvider", &audience));
        }
        if old.keys != new.keys {
            work.push(Work::Publish(new.clone()));
        }
        Ok(work)
    }

    pub(super) fn remove_oidc_provider(&self, provider: &OidcProvider) -> Work {
        let account = self.names.account(&provider.account);
        let arn = self.names.text(&provider.arn());
        Work::Remove(Thing::new(Kind::OidcProvider, account, arn))
    }

    fn audiences(&self, provider: &OidcProvider) -> Vec<String> {
        let audiences = provider.audiences.iter();
        audiences.map(|text| self.names.text(text)).collect()
    }

    fn audience(&self, provider: &OidcProvider, operation: &'static str, audience: &str) -> Work {
        let account = self.names.account(&provider.account);
        let order = Order::iam(account, operation, Structure::new())
            .with(
                "OpenIDConnectProviderArn",
                &self.names.text(&provider.arn()),
            )
            .with("ClientID", audience);
        Work::Order(order)
    }
}

impl LiveStage {
    /// Makes a provider whose issuer's keys the server is told.
    pub(super) async fn make_oidc_provider(
        &mut self,
        order: &Order,
        provider: &OidcProvider,
    ) -> Result<(), Failure> {
        match self.order(order).await {
            Ok(_) => self.publish(provider).await,
            Err(Failure::Refused { error, .. }) if error.code == "EntityAlreadyExists" => {
                Err(Failure::Taken {
                    account: order.account.clone(),
                    url: provider.url.clone(),
                })
            }
            Err(failure) => Err(failure),
        }
    }

    /// Tells the server the keys of a provider's issuer.
    pub(super) async fn publish(&self, provider: &OidcProvider) -> Result<(), Failure> {
        let keys = match &provider.keys {
            ProviderKeys::Given(keys) => keys.to_string(),
            ProviderKeys::Generated | ProviderKeys::Discover => {
                let signer = signer(provider).map_err(Failure::NoKey)?;
                let keys = signer.provider_keys(&provider.account, &provider.url);
                keys.unwrap_or_default()
            }
        };
        let control = self.live.control(&self.admins.client);
        let control = control.ok_or_else(|| Failure::NoKey(untold(&provider.url)))?;
        let told = control.put_jwks(&provider.url, &keys).await;
        told.map_err(Failure::NoKey)
    }

    /// A token with the target's names, issued now.
    pub(super) fn token(&self, token: &Token) -> Result<String, String> {
        let name = &token.provider;
        let mut providers = self.world.oidc_providers.iter();
        let provider = providers
            .find(|provider| provider.name.value == *name)
            .ok_or_else(|| format!("there is no provider `{name}`"))?;
        let now = self.now()?;
        let mut claims = claims(token, now)?;
        for claim in claims.values_mut() {
            self.names.json(claim);
        }
        signer(provider)?
            .sign_token(&provider.url, &provider.account, claims, now)
            .map_err(|error| error.to_string())
    }
}

/// A world with nothing but a provider, which signs its tokens.
fn signer(provider: &OidcProvider) -> Result<Signer, String> {
    let mut world = Signer::new(DEFAULT_SEED, jiff::Timestamp::UNIX_EPOCH);
    world
        .add_account(&provider.account)
        .and_then(|()| world.add_oidc_provider(oidc_provider_spec(provider)))
        .map_err(|error| error.to_string())?;
    Ok(world)
}

fn untold(issuer: &str) -> String {
    format!("the target can't be told the keys of {issuer}")
}

/// Makes a rolecall server forget the keys of a provider's issuer.
pub(super) async fn forget_keys(control: Control<'_>, provider_arn: &str) -> Result<(), String> {
    match provider_arn.split_once(IN_ARN) {
        Some((_, host)) => control.forget_jwks(&format!("https://{host}")).await,
        None => Ok(()),
    }
}
