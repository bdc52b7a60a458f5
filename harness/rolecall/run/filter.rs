//! The filter language of `-E`: `name(GLOB)`, `tag(T)`, `&`, `|`, `!`, parentheses; a bare word is `name(*word*)`.

use wildmatch::WildMatch;

/// A filter over tests.
#[derive(Clone, Debug)]
pub struct Filter {
    expression: Expression,
}

#[derive(Clone, Debug)]
enum Expression {
    Name(WildMatch),
    Tag(WildMatch),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
}

/// Why a filter can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at character {} of the filter `{filter}`", at + 1)]
pub struct FilterError {
    /// The filter as given.
    pub filter: String,
    /// What is wrong.
    pub message: String,
    /// Where, in characters from 0.
    pub at: usize,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// With the place where reading stopped.
    ///
    /// # Example
    ///
    /// ```
    /// use rolecall::run::Filter;
    ///
    /// let filter = Filter::parse("tag(trust) & !name(external-id/*)")?;
    /// assert!(filter.admits("wrong-principal", &["trust".to_owned()]));
    /// assert!(!filter.admits("external-id/wrong id", &["trust".to_owned()]));
    /// # Ok::<(), rolecall::run::FilterError>(())
    /// ```
    pub fn parse(filter: &str) -> Result<Self, FilterError> {
        let mut parser = Parser {
            characters: filter.chars().collect(),
            at: 0,
            depth: 0,
        };
        parser
            .either()
            .and_then(|expression| parser.end().map(|()| Self { expression }))
            .map_err(|message| FilterError {
                filter: filter.to_owned(),
                message,
                at: parser.at,
            })
    }

    /// The filter for one test, as it is typed: `name(tutorial)`.
    pub fn for_test(name: &str) -> String {
        let mut escaped = String::with_capacity(name.len());
        for character in name.chars() {
            if matches!(character, '(' | ')' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        format!("name({escaped})")
    }

    /// Whether the filter lets a test through.
    pub fn admits(&self, name: &str, tags: &[String]) -> bool {
        self.expression.admits(name, tags)
    }
}

impl Expression {
    fn admits(&self, name: &str, tags: &[String]) -> bool {
        match self {
            Self::Name(glob) => glob.matches(name),
            Self::Tag(glob) => tags.iter().any(|tag| glob.matches(tag)),
            Self::Not(inner) => !inner.admits(name, tags),
            Self::And(left, right) => left.admits(name, tags) && right.admits(name, tags),
            Self::Or(left, right) => left.admits(name, tags) || right.admits(name, tags),
        }
    }
}

struct Parser {
    characters: Vec<char>,
    at: usize,
    depth: usize,
}

/// Deeper nesting than any person writes; the parser calls itself.
const MOST_NESTED: usize = 64;

impl Parser {
    fn either(&mut self) -> Result<Expression, String> {
        let mut left = self.both()?;
        while self.take('|') {
            left = Expression::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut left = self.term()?;
        while self.take('&') {
            left = Expression::And(Box::new(left), Box::new(self.term()?));
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Err("too deeply nested".to_owned());
        }
        let term = if self.take('!') {
            Expression::Not(Box::new(self.term()?))
        } else if self.take('(') {
            let inner = self.either()?;
            self.expect(')')?;
            inner
        } else {
            self.predicate()?
        };
        self.depth -= 1;
        Ok(term)
    }

    fn predicate(&mut self) -> Result<Expression, String> {
        let word = self.word();
        if self.peek() == Some('(') {
            self.at += 1;
            let argument = self.argument()?;
            return match word.as_str() {
                "name" => Ok(Expression::Name(WildMatch::new(&argument))),
                "tag" => Ok(Expression::Tag(WildMatch::new(&argument))),
                "" => Err("expected `name(…)`, `tag(…)` or a word".to_owned()),
                other => Err(format!(
                    "there is no `{other}(…)`, only `name(…)` and `tag(…)`"
                )),
            };
        }
        if word.is_empty() {
            return Err("expected `name(…)`, `tag(…)` or a word".to_owned());
        }
        Ok(Expression::Name(WildMatch::new(&format!("*{word}*"))))
    }

    fn word(&mut self) -> String {
        self.skip_space();
        self.take_until(|c| c.is_whitespace() || "()&|!".contains(c))
    }

    /// What stands up to the closing parenthesis. Names may have parentheses, in pairs or after a backslash.
    fn argument(&mut self) -> Result<String, String> {
        let mut argument = String::new();
        let mut open = 0_usize;
        while let Some(character) = self.characters.get(self.at).copied() {
            self.at += 1;
            match character {
                ')' if open == 0 => return Ok(argument.trim().to_owned()),
                ')' => open -= 1,
                '(' => open += 1,
                '\\' => {
                    argument.extend(self.characters.get(self.at));
                    self.at += 1;
                    continue;
                }
                _ => {}
            }
            argument.push(character);
        }
        self.at = self.characters.len();
        Err("expected `)`".to_owned())
    }

    fn take_until(&mut self, stop: impl Fn(char) -> bool) -> String {
        let rest = self.characters.get(self.at..).unwrap_or_default();
        let taken: String = rest.iter().take_while(|c| !stop(**c)).collect();
        self.at += taken.chars().count();
        taken
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.characters.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self
            .characters
            .get(self.at)
            .is_some_and(|c| c.is_whitespace())
        {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.take(wanted) {
            Ok(())
        } else {
            Err(format!("expected `{wanted}`"))
        }
    }

    fn end(&mut self) -> Result<(), String> {
        match self.peek() {
            None => Ok(()),
            Some(found) => Err(format!("expected `&`, `|` or the end, but found `{found}`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("external", true)]
    #[case("name(external-id/*)", true)]
    #[case("name(external-id)", false)]
    #[case("tag(trust)", true)]
    #[case("tag(slow)", false)]
    #[case("tag(trust) & name(external)", false)]
    #[case("tag(slow) | external", true)]
    #[case("!tag(slow) & (tag(nothing) | external)", true)]
    #[case("name(external-id/wrong id)", true)]
    #[case("!!external", true)]
    fn a_filter_picks_by_name_and_tag(#[case] filter: &str, #[case] expected: bool) {
        let filter = Filter::parse(filter).unwrap();

        assert_eq!(
            filter.admits("external-id/wrong id", &["trust".to_owned()]),
            expected
        );
    }

    #[rstest]
    #[case(
        "",
        "expected `name(…)`, `tag(…)` or a word at character 1 of the filter ``"
    )]
    #[case(
        "nme(x)",
        "there is no `nme(…)`, only `name(…)` and `tag(…)` at character 7 of the filter `nme(x)`"
    )]
    #[case("tag(x", "expected `)` at character 6 of the filter `tag(x`")]
    #[case(
        "a b",
        "expected `&`, `|` or the end, but found `b` at character 3 of the filter `a b`"
    )]
    #[case(
        "a &",
        "expected `name(…)`, `tag(…)` or a word at character 4 of the filter `a &`"
    )]
    fn a_mistake_in_a_filter_has_its_place(#[case] filter: &str, #[case] expected: &str) {
        assert_eq!(Filter::parse(filter).unwrap_err().to_string(), expected);
    }

    #[test]
    fn names_may_have_parentheses() {
        for (filter, name) in [
            ("name(id (typo))", "id (typo)"),
            (r"name(id \(typo)", "id (typo"),
            (r"name(a\)) & !name(b)", "a)"),
            (r"name(a\\b)", r"a\b"),
        ] {
            assert!(Filter::parse(filter).unwrap().admits(name, &[]), "{filter}");
        }
        for name in ["tutorial", "id (typo)", ") (", r"a\b", "a & b"] {
            let filter = Filter::for_test(name);
            assert!(
                Filter::parse(&filter).unwrap().admits(name, &[]),
                "{filter}"
            );
        }
        for filter in [r"name(a\", r"name(a\)", "name(a (b)"] {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        let filter = "(".repeat(100_000);

        assert!(
            Filter::parse(&filter)
                .unwrap_err()
                .message
                .contains("nested")
        );
    }
}
