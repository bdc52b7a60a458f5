//! Whether those whom a policy of a resource names are there.
//!
//! AWS: IAM User Guide, AWS JSON policy elements: Principal. A policy that names somebody who doesn't exist isn't saved.

use rolecall_policy::Node;
use rolecall_policy::arn::Arn;
use rolecall_policy::validate::named_principals;

use super::{Partition, RoleArn, World};

impl World {
    /// The first of the accounts, users and roles that a document names which isn't there, in a partition.
    pub(crate) fn unknown_principal<'n>(
        &self,
        partition: Partition,
        document: &'n Node,
    ) -> Option<&'n str> {
        let principals = named_principals(document);
        let mut names = principals.into_iter().filter(|named| named.kind == "AWS");
        names
            .find(|named| !self.has_principal(partition, named.name))
            .map(|named| named.name)
    }

    /// Whether a principal exists. Accounts that aren't in the world are taken to be there, with all that live in them.
    fn has_principal(&self, partition: Partition, name: &str) -> bool {
        if name == "*" || name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit()) {
            return true;
        }
        let Some(arn) = Arn::parse(name) else {
            return self.has_unique_id(name);
        };
        if arn.partition != partition.as_str() {
            return false;
        }
        if self.account_id(arn.account).is_none() {
            return true;
        }
        if let Some(role) = RoleArn::parse(name) {
            return self.role_by_arn(&role).is_some();
        }
        let (kind, rest) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
        match (arn.service, kind) {
            ("iam", "user") => {
                let user = self.user(arn.account, rest.rsplit('/').next().unwrap_or_default());
                user.is_some_and(|user| name.ends_with(&format!(":user{}{}", user.path, user.name)))
            }
            ("sts", "assumed-role") => {
                let role = rest.split('/').next().unwrap_or_default();
                self.role(arn.account, role).is_some()
            }
            ("iam", "root") => rest.is_empty(),
            ("sts", "federated-user") => true,
            _ => false,
        }
    }
}
