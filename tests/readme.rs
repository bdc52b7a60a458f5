//! Every command in the README runs, and prints what the README shows.

#[test]
fn the_readme_is_true() {
    let cases = trycmd::TestCases::new();
    cases.case("README.md");
}
