//! Removing what a run made, with everything that hangs on it: AWS deletes nothing that still holds something.
//!
//! What hangs on it is asked of the target, not remembered: the steps of a scenario may have added to it. Something that
//! is gone already is no mistake.

use rolecall_wire::{ServiceError, Structure, Value};

use super::MOST_PAGES;
use super::admin::{Admins, Failure};
use super::control::Control;
use super::devices::serial;
use super::distributions;
use super::identity::policy_arn;
use super::issuers::forget_keys;
use super::journal::{Journal, Kind, Thing};
use super::order::Order;
use super::organization;
use super::plan::RUN_TAG;
use super::undo::Undo;

/// Removes something, and writes so in the journal.
pub(super) async fn remove(
    admins: &Admins,
    journal: &Journal,
    thing: &Thing,
) -> Result<(), Failure> {
    let removal = Removal {
        admins,
        run: journal.run(),
        thing,
    };
    match thing.kind {
        Kind::Other => removal.other().await?,
        Kind::Bucket => removal.bucket().await?,
        Kind::User => removal.user().await?,
        Kind::MfaDevice => removal.mfa_device().await?,
        Kind::Role => removal.role().await?,
        Kind::Group => removal.group().await?,
        Kind::Policy => removal.policy().await?,
        Kind::OidcProvider => removal.oidc_provider().await?,
        Kind::Controls
        | Kind::Placement
        | Kind::Unit
        | Kind::ControlPolicy
        | Kind::Member
        | Kind::Organization => Box::pin(organization::remove(admins, thing)).await?,
        Kind::Distribution => Box::pin(distributions::remove(admins, thing)).await?,
        Kind::SamlProvider => removal.saml_provider().await?,
    }
    journal.removed(thing).map_err(Failure::journal)
}

/// Whether an error says that the thing isn't there.
fn is_absent(error: &ServiceError) -> bool {
    error.status == 404
        || matches!(
            error.code.as_str(),
            "NoSuchEntity" | "NoSuchBucket" | "NoSuchBucketPolicy" | "NoSuchKey"
        )
}

/// Whether an error of any service says that the thing isn't there; there is no one code for it.
fn is_gone(error: &ServiceError) -> bool {
    let words = ["NotFound", "NoSuch", "NonExist", "NotExist"];
    is_absent(error) || words.iter().any(|word| error.code.contains(word))
}

struct Removal<'a> {
    admins: &'a Admins,
    /// The run's id.
    run: &'a str,
    thing: &'a Thing,
}

impl Removal<'_> {
    /// The call that removes it is its name.
    async fn other(&self) -> Result<(), Failure> {
        let undo = Undo::parse(&self.thing.name);
        let undo = undo.ok_or_else(|| Failure::NoModel(self.thing.name.clone()))?;
        let (service, operation) = (undo.service, undo.operation);
        let mut order = Order::new(&self.thing.account, service, operation, undo.input);
        order.region = Some(undo.region);
        match self.admins.send(&order).await {
            Err(Failure::Refused { error, .. }) if is_gone(&error) => Ok(()),
            other => other.map(drop),
        }
    }

    async fn user(&self) -> Result<(), Failure> {
        let name = [("UserName", self.thing.name.as_str())];
        self.each(
            &name,
            "ListAccessKeys",
            "AccessKeyMetadata",
            Some("AccessKeyId"),
            "DeleteAccessKey",
            "AccessKeyId",
        )
        .await?;
        self.each(
            &name,
            "ListUserPolicies",
            "PolicyNames",
            None,
            "DeleteUserPolicy",
            "PolicyName",
        )
        .await?;
        self.each(
            &name,
            "ListAttachedUserPolicies",
            "AttachedPolicies",
            Some("PolicyArn"),
            "DetachUserPolicy",
            "PolicyArn",
        )
        .await?;
        self.each(
            &name,
            "ListGroupsForUser",
            "Groups",
            Some("GroupName"),
            "RemoveUserFromGroup",
            "GroupName",
        )
        .await?;
        self.each(
            &name,
            "ListMFADevices",
            "MFADevices",
            Some("SerialNumber"),
            "DeactivateMFADevice",
            "SerialNumber",
        )
        .await?;
        self.send("iam", "DeleteUser", &name).await
    }

    /// A user's device has the user's name.
    async fn mfa_device(&self) -> Result<(), Failure> {
        let serial = serial(&self.thing.account, &self.thing.name);
        let device = ("SerialNumber", serial.as_str());
        let user = ("UserName", self.thing.name.as_str());
        self.send("iam", "DeactivateMFADevice", &[user, device])
            .await?;
        self.send("iam", "DeleteVirtualMFADevice", &[device]).await
    }

    async fn role(&self) -> Result<(), Failure> {
        let name = [("RoleName", self.thing.name.as_str())];
        self.each(
            &name,
            "ListRolePolicies",
            "PolicyNames",
            None,
            "DeleteRolePolicy",
            "PolicyName",
        )
        .await?;
        self.each(
            &name,
            "ListAttachedRolePolicies",
            "AttachedPolicies",
            Some("PolicyArn"),
            "DetachRolePolicy",
            "PolicyArn",
        )
        .await?;
        self.send("iam", "DeleteRole", &name).await
    }

    async fn group(&self) -> Result<(), Failure> {
        let name = [("GroupName", self.thing.name.as_str())];
        self.each(
            &name,
            "ListGroupPolicies",
            "PolicyNames",
            None,
            "DeleteGroupPolicy",
            "PolicyName",
        )
        .await?;
        self.each(
            &name,
            "ListAttachedGroupPolicies",
            "AttachedPolicies",
            Some("PolicyArn"),
            "DetachGroupPolicy",
            "PolicyArn",
        )
        .await?;
        self.each(
            &name,
            "GetGroup",
            "Users",
            Some("UserName"),
            "RemoveUserFromGroup",
            "UserName",
        )
        .await?;
        self.send("iam", "DeleteGroup", &name).await
    }

    /// Whoever holds it goes first; older versions go before the policy.
    async fn policy(&self) -> Result<(), Failure> {
        let arn = policy_arn(&self.thing.account, &self.thing.name);
        let arn = [("PolicyArn", arn.as_str())];
        for version in self
            .list("iam", "ListPolicyVersions", "Versions", &arn)
            .await?
        {
            let Value::Structure(version) = version else {
                continue;
            };
            let id = version.string("VersionId").unwrap_or_default();
            if version.boolean("IsDefaultVersion") != Some(true) {
                let input = [arn[0], ("VersionId", id)];
                self.send("iam", "DeletePolicyVersion", &input).await?;
            }
        }
        self.send("iam", "DeletePolicy", &arn).await
    }

    /// Its URL can't carry the run's name: without the run's tag it is somebody else's, and stays.
    async fn oidc_provider(&self) -> Result<(), Failure> {
        let arn = [("OpenIDConnectProviderArn", self.thing.name.as_str())];
        let is_ours = |tag: &Value| match tag {
            Value::Structure(tag) => {
                tag.string("Key") == Some(RUN_TAG) && tag.string("Value") == Some(self.run)
            }
            _ => false,
        };
        let tags = self.list("iam", "ListOpenIDConnectProviderTags", "Tags", &arn);
        if !tags.await?.iter().any(is_ours) {
            return Ok(());
        }
        let client = &self.admins.client;
        if Control::is_there(client).await {
            let forgotten = forget_keys(Control::of(client), &self.thing.name).await;
            forgotten.map_err(Failure::NoKey)?;
        }
        self.send("iam", "DeleteOpenIDConnectProvider", &arn).await
    }

    async fn saml_provider(&self) -> Result<(), Failure> {
        let arn = [("SAMLProviderArn", self.thing.name.as_str())];
        self.send("iam", "DeleteSAMLProvider", &arn).await
    }

    /// The policy goes first, as it may deny the rest.
    async fn bucket(&self) -> Result<(), Failure> {
        let bucket = [("Bucket", self.thing.name.as_str())];
        self.send("s3", "DeleteBucketPolicy", &bucket).await?;
        for object in self
            .list("s3", "ListObjectsV2", "Contents", &bucket)
            .await?
        {
            let Value::Structure(object) = object else {
                continue;
            };
            let key = object.string("Key").unwrap_or_default();
            self.send("s3", "DeleteObject", &[bucket[0], ("Key", key)])
                .await?;
        }
        self.send("s3", "DeleteBucket", &bucket).await
    }

    /// Lists what hangs on the thing and removes each.
    async fn each(
        &self,
        name: &[(&str, &str)],
        list: &'static str,
        member: &str,
        id: Option<&str>,
        remove: &'static str,
        parameter: &str,
    ) -> Result<(), Failure> {
        for found in self.list("iam", list, member, name).await? {
            let found = match (&found, id) {
                (Value::String(text), None) => text.as_str(),
                (Value::Structure(members), Some(id)) => members.string(id).unwrap_or_default(),
                _ => continue,
            };
            let mut input = name.to_vec();
            input.push((parameter, found));
            self.send("iam", remove, &input).await?;
        }
        Ok(())
    }

    /// All elements of a listing; none where the thing isn't there.
    async fn list(
        &self,
        service: &'static str,
        operation: &'static str,
        member: &str,
        input: &[(&str, &str)],
    ) -> Result<Vec<Value>, Failure> {
        let mut found = Vec::new();
        let mut order = self.order(service, operation, input);
        for _ in 0..MOST_PAGES {
            let page = match self.admins.send(&order).await {
                Ok(page) => page,
                Err(Failure::Refused { error, .. }) if is_absent(&error) => break,
                // What a target doesn't have hangs on nothing.
                Err(failure) if failure.is_not_implemented() => break,
                Err(failure) => return Err(failure),
            };
            found.extend_from_slice(page.list(member));
            let (from, to) = if service == "s3" {
                ("NextContinuationToken", "ContinuationToken")
            } else {
                ("Marker", "Marker")
            };
            match page.string(from) {
                Some(next) if page.boolean("IsTruncated") == Some(true) => {
                    order.input.set(to, next);
                }
                _ => break,
            }
        }
        Ok(found)
    }

    async fn send(
        &self,
        service: &'static str,
        operation: &'static str,
        input: &[(&str, &str)],
    ) -> Result<(), Failure> {
        match self
            .admins
            .send(&self.order(service, operation, input))
            .await
        {
            Err(Failure::Refused { error, .. }) if is_absent(&error) => Ok(()),
            other => other.map(drop),
        }
    }

    fn order(
        &self,
        service: &'static str,
        operation: &'static str,
        input: &[(&str, &str)],
    ) -> Order {
        let mut order = Order::new(&self.thing.account, service, operation, Structure::new());
        for (name, text) in input {
            order.input.set(name, *text);
        }
        order
    }
}
