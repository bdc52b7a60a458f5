//! Organizations: what is declared as such, and the control policies on the way down to each account.
//!
//! AWS: Organizations User Guide, SCP evaluation, RCP evaluation.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rolecall_policy::{Level, Policy, PolicySet};

use super::directory::full_access_arn;
use super::spec::{ControlPolicySpec, MemberSpec, OrganizationSpec, UnitSpec};
use super::{
    AccountId, ControlPolicy, ControlType, Directory, FeatureSet, Joined, Node, NodeKind, Tags,
    World, WorldError,
};
use crate::ids::Ids;

/// An account's place in an organization.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    /// `o-…`.
    pub(crate) organization: String,
    /// `o-…/r-…/ou-…/`.
    pub(crate) path: String,
    /// Whether it is the management account, which control policies don't bind.
    pub(crate) is_management: bool,
    /// Service control policies, from the root down to the account; none bind the management account, and none bind where
    /// the type isn't enabled.
    pub(crate) service_control: Vec<Level>,
    /// Resource control policies, likewise.
    pub(crate) resource_control: Vec<Level>,
}

impl World {
    /// Puts accounts into an organization, in the place of all that were there.
    ///
    /// Accounts that the organization doesn't name are outside of it; its management account is always in it.
    pub fn set_organization(&mut self, spec: Option<&OrganizationSpec>) -> Result<(), WorldError> {
        let directory = spec.map(|spec| self.declared(spec)).transpose()?;
        self.organizations.clear();
        self.members.clear();
        self.handshakes.clear();
        if let Some(directory) = directory {
            let id = directory.id.clone();
            self.organizations.insert(id.clone(), Arc::new(directory));
            self.renew_members(&id);
        }
        Ok(())
    }

    /// An organization as it is declared.
    fn declared(&self, spec: &OrganizationSpec) -> Result<Directory, WorldError> {
        let management = spec.management.as_deref().unwrap_or(OUTSIDE_MANAGEMENT);
        let root = format!("r-{}", self.ids.named(&spec.id).lower_case(4));
        let mut directory = Directory::new(&spec.id, management, &root, FeatureSet::All);
        directory.is_managed_here = spec.management.is_some();
        for control in ControlType::ALL {
            directory.enable(control);
        }
        let mut builder = Builder {
            ids: &self.ids,
            world: self,
            root: root.trim_start_matches("r-").to_owned(),
            directory,
            placed: HashSet::new(),
            given: HashSet::new(),
        };
        builder.unit(&spec.root, &root, &format!("{}/", spec.id))?;
        builder.management(spec, &root)?;
        Ok(builder.directory)
    }

    /// The ARN of what control policies are attached to: the root or a unit by its name, an account by its number.
    pub fn control_target(&self, name: &str) -> Option<&str> {
        let nodes = self.organizations.values();
        let mut nodes = nodes.flat_map(|directory| directory.nodes.iter().rev());
        let found = nodes.find(|node| match node.kind {
            NodeKind::Root | NodeKind::Unit => node.name == name,
            NodeKind::Account => node.id == name,
        });
        found.map(|node| node.arn.as_str())
    }

    /// An account's place in its organization.
    pub(crate) fn membership(&self, account: &AccountId) -> Option<&Arc<Membership>> {
        self.members.get(account)
    }

    /// The organization that an account is in.
    pub(crate) fn directory(&self, account: &AccountId) -> Option<&Directory> {
        let organization = &self.membership(account)?.organization;
        self.organizations.get(organization).map(Arc::as_ref)
    }

    /// The organizations, by their ids.
    pub(crate) fn organizations(&self) -> impl Iterator<Item = &Directory> {
        self.organizations.values().map(Arc::as_ref)
    }

    /// The organization with the most accounts.
    pub(crate) fn largest_organization(&self) -> Option<&Directory> {
        self.organizations()
            .max_by_key(|directory| directory.accounts().count())
    }

    /// Adds an organization.
    pub(crate) fn add_organization(&mut self, directory: Directory) {
        let id = directory.id.clone();
        self.organizations.insert(id.clone(), Arc::new(directory));
        self.renew_members(&id);
    }

    /// Removes an organization, whose accounts are on their own then.
    pub(crate) fn remove_organization(&mut self, id: &str) {
        self.organizations.remove(id);
        self.renew_members(id);
    }

    /// Changes an organization; what binds its accounts is up to date at once.
    pub(crate) fn change_organization<T>(
        &mut self,
        id: &str,
        change: impl FnOnce(&mut Directory) -> T,
    ) -> Option<T> {
        let changed = change(Arc::make_mut(self.organizations.get_mut(id)?));
        self.renew_members(id);
        Some(changed)
    }

    /// Whether two accounts are the same, or of one organization.
    pub(crate) fn are_related(&self, one: &AccountId, other: &AccountId) -> bool {
        let organization = |account| Some(&self.membership(account)?.organization);
        one == other || organization(one).is_some_and(|o| organization(other) == Some(o))
    }

    fn renew_members(&mut self, id: &str) {
        self.members.retain(|_, member| member.organization != id);
        if let Some(directory) = self.organizations.get(id) {
            self.members.extend(memberships(directory));
        }
    }
}

/// The places of all accounts of an organization.
fn memberships(directory: &Directory) -> Vec<(AccountId, Arc<Membership>)> {
    let mut levels = HashMap::new();
    for node in &directory.nodes {
        let of = |control| level(directory, node, control);
        levels.insert(
            node.id.as_str(),
            (of(ControlType::Service), of(ControlType::Resource)),
        );
    }
    let binding = |way: &[&Node], control: ControlType| {
        if !directory.enabled.contains(&control) {
            return Vec::new();
        }
        let nodes = way.iter();
        let on_the_way = nodes.filter_map(|node| levels.get(node.id.as_str()));
        on_the_way
            .map(|(services, resources)| match control {
                ControlType::Service => services.clone(),
                ControlType::Resource => resources.clone(),
            })
            .collect()
    };
    let membership = |account: &Node| {
        let way = directory.way(account);
        let parent = account
            .parent
            .as_deref()
            .and_then(|id| directory.node(id))?;
        let is_management = directory.is_managed_by(&account.id);
        let binding = |control| {
            if is_management {
                Vec::new()
            } else {
                binding(&way, control)
            }
        };
        let membership = Membership {
            organization: directory.id.clone(),
            path: directory.path(parent),
            is_management,
            service_control: binding(ControlType::Service),
            resource_control: binding(ControlType::Resource),
        };
        Some((AccountId::parse(&account.id).ok()?, Arc::new(membership)))
    };
    directory.accounts().filter_map(membership).collect()
}

/// What a root, unit or account says by the policies of one type.
fn level(directory: &Directory, node: &Node, control: ControlType) -> Level {
    let policies = directory.attached(node, control);
    let policies = policies.map(|policy| {
        Arc::new(Policy {
            uri: policy.arn.clone(),
            inline: false,
            attached_to: Some(node.arn.clone()),
            document: Arc::clone(&policy.document.document),
            text: Some(Arc::clone(&policy.document.json)),
        })
    });
    Level {
        target_arn: Some(node.arn.clone()),
        policies: PolicySet::new(policies.collect()),
    }
}

/// Builds what is declared.
struct Builder<'w> {
    ids: &'w Ids,
    world: &'w World,
    /// The letters that tell the root from others.
    root: String,
    directory: Directory,
    placed: HashSet<String>,
    /// The ARNs of policies, and the names that they were declared with.
    given: HashSet<(String, String)>,
}

impl Builder<'_> {
    /// What is in a unit (or the root) that is entered already, and everything in the units below. The path ends
    /// above the unit.
    fn unit(&mut self, unit: &UnitSpec, id: &str, above: &str) -> Result<(), WorldError> {
        let path = format!("{above}{id}/");
        if let Some(node) = self.directory.node_mut(id) {
            node.name.clone_from(&unit.name);
        }
        self.attach(id, &unit.service_control, &unit.resource_control);
        for account in &unit.accounts {
            self.account(account, id)?;
        }
        for below in &unit.units {
            let name = format!("{path}{}", below.name);
            let below_id = format!("ou-{}-{}", self.root, self.ids.named(&name).lower_case(8));
            let kind = NodeKind::Unit;
            self.directory.enter(kind, &below_id, &below.name, Some(id));
            self.unit(below, &below_id, &path)?;
        }
        Ok(())
    }

    /// The management account is a member too: at the root, with AWS's own policies, where no unit names it.
    ///
    /// AWS: Organizations User Guide, terminology and concepts.
    fn management(&mut self, spec: &OrganizationSpec, root: &str) -> Result<(), WorldError> {
        match &spec.management {
            Some(account) if !self.placed.contains(account) => {
                self.join(account, "management", root).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn account(&mut self, account: &MemberSpec, within: &str) -> Result<(), WorldError> {
        let id = self.join(&account.account, &account.name, within)?;
        self.attach(
            id.as_str(),
            &account.service_control,
            &account.resource_control,
        );
        Ok(())
    }

    fn join(&mut self, account: &str, name: &str, within: &str) -> Result<AccountId, WorldError> {
        let id = self
            .world
            .known_account(AccountId::parse(account)?.as_str())?;
        if !self.placed.insert(id.to_string()) {
            return Err(WorldError::InOrganizationTwice(id.to_string()));
        }
        let joined = Joined {
            at: self.world.start,
            invited: self.directory.is_managed_by(id.as_str()),
            email: Directory::email(name),
        };
        self.directory.join(id.as_str(), name, within, joined);
        Ok(id)
    }

    /// A written list of service control policies is complete; what all resources have is always among the others.
    fn attach(
        &mut self,
        id: &str,
        service_control: &[ControlPolicySpec],
        resource_control: &[ControlPolicySpec],
    ) {
        let mut attached = self.policies(ControlType::Service, service_control);
        attached.extend(self.policies(ControlType::Resource, resource_control));
        let full = full_access_arn(ControlType::Resource);
        if !attached.contains(&full) {
            attached.push(full);
        }
        if let Some(node) = self.directory.node_mut(id) {
            node.policies = attached;
        }
    }

    /// The ARNs of policies, which the organization has from then on.
    fn policies(&mut self, control: ControlType, specs: &[ControlPolicySpec]) -> Vec<String> {
        let policies = specs.iter().map(|spec| self.policy(control, spec));
        policies.collect()
    }

    /// The same policy has the same ARN wherever it is attached. Another document under its name, as policies that are
    /// written in place have, is another policy.
    fn policy(&mut self, control: ControlType, spec: &ControlPolicySpec) -> String {
        if spec.name == control.full_access() {
            return self.full_access(control, spec);
        }
        let known = self.directory.policies.iter();
        let known = known.filter(|policy| policy.control == control);
        let mut named = known.filter(|policy| {
            self.given
                .contains(&(policy.arn.clone(), spec.name.clone()))
        });
        let number = named.clone().count() + 1;
        if let Some(same) = named.find(|policy| policy.document.json == spec.document.json) {
            return same.arn.clone();
        }
        let name = match number {
            1 => spec.name.clone(),
            _ => format!("{}-{number}", spec.name),
        };
        let mut ids = self.ids.named(&format!("{}/{name}", control.name()));
        let arn = self.directory.policy_arn(control, &ids.lower_case(8));
        self.given.insert((arn.clone(), spec.name.clone()));
        self.directory.policies.push(ControlPolicy {
            control,
            arn: arn.clone(),
            name,
            description: String::new(),
            document: spec.document.clone(),
            tags: Tags::new(),
        });
        arn
    }

    /// AWS's own policy; the declared text has places in the user's file.
    fn full_access(&mut self, control: ControlType, spec: &ControlPolicySpec) -> String {
        let arn = full_access_arn(control);
        let mut policies = self.directory.policies.iter_mut();
        if let Some(own) = policies.find(|policy| policy.arn == arn) {
            own.document = spec.document.clone();
        }
        arn
    }
}

/// The management account of an organization whose own isn't in the world.
const OUTSIDE_MANAGEMENT: &str = "999999999999";
