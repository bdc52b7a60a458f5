//! Parts of objects: the `Range` header.
//!
//! AWS: S3 API Reference, `GetObject`, `Range`; RFC 9110, section 14.

use std::ops::Range;

use rolecall_wire::ServiceError;

use super::error::invalid_argument;

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

/// The bytes of the source of a copy, all if there is no `x-amz-copy-source-range`. Unlike `Range` it has both ends,
/// and must lie within the object.
pub(super) fn of_copy(header: Option<&str>, length: usize) -> Result<Range<usize>, ServiceError> {
    let Some(header) = header else {
        return Ok(0..length);
    };
    match bounds(header) {
        Some((_, Some(first), Some(last))) if first <= last && last < length => Ok(first..last + 1),
        Some((_, Some(first), Some(last))) if first <= last => {
            let message =
                format!("Range specified is not valid for source object of size: {length}");
            Err(invalid_argument(
                "x-amz-copy-source-range",
                header,
                &message,
            ))
        }
        _ => {
            let message = "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last \
                           are the zero-based offsets of the first and last bytes to copy";
            Err(invalid_argument("x-amz-copy-source-range", header, message))
        }
    }
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
    /// AWS: S3 API Reference, `UploadPartCopy`, `x-amz-copy-source-range`.
    #[test]
    fn a_copied_range_lies_within_its_source() {
        let rows = [
            (None, Some(0..10)),
            (Some("bytes=0-9"), Some(0..10)),
            (Some("bytes=4-4"), Some(4..5)),
            (Some("bytes=4-10"), None),
            (Some("bytes=4-"), None),
            (Some("bytes=-4"), None),
            (Some("bytes=5-4"), None),
            (Some("4-5"), None),
            (Some("bytes=0-18446744073709551615"), None),
        ];
        for (header, wanted) in rows {
            assert_eq!(of_copy(header, 10).ok(), wanted, "{header:?}");
        }
    }

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
