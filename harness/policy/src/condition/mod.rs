//! The `Condition` element.
//!
//! A statement holds when all its [`Clause`]s do, a clause being one operator on one key. Values are read when
//! the document is prepared; what can't be read matches nothing.
//!
//! Source: AWS, IAM User Guide, condition operators; conditions with multiple keys or values; set operators.

mod date;
mod network;
mod number;
mod operator;

use std::cmp::Ordering;

pub(crate) use date::{Instant, is_saved as is_saved_date};
pub(crate) use network::Network;
pub(crate) use operator::{Comparison, Operator, Quantifier, Test};

use crate::context::{Context, Key};
use crate::node::Span;
use crate::pattern::{Case, Dialect, Pattern};

/// One operator on one key.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// `None` when AWS has no such operator: never holds.
    operator: Option<Operator>,
    operator_written: Box<str>,
    key: Key,
    key_written: Box<str>,
    values: Values,
    span: Span,
}

/// The values of a clause, read as its operator reads them.
#[derive(Clone, Debug)]
struct Values {
    written: Box<[Pattern]>,
    read: Read,
}

/// What reading once saves doing at every decision.
#[derive(Clone, Debug)]
enum Read {
    /// Matched as they stand.
    AsWritten,
    Instants(Box<[Option<Instant>]>),
    Networks(Box<[Option<Network>]>),
}

impl Clause {
    /// Reads a clause; a value that is `None` is of a type no operator takes and matches nothing.
    pub(crate) fn new<'v>(
        operator: &str,
        key: &str,
        values: impl Iterator<Item = Option<&'v str>>,
        span: Span,
        variables: bool,
    ) -> Self {
        let parsed = Operator::parse(operator);
        let dialect = match parsed.map(|operator| operator.test) {
            Some(Test::StringLike) => Dialect::Glob,
            Some(Test::Arn) => Dialect::ArnOperator,
            _ => Dialect::Exact,
        };
        let variables = variables && parsed.is_some_and(|operator| operator.test.takes_variables());
        let written = values
            .map(|value| match value {
                Some(value) => Pattern::new(value, dialect, variables),
                None => Pattern::never(""),
            })
            .collect::<Box<[_]>>();
        Self {
            operator: parsed,
            operator_written: operator.into(),
            key: Key::new(key),
            key_written: key.into(),
            values: Values::read(written, parsed),
            span,
        }
    }

    /// Whether the clause holds in `context`.
    pub(crate) fn holds(&self, context: &Context) -> bool {
        let Some(operator) = self.operator else {
            return false;
        };
        let had = context.values(&self.key);
        if operator.test == Test::Null {
            return self.values.say_absent(had.is_none());
        }
        let Some(had) = had else {
            return operator.holds_without_key();
        };
        let fits = |value: &String| {
            self.values.match_any(operator.test, value, context) != operator.negated
        };
        match operator.quantifier {
            // AWS: several values need a set operator; without one, a positive operator is seen to be
            // content with one match, its negation wants none.
            None if operator.negated => had.iter().all(fits),
            None | Some(Quantifier::AnyValue) => had.iter().any(fits),
            // AWS: an empty string counts as no value here.
            Some(Quantifier::AllValues) => had.iter().all(String::is_empty) || had.iter().all(fits),
        }
    }

    /// Whether it asks no more than whether the key is there.
    pub(crate) fn is_null_test(&self) -> bool {
        self.operator
            .is_some_and(|operator| operator.test == Test::Null)
    }

    /// The operator as written.
    pub(crate) fn operator_written(&self) -> &str {
        &self.operator_written
    }

    /// The key as written.
    pub(crate) fn key_written(&self) -> &str {
        &self.key_written
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// The values as written.
    pub(crate) fn values_written(&self) -> impl Iterator<Item = &str> {
        self.values.written.iter().map(Pattern::written)
    }

    /// The condition keys that its values' variables stand for, as written.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.values.written.iter().flat_map(Pattern::variables)
    }

    /// Where key and values stand.
    pub(crate) fn span(&self) -> Span {
        self.span
    }
}

impl Values {
    fn read(written: Box<[Pattern]>, operator: Option<Operator>) -> Self {
        let texts = written.iter().filter(|value| !value.is_never());
        let read = match operator.map(|operator| operator.test) {
            Some(Test::Date(_)) => {
                Read::Instants(texts.map(|value| Instant::parse(value.written())).collect())
            }
            Some(Test::IpAddress) => {
                Read::Networks(texts.map(|value| Network::parse(value.written())).collect())
            }
            _ => Read::AsWritten,
        };
        Self { written, read }
    }

    /// Whether the operator `Null` holds: `true` wants the key absent, `false` present.
    fn say_absent(&self, absent: bool) -> bool {
        let wanted = if absent { "true" } else { "false" };
        self.texts()
            .any(|value| value.written().eq_ignore_ascii_case(wanted))
    }

    /// Whether the request's value matches one of the policy's.
    fn match_any(&self, test: Test, had: &str, context: &Context) -> bool {
        match test {
            Test::StringEquals | Test::StringLike => self.fit(had, Case::Sensitive, context),
            Test::StringEqualsIgnoreCase => self.fit(had, Case::Ignored, context),
            Test::Bool => is_bool(had) && self.fit(had, Case::Ignored, context),
            Test::Arn => self
                .written
                .iter()
                .any(|value| value.matches_arn(had, context)),
            Test::Numeric(comparison) => self.texts().any(|value| {
                number::compare(had, value.written()).is_some_and(|order| comparison.admits(order))
            }),
            Test::Date(comparison) => self.match_date(comparison, had),
            Test::IpAddress => self.match_network(had),
            Test::Binary => self.texts().any(|value| same_bytes(value.written(), had)),
            Test::Null => false,
        }
    }

    fn fit(&self, had: &str, case: Case, context: &Context) -> bool {
        self.written
            .iter()
            .any(|value| value.matches(had, case, context))
    }

    fn match_date(&self, comparison: Comparison, had: &str) -> bool {
        let (Read::Instants(instants), Some(had)) = (&self.read, Instant::parse(had)) else {
            return false;
        };
        let mut instants = instants.iter().flatten();
        instants.any(|wanted| comparison.admits(had.cmp(wanted)))
    }

    fn match_network(&self, had: &str) -> bool {
        let (Read::Networks(networks), Ok(had)) = (&self.read, had.parse()) else {
            return false;
        };
        networks
            .iter()
            .flatten()
            .any(|network| network.contains(had))
    }

    /// The values of a type that AWS takes.
    fn texts(&self) -> impl Iterator<Item = &Pattern> {
        self.written.iter().filter(|value| !value.is_never())
    }
}

/// Whether a policy's value, without variables in it, is of a form that its operator can match.
pub(crate) fn can_match(test: Test, value: &str) -> bool {
    match test {
        Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike => true,
        Test::Bool | Test::Null => is_bool(value),
        Test::Numeric(_) => number::is_number(value),
        Test::Date(_) => Instant::parse(value).is_some(),
        Test::IpAddress => Network::parse(value).is_some(),
        Test::Binary => base64(value).is_some(),
        // Parts that are missing count as `*`; the first can only be `arn`.
        Test::Arn => value
            .split(':')
            .next()
            .is_some_and(|first| first == "arn" || first.contains(['*', '?'])),
    }
}

fn is_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// Whether the policy's base64 text stands for the bytes the request has, be they given raw or, as the policy
/// simulator takes them, in base64.
fn same_bytes(wanted: &str, had: &str) -> bool {
    let Some(wanted_bytes) = base64(wanted) else {
        return false;
    };
    wanted_bytes.clone().eq(had.bytes()) || base64(had).is_some_and(|had| had.eq(wanted_bytes))
}

/// The bytes that standard base64 with padding stands for; `None` when it isn't that.
fn base64(text: &str) -> Option<impl Iterator<Item = u8> + Clone + '_> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    let sound = text.len().is_multiple_of(4)
        && padding <= 2
        && body.bytes().all(|byte| sextet(byte).is_some());
    sound.then(|| {
        let mut held: u32 = 0;
        let mut bits = 0;
        body.bytes().filter_map(sextet).filter_map(move |value| {
            held = held.wrapping_mul(64).wrapping_add(u32::from(value));
            bits += 6;
            if bits < 8 {
                return None;
            }
            bits -= 8;
            let byte = (held >> bits).to_le_bytes()[0];
            Some(byte)
        })
    })
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

impl Comparison {
    /// Whether a request's value that stands so to the policy's satisfies the operator.
    fn admits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}
