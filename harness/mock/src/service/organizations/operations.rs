//! The operations and what each needs.
//!
//! AWS: Service Authorization Reference, AWS Organizations.

use super::{
    accounts, attachments, creation, handshakes, list_administrators, list_services, organization,
    policies, tags, units,
};
use crate::service::Operation;
use crate::service::need::{Key, Need, ResourceKind, When};

const BY_FILTER: &[Key] = &[Key::Member("organizations:PolicyType", "Filter")];
const BY_TYPE: &[Key] = &[Key::Member("organizations:PolicyType", "PolicyType")];
const BY_POLICY: &[Key] = &[Key::InWorld(policies::type_key)];
const TAGGED: &[Key] = &[Key::ResourceTags("aws:ResourceTag/")];
const REQUEST_TAGS: &[Key] = &[Key::From(tags::request_keys)];
const NEW_POLICY: &[Key] = &[
    Key::Member("organizations:PolicyType", "Type"),
    Key::From(tags::request_keys),
];
const POLICY: &[Key] = &[
    Key::InWorld(policies::type_key),
    Key::ResourceTags("aws:ResourceTag/"),
];
const TAGGING: &[Key] = &[
    Key::InWorld(policies::type_key),
    Key::ResourceTags("aws:ResourceTag/"),
    Key::From(tags::request_keys),
];

/// AWS: Organizations API Reference: who gives tags needs `organizations:TagResource` too.
const WITH_TAGS: When = When::Case(tags::are_given);

use ResourceKind::{
    ControlPolicy, DestinationParent, Everything, Handshake, InOrganization, SourceParent, Tagged,
};

pub(super) const READS: &[Operation] = &[
    Operation::read(
        "DescribeOrganization",
        &[Need::new("organizations:DescribeOrganization", Everything)],
        organization::describe,
    ),
    Operation::read(
        "ListRoots",
        &[Need::new("organizations:ListRoots", Everything)],
        units::list_roots,
    ),
    Operation::read(
        "ListOrganizationalUnitsForParent",
        &[Need::new(
            "organizations:ListOrganizationalUnitsForParent",
            InOrganization,
        )],
        units::list,
    ),
    Operation::read(
        "DescribeOrganizationalUnit",
        &[Need::new(
            "organizations:DescribeOrganizationalUnit",
            InOrganization,
        )],
        units::describe,
    ),
    Operation::read(
        "ListParents",
        &[Need::new("organizations:ListParents", InOrganization)],
        units::list_parents,
    ),
    Operation::read(
        "ListChildren",
        &[Need::new("organizations:ListChildren", InOrganization)],
        units::list_children,
    ),
    Operation::read(
        "ListAccounts",
        &[Need::new("organizations:ListAccounts", Everything)],
        accounts::list,
    ),
    Operation::read(
        "ListAccountsForParent",
        &[Need::new(
            "organizations:ListAccountsForParent",
            InOrganization,
        )],
        accounts::list_for_parent,
    ),
    Operation::read(
        "DescribeAccount",
        &[Need::new("organizations:DescribeAccount", InOrganization)],
        accounts::describe,
    ),
    Operation::read(
        "ListDelegatedAdministrators",
        &[Need::new(
            "organizations:ListDelegatedAdministrators",
            Everything,
        )],
        list_administrators,
    ),
    Operation::read(
        "ListAWSServiceAccessForOrganization",
        &[Need::new(
            "organizations:ListAWSServiceAccessForOrganization",
            Everything,
        )],
        list_services,
    ),
    Operation::read(
        "ListPolicies",
        &[Need::new("organizations:ListPolicies", Everything).keys(BY_FILTER)],
        policies::list,
    ),
    Operation::read(
        "ListPoliciesForTarget",
        &[Need::new("organizations:ListPoliciesForTarget", InOrganization).keys(BY_FILTER)],
        policies::list_for_target,
    ),
    Operation::read(
        "ListTargetsForPolicy",
        &[Need::new("organizations:ListTargetsForPolicy", InOrganization).keys(BY_POLICY)],
        policies::list_targets,
    ),
    Operation::read(
        "DescribePolicy",
        &[Need::new("organizations:DescribePolicy", InOrganization).keys(BY_POLICY)],
        policies::describe,
    ),
    Operation::read(
        "ListTagsForResource",
        &[Need::new("organizations:ListTagsForResource", Tagged)],
        tags::list,
    ),
    Operation::read(
        "DescribeHandshake",
        &[Need::new("organizations:DescribeHandshake", Handshake)],
        handshakes::describe,
    ),
    Operation::read(
        "ListHandshakesForAccount",
        &[Need::new(
            "organizations:ListHandshakesForAccount",
            Everything,
        )],
        handshakes::list_for_account,
    ),
    Operation::read(
        "ListHandshakesForOrganization",
        &[Need::new(
            "organizations:ListHandshakesForOrganization",
            Everything,
        )],
        handshakes::list_for_organization,
    ),
    Operation::read(
        "DescribeCreateAccountStatus",
        &[Need::new(
            "organizations:DescribeCreateAccountStatus",
            Everything,
        )],
        creation::describe,
    ),
];

pub(super) const WRITES: &[Operation] = &[
    Operation::write(
        "CreateOrganization",
        &[Need::new("organizations:CreateOrganization", Everything)],
        organization::create,
    ),
    Operation::write(
        "DeleteOrganization",
        &[Need::new("organizations:DeleteOrganization", Everything)],
        organization::delete,
    ),
    Operation::write(
        "CreateOrganizationalUnit",
        &[
            Need::new("organizations:CreateOrganizationalUnit", InOrganization).keys(REQUEST_TAGS),
            Need::new("organizations:TagResource", InOrganization)
                .keys(REQUEST_TAGS)
                .when(WITH_TAGS),
        ],
        units::create,
    ),
    Operation::write(
        "UpdateOrganizationalUnit",
        &[Need::new("organizations:UpdateOrganizationalUnit", InOrganization).keys(TAGGED)],
        units::update,
    ),
    Operation::write(
        "DeleteOrganizationalUnit",
        &[Need::new("organizations:DeleteOrganizationalUnit", InOrganization).keys(TAGGED)],
        units::delete,
    ),
    Operation::write(
        "InviteAccountToOrganization",
        &[
            Need::new("organizations:InviteAccountToOrganization", InOrganization)
                .keys(REQUEST_TAGS),
            Need::new("organizations:TagResource", InOrganization)
                .keys(REQUEST_TAGS)
                .when(WITH_TAGS),
        ],
        handshakes::invite,
    ),
    Operation::write(
        "AcceptHandshake",
        &[Need::new("organizations:AcceptHandshake", Handshake)],
        handshakes::accept,
    ),
    Operation::write(
        "DeclineHandshake",
        &[Need::new("organizations:DeclineHandshake", Handshake)],
        handshakes::decline,
    ),
    Operation::write(
        "CancelHandshake",
        &[Need::new("organizations:CancelHandshake", Handshake)],
        handshakes::cancel,
    ),
    Operation::write(
        "CreateAccount",
        &[
            Need::new("organizations:CreateAccount", Everything).keys(REQUEST_TAGS),
            Need::new("organizations:TagResource", InOrganization)
                .keys(REQUEST_TAGS)
                .when(WITH_TAGS),
        ],
        creation::create,
    ),
    Operation::write(
        "MoveAccount",
        &[
            Need::new("organizations:MoveAccount", InOrganization).keys(TAGGED),
            Need::new("organizations:MoveAccount", SourceParent).keys(TAGGED),
            Need::new("organizations:MoveAccount", DestinationParent).keys(TAGGED),
        ],
        accounts::relocate,
    ),
    Operation::write(
        "RemoveAccountFromOrganization",
        &[Need::new(
            "organizations:RemoveAccountFromOrganization",
            InOrganization,
        )
        .keys(TAGGED)],
        accounts::remove,
    ),
    Operation::write(
        "LeaveOrganization",
        &[Need::new("organizations:LeaveOrganization", Everything)],
        accounts::leave,
    ),
    Operation::write(
        "EnablePolicyType",
        &[Need::new("organizations:EnablePolicyType", InOrganization).keys(BY_TYPE)],
        attachments::enable,
    ),
    Operation::write(
        "DisablePolicyType",
        &[Need::new("organizations:DisablePolicyType", InOrganization).keys(BY_TYPE)],
        attachments::disable,
    ),
    Operation::write(
        "CreatePolicy",
        &[
            Need::new("organizations:CreatePolicy", Everything).keys(NEW_POLICY),
            Need::new("organizations:TagResource", InOrganization)
                .keys(REQUEST_TAGS)
                .when(WITH_TAGS),
        ],
        policies::create,
    ),
    Operation::write(
        "UpdatePolicy",
        &[Need::new("organizations:UpdatePolicy", ControlPolicy).keys(POLICY)],
        policies::update,
    ),
    Operation::write(
        "DeletePolicy",
        &[Need::new("organizations:DeletePolicy", ControlPolicy).keys(POLICY)],
        policies::delete,
    ),
    Operation::write(
        "AttachPolicy",
        &[
            Need::new("organizations:AttachPolicy", ControlPolicy).keys(POLICY),
            Need::new("organizations:AttachPolicy", InOrganization).keys(POLICY),
        ],
        attachments::attach,
    ),
    Operation::write(
        "DetachPolicy",
        &[
            Need::new("organizations:DetachPolicy", ControlPolicy).keys(POLICY),
            Need::new("organizations:DetachPolicy", InOrganization).keys(POLICY),
        ],
        attachments::detach,
    ),
    Operation::write(
        "TagResource",
        &[Need::new("organizations:TagResource", Tagged).keys(TAGGING)],
        tags::add,
    ),
    Operation::write(
        "UntagResource",
        &[Need::new("organizations:UntagResource", Tagged).keys(TAGGING)],
        tags::remove,
    ),
];
