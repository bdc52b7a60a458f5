//! A target's explanation of a denial beside the mock's, check by check: where they differ, and what is judged.
//!
//! What is judged is the target's word. The mock's serves to find the statements in the scenario's files, and to tell
//! what kept an Allow from matching, of which AWS says nothing.

use std::collections::BTreeSet;

use rolecall_policy::evaluation::{Reach, StatementTrace};
use rolecall_policy::{
    Check, CheckType, Document, Effect, Evaluation, Policy, PolicyType, SourceId, Span,
};

use super::explanation::{Explained, Matched, Requirement};

/// No file: what only the target knows stands nowhere in the scenario.
const NOWHERE: Span = Span::new(SourceId(u32::MAX), 0, 0);

/// A target's explanation, as it is judged and reported.
#[derive(Clone, Debug, Default)]
pub(super) struct Compared {
    pub(super) evaluations: Vec<Evaluation>,
    /// Where the mock explains otherwise: a sentence each, without a full stop.
    pub(super) notes: Vec<String>,
}

impl Compared {
    /// Compares; without the mock's evaluations there is nothing to note.
    pub(super) fn new(told: &[Explained], mock: &[Evaluation]) -> Self {
        let mut compared = Self::default();
        for (told, mock) in pairs(told, mock) {
            if let Some(told) = told {
                compared.evaluations.extend(judged(told, mock));
            }
            if let (Some(told), Some(mock)) = (told, mock) {
                compared.notes.extend(differences(told, mock));
            }
        }
        if !mock.is_empty() {
            compared.notes.extend(alone(told, mock));
        }
        compared
    }
}

/// Each evaluation with its counterpart. A resource may be a pattern on AWS, or empty where the action has none, so that
/// the action alone must be the same.
fn pairs<'e>(
    told: &'e [Explained],
    mock: &'e [Evaluation],
) -> Vec<(Option<&'e Explained>, Option<&'e Evaluation>)> {
    let mut left: Vec<&Evaluation> = mock.iter().collect();
    let mut pairs = Vec::new();
    for told in told {
        let is_asked = |one: &&Evaluation| one.action.eq_ignore_ascii_case(&told.action);
        let is_same = |one: &&Evaluation| is_asked(one) && one.resource == told.resource;
        let place = left.iter().position(is_same);
        let place = place.or_else(|| left.iter().position(is_asked));
        pairs.push((Some(told), place.map(|place| left.remove(place))));
    }
    pairs.extend(left.into_iter().map(|one| (None, Some(one))));
    pairs
}

/// Evaluations that only one of the two has.
fn alone(told: &[Explained], mock: &[Evaluation]) -> Vec<String> {
    let pairs = pairs(told, mock).into_iter();
    pairs
        .filter_map(|pair| match pair {
            (Some(told), None) => Some(format!(
                "{} is asked on the target ({}), but not on the mock",
                asked(&told.action, &told.resource),
                told.effect
            )),
            (None, Some(mock)) => Some(format!(
                "{} is asked on the mock ({}), but not on the target",
                asked(&mock.action, &mock.resource),
                mock.effect.name()
            )),
            _ => None,
        })
        .collect()
}

fn asked(action: &str, resource: &str) -> String {
    if resource.is_empty() {
        action.to_owned()
    } else {
        format!("{action} on {resource}")
    }
}

/// How the explanations of an action differ.
fn differences(told: &Explained, evaluation: &Evaluation) -> Vec<String> {
    let mock = Explained::of(evaluation);
    let mut found = Vec::new();
    if told.effect != mock.effect {
        found.push(format!(
            "the effect is {} on the target, but {} on the mock",
            told.effect, mock.effect
        ));
    }
    if !told.checks.is_empty() {
        let written = sids(evaluation);
        found.extend(differing_checks(&told.checks, &mock.checks, &written));
    }
    let asked = asked(&mock.action, &mock.resource);
    let found = found.into_iter();
    found.map(|found| format!("{asked}: {found}")).collect()
}

fn differing_checks(
    told: &[Requirement],
    mock: &[Requirement],
    written: &BTreeSet<&str>,
) -> Vec<String> {
    let (told, mock) = (keyed(told), keyed(mock));
    let mut found = Vec::new();
    for (key, check) in &told {
        match of_key(&mock, key) {
            None => found.push(format!(
                "the target has a check {key} ({}), which the mock hasn't",
                check.effect
            )),
            Some(other) => found.extend(differing(key, check, other, written)),
        }
    }
    for (key, check) in &mock {
        if of_key(&told, key).is_none() {
            found.push(format!(
                "the mock has a check {key} ({}), which the target hasn't",
                check.effect
            ));
        }
    }
    let order = |checks: &[(Key<'_>, &Requirement)], others: &[(Key<'_>, &Requirement)]| {
        let common = checks
            .iter()
            .filter(|(key, _)| of_key(others, key).is_some());
        let common: Vec<String> = common.map(|(key, _)| key.to_string()).collect();
        common.join(", ")
    };
    let orders = [order(&told, &mock), order(&mock, &told)];
    if orders[0] != orders[1] {
        found.push(format!(
            "the target checks in the order {}, but the mock {}",
            orders[0], orders[1]
        ));
    }
    found
}

/// How a check differs: in its effect, else in the statements that matched.
fn differing(
    key: &Key<'_>,
    told: &Requirement,
    mock: &Requirement,
    written: &BTreeSet<&str>,
) -> Option<String> {
    if told.effect != mock.effect {
        return Some(format!(
            "{key} is {} on the target, but {} on the mock",
            told.effect, mock.effect
        ));
    }
    let [theirs, ours] = [statements(told, written), statements(mock, written)];
    (theirs != ours).then(|| {
        format!(
            "{key} is {} by {} on the target, but by {} on the mock",
            told.effect,
            list(&told.matched),
            list(&mock.matched)
        )
    })
}

/// The statements that matched; AWS makes up a Sid for one that has none.
fn statements(check: &Requirement, written: &BTreeSet<&str>) -> BTreeSet<Matched> {
    let known = |statement: &Matched| Matched {
        sid: statement
            .sid
            .clone()
            .filter(|sid| written.contains(sid.as_str())),
        ..statement.clone()
    };
    check.matched.iter().map(known).collect()
}

fn list(matched: &[Matched]) -> String {
    if matched.is_empty() {
        return "no statement".to_owned();
    }
    let shown: Vec<String> = matched.iter().map(ToString::to_string).collect();
    shown.join(" and ")
}

/// The Sids that stand in the scenario's policies.
fn sids(evaluation: &Evaluation) -> BTreeSet<&str> {
    let traces = evaluation.checks.iter().flat_map(|check| &check.statements);
    traces.filter_map(|trace| trace.sid.as_deref()).collect()
}

/// A check by its type; of the levels of an organization, the how manieth from the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key<'c> {
    check_type: &'c str,
    level: Option<usize>,
}

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.check_type)?;
        match self.level {
            Some(level) => write!(f, " of level {level}"),
            None => Ok(()),
        }
    }
}

fn keyed(checks: &[Requirement]) -> Vec<(Key<'_>, &Requirement)> {
    let mut keyed: Vec<(Key<'_>, &Requirement)> = Vec::new();
    for check in checks {
        let check_type = check.check_type.as_str();
        let before = keyed.iter().filter(|(key, _)| key.check_type == check_type);
        let level = check.target.as_ref().map(|_| before.count() + 1);
        keyed.push((Key { check_type, level }, check));
    }
    keyed
}

fn of_key<'c>(checks: &[(Key<'_>, &'c Requirement)], key: &Key<'_>) -> Option<&'c Requirement> {
    let mut checks = checks.iter();
    checks
        .find(|(other, _)| other == key)
        .map(|(_, check)| *check)
}

/// What is judged: the target's effects and statements. Of a check that the mock has alike, the mock's, which says more.
/// `None` where the target says nothing that can be judged.
fn judged(told: &Explained, mock: Option<&Evaluation>) -> Option<Evaluation> {
    let ours = mock.map_or_else(Vec::new, |mock| Explained::of(mock).checks);
    let ours = keyed(&ours);
    let written = mock.map(sids).unwrap_or_default();
    let mut checks = Vec::new();
    for (key, check) in keyed(&told.checks) {
        let place = ours.iter().position(|(other, _)| *other == key);
        let alike = place.and_then(|place| mock?.checks.get(place));
        match alike {
            Some(alike) if differing(&key, check, &Requirement::of(alike), &written).is_none() => {
                checks.push(alike.clone());
            }
            alike => checks.extend(told_check(check, alike, mock)),
        }
    }
    (!checks.is_empty()).then_some(())?;
    Some(Evaluation {
        action: told.action.clone(),
        resource: mock.map_or_else(|| told.resource.clone(), |mock| mock.resource.clone()),
        effect: Effect::named(&told.effect)?,
        checks,
    })
}

/// A check as the target has it; `None` for one of a kind that nobody knew when this was written.
fn told_check(
    told: &Requirement,
    alike: Option<&Check>,
    mock: Option<&Evaluation>,
) -> Option<Check> {
    let matched = told.matched.iter();
    let mut statements: Vec<StatementTrace> = matched
        .filter_map(|statement| written_statement(statement, mock).or_else(|| bare(statement)))
        .collect();
    let unmatched = alike.iter().flat_map(|check| &check.statements);
    let unmatched = unmatched
        .filter(|trace| !trace.matched() && !told.matched.iter().any(|one| is_of(one, trace)));
    statements.extend(unmatched.cloned());
    Some(Check {
        check_type: CheckType::named(&told.check_type)?,
        effect: Effect::named(&told.effect)?,
        target_arn: alike
            .and_then(|check| check.target_arn.clone())
            .or_else(|| told.target.clone()),
        relevant_policy_types: alike
            .map(|check| check.relevant_policy_types.clone())
            .unwrap_or_default(),
        statements,
    })
}

/// A statement where it stands in the scenario's files, matched as the target says.
fn written_statement(told: &Matched, mock: Option<&Evaluation>) -> Option<StatementTrace> {
    let mut traces = mock?.checks.iter().flat_map(|check| &check.statements);
    let trace = traces.find(|trace| is_of(told, trace))?;
    Some(StatementTrace {
        reach: Reach::Direct,
        mismatches: Vec::new(),
        ..trace.clone()
    })
}

fn is_of(told: &Matched, trace: &StatementTrace) -> bool {
    told.sid.is_some() && *told == Matched::of(trace)
}

/// A statement of which nothing is known but what the target says.
fn bare(told: &Matched) -> Option<StatementTrace> {
    let policy_type = PolicyType::named(&told.policy_type)?;
    let document = Document::parse("{}").ok()?;
    Some(StatementTrace {
        policy: Policy::inline(told.policy.as_str(), document).into(),
        policy_type,
        index: 0,
        sid: told.sid.clone(),
        allows: told.allows,
        span: NOWHERE,
        reach: Reach::Direct,
        mismatches: Vec::new(),
        held: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rolecall_policy::{Context, Level, Policies, PolicySet, Principal, Request, explain};
    use rstest::rstest;

    use super::*;

    const HOME: &str = "arn:aws:s3:::home/ann/a.txt";
    const ANN: &str = "arn:aws:iam::123456789012:user/ann";

    fn set(uri: &str, document: &str) -> PolicySet {
        let mut policy = Policy::inline(uri, Document::parse(document).unwrap());
        policy.attached_to = Some(ANN.to_owned());
        PolicySet::new(vec![Arc::new(policy)])
    }

    /// Ann may read, but nobody in her unit may; her boundary lets her.
    fn mock() -> Evaluation {
        let identity = set(
            "AIDA/own",
            r#"{"Version": "2012-10-17", "Statement": [
                {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
                {"Sid": "Office", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}},
                {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::home/ann/*"}]}"#,
        );
        let all = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
        let closed = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Sid": "Closed", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#;
        let level = |target: &str, document| Level {
            target_arn: Some(format!("arn:aws:organizations::1:{target}")),
            policies: set("p-1", document),
        };
        explain(&Request {
            principal: &Principal::user(ANN, None),
            action: "s3:GetObject",
            resource: HOME,
            resource_account: None,
            context: &Context::new(),
            policies: Policies {
                identity: &identity,
                boundary: Some(&set("AIDA/boundary", all)),
                service_control: &[level("root/r-1", all), level("ou/ou-1", closed)],
                ..Policies::default()
            },
        })
    }

    /// What a target says that explains as the mock does: it has ids of its own, and a Sid for each statement.
    fn told() -> Explained {
        let mut told = Explained::of(&mock());
        for check in &mut told.checks {
            if let Some(target) = &mut check.target {
                target.push_str("-of-its-own");
            }
            for (place, statement) in check.matched.iter_mut().enumerate() {
                statement
                    .sid
                    .get_or_insert_with(|| format!("made-up-{place}"));
            }
        }
        told
    }

    fn principal(told: &mut Explained) -> &mut Requirement {
        let mut checks = told.checks.iter_mut();
        checks
            .find(|check| check.check_type == "PRINCIPAL")
            .unwrap()
    }

    fn alike(_: &mut Explained) {}
    fn another_effect(told: &mut Explained) {
        principal(told).effect = "IMPLICIT_DENY".to_owned();
    }
    fn another_outcome(told: &mut Explained) {
        told.effect = "ALLOW".to_owned();
    }
    fn without_boundary(told: &mut Explained) {
        told.checks
            .retain(|check| check.check_type != "PERMISSIONS_BOUNDARY");
    }
    fn another_check(told: &mut Explained) {
        told.checks.push(Requirement {
            check_type: "CONSTELLATION".to_owned(),
            effect: "NO_IMPACT".to_owned(),
            target: None,
            matched: Vec::new(),
        });
    }
    fn another_order(told: &mut Explained) {
        told.checks.reverse();
    }
    fn another_statement(told: &mut Explained) {
        principal(told).matched[0].sid = Some("Office".to_owned());
    }
    fn a_statement_less(told: &mut Explained) {
        principal(told).matched.truncate(1);
    }
    fn another_policy(told: &mut Explained) {
        principal(told).matched[0].policy = "arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned();
    }
    fn no_checks(told: &mut Explained) {
        told.checks.clear();
    }
    fn a_resource_as_pattern(told: &mut Explained) {
        told.resource.clear();
    }
    fn another_action(told: &mut Explained) {
        told.action = "s3:GetObjectVersion".to_owned();
    }

    /// AWS: IAM Toolbox API Reference, `Check`: checks come in the order in which they are made.
    #[rstest]
    #[case(alike, &[])]
    #[case(a_resource_as_pattern, &[])]
    #[case(no_checks, &[])]
    #[case(another_outcome, &["the effect is ALLOW on the target, but EXPLICIT_DENY on the mock"])]
    #[case(another_effect, &["PRINCIPAL is IMPLICIT_DENY on the target, but ALLOW on the mock"])]
    #[case(
        without_boundary,
        &["the mock has a check PERMISSIONS_BOUNDARY (ALLOW), which the target hasn't"]
    )]
    #[case(another_check, &["the target has a check CONSTELLATION (NO_IMPACT), which the mock hasn't"])]
    #[case(
        another_order,
        &[
            "SERVICE_CONTROL_POLICY of level 1 is EXPLICIT_DENY on the target, but ALLOW on the mock",
            "SERVICE_CONTROL_POLICY of level 2 is ALLOW on the target, but EXPLICIT_DENY on the mock",
            "the target checks in the order PERMISSIONS_BOUNDARY, PRINCIPAL, SERVICE_CONTROL_POLICY of level 1, \
             SERVICE_CONTROL_POLICY of level 2, but the mock SERVICE_CONTROL_POLICY of level 1, \
             SERVICE_CONTROL_POLICY of level 2, PRINCIPAL, PERMISSIONS_BOUNDARY",
        ]
    )]
    #[case(
        another_statement,
        &["PRINCIPAL is ALLOW by the Allow `Office` of the inline policies of arn:aws:iam::123456789012:user/ann and the \
           Allow `made-up-1` of the inline policies of arn:aws:iam::123456789012:user/ann on the target, but by the Allow \
           `Read` of the inline policies of arn:aws:iam::123456789012:user/ann and an Allow without Sid of the inline \
           policies of arn:aws:iam::123456789012:user/ann on the mock"]
    )]
    #[case(
        a_statement_less,
        &["PRINCIPAL is ALLOW by the Allow `Read` of the inline policies of arn:aws:iam::123456789012:user/ann on the \
           target, but by the Allow `Read` of the inline policies of arn:aws:iam::123456789012:user/ann and an Allow \
           without Sid of the inline policies of arn:aws:iam::123456789012:user/ann on the mock"]
    )]
    #[case(
        another_policy,
        &["PRINCIPAL is ALLOW by the Allow `Read` of arn:aws:iam::aws:policy/ReadOnlyAccess and the Allow `made-up-1` of \
           the inline policies of arn:aws:iam::123456789012:user/ann on the target, but by the Allow `Read` of the inline \
           policies of arn:aws:iam::123456789012:user/ann and an Allow without Sid of the inline policies of \
           arn:aws:iam::123456789012:user/ann on the mock"]
    )]
    fn a_difference_is_noted(#[case] change: fn(&mut Explained), #[case] expected: &[&str]) {
        let mut told = told();
        change(&mut told);

        let notes = Compared::new(&[told], &[mock()]).notes;

        let expected = expected.iter();
        let expected: Vec<String> = expected
            .map(|note| format!("s3:GetObject on {HOME}: {note}"))
            .collect();
        assert_eq!(notes, expected);
    }

    #[test]
    fn an_action_that_only_one_of_them_asks_for_is_noted() {
        let mut told = told();
        another_action(&mut told);

        let notes = Compared::new(&[told], &[mock()]).notes;

        assert_eq!(
            notes,
            [
                format!(
                    "s3:GetObjectVersion on {HOME} is asked on the target (EXPLICIT_DENY), but not on the mock"
                ),
                format!(
                    "s3:GetObject on {HOME} is asked on the mock (EXPLICIT_DENY), but not on the target"
                ),
            ]
        );
    }

    #[test]
    fn what_the_mock_does_not_know_is_no_difference() {
        let compared = Compared::new(&[told()], &[]);

        assert_eq!(compared.notes, [""; 0]);
        assert_eq!(compared.evaluations[0].effect, Effect::ExplicitDeny);
    }

    /// The mock knows where a statement stands, and which condition kept another from matching.
    #[test]
    fn what_is_judged_is_the_targets_word_with_the_mocks_places() {
        let mut told = told();
        another_effect(&mut told);
        principal(&mut told).matched.clear();

        let compared = Compared::new(&[told], &[mock()]);

        let [evaluation] = compared.evaluations.as_slice() else {
            panic!("one action: {compared:?}");
        };
        let effects = evaluation.checks.iter().map(|check| check.effect);
        assert_eq!(
            effects.collect::<Vec<_>>(),
            [
                Effect::Allow,
                Effect::ExplicitDeny,
                Effect::ImplicitDeny,
                Effect::Allow
            ]
        );
        let [.., control, principal, _boundary] = evaluation.checks.as_slice() else {
            panic!("four checks: {evaluation:?}");
        };
        assert_eq!(
            control.target_arn.as_deref(),
            Some("arn:aws:organizations::1:ou/ou-1"),
            "the scenario's own"
        );
        let near = principal.statements.iter();
        let near = near.filter(|trace| trace.failed_on_conditions_only());
        let sids: Vec<_> = near.map(|trace| trace.sid.as_deref()).collect();
        assert_eq!(sids, [Some("Office")]);
    }
}
