//! One line a row: what an element of a policy says, and what the request has.
//!
//! ```text
//! action     s3:Get*                 = S3:getobject
//! resource   arn:aws:s3:::b          ! arn:aws:s3:::b/key
//! condition  StringLike a*,b         = abc
//! condition  ForAnyValue:StringLike a*  ! -
//! ```
//!
//! `=` matches, `!` doesn't. For a condition, what follows is the key's value; `-` means the key is absent, `[a,b]` a
//! multivalued key, `''` an empty value. `context key=value` adds a key to the rows after it, `version` sets the
//! document's version; a line with `#` says where the rules after it stand.

use std::sync::Arc;

use rolecall_policy::{
    Context, Document, Policies, Policy, PolicySet, Principal, Request, decide, explain,
};

use crate::shorthand::list;
use crate::{report, tables};

#[test]
fn elements_match_as_aws_documents_it() {
    let mut rows = 0;
    let mut complaints = Vec::new();
    for (table, text) in tables("matches") {
        let mut world = World::default();
        for (number, line) in text.lines().enumerate() {
            let Some(right) = world.take(line) else {
                continue;
            };
            rows += 1;
            if !right {
                complaints.push(format!("{table}:{}: {line}", number + 1));
            }
        }
    }
    report(rows, &complaints);
}

/// What holds for the rows to come.
struct World {
    version: String,
    context: Context,
}

impl Default for World {
    fn default() -> Self {
        Self {
            version: "2012-10-17".to_owned(),
            context: Context::new(),
        }
    }
}

impl World {
    /// Whether the row on this line holds; `None` when the line is no row.
    fn take(&mut self, line: &str) -> Option<bool> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "" | "#" => None,
            "version" => {
                rest.clone_into(&mut self.version);
                None
            }
            "context" => {
                let (key, value) = rest.split_once('=').expect("key=value");
                set(&mut self.context, key, value);
                None
            }
            _ => {
                let (policy, wanted, request) = row(rest);
                Some(self.matches(word, policy, request) == wanted)
            }
        }
    }

    fn matches(&self, element: &str, policy: &str, request: &str) -> bool {
        let mut context = self.context.clone();
        let (mut action, mut resource) = ("s3:GetObject", "arn:aws:s3:::site/key");
        let mut statement = r#""Action": "*", "Resource": "*""#.to_owned();
        match element {
            "action" => {
                action = request;
                statement = format!(r#""Action": {}, "Resource": "*""#, list(policy));
            }
            "notaction" => {
                action = request;
                statement = format!(r#""NotAction": {}, "Resource": "*""#, list(policy));
            }
            "resource" => {
                resource = request;
                statement = format!(r#""Action": "*", "Resource": {}"#, list(policy));
            }
            "notresource" => {
                resource = request;
                statement = format!(r#""Action": "*", "NotResource": {}"#, list(policy));
            }
            "condition" => {
                let (operator, values) = policy.split_once(' ').unwrap_or((policy, ""));
                let values = if values == "[]" {
                    "[]".to_owned()
                } else {
                    list(values)
                };
                let values = values.replace("\"''\"", "\"\"");
                set(&mut context, "key", request);
                statement =
                    format!(r#"{statement}, "Condition": {{"{operator}": {{"Key": {values}}}}}"#);
            }
            other => panic!("no element is called {other}"),
        }
        let json = format!(
            r#"{{"Version": "{}", "Statement": {{"Effect": "Allow", {statement}}}}}"#,
            self.version
        );
        allows(&json, action, resource, &context)
    }
}

fn allows(json: &str, action: &str, resource: &str, context: &Context) -> bool {
    let document = Document::parse(json).unwrap_or_else(|error| panic!("{json}: {error}"));
    let identity = PolicySet::new(vec![Arc::new(Policy::inline("row", document))]);
    let request = Request {
        principal: &Principal::user("arn:aws:iam::111111111111:user/ann", None),
        action,
        resource,
        resource_account: None,
        context,
        policies: Policies {
            identity: &identity,
            ..Policies::default()
        },
    };
    let decision = decide(&request);
    assert_eq!(decision.effect, explain(&request).effect, "{json}");
    decision.is_allowed()
}

/// What the policy says, whether it should match, and what the request has.
fn row(line: &str) -> (&str, bool, &str) {
    let matching = line
        .split_once(" = ")
        .map(|(left, right)| (left, true, right));
    let other = || {
        line.split_once(" ! ")
            .map(|(left, right)| (left, false, right))
    };
    let (policy, wanted, request) = matching.or_else(other).expect("` = ` or ` ! `");
    (policy.trim(), wanted, request.trim())
}

fn set(context: &mut Context, key: &str, value: &str) {
    let list = value
        .strip_prefix('[')
        .and_then(|value| value.strip_suffix(']'));
    match (value, list) {
        ("-", _) => context.remove(key),
        ("''", _) => context.set(key, ""),
        (_, Some("")) => context.set_list(key, Vec::new()),
        (_, Some(list)) => {
            let values = list
                .split(',')
                .map(|item| item.trim_matches('\'').to_owned());
            context.set_list(key, values.collect());
        }
        (value, None) => context.set(key, value),
    }
}
