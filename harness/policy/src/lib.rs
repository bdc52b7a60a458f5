//! The IAM policy language and AWS's decision: who may do what to which resource, and why.
//!
//! ```
//! use std::sync::Arc;
//! use rolecall_policy::{
//!     Context, Document, Effect, Policies, Policy, PolicySet, Principal, Request, explain,
//! };
//!
//! // A role's trust policy, as it stands in the file.
//! let trust = Document::parse(
//!     r#"{"Version": "2012-10-17", "Statement": [{
//!         "Effect": "Allow", "Action": "sts:AssumeRole",
//!         "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"},
//!         "Condition": {"StringEquals": {"sts:ExternalId": "b1946ac9-2492"}}}]}"#,
//! )?;
//! let trust = PolicySet::new(vec![Arc::new(Policy::inline("trust", trust))]);
//!
//! // Somebody asks, without the external id.
//! let evaluation = explain(&Request {
//!     principal: &Principal::user("arn:aws:iam::123456789012:user/spa-deployment", None),
//!     action: "sts:AssumeRole",
//!     resource: "arn:aws:iam::123456789012:role/Deploy",
//!     resource_account: None,
//!     context: &Context::new(),
//!     policies: Policies { resource: Some(&trust), ..Policies::default() },
//! });
//!
//! assert_eq!(evaluation.effect, Effect::ImplicitDeny);
//! let deciding = evaluation.deciding().next().unwrap();
//! let missed = &deciding.statements[0].mismatches[0];
//! assert_eq!(missed.wanted, ["b1946ac9-2492"]);
//! assert!(missed.had.is_empty(), "the key is absent");
//! # Ok::<(), rolecall_policy::DocumentError>(())
//! ```
//!
//! # The parts, in the order in which data flows
//!
//! - [`json`] reads text into a [`Node`] tree that keeps every value's place; nodes may come from elsewhere too (YAML).
//! - [`validate`] says what AWS would refuse to save, with AWS's code and text; [`lint`] warns of what AWS saves but
//!   nobody means.
//! - [`Document`] takes a node as it stands and prepares it: patterns compiled, keys folded. A [`Policy`] gives it
//!   a name, a [`PolicySet`] puts the policies of one layer together and indexes them by action.
//! - A [`Request`] is a [`Principal`], an action, a resource, a [`Context`] of condition keys and [`Policies`] by layer.
//!   Nothing is added to it: no key, no default policy, no clock.
//! - [`decide`] answers in a fraction of a microsecond and allocates nothing; [`explain`] runs the same code and returns
//!   AWS's own [`Evaluation`]: the checks in AWS's order, and for each statement what didn't match.
//! - [`managed`] holds AWS's managed policies, [`catalog`] its service authorization reference.
//!
//! # What counts as right
//!
//! AWS's documents, as cited in the code, and what AWS's answers have shown where the documents are silent. Where
//! neither tells, the code says “unverified”. The tables in `tests/rules` state every rule with its source; a second,
//! plain evaluator in `tests/laws` is compared with this one on random policies.
//!
//! The crate is pure: values in, values out; no I/O, clock, randomness or wire format.

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
