//! A run on the mock opens no socket. Alone in its program, as it looks at all that the process has open.

use std::path::Path;

use rolecall::run::{Event, Outcome, Runner};
use rolecall::scenario::{self, Disk};
use rolecall::target::Target;

/// The sockets that this process has open.
fn sockets() -> Option<usize> {
    let open = std::fs::read_dir("/proc/self/fd").ok()?;
    let links = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    Some(
        links
            .filter(|link| link.to_string_lossy().starts_with("socket:"))
            .count(),
    )
}

#[test]
fn a_run_on_the_mock_opens_no_socket_and_one_over_http_does() {
    if !Path::new("/proc/self/fd").exists() {
        eprintln!("skipped: this system doesn't show what a process has open");
        return;
    }
    let before = sockets();

    let during = |target| {
        let loaded = scenario::load(&["scenarios".into()], &Disk);
        let tests: Vec<_> = loaded.tests.iter().collect();
        let mut most = None;
        Runner::new(target).run(&tests, |event| {
            if let Event::TestFinished(result) = event {
                assert_eq!(result.outcome(), Outcome::Pass, "{}", result.name);
                most = most.max(sockets());
            }
        });
        most
    };

    assert_eq!(during(Target::Mock), before);
    assert!(during(Target::Http) > before, "the measure works");
}
