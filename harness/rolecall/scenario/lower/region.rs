//! Regions, as far as a slip of the pen can be told from a new one.

use rolecall_policy::Node;

use super::Lower;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::nearest::nearest;
use crate::scenario::tree::spanned;

/// AWS: AWS General Reference, regions and zones; the SDKs' list of partitions.
const REGIONS: [&str; 45] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isof-east-1",
    "us-isof-south-1",
];

impl Lower<'_, '_, '_> {
    /// The region of a call. One that only has another number may be new.
    pub(super) fn region(&mut self, step: &Node) -> Option<String> {
        let region = spanned(step, "region")?;
        let written = region.value.as_str();
        let is_known = REGIONS.iter().any(|known| place(known) == place(written));
        let near = nearest(written, REGIONS).filter(|_| !is_known);
        if let Some(near) = near {
            let warning =
                Diagnostic::warning("unknown-region", format!("AWS has no region `{written}`"))
                    .at(region.span, "no policy means it")
                    .help(format!("did you mean `{near}`?"));
            self.report(warning);
        }
        Some(region.value)
    }
}

/// A region without its number.
fn place(region: &str) -> &str {
    region.trim_end_matches(|c: char| c.is_ascii_digit())
}
