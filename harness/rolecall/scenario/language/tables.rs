//! The keys of a scenario file.

use super::{Field, Shape, Table, Variant};

// Macros, for only an expression written out in a constant lives as long as the constant.

macro_rules! field {
    ($name:literal, $shape:expr, $doc:expr $(,)?) => {
        Field {
            name: $name,
            shape: $shape,
            required: false,
            doc: $doc,
        }
    };
}

macro_rules! required {
    ($name:literal, $shape:expr, $doc:expr $(,)?) => {
        Field {
            name: $name,
            shape: $shape,
            required: true,
            doc: $doc,
        }
    };
}

macro_rules! named {
    ($what:literal, $value:expr $(,)?) => {
        Shape::Named {
            what: $what,
            value: $value,
        }
    };
}

macro_rules! table {
    ($what:literal, $fields:expr $(,)?) => {
        Table {
            what: $what,
            fields: $fields,
            rest: None,
        }
    };
}

static ANY: Shape = Shape::Any;
static TEXT: Shape = Shape::Text;
static SCALAR: Shape = Shape::Scalar;
static FLAG: Shape = Shape::Flag;
static INTEGER: Shape = Shape::Integer;
static DURATION: Shape = Shape::Duration;
static TIMESTAMP: Shape = Shape::Timestamp;
static TEXTS: Shape = Shape::List {
    element: &TEXT,
    empty: true,
};
static TAGS: Shape = named!("tag", &SCALAR);

// The file.

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
                    value: &Shape::AnyOrNull
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
static CHANGE: Table = table!(
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

// Policies and condition keys.

static POLICY: Shape = Shape::ByKind {
    what: "a policy: a name, a file, an ARN, or a document",
    scalar: Some(&TEXT),
    list: None,
    map: Some(&Shape::Variants {
        what: "policy",
        missing: "this is no policy",
        variants: &[Variant {
            key: "from",
            table: &FROM,
        }],
        otherwise: Some(&ANY),
    }),
};
static POLICIES: Shape = Shape::List {
    element: &POLICY,
    empty: true,
};
static FROM: Table = table!(
    "a policy from a Terraform plan",
    &[
        required!("from", &TEXT, "The plan as JSON (`terraform show -json`)."),
        required!(
            "address",
            &TEXT,
            "The resource's address in the plan: `aws_iam_role.deploy`."
        ),
    ],
);
static CONTEXT: Shape = named!(
    "condition key",
    &Shape::ByKind {
        what: "a value, or a list of values",
        scalar: Some(&SCALAR),
        list: Some(&Shape::List {
            element: &SCALAR,
            empty: true
        }),
        map: None,
    },
);

// The world.

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

static USER: Table = table!(
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
static GROUP: Table = table!("a group", &[ACCOUNT, PATH, ATTACHED]);
static ROLE: Table = table!(
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
static OIDC_PROVIDER: Table = table!(
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
static SAML_PROVIDER: Table = table!(
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
static BUCKET: Table = table!(
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
static DISTRIBUTION: Table = table!(
    "a distribution",
    &[
        ACCOUNT,
        field!("origin", &TEXT, "The bucket it serves, by name."),
        field!("aliases", &TEXTS, "Alternate domain names."),
        TAGGED,
    ],
);
static RESOURCE: Table = table!(
    "a resource",
    &[
        field!("policy", &POLICY, "The resource's policy."),
        TAGGED,
        ACCOUNT
    ]
);

static ORGANIZATION_TABLE: Table = table!(
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

// Steps.

static STEPS: Shape = Shape::List {
    element: &STEP,
    empty: false,
};
static STEP: Shape = Shape::Variants {
    what: "step",
    missing: "this step does nothing",
    variants: &[
        Variant {
            key: "call",
            table: &CALL,
        },
        Variant {
            key: "assume",
            table: &ASSUME,
        },
        Variant {
            key: "can",
            table: &CAN,
        },
        Variant {
            key: "cannot",
            table: &CANNOT,
        },
        Variant {
            key: "wait",
            table: &WAIT,
        },
        Variant {
            key: "change",
            table: &CHANGE_STEP,
        },
    ],
    otherwise: None,
};

const NAME: Field = field!("name", &TEXT, "A title for the step in reports.");
const STEP_DESCRIPTION: Field = field!(
    "description",
    &TEXT,
    "Markdown, printed in the generated documentation."
);
const SKIP_ON: Field = field!(
    "skip-on",
    &named!("target", &TEXT),
    "Targets that can't answer this step, each with the reason: `localstack: doesn't check external ids`.",
);
const AS: Field = field!(
    "as",
    &ACTOR,
    "Who takes the step. Inside `then`: the session just obtained, unless said otherwise."
);
const EXPECT: Field = field!(
    "expect",
    &EXPECT_SHAPE,
    "`allowed` (default), `denied`, an error code, fields the answer must have, or an error's details.",
);
const BECAUSE: Field = field!(
    "because",
    &Shape::Record(&BECAUSE_TABLE),
    "Why the step is denied: which policy decides, and how."
);
const STEP_CONTEXT: Field = field!(
    "context",
    &CONTEXT,
    "Condition keys of this request, over those of the world."
);

static CALL: Table = table!(
    "a `call` step",
    &[
        AS,
        required!(
            "call",
            &TEXT,
            "One API operation by its real name: `s3:PutObject`."
        ),
        field!(
            "on",
            &TEXT,
            "What it acts on: `bucket` or `bucket/key` for S3."
        ),
        field!(
            "with",
            &named!("parameter", &ANY),
            "Parameters, by the names of AWS's API: `Prefix: logs/`."
        ),
        field!("region", &TEXT, "The region. Default us-east-1."),
        STEP_CONTEXT,
        EXPECT,
        BECAUSE,
        NAME,
        STEP_DESCRIPTION,
        SKIP_ON,
    ],
);
static ASSUME: Table = table!(
    "an `assume` step",
    &[
        AS,
        required!("assume", &TEXT, "The role to assume, by name or ARN."),
        field!("session", &TEXT, "The session's name. Default `rolecall`."),
        field!("external-id", &TEXT, "The external id to show."),
        field!(
            "duration",
            &DURATION,
            "How long the session lasts: `15m` to `12h`. Default `1h`."
        ),
        field!(
            "session-policy",
            &POLICY,
            "A policy that narrows the session's permissions."
        ),
        field!(
            "session-policy-arns",
            &TEXTS,
            "Managed policies that narrow the session's permissions, by name or ARN."
        ),
        field!("tags", &TAGS, "Session tags: key to value."),
        field!(
            "transitive-tags",
            &TEXTS,
            "Keys of the tags that stay on when the session assumes another role."
        ),
        field!("source-identity", &TEXT, "The source identity to set."),
        field!(
            "mfa",
            &Shape::ByKind {
                what: "`true`, or a code",
                scalar: Some(&SCALAR),
                list: None,
                map: None
            },
            "`true`: the caller shows a valid code of its MFA device. Six digits in quotes: it shows that code.",
        ),
        STEP_CONTEXT,
        field!(
            "then",
            &STEPS,
            "Steps that run with the credentials obtained."
        ),
        EXPECT,
        BECAUSE,
        NAME,
        STEP_DESCRIPTION,
        SKIP_ON,
    ],
);
static CAN: Table = table!(
    "a `can` step",
    &[
        AS,
        required!(
            "can",
            &QUESTIONS,
            "What is allowed: `ACTION on ARN`, or `ACTION` alone. Asks, and does nothing."
        ),
        STEP_CONTEXT,
        NAME,
        STEP_DESCRIPTION,
        SKIP_ON,
    ],
);
static CANNOT: Table = table!(
    "a `cannot` step",
    &[
        AS,
        required!(
            "cannot",
            &QUESTIONS,
            "What is denied: `ACTION on ARN`, or `ACTION` alone. Asks, and does nothing."
        ),
        STEP_CONTEXT,
        BECAUSE,
        NAME,
        STEP_DESCRIPTION,
        SKIP_ON,
    ],
);
static QUESTIONS: Shape = Shape::List {
    element: &TEXT,
    empty: false,
};
static WAIT: Table = table!(
    "a `wait` step",
    &[
        required!("wait", &DURATION, "The clock moves on: `15m`."),
        NAME,
        STEP_DESCRIPTION,
        SKIP_ON
    ],
);
static CHANGE_STEP: Table = table!(
    "a `change` step",
    &[
        required!(
            "change",
            &Shape::Record(&CHANGE),
            "The world changes: its own keys, merged by name down to a member; a member's value is replaced whole; \
             `null` deletes.",
        ),
        NAME,
        STEP_DESCRIPTION,
        SKIP_ON,
    ],
);

static ACTOR: Shape = Shape::ByKind {
    what: "who acts: a user's name, `root`, `anonymous`, or a map",
    scalar: Some(&TEXT),
    list: None,
    map: Some(&Shape::Variants {
        what: "actor",
        missing: "this names nobody; a user is named without a map",
        variants: &[
            Variant {
                key: "root",
                table: &ROOT,
            },
            Variant {
                key: "service",
                table: &SERVICE,
            },
            Variant {
                key: "token",
                table: &TOKEN,
            },
            Variant {
                key: "saml",
                table: &SAML,
            },
        ],
        otherwise: None,
    }),
};
static ROOT: Table = table!(
    "a root user",
    &[required!(
        "root",
        &TEXT,
        "The root user of this account, by its name in `accounts`."
    )]
);
static SERVICE: Table = table!(
    "a service",
    &[required!(
        "service",
        &TEXT,
        "An AWS service, by its principal: `lambda.amazonaws.com`."
    )]
);
static TOKEN: Table = table!(
    "the bearer of a token",
    &[required!(
        "token",
        &Shape::Record(&CLAIMS),
        "The bearer of a web identity token with these claims."
    )],
);
static CLAIMS: Table = Table {
    what: "a token",
    fields: &[
        required!(
            "provider",
            &TEXT,
            "Who issues it, by a name of `oidc-providers`."
        ),
        required!(
            "sub",
            &TEXT,
            "The subject: `repo:acme/site:ref:refs/heads/main`."
        ),
        field!("aud", &ANY, "The audience. Default: the provider's first."),
        field!(
            "iat",
            &ANY,
            "When it was issued. Default: now; `-5m` is five minutes ago."
        ),
        field!(
            "exp",
            &ANY,
            "When it expires. Default `5m`: five minutes from now."
        ),
    ],
    rest: Some(("claim", &ANY)),
};
static SAML: Table = table!(
    "the bearer of a SAML assertion",
    &[required!(
        "saml",
        &Shape::Record(&ASSERTION),
        "The bearer of a SAML assertion with these attributes."
    )],
);
static ASSERTION: Table = Table {
    what: "a SAML assertion",
    fields: &[required!(
        "provider",
        &TEXT,
        "Who issues it, by a name of `saml-providers`."
    )],
    rest: Some(("attribute", &ANY)),
};

static EXPECT_SHAPE: Shape = Shape::ByKind {
    what: "`allowed`, `denied`, an error code, or a map",
    scalar: Some(&TEXT),
    list: None,
    map: Some(&Shape::Variants {
        what: "expectation",
        missing: "this expects nothing",
        variants: &[Variant {
            key: "error",
            table: &ERROR,
        }],
        otherwise: Some(&ANY),
    }),
};
static ERROR: Table = table!(
    "an error",
    &[
        required!("error", &TEXT, "The error's code: `AccessDenied`."),
        field!(
            "message",
            &TEXT,
            "The error's message; `*` stands for any text."
        ),
        field!("status", &INTEGER, "The HTTP status."),
    ],
);
static BECAUSE_TABLE: Table = table!(
    "a reason",
    &[
        field!(
            "policy",
            &Shape::Choice(&[
                "identity", "resource", "trust", "boundary", "session", "scp", "rcp", "endpoint"
            ]),
            "The kind of policy that decides.",
        ),
        field!(
            "at",
            &TEXT,
            "For `scp` and `rcp`: the organizational unit or account whose policy decides."
        ),
        field!(
            "effect",
            &Shape::Choice(&["explicit", "implicit"]),
            "`explicit`: a Deny matches. `implicit`: nothing allows it.",
        ),
        field!("statement", &TEXT, "The Sid of the deciding statement."),
        field!(
            "condition",
            &TEXT,
            "A condition key of the deciding statement."
        ),
        field!("only", &FLAG, "Whether this is the only reason."),
    ],
);
