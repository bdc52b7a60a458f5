//! `GetWebIdentityToken`: tokens of AWS for services elsewhere; and `GetDelegatedAccessToken`, for partners alone.

use crate::client::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use jiff::SignedDuration;
use rolecall_mock::{
    MemberSpec, Mock, OidcProviderSpec, OrganizationSpec, PolicySpec, ProviderKeysSpec, UnitSpec,
    UserSpec,
};
use rolecall_wire::{Structure, Value};
use serde_json::{Value as Json, json};

const OPERATION: &str = "sts:GetWebIdentityToken";

/// A user that may ask for tokens under a condition, in an account where they are on.
fn mock(policies: Vec<PolicySpec>) -> Mock {
    let mut world = world();
    world
        .add_user(UserSpec {
            policies,
            tags: vec![("team".to_owned(), "web".to_owned())],
            ..UserSpec::new(MAIN, "ann")
        })
        .unwrap();
    world.set_outbound_federation(MAIN, true).unwrap();
    Mock::new(world)
}

fn open() -> Mock {
    mock(vec![allow("sts:*", "*")])
}

/// One that allows an action under a condition.
fn allow_if(action: &str, condition: &Json) -> PolicySpec {
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action,
        "Resource": "*", "Condition": condition}});
    PolicySpec::Inline {
        name: "conditional".to_owned(),
        document: document(&policy.to_string()),
    }
}

fn input(audiences: &[&str]) -> Structure {
    let audiences: Vec<_> = audiences
        .iter()
        .map(|audience| Value::from(*audience))
        .collect();
    Structure::new()
        .with("Audience", audiences)
        .with("SigningAlgorithm", "ES384")
}

fn claims(answer: &Structure) -> Json {
    let token = answer.string("WebIdentityToken").unwrap();
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn refused(client: &Client, input: &Structure) -> (u16, String) {
    let error = client.call(OPERATION, input).unwrap_err();
    (error.status, error.code)
}

/// AWS: IAM User Guide, Understanding token claims.
#[test]
fn a_token_tells_who_asked_for_it() {
    let mock = open();
    let ann = Client::user(&mock, "ann");
    let tagged = input(&["https://api.example.com"])
        .with("Tags", tags(&[("job", "42")]))
        .with("DurationSeconds", 900);
    let answer = ann.call(OPERATION, &tagged).unwrap();

    let claims = claims(&answer);
    let now = start().as_second();
    assert_eq!(claims["sub"], "arn:aws:iam::123456789012:user/ann");
    assert_eq!(claims["aud"], "https://api.example.com");
    assert_eq!(claims["iat"], now);
    assert_eq!(claims["exp"], now + 900);
    assert!(claims["jti"].is_string());
    let issuer = mock.read(|world| world.outbound_issuer(MAIN)).unwrap();
    assert_eq!(claims["iss"], issuer);
    assert!(issuer.starts_with("https://") && issuer.ends_with(".tokens.sts.global.api.aws"));
    let aws = &claims["https://sts.amazonaws.com/"];
    let expected = json!({"aws_account": MAIN, "source_region": "us-east-1",
        "principal_id": "arn:aws:iam::123456789012:user/ann",
        "principal_tags": {"team": "web"}, "request_tags": {"job": "42"}});
    assert_eq!(*aws, expected);
    let expires = start() + SignedDuration::from_secs(900);
    assert_eq!(answer.get("Expiration"), Some(&Value::Timestamp(expires)));
    let several = ann.call(OPERATION, &input(&["a", "b"])).unwrap();
    assert_eq!(self::claims(&several)["aud"], json!(["a", "b"]));
    let default = self::claims(&several)["exp"].as_i64().unwrap();
    assert_eq!(default - now, 300, "five minutes unless said");
}

/// AWS: IAM User Guide, Understanding token claims; which of them chained sessions keep: probed against live STS in 2026.
#[test]
fn a_sessions_token_is_the_roles() {
    let mock = open();
    mock.update(|world| {
        let root = UnitSpec {
            name: "Root".to_owned(),
            service_control: Vec::new(),
            resource_control: Vec::new(),
            units: Vec::new(),
            accounts: vec![MemberSpec {
                name: "main".to_owned(),
                account: MAIN.to_owned(),
                service_control: Vec::new(),
                resource_control: Vec::new(),
            }],
        };
        let organization = OrganizationSpec {
            id: "o-acme123456".to_owned(),
            management: Some(MAIN.to_owned()),
            root,
        };
        world.set_organization(Some(&organization)).unwrap();
        let trust = trust(r#"{"AWS": "arn:aws:iam::123456789012:user/ann"}"#, "");
        let spec = rolecall_mock::RoleSpec {
            path: "/teams/".to_owned(),
            ..role("Deploy", trust, vec![allow("sts:*", "*")])
        };
        world.add_role(spec).unwrap();
    });
    let ann = Client::user(&mock, "ann");
    let arn = "arn:aws:iam::123456789012:role/teams/Deploy";
    let assume = assume(arn)
        .with("SourceIdentity", "ann")
        .with("Tags", tags(&[("stage", "test")]));
    let session = ann.session(&ann.call("sts:AssumeRole", &assume).unwrap());
    let answer = session.call(OPERATION, &input(&["api"])).unwrap();

    let claims = claims(&answer);
    assert_eq!(claims["sub"], arn);
    let aws = &claims["https://sts.amazonaws.com/"];
    assert_eq!(aws["principal_tags"], json!({"stage": "test"}));
    assert_eq!(aws["source_identity"], "ann");
    assert_eq!(aws["original_session_exp"], "2026-01-01T01:00:00Z");
    assert_eq!(aws["org_id"], "o-acme123456");
    assert!(
        aws["ou_path"]
            .as_str()
            .unwrap()
            .starts_with("o-acme123456/r-")
    );
    assert!(aws.get("federated_provider").is_none());
}

/// AWS: STS API Reference, `GetWebIdentityToken`, errors.
#[test]
fn a_token_does_not_outlive_its_session() {
    let mock = open();
    mock.update(|world| {
        let trust = trust(r#"{"AWS": "arn:aws:iam::123456789012:user/ann"}"#, "");
        world
            .add_role(role("Deploy", trust, vec![allow("sts:*", "*")]))
            .unwrap();
    });
    let ann = Client::user(&mock, "ann");
    let session = ann.session(&ann.assume(&role_arn("Deploy")).unwrap());
    mock.clock().advance(SignedDuration::from_mins(58));
    for (seconds, taken) in [(120, true), (121, false)] {
        let input = input(&["api"]).with("DurationSeconds", seconds);
        let expected = (!taken).then(|| (403, "SessionDurationEscalationException".to_owned()));
        let error = session.call(OPERATION, &input).err();
        assert_eq!(error.map(|e| (e.status, e.code)), expected, "{seconds}");
    }
}

/// AWS: STS API Reference, `GetWebIdentityToken`, parameters.
#[test]
fn parameters_are_checked_first() {
    let ann = Client::user(&open(), "ann");
    let good = || input(&["api"]);
    let many: Vec<_> = (0..11).map(|n| Value::from(format!("a{n}"))).collect();
    let long = "x".repeat(1001);
    let rows = [
        (
            Structure::new().with("SigningAlgorithm", "ES384"),
            "'audience'",
        ),
        (
            Structure::new().with("Audience", vec![Value::from("api")]),
            "'signingAlgorithm'",
        ),
        (good().with("Audience", many), "'audience'"),
        (input(&[&long]), "less than or equal to 1000"),
        (
            good().with("DurationSeconds", 59),
            "greater than or equal to 60",
        ),
        (
            good().with("DurationSeconds", 3601),
            "less than or equal to 3600",
        ),
        (
            good().with("SigningAlgorithm", "ES256"),
            "enum value set: [RS256, ES384]",
        ),
        (
            good().with("SigningAlgorithm", "RS2"),
            "greater than or equal to 5",
        ),
        (good().with("Tags", tags(&[("aws:x", "1")])), "reserved"),
    ];
    for (input, part) in rows {
        let (code, text) = ann.refused(OPERATION, &input);
        assert_eq!(code, "ValidationError", "{text}");
        assert!(text.contains(part), "{text}");
    }
    let twice = good().with("Tags", tags(&[("a", "1"), ("A", "2")]));
    assert_eq!(
        refused(&ann, &twice),
        (400, "InvalidParameterValue".to_owned())
    );
    let huge: Vec<_> = (0..50)
        .map(|n| (format!("k{n}"), "v".repeat(256)))
        .collect();
    let huge: Vec<_> = huge.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let long: Vec<_> = (0..10).map(|n| format!("{n}{}", "a".repeat(900))).collect();
    let long: Vec<_> = long.iter().map(String::as_str).collect();
    let huge = input(&long).with("Tags", tags(&huge));
    assert_eq!(
        refused(&ann, &huge),
        (400, "JWTPayloadSizeExceededException".to_owned())
    );
}

/// AWS: STS API Reference, `GetWebIdentityToken`, errors; IAM API Reference, `EnableOutboundWebIdentityFederation` and
/// its neighbours.
#[test]
fn the_account_says_whether_there_are_tokens() {
    let mut world = world();
    let policies = vec![allow("sts:*", "*"), allow("iam:*Outbound*", "*")];
    world.add_user(user("ann", policies)).unwrap();
    world.add_user(user("bob", vec![])).unwrap();
    let mock = Mock::new(world);
    let (ann, bob) = (Client::user(&mock, "ann"), Client::user(&mock, "bob"));
    let none = Structure::new();
    let info = "iam:GetOutboundWebIdentityFederationInfo";
    let enable = "iam:EnableOutboundWebIdentityFederation";
    let disable = "iam:DisableOutboundWebIdentityFederation";
    let off = (
        403,
        "OutboundWebIdentityFederationDisabledException".to_owned(),
    );

    assert_eq!(refused(&ann, &input(&["api"])), off);
    assert_eq!(ann.refused(info, &none).0, "FeatureDisabled");
    assert_eq!(ann.refused(disable, &none).0, "FeatureDisabled");
    let issuer = ann.call(enable, &none).unwrap();
    let issuer = issuer.string("IssuerIdentifier").unwrap().to_owned();
    assert_eq!(ann.refused(enable, &none).0, "FeatureEnabled");
    let known = ann.call(info, &none).unwrap();
    assert_eq!(known.string("IssuerIdentifier"), Some(issuer.as_str()));
    assert_eq!(known.get("JwtVendingEnabled"), Some(&Value::Boolean(true)));
    let token = ann.call(OPERATION, &input(&["api"])).unwrap();
    assert_eq!(claims(&token)["iss"], issuer);
    ann.call(disable, &none).unwrap();
    assert_eq!(refused(&ann, &input(&["api"])), off);
    for operation in [info, enable, disable] {
        let denied = format!(
            "User: arn:aws:iam::123456789012:user/bob is not authorized to perform: {operation} on resource: * because \
             no identity-based policy allows the {operation} action"
        );
        assert_eq!(
            bob.refused(operation, &none),
            ("AccessDenied".to_owned(), denied)
        );
    }
}

/// AWS: Service Authorization Reference, AWS Security Token Service: the keys of the two actions.
#[test]
fn policies_limit_audiences_algorithms_durations_and_tags() {
    let audience = |operator: &str| json!({operator: {"sts:IdentityTokenAudience": "api"}});
    let untagged = || input(&["api"]);
    let tagged = || untagged().with("Tags", tags(&[("job", "42")]));
    let any = audience("ForAnyValue:StringEquals");
    let all = audience("ForAllValues:StringEquals");
    let both = allow("sts:TagGetWebIdentityToken", "*");
    let get = |condition: &Json| allow_if("sts:GetWebIdentityToken", condition);
    let denied = |action: &str| {
        Some(format!(
            "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: {action}"
        ))
    };
    let (token, tag) = (
        denied("sts:GetWebIdentityToken"),
        denied("sts:TagGetWebIdentityToken"),
    );
    let rows = [
        (vec![], untagged(), token.clone()),
        (vec![get(&any)], untagged(), None),
        (vec![get(&any)], input(&["other"]), token.clone()),
        (vec![get(&any)], input(&["api", "other"]), None),
        (vec![get(&all)], input(&["api", "other"]), token.clone()),
        (
            vec![get(
                &json!({"StringEquals": {"sts:SigningAlgorithm": "ES384"}}),
            )],
            untagged(),
            None,
        ),
        (
            vec![get(
                &json!({"StringEquals": {"sts:SigningAlgorithm": "RS256"}}),
            )],
            untagged(),
            token.clone(),
        ),
        (
            vec![get(
                &json!({"NumericLessThanEquals": {"sts:DurationSeconds": "300"}}),
            )],
            untagged(),
            None,
        ),
        (
            vec![get(
                &json!({"NumericLessThanEquals": {"sts:DurationSeconds": "300"}}),
            )],
            untagged().with("DurationSeconds", 301),
            token,
        ),
        (
            vec![allow("sts:GetWebIdentityToken", "*")],
            tagged(),
            tag.clone(),
        ),
        (vec![get(&json!({})), both.clone()], tagged(), None),
        (
            vec![
                get(&json!({"StringEquals": {"aws:RequestTag/job": "42"}})),
                both,
            ],
            tagged(),
            None,
        ),
        (
            vec![
                allow("sts:GetWebIdentityToken", "*"),
                allow_if("sts:TagGetWebIdentityToken", &any),
            ],
            tagged(),
            None,
        ),
        (
            vec![
                allow("sts:GetWebIdentityToken", "*"),
                allow_if("sts:TagGetWebIdentityToken", &any),
            ],
            tagged().with("Audience", vec![Value::from("other")]),
            tag,
        ),
    ];
    for (policies, input, expected) in rows {
        let described = format!("{policies:?} {input:?}");
        let ann = Client::user(&mock(policies), "ann");
        let message = ann
            .call(OPERATION, &input)
            .err()
            .and_then(|error| error.message);
        assert_eq!(message, expected, "{described}");
    }
}

/// AWS: IAM User Guide, Compare AWS STS credentials.
#[test]
fn only_roles_and_long_term_keys_get_tokens() {
    let mock = open();
    let ann = Client::user(&mock, "ann");
    let none = Structure::new();
    let session = ann.session(&ann.call("sts:GetSessionToken", &none).unwrap());
    let named = Structure::new().with("Name", "bob");
    let federated = ann.session(&ann.call("sts:GetFederationToken", &named).unwrap());
    for client in [&session, &federated] {
        assert_eq!(
            refused(client, &input(&["api"])),
            (403, "AccessDenied".to_owned())
        );
    }
}

/// OpenID Connect Discovery 1.0: whoever gets a token finds its keys at the issuer.
#[test]
fn the_issuer_publishes_the_keys_of_both_algorithms() {
    let mock = open();
    let ann = Client::user(&mock, "ann");
    let issuer = mock.read(|world| world.outbound_issuer(MAIN)).unwrap();
    let get = |path: &str| {
        let request =
            http::Request::get(path).header("host", issuer.trim_start_matches("https://"));
        mock.handle(request.body(Bytes::new()).unwrap())
    };
    let configuration: Json =
        serde_json::from_slice(get("/.well-known/openid-configuration").body()).unwrap();
    assert_eq!(configuration["issuer"], issuer);
    assert_eq!(
        configuration["jwks_uri"],
        format!("{issuer}/.well-known/jwks.json")
    );
    let jwks = get("/.well-known/jwks.json");
    let jwks = std::str::from_utf8(jwks.body()).unwrap();
    assert_eq!(get("/.well-known/other").status(), 404);

    // A world whose only knowledge is the JWKS believes the tokens.
    for algorithm in ["ES384", "RS256"] {
        let input = input(&["sts.amazonaws.com"]).with("SigningAlgorithm", algorithm);
        let answer = ann.call(OPERATION, &input).unwrap();
        let token = answer.string("WebIdentityToken").unwrap();
        let mut elsewhere = world();
        let provider = elsewhere
            .add_oidc_provider(OidcProviderSpec {
                account: MAIN.to_owned(),
                url: issuer.clone(),
                audiences: vec!["sts.amazonaws.com".to_owned()],
                keys: ProviderKeysSpec::Jwks(jwks.to_owned()),
            })
            .unwrap();
        let trust = document(
            &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity"}})
            .to_string(),
        );
        elsewhere.add_role(role("Deploy", trust, vec![])).unwrap();
        let elsewhere = Client::anonymous(&Mock::new(elsewhere));
        let input = Structure::new()
            .with("RoleArn", role_arn("Deploy"))
            .with("RoleSessionName", "ci")
            .with("WebIdentityToken", token);
        let answer = elsewhere
            .call("sts:AssumeRoleWithWebIdentity", &input)
            .unwrap();
        let subject = answer.string("SubjectFromWebIdentityToken");
        assert_eq!(
            subject,
            Some("arn:aws:iam::123456789012:user/ann"),
            "{algorithm}"
        );
    }
}

/// AWS: STS API Reference, `GetDelegatedAccessToken`: for AWS's partners.
#[test]
fn nobody_here_is_a_partner_of_aws() {
    let mock = open();
    mock.update(|world| world.add_user(user("bob", vec![])).unwrap());
    let operation = "sts:GetDelegatedAccessToken";
    let input = Structure::new().with("TradeInToken", "token");
    for name in ["ann", "bob"] {
        let denied = format!(
            "User: arn:aws:iam::123456789012:user/{name} is not authorized to perform: {operation}"
        );
        let refused = Client::user(&mock, name).refused(operation, &input);
        assert_eq!(refused, ("AccessDenied".to_owned(), denied));
    }
    let (code, text) = Client::user(&mock, "ann").refused(operation, &Structure::new());
    assert_eq!(code, "ValidationError");
    assert!(text.contains("'tradeInToken'"), "{text}");
}
