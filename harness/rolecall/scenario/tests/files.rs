//! Which files are read, and what their tests are called.

use super::*;

const EMPTY_STEP: &str =
    "scenario: x\nusers: { ann: {} }\nsteps:\n  - { as: ann, call: s3:ListBuckets }\n";

fn names(files: &Memory, paths: &[&str]) -> Vec<String> {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let loaded = load(&paths, files);
    assert_eq!(errors(&loaded), [""; 0], "{paths:?}");
    loaded.tests.into_iter().map(|test| test.name).collect()
}

#[test]
fn a_test_is_named_by_its_path_below_the_given_one() {
    let files = Memory::default()
        .with("scenarios/b.yaml", EMPTY_STEP)
        .with("scenarios/a.yml", EMPTY_STEP)
        .with("scenarios/deep/er/c.yaml", EMPTY_STEP)
        .with("scenarios/shared.world.yaml", "users: {}")
        .with("scenarios/.hidden/d.yaml", EMPTY_STEP)
        .with("scenarios/.e.yaml", EMPTY_STEP)
        .with("scenarios/readme.md", "")
        .with("other/b.yaml", EMPTY_STEP);
    for (paths, wanted) in [
        (&["scenarios"][..], &["a", "b", "deep/er/c"][..]),
        (&["./scenarios/"], &["a", "b", "deep/er/c"]),
        (&["scenarios/deep"], &["er/c"]),
        (&["scenarios/deep/er/c.yaml"], &["c"]),
        (
            &["."],
            &[
                "other/b",
                "scenarios/a",
                "scenarios/b",
                "scenarios/deep/er/c",
            ],
        ),
        (&["scenarios/b.yaml", "scenarios"], &["b", "a", "deep/er/c"]),
        (
            &["scenarios/b.yaml", "other/b.yaml"],
            &["scenarios/b", "other/b"],
        ),
    ] {
        assert_eq!(names(&files, paths), wanted, "{paths:?}");
    }
}

#[test]
fn the_path_is_shown_as_the_user_would_type_it() {
    let files = Memory::default().with("scenarios/b.yaml", EMPTY_STEP);
    let loaded = load(&["./scenarios".into()], &files);
    assert_eq!(loaded.tests[0].path, "scenarios/b.yaml");
}

#[test]
fn a_case_and_a_file_cant_have_the_same_name() {
    let cases = "scenario: x\nusers: { ann: {} }\ncases: { x: {}, y: {} }\n\
                 steps:\n  - { as: ann, call: s3:ListBuckets }\n";
    let files = Memory::default()
        .with("s/c.yaml", cases)
        .with("s/c/x.yaml", EMPTY_STEP);

    let loaded = load(&["s".into()], &files);

    assert_eq!(errors(&loaded), ["two tests are named `c/x`"]);
}

#[test]
fn each_case_is_a_test_of_its_own() {
    let text = "scenario: x\nusers: { ann: {} }\ncases: { right id: { id: a }, wrong id: { id: b } }\n\
                steps:\n  - { as: ann, call: s3:ListBuckets, name: '${id}' }\n";
    assert_eq!(
        names(&Memory::default().with("e.yaml", text), &["e.yaml"]),
        ["e/right id", "e/wrong id"]
    );
}

#[test]
fn a_policy_in_yaml_below_the_path_is_no_scenario_if_one_refers_to_it() {
    let files = Memory::default()
        .with("a.yaml", "scenario: x\nusers: { ann: { policies: [p/read.yaml] } }\nsteps:\n  - { as: ann, call: s3:ListBuckets }\n")
        .with("p/read.yaml", "Version: \"2012-10-17\"\nStatement: { Effect: Allow, Action: \"s3:*\", Resource: \"*\" }\n");
    assert_eq!(names(&files, &["."]), ["a"]);
}

#[test]
fn bytes_that_are_no_scenario_get_clear_words() {
    let large = format!("scenario: x\n{}", "# filler filler\n".repeat(700_000));
    for (path, content, message) in [
        (
            "s.yaml",
            b"scenario: \xff\n".as_slice(),
            "`s.yaml` is not UTF-8 text (line 1)",
        ),
        ("s.yaml", b"\xff\xfes\0c\0", "`s.yaml` is UTF-16, not UTF-8"),
        ("s.yaml", large.as_bytes(), "`s.yaml` has more than 1 MiB"),
        ("s.yaml", b"", "the file is empty"),
        ("s.yaml", b"\xef\xbb\xbf", "the file is empty"),
        (
            "s.world.yaml",
            b"users: {}\n",
            "`s.world.yaml` is a world file, not a scenario",
        ),
        ("s.json", b"{}", "`s.json` is not a YAML file"),
    ] {
        let loaded = load(&[path.into()], &Memory::default().with(path, content));
        assert_eq!(errors(&loaded), [message]);
        assert!(loaded.diagnostics[0].help.is_some(), "{message}");
        assert!(loaded.tests.is_empty(), "{message}");
    }
    let loaded = load(&["nowhere".into()], &Memory::default());
    assert_eq!(errors(&loaded), ["there is no `nowhere`"]);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let windows = format!("\u{feff}{}", EMPTY_STEP.replace('\n', "\r\n"));
    let test = test(&windows);
    assert_eq!((test.title.as_str(), test.steps.len()), ("x", 1));
}

#[test]
fn mistakes_of_all_files_are_shown_at_once_each_once() {
    let broken = "scenario: x\nusers: { ann: {} }\nroles: { A: { trust: t.json } }\nsteps:\n  - { as: ann, assume: A }\n";
    let files = Memory::default()
        .with("a.yaml", broken)
        .with("b.yaml", broken)
        .with("t.json", "{");

    let loaded = load(&[".".into()], &files);

    assert_eq!(errors(&loaded), ["`t.json` is not JSON"]);
    let files = files
        .with("c.yaml", "scenario: [\n")
        .with("d.yaml", "a: 1\n");
    let loaded = load(&[".".into()], &files);
    assert_eq!(errors(&loaded).len(), 5, "{:?}", errors(&loaded));
}

#[test]
fn the_world_of_a_file_can_be_had_alone() {
    let files = Memory::default()
        .with(
            "w.world.yaml",
            "accounts: { main: 111122223333 }\nusers: { ann: {} }\n",
        )
        .with("s.yaml", EMPTY_STEP)
        .with("broken.yaml", "scenario: x\n");
    let (world, _) = super::super::load_world(Path::new("w.world.yaml"), &files);
    assert_eq!(world.expect("a world").accounts[0].id, "111122223333");
    let (world, _) = super::super::load_world(Path::new("s.yaml"), &files);
    assert_eq!(world.expect("a world").users.len(), 1);
    let (world, loaded) = super::super::load_world(Path::new("broken.yaml"), &files);
    assert!(world.is_none() && loaded.has_errors());
}

#[test]
fn world_files_are_put_together_and_a_name_defined_twice_is_a_mistake() {
    let scenario = "scenario: x\nuse: [a.world.yaml, b.world.yaml]\nusers: { ann: {} }\n\
                    steps:\n  - { as: bob, call: s3:ListBuckets }\n  - { as: ann, call: s3:ListBuckets }\n";
    let files = Memory::default()
        .with("s.yaml", scenario)
        .with(
            "a.world.yaml",
            "use: [b.world.yaml]\naccounts: { first: 111122223333 }\nusers: { bob: {} }\n",
        )
        .with(
            "b.world.yaml",
            "use: [a.world.yaml]\naccounts: { second: 123456789012 }\n",
        );

    let loaded = load(&["s.yaml".into()], &files);

    assert_eq!(errors(&loaded), [""; 0]);
    let world = &loaded.tests[0].world;
    let accounts: Vec<&str> = world
        .accounts
        .iter()
        .map(|account| account.name.as_str())
        .collect();
    assert_eq!(accounts, ["second", "first"]);
    assert_eq!(world.users.len(), 2);
    let files = files.with(
        "b.world.yaml",
        "users: { ann: {}, bob: {} }\nclock: 2026-02-01T00:00:00Z\n",
    );
    let loaded = load(&["s.yaml".into()], &files);
    assert_eq!(
        errors(&loaded),
        ["`ann` is defined twice", "`bob` is defined twice"]
    );
}

#[test]
fn of_very_many_mistakes_the_first_hundred_are_shown() {
    let keys: Vec<String> = (0..250)
        .map(|number| {
            format!(
                "key{number}: 1
"
            )
        })
        .collect();
    let keys = keys.concat();
    let loaded = load_text(&format!("{EMPTY_STEP}{keys}"));
    assert_eq!(loaded.diagnostics.len(), 101);
    assert_eq!(
        errors(&loaded).last(),
        Some(&"150 more mistakes in `s.yaml`")
    );
}
