//! Every mistake in a scenario file is shown with its place, an underline and the remedy.
//!
//! Each `diagnostics/*.yaml` holds one mistake (or a few that belong together); its snapshot is the exact text that
//! the terminal shows.

use rolecall::scenario::{Disk, load, render};

#[test]
fn each_mistake_is_shown_with_its_place_and_the_remedy() {
    insta::glob!("diagnostics/*.yaml", |path| {
        let name = path.file_name().expect("a file");
        let path = Path::new("tests/diagnostics").join(name);

        let loaded = load(std::slice::from_ref(&path), &Disk);

        assert!(
            !loaded.diagnostics.is_empty(),
            "{} has no mistake",
            path.display()
        );
        let text = render::human(&loaded.diagnostics, &loaded.sources, false);
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "diagnostics/snapshots" }, {
            insta::assert_snapshot!("shown", text);
        });
    });
}
