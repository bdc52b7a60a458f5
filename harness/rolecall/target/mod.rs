//! Where tests run: the mock in process, the same mock over HTTP, or a target that is no mock of ours.

mod answer;
mod change;
mod client;
#[cfg(feature = "discover")]
mod discover;
mod federation;
#[cfg(feature = "live")]
pub mod live;
mod mock_stage;
mod save;
mod stage;
mod world;

pub(crate) use answer::is_denial_code;
pub use answer::{Answer, Got, is_denial};
pub use client::{Client, DEFAULT_REGION};
pub use save::{Beside, SavedWorld, save};
pub use stage::{Asked, Stage, StageError, Unasked, Who};
pub use world::{DEFAULT_SEED, ProvisionError, mock, provision};

use mock_stage::MockStage;
pub(crate) use mock_stage::context_key;

use crate::scenario::model::Test;

/// Where tests run.
#[derive(Clone, Debug, Default)]
pub enum Target {
    /// `mock`: the mock is the SDK's HTTP client; no socket is opened.
    #[default]
    Mock,
    /// `http`: the mock behind a port of its own for each test, reached over loopback.
    #[cfg(feature = "http")]
    Http,
    /// `localstack`, a URL: what is reached over the network.
    #[cfg(feature = "live")]
    Live(live::Live),
}

impl Target {
    /// As `--target` names it.
    pub fn name(&self) -> &str {
        match self {
            Self::Mock => "mock",
            #[cfg(feature = "http")]
            Self::Http => "http",
            #[cfg(feature = "live")]
            Self::Live(live) => live.name(),
        }
    }

    /// The runtime that a job runs its tests on. In process it has no I/O driver: no socket could be opened.
    pub(crate) fn runtime(&self) -> std::io::Result<tokio::runtime::Runtime> {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        match self {
            Self::Mock => builder.enable_time(),
            #[cfg(feature = "http")]
            Self::Http => builder.enable_all(),
            #[cfg(feature = "live")]
            Self::Live(_) => builder.enable_all(),
        };
        builder.build()
    }

    /// A stage of its own for one test, its world built.
    ///
    /// # Errors
    ///
    /// When the world can't be built, or no port can be had.
    pub async fn stage(&self, test: &Test) -> Result<Stage, StageError> {
        match self {
            Self::Mock => Ok(Stage::mock(MockStage::in_process(&test.world)?)),
            #[cfg(feature = "http")]
            Self::Http => Ok(Stage::mock(MockStage::over_http(&test.world).await?)),
            #[cfg(feature = "live")]
            Self::Live(live) => Ok(Stage::live(live.stage(test).await?)),
        }
    }
}
