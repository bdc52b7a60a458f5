//! Whether a target's policy simulator heeds the policies of resources that it is told: for each capability a question that
//! must be denied, and its twin that must be allowed. Nothing of what is asked about has to exist.

use rolecall_wire::Structure;
use serde_json::json;

use super::admin::{Admins, Failure};
use super::capability::{Capability, Finding};
use super::order::{Order, strings};
use super::resources::root;
use crate::target::answer::is_denial;

/// A question.
struct Probe {
    /// What the caller's own policy allows.
    allows: &'static str,
    action: &'static str,
    resource: &'static str,
    /// Whom the resource's policy speaks of, and what it says of them.
    effect: &'static str,
    principal: &'static str,
}

/// The user that the probes are about, in the account `{}`.
const CALLER: &str = "arn:aws:iam::{}:user/rc-probe";

/// For each capability what must be denied, and its twin that must be allowed.
const PROBES: [(Capability, Probe, Probe); 2] = [
    (
        Capability::SimulatedPolicies,
        Probe {
            allows: "s3:GetObject",
            action: "s3:GetObject",
            resource: "arn:aws:s3:::rc-probe/a",
            effect: "Deny",
            principal: CALLER,
        },
        Probe {
            allows: "s3:ListBucket",
            action: "s3:GetObject",
            resource: "arn:aws:s3:::rc-probe/a",
            effect: "Allow",
            principal: CALLER,
        },
    ),
    // AWS: KMS Developer Guide, key policies.
    (
        Capability::SimulatedKeys,
        Probe {
            allows: "kms:Decrypt",
            action: "kms:Decrypt",
            resource: "arn:aws:kms:us-east-1:{}:key/rc-probe",
            effect: "Allow",
            principal: "arn:aws:iam::{}:user/rc-another",
        },
        Probe {
            allows: "kms:Decrypt",
            action: "kms:Decrypt",
            resource: "arn:aws:kms:us-east-1:{}:key/rc-probe",
            effect: "Allow",
            principal: "arn:aws:iam::{}:root",
        },
    ),
];

/// Whether the simulator heeds the policies of resources that it is told.
pub(super) async fn put_simulations(admins: &Admins, account: &str) -> Vec<(Capability, Finding)> {
    let mut found = Vec::new();
    for (capability, denied, allowed) in &PROBES {
        let asked = [denied, allowed].map(|probe| probe.order(account));
        let mut answers = Vec::new();
        for order in asked {
            answers.push(admins.send(&order).await);
        }
        found.push((*capability, finding(&answers)));
    }
    found
}

fn finding(answers: &[Result<Structure, Failure>]) -> Finding {
    let mut allowed = Vec::new();
    for answer in answers {
        match answer {
            Ok(output) => {
                let mut results = output.structures("EvaluationResults");
                let decision = results.next().and_then(|one| one.string("EvalDecision"));
                allowed.push(decision == Some("allowed"));
            }
            Err(failure) => return unknown(failure),
        }
    }
    match allowed.as_slice() {
        [false, true] => Finding::Enforced,
        [true, _] => Finding::NotEnforced,
        _ => Finding::Unknown("it denies what a resource's policy allows".to_owned()),
    }
}

fn unknown(failure: &Failure) -> Finding {
    Finding::Unknown(match failure {
        _ if failure.is_not_implemented() => {
            "the target has no policy simulator for policies that it is told".to_owned()
        }
        Failure::Refused { error, .. } if is_denial(error) => {
            "the administrator may not ask (iam:SimulateCustomPolicy)".to_owned()
        }
        other => other.to_string(),
    })
}

impl Probe {
    fn order(&self, account: &str) -> Order {
        let text = |text: &str| text.replace("{}", account);
        let statement = |statement: serde_json::Value| {
            let document = json!({"Version": "2012-10-17", "Statement": statement});
            document.to_string()
        };
        let own = statement(json!({"Effect": "Allow", "Action": self.allows, "Resource": "*"}));
        let of_resource = statement(json!({
            "Effect": self.effect,
            "Principal": {"AWS": text(self.principal)},
            "Action": self.action,
            "Resource": text(self.resource),
        }));
        let input = Structure::new()
            .with("PolicyInputList", strings([own.as_str()]))
            .with("ActionNames", strings([self.action]))
            .with("ResourceArns", strings([text(self.resource).as_str()]))
            .with("ResourcePolicy", of_resource)
            .with("ResourceOwner", root(account))
            .with("CallerArn", text(CALLER));
        Order::iam(account, "SimulateCustomPolicy", input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_wire::Value;
    use rstest::rstest;

    fn answer(decision: &str) -> Structure {
        let result = Structure::new().with("EvalDecision", decision);
        Structure::new().with("EvaluationResults", vec![Value::from(result)])
    }

    #[rstest]
    #[case::heeds(["explicitDeny", "allowed"], Finding::Enforced)]
    #[case::ignores_all(["allowed", "implicitDeny"], Finding::NotEnforced)]
    #[case::ignores_denials(["allowed", "allowed"], Finding::NotEnforced)]
    #[case::ignores_allowances(
        ["implicitDeny", "implicitDeny"],
        Finding::Unknown("it denies what a resource's policy allows".to_owned())
    )]
    fn a_simulator_is_relied_upon_where_it_tells_twins_apart(
        #[case] decisions: [&str; 2],
        #[case] expected: Finding,
    ) {
        assert_eq!(
            finding(&decisions.map(|decision| Ok(answer(decision)))),
            expected
        );
    }
}
