//! `rolecall decide`: questions as JSON lines in, AWS's Evaluations as JSON lines out.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use super::{Exit, complain};
use crate::insight::{Answer, decide};

/// The longest line that is read; AWS takes policies of 128 KiB each.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Answer authorization questions: JSON lines on standard input, AWS's Evaluations on standard output
///
/// A question has `principal` and `action`, and may have `id`, `resource`, `resource_account`, `context`,
/// `identity_policies`, `session_policies`, `permissions_boundaries`, `resource_policy`, `vpc_endpoint_policies`,
/// `service_control_policies` and `resource_control_policies`. Exit status: 0 all were answered; 2 any had an error.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments) -> Exit {
    match answer_all(
        &mut BufReader::new(io::stdin()),
        BufWriter::new(io::stdout()),
    ) {
        Ok(true) => Exit::Success,
        Ok(false) => Exit::Usage,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Success,
        Err(error) => {
            complain(
                &format!("the lines can't be read or written: {error}"),
                None,
            );
            Exit::Error
        }
    }
}

/// Answers line by line, in order and in constant memory; tells whether all were answered.
fn answer_all(input: &mut BufReader<impl Read>, mut output: impl Write) -> io::Result<bool> {
    let mut all_answered = true;
    let mut line = Vec::new();
    while read_line(input, &mut line)? {
        let answer = match std::str::from_utf8(&line) {
            Ok(text) if text.trim().is_empty() => continue,
            _ if line.len() > LONGEST_LINE => Answer::error("the line is longer than 16 MiB"),
            Ok(text) => decide(text),
            Err(_) => Answer::error("the line is not UTF-8"),
        };
        all_answered &= answer.answered;
        writeln!(output, "{}", answer.line)?;
        // A program that waits for its answer gets it now; a batch fills the buffer first.
        if input.buffer().is_empty() {
            output.flush()?;
        }
    }
    output.flush()?;
    Ok(all_answered)
}

/// Reads a line, keeping a byte more than the longest allowed of one that is too long; false at the end.
fn read_line(input: &mut BufReader<impl Read>, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(buffer.len(), |end| end + 1);
        let room = (LONGEST_LINE + 1).saturating_sub(line.len());
        line.extend(buffer.iter().take(taken.min(room)));
        input.consume(taken);
        if end.is_some() {
            return Ok(true);
        }
    }
}
