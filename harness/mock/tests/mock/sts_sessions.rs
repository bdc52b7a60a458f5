//! The other temporary credentials of STS: of a user for itself, for whom it federates, and as a member's root.

use jiff::SignedDuration;
use rolecall_mock::{Mock, UserSpec};
use rolecall_wire::{Structure, Value};

use crate::client::*;

fn mock() -> Mock {
    let mut world = world();
    let policies = vec![allow("s3:*", "*"), allow("sts:*", "*")];
    world
        .add_user(UserSpec {
            mfa: true,
            policies,
            ..UserSpec::new(MAIN, "ann")
        })
        .unwrap();
    world.add_user(user("nobody", vec![])).unwrap();
    world
        .add_role(role("Open", trust(ANN, ""), vec![]))
        .unwrap();
    let needs_mfa = r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
    world
        .add_role(role("Guarded", trust(ANN, needs_mfa), vec![]))
        .unwrap();
    world.add_bucket(bucket("spa-site", None)).unwrap();
    Mock::new(world)
}

const ANN: &str = r#"{"AWS": "arn:aws:iam::123456789012:user/ann"}"#;
const SERIAL: &str = "arn:aws:iam::123456789012:mfa/ann";

fn session_token(client: &Client, input: &Structure) -> Client {
    client.session(&client.call("sts:GetSessionToken", input).unwrap())
}

fn with_code(mock: &Mock, input: Structure) -> Structure {
    let now = mock.clock().now();
    let (serial, code) = mock.read(|world| world.mfa_code(MAIN, "ann", now)).unwrap();
    input.with("SerialNumber", serial).with("TokenCode", code)
}

fn expiration(answer: &Structure) -> SignedDuration {
    match answer.structure("Credentials").unwrap().get("Expiration") {
        Some(Value::Timestamp(expiration)) => expiration.duration_since(start()),
        other => panic!("{other:?}"),
    }
}

/// AWS: STS API Reference, `GetSessionToken` and `GetFederationToken`, `DurationSeconds`.
#[test]
fn sessions_last_as_long_as_their_kind_allows() {
    let mock = mock();
    let (ann, root) = (Client::user(&mock, "ann"), Client::root(&mock, MAIN));
    let empty = Structure::new();
    let named = Structure::new().with("Name", "bob");
    let rows = [
        (&ann, "sts:GetSessionToken", empty.clone(), 43_200),
        (
            &ann,
            "sts:GetSessionToken",
            empty.clone().with("DurationSeconds", 129_600),
            129_600,
        ),
        (&root, "sts:GetSessionToken", empty.clone(), 3_600),
        (
            &root,
            "sts:GetSessionToken",
            empty.with("DurationSeconds", 7_200),
            3_600,
        ),
        (&ann, "sts:GetFederationToken", named.clone(), 43_200),
        (&root, "sts:GetFederationToken", named, 3_600),
    ];
    for (client, operation, input, seconds) in rows {
        let answer = client.call(operation, &input).unwrap();
        assert_eq!(expiration(&answer).as_secs(), seconds, "{operation}");
    }
}

/// AWS: IAM User Guide, Compare AWS STS credentials.
#[test]
fn a_session_of_a_user_is_the_user_but_may_call_less() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let session = session_token(&ann, &Structure::new());

    let identity = session
        .call("sts:GetCallerIdentity", &Structure::new())
        .unwrap();
    assert_eq!(
        identity.string("Arn"),
        Some("arn:aws:iam::123456789012:user/ann")
    );
    assert!(session.call("s3:ListBuckets", &Structure::new()).is_ok());
    assert!(session.assume(&role_arn("Open")).is_ok());
    let key = Structure::new().with("AccessKeyId", "ASIAY34FZKBOKMUTVV7A");
    assert!(ann.call("sts:GetAccessKeyInfo", &key).is_ok());
    assert_eq!(
        session.refused("sts:GetAccessKeyInfo", &key).0,
        "AccessDenied"
    );
    assert_eq!(
        session.refused("sts:GetSessionToken", &Structure::new()).1,
        "Cannot call GetSessionToken with session credentials"
    );
}

#[test]
fn a_session_token_counts_as_a_link_of_the_chain() {
    let mock = mock();
    let longer = rolecall_mock::RoleSpec {
        max_session: 7200,
        ..role("Longer", trust(ANN, ""), vec![])
    };
    mock.update(|world| world.add_role(longer)).unwrap();
    let ann = Client::user(&mock, "ann");
    let input = assume(&role_arn("Longer")).with("DurationSeconds", 3601);

    assert!(ann.call("sts:AssumeRole", &input).is_ok());
    let session = session_token(&ann, &Structure::new());
    assert_eq!(
        session.refused("sts:AssumeRole", &input).1,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
}

#[test]
fn nobody_needs_a_permission_for_a_session_of_their_own() {
    let nobody = Client::user(&mock(), "nobody");

    assert!(
        nobody
            .call("sts:GetSessionToken", &Structure::new())
            .is_ok()
    );
}

/// AWS: IAM User Guide, Secure API access with MFA.
#[test]
fn a_code_of_the_own_device_opens_what_asks_for_one() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    assert!(ann.assume(&role_arn("Guarded")).is_err());

    let guarded = with_code(&mock, assume(&role_arn("Guarded")));
    assert!(ann.call("sts:AssumeRole", &guarded).is_ok());

    let session = session_token(&ann, &with_code(&mock, Structure::new()));
    assert!(session.assume(&role_arn("Guarded")).is_ok());
    let without = session_token(&ann, &Structure::new());
    assert!(without.assume(&role_arn("Guarded")).is_err());
}

#[test]
fn a_wrong_a_used_or_half_a_code_is_refused() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let input = Structure::new();
    let good = with_code(&mock, input.clone());
    assert!(ann.call("sts:GetSessionToken", &good).is_ok());

    let wrong = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    let unknown = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial \
                   number is valid and associated with this user.";
    let half = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
    let other = input
        .clone()
        .with("SerialNumber", "arn:aws:iam::123456789012:mfa/bob");
    let rows = [
        (good.clone(), wrong),
        (
            input
                .clone()
                .with("SerialNumber", SERIAL)
                .with("TokenCode", "000000"),
            wrong,
        ),
        (other.with("TokenCode", "000000"), unknown),
        (input.clone().with("SerialNumber", SERIAL), half),
        (input.with("TokenCode", "000000"), half),
    ];
    for (input, text) in rows {
        let refused = ann.refused("sts:GetSessionToken", &input);
        assert_eq!(refused, ("AccessDenied".to_owned(), text.to_owned()));
    }
    mock.clock().advance(SignedDuration::from_mins(5));
    assert_eq!(
        ann.refused("sts:GetSessionToken", &good).1,
        wrong,
        "the code is stale"
    );
}

/// AWS: STS API Reference, `GetFederationToken`.
#[test]
fn a_federated_user_has_what_the_session_policy_leaves_of_the_user() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:List*",
        "Resource": "*"}]}"#;
    let named = Structure::new().with("Name", "bob");

    let answer = ann
        .call(
            "sts:GetFederationToken",
            &named.clone().with("Policy", policy),
        )
        .unwrap();
    let user = answer.structure("FederatedUser").unwrap();
    assert_eq!(user.string("FederatedUserId"), Some("123456789012:bob"));
    assert_eq!(
        user.string("Arn"),
        Some("arn:aws:sts::123456789012:federated-user/bob")
    );
    let bob = ann.session(&answer);
    let identity = bob
        .call("sts:GetCallerIdentity", &Structure::new())
        .unwrap();
    assert_eq!(
        identity.string("Arn"),
        Some("arn:aws:sts::123456789012:federated-user/bob")
    );
    assert_eq!(identity.string("UserId"), Some("123456789012:bob"));
    assert!(bob.call("s3:ListBuckets", &Structure::new()).is_ok());
    assert!(
        bob.call(
            "s3:DeleteBucket",
            &Structure::new().with("Bucket", "spa-site")
        )
        .is_err()
    );
    assert_eq!(
        bob.assume(&role_arn("Open")).unwrap_err().code,
        "AccessDenied"
    );

    let bare = ann.session(&ann.call("sts:GetFederationToken", &named).unwrap());
    assert!(
        bare.call("s3:ListBuckets", &Structure::new()).is_err(),
        "no session policy is no permission"
    );
    let root = Client::root(&mock, MAIN);
    let named = Structure::new().with("Name", "bob").with("Policy", policy);
    let by_root = root.session(&root.call("sts:GetFederationToken", &named).unwrap());
    assert!(by_root.call("s3:ListBuckets", &Structure::new()).is_ok());
    let nobody = Client::user(&mock, "nobody");
    assert_eq!(
        nobody.refused("sts:GetFederationToken", &named).1,
        "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: sts:GetFederationToken on \
         resource: arn:aws:sts::123456789012:federated-user/bob"
    );
}

/// AWS: STS API Reference, `GetAccessKeyInfo`.
#[test]
fn a_key_tells_its_account() {
    let ann = Client::user(&mock(), "ann");
    let info = |key: &str| {
        let input = Structure::new().with("AccessKeyId", key);
        let answer = ann.call("sts:GetAccessKeyInfo", &input).unwrap();
        answer.string("Account").unwrap().to_owned()
    };

    assert_eq!(info(&ann.credentials.clone().unwrap().access_key_id), MAIN);
    assert_eq!(info("ASIAY34FZKBOKMUTVV7A"), "609629065308");
}

/// AWS: STS API Reference, `DecodeAuthorizationMessage`.
#[test]
fn an_encoded_denial_can_be_decoded() {
    let mock = mock();
    let ann = Client::user(&mock, "ann");
    let nobody = Client::user(&mock, "nobody");
    assert!(nobody.call("s3:ListBuckets", &Structure::new()).is_err());
    let message = mock.evaluations().last().unwrap().questions[0].encoded_message();
    let input = Structure::new().with("EncodedMessage", message.as_str());

    let answer = ann.call("sts:DecodeAuthorizationMessage", &input).unwrap();
    let decoded: serde_json::Value =
        serde_json::from_str(answer.string("DecodedMessage").unwrap()).unwrap();
    assert_eq!(decoded["allowed"], false);
    assert_eq!(decoded["explicitDeny"], false);
    assert_eq!(decoded["context"]["action"], "s3:ListAllMyBuckets");
    assert_eq!(
        decoded["context"]["principal"]["arn"],
        "arn:aws:iam::123456789012:user/nobody"
    );

    assert_eq!(
        nobody.refused("sts:DecodeAuthorizationMessage", &input).0,
        "AccessDenied"
    );
    let altered = Structure::new().with("EncodedMessage", format!("A{message}"));
    assert_eq!(
        ann.refused("sts:DecodeAuthorizationMessage", &altered).0,
        "InvalidAuthorizationMessageException"
    );
}

/// Each value breaks a constraint of its parameter, which the error names.
fn check_limits(operation: &str, good: &Structure, rows: &[(&str, Value, &str)]) {
    let ann = Client::user(&mock(), "ann");
    for (member, value, constraint) in rows {
        let (code, text) = ann.refused(operation, &good.clone().with(member, value.clone()));
        assert_eq!(code, "ValidationError", "{operation} {member}: {text}");
        let place = format!("'{}{}", member[..1].to_lowercase(), &member[1..]);
        assert!(text.contains(&place) && text.contains(constraint), "{text}");
    }
}

fn long(length: usize) -> Value {
    Value::from("x".repeat(length))
}

/// AWS: STS API Reference, `AssumeRole`, parameters; the texts, and 256 for the source identity: live answers of STS.
#[test]
fn the_parameters_of_an_assume_have_limits() {
    let many: Vec<_> = (0..51).map(|n| format!("k{n}")).collect();
    let many: Vec<_> = many.iter().map(|key| (key.as_str(), "v")).collect();
    let tag = |key: &str, value: &str| Value::from(tags(&[(key, value)]));
    let text = |text: &str| Value::from(text);
    let number = |number: i64| Value::from(number);
    let rows = [
        (
            "RoleSessionName",
            long(65),
            "length less than or equal to 64",
        ),
        ("RoleSessionName", text("a:b"), r"pattern: [\w+=,.@-]*"),
        (
            "RoleSessionName",
            text("\u{e9}t\u{e9}"),
            r"pattern: [\w+=,.@-]*",
        ),
        (
            "RoleArn",
            text("short"),
            "length greater than or equal to 20",
        ),
        ("RoleArn", long(2049), "length less than or equal to 2048"),
        (
            "DurationSeconds",
            number(899),
            "value greater than or equal to 900",
        ),
        (
            "DurationSeconds",
            number(43_201),
            "value less than or equal to 43200",
        ),
        ("ExternalId", text("x"), "length greater than or equal to 2"),
        (
            "ExternalId",
            long(1225),
            "length less than or equal to 1224",
        ),
        ("ExternalId", text("a b"), "pattern: "),
        (
            "TokenCode",
            text("12345"),
            "length greater than or equal to 6",
        ),
        ("TokenCode", text("12345x"), r"pattern: [\d]*"),
        (
            "SerialNumber",
            text("x"),
            "length greater than or equal to 9",
        ),
        (
            "SourceIdentity",
            long(257),
            "length less than or equal to 256",
        ),
        ("SourceIdentity", text("aws:me"), "pattern: "),
        (
            "Tags",
            Value::from(tags(&many)),
            "length less than or equal to 50",
        ),
        ("Tags", tag("", "v"), "'tags.1.member.key' failed"),
        (
            "Tags",
            tag("k", &"x".repeat(257)),
            "'tags.1.member.value' failed",
        ),
    ];
    check_limits("sts:AssumeRole", &assume(&role_arn("Open")), &rows);

    let reserved = assume(&role_arn("Open")).with("Tags", tags(&[("AWS:k", "v")]));
    let (code, text) = Client::user(&mock(), "ann").refused("sts:AssumeRole", &reserved);
    assert_eq!(code, "ValidationError", "{text}");
}

/// AWS: STS API Reference, parameters of the operations.
#[test]
fn the_parameters_of_the_others_have_limits() {
    let (none, bob) = (Structure::new(), Structure::new().with("Name", "bob"));
    let number = |number: i64| Value::from(number);
    let too_long = (
        "DurationSeconds",
        number(129_601),
        "value less than or equal to 129600",
    );
    check_limits(
        "sts:GetSessionToken",
        &none,
        std::slice::from_ref(&too_long),
    );
    let rows = [
        too_long,
        (
            "Name",
            Value::from("x"),
            "length greater than or equal to 2",
        ),
        ("Name", long(33), "length less than or equal to 32"),
        ("Policy", long(2049), "length less than or equal to 2048"),
    ];
    check_limits("sts:GetFederationToken", &bob, &rows);
    let rows = [
        (
            "AccessKeyId",
            Value::from("AKIA"),
            "length greater than or equal to 16",
        ),
        (
            "AccessKeyId",
            Value::from("AKIA-IS-NO-KEY-OF-AWS"),
            r"pattern: [\w]*",
        ),
    ];
    check_limits("sts:GetAccessKeyInfo", &none, &rows);
    let rows = [(
        "EncodedMessage",
        long(10_241),
        "length less than or equal to 10240",
    )];
    check_limits("sts:DecodeAuthorizationMessage", &none, &rows);
    let target = Structure::new().with("TargetPrincipal", MAIN);
    let rows = [(
        "DurationSeconds",
        number(901),
        "value less than or equal to 900",
    )];
    check_limits("sts:AssumeRoot", &target, &rows);
}

/// AWS: Service Authorization Reference, AWS Security Token Service; the words of its denials name the resource where
/// there is one.
#[test]
fn nobody_calls_what_no_policy_allows() {
    let nobody = Client::user(&mock(), "nobody");
    let caller = "User: arn:aws:iam::123456789012:user/nobody is not authorized to perform";
    let rows = [
        (
            "sts:GetAccessKeyInfo",
            Structure::new().with("AccessKeyId", "ASIAY34FZKBOKMUTVV7A"),
            "",
        ),
        (
            "sts:DecodeAuthorizationMessage",
            Structure::new().with("EncodedMessage", "x"),
            "",
        ),
        (
            "sts:GetFederationToken",
            Structure::new().with("Name", "bob"),
            " on resource: arn:aws:sts::123456789012:federated-user/bob",
        ),
        (
            "sts:AssumeRole",
            assume(&role_arn("Open")),
            " on resource: arn:aws:iam::123456789012:role/Open",
        ),
    ];
    for (operation, input, resource) in rows {
        let denied = format!("{caller}: {operation}{resource}");
        assert_eq!(
            nobody.refused(operation, &input),
            ("AccessDenied".to_owned(), denied)
        );
    }
}

/// What the mock can't verify it doesn't pass over.
#[test]
fn contexts_of_services_are_refused_clearly() {
    let context = Structure::new()
        .with(
            "ProviderArn",
            "arn:aws:iam::aws:contextProvider/IdentityCenter",
        )
        .with("ContextAssertion", "assertion");
    let input = assume(&role_arn("Open")).with("ProvidedContexts", vec![Value::Structure(context)]);
    let error = Client::user(&mock(), "ann")
        .call("sts:AssumeRole", &input)
        .unwrap_err();
    assert_eq!((error.status, error.code.as_str()), (501, "NotImplemented"));
}

/// AWS answers as the request's `Accept` asks: public captures of errors, and times as numbers.
#[test]
fn answers_are_json_where_json_is_asked_for() {
    let mock = mock();
    let (ann, nobody) = (Client::user(&mock, "ann"), Client::user(&mock, "nobody"));
    let json = |client: &Client| {
        let mut request = client.unsigned("sts:AssumeRole", &assume(&role_arn("Open")));
        let accept = http::HeaderValue::from_static("application/json");
        request.headers_mut().insert("accept", accept);
        client.sign("sts:AssumeRole", &mut request);
        let answer = mock.handle(request);
        let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
        body
    };
    let taken = json(&ann);
    let result = &taken["AssumeRoleResponse"]["AssumeRoleResult"];
    let arn = "arn:aws:sts::123456789012:assumed-role/Open/DeploySPA";
    assert_eq!(result["AssumedRoleUser"]["Arn"], arn);
    let expires = start().as_second() + 3600;
    let given = result["Credentials"]["Expiration"].to_string();
    assert_eq!(given.split('.').next(), Some(expires.to_string().as_str()));
    assert!(taken["AssumeRoleResponse"]["ResponseMetadata"]["RequestId"].is_string());

    let refused = json(&nobody);
    assert_eq!(refused["Error"]["Code"], "AccessDenied");
    assert_eq!(refused["Error"]["Type"], "Sender");
    assert!(refused["RequestId"].is_string());
}
