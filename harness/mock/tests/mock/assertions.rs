//! `AssumeRoleWithSAML`: which assertions are taken, whom a role trusts by them, and what the session is.

use crate::client::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::SignedDuration;
use rolecall_mock::{
    AssertionSpec, Mock, PolicySpec, SamlKey, SamlMetadataSpec, SamlProviderSpec, World,
    saml_name_qualifier,
};
use rolecall_wire::{Structure, Value};
use serde_json::json;

const ISSUER: &str = "https://idp.example.com/saml";
const PROVIDER: &str = "arn:aws:iam::123456789012:saml-provider/ADFS";
const OPERATION: &str = "sts:AssumeRoleWithSAML";
const AWS: &str = "https://aws.amazon.com/SAML/Attributes/";
const NOT_AUTHORIZED: &str = "Not authorized to perform sts:AssumeRoleWithSAML";

fn provider(name: &str, issuer: &str) -> SamlProviderSpec {
    SamlProviderSpec {
        account: MAIN.to_owned(),
        name: name.to_owned(),
        metadata: SamlMetadataSpec::Generated {
            issuer: issuer.to_owned(),
        },
    }
}

/// A provider, and a role that trusts it for some actions under a condition.
fn mock(actions: &serde_json::Value, condition: &serde_json::Value) -> Mock {
    let mut world = world();
    world.add_saml_provider(provider("ADFS", ISSUER)).unwrap();
    let statement = json!({"Effect": "Allow", "Principal": {"Federated": PROVIDER},
        "Action": actions, "Condition": condition});
    let trust = json!({"Version": "2012-10-17", "Statement": [statement]});
    let trust = document(&trust.to_string());
    let s3 = allow("s3:ListAllMyBuckets", "*");
    world.add_role(role("Deploy", trust, vec![s3])).unwrap();
    Mock::new(world)
}

fn plain() -> Mock {
    mock(
        &json!(OPERATION),
        &json!({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
    )
}

fn attribute(name: &str, values: &[&str]) -> (String, Vec<String>) {
    let values = values.iter().map(ToString::to_string).collect();
    (name.to_owned(), values)
}

fn aws(name: &str, values: &[&str]) -> (String, Vec<String>) {
    attribute(&format!("{AWS}{name}"), values)
}

/// What a provider says of alice, who may become the role.
fn alice() -> AssertionSpec {
    let pair = format!("{},{PROVIDER}", role_arn("Deploy"));
    let mut spec = AssertionSpec::new("alice");
    spec.attributes = vec![aws("Role", &[&pair]), aws("RoleSessionName", &["alice"])];
    spec
}

fn with(attributes: &[(String, Vec<String>)]) -> AssertionSpec {
    let mut spec = alice();
    let is_replaced = |name: &String| attributes.iter().any(|(other, _)| other == name);
    spec.attributes.retain(|(name, _)| !is_replaced(name));
    let present = attributes.iter().filter(|(_, values)| !values.is_empty());
    spec.attributes.extend(present.cloned());
    spec
}

fn sign(mock: &Mock, spec: &AssertionSpec) -> String {
    let now = mock.clock().now();
    mock.read(|world| world.sign_assertion("ADFS", MAIN, spec, now))
        .unwrap()
}

fn input(assertion: &str) -> Structure {
    Structure::new()
        .with("RoleArn", role_arn("Deploy"))
        .with("PrincipalArn", PROVIDER)
        .with("SAMLAssertion", assertion)
}

fn call(mock: &Mock, spec: &AssertionSpec) -> Result<Structure, (String, String)> {
    let answer = Client::anonymous(mock).call(OPERATION, &input(&sign(mock, spec)));
    answer.map_err(|error| (error.code, error.message.unwrap_or_default()))
}

fn refused(mock: &Mock, assertion: &str) -> (String, String) {
    Client::anonymous(mock).refused(OPERATION, &input(assertion))
}

fn error(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

fn invalid(message: &str) -> (String, String) {
    error("InvalidIdentityToken", message)
}

/// AWS: STS API Reference, `AssumeRoleWithSAML`, response elements.
#[test]
fn an_assertion_gives_a_session_of_the_role() {
    let mock = plain();
    let answer = call(&mock, &alice()).unwrap();

    assert_eq!(answer.string("Subject"), Some("alice"));
    assert_eq!(answer.string("SubjectType"), Some("persistent"));
    assert_eq!(answer.string("Issuer"), Some(ISSUER));
    let recipient = Some("https://signin.aws.amazon.com/saml");
    assert_eq!(answer.string("Audience"), recipient);
    // printf '%s' https://idp.example.com/saml123456789012/ADFS | openssl sha1 -binary | base64
    let qualifier = answer.string("NameQualifier").unwrap();
    assert_eq!(qualifier, "nC/eImrD4yDBJGldfV8PSDpnfAo=");
    let user = answer.structure("AssumedRoleUser").unwrap();
    let arn = "arn:aws:sts::123456789012:assumed-role/Deploy/alice";
    assert_eq!(user.string("Arn"), Some(arn));

    let session = Client::anonymous(&mock).session(&answer);
    let identity = session.call("sts:GetCallerIdentity", &Structure::new());
    assert_eq!(identity.unwrap().string("Arn"), Some(arn));
    session.call("s3:ListBuckets", &Structure::new()).unwrap();
}

/// AWS: IAM User Guide, Troubleshoot SAML federation with IAM.
#[test]
fn an_assertion_that_says_the_wrong_thing_is_refused() {
    let audience = invalid("Response does not contain the required audience.");
    let name = invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}");
    let source =
        invalid("Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"");
    let late = error(
        "ExpiredTokenException",
        "Token must be redeemed within 5 minutes of issuance",
    );
    let denied = error("AccessDenied", NOT_AUTHORIZED);
    let other_pair = format!("{},{PROVIDER}", role_arn("Other"));
    let spec = alice;
    let rows = [
        (
            AssertionSpec {
                audience: "https://sp.example.com".into(),
                ..spec()
            },
            audience.clone(),
        ),
        (
            AssertionSpec {
                recipient: "https://sp.example.com".into(),
                ..spec()
            },
            audience.clone(),
        ),
        (
            AssertionSpec {
                recipient: "https://signin.aws.amazon.com.example.com/saml".into(),
                ..spec()
            },
            audience.clone(),
        ),
        (
            AssertionSpec {
                recipient: "https://a/signin.aws.amazon.com/saml".into(),
                ..spec()
            },
            audience,
        ),
        (
            AssertionSpec {
                life: SignedDuration::ZERO,
                ..spec()
            },
            late.clone(),
        ),
        (
            AssertionSpec {
                session: Some(SignedDuration::ZERO),
                ..spec()
            },
            late,
        ),
        (
            with(&[aws("RoleSessionName", &[])]),
            invalid("RoleSessionName is required in AuthnResponse"),
        ),
        (with(&[aws("RoleSessionName", &["a"])]), name.clone()),
        (
            with(&[aws("RoleSessionName", &["with space"])]),
            name.clone(),
        ),
        (with(&[aws("RoleSessionName", &["one", "two"])]), name),
        (with(&[aws("SourceIdentity", &["aws:me"])]), source),
        (with(&[aws("Role", &[])]), denied.clone()),
        (with(&[aws("Role", &[&other_pair])]), denied.clone()),
        (with(&[aws("Role", &[&role_arn("Deploy")])]), denied),
    ];
    for (spec, expected) in rows {
        let mock = mock(&json!(OPERATION), &json!({}));
        assert_eq!(call(&mock, &spec).unwrap_err(), expected, "{spec:?}");
    }
}

/// AWS: IAM User Guide, Configure SAML assertions for the authentication response: regional endpoints, pairs in either
/// order, and several pairs.
#[test]
fn what_providers_write_in_different_ways_is_the_same() {
    let turned = format!("{PROVIDER}, {}", role_arn("Deploy"));
    let other = format!("{},{PROVIDER}", role_arn("Other"));
    let region = "https://eu-west-1.signin.aws.amazon.com/saml";
    let specs = [
        with(&[aws("Role", &[&other, &turned])]),
        AssertionSpec {
            audience: "urn:amazon:webservices".into(),
            ..alice()
        },
        AssertionSpec {
            audience: region.into(),
            recipient: region.into(),
            ..alice()
        },
        AssertionSpec {
            subject: "a<b>&\"c\"\u{e9}\r\nd".into(),
            ..alice()
        },
        with(&[attribute("mail", &["<&>\"'\t"])]),
    ];
    for spec in specs {
        let mock = mock(&json!(OPERATION), &json!({}));
        assert!(call(&mock, &spec).is_ok(), "{spec:?}");
    }
}

/// AWS: IAM User Guide, Troubleshoot SAML federation with IAM: five minutes from the issue, whatever the assertion says.
#[test]
fn an_assertion_is_good_for_five_minutes() {
    let spec = AssertionSpec {
        life: SignedDuration::from_hours(8),
        ..alice()
    };
    for (seconds, taken) in [(299, true), (300, false)] {
        let mock = plain();
        let assertion = sign(&mock, &spec);
        mock.clock().advance(SignedDuration::from_secs(seconds));
        let answer = Client::anonymous(&mock).call(OPERATION, &input(&assertion));
        assert_eq!(answer.is_ok(), taken, "{seconds}");
    }
    let mock = plain();
    let assertion = sign(&mock, &spec);
    mock.clock().advance(SignedDuration::from_hours(-1));
    assert_eq!(refused(&mock, &assertion).0, "InvalidIdentityToken");
}

/// AWS: STS API Reference, `AssumeRoleWithSAML`, `PrincipalArn` and `RoleArn`.
#[test]
fn role_and_provider_must_be_there() {
    let mock = plain();
    let client = Client::anonymous(&mock);
    let unknown = invalid("Specified provider doesn't exist");
    let no_role = error("ValidationError", "Request ARN is invalid");
    let denied = error("AccessDenied", NOT_AUTHORIZED);
    let rows = [
        (
            "PrincipalArn",
            PROVIDER.replace("ADFS", "Okta"),
            unknown.clone(),
        ),
        (
            "PrincipalArn",
            PROVIDER.replace(MAIN, OTHER),
            unknown.clone(),
        ),
        (
            "PrincipalArn",
            "ADFS-and-other-characters".to_owned(),
            unknown,
        ),
        ("RoleArn", PROVIDER.to_owned(), no_role),
        ("RoleArn", role_arn("Missing"), denied),
    ];
    for (member, arn, expected) in rows {
        let input = input(&sign(&mock, &alice())).with(member, arn.as_str());
        assert_eq!(client.refused(OPERATION, &input), expected, "{arn}");
    }
    let pair = format!("{},{PROVIDER}", role_arn("Missing"));
    let spec = with(&[aws("Role", &[&pair])]);
    let input = input(&sign(&mock, &spec)).with("RoleArn", role_arn("Missing"));
    let expected = error("AccessDenied", NOT_AUTHORIZED);
    assert_eq!(
        client.refused(OPERATION, &input),
        expected,
        "nor is it told"
    );
}

/// AWS: IAM User Guide, keys for SAML-based AWS STS federation.
#[test]
fn a_trust_policy_tests_the_assertion() {
    let rows = [
        (
            "StringEquals",
            "saml:aud",
            "https://signin.aws.amazon.com/saml",
            true,
        ),
        ("StringEquals", "saml:iss", ISSUER, true),
        ("StringEquals", "saml:sub", "alice", true),
        ("StringEquals", "saml:sub", "bob", false),
        ("StringEquals", "saml:sub_type", "persistent", true),
        ("StringEquals", "saml:doc", "123456789012/ADFS", true),
        (
            "StringEquals",
            "saml:namequalifier",
            "nC/eImrD4yDBJGldfV8PSDpnfAo=",
            true,
        ),
        ("StringEquals", "sts:RoleSessionName", "alice", true),
        ("StringEquals", "aws:FederatedProvider", PROVIDER, true),
        (
            "ForAnyValue:StringEquals",
            "saml:edupersonaffiliation",
            "staff",
            true,
        ),
        (
            "ForAnyValue:StringEquals",
            "saml:eduPersonAffiliation",
            "student",
            false,
        ),
        (
            "ForAnyValue:StringEquals",
            "saml:edupersonentitlement",
            "urn:x",
            true,
        ),
        ("StringEquals", "saml:mail", "alice@example.com", true),
        ("StringEquals", "saml:givenName", "Alice", true),
        ("StringEquals", "saml:favouriteColour", "blue", false),
    ];
    let spec = with(&[
        attribute("eduPersonAffiliation", &["member", "staff"]),
        attribute("urn:oid:1.3.6.1.4.1.5923.1.1.1.7", &["urn:x"]),
        attribute("urn:oid:0.9.2342.19200300.100.1.3", &["alice@example.com"]),
        attribute(
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
            &["Alice"],
        ),
        attribute("favouriteColour", &["blue"]),
    ]);
    for (operator, key, value, trusted) in rows {
        let mock = mock(&json!(OPERATION), &json!({operator: {key: value}}));
        let expected = (!trusted).then(|| error("AccessDenied", NOT_AUTHORIZED));
        assert_eq!(call(&mock, &spec).err(), expected, "{key} {value}");
    }
}

/// AWS: IAM User Guide, Passing session tags using `AssumeRoleWithSAML`; Monitor and control actions taken with assumed
/// roles.
#[test]
fn an_assertion_passes_tags_and_a_source_identity_where_the_role_lets_it() {
    let tags = with(&[
        aws("PrincipalTag:team", &["web"]),
        aws("TransitiveTagKeys", &["team"]),
    ]);
    let source = with(&[aws("SourceIdentity", &["alice"])]);
    let rows = [
        (&tags, json!([OPERATION, "sts:TagSession"]), None),
        (&source, json!([OPERATION, "sts:SetSourceIdentity"]), None),
        (&tags, json!(OPERATION), Some("sts:TagSession")),
        (&source, json!(OPERATION), Some("sts:SetSourceIdentity")),
    ];
    for (spec, actions, lacking) in rows {
        let mock = mock(&actions, &json!({}));
        let expected = lacking.map(|action| format!("Not authorized to perform {action}"));
        let message = call(&mock, spec).err().map(|(_, message)| message);
        assert_eq!(message, expected, "{actions}");
    }
    for spec in [
        with(&[aws("PrincipalTag:team", &["web", "ops"])]),
        with(&[
            aws("PrincipalTag:team", &["a"]),
            aws("PrincipalTag:TEAM", &["b"]),
        ]),
        with(&[aws("PrincipalTag:aws:x", &["a"])]),
        with(&[aws("TransitiveTagKeys", &["team"])]),
    ] {
        let mock = mock(&json!([OPERATION, "sts:TagSession"]), &json!({}));
        let (code, _) = call(&mock, &spec).unwrap_err();
        assert_ne!(code, "AccessDenied", "{spec:?}");
    }
}

/// AWS: Service Authorization Reference, AWS Security Token Service: of the assertion's keys these stay in the session.
#[test]
fn the_session_keeps_what_the_assertion_gave_it() {
    let rows = [
        ("aws:PrincipalTag/team", "web", true),
        ("aws:SourceIdentity", "alice", true),
        ("aws:FederatedProvider", PROVIDER, true),
        ("saml:sub", "alice", true),
        ("saml:sub_type", "persistent", true),
        ("saml:namequalifier", "nC/eImrD4yDBJGldfV8PSDpnfAo=", true),
        ("saml:iss", ISSUER, false),
        ("saml:mail", "alice@example.com", false),
    ];
    for (key, value, allowed) in rows {
        let actions = json!([OPERATION, "sts:TagSession", "sts:SetSourceIdentity"]);
        let mock = mock(&actions, &json!({}));
        let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Deny",
            "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": {"StringNotEquals": {key: value}}}});
        mock.update(|world| {
            let statement =
                json!({"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": actions});
            let trust =
                document(&json!({"Version": "2012-10-17", "Statement": statement}).to_string());
            let policies = vec![
                allow("s3:*", "*"),
                PolicySpec::Inline {
                    name: "deny".to_owned(),
                    document: document(&policy.to_string()),
                },
            ];
            world.update_role(role("Deploy", trust, policies)).unwrap();
        });
        let spec = with(&[
            aws("PrincipalTag:team", &["web"]),
            aws("SourceIdentity", &["alice"]),
            attribute("mail", &["alice@example.com"]),
        ]);
        let answer = call(&mock, &spec).unwrap();
        assert_eq!(answer.string("SourceIdentity"), Some("alice"));
        let session = Client::anonymous(&mock).session(&answer);
        let listed = session.call("s3:ListBuckets", &Structure::new());
        assert_eq!(listed.is_ok(), allowed, "{key} {value}");
    }
}

fn seconds(mock: &Mock, answer: &Structure) -> i64 {
    match answer.structure("Credentials").unwrap().get("Expiration") {
        Some(Value::Timestamp(end)) => end.duration_since(mock.clock().now()).as_secs(),
        other => panic!("{other:?}"),
    }
}

/// AWS: STS API Reference, `AssumeRoleWithSAML`, `DurationSeconds`: the shorter of it and `SessionNotOnOrAfter`; the
/// texts: IAM User Guide, Troubleshoot SAML federation with IAM.
#[test]
fn a_session_is_as_long_as_request_provider_and_role_allow() {
    let too_long = "Requested DurationSeconds exceeds MaxSessionDuration set for this role.";
    let duration = |text: &str| with(&[aws("SessionDuration", &[text])]);
    let ending = |minutes| AssertionSpec {
        session: Some(SignedDuration::from_mins(minutes)),
        ..alice()
    };
    let rows = [
        (alice(), None, Ok(3600)),
        (alice(), Some(900), Ok(900)),
        (alice(), Some(3601), Err(too_long)),
        (duration("1800"), None, Ok(1800)),
        (duration("1800"), Some(900), Ok(900)),
        (duration("3601"), None, Err(too_long)),
        (ending(20), None, Ok(1200)),
        (ending(20), Some(900), Ok(900)),
        (ending(600), None, Ok(3600)),
    ];
    for (spec, asked, expected) in rows {
        let mock = plain();
        let input = input(&sign(&mock, &spec)).with_some("DurationSeconds", asked);
        let answer = Client::anonymous(&mock).call(OPERATION, &input);
        let got = answer.map(|answer| seconds(&mock, &answer));
        let got = got.map_err(|error| (error.code, error.message.unwrap()));
        let expected = expected.map_err(|text| error("ValidationError", text));
        assert_eq!(got, expected, "{asked:?} {spec:?}");
    }
    for text in ["899", "43201", "an hour", ""] {
        let (code, _) = call(&plain(), &duration(text)).unwrap_err();
        assert_eq!(code, "InvalidIdentityToken", "{text}");
    }
}

fn xml(assertion: &str) -> String {
    String::from_utf8(BASE64.decode(assertion).unwrap()).unwrap()
}

/// The text of an element, tags included.
fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let start = xml.find(&format!("<{name} ")).unwrap();
    let end = format!("</{name}>");
    let length = xml[start..].find(&end).unwrap() + end.len();
    &xml[start..start + length]
}

/// What was signed can't be changed; what wasn't, isn't read. On signature wrapping: Somorovsky and others, On Breaking
/// SAML: Be Whoever You Want to Be, 2012.
#[test]
fn only_what_the_provider_signed_counts() {
    let mock = plain();
    let good = xml(&sign(&mock, &alice()));
    assert!(
        Client::anonymous(&mock)
            .call(OPERATION, &input(&BASE64.encode(&good)))
            .is_ok()
    );
    let assertion = element(&good, "saml:Assertion");
    let signature = element(&good, "ds:Signature");
    let unsigned = assertion.replace(signature, "");
    let forged = unsigned.replace("alice", "mallory");
    let forged_id = forged.replacen("ID=\"_", "ID=\"_f", 1);
    let object = format!("<ds:Object>{assertion}</ds:Object></ds:Signature>");
    let wrong = [
        ("a changed name", good.replace(">alice<", ">mallory<")),
        ("no signature", good.replace(signature, "")),
        (
            "a forged assertion before",
            good.replace(assertion, &format!("{forged_id}{assertion}")),
        ),
        (
            "a forged assertion after",
            good.replace(assertion, &format!("{assertion}{forged_id}")),
        ),
        (
            "the same id twice",
            good.replace(assertion, &format!("{forged}{assertion}")),
        ),
        (
            "the signed one inside the forged one's signature",
            good.replace(
                assertion,
                &forged_id.replacen(
                    "</saml:Issuer>",
                    &format!(
                        "</saml:Issuer>{}",
                        signature.replace("</ds:Signature>", &object)
                    ),
                    1,
                ),
            ),
        ),
        (
            "the signed one in an extension",
            good.replace(
                assertion,
                &format!("<samlp:Extensions>{assertion}</samlp:Extensions>{forged_id}"),
            ),
        ),
        (
            "the signed one in an extension alone",
            good.replace(
                assertion,
                &format!("<samlp:Extensions>{assertion}</samlp:Extensions>"),
            ),
        ),
        (
            "the signature over another element",
            good.replace(
                assertion,
                &format!("{forged_id}<samlp:Extensions>{signature}</samlp:Extensions>"),
            ),
        ),
        (
            "another algorithm",
            good.replace("ecdsa-sha256", "hmac-sha256"),
        ),
        (
            "no algorithm",
            good.replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#none"),
        ),
        (
            "a reference to nothing",
            good.replace("URI=\"#_", "URI=\"#x"),
        ),
        (
            "a reference to elsewhere",
            good.replace("URI=\"#_", "URI=\"http://127.0.0.1:1/_"),
        ),
        (
            "a document type",
            format!("<!DOCTYPE x [<!ENTITY e \"x\">]>{good}"),
        ),
    ];
    for (what, changed) in wrong {
        assert_ne!(changed, good, "{what}");
        let (code, _) = refused(&mock, &BASE64.encode(&changed));
        assert_eq!(code, "InvalidIdentityToken", "{what}");
    }
}

/// A comment is no part of what is signed; it must not cut a text off either.
#[test]
fn a_comment_changes_nothing() {
    let mock = mock(
        &json!(OPERATION),
        &json!({"StringEquals": {"saml:sub": "alice.example"}}),
    );
    let spec = AssertionSpec {
        subject: "alice.example".to_owned(),
        ..alice()
    };
    let commented = xml(&sign(&mock, &spec)).replace("alice.example", "alice<!-- -->.example");
    let answer = Client::anonymous(&mock).call(OPERATION, &input(&BASE64.encode(commented)));
    assert_eq!(answer.unwrap().string("Subject"), Some("alice.example"));
}

/// AWS: IAM User Guide, Troubleshoot SAML federation with IAM: issuer and signature are compared with the metadata.
#[test]
fn another_providers_assertion_is_refused() {
    let mock = plain();
    let signed_by = |seed: u64, issuer: &str| {
        let mut world = World::new(seed, start());
        world.add_account(MAIN).unwrap();
        world.add_saml_provider(provider("ADFS", issuer)).unwrap();
        world
            .sign_assertion(PROVIDER, MAIN, &alice(), start())
            .unwrap()
    };
    let signature = invalid("Response signature invalid");
    let issuer = invalid("Issuer not present in specified provider");
    assert_eq!(refused(&mock, &signed_by(2, ISSUER)), signature);
    assert_eq!(
        refused(&mock, &signed_by(1, "https://other.example.com")),
        issuer
    );
    assert!(
        Client::anonymous(&mock)
            .call(OPERATION, &input(&signed_by(1, ISSUER)))
            .is_ok()
    );
}

/// What is no response at all, in base64 or out of it.
#[test]
fn what_is_no_response_is_refused() {
    let mock = plain();
    let base64 = invalid("Invalid base64 SAMLResponse");
    for text in ["!!!!", "PHg+A", &BASE64.encode(b"\xff\xfe\xfd\xfc")] {
        assert_eq!(refused(&mock, text), base64, "{text}");
    }
    let deep = format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000));
    for text in ["<x>", "not XML", "<Response/>", deep.get(..60_000).unwrap()] {
        let refused = refused(&mock, &BASE64.encode(text));
        assert_eq!(refused, invalid("Invalid SAML response"));
    }
    let assertion = sign(&mock, &alice());
    let lines: Vec<_> = assertion.as_bytes().chunks(76).collect();
    let broken = String::from_utf8(lines.join(&b"\r\n"[..])).unwrap();
    assert!(
        Client::anonymous(&mock)
            .call(OPERATION, &input(&broken))
            .is_ok()
    );
}

/// AWS: STS API Reference, `AssumeRoleWithSAML`, parameters.
#[test]
fn parameters_are_checked_first() {
    let mock = plain();
    let missing = Structure::new().with("RoleArn", role_arn("Deploy"));
    let (code, text) = Client::anonymous(&mock).refused(OPERATION, &missing);
    assert_eq!(code, "ValidationError");
    assert!(text.starts_with("2 validation errors detected: "), "{text}");
    assert!(text.contains("Value null at 'principalArn'"), "{text}");
}

/// Without enforcement any assertion is good, and nobody asks the trust policy.
#[test]
fn an_unenforced_mock_takes_any_assertion() {
    let world = plain().read(World::clone);
    let mock = Mock::builder(world).enforce(false).build();
    let unsigned = xml(&sign(&mock, &alice()));
    let unsigned = unsigned.replace(element(&unsigned, "ds:Signature"), "");
    let input =
        input(&BASE64.encode(unsigned)).with("PrincipalArn", PROVIDER.replace("ADFS", "Okta"));
    assert!(Client::anonymous(&mock).call(OPERATION, &input).is_ok());
}

/// A response and the metadata of a provider elsewhere, as Active Directory Federation Services writes them: signed with
/// RSA by Python's signxml, whose key was thrown away; the certificate expired long ago, which AWS doesn't mind.
#[test]
fn a_response_of_a_provider_elsewhere_is_taken() {
    let metadata = include_str!("fixtures/adfs-metadata.xml");
    let response = include_str!("fixtures/adfs-response.xml");
    let mut world = plain().read(World::clone);
    world
        .update_saml_provider(SamlProviderSpec {
            metadata: SamlMetadataSpec::Document(metadata.to_owned()),
            ..provider("ADFS", ISSUER)
        })
        .unwrap();
    let signed = world.sign_assertion("ADFS", MAIN, &alice(), start());
    assert!(signed.is_err(), "its key is elsewhere");
    let mock = Mock::new(world);
    let call = |response: &str| {
        let input = input(&BASE64.encode(response));
        Client::anonymous(&mock).call(OPERATION, &input)
    };
    let answer = call(response).unwrap();
    assert_eq!(answer.string("Subject"), Some(r"EXAMPLE\Bob"));
    let user = answer.structure("AssumedRoleUser").unwrap();
    let arn = "arn:aws:sts::123456789012:assumed-role/Deploy/bob@example.com";
    assert_eq!(user.string("Arn"), Some(arn));
    let forged = response.replace(r"EXAMPLE\Bob", r"EXAMPLE\Eve");
    assert_eq!(call(&forged).unwrap_err().code, "InvalidIdentityToken");
}

/// A provider whose key is a test's own, as on a target that is told its metadata over the API.
#[test]
fn a_key_that_is_made_anew_signs_for_the_provider_that_shows_it() {
    let [key, other] =
        [(); 2].map(|()| SamlKey::generate(&mut getrandom::SysRng).expect("randomness"));
    let mock = plain();
    let document = SamlMetadataSpec::Document(key.metadata(ISSUER));
    let own = SamlProviderSpec {
        metadata: document,
        ..provider("ADFS", ISSUER)
    };
    mock.update(|world| world.update_saml_provider(own))
        .unwrap();
    let signed = |key: &SamlKey| input(&key.sign_assertion(ISSUER, &alice(), mock.clock().now()));

    let answer = Client::anonymous(&mock).call(OPERATION, &signed(&key));

    let qualifier = saml_name_qualifier(ISSUER, MAIN, "ADFS");
    assert_eq!(
        answer.unwrap().string("NameQualifier"),
        Some(qualifier.as_str())
    );
    assert_eq!(
        Client::anonymous(&mock).refused(OPERATION, &signed(&other)),
        invalid("Response signature invalid")
    );
}
