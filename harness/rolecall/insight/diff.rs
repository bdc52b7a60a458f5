//! How two targets answer the same scenarios: only the differences.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::run::{Outcome, StepResult, TestResult};
use crate::target::{Got, is_denial};

/// A step that two targets answer differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `tutorial/3.1`.
    pub step: String,
    /// What is done: `spa-deployment calls s3:ListBuckets`.
    pub title: String,
    /// What each target answers: `denied`, `allowed`, `ExpiredToken`, `skipped: …`.
    pub answers: [String; 2],
}

/// The steps that two runs of the same tests answered differently, in order.
pub fn differences(first: &[TestResult], second: &[TestResult]) -> Vec<Difference> {
    let others: BTreeMap<&str, &TestResult> = second
        .iter()
        .map(|result| (result.name.as_str(), result))
        .collect();
    let mut found = Vec::new();
    for result in first {
        if let Some(other) = others.get(result.name.as_str()) {
            compare(result, other, &mut found);
        }
    }
    found
}

fn compare(first: &TestResult, second: &TestResult, found: &mut Vec<Difference>) {
    let steps = first.steps.iter().chain(&second.steps);
    let mut numbers: Vec<(&str, &str)> = Vec::new();
    for step in steps {
        if !numbers.iter().any(|(number, _)| *number == step.number) {
            numbers.push((&step.number, &step.title));
        }
    }
    if numbers.is_empty() {
        numbers.push(("", &first.title));
    }
    for (number, title) in numbers {
        let answers = [first, second].map(|result| answer(result, number));
        if answers[0] != answers[1] {
            let step = format!("{}/{number}", first.name);
            found.push(Difference {
                step: step.trim_end_matches('/').to_owned(),
                title: title.to_owned(),
                answers,
            });
        }
    }
}

/// What a target answered to a step.
fn answer(result: &TestResult, number: &str) -> String {
    let step = result.steps.iter().find(|step| step.number == number);
    match (step, &result.error) {
        (Some(step), _) if !step.notes.is_empty() => {
            format!("{}; {}", answer_of(step), step.notes.join("; "))
        }
        (Some(step), _) => answer_of(step),
        (None, Some(error)) => format!("error: {error}"),
        (None, None) => "not reached".to_owned(),
    }
}

fn answer_of(step: &StepResult) -> String {
    let reasons = step.reasons.join("; ");
    match (&step.got, step.outcome) {
        _ if step.unreached => "not reached".to_owned(),
        (_, Outcome::Skip) => format!("skipped: {reasons}"),
        (Some(Got::Allowed(_)), Outcome::Fail) if !reasons.starts_with("expected a") => {
            format!("allowed, but {reasons}")
        }
        (Some(Got::Allowed(_)), _) => "allowed".to_owned(),
        (Some(Got::Refused(error)), _) if error.code == "AccessDenied" || error.code == "403" => {
            "denied".to_owned()
        }
        (Some(Got::Refused(error)), _) if is_denial(error) => format!("denied as {}", error.code),
        (Some(Got::Refused(error)), _) => error.code.clone(),
        (Some(Got::Unreachable(reason)), _) => format!("no answer: {reason}"),
        (None, Outcome::Pass) => "as expected".to_owned(),
        (None, outcome) => format!("{}: {reasons}", outcome.word()),
    }
}

/// The differences as a Markdown table.
pub fn markdown(targets: [&str; 2], differences: &[Difference]) -> String {
    let mut text = format!(
        "| step | | {} | {} |\n|---|---|---|---|\n",
        targets[0], targets[1]
    );
    for difference in differences {
        let cells = [
            &difference.step,
            &difference.title,
            &difference.answers[0],
            &difference.answers[1],
        ];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// The differences as a table for a terminal.
pub fn table(targets: [&str; 2], differences: &[Difference]) -> String {
    let mut text = String::new();
    for difference in differences {
        let _ = writeln!(text, "{}  {}", difference.step, difference.title);
        for (target, answer) in targets.iter().zip(&difference.answers) {
            let _ = writeln!(text, "  {target:<12} {answer}");
        }
    }
    text
}

/// Differences that are known, as a file keeps them: a step, and the answer of each target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known(Vec<(String, [String; 2])>);

impl Known {
    /// All of these are known.
    pub fn of(differences: &[Difference]) -> Self {
        let known = differences.iter();
        Self(
            known
                .map(|one| (one.step.clone(), one.answers.clone()))
                .collect(),
        )
    }

    /// From the YAML text of a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        use rolecall_policy::{Node, SourceId, Value};

        let root = crate::scenario::read_yaml(text, SourceId(0))
            .map_err(|mistake| mistake.message.clone())?;
        let Some(root) = root else {
            return Ok(Self::default());
        };
        let Value::List(nodes) = &root.value else {
            return Err("it isn't a list of differences".to_owned());
        };
        let text_of = |node: &Node, name: &str| match node.get(name).map(|node| &node.value) {
            Some(Value::String(text)) => Ok(text.clone()),
            _ => Err(format!("a difference has no `{name}`")),
        };
        let known = nodes.iter().map(|node| {
            let answers = [text_of(node, "first")?, text_of(node, "second")?];
            Ok((text_of(node, "step")?, answers))
        });
        known.collect::<Result<_, String>>().map(Self)
    }

    /// As YAML text for a file.
    pub fn render(&self, targets: [&str; 2]) -> String {
        let mut text = format!(
            "# How {} (first) and {} (second) are known to differ: written by `rolecall diff --update-known`.\n",
            targets[0], targets[1]
        );
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        for (step, [first, second]) in &self.0 {
            let _ = writeln!(text, "- step: {}", quoted(step));
            let _ = writeln!(text, "  first: {}", quoted(first));
            let _ = writeln!(text, "  second: {}", quoted(second));
        }
        text
    }

    /// The differences that are news.
    pub fn news(&self, differences: Vec<Difference>) -> Vec<Difference> {
        let is_known = |one: &Difference| {
            self.0
                .iter()
                .any(|(step, answers)| *step == one.step && *answers == one.answers)
        };
        differences
            .into_iter()
            .filter(|one| !is_known(one))
            .collect()
    }

    /// Known differences that aren't there any more.
    pub fn gone(&self, differences: &[Difference]) -> Vec<&str> {
        let is_there = |known: &(String, [String; 2])| {
            differences
                .iter()
                .any(|one| one.step == known.0 && one.answers == known.1)
        };
        let gone = self.0.iter().filter(|known| !is_there(known));
        gone.map(|(step, _)| step.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference() -> Difference {
        Difference {
            step: "tutorial/2".to_owned(),
            title: "spa-deployment calls s3:ListBuckets".to_owned(),
            answers: [
                "denied".to_owned(),
                "skipped: it: \"no\" | never".to_owned(),
            ],
        }
    }

    #[test]
    fn what_is_known_is_no_news() {
        let known = Known::of(&[difference()]);
        let read = Known::parse(&known.render(["mock", "moto"])).unwrap();
        let mut other = difference();
        other.answers[1] = "allowed".to_owned();

        assert_eq!(read, known);
        assert_eq!(
            read.news(vec![difference(), other.clone()]),
            [other.clone()]
        );
        assert_eq!(read.gone(&[other]), ["tutorial/2"]);
        assert_eq!(read.gone(&[difference()]), [""; 0]);
    }

    #[test]
    fn a_bar_does_not_end_a_cell() {
        let text = markdown(["mock", "moto"], &[difference()]);

        assert!(text.contains("| tutorial/2 | spa-deployment calls s3:ListBuckets | denied | skipped: it: \"no\" \\| never |"));
    }

    #[test]
    fn a_file_that_lists_no_differences_is_told() {
        assert_eq!(
            Known::parse("a: b\n"),
            Err("it isn't a list of differences".to_owned())
        );
        assert_eq!(
            Known::parse("- step: a\n"),
            Err("a difference has no `first`".to_owned())
        );
        assert_eq!(Known::parse(""), Ok(Known::default()));
    }
}
