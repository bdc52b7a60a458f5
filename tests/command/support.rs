//! What the integration tests share: the command, scratch folders, a served mock.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The command under test, in the repository's root, without the surrounding AWS configuration.
pub(crate) fn rolecall() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolecall"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_aws(name)) {
        command.env_remove(name);
    }
    command
}

fn is_aws(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("AWS_") || name.starts_with("GITHUB_") || name == "NO_COLOR"
}

/// Runs `rolecall` with arguments.
pub(crate) fn run(arguments: &[&str]) -> Output {
    rolecall()
        .args(arguments)
        .output()
        .expect("the command starts")
}

/// Standard output as text.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Standard error as text.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The repository's `scenarios/` in a scratch folder, to be changed.
pub(crate) fn copy_of_scenarios() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    copy(&from, &folder.path().join("scenarios"));
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// `rolecall serve` on a free port; stopped when dropped.
pub(crate) struct Served {
    child: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) endpoint: String,
}

impl Served {
    /// Starts the server and waits until it has printed its address.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = rolecall()
            .args(["serve", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let out = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(out).lines();
        let endpoint = loop {
            let line = lines.next().expect("the address is printed").expect("text");
            if let Some(at) = line.find("http") {
                let endpoint = line.get(at..).unwrap_or_default();
                break endpoint
                    .split([' ', '"'])
                    .next()
                    .unwrap_or_default()
                    .to_owned();
            }
        };
        // The pipe must stay open and empty for as long as the server writes.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, endpoint }
    }
}

impl Served {
    /// One that was started elsewhere.
    pub(crate) fn at(child: Child, endpoint: &str) -> Self {
        Self {
            child,
            endpoint: endpoint.to_owned(),
        }
    }

    /// Asks it to stop, as supervisors do, and waits until it has.
    pub(crate) fn stop(mut self) -> std::process::ExitStatus {
        terminate(&self.child);
        self.child.wait().expect("it ends")
    }
}

/// Sends a process the signal to terminate.
pub(crate) fn terminate(child: &Child) {
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()), "kill is there");
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where a program is on this machine, if it is.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// Says that a real client is missing: a skip here, a failure in CI, which installs it.
pub(crate) fn skip_without(client: &str) {
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "CI must have {client}"
    );
    eprintln!("skipped: {client} is not on this machine");
}
