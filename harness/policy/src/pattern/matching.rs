//! Matching a pattern.
//!
//! One pass with the classic resume-at-the-last-star: a star, once passed, never has to give back what an
//! earlier one took, so the cost grows with the text and not with the number of stars. A bounded star (one
//! that may not leave its part of an ARN) can get stuck; then the last unbounded one before it goes on.

use super::{Pattern, Piece, Shape};
use crate::context::Context;

/// Whether letters must agree in case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Sensitive,
    Ignored,
}

impl Pattern {
    /// Whether all of `text` matches.
    pub(crate) fn matches(&self, text: &str, case: Case, context: &Context) -> bool {
        match &self.shape {
            Shape::Never => false,
            Shape::Any => true,
            Shape::Exact => equals(&self.written, text, case),
            Shape::Prefix => self
                .written
                .strip_suffix('*')
                .is_some_and(|start| begins(text, start, case).is_some()),
            Shape::Pieces(pieces) => Matcher {
                written: &self.written,
                pieces,
                text,
                case,
                context,
                bound: usize::MAX,
            }
            .run(),
        }
    }

    /// Whether the ARN `text` matches part by part.
    ///
    /// AWS: IAM User Guide, condition operators: each of the six parts is checked separately.
    pub(crate) fn matches_arn(&self, text: &str, context: &Context) -> bool {
        let Shape::Pieces(pieces) = &self.shape else {
            return self.matches(text, Case::Sensitive, context);
        };
        let Some((fifth, _)) = text.match_indices(':').nth(4) else {
            return false;
        };
        Matcher {
            written: &self.written,
            pieces,
            text,
            case: Case::Sensitive,
            context,
            bound: fifth + 1,
        }
        .run()
    }
}

fn equals(left: &str, right: &str, case: Case) -> bool {
    match case {
        Case::Sensitive => left == right,
        Case::Ignored => equals_ignoring_case(left, right),
    }
}

/// Whether two texts are the same but for the case of their letters.
fn equals_ignoring_case(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || !(left.is_ascii() && right.is_ascii())
            && left
                .chars()
                .flat_map(char::to_lowercase)
                .eq(right.chars().flat_map(char::to_lowercase))
}

/// The length of the part of `text` that `start` stands for, if `text` begins with it.
fn begins(text: &str, start: &str, case: Case) -> Option<usize> {
    match case {
        Case::Sensitive => text.starts_with(start).then_some(start.len()),
        Case::Ignored => match text.get(..start.len()) {
            Some(part) if part.eq_ignore_ascii_case(start) => Some(start.len()),
            _ if text.is_ascii() && start.is_ascii() => None,
            _ => begins_ignoring_case(text, start),
        },
    }
}

fn begins_ignoring_case(text: &str, start: &str) -> Option<usize> {
    let mut characters = text.chars();
    for wanted in start.chars() {
        let had = characters.next()?;
        if !had.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - characters.as_str().len())
}

/// How far a match has come.
#[derive(Clone, Copy)]
struct Place {
    piece: usize,
    byte: usize,
}

struct Matcher<'m> {
    written: &'m str,
    pieces: &'m [Piece],
    text: &'m str,
    case: Case,
    context: &'m Context,
    /// Bounded wildcards take no colon before this byte.
    bound: usize,
}

impl<'m> Matcher<'m> {
    fn run(&self) -> bool {
        let mut place = Place { piece: 0, byte: 0 };
        let mut free: Option<Place> = None;
        let mut bounded: Option<Place> = None;
        loop {
            match self.pieces.get(place.piece) {
                None if place.byte == self.text.len() => return true,
                Some(Piece::Star { bounded: false }) => {
                    place.piece += 1;
                    if let Some(ends) = self.ends(place) {
                        return ends;
                    }
                    (free, bounded) = (Some(place), None);
                    continue;
                }
                Some(Piece::Star { bounded: true }) => {
                    place.piece += 1;
                    bounded = Some(place);
                    continue;
                }
                Some(piece) => {
                    if let Some(length) = self.takes(piece, place.byte) {
                        place.piece += 1;
                        place.byte += length;
                        continue;
                    }
                }
                None => {}
            }
            bounded = bounded.and_then(|star| self.widen_bounded(star));
            if bounded.is_none() {
                free = free.and_then(|star| self.widen(star));
            }
            match bounded.or(free) {
                Some(next) => place = next,
                None => return false,
            }
        }
    }

    /// After an unbounded star: the answer, when nothing or one last literal follows.
    fn ends(&self, place: Place) -> Option<bool> {
        let rest = self.text.get(place.byte..).unwrap_or_default();
        match self.pieces.get(place.piece..)? {
            [] => Some(true),
            [last @ Piece::Text { .. }] if self.case == Case::Sensitive => {
                Some(self.literal(last).is_some_and(|text| rest.ends_with(text)))
            }
            _ => None,
        }
    }

    /// How many bytes a piece other than a star takes.
    fn takes(&self, piece: &'m Piece, byte: usize) -> Option<usize> {
        let rest = self.text.get(byte..)?;
        if let Piece::One { bounded } = piece {
            let character = rest.chars().next()?;
            let separates = *bounded && character == ':' && byte < self.bound;
            return (!separates).then(|| character.len_utf8());
        }
        begins(rest, self.literal(piece)?, self.case)
    }

    /// The text a piece stands for; a variable without value stands for none.
    fn literal(&self, piece: &'m Piece) -> Option<&'m str> {
        match piece {
            Piece::Text { start, end } => self.written.get(*start..*end),
            Piece::Colon => Some(":"),
            Piece::Variable(variable) => self
                .context
                .single(&variable.key)
                .or(variable.default.as_deref()),
            Piece::One { .. } | Piece::Star { .. } => None,
        }
    }

    /// Lets a bounded star take one byte more.
    fn widen_bounded(&self, star: Place) -> Option<Place> {
        let byte = *self.text.as_bytes().get(star.byte)?;
        let separates = byte == b':' && star.byte < self.bound;
        (!separates).then_some(Place {
            byte: star.byte + 1,
            ..star
        })
    }

    /// Lets an unbounded star take as much more as the literal after it, if one follows, makes it.
    fn widen(&self, star: Place) -> Option<Place> {
        let from = star.byte + 1;
        let byte = match self.pieces.get(star.piece) {
            Some(piece @ Piece::Text { .. }) if self.case == Case::Sensitive => {
                let from = self.text.ceil_char_boundary(from);
                let rest = self.text.get(from..)?;
                from + rest.find(self.literal(piece)?)?
            }
            _ if from > self.text.len() => return None,
            _ => from,
        };
        Some(Place { byte, ..star })
    }
}
