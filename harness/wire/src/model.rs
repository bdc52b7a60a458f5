//! AWS's service models as data.

/// The day the bundled models were taken (the release day of the `botocore` version), as `2026-11-20`.
pub const DATE: &str = "";

/// A service: its protocol, operations and shapes.
#[derive(Debug)]
pub struct Service {}

/// One operation of a service.
#[derive(Debug)]
pub struct Operation {}

/// The service with a signing name (`sts`, `iam`, `s3`, `cloudfront`, `organizations`, `iam-toolbox`);
/// read on first use.
pub fn service(name: &str) -> Option<&'static Service> {
    todo!()
}
