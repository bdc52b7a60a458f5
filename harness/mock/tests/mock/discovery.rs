//! Keys of issuers: fetched where the world asks for it, unknown where nobody told them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::client::*;
use jiff::SignedDuration;
use rolecall_mock::{FetchError, Mock, OidcProviderSpec, ProviderKeysSpec, World};
use rolecall_wire::Structure;
use serde_json::{Map, json};

const ISSUER: &str = "https://idp.example.com";
const OPERATION: &str = "sts:AssumeRoleWithWebIdentity";
const NO_KEY: &str = "Couldn't retrieve verification key from your identity provider,  please reference \
                      AssumeRoleWithWebIdentity documentation for requirements";

fn spec(url: &str, keys: ProviderKeysSpec) -> OidcProviderSpec {
    OidcProviderSpec {
        account: MAIN.to_owned(),
        url: url.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        keys,
    }
}

/// A role that trusts an issuer, whose keys are known so.
fn world_with(url: &str, keys: ProviderKeysSpec) -> World {
    let mut world = world();
    let provider = world.add_oidc_provider(spec(url, keys)).unwrap();
    let trust = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": OPERATION,
        "Principal": {"Federated": provider}}});
    let trust = document(&trust.to_string());
    world.add_role(role("Deploy", trust, vec![])).unwrap();
    world
}

/// An issuer elsewhere: its world signs, and tells its keys.
struct Issuer(World);

impl Issuer {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed, start());
        world.add_account(MAIN).unwrap();
        let keys = ProviderKeysSpec::Generated;
        world.add_oidc_provider(spec(ISSUER, keys)).unwrap();
        Self(world)
    }

    fn token(&self) -> String {
        let mut claims = Map::new();
        claims.insert("sub".to_owned(), "me".into());
        claims.insert("aud".to_owned(), "sts.amazonaws.com".into());
        claims.insert("exp".to_owned(), (start().as_second() + 86_400).into());
        self.0.sign_token(ISSUER, MAIN, claims, start()).unwrap()
    }

    fn jwks(&self) -> String {
        self.0.provider_keys(MAIN, ISSUER).unwrap()
    }
}

fn call(mock: &Mock, token: &str) -> Result<(), (String, String)> {
    let input = Structure::new()
        .with("RoleArn", role_arn("Deploy"))
        .with("RoleSessionName", "ci")
        .with("WebIdentityToken", token);
    let answer = Client::anonymous(mock).call(OPERATION, &input);
    answer
        .map(drop)
        .map_err(|error| (error.code, error.message.unwrap_or_default()))
}

fn no_key() -> Result<(), (String, String)> {
    Err(("InvalidIdentityToken".to_owned(), NO_KEY.to_owned()))
}

/// Public reports of `AssumeRoleWithWebIdentity`: AWS's answer when it can't fetch an issuer's keys.
#[test]
fn without_known_keys_no_token_is_taken() {
    let issuer = Issuer::new(2);
    for keys in [ProviderKeysSpec::Unknown, ProviderKeysSpec::Discovered] {
        let mock = Mock::new(world_with(ISSUER, keys));
        assert_eq!(call(&mock, &issuer.token()), no_key());
        mock.update(|world| world.publish_keys(ISSUER, &issuer.jwks()))
            .unwrap();
        assert_eq!(call(&mock, &issuer.token()), Ok(()));
    }
}

/// What an issuer publishes at a time, and how often it was asked.
type Published = Arc<Mutex<Result<String, FetchError>>>;

fn asking(published: &Published) -> (Mock, Arc<AtomicUsize>) {
    let (published, asked) = (Arc::clone(published), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&asked);
    let world = world_with(ISSUER, ProviderKeysSpec::Discovered);
    let mock = Mock::builder(world)
        .fetch_keys(move |issuer| {
            assert_eq!(issuer, ISSUER);
            counter.fetch_add(1, Ordering::Relaxed);
            published.lock().unwrap().clone()
        })
        .build();
    (mock, asked)
}

#[test]
fn keys_are_fetched_once_and_again_when_they_change() {
    let (old, new) = (Issuer::new(2), Issuer::new(3));
    let published: Published = Arc::new(Mutex::new(Ok(old.jwks())));
    let (mock, asked) = asking(&published);
    let times = || asked.load(Ordering::Relaxed);

    assert_eq!(call(&mock, &old.token()), Ok(()));
    assert_eq!(call(&mock, &old.token()), Ok(()));
    assert_eq!(times(), 1, "kept");
    *published.lock().unwrap() = Ok(new.jwks());
    assert_eq!(call(&mock, &new.token()), no_key());
    assert_eq!(times(), 1, "not again within a minute");
    mock.clock().advance(SignedDuration::from_mins(1));
    assert_eq!(call(&mock, &new.token()), Ok(()));
    assert_eq!(times(), 2, "the token names a key that wasn't there");
    assert_eq!(call(&mock, &old.token()), no_key());
    mock.clock().advance(SignedDuration::from_hours(1));
    assert_eq!(call(&mock, &new.token()), Ok(()));
    assert_eq!(times(), 3, "after an hour");
    mock.reset();
    assert_eq!(call(&mock, &new.token()), Ok(()));
    assert_eq!(times(), 4, "a reset forgets");
}

/// AWS: STS API Reference, `AssumeRoleWithWebIdentity`, errors.
#[test]
fn an_issuer_that_fails_is_no_issuer() {
    let issuer = Issuer::new(2);
    let timeout = Err(FetchError::Timeout);
    let failed = Err(FetchError::Failed("404".to_owned()));
    let rows = [
        (timeout, Some("IDPCommunicationError")),
        (failed, Some("InvalidIdentityToken")),
        (Ok("no JWKS".to_owned()), Some("InvalidIdentityToken")),
        (Ok(issuer.jwks()), None),
    ];
    for (answer, expected) in rows {
        let (mock, _) = asking(&Arc::new(Mutex::new(answer.clone())));
        let code = call(&mock, &issuer.token()).err().map(|(code, _)| code);
        assert_eq!(code.as_deref(), expected, "{answer:?}");
    }
}

/// Nobody makes the mock fetch from whom its world doesn't name.
#[test]
fn only_issuers_that_the_world_names_are_asked() {
    let issuer = Issuer::new(2);
    for keys in [ProviderKeysSpec::Generated, ProviderKeysSpec::Unknown] {
        let mock = Mock::builder(world_with(ISSUER, keys))
            .fetch_keys(|_| panic!("nobody is to be asked"))
            .build();
        assert_eq!(call(&mock, &issuer.token()), no_key());
    }
    let mock = Mock::builder(world_with(
        "https://other.example.com",
        ProviderKeysSpec::Discovered,
    ))
    .fetch_keys(|_| panic!("nobody is to be asked"))
    .build();
    assert_eq!(
        call(&mock, &issuer.token()).unwrap_err().0,
        "InvalidIdentityToken"
    );
}

/// Plain HTTP is for issuers on this machine; over AWS's API there are none.
#[test]
fn a_plain_issuer_stays_on_loopback() {
    let rows = [
        ("http://127.0.0.1:8080", true),
        ("http://127.1.2.3/path", true),
        ("http://localhost:8080", true),
        ("http://[::1]:8080", true),
        ("http://localhost.example.com", false),
        ("http://127.0.0.1.example.com", false),
        ("http://192.168.1.1", false),
        ("http://example.com", false),
        ("http://user@127.0.0.1", false),
        ("http://", false),
        ("ftp://127.0.0.1", false),
    ];
    for (url, taken) in rows {
        let discovered = world().add_oidc_provider(spec(url, ProviderKeysSpec::Discovered));
        assert_eq!(discovered.is_ok(), taken, "{url}");
        let unknown = world().add_oidc_provider(spec(url, ProviderKeysSpec::Unknown));
        assert!(unknown.is_err(), "{url}");
    }
    let arn =
        world().add_oidc_provider(spec("http://127.0.0.1:8080", ProviderKeysSpec::Discovered));
    assert_eq!(
        arn.unwrap(),
        "arn:aws:iam::123456789012:oidc-provider/127.0.0.1:8080"
    );
}
