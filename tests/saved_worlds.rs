//! Worlds that were saved are the same when they are read again.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that can't be set up has failed"
)]

use std::path::Path;

use rolecall::scenario::{Disk, load_world, render};
use rolecall::target::{Beside, SavedWorld, provision, save};
use rolecall_mock::{OidcProviderSpec, ProviderKeysSpec};

/// The world of a file, saved.
fn saved(file: &Path) -> SavedWorld {
    let (world, loaded) = load_world(file, &Disk);
    let told = || render::plain(&loaded.diagnostics, &loaded.sources);
    let world = world.unwrap_or_else(|| panic!("{}: {}", file.display(), told()));
    let built = provision(&world, 0).expect("the mock has such worlds");
    let beside = Beside {
        accounts: &world.accounts,
        context: &world.context,
        clock: Some(world.clock),
    };
    save(&built.export(), beside)
}

fn write(folder: &Path, world: &SavedWorld) -> std::path::PathBuf {
    for (name, text) in &world.files {
        std::fs::write(folder.join(name), text).expect("a file");
    }
    let file = folder.join("saved.world.yaml");
    std::fs::write(&file, &world.yaml).expect("a file");
    file
}

#[test]
fn the_worlds_of_all_scenarios_come_back_as_they_were() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = 0;
    for entry in std::fs::read_dir(scenarios).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let first = saved(&path);
        let second = saved(&write(folder.path(), &first));
        assert_eq!(second, first, "{}", path.display());
        seen += 1;
    }
    assert!(seen > 50, "the scenarios are there: {seen}");
}

#[test]
fn nothing_of_a_world_is_lost() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saved/everything.world.yaml");
    let folder = tempfile::tempdir().expect("a scratch folder");

    let first = saved(&file);
    let second = saved(&write(folder.path(), &first));

    insta::assert_snapshot!(first.yaml);
    assert_eq!(second, first);
}

#[test]
fn a_provider_whose_keys_nobody_knows_is_not_saved_as_one_with_generated_keys() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tutorial.yaml");
    let world = load_world(&file, &Disk).0.expect("a world");
    let mut world = provision(&world, 0).expect("the mock has such worlds");
    let account = world.default_account().expect("an account").to_string();
    world
        .add_oidc_provider(OidcProviderSpec {
            account,
            url: "https://issuer.example.com".to_owned(),
            audiences: vec!["app".to_owned()],
            keys: ProviderKeysSpec::Unknown,
        })
        .expect("a provider");

    let spec = world.export();

    assert!(spec.oidc_providers.is_empty());
    assert_eq!(
        spec.lost,
        ["the OIDC provider https://issuer.example.com, whose keys nobody knows"]
    );
}
