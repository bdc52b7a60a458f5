//! Requests as a server gets them, a line each: who, what, on what, and how it came out and by what.

use anstyle::{AnsiColor, Style};
use rolecall_mock::{Event, Question, Verdict};
use rolecall_policy::{Effect, Evaluation};

use super::explanation::{draw, grants, reasons};
use crate::scenario::Sources;

/// How requests are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestStyle {
    /// In columns, with colours.
    Coloured,
    /// In columns.
    #[default]
    Columns,
    /// One fact after another, without columns.
    Plain,
    /// As CloudTrail's JSON.
    Json,
}

/// One request in a line.
pub fn request_line(event: &Event, sources: &Sources, style: RequestStyle) -> String {
    let facts = Facts::of(event, sources);
    match style {
        RequestStyle::Json => event.to_json().to_string(),
        RequestStyle::Plain => {
            let Facts { who, what, because } = facts;
            format!(
                "{}: {who}: {what}{}",
                event.verdict().name(),
                after(": ", &because)
            )
        }
        RequestStyle::Columns => columns(event.verdict(), Style::new(), &facts),
        RequestStyle::Coloured => columns(event.verdict(), colour(event.verdict()), &facts),
    }
}

/// A denied request with the whole reason: each deciding statement, underlined in its file.
pub fn denied_request(event: &Event, sources: &Sources, styled: bool) -> String {
    let (who, what) = (who(event), what(event));
    let evaluations = evaluations(event);
    let message = event.error().map_or("", |(_, message)| message);
    let because = if evaluations.iter().all(Evaluation::is_allowed) {
        message.to_owned()
    } else {
        let reasons = reasons(&evaluations, event.caller_arn(), sources);
        draw(&reasons, sources, styled)
    };
    let lines: Vec<String> = because.lines().map(|line| format!("    {line}")).collect();
    format!("  {who}  {what}\n{}", lines.join("\n"))
}

/// What a line has to tell.
struct Facts {
    who: String,
    what: String,
    because: String,
}

impl Facts {
    fn of(event: &Event, sources: &Sources) -> Self {
        Self {
            who: who(event),
            what: what(event),
            because: one_line(&because(event, sources)),
        }
    }
}

fn columns(verdict: Verdict, style: Style, facts: &Facts) -> String {
    let Facts { who, what, because } = facts;
    let word = format!("{style}{:<7}{style:#}", verdict.name());
    let line = format!("{word}  {who:<24}  {what}{}", after("  ", because));
    line.trim_end().to_owned()
}

fn colour(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Allowed => AnsiColor::Green,
        Verdict::Denied => AnsiColor::Red,
        Verdict::Failed => AnsiColor::Yellow,
    };
    colour.on_default()
}

fn after(separator: &str, text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{separator}{text}")
    }
}

/// The caller: a user's name, a role with its session, the root user of an account.
fn who(event: &Event) -> String {
    let Some(arn) = event.caller_arn() else {
        return "nobody".to_owned();
    };
    let mut parts = arn.splitn(6, ':').skip(4);
    let (account, name) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or(arn),
    );
    match name.split_once('/') {
        Some(("user", name)) => name.rsplit('/').next().unwrap_or(name).to_owned(),
        Some(("assumed-role", session)) => session.to_owned(),
        Some(_) => name.to_owned(),
        None => format!("{name} of {account}"),
    }
}

/// The operation, and what it is about if there is anything.
fn what(event: &Event) -> String {
    let operation = match event.operation() {
        "" => "a request that names no operation",
        operation => operation,
    };
    let operation = format!("{}:{operation}", event.service());
    let asked = event.authorization().map(|asked| &asked.questions);
    let on = asked
        .and_then(|questions| questions.last())
        .map(Question::resource);
    match on {
        None | Some("*" | "") => operation,
        Some(arn) => {
            let name = arn.splitn(6, ':').nth(5).unwrap_or(arn);
            format!("{operation} on {name}")
        }
    }
}

/// What decided: the policies that allow, the reasons of a denial, or the error.
fn because(event: &Event, sources: &Sources) -> String {
    let evaluations = evaluations(event);
    let error = event.error().map(|(code, message)| match message {
        "" => code.to_owned(),
        message => format!("{code}: {message}"),
    });
    let reasons = match event.verdict() {
        Verdict::Allowed => grants(&evaluations, sources),
        Verdict::Denied => reasons(&evaluations, event.caller_arn(), sources),
        Verdict::Failed => Vec::new(),
    };
    let headlines: Vec<String> = reasons.into_iter().map(|reason| reason.headline).collect();
    if headlines.is_empty() {
        error.unwrap_or_default()
    } else {
        headlines.join("; ")
    }
}

fn evaluations(event: &Event) -> Vec<Evaluation> {
    let authorization = event.authorization();
    let evaluations = authorization.map(|authorization| authorization.evaluations());
    let mut evaluations = evaluations.unwrap_or_default();
    if event.verdict() == Verdict::Denied {
        evaluations.retain(|evaluation| evaluation.effect != Effect::Allow);
    }
    evaluations
}

/// A client's own text must not begin lines of its own, nor colour them.
fn one_line(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use rolecall_mock::{Mock, PolicyDocument, PolicySpec, RoleSpec, UserSpec, World};
    use rolecall_wire::{Structure, codec, model, sigv4};

    use super::*;

    const ACCOUNT: &str = "123456789012";

    fn mock() -> Mock {
        let mut world = World::new(1, "2026-01-01T00:00:00Z".parse().unwrap());
        let document = |text: &str| PolicyDocument::parse(text).unwrap();
        world.add_account(ACCOUNT).unwrap();
        let read = document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}}"#,
        );
        let policies = vec![PolicySpec::Inline {
            name: "read".to_owned(),
            document: read,
        }];
        let ann = UserSpec::new(ACCOUNT, "ann");
        world.add_user(UserSpec { policies, ..ann }).unwrap();
        let trust = document(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}}"#,
        );
        world
            .add_role(RoleSpec::new(ACCOUNT, "Deploy", trust))
            .unwrap();
        Mock::new(world)
    }

    /// The event of a request of ann's, or of nobody's.
    fn line(call: &str, input: &Structure, signed: bool, style: RequestStyle) -> String {
        let mock = mock();
        let (service, operation) = call.split_once(':').unwrap();
        let service = model::service(service).unwrap();
        let operation = service.operation(operation).unwrap();
        let endpoint = "http://127.0.0.1:4566".parse().unwrap();
        let mut request = codec::encode_input(service, operation, input, &endpoint).unwrap();
        if signed {
            let keys = mock
                .read(|world| world.user_credentials(ACCOUNT, "ann"))
                .unwrap();
            let now = mock.clock().signing_now();
            sigv4::sign(
                &mut request,
                &keys,
                "us-east-1",
                service.signing_name(),
                now,
            );
        }
        mock.handle(request);
        request_line(mock.events().last().unwrap(), &Sources::default(), style)
    }

    #[test]
    fn a_line_tells_who_did_what_and_how_it_came_out() {
        let nothing = Structure::new();
        let assume = Structure::new()
            .with("RoleArn", "arn:aws:iam::123456789012:role/Deploy")
            .with("RoleSessionName", "ann");
        let rows = [
            (
                "s3:ListBuckets",
                &nothing,
                true,
                "allowed: ann: s3:ListBuckets: the identity policies allow s3:ListAllMyBuckets",
            ),
            (
                "sts:AssumeRole",
                &assume,
                true,
                "denied: ann: sts:AssumeRole on role/Deploy: nothing in the trust policy allows sts:AssumeRole",
            ),
            (
                "sts:GetCallerIdentity",
                &nothing,
                false,
                "failed: nobody: sts:GetCallerIdentity: MissingAuthenticationToken: Request is missing Authentication \
                 Token",
            ),
        ];
        for (call, input, signed, wanted) in rows {
            assert_eq!(line(call, input, signed, RequestStyle::Plain), wanted);
        }
    }

    #[test]
    fn columns_and_colours_are_for_people_and_json_for_programs() {
        let nothing = Structure::new();
        let told = |style| line("s3:ListBuckets", &nothing, true, style);
        assert_eq!(
            told(RequestStyle::Columns),
            "allowed  ann                       s3:ListBuckets  the identity policies allow s3:ListAllMyBuckets"
        );
        assert!(told(RequestStyle::Coloured).starts_with("\u{1b}[32mallowed\u{1b}[0m  ann"));
        assert!(told(RequestStyle::Json).starts_with('{'));
    }

    #[test]
    fn a_client_can_not_write_lines_of_its_own() {
        assert_eq!(one_line("a\nb\u{1b}[31m"), "a b [31m");
    }
}
