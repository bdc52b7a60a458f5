//! A world on the mock, in process or over HTTP, ready for the steps of one test.

use aws_credential_types::Credentials;
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use jiff::SignedDuration;
use rolecall_mock::{Asker, Clock, ContextKey, Mock, carrier};
use rolecall_policy::Evaluation;

use super::answer::Answer;
use super::change::apply;
use super::client::Client;
use super::federation::{assertion_spec, claims};
use super::stage::{Asked, StageError, Unasked, Who};
use super::world::{DEFAULT_SEED, ProvisionError, missing, mock, provision};
use crate::scenario::model::{
    Assertion, Assume, Call, Change, ContextEntry, Mfa, Question, Step, Token, World,
};
use crate::services;

/// Where the SDK believes the in-process mock to be; the name never reaches a resolver.
const IN_PROCESS_ENDPOINT: &str = "http://rolecall.invalid";

/// A world on the mock, ready for the steps of one test; no other test sees it.
#[derive(Debug)]
pub(super) struct MockStage {
    mock: Mock,
    client: Client,
    world: World,
    target: &'static str,
}

impl MockStage {
    /// The mock as the SDK's HTTP client.
    pub(super) fn in_process(world: &World) -> Result<Self, StageError> {
        let mock = mock(provision(world, DEFAULT_SEED)?).build();
        let connector = carrier::connector::http_client(&mock);
        let client = Client::new(connector, IN_PROCESS_ENDPOINT.to_owned(), world_time(&mock));
        Ok(Self::new(mock, client, world, "mock"))
    }

    /// The mock behind a port of its own, for as long as the runtime lives.
    #[cfg(feature = "http")]
    pub(super) async fn over_http(world: &World) -> Result<Self, StageError> {
        let mock = mock(provision(world, DEFAULT_SEED)?).build();
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
        Self {
            mock,
            client,
            world: world.clone(),
            target,
        }
    }

    /// As `skip-on` names it.
    pub(super) fn target(&self) -> &str {
        self.target
    }

    /// One operation.
    pub(super) async fn call(
        &self,
        step: &Step,
        who: Who<'_>,
        call: &Call,
    ) -> Result<Answer, Unasked> {
        if !services::is_bundled(&call.service) {
            let service = &call.service;
            let reason = format!("the mock has no {service}: calls of it are for live targets");
            return Err(Unasked::Skip(reason));
        }
        let credentials = self.credentials(who)?;
        self.set_context(&step.context);
        Ok(self.client.call(credentials.as_ref(), call).await)
    }

    /// A role is assumed; credentials come with a success.
    pub(super) async fn assume(
        &self,
        step: &Step,
        who: Who<'_>,
        assume: &Assume,
    ) -> Result<(Answer, Option<Credentials>), Unasked> {
        if let Who::Token(token) = who {
            let token = self.token(token)?;
            self.set_context(&step.context);
            return Ok(self.client.assume_with_web_identity(token, assume).await);
        }
        if let Who::Saml(assertion) = who {
            let (assertion, provider_arn) = self.assertion(assertion, assume)?;
            self.set_context(&step.context);
            let client = &self.client;
            return Ok(client
                .assume_with_saml(assertion, provider_arn, assume)
                .await);
        }
        let credentials = self.credentials(who)?;
        let mfa = match &assume.mfa {
            Some(mfa) => Some(self.mfa(who, mfa)?),
            None => None,
        };
        self.set_context(&step.context);
        Ok(self.client.assume(credentials.as_ref(), assume, mfa).await)
    }

    pub(super) fn advance_clock(&self, duration: SignedDuration) {
        self.mock.clock().advance(duration);
    }

    /// Changes the world; what isn't touched stays as the steps before have left it.
    pub(super) fn change(&mut self, change: &Change) -> Result<(), ProvisionError> {
        if let Some(missing) = missing(&change.world) {
            return Err(ProvisionError::Missing(missing));
        }
        let before = &self.world;
        self.mock.update(|world| apply(world, before, change))?;
        self.world = change.world.clone();
        Ok(())
    }

    /// Sets the condition keys that the scenario gives for the next request: the world's, then the step's own.
    fn set_context(&self, step: &[ContextEntry]) {
        self.mock.set_context(self.context(step));
    }

    fn context(&self, step: &[ContextEntry]) -> Vec<ContextKey> {
        self.world
            .context
            .iter()
            .chain(step)
            .map(context_key)
            .collect()
    }

    /// What someone signs with; `None` for an unsigned caller.
    fn credentials(&self, who: Who<'_>) -> Result<Option<Credentials>, String> {
        let found = match who {
            Who::Anonymous => return Ok(None),
            Who::Session(credentials) => return Ok(Some(credentials.clone())),
            Who::Token(_) => return Err("a token can only be used to assume a role".to_owned()),
            Who::Saml(_) => return Err("an assertion can only be used to assume a role".to_owned()),
            Who::Service(host) => {
                return Err(format!("{host} signs no requests that a test could send"));
            }
            Who::User(name) => {
                let account = self.account_of(name);
                self.mock
                    .read(|world| world.user_credentials(account, name))
            }
            Who::Root(account) => self.mock.read(|world| world.root_credentials(account)),
        };
        match found {
            Some(credentials) => Ok(Some(sdk_credentials(credentials))),
            None => Err("the caller has no access key".to_owned()),
        }
    }

    /// The number of a user's account; empty for a user that isn't there.
    fn account_of(&self, user: &str) -> &str {
        let found = self
            .world
            .users
            .iter()
            .find(|known| known.name.value == user);
        found.map_or("", |user| user.account.as_str())
    }

    /// Issues a web identity token now, signed with the provider's test key.
    fn token(&self, token: &Token) -> Result<String, String> {
        let mut providers = self.world.oidc_providers.iter();
        let provider = providers
            .find(|provider| provider.name.value == token.provider)
            .ok_or_else(|| format!("there is no provider `{}`", token.provider))?;
        let now = self.mock.clock().now();
        let claims = claims(token, now)?;
        self.mock
            .read(|world| world.sign_token(&provider.url, &provider.account, claims, now))
            .map_err(|error| error.to_string())
    }

    /// Issues a SAML assertion now, signed with the provider's test key; with it comes the provider's ARN.
    fn assertion(
        &self,
        assertion: &Assertion,
        assume: &Assume,
    ) -> Result<(String, String), String> {
        let mut providers = self.world.saml_providers.iter();
        let provider = providers
            .find(|provider| provider.name.value == assertion.provider)
            .ok_or_else(|| format!("there is no provider `{}`", assertion.provider))?;
        let (arn, now) = (provider.arn(), self.mock.clock().now());
        let spec = assertion_spec(assertion, assume, &arn);
        let signed = self
            .mock
            .read(|world| world.sign_assertion(&arn, &provider.account, &spec, now));
        signed
            .map(|signed| (signed, arn))
            .map_err(|error| error.to_string())
    }

    /// The serial number of a user's MFA device and a code: the one it shows, or the one given.
    fn mfa(&self, who: Who<'_>, mfa: &Mfa) -> Result<(String, String), String> {
        let Who::User(name) = who else {
            return Err("only a user has an MFA device".to_owned());
        };
        let (account, now) = (self.account_of(name), self.mock.clock().now());
        let shown = self.mock.read(|world| world.mfa_code(account, name, now));
        let (serial, code) = shown.ok_or_else(|| format!("the user `{name}` has no MFA device"))?;
        Ok(match mfa {
            Mfa::Valid => (serial, code),
            Mfa::Code(code) => (serial, code.clone()),
        })
    }

    /// Asks whether someone may do something, without doing it.
    pub(super) fn ask(
        &self,
        step: &Step,
        who: Who<'_>,
        question: &Question,
    ) -> Result<Asked, String> {
        let holder;
        let asker = match who {
            Who::Anonymous => Asker::Anonymous,
            Who::Service(host) => Asker::Service(host),
            Who::Token(_) => return Err("a token can only be used to assume a role".to_owned()),
            Who::Saml(_) => return Err("an assertion can only be used to assume a role".to_owned()),
            Who::Root(account) => Asker::Root(account),
            Who::User(name) => Asker::User {
                account: self.account_of(name),
                name,
            },
            Who::Session(credentials) => {
                holder = rolecall_mock::Credentials::new(
                    credentials.access_key_id(),
                    credentials.secret_access_key(),
                    credentials.session_token(),
                );
                Asker::Holder(&holder)
            }
        };
        let answer = self.mock.ask(
            asker,
            &question.action,
            question.resource.as_deref(),
            &self.context(&step.context),
        );
        answer
            .map(|authorization| Asked::from(&*authorization))
            .map_err(|error| error.to_string())
    }

    /// The ARN of what `at:` names: the root or a unit by its name, an account by the scenario's name for it.
    pub(super) fn control_target(&self, name: &str) -> Option<String> {
        let account = self
            .world
            .accounts
            .iter()
            .find(|account| account.name == name);
        let name = account.map_or(name, |account| account.id.as_str());
        self.mock
            .read(|world| world.control_target(name).map(str::to_owned))
    }

    /// The ARN of whoever made a request.
    pub(super) fn caller(&self, authorization_id: Option<&str>) -> Option<String> {
        let authorization = self.mock.authorization(authorization_id?)?;
        authorization.caller_arn.clone()
    }

    /// AWS's evaluation of each action that a request needed.
    pub(super) fn evaluations(&self, authorization_id: Option<&str>) -> Vec<Evaluation> {
        authorization_id
            .and_then(|id| self.mock.authorization(id))
            .map(|authorization| authorization.evaluations())
            .unwrap_or_default()
    }
}

/// A condition key of a world or a step as the mock takes it.
pub(crate) fn context_key(entry: &ContextEntry) -> ContextKey {
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
