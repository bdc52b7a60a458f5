//! Tokens that AWS issues for an account's own principals, for services elsewhere: their issuer and its keys.
//!
//! AWS: IAM User Guide, Federating AWS identities to external services.

use serde_json::json;

use super::{AccountId, World, WorldError};
use crate::ids::Ids;
use crate::jwt::{Algorithm, Signer};

/// What the hosts of all issuers end in.
const DOMAIN: &str = ".tokens.sts.global.api.aws";

impl World {
    /// Whether an account's principals may have tokens of AWS (`EnableOutboundWebIdentityFederation`); they may not in a
    /// new one.
    ///
    /// # Example
    ///
    /// ```
    /// use rolecall_mock::World;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut world = World::new(1, "2026-01-01T00:00:00Z".parse()?);
    /// world.add_account("123456789012")?;
    /// assert_eq!(world.outbound_issuer("123456789012"), None);
    /// world.set_outbound_federation("123456789012", true)?;
    /// let issuer = world.outbound_issuer("123456789012").unwrap();
    /// assert!(issuer.ends_with(".tokens.sts.global.api.aws"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_outbound_federation(
        &mut self,
        account: &str,
        enabled: bool,
    ) -> Result<(), WorldError> {
        let known = self.account_id(account);
        let account = known.ok_or_else(|| WorldError::UnknownAccount(account.to_owned()))?;
        if enabled {
            self.outbound_federation.insert(account);
        } else {
            self.outbound_federation.remove(&account);
        }
        Ok(())
    }

    /// The issuer of the tokens of an account's principals; `None` where they may have none.
    pub fn outbound_issuer(&self, account: &str) -> Option<String> {
        let account = self.outbound_federation.get(account)?;
        Some(format!("https://{}{DOMAIN}", self.issuer_id(account)))
    }

    /// The keys that an issuer of such tokens publishes, in the form of a JWKS.
    pub fn outbound_keys(&self, issuer: &str) -> Option<String> {
        let mut accounts = self.outbound_federation.iter();
        let is_it = |account: &&AccountId| {
            self.outbound_issuer(account.as_str()).as_deref() == Some(issuer)
        };
        let account = accounts.find(is_it)?;
        let signers = [Algorithm::Es384, Algorithm::Rs256];
        let signers = signers.map(|algorithm| self.outbound_signer(account, algorithm));
        let keys = signers.iter().flatten().map(Signer::public_key);
        Some(json!({"keys": keys.collect::<Vec<_>>()}).to_string())
    }

    /// The key of an account's issuer; it has one for each of the algorithms that AWS signs with.
    pub(crate) fn outbound_signer(
        &self,
        account: &AccountId,
        algorithm: Algorithm,
    ) -> Option<Signer> {
        match algorithm {
            Algorithm::Rs256 => Signer::rs256().cloned(),
            Algorithm::Es384 => {
                let mut ids = self.issuer_ids(account);
                // All but a few in 2^190 succeed at once.
                (0..=u8::MAX).find_map(|_| Signer::es384(&ids.bytes()))
            }
            _ => None,
        }
    }

    fn issuer_id(&self, account: &AccountId) -> String {
        self.issuer_ids(account).uuid()
    }

    fn issuer_ids(&self, account: &AccountId) -> Ids {
        self.ids.named(&format!("issuer/{account}"))
    }
}
