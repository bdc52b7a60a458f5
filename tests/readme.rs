//! Every command in the README runs, and prints what the README shows.

#[test]
fn the_readme_is_true() {
    let readme = std::fs::read_to_string("README.md").expect("the README");
    let commands = readme
        .lines()
        .filter(|line| line.starts_with("$ rolecall "));
    assert!(commands.count() >= 4, "the README shows commands");

    let cases = trycmd::TestCases::new();
    cases.case("README.md");
}
