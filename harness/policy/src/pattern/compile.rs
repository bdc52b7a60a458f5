//! Reading a pattern.

use super::{Dialect, Piece, Shape, Variable};
use crate::context::Key;

/// The colons that separate an ARN's parts; whatever follows the last is the resource.
const SEPARATORS: usize = 5;

/// What matching `written` has to do.
pub(super) fn shape(written: &str, dialect: Dialect, variables: bool) -> Shape {
    if dialect == Dialect::Action && !is_action(written) {
        return Shape::Never;
    }
    if needs_filling(written, dialect) {
        return pieces(written, dialect, variables);
    }
    let body = match dialect {
        Dialect::Exact => written,
        _ => written.strip_suffix('*').unwrap_or(written),
    };
    if body.bytes().any(|byte| is_special(byte, dialect)) {
        pieces(written, dialect, variables)
    } else if body.len() == written.len() {
        Shape::Exact
    } else if body.is_empty() {
        Shape::Any
    } else {
        Shape::Prefix
    }
}

/// A byte that calls for the interpreter.
fn is_special(byte: u8, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Exact => byte == b'$',
        Dialect::Action => matches!(byte, b'*' | b'?'),
        Dialect::Glob | Dialect::ArnOperator | Dialect::Resource => {
            matches!(byte, b'*' | b'?' | b'$')
        }
    }
}

/// A service, a colon and a name, or `*` alone; the service is spelled out.
///
/// AWS: IAM User Guide, Action element; a service with other characters is refused on save, as is a second
/// colon.
fn is_action(written: &str) -> bool {
    let Some((service, name)) = written.split_once(':') else {
        return written == "*";
    };
    let in_service = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    !service.is_empty() && service.bytes().all(in_service) && !name.contains(':')
}

/// Whether parts of an ARN are missing; they count as `*`.
fn needs_filling(written: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Resource => written.starts_with("arn:") && colons(written) < SEPARATORS,
        Dialect::ArnOperator => colons(written) < SEPARATORS && !written.contains("${"),
        Dialect::Exact | Dialect::Glob | Dialect::Action => false,
    }
}

fn colons(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b':').count()
}

fn pieces(written: &str, dialect: Dialect, variables: bool) -> Shape {
    let mut compiler = Compiler {
        written,
        dialect,
        variables,
        pieces: Vec::new(),
        literal_from: 0,
        at: 0,
        colons: 0,
    };
    compiler.run();
    if needs_filling(written, dialect) {
        compiler.fill();
    }
    match compiler.pieces.as_slice() {
        [Piece::Star { bounded: false }] => Shape::Any,
        _ => Shape::Pieces(compiler.pieces.into_boxed_slice()),
    }
}

struct Compiler<'w> {
    written: &'w str,
    dialect: Dialect,
    variables: bool,
    pieces: Vec<Piece>,
    /// Where the literal text not yet pushed begins.
    literal_from: usize,
    at: usize,
    /// How many colons were passed.
    colons: usize,
}

impl Compiler<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'*' if self.has_wildcards() => self.star(),
                b'?' if self.has_wildcards() => self.one(),
                b'$' if self.takes_variables() => self.dollar(),
                b':' => {
                    self.colons += 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        self.end_literal();
    }

    fn has_wildcards(&self) -> bool {
        self.dialect != Dialect::Exact
    }

    /// AWS: IAM User Guide, policy variables: in `Resource` after the fifth colon only.
    fn takes_variables(&self) -> bool {
        match self.dialect {
            Dialect::Exact | Dialect::Glob | Dialect::ArnOperator => self.variables,
            Dialect::Resource => self.variables && self.colons >= SEPARATORS,
            Dialect::Action => false,
        }
    }

    fn star(&mut self) {
        let bounded = match self.dialect {
            Dialect::ArnOperator => true,
            // AWS: IAM User Guide, Resource element: a `*` at the end of a part can run past the colon.
            Dialect::Resource => {
                self.colons < SEPARATORS && !matches!(self.byte(self.at + 1), None | Some(b':'))
            }
            Dialect::Exact | Dialect::Glob | Dialect::Action => false,
        };
        self.end_literal();
        match self.pieces.last_mut() {
            // Of stars in a row the last says where they stand.
            Some(Piece::Star { bounded: last }) => *last = bounded,
            _ => self.pieces.push(Piece::Star { bounded }),
        }
        self.skip(1);
    }

    fn one(&mut self) {
        let bounded = match self.dialect {
            Dialect::ArnOperator => true,
            Dialect::Resource => self.colons < SEPARATORS,
            Dialect::Exact | Dialect::Glob | Dialect::Action => false,
        };
        self.end_literal();
        self.pieces.push(Piece::One { bounded });
        self.skip(1);
    }

    /// A variable, an escape, or a dollar sign that is just that.
    fn dollar(&mut self) {
        let rest = self.written.get(self.at..).unwrap_or_default();
        let Some((inner, length)) = braced(rest) else {
            self.at += 1;
            return;
        };
        self.end_literal();
        self.pieces.push(match inner {
            "*" | "?" | "$" => Piece::Text {
                start: self.at + 2,
                end: self.at + 3,
            },
            _ => Piece::Variable(Box::new(variable(inner))),
        });
        self.skip(length);
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.written.as_bytes().get(at).copied()
    }

    fn end_literal(&mut self) {
        if self.literal_from < self.at {
            self.pieces.push(Piece::Text {
                start: self.literal_from,
                end: self.at,
            });
        }
        self.literal_from = self.at;
    }

    fn skip(&mut self, bytes: usize) {
        self.at += bytes;
        self.literal_from = self.at;
    }

    /// Adds the parts an ARN lacks.
    fn fill(&mut self) {
        let bounded = self.dialect == Dialect::ArnOperator;
        for _ in self.colons..SEPARATORS {
            self.pieces.push(Piece::Colon);
            self.pieces.push(Piece::Star { bounded });
        }
    }
}

/// What stands in the braces at the start of `rest`, and the length with them.
fn braced(rest: &str) -> Option<(&str, usize)> {
    let body = rest.strip_prefix("${")?;
    let close = match body.find(['\'', '}'])? {
        quote if body.as_bytes().get(quote) == Some(&b'\'') => {
            let default = body.get(quote + 1..)?;
            quote + 1 + default.find("'}")? + 1
        }
        brace => brace,
    };
    Some((body.get(..close)?, close + 3))
}

/// AWS: IAM User Guide, policy variables: a default follows a comma, in single quotes.
fn variable(inner: &str) -> Variable {
    let (key, default) = match inner.split_once(',') {
        Some((key, default)) => (key, quoted(default.trim_start())),
        None => (inner, None),
    };
    Variable {
        name: key.into(),
        key: Key::new(key),
        default,
    }
}

fn quoted(text: &str) -> Option<Box<str>> {
    let text = text.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(text.into())
}
