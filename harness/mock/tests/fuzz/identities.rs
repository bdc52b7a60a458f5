//! Tokens and assertions, whatever is in them: no panic, no hang, and nobody but the provider makes one that is taken.

use std::path::PathBuf;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::Request;
use rolecall_mock::{
    AssertionSpec, Mock, OidcProviderSpec, PolicyDocument, ProviderKeysSpec, RoleSpec,
    SamlMetadataSpec, SamlProviderSpec, World,
};
use serde_json::Map;

use crate::runner::{Random, corpus, fuzz};

const ACCOUNT: &str = "123456789012";
const ISSUER: &str = "https://idp.example.com";
const ROLE: &str = "arn:aws:iam::123456789012:role/Deploy";
const SAML_PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/ADFS";

fn world() -> World {
    let mut world = World::new(1, "2026-01-01T00:00:00Z".parse().unwrap());
    world.add_account(ACCOUNT).unwrap();
    let oidc = world.add_oidc_provider(OidcProviderSpec {
        account: ACCOUNT.to_owned(),
        url: ISSUER.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        keys: ProviderKeysSpec::Generated,
    });
    let saml = world.add_saml_provider(SamlProviderSpec {
        account: ACCOUNT.to_owned(),
        name: "ADFS".to_owned(),
        metadata: SamlMetadataSpec::Generated {
            issuer: ISSUER.to_owned(),
        },
    });
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "sts:*",
            "Principal": {{"Federated": ["{}", "{}"]}}}}}}"#,
        oidc.unwrap(),
        saml.unwrap()
    );
    let trust = PolicyDocument::parse(&trust).unwrap();
    world
        .add_role(RoleSpec::new(ACCOUNT, "Deploy", trust))
        .unwrap();
    world
}

static STRICT: LazyLock<Mock> = LazyLock::new(|| Mock::new(world()));
static OPEN: LazyLock<Mock> = LazyLock::new(|| Mock::builder(world()).enforce(false).build());

/// Status and body of an operation with these parameters.
fn call(mock: &Mock, operation: &str, parameters: &[(&str, &str)]) -> (u16, String) {
    let mut form = format!("Action={operation}&Version=2011-06-15&RoleArn={ROLE}");
    for (name, value) in parameters {
        form.push('&');
        form.push_str(name);
        form.push('=');
        form.extend(value.bytes().map(|byte| format!("%{byte:02X}")));
    }
    let request = Request::post("/")
        .header("host", "127.0.0.1:4566")
        .header("content-type", "application/x-www-form-urlencoded");
    let answer = mock.handle(request.body(Bytes::from(form)).unwrap());
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    let status = answer.status().as_u16();
    assert!(status < 500 || status == 501, "{status} {body}");
    (status, body)
}

fn good_token() -> String {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), "alice".into());
    claims.insert("aud".to_owned(), "sts.amazonaws.com".into());
    let world = world();
    let now = world.start();
    world.sign_token(ISSUER, ACCOUNT, claims, now).unwrap()
}

fn good_response() -> String {
    let aws = |name: &str, value: &str| {
        let name = format!("https://aws.amazon.com/SAML/Attributes/{name}");
        (name, vec![value.to_owned()])
    };
    let mut spec = AssertionSpec::new("alice");
    spec.attributes = vec![
        aws("Role", &format!("{ROLE},{SAML_PROVIDER}")),
        aws("RoleSessionName", "alice"),
        aws("PrincipalTag:team", "web"),
    ];
    let world = world();
    let now = world.start();
    let signed = world.sign_assertion("ADFS", ACCOUNT, &spec, now).unwrap();
    String::from_utf8(STANDARD.decode(signed).unwrap()).unwrap()
}

fn folder(name: &str) -> Vec<Vec<u8>> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    corpus(&here.join("tests/corpus").join(name))
}

/// A token as it stands; and a header and claims, a line each, put together to one that nobody signed.
fn token(input: &[u8], _: &mut Random) {
    let text = String::from_utf8_lossy(input);
    let put_together = text.split_once('\n').map(|(header, claims)| {
        let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
        format!(
            "{}.{}.{}",
            encode(header),
            encode(claims),
            encode("signature")
        )
    });
    let good = good_token();
    for token in [Some(text.into_owned()), put_together]
        .into_iter()
        .flatten()
    {
        let parameters = [
            ("RoleSessionName", "me"),
            ("WebIdentityToken", token.as_str()),
        ];
        let operation = "AssumeRoleWithWebIdentity";
        call(&OPEN, operation, &parameters);
        let (status, body) = call(&STRICT, operation, &parameters);
        assert!(status != 200 || token == good, "{token} {body}");
    }
}

#[test]
fn nobody_but_the_issuer_makes_a_token() {
    let mut tokens = folder("tokens");
    tokens.push(good_token().into_bytes());
    fuzz(&tokens, token);
}

/// What isn't signed may change: the response around the assertion. What it says of alice may not.
fn assertion(input: &[u8], _: &mut Random) {
    let encoded = STANDARD.encode(input);
    let parameters = [
        ("PrincipalArn", SAML_PROVIDER),
        ("SAMLAssertion", encoded.as_str()),
    ];
    let operation = "AssumeRoleWithSAML";
    call(&OPEN, operation, &parameters);
    let (status, body) = call(&STRICT, operation, &parameters);
    let is_alice = body.contains("<Subject>alice</Subject>")
        && body.contains("assumed-role/Deploy/alice</Arn>");
    assert!(status != 200 || is_alice, "{body}");
}

#[test]
fn nobody_but_the_provider_makes_an_assertion() {
    let mut responses = folder("assertions");
    responses.push(good_response().into_bytes());
    responses.push(good_response().into_bytes());
    fuzz(&responses, assertion);
}
