//! The exit statuses, in one table.

use std::process::ExitCode;

/// How a command ended. Where several hold, the first in this order is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 130: interrupted.
    Interrupted,
    /// 2: a mistake on the command line, or in a scenario or policy file.
    Usage,
    /// 3: the target could not be used, or a step ended in error.
    Error,
    /// 1: an expectation failed.
    Failure,
    /// 4: nothing matched.
    NothingMatched,
    /// 0: all as expected.
    Success,
}

impl Exit {
    /// The number that scripts see.
    pub const fn status(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Error => 3,
            Self::NothingMatched => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}
