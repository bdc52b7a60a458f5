//! Users, groups and roles alike: handlers that are the same for each are generic over who has the policies.

use crate::service::call::Call;
use crate::world::Holder;

/// Whose policies or tags an operation is about.
pub(super) trait Subject {
    const HOLDER: Holder;
    /// The member that names it.
    const MEMBER: &'static str;

    fn name(call: &Call) -> &str {
        call.required(Self::MEMBER)
    }
}

#[derive(Debug)]
pub(super) struct OfUser;

#[derive(Debug)]
pub(super) struct OfGroup;

#[derive(Debug)]
pub(super) struct OfRole;

impl Subject for OfUser {
    const HOLDER: Holder = Holder::User;
    const MEMBER: &'static str = "UserName";
}

impl Subject for OfGroup {
    const HOLDER: Holder = Holder::Group;
    const MEMBER: &'static str = "GroupName";
}

impl Subject for OfRole {
    const HOLDER: Holder = Holder::Role;
    const MEMBER: &'static str = "RoleName";
}
