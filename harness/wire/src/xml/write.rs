//! Writes elements one after the other, on one line or indented.

/// Whether quotation marks are escaped in text, as S3 does (`<ETag>&quot;…&quot;</ETag>`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quotes {
    Escape,
    Keep,
}

/// A document in the making.
#[derive(Debug)]
pub(crate) struct Writer {
    out: String,
    depth: usize,
    pretty: bool,
    quotes: Quotes,
}

impl Writer {
    /// A document on one line, after a prologue.
    pub(crate) fn compact(prologue: &str, quotes: Quotes) -> Self {
        Self {
            out: prologue.to_owned(),
            depth: 0,
            pretty: false,
            quotes,
        }
    }

    /// A document with an element a line, indented by two spaces, and a line feed at its end.
    pub(crate) fn pretty() -> Self {
        Self {
            out: String::with_capacity(512),
            depth: 0,
            pretty: true,
            quotes: Quotes::Keep,
        }
    }

    /// `<name attribute="value">`; attributes come ready-made, see [`attribute`].
    pub(crate) fn start(&mut self, name: &str, attributes: &str) {
        self.indent();
        self.tag(&["<", name, attributes, ">"]);
        self.line_feed();
        self.depth += 1;
    }

    /// `</name>`.
    pub(crate) fn end(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.tag(&["</", name, ">"]);
        self.line_feed();
    }

    /// `<name>text</name>`.
    pub(crate) fn text(&mut self, name: &str, attributes: &str, text: &str) {
        self.indent();
        self.tag(&["<", name, attributes, ">"]);
        escape(text, self.quotes, &mut self.out);
        self.tag(&["</", name, ">"]);
        self.line_feed();
    }

    /// `<name/>`.
    pub(crate) fn empty(&mut self, name: &str, attributes: &str) {
        self.indent();
        self.tag(&["<", name, attributes, "/>"]);
        self.line_feed();
    }

    /// The document.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    fn tag(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.push_str(part);
        }
    }

    fn indent(&mut self) {
        if self.pretty {
            self.out.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    fn line_feed(&mut self) {
        if self.pretty {
            self.out.push('\n');
        }
    }
}

/// ` name="value"`.
pub(crate) fn attribute(name: &str, value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    escape(value, Quotes::Escape, &mut escaped);
    // A reader takes white space in attributes for spaces.
    format!(
        " {name}=\"{}\"",
        escaped.replace('\n', "&#xA;").replace('\t', "&#x9;")
    )
}

/// Appends text with XML's special characters escaped. What XML 1.0 can't hold at all becomes U+FFFD.
fn escape(text: &str, quotes: Quotes, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if quotes == Quotes::Escape => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\u{0}'..='\u{8}'
            | '\u{B}'
            | '\u{C}'
            | '\u{E}'..='\u{1F}'
            | '\u{FFFE}'
            | '\u{FFFF}' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_pretty_or_on_one_line() {
        let write = |mut writer: Writer| {
            writer.start("A", &attribute("xmlns", "u&v"));
            writer.text("B", "", "1 < \"2\"\r");
            writer.empty("C", "");
            writer.end("A");
            writer.finish()
        };
        assert_eq!(
            write(Writer::pretty()),
            "<A xmlns=\"u&amp;v\">\n  <B>1 &lt; \"2\"&#xD;</B>\n  <C/>\n</A>\n"
        );
        assert_eq!(
            write(Writer::compact("<?xml?>\n", Quotes::Escape)),
            "<?xml?>\n<A xmlns=\"u&amp;v\"><B>1 &lt; &quot;2&quot;&#xD;</B><C/></A>"
        );
    }
}
