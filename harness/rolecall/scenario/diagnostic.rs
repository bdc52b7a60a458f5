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

impl Severity {
    /// `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
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

impl Diagnostic {
    /// An error that has no place yet.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            at: None,
            related: Vec::new(),
            help: None,
        }
    }

    /// A warning of the lint `code`.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message)
        }
    }

    /// The same, underlining `span`.
    #[must_use]
    pub fn at(mut self, span: Span, label: impl Into<String>) -> Self {
        self.at = Some((span, label.into()));
        self
    }

    /// The same with one more place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with a remedy, if there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Whether the file can't be run.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
