//! A test's steps as a sequence diagram in SVG: a lane for each caller and each service, an arrow for each request. Drawn
//! twice, wide and narrow; the page's style shows the one that fits.

use std::fmt::Write as _;

use super::html::escape;
use crate::run::StepResult;
use crate::target::Got;

const HEAD: usize = 34;
const ROW: usize = 46;

/// How a diagram is measured, in pixels.
#[derive(Clone, Copy)]
struct Measure {
    class: &'static str,
    /// What there is room for.
    width: usize,
    /// From the middle of a lane to the middle of the next, at least and at most.
    lane: (usize, usize),
    /// What a letter takes, on average.
    letter: usize,
}

const WIDE: Measure = Measure {
    class: "wide",
    width: 920,
    lane: (110, 230),
    letter: 7,
};
const NARROW: Measure = Measure {
    class: "narrow",
    width: 336,
    lane: (58, 120),
    letter: 6,
};

/// The steps as a `<figure>`; empty where no step sent a request.
pub(super) fn sequence(steps: &[StepResult]) -> String {
    let lanes = lanes(steps);
    if lanes.is_empty() {
        return String::new();
    }
    let mut figure = "<figure class=\"sequence\">".to_owned();
    for measure in [WIDE, NARROW] {
        let (least, most) = measure.lane;
        let drawing = Drawing {
            lanes: &lanes,
            measure,
            lane: (measure.width / lanes.len()).clamp(least, most),
        };
        figure.push_str(&drawing.draw(steps));
    }
    figure + "</figure>\n"
}

/// Callers first, in the order they act, then services.
fn lanes(steps: &[StepResult]) -> Vec<&str> {
    let mut lanes = Vec::new();
    let callers = steps
        .iter()
        .filter(|step| step.request.is_some())
        .filter_map(|step| step.actor.as_deref());
    for name in callers.chain(steps.iter().filter_map(service_of)) {
        if !lanes.contains(&name) {
            lanes.push(name);
        }
    }
    lanes
}

fn service_of(step: &StepResult) -> Option<&str> {
    step.request.as_deref()?.split(':').next()
}

struct Drawing<'a> {
    lanes: &'a [&'a str],
    measure: Measure,
    lane: usize,
}

impl Drawing<'_> {
    fn draw(&self, steps: &[StepResult]) -> String {
        let (width, height) = (self.width(), HEAD + 24 + ROW * steps.len());
        let mut svg = format!(
            "<svg class=\"{}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-label=\"sequence of requests\">\n",
            self.measure.class
        );
        for (index, lane) in self.lanes.iter().enumerate() {
            self.draw_lane(&mut svg, self.middle(index), lane, height);
        }
        for (row, step) in steps.iter().enumerate() {
            self.draw_step(&mut svg, HEAD + 40 + ROW * row, step);
        }
        svg + "</svg>"
    }

    fn width(&self) -> usize {
        self.lane * self.lanes.len()
    }

    fn middle(&self, lane: usize) -> usize {
        self.lane / 2 + self.lane * lane
    }

    fn draw_lane(&self, svg: &mut String, x: usize, name: &str, height: usize) {
        let box_width = self.lane - 8;
        let left = x - box_width / 2;
        let _ = writeln!(
            svg,
            "<line class=\"lane\" x1=\"{x}\" y1=\"{HEAD}\" x2=\"{x}\" y2=\"{height}\"/>\
             <rect class=\"head\" x=\"{left}\" y=\"1\" width=\"{box_width}\" height=\"{HEAD}\" rx=\"6\"/>\
             <text x=\"{x}\" y=\"23\" text-anchor=\"middle\">{}<title>{}</title></text>",
            escape(&shorten(name, (box_width - 6) / self.measure.letter)),
            escape(name)
        );
    }

    fn draw_step(&self, svg: &mut String, y: usize, step: &StepResult) {
        let place = |name: Option<&str>| {
            name.and_then(|name| self.lanes.iter().position(|lane| *lane == name))
        };
        let (Some(from), Some(to)) = (place(step.actor.as_deref()), place(service_of(step))) else {
            let words = format!("{} {}", step.number, step.title);
            self.write(svg, "aside", self.width() / 2, y, &words, &step.title);
            return;
        };
        let (start, end) = (self.middle(from), self.middle(to));
        let tip = if end > start { end - 8 } else { end + 8 };
        let _ = write!(
            svg,
            "<g class=\"{}\"><line class=\"arrow\" x1=\"{start}\" y1=\"{y}\" x2=\"{tip}\" y2=\"{y}\"/>\
             <path class=\"tip\" d=\"M{end} {y} L{tip} {} L{tip} {} Z\"/>",
            step.outcome.word(),
            y - 4,
            y + 4,
        );
        let middle = usize::midpoint(start, end);
        self.write(svg, "label", middle, y - 7, &label(step), &step.title);
        svg.push_str("</g>\n");
    }

    /// Writes a line of text around `x`, moved so that it stays inside the drawing.
    fn write(&self, svg: &mut String, class: &str, x: usize, y: usize, words: &str, title: &str) {
        let width = self.width();
        let words = shorten(words, (width - 8) / self.measure.letter);
        let half = words.chars().count() * self.measure.letter / 2 + 4;
        let x = x.max(half).min(width.saturating_sub(half).max(half));
        let _ = write!(
            svg,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}<title>{}</title></text>",
            escape(&words),
            escape(title)
        );
    }
}

fn label(step: &StepResult) -> String {
    let operation = step
        .request
        .as_deref()
        .and_then(|request| request.split(':').nth(1))
        .unwrap_or_default();
    let answer = match &step.got {
        Some(Got::Refused(error)) => format!(" ⇢ {}", error.code),
        Some(Got::Unreachable(_)) => " ⇢ no answer".to_owned(),
        Some(Got::Allowed(_)) | None => String::new(),
    };
    format!("{} {operation}{answer}", step.number)
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}
