//! Scenario files, world files, and what `change` may name.

use super::super::{Field, Shape, Table};
use super::step::STEPS;
use super::value::{ANY_OR_NULL, CONTEXT, POLICY, TEXT, TEXTS, TIMESTAMP};
use super::world::{
    BUCKET, DISTRIBUTION, GROUP, OIDC_PROVIDER, ORGANIZATION as ORGANIZATION_TABLE, RESOURCE, ROLE,
    SAML_PROVIDER, USER,
};

/// A scenario file.
pub(crate) static SCENARIO: Table = table!(
    "a scenario",
    &[
        required!(
            "scenario",
            &TEXT,
            "What the scenario shows, as one sentence. It is the title in reports."
        ),
        DESCRIPTION,
        field!(
            "tags",
            &TEXTS,
            "Words to choose scenarios by: `rolecall run -E 'tag(tutorial)'`."
        ),
        USE,
        CLOCK,
        ACCOUNTS,
        ORGANIZATION,
        USERS,
        GROUPS,
        ROLES,
        CUSTOMER_POLICIES,
        OIDC_PROVIDERS,
        SAML_PROVIDERS,
        BUCKETS,
        DISTRIBUTIONS,
        RESOURCES,
        WORLD_CONTEXT,
        required!(
            "steps",
            &STEPS,
            "What happens, in order, each with what is expected."
        ),
        field!(
            "cases",
            &Shape::Named {
                what: "case",
                value: &Shape::Named {
                    what: "variable",
                    value: &ANY_OR_NULL
                }
            },
            "One test per case: case name to variables. `${name}` in a value stands for the variable; `null` \
             leaves the key out.",
        ),
    ],
);

/// A file for `use`.
pub(crate) static WORLD_FILE: Table = table!(
    "a world file",
    &[
        DESCRIPTION,
        USE,
        CLOCK,
        ACCOUNTS,
        ORGANIZATION,
        USERS,
        GROUPS,
        ROLES,
        CUSTOMER_POLICIES,
        OIDC_PROVIDERS,
        SAML_PROVIDERS,
        BUCKETS,
        DISTRIBUTIONS,
        RESOURCES,
        WORLD_CONTEXT,
    ],
);

/// What a `change` step may name: the world's own keys, any of them (and any member) `null` to delete.
pub(super) static CHANGE: Table = table!(
    "a change of the world",
    &[
        ORGANIZATION,
        USERS,
        GROUPS,
        ROLES,
        CUSTOMER_POLICIES,
        OIDC_PROVIDERS,
        SAML_PROVIDERS,
        BUCKETS,
        DISTRIBUTIONS,
        RESOURCES,
        WORLD_CONTEXT
    ],
);

const DESCRIPTION: Field = field!(
    "description",
    &TEXT,
    "Markdown, printed in the generated documentation."
);
const USE: Field = field!(
    "use",
    &TEXTS,
    "World files (`*.world.yaml`) to build on, relative to this file."
);
const CLOCK: Field = field!(
    "clock",
    &TIMESTAMP,
    "When the scenario starts. Default `2026-01-01T00:00:00Z`."
);
const ACCOUNTS: Field = field!(
    "accounts",
    &named!("account", &Shape::AccountNumber),
    "AWS accounts: name to number. The first is the default. Without: `main: 123456789012`.",
);
const ORGANIZATION: Field = field!(
    "organization",
    &Shape::Record(&ORGANIZATION_TABLE),
    "The AWS organization the accounts are in."
);
const USERS: Field = field!(
    "users",
    &named!("user", &Shape::Record(&USER)),
    "IAM users: name to definition (`{}` for a user without permissions)."
);
const GROUPS: Field = field!(
    "groups",
    &named!("group", &Shape::Record(&GROUP)),
    "IAM groups: name to definition. Users join by their `groups`."
);
const ROLES: Field = field!(
    "roles",
    &named!("role", &Shape::Record(&ROLE)),
    "IAM roles: name to definition."
);
const CUSTOMER_POLICIES: Field = field!(
    "policies",
    &named!("policy", &POLICY),
    "Customer managed policies: name to document or file. Users, groups and roles refer to them by name.",
);
const OIDC_PROVIDERS: Field = field!(
    "oidc-providers",
    &named!("OIDC provider", &Shape::Record(&OIDC_PROVIDER)),
    "OpenID Connect identity providers, such as GitHub Actions: name to definition.",
);
const SAML_PROVIDERS: Field = field!(
    "saml-providers",
    &named!("SAML provider", &Shape::Record(&SAML_PROVIDER)),
    "SAML identity providers: name to definition."
);
const BUCKETS: Field = field!(
    "buckets",
    &named!("bucket", &Shape::Record(&BUCKET)),
    "S3 buckets: name to definition."
);
const DISTRIBUTIONS: Field = field!(
    "distributions",
    &named!("distribution", &Shape::Record(&DISTRIBUTION)),
    "CloudFront distributions: id to definition."
);
const RESOURCES: Field = field!(
    "resources",
    &named!("resource", &Shape::Record(&RESOURCE)),
    "Any other resources with a policy of their own (keys, queues, secrets): ARN to definition.",
);
const WORLD_CONTEXT: Field = field!(
    "context",
    &CONTEXT,
    "Condition keys of every request: `aws:SourceIp: 203.0.113.7`."
);
