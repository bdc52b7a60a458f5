//! Identity providers.

use super::{MADE, TAGGED, TAGGING};
use crate::service::Operation;
use crate::service::iam::oidc_providers::OfOidcProvider;
use crate::service::iam::{oidc_providers, tags};
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
        &[Need::new("iam:GetOpenIDConnectProvider", ResourceKind::OidcProvider).keys(TAGGED)],
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
        .keys(TAGGED)],
        oidc_providers::delete,
    ),
    Operation::write(
        "AddClientIDToOpenIDConnectProvider",
        &[Need::new(
            "iam:AddClientIDToOpenIDConnectProvider",
            ResourceKind::OidcProvider,
        )
        .keys(TAGGED)],
        oidc_providers::add_client,
    ),
    Operation::write(
        "RemoveClientIDFromOpenIDConnectProvider",
        &[Need::new(
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            ResourceKind::OidcProvider,
        )
        .keys(TAGGED)],
        oidc_providers::remove_client,
    ),
    Operation::write(
        "UpdateOpenIDConnectProviderThumbprint",
        &[Need::new(
            "iam:UpdateOpenIDConnectProviderThumbprint",
            ResourceKind::OidcProvider,
        )
        .keys(TAGGED)],
        oidc_providers::update_thumbprints,
    ),
    Operation::write(
        "TagOpenIDConnectProvider",
        &[Need::new("iam:TagOpenIDConnectProvider", ResourceKind::OidcProvider).keys(TAGGING)],
        tags::add::<OfOidcProvider>,
    ),
    Operation::write(
        "UntagOpenIDConnectProvider",
        &[Need::new("iam:UntagOpenIDConnectProvider", ResourceKind::OidcProvider).keys(TAGGING)],
        tags::remove::<OfOidcProvider>,
    ),
    Operation::read(
        "ListOpenIDConnectProviderTags",
        &[Need::new(
            "iam:ListOpenIDConnectProviderTags",
            ResourceKind::OidcProvider,
        )
        .keys(TAGGED)],
        tags::list::<OfOidcProvider>,
    ),
];
