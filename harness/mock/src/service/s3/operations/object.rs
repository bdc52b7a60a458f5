//! Objects.

use super::keys as own;
use crate::service::Operation;
use crate::service::need::{Key, Need, ResourceKind, When};
use crate::service::s3::{
    acl, attributes, checksum, copy, keys, lock, object, object_tagging, read,
};

pub(super) const fn on_object(action: &'static str) -> Need {
    Need::new(action, ResourceKind::Object)
}

/// An action that is asked where no version is named.
const fn of_current(action: &'static str) -> Need {
    on_object(action).when(When::Case(keys::names_no_version))
}

/// An action that is asked where a version is named.
const fn of_version(action: &'static str) -> Need {
    on_object(action)
        .when(When::Given(&["VersionId"]))
        .keys(&[own::VERSION])
}

const TAGS: &[Key] = &[own::EXISTING_TAGS];
const TAGS_OF_VERSION: &[Key] = &[own::EXISTING_TAGS, own::VERSION];
const NEW_TAGS: &[Key] = &[
    own::EXISTING_TAGS,
    own::VERSION,
    Key::From(keys::body_object_tags),
];

const READ: &[Need] = &[
    of_current("s3:GetObject").keys(TAGS),
    of_version("s3:GetObjectVersion").keys(TAGS_OF_VERSION),
];

/// What a request that makes an object needs beyond `s3:PutObject`.
macro_rules! new_object {
    ($keys:expr, $($more:expr),*) => {
        &[
            on_object("s3:PutObject").keys($keys),
            on_object("s3:PutObjectAcl")
                .when(When::Given(own::ACL_HEADERS))
                .keys($keys),
            on_object("s3:PutObjectRetention")
                .when(When::Given(&["ObjectLockMode", "ObjectLockRetainUntilDate"]))
                .keys($keys),
            on_object("s3:PutObjectLegalHold")
                .when(When::Given(&["ObjectLockLegalHoldStatus"]))
                .keys($keys),
            $($more),*
        ]
    };
}
pub(super) use new_object;

pub(super) const PUT_TAGS: Need = on_object("s3:PutObjectTagging").when(When::Given(&["Tagging"]));

/// Whoever makes a write depend on what is there learns of it.
pub(super) const IF_MATCH: Need = on_object("s3:GetObject").when(When::Given(&["IfMatch"]));

pub(super) const fn on_source(action: &'static str) -> Need {
    Need::new(action, ResourceKind::CopySource)
}

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::write(
        "PutObject",
        new_object!(own::PUT_OBJECT, PUT_TAGS.keys(own::PUT_OBJECT), IF_MATCH),
        object::put,
    )
    .with_prepared(checksum::prepare_object),
    Operation::write(
        "CopyObject",
        new_object!(
            own::COPY_OBJECT,
            IF_MATCH,
            on_source("s3:GetObject").when(When::Case(copy::names_no_version)),
            on_source("s3:GetObjectVersion")
                .when(When::Case(copy::names_version))
                .keys(&[own::SOURCE_VERSION]),
            on_source("s3:GetObjectTagging").when(When::InWorld(copy::takes_current_tags)),
            on_source("s3:GetObjectVersionTagging")
                .when(When::InWorld(copy::takes_version_tags))
                .keys(&[own::SOURCE_VERSION]),
            on_object("s3:PutObjectTagging")
                .when(When::InWorld(copy::sets_tags))
                .keys(own::COPY_OBJECT)
        ),
        copy::copy,
    ),
    Operation::read("GetObject", READ, read::get),
    Operation::read("HeadObject", READ, read::head),
    Operation::read(
        "GetObjectAttributes",
        &[
            of_current("s3:GetObject"),
            of_current("s3:GetObjectAttributes"),
            of_version("s3:GetObjectVersion"),
            of_version("s3:GetObjectVersionAttributes"),
        ],
        attributes::get,
    ),
    Operation::write(
        "DeleteObject",
        &[
            of_current("s3:DeleteObject"),
            of_version("s3:DeleteObjectVersion"),
            on_object("s3:BypassGovernanceRetention").when(When::Case(keys::bypasses_retention)),
        ],
        object::delete,
    ),
    Operation::read(
        "GetObjectTagging",
        &[
            of_current("s3:GetObjectTagging").keys(TAGS),
            of_version("s3:GetObjectVersionTagging").keys(TAGS_OF_VERSION),
        ],
        object_tagging::get,
    ),
    Operation::write(
        "PutObjectTagging",
        &[
            of_current("s3:PutObjectTagging").keys(NEW_TAGS),
            of_version("s3:PutObjectVersionTagging").keys(NEW_TAGS),
        ],
        object_tagging::put,
    ),
    Operation::write(
        "DeleteObjectTagging",
        &[
            of_current("s3:DeleteObjectTagging").keys(TAGS),
            of_version("s3:DeleteObjectVersionTagging").keys(TAGS_OF_VERSION),
        ],
        object_tagging::delete,
    ),
    Operation::read(
        "GetObjectAcl",
        &[
            of_current("s3:GetObjectAcl").keys(TAGS),
            of_version("s3:GetObjectVersionAcl").keys(TAGS_OF_VERSION),
        ],
        acl::get_object,
    ),
    Operation::write(
        "PutObjectAcl",
        &[
            of_current("s3:PutObjectAcl").keys(own::OBJECT_ACL),
            of_version("s3:PutObjectVersionAcl").keys(own::OBJECT_ACL),
        ],
        acl::put_object,
    ),
    Operation::read(
        "GetObjectRetention",
        &[on_object("s3:GetObjectRetention")],
        lock::get_retention,
    ),
    Operation::write(
        "PutObjectRetention",
        &[
            on_object("s3:PutObjectRetention").keys(&[Key::From(keys::retention)]),
            on_object("s3:BypassGovernanceRetention")
                .when(When::Case(keys::bypasses_retention))
                .keys(&[Key::From(keys::retention)]),
        ],
        lock::put_retention,
    ),
    Operation::read(
        "GetObjectLegalHold",
        &[on_object("s3:GetObjectLegalHold")],
        lock::get_legal_hold,
    ),
    Operation::write(
        "PutObjectLegalHold",
        &[on_object("s3:PutObjectLegalHold").keys(&[Key::From(keys::legal_hold)])],
        lock::put_legal_hold,
    ),
];
