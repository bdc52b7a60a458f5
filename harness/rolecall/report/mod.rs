//! Telling what happened: each reporter reads events and outcomes, and nothing else.

mod account;
mod again;
mod diagram;
mod explanation;
mod github;
mod html;
mod html_step;
mod json;
mod junit;
mod markdown;
mod requests;
mod tap;
mod terminal;

use std::io;

pub(crate) use again::again;
pub(crate) use explanation::of_step;
pub use explanation::{Reason, checks, draw, grants, reasons, speak};
pub use github::{GithubReporter, annotations};
pub use html::HtmlReporter;
pub use json::JsonReporter;
pub use junit::JunitReporter;
pub use markdown::MarkdownReporter;
pub use requests::{RequestStyle, denied_request, request_line};
pub use tap::TapReporter;
pub(crate) use terminal::step_that_failed;
#[cfg(feature = "suite")]
pub(crate) use terminal::test_that_failed;
pub use terminal::{Explain, TerminalReporter, TerminalStyle};

use account::{account, notes};

use crate::run::Event;

/// Tells of a run, event by event.
pub trait Reporter {
    /// Writes what an event has to tell.
    ///
    /// # Errors
    ///
    /// As the writer behind it.
    fn report(&mut self, event: &Event<'_>) -> io::Result<()>;
}
