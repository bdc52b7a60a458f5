//! YAML text → a tree of values with their places.
//!
//! One YAML document of maps, lists and scalars. What makes a file mean something else than it seems to
//! say is refused: tags, anchors and aliases, merge keys, keys that aren't text, keys given twice. The
//! first mistake ends the reading: what follows a broken line can't be trusted.

mod mistake;
mod position;
mod scalar;

use std::collections::HashSet;

use rolecall_policy::{Entry, Node, SourceId, Span, Value};
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as Marks, Tag};

use super::diagnostic::Diagnostic;
use super::source::narrow;
use position::Positions;

/// How deep maps and lists may be nested.
const MAX_DEPTH: usize = 64;

/// Reads one document; `None` for a text without one (empty, or comments only).
pub(crate) fn read(text: &str, source: SourceId) -> Result<Option<Node>, Box<Diagnostic>> {
    let mut reader = Reader {
        text,
        source,
        positions: Positions::new(text),
        open: Vec::new(),
        root: None,
        last: Span::new(source, 0, 0),
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, marks) = event.map_err(|error| reader.syntax(&error))?;
        if event == Event::StreamEnd {
            break;
        }
        reader.event(event, marks)?;
    }
    Ok(reader.root)
}

/// A map or list whose end hasn't come yet.
struct Open {
    start: Span,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        key: Option<(String, Span)>,
        seen: HashSet<String>,
    },
}

struct Reader<'t> {
    text: &'t str,
    source: SourceId,
    positions: Positions<'t>,
    open: Vec<Open>,
    root: Option<Node>,
    /// The last scalar or bracket read, for mistakes that show up after their cause.
    last: Span,
}

type Step = Result<(), Box<Diagnostic>>;

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, marks: Marks) -> Step {
        let span = self.span(marks);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_node(anchor, tag.as_deref(), span)?;
                self.scalar(&text, style, span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain_node(anchor, tag.as_deref(), span)?;
                self.start(Kind::List(Vec::new()), span)
            }
            Event::MappingStart(anchor, tag) => {
                self.plain_node(anchor, tag.as_deref(), span)?;
                let (entries, seen) = (Vec::new(), HashSet::new());
                let key = None;
                self.start(Kind::Map { entries, key, seen }, span)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.end(span);
                Ok(())
            }
            Event::Alias(_) => Err(mistake::alias(self.text, span)),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(mistake::second_document(self.text, span))
            }
            Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::StreamStart
            | Event::StreamEnd
            | Event::Nothing => Ok(()),
        }
    }

    /// Refuses anchors and tags.
    fn plain_node(&self, anchor: usize, tag: Option<&Tag>, span: Span) -> Step {
        if anchor != 0 {
            return Err(mistake::anchor(self.text, span));
        }
        tag.map_or(Ok(()), |_| Err(mistake::tag(self.text, span)))
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Step {
        let span = self.without_line_end(span);
        self.last = span;
        let value = match style {
            ScalarStyle::Plain => scalar::plain(text),
            ScalarStyle::SingleQuoted
            | ScalarStyle::DoubleQuoted
            | ScalarStyle::Literal
            | ScalarStyle::Folded => Value::String(text.to_owned()),
        };
        match self.open.last_mut() {
            Some(Open {
                kind: Kind::Map { key, seen, entries },
                ..
            }) if key.is_none() => {
                let name = text_key(value, text, span)?;
                if !seen.insert(name.clone()) {
                    let first = entries.iter().find(|entry| entry.key == name);
                    return Err(mistake::duplicate_key(
                        &name,
                        span,
                        first.map(|entry| entry.key_span),
                    ));
                }
                *key = Some((name, span));
                Ok(())
            }
            _ => {
                self.place(Node { span, value });
                Ok(())
            }
        }
    }

    fn start(&mut self, kind: Kind, span: Span) -> Step {
        if let Some(Open {
            kind: Kind::Map { key: None, .. },
            ..
        }) = self.open.last()
        {
            return Err(mistake::compound_key(self.text, span));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(mistake::too_deep(span, MAX_DEPTH));
        }
        self.last = if span.start == span.end {
            self.last
        } else {
            span
        };
        self.open.push(Open { start: span, kind });
        Ok(())
    }

    fn end(&mut self, end: Span) {
        let Some(open) = self.open.pop() else {
            return;
        };
        let flow = open.start.end > open.start.start;
        let last = match &open.kind {
            Kind::List(nodes) => nodes.last().map(|node| node.span.end),
            Kind::Map { entries, .. } => entries
                .last()
                .map(|entry| entry.value.span.end.max(entry.key_span.end)),
        };
        let end = if flow {
            end.end
        } else {
            last.unwrap_or(open.start.end)
        };
        let span = Span::new(self.source, open.start.start, end.max(open.start.start));
        let value = match open.kind {
            Kind::List(nodes) => Value::List(nodes),
            Kind::Map { entries, .. } => Value::Map(entries),
        };
        self.place(Node { span, value });
    }

    /// Puts a finished value where it belongs.
    fn place(&mut self, mut node: Node) {
        match self.open.last_mut().map(|open| &mut open.kind) {
            Some(Kind::List(nodes)) => nodes.push(node),
            Some(Kind::Map { entries, key, .. }) => {
                if let Some((key, key_span)) = key.take() {
                    // A value left out has no text of its own to underline.
                    if node.span.start == node.span.end {
                        node.span = key_span;
                    }
                    entries.push(Entry {
                        key,
                        key_span,
                        value: node,
                    });
                }
            }
            None => self.root = Some(node),
        }
    }

    fn syntax(&self, error: &ScanError) -> Box<Diagnostic> {
        let at = self.positions.byte(error.marker().index());
        let open = self.open.iter().rev().find(|o| o.start.end > o.start.start);
        mistake::syntax(&mistake::Broken {
            text: self.text,
            source: self.source,
            at,
            last: self.last,
            open: open.map(|open| open.start),
            info: error.info(),
        })
    }

    fn span(&self, marks: Marks) -> Span {
        let start = self.positions.byte(marks.start.index());
        let end = self.positions.byte(marks.end.index());
        Span::new(self.source, narrow(start), narrow(end.max(start)))
    }

    /// A block scalar's span without the line break (and blank lines) after its last line.
    fn without_line_end(&self, span: Span) -> Span {
        let text = self.text.get(span.start as usize..span.end as usize);
        let trimmed = text.unwrap_or_default().trim_end().len();
        Span::new(
            span.source,
            span.start,
            span.start.saturating_add(narrow(trimmed)),
        )
    }
}

/// A key as text; numbers, booleans and null are none, however harmless they look.
fn text_key(value: Value, written: &str, span: Span) -> Result<String, Box<Diagnostic>> {
    match value {
        Value::String(text) if text == "<<" => Err(mistake::merge_key(span)),
        Value::String(text) => Ok(text),
        Value::Number(_) => Err(mistake::typed_key("a number", written, span)),
        Value::Bool(_) => Err(mistake::typed_key("`true` or `false`", written, span)),
        Value::Null | Value::List(_) | Value::Map(_) => {
            Err(mistake::typed_key("null", written, span))
        }
    }
}

#[cfg(test)]
mod tests;
