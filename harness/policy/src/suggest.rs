//! The nearest name, for “did you mean”.

/// The known name nearest to `wrong`, if one is near enough to be meant.
pub(crate) fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let folded = wrong.to_ascii_lowercase();
    let limit = (wrong.chars().count() / 3).clamp(1, 4);
    known
        .filter(|name| name.len().abs_diff(wrong.len()) <= limit)
        .map(|name| {
            let distance = strsim::osa_distance(&folded, &name.to_ascii_lowercase());
            (distance, name)
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A third of the letters may be wrong, at least one and at most four.
    #[test]
    fn a_name_is_near_when_few_of_its_letters_are_wrong() {
        for (wrong, known, expected) in [
            ("ab", "ac", true),
            ("ab", "cd", false),
            ("abcde", "abcdx", true),
            ("abcde", "abcxy", false),
            ("abcdef", "abcdxy", true),
            ("abcdef", "abcxyz", false),
            ("abcdefghijkl", "abcdefghwxyz", true),
            ("abcdefghijklmno", "abcdefghijvwxyz", false),
            ("ABCDEF", "abcdxf", true),
            ("abcdef", "abcdfe", true),
        ] {
            let found = nearest(wrong, [known].into_iter());
            assert_eq!(found.is_some(), expected, "{wrong} {known}");
        }
    }

    #[test]
    fn the_nearest_is_told() {
        let known = ["GetObjects", "GetObject", "PutObject"];
        assert_eq!(nearest("GetObjec", known.into_iter()), Some("GetObject"));
    }
}
