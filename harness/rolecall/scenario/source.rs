//! The texts that diagnostics point into: scenario files and the policy files they name.

use std::sync::Arc;

use rolecall_policy::{SourceId, Span};

/// A file's text under the name the user knows it by.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: Arc<str>,
    line_starts: Arc<[u32]>,
}

impl Source {
    /// The path as the user would type it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text, without a byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line (from 1) and the column (from 1, in characters) of a byte.
    pub fn line_column(&self, byte: u32) -> (usize, usize) {
        let line = self.line(byte);
        let start = self.line_start(line);
        let before = self.text.get(start..byte as usize).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    /// The line (from 1) that a byte stands in.
    pub fn line(&self, byte: u32) -> usize {
        self.line_starts.partition_point(|start| *start <= byte)
    }

    /// The first byte of a line, counted from 1; the end of the text for a line after the last.
    pub fn line_start(&self, line: usize) -> usize {
        let start = self.line_starts.get(line.saturating_sub(1));
        start.map_or(self.text.len(), |start| *start as usize)
    }
}

/// All texts of one [`load`](super::load), by the ids that spans carry.
///
/// # Example
///
/// ```
/// use rolecall::scenario::Sources;
///
/// let mut sources = Sources::new();
/// let id = sources.add("tutorial.yaml", "scenario: x\nsteps: []\n");
/// let source = sources.get(id).expect("just added");
/// assert_eq!(source.line_column(19), (2, 8));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// No texts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text; its id is good for spans into it.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> SourceId {
        let text: Arc<str> = text.into();
        let line_starts = line_starts(&text);
        let path = path.into();
        self.sources.push(Source {
            path,
            text,
            line_starts,
        });
        SourceId(narrow(self.sources.len() - 1))
    }

    /// The text with an id.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// All texts, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        let ids = (0..).map(SourceId);
        ids.zip(&self.sources)
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        let text = self.get(span.source).map_or("", Source::text);
        text.get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// `path:line:column` of a span's first character.
    pub fn place(&self, span: Span) -> String {
        match self.get(span.source) {
            Some(source) => {
                let (line, column) = source.line_column(span.start);
                format!("{}:{line}:{column}", source.path)
            }
            None => String::new(),
        }
    }
}

/// Sizes are limited before texts come here, so that offsets fit.
pub(crate) fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn line_starts(text: &str) -> Arc<[u32]> {
    let after_breaks = text.match_indices('\n').map(|(at, _)| narrow(at + 1));
    std::iter::once(0).chain(after_breaks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let mut sources = Sources::new();
        let id = sources.add("f", "aé\r\nb\n");
        let source = sources.get(id).unwrap();

        for (byte, place) in [
            (0, (1, 1)),
            (1, (1, 2)),
            (3, (1, 3)),
            (5, (2, 1)),
            (7, (3, 1)),
        ] {
            assert_eq!(source.line_column(byte), place, "byte {byte}");
        }
    }

    #[test]
    fn a_place_outside_every_text_is_empty_and_no_panic() {
        let sources = Sources::new();
        assert_eq!(sources.place(Span::new(SourceId(7), 3, 9)), "");
        assert_eq!(sources.text(Span::new(SourceId(7), 3, 9)), "");
    }
}
