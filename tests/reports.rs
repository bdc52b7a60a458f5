//! What runs print, to the character: one snapshot for each form, over scenarios that fail in every way.

#![expect(clippy::expect_used, reason = "a test that can't be set up has failed")]

use rolecall::report::{
    Explain, GithubReporter, JsonReporter, JunitReporter, MarkdownReporter, Reporter, TapReporter,
    TerminalReporter, TerminalStyle,
};
use rolecall::run::Runner;
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
