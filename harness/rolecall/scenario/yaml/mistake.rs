//! YAML mistakes in words a newcomer can act on.

use rolecall_policy::{SourceId, Span};

use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::source::narrow;

const SYNTAX: &str = "scenario::syntax";

/// Where the parser gave up, and what it had seen by then.
pub(super) struct Broken<'t> {
    pub(super) text: &'t str,
    pub(super) source: SourceId,
    /// The byte the parser names.
    pub(super) at: usize,
    /// The last scalar or bracket before it.
    pub(super) last: Span,
    /// The innermost `{` or `[` still open.
    pub(super) open: Option<Span>,
    /// The parser's own words.
    pub(super) info: &'t str,
}

impl Broken<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, narrow(start), narrow(end.max(start)))
    }

    /// The character at the mistake, or nothing at the end of the text.
    fn here(&self) -> Span {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        self.span(self.at, self.at + length)
    }

    /// The word at the mistake: up to white space or a bracket.
    fn word(&self) -> Span {
        let length = self
            .rest()
            .find(|c: char| c.is_whitespace() || "[]{},".contains(c));
        let length = length.unwrap_or(self.rest().len());
        self.span(self.at, self.at + length.max(1).min(self.rest().len()))
    }

    /// The rest of the line, without a comment.
    fn line_rest(&self) -> &str {
        let line = self.rest().lines().next().unwrap_or_default();
        let end = line.find(" #").unwrap_or(line.len());
        line.get(..end).unwrap_or_default().trim_end()
    }

    /// The line before the mistake that has something on it.
    fn line_before(&self) -> Span {
        let before = self.before().trim_end();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let indent = before
            .get(start..)
            .map_or(0, |line| line.len() - line.trim_start().len());
        self.span(start + indent, before.len())
    }

    fn at_end(&self) -> bool {
        self.rest().trim().is_empty()
    }
}

/// The parser's complaint, put as what to change.
pub(super) fn syntax(broken: &Broken<'_>) -> Box<Diagnostic> {
    let info = broken.info;
    let has = |part: &str| info.contains(part);
    let diagnostic = if has("tab") && (has("disallowed") || has("indentation") || has("a tab")) {
        tab(broken)
    } else if has("alias") || has("unknown anchor") {
        star(broken)
    } else if has("unexpected character") {
        needs_quotes(broken)
    } else if has("mapping values are not allowed") {
        colon(broken)
    } else if has("expect ':'") || has("simple key expected") {
        no_colon(broken)
    } else if has("block mapping, did not find expected key") {
        indentation(broken)
    } else if has("expected '-' indicator") {
        key_in_list(broken)
    } else if has("invalid indentation in quoted scalar")
        || has("quoted scalar, found unexpected end")
        || has("found unexpected document indicator")
    {
        open_quote(broken)
    } else if has("escape") || has("hexadecimal") {
        escape(broken)
    } else if has("block sequence entries are not allowed") {
        list_after_key(broken)
    } else if has("after double-quoted") || has("after single-quoted") {
        after_quote(broken)
    } else if has("handle wasn't declared") || has("a tag") || has("TAG") {
        return tag(broken.text, broken.word());
    } else if has("recursion limit") {
        return too_deep(broken.here(), super::MAX_DEPTH);
    } else if has("misplaced bracket") {
        misplaced_bracket(broken)
    } else if let Some(open) = broken.open {
        flow(broken, open)
    } else {
        other(broken)
    };
    Box::new(diagnostic)
}

fn tab(broken: &Broken<'_>) -> Diagnostic {
    let line = broken.before().rfind('\n').map_or(0, |at| at + 1);
    let after = broken.text.get(line..).unwrap_or_default();
    let at = after.find('\t').map_or(broken.at, |tab| line + tab);
    let tabs = broken.text.get(at..).unwrap_or_default();
    let length = tabs.len() - tabs.trim_start_matches('\t').len();
    Diagnostic::error(SYNTAX, "a tab in the indentation")
        .at(
            broken.span(at, at + length),
            "YAML indents with spaces only",
        )
        .help("replace the tab with spaces")
}

fn star(broken: &Broken<'_>) -> Diagnostic {
    let span = broken.word();
    let word = text_of(broken.text, span);
    Diagnostic::error(SYNTAX, format!("`{word}` needs quotes"))
        .at(span, "without quotes, `*` names an alias in YAML")
        .help(format!("write `\"{word}\"`"))
}

fn needs_quotes(broken: &Broken<'_>) -> Diagnostic {
    let span = broken.here();
    let character = text_of(broken.text, span);
    let value = broken.line_rest();
    Diagnostic::error(
        SYNTAX,
        format!("text that starts with `{character}` needs quotes"),
    )
    .at(span, "YAML gives this character a meaning of its own")
    .help(format!("write `\"{value}\"`"))
}

fn colon(broken: &Broken<'_>) -> Diagnostic {
    let line = broken.before().rfind('\n').map_or(0, |at| at + 1);
    if (broken.last.start as usize) < line {
        let key = broken.text.get(line..broken.at).unwrap_or_default();
        let start = broken.at - key.trim_start().len();
        return Diagnostic::error(SYNTAX, "a key inside a value")
            .at(
                broken.span(start, broken.at),
                "indented as if it continued the line above",
            )
            .related(
                first_line(broken.text, broken.last),
                "this already is a value",
            )
            .help("line it up with the keys above, or take the value above away");
    }
    let value = broken
        .text
        .get(broken.last.start as usize..)
        .unwrap_or_default();
    let value = value.lines().next().unwrap_or_default().trim_end();
    Diagnostic::error(SYNTAX, "a second `: ` on one line")
        .at(broken.here(), "text with `: ` in it needs quotes")
        .help(format!(
            "write `\"{value}\"`, or begin a new line for the second key"
        ))
}

fn no_colon(broken: &Broken<'_>) -> Diagnostic {
    Diagnostic::error(SYNTAX, "a line without a `:`")
        .at(
            broken.line_before(),
            "a key and its value are written `key: value`",
        )
        .help("add `:` and a value, or remove the line")
}

fn indentation(broken: &Broken<'_>) -> Diagnostic {
    let before = broken.before().trim_end_matches([' ', '\t']);
    let item = before.ends_with('-') || broken.rest().starts_with("- ");
    if item {
        return Diagnostic::error(SYNTAX, "a list item where a key belongs")
            .at(broken.word(), "the lines around it are `key: value`")
            .help("indent the list below the key it belongs to");
    }
    Diagnostic::error(SYNTAX, "wrong indentation")
        .at(broken.word(), "lines up with none of the keys above")
        .help("keys of one map start in the same column")
}

fn key_in_list(broken: &Broken<'_>) -> Diagnostic {
    Diagnostic::error(SYNTAX, "a key where a list item belongs")
        .at(broken.word(), "the lines above it are list items")
        .help("begin it with `- `, or line it up with the key that the list belongs to")
}

fn open_quote(broken: &Broken<'_>) -> Diagnostic {
    Diagnostic::error(SYNTAX, "a quote that is never closed")
        .at(broken.here(), "opened here")
        .help("close it; inside single quotes a quote is written twice, inside double quotes as `\\\"`")
}

fn escape(broken: &Broken<'_>) -> Diagnostic {
    let line = broken.line_rest();
    let known = |c: char| "0abtnvfre \"/\\N_LPxuU\t".contains(c);
    let escapes = line.match_indices('\\').map(|(at, _)| at);
    let unknown = escapes.clone().find(|at| {
        line.get(at + 1..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| !known(c))
    });
    let at = broken.at + unknown.or_else(|| escapes.clone().next()).unwrap_or(0);
    let next = broken
        .text
        .get(at + 1..)
        .and_then(|rest| rest.chars().next());
    let span = broken.span(at, at + 1 + next.map_or(0, char::len_utf8));
    let written = text_of(broken.text, span);
    Diagnostic::error(
        SYNTAX,
        format!("`{written}` means nothing inside double quotes"),
    )
    .at(span, "not an escape of YAML")
    .help("write `\\\\` for a backslash, or use single quotes")
}

fn list_after_key(broken: &Broken<'_>) -> Diagnostic {
    Diagnostic::error(SYNTAX, "a list item on the line of its key")
        .at(broken.here(), "a list begins on a line of its own")
        .help("begin a new line before `-`, or write the list as `[a, b]`")
}

fn after_quote(broken: &Broken<'_>) -> Diagnostic {
    Diagnostic::error(SYNTAX, "text after the closing quote")
        .at(broken.word(), "the value has ended before this")
        .help("put the whole value in quotes, or nothing of it")
}

fn misplaced_bracket(broken: &Broken<'_>) -> Diagnostic {
    let bracket = text_of(broken.text, broken.here());
    Diagnostic::error(SYNTAX, format!("`{bracket}` closes nothing"))
        .at(broken.here(), "no bracket is open here")
        .help("remove it, or put the text in quotes")
}

/// A mistake inside `{ }` or `[ ]`.
fn flow(broken: &Broken<'_>, open: Span) -> Diagnostic {
    let opening = text_of(broken.text, open);
    let closing = if opening == "[" { "]" } else { "}" };
    let variable = broken.before().ends_with('$') && broken.rest().starts_with('{');
    if variable {
        let end = broken
            .rest()
            .find('}')
            .map_or(broken.at + 1, |end| broken.at + end + 1);
        let span = broken.span(broken.at - 1, end);
        let written = text_of(broken.text, span);
        return Diagnostic::error(SYNTAX, format!("`{written}` needs quotes here"))
            .at(
                span,
                format!("inside `{opening} {closing}`, YAML takes the brace for a map"),
            )
            .help(format!("write `\"{written}\"`"));
    }
    if broken.at_end() {
        return Diagnostic::error(SYNTAX, format!("`{opening}` is never closed"))
            .at(open, "opened here")
            .help(format!("add `{closing}`"));
    }
    Diagnostic::error(SYNTAX, format!("a `,` or `{closing}` is missing"))
        .at(broken.word(), "before this")
        .related(open, "opened here")
        .help(format!(
            "separate the parts with `,` and close with `{closing}`"
        ))
}

fn other(broken: &Broken<'_>) -> Diagnostic {
    Diagnostic::error(SYNTAX, "this is not YAML").at(broken.here(), broken.info)
}

/// A second `---`.
pub(super) fn second_document(text: &str, span: Span) -> Box<Diagnostic> {
    let span = first_line(text, span);
    let error = Diagnostic::error(SYNTAX, "a second document in the file")
        .at(span, "begins here")
        .help("put each scenario into a file of its own");
    Box::new(error)
}

/// `*name`.
pub(super) fn alias(text: &str, span: Span) -> Box<Diagnostic> {
    let written = text_of(text, span);
    let error = Diagnostic::error(
        "scenario::alias",
        format!("the alias `{written}` can't be used here"),
    )
    .at(span, "aliases are not part of the scenario language")
    .help(format!(
        "write the value out; as text, put it in quotes: `\"{written}\"`"
    ));
    Box::new(error)
}

/// `&name`.
pub(super) fn anchor(text: &str, span: Span) -> Box<Diagnostic> {
    let span = first_word(text, span);
    let written = text_of(text, span);
    let error = Diagnostic::error(
        "scenario::anchor",
        format!("the anchor `{written}` can't be used here"),
    )
    .at(span, "anchors are not part of the scenario language")
    .help("remove it; what several files share goes into a `*.world.yaml` file, named by `use`");
    Box::new(error)
}

/// `!Tag`.
pub(super) fn tag(text: &str, span: Span) -> Box<Diagnostic> {
    let span = first_word(text, span);
    let written = text_of(text, span);
    let error = Diagnostic::error(
        "scenario::tag",
        format!("the tag `{written}` can't be used here"),
    )
    .at(span, "tags are not part of the scenario language")
    .help("write the plain value");
    Box::new(error)
}

/// `<<:`.
pub(super) fn merge_key(span: Span) -> Box<Diagnostic> {
    let error = Diagnostic::error("scenario::merge-key", "maps can't be merged with `<<`")
        .at(span, "merge keys are not part of the scenario language")
        .help("write the keys out");
    Box::new(error)
}

/// A key that YAML types as something else than text.
pub(super) fn typed_key(kind: &str, written: &str, span: Span) -> Box<Diagnostic> {
    let message = if written.is_empty() {
        "a `:` without a key before it".to_owned()
    } else {
        format!("the key `{written}` is {kind}, not text")
    };
    let error = Diagnostic::error("scenario::key", message)
        .at(span, "keys are text")
        .help(format!("write `\"{written}\"`"));
    Box::new(error)
}

/// `{a: b}: c`.
pub(super) fn compound_key(text: &str, span: Span) -> Box<Diagnostic> {
    let error = Diagnostic::error("scenario::key", "a map or list can't be a key")
        .at(first_line(text, span), "keys are text")
        .help("text that starts with `{` or `[` needs quotes");
    Box::new(error)
}

/// `a: 1` twice in one map.
pub(super) fn duplicate_key(name: &str, span: Span, first: Option<Span>) -> Box<Diagnostic> {
    let error = Diagnostic::error(
        "scenario::duplicate-key",
        format!("the key `{name}` is given twice"),
    )
    .at(span, "given again here")
    .help("remove one of the two, or rename it");
    Box::new(match first {
        Some(first) => error.related(first, "first given here"),
        None => error,
    })
}

/// Too many maps and lists inside each other.
pub(super) fn too_deep(span: Span, limit: usize) -> Box<Diagnostic> {
    let message = format!("more than {limit} maps and lists inside each other");
    let error = Diagnostic::error("scenario::too-deep", message)
        .at(span, "one too many")
        .help("check the indentation and the brackets: no scenario needs that many");
    Box::new(error)
}

fn text_of(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize)
        .unwrap_or_default()
}

/// The part of a span up to the end of its line.
fn first_line(text: &str, span: Span) -> Span {
    let line = text_of(text, span).lines().next().unwrap_or_default();
    Span {
        end: span.start.saturating_add(narrow(line.trim_end().len())),
        ..span
    }
}

/// The part of a span (or of the text from its start) up to white space.
fn first_word(text: &str, span: Span) -> Span {
    let rest = text.get(span.start as usize..).unwrap_or_default();
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    Span {
        end: span.start.saturating_add(narrow(length)),
        ..span
    }
}
