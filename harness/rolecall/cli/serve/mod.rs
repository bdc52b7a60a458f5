//! `rolecall serve`: the mock on a port, for any client that speaks AWS.

mod encryption;
mod follow;
pub(super) mod hosted;

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rolecall_mock::Mock;
use serde_json::json;

use self::encryption::{Encrypted, Encryption};
use self::follow::{Follower, Log};
use self::hosted::{Hosted, Manner, listen, runtime};
use super::{Appearance, Exit, Format, complain};
use crate::report::RequestStyle;
use crate::target::{Beside, DEFAULT_SEED, save};

/// Serve the mock AWS on a port, until interrupted
///
/// Point any AWS client at it with `AWS_ENDPOINT_URL`. Without a file the world is one empty account, 000000000000; access
/// key `test` with secret `test` is its root user. On a terminal each request is told in a line.
///
/// For test suites there are `GET /_rolecall/health`, `POST /_rolecall/reset`, `POST /_rolecall/clock`,
/// `GET /_rolecall/evaluations`, `GET /_rolecall/events`, `PUT /_rolecall/jwks?issuer=URL`,
/// `PUT /_rolecall/context?access_key=KEY` (condition keys for whoever signs with that key) and `POST /_rolecall/can` (whether
/// someone may do something); docs/running.md says what they take and answer.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A scenario file (or world file) whose world is served
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The port; 0 picks a free one
    #[arg(short, long, default_value_t = 4566)]
    port: u16,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = parse_host)]
    host: IpAddr,

    /// Write the users' keys here, a profile for each user, before the server answers
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,

    /// Allow everything, with any credentials
    #[arg(long)]
    no_enforce: bool,

    /// End the text of denials with the authorization ID and where to look it up, as AWS does for some services
    #[arg(long)]
    authorization_id_in_messages: bool,

    /// What ids, keys and tokens follow from
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,

    /// The world's time at the start, such as 2026-01-01T00:00:00Z [default: the file's `clock`, else now]
    #[arg(long, value_name = "TIME")]
    clock: Option<Timestamp>,

    /// Append every request to this file, as CloudTrail's events, a line of JSON each
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    /// Write the world as it is at the end here: a world file, to be served again or named in `use`
    #[arg(long, value_name = "FILE")]
    world_out: Option<PathBuf>,

    #[command(flatten)]
    encryption: Encryption,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let hosted = Hosted::read(arguments.file.as_deref(), appearance)?;
    let encrypted = arguments.encryption.prepare(arguments.host)?;
    let follower = follower(arguments, appearance, &hosted)?;
    let manner = Manner {
        seed: arguments.seed,
        clock: arguments.clock,
        enforce: !arguments.no_enforce,
        test_credentials: true,
        authorization_id_in_messages: arguments.authorization_id_in_messages,
    };
    if let Some(file) = &arguments.world_out {
        try_to_write(file)?;
    }
    let mock = hosted.mock(manner, follower.as_ref().map(Follower::observer))?;
    let credentials = credentials(&hosted, &mock);
    let serving = Serving {
        arguments,
        appearance,
        encrypted: encrypted.as_ref(),
        credentials: &credentials,
    };
    runtime()?.block_on(serving.serve(&mock))?;
    if let Some(follower) = follower {
        follower.finish();
    }
    match &arguments.world_out {
        Some(file) => save_world(file, &hosted, &mock),
        None => Ok(Exit::Success),
    }
}

/// An address of this machine; `localhost` is the usual one.
fn parse_host(text: &str) -> Result<IpAddr, String> {
    if text == "localhost" {
        return Ok(IpAddr::from([127, 0, 0, 1]));
    }
    text.parse().map_err(|_| {
        "name an IP address: 127.0.0.1 for this machine alone, 0.0.0.0 for all".to_owned()
    })
}

/// Finds out at the start whether the world can be written at the end.
fn try_to_write(file: &Path) -> Result<(), Exit> {
    let tried = std::fs::File::options()
        .append(true)
        .create(true)
        .open(file);
    tried
        .map(drop)
        .map_err(|error| cannot_write("the world", file, &error))
}

/// Who tells of requests, if anyone wants to know.
fn follower(
    arguments: &Arguments,
    appearance: Appearance,
    hosted: &Hosted,
) -> Result<Option<Follower>, Exit> {
    let mut logs: Vec<Log> = live(appearance).map(Log::on_stdout).into_iter().collect();
    if let Some(file) = &arguments.log {
        logs.push(Log::in_file(file).map_err(|error| cannot_write("the log", file, &error))?);
    }
    if logs.is_empty() {
        return Ok(None);
    }
    let started = Follower::start(logs, std::sync::Arc::clone(&hosted.sources));
    started.map(Some).map_err(|error| {
        complain(&format!("no thread could be started: {error}"), None);
        Exit::Error
    })
}

/// How requests are told on standard output; for people only on a terminal.
fn live(appearance: Appearance) -> Option<RequestStyle> {
    let out = io::stdout();
    match appearance.format {
        Format::Plain => Some(RequestStyle::Plain),
        Format::Json => Some(RequestStyle::Json),
        Format::Human if !out.is_terminal() => None,
        Format::Human if appearance.styled(&out) => Some(RequestStyle::Coloured),
        Format::Human => Some(RequestStyle::Columns),
    }
}

/// An AWS credentials file: a profile for each user with an access key.
fn credentials(hosted: &Hosted, mock: &Mock) -> String {
    let mut text = String::new();
    for (account, name) in hosted.users() {
        let Some(keys) = mock.read(|world| world.user_credentials(account, name)) else {
            continue;
        };
        let _ = write!(
            text,
            "[{name}]\naws_access_key_id = {}\naws_secret_access_key = {}\n\n",
            keys.access_key_id,
            keys.secret.expose()
        );
    }
    text
}

/// All that a server needs beside its mock.
struct Serving<'a> {
    arguments: &'a Arguments,
    appearance: Appearance,
    encrypted: Option<&'a Encrypted>,
    credentials: &'a str,
}

impl Serving<'_> {
    async fn serve(&self, mock: &Mock) -> Result<(), Exit> {
        // Before anyone is told of the server, so that no signal is lost.
        let stopped = stopped();
        let (mut server, address) = listen(mock, self.arguments.host, self.arguments.port).await?;
        if let Some(encrypted) = self.encrypted {
            server = server.with_tls(&encrypted.certificate);
        }
        if let Some(file) = &self.arguments.credentials {
            write_privately(file, self.credentials)
                .map_err(|error| cannot_write("the keys", file, &error))?;
        }
        self.announce(address);
        server.run(stopped).await;
        Ok(())
    }

    fn announce(&self, address: SocketAddr) {
        let scheme = if self.encrypted.is_some() {
            "https"
        } else {
            "http"
        };
        let endpoint = format!("{scheme}://{address}");
        let authority = self
            .encrypted
            .and_then(|encrypted| encrypted.authority.as_ref());
        let authority = authority.map(|authority| authority.path().display().to_string());
        let what = self.arguments.file.as_deref().map(Path::display);
        let what = what.map_or("an empty account".to_owned(), |what| what.to_string());
        let mut out = io::stdout().lock();
        if self.appearance.format == Format::Json {
            let enforced = !self.arguments.no_enforce;
            let line = json!({"serving": what, "endpoint": endpoint, "enforced": enforced, "authority": authority});
            let _ = writeln!(out, "{line}");
        } else {
            let _ = writeln!(out, "serving {what} on {endpoint}");
            if let Some(authority) = authority {
                let _ = writeln!(out, "clients trust it with AWS_CA_BUNDLE={authority}");
            }
            if self.arguments.no_enforce {
                let _ = writeln!(out, "policies are not enforced");
            }
        }
        let _ = out.flush();
    }
}

/// Writes the world that a server ended with, and what its file names.
fn save_world(file: &Path, hosted: &Hosted, mock: &Mock) -> Result<Exit, Exit> {
    let world = mock.read(rolecall_mock::World::export);
    let saved = save(
        &world,
        Beside {
            accounts: hosted.accounts(),
            context: hosted.context(),
            clock: Some(mock.clock().now()),
        },
    );
    let folder = file.parent().unwrap_or(Path::new(""));
    for (name, text) in &saved.files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| cannot_write("the world", &path, &error))?;
    }
    std::fs::write(file, saved.yaml).map_err(|error| cannot_write("the world", file, &error))?;
    Ok(Exit::Success)
}

fn cannot_write(what: &str, file: &Path, error: &io::Error) -> Exit {
    complain(
        &format!("{what} can't be written to {}: {error}", file.display()),
        None,
    );
    Exit::Error
}

/// Keys are for the user alone, also where the file was there before.
fn write_privately(file: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(text.as_bytes())
}

/// Ready on Ctrl-C, and on the signal that `docker stop` and supervisors send. Both are listened for from now on.
fn stopped() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok())
    };
    async move {
        #[cfg(unix)]
        if let [Some(mut interrupted), Some(mut terminated)] = signals {
            tokio::select! {
                _ = interrupted.recv() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
        let _ = tokio::signal::ctrl_c().await;
    }
}
