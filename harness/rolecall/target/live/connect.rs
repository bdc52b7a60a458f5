//! From what the user says to a target that answers: endpoint, administrators, journal.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rolecall_wire::Structure;

use super::admin::Admin;
use super::control::Control;
use super::credentials::{Configuration, CredentialsError, Recipe};
use super::issuers::Turns;
use super::journal::{Header, Journal};
use super::names::{base36, fingerprint};
use super::pace::Pace;
use super::providers::Keys;
use super::tape::{Cassette, Tape};
use super::{Accounts, Connected, LONGEST_REQUEST, Live, MayMake};
use crate::target::answer::Got;
use crate::target::client::{Client, Endpoint, Limit};

/// Where LocalStack listens.
const LOCALSTACK: &str = "http://localhost:4566";

/// Which target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// LocalStack, at its usual port.
    Localstack,
    /// Anything that speaks AWS.
    Url(String),
    /// Real AWS: only accounts on the allow list.
    Aws,
}

impl Place {
    /// Reads what `--target` says: `localstack`, `aws` or a URL.
    ///
    /// # Errors
    ///
    /// Why it is no such target; a URL of AWS's own is one of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "localstack" {
            return Ok(Self::Localstack);
        }
        if text == "aws" {
            return Ok(Self::Aws);
        }
        let url: http::Uri = text.parse().map_err(|_| format!("`{text}` is no target"))?;
        let (Some("http" | "https"), Some(host)) = (url.scheme_str(), url.host()) else {
            return Err(format!("`{text}` is no target"));
        };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let suffixes = ["amazonaws.com", "amazonaws.com.cn", "api.aws"];
        if suffixes
            .iter()
            .any(|suffix| host == *suffix || host.ends_with(&format!(".{suffix}")))
        {
            return Err("a URL of AWS is refused: real AWS is the target `aws`".to_owned());
        }
        Ok(Self::Url(text.trim_end_matches('/').to_owned()))
    }

    /// As `--target` and `skip-on` name it.
    pub fn name(&self) -> &str {
        match self {
            Self::Localstack => "localstack",
            Self::Url(url) => url,
            Self::Aws => "aws",
        }
    }

    /// Where its services are; those of `aws` may be elsewhere, for tests.
    pub(super) fn endpoint(&self, settings: &Settings) -> Endpoint {
        match self {
            Self::Localstack => Endpoint::One(LOCALSTACK.to_owned()),
            Self::Url(url) => Endpoint::One(url.clone()),
            Self::Aws => match &settings.aws.endpoint {
                Some(url) => Endpoint::One(url.clone()),
                None => Endpoint::Aws,
            },
        }
    }

    /// Whether it is on this machine, where nothing but the mock and its like listens.
    fn is_local(&self) -> bool {
        let url = match self {
            Self::Localstack => LOCALSTACK,
            Self::Url(url) => url,
            Self::Aws => return false,
        };
        let host = url.parse::<http::Uri>().ok();
        let host = host.as_ref().and_then(http::Uri::host).unwrap_or_default();
        matches!(host, "localhost" | "[::1]") || host.starts_with("127.")
    }
}

/// What a run on a live target is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of the journals.
    pub journals: PathBuf,
    /// The run's id; made from the time where none is given.
    pub run: Option<String>,
    /// Profiles of the AWS configuration for accounts, by the scenario's names for them.
    pub profiles: Vec<(String, String)>,
    /// What is waited with.
    pub sleep: SharedAsyncSleep,
    /// What time it is: requests are signed with it, identity providers issue with it what their people show, and MFA
    /// devices show their codes.
    pub time: SharedTimeSource,
    /// No request may take longer, as `sleep` measures it.
    pub limit: Duration,
    /// What holds for real AWS.
    pub aws: Aws,
    /// The administrator's key and secret, instead of the usual AWS configuration's.
    pub keys: Option<(String, String)>,
    /// Whether the traffic is recorded, or comes from a record.
    pub tape: Option<Tape>,
}

/// What a run on real AWS is told.
#[derive(Clone, Debug, Default)]
pub struct Aws {
    /// The numbers of the accounts that a run may touch.
    pub accounts: Vec<String>,
    /// Where AWS's services are taken to be, to try a run out against `rolecall serve`.
    pub endpoint: Option<String>,
    /// Whether distributions are made, which takes minutes.
    pub distributions: bool,
    /// Whether accounts of a real organization are moved into units of the run.
    pub organizations: bool,
}

impl Settings {
    /// Settings without anything but where the journals are.
    pub fn new(journals: PathBuf) -> Self {
        Self {
            journals,
            run: None,
            profiles: Vec::new(),
            sleep: SharedAsyncSleep::new(TokioSleep::new()),
            time: SharedTimeSource::default(),
            limit: LONGEST_REQUEST,
            aws: Aws::default(),
            keys: None,
            tape: None,
        }
    }

    /// How a place is waited for: AWS alone takes time until it knows what was changed.
    pub(super) fn pace(&self, place: &Place) -> Pace {
        let sleep = match self.tape {
            Some(Tape::Replay(_)) => SharedAsyncSleep::new(NoSleep),
            _ => self.sleep.clone(),
        };
        Pace::new(sleep, *place == Place::Aws)
    }

    /// How long a request may take; a record answers at once.
    pub(super) fn limit(&self) -> Option<Limit> {
        let live = !matches!(self.tape, Some(Tape::Replay(_)));
        live.then(|| Limit {
            longest: self.limit,
            sleep: self.sleep.clone(),
        })
    }
}

/// A record answers at once: it isn't waited for.
#[derive(Clone, Debug)]
struct NoSleep;

impl AsyncSleep for NoSleep {
    fn sleep(&self, _duration: Duration) -> Sleep {
        Sleep::new(std::future::ready(()))
    }
}

/// Why a target can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The administrator's credentials.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The target says no, or nothing.
    #[error("{target} can't be used: {reason}")]
    Target {
        /// Its name.
        target: String,
        /// Why not.
        reason: String,
    },
    /// What is to stand for AWS has no URL.
    #[error("the endpoint `{0}` is no URL")]
    Endpoint(String),
    /// Real AWS, and an account that isn't on the allow list.
    #[error("account {0} isn't on the allow list: nothing was built")]
    NotAllowed(String),
    /// The run's id.
    #[error("`{0}` can't be a run's id: it has 1 to 8 small letters and digits")]
    RunId(String),
    /// The journal.
    #[error("the journal of the run can't be written in {folder}: {reason}")]
    Journal {
        /// The folder.
        folder: String,
        /// Why not.
        reason: String,
    },
    /// The record of the traffic.
    #[error("the traffic can't be recorded or replayed: {0}")]
    Tape(#[from] std::io::Error),
}

impl Live {
    /// Finds out who administers a target, and begins a run's journal.
    ///
    /// # Errors
    ///
    /// When there are no credentials, the target doesn't know them or doesn't answer, or the journal can't be written.
    pub async fn connect(place: Place, settings: &Settings) -> Result<Self, ConnectError> {
        if let Some(endpoint) = settings.aws.endpoint.as_deref()
            && !is_url(endpoint)
        {
            return Err(ConnectError::Endpoint(endpoint.to_owned()));
        }
        let run = match &settings.run {
            Some(id) => checked_run_id(id)?,
            None => new_run_id(),
        };
        let cassette = match &settings.tape {
            Some(Tape::Record(folder)) => Some(Cassette::record(folder, &run)?),
            Some(Tape::Replay(folder)) => Some(Cassette::replay(folder)?),
            None => None,
        };
        let replayed = cassette.as_ref().filter(|cassette| cassette.is_replayed());
        let run = replayed.map_or(Ok(run), Cassette::run)?;
        let endpoint = place.endpoint(settings);
        let accounts = accounts(&place, &endpoint, settings, cassette.as_ref()).await?;
        let client = before_tests(&endpoint, settings, cassette.as_ref());
        // AWS's own hosts are asked nothing that isn't AWS's.
        let is_rolecall = endpoint != Endpoint::Aws && Control::is_there(&client).await;
        let header = Header {
            run: run.clone(),
            target: place.name().to_owned(),
        };
        let folder = &settings.journals;
        let journal = if replayed.is_some() {
            Journal::of_nothing(&run)
        } else {
            Journal::begin(folder, &header).map_err(|error| ConnectError::Journal {
                folder: folder.display().to_string(),
                reason: error.to_string(),
            })?
        };
        let is_real = endpoint == Endpoint::Aws;
        Ok(Self(std::sync::Arc::new(Connected {
            pace: settings.pace(&place),
            may_make: MayMake {
                distributions: !is_real || settings.aws.distributions,
                organizations: !is_real || settings.aws.organizations,
            },
            locks: std::sync::Arc::default(),
            time: settings.time.clone(),
            keys: Keys::default(),
            turns: Turns::default(),
            place,
            endpoint,
            run,
            journal,
            limit: settings.limit(),
            is_rolecall,
            accounts,
            cassette,
            profile: std::sync::OnceLock::new(),
        })))
    }
}

/// A client of an endpoint; a cassette with the test's name stands between them.
pub(super) fn client(
    endpoint: &Endpoint,
    time: &SharedTimeSource,
    limit: Option<Limit>,
    taped: Option<(&Cassette, Option<&str>)>,
) -> Client {
    let plain = matches!(endpoint, Endpoint::One(url) if url.starts_with("http:"));
    let http: SharedHttpClient = if plain {
        Builder::new().build_http()
    } else {
        Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https()
    };
    let http = match taped {
        Some((cassette, test)) => cassette.http_client(test, http),
        None => http,
    };
    Client::live(http, endpoint.clone(), time.clone(), limit)
}

/// The client of what goes before the tests.
fn before_tests(endpoint: &Endpoint, settings: &Settings, cassette: Option<&Cassette>) -> Client {
    let taped = cassette.map(|cassette| (cassette, None));
    client(endpoint, &settings.time, settings.limit(), taped)
}

/// The administrators that the configuration names.
pub(super) async fn accounts(
    place: &Place,
    endpoint: &Endpoint,
    settings: &Settings,
    cassette: Option<&Cassette>,
) -> Result<Accounts, ConnectError> {
    let client = before_tests(endpoint, settings, cassette);
    let configuration = Configuration::real();
    let recorded = || cassette.and_then(Cassette::next_key);
    let recipe = match (recorded(), &settings.keys) {
        (Some(id), _) => Recipe::keys(&id, "test", None),
        (None, Some((id, secret))) => Recipe::keys(id, secret, None),
        (None, None) => first_recipe(place, &configuration).await?,
    };
    let first = administrator(place, &client, recipe).await?;
    let mut named = Vec::new();
    for (account, profile) in &settings.profiles {
        let recipe = match recorded() {
            Some(id) => Recipe::keys(&id, "test", None),
            None => configuration.profile(Some(profile)).await?,
        };
        named.push((
            account.clone(),
            administrator(place, &client, recipe).await?,
        ));
    }
    let any = *endpoint != Endpoint::Aws && knows_any_account(&client, &first).await;
    let allowed = (*place == Place::Aws).then(|| settings.aws.accounts.clone());
    let accounts = Accounts {
        first,
        named,
        any,
        allowed,
    };
    let mut numbers = vec![&accounts.first.account];
    numbers.extend(accounts.named.iter().map(|(_, admin)| &admin.account));
    match numbers.into_iter().find(|number| !accounts.allows(number)) {
        Some(number) => Err(ConnectError::NotAllowed(number.clone())),
        None => Ok(accounts),
    }
}

/// Variables come first. On this machine the keys of LocalStack's convention do, unless a profile is chosen.
async fn first_recipe(
    place: &Place,
    configuration: &Configuration,
) -> Result<Recipe, CredentialsError> {
    if let Some(recipe) = configuration.variables()? {
        return Ok(recipe);
    }
    if place.is_local() && !configuration.chooses_profile() {
        return Ok(Recipe::keys("test", "test", None));
    }
    configuration.profile(None).await
}

/// Follows a recipe to credentials, and asks whose they are.
async fn administrator(
    place: &Place,
    client: &Client,
    recipe: Recipe,
) -> Result<Admin, ConnectError> {
    let unusable = |reason: String| ConnectError::Target {
        target: place.name().to_owned(),
        reason,
    };
    let mut credentials = recipe.keys;
    for role in &recipe.roles {
        let input = Structure::new()
            .with("RoleArn", role.arn.as_str())
            .with("RoleSessionName", role.session.as_str())
            .with_some("ExternalId", role.external_id.as_deref());
        let output = ask(client, &credentials, "AssumeRole", &input).await;
        let output = output.map_err(&unusable)?;
        credentials = session(&output).ok_or_else(|| unusable(NO_CREDENTIALS.to_owned()))?;
    }
    let output = ask(client, &credentials, "GetCallerIdentity", &Structure::new()).await;
    let output = output.map_err(&unusable)?;
    let member = |name| output.string(name).unwrap_or_default().to_owned();
    Ok(Admin {
        account: member("Account"),
        arn: member("Arn"),
        credentials,
    })
}

const NO_CREDENTIALS: &str = "it answered sts:AssumeRole without credentials";

fn session(output: &Structure) -> Option<Credentials> {
    let credentials = output.structure("Credentials")?;
    Some(Credentials::new(
        credentials.string("AccessKeyId")?,
        credentials.string("SecretAccessKey")?,
        credentials.string("SessionToken").map(str::to_owned),
        None,
        "rolecall",
    ))
}

async fn ask(
    client: &Client,
    credentials: &Credentials,
    operation: &str,
    input: &Structure,
) -> Result<Structure, String> {
    let answer = client
        .request(Some(credentials), "sts", operation, None, input)
        .await;
    match answer.got {
        Got::Allowed(output) => Ok(output),
        Got::Refused(error) => Err(format!("it answers sts:{operation} with {error}")),
        Got::Unreachable(reason) => Err(reason),
    }
}

/// A number of twelve digits whose account nobody has, for a look at LocalStack's convention.
const ANY_ACCOUNT: &str = "000000000042";

async fn knows_any_account(client: &Client, first: &Admin) -> bool {
    if first.credentials.secret_access_key() != "test" {
        return false;
    }
    let admin = root_by_convention(ANY_ACCOUNT);
    let asked = ask(
        client,
        &admin.credentials,
        "GetCallerIdentity",
        &Structure::new(),
    )
    .await;
    asked.is_ok_and(|output| output.string("Account") == Some(ANY_ACCOUNT))
}

/// The root user of an account by LocalStack's convention: the number is the key, `test` the secret.
pub(super) fn root_by_convention(account: &str) -> Admin {
    Admin {
        account: account.to_owned(),
        arn: format!("arn:aws:iam::{account}:root"),
        credentials: Credentials::new(account, "test", None, None, "rolecall"),
    }
}

fn is_url(text: &str) -> bool {
    let scheme = text
        .strip_prefix("http://")
        .or(text.strip_prefix("https://"));
    scheme.is_some_and(|host| !host.is_empty())
}

fn checked_run_id(id: &str) -> Result<String, ConnectError> {
    let allowed = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    if (1..=8).contains(&id.len()) && id.chars().all(allowed) {
        Ok(id.to_owned())
    } else {
        Err(ConnectError::RunId(id.to_owned()))
    }
}

/// An id from the time and the process.
fn new_run_id() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let seed = format!("{:?} {}", since.unwrap_or_default(), std::process::id());
    base36(fingerprint(seed.as_bytes()), 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::localstack("localstack", Ok(Place::Localstack))]
    #[case::url("http://127.0.0.1:5000/", Ok(Place::Url("http://127.0.0.1:5000".to_owned())))]
    #[case::aws(
        "https://sts.amazonaws.com",
        Err("a URL of AWS is refused: real AWS is the target `aws`")
    )]
    #[case::aws_in_capitals(
        "https://STS.AmazonAWS.com.",
        Err("a URL of AWS is refused: real AWS is the target `aws`")
    )]
    #[case::china(
        "https://iam.cn-north-1.amazonaws.com.cn",
        Err("a URL of AWS is refused: real AWS is the target `aws`")
    )]
    #[case::looks_alike("https://notamazonaws.com", Ok(Place::Url("https://notamazonaws.com".to_owned())))]
    #[case::no_scheme("127.0.0.1:5000", Err("`127.0.0.1:5000` is no target"))]
    #[case::real_aws("aws", Ok(Place::Aws))]
    #[case::word("moto", Err("`moto` is no target"))]
    fn a_target_is_localstack_or_a_url_that_is_not_of_aws(
        #[case] text: &str,
        #[case] expected: Result<Place, &str>,
    ) {
        assert_eq!(Place::parse(text), expected.map_err(str::to_owned));
    }

    #[test]
    fn a_run_id_is_short_and_plain() {
        assert!(checked_run_id("ci42").is_ok());
        for id in ["", "much-too-long", "Upper", "a-b"] {
            assert!(checked_run_id(id).is_err(), "{id}");
        }
        assert!(checked_run_id(&new_run_id()).is_ok());
    }
}
