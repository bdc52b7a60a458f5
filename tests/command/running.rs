//! How `run` goes about its work: retries, shards, reruns, watching, Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::support::{rolecall, stderr, stdout};
use rstest::rstest;

/// A user without permissions lists buckets, as expected or not.
fn scenario(expected: &str) -> String {
    format!(
        "scenario: x\nusers: {{ ann: {{}} }}\nsteps: [{{ as: ann, call: s3:ListBuckets, expect: {expected} }}]\n"
    )
}

/// A project with a folder `target` and these scenarios, by name and what they expect.
fn project(scenarios: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::create_dir_all(folder.path().join("target")).expect("a folder");
    std::fs::create_dir_all(folder.path().join("scenarios")).expect("a folder");
    for (name, expected) in scenarios {
        write(folder.path(), name, &scenario(expected));
    }
    folder
}

fn write(project: &Path, name: &str, text: &str) {
    std::fs::write(project.join(format!("scenarios/{name}.yaml")), text).expect("a file");
}

fn run_in(folder: &Path, arguments: &[&str]) -> Output {
    rolecall()
        .current_dir(folder)
        .arg("run")
        .args(arguments)
        .output()
        .expect("the command starts")
}

/// The tests that a run took, in order.
fn taken(output: &Output) -> Vec<String> {
    let text = stdout(output);
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    let lines = lines.filter(|(word, _)| matches!(*word, "pass" | "fail"));
    lines.map(|(_, name)| name.to_owned()).collect()
}

#[test]
fn a_test_that_never_passes_is_tried_as_often_as_there_are_retries() {
    let project = project(&[("a", "allowed"), ("b", "denied")]);

    let output = run_in(project.path(), &["--retries", "2", "--format", "plain"]);

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(taken(&output), ["a  (3 tries)", "b"]);
}

#[test]
fn rerun_takes_what_failed_last_until_it_passes() {
    let project = project(&[("a", "denied"), ("b", "allowed"), ("c", "allowed")]);
    let run = |arguments: &[&str]| {
        let mut all = vec!["--format", "plain"];
        all.extend(arguments);
        run_in(project.path(), &all)
    };
    let rerun = || run(&["--rerun", "failed"]);

    let before = rerun();
    assert_eq!(before.status.code(), Some(4), "nothing is known yet");
    assert!(
        stderr(&before).contains("run all first"),
        "{}",
        stderr(&before)
    );

    run(&[]);
    assert_eq!(taken(&rerun()), ["b", "c"]);
    write(project.path(), "b", &scenario("denied"));
    assert_eq!(taken(&rerun()), ["b", "c"]);
    assert_eq!(taken(&rerun()), ["c"], "b has passed since");
    run(&["-E", "name(a)"]);
    assert_eq!(
        taken(&rerun()),
        ["c"],
        "a run of other tests forgets nothing"
    );
    write(project.path(), "c", &scenario("denied"));
    assert_eq!(
        taken(&run(&["scenarios/c.yaml", "--rerun", "failed"])),
        ["c"],
        "whatever the path"
    );

    let after = rerun();
    assert_eq!(after.status.code(), Some(4));
    assert!(stderr(&after).contains("no test failed when it was last run"));
    assert!(
        project
            .path()
            .join("target/rolecall/last-run.json")
            .is_file()
    );
}

#[test]
fn one_case_that_failed_is_rerun_without_the_others() {
    let project = project(&[]);
    let text = "scenario: x\nusers: { ann: {} }\ncases: { right: { outcome: denied }, wrong: { outcome: allowed } }\n\
                steps: [{ as: ann, call: s3:ListBuckets, expect: \"${outcome}\" }]\n";
    write(project.path(), "cased", text);

    run_in(project.path(), &[]);
    let again = run_in(project.path(), &["--rerun", "failed", "--format", "plain"]);

    assert_eq!(taken(&again), ["cased/wrong"]);
}

/// A run that goes on; killed when dropped.
struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = rolecall()
            .current_dir(folder)
            .arg("run")
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let out = child.stdout.take().expect("its output");
        let lines = BufReader::new(out).lines();
        Self { child, lines }
    }

    /// The lines of the next round, up to its counts.
    fn round(&mut self) -> Vec<String> {
        let mut round = Vec::new();
        loop {
            let line = self.lines.next().expect("a round ends").expect("text");
            let is_last = line.contains(" passed, ");
            round.push(line);
            if is_last {
                return round;
            }
        }
    }

    /// Waits until this is said on standard error.
    fn wait_for(&mut self, words: &str) {
        let told = self.child.stderr.as_mut().expect("its standard error");
        let mut seen = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&seen).contains(words) {
            told.read_exact(&mut byte).expect("it is said");
            seen.extend(byte);
        }
    }

    #[cfg(unix)]
    fn interrupt(&self) {
        let kill = Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status();
        assert!(kill.expect("kill starts").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn watching_runs_again_what_a_change_concerns() {
    let project = project(&[("a", "denied"), ("b", "denied")]);
    let mut running = Running::start(project.path(), &["--watch", "--format", "plain"]);

    assert_eq!(
        running.round(),
        ["pass: a", "pass: b", "2 passed, 0 failed"]
    );

    write(project.path(), "b", &scenario("allowed"));
    let broken = running.round();
    assert_eq!(broken[..2], ["pass: a", "fail: b"]);
    assert_eq!(broken.last().expect("counts"), "1 passed, 1 failed");

    write(project.path(), "b", &scenario("denied"));
    assert_eq!(
        running.round().last().expect("counts"),
        "2 passed, 0 failed"
    );

    write(project.path(), "c", &scenario("denied"));
    assert_eq!(
        running.round(),
        ["pass: a", "pass: b", "pass: c", "3 passed, 0 failed"]
    );

    std::fs::remove_file(project.path().join("scenarios/a.yaml")).expect("removed");
    assert_eq!(
        running.round(),
        ["pass: b", "pass: c", "2 passed, 0 failed"]
    );
}

#[test]
fn watching_takes_a_file_written_again_as_it_was_for_no_change() {
    let project = project(&[("a", "denied"), ("b", "denied")]);
    let mut running = Running::start(project.path(), &["--watch", "--format", "plain"]);
    running.round();

    let path = project.path().join("scenarios/a.yaml");
    let same = project.path().join("scenarios/same");
    std::fs::write(&same, scenario("denied")).expect("a file");
    std::fs::rename(&same, &path).expect("in its place");
    write(project.path(), "b", &scenario("allowed"));

    let next = running.round();
    assert_eq!(
        next.last().expect("counts"),
        "1 passed, 1 failed",
        "the first change was none"
    );
}

#[test]
fn watching_sees_world_and_policy_files_wherever_they_are() {
    let project = project(&[]);
    let inside = |path: &str, text: &str| {
        std::fs::write(project.path().join(path), text).expect("a file");
    };
    let trust = |user: &str| {
        format!(
            "{{\"Version\": \"2012-10-17\", \"Statement\": {{\"Effect\": \"Allow\", \"Principal\": {{\"AWS\": \
             \"arn:aws:iam::123456789012:user/{user}\"}}, \"Action\": \"sts:AssumeRole\"}}}}"
        )
    };
    std::fs::create_dir(project.path().join("trust")).expect("a folder");
    inside("trust/deploy.json", &trust("ann"));
    inside(
        "shared.world.yaml",
        "users: { ann: {}, bob: {} }\nroles: { Deploy: { trust: trust/deploy.json } }\n",
    );
    inside(
        "scenarios/it.yaml",
        "scenario: x\nuse: [../shared.world.yaml]\nsteps: [{ as: ann, assume: Deploy }]\n",
    );
    let mut running = Running::start(project.path(), &["--watch", "--format", "plain"]);
    let mut counts = || running.round().last().expect("counts").clone();

    assert_eq!(counts(), "1 passed, 0 failed");
    inside("trust/deploy.json", &trust("bob"));
    assert_eq!(counts(), "0 passed, 1 failed");
    inside("trust/deploy.json", &trust("ann"));
    assert_eq!(counts(), "1 passed, 0 failed");
    inside(
        "shared.world.yaml",
        "accounts: { main: \"210987654321\" }\nusers: { ann: {} }\nroles: { Deploy: { trust: trust/deploy.json } }\n",
    );
    assert_eq!(counts(), "0 passed, 1 failed");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_watch_with_status_130() {
    let project = project(&[("a", "denied")]);
    let mut running = Running::start(project.path(), &["--watch"]);
    running.round();

    running.interrupt();

    assert_eq!(running.child.wait().expect("an end").code(), Some(130));
}

/// Nobody reads what the run writes, so it can't come to its end before Ctrl-C does.
#[cfg(unix)]
#[rstest]
#[case::for_people("plain")]
#[case::for_programs("json")]
fn ctrl_c_ends_a_run_with_what_is_known(#[case] format: &str) {
    let names: Vec<String> = (0..600)
        .map(|number| format!("{number:03}-{}", "x".repeat(200)))
        .collect();
    let scenarios: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "denied")).collect();
    let project = project(&scenarios);
    let arguments = ["--format", format, "-j", "2", "--report", "tap=out.tap"];
    let mut running = Running::start(project.path(), &arguments);
    let first = running.lines.next().expect("a line").expect("text");
    assert!(!first.is_empty());

    running.interrupt();
    running.wait_for("interrupted");
    let mut last = String::new();
    for line in running.lines.by_ref() {
        last = line.expect("text");
    }

    assert_eq!(running.child.wait().expect("an end").code(), Some(130));
    let passed = match format {
        "json" => {
            serde_json::from_str::<serde_json::Value>(&last).expect("JSON")["passed"].as_u64()
        }
        _ => last
            .split(' ')
            .next()
            .and_then(|number| number.parse().ok()),
    };
    assert!(
        passed.is_some_and(|passed| (1..600).contains(&passed)),
        "{last}"
    );
    let tap =
        std::fs::read_to_string(project.path().join("out.tap")).expect("the report is written");
    assert!(tap.lines().count() > 2, "{tap}");
}
