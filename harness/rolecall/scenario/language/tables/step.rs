//! Steps: verbs and what goes with each.

use super::super::{Field, Shape, Table, Variant};
use super::file::CHANGE;
use super::value::{ANY, CONTEXT, DURATION, FLAG, INTEGER, POLICY, SCALAR, TAGS, TEXT, TEXTS};

pub(super) static STEPS: Shape = Shape::List {
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
    fields: &[
        required!(
            "provider",
            &TEXT,
            "Who issues it, by a name of `saml-providers`."
        ),
        field!(
            "subject",
            &TEXT,
            "Who signed in (`NameID`). Default: the session's name."
        ),
        field!(
            "audience",
            &TEXT,
            "Whom it is for. Default `https://signin.aws.amazon.com/saml`."
        ),
        field!(
            "recipient",
            &TEXT,
            "Where it is to be taken, the key `saml:aud`. Default `https://signin.aws.amazon.com/saml`."
        ),
        field!(
            "expires",
            &TEXT,
            "When it expires. Default `5m`: five minutes from now; `-5m` is five minutes ago."
        ),
        field!(
            "Role",
            &ANY,
            "Pairs `ROLE-ARN,PROVIDER-ARN`. Default: the role that is assumed, with the provider."
        ),
        field!(
            "RoleSessionName",
            &ANY,
            "The name of the session. Default: the step's `session`."
        ),
    ],
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
