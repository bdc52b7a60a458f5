//! The things of a world and their members.

use super::super::{Field, Shape, Table};
use super::value::{ANY, DURATION, FLAG, POLICIES, POLICY, SCALAR, TAGS, TEXT, TEXTS};

const ACCOUNT: Field = field!(
    "account",
    &TEXT,
    "The account it belongs to, by its name in `accounts`. Default: the first account."
);
const PATH: Field = field!("path", &TEXT, "The IAM path: `/teams/web/`. Default `/`.");
const ATTACHED: Field = field!(
    "policies",
    &POLICIES,
    "Identity policies: names, ARNs, files or documents."
);
const BOUNDARY: Field = field!("boundary", &POLICY, "The permissions boundary.");
const TAGGED: Field = field!("tags", &TAGS, "Tags: key to value.");

pub(super) static USER: Table = table!(
    "a user",
    &[
        ACCOUNT,
        PATH,
        ATTACHED,
        BOUNDARY,
        TAGGED,
        field!("groups", &TEXTS, "The groups the user is in, by name."),
        field!(
            "mfa",
            &FLAG,
            "Whether the user has an MFA device. Default `false`."
        ),
        field!(
            "access-key",
            &Shape::Choice(&["active", "inactive"]),
            "The state of the user's access key. Default `active`."
        ),
    ],
);
pub(super) static GROUP: Table = table!("a group", &[ACCOUNT, PATH, ATTACHED]);
pub(super) static ROLE: Table = table!(
    "a role",
    &[
        required!(
            "trust",
            &POLICY,
            "The policy that says who may assume the role."
        ),
        ACCOUNT,
        PATH,
        ATTACHED,
        BOUNDARY,
        TAGGED,
        field!(
            "max-session",
            &DURATION,
            "The longest session, `1h` to `12h`. Default `1h`."
        ),
    ],
);
pub(super) static OIDC_PROVIDER: Table = table!(
    "an OIDC provider",
    &[
        required!(
            "url",
            &TEXT,
            "The issuer: `https://token.actions.githubusercontent.com`."
        ),
        required!(
            "audiences",
            &TEXTS,
            "The client ids it accepts: `[sts.amazonaws.com]`."
        ),
        field!(
            "keys",
            &Shape::ByKind {
                what: "`generated`, `discover`, a file, or a JWKS",
                scalar: Some(&TEXT),
                list: None,
                map: Some(&ANY)
            },
            "The keys that sign its tokens: `generated` (default), a JWKS file or document, or `discover` to fetch \
             them from the issuer.",
        ),
        ACCOUNT,
    ],
);
pub(super) static SAML_PROVIDER: Table = table!(
    "a SAML provider",
    &[
        field!(
            "issuer",
            &TEXT,
            "The entity id of the identity provider. Default `https://idp.example.com/saml`."
        ),
        field!(
            "keys",
            &TEXT,
            "The key that signs its assertions: `generated` (default) or a metadata file."
        ),
        ACCOUNT,
    ],
);
pub(super) static BUCKET: Table = table!(
    "a bucket",
    &[
        ACCOUNT,
        field!("policy", &POLICY, "The bucket policy."),
        field!(
            "objects",
            &named!("object", &SCALAR),
            "Objects: key to content."
        ),
        TAGGED,
        field!(
            "block-public-access",
            &FLAG,
            "All four settings of Block Public Access. Default `true`, as on AWS."
        ),
    ],
);
pub(super) static DISTRIBUTION: Table = table!(
    "a distribution",
    &[
        ACCOUNT,
        field!("origin", &TEXT, "The bucket it serves, by name."),
        field!("aliases", &TEXTS, "Alternate domain names."),
        TAGGED,
    ],
);
pub(super) static RESOURCE: Table = table!(
    "a resource",
    &[
        field!("policy", &POLICY, "The resource's policy."),
        TAGGED,
        ACCOUNT
    ]
);

pub(super) static ORGANIZATION: Table = table!(
    "an organization",
    &[
        field!(
            "id",
            &TEXT,
            "The organization's id. Default `o-exampleorgid`."
        ),
        field!(
            "management",
            &TEXT,
            "The management account, by its name in `accounts`. SCPs and RCPs don't bind it."
        ),
        required!(
            "root",
            &Shape::Record(&UNIT),
            "The root: its policies, units and accounts."
        ),
    ],
);
const SCPS: Field = field!(
    "service-control-policies",
    &POLICIES,
    "Attached service control policies, a complete list. Default `[FullAWSAccess]`.",
);
const RCPS: Field = field!(
    "resource-control-policies",
    &POLICIES,
    "Attached resource control policies. `RCPFullAWSAccess` is always there.",
);
static UNIT: Table = table!(
    "an organizational unit",
    &[
        SCPS,
        RCPS,
        field!(
            "units",
            &named!("unit", &Shape::Record(&UNIT)),
            "Organizational units in it: name to definition."
        ),
        field!(
            "accounts",
            &named!("account", &Shape::Record(&MEMBER)),
            "Accounts in it, by their names in `accounts`."
        ),
    ],
);
static MEMBER: Table = table!("a member account", &[SCPS, RCPS]);
