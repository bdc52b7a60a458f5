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
