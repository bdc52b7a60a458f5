//! The patterns of the models: Java regular expressions that a whole value must match.
//!
//! Java's and the `regex` crate's languages differ in what the models use: the meaning of `\w`, `\d` and `\s` (ASCII
//! in Java), the escape `\uXXXX` (always four digits in Java: `\u10000` is U+1000 and a zero, which is why AWS refuses
//! astral characters in a role ARN although the pattern seems to allow them), and one look-ahead.

use std::fmt::Write as _;

use regex::Regex;

/// A compiled pattern.
#[derive(Debug)]
pub(super) enum Pattern {
    Compiled(Regex),
    /// A pattern that can't be compiled refuses nothing.
    Anything,
}

impl Pattern {
    pub(super) fn new(java: &str) -> Self {
        let source = format!("^(?:{})$", translate(java));
        Regex::new(&source).map_or(Self::Anything, Self::Compiled)
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Compiled(regex) => regex.is_match(text),
            Self::Anything => true,
        }
    }
}

/// A look-ahead in IAM's account aliases: a hyphen that no hyphen follows. The shape's own limits keep the length.
const LONE_HYPHENS: (&str, &str) = (
    r"([a-z0-9]|-(?!-)){1,61}[a-z0-9]",
    r"(-?[a-z0-9])*-?[a-z0-9]",
);

fn translate(java: &str) -> String {
    let java = java.replace(LONE_HYPHENS.0, LONE_HYPHENS.1);
    let mut rust = String::with_capacity(java.len() + 16);
    let mut characters = java.chars();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => escape(&mut characters, in_class, &mut rust),
            '[' if !in_class => {
                in_class = true;
                rust.push('[');
            }
            ']' => {
                in_class = false;
                rust.push(']');
            }
            '[' | '&' | '~' if in_class => {
                rust.push('\\');
                rust.push(character);
            }
            other => rust.push(other),
        }
    }
    rust
}

fn escape(characters: &mut std::str::Chars<'_>, in_class: bool, rust: &mut String) {
    let Some(escaped) = characters.next() else {
        return;
    };
    let class = match escaped {
        'w' => "0-9A-Z_a-z",
        'd' => "0-9",
        's' => r"\t-\r ",
        'S' => r"\x00-\x08\x0E-\x1F!-\u{10FFFF}",
        'u' => return code_unit(characters, rust),
        other => {
            rust.push('\\');
            return rust.push(other);
        }
    };
    if in_class {
        rust.push_str(class);
    } else {
        rust.extend(["[", class, "]"]);
    }
}

fn code_unit(characters: &mut std::str::Chars<'_>, rust: &mut String) {
    let digits: String = characters.by_ref().take(4).collect();
    // Writing to a string doesn't fail.
    let _ = write!(rust, r"\u{{{digits}}}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model;

    #[test]
    fn every_pattern_of_every_model_compiles() {
        for name in model::service_names() {
            for shape in model::service(name).unwrap().shapes() {
                let Some(source) = shape.pattern() else {
                    continue;
                };
                assert!(
                    matches!(Pattern::new(source), Pattern::Compiled(_)),
                    "{name} {}: {source}",
                    shape.name()
                );
            }
        }
    }

    #[test]
    fn patterns_mean_what_they_mean_in_java() {
        let rows: &[(&str, &str, bool, &str)] = &[
            (r"[\w+=,.@-]*", "DeploySPA", true, "the whole value matches"),
            (r"[\w+=,.@-]*", "Deploy SPA", false, "a part is not enough"),
            (r"[\w+=,.@-]*", "é", false, r"\w is ASCII"),
            (r"[\w+=,.@-]*", "a\n", false, "a final line feed counts"),
            (r"[\d]*", "٣", false, r"\d is ASCII"),
            (
                r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+",
                "Übergrößen Träger²",
                true,
                "categories are Unicode's",
            ),
            (
                r"[^\s@]+@[^\s@]+\.[^\s@]+",
                "a@b.c",
                true,
                r"\s in a negated class",
            ),
            (
                r"[\u0020-\u007E\uE000-\uFFFD\u10000-\u10FFFF]+",
                "a\u{1F600}",
                false,
                r"\u takes four digits",
            ),
            (
                r"[\u0020-\u007E\uE000-\uFFFD\u10000-\u10FFFF]+",
                "a\u{1000}",
                true,
                r"\u takes four digits",
            ),
            (
                r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
                "my-alias-1",
                true,
                "single hyphens",
            ),
            (
                r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
                "my--alias",
                false,
                "two hyphens",
            ),
            (
                r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
                "alias-",
                false,
                "a hyphen at the end",
            ),
            (r"[\s\S]*", "any\nthing", true, "everything"),
        ];
        for (pattern, text, expected, why) in rows {
            assert_eq!(
                Pattern::new(pattern).matches(text),
                *expected,
                "{pattern} on {text:?}: {why}"
            );
        }
    }
}
