//! Times as AWS writes and reads them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::TimeZone;

/// `2026-01-02T03:04:05Z`.
pub(crate) fn iso8601(time: Timestamp) -> String {
    let time = utc(time);
    format!(
        "{}T{:02}:{:02}:{:02}Z",
        time.date(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// `2026-01-02T03:04:05.678Z`, as S3 and CloudFront write it.
pub(crate) fn iso8601_millis(time: Timestamp) -> String {
    let time = utc(time);
    let (hour, minute, second, milli) = (
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
    );
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z",
        time.date()
    )
}

/// `20260102T030405Z`, the form of `X-Amz-Date`.
pub(crate) fn basic(time: Timestamp) -> String {
    let time = utc(time);
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!(
        "{:04}{:02}{:02}T{hour:02}{minute:02}{second:02}Z",
        time.year(),
        time.month(),
        time.day()
    )
}

/// `Fri, 02 Jan 2026 03:04:05 GMT`.
pub(crate) fn http_date(time: Timestamp) -> String {
    rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&time)
        .unwrap_or_default()
}

fn utc(time: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(time)
}

/// Reads any ISO 8601 form: extended with or without a fraction, basic, or a date alone.
pub(crate) fn parse_iso8601(text: &str) -> Option<Timestamp> {
    parse_basic(text).or_else(|| text.parse().ok()).or_else(|| {
        let date: Date = temporal::DateTimeParser::new().parse_date(text).ok()?;
        TimeZone::UTC
            .to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
            .ok()
    })
}

/// Reads `20260102T030405Z`.
pub(crate) fn parse_basic(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if date.len() != 8 || time.len() != 6 || !is_number(date) || !is_number(time) {
        return None;
    }
    let digits =
        |text: &str, from: usize, to: usize| -> Option<i8> { text.get(from..to)?.parse().ok() };
    let year = date.get(..4)?.parse().ok()?;
    let datetime = DateTime::new(
        year,
        digits(date, 4, 6)?,
        digits(date, 6, 8)?,
        digits(time, 0, 2)?,
        digits(time, 2, 4)?,
        digits(time, 4, 6)?,
        0,
    );
    TimeZone::UTC.to_timestamp(datetime.ok()?).ok()
}

/// Reads `Fri, 02 Jan 2026 03:04:05 GMT`.
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_written_and_read() {
        let time: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(iso8601(time), "2026-01-02T03:04:05Z");
        assert_eq!(iso8601_millis(time), "2026-01-02T03:04:05.000Z");
        assert_eq!(basic(time), "20260102T030405Z");
        assert_eq!(http_date(time), "Fri, 02 Jan 2026 03:04:05 GMT");
        for text in [
            "2026-01-02T03:04:05Z",
            "20260102T030405Z",
            "2026-01-02T03:04:05.000Z",
        ] {
            assert_eq!(parse_iso8601(text), Some(time), "{text}");
        }
        assert_eq!(parse_http_date("Fri, 02 Jan 2026 03:04:05 GMT"), Some(time));
        assert_eq!(
            parse_iso8601("2026-01-02"),
            "2026-01-02T00:00:00Z".parse().ok()
        );
    }

    #[test]
    fn what_is_no_basic_date_is_refused() {
        for text in [
            "20260102T030405",
            "20260102T0304Z",
            "2026010xT030405Z",
            "20261302T030405Z",
            "+0260102T030405Z",
            "",
        ] {
            assert_eq!(parse_basic(text), None, "{text}");
        }
    }
}
