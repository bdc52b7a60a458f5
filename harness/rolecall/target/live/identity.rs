//! What users, roles and groups hold, and the requests that lead from one state to another.

use std::collections::BTreeMap;

use rolecall_wire::Structure;

use super::journal::Kind;
use super::names::Names;
use super::order::{Order, strings, tags};
use crate::scenario::model::{Group, PolicyOrigin, PolicyReference, Role, User};
use crate::target::world::policy_name;

/// A user, role or group on the target, and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Holder {
    /// `User`, `Role` or `Group`, as the names of IAM's operations have it.
    kind: &'static str,
    /// The target's account.
    account: String,
    /// Its name on the target.
    pub(super) name: String,
    /// Inline policies by name.
    inline: BTreeMap<String, String>,
    /// ARNs of attached policies.
    attached: Vec<String>,
    boundary: Option<Boundary>,
    tags: Vec<(String, String)>,
}

/// A permissions boundary is always a managed policy; one that the scenario writes in place is made for it.
#[derive(Clone, Debug, PartialEq)]
struct Boundary {
    arn: String,
    /// The name and document of the policy that is made for it.
    made: Option<(String, String)>,
}

impl Holder {
    pub(super) fn user(user: &User, names: &Names) -> Self {
        Self::new("User", &user.account, &user.name.value, names)
            .policies(&user.policies, &user.account, names)
            .boundary(user.boundary.as_ref(), &user.account, names)
            .tags(&user.tags, names)
    }

    pub(super) fn role(role: &Role, names: &Names) -> Self {
        Self::new("Role", &role.account, &role.name.value, names)
            .policies(&role.policies, &role.account, names)
            .boundary(role.boundary.as_ref(), &role.account, names)
            .tags(&role.tags, names)
    }

    pub(super) fn group(group: &Group, names: &Names) -> Self {
        Self::new("Group", &group.account, &group.name.value, names).policies(
            &group.policies,
            &group.account,
            names,
        )
    }

    fn new(kind: &'static str, account: &str, name: &str, names: &Names) -> Self {
        Self {
            kind,
            account: names.account(account).to_owned(),
            name: names.name(name),
            inline: BTreeMap::new(),
            attached: Vec::new(),
            boundary: None,
            tags: Vec::new(),
        }
    }

    /// The same as it is when just made: its tags come with it, the rest is still to come.
    pub(super) fn just_made(&self) -> Self {
        Self {
            inline: BTreeMap::new(),
            attached: Vec::new(),
            boundary: None,
            ..self.clone()
        }
    }

    fn policies(mut self, references: &[PolicyReference], account: &str, names: &Names) -> Self {
        for (index, reference) in references.iter().enumerate() {
            match managed_arn(&reference.origin, account, names) {
                Some(arn) => self.attached.push(arn),
                None => self.hold(
                    &policy_name(&reference.origin, index),
                    index,
                    reference,
                    names,
                ),
            }
        }
        self
    }

    /// An inline policy. Two files of one name in different folders are two policies.
    fn hold(&mut self, name: &str, index: usize, reference: &PolicyReference, names: &Names) {
        // What stands in a Terraform plan's address may be no name to AWS.
        let allowed =
            |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
        let name: String = name
            .chars()
            .map(|character| if allowed(character) { character } else { '-' })
            .collect();
        let name = if self.inline.contains_key(&name) {
            format!("{name}-{}", index + 1)
        } else {
            name
        };
        let document = names.policy(&reference.document.json);
        self.inline.insert(name, document);
    }

    fn boundary(
        mut self,
        reference: Option<&PolicyReference>,
        account: &str,
        names: &Names,
    ) -> Self {
        self.boundary = reference.map(|reference| {
            if let Some(arn) = managed_arn(&reference.origin, account, names) {
                return Boundary { arn, made: None };
            }
            let name = format!("{}-{}-boundary", self.name, self.kind.to_lowercase());
            let document = names.policy(&reference.document.json);
            Boundary {
                arn: format!("arn:aws:iam::{}:policy/{name}", self.account),
                made: Some((name, document)),
            }
        });
        self
    }

    fn tags(mut self, tags: &[(String, String)], names: &Names) -> Self {
        let mapped = tags
            .iter()
            .map(|(key, value)| (key.clone(), names.text(value)));
        self.tags = mapped.collect();
        self
    }

    /// Its tags, with those that say who made it.
    pub(super) fn all_tags(&self, run: &[(String, String)]) -> Vec<(String, String)> {
        self.tags.iter().chain(run).cloned().collect()
    }

    fn order(&self, operation: &'static str) -> Order {
        let member = match self.kind {
            "User" => "UserName",
            "Role" => "RoleName",
            _ => "GroupName",
        };
        let input = Structure::new().with(member, self.name.as_str());
        Order::iam(&self.account, operation, input)
    }

    /// The requests that lead from an earlier state to this one.
    pub(super) fn after(&self, before: &Self) -> Vec<Order> {
        let mut orders = Vec::new();
        self.change_boundary(before, &mut orders);
        self.change_inline(before, &mut orders);
        self.change_attached(before, &mut orders);
        self.change_tags(before, &mut orders);
        orders
    }

    fn change_inline(&self, before: &Self, orders: &mut Vec<Order>) {
        let [put, delete] = match self.kind {
            "User" => ["PutUserPolicy", "DeleteUserPolicy"],
            "Role" => ["PutRolePolicy", "DeleteRolePolicy"],
            _ => ["PutGroupPolicy", "DeleteGroupPolicy"],
        };
        for name in before.inline.keys() {
            if !self.inline.contains_key(name) {
                orders.push(self.order(delete).with("PolicyName", name));
            }
        }
        for (name, document) in &self.inline {
            if before.inline.get(name) != Some(document) {
                let order = self.order(put).with("PolicyName", name);
                orders.push(order.with("PolicyDocument", document));
            }
        }
    }

    fn change_attached(&self, before: &Self, orders: &mut Vec<Order>) {
        let [attach, detach] = match self.kind {
            "User" => ["AttachUserPolicy", "DetachUserPolicy"],
            "Role" => ["AttachRolePolicy", "DetachRolePolicy"],
            _ => ["AttachGroupPolicy", "DetachGroupPolicy"],
        };
        for arn in before
            .attached
            .iter()
            .filter(|arn| !self.attached.contains(arn))
        {
            orders.push(self.order(detach).with("PolicyArn", arn));
        }
        for arn in self
            .attached
            .iter()
            .filter(|arn| !before.attached.contains(arn))
        {
            orders.push(self.order(attach).with("PolicyArn", arn));
        }
    }

    fn change_boundary(&self, before: &Self, orders: &mut Vec<Order>) {
        if self.boundary == before.boundary {
            return;
        }
        let [put, delete] = match self.kind {
            "User" => [
                "PutUserPermissionsBoundary",
                "DeleteUserPermissionsBoundary",
            ],
            _ => [
                "PutRolePermissionsBoundary",
                "DeleteRolePermissionsBoundary",
            ],
        };
        let Some(boundary) = &self.boundary else {
            return orders.push(self.order(delete));
        };
        if let Some((name, document)) = &boundary.made {
            let made_before = before
                .boundary
                .as_ref()
                .is_some_and(|old| old.arn == boundary.arn);
            if made_before {
                let order = Order::iam(&self.account, "CreatePolicyVersion", Structure::new())
                    .with("PolicyArn", &boundary.arn)
                    .with("PolicyDocument", document);
                return orders.push(order.becomes_default());
            }
            let order = Order::iam(&self.account, "CreatePolicy", Structure::new())
                .with("PolicyName", name)
                .with("PolicyDocument", document);
            orders.push(order.making(Kind::Policy, name));
        }
        orders.push(self.order(put).with("PermissionsBoundary", &boundary.arn));
    }

    fn change_tags(&self, before: &Self, orders: &mut Vec<Order>) {
        let [tag, untag] = match self.kind {
            "User" => ["TagUser", "UntagUser"],
            _ => ["TagRole", "UntagRole"],
        };
        let gone = before.tags.iter().map(|(key, _)| key.as_str());
        let gone: Vec<&str> = gone
            .filter(|key| !self.tags.iter().any(|(kept, _)| kept == key))
            .collect();
        if !gone.is_empty() {
            let mut order = self.order(untag);
            order.input.set("TagKeys", strings(gone));
            orders.push(order);
        }
        let new: Vec<(String, String)> = self
            .tags
            .iter()
            .filter(|tag| !before.tags.contains(tag))
            .cloned()
            .collect();
        if !new.is_empty() {
            let mut order = self.order(tag);
            order.input.set("Tags", tags(&new));
            orders.push(order);
        }
    }
}

impl Order {
    /// The same with a text parameter.
    pub(super) fn with(mut self, name: &str, text: &str) -> Self {
        self.input.set(name, text);
        self
    }

    fn becomes_default(mut self) -> Self {
        self.input.set("SetAsDefault", true);
        self
    }
}

/// The ARN on the target of a policy that stands by itself; `None` for one that is written in place.
fn managed_arn(origin: &PolicyOrigin, account: &str, names: &Names) -> Option<String> {
    match origin {
        PolicyOrigin::Customer(name) => Some(policy_arn(names.account(account), &names.name(name))),
        PolicyOrigin::Aws(arn) => Some(arn.clone()),
        PolicyOrigin::File(_) | PolicyOrigin::Inline | PolicyOrigin::Plan { .. } => None,
    }
}

/// The ARN of a customer managed policy on the target.
pub(super) fn policy_arn(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:policy/{name}")
}
