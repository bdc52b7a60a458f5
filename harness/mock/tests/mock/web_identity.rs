//! `AssumeRoleWithWebIdentity`: which tokens are taken, whom a role trusts by them, and what the session is.

use crate::client::*;
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use rolecall_mock::{Mock, OidcProviderSpec, PolicyDocument, ProviderKeysSpec, World, WorldError};
use rolecall_wire::Structure;
use serde_json::{Map, Value, json};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const PROVIDER: &str =
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
const OPERATION: &str = "sts:AssumeRoleWithWebIdentity";
const MAIN_BRANCH: &str = "repo:acme/web:ref:refs/heads/main";
const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithWebIdentity";

fn provider(url: &str) -> OidcProviderSpec {
    OidcProviderSpec {
        account: MAIN.to_owned(),
        url: url.to_owned(),
        audiences: vec!["sts.amazonaws.com".to_owned()],
        keys: ProviderKeysSpec::Generated,
    }
}

fn federated(provider: &str, actions: &Value, condition: &Value) -> PolicyDocument {
    let statement = json!({"Effect": "Allow", "Principal": {"Federated": provider},
        "Action": actions, "Condition": condition});
    document(&json!({"Version": "2012-10-17", "Statement": [statement]}).to_string())
}

fn assume_action() -> Value {
    json!("sts:AssumeRoleWithWebIdentity")
}

/// GitHub's provider, and a role that trusts it under a condition.
fn github(condition: &Value) -> Mock {
    let mut world = world();
    world.add_oidc_provider(provider(GITHUB)).unwrap();
    let trust = federated(PROVIDER, &assume_action(), condition);
    let s3 = allow("s3:ListAllMyBuckets", "*");
    world.add_role(role("Deploy", trust, vec![s3])).unwrap();
    Mock::new(world)
}

fn main_branch() -> Mock {
    github(&json!({"StringEquals": {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": MAIN_BRANCH,
    }}))
}

/// The claims of a workflow's token, and others over them; null takes one away.
fn claims(over: Value) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), MAIN_BRANCH.into());
    claims.insert("aud".to_owned(), "sts.amazonaws.com".into());
    if let Value::Object(over) = over {
        claims.extend(over);
    }
    claims.retain(|_, value| !value.is_null());
    claims
}

fn token_of(mock: &Mock, url: &str, over: Value) -> String {
    let now = mock.clock().now();
    mock.read(|world| world.sign_token(url, MAIN, claims(over), now))
        .unwrap()
}

fn token(mock: &Mock, over: Value) -> String {
    token_of(mock, GITHUB, over)
}

fn input(token: &str) -> Structure {
    Structure::new()
        .with("RoleArn", role_arn("Deploy"))
        .with("RoleSessionName", "ci")
        .with("WebIdentityToken", token)
}

fn refused(mock: &Mock, token: &str) -> (String, String) {
    Client::anonymous(mock).refused(OPERATION, &input(token))
}

fn is_trusted(mock: &Mock, token: &str) -> bool {
    match Client::anonymous(mock).call(OPERATION, &input(token)) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.message.as_deref(), Some(NOT_AUTHORIZED));
            assert_eq!((error.code.as_str(), error.status), ("AccessDenied", 403));
            false
        }
    }
}

/// AWS: STS API Reference, `AssumeRoleWithWebIdentity`, response elements; as `Provider` a captured answer has the ARN.
#[test]
fn a_token_gives_a_session_of_the_role() {
    let mock = main_branch();
    let client = Client::anonymous(&mock);
    let answer = client
        .call(OPERATION, &input(&token(&mock, json!({}))))
        .unwrap();

    assert_eq!(
        answer.string("SubjectFromWebIdentityToken"),
        Some(MAIN_BRANCH)
    );
    assert_eq!(answer.string("Audience"), Some("sts.amazonaws.com"));
    assert_eq!(answer.string("Provider"), Some(PROVIDER));
    let user = answer.structure("AssumedRoleUser").unwrap();
    let arn = "arn:aws:sts::123456789012:assumed-role/Deploy/ci";
    assert_eq!(user.string("Arn"), Some(arn));

    let session = client.session(&answer);
    let identity = session.call("sts:GetCallerIdentity", &Structure::new());
    assert_eq!(identity.unwrap().string("Arn"), Some(arn));
    session.call("s3:ListBuckets", &Structure::new()).unwrap();
    let key = Structure::new().with("AccessKeyId", "ASIAQNZGKIQY56JQ7WML");
    let denied = session.refused("sts:GetAccessKeyInfo", &key);
    assert_eq!(denied.0, "AccessDenied");
}

/// AWS: IAM User Guide, Create an OpenID Connect (OIDC) identity provider; the texts are those that public reports of
/// refused tokens show.
#[test]
fn a_token_that_proves_nothing_is_refused() {
    let mock = main_branch();
    let good = token(&mock, json!({}));
    let (text, signature) = good.rsplit_once('.').unwrap();
    let (header, body) = text.split_once('.').unwrap();
    let other_body = token(&mock, json!({"sub": "repo:acme/web:pull_request"}));
    let other_body = other_body.split('.').nth(1).unwrap();
    let none = "eyJhbGciOiJub25lIn0";
    let foreign = {
        let mut world = World::new(2, start());
        world.add_account(MAIN).unwrap();
        world.add_oidc_provider(provider(GITHUB)).unwrap();
        token(&Mock::new(world), json!({}))
    };
    let not_a_jwt = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    let no_key = "Couldn't retrieve verification key from your identity provider,  please reference \
                  AssumeRoleWithWebIdentity documentation for requirements";
    let audience = "Incorrect token audience";
    let rows = [
        ("gho_16C7e42F292c6912E7".to_owned(), not_a_jwt),
        (format!("{header}.{body}"), not_a_jwt),
        (
            token(&mock, json!({"sub": null})),
            "Missing a required claim: sub",
        ),
        (
            token(&mock, json!({"aud": null})),
            "Missing a required claim: aud",
        ),
        (
            token(&mock, json!({"exp": "soon"})),
            "Missing a required claim: exp",
        ),
        (token(&mock, json!({"aud": "sigstore"})), audience),
        (token(&mock, json!({"azp": "someone"})), audience),
        (
            token(&mock, json!({"aud": ["sts.amazonaws.com", "other"]})),
            audience,
        ),
        (
            format!("{header}.{other_body}.{signature}"),
            "Invalid signature",
        ),
        (format!("{none}.{body}."), no_key),
        (format!("{none}.{body}.{signature}"), no_key),
        (foreign, no_key),
    ];
    for (token, message) in rows {
        let expected = ("InvalidIdentityToken".to_owned(), message.to_owned());
        assert_eq!(refused(&mock, &token), expected, "{token}");
    }
}

/// RFC 7515: header and claims are signed as they stand.
#[test]
fn a_token_that_was_changed_anywhere_is_refused() {
    let mock = main_branch();
    let good = token(&mock, json!({}));
    for at in 0..good.len() {
        for letter in ["A", "z", ".", "="] {
            let mut changed = good.clone();
            changed.replace_range(at..=at, letter);
            if changed != good {
                let (code, _) = refused(&mock, &changed);
                assert_eq!(code, "InvalidIdentityToken", "{letter} at {at}");
            }
        }
        let (code, _) = refused(&mock, &good[..at]);
        let too_short = at < 4;
        assert_eq!(code == "ValidationError", too_short, "cut at {at}: {code}");
    }
}

/// AWS: IAM User Guide, IAM and AWS STS condition context keys: `azp` takes the place of `aud`.
#[test]
fn a_token_for_one_known_audience_is_taken() {
    let mock = main_branch();
    for over in [
        json!({"aud": ["sts.amazonaws.com"]}),
        json!({"aud": "someone", "azp": "sts.amazonaws.com"}),
        json!({"aud": ["a", "b"], "azp": "sts.amazonaws.com"}),
    ] {
        assert!(is_trusted(&mock, &token(&mock, over.clone())), "{over}");
    }
}

/// The text is that of public reports of GitHub's action.
#[test]
fn the_issuer_is_a_provider_of_the_roles_account() {
    let mock = main_branch();
    let token = token(&mock, json!({}));
    let message = format!("No OpenIDConnect provider found in your account for {GITHUB}");
    let expected = ("InvalidIdentityToken".to_owned(), message);

    let elsewhere = input(&token).with("RoleArn", format!("arn:aws:iam::{OTHER}:role/Deploy"));
    let client = Client::anonymous(&mock);
    assert_eq!(client.refused(OPERATION, &elsewhere), expected);

    mock.update(|world| world.remove_oidc_provider(MAIN, GITHUB))
        .unwrap();
    assert_eq!(refused(&mock, &token), expected);
}

/// AWS: IAM User Guide, OIDC federation: a token is taken for five minutes after its expiration.
#[test]
fn a_token_is_good_until_five_minutes_after_it_expired() {
    let mock = main_branch();
    let token = token(&mock, json!({}));

    mock.clock().advance(SignedDuration::from_mins(10));
    assert!(is_trusted(&mock, &token));
    mock.clock().advance(SignedDuration::from_secs(1));
    let (now, expires) = (1_767_226_201, 1_767_225_900);
    let message = format!(
        "Token expired: current date/time {now} must be before the expiration date/time {expires}"
    );
    let expected = ("ExpiredTokenException".to_owned(), message);
    assert_eq!(refused(&mock, &token), expected);
}

/// A token is no older than a day, whenever it expires.
#[test]
fn a_token_is_good_for_a_day_at_most() {
    let mock = main_branch();
    let token = token(&mock, json!({"exp": 4_000_000_000_i64}));

    mock.clock().advance(SignedDuration::from_hours(24));
    assert!(is_trusted(&mock, &token));
    mock.clock().advance(SignedDuration::from_secs(1));
    assert_eq!(refused(&mock, &token).0, "ExpiredTokenException");
}

/// AWS: IAM User Guide, IAM and AWS STS condition context keys; Service Authorization Reference, AWS STS: the claims of
/// GitHub's tokens that are keys, and those that are none.
#[test]
fn a_trust_policy_tests_the_claims_that_aws_lists() {
    let host = "token.actions.githubusercontent.com";
    let rows = [
        ("sub", MAIN_BRANCH, true),
        ("aud", "sts.amazonaws.com", true),
        ("repository", "acme/web", true),
        ("repository_id", "42", true),
        ("repository_owner_id", "65", true),
        ("actor", "octocat", true),
        ("ref", "refs/heads/main", true),
        ("environment", "prod", true),
        ("repository_owner", "acme", false),
        ("runner_environment", "github-hosted", false),
        ("event_name", "push", false),
        ("iss", GITHUB, false),
        ("sub", "repo:acme/web:pull_request", false),
    ];
    let over = json!({"repository": "acme/web", "repository_id": "42", "repository_owner_id": "65",
        "actor": "octocat", "ref": "refs/heads/main", "environment": "prod", "repository_owner": "acme",
        "runner_environment": "github-hosted", "event_name": "push"});
    for (claim, value, trusted) in rows {
        let mock = github(&json!({"StringEquals": {format!("{host}:{claim}"): value}}));
        let token = token(&mock, over.clone());
        assert_eq!(is_trusted(&mock, &token), trusted, "{claim} {value}");
    }
}

/// AWS: AWS STS keys, `sts:RoleSessionName`, `aws:FederatedProvider`; the request is anonymous otherwise.
#[test]
fn a_trust_policy_tests_the_request() {
    let rows = [
        (json!({"StringEquals": {"sts:RoleSessionName": "ci"}}), true),
        (json!({"StringEquals": {"sts:RoleSessionName": "x"}}), false),
        (
            json!({"StringEquals": {"aws:FederatedProvider": PROVIDER}}),
            true,
        ),
        (json!({"Null": {"aws:PrincipalArn": "true"}}), true),
    ];
    for (condition, trusted) in rows {
        let mock = github(&condition);
        let token = token(&mock, json!({}));
        assert_eq!(is_trusted(&mock, &token), trusted, "{condition}");
    }
}

/// AWS: IAM User Guide, keys for AWS OIDC federation: a path belongs to the key's name; `amr` is multivalued. Claims of
/// providers that AWS doesn't list are no keys.
#[test]
fn other_providers_have_the_common_keys() {
    let host = "oidc.eks.us-east-1.amazonaws.com/id/ABC";
    let rows = [
        (
            "StringEquals",
            "sub",
            "system:serviceaccount:web:deploy",
            true,
        ),
        ("ForAnyValue:StringEquals", "amr", "authenticated", true),
        ("ForAnyValue:StringEquals", "amr", "unauthenticated", false),
        ("StringEquals", "repository", "acme/web", false),
    ];
    for (operator, claim, value, trusted) in rows {
        let mut world = world();
        let arn = world
            .add_oidc_provider(provider(&format!("https://{host}")))
            .unwrap();
        let condition = json!({operator: {format!("{host}:{claim}"): value}});
        let trust = federated(&arn, &assume_action(), &condition);
        world.add_role(role("Deploy", trust, vec![])).unwrap();
        let mock = Mock::new(world);
        let over = json!({"sub": "system:serviceaccount:web:deploy", "amr": ["authenticated", "x"],
            "repository": "acme/web"});
        let token = token_of(&mock, &arn, over);
        assert_eq!(is_trusted(&mock, &token), trusted, "{claim} {value}");
    }
}

/// AWS: IAM User Guide, AWS JSON policy elements: Principal, OIDC federated principals.
#[test]
fn only_the_trusted_provider_becomes_the_role() {
    for (principal, trusted) in [
        (json!({"Federated": PROVIDER}), true),
        (
            json!({"Federated": "arn:aws:iam::123456789012:oidc-provider/example.com"}),
            false,
        ),
        (json!({"AWS": "arn:aws:iam::123456789012:root"}), false),
    ] {
        let mut world = world();
        world.add_oidc_provider(provider(GITHUB)).unwrap();
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Principal": principal, "Action": OPERATION}]});
        let trust = document(&trust.to_string());
        world.add_role(role("Deploy", trust, vec![])).unwrap();
        let mock = Mock::new(world);
        let token = token(&mock, json!({}));
        assert_eq!(is_trusted(&mock, &token), trusted, "{principal}");
    }
}

/// AWS doesn't disclose which roles exist; of an ARN that is no role's it says so.
#[test]
fn the_role_must_be_one() {
    let mock = main_branch();
    let token = token(&mock, json!({}));
    let client = Client::anonymous(&mock);
    let missing = input(&token).with("RoleArn", role_arn("Missing"));
    let expected = ("AccessDenied".to_owned(), NOT_AUTHORIZED.to_owned());
    assert_eq!(client.refused(OPERATION, &missing), expected);

    for arn in ["arn:aws:iam:::role/Deploy-from-ci", PROVIDER] {
        let expected = ("ValidationError".into(), "Request ARN is invalid".into());
        let input = input(&token).with("RoleArn", arn);
        assert_eq!(client.refused(OPERATION, &input), expected, "{arn}");
    }
}

/// AWS: STS API Reference, `AssumeRoleWithWebIdentity`, `DurationSeconds` and `Policy`.
#[test]
fn the_session_is_as_short_and_as_narrow_as_was_asked() {
    let mock = main_branch();
    let token = token(&mock, json!({}));
    let client = Client::anonymous(&mock);
    let long = input(&token).with("DurationSeconds", 3601);
    let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    let expected = ("ValidationError".to_owned(), message.to_owned());
    assert_eq!(client.refused(OPERATION, &long), expected);

    let policy = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;
    let narrow = input(&token)
        .with("DurationSeconds", 900)
        .with("Policy", policy);
    let answer = client.call(OPERATION, &narrow).unwrap();
    let session = client.session(&answer);
    let denied = session.refused("s3:ListBuckets", &Structure::new());
    assert_eq!(denied.0, "AccessDenied");
    mock.clock().advance(SignedDuration::from_secs(900));
    let expired = session.refused("sts:GetCallerIdentity", &Structure::new());
    assert_eq!(expired.0, "ExpiredToken");
}

/// AWS: IAM User Guide, Passing session tags using `AssumeRoleWithWebIdentity`: the token has the tags, and the trust
/// policy must allow `sts:TagSession`; Monitor and control actions taken with assumed roles, for the source identity.
#[test]
fn a_token_passes_tags_and_a_source_identity_where_the_role_lets_it() {
    let tags = json!({"https://aws.amazon.com/tags": {
        "principal_tags": {"team": ["web"]}, "transitive_tag_keys": ["team"]}});
    let flat = json!({"https://aws.amazon.com/tags/principal_tags/team": "web"});
    let source = json!({"https://aws.amazon.com/source_identity": "octocat"});
    let all = json!([OPERATION, "sts:TagSession", "sts:SetSourceIdentity"]);
    let rows = [
        (&tags, json!([OPERATION, "sts:TagSession"]), None),
        (&flat, json!([OPERATION, "sts:TagSession"]), None),
        (&source, json!([OPERATION, "sts:SetSourceIdentity"]), None),
        (&tags, assume_action(), Some("sts:TagSession")),
        (&flat, assume_action(), Some("sts:TagSession")),
        (&source, assume_action(), Some("sts:SetSourceIdentity")),
        (&source, all, None),
    ];
    for (over, actions, lacking) in rows {
        let mut world = world();
        world.add_oidc_provider(provider(GITHUB)).unwrap();
        let trust = federated(PROVIDER, &actions, &json!({}));
        world.add_role(role("Deploy", trust, vec![])).unwrap();
        let mock = Mock::new(world);
        let token = token(&mock, over.clone());
        let answer = Client::anonymous(&mock).call(OPERATION, &input(&token));
        let message = answer.err().and_then(|error| error.message);
        let expected = lacking.map(|action| format!("Not authorized to perform {action}"));
        assert_eq!(message, expected, "{over} {actions}");
    }
}

/// AWS: IAM User Guide, AWS global condition context keys: `aws:PrincipalTag`, `aws:SourceIdentity`, and
/// `aws:FederatedProvider`, which a role that is assumed from the session doesn't inherit.
#[test]
fn the_session_keeps_what_the_token_gave_it() {
    let rows = [
        ("aws:PrincipalTag/team", "web", true),
        ("aws:PrincipalTag/team", "ops", false),
        ("aws:SourceIdentity", "octocat", true),
        ("aws:FederatedProvider", PROVIDER, true),
        (
            "token.actions.githubusercontent.com:sub",
            MAIN_BRANCH,
            false,
        ),
    ];
    for (key, value, allowed) in rows {
        let mut world = world();
        world.add_oidc_provider(provider(GITHUB)).unwrap();
        let actions = json!([OPERATION, "sts:TagSession", "sts:SetSourceIdentity"]);
        let trust = federated(PROVIDER, &actions, &json!({}));
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
            "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"StringEquals": {key: value}}}});
        let policy = rolecall_mock::PolicySpec::Inline {
            name: "list".to_owned(),
            document: document(&policy.to_string()),
        };
        world.add_role(role("Deploy", trust, vec![policy])).unwrap();
        let mock = Mock::new(world);
        let over = json!({"https://aws.amazon.com/tags": {"principal_tags": {"team": ["web"]}},
            "https://aws.amazon.com/source_identity": "octocat"});
        let client = Client::anonymous(&mock);
        let answer = client.call(OPERATION, &input(&token(&mock, over))).unwrap();
        assert_eq!(answer.string("SourceIdentity"), Some("octocat"));
        let listed = client
            .session(&answer)
            .call("s3:ListBuckets", &Structure::new());
        assert_eq!(listed.is_ok(), allowed, "{key} {value}");
    }
}

/// What a third party saw of AWS in 2026: the claim binds before the trust policy is asked.
#[test]
fn a_list_of_roles_must_have_the_target() {
    let mock = github(&json!({"Bool": {"sts:RoleAuthorizedByIdp": "true"}}));
    let roles = |roles: Value| token(&mock, json!({"https://aws.amazon.com/roles": roles}));

    assert!(is_trusted(&mock, &roles(json!(role_arn("Deploy")))));
    assert!(is_trusted(&mock, &roles(json!(["x", role_arn("Deploy")]))));
    assert!(!is_trusted(&mock, &token(&mock, json!({}))));
    let message = "The target role ARN is not present in the roles claim of the identity token";
    let expected = ("InvalidIdentityToken".to_owned(), message.to_owned());
    for list in [json!([]), json!([role_arn("Other")])] {
        assert_eq!(refused(&mock, &roles(list)), expected);
    }
}

/// AWS: STS API Reference, `TransitiveTagKeys`; the malformed claims are refused, though AWS's texts aren't known.
#[test]
fn claims_that_contradict_themselves_are_refused() {
    let mock = main_branch();
    let tags = |tags: Value| json!({"https://aws.amazon.com/tags": tags});
    let rows = [
        (
            tags(json!({"principal_tags": {"a": ["1", "2"]}})),
            "InvalidIdentityToken",
        ),
        (
            tags(json!({"principal_tags": {"a": "1", "A": "2"}})),
            "InvalidParameterValue",
        ),
        (
            tags(json!({"transitive_tag_keys": ["a"]})),
            "InvalidParameterValue",
        ),
        (
            tags(json!({"principal_tags": {"aws:a": "1"}})),
            "ValidationError",
        ),
        (
            json!({"https://aws.amazon.com/source_identity": "aws:me"}),
            "InvalidIdentityToken",
        ),
    ];
    for (over, code) in rows {
        assert_eq!(
            refused(&mock, &token(&mock, over.clone())).0,
            code,
            "{over}"
        );
    }
}

/// A signature on the request changes nothing: AWS takes none for this operation.
#[test]
fn a_signed_request_is_not_its_signers() {
    let mock = main_branch();
    let input = input(&token(&mock, json!({})));
    let mut request = Client::anonymous(&mock).unsigned(OPERATION, &input);
    let signature = "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/us-east-1/sts/aws4_request, \
                     SignedHeaders=host, Signature=0";
    request
        .headers_mut()
        .insert("authorization", HeaderValue::from_static(signature));
    assert_eq!(mock.handle(request).status(), 200);
}

/// Published keys take the place of the provider's own until they are forgotten, or the mock is reset.
#[test]
fn published_keys_replace_the_providers() {
    let mock = main_branch();
    let token = token(&mock, json!({}));
    let jwks = r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "1",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    let ends: [fn(&Mock); 2] = [
        |mock| mock.update(|world| world.forget_keys(GITHUB)),
        Mock::reset,
    ];
    for end in ends {
        mock.update(|world| world.publish_keys(GITHUB, jwks))
            .unwrap();
        assert_eq!(refused(&mock, &token).0, "InvalidIdentityToken");
        end(&mock);
        assert!(is_trusted(&mock, &token));
    }
}

/// Without enforcement any token is good, and nobody asks the trust policy.
#[test]
fn an_unenforced_mock_takes_any_token() {
    let world = main_branch().read(World::clone);
    let mock = Mock::builder(world).enforce(false).build();
    let token = token(&mock, json!({"aud": "x", "sub": "y", "exp": 1}));
    assert!(is_trusted(&mock, &token));
}

/// AWS: IAM API Reference, `CreateOpenIDConnectProvider`.
#[test]
fn a_provider_is_refused_that_aws_would_refuse() {
    let mut world = world();
    let arn = world.add_oidc_provider(provider(GITHUB)).unwrap();
    assert_eq!(arn, PROVIDER);
    assert!(matches!(
        world.add_oidc_provider(provider(GITHUB)),
        Err(WorldError::Exists { .. })
    ));
    for url in [
        "",
        "http://example.com",
        "https://",
        "https://a.b/?q",
        "https://a b",
        "example.com",
    ] {
        assert!(world.add_oidc_provider(provider(url)).is_err(), "{url}");
    }
    let keys = ProviderKeysSpec::Jwks(r#"{"keys": []}"#.to_owned());
    let spec = OidcProviderSpec {
        keys,
        ..provider("https://example.com")
    };
    let error = world.add_oidc_provider(spec);
    assert!(matches!(error, Err(WorldError::InvalidKeys { .. })));
    assert!(
        world
            .update_oidc_provider(provider("https://example.com"))
            .is_err()
    );
    assert!(world.remove_oidc_provider(OTHER, &arn).is_err());
    world.remove_oidc_provider(MAIN, &arn).unwrap();
}

/// Whoever holds only public keys can issue nothing.
#[test]
fn given_keys_issue_no_tokens() {
    let mut world = world();
    let jwks = r#"{"keys": [{"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
    world
        .add_oidc_provider(OidcProviderSpec {
            keys: ProviderKeysSpec::Jwks(jwks.to_owned()),
            ..provider(GITHUB)
        })
        .unwrap();
    let signed = world.sign_token(GITHUB, MAIN, Map::new(), Timestamp::UNIX_EPOCH);
    assert_eq!(signed, Err(WorldError::CannotSign(GITHUB.to_owned())));
    let unknown = world.sign_token(GITHUB, OTHER, Map::new(), Timestamp::UNIX_EPOCH);
    assert!(matches!(unknown, Err(WorldError::Unknown { .. })));
}
