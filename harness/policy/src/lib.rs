//! The IAM policy language and AWS's decision.

pub mod arn;
pub mod catalog;
mod condition;
pub mod context;
pub mod document;
pub mod evaluate;
pub mod evaluation;
pub mod json;
pub mod lint;
pub mod managed;
pub mod node;
mod pack;
mod pattern;
pub mod policy;
pub mod principal;
mod suggest;
pub mod validate;

pub use context::Context;
pub use document::{Document, DocumentError};
pub use evaluate::{Level, Policies, Request, decide, explain};
pub use evaluation::{
    Check, CheckType, Decision, Denial, Effect, Element, Evaluation, Mismatch, Reach,
    StatementTrace,
};
pub use node::{Entry, Node, SourceId, Span, Value};
pub use policy::{Policy, PolicySet, PolicyType};
pub use principal::Principal;
