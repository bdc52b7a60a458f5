//! Words and numbers: what the language writes as text, and how messages put lists and counts.

use std::fmt::Write;

use jiff::SignedDuration;
pub(crate) use rolecall_mock::duration;
use rolecall_policy::{Node, Value};

/// A duration forward or back: `5m`, `+5m`, `-1h`.
pub(crate) fn signed_duration(written: &str) -> Option<SignedDuration> {
    match written.strip_prefix('-') {
        Some(length) => Some(-duration(length)?),
        None => duration(written.strip_prefix('+').unwrap_or(written)),
    }
}

/// How many words of a list are shown.
const SHOWN: usize = 12;

/// `` `a`, `b` and `c` ``; of a long list the beginning.
pub(crate) fn list<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    joined(words, "and")
}

/// `` `a`, `b` or `c` ``; of a long list the beginning.
pub(crate) fn either<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    joined(words, "or")
}

fn joined<'w>(words: impl IntoIterator<Item = &'w str>, conjunction: &str) -> String {
    let mut words = words.into_iter();
    let first = words.by_ref().take(SHOWN);
    let mut quoted: Vec<String> = first.map(|word| format!("`{word}`")).collect();
    let more = words.count();
    if more > 0 {
        quoted.push(format!("{more} more"));
    }
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} {conjunction} {last}", others.join(", ")),
    }
}

/// `1 step`, `3 steps`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// `a step`, `an actor`.
pub(crate) fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    let article = if vowel { "an" } else { "a" };
    format!("{article} {noun}")
}

/// `NAME` for `name`: a place holder in an example.
pub(crate) fn upper(noun: &str) -> String {
    noun.to_uppercase().replace(' ', "-")
}

/// A value as JSON. A number that JSON writes otherwise (an account's leading zero) becomes a string.
pub(crate) fn to_json(node: &Node) -> String {
    let mut json = String::new();
    write_json(node, &mut json);
    json
}

fn write_json(node: &Node, json: &mut String) {
    match &node.value {
        Value::Null => json.push_str("null"),
        Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) if is_json_number(number) => json.push_str(number),
        Value::Number(text) | Value::String(text) => write_string(text, json),
        Value::List(nodes) => {
            json.push('[');
            for (index, node) in nodes.iter().enumerate() {
                json.push_str(if index > 0 { ", " } else { "" });
                write_json(node, json);
            }
            json.push(']');
        }
        Value::Map(entries) => {
            json.push('{');
            for (index, entry) in entries.iter().enumerate() {
                json.push_str(if index > 0 { ", " } else { "" });
                write_string(&entry.key, json);
                json.push_str(": ");
                write_json(&entry.value, json);
            }
            json.push('}');
        }
    }
}

fn write_string(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            control if (control as u32) < 0x20 => {
                let _ = write!(json, "\\u{:04x}", control as u32);
            }
            other => json.push(other),
        }
    }
    json.push('"');
}

/// RFC 8259, section 6, without exponents.
fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_from_long_to_short() {
        for (written, seconds) in [
            ("15m", Some(900)),
            ("1h30m", Some(5_400)),
            ("90s", Some(90)),
            ("0s", Some(0)),
            ("1d1h1m1s", Some(90_061)),
            ("", None),
            ("15", None),
            ("m", None),
            ("30m1h", None),
            ("1m1m", None),
            ("-5m", None),
            ("1.5h", None),
            ("15 m", None),
            ("9223372036854775807d", None),
            ("99999999999999999999s", None),
            ("15é", None),
        ] {
            assert_eq!(duration(written).map(|d| d.as_secs()), seconds, "{written}");
        }
    }

    #[test]
    fn values_become_json() {
        let text = "{a: [1, 012, 1.5, true, null, 'x\"y'], b: {c: \"\\n\\u0001é\"}}";
        let node = crate::scenario::yaml::read(text, rolecall_policy::SourceId(0))
            .unwrap()
            .unwrap();

        let json = to_json(&node);

        assert_eq!(
            json,
            r#"{"a": [1, "012", 1.5, true, null, "x\"y"], "b": {"c": "\n\u0001é"}}"#
        );
    }

    #[test]
    fn lists_and_counts_read_as_english() {
        assert_eq!(list([]), "nothing");
        assert_eq!(list(["a"]), "`a`");
        assert_eq!(list(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(either(["a", "b"]), "`a` or `b`");
        assert_eq!(list(["a"; 14]), "`a`, ".repeat(11) + "`a` and 2 more");
        assert_eq!(count(1, "step"), "1 step");
        assert_eq!(count(0, "step"), "0 steps");
        assert_eq!(article("actor"), "an actor");
        assert_eq!(article("step"), "a step");
    }
}
