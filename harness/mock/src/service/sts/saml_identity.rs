//! The assertion of a SAML provider: verified, and what it tells.
//!
//! AWS: IAM User Guide, Configure SAML assertions for the authentication response, and Troubleshoot SAML federation with
//! IAM, which has the texts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use rolecall_wire::ServiceError;

use super::provided::{Passed, checked_source_identity, expired_token, invalid_token, is_name};
use super::{access_denied, validation_error};
use crate::saml::{Assertion, Refusal, saml_name_qualifier};
use crate::service::call::Call;
use crate::world::{AccountId, RoleArn, SamlProvider, World};

/// In front of the names of AWS's own attributes.
const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";
/// How long an assertion is good for.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// AWS takes it off the name of a subject's format.
const FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";

/// Whom an assertion vouches for.
#[derive(Clone, Debug)]
pub(crate) struct SamlIdentity {
    pub(crate) provider_arn: String,
    /// The provider's account and name.
    pub(super) provider: (String, String),
    pub(super) issuer: String,
    pub(crate) subject: String,
    /// `persistent`, `transient`, or the URI of another format.
    pub(super) subject_type: String,
    /// `saml:aud`.
    pub(super) recipient: String,
    pub(super) session_name: String,
    /// `SessionDuration`, in seconds.
    pub(super) duration: Option<i64>,
    /// The end of the session at the provider.
    pub(super) session_expires: Option<Timestamp>,
    pub(super) passed: Passed,
    /// All attributes, by their names.
    pub(super) attributes: Vec<(String, Vec<String>)>,
}

impl SamlIdentity {
    /// `saml:namequalifier`.
    pub(crate) fn name_qualifier(&self) -> String {
        let (account, name) = &self.provider;
        saml_name_qualifier(&self.issuer, account, name)
    }
}

/// Reads the request's assertion and verifies it. Where nothing is enforced, any assertion will do that can be read.
pub(super) fn verify(world: &World, call: &Call) -> Result<SamlIdentity, ServiceError> {
    let (role_arn, provider_arn) = (call.required("RoleArn"), call.required("PrincipalArn"));
    let account = RoleArn::parse(role_arn).and_then(|role| AccountId::parse(role.account).ok());
    let account = account.ok_or_else(|| validation_error("Request ARN is invalid"))?;
    let text = decode(call.required("SAMLAssertion"))
        .ok_or_else(|| invalid_token("Invalid base64 SAMLResponse"))?;
    let provider = call
        .enforce
        .then(|| provider(world, &account, provider_arn));
    let provider = provider.transpose()?;
    let assertion = Assertion::open(&text, provider.map(|provider| &provider.metadata));
    let assertion = assertion.map_err(refused)?;
    if call.enforce {
        check_audience(&assertion)?;
        check_time(&assertion, call.now())?;
        check_role(&assertion, role_arn, provider_arn)?;
    }
    let name = provider_arn.rsplit('/').next().unwrap_or_default();
    read(
        assertion,
        provider_arn,
        (account.to_string(), name.to_owned()),
    )
}

/// Base64, which may be broken into lines, of UTF-8 text.
fn decode(assertion: &str) -> Option<String> {
    let assertion: String = assertion.split_ascii_whitespace().collect();
    String::from_utf8(BASE64.decode(assertion).ok()?).ok()
}

fn provider<'w>(
    world: &'w World,
    account: &AccountId,
    arn: &str,
) -> Result<&'w SamlProvider, ServiceError> {
    let known = world.saml_provider(account.as_str(), arn);
    let known = known.filter(|_| arn.starts_with("arn:"));
    known
        .map(AsRef::as_ref)
        .ok_or_else(|| invalid_token("Specified provider doesn't exist"))
}

/// AWS's words for what isn't a response with one assertion aren't known.
fn refused(refusal: Refusal) -> ServiceError {
    match refusal {
        Refusal::Unreadable => invalid_token("Invalid SAML response"),
        Refusal::OtherIssuer => invalid_token("Issuer not present in specified provider"),
        Refusal::Signature => invalid_token("Response signature invalid"),
        Refusal::NotBuilt => ServiceError::new(
            501,
            "NotImplemented",
            "sts:AssumeRoleWithSAML needs this mock to be built with its feature `saml`",
        ),
    }
}

/// AWS: IAM User Guide, Configure SAML assertions for the authentication response: the audience, and the recipient, which
/// is a sign-in endpoint. The text for a recipient that is none isn't known; it is the audience's.
fn check_audience(assertion: &Assertion) -> Result<(), ServiceError> {
    let is_audience = |audience: &String| {
        is_sign_in_endpoint(audience) || audience.starts_with("urn:amazon:webservices")
    };
    let recipient = assertion.recipient.as_deref().unwrap_or_default();
    if assertion.audiences.iter().any(is_audience) && is_sign_in_endpoint(recipient) {
        return Ok(());
    }
    Err(invalid_token(
        "Response does not contain the required audience.",
    ))
}

/// `https://signin.aws.amazon.com/saml`, with a region in front, or of another partition.
fn is_sign_in_endpoint(url: &str) -> bool {
    let Some(host) = url
        .strip_prefix("https://")
        .and_then(|rest| rest.strip_suffix("/saml"))
    else {
        return false;
    };
    let is_label = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    [
        "signin.aws.amazon.com",
        "signin.amazonaws-us-gov.com",
        "signin.amazonaws.cn",
    ]
    .iter()
    .any(|domain| match host.strip_suffix(domain) {
        Some("") => true,
        Some(region) => region
            .strip_suffix('.')
            .is_some_and(|region| !region.is_empty() && region.bytes().all(is_label)),
        None => false,
    })
}

/// An assertion is to be used at once. AWS's answer to one that isn't good yet isn't known.
fn check_time(assertion: &Assertion, now: Timestamp) -> Result<(), ServiceError> {
    let issued_until = assertion
        .issued
        .saturating_add(LIFE)
        .unwrap_or(Timestamp::MAX);
    let ends = assertion
        .expires
        .map_or(issued_until, |end| end.min(issued_until));
    if now >= ends || assertion.session_expires.is_some_and(|end| now >= end) {
        return Err(expired_token(
            "Token must be redeemed within 5 minutes of issuance",
        ));
    }
    let begins = assertion.not_before.unwrap_or(assertion.issued);
    if begins > now.saturating_add(LIFE).unwrap_or(Timestamp::MAX) {
        return Err(invalid_token("The assertion is not valid yet"));
    }
    Ok(())
}

/// The attribute `Role` lists pairs of a role and a provider, in either order.
fn check_role(assertion: &Assertion, role: &str, provider: &str) -> Result<(), ServiceError> {
    let is_asked = |pair: &String| {
        let pair = pair.split_once(',');
        let pair = pair.map(|(one, other)| (one.trim(), other.trim()));
        pair == Some((role, provider)) || pair == Some((provider, role))
    };
    if values(assertion, "Role").iter().any(is_asked) {
        return Ok(());
    }
    Err(access_denied(
        "Not authorized to perform sts:AssumeRoleWithSAML",
    ))
}

fn read(
    assertion: Assertion,
    provider_arn: &str,
    provider: (String, String),
) -> Result<SamlIdentity, ServiceError> {
    let source_identity = values(&assertion, "SourceIdentity").first();
    let source_identity = source_identity.map(|text| checked_source_identity(text));
    let format = assertion.subject_format.as_str();
    Ok(SamlIdentity {
        provider_arn: provider_arn.to_owned(),
        provider,
        session_name: session_name(&assertion)?,
        duration: session_duration(&assertion)?,
        passed: Passed {
            tags: tags(&assertion)?,
            transitive_tags: values(&assertion, "TransitiveTagKeys").to_vec(),
            source_identity: source_identity.transpose()?,
        },
        subject_type: format.strip_prefix(FORMAT).unwrap_or(format).to_owned(),
        issuer: assertion.issuer,
        subject: assertion.subject,
        recipient: assertion.recipient.unwrap_or_default(),
        session_expires: assertion.session_expires,
        attributes: assertion.attributes,
    })
}

fn session_name(assertion: &Assertion) -> Result<String, ServiceError> {
    match values(assertion, "RoleSessionName") {
        [name] if is_name(name) => Ok(name.clone()),
        [] => Err(invalid_token(
            "RoleSessionName is required in AuthnResponse",
        )),
        _ => Err(invalid_token(
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        )),
    }
}

/// AWS's text for what isn't a number of seconds isn't known.
fn session_duration(assertion: &Assertion) -> Result<Option<i64>, ServiceError> {
    let Some(text) = values(assertion, "SessionDuration").first() else {
        return Ok(None);
    };
    let seconds = text.parse().ok();
    let seconds = seconds.filter(|seconds| (900..=43_200).contains(seconds));
    seconds.map(Some).ok_or_else(|| {
        invalid_token("SessionDuration in AuthnResponse must be an integer from 900 to 43200")
    })
}

/// A tag has one value. AWS's text for more of them isn't known.
fn tags(assertion: &Assertion) -> Result<Vec<(String, String)>, ServiceError> {
    let prefix = format!("{ATTRIBUTES}PrincipalTag:");
    let tag = |(name, values): &(String, Vec<String>)| {
        let key = name.strip_prefix(&prefix)?;
        Some(match values.as_slice() {
            [value] => Ok((key.to_owned(), value.clone())),
            _ => Err(invalid_token(&format!(
                "The session tag {key} must have exactly one value"
            ))),
        })
    };
    assertion.attributes.iter().filter_map(tag).collect()
}

/// The values of one of AWS's own attributes.
fn values<'a>(assertion: &'a Assertion, name: &str) -> &'a [String] {
    let is_it = |(known, _): &&(String, Vec<String>)| {
        known
            .strip_prefix(ATTRIBUTES)
            .is_some_and(|known| known == name)
    };
    let found = assertion.attributes.iter().find(is_it);
    found.map_or(&[], |(_, values)| values)
}
