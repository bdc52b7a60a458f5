//! OpenID Connect providers.
//!
//! One that is made over the API has keys only if the world knows its issuer's: without, its tokens are refused as AWS
//! refuses those whose keys it can't fetch.

use rolecall_wire::{ServiceError, Structure, Value};

use super::tags::{self, Tagged};
use super::{account, error};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{OidcProvider, OidcProviderSpec, ProviderKeysSpec, Tags, World};

/// AWS: IAM User Guide, IAM and AWS STS quotas.
const CLIENT_IDS: usize = 100;
const THUMBPRINTS: usize = 5;

/// For operations about the tags of a provider.
#[derive(Debug)]
pub(super) struct OfOidcProvider;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?;
    let url = call.required("Url");
    if !url.starts_with("https://") {
        return Err(error::validation("Invalid Open ID Connect Provider URL"));
    }
    let mut thumbprints = thumbprints(call)?;
    if thumbprints.is_empty() {
        // AWS takes that of the top certificate of the issuer's server.
        thumbprints.push(world.ids.named(url).hex::<20>());
    }
    let tags = tags::given(call)?;
    let added = world.add_oidc_provider(OidcProviderSpec {
        account: account.to_string(),
        url: url.to_owned(),
        audiences: call
            .input
            .strings("ClientIDList")
            .map(str::to_owned)
            .collect(),
        keys: ProviderKeysSpec::Unknown,
    });
    let arn = added.map_err(|error| error::refused(&error))?;
    let shown = tags::shown(&tags);
    if let Some(provider) = world.oidc_provider_mut(account.as_str(), &arn) {
        provider.created = call.now();
        provider.thumbprints = thumbprints;
        provider.tags = tags;
    }
    Ok(Structure::new()
        .with("OpenIDConnectProviderArn", &*call.shown(&arn))
        .with_some("Tags", shown)
        .into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let provider = find(world, call)?;
    Ok(Structure::new()
        .with("Url", provider.host())
        .with("ClientIDList", texts(&provider.audiences))
        .with("ThumbprintList", texts(&provider.thumbprints))
        .with("CreateDate", provider.created)
        .with_some("Tags", tags::shown(&provider.tags))
        .into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let account = account(call)?;
    let arn = |provider: &OidcProvider| {
        let arn = provider.arn(call.partition());
        Value::from(Structure::new().with("Arn", arn))
    };
    let providers = world.oidc_providers_of(&account).into_iter();
    let arns: Vec<_> = providers.map(arn).collect();
    Ok(Structure::new()
        .with("OpenIDConnectProviderList", arns)
        .into())
}

/// One that isn't there is no error. AWS: API Reference, `DeleteOpenIDConnectProvider`.
pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    let account = account(call)?;
    if find(world, call).is_ok() {
        let removed = world.remove_oidc_provider(account.as_str(), arn(call));
        removed.map_err(|error| error::refused(&error))?;
    }
    Ok(Reply::empty())
}

pub(super) fn add_client(world: &mut World, call: &Call) -> Answer {
    let audiences = &mut find_mut(world, call)?.audiences;
    let new = call.required("ClientID");
    if audiences.iter().any(|known| known == new) {
        return Ok(Reply::empty());
    }
    if audiences.len() >= CLIENT_IDS {
        return Err(error::quota(
            "ClientIdsPerOpenIdConnectProvider",
            CLIENT_IDS,
        ));
    }
    audiences.push(new.to_owned());
    Ok(Reply::empty())
}

/// One that isn't there is no error. AWS: API Reference, `RemoveClientIDFromOpenIDConnectProvider`.
pub(super) fn remove_client(world: &mut World, call: &Call) -> Answer {
    let old = call.required("ClientID");
    find_mut(world, call)?
        .audiences
        .retain(|known| known != old);
    Ok(Reply::empty())
}

pub(super) fn update_thumbprints(world: &mut World, call: &Call) -> Answer {
    let thumbprints = thumbprints(call)?;
    find_mut(world, call)?.thumbprints = thumbprints;
    Ok(Reply::empty())
}

fn thumbprints(call: &Call) -> Result<Vec<String>, ServiceError> {
    let thumbprints: Vec<_> = call.input.strings("ThumbprintList").collect();
    if thumbprints.len() > THUMBPRINTS {
        let message = "Thumbprint list must contain fewer than 5 entries.";
        return Err(error::invalid_input(message));
    }
    Ok(thumbprints.into_iter().map(str::to_owned).collect())
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn arn(call: &Call) -> &str {
    call.required("OpenIDConnectProviderArn")
}

fn find<'w>(world: &'w World, call: &Call) -> Result<&'w OidcProvider, ServiceError> {
    let provider = world.oidc_provider(account(call)?.as_str(), arn(call));
    provider
        .map(AsRef::as_ref)
        .ok_or_else(|| missing(arn(call)))
}

fn find_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut OidcProvider, ServiceError> {
    let provider = world.oidc_provider_mut(account(call)?.as_str(), arn(call));
    provider.ok_or_else(|| missing(arn(call)))
}

fn missing(arn: &str) -> ServiceError {
    error::no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
}

impl Tagged for OfOidcProvider {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        Ok(&find(world, call)?.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        Ok(&mut find_mut(world, call)?.tags)
    }
}
