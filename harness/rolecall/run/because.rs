//! Whether a denial has the reason a step gives for it: pure comparison with AWS's checks.

use std::fmt::Write as _;

use rolecall_policy::evaluation::{Element, StatementTrace};
use rolecall_policy::{Check, CheckType, Effect, Evaluation, PolicyType};

use crate::scenario::model::{Because, BecausePolicy};

/// A check that decided a denial, with the evaluation it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct DecidingCheck<'a> {
    /// The action on the resource.
    pub evaluation: &'a Evaluation,
    /// The check.
    pub check: &'a Check,
}

/// The checks that decided a denial: all with an explicit deny, else all with an implicit one.
pub fn deciding_checks(evaluations: &[Evaluation]) -> Vec<DecidingCheck<'_>> {
    let explicit = evaluations
        .iter()
        .any(|evaluation| evaluation.effect == Effect::ExplicitDeny);
    let effect = if explicit {
        Effect::ExplicitDeny
    } else {
        Effect::ImplicitDeny
    };
    let denied = evaluations
        .iter()
        .filter(|evaluation| evaluation.effect == effect);
    denied
        .flat_map(|evaluation| {
            evaluation
                .deciding()
                .map(move |check| DecidingCheck { evaluation, check })
        })
        .collect()
}

/// Why a denial doesn't have the reason it should; `None` when it has.
///
/// `control_target` gives the ARN of what `at:` names.
pub fn difference(
    because: &Because,
    evaluations: &[Evaluation],
    control_target: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let target = because
        .at
        .as_deref()
        .map(|at| control_target(at).unwrap_or_default());
    let target = target.as_deref();
    let deciding = deciding_checks(evaluations);
    let (satisfying, others): (Vec<_>, Vec<_>) = deciding
        .iter()
        .partition(|deciding| satisfies(because, target, deciding));
    if satisfying.is_empty() {
        return Some(format!(
            "expected {} to decide, but it was {}",
            describe(because),
            list(&deciding)
        ));
    }
    if because.only && !others.is_empty() {
        return Some(format!(
            "expected {} alone to decide, but so did {}",
            describe(because),
            list(&others.into_iter().copied().collect::<Vec<_>>())
        ));
    }
    None
}

fn satisfies(because: &Because, target: Option<&str>, deciding: &DecidingCheck<'_>) -> bool {
    because.policy.is_none_or(|policy| is_in(policy, deciding))
        && target.is_none_or(|target| deciding.check.target_arn.as_deref() == Some(target))
        && because
            .explicit
            .is_none_or(|explicit| explicit == (deciding.check.effect == Effect::ExplicitDeny))
        && statements_satisfy(because, deciding.check)
}

/// The scenario language's word for the layer that decided: for an explicit deny that of the statement (a resource's own
/// policy before the caller's, as in AWS's messages), else that of the check.
pub fn policy_of(deciding: &DecidingCheck<'_>) -> BecausePolicy {
    let action = &deciding.evaluation.action;
    let denying = denying_policies(deciding);
    if denying.contains(&PolicyType::ResourceBased) {
        return of_type(PolicyType::ResourceBased, action);
    }
    match denying.first() {
        Some(policy_type) => of_type(*policy_type, action),
        None => of_check(deciding.check.check_type, action),
    }
}

/// The types of the policies whose statements explicitly denied; none for an implicit deny.
fn denying_policies(deciding: &DecidingCheck<'_>) -> Vec<PolicyType> {
    if deciding.check.effect != Effect::ExplicitDeny {
        return Vec::new();
    }
    let matched = deciding.check.matched();
    matched
        .filter(|trace| !trace.allows)
        .map(|trace| trace.policy_type)
        .collect()
}

/// The scenario language's word for a type of policy, where the action is this.
pub fn of_type(policy_type: PolicyType, action: &str) -> BecausePolicy {
    match policy_type {
        PolicyType::IdentityBased => BecausePolicy::Identity,
        PolicyType::ResourceBased if concerns_trust(action) => BecausePolicy::Trust,
        PolicyType::ResourceBased => BecausePolicy::Resource,
        PolicyType::PermissionsBoundary => BecausePolicy::Boundary,
        PolicyType::Session => BecausePolicy::Session,
        PolicyType::ServiceControl => BecausePolicy::ServiceControl,
        PolicyType::ResourceControl => BecausePolicy::ResourceControl,
        PolicyType::VpcEndpoint => BecausePolicy::Endpoint,
    }
}

fn of_check(check_type: CheckType, action: &str) -> BecausePolicy {
    match check_type {
        CheckType::ResourceControlPolicy => BecausePolicy::ResourceControl,
        CheckType::ServiceControlPolicy => BecausePolicy::ServiceControl,
        CheckType::VpcEndpoint => BecausePolicy::Endpoint,
        CheckType::Resource if concerns_trust(action) => BecausePolicy::Trust,
        CheckType::Resource => BecausePolicy::Resource,
        CheckType::Principal => BecausePolicy::Identity,
        CheckType::PermissionsBoundary => BecausePolicy::Boundary,
        CheckType::Session => BecausePolicy::Session,
    }
}

/// Whether the resource's policy, for this action, is a role's trust policy.
pub fn concerns_trust(action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    action.starts_with("sts:assume")
        || action == "sts:tagsession"
        || action == "sts:setsourceidentity"
}

/// Whether a layer decided: with several explicit denies in one check, each of their layers did.
fn is_in(policy: BecausePolicy, deciding: &DecidingCheck<'_>) -> bool {
    let action = &deciding.evaluation.action;
    let denying = denying_policies(deciding);
    policy == policy_of(deciding)
        || denying
            .into_iter()
            .any(|policy_type| of_type(policy_type, action) == policy)
}

fn statements_satisfy(because: &Because, check: &Check) -> bool {
    if because.statement.is_none() && because.condition.is_none() {
        return true;
    }
    check.statements.iter().any(|trace| {
        let speaks = if check.effect == Effect::ExplicitDeny {
            !trace.allows && trace.matched()
        } else {
            trace.allows && trace.failed_on_conditions_only()
        };
        speaks
            && because
                .statement
                .as_deref()
                .is_none_or(|sid| trace.sid.as_deref() == Some(sid))
            && because
                .condition
                .as_deref()
                .is_none_or(|key| concerns_condition(trace, key))
    })
}

/// For a statement that matched, whether it tests the key; for one that didn't, whether that test was false.
fn concerns_condition(trace: &StatementTrace, wanted: &str) -> bool {
    if trace.matched() {
        return trace
            .policy
            .document
            .statements()
            .get(trace.index)
            .is_some_and(|statement| {
                statement
                    .condition_keys()
                    .any(|key| key.eq_ignore_ascii_case(wanted))
            });
    }
    trace
        .mismatches
        .iter()
        .any(|mismatch| match &mismatch.element {
            Element::Condition { key, .. } => key.eq_ignore_ascii_case(wanted),
            Element::Statement | Element::Principal | Element::Action | Element::Resource => false,
        })
}

/// A reason in words: `an implicit deny in the trust policy (condition `sts:ExternalId`)`.
fn describe(because: &Because) -> String {
    let mut words = match because.explicit {
        Some(true) => "an explicit deny",
        Some(false) => "an implicit deny",
        None => "a deny",
    }
    .to_owned();
    if let Some(policy) = because.policy {
        words.push_str(" in ");
        words.push_str(name_of(policy));
    }
    let details = [
        ("at", &because.at),
        ("statement", &because.statement),
        ("condition", &because.condition),
    ];
    for (what, value) in details {
        if let Some(value) = value {
            let _ = write!(words, " ({what} `{value}`)");
        }
    }
    words
}

fn list(deciding: &[DecidingCheck<'_>]) -> String {
    if deciding.is_empty() {
        return "no check that is known".to_owned();
    }
    let words: Vec<String> = deciding
        .iter()
        .map(|deciding| {
            let kind = if deciding.check.effect == Effect::ExplicitDeny {
                "explicit"
            } else {
                "implicit"
            };
            format!("an {kind} deny in {}", name_of(policy_of(deciding)))
        })
        .collect();
    words.join(" and ")
}

/// How the reports name a layer.
pub fn name_of(policy: BecausePolicy) -> &'static str {
    match policy {
        BecausePolicy::Identity => "the identity policies",
        BecausePolicy::Resource => "the resource policy",
        BecausePolicy::Trust => "the trust policy",
        BecausePolicy::Boundary => "the permissions boundary",
        BecausePolicy::Session => "the session policies",
        BecausePolicy::ServiceControl => "a service control policy",
        BecausePolicy::ResourceControl => "a resource control policy",
        BecausePolicy::Endpoint => "the VPC endpoint's policy",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_policy::{
        Context, Document, Level, Policies, Policy, PolicySet, Principal, Request, Span, explain,
    };
    use rstest::rstest;

    use super::*;

    const UNIT: &str = "arn:aws:organizations::111111111111:ou/o-x/ou-x-1";

    fn set(document: &str) -> PolicySet {
        let document = Document::parse(document).unwrap();
        PolicySet::new(vec![Arc::new(Policy::inline("p", document))])
    }

    /// A user may read by its own policy if the request comes over TLS, from the office; a unit above closes the site.
    fn evaluation(action: &str, resource: &str) -> Evaluation {
        let identity = set(r#"{"Version": "2012-10-17", "Statement": [
                {"Sid": "OverTls", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                 "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
                {"Sid": "NotSecret", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::b/secret",
                 "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}}]}"#);
        let allow_all = set(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        );
        let no_kms = set(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
        );
        let mut context = Context::new();
        context.set("aws:SecureTransport", "false");
        context.set("aws:RequestedRegion", "us-east-1");
        let levels = [
            Level {
                target_arn: Some("root".to_owned()),
                policies: allow_all,
            },
            Level {
                target_arn: Some(UNIT.to_owned()),
                policies: no_kms,
            },
        ];
        explain(&Request {
            principal: &Principal::user("arn:aws:iam::123456789012:user/ann", None),
            action,
            resource,
            resource_account: None,
            context: &context,
            policies: Policies {
                identity: &identity,
                service_control: &levels,
                ..Policies::default()
            },
        })
    }

    fn because() -> Because {
        Because {
            span: Span::default(),
            policy: None,
            at: None,
            explicit: None,
            statement: None,
            condition: None,
            only: false,
        }
    }

    fn holds(because: &Because, action: &str, resource: &str) -> bool {
        let targets = |name: &str| (name == "Workloads").then(|| UNIT.to_owned());
        difference(because, &[evaluation(action, resource)], targets).is_none()
    }

    /// AWS: IAM User Guide, policy evaluation logic: an implicit deny is one that no statement allows, an explicit one
    /// has a Deny that matches; the checks are those of `GetRequestAuthorizationDetails`.
    #[rstest]
    #[case::identity(Because { policy: Some(BecausePolicy::Identity), ..because() }, true)]
    #[case::another_layer(Because { policy: Some(BecausePolicy::Boundary), ..because() }, false)]
    #[case::implicit(Because { explicit: Some(false), ..because() }, true)]
    #[case::explicit(Because { explicit: Some(true), ..because() }, false)]
    #[case::the_allow_that_lacked_a_condition(Because { statement: Some("OverTls".to_owned()), ..because() }, true)]
    #[case::another_statement(Because { statement: Some("NotSecret".to_owned()), ..because() }, false)]
    #[case::its_false_condition(Because { condition: Some("AWS:securetransport".to_owned()), ..because() }, true)]
    #[case::another_condition(Because { condition: Some("aws:RequestedRegion".to_owned()), ..because() }, false)]
    #[case::alone(Because { only: true, ..because() }, true)]
    fn an_implicit_denial_has_its_reason(#[case] because: Because, #[case] expected: bool) {
        assert_eq!(
            holds(&because, "s3:GetObject", "arn:aws:s3:::b/k"),
            expected
        );
    }

    #[rstest]
    #[case::explicit(Because { explicit: Some(true), ..because() }, true)]
    #[case::implicit(Because { explicit: Some(false), ..because() }, false)]
    #[case::the_deny(Because { statement: Some("NotSecret".to_owned()), ..because() }, true)]
    #[case::no_deny(Because { statement: Some("OverTls".to_owned()), ..because() }, false)]
    #[case::a_condition_it_has(Because { condition: Some("aws:RequestedRegion".to_owned()), ..because() }, true)]
    #[case::a_condition_it_has_not(Because { condition: Some("aws:SecureTransport".to_owned()), ..because() }, false)]
    fn an_explicit_denial_has_its_reason(#[case] because: Because, #[case] expected: bool) {
        assert_eq!(
            holds(&because, "s3:GetObject", "arn:aws:s3:::b/secret"),
            expected
        );
    }

    /// Neither the unit nor the user's own policies allow KMS: two checks decide.
    #[rstest]
    #[case::one_of_them(Because { policy: Some(BecausePolicy::ServiceControl), ..because() }, true)]
    #[case::not_alone(Because { policy: Some(BecausePolicy::ServiceControl), only: true, ..because() }, false)]
    #[case::at_the_unit(Because { at: Some("Workloads".to_owned()), ..because() }, true)]
    #[case::at_an_unknown_unit(Because { at: Some("Elsewhere".to_owned()), ..because() }, false)]
    fn several_checks_can_decide(#[case] because: Because, #[case] expected: bool) {
        assert_eq!(holds(&because, "kms:Decrypt", "*"), expected);
    }

    /// A user whom the resource's policy denies what its own policy allows.
    fn denied_by_the_resource(action: &str) -> Evaluation {
        let own = set(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
        );
        let resource = set(
            r#"{"Version": "2012-10-17", "Statement": {"Sid": "R", "Effect": "Deny", "Action": "*",
                "Resource": "*", "Principal": {"AWS": "arn:aws:iam::999999999999:user/ann"}}}"#,
        );
        explain(&Request {
            principal: &Principal::user("arn:aws:iam::999999999999:user/ann", None),
            action,
            resource: "arn:aws:iam::999999999999:role/r",
            resource_account: None,
            context: &Context::new(),
            policies: Policies {
                identity: &own,
                resource: Some(&resource),
                ..Policies::default()
            },
        })
    }

    /// A role's trust policy is the resource policy of the actions that assume the role; the Deny of a resource's policy is
    /// that policy's, wherever AWS's checks file it.
    #[rstest]
    #[case("sts:AssumeRole", BecausePolicy::Trust)]
    #[case("STS:assumeRoleWithSAML", BecausePolicy::Trust)]
    #[case("sts:TagSession", BecausePolicy::Trust)]
    #[case("sts:SetSourceIdentity", BecausePolicy::Trust)]
    #[case("s3:GetObject", BecausePolicy::Resource)]
    #[case("kms:Decrypt", BecausePolicy::Resource)]
    fn a_resources_deny_is_its_policys(#[case] action: &str, #[case] policy: BecausePolicy) {
        let denied = [denied_by_the_resource(action)];
        let reason = |policy, explicit| Because {
            policy: Some(policy),
            explicit: Some(explicit),
            statement: Some("R".to_owned()),
            ..because()
        };

        assert_eq!(difference(&reason(policy, true), &denied, |_| None), None);
        let other = reason(BecausePolicy::Identity, true);
        let told = difference(&other, &denied, |_| None).unwrap();
        let layer = name_of(policy);
        assert_eq!(
            told,
            format!(
                "expected an explicit deny in the identity policies (statement `R`) to decide, but it was an explicit \
                 deny in {layer}"
            )
        );
    }
}
