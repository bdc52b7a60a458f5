//! The JSON reader: what it takes, what it refuses and where.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use rolecall_policy::json::{MAX_DEPTH, check_members, read, text};
use rolecall_policy::{Node, SourceId, Span, Value};

fn node(text: &str) -> Node {
    read(text, SourceId(7)).unwrap()
}

/// RFC 8259.
#[test]
fn what_json_is_is_read() {
    for (text, expected) in [
        ("null", Value::Null),
        (" true ", Value::Bool(true)),
        ("\t\r\nfalse", Value::Bool(false)),
        ("0", Value::Number("0".to_owned())),
        ("-0.5e+10", Value::Number("-0.5e+10".to_owned())),
        ("12E3", Value::Number("12E3".to_owned())),
        (r#""""#, Value::String(String::new())),
        (r#""é€😀""#, Value::String("é€😀".to_owned())),
        (
            r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#,
            Value::String("\"\\/\u{8}\u{c}\n\r\té😀".to_owned()),
        ),
        ("[]", Value::List(Vec::new())),
        ("{ }", Value::Map(Vec::new())),
    ] {
        assert_eq!(node(text).value, expected, "{text}");
    }
}

/// RFC 8259; the message, and the text underlined.
#[test]
fn what_json_isnt_is_refused_in_its_place() {
    for (text, message, at) in [
        ("", "expected a value", ""),
        ("nul", "expected a value", "n"),
        ("'a'", "expected a value", "'"),
        ("[1,]", "expected a value", "]"),
        ("[1 2]", "expected `,` or `]`", "2"),
        ("[1", "expected `,` or `]`", ""),
        ("{a: 1}", "expected a key in double quotes", "a"),
        (r#"{"a": 1,}"#, "expected a key in double quotes", "}"),
        (r#"{"a" 1}"#, "expected `:`", "1"),
        (r#"{"a": 1 "b": 2}"#, "expected `,` or `}`", "\""),
        ("01", "a number has no leading zeros", "0"),
        ("-", "expected a digit", ""),
        ("1.", "expected a digit", ""),
        ("1.e", "expected a digit", "e"),
        ("1e+", "expected a digit", ""),
        (".5", "expected a value", "."),
        ("\"a", "the string has no closing `\"`", ""),
        (
            "\"a\nb\"",
            "a control character in a string must be escaped",
            "\n",
        ),
        (r#""\x""#, "no JSON escape begins so", "\\"),
        (r#""\u12g4""#, "no JSON escape begins so", "\\"),
        (r#""\ud83d""#, "no JSON escape begins so", "\\"),
        (r#""\ud83dA""#, "no JSON escape begins so", "\\"),
        (r#""\ude00""#, "no JSON escape begins so", "\\"),
        (r#""\"#, "no JSON escape begins so", "\\"),
        ("1 2", "expected the end of the text", "2"),
        ("{} é", "expected the end of the text", "é"),
        ("\u{feff}{}", "expected a value", "\u{feff}"),
    ] {
        let error = read(text, SourceId(7)).unwrap_err();
        let (start, end) = (error.span.start as usize, error.span.end as usize);
        assert_eq!(
            (error.message.as_str(), &text[start..end]),
            (message, at),
            "{text:?}"
        );
    }
}

#[test]
fn every_value_and_key_has_its_place() {
    let text = r#"{ "a" : [ 1, "é" ], "a": true }"#;
    let Value::Map(entries) = node(text).value else {
        panic!("a map");
    };
    let of = |span: Span| {
        assert_eq!(span.source, SourceId(7));
        &text[span.start as usize..span.end as usize]
    };
    assert_eq!(entries.len(), 2, "a key given twice stands twice");
    assert_eq!(of(entries[0].key_span), "\"a\"");
    assert_eq!(of(entries[0].value.span), "[ 1, \"é\" ]");
    let Value::List(items) = &entries[0].value.value else {
        panic!("a list");
    };
    assert_eq!((of(items[0].span), of(items[1].span)), ("1", "\"é\""));
    assert_eq!(of(entries[1].value.span), "true");
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(&nested(MAX_DEPTH), SourceId(0)).is_ok());
    let error = read(&nested(MAX_DEPTH + 1), SourceId(0)).unwrap_err();
    assert_eq!(error.message, "lists and maps are nested too deep");
    assert!(read(&"{\"a\":".repeat(1_000_000), SourceId(0)).is_err());
}

#[test]
fn members_are_known_and_given_once() {
    for (object, within, expected) in [
        (r#"{"a": 1}"#, "", Ok(())),
        (r#"{"b": 1, "a": 2}"#, "x", Ok(())),
        ("{}", "", Ok(())),
        ("[]", "", Err("a question must be an object")),
        ("[]", "x", Err("`x` must be an object")),
        (r#"{"c": 1}"#, "", Err("unknown field `c`")),
        (
            r#"{"a": 1, "b": 2, "a": 3}"#,
            "",
            Err("field `a` is given twice"),
        ),
    ] {
        let found = check_members(&node(object), within, &["a", "b"]);
        assert_eq!(found, expected.map_err(str::to_owned), "{object}");
    }
}

#[test]
fn a_member_is_a_text_or_absent() {
    let object = node(r#"{"a": "x", "b": null, "c": 1}"#);
    for (member, expected) in [
        ("a", Ok(Some("x"))),
        ("b", Ok(None)),
        ("d", Ok(None)),
        ("c", Err("`c` must be a string".to_owned())),
    ] {
        assert_eq!(text(&object, member), expected, "{member}");
    }
}
