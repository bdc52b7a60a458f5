//! From the parser's character counts to bytes.

/// Every how many characters a byte offset is remembered.
const STRIDE: usize = 64;

/// Turns character indices of a text into byte offsets.
pub(super) struct Positions<'t> {
    text: &'t str,
    /// The byte offset of every `STRIDE`th character; empty for ASCII, where the two are the same.
    checkpoints: Vec<usize>,
}

impl<'t> Positions<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let checkpoints = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices()
                .step_by(STRIDE)
                .map(|(byte, _)| byte)
                .collect()
        };
        Self { text, checkpoints }
    }

    /// The byte offset of the character with this index; the text's length beyond its end.
    pub(super) fn byte(&self, character: usize) -> usize {
        if self.checkpoints.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&near) = self.checkpoints.get(character / STRIDE) else {
            return self.text.len();
        };
        let rest = self.text.get(near..).unwrap_or_default();
        let offset = rest.char_indices().nth(character % STRIDE);
        offset.map_or(self.text.len(), |(byte, _)| near + byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_of_any_width_are_found() {
        for text in ["", "abc", "aé€😀b", &"é€x".repeat(100)] {
            let positions = Positions::new(text);
            for (index, (byte, _)) in text.char_indices().enumerate() {
                assert_eq!(positions.byte(index), byte, "{text} {index}");
            }
            assert_eq!(positions.byte(text.chars().count()), text.len());
            assert_eq!(positions.byte(usize::MAX), text.len());
        }
    }
}
