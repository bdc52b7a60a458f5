//! Where a statement stands in its document, as the simulator counts.
//!
//! AWS: IAM API Reference, the examples of `SimulateCustomPolicy` and `SimulatePrincipalPolicy`, and public captures: a
//! statement begins behind the bracket or comma before it, one that is no list's behind its own brace, and ends behind
//! its closing brace; lines and columns count from 1.

use rolecall_policy::{Value, json};

use crate::world::API_SOURCE;

/// A line and a column, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where a statement begins and ends, by its place in the document.
pub(super) fn of_statement(text: &str, index: usize) -> Option<(Position, Position)> {
    let document = json::read(text, API_SOURCE).ok()?;
    let statements = document.get("Statement")?;
    let statement = statements.items().get(index)?;
    let (start, end) = (statement.span.start as usize, statement.span.end as usize);
    let start = match statements.value {
        Value::List(_) => text.get(..start)?.rfind([',', '['])? + 1,
        _ => start + 1,
    };
    Some((at(text, start)?, at(text, end)?))
}

fn at(text: &str, offset: usize) -> Option<Position> {
    let before = text.get(..offset)?;
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Some(Position {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..)?.chars().count() + 1,
    })
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
            assert_eq!(of_statement(text, index), Some((start, end)), "{text}");
        }
        assert_eq!(of_statement(line, 2), None);
        assert_eq!(of_statement("", 0), None);
    }
}
