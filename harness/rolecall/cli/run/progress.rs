//! The line at the bottom of a terminal while tests run: how far the run is, and what is running.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use terminal_size::{Width, terminal_size_of};

use crate::cli::{Appearance, Format};
use crate::run::{Progress, Standing};

/// A run that is over sooner shows no bar.
const MOMENT: Duration = Duration::from_millis(500);

/// How often the bar is drawn.
const INTERVAL: Duration = Duration::from_millis(100);

/// Where the width can't be had.
const USUAL_WIDTH: usize = 80;

/// How many characters the bar itself has.
const BAR: usize = 20;

/// To the line's start, and what is on the line away.
const CLEAR: &str = "\r\x1b[2K";

/// Draws a run's progress on standard error.
#[derive(Debug, Default)]
pub(super) struct Bar {
    pub(super) progress: Progress,
    drawn: Mutex<bool>,
}

impl Bar {
    /// Whether a person sits in front of standard error and wants a picture.
    pub(super) fn is_wanted(appearance: Appearance) -> bool {
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        appearance.format == Format::Human && io::stderr().is_terminal() && !dumb
    }

    /// Draws until the other end of `over` is dropped.
    pub(super) fn draw_until(&self, over: &Receiver<()>) {
        let mut wait = MOMENT;
        while over.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
            self.draw();
            wait = INTERVAL;
        }
    }

    fn draw(&self) {
        let width =
            terminal_size_of(io::stderr()).map_or(USUAL_WIDTH, |(Width(width), _)| width.into());
        let line = line(&self.progress.standing(), width.saturating_sub(1));
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = write!(io::stderr(), "{CLEAR}{line}");
        *drawn = true;
    }

    /// Lets `write` write where the bar is; the bar comes back below.
    pub(super) fn away<T>(&self, write: impl FnOnce() -> T) -> T {
        let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *drawn) {
            let _ = write!(io::stderr(), "{CLEAR}");
        }
        write()
    }
}

/// `[=====               ]  25/100, 2 not passed: tutorial, external-id/right id`.
fn line(standing: &Standing, width: usize) -> String {
    let Standing {
        tests,
        ended,
        wrong,
        running,
    } = standing;
    let full = (ended * BAR).checked_div(*tests).unwrap_or(0).min(BAR);
    let bar = format!("[{}{}]", "=".repeat(full), " ".repeat(BAR - full));
    let digits = tests.to_string().len();
    let wrong = match wrong {
        0 => String::new(),
        wrong => format!(", {wrong} not passed"),
    };
    let running = match running.as_slice() {
        [] => String::new(),
        running => format!(": {}", running.join(", ")),
    };
    let line = format!("{bar} {ended:>digits$}/{tests}{wrong}{running}");
    shortened(&line, width)
}

/// The line's beginning, where it is too long for the terminal: a second line couldn't be taken away.
fn shortened(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let kept: String = line.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(tests: usize, ended: usize, wrong: usize, running: &[&str]) -> Standing {
        Standing {
            tests,
            ended,
            wrong,
            running: running.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn the_line_says_how_far_the_run_is_and_what_is_running() {
        for (standing, width, expected) in [
            (
                standing(100, 0, 0, &[]),
                80,
                "[                    ]   0/100",
            ),
            (
                standing(100, 25, 0, &["tutorial", "abac"]),
                80,
                "[=====               ]  25/100: tutorial, abac",
            ),
            (
                standing(8, 8, 3, &[]),
                80,
                "[====================] 8/8, 3 not passed",
            ),
            (standing(0, 0, 0, &[]), 80, "[                    ] 0/0"),
            (
                standing(100, 25, 0, &["tutorial", "abac"]),
                36,
                "[=====               ]  25/100: tut…",
            ),
            (standing(100, 25, 0, &[]), 0, "…"),
        ] {
            assert_eq!(line(&standing, width), expected);
        }
    }
}
