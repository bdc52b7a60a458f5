//! The token of a web identity: verified, and what it tells.
//!
//! AWS: IAM User Guide, OIDC federation; API Reference, `AssumeRoleWithWebIdentity`, errors.

use jiff::Timestamp;
use rolecall_wire::ServiceError;
use serde_json::{Map, Value};

use super::provided::{Passed, expired_token, invalid_token};
use super::{validation_error, web_identity_claims as claims};
use crate::jwt::Token;
use crate::service::call::Call;
use crate::world::{AccountId, OidcProvider, RoleArn, World, iam_arn};

/// Seconds that a token is still taken after it expired.
const GRACE: i64 = 300;
/// Seconds after which a token is too old, whenever it expires.
const AGE_LIMIT: i64 = 24 * 3600;

/// Whom a token vouches for.
#[derive(Clone, Debug)]
pub(crate) struct WebIdentity {
    pub(crate) provider_arn: String,
    /// The provider's URL without its scheme.
    pub(crate) host: String,
    pub(crate) subject: String,
    /// `azp` where the token has it, else `aud`.
    pub(crate) audience: String,
    /// `https://aws.amazon.com/tags` and `https://aws.amazon.com/source_identity`.
    pub(crate) passed: Passed,
    /// `https://aws.amazon.com/roles`, where the token has it.
    pub(crate) roles: Option<Vec<String>>,
    pub(crate) claims: Map<String, Value>,
}

/// Reads the request's token and verifies it. Where nothing is enforced, any token will do that has the required claims.
pub(super) fn verify(world: &World, call: &Call) -> Result<WebIdentity, ServiceError> {
    let role = RoleArn::parse(call.required("RoleArn"));
    let account = role.and_then(|role| AccountId::parse(role.account).ok());
    let account = account.ok_or_else(|| validation_error("Request ARN is invalid"))?;
    let token = Token::parse(call.required("WebIdentityToken")).ok_or_else(|| {
        invalid_token(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access \
             Token)",
        )
    })?;
    let required = Required::read(&token)?;
    if call.enforce {
        let provider = provider(world, &account, required.issuer)?;
        required.check_audience(provider)?;
        check_signature(world, provider, &token)?;
        required.check_time(call.now())?;
    }
    let scheme = required.issuer.find("://").map_or(0, |at| at + "://".len());
    let host = required.issuer.get(scheme..).unwrap_or_default().to_owned();
    let (tags, transitive_tags) = claims::tags(token.claims())?;
    Ok(WebIdentity {
        provider_arn: iam_arn(call.partition(), &account, "oidc-provider", "/", &host),
        host,
        subject: required.subject.to_owned(),
        audience: required.audience()?.to_owned(),
        passed: Passed {
            tags,
            transitive_tags,
            source_identity: claims::source_identity(token.claims())?,
        },
        roles: claims::roles(token.claims()),
        claims: token.into_claims(),
    })
}

/// The issuer that is to be asked for its keys before a token of it can be verified.
pub(super) fn wanted_keys(world: &World, call: &Call) -> Option<String> {
    let account = RoleArn::parse(call.required("RoleArn"))?.account;
    let token = Token::parse(call.required("WebIdentityToken"))?;
    let issuer = token.text("iss")?;
    let provider = provider(world, &AccountId::parse(account).ok()?, issuer).ok()?;
    world
        .needs_keys(provider, &token, call.now())
        .then(|| issuer.to_owned())
}

/// The claims without which AWS takes no token.
struct Required<'t> {
    issuer: &'t str,
    subject: &'t str,
    audiences: Vec<&'t str>,
    authorized_party: Option<&'t str>,
    issued: i64,
    expires: i64,
}

impl<'t> Required<'t> {
    fn read(token: &'t Token) -> Result<Self, ServiceError> {
        let missing = |name: &str| invalid_token(&format!("Missing a required claim: {name}"));
        let text = |name| token.text(name).ok_or_else(|| missing(name));
        let seconds = |name| token.seconds(name).ok_or_else(|| missing(name));
        let audiences = token.claims().get("aud").map(claims::texts);
        Ok(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            audiences: audiences
                .filter(|audiences| !audiences.is_empty())
                .ok_or_else(|| missing("aud"))?,
            authorized_party: token.text("azp"),
            issued: seconds("iat")?,
            expires: seconds("exp")?,
        })
    }

    /// The one that counts; which of several would, AWS doesn't guess.
    fn audience(&self) -> Result<&'t str, ServiceError> {
        match (self.authorized_party, self.audiences.as_slice()) {
            (Some(party), _) => Ok(party),
            (None, [audience]) => Ok(audience),
            (None, _) => Err(incorrect_audience()),
        }
    }

    fn check_audience(&self, provider: &OidcProvider) -> Result<(), ServiceError> {
        let audience = self.audience()?;
        let is_known = provider.audiences.iter().any(|known| known == audience);
        is_known.then_some(()).ok_or_else(incorrect_audience)
    }

    fn check_time(&self, now: Timestamp) -> Result<(), ServiceError> {
        let (now, expires) = (now.as_second(), self.expires);
        if now > expires.saturating_add(GRACE) {
            return Err(expired_token(format!(
                "Token expired: current date/time {now} must be before the expiration date/time {expires}"
            )));
        }
        let age = now.saturating_sub(self.issued);
        if age > AGE_LIMIT {
            return Err(expired_token(format!("Token too old: {age}")));
        }
        Ok(())
    }
}

fn provider<'w>(
    world: &'w World,
    account: &AccountId,
    issuer: &str,
) -> Result<&'w OidcProvider, ServiceError> {
    let known = world.oidc_provider(account.as_str(), issuer);
    let known = known.filter(|provider| provider.url == issuer);
    known.map(AsRef::as_ref).ok_or_else(|| {
        invalid_token(&format!(
            "No OpenIDConnect provider found in your account for {issuer}"
        ))
    })
}

/// AWS's text for a wrong signature isn't known to the letter.
fn check_signature(
    world: &World,
    provider: &OidcProvider,
    token: &Token,
) -> Result<(), ServiceError> {
    match world.keys_of(provider).verifies(token) {
        Some(true) => Ok(()),
        Some(false) => Err(invalid_token("Invalid signature")),
        None => Err(invalid_token(
            "Couldn't retrieve verification key from your identity provider,  please reference \
             AssumeRoleWithWebIdentity documentation for requirements",
        )),
    }
}

fn incorrect_audience() -> ServiceError {
    invalid_token("Incorrect token audience")
}
