//! Shapes that stand in many places: scalars, tags, policies, condition keys.

use super::super::{Field, Shape, Table, Variant};

pub(super) static ANY: Shape = Shape::Any;
pub(super) static ANY_OR_NULL: Shape = Shape::AnyOrNull;
pub(super) static TEXT: Shape = Shape::Text;
pub(super) static SCALAR: Shape = Shape::Scalar;
pub(super) static FLAG: Shape = Shape::Flag;
pub(super) static INTEGER: Shape = Shape::Integer;
pub(super) static DURATION: Shape = Shape::Duration;
pub(super) static TIMESTAMP: Shape = Shape::Timestamp;
pub(super) static TEXTS: Shape = Shape::List {
    element: &TEXT,
    empty: true,
};
pub(super) static TAGS: Shape = named!("tag", &SCALAR);

pub(super) static POLICY: Shape = Shape::ByKind {
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
pub(super) static POLICIES: Shape = Shape::List {
    element: &POLICY,
    empty: true,
};
pub(super) static FROM: Table = table!(
    "a policy from a Terraform plan",
    &[
        required!("from", &TEXT, "The plan as JSON (`terraform show -json`)."),
        required!(
            "address",
            &TEXT,
            "The resource's address in the plan: `aws_iam_role.deploy`, `module.stage[\"staging\"].aws_iam_role.this[0]`. Of a role, user or group among `policies`: all that the plan gives it."
        ),
    ],
);
pub(super) static CONTEXT: Shape = named!(
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
