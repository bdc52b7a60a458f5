//! Parts of objects: the `Range` header.
//!
//! AWS: S3 API Reference, `GetObject`, `Range`; RFC 9110, section 14.

use std::ops::Range;

use rolecall_wire::ServiceError;

/// The bytes that a `Range` header asks for, out of `length`; `None` if it asks for all (or isn't understood, which
/// the RFC says to ignore).
pub(super) fn parse(
    header: Option<&str>,
    length: usize,
) -> Result<Option<Range<usize>>, ServiceError> {
    let Some((header, first, last)) = header.and_then(bounds) else {
        return Ok(None);
    };
    let range = match (first, last) {
        (Some(first), _) if first >= length => None,
        (Some(first), Some(last)) if last < first => return Ok(None),
        (Some(first), last) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            Some(first..end)
        }
        (None, Some(suffix)) if suffix > 0 && length > 0 => {
            Some(length.saturating_sub(suffix)..length)
        }
        (None, _) => None,
    };
    range.map(Some).ok_or_else(|| unsatisfiable(header, length))
}

/// The numbers of `bytes=FIRST-LAST`, of which one may be missing.
fn bounds(header: &str) -> Option<(&str, Option<usize>, Option<usize>)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| match text.trim() {
        "" => Some(None),
        digits => digits.parse().ok().map(Some),
    };
    let (first, last) = (number(first)?, number(last)?);
    (first.is_some() || last.is_some()).then_some((header, first, last))
}

fn unsatisfiable(header: &str, length: usize) -> ServiceError {
    ServiceError::new(
        416,
        "InvalidRange",
        "The requested range is not satisfiable",
    )
    .with("RangeRequested", header)
    .with("ActualObjectSize", length.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9110, sections 14.1.2 and 14.2, on an object of ten bytes.
    #[test]
    fn a_range_is_cut_to_the_object() {
        let rows = [
            (None, Some(None)),
            (Some("bytes=0-4"), Some(Some(0..5))),
            (Some("bytes=5-"), Some(Some(5..10))),
            (Some("bytes=-3"), Some(Some(7..10))),
            (Some("bytes=-30"), Some(Some(0..10))),
            (Some("bytes=0-5242879"), Some(Some(0..10))),
            (Some("bytes=9-9"), Some(Some(9..10))),
            (Some("bytes=10-"), None),
            (Some("bytes=-0"), None),
            (Some("bytes=4-2"), Some(None)),
            (Some("bytes=a-b"), Some(None)),
            (Some("bytes=-"), Some(None)),
            (Some("lines=1-2"), Some(None)),
            (Some("bytes=0-18446744073709551615"), Some(Some(0..10))),
        ];
        for (header, wanted) in rows {
            assert_eq!(parse(header, 10).ok(), wanted, "{header:?}");
        }
        assert!(parse(Some("bytes=0-"), 0).is_err());
    }
}
