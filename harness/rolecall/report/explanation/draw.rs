//! Reasons on the page: underlined in the user's files, or line by line.

use std::collections::BTreeMap;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use rolecall_policy::{SourceId, Span};

use super::Reason;
use crate::scenario::Sources;

/// Reasons as text, each place underlined in its file.
pub fn draw(reasons: &[Reason], sources: &Sources, styled: bool) -> String {
    let drawn: Vec<String> = reasons
        .iter()
        .map(|reason| draw_one(reason, sources, styled))
        .collect();
    drawn.join("\n\n")
}

/// Reasons in plain lines, for the forms that don't draw: each headline, its places, its notes.
pub fn speak(reasons: &[Reason], sources: &Sources) -> Vec<String> {
    let mut lines = Vec::new();
    for reason in reasons {
        lines.push(reason.headline.clone());
        let places = reason.places.iter();
        lines.extend(places.map(|(span, label)| format!("{}: {label}", sources.place(*span))));
        lines.extend(reason.notes.iter().cloned());
    }
    lines
}

fn draw_one(reason: &Reason, sources: &Sources, styled: bool) -> String {
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut group = Level::INFO
        .with_name("because")
        .primary_title(&reason.headline)
        .elements(std::iter::empty::<annotate_snippets::Element<'_>>());
    for (source, places) in by_source(&reason.places) {
        let Some(source) = sources.get(source) else {
            continue;
        };
        let mut snippet = Snippet::source(source.text()).path(source.path());
        for (span, label) in places {
            let kind = AnnotationKind::Primary.span(span.start as usize..span.end as usize);
            snippet = snippet.annotation(kind.label(label.as_str()));
        }
        group = group.element(snippet);
    }
    for note in &reason.notes {
        group = group.element(Level::NOTE.message(note));
    }
    renderer.render(&[group]).clone()
}

fn by_source(places: &[(Span, String)]) -> BTreeMap<SourceId, Vec<&(Span, String)>> {
    let mut grouped = BTreeMap::new();
    for place in places {
        grouped
            .entry(place.0.source)
            .or_insert_with(Vec::new)
            .push(place);
    }
    grouped
}
