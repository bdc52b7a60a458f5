//! Running tests: from scenarios and a target to outcomes.
//!
//! [`Runner`] takes each [`Test`](crate::scenario::model::Test) through its steps on a [`Target`](crate::target::Target) and
//! tells a listener of each [`Event`]; what a step got is judged by [`expect`] and [`because`], which are pure.

pub mod because;
mod describe;
mod execute;
pub mod expect;
mod filter;
mod outcome;
mod progress;
mod runner;
mod selection;

pub(crate) use execute::take;
pub use filter::{Filter, FilterError};
pub use outcome::{Outcome, StepResult, Summary, TestResult};
pub use progress::{Progress, Standing};
pub use runner::{Event, Runner};
pub use selection::Selection;
