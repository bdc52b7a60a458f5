//! Certificates for the server: given, or generated with an authority of their own.

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, version};

/// The names that a generated certificate is for, beside the server's address. The wildcards are for buckets.
const NAMES: [&str; 3] = ["localhost", "*.localhost", "*.s3.localhost"];

/// What a server shows its clients, and the key behind it.
#[derive(Clone)]
pub struct Certificate {
    config: Arc<ServerConfig>,
    authority: Option<String>,
}

/// Why there can be no such certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is no certificate in the text.
    #[error("there is no certificate in PEM form in it")]
    NoCertificate,
    /// There is no key in the text.
    #[error("there is no private key in PEM form in it")]
    NoKey,
    /// The two don't belong together, or are of a kind that isn't known.
    #[error("the certificate can't be used: {0}")]
    Unusable(String),
}

impl Certificate {
    /// Generates a certificate for this machine and the address, and an authority that signs it.
    pub fn generate(address: IpAddr) -> Result<Self, CertificateError> {
        let unusable = |error: rcgen::Error| CertificateError::Unusable(error.to_string());
        let authority_key = KeyPair::generate().map_err(unusable)?;
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let name = &mut authority.distinguished_name;
        name.push(DnType::CommonName, "rolecall test authority");
        let authority_pem = authority
            .self_signed(&authority_key)
            .map_err(unusable)?
            .pem();
        let issuer = Issuer::new(authority, authority_key);

        let mut names: Vec<String> = NAMES.map(str::to_owned).to_vec();
        names.extend(["127.0.0.1".to_owned(), "::1".to_owned()]);
        if !address.is_unspecified() && !address.is_loopback() {
            names.push(address.to_string());
        }
        let key = KeyPair::generate().map_err(unusable)?;
        let mut params = CertificateParams::new(names).map_err(unusable)?;
        params
            .distinguished_name
            .push(DnType::CommonName, "rolecall");
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &issuer).map_err(unusable)?;
        let given = Self::from_pem(&certificate.pem(), &key.serialize_pem())?;
        Ok(Self {
            authority: Some(authority_pem),
            ..given
        })
    }

    /// Takes a certificate (with the certificates between it and its authority) and its key, in PEM form.
    pub fn from_pem(certificates: &str, key: &str) -> Result<Self, CertificateError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(certificates.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|_| CertificateError::NoCertificate)?;
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes());
        let key = key.map_err(|_| CertificateError::NoKey)?;
        let unusable =
            |error: tokio_rustls::rustls::Error| CertificateError::Unusable(error.to_string());
        let provider = Arc::new(ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(unusable)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            authority: None,
        })
    }

    /// The certificate of a generated authority in PEM form: what clients are to trust.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_told_apart_from_what_is_no_key() {
        let made = Certificate::generate(IpAddr::from([127, 0, 0, 1])).unwrap();
        let authority = made.authority().unwrap();
        assert!(matches!(
            Certificate::from_pem("", ""),
            Err(CertificateError::NoCertificate)
        ));
        assert!(matches!(
            Certificate::from_pem(authority, "no key"),
            Err(CertificateError::NoKey)
        ));
        let other = KeyPair::generate().unwrap().serialize_pem();
        assert!(matches!(
            Certificate::from_pem(authority, &other),
            Err(CertificateError::Unusable(_))
        ));
    }
}
