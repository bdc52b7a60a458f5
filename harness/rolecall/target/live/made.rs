//! What a step's own call makes on a target, so that it is removed as well.

use rolecall_wire::Structure;

use super::journal::{Kind, Thing};

/// What an operation makes, if it succeeds.
pub(super) fn made_by(
    service: &str,
    operation: &str,
    input: &Structure,
    account: &str,
) -> Option<Thing> {
    if (service, operation) == ("iam", "CreateSAMLProvider") {
        let name = input.string("Name")?;
        let arn = format!("arn:aws:iam::{account}:saml-provider/{name}");
        return Some(Thing::new(Kind::SamlProvider, account, arn));
    }
    let (kind, member) = match (service, operation) {
        ("iam", "CreateUser") => (Kind::User, "UserName"),
        ("iam", "CreateRole") => (Kind::Role, "RoleName"),
        ("iam", "CreateGroup") => (Kind::Group, "GroupName"),
        ("iam", "CreatePolicy") => (Kind::Policy, "PolicyName"),
        ("iam", "CreateVirtualMFADevice") => {
            let path = input.string("Path").unwrap_or_default();
            let name = input.string("VirtualMFADeviceName")?;
            let name = format!("{}{name}", path.trim_start_matches('/'));
            return Some(Thing::new(Kind::MfaDevice, account, name));
        }
        ("s3", "CreateBucket") => (Kind::Bucket, "Bucket"),
        ("organizations", "CreateOrganizationalUnit") => (Kind::Unit, "Name"),
        ("organizations", "CreatePolicy") => (Kind::ControlPolicy, "Name"),
        ("cloudfront", "CreateDistribution" | "CreateDistributionWithTags") => {
            let with_tags = input.structure("DistributionConfigWithTags");
            let config = with_tags.unwrap_or(input).structure("DistributionConfig")?;
            let name = config.string("CallerReference")?;
            return Some(Thing::new(Kind::Distribution, account, name));
        }
        _ => return None,
    };
    Some(Thing::new(kind, account, input.string(member)?))
}
