//! The organization: its units and accounts, and the control policies on the way down to each account.
//!
//! AWS: Organizations User Guide, SCP evaluation, RCP evaluation.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use rolecall_policy::{Level, Policy, PolicySet};

use super::spec::{ControlPolicySpec, MemberSpec, OrganizationSpec, PolicyDocument, UnitSpec};
use super::{AccountId, ControlPolicy, ControlType, Directory, Node, NodeKind, World, WorldError};
use crate::ids::Ids;

/// An account's place in the organization.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    /// `o-…`.
    pub(crate) organization: String,
    /// `o-…/r-…/ou-…/`.
    pub(crate) path: String,
    /// Whether it is the management account, which control policies don't bind.
    pub(crate) is_management: bool,
    /// Service control policies, from the root down to the account; none bind the management account.
    pub(crate) service_control: Vec<Level>,
    /// Resource control policies, likewise.
    pub(crate) resource_control: Vec<Level>,
}

/// Builds the memberships of all accounts.
struct Builder<'w> {
    ids: &'w Ids,
    spec: &'w OrganizationSpec,
    /// The letters that tell the root from others.
    root: String,
    members: HashMap<AccountId, Arc<Membership>>,
    targets: HashMap<String, String>,
    directory: Directory,
}

/// Where a root, unit or account is.
struct Place {
    kind: NodeKind,
    /// As ARNs end.
    resource: String,
    id: String,
    /// The id of what it is in.
    parent: Option<String>,
}

/// The way from the root down to a unit.
#[derive(Clone, Default)]
struct Way {
    path: String,
    service_control: Vec<Level>,
    resource_control: Vec<Level>,
}

/// What every account has attached, and can't detach.
const RESOURCE_FULL_ACCESS: &str = "RCPFullAWSAccess";
/// AWS's own service control policy.
const FULL_ACCESS: &str = "FullAWSAccess";

impl World {
    /// Puts accounts into an organization, in the place of any that was there.
    ///
    /// Accounts that the organization doesn't name are outside of it.
    pub fn set_organization(&mut self, spec: Option<&OrganizationSpec>) -> Result<(), WorldError> {
        let Some(spec) = spec else {
            self.members.clear();
            self.control_targets.clear();
            self.directory = None;
            self.organization = None;
            return Ok(());
        };
        let mut builder = Builder {
            ids: &self.ids,
            spec,
            root: self.ids.named(&spec.id).lower_case(4),
            members: HashMap::new(),
            targets: HashMap::new(),
            directory: Directory {
                id: spec.id.clone(),
                management: management(spec).to_owned(),
                nodes: Vec::new(),
                policies: Vec::new(),
            },
        };
        let id = format!("r-{}", builder.root);
        let top = Way {
            path: format!("{}/", spec.id),
            ..Way::default()
        };
        let root = Place {
            kind: NodeKind::Root,
            resource: format!("root/{}/{id}", spec.id),
            id,
            parent: None,
        };
        builder.unit(&spec.root, &root, &top)?;
        let Builder {
            members,
            targets,
            directory,
            ..
        } = builder;
        for account in members.keys() {
            self.known_account(account.as_str())?;
        }
        self.members = members;
        self.control_targets = targets;
        self.directory = Some(Arc::new(directory));
        self.organization = Some(Arc::new(spec.clone()));
        Ok(())
    }

    /// The ARN of what control policies are attached to: the root or a unit by its name, an account by its number.
    pub fn control_target(&self, name: &str) -> Option<&str> {
        self.control_targets.get(name).map(String::as_str)
    }

    /// An account's place in the organization.
    pub(crate) fn membership(&self, account: &AccountId) -> Option<&Arc<Membership>> {
        self.members.get(account)
    }

    /// The organization that an account is in.
    pub(crate) fn directory(&self, account: &AccountId) -> Option<&Directory> {
        self.membership(account)?;
        self.directory.as_deref()
    }

    /// Whether two accounts are the same, or of one organization.
    pub(crate) fn are_related(&self, one: &AccountId, other: &AccountId) -> bool {
        let organization = |account| Some(&self.membership(account)?.organization);
        one == other || organization(one).is_some_and(|o| organization(other) == Some(o))
    }
}

impl Builder<'_> {
    /// A unit (or the root), everything in it, and everything in the units below.
    fn unit(&mut self, unit: &UnitSpec, place: &Place, above: &Way) -> Result<(), WorldError> {
        let mut way = above.clone();
        way.path = format!("{}{}/", way.path, place.id);
        self.enter(place, &unit.name);
        self.attach(
            &mut way,
            &place.resource,
            &unit.service_control,
            &unit.resource_control,
        );
        self.targets
            .insert(unit.name.clone(), self.arn(&place.resource));
        for account in &unit.accounts {
            self.account(account, place, &way)?;
        }
        for below in &unit.units {
            let name = format!("{}{}", way.path, below.name);
            let id = format!("ou-{}-{}", self.root, self.ids.named(&name).lower_case(8));
            let place = Place {
                kind: NodeKind::Unit,
                resource: format!("ou/{}/{id}", self.spec.id),
                id,
                parent: Some(place.id.clone()),
            };
            self.unit(below, &place, &way)?;
        }
        Ok(())
    }

    fn account(
        &mut self,
        account: &MemberSpec,
        within: &Place,
        above: &Way,
    ) -> Result<(), WorldError> {
        let id = AccountId::parse(&account.account)?;
        let mut way = above.clone();
        let place = Place {
            kind: NodeKind::Account,
            resource: format!("account/{}/{id}", self.spec.id),
            id: id.to_string(),
            parent: Some(within.id.clone()),
        };
        self.enter(&place, &account.name);
        self.attach(
            &mut way,
            &place.resource,
            &account.service_control,
            &account.resource_control,
        );
        self.targets
            .insert(id.to_string(), self.arn(&place.resource));
        let is_management = self.spec.management.as_deref() == Some(id.as_str());
        let binding = |levels| if is_management { Vec::new() } else { levels };
        let membership = Membership {
            organization: self.spec.id.clone(),
            path: way.path,
            is_management,
            service_control: binding(way.service_control),
            resource_control: binding(way.resource_control),
        };
        match self.members.insert(id.clone(), Arc::new(membership)) {
            Some(_) => Err(WorldError::InOrganizationTwice(id.to_string())),
            None => Ok(()),
        }
    }

    /// Writes a root, unit or account into the directory.
    fn enter(&mut self, place: &Place, name: &str) {
        let arn = self.arn(&place.resource);
        self.directory.nodes.push(Node {
            kind: place.kind,
            id: place.id.clone(),
            arn,
            name: name.to_owned(),
            parent: place.parent.clone(),
        });
    }

    fn attach(
        &mut self,
        way: &mut Way,
        resource: &str,
        service_control: &[ControlPolicySpec],
        resource_control: &[ControlPolicySpec],
    ) {
        let target = self.arn(resource);
        let services = self.policies(ControlType::Service, &target, service_control);
        let mut resources = self.policies(ControlType::Resource, &target, resource_control);
        let full = ControlPolicySpec {
            name: RESOURCE_FULL_ACCESS.to_owned(),
            document: RESOURCE_FULL_ACCESS_DOCUMENT.clone(),
        };
        if !resource_control
            .iter()
            .any(|policy| policy.name == full.name)
        {
            resources.extend(self.policies(ControlType::Resource, &target, &[full]));
        }
        let level = |policies| Level {
            target_arn: Some(target.clone()),
            policies: PolicySet::new(policies),
        };
        way.service_control.push(level(services));
        way.resource_control.push(level(resources));
    }

    fn policies(
        &mut self,
        control: ControlType,
        target: &str,
        specs: &[ControlPolicySpec],
    ) -> Vec<Arc<Policy>> {
        for spec in specs {
            let arn = self.policy_arn(control, &spec.name);
            self.directory.attach(ControlPolicy {
                control,
                arn,
                name: spec.name.clone(),
                document: spec.document.clone(),
                targets: vec![target.to_owned()],
            });
        }
        let policy = |spec: &ControlPolicySpec| {
            Arc::new(Policy {
                uri: self.policy_arn(control, &spec.name),
                inline: false,
                attached_to: Some(target.to_owned()),
                document: Arc::clone(&spec.document.document),
                text: Some(Arc::clone(&spec.document.json)),
            })
        };
        specs.iter().map(policy).collect()
    }

    /// The same policy has the same ARN wherever it is attached.
    fn policy_arn(&self, control: ControlType, name: &str) -> String {
        let control_name = control.name();
        if name == FULL_ACCESS || name == RESOURCE_FULL_ACCESS {
            return format!("arn:aws:organizations::aws:policy/{control_name}/p-{name}");
        }
        let id = self
            .ids
            .named(&format!("{control_name}/{name}"))
            .lower_case(8);
        let resource = format!("policy/{}/{control_name}/p-{id}", self.spec.id);
        self.arn(&resource)
    }

    /// The management account stands in the ARNs of all that is the organization's.
    fn arn(&self, resource: &str) -> String {
        format!(
            "arn:aws:organizations::{}:{resource}",
            self.directory.management
        )
    }
}

fn management(spec: &OrganizationSpec) -> &str {
    spec.management.as_deref().unwrap_or(OUTSIDE_MANAGEMENT)
}

/// The management account of an organization whose own isn't in the world.
const OUTSIDE_MANAGEMENT: &str = "999999999999";

/// AWS: Organizations User Guide, RCPs, `RCPFullAWSAccess`.
static RESOURCE_FULL_ACCESS_DOCUMENT: LazyLock<PolicyDocument> = LazyLock::new(|| {
    PolicyDocument::built_in(
        r#"{"Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}"#,
    )
});
