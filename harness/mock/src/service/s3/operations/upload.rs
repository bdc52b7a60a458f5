//! Uploads in parts.

use super::keys as own;
use super::object::{IF_MATCH, PUT_TAGS, new_object, on_object, on_source};
use crate::service::Operation;
use crate::service::need::When;
use crate::service::s3::{checksum, complete, copy, upload, upload_listing};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::write(
        "CreateMultipartUpload",
        new_object!(own::CREATE_UPLOAD, PUT_TAGS.keys(own::CREATE_UPLOAD)),
        upload::create,
    ),
    Operation::write(
        "UploadPart",
        &[on_object("s3:PutObject").keys(own::UPLOAD_PART)],
        upload::put_part,
    )
    .with_prepared(checksum::prepare_part),
    Operation::write(
        "UploadPartCopy",
        &[
            on_object("s3:PutObject").keys(own::COPY_PART),
            on_source("s3:GetObject")
                .when(When::Case(copy::names_no_version))
                .keys(&[own::EXISTING_TAGS]),
            on_source("s3:GetObjectVersion")
                .when(When::Case(copy::names_version))
                .keys(&[own::EXISTING_TAGS, own::SOURCE_VERSION]),
        ],
        upload::copy_part,
    ),
    Operation::write(
        "CompleteMultipartUpload",
        &[
            on_object("s3:PutObject").keys(own::COMPLETE_UPLOAD),
            IF_MATCH,
        ],
        complete::complete,
    ),
    Operation::write(
        "AbortMultipartUpload",
        &[on_object("s3:AbortMultipartUpload")],
        upload::abort,
    ),
    Operation::read(
        "ListParts",
        &[on_object("s3:ListMultipartUploadParts")],
        upload_listing::parts,
    ),
];
