//! A test's steps as a sequence diagram in SVG: a lane for each caller and each service, an arrow for each request.

use std::fmt::Write as _;

use super::html::escape;
use crate::run::StepResult;
use crate::target::Got;

const LANE_WIDTH: usize = 220;
const MARGIN: usize = 110;
const HEAD: usize = 34;
const ROW: usize = 46;

/// The steps as a `<figure>`; empty where no step sent a request.
pub(super) fn sequence(steps: &[StepResult]) -> String {
    let lanes = lanes(steps);
    if lanes.is_empty() {
        return String::new();
    }
    let width = MARGIN * 2 + LANE_WIDTH * (lanes.len() - 1);
    let height = HEAD + 24 + ROW * steps.len();
    let mut svg = format!(
        "<figure><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-label=\"sequence of requests\">\n"
    );
    for (index, lane) in lanes.iter().enumerate() {
        draw_lane(&mut svg, middle(index), lane, height);
    }
    for (row, step) in steps.iter().enumerate() {
        draw_step(&mut svg, &lanes, HEAD + 40 + ROW * row, step);
    }
    svg.push_str("</svg></figure>\n");
    svg
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

fn middle(lane: usize) -> usize {
    MARGIN + LANE_WIDTH * lane
}

fn draw_lane(svg: &mut String, x: usize, name: &str, height: usize) {
    let left = x - MARGIN + 12;
    let box_width = MARGIN * 2 - 24;
    let _ = writeln!(
        svg,
        "<line class=\"lane\" x1=\"{x}\" y1=\"{HEAD}\" x2=\"{x}\" y2=\"{height}\"/>\
         <rect class=\"head\" x=\"{left}\" y=\"1\" width=\"{box_width}\" height=\"{HEAD}\" rx=\"6\"/>\
         <text x=\"{x}\" y=\"23\" text-anchor=\"middle\">{}<title>{}</title></text>",
        escape(&shorten(name, 26)),
        escape(name)
    );
}

fn draw_step(svg: &mut String, lanes: &[&str], y: usize, step: &StepResult) {
    let place =
        |name: Option<&str>| name.and_then(|name| lanes.iter().position(|lane| *lane == name));
    let (Some(from), Some(to)) = (place(step.actor.as_deref()), place(service_of(step))) else {
        let _ = writeln!(
            svg,
            "<text class=\"note\" x=\"{}\" y=\"{y}\" text-anchor=\"middle\">{}</text>",
            middle(0),
            escape(&step.title)
        );
        return;
    };
    let (start, end) = (middle(from), middle(to));
    let tip = if end > start { end - 8 } else { end + 8 };
    let _ = writeln!(
        svg,
        "<g class=\"{}\"><line class=\"arrow\" x1=\"{start}\" y1=\"{y}\" x2=\"{tip}\" y2=\"{y}\"/>\
         <path class=\"tip\" d=\"M{end} {y} L{tip} {} L{tip} {} Z\"/>\
         <text class=\"label\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}<title>{}</title></text></g>",
        step.outcome.word(),
        y - 4,
        y + 4,
        usize::midpoint(start, end),
        y - 7,
        escape(&label(step)),
        escape(&step.title)
    );
}

fn label(step: &StepResult) -> String {
    let operation = step
        .request
        .as_deref()
        .and_then(|request| request.split(':').nth(1))
        .unwrap_or_default();
    let answer = match &step.got {
        Some(Got::Refused(error)) => format!(" → {}", error.code),
        Some(Got::Unreachable(_)) => " → no answer".to_owned(),
        Some(Got::Allowed(_)) | None => String::new(),
    };
    shorten(&format!("{} {operation}{answer}", step.number), 40)
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}
