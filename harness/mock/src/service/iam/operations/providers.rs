//! Identity providers.

use super::{MADE, THING, THING_TAGGING};
use crate::service::Operation;
use crate::service::iam::oidc_providers::OfOidcProvider;
use crate::service::iam::saml_providers::OfSamlProvider;
use crate::service::iam::{oidc_providers, saml_providers, tags};
use crate::service::need::{Need, ResourceKind};

pub(super) const PROVIDERS: &[Operation] = &[
    Operation::write(
        "CreateOpenIDConnectProvider",
        &[Need::new(
            "iam:CreateOpenIDConnectProvider",
            ResourceKind::OidcProvider,
        )
        .keys(MADE)],
        oidc_providers::create,
    ),
    Operation::read(
        "GetOpenIDConnectProvider",
        &[Need::new("iam:GetOpenIDConnectProvider", ResourceKind::OidcProvider).keys(THING)],
        oidc_providers::get,
    ),
    Operation::read(
        "ListOpenIDConnectProviders",
        &[Need::new(
            "iam:ListOpenIDConnectProviders",
            ResourceKind::OidcProviders,
        )],
        oidc_providers::list,
    ),
    Operation::write(
        "DeleteOpenIDConnectProvider",
        &[Need::new(
            "iam:DeleteOpenIDConnectProvider",
            ResourceKind::OidcProvider,
        )
        .keys(THING)],
        oidc_providers::delete,
    ),
    Operation::write(
        "AddClientIDToOpenIDConnectProvider",
        &[Need::new(
            "iam:AddClientIDToOpenIDConnectProvider",
            ResourceKind::OidcProvider,
        )
        .keys(THING)],
        oidc_providers::add_client,
    ),
    Operation::write(
        "RemoveClientIDFromOpenIDConnectProvider",
        &[Need::new(
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            ResourceKind::OidcProvider,
        )
        .keys(THING)],
        oidc_providers::remove_client,
    ),
    Operation::write(
        "UpdateOpenIDConnectProviderThumbprint",
        &[Need::new(
            "iam:UpdateOpenIDConnectProviderThumbprint",
            ResourceKind::OidcProvider,
        )
        .keys(THING)],
        oidc_providers::update_thumbprints,
    ),
    Operation::write(
        "TagOpenIDConnectProvider",
        &[
            Need::new("iam:TagOpenIDConnectProvider", ResourceKind::OidcProvider)
                .keys(THING_TAGGING),
        ],
        tags::add::<OfOidcProvider>,
    ),
    Operation::write(
        "UntagOpenIDConnectProvider",
        &[
            Need::new("iam:UntagOpenIDConnectProvider", ResourceKind::OidcProvider)
                .keys(THING_TAGGING),
        ],
        tags::remove::<OfOidcProvider>,
    ),
    Operation::read(
        "ListOpenIDConnectProviderTags",
        &[Need::new(
            "iam:ListOpenIDConnectProviderTags",
            ResourceKind::OidcProvider,
        )
        .keys(THING)],
        tags::list::<OfOidcProvider>,
    ),
    Operation::write(
        "CreateSAMLProvider",
        &[Need::new("iam:CreateSAMLProvider", ResourceKind::SamlProvider).keys(MADE)],
        saml_providers::create,
    ),
    Operation::read(
        "GetSAMLProvider",
        &[Need::new("iam:GetSAMLProvider", ResourceKind::SamlProvider).keys(THING)],
        saml_providers::get,
    ),
    Operation::read(
        "ListSAMLProviders",
        &[Need::new(
            "iam:ListSAMLProviders",
            ResourceKind::SamlProviders,
        )],
        saml_providers::list,
    ),
    Operation::write(
        "UpdateSAMLProvider",
        &[Need::new("iam:UpdateSAMLProvider", ResourceKind::SamlProvider).keys(THING)],
        saml_providers::update,
    ),
    Operation::write(
        "DeleteSAMLProvider",
        &[Need::new("iam:DeleteSAMLProvider", ResourceKind::SamlProvider).keys(THING)],
        saml_providers::delete,
    ),
    Operation::write(
        "TagSAMLProvider",
        &[Need::new("iam:TagSAMLProvider", ResourceKind::SamlProvider).keys(THING_TAGGING)],
        tags::add::<OfSamlProvider>,
    ),
    Operation::write(
        "UntagSAMLProvider",
        &[Need::new("iam:UntagSAMLProvider", ResourceKind::SamlProvider).keys(THING_TAGGING)],
        tags::remove::<OfSamlProvider>,
    ),
    Operation::read(
        "ListSAMLProviderTags",
        &[Need::new("iam:ListSAMLProviderTags", ResourceKind::SamlProvider).keys(THING)],
        tags::list::<OfSamlProvider>,
    ),
];
