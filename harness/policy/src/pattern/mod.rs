//! The strings of a policy that match others: wildcards, policy variables and escapes, read once when the
//! document is prepared and matched without allocating.
//!
//! A [`Pattern`] keeps the string as written and points into it. [`Dialect`] says what is special in it, as
//! that differs from element to element; [`compile`] reads it, [`matching`] matches it.

mod compile;
mod matching;

pub(crate) use matching::Case;

use crate::context::Key;

/// What is special in a string, depending on the element it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Nothing but variables: `StringEquals`.
    Exact,
    /// `*` and `?` stand for anything: `StringLike`.
    Glob,
    /// `*` and `?` stay between the ARN's first five colons: `ArnLike`.
    ArnOperator,
    /// As `Glob`, but an incomplete ARN is filled up and a `*` amid one of the first five parts stays in it.
    Resource,
    /// `*` and `?` in the name after the service; no variables.
    Action,
}

/// A string of a policy, ready to be matched.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    written: Box<str>,
    shape: Shape,
}

/// What matching has to do; the common cases need no interpreter.
#[derive(Clone, Debug)]
enum Shape {
    /// Malformed: matches nothing.
    Never,
    /// Matches everything.
    Any,
    /// The string itself.
    Exact,
    /// The string without its last byte, a `*`, begins the text.
    Prefix,
    /// Anything else.
    Pieces(Box<[Piece]>),
}

/// A step of a pattern.
#[derive(Clone, Debug)]
enum Piece {
    /// These bytes of the string as written.
    Text { start: usize, end: usize },
    /// A colon that an incomplete ARN left out.
    Colon,
    /// One character; a bounded one is no colon that separates the ARN's parts.
    One { bounded: bool },
    /// Any number of characters; a bounded one passes no colon that separates the ARN's parts.
    Star { bounded: bool },
    /// The value of a condition key.
    Variable(Box<Variable>),
}

/// `${key}` or `${key, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    /// The key as written.
    name: Box<str>,
    key: Key,
    default: Option<Box<str>>,
}

impl Pattern {
    /// Reads `written`; `variables` are for documents of version 2012-10-17.
    pub(crate) fn new(written: &str, dialect: Dialect, variables: bool) -> Self {
        Self {
            written: written.into(),
            shape: compile::shape(written, dialect, variables),
        }
    }

    /// A string that matches nothing.
    pub(crate) fn never(written: &str) -> Self {
        Self {
            written: written.into(),
            shape: Shape::Never,
        }
    }

    /// The string as written.
    pub(crate) fn written(&self) -> &str {
        &self.written
    }

    /// The condition keys its variables stand for, as written.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let pieces = match &self.shape {
            Shape::Pieces(pieces) => pieces,
            Shape::Never | Shape::Any | Shape::Exact | Shape::Prefix => &[] as &[Piece],
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(&*variable.name),
            Piece::Text { .. } | Piece::Colon | Piece::One { .. } | Piece::Star { .. } => None,
        })
    }

    /// Whether everything matches.
    pub(crate) fn is_any(&self) -> bool {
        matches!(self.shape, Shape::Any)
    }

    /// Whether one text alone matches, the string as written.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.shape, Shape::Exact)
    }

    /// Whether the string can't match because it is malformed.
    pub(crate) fn is_never(&self) -> bool {
        matches!(self.shape, Shape::Never)
    }
}
