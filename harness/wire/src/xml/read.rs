//! Reads a document into [`Element`]s.
//!
//! Document types, and with them entities of one's own, are refused; nesting, elements and attributes are limited.

use std::mem;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// The deepest nesting that is read. AWS's own shapes stay below 16.
const MAX_DEPTH: usize = 64;

/// The most attributes of one element: they are compared with one another.
const MAX_ATTRIBUTES: usize = 64;

/// The most elements and attributes of a document. AWS's largest, a `CompleteMultipartUpload` of 10,000 parts with their
/// checksums, has 50,000.
const MAX_NODES: usize = 100_000;

/// An element: its local name (without prefix), attributes, child elements and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The local name.
    pub name: String,
    /// Attributes by the name as written, prefix included.
    pub attributes: Vec<(String, String)>,
    /// The elements directly inside, in order.
    pub children: Vec<Element>,
    /// All text directly inside, in one piece.
    pub text: String,
}

impl Element {
    /// The first child of a name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The value of an attribute, by the name as written.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The text of the first child of a name.
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }
}

/// The document is not well-formed, or more than this reader takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not well-formed XML")]
pub struct Malformed;

/// The root element of a document.
pub fn parse(document: &[u8]) -> Result<Element, Malformed> {
    let text = str::from_utf8(document).map_err(|_| Malformed)?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut tree = Tree::default();
    loop {
        match reader.read_event().map_err(|_| Malformed)? {
            Event::Start(start) => tree.open(element(&start)?)?,
            Event::Empty(start) => {
                tree.open(element(&start)?)?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.text(&text.xml10_content())?,
            Event::CData(text) => tree.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                tree.text(resolve(&reference)?.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(Malformed),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => return tree.finish(),
        }
    }
}

#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    nodes: usize,
}

impl Tree {
    fn open(&mut self, element: Element) -> Result<(), Malformed> {
        self.nodes += 1 + element.attributes.len();
        if self.root.is_some() || self.open.len() >= MAX_DEPTH || self.nodes > MAX_NODES {
            return Err(Malformed);
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Malformed> {
        let element = self.open.pop().ok_or(Malformed)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), Malformed> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_ascii().is_empty() => {}
            None => return Err(Malformed),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Element, Malformed> {
        if !self.open.is_empty() {
            return Err(Malformed);
        }
        mem::take(&mut self.root).ok_or(Malformed)
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Malformed> {
    let mut element = Element {
        name: start.local_name().as_ref().to_owned(),
        ..Element::default()
    };
    for attribute in start.attributes() {
        if element.attributes.len() >= MAX_ATTRIBUTES {
            return Err(Malformed);
        }
        let attribute = attribute.map_err(|_| Malformed)?;
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(|_| Malformed)?;
        element
            .attributes
            .push((attribute.key.as_ref().to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, Malformed> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| Malformed)? {
        return Ok(character);
    }
    match &**reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_go_and_references_are_resolved() {
        let document = br#"<?xml version="1.0"?><!-- c --><a:A xmlns:a="u" a:t="x&amp;y"><B>&quot;1&#38;<![CDATA[<2>]]></B></a:A>"#;
        let root = parse(document).unwrap();
        assert_eq!(root.name, "A");
        assert!(
            root.attributes
                .contains(&("a:t".to_owned(), "x&y".to_owned()))
        );
        assert_eq!(root.child_text("B"), Some("\"1&<2>"));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(65), "</a>".repeat(65));
        let wide: Vec<String> = (0..100_000)
            .map(|number| format!(" a{number}=''"))
            .collect();
        let wide = format!("<a{}/>", wide.concat());
        let many = format!("<a>{}</a>", "<b/>".repeat(MAX_NODES));
        let rows: &[(&str, &str)] = &[
            (&many, "too many elements"),
            ("", "nothing"),
            ("text", "no element"),
            ("<a>", "an open element"),
            ("<a></b>", "the wrong end"),
            ("<a/><b/>", "two roots"),
            ("<a/>x", "text after the root"),
            ("<a>&unknown;</a>", "an unknown entity"),
            ("<a>&#0;</a>", "the character zero"),
            (
                "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
                "a document type",
            ),
            (&deep, "deep nesting"),
            (&wide, "many attributes"),
        ];
        for (document, what) in rows {
            assert_eq!(parse(document.as_bytes()), Err(Malformed), "{what}");
        }
        assert_eq!(
            parse(b"<a>\xFF</a>"),
            Err(Malformed),
            "bytes that are no UTF-8"
        );
    }
}
