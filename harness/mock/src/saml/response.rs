//! Reads responses and verifies their signatures (XML Signature 1.1), by way of the crate `xml-sec`.
//!
//! A signature counts for what it covers and for nothing else: the one assertion that is read must lie, whole, under a
//! signature by a key of the provider's metadata. Two assertions, or one in the wrong place, are refused, so that none
//! can be wrapped around another. Keys in the response itself are never looked at.

use jiff::Timestamp;
use xml_sec::xmldsig::{
    CallerTrustedSignatureKey, SignatureAlgorithm, VerificationKey, VerificationRequest,
    VerifyContext,
};
use xml_sec::{Document, DocumentView, Node, NodeIdentity, XmlDocument};

use super::{ASSERTION, Assertion, Metadata, PROTOCOL, Refusal, SIGNATURE, certificate};

/// The most signatures that are looked at: one of the response, and one of the assertion.
const MAX_SIGNATURES: usize = 2;
/// The signature algorithms that are taken.
const ALGORITHMS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];

/// Reads the assertion of a response, which is to be signed by a provider; by nobody where none is given.
pub(super) fn open(text: &str, provider: Option<&Metadata>) -> Result<Assertion, Refusal> {
    let document = XmlDocument::parse(text.to_owned()).map_err(|_| Refusal::Unreadable)?;
    let (target, assertion) = document
        .with_view(|view| {
            let assertion = only_assertion(view.document())?;
            Some((identity(view, assertion)?, read(assertion)?))
        })
        .ok_or(Refusal::Unreadable)?;
    let Some(provider) = provider else {
        return Ok(assertion);
    };
    if assertion.issuer != provider.entity_id {
        return Err(Refusal::OtherIssuer);
    }
    let algorithms = document.with_view(|view| algorithms(view.document()));
    let algorithms = algorithms.ok_or(Refusal::Signature)?;
    let is_signed = provider
        .certificates
        .iter()
        .filter_map(|certificate| certificate::public_key(certificate))
        .any(|key| is_signed(&document, target, &algorithms, key) == Some(true));
    is_signed.then_some(assertion).ok_or(Refusal::Signature)
}

/// Whether every signature is a key's, and one of them covers the target.
fn is_signed(
    document: &XmlDocument,
    target: NodeIdentity,
    algorithms: &[SignatureAlgorithm],
    public_key: &[u8],
) -> Option<bool> {
    let context = VerifyContext::new();
    let signatures = context.signature_identities(document).ok()?;
    let keys: Vec<_> = algorithms
        .iter()
        .map(|algorithm| VerificationKey {
            algorithm: *algorithm,
            public_key_bytes: public_key.to_vec(),
            certificate_der: None,
            name: None,
        })
        .collect();
    if signatures.len() != keys.len() {
        return None;
    }
    let trusted: Vec<_> = signatures
        .iter()
        .zip(&keys)
        .map(|(signature, key)| CallerTrustedSignatureKey {
            signature: *signature,
            key,
        })
        .collect();
    let request = VerificationRequest {
        expected_targets: &[target],
        trusted_keys: &trusted,
        ..VerificationRequest::default()
    };
    let evidence = context.verify_request(document, &request).ok()?;
    evidence.accepted(document).ok()
}

/// The algorithms of the signatures, in the order of the document; `None` if there is none, or too many, or another.
fn algorithms(document: &Document<'_>) -> Option<Vec<SignatureAlgorithm>> {
    let signatures = document
        .descendants()
        .filter(|node| node.has_tag_name((SIGNATURE, "Signature")));
    let algorithm = |signature: Node<'_, '_>| {
        let info = child(signature, SIGNATURE, "SignedInfo")?;
        let method = child(info, SIGNATURE, "SignatureMethod")?;
        let algorithm = SignatureAlgorithm::from_uri(method.attribute("Algorithm")?)?;
        ALGORITHMS.contains(&algorithm).then_some(algorithm)
    };
    let algorithms: Vec<_> = signatures
        .take(MAX_SIGNATURES + 1)
        .map(algorithm)
        .collect::<Option<_>>()?;
    (1..=MAX_SIGNATURES)
        .contains(&algorithms.len())
        .then_some(algorithms)
}

/// The one assertion of a document, in its place: a child of the response.
fn only_assertion<'a>(document: &'a Document<'a>) -> Option<Node<'a, 'a>> {
    let root = document.root_element();
    if !root.has_tag_name((PROTOCOL, "Response")) {
        return None;
    }
    let mut all = document.descendants().filter(|node| {
        node.has_tag_name((ASSERTION, "Assertion"))
            || node.has_tag_name((ASSERTION, "EncryptedAssertion"))
    });
    let (only, another) = (all.next()?, all.next());
    let in_place = only.parent_element().map(Node::id) == Some(root.id());
    let is_plain = only.has_tag_name((ASSERTION, "Assertion"));
    (another.is_none() && in_place && is_plain).then_some(only)
}

/// The element's identity by its id, which no other element may have.
fn identity(view: DocumentView<'_>, assertion: Node<'_, '_>) -> Option<NodeIdentity> {
    view.node_for_id(assertion.attribute("ID")?, &[])
}

fn read(assertion: Node<'_, '_>) -> Option<Assertion> {
    let subject = child(assertion, ASSERTION, "Subject")?;
    let name = child(subject, ASSERTION, "NameID")?;
    let confirmed = child(subject, ASSERTION, "SubjectConfirmation");
    let confirmed = confirmed.and_then(|node| child(node, ASSERTION, "SubjectConfirmationData"));
    let conditions = child(assertion, ASSERTION, "Conditions");
    let session = child(assertion, ASSERTION, "AuthnStatement");
    let ends = [confirmed, conditions].into_iter().flatten();
    let ends: Vec<_> = ends
        .map(|node| time(node, "NotOnOrAfter"))
        .collect::<Option<_>>()?;
    Some(Assertion {
        issuer: text(child(assertion, ASSERTION, "Issuer")?),
        subject: text(name),
        subject_format: name
            .attribute("Format")
            .unwrap_or("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
            .to_owned(),
        recipient: confirmed
            .and_then(|data| data.attribute("Recipient"))
            .map(str::to_owned),
        audiences: audiences(conditions),
        issued: time(assertion, "IssueInstant")??,
        not_before: optional_time(conditions, "NotBefore")?,
        expires: ends.into_iter().flatten().min(),
        session_expires: optional_time(session, "SessionNotOnOrAfter")?,
        attributes: attributes(assertion),
    })
}

fn audiences(conditions: Option<Node<'_, '_>>) -> Vec<String> {
    let restrictions = conditions
        .into_iter()
        .flat_map(|conditions| children(conditions, "AudienceRestriction"));
    restrictions
        .flat_map(|restriction| children(restriction, "Audience"))
        .map(text)
        .collect()
}

fn attributes(assertion: Node<'_, '_>) -> Vec<(String, Vec<String>)> {
    children(assertion, "AttributeStatement")
        .flat_map(|statement| children(statement, "Attribute"))
        .filter_map(|attribute| {
            let values = children(attribute, "AttributeValue").map(text).collect();
            Some((attribute.attribute("Name")?.to_owned(), values))
        })
        .collect()
}

/// A time that an element may have: `None` if it has one that is none.
#[expect(clippy::option_option, reason = "absent and unreadable differ")]
fn time(node: Node<'_, '_>, name: &str) -> Option<Option<Timestamp>> {
    match node.attribute(name) {
        Some(time) => Some(Some(time.parse().ok()?)),
        None => Some(None),
    }
}

#[expect(clippy::option_option, reason = "absent and unreadable differ")]
fn optional_time(node: Option<Node<'_, '_>>, name: &str) -> Option<Option<Timestamp>> {
    node.map_or(Some(None), |node| time(node, name))
}

fn child<'a>(node: Node<'a, 'a>, namespace: &str, name: &str) -> Option<Node<'a, 'a>> {
    node.children()
        .find(|child| child.has_tag_name((namespace, name)))
}

fn children<'a>(node: Node<'a, 'a>, name: &'static str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.children()
        .filter(move |child| child.has_tag_name((ASSERTION, name)))
}

/// All text directly inside: a comment doesn't cut it off, since signatures don't see comments.
fn text(node: Node<'_, '_>) -> String {
    let parts = node.children().filter(Node::is_text);
    let text: String = parts.filter_map(Node::text).collect();
    text.trim().to_owned()
}
