//! What `--target` says, and the target itself.

use super::Exit;
#[cfg(feature = "live")]
use super::config::Settings;
#[cfg(feature = "live")]
use super::live::{self, LiveArguments};
use crate::scenario::did_you_mean;
#[cfg(feature = "live")]
use crate::scenario::model::Test;
use crate::target::Target;

/// A target as the command line names it, not yet connected.
#[derive(Clone, Debug, Default)]
pub(super) enum TargetName {
    /// `mock`.
    #[default]
    Mock,
    /// `http`.
    Http,
    /// `localstack`, `aws`, or a URL.
    #[cfg(feature = "live")]
    Live(crate::target::live::Place),
}

impl TargetName {
    /// As the command line has it.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Mock => "mock",
            Self::Http => "http",
            #[cfg(feature = "live")]
            Self::Live(place) => place.name(),
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "mock" => Ok(Self::Mock),
            "http" => Ok(Self::Http),
            other => Self::live(other),
        }
    }

    #[cfg(feature = "live")]
    fn live(text: &str) -> Result<Self, String> {
        let place = crate::target::live::Place::parse(text);
        place.map(Self::Live).map_err(|reason| {
            did_you_mean(text, ["mock", "http", "localstack", "aws"]).unwrap_or(format!(
                "{reason}; the targets are `mock`, `http`, `localstack`, `aws` and URLs"
            ))
        })
    }

    #[cfg(not(feature = "live"))]
    fn live(text: &str) -> Result<Self, String> {
        Err(did_you_mean(text, ["mock", "http"])
            .unwrap_or_else(|| "the targets of this build are `mock` and `http`".to_owned()))
    }

    /// The target, ready for tests.
    ///
    /// # Errors
    ///
    /// Told, when it can't be used, or nobody says yes to what would be built.
    #[cfg(feature = "live")]
    pub(super) fn connect(
        &self,
        arguments: &LiveArguments,
        settings: &Settings,
        tests: &[&Test],
    ) -> Result<Target, Exit> {
        match self {
            Self::Mock => Ok(Target::Mock),
            Self::Http => Ok(Target::Http),
            Self::Live(place) => {
                let live = arguments.connect(place, settings, tests)?;
                Ok(Target::Live(live))
            }
        }
    }

    /// The target.
    #[cfg(not(feature = "live"))]
    pub(super) fn mock(&self) -> Target {
        match self {
            Self::Mock => Target::Mock,
            Self::Http => Target::Http,
        }
    }
}

/// Ends a run.
///
/// # Errors
///
/// Told, when something is left on the target.
#[cfg_attr(
    not(feature = "live"),
    expect(clippy::unnecessary_wraps, reason = "the mock leaves nothing")
)]
pub(super) fn finish(target: &Target) -> Result<(), Exit> {
    match target {
        #[cfg(feature = "live")]
        Target::Live(live) => live::finish(live),
        Target::Mock | Target::Http => Ok(()),
    }
}
