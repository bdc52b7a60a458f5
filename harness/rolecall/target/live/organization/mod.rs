//! Organizations on live targets.
//!
//! Where the management account has no organization, it is made, its members are invited and accept by their own
//! administrators, and all of it goes again. Where there is one, nothing of it is touched: the run's units are made under
//! its root, the accounts are moved into them and afterwards back to where they were, and the run's policies are attached
//! to nothing but these units and accounts.
//!
//! What control policies say binds the administrators as well. So they are attached last and detached first, and where a
//! level doesn't allow everything, a policy of the run's own allows everything to the administrators alone, which changes
//! nothing for anybody else.

mod bind;
mod build;
mod removal;

use rolecall_wire::{ServiceError, Structure};

use super::admin::{Admins, Failure};
use super::journal::{Kind, Thing};
use super::order::Order;
use super::plan::Planner;
use super::{Live, MOST_PAGES};
use crate::scenario::model::{
    Call, Member, Organization, PolicyOrigin, PolicyReference, Unit, World,
};
pub(super) use bind::roots;
pub(super) use removal::remove;

/// The service's name.
const SERVICE: &str = "organizations";

/// What the names of all that runs make begin with.
const OURS: &str = "rc-";

/// An organization on the target, as far as a test has to do with it.
#[derive(Debug)]
pub(super) struct Chart {
    /// The target's management account.
    management: String,
    /// What gets policies: the root of an organization of the run's own, units and accounts.
    levels: Vec<Level>,
}

/// A root, unit or account of the target, and what the scenario attaches to it.
#[derive(Debug)]
struct Level {
    target: String,
    /// Whether it stays when the test is over, so that it must be put back as it was.
    stays: bool,
    service: Vec<PolicyReference>,
    resource: Vec<PolicyReference>,
}

/// A type of control policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Control {
    Service,
    Resource,
}

impl Control {
    const ALL: [Self; 2] = [Self::Service, Self::Resource];

    /// As the API has it.
    const fn api_name(self) -> &'static str {
        match self {
            Self::Service => "SERVICE_CONTROL_POLICY",
            Self::Resource => "RESOURCE_CONTROL_POLICY",
        }
    }

    /// The id of AWS's own policy, which everything has unless it is detached.
    const fn full_access(self) -> &'static str {
        match self {
            Self::Service => "p-FullAWSAccess",
            Self::Resource => "p-RCPFullAWSAccess",
        }
    }
}

impl Live {
    /// Why a world's organization can't be had here, if so.
    pub(super) fn refuses_organization(&self, world: &World) -> Option<String> {
        let organization = world.organization.as_ref()?;
        let reason = if organization.management.is_none() {
            "the world has an organization that is managed from outside of the scenario: only the mock can have that"
        } else if !self.0.may_make.organizations {
            "the world has an organization, and a real one is touched only where that is asked for: `organizations = \
             true` under `[aws]` in rolecall.toml"
        } else {
            return None;
        };
        Some(reason.to_owned())
    }

    /// Why a step may not change an organization here, if so.
    pub(super) fn refuses_to_reorganize(&self, call: &Call) -> Option<String> {
        let reads = ["Describe", "List"];
        let is_write =
            call.service == SERVICE && !reads.iter().any(|verb| call.operation.starts_with(verb));
        (is_write && self.is_real()).then(|| "a step may not change a real organization".to_owned())
    }
}

impl Planner<'_> {
    /// What is made of a world's organization, for all that is known before the target is asked.
    pub(super) fn organization(&self, world: &World) -> Vec<Thing> {
        let Some(organization) = &world.organization else {
            return Vec::new();
        };
        let Some(management) = &organization.management else {
            return Vec::new();
        };
        let management = self.names.account(management);
        let mut things = Vec::new();
        for unit in all_units(&organization.root).into_iter().skip(1) {
            let name = self.names.name(&unit.name.value);
            things.push(Thing::new(Kind::Unit, management, name));
        }
        for member in all_members(&organization.root) {
            let number = self.names.account(&member.account);
            if number != management {
                things.push(Thing::new(Kind::Placement, management, number));
            }
        }
        things
    }
}

/// The control policies on the way from the root down to an account of the scenario, without AWS's own; none bind the
/// management account.
pub(super) fn controls_of<'w>(
    world: &'w World,
    account: &str,
) -> (Vec<&'w PolicyReference>, Vec<&'w PolicyReference>) {
    let bound = world.organization.as_ref();
    let bound = bound.filter(|one| one.management.as_deref() != Some(account));
    let mut way = Vec::new();
    if let Some(organization) = bound {
        find_way(&organization.root, account, &mut way);
    }
    let (mut service, mut resource) = (Vec::new(), Vec::new());
    for (services, resources) in way {
        service.extend(services.iter().filter(|policy| !is_awss(policy)));
        resource.extend(resources.iter().filter(|policy| !is_awss(policy)));
    }
    (service, resource)
}

type Controls<'w> = (&'w [PolicyReference], &'w [PolicyReference]);

fn find_way<'w>(unit: &'w Unit, account: &str, way: &mut Vec<Controls<'w>>) -> bool {
    way.push((&unit.service_control, &unit.resource_control));
    let mut members = unit.accounts.iter();
    if let Some(member) = members.find(|member| member.account == account) {
        way.push((&member.service_control, &member.resource_control));
        return true;
    }
    if unit.units.iter().any(|below| find_way(below, account, way)) {
        return true;
    }
    way.pop();
    false
}

/// All policies of an organization.
pub(super) fn all_policies(organization: &Organization) -> Vec<&PolicyReference> {
    let units = all_units(&organization.root).into_iter();
    let of_units = units.flat_map(|unit| unit.service_control.iter().chain(&unit.resource_control));
    let members = all_members(&organization.root).into_iter();
    let of_members = members.flat_map(|member| {
        let services = member.service_control.iter();
        services.chain(&member.resource_control)
    });
    of_units.chain(of_members).collect()
}

/// A unit and all below it, from the top down.
fn all_units(unit: &Unit) -> Vec<&Unit> {
    let below = unit.units.iter().flat_map(all_units);
    std::iter::once(unit).chain(below).collect()
}

fn all_members(unit: &Unit) -> Vec<&Member> {
    let units = all_units(unit).into_iter();
    units.flat_map(|unit| &unit.accounts).collect()
}

/// Whether a policy is AWS's own, which allows everything.
fn is_awss(policy: &PolicyReference) -> bool {
    matches!(policy.origin, PolicyOrigin::Aws(_))
}

/// An order for the management account.
fn order(management: &str, operation: &'static str, input: &[(&str, &str)]) -> Order {
    let mut order = Order::new(management, SERVICE, operation, Structure::new());
    for (name, text) in input {
        order.input.set(name, *text);
    }
    order
}

/// All elements of a listing.
async fn list(admins: &Admins, mut order: Order, member: &str) -> Result<Vec<Structure>, Failure> {
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = admins.send(&order).await?;
        found.extend(page.structures(member).cloned());
        match page.string("NextToken") {
            Some(next) => order.input.set("NextToken", next),
            None => break,
        }
    }
    Ok(found)
}

/// The ids of policies of a type that something has attached, with their names.
async fn attached(
    admins: &Admins,
    management: &str,
    target: &str,
    control: Control,
) -> Result<Vec<(String, String)>, Failure> {
    let input = [("TargetId", target), ("Filter", control.api_name())];
    let order = order(management, "ListPoliciesForTarget", &input);
    let policies = list(admins, order, "Policies").await?;
    let text = |policy: &Structure, name| policy.string(name).unwrap_or_default().to_owned();
    Ok(policies
        .iter()
        .map(|policy| (text(policy, "Id"), text(policy, "Name")))
        .collect())
}

/// The root's id, and the policy types that it has enabled.
async fn root(admins: &Admins, management: &str) -> Result<(String, Vec<Control>), Failure> {
    let order = order(management, "ListRoots", &[]);
    let roots = list(admins, order.clone(), "Roots").await?;
    let root = roots.first();
    let id = root.and_then(|root| root.string("Id"));
    let id = id.ok_or_else(|| Failure::Unreachable {
        order: order.to_string(),
        reason: "the answer has no root".to_owned(),
    })?;
    let types = root
        .into_iter()
        .flat_map(|root| root.structures("PolicyTypes"));
    let enabled: Vec<&str> = types
        .filter(|one| one.string("Status") == Some("ENABLED"))
        .filter_map(|one| one.string("Type"))
        .collect();
    let controls = Control::ALL.into_iter();
    let controls = controls.filter(|control| enabled.contains(&control.api_name()));
    Ok((id.to_owned(), controls.collect()))
}

/// Where an account or unit is.
async fn parent(admins: &Admins, management: &str, child: &str) -> Result<String, Failure> {
    let order = order(management, "ListParents", &[("ChildId", child)]);
    let parents = list(admins, order, "Parents").await?;
    let parent = parents.first().and_then(|parent| parent.string("Id"));
    Ok(parent.unwrap_or_default().to_owned())
}

/// Whether an error says that something of an organization, or the organization, isn't there.
fn is_gone(error: &ServiceError) -> bool {
    error.code == "AWSOrganizationsNotInUseException" || error.code.ends_with("NotFoundException")
}

fn unsuited(reason: impl Into<String>) -> Failure {
    Failure::Unsuited(reason.into())
}
