//! `init`, `completions` and `man`.

use std::path::Path;
use std::process::Output;

use crate::support::{rolecall, stderr, stdout};
use rstest::rstest;

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    rolecall()
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the command starts")
}

#[rstest]
#[case::a_user(&[], "scenarios/deploy.yaml", 1)]
#[case::a_vendor(&["--who", "vendor"], "scenarios/monitoring.yaml", 3)]
#[case::a_vendors_id(&["--who", "vendor", "--external-id", "a:b/c"], "scenarios/monitoring.yaml", 3)]
#[case::github(&["--who", "github", "--repository", "acme/app"], "scenarios/deploy.yaml", 4)]
#[case::a_folder(&["iam/tests", "--role", "Publish"], "iam/tests/publish.yaml", 1)]
#[case::a_name_like_a_number(&["--role", "007"], "scenarios/007.yaml", 1)]
#[case::a_name_like_a_flag(&["--role", "Off"], "scenarios/off.yaml", 1)]
fn a_first_scenario_runs_without_a_change_or_a_warning(
    #[case] arguments: &[&str],
    #[case] scenario: &str,
    #[case] tests: usize,
) {
    let folder = tempfile::tempdir().expect("a scratch folder");

    let made = run_in(folder.path(), &[&["init"], arguments].concat());

    let said = stdout(&made);
    let next = said.lines().last().expect("the next command");
    assert_eq!(
        next,
        format!("next: rolecall run {scenario}"),
        "{}",
        stderr(&made)
    );
    let run = run_in(folder.path(), &["run", scenario]);
    assert_eq!(stderr(&run), "");
    assert!(
        stdout(&run).ends_with(&format!("{tests} passed, 0 failed\n")),
        "{}",
        stdout(&run)
    );
}

#[rstest]
#[case::the_scenario("scenarios/deploy.yaml")]
#[case::the_trust_policy("scenarios/trust/deploy.json")]
fn nothing_is_ever_overwritten(#[case] file: &str) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, "mine").expect("a file");

    let output = run_in(folder.path(), &["init"]);

    assert_eq!(output.status.code(), Some(2));
    let expected = format!(
        "error: {file} is there already, and stays as it is\n  \
         help: choose another name with `--role`, or another folder: `rolecall init DIR`\n"
    );
    assert_eq!(stderr(&output), expected);
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "mine");
    let others = ["scenarios/deploy.yaml", "scenarios/trust/deploy.json"];
    let others = others
        .iter()
        .filter(|other| folder.path().join(other).exists());
    assert_eq!(others.count(), 1, "no half of a scenario");
}

#[rstest]
#[case(&["init", "--role", "a b"], "1 to 64 letters")]
#[case(&["init", "--who", "github", "--repository", "acme"], "OWNER/NAME")]
#[case(&["init", "--who", "vendor", "--external-id", "x"], "2 to 1224")]
#[case(&["init", "--who", "githb"], "github")]
#[case(&["completions", "tcsh"], "bash")]
fn a_wrong_word_is_told(#[case] arguments: &[&str], #[case] expected: &str) {
    let folder = tempfile::tempdir().expect("a scratch folder");

    let output = run_in(folder.path(), arguments);

    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

#[rstest]
#[case("bash", "complete -F _rolecall")]
#[case("zsh", "#compdef rolecall")]
#[case("fish", "complete -c rolecall")]
#[case("powershell", "Register-ArgumentCompleter")]
#[case("elvish", "edit:completion:arg-completer[rolecall]")]
fn each_shell_gets_completions(#[case] shell: &str, #[case] expected: &str) {
    let text = stdout(&run_in(Path::new("."), &["completions", shell]));

    assert!(text.contains(expected), "{text}");
    assert!(text.contains("fail-fast"), "{text}");
}

#[test]
fn the_manual_has_a_page_for_each_subcommand() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let out = folder.path().join("man");

    let page = stdout(&run_in(folder.path(), &["man"]));
    let written = run_in(folder.path(), &["man", "--out", "man"]);

    assert!(page.contains(".TH rolecall 1"), "{page}");
    assert_eq!(written.status.code(), Some(0), "{}", stderr(&written));
    let run = std::fs::read_to_string(out.join("rolecall-run.1")).expect("a page");
    assert!(run.contains("\\-\\-rerun"), "{run}");
}
