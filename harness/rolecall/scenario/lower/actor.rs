//! `as`: who takes a step.

use jiff::SignedDuration;
use rolecall_policy::{Entry, Node, Value};

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::model::{Actor, Assertion, ClaimValue, Entity, Spanned, Token};
use crate::scenario::text as words;
use crate::scenario::tree::{elements, entries, head, scalar, section, spanned, text};

/// The claims that are times. AWS: RFC 7519, section 4.1, and OpenID Connect Core, section 2.
const TIMES: [&str; 4] = ["iat", "exp", "nbf", "auth_time"];

/// The members of an assertion that aren't attributes.
const ASSERTION_WORDS: [&str; 5] = ["provider", "subject", "audience", "recipient", "expires"];

impl Lower<'_, '_, '_> {
    /// Who `as` names.
    pub(super) fn actor(&mut self, step: &Node, verb: &str) -> Option<Spanned<Actor>> {
        let node = step.get("as")?;
        let value = match (&node.value, scalar(node)) {
            (_, Some("root")) => Actor::Root(self.names.default_account()),
            (_, Some("anonymous")) => Actor::Anonymous,
            (_, Some(name)) if self.names.has(Entity::User, name) => Actor::User(name.to_owned()),
            (_, Some(name)) => {
                self.unknown_user(name, node);
                return None;
            }
            (Value::Map(_), None) => self.actor_map(node)?,
            _ => return None,
        };
        self.check_actor(&value, verb, node);
        Some(Spanned {
            value,
            span: node.span,
        })
    }

    fn actor_map(&mut self, node: &Node) -> Option<Actor> {
        if let Some(account) = spanned(node, "root") {
            return self.account_named(&account, true).map(Actor::Root);
        }
        if let Some(service) = spanned(node, "service") {
            self.check_service(&service);
            return Some(Actor::Service(service.value));
        }
        if let Some(token) = node.get("token") {
            return self.token(token).map(Actor::Token);
        }
        node.get("saml")
            .and_then(|saml| self.assertion(saml))
            .map(Actor::Saml)
    }

    /// A service acts only where it is asked whether it may; a token and an assertion are good for one thing.
    fn check_actor(&mut self, actor: &Actor, verb: &str, node: &Node) {
        let (who, verbs): (_, &[&str]) = match actor {
            Actor::Service(_) => ("a service", &["assume", "can", "cannot"]),
            Actor::Token(_) => ("the bearer of a token", &["assume"]),
            Actor::Saml(_) => ("the bearer of an assertion", &["assume"]),
            Actor::User(_) | Actor::Root(_) | Actor::Anonymous => return,
        };
        if !verbs.contains(&verb) {
            let error = Diagnostic::error("scenario::actor", format!("{who} can't `{verb}`"))
                .at(
                    head(node),
                    format!(
                        "{who} takes {} steps only",
                        words::list(verbs.iter().copied())
                    ),
                )
                .help("let it `assume` a role, and put the step into `then`");
            self.report(error);
        }
    }

    fn token(&mut self, node: &Node) -> Option<Token> {
        let provider = self.provider(node, Entity::OidcProvider)?;
        self.check_signer(node, &provider);
        let mut claims: Vec<(String, ClaimValue)> = Vec::new();
        for entry in entries(node).iter().filter(|entry| entry.key != "provider") {
            if entry.key == "iss" {
                self.issuer_given(entry);
            }
            claims.push((entry.key.clone(), self.claim(entry)));
        }
        let given = |name: &str| node.get(name).is_some();
        if !given("aud") {
            claims.extend(
                self.first_audience(&provider)
                    .map(|aud| ("aud".to_owned(), ClaimValue::Value(aud))),
            );
        }
        for (name, minutes) in [("iat", 0), ("exp", 5)] {
            if !given(name) {
                claims.push((
                    name.to_owned(),
                    ClaimValue::Relative(SignedDuration::from_mins(minutes)),
                ));
            }
        }
        Some(Token { provider, claims })
    }

    fn issuer_given(&mut self, entry: &Entry) {
        let error = Diagnostic::error("scenario::claim", "a token's `iss` isn't the step's to say")
            .at(entry.key_span, "the issuer is the provider's `url`")
            .help("remove it; for another issuer, name another provider of `oidc-providers`");
        self.report(error);
    }

    /// Only generated keys are whole: of others the private half is elsewhere.
    fn check_signer(&mut self, token: &Node, provider: &str) {
        let mut providers = section(&self.root, "oidc-providers").iter();
        let keys = providers
            .find(|entry| entry.key == provider)
            .and_then(|entry| entry.value.get("keys"));
        let Some(keys) = keys.filter(|keys| scalar(keys) != Some("generated")) else {
            return;
        };
        let message = format!("no token of `{provider}` can be signed");
        let error = Diagnostic::error("scenario::no-signing-key", message)
            .at(
                token.get("provider").map_or(token.span, |node| node.span),
                "its private keys are elsewhere",
            )
            .related(keys.span, "its keys")
            .help("remove its `keys`, so that it gets a test key to sign with");
        self.report(error);
    }

    fn claim(&mut self, entry: &Entry) -> ClaimValue {
        let node = &entry.value;
        let written = match (&node.value, scalar(node)) {
            (Value::String(_), Some(written)) if TIMES.contains(&entry.key.as_str()) => written,
            _ => return ClaimValue::Value(node.clone()),
        };
        if let Some(duration) = words::signed_duration(written) {
            ClaimValue::Relative(duration)
        } else {
            let error = Diagnostic::error(
                "scenario::claim",
                format!("`{}` is `{written}`, not a time", entry.key),
            )
            .at(node.span, "expected a time")
            .help("write a duration from now (`5m`, `-1h`) or seconds since 1970");
            self.report(error);
            ClaimValue::Value(node.clone())
        }
    }

    fn first_audience(&self, provider: &str) -> Option<Node> {
        let provider = section(&self.root, "oidc-providers")
            .iter()
            .find(|entry| entry.key == provider)?;
        provider
            .value
            .get("audiences")
            .and_then(|audiences| elements(audiences).first().cloned())
    }

    fn assertion(&mut self, node: &Node) -> Option<Assertion> {
        let provider = self.provider(node, Entity::SamlProvider)?;
        let expires = node.get("expires").map(|expires| self.relative(expires));
        let attributes = entries(node)
            .iter()
            .filter(|entry| !ASSERTION_WORDS.contains(&entry.key.as_str()))
            .map(|entry| {
                let single = std::slice::from_ref(&entry.value);
                let values = if elements(&entry.value).is_empty() {
                    single
                } else {
                    elements(&entry.value)
                };
                let values = values.iter().filter_map(scalar).map(str::to_owned);
                (entry.key.clone(), values.collect())
            });
        Some(Assertion {
            provider,
            subject: text(node, "subject"),
            audience: text(node, "audience"),
            recipient: text(node, "recipient"),
            expires: expires.flatten().unwrap_or(SignedDuration::from_mins(5)),
            attributes: attributes.collect(),
        })
    }

    /// A duration from now, forward or (`-5m`) back.
    fn relative(&mut self, node: &Node) -> Option<SignedDuration> {
        let written = scalar(node)?;
        let duration = words::signed_duration(written);
        if duration.is_none() {
            let error = Diagnostic::error(
                "scenario::assertion",
                format!("`expires` is `{written}`, not a duration"),
            )
            .at(node.span, "expected a duration")
            .help("write how long from now: `5m`, `-1h`");
            self.report(error);
        }
        duration
    }

    fn provider(&mut self, node: &Node, entity: Entity) -> Option<String> {
        let provider = spanned(node, "provider")?;
        if !self.names.has(entity, &provider.value) {
            let define = format!("define it under `{}`", entity.section());
            self.unknown(entity, &provider.value, provider.span, &define);
            return None;
        }
        text(node, "provider")
    }

    fn unknown_user(&mut self, name: &str, node: &Node) {
        if self.names.has(Entity::Role, name) {
            let help = format!(
                "a user assumes it: write `assume: {name}`, with this step inside its `then`"
            );
            let error = Diagnostic::error(
                "scenario::unknown-user",
                format!("`{name}` is a role, not a user"),
            );
            return self.report(
                error
                    .at(node.span, "roles don't act by themselves")
                    .help(help),
            );
        }
        let define = format!("define the user: `users: {{ {name}: {{}} }}`");
        self.unknown(Entity::User, name, node.span, &define);
    }
}
