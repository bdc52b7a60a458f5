//! `--compose`: LocalStack by docker-compose.yml, for as long as a run takes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Exit, complain};

/// The words that start Compose, the newer first.
const COMMANDS: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];

/// The service in docker-compose.yml.
const SERVICE: &str = "localstack";

/// How often LocalStack is asked whether it is ready, and how long between.
const TRIES: usize = 240;
const PAUSE: Duration = Duration::from_millis(500);

/// LocalStack, until this is dropped.
#[derive(Debug)]
pub(super) struct Compose {
    command: &'static [&'static str],
}

impl Compose {
    /// Starts LocalStack and waits until it is ready.
    ///
    /// # Errors
    ///
    /// [`Exit::Error`], told, if there is no Compose, or LocalStack doesn't come up.
    pub(super) fn up() -> Result<Self, Exit> {
        let found = COMMANDS.into_iter().find(|command| works(command));
        let Some(command) = found else {
            complain(
                "--compose needs `docker compose` or `docker-compose`, and neither can be run",
                Some("install Docker, or start LocalStack yourself and leave --compose out"),
            );
            return Err(Exit::Error);
        };
        let compose = Self { command };
        if !compose.run(&["up", "--detach", SERVICE]) {
            complain("LocalStack can't be started by docker-compose.yml", None);
            return Err(Exit::Error);
        }
        for _ in 0..TRIES {
            if is_ready().is_some() {
                return Ok(compose);
            }
            std::thread::sleep(PAUSE);
        }
        complain(
            "LocalStack was started, but doesn't become ready",
            Some("`docker compose logs localstack` shows why"),
        );
        Err(Exit::Error)
    }

    fn run(&self, arguments: &[&str]) -> bool {
        let status = command(self.command).map(|mut command| {
            let command = command.args(arguments).stdin(Stdio::null());
            command.stdout(Stdio::null()).status()
        });
        status.is_some_and(|status| status.is_ok_and(|status| status.success()))
    }
}

impl Drop for Compose {
    fn drop(&mut self) {
        if !self.run(&["down"]) {
            complain(
                "LocalStack can't be taken down",
                Some("`docker compose down` does so"),
            );
        }
    }
}

fn command(words: &[&str]) -> Option<Command> {
    let (program, rest) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(rest);
    Some(command)
}

/// Whether Compose can be run by these words.
fn works(words: &[&str]) -> bool {
    let version = command(words).map(|mut command| {
        let command = command.arg("version").stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status()
    });
    version.is_some_and(|status| status.is_ok_and(|status| status.success()))
}

/// Something if LocalStack says that it is ready.
fn is_ready() -> Option<()> {
    let address = SocketAddr::from(([127, 0, 0, 1], 4566));
    let mut connection = TcpStream::connect_timeout(&address, PAUSE).ok()?;
    connection.set_read_timeout(Some(PAUSE)).ok()?;
    connection
        .write_all(b"GET /_localstack/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
        .ok()?;
    let mut head = [0; 12];
    connection.read_exact(&mut head).ok()?;
    head.ends_with(b" 200").then_some(())
}
