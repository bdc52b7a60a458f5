//! Random questions, made from bytes, so that what proptest shrinks are the choices.
//!
//! The vocabulary is small on purpose: patterns, principals and keys meet often enough that every rule is exercised.

use serde_json::{Value, json};

use crate::naive::{Caller, Question};

/// Bytes that make choices; when they run out, the first choice is made.
pub(crate) struct Choices<'b> {
    bytes: std::slice::Iter<'b, u8>,
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes: bytes.iter(),
        }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(0)
    }

    fn number(&mut self, below: usize) -> usize {
        usize::from(self.byte()) % below
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.number(from.len())]
    }

    fn chance(&mut self, of_eight: usize) -> bool {
        self.number(8) < of_eight
    }

    fn list<T>(&mut self, most: usize, mut item: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.number(most + 1);
        (0..count).map(|_| item(self)).collect()
    }
}

const ACTIONS: [&str; 12] = [
    "s3:GetObject",
    "s3:PutObject",
    "S3:getobject",
    "s3:GetObject",
    "sts:AssumeRole",
    "sts:TagSession",
    "kms:Decrypt",
    "s3:GetBucketPolicy",
    "s3:DeleteBucketPolicy",
    "iam:GetUser",
    "sts:GetCallerIdentity",
    "sqs:SendMessage",
];

const ACTION_PATTERNS: [&str; 18] = [
    "s3:*",
    "s3:GetObject",
    "*",
    "s3:Get*",
    "s3:?etObject",
    "s3:*Object",
    "S3:GETOBJECT",
    "sts:*",
    "sts:AssumeRole",
    "kms:*",
    "s3:*O*e*t",
    "sts:Tag*",
    "s*:GetObject",
    "GetObject",
    "s3:Get:Object",
    "iam:*",
    "s3:DeleteBucketPolicy",
    "sqs:Send*",
];

const RESOURCES: [&str; 8] = [
    "arn:aws:s3:::site/a/b",
    "arn:aws:s3:::site",
    "arn:aws:s3:::site/ann",
    "*",
    "arn:aws:sqs:eu-west-1:111111111111:q",
    "arn:aws:iam::111111111111:role/Deploy",
    "arn:aws:kms:eu-west-1:111111111111:key/k",
    "arn:aws:sqs:eu-west-1:222222222222:a:b:c",
];

const RESOURCE_PATTERNS: [&str; 24] = [
    "*",
    "arn:aws:s3:::site/*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::site/a/?",
    "arn:aws:s3:::site",
    "arn:aws:s3:::s*e/*b",
    "arn:aws:s3:::SITE/*",
    "arn:aws:s3",
    "arn:aws:sqs:*:111111111111:q",
    "arn:aws:sqs:*",
    "arn:aws:sqs:eu-*-1:*:q",
    "arn:aws:sqs:eu*:b:c",
    "arn:aws:sqs:*:a:b:?",
    "arn:aws:sqs:e*t-1:2*:a:b:c",
    "arn:aws:sqs:eu?west-1:*:*:*:c",
    "arn:*:sqs:*:*:q",
    "arn:aws:iam::111111111111:role/*",
    "arn:aws:kms:*:*:key/*",
    "arn:aws:s3:::site/${aws:username}",
    "arn:aws:s3:::site/${aws:PrincipalTag/none}",
    "arn:aws:s3:::site/${aws:PrincipalTag/none, 'ann'}",
    "arn:aws:s3:::site/${*}*",
    "arn:aws:s3:::${aws:PrincipalTag/list}/a/b",
    "notanarn",
];

const PRINCIPALS: [(&str, &str); 16] = [
    ("AWS", "*"),
    ("", "*"),
    ("AWS", "arn:aws:iam::111111111111:user/ann"),
    ("AWS", "111111111111"),
    ("AWS", "arn:aws:iam::111111111111:root"),
    ("AWS", "arn:aws:iam::111111111111:role/Deploy"),
    ("AWS", "arn:aws:sts::111111111111:assumed-role/Deploy/ci"),
    ("AWS", "arn:aws:sts::111111111111:federated-user/sue"),
    ("Service", "ec2.amazonaws.com"),
    ("AWS", "222222222222"),
    ("AWS", "arn:aws:iam::222222222222:root"),
    ("AWS", "arn:aws:iam::222222222222:user/bob"),
    ("Federated", "arn:aws:iam::111111111111:saml-provider/x"),
    ("aws", "*"),
    ("AWS", "arn:aws:iam::111111111111:user/*"),
    ("Service", "lambda.amazonaws.com"),
];

const KEYS: [&str; 8] = [
    "aws:username",
    "AWS:UserName",
    "aws:PrincipalTag/team",
    "aws:SourceIp",
    "s3:max-keys",
    "aws:TagKeys",
    "aws:PrincipalArn",
    "aws:CurrentTime",
];

const VALUES: [&str; 24] = [
    "ann",
    "a*",
    "ANN",
    "blue",
    "?lue",
    "true",
    "10",
    "10.0",
    "-3",
    "203.0.113.7",
    "203.0.113.0/24",
    "10.0.0.0/8",
    "2026-01-01T00:00:00Z",
    "2026-06-01T00:00:00Z",
    "arn:aws:iam::111111111111:role/Deploy",
    "arn:aws:iam::*:role/D*",
    "arn:aws:iam:*",
    "arn:*:user/*",
    "${aws:username}",
    "${aws:PrincipalTag/none}",
    "${aws:PrincipalTag/none, 'ann'}",
    "${*}",
    "",
    "*",
];

const HAD: [&str; 14] = [
    "ann",
    "blue",
    "bob",
    "ANN",
    "true",
    "10",
    "9.5",
    "203.0.113.7",
    "10.1.2.3",
    "2026-01-01T00:00:00Z",
    "2026-06-01T00:00:00Z",
    "arn:aws:iam::111111111111:role/Deploy",
    "arn:aws:iam::111111111111:user/a:b",
    "",
];

const OPERATORS: [&str; 26] = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "Bool",
    "Null",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnLike",
    "ArnNotLike",
    "ArnEquals",
    "StringMatches",
];

pub(crate) fn question(choices: &mut Choices<'_>) -> Question {
    let caller = caller(choices);
    Question {
        action: choices.pick(&ACTIONS).to_owned(),
        resource: choices.pick(&RESOURCES).to_owned(),
        owner: choices
            .pick(&["111111111111", "111111111111", "222222222222"])
            .to_owned(),
        context: context(choices),
        identity: documents(choices, 3, false),
        boundary: choices.chance(2).then(|| documents(choices, 2, false)),
        session: choices.chance(2).then(|| documents(choices, 2, false)),
        resource_policy: choices.chance(5).then(|| document(choices, true)),
        scps: levels(choices, false),
        rcps: levels(choices, true),
        endpoint: choices.chance(1).then(|| documents(choices, 2, true)),
        caller,
    }
}

fn caller(choices: &mut Choices<'_>) -> Caller {
    let user = "arn:aws:iam::111111111111:user/ann".to_owned();
    match choices.number(8) {
        0..=2 => Caller::User { arn: user },
        3 | 4 => Caller::Session {
            arn: "arn:aws:sts::111111111111:assumed-role/Deploy/ci".to_owned(),
            role: "arn:aws:iam::111111111111:role/Deploy".to_owned(),
        },
        5 => Caller::Federated {
            arn: "arn:aws:sts::111111111111:federated-user/sue".to_owned(),
            user,
        },
        6 => Caller::Root("arn:aws:iam::111111111111:root".to_owned()),
        _ if choices.chance(4) => Caller::Service("ec2.amazonaws.com".to_owned()),
        _ => Caller::Anonymous,
    }
}

fn context(choices: &mut Choices<'_>) -> Vec<(String, Vec<String>, bool)> {
    let mut context = Vec::new();
    for key in KEYS
        .iter()
        .filter(|key| key.starts_with("aws:") || key.starts_with("s3:"))
    {
        if choices.chance(4) {
            context.push((
                (*key).to_owned(),
                vec![choices.pick(&HAD).to_owned()],
                false,
            ));
        } else if choices.chance(2) {
            let values = choices.list(3, |choices| choices.pick(&HAD).to_owned());
            context.push(((*key).to_owned(), values, true));
        }
    }
    context.push((
        "aws:PrincipalTag/list".to_owned(),
        vec!["site".to_owned()],
        true,
    ));
    context
}

fn levels(choices: &mut Choices<'_>, principals: bool) -> Vec<Vec<Value>> {
    if choices.chance(5) {
        return Vec::new();
    }
    let everyone = if principals {
        r#""Principal": "*","#
    } else {
        ""
    };
    let full = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", {everyone} "Action": "*", "Resource": "*"}}}}"#
    );
    choices.list(2, |choices| {
        let mut level = documents(choices, 1, principals);
        if choices.chance(6) {
            level.push(serde_json::from_str(&full).unwrap());
        }
        level
    })
}

fn documents(choices: &mut Choices<'_>, most: usize, principals: bool) -> Vec<Value> {
    choices.list(most, |choices| document(choices, principals))
}

fn document(choices: &mut Choices<'_>, principals: bool) -> Value {
    let version = choices.pick(&["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"]);
    let statements = choices.list(3, |choices| statement(choices, principals));
    json!({"Version": version, "Statement": statements})
}

fn statement(choices: &mut Choices<'_>, principals: bool) -> Value {
    let mut statement = json!({
        "Effect": choices.pick(&["Allow", "Allow", "Allow", "Allow", "Deny", "allow"]),
    });
    let action = if choices.chance(6) {
        "Action"
    } else {
        "NotAction"
    };
    statement[action] = some(choices, &ACTION_PATTERNS);
    let resource = if choices.chance(6) {
        "Resource"
    } else {
        "NotResource"
    };
    if !(principals && choices.chance(1)) {
        statement[resource] = some(choices, &RESOURCE_PATTERNS);
    }
    if principals && !choices.chance(1) {
        let name = if choices.chance(6) {
            "Principal"
        } else {
            "NotPrincipal"
        };
        statement[name] = principal(choices);
    }
    if choices.chance(4) {
        let mut condition = json!({});
        for _ in 0..=choices.number(2) {
            let operator = operator(choices);
            condition[operator][choices.pick(&KEYS)] = some(choices, &VALUES);
        }
        statement["Condition"] = condition;
    }
    statement
}

fn some(choices: &mut Choices<'_>, from: &[&str]) -> Value {
    let first = choices.pick(from);
    let mut values = choices.list(2, |choices| choices.pick(from));
    values.push(first);
    json!(values)
}

fn principal(choices: &mut Choices<'_>) -> Value {
    let mut types = json!({});
    for _ in 0..=choices.number(3) {
        match choices.pick(&PRINCIPALS) {
            ("", name) => return json!(name),
            (kind, name) => match types.get_mut(kind).and_then(Value::as_array_mut) {
                Some(names) => names.push(json!(name)),
                None => types[kind] = json!([name]),
            },
        }
    }
    types
}

fn operator(choices: &mut Choices<'_>) -> String {
    let name = choices.pick(&OPERATORS);
    if name == "Null" {
        return name.to_owned();
    }
    let set = choices.pick(&["", "", "", "", "ForAllValues:", "ForAnyValue:"]);
    let suffix = choices.pick(&["", "", "", "IfExists"]);
    format!("{set}{name}{suffix}")
}
