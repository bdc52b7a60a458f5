//! Every command in the README runs, and prints what the README shows.

#[test]
fn the_readme_is_true() {
    let cases = trycmd::TestCases::new();
    cases
        // Building and the tools of others are not the README's claim here.
        .register_bin("cargo", trycmd::schema::Bin::Ignore)
        .register_bin("aws", trycmd::schema::Bin::Ignore)
        .register_bin("docker", trycmd::schema::Bin::Ignore)
        .case("README.md");
}
