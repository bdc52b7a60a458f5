//! The names of condition operators.

/// A condition operator, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) test: Test,
    /// `…Not…`.
    pub(crate) negated: bool,
    /// `…IfExists`.
    pub(crate) if_exists: bool,
    /// `ForAllValues:…`, `ForAnyValue:…`.
    pub(crate) quantifier: Option<Quantifier>,
}

/// How a request's value is compared with a policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Comparison),
    Date(Comparison),
    Bool,
    Binary,
    IpAddress,
    /// `ArnEquals` and `ArnLike`, which are the same.
    Arn,
    Null,
}

/// An order that satisfies an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A set operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    AllValues,
    AnyValue,
}

/// AWS: IAM User Guide, condition operators.
const OPERATORS: &[(&str, Test, bool)] = &[
    ("StringEquals", Test::StringEquals, false),
    ("StringNotEquals", Test::StringEquals, true),
    ("StringLike", Test::StringLike, false),
    ("StringNotLike", Test::StringLike, true),
    (
        "StringEqualsIgnoreCase",
        Test::StringEqualsIgnoreCase,
        false,
    ),
    (
        "StringNotEqualsIgnoreCase",
        Test::StringEqualsIgnoreCase,
        true,
    ),
    ("ArnLike", Test::Arn, false),
    ("ArnEquals", Test::Arn, false),
    ("ArnNotLike", Test::Arn, true),
    ("ArnNotEquals", Test::Arn, true),
    ("Bool", Test::Bool, false),
    ("Null", Test::Null, false),
    ("IpAddress", Test::IpAddress, false),
    ("NotIpAddress", Test::IpAddress, true),
    ("NumericEquals", Test::Numeric(Comparison::Equal), false),
    ("NumericNotEquals", Test::Numeric(Comparison::Equal), true),
    ("NumericLessThan", Test::Numeric(Comparison::Less), false),
    (
        "NumericLessThanEquals",
        Test::Numeric(Comparison::LessOrEqual),
        false,
    ),
    (
        "NumericGreaterThan",
        Test::Numeric(Comparison::Greater),
        false,
    ),
    (
        "NumericGreaterThanEquals",
        Test::Numeric(Comparison::GreaterOrEqual),
        false,
    ),
    ("DateEquals", Test::Date(Comparison::Equal), false),
    ("DateNotEquals", Test::Date(Comparison::Equal), true),
    ("DateLessThan", Test::Date(Comparison::Less), false),
    (
        "DateLessThanEquals",
        Test::Date(Comparison::LessOrEqual),
        false,
    ),
    ("DateGreaterThan", Test::Date(Comparison::Greater), false),
    (
        "DateGreaterThanEquals",
        Test::Date(Comparison::GreaterOrEqual),
        false,
    ),
    ("BinaryEquals", Test::Binary, false),
];

impl Test {
    /// Whether the operator's values may hold policy variables.
    ///
    /// AWS: IAM User Guide, condition operators; of `Bool` the pages say both.
    pub(crate) fn takes_variables(self) -> bool {
        match self {
            Self::StringEquals
            | Self::StringEqualsIgnoreCase
            | Self::StringLike
            | Self::Arn
            | Self::Bool => true,
            Self::Numeric(_) | Self::Date(_) | Self::Binary | Self::IpAddress | Self::Null => false,
        }
    }
}

impl Operator {
    /// Reads an operator's name, which is case-sensitive; `None` when AWS has none of this name.
    pub(crate) fn parse(written: &str) -> Option<Self> {
        let (quantifier, name) = match written.split_once(':') {
            None => (None, written),
            Some(("ForAllValues", name)) => (Some(Quantifier::AllValues), name),
            Some(("ForAnyValue", name)) => (Some(Quantifier::AnyValue), name),
            Some(_) => return None,
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let (_, test, negated) = OPERATORS.iter().find(|(known, ..)| *known == name)?;
        // AWS: `IfExists` may follow any operator except `Null`.
        (!if_exists || *test != Test::Null).then_some(Self {
            test: *test,
            negated: *negated,
            if_exists,
            quantifier,
        })
    }

    /// The names AWS knows, for suggestions.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        OPERATORS.iter().map(|(name, ..)| *name)
    }

    /// What the operator says of a key the request lacks.
    pub(crate) fn holds_without_key(self) -> bool {
        self.if_exists
            || match self.quantifier {
                Some(Quantifier::AllValues) => true,
                Some(Quantifier::AnyValue) => false,
                None => self.negated,
            }
    }
}
