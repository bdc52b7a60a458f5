//! Every check of an evaluation, in AWS's order and words.

use std::fmt::Write as _;

use rolecall_policy::evaluation::StatementTrace;
use rolecall_policy::{Check, Evaluation};

use super::words::{describe_statement, is_in_file, level_name, policy_name};
use crate::scenario::Sources;

/// Every check of an evaluation, a line each, in AWS's order: its effect, and the statements that matched with their
/// places. Levels of an organization that say nothing of their own are told together.
pub fn checks(evaluation: &Evaluation, sources: &Sources) -> String {
    let mut text = String::new();
    for alike in evaluation.checks.chunk_by(are_alike) {
        let Some(check) = alike.first() else {
            continue;
        };
        let mut line = format!("{:<24} {}", check.check_type.name(), check.effect.name());
        match (full_access(check), alike.len()) {
            (Some(policy), 1) => {
                let _ = write!(line, "{}: {policy}", at(check));
            }
            (Some(policy), levels) => {
                let _ = write!(line, "  at {levels} levels: {policy}");
            }
            (None, _) => line.push_str(&at(check)),
        }
        let _ = writeln!(text, "  {line}");
        if full_access(check).is_none() {
            for trace in check.matched() {
                let _ = writeln!(text, "    {}", matched(trace, sources));
            }
        }
    }
    text
}

/// Whether both are levels that let everything through.
fn are_alike(one: &Check, next: &Check) -> bool {
    full_access(one).is_some()
        && full_access(one) == full_access(next)
        && one.check_type == next.check_type
}

/// AWS's own policy, where it is all that a level of the organization has to say.
fn full_access(check: &Check) -> Option<&str> {
    check.target_arn.as_ref()?;
    let name = check.matched().next().map(policy_name)?;
    let alone = check
        .statements
        .iter()
        .all(|trace| policy_name(trace) == name);
    (alone && name.ends_with("FullAWSAccess")).then_some(name)
}

/// `  at the root` for a level of the organization.
fn at(check: &Check) -> String {
    level_name(check).map_or_else(String::new, |level| format!("  at {level}"))
}

/// `statement `Sid` of inline-1 allows  world.yaml:8:13`.
fn matched(trace: &StatementTrace, sources: &Sources) -> String {
    let verb = if trace.allows { "allows" } else { "denies" };
    let statement = describe_statement(trace);
    if is_in_file(sources, trace.span) {
        format!("{statement} {verb}  {}", sources.place(trace.span))
    } else {
        format!("{statement} {verb}")
    }
}
