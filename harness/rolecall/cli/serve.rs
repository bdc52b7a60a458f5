//! `rolecall serve`: the mock on a port, for any client that speaks AWS.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rolecall_mock::carrier::server::Server;
use rolecall_mock::{Clock, Mock, World};

use super::{Appearance, Exit, complain, load};
use crate::scenario::model;
use crate::target::{DEFAULT_SEED, provision};

/// The account of a world without a file.
const EMPTY_WORLD_ACCOUNT: &str = "000000000000";

/// Serve the mock AWS on a port, until interrupted
///
/// Point any AWS client at it with `AWS_ENDPOINT_URL`. Without a file the world is one empty account, 000000000000; access
/// key `test` with secret `test` is its root user.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A scenario file (or world file) whose world is served
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The port; 0 picks a free one
    #[arg(short, long, default_value_t = 4566)]
    port: u16,

    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
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

    /// The world's time at the start, such as 2026-01-01T00:00:00Z [default: now]
    #[arg(long, value_name = "TIME")]
    clock: Option<Timestamp>,
}

pub(super) fn run(arguments: &Arguments, appearance: Appearance) -> Exit {
    try_run(arguments, appearance).unwrap_or_else(|exit| exit)
}

fn try_run(arguments: &Arguments, appearance: Appearance) -> Result<Exit, Exit> {
    let world = world(arguments, appearance)?;
    let credentials = credentials_file(world.as_ref());
    let mock = Mock::builder(built(world.as_ref(), arguments.seed)?)
        .clock(clock(arguments.clock))
        .enforce(!arguments.no_enforce)
        .test_credentials(true)
        .authorization_id_in_messages(arguments.authorization_id_in_messages)
        .build();
    let address = SocketAddr::new(arguments.host, arguments.port);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            complain(&format!("no runtime could be started: {error}"), None);
            Exit::Error
        })?;
    runtime.block_on(serve(&mock, address, arguments, &credentials(&mock)))
}

/// The world of the file, or one empty account.
fn world(arguments: &Arguments, appearance: Appearance) -> Result<Option<model::World>, Exit> {
    match &arguments.file {
        Some(file) => load::world(file, appearance).map(Some),
        None => Ok(None),
    }
}

fn built(world: Option<&model::World>, seed: u64) -> Result<World, Exit> {
    let built = if let Some(world) = world {
        provision(world, seed)
    } else {
        let mut empty = World::new(seed, Timestamp::now());
        let made = empty.add_account(EMPTY_WORLD_ACCOUNT);
        made.map(|()| empty).map_err(Into::into)
    };
    built.map_err(|error| {
        complain(&format!("the world can't be built: {error}"), None);
        Exit::Usage
    })
}

/// Real clients sign with the machine's time; an offset from it is the world's.
fn clock(start: Option<Timestamp>) -> Clock {
    let offset = start.map_or(SignedDuration::ZERO, |start| {
        start.duration_since(Timestamp::now())
    });
    Clock::machine(Timestamp::now, offset)
}

/// Writes an AWS credentials file once there is a mock: a profile for each user with an access key.
fn credentials_file(world: Option<&model::World>) -> impl Fn(&Mock) -> String + use<> {
    let users: Vec<(String, String)> = world
        .into_iter()
        .flat_map(|world| &world.users)
        .map(|user| (user.account.clone(), user.name.value.clone()))
        .collect();
    move |mock| {
        let mut text = String::new();
        for (account, name) in &users {
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
}

async fn serve(
    mock: &Mock,
    address: SocketAddr,
    arguments: &Arguments,
    credentials: &str,
) -> Result<Exit, Exit> {
    let server = Server::bind(mock, address)
        .await
        .map_err(|error| cannot_listen(address, &error))?;
    let address = server
        .address()
        .map_err(|error| cannot_listen(address, &error))?;
    if let Some(file) = &arguments.credentials {
        write_privately(file, credentials).map_err(|error| {
            complain(
                &format!("the keys can't be written to {}: {error}", file.display()),
                None,
            );
            Exit::Error
        })?;
    }
    announce(address, arguments);
    server.run(stopped()).await;
    Ok(Exit::Success)
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> Exit {
    let help = match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there; --port 0 picks a free port",
        io::ErrorKind::PermissionDenied => "ports below 1024 are for root; choose another --port",
        _ => "choose another --host or --port",
    };
    complain(
        &format!("the server can't listen on {address}: {error}"),
        Some(help),
    );
    Exit::Error
}

fn announce(address: SocketAddr, arguments: &Arguments) {
    let what = arguments
        .file
        .as_deref()
        .map_or("an empty account".to_owned(), |file| {
            file.display().to_string()
        });
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "serving {what} on http://{address}");
    if arguments.no_enforce {
        let _ = writeln!(out, "policies are not enforced");
    }
    let _ = out.flush();
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

/// Ready on Ctrl-C, and on the signal that `docker stop` and supervisors send.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
