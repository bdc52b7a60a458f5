//! AWS's rules as tables: every file beside this one states rules with their source, and every row is asked of
//! the crate.
//!
//! `*.decisions` hold whole requests, a block each; [`decision`] says how they are written. `*.matches` hold one
//! line a row, see [`matching`].

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what is wrong by panicking"
)]

mod advice;
mod decision;
mod matching;
mod refusal;
mod shorthand;

use std::path::PathBuf;

/// The tables with this extension, with their names.
fn tables(extension: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder of the tables") {
        let path = entry.expect("a table").path();
        if path.extension().is_some_and(|found| found == extension) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            tables.push((name, std::fs::read_to_string(&path).expect("a table")));
        }
    }
    tables.sort();
    assert!(!tables.is_empty(), "no table ends in .{extension}");
    tables
}

/// Fails with all complaints at once.
fn report(rows: usize, complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} of {rows} rows differ:\n\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}
