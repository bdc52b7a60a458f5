//! Every scenario file, in process and over HTTP.

use std::path::PathBuf;

use rolecall::run::{Event, Outcome, Runner};
use rolecall::scenario;
use rolecall::target::Target;
use rstest::rstest;

#[rstest]
fn a_scenario_comes_out_as_written(
    #[files("scenarios/**/*.yaml")]
    #[exclude("\\.world\\.yaml$")]
    path: PathBuf,
    #[values(Target::Mock, Target::Http)] target: Target,
) {
    let loaded = scenario::load(&[path], &scenario::Disk);
    assert_eq!(loaded.diagnostics, [], "no mistake and no warning");
    let tests: Vec<_> = loaded.tests.iter().collect();
    assert!(!tests.is_empty());

    let mut outcomes = Vec::new();
    Runner::new(target).run(&tests, |event| {
        if let Event::TestFinished(result) = event {
            outcomes.push((
                result.name.clone(),
                result.outcome(),
                format!("{result:#?}"),
            ));
        }
    });

    for (name, outcome, details) in outcomes {
        assert_eq!(outcome, Outcome::Pass, "{name}: {details}");
    }
}
