//! A mock behind a port, and a live target that knows it by its URL alone.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::SharedTimeSource;
use rolecall::run::{Event, Outcome, Runner, TestResult};
use rolecall::scenario::model::Call;
use rolecall::scenario::{self, Loaded};
use rolecall::target::live::{Live, Place, Profile, Settings};
use rolecall::target::{Client, Got, Target};
use rolecall_mock::carrier::server::Server;
use rolecall_mock::{Clock, Mock, PolicyDocument, PolicySpec, UserSpec, World};
use rolecall_policy::{SourceId, Span};
use rolecall_wire::Structure;
use tokio::sync::Notify;

/// The mock on a port, for as long as it isn't dropped.
pub(crate) struct Served {
    pub(crate) mock: Mock,
    /// `http://127.0.0.1:PORT`.
    pub(crate) endpoint: String,
    _runtime: tokio::runtime::Runtime,
}

impl Served {
    /// One empty account 000000000000, as `rolecall serve` has it.
    pub(crate) fn start() -> Self {
        Self::of(|mock| mock)
    }

    pub(crate) fn of(
        settle: impl FnOnce(rolecall_mock::MockBuilder) -> rolecall_mock::MockBuilder,
    ) -> Self {
        let now = jiff::Timestamp::now();
        let mut world = World::new(0, now);
        world.add_account("000000000000").expect("an account");
        let clock = Clock::machine(jiff::Timestamp::now, jiff::SignedDuration::ZERO);
        let builder = Mock::builder(world).clock(clock).test_credentials(true);
        let mock = settle(builder).build();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let loopback = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let server = runtime
            .block_on(Server::bind(&mock, loopback))
            .expect("a port");
        let endpoint = format!("http://{}", server.address().expect("an address"));
        runtime.spawn(server.run(std::future::pending()));
        Self {
            mock,
            endpoint,
            _runtime: runtime,
        }
    }

    /// A new administrator of an account with these inline policies, by name: the access key and its secret.
    pub(crate) fn administrator(
        &self,
        account: &str,
        policies: &[(&str, &str)],
    ) -> (String, String) {
        let policies = policies.iter().map(|(name, json)| PolicySpec::Inline {
            name: (*name).to_owned(),
            document: PolicyDocument::parse(json).expect("a policy"),
        });
        let administrator = UserSpec {
            policies: policies.collect(),
            ..UserSpec::new(account, "administrator")
        };
        self.mock
            .update(|world| world.add_user(administrator))
            .expect("a user");
        let keys = self
            .mock
            .read(|world| world.user_credentials(account, "administrator"))
            .expect("keys");
        (keys.access_key_id, keys.secret.expose().to_owned())
    }

    /// A sleep that lets time pass in the mock's world alone.
    pub(crate) fn sleep(&self) -> SharedAsyncSleep {
        SharedAsyncSleep::new(Elsewhere(self.mock.clone()))
    }

    /// The time of the mock's world.
    pub(crate) fn time(&self) -> SharedTimeSource {
        rolecall_mock::carrier::connector::time_source(&self.mock)
    }

    /// What the world still has whose name, or the name in whose ARN, begins so, in these accounts; and an organization.
    pub(crate) fn left(&self, prefix: &str, accounts: &[&str]) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        let mut left = Vec::new();
        for account in accounts {
            for (operation, list, name) in LISTINGS {
                let names =
                    runtime.block_on(self.names(account, operation, Structure::new(), list, name));
                let own = |name: &String| {
                    // The name of an OIDC provider is its issuer's.
                    let last = name.rsplit('/').next().unwrap_or_default();
                    last.starts_with(prefix) || name.contains(":oidc-provider/")
                };
                left.extend(names.into_iter().filter(own));
            }
        }
        let organization = self.mock.read(World::export).organization;
        left.extend(organization.map(|organization| organization.id));
        left
    }

    /// A member of each element that an account's root user is shown.
    pub(crate) fn listed(
        &self,
        account: &str,
        operation: &str,
        input: Structure,
        list: &str,
        name: &str,
    ) -> Vec<String> {
        runtime().block_on(self.names(account, operation, input, list, name))
    }

    async fn names(
        &self,
        account: &str,
        operation: &str,
        input: Structure,
        list: &str,
        name: &str,
    ) -> Vec<String> {
        let client = Client::new(
            rolecall_mock::carrier::connector::http_client(&self.mock),
            "http://rolecall.invalid".to_owned(),
            self.time(),
        );
        let keys = Credentials::new(account, "test", None, None, "test");
        let (service, operation) = operation.split_once(':').expect("a service");
        let call = Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
            span: Span::new(SourceId(0), 0, 0),
            region: None,
            input,
        };
        match client.call(Some(&keys), &call).await.got {
            Got::Allowed(output) => {
                let (inside, list) = list.split_once('.').unwrap_or(("", list));
                let listed = output.structure(inside).unwrap_or(&output);
                let elements = listed.structures(list);
                let names = elements.filter_map(|members| members.string(name));
                names.map(str::to_owned).collect()
            }
            other => panic!("{operation}: {other:?}"),
        }
    }
}

/// What a run may leave, and how it is listed.
const LISTINGS: [(&str, &str, &str); 9] = [
    ("iam:ListUsers", "Users", "UserName"),
    ("iam:ListRoles", "Roles", "RoleName"),
    ("iam:ListGroups", "Groups", "GroupName"),
    ("iam:ListPolicies", "Policies", "PolicyName"),
    (
        "iam:ListOpenIDConnectProviders",
        "OpenIDConnectProviderList",
        "Arn",
    ),
    ("iam:ListSAMLProviders", "SAMLProviderList", "Arn"),
    (
        "iam:ListVirtualMFADevices",
        "VirtualMFADevices",
        "SerialNumber",
    ),
    ("s3:ListBuckets", "Buckets", "Name"),
    (
        "cloudfront:ListDistributions",
        "DistributionList.Items",
        "Comment",
    ),
];

/// The account of the first one of a scenario on the served mock.
pub(crate) const FIRST: &str = "000000000000";

/// How long a request may take: longer than any pause between two.
const LIMIT: Duration = Duration::from_mins(1);

/// Pauses that take no time, and a limit of requests that is over when a test says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoSleep {
    over: Arc<Notify>,
}

impl NoSleep {
    /// What says that the request under way has taken too long.
    pub(crate) fn over(&self) -> Arc<Notify> {
        Arc::clone(&self.over)
    }
}

impl AsyncSleep for NoSleep {
    fn sleep(&self, duration: Duration) -> Sleep {
        let over = self.over();
        Sleep::new(async move {
            if duration == LIMIT {
                over.notified().await;
            }
        })
    }
}

/// Pauses that take no time here, and theirs in the mock's world, where distributions take time.
#[derive(Clone, Debug)]
struct Elsewhere(Mock);

impl AsyncSleep for Elsewhere {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration == LIMIT {
            return Sleep::new(std::future::pending());
        }
        let passed = jiff::SignedDuration::try_from(duration).expect("a short time");
        self.0.clock().advance(passed);
        Sleep::new(std::future::ready(()))
    }
}

pub(crate) fn settings(journals: &Path, run: &str) -> Settings {
    Settings {
        run: Some(run.to_owned()),
        sleep: SharedAsyncSleep::new(NoSleep::default()),
        limit: LIMIT,
        keys: Some(("test".to_owned(), "test".to_owned())),
        ..Settings::new(journals.to_owned())
    }
}

pub(crate) fn connect(endpoint: &str, settings: &Settings) -> Live {
    let place = Place::parse(endpoint).expect("a target");
    runtime()
        .block_on(Live::connect(place, settings))
        .expect("the target answers")
}

/// A runtime for what is asked outside a run.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Finds out what the target enforces.
pub(crate) fn probe(live: &Live) -> Profile {
    let profile = runtime()
        .block_on(live.probe())
        .expect("the probes are put");
    profile.clone()
}

/// The repository's scenarios, or one of the tests' own.
pub(crate) fn load(path: &str) -> Loaded {
    let loaded = scenario::load(&[path.into()], &scenario::Disk);
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded
}

/// A scenario of a test's own.
pub(crate) fn written(scenario: &str) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("written.yaml");
    std::fs::write(&path, scenario).expect("a file");
    load(path.to_str().expect("UTF-8"))
}

/// What each step came to: its number, its outcome, and why.
pub(crate) fn outcomes(results: &[TestResult]) -> Vec<(String, Outcome, String)> {
    let steps = results.iter().flat_map(|result| &result.steps);
    steps
        .map(|step| (step.number.clone(), step.outcome, step.reasons.join("; ")))
        .collect()
}

pub(crate) fn run(live: &Live, loaded: &Loaded) -> Vec<TestResult> {
    run_until(live, loaded, &AtomicBool::new(false), |_result| false)
}

/// Runs tests until one of them is the last, as after Ctrl-C.
pub(crate) fn run_until(
    live: &Live,
    loaded: &Loaded,
    interrupted: &AtomicBool,
    is_last: impl Fn(&TestResult) -> bool,
) -> Vec<TestResult> {
    let tests: Vec<_> = loaded.tests.iter().collect();
    let mut results = Vec::new();
    Runner::new(Target::Live(live.clone()))
        .interrupted_by(interrupted)
        .run(&tests, |event| {
            if let Event::TestFinished(result) = event {
                results.push(result.clone());
                if is_last(result) {
                    interrupted.store(true, Ordering::Relaxed);
                }
            }
        });
    results
}

/// What only a clock that can be moved makes possible: there is no other reason to skip anything on the mock behind a URL, which
/// enforces all that AWS enforces.
pub(crate) fn is_reason(reason: &str) -> bool {
    let reasons = [
        "a step before it needs a clock that can be moved",
        "the target's clock can't be moved",
        "the world has policies that depend on what time it is",
    ];
    reasons.iter().any(|known| reason.starts_with(known))
}
