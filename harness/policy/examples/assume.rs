//! Asks whether a user may take on a role, and says why not.
//!
//! ```console
//! $ cargo run -p rolecall-policy --example assume
//! without the external id: denied by RESOURCE, because no role trust policy allows the sts:AssumeRole action
//!   wanted sts:ExternalId ["b1946ac9-2492"], had []
//! with it: allowed
//! ```

use std::error::Error;
use std::sync::Arc;

use rolecall_policy::{
    Context, Document, Element, Evaluation, Policies, Policy, PolicySet, Principal, Request,
    explain,
};

const TRUST: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "b1946ac9-2492"}}
    }]
}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let trust = Policy::inline("trust", Document::parse(TRUST)?);
    let trust = PolicySet::new(vec![Arc::new(trust)]);
    let user = Principal::user("arn:aws:iam::123456789012:user/spa-deployment", None);
    let mut context = Context::new();

    println!("without the external id: {}", ask(&user, &trust, &context));
    context.set("sts:ExternalId", "b1946ac9-2492");
    println!("with it: {}", ask(&user, &trust, &context));
    Ok(())
}

fn ask(user: &Principal, trust: &PolicySet, context: &Context) -> String {
    let evaluation = explain(&Request {
        principal: user,
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::123456789012:role/Deploy",
        resource_account: None,
        context,
        policies: Policies {
            resource: Some(trust),
            ..Policies::default()
        },
    });
    told(&evaluation)
}

fn told(evaluation: &Evaluation) -> String {
    let Some(denial) = evaluation.denial() else {
        return "allowed".to_owned();
    };
    let mut lines = vec![format!(
        "denied by {}, {}",
        denial.check.check_type.name(),
        denial.reason()
    )];
    for statement in &denial.check.statements {
        for mismatch in &statement.mismatches {
            if let Element::Condition { key, .. } = &mismatch.element {
                let (wanted, had) = (&mismatch.wanted, &mismatch.had);
                lines.push(format!("  wanted {key} {wanted:?}, had {had:?}"));
            }
        }
    }
    lines.join("\n")
}
