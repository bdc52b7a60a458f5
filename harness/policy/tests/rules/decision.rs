//! Whole requests.
//!
//! A row is a block: a first line that states the rule, then a word and its value a line.
//!
//! ```text
//! a user named in the bucket policy needs nothing else
//!   as        arn:aws:iam::111111111111:user/ann
//!   ask       s3:GetObject on arn:aws:s3:::site/a
//!   resource  Allow s3:GetObject on * for AWS arn:aws:iam::111111111111:user/ann
//!   expect    ALLOW: PRINCIPAL ALLOW
//! ```
//!
//! Policies are written in [`shorthand`](crate::shorthand); `scp`, `rcp` begin a level each, `scp+` adds to it. A
//! line that begins with `#` says where the rule stands, one with `=` sets words for all blocks after it.

use rolecall_policy::{
    Context, Effect, Evaluation, Level, Policies, PolicySet, Principal, Request, decide, explain,
};

use crate::shorthand::set;
use crate::{report, tables};

#[test]
fn decisions_are_as_aws_documents_them() {
    let mut rows = 0;
    let mut complaints = Vec::new();
    for (table, text) in tables("decisions") {
        for row in read(&text) {
            rows += 1;
            if let Err(complaint) = row.check() {
                let Row { rule, line, .. } = row;
                complaints.push(format!("{table}:{line}: {rule}\n{complaint}"));
            }
        }
    }
    report(rows, &complaints);
}

/// A block.
struct Row<'t> {
    rule: &'t str,
    line: usize,
    words: Vec<(&'t str, &'t str)>,
}

fn read(text: &str) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut common = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(word) = line.strip_prefix('=') {
            let word = split(word);
            common.retain(|(name, _)| *name != word.0);
            common.push(word);
        } else if line.starts_with(' ') {
            rows.last_mut()
                .expect("a rule first")
                .words
                .push(split(line));
        } else {
            rows.push(Row {
                rule: line,
                line: number + 1,
                words: common.clone(),
            });
        }
    }
    rows
}

fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    let (word, value) = line.split_once(' ').unwrap_or((line, ""));
    (word, value.trim())
}

impl Row<'_> {
    /// The last value of a word.
    fn word(&self, name: &str) -> Option<&str> {
        self.all(name).pop()
    }

    fn all(&self, name: &str) -> Vec<&str> {
        let of = |(word, value): &(_, _)| (*word == name).then_some(*value);
        self.words.iter().filter_map(of).collect()
    }

    fn check(&self) -> Result<(), String> {
        let principal = self.principal();
        let (action, resource) = self.ask();
        let context = self.context();
        let identity = set("identity", &self.all("identity"));
        let boundary = self.layer("boundary");
        let session = self.layer("session");
        let of_resource = self.layer("resource");
        let vpc_endpoint = self.layer("endpoint");
        let request = Request {
            principal: &principal,
            action,
            resource,
            resource_account: self.word("owner"),
            context: &context,
            policies: Policies {
                identity: &identity,
                boundary: boundary.as_ref(),
                session: session.as_ref(),
                resource: of_resource.as_ref(),
                service_control: &self.levels("scp"),
                resource_control: &self.levels("rcp"),
                vpc_endpoint: vpc_endpoint.as_ref(),
            },
        };
        self.compare(&request)
    }

    fn compare(&self, request: &Request<'_>) -> Result<(), String> {
        let evaluation = explain(request);
        let decision = decide(request);
        let first = evaluation.deciding().next().map(|check| check.check_type);
        if (decision.effect, decision.decided_by) != (evaluation.effect, first) {
            return Err(format!(
                "  decide says {decision:?}, explain {}",
                shown(&evaluation)
            ));
        }
        let expected = self.word("expect").expect("what to expect");
        let shown = if expected.contains(':') {
            shown(&evaluation)
        } else {
            evaluation.effect.name().to_owned()
        };
        if shown != expected || evaluation.is_allowed() != expected.starts_with("ALLOW") {
            return Err(format!("  expected {expected}\n  found    {shown}\n"));
        }
        match self.word("reason") {
            Some(reason) if evaluation.denial_reason().as_deref() != Some(reason) => Err(format!(
                "  expected {reason}\n  found    {:?}\n",
                evaluation.denial_reason()
            )),
            _ => Ok(()),
        }
    }

    fn principal(&self) -> Principal {
        let id = self.word("id");
        let caller = self.word("as").expect("who asks");
        let of = |name, value| match name {
            "anonymous" => Principal::anonymous(),
            "service" => Principal::service(value),
            arn => Principal::from_arn(arn).expect("an ARN of a principal"),
        };
        let (name, value) = split(caller);
        if let Some(role) = self.word("role") {
            Principal::role_session(caller, role, id)
        } else if let Some(user) = self.word("user") {
            Principal::federated_user(caller, Some(user))
        } else if caller.contains(":user/") && id.is_some() {
            Principal::user(caller, id)
        } else {
            of(name, value)
        }
    }

    fn ask(&self) -> (&str, &str) {
        let ask = self.word("ask").expect("what is asked");
        ask.split_once(" on ").unwrap_or((ask, "*"))
    }

    fn context(&self) -> Context {
        let mut context = Context::new();
        for pair in self.all("context") {
            let (key, value) = pair.split_once('=').expect("key=value");
            match value
                .strip_prefix('[')
                .and_then(|list| list.strip_suffix(']'))
            {
                Some(list) => context.set_list(key, list.split(',').map(str::to_owned).collect()),
                None => context.set(key, value),
            }
        }
        context
    }

    fn layer(&self, name: &str) -> Option<PolicySet> {
        let lines = self.all(name);
        (!lines.is_empty() && !lines.contains(&"none")).then(|| set(name, &lines))
    }

    fn levels(&self, name: &str) -> Vec<Level> {
        let more = format!("{name}+");
        let mut levels: Vec<Vec<&str>> = Vec::new();
        for (word, value) in &self.words {
            if *word == name {
                levels.push(vec![value]);
            } else if *word == more {
                levels.last_mut().expect("a level first").push(value);
            }
        }
        levels
            .iter()
            .map(|lines| Level {
                target_arn: None,
                policies: set(name, lines),
            })
            .collect()
    }
}

fn shown(evaluation: &Evaluation) -> String {
    let checks = evaluation
        .checks
        .iter()
        .map(|check| format!("{} {}", check.check_type.name(), check.effect.name()))
        .collect::<Vec<_>>();
    assert_ne!(evaluation.effect, Effect::NoImpact);
    format!("{}: {}", evaluation.effect.name(), checks.join(", "))
}
