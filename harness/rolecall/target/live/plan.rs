//! A scenario's world, and every change of it, as work for an administrator of the target.

use rolecall_wire::{Structure, Value};

use super::identity::{Holder, policy_arn};
use super::journal::{Kind, Thing};
use super::names::Names;
use super::order::{Order, tags};
use crate::scenario::model::{
    Bucket, Change, ChangeKind, CustomerPolicy, Entity, Group, OidcProvider, Role, SamlProvider,
    Touched, User, World,
};

/// Lets nobody in: a role is made with it and gets its own trust policy once every principal that may be named exists.
const CLOSED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;

/// The key of the tag on everything that a run makes; its value is the run's id.
pub(super) const RUN_TAG: &str = "rolecall:run";

/// A piece of work.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Work {
    /// A request.
    Order(Order),
    /// An access key for a user of the scenario.
    Key {
        /// The target's account.
        account: String,
        /// The user's name in the scenario.
        user: String,
        /// The user's name on the target.
        name: String,
    },
    /// An MFA device for a user of the scenario.
    Device {
        /// The target's account.
        account: String,
        /// The user's name in the scenario.
        user: String,
        /// The user's name on the target, which the device has too.
        name: String,
    },
    /// A user's access key is switched on or off.
    Switch {
        /// The target's account.
        account: String,
        /// The user's name in the scenario.
        user: String,
        /// The user's name on the target.
        name: String,
        /// Whether it is to work.
        active: bool,
    },
    /// A SAML provider is made, or gets other metadata: those of the run's own key.
    SamlProvider {
        /// The request but for the metadata.
        order: Order,
        /// Whose they are.
        issuer: String,
    },
    /// An OIDC provider is made, and the keys of its issuer are told.
    OidcProvider {
        /// The request.
        order: Order,
        /// The scenario's.
        provider: OidcProvider,
    },
    /// The keys of a provider's issuer are told.
    Publish(OidcProvider),
    /// Something goes, with all that hangs on it.
    Remove(Thing),
    /// A distribution, whose id AWS gives.
    Distribution {
        /// The request.
        order: Order,
        /// Its id in the scenario.
        id: String,
    },
    /// A distribution gets other members of its configuration.
    Configure(Thing, Structure),
}

/// Plans work on one target for one test.
pub(super) struct Planner<'a> {
    pub(super) names: &'a Names,
    pub(super) run: &'a str,
    /// Whether distributions get their alternate domain names.
    pub(super) aliases: bool,
}

impl Planner<'_> {
    /// All that it takes to build a world, each thing after what it refers to.
    pub(super) fn build(&self, world: &World) -> Vec<Work> {
        let mut work = Vec::new();
        for provider in &world.oidc_providers {
            work.push(self.make_oidc_provider(provider));
        }
        for provider in &world.saml_providers {
            work.push(self.make_saml_provider(provider));
        }
        for policy in &world.policies {
            work.push(self.make_policy(policy));
        }
        for group in &world.groups {
            self.make_group(group, &mut work);
        }
        for user in &world.users {
            self.make_user(user, &mut work);
        }
        for role in &world.roles {
            self.make_role(role, &mut work);
        }
        for role in &world.roles {
            work.push(self.trust(role));
        }
        for bucket in &world.buckets {
            self.make_bucket(bucket, &mut work);
        }
        work
    }

    /// All that it takes to change a world.
    ///
    /// # Errors
    ///
    /// Why it can't be changed so over AWS's API.
    pub(super) fn change(&self, before: &World, change: &Change) -> Result<Vec<Work>, String> {
        let mut work = Vec::new();
        for touched in &change.touched {
            match touched.kind {
                ChangeKind::Deleted => work.extend(self.remove(before, touched)),
                ChangeKind::Created => self.make(&change.world, touched, &mut work),
                ChangeKind::Updated(_) => {
                    self.update(before, &change.world, touched, &mut work)?;
                }
            }
        }
        // What was made in this step may be what a trust policy names.
        for role in created_roles(change) {
            work.push(self.trust(role));
        }
        Ok(work)
    }

    pub(super) fn tags_of_run(&self) -> Vec<(String, String)> {
        vec![(RUN_TAG.to_owned(), self.run.to_owned())]
    }

    fn make(&self, after: &World, touched: &Touched, work: &mut Vec<Work>) {
        let name = touched.name.as_str();
        match touched.entity {
            Entity::User => {
                for user in after.users.iter().filter(|user| user.name.value == name) {
                    self.make_user(user, work);
                }
            }
            Entity::Group => {
                for group in after.groups.iter().filter(|group| group.name.value == name) {
                    self.make_group(group, work);
                }
            }
            Entity::Role => {
                for role in after.roles.iter().filter(|role| role.name.value == name) {
                    self.make_role(role, work);
                }
            }
            Entity::Policy => {
                let mut named = after.policies.iter();
                for policy in named.by_ref().filter(|policy| policy.name.value == name) {
                    work.push(self.make_policy(policy));
                }
            }
            Entity::Bucket => {
                for bucket in after
                    .buckets
                    .iter()
                    .filter(|bucket| bucket.name.value == name)
                {
                    self.make_bucket(bucket, work);
                }
            }
            Entity::OidcProvider => {
                let providers = after.oidc_providers.iter();
                for provider in providers.filter(|provider| provider.name.value == name) {
                    work.push(self.make_oidc_provider(provider));
                }
            }
            Entity::SamlProvider => {
                let providers = after.saml_providers.iter();
                for provider in providers.filter(|provider| provider.name.value == name) {
                    work.push(self.make_saml_provider(provider));
                }
            }
            // Distributions are made before everything else, organizations around it; a test whose world has one of the
            // others isn't begun on a live target.
            Entity::Distribution | Entity::Organization | Entity::Resource | Entity::Context => {}
        }
    }

    fn make_policy(&self, policy: &CustomerPolicy) -> Work {
        let name = self.names.name(&policy.name.value);
        let account = self.names.account(&policy.account);
        let mut order = Order::iam(account, "CreatePolicy", Structure::new())
            .with("PolicyName", &name)
            .with("PolicyDocument", &self.names.policy(&policy.document.json));
        order.input.set("Tags", tags(&self.tags_of_run()));
        Work::Order(order.making(Kind::Policy, &name))
    }

    fn make_group(&self, group: &Group, work: &mut Vec<Work>) {
        let holder = Holder::group(group, self.names);
        let account = self.names.account(&group.account);
        let order = Order::iam(account, "CreateGroup", Structure::new())
            .with("GroupName", &holder.name)
            .with("Path", &group.path);
        work.push(Work::Order(order.making(Kind::Group, &holder.name)));
        work.extend(
            holder
                .after(&holder.just_made())
                .into_iter()
                .map(Work::Order),
        );
    }

    fn make_user(&self, user: &User, work: &mut Vec<Work>) {
        let holder = Holder::user(user, self.names);
        let account = self.names.account(&user.account);
        let mut order = Order::iam(account, "CreateUser", Structure::new())
            .with("UserName", &holder.name)
            .with("Path", &user.path);
        order
            .input
            .set("Tags", tags(&holder.all_tags(&self.tags_of_run())));
        work.push(Work::Order(order.making(Kind::User, &holder.name)));
        work.extend(
            holder
                .after(&holder.just_made())
                .into_iter()
                .map(Work::Order),
        );
        for group in &user.groups {
            work.push(self.membership("AddUserToGroup", user, group));
        }
        work.push(Work::Key {
            account: account.to_owned(),
            user: user.name.value.clone(),
            name: holder.name.clone(),
        });
        if !user.access_key_active {
            work.push(self.switch(user));
        }
        if user.mfa {
            work.push(self.device(user));
        }
    }

    fn device(&self, user: &User) -> Work {
        Work::Device {
            account: self.names.account(&user.account).to_owned(),
            user: user.name.value.clone(),
            name: self.names.name(&user.name.value),
        }
    }

    fn without_device(&self, user: &User) -> Work {
        let account = self.names.account(&user.account);
        let name = self.names.name(&user.name.value);
        Work::Remove(Thing::new(Kind::MfaDevice, account, name))
    }

    fn switch(&self, user: &User) -> Work {
        Work::Switch {
            account: self.names.account(&user.account).to_owned(),
            user: user.name.value.clone(),
            name: self.names.name(&user.name.value),
            active: user.access_key_active,
        }
    }

    fn membership(&self, operation: &'static str, user: &User, group: &str) -> Work {
        let account = self.names.account(&user.account);
        let order = Order::iam(account, operation, Structure::new())
            .with("GroupName", &self.names.name(group))
            .with("UserName", &self.names.name(&user.name.value));
        Work::Order(order)
    }

    fn make_role(&self, role: &Role, work: &mut Vec<Work>) {
        let holder = Holder::role(role, self.names);
        let account = self.names.account(&role.account);
        let mut order = Order::iam(account, "CreateRole", Structure::new())
            .with("RoleName", &holder.name)
            .with("Path", &role.path)
            .with("AssumeRolePolicyDocument", CLOSED);
        order.input.set("MaxSessionDuration", role.max_session);
        order
            .input
            .set("Tags", tags(&holder.all_tags(&self.tags_of_run())));
        work.push(Work::Order(order.making(Kind::Role, &holder.name)));
        work.extend(
            holder
                .after(&holder.just_made())
                .into_iter()
                .map(Work::Order),
        );
    }

    pub(super) fn trust(&self, role: &Role) -> Work {
        let account = self.names.account(&role.account);
        let document = self.names.policy(&role.trust.document.json);
        let order = Order::iam(account, "UpdateAssumeRolePolicy", Structure::new())
            .with("RoleName", &self.names.name(&role.name.value))
            .with("PolicyDocument", &document);
        Work::Order(order)
    }

    fn make_bucket(&self, bucket: &Bucket, work: &mut Vec<Work>) {
        let order = self.bucket_order(bucket, "CreateBucket");
        let name = self.names.name(&bucket.name.value);
        work.push(Work::Order(order.making(Kind::Bucket, &name)));
        if !bucket.block_public_access {
            work.push(self.public_access(bucket, false));
        }
        work.push(self.bucket_tags(bucket));
        for (key, content) in &bucket.objects {
            work.push(self.object(bucket, key, content));
        }
        // A public policy is refused where public access is blocked already, but one that was there first stays.
        let is_open = bucket
            .policy
            .as_ref()
            .is_some_and(|policy| lets_everyone_in(&policy.document.json));
        if bucket.block_public_access && is_open {
            work.push(self.public_access(bucket, false));
            work.push(self.bucket_policy(bucket));
            work.push(self.public_access(bucket, true));
        } else if bucket.policy.is_some() {
            work.push(self.bucket_policy(bucket));
        }
    }

    fn bucket_order(&self, bucket: &Bucket, operation: &'static str) -> Order {
        let account = self.names.account(&bucket.account);
        Order::s3(account, operation, Structure::new())
            .with("Bucket", &self.names.name(&bucket.name.value))
    }

    fn public_access(&self, bucket: &Bucket, blocked: bool) -> Work {
        let settings = [
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        ];
        let mut configuration = Structure::new();
        for setting in settings {
            configuration.set(setting, blocked);
        }
        let mut order = self.bucket_order(bucket, "PutPublicAccessBlock");
        order
            .input
            .set("PublicAccessBlockConfiguration", configuration);
        Work::Order(order)
    }

    fn bucket_tags(&self, bucket: &Bucket) -> Work {
        let mapped = bucket.tags.iter();
        let mapped = mapped.map(|(key, value)| (key.clone(), self.names.text(value)));
        let all: Vec<(String, String)> = mapped.chain(self.tags_of_run()).collect();
        let mut order = self.bucket_order(bucket, "PutBucketTagging");
        order
            .input
            .set("Tagging", Structure::new().with("TagSet", tags(&all)));
        Work::Order(order)
    }

    pub(super) fn bucket_policy(&self, bucket: &Bucket) -> Work {
        let order = match &bucket.policy {
            Some(policy) => self
                .bucket_order(bucket, "PutBucketPolicy")
                .with("Policy", &self.names.policy(&policy.document.json)),
            None => self.bucket_order(bucket, "DeleteBucketPolicy"),
        };
        Work::Order(order)
    }

    fn object(&self, bucket: &Bucket, key: &str, content: &str) -> Work {
        let mut order = self
            .bucket_order(bucket, "PutObject")
            .with("Key", &self.names.text(key));
        let body = bytes::Bytes::copy_from_slice(content.as_bytes());
        order.input.set("Body", Value::Blob(body));
        Work::Order(order)
    }

    fn remove(&self, before: &World, touched: &Touched) -> Vec<Work> {
        let name = touched.name.as_str();
        let gone = |kind, account: &str| {
            let account = self.names.account(account);
            Work::Remove(Thing::new(kind, account, self.names.name(name)))
        };
        match touched.entity {
            Entity::User => {
                let found = before.users.iter().filter(|user| user.name.value == name);
                let both = found.flat_map(|user| {
                    let device = user.mfa.then(|| self.without_device(user));
                    std::iter::once(gone(Kind::User, &user.account)).chain(device)
                });
                both.collect()
            }
            Entity::Group => {
                let found = before
                    .groups
                    .iter()
                    .filter(|group| group.name.value == name);
                found
                    .map(|group| gone(Kind::Group, &group.account))
                    .collect()
            }
            Entity::Role => {
                let found = before.roles.iter().filter(|role| role.name.value == name);
                found.map(|role| gone(Kind::Role, &role.account)).collect()
            }
            Entity::Policy => {
                let found = before.policies.iter();
                let found = found.filter(|policy| policy.name.value == name);
                found
                    .map(|policy| gone(Kind::Policy, &policy.account))
                    .collect()
            }
            Entity::Bucket => {
                let found = before.buckets.iter();
                let found = found.filter(|bucket| bucket.name.value == name);
                found
                    .map(|bucket| gone(Kind::Bucket, &bucket.account))
                    .collect()
            }
            Entity::OidcProvider => {
                let providers = before.oidc_providers.iter();
                let found = providers.filter(|provider| provider.name.value == name);
                found
                    .map(|provider| self.remove_oidc_provider(provider))
                    .collect()
            }
            Entity::SamlProvider => {
                let providers = before.saml_providers.iter();
                let found = providers.filter(|provider| provider.name.value == name);
                found
                    .map(|provider| self.remove_saml_provider(provider))
                    .collect()
            }
            Entity::Distribution => self.remove_distribution(before, touched),
            Entity::Organization | Entity::Resource | Entity::Context => Vec::new(),
        }
    }

    fn update(
        &self,
        before: &World,
        after: &World,
        touched: &Touched,
        work: &mut Vec<Work>,
    ) -> Result<(), String> {
        let name = touched.name.as_str();
        match touched.entity {
            Entity::User => {
                let olds = before.users.iter().filter(|user| user.name.value == name);
                let news = after.users.iter().filter(|user| user.name.value == name);
                olds.zip(news)
                    .try_for_each(|(old, new)| self.update_user(old, new, work))
            }
            Entity::Group => {
                let olds = before
                    .groups
                    .iter()
                    .filter(|group| group.name.value == name);
                let news = after.groups.iter().filter(|group| group.name.value == name);
                olds.zip(news).try_for_each(|(old, new)| {
                    same_place(
                        "group",
                        (&old.path, &old.account),
                        (&new.path, &new.account),
                    )?;
                    let new = Holder::group(new, self.names);
                    let orders = new.after(&Holder::group(old, self.names));
                    work.extend(orders.into_iter().map(Work::Order));
                    Ok(())
                })
            }
            Entity::Role => {
                let olds = before.roles.iter().filter(|role| role.name.value == name);
                let news = after.roles.iter().filter(|role| role.name.value == name);
                olds.zip(news)
                    .try_for_each(|(old, new)| self.update_role(old, new, work))
            }
            Entity::Policy => {
                let named = after.policies.iter();
                for policy in named.filter(|policy| policy.name.value == name) {
                    work.push(self.new_version(policy));
                }
                Ok(())
            }
            Entity::Bucket => {
                let olds = before
                    .buckets
                    .iter()
                    .filter(|bucket| bucket.name.value == name);
                let news = after
                    .buckets
                    .iter()
                    .filter(|bucket| bucket.name.value == name);
                for (old, new) in olds.zip(news) {
                    self.update_bucket(old, new, work);
                }
                Ok(())
            }
            Entity::OidcProvider => {
                let named = |provider: &&OidcProvider| provider.name.value == name;
                let olds = before.oidc_providers.iter().filter(named);
                let news = after.oidc_providers.iter().filter(named);
                for (old, new) in olds.zip(news) {
                    work.extend(self.update_oidc_provider(old, new)?);
                }
                Ok(())
            }
            Entity::SamlProvider => {
                let named = |provider: &&SamlProvider| provider.name.value == name;
                let olds = before.saml_providers.iter().filter(named);
                let news = after.saml_providers.iter().filter(named);
                for (old, new) in olds.zip(news) {
                    work.push(self.update_saml_provider(old, new)?);
                }
                Ok(())
            }
            Entity::Distribution => self.update_distribution(before, after, touched, work),
            // Nothing of a resource is on the target, and an organization is built around the rest.
            Entity::Resource | Entity::Organization => Ok(()),
            entity @ Entity::Context => Err(format!(
                "{}s are not changed on live targets",
                entity.noun()
            )),
        }
    }

    fn update_user(&self, old: &User, new: &User, work: &mut Vec<Work>) -> Result<(), String> {
        same_place("user", (&old.path, &old.account), (&new.path, &new.account))?;
        let holder = Holder::user(new, self.names);
        let orders = holder.after(&Holder::user(old, self.names));
        work.extend(orders.into_iter().map(Work::Order));
        for group in old
            .groups
            .iter()
            .filter(|group| !new.groups.contains(group))
        {
            work.push(self.membership("RemoveUserFromGroup", new, group));
        }
        for group in new
            .groups
            .iter()
            .filter(|group| !old.groups.contains(group))
        {
            work.push(self.membership("AddUserToGroup", new, group));
        }
        if old.access_key_active != new.access_key_active {
            work.push(self.switch(new));
        }
        match (old.mfa, new.mfa) {
            (false, true) => work.push(self.device(new)),
            (true, false) => work.push(self.without_device(new)),
            (true, true) | (false, false) => {}
        }
        Ok(())
    }

    fn update_role(&self, old: &Role, new: &Role, work: &mut Vec<Work>) -> Result<(), String> {
        same_place("role", (&old.path, &old.account), (&new.path, &new.account))?;
        let holder = Holder::role(new, self.names);
        let orders = holder.after(&Holder::role(old, self.names));
        work.extend(orders.into_iter().map(Work::Order));
        if old.max_session != new.max_session {
            let account = self.names.account(&new.account);
            let mut order =
                Order::iam(account, "UpdateRole", Structure::new()).with("RoleName", &holder.name);
            order.input.set("MaxSessionDuration", new.max_session);
            work.push(Work::Order(order));
        }
        if old.trust.document.json != new.trust.document.json {
            work.push(self.trust(new));
        }
        Ok(())
    }

    pub(super) fn new_version(&self, policy: &CustomerPolicy) -> Work {
        let account = self.names.account(&policy.account);
        let arn = policy_arn(account, &self.names.name(&policy.name.value));
        let mut order = Order::iam(account, "CreatePolicyVersion", Structure::new())
            .with("PolicyArn", &arn)
            .with("PolicyDocument", &self.names.policy(&policy.document.json));
        order.input.set("SetAsDefault", true);
        Work::Order(order)
    }

    fn update_bucket(&self, old: &Bucket, new: &Bucket, work: &mut Vec<Work>) {
        if old.block_public_access != new.block_public_access {
            work.push(self.public_access(new, new.block_public_access));
        }
        if old.tags != new.tags {
            work.push(self.bucket_tags(new));
        }
        if old.objects != new.objects {
            for (key, _) in old
                .objects
                .iter()
                .filter(|object| !new.objects.contains(object))
            {
                let order = self.bucket_order(new, "DeleteObject");
                work.push(Work::Order(order.with("Key", &self.names.text(key))));
            }
            for (key, content) in &new.objects {
                work.push(self.object(new, key, content));
            }
        }
        let document = |bucket: &Bucket| {
            let policy = bucket.policy.as_ref();
            policy.map(|policy| policy.document.json.clone())
        };
        if document(old) != document(new) {
            work.push(self.bucket_policy(new));
        }
    }
}

/// Whether a policy allows something to everyone, with or without conditions.
pub(super) fn lets_everyone_in(json: &str) -> bool {
    let Ok(document) = serde_json::from_str::<serde_json::Value>(json) else {
        return false;
    };
    let statements = match document.get("Statement") {
        Some(serde_json::Value::Array(statements)) => statements.as_slice(),
        Some(statement) => std::slice::from_ref(statement),
        None => &[],
    };
    statements.iter().any(|statement| {
        let principal = statement.get("Principal");
        statement
            .get("Effect")
            .is_some_and(|effect| effect == "Allow")
            && principal.is_some_and(|principal| principal.to_string().contains("\"*\""))
    })
}

fn created_roles(change: &Change) -> impl Iterator<Item = &Role> {
    change.world.roles.iter().filter(|role| {
        change.touched.iter().any(|touched| {
            touched.entity == Entity::Role
                && touched.kind == ChangeKind::Created
                && touched.name == role.name.value
        })
    })
}

/// A path is a part of the ARN, and an account can't be left: no request of AWS changes either.
pub(super) fn same_place(noun: &str, old: (&str, &str), new: (&str, &str)) -> Result<(), String> {
    if old == new {
        Ok(())
    } else {
        Err(format!(
            "a {noun} can't move to another path or account on a live target"
        ))
    }
}
