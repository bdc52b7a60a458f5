//! SAML providers.
//!
//! Assertions come unencrypted: private keys to decrypt them with are refused.

use jiff::{SignedDuration, Timestamp};
use rolecall_wire::{ServiceError, Structure, Value};

use super::tags::{self, Tagged};
use super::{account, error};
use crate::service::call::Call;
use crate::service::{Answer, Reply};
use crate::world::{SamlMetadataSpec, SamlProvider, SamlProviderSpec, Tags, World, WorldError};

/// A hundred years: what AWS says of metadata that don't expire.
const VALIDITY: SignedDuration = SignedDuration::from_hours(24 * 36_525);

/// The members that are about encrypted assertions.
const ENCRYPTION: [&str; 3] = [
    "AssertionEncryptionMode",
    "AddPrivateKey",
    "RemovePrivateKey",
];

/// For operations about the tags of a provider.
#[derive(Debug)]
pub(super) struct OfSamlProvider;

pub(super) fn create(world: &mut World, call: &Call) -> Answer {
    check_unencrypted(call)?;
    let account = account(call)?;
    let tags = tags::given(call)?;
    let added = world.add_saml_provider(SamlProviderSpec {
        account: account.to_string(),
        name: call.required("Name").to_owned(),
        metadata: SamlMetadataSpec::Document(call.required("SAMLMetadataDocument").to_owned()),
    });
    let arn = added.map_err(|error| refused(&error))?;
    let shown = tags::shown(&tags);
    if let Some(provider) = world.saml_provider_mut(account.as_str(), &arn) {
        provider.created = call.now();
        provider.tags = tags;
    }
    Ok(Structure::new()
        .with("SAMLProviderArn", &*call.shown(&arn))
        .with_some("Tags", shown)
        .into())
}

pub(super) fn get(world: &World, call: &Call) -> Answer {
    let provider = find(world, call)?;
    Ok(Structure::new()
        .with("SAMLProviderUUID", provider.id.as_str())
        .with("SAMLMetadataDocument", provider.metadata.document.as_str())
        .with("CreateDate", provider.created)
        .with("ValidUntil", valid_until(provider))
        .with_some("Tags", tags::shown(&provider.tags))
        .into())
}

pub(super) fn list(world: &World, call: &Call) -> Answer {
    let providers = world.saml_providers_of(&account(call)?).into_iter();
    let items: Vec<_> = providers
        .map(|provider| {
            let item = Structure::new()
                .with("Arn", provider.arn(call.partition()))
                .with("ValidUntil", valid_until(provider))
                .with("CreateDate", provider.created);
            Value::from(item)
        })
        .collect();
    Ok(Structure::new().with("SAMLProviderList", items).into())
}

pub(super) fn update(world: &mut World, call: &Call) -> Answer {
    check_unencrypted(call)?;
    let provider = find(world, call)?;
    if let Some(document) = call.input.string("SAMLMetadataDocument") {
        let changed = SamlProviderSpec {
            account: provider.account.to_string(),
            name: provider.name.clone(),
            metadata: SamlMetadataSpec::Document(document.to_owned()),
        };
        let updated = world.update_saml_provider(changed);
        updated.map_err(|error| refused(&error))?;
    }
    Ok(Structure::new().with("SAMLProviderArn", arn(call)).into())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Answer {
    find(world, call)?;
    let removed = world.remove_saml_provider(account(call)?.as_str(), arn(call));
    removed.map_err(|error| refused(&error))?;
    Ok(Reply::empty())
}

fn refused(error: &WorldError) -> ServiceError {
    match error {
        WorldError::InvalidMetadata { .. } => error::invalid_input("Could not parse metadata"),
        _ => error::refused(error),
    }
}

fn check_unencrypted(call: &Call) -> Result<(), ServiceError> {
    let mut members = ENCRYPTION.into_iter();
    match members.find(|member| call.input.get(member).is_some()) {
        Some(member) => {
            let message = format!("{member}: this mock takes no encrypted SAML assertions");
            Err(ServiceError::new(501, "NotImplemented", message))
        }
        None => Ok(()),
    }
}

fn valid_until(provider: &SamlProvider) -> Timestamp {
    let until = provider.created.checked_add(VALIDITY);
    until.unwrap_or(Timestamp::MAX)
}

fn arn(call: &Call) -> &str {
    call.required("SAMLProviderArn")
}

fn find<'w>(world: &'w World, call: &Call) -> Result<&'w SamlProvider, ServiceError> {
    let provider = world.saml_provider(account(call)?.as_str(), arn(call));
    provider
        .map(AsRef::as_ref)
        .ok_or_else(|| missing(arn(call)))
}

fn missing(arn: &str) -> ServiceError {
    error::no_such_entity(format!("SAMLProvider not found for arn {arn}"))
}

impl Tagged for OfSamlProvider {
    fn tags<'w>(world: &'w World, call: &Call) -> Result<&'w Tags, ServiceError> {
        Ok(&find(world, call)?.tags)
    }

    fn tags_mut<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Tags, ServiceError> {
        let provider = world.saml_provider_mut(account(call)?.as_str(), arn(call));
        let provider = provider.ok_or_else(|| missing(arn(call)))?;
        Ok(&mut provider.tags)
    }
}
