//! The elements `Action` and `Resource`, with their negations.

use crate::arn::Arn;
use crate::context::Context;
use crate::node::Span;
use crate::pattern::{Case, Dialect, Pattern};

/// Actions hold no policy variables.
pub(crate) static NO_VARIABLES: Context = Context::new();

/// `Action` or `NotAction`.
#[derive(Clone, Debug)]
pub(crate) struct Actions {
    negated: bool,
    patterns: Box<[Pattern]>,
    span: Span,
}

impl Actions {
    pub(super) fn new<'v>(
        negated: bool,
        values: impl Iterator<Item = Option<&'v str>>,
        span: Span,
    ) -> Self {
        let read = |value| match value {
            Some(value) => Pattern::new(value, Dialect::Action, false),
            None => Pattern::never(""),
        };
        Self {
            negated,
            patterns: values.map(read).collect(),
            span,
        }
    }

    /// Whether the statement covers `action`; case doesn't count.
    pub(crate) fn covers(&self, action: &str) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(action, Case::Ignored, &NO_VARIABLES))
            != self.negated
    }

    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    pub(crate) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Whether nothing is listed, which AWS doesn't allow.
    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }
}

/// `Resource` or `NotResource`.
#[derive(Clone, Debug)]
pub(crate) struct Resources {
    negated: bool,
    patterns: Box<[ResourcePattern]>,
    span: Span,
}

#[derive(Clone, Debug)]
struct ResourcePattern {
    pattern: Pattern,
    /// For a log group's ARN that ends in `:*`, the form without.
    log_group: Option<Pattern>,
}

impl Resources {
    pub(super) fn new<'v>(
        negated: bool,
        values: impl Iterator<Item = Option<&'v str>>,
        span: Span,
        variables: bool,
    ) -> Self {
        Self {
            negated,
            patterns: values
                .map(|value| ResourcePattern::new(value, variables))
                .collect(),
            span,
        }
    }

    /// Whether the statement covers `resource`, for which `action` is asked.
    pub(crate) fn cover(&self, resource: &str, action: &str, context: &Context) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.covers(resource, action, context))
            != self.negated
    }

    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    pub(crate) fn written(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|entry| entry.pattern.written())
    }

    /// The condition keys that variables stand for, as written.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.patterns
            .iter()
            .flat_map(|entry| entry.pattern.variables())
    }

    /// Whether nothing is listed, which AWS doesn't allow.
    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }
}

impl ResourcePattern {
    fn new(value: Option<&str>, variables: bool) -> Self {
        let Some(value) = value else {
            return Self {
                pattern: Pattern::never(""),
                log_group: None,
            };
        };
        let read = |text| Pattern::new(text, Dialect::Resource, variables);
        Self {
            pattern: read(value),
            log_group: whole_log_group(value).map(read),
        }
    }

    fn covers(&self, resource: &str, action: &str, context: &Context) -> bool {
        // AWS: IAM User Guide, Resource element: an action without resource-level permissions asks for `*`,
        // which only a pattern for everything covers.
        if resource == "*" {
            return self.pattern.is_any();
        }
        self.pattern.matches(resource, Case::Sensitive, context)
            || self.log_group.as_ref().is_some_and(|group| {
                !is_log_tagging(action) && group.matches(resource, Case::Sensitive, context)
            })
    }
}

/// The log group's ARN without the `:*` that stands for the group as a whole.
///
/// AWS: `CloudWatch` Logs, permissions: actions on a group are checked on the form that ends in `:*`.
fn whole_log_group(value: &str) -> Option<&str> {
    let group = value.strip_suffix(":*")?;
    let arn = Arn::parse(group).filter(|arn| arn.service == "logs")?;
    let name = arn.resource.strip_prefix("log-group:")?;
    (!name.contains(':')).then_some(group)
}

/// Tagging a log group is checked on the form without `:*`.
fn is_log_tagging(action: &str) -> bool {
    const TAGGING: [&str; 6] = [
        "logs:ListTagsForResource",
        "logs:ListTagsLogGroup",
        "logs:TagLogGroup",
        "logs:TagResource",
        "logs:UntagLogGroup",
        "logs:UntagResource",
    ];
    TAGGING
        .iter()
        .any(|tagging| tagging.eq_ignore_ascii_case(action))
}
