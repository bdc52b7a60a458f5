//! Scenarios in Rust, for those who prefer code to YAML.
//!
//! A [`World`] is defined as in a scenario file, in Rust, in YAML or by a world file. Then somebody acts, and it is said
//! what must come of it; where something else comes of it, the test panics with what `rolecall run` would print: what
//! was expected, what came, and the statement that decided, underlined.
//!
//! ```
//! use rolecall::fluent::{Allowed, Answers, Denied, Policy, World};
//! use serde_json::json;
//!
//! let world = World::define()
//!     .user("spa-deployment", |user| user)
//!     .role("Deploy", |role| {
//!         role.trust(json!({
//!             "Version": "2012-10-17",
//!             "Statement": {
//!                 "Effect": "Allow",
//!                 "Principal": {"AWS": "arn:aws:iam::123456789012:user/spa-deployment"},
//!                 "Action": "sts:AssumeRole",
//!                 "Condition": {"StringEquals": {"sts:ExternalId": "Customer-4711"}},
//!             },
//!         }))
//!         .policy("AmazonS3FullAccess")
//!     })
//!     .bucket("spa-site", |bucket| bucket)
//!     .start();
//! let spa = world.user("spa-deployment");
//!
//! // Denied before the assume, and for the reason that it should be.
//! spa.call("s3:ListBuckets").expect(Denied.by(Policy::Identity).implicitly());
//! spa.assume("Deploy").external_id("Customer-4712").expect(Denied.by(Policy::Trust).condition("sts:ExternalId"));
//!
//! // Allowed after it: who assumes a role gets someone who can act.
//! let deploy = spa.assume("Deploy").external_id("Customer-4711").session("DeploySPA").expect(Allowed);
//! deploy.call("s3:ListBuckets").expect(Answers(json!({"Buckets": [{"Name": "spa-site"}]})));
//!
//! // The session ends when it should; nobody waits.
//! world.wait("2h");
//! deploy.call("s3:ListBuckets").expect(rolecall::fluent::Fails("ExpiredToken"));
//! ```
//!
//! Everything is checked as in a file: a misspelt role, parameter or operation panics with the nearest name. Nothing
//! here is asynchronous, so that it works in `#[test]` and in `#[tokio::test]` alike.

mod act;
mod actor;
mod answer;
mod define;
mod expectation;
mod world;

pub use act::{Ask, Assume, Call, Decision};
pub use actor::Actor;
pub use define::{Bucket, Definition, Entity, Group, Role, User, kind};
pub use expectation::{Allowed, Answers, Denied, Expectation, Fails, Policy, Reason};
pub use world::World;
