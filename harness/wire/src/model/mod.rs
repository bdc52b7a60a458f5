//! AWS's service models as data: what operations there are, what their shapes look like, how they travel.
//!
//! The models are those of the `botocore` package. Some are bundled, slimmed and compressed (`data/refresh.py`), and
//! unpacked on first use; others are read from an installation ([`parse`]). [`Service`] is the entry; [`Operation`] has an input and an output [`Shape`].
//!
//! ```
//! use rolecall_wire::model::{self, Kind};
//!
//! let sts = model::service("sts").unwrap();
//! let input = sts.operation("AssumeRole").unwrap().input().unwrap();
//! let session = input.member("RoleSessionName").unwrap();
//! assert!(session.is_required());
//! assert_eq!(session.shape().max(), Some(64));
//! assert!(matches!(session.shape().kind(), Kind::String));
//! ```

mod load;
mod operation;
mod pattern;
mod raw;
mod service;
mod shape;
mod uri;

use std::sync::OnceLock;

pub use load::LoadError;
pub use operation::{Checksum, Operation};
pub use service::{Protocol, Service};
pub use shape::{ErrorTrait, Kind, Location, Member, Shape, TimestampFormat};
pub use uri::{Segment, UriTemplate};

/// The day the bundled models were taken (the release day of the `botocore` version), as `2026-11-20`.
pub const DATE: &str = include_str!("../../data/DATE").trim_ascii();

/// The `botocore` version that the bundled models were taken from.
pub const VERSION: &str = include_str!("../../data/VERSION").trim_ascii();

struct Bundled {
    name: &'static str,
    blob: &'static [u8],
    service: OnceLock<Service>,
}

impl Bundled {
    const fn new(name: &'static str, blob: &'static [u8]) -> Self {
        Self {
            name,
            blob,
            service: OnceLock::new(),
        }
    }
}

static BUNDLED: [Bundled; 6] = [
    Bundled::new("sts", include_bytes!("../../data/sts.json.gz")),
    Bundled::new("iam", include_bytes!("../../data/iam.json.gz")),
    Bundled::new("s3", include_bytes!("../../data/s3.json.gz")),
    Bundled::new(
        "cloudfront",
        include_bytes!("../../data/cloudfront.json.gz"),
    ),
    Bundled::new(
        "organizations",
        include_bytes!("../../data/organizations.json.gz"),
    ),
    Bundled::new(
        "iam-toolbox",
        include_bytes!("../../data/iam-toolbox.json.gz"),
    ),
];

/// The service with a name (`sts`, `iam`, `s3`, `cloudfront`, `organizations`, `iam-toolbox`); read on first use.
///
/// The name is the one in the service's host name and on the AWS CLI. It is also what requests are signed for, but
/// for `iam-toolbox`, which signs for `iam`: see [`Service::signing_name`].
///
/// # Panics
///
/// If the bundled data can't be read, which a test rules out.
pub fn service(name: &str) -> Option<&'static Service> {
    let bundled = BUNDLED.iter().find(|bundled| bundled.name == name)?;
    #[expect(clippy::expect_used, reason = "a test reads every bundled model")]
    let read = || {
        load::service(bundled.name, bundled.blob).expect("the bundled service models are readable")
    };
    Some(bundled.service.get_or_init(read))
}

/// Reads the model of a service from a file of `botocore`'s, `service-2.json`, packed (`.gz`) or not. `name` is the folder
/// that `botocore` keeps it in, which is the service's name on the AWS CLI.
///
/// The model stays in memory for good: read each once.
///
/// # Errors
///
/// What keeps it from being a model that requests can be made from.
pub fn parse(name: &str, file: &[u8]) -> Result<&'static Service, LoadError> {
    let service = load::service(name.to_owned().leak(), file)?;
    Ok(Box::leak(Box::new(service)))
}

/// The names that [`service`] knows.
pub fn service_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.iter().map(|bundled| bundled.name)
}
