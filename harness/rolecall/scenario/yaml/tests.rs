use super::*;

fn tree(text: &str) -> Node {
    read(text, SourceId(0)).expect("valid").expect("a document")
}

/// The text that each scalar and each collection covers, in the order of their ends.
fn spans<'t>(node: &Node, text: &'t str, found: &mut Vec<&'t str>) {
    match &node.value {
        Value::List(nodes) => nodes.iter().for_each(|node| spans(node, text, found)),
        Value::Map(entries) => {
            for entry in entries {
                found.push(&text[entry.key_span.start as usize..entry.key_span.end as usize]);
                spans(&entry.value, text, found);
            }
        }
        _ => {}
    }
    found.push(&text[node.span.start as usize..node.span.end as usize]);
}

#[test]
fn every_value_keeps_its_place_in_bytes() {
    for (text, wanted) in [
        (
            "a: é # x\nb: 'ü'\n",
            vec!["a", "é", "b", "'ü'", "a: é # x\nb: 'ü'"],
        ),
        (
            "a: {b: [1, \"x\"]}\r\n",
            vec![
                "a",
                "b",
                "1",
                "\"x\"",
                "[1, \"x\"]",
                "{b: [1, \"x\"]}",
                "a: {b: [1, \"x\"]}",
            ],
        ),
        (
            "- a:\n  - b\n- c\n",
            vec!["a", "b", "b", "a:\n  - b", "c", "- a:\n  - b\n- c"],
        ),
        (
            "a: |\n  x\n  y\n\nb:\n",
            vec!["a", "x\n  y", "b", "b", "a: |\n  x\n  y\n\nb"],
        ),
    ] {
        let mut found = Vec::new();
        spans(&tree(text), text, &mut found);
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn json_is_yaml() {
    let text = "{\"a\": [true, null, -1.5e3, \"\\u00e9\\n\"], \"b\": {}}";
    assert_eq!(tree(text), rolecall_json(text));
}

/// What the JSON of `json_is_yaml` says, value by value, without places.
fn rolecall_json(text: &str) -> Node {
    let at = |part: &str, value| {
        let start = narrow(text.find(part).expect("is in the text"));
        Node {
            span: Span::new(SourceId(0), start, start + narrow(part.len())),
            value,
        }
    };
    let list = vec![
        at("true", Value::Bool(true)),
        at("null", Value::Null),
        at("-1.5e3", Value::Number("-1.5e3".to_owned())),
        at("\"\\u00e9\\n\"", Value::String("é\n".to_owned())),
    ];
    let key = |part: &str| at(part, Value::Null).span;
    let entries = vec![
        Entry {
            key: "a".to_owned(),
            key_span: key("\"a\""),
            value: at("[true, null, -1.5e3, \"\\u00e9\\n\"]", Value::List(list)),
        },
        Entry {
            key: "b".to_owned(),
            key_span: key("\"b\""),
            value: at("{}", Value::Map(Vec::new())),
        },
    ];
    at(text, Value::Map(entries))
}

#[test]
fn a_text_without_a_document_is_none() {
    for text in ["", "\n\n", "# only a comment\n", "\r\n"] {
        assert_eq!(read(text, SourceId(0)), Ok(None), "{text:?}");
    }
}

/// Input, message, underlined text.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("a:\n\tb: c\n", "a tab in the indentation", "\t"),
    ("a: b\n\tc: d\n", "a tab in the indentation", "\t"),
    ("Action: *\n", "`*` needs quotes", "*"),
    ("Action: s3\nResource: [*]\n", "`*` needs quotes", "*"),
    ("a: *foo\n", "`*foo` needs quotes", "*foo"),
    ("a: &x 1\n", "the anchor `&x` can't be used here", "&x"),
    (
        "a: &x 1\nb: *x\n",
        "the anchor `&x` can't be used here",
        "&x",
    ),
    ("a: !Ref x\n", "the tag `!Ref` can't be used here", "!Ref"),
    (
        "a: !!str 1\n",
        "the tag `!!str` can't be used here",
        "!!str",
    ),
    ("a: !x!y 1\n", "the tag `!x!y` can't be used here", "!x!y"),
    ("<<: {a: 1}\n", "maps can't be merged with `<<`", "<<"),
    ("a: 1\n---\nb: 1\n", "a second document in the file", "---"),
    ("1: a\n", "the key `1` is a number, not text", "1"),
    (
        "true: a\n",
        "the key `true` is `true` or `false`, not text",
        "true",
    ),
    (": a\n", "a `:` without a key before it", ""),
    ("? [a]\n: b\n", "a map or list can't be a key", "["),
    ("{a: b}: c\n", "a map or list can't be a key", "{"),
    ("a: 1\nb: 2\na: 3\n", "the key `a` is given twice", "a"),
    ("{a: 1, \"a\": 2}\n", "the key `a` is given twice", "\"a\""),
    ("a: @x\n", "text that starts with `@` needs quotes", "@"),
    ("a: `x`\n", "text that starts with ``` needs quotes", "`"),
    ("a: b: c\n", "a second `: ` on one line", ":"),
    ("a: 1\n  b: 2\n", "a key inside a value", "b"),
    ("a: b\nfoo\nc: d\n", "a line without a `:`", "foo"),
    ("a:\n  b: c\n d: e\n", "wrong indentation", "d:"),
    ("a: b\n- c\n", "a list item where a key belongs", "c"),
    ("- a\nb: c\n", "a key where a list item belongs", "b:"),
    ("a: 'x\n", "a quote that is never closed", "'"),
    ("a: \"x\n", "a quote that is never closed", "\""),
    (
        "a: \"x \\q\"\n",
        "`\\q` means nothing inside double quotes",
        "\\q",
    ),
    ("a: - b\n", "a list item on the line of its key", "-"),
    ("a: \"b\" c\n", "text after the closing quote", "c"),
    ("a: ]\n", "`]` closes nothing", "]"),
    ("a: {b: ${x}}\n", "`${x}` needs quotes here", "${x}"),
    ("a: [${x}]\n", "`${x}` needs quotes here", "${x}"),
    ("a: {x: y\n", "`{` is never closed", "{"),
    ("a: [x, y\n", "`[` is never closed", "["),
    ("a: {x: y\nb: c}\n", "a `,` or `}` is missing", ":"),
];

#[test]
fn each_mistake_is_named_and_underlined() {
    for (text, message, underlined) in MISTAKES {
        let error = read(text, SourceId(0)).expect_err(text);
        assert_eq!(error.message, *message, "{text}");
        let (span, _) = error.at.expect("a place");
        assert_eq!(
            text.get(span.start as usize..span.end as usize),
            Some(*underlined),
            "{text}"
        );
        assert!(error.help.is_some(), "{text}");
    }
}

#[test]
fn deep_nesting_is_refused_without_recursion() {
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
    ] {
        let error = read(&text, SourceId(0)).expect_err("too deep");
        assert_eq!(error.code, "scenario::too-deep");
    }
}
