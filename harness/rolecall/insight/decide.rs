//! `decide`: one question as a line of JSON in, AWS's Evaluation as a line of JSON out.

use std::sync::Arc;

use rolecall_mock::ContextKey;
use rolecall_policy::{
    Context, Document, Level, Node, Policies, Policy, PolicySet, Principal, Request, SourceId,
    Value, explain, json,
};

/// The members of a question.
const FIELDS: [&str; 13] = [
    "id",
    "principal",
    "action",
    "resource",
    "resource_account",
    "context",
    "identity_policies",
    "session_policies",
    "permissions_boundaries",
    "resource_policy",
    "vpc_endpoint_policies",
    "service_control_policies",
    "resource_control_policies",
];

/// What a line came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The line to write: `{"id": …, "evaluation": …}` or `{"id": …, "error": …}`.
    pub line: String,
    /// Whether the question was answered.
    pub answered: bool,
}

impl Answer {
    /// The answer to a line that is no question.
    pub fn error(error: &str) -> Self {
        failed("null", error)
    }
}

/// Answers one question, written as a JSON object on one line.
///
/// # Example
///
/// ```
/// let answer = rolecall::insight::decide(
///     r#"{"id": "1", "principal": {"arn": "arn:aws:iam::123456789012:user/ann"}, "action": "s3:ListAllMyBuckets"}"#,
/// );
/// assert!(answer.answered);
/// assert!(answer.line.contains(r#""evaluatedEffect":"IMPLICIT_DENY""#));
/// ```
pub fn decide(line: &str) -> Answer {
    let question = match json::read(line, SourceId(0)) {
        Ok(question) => question,
        Err(error) => {
            return Answer::error(&format!("not JSON: {error} at byte {}", error.span.start));
        }
    };
    let id = match id(&question) {
        Ok(id) => id,
        Err(error) => return Answer::error(&error),
    };
    match answer(&question) {
        Ok(evaluation) => Answer {
            line: format!("{{\"id\":{id},\"evaluation\":{evaluation}}}"),
            answered: true,
        },
        Err(error) => failed(&id, &error),
    }
}

fn failed(id: &str, error: &str) -> Answer {
    let error = serde_json::Value::from(error);
    Answer {
        line: format!("{{\"id\":{id},\"error\":{error}}}"),
        answered: false,
    }
}

/// The question's id as JSON.
fn id(question: &Node) -> Result<String, String> {
    match question.get("id").map(|node| &node.value) {
        None => Ok("null".to_owned()),
        Some(Value::String(id)) => Ok(serde_json::Value::from(id.as_str()).to_string()),
        Some(_) => Err("`id` must be a string".to_owned()),
    }
}

fn answer(question: &Node) -> Result<String, String> {
    json::check_members(question, "", &FIELDS)?;
    let principal = principal(question.get("principal").ok_or("`principal` is missing")?)?;
    let action = json::text(question, "action")?.ok_or("`action` is missing")?;
    let resource = json::text(question, "resource")?.unwrap_or("*");
    let resource_account = json::text(question, "resource_account")?;
    let context = context(question.get("context"))?;
    let identity = set(question, "identity_policies")?.unwrap_or_default();
    let boundary = set(question, "permissions_boundaries")?;
    let session = set(question, "session_policies")?;
    let resource_policy = resource_policy(question)?;
    let vpc_endpoint =
        set(question, "vpc_endpoint_policies")?.filter(|set| !set.policies().is_empty());
    let service_control = levels(question, "service_control_policies")?;
    let resource_control = levels(question, "resource_control_policies")?;
    let request = Request {
        principal: &principal,
        action,
        resource,
        resource_account,
        context: &context,
        policies: Policies {
            identity: &identity,
            boundary: boundary.as_ref(),
            session: session.as_ref(),
            resource: resource_policy.as_ref(),
            service_control: &service_control,
            resource_control: &resource_control,
            vpc_endpoint: vpc_endpoint.as_ref(),
        },
    };
    Ok(explain(&request).to_json())
}

fn principal(node: &Node) -> Result<Principal, String> {
    if let Some(word) = node.as_str() {
        return match word {
            "anonymous" => Ok(Principal::anonymous()),
            _ => Err(format!(
                "`principal` is an object or \"anonymous\", not \"{word}\""
            )),
        };
    }
    json::check_members(
        node,
        "principal",
        &["arn", "service", "role_arn", "user_arn"],
    )?;
    match (json::text(node, "arn")?, json::text(node, "service")?) {
        (Some(arn), None) => principal_of_arn(
            arn,
            json::text(node, "role_arn")?,
            json::text(node, "user_arn")?,
        ),
        (None, Some(host)) => Ok(Principal::service(host)),
        _ => Err("`principal` needs either `arn` or `service`".to_owned()),
    }
}

fn principal_of_arn(
    arn: &str,
    role_arn: Option<&str>,
    user_arn: Option<&str>,
) -> Result<Principal, String> {
    let principal = Principal::from_arn(arn);
    match (principal, role_arn, user_arn) {
        (Some(_), Some(role_arn), None) if arn.contains(":assumed-role/") => {
            Ok(Principal::role_session(arn, role_arn, None))
        }
        (Some(_), None, Some(user_arn)) if arn.contains(":federated-user/") => {
            Ok(Principal::federated_user(arn, Some(user_arn)))
        }
        (Some(principal), None, None) => Ok(principal),
        (Some(_), Some(_), _) => Err("`role_arn` goes with a role session's `arn`".to_owned()),
        (Some(_), None, Some(_)) => Err("`user_arn` goes with a federated user's `arn`".to_owned()),
        (None, ..) => Err(format!("`{arn}` is not the ARN of a principal")),
    }
}

fn context(node: Option<&Node>) -> Result<Context, String> {
    let mut context = Context::new();
    let keys = match node {
        None
        | Some(Node {
            value: Value::Null, ..
        }) => return Ok(context),
        Some(node) => ContextKey::read_all(node)?,
    };
    for key in keys {
        key.set(&mut context);
    }
    Ok(context)
}

/// A list of documents; absent or null is `None`.
fn set(question: &Node, field: &str) -> Result<Option<PolicySet>, String> {
    match question.get(field) {
        None
        | Some(Node {
            value: Value::Null, ..
        }) => Ok(None),
        Some(node) => Ok(Some(PolicySet::new(documents(node, field, field)?))),
    }
}

fn documents(node: &Node, field: &str, uri: &str) -> Result<Vec<Arc<Policy>>, String> {
    let Value::List(documents) = &node.value else {
        return Err(format!("`{field}` must be a list of policy documents"));
    };
    documents
        .iter()
        .enumerate()
        .map(|(index, document)| policy(document, &format!("{uri}/{index}")))
        .collect()
}

fn policy(document: &Node, uri: &str) -> Result<Arc<Policy>, String> {
    let document = Document::from_node(document).map_err(|error| format!("{uri}: {error}"))?;
    Ok(Arc::new(Policy::inline(uri, document)))
}

fn resource_policy(question: &Node) -> Result<Option<PolicySet>, String> {
    match question.get("resource_policy") {
        None
        | Some(Node {
            value: Value::Null, ..
        }) => Ok(None),
        Some(document) => Ok(Some(PolicySet::new(vec![policy(
            document,
            "resource_policy/0",
        )?]))),
    }
}

/// Levels from the root down, each a list of documents. Policies are numbered through all levels.
fn levels(question: &Node, field: &str) -> Result<Vec<Level>, String> {
    let levels = match question.get(field).map(|node| &node.value) {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::List(levels)) => levels,
        Some(_) => {
            return Err(format!(
                "`{field}` must be a list of levels, each a list of policy documents"
            ));
        }
    };
    let mut number = 0;
    levels
        .iter()
        .map(|level| {
            let Value::List(documents) = &level.value else {
                return Err(format!(
                    "`{field}` must be a list of levels, each a list of policy documents"
                ));
            };
            let mut policies = Vec::with_capacity(documents.len());
            for document in documents {
                policies.push(policy(document, &format!("{field}/{number}"))?);
                number += 1;
            }
            Ok(Level {
                target_arn: None,
                policies: PolicySet::new(policies),
            })
        })
        .collect()
}
