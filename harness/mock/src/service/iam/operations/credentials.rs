//! What users prove who they are with: access keys, passwords and MFA devices.

use super::{MADE, TAGGED, THING, THING_TAGGING};
use crate::service::Operation;
use crate::service::iam::mfa_devices::OfMfaDevice;
use crate::service::iam::{absent, access_keys, login_profiles, mfa_devices, tags};
use crate::service::need::{Need, ResourceKind};

pub(super) const CREDENTIALS: &[Operation] = &[
    Operation::write(
        "CreateAccessKey",
        &[Need::new("iam:CreateAccessKey", ResourceKind::User).keys(TAGGED)],
        access_keys::create,
    ),
    Operation::read(
        "ListAccessKeys",
        &[Need::new("iam:ListAccessKeys", ResourceKind::User).keys(TAGGED)],
        access_keys::list,
    ),
    Operation::write(
        "UpdateAccessKey",
        &[Need::new("iam:UpdateAccessKey", ResourceKind::User).keys(TAGGED)],
        access_keys::update,
    ),
    Operation::write(
        "DeleteAccessKey",
        &[Need::new("iam:DeleteAccessKey", ResourceKind::User).keys(TAGGED)],
        access_keys::delete,
    ),
    Operation::read(
        "GetAccessKeyLastUsed",
        &[Need::new("iam:GetAccessKeyLastUsed", ResourceKind::KeyOwner).keys(TAGGED)],
        access_keys::last_used,
    ),
    Operation::write(
        "CreateLoginProfile",
        &[Need::new("iam:CreateLoginProfile", ResourceKind::User).keys(TAGGED)],
        login_profiles::create,
    ),
    Operation::read(
        "GetLoginProfile",
        &[Need::new("iam:GetLoginProfile", ResourceKind::User).keys(TAGGED)],
        login_profiles::get,
    ),
    Operation::write(
        "UpdateLoginProfile",
        &[Need::new("iam:UpdateLoginProfile", ResourceKind::User).keys(TAGGED)],
        login_profiles::update,
    ),
    Operation::write(
        "DeleteLoginProfile",
        &[Need::new("iam:DeleteLoginProfile", ResourceKind::User).keys(TAGGED)],
        login_profiles::delete,
    ),
    Operation::write(
        "ChangePassword",
        &[Need::new("iam:ChangePassword", ResourceKind::User).keys(TAGGED)],
        login_profiles::change_password,
    ),
    Operation::write(
        "CreateVirtualMFADevice",
        &[Need::new("iam:CreateVirtualMFADevice", ResourceKind::MfaDevice).keys(MADE)],
        mfa_devices::create,
    ),
    Operation::write(
        "EnableMFADevice",
        &[Need::new("iam:EnableMFADevice", ResourceKind::User).keys(TAGGED)],
        mfa_devices::enable,
    ),
    Operation::write(
        "ResyncMFADevice",
        &[Need::new("iam:ResyncMFADevice", ResourceKind::User).keys(TAGGED)],
        mfa_devices::resync,
    ),
    Operation::write(
        "DeactivateMFADevice",
        &[Need::new("iam:DeactivateMFADevice", ResourceKind::User).keys(TAGGED)],
        mfa_devices::deactivate,
    ),
    Operation::write(
        "DeleteVirtualMFADevice",
        &[Need::new("iam:DeleteVirtualMFADevice", ResourceKind::MfaDevice).keys(THING)],
        mfa_devices::delete,
    ),
    Operation::read(
        "GetMFADevice",
        &[Need::new("iam:GetMFADevice", ResourceKind::User).keys(TAGGED)],
        mfa_devices::get,
    ),
    Operation::read(
        "ListMFADevices",
        &[Need::new("iam:ListMFADevices", ResourceKind::User).keys(TAGGED)],
        mfa_devices::list,
    ),
    Operation::read(
        "ListVirtualMFADevices",
        &[Need::new(
            "iam:ListVirtualMFADevices",
            ResourceKind::MfaDevices,
        )],
        mfa_devices::list_virtual,
    ),
    Operation::write(
        "TagMFADevice",
        &[Need::new("iam:TagMFADevice", ResourceKind::MfaDevice).keys(THING_TAGGING)],
        tags::add::<OfMfaDevice>,
    ),
    Operation::write(
        "UntagMFADevice",
        &[Need::new("iam:UntagMFADevice", ResourceKind::MfaDevice).keys(THING_TAGGING)],
        tags::remove::<OfMfaDevice>,
    ),
    Operation::read(
        "ListMFADeviceTags",
        &[Need::new("iam:ListMFADeviceTags", ResourceKind::MfaDevice).keys(THING)],
        tags::list::<OfMfaDevice>,
    ),
    Operation::read(
        "ListSSHPublicKeys",
        &[Need::new("iam:ListSSHPublicKeys", ResourceKind::User).keys(TAGGED)],
        absent::ssh_keys,
    ),
    Operation::read(
        "ListSigningCertificates",
        &[Need::new("iam:ListSigningCertificates", ResourceKind::User).keys(TAGGED)],
        absent::signing_certificates,
    ),
    Operation::read(
        "ListServiceSpecificCredentials",
        &[Need::new("iam:ListServiceSpecificCredentials", ResourceKind::User).keys(TAGGED)],
        absent::service_credentials,
    ),
];
