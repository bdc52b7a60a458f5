//! The mock itself: a world, a clock, and the pipeline that answers requests.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use http::{Request, Response};

use crate::authorization::{Authorization, SharedLedger};
use crate::clock::Clock;
use crate::context::{ContextKey, Given};
use crate::discovery::{FetchError, FetchKeys};
use crate::ids::Ids;
use crate::pipeline;
use crate::trail::{Event, Observer, Trail};
use crate::world::World;

/// A mock AWS. Clones are the same mock.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use rolecall_mock::{Mock, World};
///
/// let world = World::new(1, "2026-01-01T00:00:00Z".parse().unwrap());
/// let mock = Mock::new(world);
///
/// let request = http::Request::get("/?Action=GetCallerIdentity&Version=2011-06-15")
///     .body(Bytes::new())
///     .unwrap();
/// assert_eq!(mock.handle(request).status(), 403);
/// ```
#[derive(Clone, Debug)]
pub struct Mock {
    state: Arc<State>,
}

/// What requests share.
pub(crate) struct State {
    first: World,
    world: RwLock<World>,
    pub(crate) clock: Clock,
    pub(crate) enforce: bool,
    pub(crate) test_credentials: bool,
    pub(crate) authorization_id_in_messages: bool,
    given: RwLock<Given>,
    fetch_keys: Option<FetchKeys>,
    pub(crate) ledger: SharedLedger,
    request_ids: Mutex<Ids>,
    trail: Mutex<Trail>,
    observer: Option<Observer>,
}

/// Says how a mock is to be.
pub struct MockBuilder {
    world: World,
    clock: Option<Clock>,
    enforce: bool,
    test_credentials: bool,
    authorization_id_in_messages: bool,
    fetch_keys: Option<FetchKeys>,
    observer: Option<Observer>,
}

impl MockBuilder {
    /// Whether authorization is on (as it is without a word). Off, every request is allowed, with any credentials.
    #[must_use]
    pub fn enforce(mut self, enforce: bool) -> Self {
        self.enforce = enforce;
        self
    }

    /// The clock; a manual one from the world's start where none is given.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Whether access key `test` with secret `test` is the root user of the default account, and a 12-digit access key
    /// with that secret the root user of that account, which is made on first use.
    #[must_use]
    pub fn test_credentials(mut self, test_credentials: bool) -> Self {
        self.test_credentials = test_credentials;
        self
    }

    /// Whether the text of a denial ends with its authorization's id and where to look it up, as AWS does for some of its
    /// services (not without a word). The id is in the header
    /// [`AUTHORIZATION_ID_HEADER`](crate::AUTHORIZATION_ID_HEADER) all the same.
    #[must_use]
    pub fn authorization_id_in_messages(mut self, tell: bool) -> Self {
        self.authorization_id_in_messages = tell;
        self
    }

    /// Who is told of every request as soon as there is an answer, before the client gets it. It is called by whichever
    /// thread answers, so it should be quick.
    #[must_use]
    pub fn on_event(mut self, observer: impl Fn(&Arc<Event>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// What fetches the keys of issuers whose providers' keys are
    /// [`Discovered`](crate::ProviderKeysSpec::Discovered): given the issuer's URL, it answers with the text of a JWKS.
    /// Without it, their tokens are refused as AWS does when it can't fetch the keys. A request waits for it.
    #[must_use]
    pub fn fetch_keys(
        mut self,
        fetch: impl Fn(&str) -> Result<String, FetchError> + Send + Sync + 'static,
    ) -> Self {
        self.fetch_keys = Some(FetchKeys::new(fetch));
        self
    }

    /// The mock.
    pub fn build(self) -> Mock {
        let start = self.world.start();
        Mock {
            state: Arc::new(State {
                request_ids: Mutex::new(request_ids(&self.world)),
                world: RwLock::new(self.world.clone()),
                first: self.world,
                clock: self.clock.unwrap_or_else(|| Clock::manual(start)),
                enforce: self.enforce,
                test_credentials: self.test_credentials,
                given: RwLock::default(),
                fetch_keys: self.fetch_keys,
                ledger: SharedLedger::default(),
                authorization_id_in_messages: self.authorization_id_in_messages,
                trail: Mutex::default(),
                observer: self.observer,
            }),
        }
    }
}

impl Mock {
    /// A mock that enforces policies, with a manual clock.
    pub fn new(world: World) -> Self {
        Self::builder(world).build()
    }

    /// Says how a mock of this world is to be.
    pub fn builder(world: World) -> MockBuilder {
        MockBuilder {
            world,
            clock: None,
            enforce: true,
            test_credentials: false,
            authorization_id_in_messages: false,
            fetch_keys: None,
            observer: None,
        }
    }

    /// Answers a request as AWS does. Never panics, whatever the request.
    ///
    /// A [`RequestContext`](crate::RequestContext) in the request's extensions says where the request comes from and
    /// which condition keys it has of its own.
    pub fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        pipeline::answer(&self.state, request)
    }

    /// The clock, shared.
    pub fn clock(&self) -> Clock {
        self.state.clock.clone()
    }

    /// The authorization that an answer's [`AUTHORIZATION_ID_HEADER`](crate::AUTHORIZATION_ID_HEADER) names, if it is
    /// still kept.
    pub fn authorization(&self, id: &str) -> Option<Arc<Authorization>> {
        self.state.ledger.lock().find(id)
    }

    /// The authorizations of late, newest last: as many as make up 10,000 evaluations.
    pub fn evaluations(&self) -> Vec<Arc<Authorization>> {
        self.state.ledger.lock().all()
    }

    /// The requests of late as CloudTrail tells of them, newest last: at most 10,000.
    pub fn events(&self) -> Vec<Arc<Event>> {
        self.state.trail().all()
    }

    /// Condition keys for every request from now on; they replace the requests' own.
    pub fn set_context(&self, keys: Vec<ContextKey>) {
        self.state.given_mut().give_all(keys);
    }

    /// Condition keys for requests that are signed with this access key from now on; without an access key, for unsigned
    /// requests. They replace the requests' own and those of [`set_context`](Self::set_context); no keys take back what was
    /// given before, and so does [`reset`](Self::reset).
    pub fn set_context_of(&self, access_key: Option<&str>, keys: Vec<ContextKey>) {
        self.state.given_mut().give(access_key, keys);
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Looks at the world as it is now.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.state.read())
    }

    /// Changes the world, between two requests.
    pub fn update<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.state.write())
    }

    /// Back to the first world, its seed and the clock's first offset; condition keys that were given to those who sign are
    /// forgotten.
    pub fn reset(&self) {
        *self.state.write() = self.state.first.with_unused_keys();
        *self.state.request_ids() = request_ids(&self.state.first);
        self.state.ledger.lock().clear();
        self.state.trail().clear();
        self.state.given_mut().take_back();
        self.state.clock.reset();
    }
}

impl State {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks an issuer for its keys, and keeps them. No lock is held while it thinks.
    pub(crate) fn discover_keys(&self, issuer: &str) -> Result<(), FetchError> {
        let Some(fetch_keys) = &self.fetch_keys else {
            return Ok(());
        };
        let jwks = fetch_keys.fetch(issuer)?;
        let learnt = self.write().learn_keys(issuer, &jwks, self.clock.now());
        learnt.map_err(|error| FetchError::Failed(error.to_string()))
    }

    /// The condition keys that a test gives.
    pub(crate) fn given(&self) -> RwLockReadGuard<'_, Given> {
        self.given.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn given_mut(&self) -> RwLockWriteGuard<'_, Given> {
        self.given.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn trail(&self) -> std::sync::MutexGuard<'_, Trail> {
        self.trail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an event, and tells whoever wants to know.
    pub(crate) fn tell(&self, event: Event) {
        let event = Arc::new(event);
        if let Some(observer) = &self.observer {
            observer(&event);
        }
        self.trail().add(event);
    }

    pub(crate) fn request_ids(&self) -> std::sync::MutexGuard<'_, Ids> {
        self.request_ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("clock", &self.clock)
            .field("enforce", &self.enforce)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for MockBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockBuilder")
            .field("clock", &self.clock)
            .field("enforce", &self.enforce)
            .field("test_credentials", &self.test_credentials)
            .finish_non_exhaustive()
    }
}

/// Request ids have a generator of their own, so that reading more doesn't change what is made later.
fn request_ids(world: &World) -> Ids {
    Ids::new(!world.ids.seed())
}
