//! Account numbers, partitions and the ARNs built from them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::WorldError;

/// An account's number: twelve digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// Reads twelve digits.
    pub fn parse(text: &str) -> Result<Self, WorldError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(WorldError::InvalidAccountId(text.to_owned()))
        }
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn number(&self) -> u64 {
        self.0.parse().unwrap_or_default()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for AccountId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A partition of AWS, told by a region's name.
///
/// One mock serves them all: the partition of a request is that of the region it is signed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Partition {
    /// `aws`.
    #[default]
    Aws,
    /// `aws-cn`.
    China,
    /// `aws-us-gov`.
    UsGov,
    /// `aws-iso`.
    Iso,
    /// `aws-iso-b`.
    IsoB,
    /// `aws-iso-e`.
    IsoE,
    /// `aws-iso-f`.
    IsoF,
    /// `aws-eusc`.
    EuSovereign,
}

/// AWS: endpoint rules' `partitions.json`, region patterns.
const REGION_STARTS: [(&str, Partition); 7] = [
    ("cn-", Partition::China),
    ("us-gov-", Partition::UsGov),
    ("us-iso-", Partition::Iso),
    ("us-isob-", Partition::IsoB),
    ("eu-isoe-", Partition::IsoE),
    ("us-isof-", Partition::IsoF),
    ("eusc-", Partition::EuSovereign),
];

impl Partition {
    /// The partition of a region; `aws` for a region that tells of no other.
    pub fn of_region(region: &str) -> Self {
        REGION_STARTS
            .iter()
            .find(|(start, _)| region.starts_with(start))
            .map_or(Self::Aws, |(_, partition)| *partition)
    }

    /// The region of the services that a partition has one of.
    pub(crate) fn global_region(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::China => "cn-north-1",
            Self::UsGov => "us-gov-west-1",
            Self::Iso => "us-iso-east-1",
            Self::IsoB => "us-isob-east-1",
            Self::IsoE => "eu-isoe-west-1",
            Self::IsoF => "us-isof-south-1",
            Self::EuSovereign => "eusc-de-east-1",
        }
    }

    /// As ARNs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::China => "aws-cn",
            Self::UsGov => "aws-us-gov",
            Self::Iso => "aws-iso",
            Self::IsoB => "aws-iso-b",
            Self::IsoE => "aws-iso-e",
            Self::IsoF => "aws-iso-f",
            Self::EuSovereign => "aws-eusc",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The partition of an ARN, and what follows it.
pub(crate) fn split_partition(arn: &str) -> Option<(&str, &str)> {
    arn.strip_prefix("arn:")?.split_once(':')
}

/// An ARN of IAM as it is in another partition.
///
/// What is in the world is in every partition; by ARN the world keeps it as it is in `aws`.
pub(crate) fn in_partition<'a>(partition: &str, arn: &'a str) -> Cow<'a, str> {
    match split_partition(arn) {
        Some((other, rest)) if other != partition => Cow::Owned(format!("arn:{partition}:{rest}")),
        _ => Cow::Borrowed(arn),
    }
}

/// An ARN of IAM as the world keeps it.
pub(crate) fn kept(arn: &str) -> Cow<'_, str> {
    in_partition(Partition::Aws.as_str(), arn)
}

/// The ARN of something in IAM: `arn:aws:iam::123456789012:{kind}{path}{name}`.
pub(crate) fn iam(
    partition: Partition,
    account: &AccountId,
    kind: &str,
    path: &str,
    name: &str,
) -> String {
    format!("arn:{partition}:iam::{account}:{kind}{path}{name}")
}

/// The ARN of an account's root user.
pub(crate) fn root(partition: Partition, account: &AccountId) -> String {
    format!("arn:{partition}:iam::{account}:root")
}

/// The ARN of something in STS: `arn:aws:sts::123456789012:{resource}`.
pub(crate) fn sts(
    partition: Partition,
    account: &AccountId,
    resource: impl fmt::Display,
) -> String {
    format!("arn:{partition}:sts::{account}:{resource}")
}

/// The parts of a role's ARN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleArn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) account: &'a str,
    pub(crate) path: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> RoleArn<'a> {
    /// Reads `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    pub(crate) fn parse(arn: &'a str) -> Option<Self> {
        let (partition, rest) = arn.strip_prefix("arn:")?.split_once(":iam::")?;
        let (account, resource) = rest.split_once(':')?;
        let path_and_name = resource
            .strip_prefix("role")
            .filter(|r| r.starts_with('/'))?;
        let (path, name) = path_and_name.split_at_checked(path_and_name.rfind('/')? + 1)?;
        Some(Self {
            partition,
            account,
            path,
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_twelve_digits() {
        assert_eq!(AccountId::parse("000000000000").unwrap().number(), 0);
        for text in ["", "12345678901", "1234567890123", "12345678901x", "١٢٣٤٥٦"] {
            assert!(AccountId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_region_tells_the_partition() {
        let rows = [
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ];
        for (region, partition) in rows {
            assert_eq!(Partition::of_region(region).as_str(), partition, "{region}");
        }
    }

    #[test]
    fn a_role_arn_keeps_its_path() {
        let arn = RoleArn::parse("arn:aws:iam::123456789012:role/a/b/Deploy").unwrap();
        assert_eq!((arn.path, arn.name), ("/a/b/", "Deploy"));

        for text in [
            "arn:aws:iam::123456789012:user/Deploy",
            "arn:aws:iam::123456789012:roles/Deploy",
            "arn:aws:iam::123456789012:role",
            "role/Deploy",
        ] {
            assert_eq!(RoleArn::parse(text), None, "{text}");
        }
    }
}
