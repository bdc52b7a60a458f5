//! The one helper behind every "did you mean".

/// The most characters that may differ, however long the word is.
const MOST: usize = 6;

/// How many candidates are looked at: in a world of thousands, thousands of unknown names must not take minutes.
const CANDIDATES: usize = 2_000;

/// The candidate that `word` was most likely meant to be; `None` when none is near.
///
/// Case and the separators `-`, `_`, space count for nothing; beyond them a third of the word may differ. A word
/// cut short is near if two thirds of it are there.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let wanted = fold(word);
    let length = wanted.chars().count();
    let allowed = (length / 3).clamp(1, MOST);
    let mut best: Option<(usize, &'c str)> = None;
    for candidate in candidates.into_iter().take(CANDIDATES) {
        let folded = fold(candidate);
        let other = folded.chars().count();
        let is_cut_short = length * 3 >= other * 2 && folded.starts_with(&wanted);
        if candidate == word || other.abs_diff(length) > allowed && !is_cut_short {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&wanted, &folded);
        let near = (distance <= allowed || is_cut_short) && distance < length.min(other);
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `did you mean …?` for the nearest candidate.
pub(crate) fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

fn fold(word: &str) -> String {
    word.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_suggested() {
        let names = [
            "external-id",
            "S3-CloudFront-Access",
            "call",
            "can",
            "cannot",
            "spa-deployment",
        ];
        for (word, wanted) in [
            ("external_id", Some("external-id")),
            ("ExternalId", Some("external-id")),
            ("extenral-id", Some("external-id")),
            ("s3-cloudfront-access", Some("S3-CloudFront-Access")),
            ("S3-CloudFrnt-Acess", Some("S3-CloudFront-Access")),
            ("cal", Some("call")),
            ("canot", Some("cannot")),
            ("spa-deploy", Some("spa-deployment")),
            ("spa-dep", None),
            ("x", None),
            ("", None),
            ("because", None),
            ("administrator", None),
        ] {
            assert_eq!(nearest(word, names), wanted, "{word}");
        }
    }
}
