//! The account as a whole.

use crate::service::Operation;
use crate::service::iam::{account, account_details, credential_report, login_profiles};
use crate::service::need::{Need, ResourceKind};

pub(super) const ACCOUNT: &[Operation] = &[
    Operation::write(
        "CreateAccountAlias",
        &[Need::new(
            "iam:CreateAccountAlias",
            ResourceKind::Everything,
        )],
        account::create_alias,
    ),
    Operation::write(
        "DeleteAccountAlias",
        &[Need::new(
            "iam:DeleteAccountAlias",
            ResourceKind::Everything,
        )],
        account::delete_alias,
    ),
    Operation::read(
        "ListAccountAliases",
        &[Need::new(
            "iam:ListAccountAliases",
            ResourceKind::Everything,
        )],
        account::list_aliases,
    ),
    Operation::read(
        "GetAccountSummary",
        &[Need::new("iam:GetAccountSummary", ResourceKind::Everything)],
        account::summary,
    ),
    Operation::read(
        "GetAccountAuthorizationDetails",
        &[Need::new(
            "iam:GetAccountAuthorizationDetails",
            ResourceKind::Everything,
        )],
        account_details::get,
    ),
    Operation::read(
        "GetAccountPasswordPolicy",
        &[Need::new(
            "iam:GetAccountPasswordPolicy",
            ResourceKind::Everything,
        )],
        login_profiles::get_policy,
    ),
    Operation::write(
        "UpdateAccountPasswordPolicy",
        &[Need::new(
            "iam:UpdateAccountPasswordPolicy",
            ResourceKind::Everything,
        )],
        login_profiles::update_policy,
    ),
    Operation::write(
        "DeleteAccountPasswordPolicy",
        &[Need::new(
            "iam:DeleteAccountPasswordPolicy",
            ResourceKind::Everything,
        )],
        login_profiles::delete_policy,
    ),
    Operation::write(
        "GenerateCredentialReport",
        &[Need::new(
            "iam:GenerateCredentialReport",
            ResourceKind::Everything,
        )],
        credential_report::generate,
    ),
    Operation::read(
        "GetCredentialReport",
        &[Need::new(
            "iam:GetCredentialReport",
            ResourceKind::Everything,
        )],
        credential_report::get,
    ),
];
