//! AWS's explanation of a denial (IAM Toolbox), and the mock's, in one form: what can be compared of the two.
//!
//! Ids differ from world to world, so a policy goes by what doesn't: a managed one by its ARN, an inline one by whom it is
//! attached to, and one of which there is but one (a trust policy, a permissions boundary) by its type.
//!
//! AWS: IAM Toolbox API Reference, `Evaluation`, `Check` and `MatchedPolicy`; IAM User Guide, Troubleshoot access denied
//! error messages with authorization ID.

use rolecall_policy::evaluation::StatementTrace;
use rolecall_policy::{Check, Evaluation};
use rolecall_wire::{Structure, Value};

use super::names::Names;

/// One action on one resource, and the checks that it had to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Explained {
    pub(super) action: String,
    pub(super) resource: String,
    /// `EXPLICIT_DENY`.
    pub(super) effect: String,
    /// None where nobody tells them, as in the API's first preview.
    pub(super) checks: Vec<Requirement>,
}

/// A check and how it came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// `PRINCIPAL`.
    pub(super) check_type: String,
    pub(super) effect: String,
    /// For control policies: the root, unit or account.
    pub(super) target: Option<String>,
    pub(super) matched: Vec<Matched>,
}

/// A statement that matched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Matched {
    /// `IDENTITY_BASED_POLICY`.
    pub(super) policy_type: String,
    /// What tells the policy from others of its type.
    pub(super) policy: String,
    pub(super) sid: Option<String>,
    pub(super) allows: bool,
}

impl Explained {
    /// As a page of `GetRequestAuthorizationDetails` has them, in the scenario's names.
    pub(super) fn read(page: &Structure, names: &Names) -> Vec<Self> {
        let policies: Vec<&Structure> = page.structures("policies").collect();
        let reader = Reader {
            policies: &policies,
            names,
        };
        let evaluations = page.structures("evaluations");
        evaluations
            .map(|evaluation| reader.evaluation(evaluation))
            .collect()
    }

    /// As the mock has it.
    pub(super) fn of(evaluation: &Evaluation) -> Self {
        Self {
            action: evaluation.action.clone(),
            resource: evaluation.resource.clone(),
            effect: evaluation.effect.name().to_owned(),
            checks: evaluation.checks.iter().map(Requirement::of).collect(),
        }
    }
}

impl Requirement {
    pub(super) fn of(check: &Check) -> Self {
        Self {
            check_type: check.check_type.name().to_owned(),
            effect: check.effect.name().to_owned(),
            target: check.target_arn.clone(),
            matched: check.matched().map(Matched::of).collect(),
        }
    }
}

impl Matched {
    pub(super) fn of(trace: &StatementTrace) -> Self {
        let policy_type = trace.policy_type.name();
        let attached_to = trace.policy.attached_to.as_deref();
        Self {
            policy: identity(
                policy_type,
                trace.policy.inline,
                &trace.policy.uri,
                attached_to,
            ),
            policy_type: policy_type.to_owned(),
            sid: trace.sid.clone().filter(|sid| !sid.is_empty()),
            allows: trace.allows,
        }
    }
}

impl std::fmt::Display for Matched {
    /// ``the Allow `Sid` of the inline policy of arn:…``.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let effect = if self.allows { "Allow" } else { "Deny" };
        match &self.sid {
            Some(sid) => write!(f, "the {effect} `{sid}`")?,
            None => write!(f, "an {effect} without Sid")?,
        }
        if self.policy.is_empty() {
            write!(f, " of the {}", self.policy_type)
        } else {
            write!(f, " of {}", self.policy)
        }
    }
}

/// What tells a policy from others of its type, in every world.
fn identity(policy_type: &str, inline: bool, uri: &str, attached_to: Option<&str>) -> String {
    let is_one = [
        "RESOURCE_BASED_POLICY",
        "PERMISSIONS_BOUNDARY",
        "VPC_ENDPOINT_POLICY",
    ];
    let is_control = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];
    // Organizations makes up the ids of customers' policies.
    let has_own_id = is_control.contains(&policy_type) && !uri.contains("::aws:");
    match attached_to {
        _ if is_one.contains(&policy_type) || has_own_id => String::new(),
        _ if !inline => uri.to_owned(),
        Some(attached_to) => format!("the inline policies of {attached_to}"),
        None => String::new(),
    }
}

/// Reads a page of an answer.
struct Reader<'p> {
    policies: &'p [&'p Structure],
    names: &'p Names,
}

impl Reader<'_> {
    fn evaluation(&self, evaluation: &Structure) -> Explained {
        let checks = evaluation.structures("checks");
        Explained {
            action: text(evaluation, "action"),
            resource: self.names.back(&text(evaluation, "resource")),
            effect: text(evaluation, "evaluatedEffect"),
            checks: checks.map(|check| self.check(check)).collect(),
        }
    }

    fn check(&self, check: &Structure) -> Requirement {
        let relevant: Vec<&str> = check.strings("relevantPolicyTypes").collect();
        let policies = check.structures("matchedPolicies");
        let matched = policies.flat_map(|policy| {
            let statements = policy.structures("matchedStatements");
            let uri = policy.string("uri").unwrap_or_default();
            statements.map(|statement| self.statement(statement, uri, &relevant))
        });
        Requirement {
            check_type: text(check, "checkType"),
            effect: text(check, "evaluatedEffect"),
            target: check.string("targetArn").map(|arn| self.names.back(arn)),
            matched: matched.collect(),
        }
    }

    fn statement(&self, statement: &Structure, uri: &str, relevant: &[&str]) -> Matched {
        let policy = self.policy(uri, relevant);
        let policy_type = policy.map_or_else(String::new, |policy| text(policy, "type"));
        let attached_to = policy.and_then(|policy| policy.structures("attachedTo").next());
        let attached_to = attached_to.and_then(|attached| attached.string("arn"));
        let attached_to = attached_to.map(|arn| self.names.back(arn));
        let inline = policy.is_some_and(|policy| policy.boolean("inline") == Some(true));
        Matched {
            policy: identity(
                &policy_type,
                inline,
                &self.names.back(uri),
                attached_to.as_deref(),
            ),
            policy_type,
            sid: statement.string("sid").map(str::to_owned),
            allows: statement.string("evaluatedEffect") == Some("ALLOW"),
        }
    }

    /// A policy by its uri. One that is attached as more than one type is there for each of them.
    fn policy(&self, uri: &str, relevant: &[&str]) -> Option<&Structure> {
        let mut named = self.policies.iter().copied();
        let mut named = named
            .by_ref()
            .filter(|policy| policy.string("uri") == Some(uri));
        let first = named.next()?;
        let fits = |policy: &&Structure| {
            let policy_type = policy.string("type").unwrap_or_default();
            relevant.contains(&policy_type)
        };
        Some(
            std::iter::once(first)
                .chain(named)
                .find(fits)
                .unwrap_or(first),
        )
    }
}

fn text(structure: &Structure, name: &str) -> String {
    structure.string(name).unwrap_or_default().to_owned()
}

/// The ARN that the policies of a request's caller are attached to, in the scenario's names.
pub(super) fn caller(page: &Structure, names: &Names) -> Option<String> {
    let Some(Value::Map(keys)) = page.get("requestContext") else {
        return None;
    };
    match keys.get("aws:PrincipalArn") {
        Some(Value::String(arn)) => Some(names.back(arn)),
        _ => None,
    }
}
