//! `--tls`: the certificate, and where the clients find what to trust.

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rolecall_mock::carrier::server::{Certificate, CertificateError};

use crate::cli::{Exit, complain};

/// The flags that have to do with TLS
#[derive(Debug, clap::Args)]
pub(super) struct Encryption {
    /// Speak TLS with a certificate generated for this machine; the authority to trust is written to --tls-ca
    #[arg(long)]
    tls: bool,

    /// Speak TLS with this certificate: a PEM file, with the certificates between it and its authority
    #[arg(
        long,
        value_name = "FILE",
        requires = "tls_key",
        conflicts_with = "tls"
    )]
    tls_cert: Option<PathBuf>,

    /// The certificate's private key, a PEM file
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,

    /// Where the generated authority's certificate is written, for `AWS_CA_BUNDLE` [default: a file in the temporary
    /// folder, removed at the end]
    #[arg(long, value_name = "FILE", requires = "tls")]
    tls_ca: Option<PathBuf>,
}

/// A certificate, and the file of the authority behind it.
pub(super) struct Encrypted {
    pub(super) certificate: Certificate,
    pub(super) authority: Option<Authority>,
}

/// The file of a generated authority; one that nobody asked for is removed with it.
pub(super) struct Authority {
    path: PathBuf,
    is_temporary: bool,
}

impl Authority {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Encryption {
    /// The certificate that is asked for, if one is.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`], told, for files that can't be used; [`Exit::Error`] if the authority can't be written.
    pub(super) fn prepare(&self, host: IpAddr) -> Result<Option<Encrypted>, Exit> {
        if let (Some(certificate), Some(key)) = (&self.tls_cert, &self.tls_key) {
            return given(certificate, key).map(Some);
        }
        if !self.tls {
            return Ok(None);
        }
        let certificate = Certificate::generate(host).map_err(|error| {
            complain(&format!("no certificate can be generated: {error}"), None);
            Exit::Error
        })?;
        let authority = self.write_authority(certificate.authority().unwrap_or_default());
        let authority = authority.map_err(|(path, error)| {
            let path = path.display();
            complain(
                &format!("the authority can't be written to {path}: {error}"),
                None,
            );
            Exit::Error
        })?;
        Ok(Some(Encrypted {
            certificate,
            authority: Some(authority),
        }))
    }

    fn write_authority(&self, pem: &str) -> Result<Authority, (PathBuf, io::Error)> {
        let (path, is_temporary) = match &self.tls_ca {
            Some(path) => (path.clone(), false),
            None => (temporary(), true),
        };
        let written = if is_temporary {
            // Nobody else may have put a file, or a link, in its place.
            let file = std::fs::File::create_new(&path);
            file.and_then(|mut file| io::Write::write_all(&mut file, pem.as_bytes()))
        } else {
            std::fs::write(&path, pem)
        };
        match written {
            Ok(()) => Ok(Authority { path, is_temporary }),
            Err(error) => Err((path, error)),
        }
    }
}

fn temporary() -> PathBuf {
    let name = format!("rolecall-ca-{}.pem", std::process::id());
    std::env::temp_dir().join(name)
}

fn given(certificate: &Path, key: &Path) -> Result<Encrypted, Exit> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| {
            complain(&format!("{} can't be read: {error}", path.display()), None);
            Exit::Usage
        })
    };
    let read = Certificate::from_pem(&read(certificate)?, &read(key)?);
    let certificate = read.map_err(|error| {
        let file = match error {
            CertificateError::NoKey => key,
            _ => certificate,
        };
        complain(
            &format!("{}: {error}", file.display()),
            Some("both files are in PEM form: -----BEGIN CERTIFICATE-----, -----BEGIN PRIVATE KEY-----"),
        );
        Exit::Usage
    })?;
    Ok(Encrypted {
        certificate,
        authority: None,
    })
}
