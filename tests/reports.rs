//! What runs print, to the character: one snapshot for each form, over scenarios that fail in every way.

#![expect(clippy::expect_used, reason = "a test that can't be set up has failed")]

use rolecall::report::{
    Explain, GithubReporter, HtmlReporter, JsonReporter, JunitReporter, MarkdownReporter, Reporter,
    TapReporter, TerminalReporter, TerminalStyle,
};
use rolecall::run::{Event, Runner, Summary, TestResult};
use rolecall::scenario::{self, Disk, Loaded};
use rolecall::target::Target;
use rstest::rstest;

fn loaded() -> Loaded {
    scenario::load(&["tests/reports".into()], &Disk)
}

/// Runs the scenarios, telling the reporter.
fn tell(loaded: &Loaded, mut reporter: impl Reporter) {
    let tests: Vec<_> = loaded.tests.iter().collect();
    Runner::new(Target::Mock).run(&tests, |event| {
        reporter.report(&event).expect("memory takes it");
    });
}

/// Times differ from run to run.
fn without_times(text: &[u8]) -> String {
    let mut shown = String::new();
    let mut rest: &str = &String::from_utf8_lossy(text);
    while let Some(at) = ["\"seconds\":", " time=\""]
        .iter()
        .filter_map(|key| Some(rest.find(key)? + key.len()))
        .min()
    {
        let (before, after) = rest.split_at(at);
        shown.push_str(before);
        shown.push('T');
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || ".e-".contains(c));
    }
    shown + rest
}

#[rstest]
#[case("human", TerminalStyle::default())]
#[case("plain", TerminalStyle { plain: true, ..TerminalStyle::default() })]
#[case("quiet", TerminalStyle { quiet: true, explain: Explain::None, ..TerminalStyle::default() })]
#[case("explained", TerminalStyle { explain: Explain::All, ..TerminalStyle::default() })]
fn a_person_is_shown(#[case] form: &str, #[case] style: TerminalStyle) {
    let (loaded, mut out) = (loaded(), Vec::new());

    tell(
        &loaded,
        TerminalReporter::new(&mut out, &loaded.sources, style),
    );

    insta::assert_snapshot!(form, String::from_utf8_lossy(&out));
}

#[test]
fn programs_are_told() {
    let loaded = loaded();
    let sources = &loaded.sources;
    let [mut json, mut junit, mut tap, mut markdown, mut github] = [const { Vec::new() }; 5];

    tell(&loaded, JsonReporter::new(&mut json, sources));
    tell(&loaded, JunitReporter::new(&mut junit, sources));
    tell(&loaded, TapReporter::new(&mut tap, sources));
    tell(&loaded, MarkdownReporter::new(&mut markdown, sources));
    tell(&loaded, GithubReporter::new(&mut github, sources));

    insta::assert_snapshot!("json", without_times(&json));
    insta::assert_snapshot!("junit", without_times(&junit));
    insta::assert_snapshot!("tap", without_times(&tap));
    insta::assert_snapshot!("markdown", without_times(&markdown));
    insta::assert_snapshot!("github", without_times(&github));
}

/// A run of one test that passed, one of whose steps has a note: only a live target makes one.
fn noted() -> (Loaded, TestResult) {
    let loaded = scenario::load(&["scenarios/wrong-principal.yaml".into()], &Disk);
    let tests: Vec<_> = loaded.tests.iter().collect();
    let mut results = Vec::new();
    Runner::new(Target::Mock).run(&tests, |event| {
        if let Event::TestFinished(result) = event {
            results.push(result.clone());
        }
    });
    let mut result = results.pop().expect("one test");
    let step = result.steps.get_mut(1).expect("a second step");
    step.notes = vec!["sts:AssumeRole on `x`: PRINCIPAL is <ALLOW> on the target | no".to_owned()];
    (loaded, result)
}

fn tell_of(result: &TestResult, mut reporter: impl Reporter) {
    let mut summary = Summary::default();
    summary.count(result);
    let duration = std::time::Duration::ZERO;
    let events = [
        Event::Started {
            tests: 1,
            target: "aws",
        },
        Event::TestFinished(result),
        Event::Finished {
            summary,
            duration,
            left_out: 0,
        },
    ];
    for event in events {
        reporter.report(&event).expect("memory takes it");
    }
}

#[test]
fn a_note_is_in_every_report() {
    let (loaded, result) = noted();
    let sources = &loaded.sources;
    let quiet = TerminalStyle {
        quiet: true,
        ..TerminalStyle::default()
    };
    let plain = TerminalStyle {
        plain: true,
        ..TerminalStyle::default()
    };
    let [mut human, mut spoken, mut json, mut junit] = [const { Vec::new() }; 4];
    let [mut tap, mut markdown, mut github, mut html] = [const { Vec::new() }; 4];

    tell_of(&result, TerminalReporter::new(&mut human, sources, quiet));
    tell_of(&result, TerminalReporter::new(&mut spoken, sources, plain));
    tell_of(&result, JsonReporter::new(&mut json, sources));
    tell_of(&result, JunitReporter::new(&mut junit, sources));
    tell_of(&result, TapReporter::new(&mut tap, sources));
    tell_of(&result, MarkdownReporter::new(&mut markdown, sources));
    tell_of(&result, GithubReporter::new(&mut github, sources));
    tell_of(&result, HtmlReporter::new(&mut html, sources));

    let html = String::from_utf8_lossy(&html).into_owned();
    let html: Vec<&str> = html.lines().filter(|line| line.contains("note")).collect();
    let forms = [human, spoken, json, junit, tap, markdown, github];
    let mut shown: Vec<String> = forms.iter().map(|form| without_times(form)).collect();
    shown.push(html.join("\n"));
    insta::assert_snapshot!("notes", shown.join("\n----\n"));
}
