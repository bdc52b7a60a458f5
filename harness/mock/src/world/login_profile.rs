//! What a user signs in with at the console.

use jiff::Timestamp;
use rolecall_wire::sigv4::Secret;

/// A user's password.
#[derive(Clone, Debug)]
pub(crate) struct LoginProfile {
    pub(crate) created: Timestamp,
    pub(crate) password: Secret,
    /// Whether it must be changed at the next sign-in.
    pub(crate) reset_required: bool,
}
