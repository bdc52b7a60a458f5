//! Identity providers and their keys.

use std::sync::Arc;

use jiff::Timestamp;
use rolecall_mock::{
    OidcProviderSpec, ProviderKeysSpec, SamlMetadataSpec, SamlProviderSpec, World, WorldError,
};
use rolecall_policy::{Entry, Node, Span, Value, json};

use super::Lower;
use super::world::name;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{OidcProvider, ProviderKeys, SamlProvider};
use crate::scenario::nearest::nearest;
use crate::scenario::text::to_json;
use crate::scenario::tree::{scalar, section, spanned, text, texts};

/// An issuer without TLS may be on this machine.
fn is_on_loopback(url: &str) -> bool {
    ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .filter_map(|host| url.strip_prefix(host))
        .any(|rest| rest.is_empty() || rest.starts_with([':', '/']))
}

/// The account of providers that are only tried out.
const ACCOUNT: &str = "123456789012";

/// Why a world of its own doesn't take a provider.
fn refused(add: impl FnOnce(&mut World) -> Result<String, WorldError>) -> Option<WorldError> {
    let mut world = World::new(0, Timestamp::UNIX_EPOCH);
    let added = world.add_account(ACCOUNT).and_then(|()| add(&mut world));
    added.err()
}

fn jwks_spec(text: &str) -> OidcProviderSpec {
    OidcProviderSpec {
        account: ACCOUNT.to_owned(),
        url: "https://issuer.example.com".to_owned(),
        audiences: Vec::new(),
        keys: ProviderKeysSpec::Jwks(text.to_owned()),
    }
}

fn metadata_spec(text: &str) -> SamlProviderSpec {
    SamlProviderSpec {
        account: ACCOUNT.to_owned(),
        name: "provider".to_owned(),
        metadata: SamlMetadataSpec::Document(text.to_owned()),
    }
}

impl Lower<'_, '_, '_> {
    pub(super) fn oidc_providers(&mut self, root: &Node) -> Vec<OidcProvider> {
        let entries = section(root, "oidc-providers").iter();
        entries.map(|entry| self.oidc_provider(entry)).collect()
    }

    fn oidc_provider(&mut self, entry: &Entry) -> OidcProvider {
        let node = &entry.value;
        let url = spanned(node, "url");
        let is_discovered = node.get("keys").and_then(scalar) == Some("discover");
        let is_taken =
            |url: &str| url.starts_with("https://") || (is_discovered && is_on_loopback(url));
        if let Some(url) = url.as_ref().filter(|url| !is_taken(&url.value)) {
            let host = url.value.trim_start_matches("http://");
            self.report(
                Diagnostic::error(
                    "scenario::provider-url",
                    format!("the issuer `{}` is no https URL", url.value),
                )
                .at(url.span, "AWS takes `https://` only")
                .help(format!("write `https://{host}`")),
            );
        }
        OidcProvider {
            name: name(entry),
            account: self.account_of(node, false),
            url: url.map(|url| url.value).unwrap_or_default(),
            audiences: texts(node, "audiences"),
            keys: self.jwks(node),
        }
    }

    fn jwks(&mut self, provider: &Node) -> ProviderKeys {
        let Some(node) = provider.get("keys") else {
            return ProviderKeys::Generated;
        };
        match (&node.value, scalar(node)) {
            (_, Some("generated")) => ProviderKeys::Generated,
            (_, Some("discover")) => ProviderKeys::Discover,
            (Value::Map(_), _) => {
                let text = to_json(node);
                self.check_jwks(&text, "`keys`", node.span);
                ProviderKeys::Given(text.into())
            }
            (_, Some(file)) => {
                let text = self.key_file(file, node.span, &["generated", "discover"], ".json");
                if let Some(text) = &text {
                    self.check_jwks(text, &format!("`{file}`"), node.span);
                }
                text.map_or(ProviderKeys::Generated, ProviderKeys::Given)
            }
            _ => ProviderKeys::Generated,
        }
    }

    fn check_jwks(&mut self, text: &str, what: &str, span: Span) {
        let keys = json::read(text, span.source)
            .ok()
            .filter(|jwks| jwks.get("keys").is_some());
        if keys.is_none() {
            self.report(
                Diagnostic::error("scenario::jwks", format!("{what} is no JWKS"))
                    .at(span, "named here")
                    .help("a JWKS is a JSON object with a list `keys`"),
            );
            return;
        }
        let refused = refused(|world| world.add_oidc_provider(jwks_spec(text)));
        if let Some(WorldError::InvalidKeys { problem, .. }) = refused {
            self.report(
                Diagnostic::error("scenario::jwks", format!("{what} can't be used: {problem}"))
                    .at(span, "AWS would believe no token")
                    .help("name the keys that the issuer publishes, or leave `keys` out for a test key"),
            );
        }
    }

    pub(super) fn saml_providers(&mut self, root: &Node) -> Vec<SamlProvider> {
        let entries = section(root, "saml-providers").iter();
        entries.map(|entry| self.saml_provider(entry)).collect()
    }

    fn saml_provider(&mut self, entry: &Entry) -> SamlProvider {
        let node = &entry.value;
        let keys = node
            .get("keys")
            .and_then(|keys| Some((scalar(keys)?, keys.span)));
        let keys = match keys {
            None | Some(("generated", _)) => ProviderKeys::Generated,
            Some((file, span)) => {
                let text = self.key_file(file, span, &["generated"], ".xml");
                if let Some(text) = &text {
                    self.check_metadata(text, file, span);
                }
                text.map_or(ProviderKeys::Generated, ProviderKeys::Given)
            }
        };
        SamlProvider {
            name: name(entry),
            account: self.account_of(node, false),
            issuer: text(node, "issuer")
                .unwrap_or_else(|| "https://idp.example.com/saml".to_owned()),
            keys,
        }
    }

    fn check_metadata(&mut self, text: &str, file: &str, span: Span) {
        let refused = refused(|world| world.add_saml_provider(metadata_spec(text)));
        if let Some(WorldError::InvalidMetadata { problem, .. }) = refused {
            let message = format!("`{file}` is no SAML metadata that AWS takes: {problem}");
            self.report(
                Diagnostic::error("scenario::saml-metadata", message)
                    .at(span, "named here")
                    .help("name the metadata document of the identity provider, or leave `keys` out for a test key"),
            );
        }
    }

    fn key_file(
        &mut self,
        written: &str,
        span: Span,
        known: &[&'static str],
        ending: &str,
    ) -> Option<Arc<str>> {
        if !written.ends_with(ending) {
            let near = nearest(written, known.iter().copied());
            let help = near.map_or_else(
                || format!("write `generated`, or a file that ends in `{ending}`"),
                |near| format!("did you mean `{near}`?"),
            );
            let error = Diagnostic::error("scenario::keys", format!("`keys` can't be `{written}`"));
            self.report(error.at(span, "neither a known word nor a file").help(help));
            return None;
        }
        let path = self.library.resolve(span, written);
        match self.library.text(&path) {
            Ok(id) => self
                .library
                .sources
                .get(id)
                .map(|source| source.text().into()),
            Err(unreadable) => {
                self.unreadable(unreadable, span);
                None
            }
        }
    }
}
