//! The metadata document of an identity provider: who it is, and the certificates of its signatures.
//!
//! AWS: IAM User Guide, Create a SAML identity provider in IAM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rolecall_wire::xml::{self, Element};

/// AWS: IAM API Reference, `CreateSAMLProvider`, `SAMLMetadataDocument`.
const LENGTHS: std::ops::RangeInclusive<usize> = 1_000..=10_000_000;

/// A metadata document that was read.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    /// The text, as given.
    pub(crate) document: String,
    /// `entityID`: the issuer of the provider's assertions.
    pub(crate) entity_id: String,
    /// The certificates of its signatures, in DER.
    #[cfg_attr(
        not(any(test, feature = "saml")),
        expect(dead_code, reason = "nobody verifies signatures without it")
    )]
    pub(crate) certificates: Vec<Vec<u8>>,
}

impl Metadata {
    /// Reads a document; the error says what is wrong with it.
    pub(crate) fn parse(document: &str) -> Result<Self, &'static str> {
        if !LENGTHS.contains(&document.chars().count()) {
            return Err("a metadata document has 1000 to 10000000 characters");
        }
        let root = xml::parse(document.as_bytes()).map_err(|_| "it is not well-formed XML")?;
        let entity = entity(&root).ok_or("it has no EntityDescriptor with an IDPSSODescriptor")?;
        let entity_id = entity.attribute("entityID").unwrap_or_default();
        if entity_id.is_empty() {
            return Err("its EntityDescriptor has no entityID");
        }
        let certificates: Vec<_> = certificates(entity).collect();
        if certificates.is_empty() {
            return Err("it has no X509Certificate for signing");
        }
        Ok(Self {
            document: document.to_owned(),
            entity_id: entity_id.to_owned(),
            certificates,
        })
    }

    /// The document of a provider with one certificate.
    pub(crate) fn of(entity_id: &str, certificate: &[u8]) -> Self {
        Self {
            document: document(&escaped_attribute(entity_id), &BASE64.encode(certificate)),
            entity_id: entity_id.to_owned(),
            certificates: vec![certificate.to_vec()],
        }
    }
}

/// The identity provider: the root, or the first of those in it.
fn entity(root: &Element) -> Option<&Element> {
    let is_provider = |entity: &&Element| {
        entity.name == "EntityDescriptor" && entity.child("IDPSSODescriptor").is_some()
    };
    std::iter::once(root)
        .chain(&root.children)
        .find(is_provider)
}

/// Keys that are for encryption alone sign nothing.
fn certificates(entity: &Element) -> impl Iterator<Item = Vec<u8>> {
    let named = |name: &'static str| move |element: &&Element| element.name == name;
    let roles = entity.children.iter().filter(named("IDPSSODescriptor"));
    let keys = roles.flat_map(|role| &role.children);
    let keys = keys.filter(named("KeyDescriptor"));
    let signing = keys.filter(|key| key.attribute("use") != Some("encryption"));
    let data = signing.filter_map(|key| key.child("KeyInfo"));
    let data = data.flat_map(|info| &info.children);
    let data = data.filter(named("X509Data"));
    let certificates = data.flat_map(|data| &data.children);
    certificates
        .filter(named("X509Certificate"))
        .filter_map(|certificate| decode(&certificate.text))
}

/// Base64, which may be broken into lines.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    BASE64
        .decode(text)
        .ok()
        .filter(|decoded| !decoded.is_empty())
}

fn document(entity_id: &str, certificate: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity_id}">
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo>
        <ds:X509Data>
          <ds:X509Certificate>{certificate}</ds:X509Certificate>
        </ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{entity_id}"/>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{entity_id}"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"#
    )
}

/// A value in the canonical form of attributes (Canonical XML 1.0, section 2.3).
pub(super) fn escaped_attribute(text: &str) -> String {
    escaped(text, |character| match character {
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        _ => None,
    })
}

/// A value in the canonical form of text.
pub(super) fn escaped_text(text: &str) -> String {
    escaped(text, |character| match character {
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        _ => None,
    })
}

/// Characters that XML can't carry become the replacement character.
fn escaped(text: &str, special: impl Fn(char) -> Option<&'static str>) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '\r' => escaped.push_str("&#xD;"),
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => {
                match special(character) {
                    Some(reference) => escaped.push_str(reference),
                    None => escaped.push(character),
                }
            }
            _ => escaped.push(char::REPLACEMENT_CHARACTER),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_document_can_be_read() {
        let generated = Metadata::of("https://idp.example.com/saml?a=1&b=\"2\"", &[1, 2, 3]);
        let read = Metadata::parse(&generated.document).unwrap();
        assert_eq!(read.entity_id, generated.entity_id);
        assert_eq!(read.certificates, [[1, 2, 3]]);
    }

    /// AWS: IAM User Guide, Create a SAML identity provider in IAM: issuer's name and keys.
    #[test]
    fn a_document_without_issuer_or_signing_key_is_refused() {
        let good = Metadata::of("https://idp.example.com/saml", &[1; 300]).document;
        let rows = [
            (String::new(), "characters"),
            (format!("<a>{}</a>", " ".repeat(2000)), "EntityDescriptor"),
            (good.replace("</md:IDPSSODescriptor>", ""), "well-formed"),
            (
                good.replace("IDPSSODescriptor", "SPSSODescriptor"),
                "IDPSSODescriptor",
            ),
            (good.replace("entityID=", "id="), "entityID"),
            (
                good.replace("use=\"signing\"", "use=\"encryption\""),
                "X509Certificate",
            ),
            (good.replace("AQEB", "!"), "X509Certificate"),
        ];
        for (document, part) in rows {
            let problem = Metadata::parse(&document).unwrap_err();
            assert!(problem.contains(part), "{problem}: {document}");
        }
        let unsaid = good.replace(" use=\"signing\"", "");
        assert!(Metadata::parse(&unsaid).is_ok());
    }
}
