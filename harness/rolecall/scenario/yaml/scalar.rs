//! What a scalar without quotes is.

use rolecall_policy::Value;

/// Types a plain scalar. YAML 1.2.2, §10.3 (core schema), except that numbers are decimal: `0x1F`, `0o17`,
/// `.inf` and `.nan` mean nothing in AWS's values and stay text.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if is_number(text) => Value::Number(text.to_owned()),
        _ => Value::String(text.to_owned()),
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, part)) => {
            all_digits(whole) && all_digits(part) && !(whole.is_empty() && part.is_empty())
        }
        None => !mantissa.is_empty() && all_digits(mantissa),
    };
    mantissa_fits && exponent_fits
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_types_plain_scalars_and_numbers_keep_their_text() {
        let number = |text: &str| Value::Number(text.to_owned());
        let string = |text: &str| Value::String(text.to_owned());
        // YAML 1.2.2, §10.3.2 (tag resolution).
        for (text, value) in [
            ("", Value::Null),
            ("~", Value::Null),
            ("null", Value::Null),
            ("nUll", string("nUll")),
            ("True", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("yes", string("yes")),
            ("on", string("on")),
            ("012345678901", number("012345678901")),
            ("-1", number("-1")),
            ("+1.5e3", number("+1.5e3")),
            (".5", number(".5")),
            ("1.", number("1.")),
            (".", string(".")),
            ("1e", string("1e")),
            ("e1", string("e1")),
            ("-", string("-")),
            ("1_000", string("1_000")),
            ("2012-10-17", string("2012-10-17")),
            ("10.0.0.1", string("10.0.0.1")),
            ("15m", string("15m")),
            ("0x1F", string("0x1F")),
            (".inf", string(".inf")),
        ] {
            assert_eq!(plain(text), value, "{text}");
        }
    }
}
