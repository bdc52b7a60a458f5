//! What policies can test of an assertion.
//!
//! AWS: IAM User Guide, IAM and AWS STS condition context keys, keys for SAML-based AWS STS federation; Service
//! Authorization Reference, AWS Security Token Service.

use rolecall_policy::Context;

use super::saml;
use super::saml_identity::SamlIdentity;
use crate::context::ContextKey;
use crate::service::call::Call;

/// How many values a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Values {
    One,
    Many,
}
use Values::{Many, One};

/// Attributes and their keys: the key's name, and the object identifier by which an assertion names the attribute
/// (`urn:oid:…`, eduPerson and X.500), where there is one.
const ATTRIBUTES: [(&str, &str, Values); 26] = [
    ("cn", "2.5.4.3", Many),
    ("eduPersonAffiliation", "1.3.6.1.4.1.5923.1.1.1.1", Many),
    ("eduPersonNickname", "1.3.6.1.4.1.5923.1.1.1.2", Many),
    ("eduPersonOrgDN", "1.3.6.1.4.1.5923.1.1.1.3", One),
    ("eduPersonOrgUnitDN", "1.3.6.1.4.1.5923.1.1.1.4", Many),
    (
        "eduPersonPrimaryAffiliation",
        "1.3.6.1.4.1.5923.1.1.1.5",
        One,
    ),
    ("eduPersonPrincipalName", "1.3.6.1.4.1.5923.1.1.1.6", One),
    ("eduPersonEntitlement", "1.3.6.1.4.1.5923.1.1.1.7", Many),
    ("eduPersonPrimaryOrgUnitDN", "1.3.6.1.4.1.5923.1.1.1.8", One),
    (
        "eduPersonScopedAffiliation",
        "1.3.6.1.4.1.5923.1.1.1.9",
        Many,
    ),
    ("eduPersonTargetedID", "1.3.6.1.4.1.5923.1.1.1.10", Many),
    ("eduPersonAssurance", "1.3.6.1.4.1.5923.1.1.1.11", Many),
    ("eduOrgHomePageURI", "1.3.6.1.4.1.5923.1.2.1.2", Many),
    (
        "eduOrgIdentityAuthNPolicyURI",
        "1.3.6.1.4.1.5923.1.2.1.3",
        Many,
    ),
    ("eduOrgLegalName", "1.3.6.1.4.1.5923.1.2.1.4", Many),
    ("eduOrgSuperiorURI", "1.3.6.1.4.1.5923.1.2.1.5", Many),
    ("eduOrgWhitePagesURI", "1.3.6.1.4.1.5923.1.2.1.6", Many),
    ("uid", "0.9.2342.19200300.100.1.1", One),
    ("mail", "0.9.2342.19200300.100.1.3", One),
    ("organizationStatus", "0.9.2342.19200300.100.1.45", One),
    ("x500UniqueIdentifier", "2.5.4.45", One),
    ("name", "", One),
    ("commonName", "", One),
    ("givenName", "", One),
    ("surname", "", One),
    ("primaryGroupSID", "", One),
];

/// The names that Active Directory Federation Services gives to attributes, in lower case, and what they are.
const CLAIM_TYPES: [(&str, &str); 6] = [
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "name",
    ),
    ("http://schemas.xmlsoap.org/claims/commonname", "commonName"),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
        "givenName",
    ),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        "surname",
    ),
    (
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "mail",
    ),
    (
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",
        "primaryGroupSID",
    ),
];

/// The keys of the request itself.
pub(super) fn of_request(identity: &SamlIdentity, context: &mut Context) {
    for key in of_session(identity) {
        key.set(context);
    }
    let (account, name) = &identity.provider;
    context.set("saml:aud", identity.recipient.as_str());
    context.set("saml:iss", identity.issuer.as_str());
    context.set("saml:doc", format!("{account}/{name}"));
    for (name, values) in &identity.attributes {
        if let Some(key) = attribute(name, values) {
            key.set(context);
        }
    }
}

/// The keys of the session's later requests.
pub(super) fn of_session(identity: &SamlIdentity) -> Vec<ContextKey> {
    vec![
        ContextKey::single("aws:FederatedProvider", &identity.provider_arn),
        ContextKey::single("saml:namequalifier", &identity.name_qualifier()),
        ContextKey::single("saml:sub", &identity.subject),
        ContextKey::single("saml:sub_type", &identity.subject_type),
    ]
}

/// `sts:RoleSessionName`, which the assertion has and not the request.
pub(super) fn session_name(call: &Call, context: &mut Context) {
    if let Some(identity) = saml::of(call) {
        context.set("sts:RoleSessionName", identity.session_name.as_str());
    }
}

/// An attribute's key; `None` if AWS has none for it.
fn attribute(written: &str, values: &[String]) -> Option<ContextKey> {
    let claim = CLAIM_TYPES
        .iter()
        .find(|(claim, _)| written.eq_ignore_ascii_case(claim));
    let name = claim.map_or(written, |(_, name)| name);
    let identifier = name.strip_prefix("urn:oid:");
    let is_it = |(known, known_identifier, _): &&(&str, &str, Values)| match identifier {
        Some(identifier) => identifier == *known_identifier,
        None => known.eq_ignore_ascii_case(name),
    };
    let (name, _, count) = ATTRIBUTES.iter().find(is_it)?;
    let values = match count {
        Many => values.to_vec(),
        One => values.first().into_iter().cloned().collect(),
    };
    Some(ContextKey {
        key: format!("saml:{name}"),
        values,
        multivalued: *count == Many,
    })
}
