//! ARNs, read apart but not judged.

/// The six parts of an ARN: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
///
/// The resource is all that follows the fifth colon, so it may hold colons itself.
///
/// ```
/// use rolecall_policy::arn::Arn;
///
/// let arn = Arn::parse("arn:aws:iam::123456789012:role/ops/Deploy").unwrap();
/// assert_eq!((arn.service, arn.account), ("iam", "123456789012"));
/// assert_eq!(arn.resource, "role/ops/Deploy");
/// assert!(Arn::parse("arn:aws:iam").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    /// `iam`.
    pub service: &'a str,
    /// The region; empty for global services.
    pub region: &'a str,
    /// Twelve digits; empty where ARNs have no account, as S3's.
    pub account: &'a str,
    /// The rest.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN; `None` when it doesn't begin with `arn:` or has fewer than six parts.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:")?.splitn(5, ':');
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

/// AWS's partitions.
///
/// AWS: AWS General Reference, ARNs; the SDKs' list of partitions.
pub const PARTITIONS: [&str; 8] = [
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
];

/// The account an ARN names, if it names one.
pub fn account(arn: &str) -> Option<&str> {
    Arn::parse(arn)
        .map(|arn| arn.account)
        .filter(|account| !account.is_empty())
}

/// Whether `text` is an account number: twelve digits.
pub fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_twelve_digits() {
        assert!(is_account("012345678901"));
        for wrong in [
            "",
            "01234567890",
            "0123456789012",
            "01234567890a",
            "arn:aws:iam:",
        ] {
            assert!(!is_account(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_account_of_an_arn_may_be_missing() {
        assert_eq!(
            account("arn:aws:iam::012345678901:root"),
            Some("012345678901")
        );
        assert_eq!(
            account("arn:aws:iam::aws:policy/ReadOnlyAccess"),
            Some("aws")
        );
        assert_eq!(account("arn:aws:s3:::bucket"), None);
        assert_eq!(account("012345678901"), None);
    }
}
