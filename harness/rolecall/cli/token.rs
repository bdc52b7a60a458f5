//! `rolecall token`: a web identity token for hand tests, signed with the test key of a provider.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rolecall_mock::{OidcProviderSpec, ProviderKeysSpec, World, WorldError};
use serde_json::{Map, Value};

use super::{Appearance, Exit, complain, load};
use crate::scenario;
use crate::scenario::model;
use crate::target::{DEFAULT_SEED, provision};

/// The account of a provider that no file has.
const ACCOUNT: &str = "000000000000";

/// Sign a web identity token with the test key of a provider
///
/// A provider with `keys: generated` (as it is without a word) has a key that follows from the seed and its URL. The mock
/// accepts what this signs, if `serve` has the same seed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  rolecall serve site.yaml --port 4566 &
  TOKEN=$(rolecall token --world site.yaml --provider github \\
      --sub repo:acme/site:ref:refs/heads/main)
  aws sts assume-role-with-web-identity --endpoint-url http://127.0.0.1:4566 \\
      --role-arn arn:aws:iam::123456789012:role/Deploy --role-session-name me \\
      --web-identity-token \"$TOKEN\"

  Without a file, for an issuer by its URL:
  rolecall token --issuer https://token.actions.githubusercontent.com --aud sts.amazonaws.com \\
      --sub repo:acme/site:pull_request --claim actor=octocat --expires 1h")]
pub(super) struct Arguments {
    /// A scenario file (or world file) that has the provider
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// The issuer, by its URL
    #[arg(long, value_name = "URL", required_unless_present = "provider")]
    issuer: Option<String>,

    /// The issuer, by its name in the file's `oidc-providers`
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "issuer",
        requires = "world"
    )]
    provider: Option<String>,

    /// Whom the token is about
    #[arg(long)]
    sub: String,

    /// Whom it is for; several make a list [default: the provider's first audience]
    #[arg(long, required_unless_present = "world")]
    aud: Vec<String>,

    /// A further claim; a value that is a JSON list, object or quoted text is taken as such
    #[arg(long, value_name = "NAME=VALUE", value_parser = claim)]
    claim: Vec<(String, Value)>,

    /// How long it is good for; a token with -5m is over since five minutes
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration, allow_hyphen_values = true)]
    expires: SignedDuration,

    /// What the key follows from, as in `serve`
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// When it is issued, such as 2026-01-01T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    clock: Option<Timestamp>,
}

/// The provider whose key signs.
struct Provider {
    url: String,
    account: String,
    audiences: Vec<String>,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    match signed(arguments, appearance) {
        Ok(token) => {
            println!("{token}");
            Exit::Success
        }
        Err(exit) => exit,
    }
}

fn signed(arguments: &Arguments, appearance: Appearance) -> Result<String, Exit> {
    let (world, provider) = match &arguments.world {
        Some(file) => from_file(file, arguments, appearance)?,
        None => from_url(arguments)?,
    };
    let now = arguments.clock.unwrap_or_else(Timestamp::now);
    let claims = claims(arguments, &provider, now);
    let token = world.sign_token(&provider.url, &provider.account, claims, now);
    token.map_err(|error| {
        let help = matches!(error, WorldError::CannotSign(_))
            .then_some("only a provider with `keys: generated` has a key here");
        complain(&error.to_string(), help);
        Exit::Usage
    })
}

/// The provider of a file's world.
fn from_file(
    file: &Path,
    arguments: &Arguments,
    appearance: Appearance,
) -> Result<(World, Provider), Exit> {
    let (world, _) = load::world_with_sources(file, appearance)?;
    let provider = find(&world, arguments).ok_or_else(|| {
        let wanted = arguments.provider.as_ref().or(arguments.issuer.as_ref());
        let names = world.oidc_providers.iter();
        let names: Vec<_> = names.map(|known| known.name.value.as_str()).collect();
        complain(
            &format!(
                "{} has no OIDC provider `{}`",
                file.display(),
                wanted.map_or("", String::as_str)
            ),
            Some(&format!("it has {}", scenario::list(names))),
        );
        Exit::Usage
    })?;
    let built = provision(&world, arguments.seed).map_err(|error| {
        complain(&format!("the world can't be built: {error}"), None);
        Exit::Usage
    })?;
    Ok((built, provider))
}

fn find(world: &model::World, arguments: &Arguments) -> Option<Provider> {
    let mut providers = world.oidc_providers.iter();
    let found = providers.find(|known| match &arguments.provider {
        Some(name) => known.name.value == *name,
        None => arguments.issuer.as_ref() == Some(&known.url),
    })?;
    Some(Provider {
        url: found.url.clone(),
        account: found.account.clone(),
        audiences: found.audiences.clone(),
    })
}

/// A provider of nobody's world: its key follows from its URL all the same.
fn from_url(arguments: &Arguments) -> Result<(World, Provider), Exit> {
    let url = arguments.issuer.clone().unwrap_or_default();
    let mut world = World::new(arguments.seed, Timestamp::UNIX_EPOCH);
    let made = world.add_account(ACCOUNT).and_then(|()| {
        world.add_oidc_provider(OidcProviderSpec {
            account: ACCOUNT.to_owned(),
            url: url.clone(),
            audiences: Vec::new(),
            keys: ProviderKeysSpec::Generated,
        })
    });
    made.map_err(|error| {
        complain(&error.to_string(), None);
        Exit::Usage
    })?;
    let account = ACCOUNT.to_owned();
    let audiences = Vec::new();
    Ok((
        world,
        Provider {
            url,
            account,
            audiences,
        },
    ))
}

fn claims(arguments: &Arguments, provider: &Provider, now: Timestamp) -> Map<String, Value> {
    let audience = match arguments.aud.as_slice() {
        [] => provider
            .audiences
            .first()
            .map(|first| first.as_str().into()),
        [only] => Some(only.as_str().into()),
        several => Some(several.into()),
    };
    let expires = now.checked_add(arguments.expires).unwrap_or(Timestamp::MAX);
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), arguments.sub.as_str().into());
    claims.extend(audience.map(|audience: Value| ("aud".to_owned(), audience)));
    claims.insert("exp".to_owned(), expires.as_second().into());
    claims.extend(arguments.claim.iter().cloned());
    claims
}

/// `NAME=VALUE`.
fn claim(written: &str) -> Result<(String, Value), String> {
    let (name, value) = written
        .split_once('=')
        .ok_or("a claim is written NAME=VALUE")?;
    if name == "iss" {
        return Err(
            "the issuer is the provider's URL; for another, name another --issuer".to_owned(),
        );
    }
    let is_json = value.starts_with(['{', '[', '"']);
    let value = if is_json {
        serde_json::from_str(value).map_err(|error| format!("the value is no JSON: {error}"))?
    } else {
        value.into()
    };
    Ok((name.to_owned(), value))
}

fn duration(written: &str) -> Result<SignedDuration, String> {
    let parsed = scenario::signed_duration(written);
    parsed.ok_or_else(|| "a duration is written like 5m, 1h30m or -5m".to_owned())
}
