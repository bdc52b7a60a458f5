//! Whether two patterns have a text in common.

/// A pattern's characters; variables and an ARN's missing parts count as wildcards.
pub(super) fn symbols(pattern: &str) -> Vec<char> {
    let mut symbols = Vec::new();
    let mut rest = pattern;
    while let Some(character) = rest.chars().next() {
        let variable = rest.strip_prefix("${");
        if let Some((_, after)) = variable.and_then(|body| body.split_once('}')) {
            symbols.push('*');
            rest = after;
        } else {
            symbols.push(character);
            rest = rest.get(character.len_utf8()..).unwrap_or_default();
        }
    }
    let parts = symbols.iter().filter(|symbol| **symbol == ':').count();
    if pattern.starts_with("arn:") {
        for _ in parts..5 {
            symbols.extend([':', '*']);
        }
    }
    symbols
}

/// Whether some ARN matches both: part by part, for the reference's patterns don't pass colons, unless a part of `policy`
/// may run past its own.
pub(super) fn overlap_as_arns(policy: &[char], reference: &[char]) -> bool {
    let parts = |pattern| <[char]>::splitn(pattern, 6, |symbol| *symbol == ':').collect::<Vec<_>>();
    let (own, other) = (parts(policy), parts(reference));
    let runs_on = own.iter().take(5).any(|part| part.ends_with(&['*']));
    let by_parts = own.len() == other.len()
        && own
            .iter()
            .zip(&other)
            .all(|(own, other)| overlap(own, other));
    by_parts || runs_on && overlap(policy, reference)
}

/// Whether some text matches both.
fn overlap(left: &[char], right: &[char]) -> bool {
    // INVARIANT: `reachable[r]` says whether what was read of `left` and the first r symbols of `right` can stand
    // for the same text.
    let mut reachable = vec![true];
    reachable.extend(right.iter().scan(true, |all, symbol| {
        *all &= *symbol == '*';
        Some(*all)
    }));
    for symbol in left {
        let mut next = Vec::with_capacity(reachable.len());
        let first = *symbol == '*' && reachable.first() == Some(&true);
        next.push(first);
        for (pair, other) in reachable.windows(2).zip(right) {
            let &[diagonal, above] = pair else { continue };
            let before = next.last() == Some(&true);
            let meets = *symbol == *other || *symbol == '?' || *other == '?';
            next.push(match (*symbol, *other) {
                ('*', _) | (_, '*') => above || before,
                _ => diagonal && meets,
            });
        }
        reachable = next;
    }
    reachable.last() == Some(&true)
}

/// Whether all that `narrow` matches is matched by `wide`, as far as can be told by looking: `wide` matches `narrow`
/// as it is written, and takes no single character for a wildcard.
pub(super) fn contains(wide: &str, narrow: &str) -> bool {
    if wide == narrow {
        return true;
    }
    let wide: Vec<char> = wide.chars().collect();
    let narrow: Vec<char> = narrow.chars().collect();
    !wide.contains(&'?') && matches(&wide, &narrow)
}

/// Matches a pattern without `?`.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let mut parts = pattern.split(|symbol| *symbol == '*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else {
        return false;
    };
    let mut parts: Vec<_> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let found =
            (0..=rest.len()).find(|at| rest.get(*at..).is_some_and(|rest| rest.starts_with(part)));
        let Some(after) = found.and_then(|at| rest.get(at + part.len()..)) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_overlap_when_some_text_matches_both() {
        for (left, right, expected) in [
            ("a*", "*b", true),
            ("a*", "b*", false),
            ("", "", true),
            ("", "*", true),
            ("*", "", true),
            ("a", "", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*", "b?", true),
            ("ab", "a*b*", true),
            ("arn:aws:s3:::b/*", "arn:*:s3:::*/*", true),
            ("arn:aws:s3:::b", "arn:*:s3:::*/*", false),
        ] {
            let (one, other) = (symbols(left), symbols(right));
            assert_eq!(overlap(&one, &other), expected, "{left} {right}");
            assert_eq!(overlap(&other, &one), expected, "{right} {left}");
        }
    }

    #[test]
    fn a_short_arn_and_a_variable_count_as_wildcards() {
        assert!(overlap(
            &symbols("arn:aws:sqs"),
            &symbols("arn:aws:sqs:x:1:q")
        ));
        assert!(overlap(
            &symbols("arn:aws:s3:::${aws:username}"),
            &symbols("arn:aws:s3:::b")
        ));
    }

    #[test]
    fn a_pattern_contains_what_it_matches_as_written() {
        for (wide, narrow, expected) in [
            ("*", "s3:*", true),
            ("s3:*", "s3:Get*", true),
            ("s3:Get*", "s3:*", false),
            ("s3:Get*", "s3:GetObject", true),
            ("s3:*Object", "s3:GetObject", true),
            ("s3:*Object*", "s3:GetObjectAcl", true),
            ("s3:*Object", "s3:GetObjectAcl", false),
            ("s3:?etObject", "s3:*etObject", false),
            ("s3:GetObject", "s3:GetObject", true),
            ("s3:GetObject", "s3:GetObjectAcl", false),
        ] {
            assert_eq!(contains(wide, narrow), expected, "{wide} {narrow}");
        }
    }
}
