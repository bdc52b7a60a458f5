//! Questions on a terminal.

use std::io::{self, BufRead, Write};

use clap::ValueEnum;

/// Asks until the answer is right; an empty one, or the input's end, takes what is usual.
pub(super) fn ask<T>(
    question: &str,
    usual: &str,
    check: impl Fn(&str) -> Result<T, String>,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<T> {
    loop {
        write!(output, "{question} [{usual}] ")?;
        output.flush()?;
        let mut line = String::new();
        let is_over = input.read_line(&mut line)? == 0;
        let answer = match line.trim() {
            "" => usual,
            answer => answer,
        };
        match check(answer) {
            Ok(answer) => return Ok(answer),
            Err(problem) if is_over => return Err(io::Error::other(problem)),
            Err(problem) => writeln!(output, "{problem}")?,
        }
    }
}

/// Asks for one of several; the first is usual. It is chosen by its number or its name.
pub(super) fn choose<T: ValueEnum + Copy>(
    question: &str,
    choices: &[(T, &str)],
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<T> {
    for (number, (_, meaning)) in (1..).zip(choices) {
        writeln!(output, "  {number}  {meaning}")?;
    }
    let pick = |answer: &str| {
        let by_number = answer.parse::<usize>().ok();
        let by_number = by_number.and_then(|number| choices.get(number.checked_sub(1)?));
        let picked = by_number.map(|(choice, _)| *choice);
        let picked = picked.or_else(|| T::from_str(answer, true).ok());
        picked.ok_or_else(|| format!("answer with a number from 1 to {}", choices.len()))
    };
    ask(question, "1", pick, input, output)
}
