//! Where a statement stands in its document, as the simulator counts.
//!
//! AWS: IAM API Reference, the examples of `SimulateCustomPolicy` and `SimulatePrincipalPolicy`, and public captures: a
//! statement begins behind the bracket or comma before it, one that is no list's behind its own brace, and ends behind
//! its closing brace; lines and columns count from 1.

use std::collections::HashMap;
use std::sync::Arc;

use rolecall_policy::{Policy, Value, json};

use crate::world::API_SOURCE;

/// A line and a column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where a statement begins and ends.
type Range = (Position, Position);

/// The positions of the statements of policies, each policy's text being read once.
#[derive(Debug, Default)]
pub(super) struct Positions {
    /// By the policy's address, which is no other's as long as the policy is held.
    known: HashMap<*const Policy, (Arc<Policy>, Vec<Range>)>,
}

impl Positions {
    /// Where a statement begins and ends, by its place in the policy.
    pub(super) fn of_statement(&mut self, policy: &Arc<Policy>, index: usize) -> Option<Range> {
        let known = self.known.entry(Arc::as_ptr(policy)).or_insert_with(|| {
            let text = policy.text.as_deref().unwrap_or_default();
            (Arc::clone(policy), of_statements(text).unwrap_or_default())
        });
        known.1.get(index).copied()
    }
}

/// Where each statement of a document begins and ends.
fn of_statements(text: &str) -> Option<Vec<Range>> {
    let document = json::read(text, API_SOURCE).ok()?;
    let statements = document.get("Statement")?;
    let is_list = matches!(statements.value, Value::List(_));
    let mut walk = Walk::of(text);
    let ranges = statements.items().iter().map(|statement| {
        let (start, end) = (statement.span.start as usize, statement.span.end as usize);
        let start = if is_list {
            text.get(..start)?.rfind([',', '['])? + 1
        } else {
            start + 1
        };
        Some((walk.to(start)?, walk.to(end)?))
    });
    ranges.collect()
}

/// A walk through a text, forwards only.
struct Walk<'t> {
    rest: &'t str,
    offset: usize,
    at: Position,
}

impl<'t> Walk<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            rest: text,
            offset: 0,
            at: Position { line: 1, column: 1 },
        }
    }

    /// The position of an offset in bytes.
    fn to(&mut self, offset: usize) -> Option<Position> {
        let (passed, rest) = self
            .rest
            .split_at_checked(offset.checked_sub(self.offset)?)?;
        for character in passed.chars() {
            if character == '\n' {
                self.at.line += 1;
                self.at.column = 1;
            } else {
                self.at.column += 1;
            }
        }
        (self.rest, self.offset) = (rest, offset);
        Some(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(line: usize, column: usize) -> Position {
        Position { line, column }
    }

    #[test]
    fn statements_begin_and_end_where_awss_examples_have_them() {
        // AWS: IAM API Reference, SimulatePrincipalPolicy, example 1.
        let single = "{\n  \"Version\":\"2012-10-17\",\n  \"Statement\":{\n    \"Effect\":\"Allow\",\n    \
                      \"Action\":\"s3:PutObject\",\n    \"Resource\":\"arn:aws:s3:::my-test-bucket\"\n  }\n}";
        // Public captures of AdministratorAccess, as it was indented then.
        let list = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \
                    \"Action\": \"*\",\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        let line = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"},{"Effect":"Deny"}]}"#;
        let rows = [
            (single, 0, position(3, 16), position(7, 4)),
            (list, 0, position(3, 17), position(8, 6)),
            (line, 0, position(1, 38), position(1, 56)),
            (line, 1, position(1, 57), position(1, 74)),
        ];
        for (text, index, start, end) in rows {
            let ranges = of_statements(text).unwrap();
            assert_eq!(ranges.get(index), Some(&(start, end)), "{text}");
        }
        assert_eq!(of_statements(line).unwrap().len(), 2);
        assert_eq!(of_statements(""), None);
    }
}
