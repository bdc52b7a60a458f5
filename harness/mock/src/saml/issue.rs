//! Responses of a provider whose key is the mock's own.
//!
//! The assertion and the part that its signature is over are written in canonical form (Exclusive XML Canonicalization
//! 1.0) to begin with, so that they can be digested as they stand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::metadata::{escaped_attribute, escaped_text};
use super::{ASSERTION, PROTOCOL, SIGNATURE, Signer};

const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
/// AWS: IAM User Guide, Configure SAML assertions for the authentication response.
const SIGN_IN: &str = "https://signin.aws.amazon.com/saml";
const LIFE: SignedDuration = SignedDuration::from_mins(5);

/// What an assertion is to say.
///
/// # Example
///
/// ```
/// use rolecall_mock::AssertionSpec;
///
/// let role = "arn:aws:iam::123456789012:role/Deploy,arn:aws:iam::123456789012:saml-provider/ADFS";
/// let mut spec = AssertionSpec::new("alice");
/// spec.attributes = vec![
///     ("https://aws.amazon.com/SAML/Attributes/Role".to_owned(), vec![role.to_owned()]),
///     ("https://aws.amazon.com/SAML/Attributes/RoleSessionName".to_owned(), vec!["alice".to_owned()]),
/// ];
/// assert_eq!(spec.recipient, "https://signin.aws.amazon.com/saml");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionSpec {
    /// Who signed in (`NameID`).
    pub subject: String,
    /// The URI of the subject's format; `…:persistent` unless said.
    pub subject_format: String,
    /// Whom it is for; `https://signin.aws.amazon.com/saml` unless said.
    pub audience: String,
    /// Where it is to be taken; the same unless said.
    pub recipient: String,
    /// How long it is good for, counted from its issue; five minutes unless said. A negative one is over already.
    pub life: SignedDuration,
    /// How long the session at the provider lasts, counted from the issue; unlimited unless said.
    pub session: Option<SignedDuration>,
    /// Attributes and their values, in order.
    pub attributes: Vec<(String, Vec<String>)>,
}

impl AssertionSpec {
    /// An assertion about a subject, for AWS, without attributes.
    pub fn new(subject: &str) -> Self {
        Self {
            subject: subject.to_owned(),
            subject_format: PERSISTENT.to_owned(),
            audience: SIGN_IN.to_owned(),
            recipient: SIGN_IN.to_owned(),
            life: LIFE,
            session: None,
            attributes: Vec::new(),
        }
    }
}

/// A response with a signed assertion, in base64: a value for `SAMLAssertion`.
pub(crate) fn response(
    signer: &Signer,
    issuer: &str,
    spec: &AssertionSpec,
    now: Timestamp,
) -> String {
    let issuer = escaped_text(issuer);
    let id = id(&issuer, spec, now);
    let instant = format!("{now:.0}");
    let head = format!(
        r#"<saml:Assertion xmlns:saml="{ASSERTION}" ID="{id}" IssueInstant="{instant}" Version="2.0"><saml:Issuer>{issuer}</saml:Issuer>"#
    );
    let rest = format!("{}</saml:Assertion>", statements(spec, now));
    let signature = signature(signer, &id, &format!("{head}{rest}"));
    BASE64.encode(format!(
        r#"<samlp:Response xmlns:samlp="{PROTOCOL}" Destination="{}" ID="{id}-response" IssueInstant="{instant}" Version="2.0"><saml:Issuer xmlns:saml="{ASSERTION}">{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>{head}{signature}{rest}</samlp:Response>"#,
        escaped_attribute(&spec.recipient)
    ))
}

fn statements(spec: &AssertionSpec, now: Timestamp) -> String {
    let after = |life: SignedDuration| {
        let time = now.checked_add(life).unwrap_or(Timestamp::MAX);
        format!("{time:.0}")
    };
    let format = escaped_attribute(&spec.subject_format);
    let recipient = escaped_attribute(&spec.recipient);
    let (subject, audience) = (escaped_text(&spec.subject), escaped_text(&spec.audience));
    let (issued, expires) = (after(SignedDuration::ZERO), after(spec.life));
    let session = spec.session.map_or_else(String::new, |session| {
        format!(r#" SessionNotOnOrAfter="{}""#, after(session))
    });
    let attributes: String = spec.attributes.iter().map(attribute).collect();
    let attributes = if attributes.is_empty() {
        attributes
    } else {
        format!("<saml:AttributeStatement>{attributes}</saml:AttributeStatement>")
    };
    format!(
        r#"<saml:Subject><saml:NameID Format="{format}">{subject}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{expires}" Recipient="{recipient}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{issued}" NotOnOrAfter="{expires}"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{issued}"{session}><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>{attributes}"#
    )
}

fn attribute((name, values): &(String, Vec<String>)) -> String {
    let value = |value: &String| {
        format!(
            "<saml:AttributeValue>{}</saml:AttributeValue>",
            escaped_text(value)
        )
    };
    let values: String = values.iter().map(value).collect();
    format!(
        r#"<saml:Attribute Name="{}">{values}</saml:Attribute>"#,
        escaped_attribute(name)
    )
}

fn signature(signer: &Signer, id: &str, assertion: &str) -> String {
    let digest = BASE64.encode(Sha256::digest(assertion));
    let algorithm = signer.algorithm();
    let info = format!(
        r##"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="{algorithm}"></ds:SignatureMethod><ds:Reference URI="#{id}"><ds:Transforms><ds:Transform Algorithm="{SIGNATURE}enveloped-signature"></ds:Transform><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"##
    );
    let canonical = format!(r#"<ds:SignedInfo xmlns:ds="{SIGNATURE}">{info}</ds:SignedInfo>"#);
    let value = BASE64.encode(signer.sign(canonical.as_bytes()));
    format!(
        r#"<ds:Signature xmlns:ds="{SIGNATURE}"><ds:SignedInfo>{info}</ds:SignedInfo><ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"#
    )
}

/// An id that follows from what is said and when.
fn id(issuer: &str, spec: &AssertionSpec, now: Timestamp) -> String {
    let said = format!("{issuer} {now} {spec:?}");
    let digest = crate::ids::hex(&Sha256::digest(said));
    format!("_{}", digest.get(..32).unwrap_or_default())
}
