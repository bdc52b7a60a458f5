//! A world on a target, ready for the steps of one test.

use aws_credential_types::Credentials;
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use jiff::SignedDuration;
use rolecall_mock::{Clock, ContextKey, Mock, carrier};
use rolecall_policy::Evaluation;

use super::client::Client;
use super::world::{DEFAULT_SEED, ProvisionError, provision};
use crate::scenario::model::{ContextEntry, Step, World};

/// Where the SDK believes the in-process mock to be; the name never reaches a resolver.
const IN_PROCESS_ENDPOINT: &str = "http://rolecall.invalid";

/// Why a stage can't be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// The scenario's world breaks a rule of AWS.
    #[error("the world can't be built: {0}")]
    World(#[from] ProvisionError),
    /// The server's port.
    #[cfg(feature = "http")]
    #[error("the mock can't listen on loopback: {0}")]
    Listen(std::io::Error),
}

/// A world on a target, ready for the steps of one test; no other test sees it.
#[derive(Debug)]
pub struct Stage {
    mock: Mock,
    client: Client,
    context: Vec<ContextEntry>,
    users: Vec<(String, String)>,
    target: &'static str,
}

impl Stage {
    /// The mock as the SDK's HTTP client.
    pub(super) fn in_process(world: &World) -> Result<Self, StageError> {
        let mock = Mock::new(provision(world, DEFAULT_SEED)?);
        let connector = carrier::connector::http_client(&mock);
        let client = Client::new(connector, IN_PROCESS_ENDPOINT.to_owned(), world_time(&mock));
        Ok(Self::new(mock, client, world, "mock"))
    }

    /// The mock behind a port of its own, for as long as the runtime lives.
    #[cfg(feature = "http")]
    pub(super) async fn over_http(world: &World) -> Result<Self, StageError> {
        let mock = Mock::new(provision(world, DEFAULT_SEED)?);
        let loopback = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let server = carrier::server::Server::bind(&mock, loopback)
            .await
            .map_err(StageError::Listen)?;
        let endpoint = format!("http://{}", server.address().map_err(StageError::Listen)?);
        tokio::spawn(server.run(std::future::pending()));
        let http_client = aws_smithy_http_client::Builder::new().build_http();
        let client = Client::new(http_client, endpoint, world_time(&mock));
        Ok(Self::new(mock, client, world, "http"))
    }

    fn new(mock: Mock, client: Client, world: &World, target: &'static str) -> Self {
        let users = world
            .users
            .iter()
            .map(|user| (user.name.value.clone(), user.account.clone()))
            .collect();
        Self {
            mock,
            client,
            context: world.context.clone(),
            users,
            target,
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Why a step can't be asked here, if so.
    pub(crate) fn reason_to_skip(&self, step: &Step) -> Option<String> {
        let here = step
            .skip_on
            .iter()
            .find(|(target, _)| target == self.target);
        here.map(|(_, reason)| reason.clone())
    }

    pub(crate) fn advance_clock(&self, duration: SignedDuration) {
        self.mock.clock().advance(duration);
    }

    /// Sets the condition keys that the scenario gives for the next request: the world's, then the step's own.
    pub(crate) fn set_context(&self, step: &[ContextEntry]) {
        self.mock
            .set_context(self.context.iter().chain(step).map(context_key).collect());
    }

    pub(crate) fn user_credentials(&self, name: &str) -> Result<Credentials, String> {
        let account = self
            .users
            .iter()
            .find(|(user, _)| user == name)
            .map(|(_, account)| account);
        account
            .and_then(|account| {
                self.mock
                    .read(|world| world.user_credentials(account, name))
            })
            .map(sdk_credentials)
            .ok_or_else(|| format!("the user `{name}` has no access key"))
    }

    pub(crate) fn root_credentials(&self, account: &str) -> Result<Credentials, String> {
        self.mock
            .read(|world| world.root_credentials(account))
            .map(sdk_credentials)
            .ok_or_else(|| format!("there is no account `{account}`"))
    }

    /// AWS's evaluation of each action that a request needed.
    pub(crate) fn evaluations(&self, authorization_id: Option<&str>) -> Vec<Evaluation> {
        authorization_id
            .and_then(|id| self.mock.authorization(id))
            .map(|authorization| authorization.evaluations())
            .unwrap_or_default()
    }
}

fn context_key(entry: &ContextEntry) -> ContextKey {
    ContextKey {
        key: entry.key.clone(),
        values: entry.values.clone(),
        multivalued: entry.multivalued,
    }
}

/// The world's clock as the SDK's.
#[derive(Clone, Debug)]
struct WorldTime(Clock);

impl TimeSource for WorldTime {
    fn now(&self) -> std::time::SystemTime {
        let since_epoch = self.0.now().duration_since(jiff::Timestamp::UNIX_EPOCH);
        std::time::SystemTime::UNIX_EPOCH + since_epoch.unsigned_abs()
    }
}

fn world_time(mock: &Mock) -> SharedTimeSource {
    SharedTimeSource::new(WorldTime(mock.clock()))
}

fn sdk_credentials(credentials: rolecall_mock::Credentials) -> Credentials {
    Credentials::new(
        credentials.access_key_id,
        credentials.secret.expose(),
        credentials.session_token,
        None,
        "rolecall",
    )
}
