//! AWS's managed policies, bundled.

/// The day the bundled data was taken from AWS, as `2026-11-02`.
pub const DATE: &str = "";

/// A managed policy of AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedPolicy {
    /// `AmazonS3FullAccess`.
    pub name: String,
    /// `arn:aws:iam::aws:policy/AmazonS3FullAccess`.
    pub arn: String,
    /// The default version's id: `v2`.
    pub version: String,
    /// The document, as JSON text.
    pub document: String,
}

/// Finds a policy by its name or ARN.
pub fn find(name_or_arn: &str) -> Option<ManagedPolicy> {
    todo!()
}

/// The names of all, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}
