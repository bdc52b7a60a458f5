//! Percent-encoding as AWS does it: all but `A-Za-z0-9-._~` is escaped, in upper-case hexadecimal.

use std::borrow::Cow;

/// What can be wrong with an escape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EscapeError {
    /// The text ends within an escape.
    #[error("Incomplete trailing escape % sequence")]
    Incomplete,
    /// The two characters after a percent sign are no hexadecimal number.
    #[error("Illegal hex character in escape % pattern: %{0}")]
    IllegalHex(String),
}

/// Escapes everything but the unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    encode_into(text.as_bytes(), false, &mut encoded);
    encoded
}

/// Escapes everything but the unreserved characters and slashes.
pub(crate) fn encode_path(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    encode_into(path.as_bytes(), true, &mut encoded);
    encoded
}

/// Appends the escaped bytes.
pub(crate) fn encode_into(bytes: &[u8], keep_slashes: bool, encoded: &mut String) {
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (keep_slashes && byte == b'/')
        {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(upper_hex(byte >> 4));
            encoded.push(upper_hex(byte & 15));
        }
    }
}

fn upper_hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16)
        .unwrap_or('0')
        .to_ascii_uppercase()
}

/// The bytes that an escaped text stands for; `+` is a plus.
pub(crate) fn decode(text: &str) -> Result<Cow<'_, [u8]>, EscapeError> {
    decode_with(text, false)
}

/// The bytes that a form field stands for; `+` is a space.
pub(crate) fn decode_form(text: &str) -> Result<Cow<'_, [u8]>, EscapeError> {
    decode_with(text, true)
}

fn decode_with(text: &str, plus_is_space: bool) -> Result<Cow<'_, [u8]>, EscapeError> {
    if !text
        .bytes()
        .any(|byte| byte == b'%' || (plus_is_space && byte == b'+'))
    {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => escaped(&mut bytes)?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    Ok(Cow::Owned(decoded))
}

fn escaped(bytes: &mut std::str::Bytes<'_>) -> Result<u8, EscapeError> {
    let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
        return Err(EscapeError::Incomplete);
    };
    let value = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    match (value(high), value(low)) {
        (Some(high), Some(low)) => Ok(high << 4 | low),
        _ => Err(EscapeError::IllegalHex(
            String::from_utf8_lossy(&[high, low]).into_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("a b/ü+~*"), "a%20b%2F%C3%BC%2B~%2A");
        assert_eq!(encode_path("a b/c"), "a%20b/c");
    }

    #[test]
    fn a_plus_is_a_space_in_forms_alone() {
        assert_eq!(decode("a+b%2B").unwrap().as_ref(), b"a+b+");
        assert_eq!(decode_form("a+b%2B").unwrap().as_ref(), b"a b+");
    }

    #[test]
    fn broken_escapes_have_awss_texts() {
        assert_eq!(
            decode("a%2").unwrap_err().to_string(),
            "Incomplete trailing escape % sequence"
        );
        assert_eq!(
            decode("%zz").unwrap_err().to_string(),
            "Illegal hex character in escape % pattern: %zz"
        );
        assert_eq!(
            decode("%ü0").unwrap_err(),
            EscapeError::IllegalHex("ü".to_owned())
        );
    }
}
