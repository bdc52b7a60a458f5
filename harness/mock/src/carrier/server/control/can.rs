//! `POST /_rolecall/can`: whether someone may do something, in the world as it stands.

use rolecall_policy::arn::Arn;
use rolecall_policy::json::{check_members, text};
use rolecall_policy::{Node, Value as Json};
use serde_json::{Value, json as object};

use super::{json, read};
use crate::{AskError, Asker, ContextKey, Mock};

/// Answers a question: `{"principal": …, "action": …, "resource": …, "context": …}`, the last two of which may be left out.
pub(super) fn ask(mock: &Mock, body: &[u8]) -> Result<Value, String> {
    let question = read(body)?;
    check_members(
        &question,
        "",
        &["principal", "action", "resource", "context"],
    )?;
    let asker = asker(question.get("principal").ok_or("`principal` is missing")?)?;
    let action = action(&question)?;
    let resource = resource(&question)?;
    let keys = match question.get("context") {
        None
        | Some(Node {
            value: Json::Null, ..
        }) => Vec::new(),
        Some(context) => ContextKey::read_all(context)?,
    };
    let answer = mock.ask(asker, action, resource, &keys);
    let answer = answer.map_err(|error| unanswered(asker, &error))?;
    Ok(object!({
        "allowed": answer.is_allowed(),
        "evaluations": json::evaluations(&[answer]),
    }))
}

/// `{"arn": …}`, `{"service": …}` or `"anonymous"`.
fn asker(node: &Node) -> Result<Asker<'_>, String> {
    if node.as_str() == Some("anonymous") {
        return Ok(Asker::Anonymous);
    }
    let forms = r#"`principal` is to be like {"arn": "arn:aws:iam::123456789012:user/ann"}, {"service": "lambda.amazonaws.com"} or "anonymous""#;
    check_members(node, "principal", &["arn", "service"])
        .map_err(|fault| format!("{fault}: {forms}"))?;
    match (text(node, "arn")?, text(node, "service")?) {
        (Some(arn), None) => Ok(Asker::Arn(arn)),
        (None, Some(host)) if is_service(host) => Ok(Asker::Service(host)),
        (None, Some(host)) => Err(format!(
            "`{host}` is no service principal: write its host, as in lambda.amazonaws.com"
        )),
        (Some(_), Some(_)) | (None, None) => Err(forms.to_owned()),
    }
}

fn is_service(host: &str) -> bool {
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}

fn action(question: &Node) -> Result<&str, String> {
    let action = text(question, "action")?.ok_or("`action` is missing")?;
    let halves = action.split_once(':');
    let is_whole = halves.is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if is_whole && !action.contains(['*', '?']) {
        Ok(action)
    } else {
        Err(format!(
            "`{action}` is no action to ask for: write one as in a policy, such as s3:GetObject"
        ))
    }
}

fn resource(question: &Node) -> Result<Option<&str>, String> {
    let resource = text(question, "resource")?;
    match resource.filter(|resource| *resource != "*" && Arn::parse(resource).is_none()) {
        Some(wrong) => Err(format!(
            "`{wrong}` is no ARN: write a resource such as arn:aws:s3:::bucket/key, or leave it out to ask on *"
        )),
        None => Ok(resource),
    }
}

fn unanswered(asker: Asker<'_>, error: &AskError) -> String {
    match asker {
        Asker::Arn(arn) => format!(
            "the world has no user, role, session of a role or root user with the ARN `{arn}`"
        ),
        _ => error.to_string(),
    }
}
