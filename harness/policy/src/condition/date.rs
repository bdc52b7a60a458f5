//! Points in time, as date operators read them.

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    seconds: i64,
    nanoseconds: u32,
}

impl Instant {
    /// Reads a date (`2026`, `2026-05`, `2026-05-01`), a time (`2026-05-01T10:00:00Z`) or seconds since 1970; a
    /// partial date means its start in UTC. `None` when it is none of these.
    ///
    /// AWS: IAM User Guide, date condition operators: the W3C profile of ISO 8601, or epoch time.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_year = text.len() == 4;
        let is_iso = text.bytes().any(|byte| matches!(byte, b't' | b'T' | b'-'));
        if is_iso || is_year {
            iso(text)
        } else {
            Some(Self {
                seconds: digits(text)?,
                nanoseconds: 0,
            })
        }
    }
}

/// Whether AWS saves a policy with this date: it wants `Z` or `+hh:mm`, and either only after seconds.
pub(crate) fn is_saved(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['t', 'T']) else {
        return Instant::parse(text).is_some();
    };
    if time.is_empty() {
        return days(date).is_some();
    }
    let has_seconds = zone(time).is_some_and(|(time, _)| time.matches(':').count() == 2);
    let has_zone = time.contains(['z', 'Z', '+']);
    Instant::parse(text).is_some() && !time.contains('-') && (has_seconds || !has_zone)
}

fn iso(text: &str) -> Option<Instant> {
    let (date, time) = match text.split_once(['t', 'T']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let days = days(date)?;
    let (seconds, nanoseconds) = match time {
        Some(time) => time_of_day(time)?,
        None => (0, 0),
    };
    Some(Instant {
        seconds: days * 86_400 + seconds,
        nanoseconds,
    })
}

/// The days from 1970-01-01 to a date.
fn days(date: &str) -> Option<i64> {
    let (sign, date) = match date.strip_prefix('-') {
        Some(date) => (-1, date),
        None => (1, date),
    };
    let mut parts = date.split('-');
    let year = sign * digits(parts.next()?)?;
    let month = parts.next().map_or(Some(1), digits)?;
    let day = parts.next().map_or(Some(1), digits)?;
    let sound = (-292_275_054..=292_278_993).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && parts.next().is_none();
    sound.then(|| days_from_civil(year, month, day))
}

/// Counts years from March, so that the leap day comes last, in eras of 400 years.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Seconds since the day began, in UTC, and the nanoseconds.
fn time_of_day(time: &str) -> Option<(i64, u32)> {
    let (time, offset) = zone(time)?;
    let mut parts = time.split(':');
    let hour = parts.next().and_then(digits)?;
    let minute = parts.next().map_or(Some(0), digits)?;
    let (second, nanoseconds) = parts.next().map_or(Some((0, 0)), seconds)?;
    let sound = hour <= 23 && minute <= 59 && second <= 59 && parts.next().is_none();
    sound.then_some((hour * 3600 + minute * 60 + second - offset, nanoseconds))
}

/// A time without its zone, and the zone's seconds east of UTC.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['z', 'Z']) {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (time, zone) = time.split_at(at);
    let (sign, zone) = match zone.strip_prefix('-') {
        Some(zone) => (-1, zone),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = match zone.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None => (zone, "00"),
    };
    let two_digits = |text: &str| (text.len() == 2).then(|| digits(text)).flatten();
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    (hours <= 23 && minutes <= 59).then_some((time, sign * (hours * 3600 + minutes * 60)))
}

fn seconds(text: &str) -> Option<(i64, u32)> {
    let Some((whole, fraction)) = text.split_once('.') else {
        return Some((digits(text)?, 0));
    };
    let missing = u32::try_from(fraction.len())
        .ok()
        .and_then(|length| 9_u32.checked_sub(length))?;
    let nanoseconds = u32::try_from(digits(fraction)?).ok()? * 10_u32.pow(missing);
    Some((digits(whole)?, nanoseconds))
}

fn digits(text: &str) -> Option<i64> {
    let sound = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    sound.then(|| text.parse().ok()).flatten()
}
