//! How one test is run again.

use std::borrow::Cow;

use crate::run::{Filter, TestResult};

/// The command that runs a test alone, for a shell.
pub(crate) fn again(test: &TestResult) -> String {
    let filter = Filter::for_test(name_below_its_file(&test.path, &test.name));
    format!("rolecall run {} -E {}", quoted(&test.path), quoted(&filter))
}

/// The test's name when its file alone is given: without the folders that stand in it.
fn name_below_its_file<'n>(path: &str, name: &'n str) -> &'n str {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let starts = std::iter::once(0).chain(stem.match_indices('/').map(|(at, _)| at + 1));
    // The longest end of the path that the name begins with.
    let folders = starts.filter_map(|start| stem.get(start..)).find(|end| {
        let rest = name.strip_prefix(*end);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let skipped = folders
        .and_then(|end| end.rfind('/'))
        .map_or(0, |at| at + 1);
    name.get(skipped..).unwrap_or(name)
}

/// A word as a POSIX shell takes it.
fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::a_file(
        "scenarios/tutorial.yaml",
        "tutorial",
        "rolecall run scenarios/tutorial.yaml -E 'name(tutorial)'"
    )]
    #[case::a_case(
        "scenarios/c.yaml",
        "c/y",
        "rolecall run scenarios/c.yaml -E 'name(c/y)'"
    )]
    #[case::in_a_folder(
        "scenarios/team/c.yaml",
        "team/c/y",
        "rolecall run scenarios/team/c.yaml -E 'name(c/y)'"
    )]
    #[case::a_folder_like_its_file("c/c.yaml", "c/c/c", "rolecall run c/c.yaml -E 'name(c/c)'")]
    #[case::told_apart(
        "scenarios/c.yml",
        "c.yml/y",
        "rolecall run scenarios/c.yml -E 'name(c.yml/y)'"
    )]
    #[case::spaces(
        "my team/t.yaml",
        "t/it's (b",
        r"rolecall run 'my team/t.yaml' -E 'name(t/it'\''s \(b)'"
    )]
    fn a_test_is_run_again_by_its_file_and_its_name(
        #[case] path: &str,
        #[case] name: &str,
        #[case] expected: &str,
    ) {
        let test = TestResult {
            name: name.to_owned(),
            path: path.to_owned(),
            title: String::new(),
            steps: Vec::new(),
            error: None,
            duration: Duration::ZERO,
            tries: 1,
        };
        assert_eq!(again(&test), expected);
    }
}
