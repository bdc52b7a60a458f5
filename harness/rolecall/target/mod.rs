//! Where tests run: the mock in process, or the same mock over HTTP.

mod answer;
mod change;
mod client;
#[cfg(feature = "discover")]
mod discover;
mod mock_stage;
mod save;
mod stage;
mod world;

pub use answer::{Answer, Got};
pub use client::{Client, DEFAULT_REGION};
pub use save::{Beside, SavedWorld, save};
pub use stage::{Asked, Stage, StageError, Unasked, Who};
pub use world::{DEFAULT_SEED, ProvisionError, mock, provision};

use mock_stage::MockStage;
pub(crate) use mock_stage::context_key;

use crate::scenario::model::World;

/// Where tests run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// `mock`: the mock is the SDK's HTTP client; no socket is opened.
    #[default]
    Mock,
    /// `http`: the mock behind a port of its own for each test, reached over loopback.
    #[cfg(feature = "http")]
    Http,
}

impl Target {
    /// As `--target` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mock => "mock",
            #[cfg(feature = "http")]
            Self::Http => "http",
        }
    }

    /// The runtime that a job runs its tests on. In process it has no I/O driver: no socket could be opened.
    pub(crate) fn runtime(self) -> std::io::Result<tokio::runtime::Runtime> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        match self {
            Self::Mock => builder.enable_time(),
            #[cfg(feature = "http")]
            Self::Http => builder.enable_all(),
        };
        builder.build()
    }

    /// A stage of its own for one test, its world built.
    ///
    /// # Errors
    ///
    /// When the world can't be built, or no port can be had.
    pub async fn stage(self, world: &World) -> Result<Stage, StageError> {
        let stage = match self {
            Self::Mock => MockStage::in_process(world)?,
            #[cfg(feature = "http")]
            Self::Http => MockStage::over_http(world).await?,
        };
        Ok(Stage::mock(stage))
    }
}
