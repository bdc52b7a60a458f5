//! A JSON reader that keeps the place of every value.
//!
//! AWS takes strict JSON only, so this is RFC 8259 without extensions: [`read`] gives a [`Node`] tree in which
//! every value and key has its [`Span`], numbers stand as they were written and a key given twice stands
//! twice, since it is for the validator to refuse that.
//!
//! ```
//! let node = rolecall_policy::json::read(r#"{"Effect": "Allow"}"#, Default::default())?;
//! assert_eq!(node.get("Effect").and_then(|effect| effect.as_str()), Some("Allow"));
//! # Ok::<(), rolecall_policy::json::JsonError>(())
//! ```

use crate::node::{Entry, Node, SourceId, Span, Value};

/// How deep lists and maps may nest: far beyond any policy (nine levels), far below any stack's end.
pub const MAX_DEPTH: usize = 128;

/// What isn't JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What was expected or found.
    pub message: String,
    /// The offending bytes (one character, or none at the end of the text).
    pub span: Span,
}

/// Reads one JSON value with nothing but white space around it.
///
/// # Errors
///
/// On the first thing that isn't JSON, on nesting deeper than [`MAX_DEPTH`] and on a text of 4 GiB or more.
pub fn read(text: &str, source: SourceId) -> Result<Node, JsonError> {
    let mut reader = Reader {
        text,
        at: 0,
        source,
    };
    if u32::try_from(text.len()).is_err() {
        return Err(reader.error("the text is longer than 4 GiB"));
    }
    let node = reader.value(0)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(node),
        Some(_) => Err(reader.error("expected the end of the text")),
    }
}

/// Refuses what is no object, a member that isn't known and one that is given twice. `within` names the member that the
/// object is of; empty for the whole text.
///
/// # Errors
///
/// What is wrong, for people.
pub fn check_members(object: &Node, within: &str, known: &[&str]) -> Result<(), String> {
    let Value::Map(entries) = &object.value else {
        return Err(if within.is_empty() {
            "a question must be an object".to_owned()
        } else {
            format!("`{within}` must be an object")
        });
    };
    let mut seen = Vec::new();
    for entry in entries {
        let key = entry.key.as_str();
        if !known.contains(&key) {
            return Err(format!("unknown field `{key}`"));
        }
        if seen.contains(&key) {
            return Err(format!("field `{key}` is given twice"));
        }
        seen.push(key);
    }
    Ok(())
}

/// A member that is a string; absent or null is `None`.
///
/// # Errors
///
/// When it is something else.
pub fn text<'a>(object: &'a Node, member: &str) -> Result<Option<&'a str>, String> {
    match object.get(member).map(|node| &node.value) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{member}` must be a string")),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    source: SourceId,
}

impl<'t> Reader<'t> {
    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        self.skip_space();
        let start = self.at;
        let value = match self.peek() {
            Some(b'"') => Value::String(self.string()?),
            Some(b'{') => self.map(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?.to_owned()),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.error("expected a value")),
        };
        Ok(Node {
            span: self.span_from(start),
            value,
        })
    }

    fn map(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.enter(depth)?;
        let mut entries = Vec::new();
        if self.closes(b'}') {
            return Ok(Value::Map(entries));
        }
        loop {
            entries.push(self.entry(depth)?);
            if self.ends(b'}', "expected `,` or `}`")? {
                return Ok(Value::Map(entries));
            }
        }
    }

    fn entry(&mut self, depth: usize) -> Result<Entry, JsonError> {
        self.skip_space();
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.error("expected a key in double quotes"));
        }
        let key = self.string()?;
        let key_span = self.span_from(start);
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.error("expected `:`"));
        }
        self.at += 1;
        let value = self.value(depth + 1)?;
        Ok(Entry {
            key,
            key_span,
            value,
        })
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.enter(depth)?;
        let mut items = Vec::new();
        if self.closes(b']') {
            return Ok(Value::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.ends(b']', "expected `,` or `]`")? {
                return Ok(Value::List(items));
            }
        }
    }

    /// Takes the opening bracket.
    fn enter(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth >= MAX_DEPTH {
            return Err(self.error("lists and maps are nested too deep"));
        }
        self.at += 1;
        Ok(())
    }

    /// Takes the closing bracket of an empty list or map.
    fn closes(&mut self, bracket: u8) -> bool {
        self.skip_space();
        let closes = self.peek() == Some(bracket);
        self.at += usize::from(closes);
        closes
    }

    /// Takes what follows an item: a comma (`false`) or the closing bracket (`true`).
    fn ends(&mut self, bracket: u8, otherwise: &str) -> Result<bool, JsonError> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            Some(byte) if byte == bracket => {
                self.at += 1;
                Ok(true)
            }
            _ => Err(self.error(otherwise)),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.error("expected a value"))
        }
    }

    fn number(&mut self) -> Result<&'t str, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let leading_zero = self.peek() == Some(b'0');
        let digits = self.digits()?;
        if leading_zero && digits > 1 {
            self.at = start;
            return Err(self.error("a number has no leading zeros"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<usize, JsonError> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return Err(self.error("expected a digit"));
        }
        self.at += count;
        Ok(count)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let plain = self.plain()?;
        if self.peek() == Some(b'"') {
            self.at += 1;
            return Ok(plain.to_owned());
        }
        let mut text = plain.to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => text.push_str(self.plain()?),
            }
        }
    }

    /// Takes a string's characters up to the next quote or backslash.
    fn plain(&mut self) -> Result<&'t str, JsonError> {
        let rest = self.rest();
        let stop = rest
            .bytes()
            .position(|byte| matches!(byte, b'"' | b'\\') || byte < 0x20);
        self.at += stop.unwrap_or(rest.len());
        match self.peek() {
            None => Err(self.error("the string has no closing `\"`")),
            Some(b'"' | b'\\') => Ok(rest.get(..stop.unwrap_or(0)).unwrap_or_default()),
            Some(_) => Err(self.error("a control character in a string must be escaped")),
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += usize::from(letter.is_some());
        let character = match letter {
            Some(b'"') => Some('"'),
            Some(b'\\') => Some('\\'),
            Some(b'/') => Some('/'),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => self.code_point(),
            _ => None,
        };
        character.ok_or_else(|| {
            self.at = start;
            self.error("no JSON escape begins so")
        })
    }

    fn code_point(&mut self) -> Option<char> {
        let unit = self.code_unit()?;
        if !(0xD800..0xDC00).contains(&unit) {
            return char::from_u32(unit);
        }
        if !self.rest().starts_with("\\u") {
            return None;
        }
        self.at += 2;
        let low = self.code_unit()?;
        let low = (0xDC00..0xE000).contains(&low).then(|| low - 0xDC00)?;
        char::from_u32(0x1_0000 + ((unit - 0xD800) << 10) + low)
    }

    fn code_unit(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(self.source, offset(start), offset(self.at))
    }

    /// An error at the next character.
    fn error(&self, message: &str) -> JsonError {
        let width = self.rest().chars().next().map_or(0, char::len_utf8);
        JsonError {
            message: message.to_owned(),
            span: Span::new(self.source, offset(self.at), offset(self.at + width)),
        }
    }
}

/// INVARIANT: [`read`] refuses texts whose length doesn't fit.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
