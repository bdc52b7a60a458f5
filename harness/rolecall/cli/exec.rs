//! `rolecall exec`: a command that speaks to the mock in the place of AWS, as one of a world's users.

use std::ffi::{OsStr, OsString};
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;

use rolecall_mock::{Credentials, Event, Mock, Verdict};
use tokio::process::{Child, Command};

use super::serve::hosted::{Hosted, Manner, listen, runtime};
use super::{Appearance, Exit, Format, complain};
use crate::report::{RequestStyle, denied_request, request_line};
use crate::scenario::{Sources, did_you_mean};
use crate::target::DEFAULT_SEED;

/// Run a command as a user of a world, with the mock in the place of AWS
///
/// The mock listens on a free port of this machine; the command finds it, and the user's keys, in `AWS_*` variables. What
/// was denied is told afterwards, with the reasons, and the command's status is passed on.
#[derive(Debug, clap::Args)]
#[command(override_usage = "rolecall exec [OPTIONS] <FILE> --as <USER> -- <COMMAND>...")]
pub(super) struct Arguments {
    /// A scenario file (or world file) in whose world the command runs
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// The user whose keys the command gets; `root` is the default account's root user
    #[arg(long = "as", value_name = "USER")]
    user: String,

    /// The region that the command is to use
    #[arg(long, default_value = "us-east-1")]
    region: String,

    /// The command and its arguments, after `--`
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Statuses that shells have for commands that can't be run.
const NOT_FOUND: u8 = 127;
const NOT_EXECUTABLE: u8 = 126;

/// What a shell adds to the number of a signal.
const BY_SIGNAL: i32 = 128;

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> ExitCode {
    try_run(arguments, appearance).unwrap_or_else(ExitCode::from)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<ExitCode, Exit> {
    let Some((program, rest)) = arguments.command.split_first() else {
        complain(
            "there is no command to run",
            Some("it follows two dashes: rolecall exec app.world.yaml --as ci -- aws s3 ls"),
        );
        return Err(Exit::Usage);
    };
    let hosted = Hosted::read(Some(&arguments.file), appearance)?;
    let manner = Manner {
        seed: DEFAULT_SEED,
        clock: None,
        enforce: true,
        test_credentials: false,
        authorization_id_in_messages: false,
    };
    let mock = hosted.mock(manner, None::<fn(&Arc<Event>)>)?;
    let keys = keys(&hosted, &mock, &arguments.user)?;
    let ended = runtime()?.block_on(async {
        let (server, address) = listen(&mock, IpAddr::V4(Ipv4Addr::LOCALHOST), 0).await?;
        let server = tokio::spawn(server.run(std::future::pending()));
        let mut command = Command::new(program);
        command.args(rest);
        set_environment(&mut command, &keys, address, &arguments.region);
        let ended = wait(command).await;
        server.abort();
        Ok::<_, Exit>(ended)
    })?;
    match ended {
        Ok(status) => {
            tell(&mock, &hosted.sources, appearance);
            Ok(ExitCode::from(code(status)))
        }
        Err(error) => Ok(ExitCode::from(cannot_run(program, &error))),
    }
}

/// The keys of the user.
fn keys(hosted: &Hosted, mock: &Mock, name: &str) -> Result<Credentials, Exit> {
    let named = hosted.users().find(|(_, user)| *user == name);
    let keys = match named {
        Some((account, user)) => mock.read(|world| world.user_credentials(account, user)),
        None if name == "root" => mock.read(|world| {
            let account = world.default_account()?;
            world.root_credentials(account.as_str())
        }),
        None => return Err(unknown_user(hosted, name)),
    };
    keys.ok_or_else(|| {
        complain(&format!("the user `{name}` has no access key"), None);
        Exit::Usage
    })
}

fn unknown_user(hosted: &Hosted, name: &str) -> Exit {
    let help = if hosted.roles().any(|role| role == name) {
        let is_role = format!("`{name}` is a role: run the command as a user who assumes it");
        Some(is_role)
    } else {
        let users = || hosted.users().map(|(_, user)| user);
        did_you_mean(name, users()).or_else(|| {
            let users: Vec<String> = users().map(|user| format!("`{user}`")).collect();
            (!users.is_empty()).then(|| format!("the users are {}", users.join(", ")))
        })
    };
    complain(&format!("no user is named `{name}`"), help.as_deref());
    Exit::Usage
}

/// Variables of AWS's tools that don't interfere.
const HARMLESS: [&str; 5] = [
    "AWS_PAGER",
    "AWS_RETRY_MODE",
    "AWS_MAX_ATTEMPTS",
    "AWS_DEFAULT_OUTPUT",
    "AWS_CLI_AUTO_PROMPT",
];

/// A file that is there and empty.
const EMPTY_FILE: &str = if cfg!(windows) { "NUL" } else { "/dev/null" };

/// The user's keys, the mock's address, and nothing of AWS that was set before.
fn set_environment(command: &mut Command, keys: &Credentials, address: SocketAddr, region: &str) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("AWS_") && !HARMLESS.contains(&text.as_ref()) {
            command.env_remove(&name);
        }
    }
    command
        .env("AWS_ACCESS_KEY_ID", &keys.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", keys.secret.expose())
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_REGION", region)
        .env("AWS_DEFAULT_REGION", region)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", EMPTY_FILE)
        .env("AWS_SHARED_CREDENTIALS_FILE", EMPTY_FILE);
    // A proxy doesn't know this machine's ports.
    for name in ["NO_PROXY", "no_proxy"] {
        let mut hosts = std::env::var_os(name).unwrap_or_default();
        if !hosts.is_empty() {
            hosts.push(",");
        }
        hosts.push("127.0.0.1");
        command.env(name, hosts);
    }
}

/// Runs a command to its end. An interrupt reaches it from the terminal, as it does this process, which waits for what
/// it makes of it; a request to terminate is passed on.
async fn wait(mut command: Command) -> io::Result<ExitStatus> {
    let mut signals = Signals::listen();
    let mut child = command.spawn()?;
    loop {
        tokio::select! {
            ended = child.wait() => return ended,
            () = signals.terminated() => terminate(&mut child),
        }
    }
}

#[cfg(unix)]
struct Signals {
    /// Held so that an interrupt doesn't end this process.
    _interrupted: Option<tokio::signal::unix::Signal>,
    terminated: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self {
            _interrupted: signal(SignalKind::interrupt()).ok(),
            terminated: signal(SignalKind::terminate()).ok(),
        }
    }

    async fn terminated(&mut self) {
        match &mut self.terminated {
            Some(signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }
}

#[cfg(unix)]
fn terminate(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let process = child
        .id()
        .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
    if let Some(process) = process {
        // It may have ended by itself.
        let _ = kill_process(process, Signal::TERM);
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn terminated(&mut self) {
        std::future::pending().await
    }
}

#[cfg(not(unix))]
fn terminate(child: &mut Child) {
    let _ = child.start_kill();
}

/// The command's status; of one that a signal ended, what a shell says.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let by_signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let by_signal: Option<i32> = None;
    let code = status.code().or(by_signal.map(|signal| BY_SIGNAL + signal));
    code.and_then(|code| u8::try_from(code).ok())
        .unwrap_or(u8::MAX)
}

fn cannot_run(program: &OsStr, error: &io::Error) -> u8 {
    let program = program.to_string_lossy();
    let (status, help) = match error.kind() {
        io::ErrorKind::NotFound => (NOT_FOUND, Some("there is no such program on the PATH")),
        _ => (NOT_EXECUTABLE, None),
    };
    complain(&format!("`{program}` can't be run: {error}"), help);
    status
}

/// Says what was denied and why, each denial once, on standard error.
fn tell(mock: &Mock, sources: &Sources, appearance: Appearance) {
    let events = mock.events();
    if events.is_empty() {
        complain(
            "no request reached the mock",
            Some(
                "the command must use AWS_ENDPOINT_URL; some tools have a flag of their own for it",
            ),
        );
        return;
    }
    let denied: Vec<&Arc<Event>> = events
        .iter()
        .filter(|event| event.verdict() == Verdict::Denied)
        .collect();
    match appearance.format {
        Format::Json => {
            for event in denied {
                eprintln!("{}", request_line(event, sources, RequestStyle::Json));
            }
        }
        Format::Plain => {
            for event in denied {
                eprintln!("{}", request_line(event, sources, RequestStyle::Plain));
            }
        }
        Format::Human => {
            let styled = appearance.styled(&io::stderr());
            tell_people(&denied, events.len(), sources, styled);
        }
    }
}

fn tell_people(denied: &[&Arc<Event>], requests: usize, sources: &Sources, styled: bool) {
    if denied.is_empty() {
        return;
    }
    eprintln!("\nrolecall: {} of {requests} requests denied", denied.len());
    let mut told: Vec<(String, usize)> = Vec::new();
    for event in denied {
        let text = denied_request(event, sources, styled);
        match told.iter_mut().find(|(known, _)| *known == text) {
            Some((_, times)) => *times += 1,
            None => told.push((text, 1)),
        }
    }
    for (text, times) in told {
        match (times, text.split_once('\n')) {
            (2.., Some((head, rest))) => eprintln!("{head}  ({times} times)\n{rest}"),
            _ => eprintln!("{text}"),
        }
    }
}
