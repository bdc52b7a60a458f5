//! Someone who acts in a world.

use serde_json::{Value, json};

use super::act::{Ask, Assume, Call};
use super::world::{Taken, World};

/// Someone who acts: a user, a root user, a session of a role.
#[derive(Clone, Debug)]
pub struct Actor<'w> {
    pub(super) world: &'w World,
    pub(super) who: Who,
}

#[derive(Clone, Debug)]
pub(super) enum Who {
    /// As `as:` names it.
    Named(Value),
    /// Who has assumed a role: the step that did it, and the credentials.
    Session(Box<Taken>),
}

impl<'w> Actor<'w> {
    /// Assumes a role, by its name in the world or its ARN.
    #[must_use = "nothing is asked before `expect`"]
    pub fn assume(&self, role: &str) -> Assume<'w> {
        Assume::new(self.clone(), json!({"assume": role}))
    }

    /// Calls an operation by its real name: `s3:PutObject`.
    #[must_use = "nothing is asked before `expect`"]
    pub fn call(&self, operation: &str) -> Call<'w> {
        Call::new(self.clone(), json!({"call": operation}))
    }

    /// Asks about an action, `s3:GetObject on arn:aws:s3:::spa-site/*` or an action alone: authorization only, for any
    /// action of AWS.
    #[must_use = "nothing is asked before `expect`"]
    pub fn ask(&self, question: &str) -> Ask<'w> {
        Ask::new(self.clone(), json!(question))
    }
}
