//! A world made ready to be served: what `serve` and `exec` do alike.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rolecall_mock::carrier::server::Server;
use rolecall_mock::{Clock, Event, Mock, World};

use crate::cli::{Appearance, Exit, complain, load};
use crate::scenario::Sources;
use crate::scenario::model::{self, Account, ContextEntry, DEFAULT_CLOCK};
use crate::target::{context_key, provision};

/// The account of a world without a file.
const EMPTY_WORLD_ACCOUNT: &str = "000000000000";

/// The world of a file, or an empty one.
#[derive(Debug, Default)]
pub(in crate::cli) struct Hosted {
    world: Option<model::World>,
    /// The texts that its policies come from.
    pub(in crate::cli) sources: Arc<Sources>,
}

/// How its mock is to be.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Manner {
    pub(in crate::cli) seed: u64,
    pub(in crate::cli) clock: Option<Timestamp>,
    pub(in crate::cli) enforce: bool,
    /// Whether the keys that LocalStack's users know are good.
    pub(in crate::cli) test_credentials: bool,
    pub(in crate::cli) authorization_id_in_messages: bool,
}

impl Hosted {
    /// Reads the file, if one is given.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`], told, if the file has a mistake.
    pub(in crate::cli) fn read(file: Option<&Path>, appearance: Appearance) -> Result<Self, Exit> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let (world, sources) = load::world_with_sources(file, appearance)?;
        Ok(Self {
            world: Some(world),
            sources: Arc::new(sources),
        })
    }

    /// The mock of this world; whoever watches is told of every request.
    ///
    /// # Errors
    ///
    /// [`Exit::Usage`], told, if the mock can't have such a world.
    pub(in crate::cli) fn mock(
        &self,
        manner: Manner,
        watch: Option<impl Fn(&Arc<Event>) + Send + Sync + 'static>,
    ) -> Result<Mock, Exit> {
        let mut builder = crate::target::mock(self.built(manner.seed)?)
            .clock(clock(manner.clock.or_else(|| self.start())))
            .enforce(manner.enforce)
            .test_credentials(manner.test_credentials)
            .authorization_id_in_messages(manner.authorization_id_in_messages);
        if let Some(watch) = watch {
            builder = builder.on_event(watch);
        }
        let mock = builder.build();
        mock.set_context(self.context().iter().map(context_key).collect());
        Ok(mock)
    }

    /// The time that the file begins at, if it gives one.
    fn start(&self) -> Option<Timestamp> {
        let start = self.world.as_ref()?.clock;
        (start != DEFAULT_CLOCK).then_some(start)
    }

    fn built(&self, seed: u64) -> Result<World, Exit> {
        let built = if let Some(world) = &self.world {
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

    /// Account and name of each user.
    pub(in crate::cli) fn users(&self) -> impl Iterator<Item = (&str, &str)> {
        let users = self.world.iter().flat_map(|world| &world.users);
        users.map(|user| (user.account.as_str(), user.name.value.as_str()))
    }

    /// The names of the roles.
    pub(in crate::cli) fn roles(&self) -> impl Iterator<Item = &str> {
        let roles = self.world.iter().flat_map(|world| &world.roles);
        roles.map(|role| role.name.value.as_str())
    }

    /// The accounts as the file names them.
    pub(in crate::cli) fn accounts(&self) -> &[Account] {
        self.world.as_ref().map_or(&[], |world| &world.accounts)
    }

    /// The condition keys that the file gives every request.
    pub(in crate::cli) fn context(&self) -> &[ContextEntry] {
        self.world.as_ref().map_or(&[], |world| &world.context)
    }
}

/// Real clients sign with the machine's time; an offset from it is the world's.
fn clock(start: Option<Timestamp>) -> Clock {
    let offset = start.map_or(SignedDuration::ZERO, |start| {
        start.duration_since(Timestamp::now())
    });
    Clock::machine(Timestamp::now, offset)
}

/// A runtime for a server.
///
/// # Errors
///
/// [`Exit::Error`], told.
pub(in crate::cli) fn runtime() -> Result<tokio::runtime::Runtime, Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| {
        complain(&format!("no runtime could be started: {error}"), None);
        Exit::Error
    })
}

/// A server that listens, and where.
///
/// # Errors
///
/// [`Exit::Error`], told, if it can't.
pub(in crate::cli) async fn listen(
    mock: &Mock,
    host: IpAddr,
    port: u16,
) -> Result<(Server, SocketAddr), Exit> {
    let address = SocketAddr::new(host, port);
    let server = Server::bind(mock, address).await;
    let server = server.map_err(|error| cannot_listen(address, &error))?;
    let bound = server.address();
    let bound = bound.map_err(|error| cannot_listen(address, &error))?;
    Ok((server, bound))
}

fn cannot_listen(address: SocketAddr, error: &std::io::Error) -> Exit {
    use std::io::ErrorKind;
    let help = match error.kind() {
        ErrorKind::AddrInUse => "another program listens there; --port 0 picks a free port",
        ErrorKind::PermissionDenied => "ports below 1024 are for root; choose another --port",
        _ => "choose another --host or --port",
    };
    complain(
        &format!("the server can't listen on {address}: {error}"),
        Some(help),
    );
    Exit::Error
}
