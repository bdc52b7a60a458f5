//! A mistake in a file: what, where, and the remedy.

use rolecall_policy::Span;

/// How bad a [`Diagnostic`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The file can't be run (exit status 2).
    Error,
    /// Advice; muted by `# rolecall: allow(LINT)`.
    Warning,
}

/// A mistake in a file, with its place and the remedy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// A stable name: `scenario::unknown-role`; for a warning, the lint's name.
    pub code: &'static str,
    /// The main fact: lower case, no full stop, the user's text in backticks.
    pub message: String,
    /// The underlined place and its label; `None` where there is none (a file that can't be read).
    pub at: Option<(Span, String)>,
    /// A second place that explains the first (`first defined here`).
    pub related: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}
