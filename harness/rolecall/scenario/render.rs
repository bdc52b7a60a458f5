//! Diagnostics as text: for people, for screen readers, for programs.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use rolecall_policy::Span;
use serde::Serialize;

use super::diagnostic::{Diagnostic, Severity};
use super::source::{Source, Sources};

/// How many lines around a marked place are handed to the renderer, which shows fewer.
const CONTEXT_LINES: usize = 3;

/// Each diagnostic with its line, the underlined place and the remedy; an empty line between two.
pub fn human(diagnostics: &[Diagnostic], sources: &Sources, color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let texts = diagnostics.iter().map(|diagnostic| {
        let group = group(diagnostic, sources);
        let mut text = renderer.render(&[group]);
        text.push('\n');
        text
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// One line a diagnostic, without drawings: `file:line:column: error[code]: message (label); help: …`.
pub fn plain(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let lines = diagnostics
        .iter()
        .map(|diagnostic| plain_line(diagnostic, sources));
    lines.collect::<Vec<_>>().concat()
}

fn plain_line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut parts = Vec::new();
    let severity = diagnostic.severity.as_str();
    let main = format!("{severity}[{}]: {}", diagnostic.code, diagnostic.message);
    parts.push(match &diagnostic.at {
        Some((span, label)) if label.is_empty() => format!("{}: {main}", sources.place(*span)),
        Some((span, label)) => format!("{}: {main} ({label})", sources.place(*span)),
        None => main,
    });
    let related = diagnostic.related.iter();
    parts.extend(related.map(|(span, label)| format!("{}: {label}", sources.place(*span))));
    parts.extend(diagnostic.help.iter().map(|help| format!("help: {help}")));
    format!("{}\n", printable(&parts.join("; ")))
}

/// One JSON object a line: `severity`, `code`, `message`, `at`, `related` and `help`. A place has `file`, `line`,
/// `column`, `end_line`, `end_column` (from 1, in characters; the end is exclusive) and `label`.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let lines = diagnostics.iter().filter_map(|diagnostic| {
        let record = Record {
            severity: diagnostic.severity.as_str(),
            code: diagnostic.code,
            message: &diagnostic.message,
            at: diagnostic
                .at
                .as_ref()
                .and_then(|(span, label)| place(*span, label, sources)),
            related: diagnostic
                .related
                .iter()
                .filter_map(|(span, label)| place(*span, label, sources))
                .collect(),
            help: diagnostic.help.as_deref(),
        };
        serde_json::to_string(&record).ok()
    });
    lines.map(|line| line + "\n").collect()
}

#[derive(Serialize)]
struct Record<'d> {
    severity: &'d str,
    code: &'d str,
    message: &'d str,
    at: Option<Place<'d>>,
    related: Vec<Place<'d>>,
    help: Option<&'d str>,
}

#[derive(Serialize)]
struct Place<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    label: &'d str,
}

fn place<'d>(span: Span, label: &'d str, sources: &'d Sources) -> Option<Place<'d>> {
    let source = sources.get(span.source)?;
    let (line, column) = source.line_column(span.start);
    let (end_line, end_column) = source.line_column(span.end);
    Some(Place {
        file: source.path(),
        line,
        column,
        end_line,
        end_column,
        label,
    })
}

fn group<'d>(diagnostic: &'d Diagnostic, sources: &'d Sources) -> Group<'d> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.code);
    let mut group = Group::with_title(title);
    for (source, marks) in by_source(diagnostic, sources) {
        group = group.element(snippet(source, marks));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    group
}

struct Mark<'d> {
    span: Span,
    label: &'d str,
    kind: AnnotationKind,
}

/// The marked places, those of one file together, the file of the mistake first.
fn by_source<'d>(
    diagnostic: &'d Diagnostic,
    sources: &'d Sources,
) -> Vec<(&'d Source, Vec<Mark<'d>>)> {
    let primary = diagnostic
        .at
        .iter()
        .map(|place| (place, AnnotationKind::Primary));
    let related = diagnostic
        .related
        .iter()
        .map(|place| (place, AnnotationKind::Context));
    let mut files: Vec<(&Source, Vec<Mark<'_>>)> = Vec::new();
    for ((span, label), kind) in primary.chain(related) {
        let Some(source) = sources.get(span.source) else {
            continue;
        };
        let mark = Mark {
            span: *span,
            label,
            kind,
        };
        match files
            .iter_mut()
            .find(|(other, _)| std::ptr::eq(*other, source))
        {
            Some((_, marks)) => marks.push(mark),
            None => files.push((source, vec![mark])),
        }
    }
    files
}

/// A part of a text around its marks: a whole file of a megabyte would be laid out line by line.
fn snippet<'d>(source: &'d Source, marks: Vec<Mark<'d>>) -> Snippet<'d, Annotation<'d>> {
    let lines = marks
        .iter()
        .flat_map(|mark| [source.line(mark.span.start), source.line(mark.span.end)]);
    let first = lines
        .clone()
        .min()
        .unwrap_or(1)
        .saturating_sub(CONTEXT_LINES)
        .max(1);
    let last = lines.max().unwrap_or(1).saturating_add(CONTEXT_LINES + 1);
    let (start, end) = (source.line_start(first), source.line_start(last));
    let text = source.text().get(start..end).unwrap_or_default();
    let within = |byte: u32| (byte as usize).saturating_sub(start).min(text.len());
    let annotations = marks.into_iter().map(move |mark| {
        let range = visible(text, within(mark.span.start)..within(mark.span.end));
        mark.kind.span(range).label(printable(mark.label))
    });
    Snippet::source(text)
        .line_start(first)
        .path(source.path())
        .annotations(annotations)
}

/// Marks of many lines are drawn around whole paragraphs; the first line says as much.
fn visible(text: &str, range: Range<usize>) -> Range<usize> {
    let marked = text.get(range.clone()).unwrap_or_default();
    match marked.find('\n') {
        Some(end) => {
            range.start..range.start + marked.get(..end).unwrap_or_default().trim_end().len()
        }
        None => range,
    }
}

/// Control characters must not reach a terminal or split a line.
fn printable(line: &str) -> Cow<'_, str> {
    if !line.contains(char::is_control) {
        return Cow::Borrowed(line);
    }
    line.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
