//! The three forms of a diagnostic.

use super::super::render;
use super::*;

const BROKEN: &str = "scenario: x\nusers: { ann: {} }\nroles: { Deploy: { trust: ann.json } }\nsteps:\n  - as: ann\n    assume: Deplóy\n";

#[test]
fn plain_is_one_line_that_a_screen_reader_can_read_out() {
    let loaded = load_text(BROKEN);

    let text = render::plain(&loaded.diagnostics, &loaded.sources);

    assert_eq!(
        text,
        "s.yaml:6:13: error[scenario::unknown-role]: no role is named `Deplóy` (used here); help: did you mean `Deploy`?\n"
    );
}

#[test]
fn json_is_one_object_a_line_with_places_in_characters() {
    let loaded = load_text(BROKEN);

    let text = render::json(&loaded.diagnostics, &loaded.sources);

    assert_eq!(
        text,
        r#"{"severity":"error","code":"scenario::unknown-role","message":"no role is named `Deplóy`","at":{"file":"s.yaml","line":6,"column":13,"end_line":6,"end_column":19,"label":"used here"},"related":[],"help":"did you mean `Deploy`?"}"#.to_owned() + "\n"
    );
}

#[test]
fn human_text_has_colors_only_where_asked() {
    let loaded = load_text(BROKEN);
    assert!(!render::human(&loaded.diagnostics, &loaded.sources, false).contains('\u{1b}'));
    assert!(render::human(&loaded.diagnostics, &loaded.sources, true).contains('\u{1b}'));
}

#[test]
fn control_characters_of_a_file_never_reach_the_terminal() {
    let loaded = load_text(
        "scenario: x\nusers: { \"a\\u001b[31m\\nb\": {} }\nsteps: [{ as: \"c\u{1b}[2J\", call: s3:ListBuckets }]\n",
    );
    assert!(loaded.has_errors());
    for text in [
        render::human(&loaded.diagnostics, &loaded.sources, false),
        render::plain(&loaded.diagnostics, &loaded.sources),
    ] {
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
    assert_eq!(
        render::plain(&loaded.diagnostics, &loaded.sources)
            .lines()
            .count(),
        loaded.diagnostics.len()
    );
}
